/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the replay: one act is judged in replay_judge.c, acts are found in replay.c, counted in replay_sum.c. */
#ifndef INSIGHT_REPLAY_IMPL_H
#define INSIGHT_REPLAY_IMPL_H
#include "insight/replay.h"

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
};

/** decide() on one act, with the facts as they were. Everything in `a`. */
slu_rc replay_judge(struct pol_verdict *out, struct replay *r, slu_arena *a, const struct ins_act *act, slu_err *err);
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
