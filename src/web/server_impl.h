/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the HTTP server: one request on its way. */
#ifndef WEB_SERVER_IMPL_H
#define WEB_SERVER_IMPL_H
#include "web/git_http.h"
#include "web/path.h"
#include "web/push.h"
#include "web/server.h"
#include "web/session.h"
#include "web/web.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#define ZLIB_CONST
#include <zlib.h>

enum {
	WEB_CONNECTIONS = 256,          /* at once, each a thread: from here on one that only waits makes room for one that comes */
	WEB_SPARE = 32,                 /* beyond them, so that a request is told that there are too many */
	WEB_STACK = 1024 * 1024,        /* of each; only what is touched is resident */
	WEB_IDLE_S = 60,                /* a connection on which nothing comes */
	WEB_HEAD_S = 30,                /* from its first byte to the end of a request's head; of a body too, */
	WEB_RATE = 1024,                /* and a second more for so many bytes of it that came. Only waiting counts */
	WEB_HEAD_MAX = 96 * 1024,       /* memory of a connection: head and read buffer */
	WEB_SKIP_MAX = 8 * 1024 * 1024  /* read of a body that is refused, so that the answer arrives */
};

struct web_server {
	struct web_server_how how;
	struct MHD_Daemon *http, *local; /* local: the home's socket, or the one connection */
	char *address, *cert, *key;
	bool loopback;                   /* listens on loopback only: other Host names are refused */
	git_http_slots *slots;
	web_sessions *sessions;
	pthread_mutex_t lock;
	pthread_cond_t quiet;
	unsigned requests, connections;  /* under way */
	atomic_bool stopping;
	struct web_conn *conns;          /* of both, for the time-out of heads */
	pthread_t watch;
	bool watching;
};

enum web_conn_state { WEB_C_HEAD, WEB_C_BODY, WEB_C_BUSY }; /* it waits for a head, for more of a body; the server works */

/* A connection; what it sends must come in time. */
struct web_conn {
	struct web_conn *next, **at;
	int fd;
	bool local;
	enum web_conn_state state;
	int64_t since_ms;  /* of this state */
	int64_t waited_ms; /* for a body, before since_ms */
	uint64_t bytes;    /* of it */
	bool served;       /* had a request already */
};

enum web_kind { WEB_K_REFUSED, WEB_K_API, WEB_K_PAGE, WEB_K_ASSET, WEB_K_HEALTH, WEB_K_GIT };

/* A request between its first header and its last byte. */
struct web_call {
	web_server *server;
	struct MHD_Connection *mhd;
	slu_arena *a;
	const char *raw;                 /* target as sent */
	char id[17];                     /* of the request, in the log and in the answer of the GitHub shapes */
	bool local, begun;
	int64_t began_ms;
	struct web_req rq;
	struct web_res rs;
	struct app_unit unit;
	bool has_unit;
	struct app_repo repo;
	bool has_repo;
	enum web_kind kind;
	const struct web_api *api;
	const struct web_page *page;
	web_fn *run;
	slu_err err;
	bool bad_framing;                /* where this request ends is not sure, or not waited for: answer and close */
	bool refused;                    /* *rs is the answer; the body is only skipped */
	bool api_errors;                 /* errors as JSON */
	const char *session;             /* cookie that came and holds */
	const char *scopes;              /* of the token that came; NULL: none */
	/* body */
	slu_buf body;
	z_stream *gunzip;
	uint64_t received;
	bool body_bad;
	/* Git */
	struct git_http_route route;
	struct git_http_request git_rq;
	git_http *git;
	struct web_push push; /* app is NULL: none */
	unsigned status_sent;
};

/* server_head.c: all that is decided by the headers. */
void web_call_head(struct web_call *c, const char *method);
slu_rc web_call_enter(struct web_call *c, slu_err *err);
void web_call_leave(struct web_call *c);
/* server_who.c */
slu_rc web_call_who(struct web_call *c, slu_err *err);
slu_rc web_call_same_site(struct web_call *c, slu_err *err);
/** Name of the session cookie. */
const char *web_cookie_name(bool secure);
/* server_body.c */
slu_rc web_body_expect(struct web_call *c, slu_err *err);
void web_body_take(struct web_call *c, const char *p, size_t n);
slu_rc web_body_done(struct web_call *c, slu_err *err);
slu_rc web_json_depth(slu_str text, unsigned max, slu_err *err);
void web_call_json_free(struct web_call *c);
/* server_answer.c */
void web_call_fail(struct web_call *c, slu_rc rc);       /* makes *rs the error's answer */
void web_call_run(struct web_call *c);                   /* the handler, after the body */
enum MHD_Result web_call_send(struct web_call *c);       /* queue *rs */
enum MHD_Result web_call_send_git(struct web_call *c, struct git_http_answer *an);
/* server.c: around whatever may take long */
void web_call_thinks(struct web_call *c, bool begins);
/* server_conn.c: who waits for whom */
int64_t web_now_ms(void);
void web_conn_notify(void *ctx, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode what);
void web_conn_begins(struct web_call *c);          /* its head has come */
void web_conn_waits(struct web_call *c, size_t n); /* for (more of) its body; n bytes were just taken */
void web_conn_works(struct web_call *c);           /* some of the body, or its end, has come */
void web_conn_ends(struct web_call *c);
bool web_conn_too_many(web_server *s);             /* requests under way */
void *web_conn_watch(void *ctx);                   /* thread: ends those that let it wait too long */
/* server_git.c */
slu_rc web_call_git_head(struct web_call *c, slu_err *err);
/* route.c */
bool web_route(struct web_call *c, const struct web_target *t, bool *other_method, slu_buf *allow);
#endif
