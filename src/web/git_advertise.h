/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a push is told first: the refs that are there and what receive-pack can do. Said without a process where this server knows that
 * git would say the same: the repository's configuration is as the server made it, and for this configuration git was asked once, and
 * what it said was what is made here, byte by byte. In every other case git says it.
 */
#ifndef WEB_GIT_ADVERTISE_H
#define WEB_GIT_ADVERTISE_H
#include "app/app.h"

typedef struct git_advertise git_advertise;
git_advertise *git_advertise_new(void);
void git_advertise_free(git_advertise *d); /* NULL is fine */
/** The pkt-lines of refs; n is 0 when git must be run. @param path  of the repository, absolute @param protocol  of Git-Protocol, or NULL */
slu_str git_advertise_push(git_advertise *d, slu_arena *a, const char *path, port_git *git, const char *protocol);
#endif
