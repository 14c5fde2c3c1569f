/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A whole history as acts under a strategy: what decide() would have said to each merge, push, tag and commit, had it been asked then.
 *
 * What is known of the past, and what is not:
 * - the line of a branch that is there today is what its first parents say; a merge stands on the branch that its message names as its
 *   target, else on the line that it lies on, else it is not known where;
 * - where a merge came from is told by its message (ins_merge_name), else by the line that its other parent lies on, else not at all;
 *   what is not known is counted, and not judged;
 * - each commit of a line that is no merge counts as one push: how many went up at once is not written anywhere;
 * - other branches stood where their lines were at that time, and branches that are gone are not looked at;
 * - what a commit changes is told by its tree and those of its parents, of a merge what differs from all of them; of a change that was squashed
 *   it is judged with that commit;
 * - a merge that was made is taken as the merge that Git makes; who acted, who approved and what was tested is not in a history: rules
 *   on that wait, and a wait is not a refusal;
 * - what a merge of the strategy brings with it (back-merge, also-into) is judged as that.
 */
#ifndef INSIGHT_REPLAY_H
#define INSIGHT_REPLAY_H
#include "insight/history.h"
#include "policy/pol.h"

enum ins_act_kind { INS_MERGE, INS_PUSH, INS_TAG, INS_COMMIT, INS_ACT_KINDS };
enum { INS_MONTHS_MAX = 2400, INS_WORST = 5 };

struct ins_tag_ref {
	slu_str name;
	slu_oid object;
	uint32_t commit; /* INS_NONE: it names no commit that is known */
	struct pol_tag tag;
};

/** What commits bring that a strategy's rules on files may refuse; of what is fine nothing is kept. */
struct ins_files {
	const uint32_t *at;             /* those of commit c: file[at[c]] up to file[at[c + 1]] */
	const struct pol_file *file;
	const uint32_t *secret_at;      /* the same of `secret` */
	const struct pol_secret *secret;
	bool secrets;                   /* contents were looked through */
	uint64_t looked;                /* files that were looked at */
};

/** What is replayed. All of it is borrowed and must live as long as the result. */
struct ins_replay_ask {
	const strat *s;
	ins_history *h;
	slu_str default_branch;
	const slu_str *message; /* of each commit; p NULL: not read, which is fine where ins_replay_reads does not ask for it */
	const struct ins_tag_ref *tag;
	size_t tag_n;
	const struct ins_files *files; /* NULL: not looked at, and rules on files are not judged */
	int64_t since_s;        /* acts before it are not counted */
	bool one_by_one;        /* judge also those that rest on the same facts: for the test that it comes to the same */
	void (*progress)(void *ctx, size_t done, size_t all); /* may be NULL */
	void *ctx;
};

struct ins_sum { uint64_t judged, refused, waiting; };
struct ins_act { /* what was judged; enough to judge it again */
	enum ins_act_kind kind;
	uint32_t commit;        /* INS_NONE: a tag of nothing */
	uint32_t tag;
	slu_str source, target; /* branches */
	bool create;            /* a push that makes the branch */
	bool follows;           /* a merge that comes with another one */
	size_t rules;           /* that refused it */
};
struct ins_example {
	struct ins_act act;
	int64_t time_s;
	const char *what;       /* "merge of fix-typo into main" */
	const char *rule, *wanted, *actual; /* of the first row that refused it */
};
struct ins_rule {
	const char *rule;
	struct strat_pos pos;
	uint64_t n[INS_ACT_KINDS], all; /* acts that it would have refused; or made wait, of those that nothing refused */
	uint32_t *month;        /* the same by month */
	struct ins_example example; /* the newest */
};
struct ins_replay {
	size_t commits, merges, lines; /* in the history, since then */
	int64_t first_s, last_s;
	struct ins_sum sum[INS_ACT_KINDS], all;
	int first_month;        /* year * 12 + month - 1 */
	size_t month_n;
	struct ins_sum *month;
	SLU_LIST(struct ins_rule) refuses, waits; /* most acts first */
	const struct ins_files *files; /* set by who looked at them; NULL: nobody did */
	struct ins_example worst[INS_WORST];
	size_t worst_n;
	/* not judged */
	uint64_t unnamed;       /* merges that do not say from which branch */
	uint64_t nowhere;       /* merges into a branch that is not known */
	uint64_t several;       /* merges of several branches at once */
	uint64_t inside;        /* merges into branches of work that are gone */
	uint64_t straight;      /* judged, as pushes: commits on a line that nobody pushes to; a rebase or a fast-forward of a change looks the same */
	uint64_t squashed;      /* commits that say they are a change, squashed */
	uint64_t squashed_unfit; /* of these, into branches that the strategy squashes nothing into */
	uint64_t into_work;     /* judged: merges of other branches than their base into branches of work, which then are more than that */
	uint64_t on_kindless;   /* commits and merges on branches of no kind, each of which is refused once */
	bool default_kindless;
};

/** Must its message be known? */
bool ins_replay_reads(const struct ins_replay_ask *q, uint32_t commit);
slu_rc ins_replay(struct ins_replay *out, slu_arena *a, const struct ins_replay_ask *q, slu_err *err);

const char *ins_act_word(enum ins_act_kind k, bool many);
#endif
