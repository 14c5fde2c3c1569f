/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A merge that goes into other branches too (back-merge, also-into). Where the branch wants checks on what it gets, the commit that was computed waits on
 * sluice/back-merge/N-into-BRANCH with a change of its own, and lands by itself when they have passed. Source: adr/0036.
 */
#ifndef APP_BRING_H
#define APP_BRING_H
#include "app/app.h"

struct app_bring {
	slu_oid into, what;   /* where the branch is; what it gets */
	slu_str version;      /* released by it; n == 0: none */
	uint64_t change;      /* whose merge it follows from */
	slu_str title;        /* of that */
	const char *branch, *how;
};
/** The merge commit, in memory. *both: zero length when it could be made, else the files that both changed, for a sentence. */
slu_rc app_bring_make(slu_oid *made, const char **both, struct app_unit *u, struct app_repo *r, const struct app_bring *b, slu_err *err);
/**
 * What waits in this repository: what may land now does, what is in its branch already is closed, and what a branch that moved on has made old is computed
 * anew. As the system; the caller does not hold the repository's lock.
 * @param until_s  lowered to when something that waits for a time may land
 */
slu_rc app_bring_waiting(int64_t *until_s, struct app_unit *u, struct app_repo *r, slu_err *err);
#endif
