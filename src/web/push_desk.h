/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Pushes under way. The HTTP side says who pushes where before it starts git; git's hooks come back through the hook socket with
 * the push's id, and are answered here: pre-receive by judging, proc-receive by landing what was judged, as a whole.
 */
#ifndef WEB_PUSH_DESK_H
#define WEB_PUSH_DESK_H
#include "app/app.h"

typedef struct push_desk push_desk;

/** Listens on the hook socket. */
slu_rc push_desk_start(push_desk **out, app *app, const char *hook_socket, slu_err *err);
void push_desk_stop(push_desk *d); /* after the last request; NULL is fine */

/** A push begins. `id` is what the hooks will say (unguessable); `who` is copied. `via`: "http", "ssh"; a constant. */
void push_desk_add(push_desk *d, const char *id, const struct app_who *who, slu_str owner, slu_str name, const char *via);
/** Number of commands that the client sent (git_http_request.commands): fewer in a hook mean that git refuses some by itself. */
void push_desk_commands(push_desk *d, const char *id, size_t n);
/** The push is over. Waits for a hook of it that is being answered. Unknown ids are fine. */
void push_desk_remove(push_desk *d, const char *id);
#endif
