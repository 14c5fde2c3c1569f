/* SPDX-License-Identifier: Apache-2.0 */
/** What a repository keeps of a release that landed together with others; see app/together.h. */
#ifndef APP_TOGETHER_ROW_H
#define APP_TOGETHER_ROW_H
#include "app/app.h"

enum together_state { TOGETHER_LANDED, TOGETHER_DONE, TOGETHER_ALONE /* the others do not come */ };
struct together_row {
	slu_str version;
	uint64_t change;
	slu_oid commit;       /* its merge */
	const slu_str *order; /* all members, in the order of deployment */
	size_t order_n;
};
/** Landed; in a transaction, with its event. */
slu_rc together_row_add(const struct together_row *x, struct app_unit *u, const struct app_repo *r, slu_err *err);
/** What has landed gets this state; in a transaction, with its event. */
slu_rc together_row_end(struct app_unit *u, const struct app_repo *r, slu_str version, enum together_state state, slu_err *err);
/** The change by which this version landed together with others; 0: it has not. */
slu_rc together_change(uint64_t *change, struct app_unit *u, const struct app_repo *r, slu_str version, slu_err *err);
#endif
