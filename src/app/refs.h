/* SPDX-License-Identifier: Apache-2.0 */
/** Refs moved by a call instead of a push: the same judgement, the same landing, the same events. */
#ifndef APP_REFS_H
#define APP_REFS_H
#include "app/push.h"

struct app_refs_moved {
	bool moved;                    /* false: the verdicts say why */
	struct app_push_judged judged; /* judged.ref[i] is of update[i] */
};
/** What is written in the same transaction, after the refs' events; NULL: nothing more. Anything but SLU_OK: nothing moves. */
typedef slu_rc app_refs_also(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err);
/**
 * Judge and move, all or none. Objects must be in the repository. A refusal is SLU_OK with moved == false.
 * @return SLU_E_CONFLICT: a ref is not at its old value (old zero: it is there already); SLU_E_AUTH, SLU_E_DENIED: no scope repo:write
 */
slu_rc app_refs_move(struct app_refs_moved *out, struct app_unit *u, struct app_repo *r, const struct port_git_update *update, size_t n, app_refs_also *also, void *ctx, slu_err *err);
#endif
