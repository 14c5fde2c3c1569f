/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The API's other end: a connection to a server, by its home's socket or over HTTP.
 *
 * With a home on which no server runs, `libexec/sluice-server --home DIR --once` is started; it serves only this
 * client, and ends when that hangs up; other commands of the same moment wait for it. A connection is used by one thread.
 */
#ifndef CLIENT_CLI_H
#define CLIENT_CLI_H
#include "base/str.h"

struct json_t;

struct cli_open {
	const char *home;           /* a home's folder, or NULL */
	const char *server;         /* "http://HOST:PORT" or "https://…" when home is NULL */
	const char *token;          /* for `server`; NULL: anonymous */
	const char *server_program; /* path of libexec/sluice-server, for a home that no server runs on, and for https:// */
	bool make_home;             /* the home may be made */
	unsigned patience_s;        /* for a connection, and between two pieces of an answer; 0: as long as a large merge may take */
};
struct cli_answer {
	unsigned status;
	slu_str body;               /* in the arena that was passed */
	struct json_t *json;        /* of a JSON body; freed with the connection. NULL: none */
	const char *location, *link;/* headers, "" when absent */
};

struct cli;
/** Connect. SLU_E_IO: nobody there (says what was tried); SLU_E_NOT_FOUND: no such home; SLU_E_USAGE: bad address. */
slu_rc cli_open(struct cli **out, const struct cli_open *how, slu_err *err);
void cli_close(struct cli *c); /* NULL is fine */
/** "http://127.0.0.1:8080", or "unix:DIR/run/sluice.sock" */
const char *cli_where(const struct cli *c);
/**
 * One request and its whole answer. `as`: the person that the operator acts for, NULL: none. Connects again once when a kept connection was closed meanwhile and the method is GET or HEAD.
 * @return SLU_OK whatever the status; SLU_E_IO, SLU_E_TIMEOUT, SLU_E_LIMIT (answer over 64 MiB), SLU_E_SYNTAX (not HTTP)
 */
slu_rc cli_call(struct cli *c, slu_arena *a, struct cli_answer *out, const char *method, const char *path, const char *as, const struct json_t *body, slu_err *err);
#endif
