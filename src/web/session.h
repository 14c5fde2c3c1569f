/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sessions of browsers: a random name in a cookie stands for a token, kept in memory. The token is looked at anew by each request, so
 * that revoking it ends its sessions at once. A restart of the server ends all. Bounded in number (the longest unused goes) and in time.
 */
#ifndef WEB_SESSION_H
#define WEB_SESSION_H
#include "base/str.h"

#include <stdint.h>

enum { WEB_SESSIONS = 4096, WEB_SESSION_S = 12 * 3600, WEB_SESSION_NAME = 44 };

typedef struct web_sessions web_sessions;
web_sessions *web_sessions_new(void);
void web_sessions_free(web_sessions *s);
/** Begin one for this token; `name` is the cookie's value. */
void web_session_begin(web_sessions *s, slu_str token, int64_t now_s, char name[WEB_SESSION_NAME]);
/** @return false: none of this name, or too old. Else the token and the value that its forms carry, in `a`. */
bool web_session_find(web_sessions *s, slu_arena *a, const char *name, int64_t now_s, slu_str *token, const char **csrf);
void web_session_end(web_sessions *s, const char *name);
#endif
