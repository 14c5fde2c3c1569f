/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The HTTP server: listeners, limits and time-outs. Routes, pages and assets are what the registries hold; Git goes to web/git_http.h.
 * One thread for each connection, their number bounded; a slow child stalls only its own client.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H
#include "app/app.h"
#include "web/log.h"

#include <stdint.h>

typedef struct web_server web_server;

struct web_server_how {
	app *app;
	const struct web_log *log;
	const char *listen;        /* "HOST:PORT"; NULL: only the socket */
	const char *tls_cert, *tls_key; /* files in PEM; NULL: plain */
	bool behind_proxy;         /* believe X-Forwarded-Proto and X-Forwarded-Host */
	const char *socket;        /* path of the home's socket; NULL with once_fd */
	int once_fd;               /* the one connection to be served, which is open already; -1: none. *ended is called when it is closed */
	void (*ended)(void *ctx);
	void *ended_ctx;
	int lock_fd;               /* of the home: children that write to a repository keep it */
};
/**
 * Listen. SLU_E_USAGE: a bad address, or one beyond loopback without TLS or proxy; SLU_E_IO: the address is taken, a file cannot be read.
 * The strings of `how` must live as long as the server.
 */
slu_rc web_server_start(web_server **out, const struct web_server_how *how, slu_err *err);
/** "http://127.0.0.1:8080"; "" with only the socket. */
const char *web_server_address(const web_server *s);
/** Take no more connections, let requests that were begun end (at most `grace_s`), close. Frees s; NULL is fine. */
void web_server_stop(web_server *s, unsigned grace_s);
#endif
