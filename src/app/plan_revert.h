/* SPDX-License-Identifier: Apache-2.0 */
/** Taking merges back in a plan, each by a commit that says which, and bringing them back. Source: adr/0031. */
#ifndef APP_PLAN_REVERT_H
#define APP_PLAN_REVERT_H
#include "app/plan.h"
#include "app/told.h"

/** What one commit changed against its first parent. */
struct app_take {
	slu_oid id, before;
	slu_str subject;
	bool merge; /* it has two parents: the message says so, as git writes it */
};
/**
 * Commits on *at that take these back, in this order, and *at moves on to the last. What changes nothing there any more is left out.
 * @return SLU_E_CONFLICT with p->has_conflict: other work has built on it; a person can solve it
 */
slu_rc app_plan_take_back(struct app_plan *p, slu_oid *at, const struct app_take *v, size_t n, slu_err *err);
/**
 * A branch whose merge into this one was taken back would bring nothing when it is merged anew: Git has its commits already. What took it back,
 * and is not in the branch itself, is taken back first.
 * @param m      names the branch, and the phase where it does not tell
 * @param source its head
 * @param target the other's; moved on, here and in the plan
 */
slu_rc app_plan_bring_back(bool *any, struct app_plan *p, const struct app_plan_merge *m, const slu_oid *source, slu_oid *target, slu_err *err);
/** What took back anything of a phase that is told of, merged or not: newest first. */
slu_rc app_plan_taken_back(struct app_take **out, size_t *n, struct app_plan *p, const struct app_told *told, int phase, slu_err *err);
/** What took merges of a phase back, or of a branch (phase STRAT_NONE), of those reverts: newest first. */
slu_rc app_plan_reverts_of(struct app_take **out, size_t *n, struct app_plan *p, const struct app_told *told, int phase, slu_str branch, slu_err *err);
#endif
