/* SPDX-License-Identifier: Apache-2.0 */
/** People, tokens, roles. Each act checks its right, writes its event, and commits. */
#ifndef APP_PEOPLE_H
#define APP_PEOPLE_H
#include "app/app.h"

/** 1..SLU_MAX_NAME_BYTES of a-z A-Z 0-9 . _ -, beginning with a letter or digit, not ending with ".", ".git" or ".lock", without "..". */
slu_rc app_name_check(slu_str name, const char *what, slu_err *err);

/** For server administrators. */
slu_rc app_user_add(struct port_person *out, struct app_unit *u, slu_str name, slu_str title, slu_str email, slu_err *err);
/** Disabled people cannot sign in, and their approvals no longer count. */
slu_rc app_user_disable(struct app_unit *u, slu_str name, bool disabled, slu_err *err);

slu_rc app_person_get(struct port_person *out, struct app_unit *u, slu_str name, slu_err *err); /* SLU_E_NOT_FOUND */
slu_rc app_person_list(const struct port_person **out, size_t *n, struct app_unit *u, slu_err *err); /* by name; for server administrators */

/** A new token: its text, the hash to keep, its first characters. */
slu_str app_token_make(slu_arena *a, unsigned char hash[PORT_TOKEN_HASH], slu_str *shown);
/**
 * For oneself, with no more scopes than the token that asks has; for others by server administrators.
 * @param person       n == 0: oneself
 * @param lifetime_s   0: never expires
 * @param text         the token; it is never shown again
 */
slu_rc app_token_create(slu_str *text, struct port_token *out, struct app_unit *u, slu_str person, slu_str name, unsigned scopes, int64_t lifetime_s, slu_err *err);
/** One's own; of anybody by server administrators (person n == 0: of all for them, one's own for others). */
slu_rc app_token_list(const struct port_token **out, size_t *n, struct app_unit *u, slu_str person, slu_err *err);
slu_rc app_token_revoke(struct app_unit *u, int64_t id, slu_err *err);

/**
 * By administrators of the repository; r NULL: of the server, by its administrators (role "admin" only).
 * The role is a level word or a role of the strategy in force.
 */
slu_rc app_role_grant(struct app_unit *u, struct app_repo *r, slu_str person, slu_str role, slu_err *err);
slu_rc app_role_revoke(struct app_unit *u, struct app_repo *r, slu_str person, slu_str role, slu_err *err);
slu_rc app_role_list(const struct port_grant **out, size_t *n, struct app_unit *u, struct app_repo *r, slu_err *err);

/** A level word; STRAT_LEVEL_NONE: it is none. */
enum strat_level app_level_of_word(slu_str word);
#endif
