/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Branches of a clone that are on their way into a target on the server: told by `status`, gone on with by `continue`. It only reminds: what counts
 * is what the server says, and what cannot be read is forgotten.
 */
#ifndef APP_LANDING_H
#define APP_LANDING_H
#include "base/str.h"
#include "port/clone.h"

struct app_landing {
	slu_str source, target;  /* branches */
	slu_str where;           /* the server */
	uint64_t change;         /* 0: not opened yet */
	int64_t begun_s;
	SLU_LIST(slu_str) arg;   /* the command's words */
};
slu_rc app_landings(const struct app_landing **out, size_t *n, slu_arena *a, port_clone *c, slu_err *err);
/** Remember, in place of what is remembered of the same source. The clone must be locked; of app_landing_drop too. */
slu_rc app_landing_put(const struct app_landing *x, slu_arena *a, port_clone *c, slu_err *err);
/** Fine when it is not there. */
slu_rc app_landing_drop(slu_str source, slu_arena *a, port_clone *c, slu_err *err);
#endif
