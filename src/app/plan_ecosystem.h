/* SPDX-License-Identifier: Apache-2.0 */
/** What a release of several repositories adds to the plan of one of them. */
#ifndef APP_PLAN_ECOSYSTEM_H
#define APP_PLAN_ECOSYSTEM_H
#include "app/plan.h"

/** Tag a commit of the plan with a class's tag of this version, by the class's own rules; one that the plan has made already stays. SLU_E_EXISTS: it was there before. */
slu_rc app_plan_tag(struct app_plan *p, int tag_class, slu_str version, const slu_oid *commit, slu_str message, slu_err *err);
/** May what was pushed go back to where the remote was? Each ref is asked. SLU_E_DENIED, SLU_E_WAIT: p->refused, and *ref is the first that may not. */
slu_rc app_plan_ask_back(slu_str *ref, struct app_plan *p, const struct flow_op *op, slu_err *err);
#endif
