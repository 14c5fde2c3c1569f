/* SPDX-License-Identifier: Apache-2.0 */
/** What a release adds to a plan: its branch with the commit of version and changelog, and before a tagged merge the same brought up to date. */
#ifndef APP_PLAN_RELEASE_H
#define APP_PLAN_RELEASE_H
#include "app/plan.h"
#include "flow/release.h"

/** Cut its branch, as flow_release_start planned it: from a base that is up to date, with one commit when there is something to write. */
slu_rc app_plan_release_start(struct app_plan *p, const struct flow_plan *plan, const struct flow_refs *refs, slu_err *err);

struct app_plan_release {
	slu_str version; /* n == 0: the merge is not tagged as a release */
	slu_str notes;   /* of the changelog; for the tag */
};
/**
 * A merge that is tagged as a release has its version in its files, and its changelog is complete.
 * @param v     the verdict on that merge
 * @param head  of the source; moved on by the commit, here and in the plan
 * @return SLU_E_INVALID: the branch is named for another version
 */
slu_rc app_plan_release_write(struct app_plan_release *out, struct app_plan *p, const struct app_plan_merge *m, const struct pol_verdict *v, slu_oid *head, slu_err *err);
/** What was merged says so as well, whatever a person made of a conflict. */
slu_rc app_plan_release_says(struct app_plan *p, const struct app_plan_release *r, const slu_oid *merged, slu_err *err);
/**
 * Two branches that differ in their version files and changelog only where releases wrote: `ours` keeps its version, and its changelog gets the
 * section of what was released (p->released). Asked when merging them conflicts; p->conflict names the files.
 * @param done  false: they differ elsewhere, which a person must settle; *tree is untouched
 */
slu_rc app_plan_release_tree(slu_oid *tree, bool *done, struct app_plan *p, const slu_oid *ours, const slu_oid *theirs, slu_err *err);
#endif
