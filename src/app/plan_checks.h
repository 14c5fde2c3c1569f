/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks that the branches of a plan want, on a remote that is no sluice server. What would land waits there as refs/sluice/plan/N/BRANCH; who has tested it
 * says so by refs/sluice/checked/COMMIT/CHECK, which names that commit. Both go with the push that lands it. Source: adr/0029.
 */
#ifndef APP_PLAN_CHECKS_H
#define APP_PLAN_CHECKS_H
#include "app/plan.h"

struct app_plan_refs { const struct port_git_ref *v; size_t n; }; /* of the remote, refs/sluice/ too */

/** Remember which checks this act wants, and nobody here can tell. */
void app_plan_wants(struct app_plan *p, const struct pol_action *act, const struct pol_verdict *v);
/** At the end of a plan: which commit each is wanted on, and whether it is said to have passed. */
slu_rc app_plan_checks(struct app_plan *p, const struct app_plan_refs *r, slu_err *err);
/** Does somebody say so: on this commit, or on a parent with the same files? Then what was tested is what lands. */
slu_rc app_plan_is_checked(bool *out, slu_arena *a, port_git *g, const struct app_plan_refs *r, const slu_oid *on, slu_str check, slu_err *err);
/** The ref by which somebody says that this check passed on that commit. In `a`. */
const char *app_plan_checked_ref(slu_arena *a, const slu_oid *on, slu_str check);
/** A commit of the plan: that of an earlier try (p->before) where it is the same but for its time, so that what was tested is what lands. */
slu_rc app_plan_commit(struct app_plan *p, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err);
#endif
