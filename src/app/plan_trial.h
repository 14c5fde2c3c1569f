/* SPDX-License-Identifier: Apache-2.0 */
/** Several branches merged one after the other onto a base, to see whether they go together. */
#ifndef APP_PLAN_TRIAL_H
#define APP_PLAN_TRIAL_H
#include "app/plan.h"

struct app_trial_part {
	int phase;
	slu_str branch;
	slu_oid head;
	slu_oid after; /* what stands when it is in */
};
struct app_trial {
	slu_str base, into;     /* branches */
	slu_oid at;             /* of the base; moves on to the last merge */
	struct app_trial_part *part;
	size_t n;
	/* on SLU_E_CONFLICT: the part that does not go in, and the earlier one that it does not go together with (n: the base itself) */
	size_t bad, with;
	bool together;          /* only with those that came before that one as well */
	SLU_LIST(slu_str) conflict;
};
/** Nothing moves; only commits are made. What the base took back of a part comes back with it. */
slu_rc app_plan_trial(struct app_trial *t, struct app_plan *p, slu_err *err);
#endif
