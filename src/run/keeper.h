/* SPDX-License-Identifier: Apache-2.0 */
/** Talking to the keeper of an environment (keeper/protocol.h), and putting one in its place when there is none. */
#ifndef RUN_KEEPER_H
#define RUN_KEEPER_H
#include "base/str.h"
#include "keeper/protocol.h"

#include <sys/types.h>

struct run_keeper {
	char host[64];
	unsigned port;
	int green_pct;       /* of the traffic */
	pid_t pid;
	struct run_keeper_slot {
		enum keeper_state state;
		int status;      /* exit code or signal */
		pid_t pid;
		int queue;       /* connections not yet accepted */
		char tag[KEEPER_TAG];
	} slot[2];           /* blue, green */
};
/** @return SLU_OK, SLU_E_NOT_FOUND: no keeper answers in `dir`, or it went away before it answered, SLU_E_CONFLICT: it refuses (its sentence), SLU_E_IO, SLU_E_TIMEOUT */
slu_rc run_keeper_ask(struct run_keeper *out, const char *dir, const char *request, slu_err *err);
/** Its state; a keeper is put there first when none answers. @param address "127.0.0.1:9000" (localhost is understood) */
slu_rc run_keeper_have(struct run_keeper *out, const char *dir, slu_str address, slu_err *err);
/** No keeper was ever in place in `dir`, so no application runs by one. */
bool run_keeper_never(const char *dir);
/** Ask, through a keeper that is killed meanwhile: another one is put there and asked again. For requests that may be repeated (all of them). */
slu_rc run_keeper_order(struct run_keeper *out, const char *dir, slu_str address, const char *request, slu_err *err);
bool run_keeper_runs(const struct run_keeper_slot *s); /* an application is in it, perhaps on its way out */
const char *run_keeper_state_word(enum keeper_state s);
/** "exit status 3", "killed by signal 9" … */
char *run_keeper_end_text(slu_arena *a, const struct run_keeper_slot *s);
#endif
