/* SPDX-License-Identifier: Apache-2.0 */
/** Code owners, held against the people that the server knows. */
#ifndef APP_OWNERS_H
#define APP_OWNERS_H
#include "app/app.h"

/** Names of the people who have this e-mail address, in any case of letters; in `a`. */
slu_rc app_by_email(const slu_str **name, size_t *n, struct app_unit *u, slu_arena *a, slu_str email, slu_err *err);
/** Where the strategy asks for code owners: a warning for each line of CODEOWNERS on the default branch that cannot be read, and each owner who left or may not approve. */
slu_rc app_owners_check(strat_issues *issues, struct app_unit *u, struct app_repo *r, const strat *s, slu_err *err);
#endif
