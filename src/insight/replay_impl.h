/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the replay: one act is judged in replay_judge.c, acts are found in replay.c, counted in replay_sum.c. */
#ifndef INSIGHT_REPLAY_IMPL_H
#define INSIGHT_REPLAY_IMPL_H
#include "insight/replay.h"

/**
 * What a verdict rests on when nothing further was asked: decide() is a function of what it is asked and what it asks. Of a merge from a
 * branch of no kind, or a push to a branch that nobody pushes to, that is all, and there are thousands of them.
 */
struct replay_alike {
	enum ins_act_kind kind;
	bool create, follows;
	slu_str target;
	int source_kind;       /* of a merge; only STRAT_NONE: a name of a kind can mean more */
	bool inside, updated;  /* of a merge: the target had it all; the result is what was merged */
};
struct replay_known {
	struct replay_alike of;
	struct pol_verdict v;
};

/** Names come again, and to match one with the patterns of all kinds takes time. */
enum { REPLAY_KINDS = 256 };
struct replay_kind {
	slu_str name; /* p NULL: free */
	int kind;
};

struct replay {
	const struct ins_replay_ask *q;
	const strat *s;
	ins_history *h;
	slu_arena *a;            /* of the result */
	struct ins_replay *out;
	const slu_str **tag_of;  /* of each commit: the names of tags on it, ended by an empty one; NULL: none */
	bool *judged;            /* of each commit: by itself */
	struct ins_act worst[INS_WORST];
	bool asks_commits;
	bool asks_text; /* the strategy says something of messages */
	bool offends;   /* something of `files` was found */
	SLU_LIST(struct replay_known) known;
	struct replay_kind kind[REPLAY_KINDS];
};

/** May this act bring a file that is refused? */
bool replay_offends(struct replay *r, const struct ins_act *act);
struct replay_alike replay_alike(struct replay *r, const struct ins_act *act);
/** decide() on one act, with the facts as they were. Everything in `a`. *wide: the verdict rests on more than replay_alike. */
slu_rc replay_judge(struct pol_verdict *out, bool *wide, struct replay *r, slu_arena *a, const struct ins_act *act, slu_err *err);
/** Kind of a branch by its name, which lives as long as the result; STRAT_NONE. */
int replay_kind(struct replay *r, slu_str branch);
int64_t replay_time(const struct replay *r, const struct ins_act *act);

/** Count what it said. Strings of the verdict are not kept. */
/** The months that are counted. Before the first replay_count. */
void replay_span(struct replay *r, int64_t first_s, int64_t last_s);
void replay_count(struct replay *r, struct ins_act *act, const struct pol_verdict *v);
/** Judge the examples again for their texts, and bring the rules into order. */
slu_rc replay_finish(struct replay *r, slu_err *err);

static inline slu_str replay_message(const struct replay *r, uint32_t c)
{
	return r->q->message[c].p ? r->q->message[c] : (slu_str){ "", 0 };
}
#endif
