/* SPDX-License-Identifier: Apache-2.0 */
/** What a push is told first: the refs that are there, and what our end of a push can do (web/git_receive.h). */
#ifndef WEB_GIT_ADVERTISE_H
#define WEB_GIT_ADVERTISE_H
#include "app/app.h"

/** pkt-lines up to the flush packet, in Git's protocol version 0, which every client takes. SLU_E_LIMIT: there are too many refs. */
slu_rc git_advertise_push(slu_str *out, slu_arena *a, port_git *git, slu_err *err);
#endif
