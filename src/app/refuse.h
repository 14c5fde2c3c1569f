/* SPDX-License-Identifier: Apache-2.0 */
/** Where a use case obeys a verdict. */
#ifndef APP_REFUSE_H
#define APP_REFUSE_H
#include "app/app.h"

/**
 * Keep the verdict for the answer (u->judged), and write what it refuses as an event `refused`, bounded. No transaction is open. A verdict that allows, and a dry run, leave no event.
 */
slu_rc app_refusal(struct app_unit *u, struct app_repo *r, const struct pol_verdict *v, slu_err *err);
/** The same, then as app_verdict_rc. */
slu_rc app_obey(struct app_unit *u, struct app_repo *r, const struct pol_verdict *v, slu_err *err);
#endif
