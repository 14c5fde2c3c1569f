/* SPDX-License-Identifier: Apache-2.0 */
/** Names of branches in a plan; shared by plan.c and plan_ends.c. */
#ifndef APP_PLAN_IMPL_H
#define APP_PLAN_IMPL_H
#include "app/plan.h"

static inline slu_str app_plan_head(struct app_plan *p, slu_str branch)
{
	return slu_s(slu_printf(p->a, "refs/heads/%.*s", SLU_FMT(branch)));
}

static inline slu_str app_plan_tracking(struct app_plan *p, slu_str branch)
{
	return slu_s(slu_printf(p->a, "refs/remotes/%.*s/%.*s", SLU_FMT(p->remote), SLU_FMT(branch)));
}

/** As a person types it: without refs/heads/ or refs/tags/. */
static inline const char *app_plan_short(slu_str ref)
{
	return slu_str_starts(ref, "refs/heads/") ? ref.p + strlen("refs/heads/") : slu_str_starts(ref, "refs/tags/") ? ref.p + strlen("refs/tags/") : ref.p;
}
#endif
