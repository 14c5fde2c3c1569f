/* SPDX-License-Identifier: Apache-2.0 */
/** The server's end of hook/protocol.h: listens on a unix socket, reads what a hook asks, and answers what the handler says. */
#ifndef WEB_HOOK_SERVER_H
#define WEB_HOOK_SERVER_H
#include "app/app.h"
#include "base/limits.h"

/** Hooks that are answered at once. Another one is told no at once: it never waits for a place. */
#define HOOK_SERVER_MAX (2 * SLU_MAX_GIT_REQUESTS)

struct hook_request {
	slu_arena *a;
	bool proc;                           /* proc-receive, else pre-receive */
	slu_str push;                        /* id of the push */
	const char *object_dir, *alternates; /* NULL outside a quarantine */
	const struct port_git_update *update;
	size_t n;                            /* at most SLU_MAX_PUSH_REFS */
	size_t told;                         /* commands that came: more than n when there were too many */
	const slu_str *option;
	size_t option_n;
};
struct hook_reply {
	bool yes;
	slu_str text;       /* for the pusher's terminal; lines */
	const char *reason; /* of proc-receive when !yes: after each ref, one line */
};
struct hook_handler {
	void (*ask)(void *ctx, const struct hook_request *rq, struct hook_reply *reply); /* *reply is a no without text before */
	void (*told)(void *ctx, const struct hook_request *rq);                           /* the answer has been written; may be NULL */
	void *ctx;
};
typedef struct hook_server hook_server;

/** Listen at `path` (an old socket there is removed), readable by this user alone. Handlers run on threads of their own. */
slu_rc hook_server_start(hook_server **out, const char *path, const struct hook_handler *h, slu_err *err);
/** Take no more, wait for what was begun, remove the socket. NULL is fine. */
void hook_server_stop(hook_server *s);
#endif
