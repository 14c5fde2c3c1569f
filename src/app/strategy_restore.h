/* SPDX-License-Identifier: Apache-2.0 */
/** The way back from a strategy file that cannot be used. */
#ifndef APP_STRATEGY_RESTORE_H
#define APP_STRATEGY_RESTORE_H
#include "app/app.h"

struct app_restored {
	slu_oid commit; /* what the default branch stands at now */
	slu_oid good;   /* the commit whose text was put back */
	const char *why; /* what was wrong */
};
/**
 * Put the last good text back into .sluice/strategy.yml by a commit on the default branch. Only for the operator: it goes round
 * the strategy, whose file is what cannot be read.
 * @return SLU_E_DENIED: somebody else asks. SLU_E_INVALID: the file in force can be used. SLU_E_NOT_FOUND: no file was ever in force.
 *         SLU_E_STRATEGY: the last good text does not compile either (something that it extends is gone)
 */
slu_rc app_strategy_restore(struct app_restored *out, struct app_unit *u, struct app_repo *r, slu_err *err);
#endif
