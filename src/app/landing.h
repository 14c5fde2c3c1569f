/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Branches of a clone that are on their way into a target elsewhere, on a server or through the checks that it wants: told by `status`, gone on with by `continue`. It only reminds: what counts
 * is what the server says, and what cannot be read is forgotten.
 */
#ifndef APP_LANDING_H
#define APP_LANDING_H
#include "base/str.h"
#include "flow/op.h"
#include "port/clone.h"

struct app_landing_want { slu_str branch, check; slu_oid on; }; /* a check that a branch wants on what it gets */
struct app_landing {
	slu_str source, target;  /* branches */
	slu_str where;           /* the server */
	uint64_t change;         /* 0: not opened yet */
	int64_t begun_s;
	SLU_LIST(slu_str) arg;   /* the command's words */
	/* where no server is, and checks are wanted (app/plan_checks.h): `where` is the remote then */
	uint64_t plan;           /* 0: it lands on a server */
	SLU_LIST(slu_oid) made;
	SLU_LIST(struct app_landing_want) want;
	SLU_LIST(struct flow_op_solved) solved;
};
slu_rc app_landings(const struct app_landing **out, size_t *n, slu_arena *a, port_clone *c, slu_err *err);
/** Remember, in place of what is remembered of the same source. The clone must be locked; of app_landing_drop too. */
slu_rc app_landing_put(const struct app_landing *x, slu_arena *a, port_clone *c, slu_err *err);
/** Fine when it is not there. */
slu_rc app_landing_drop(slu_str source, slu_arena *a, port_clone *c, slu_err *err);
#endif
