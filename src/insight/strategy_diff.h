/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which acts two strategies decide differently: both are asked about the same grid of acts, made from the kinds, classes, roles,
 * environments and boxes of both files. It is the decision that is compared, not the text.
 *
 * The grid: each kind's branch created, pushed to, force-pushed, deleted by each level and role; each pair of branches merged by each
 * level and role, by each method, and with more or less of what can be required (approvals, checks, boxes, threads, being up to date);
 * each class's tag made on each branch, moved, deleted, annotated or not; each environment deployed to from each branch; commit messages
 * and files of several sorts. What lies between two points of the grid is not seen.
 */
#ifndef INSIGHT_STRATEGY_DIFF_H
#define INSIGHT_STRATEGY_DIFF_H
#include "policy/pol.h"

/** Acts of one verb that are decided differently for the same reason. */
struct ins_differs {
	bool now_allowed;        /* refused by the first, allowed by the second; else the other way round */
	enum pol_verb verb;
	const char *rule;        /* that refuses: of the second, or of the first where it is allowed now */
	struct strat_pos pos;
	size_t acts;             /* of the grid */
	const char *what;        /* one of them: "merge of feature/x into main, by admin, with 1 approval" */
	const char *wanted;      /* by that rule */
};
struct ins_strategy_diff {
	SLU_LIST(struct ins_differs) list; /* what is refused now first; most acts first */
	size_t acts, refused, allowed;     /* of the whole grid: asked, refused now, allowed now */
};
slu_rc ins_strategy_diff(struct ins_strategy_diff *out, slu_arena *a, const strat *was, const strat *now, int64_t now_s, slu_err *err);
#endif
