/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Merges that are owed: what conflicted when it should have come into another branch stands on a branch sluice/back-merge/SOURCE-into-TARGET
 * (or sluice/also-into/…) until TARGET has it. So does, on a server, what only waits for checks and then
 * comes by itself.
 */
#ifndef APP_OWED_H
#define APP_OWED_H
#include "flow/release.h"
#include "port/git.h"

struct app_owed {
	const char *branch, *source, *into;
	bool paid;        /* `into` has it, or is no more */
	const char *text; /* a sentence that says what is owed and how it is brought in; "" when it is paid */
};
/** Of the branches in `refs`. In `a`. */
slu_rc app_owed_list(const struct app_owed **out, size_t *n, slu_arena *a, port_git *g, const struct flow_refs *refs, slu_err *err);
/** The first that is not paid; NULL: nothing is owed. */
const struct app_owed *app_owed_first(const struct app_owed *v, size_t n);
#endif
