/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Git over HTTP: one request from its headers to the last byte of its answer.
 *
 * The caller (the HTTP server) decides who may; this runs the Git child of a fetch, or takes a push (web/git_receive.h). Order of calls:
 * git_http_route → (authorise) → git_http_begin → git_http_body* → git_http_finish → git_http_read* → git_http_end.
 * Calls may block for as long as the child is slow, bounded by time-outs: use one thread for each request.
 * What the child writes before its input is whole is spooled (memory, then an unlinked file), so neither side can
 * block the other. git_http_end at any time kills a child that still runs: call it when the client is gone.
 */
#ifndef WEB_GIT_HTTP_H
#define WEB_GIT_HTTP_H
#include "web/git_receive.h"

#include <stddef.h>

/** What a path asks for. */
enum git_http_service {
	GIT_HTTP_NONE,      /* not a Git path */
	GIT_HTTP_DUMB,      /* a path of the dumb protocol, or no `service`: git_http_begin answers 403 with a sentence */
	GIT_HTTP_UPLOAD,    /* fetch, clone: needs read */
	GIT_HTTP_RECEIVE    /* push: needs that somebody is signed in and may read; each ref is judged later */
};
struct git_http_route {
	enum git_http_service service;
	bool advertise;     /* GET info/refs */
	slu_str owner, name; /* borrowed from the path, name without ".git"; not checked beyond having no '/' */
};
/**
 * Recognise `/OWNER/NAME.git/info/refs`, `/OWNER/NAME.git/git-upload-pack` …; `path` is decoded, `service` is the query's
 * value or NULL. NAME without ".git" is taken too. @return service != GIT_HTTP_NONE
 */
bool git_http_route(struct git_http_route *out, const char *path, const char *service);

/** The Git requests of a server that may be under way at once; one that comes when all are has its turn within ten seconds, or is refused. */
typedef struct git_http_slots git_http_slots;
git_http_slots *git_http_slots_new(unsigned max); /* SLU_MAX_GIT_REQUESTS */
void git_http_slots_free(git_http_slots *s);
/** The server ends: no child is waited for any more. Its requests end as if it had gone. */
void git_http_slots_cut(git_http_slots *s);
unsigned git_http_slots_used(git_http_slots *s);

struct git_http_request {
	git_http_slots *slots;
	const struct git_http_route *route;
	const char *method;            /* "GET", "HEAD", "POST" */
	const char *repository;        /* absolute path of the bare repository */
	/* request headers, NULL when absent */
	const char *content_type, *content_encoding, *content_length, *git_protocol;
	const char *spool_dir;         /* for what does not fit into memory, "/tmp" when NULL */
	slu_str advertisement;         /* before a push: the refs, as pkt-lines */
	struct git_receive_decide decide; /* of a push */
	int client_fd;                 /* its socket; <= 0: not known */
	const char *person;            /* name of who is signed in, NULL: nobody */
	int lock_fd;                   /* flock of the home that children which may write to a repository inherit; -1: none */
	unsigned idle_timeout_s;       /* 0: 600; the child neither reads nor writes for so long: killed */
};

struct git_http_header { const char *name, *value; };
struct git_http_answer {
	unsigned status;               /* HTTP status */
	struct git_http_header header[6];
	size_t header_n;
	const char *text;              /* of a refusal: the whole body, text/plain; NULL: read the body by git_http_read */
};

typedef struct git_http git_http;

/**
 * Look at the headers and start the child. On refusal *out stays NULL and *answer is the whole answer
 * (400, 403 dumb protocol, 405, 413, 415, 503 with Retry-After, 500).
 * @return SLU_OK: go on with the body. Otherwise *answer is set (text lives in err->text: pass one that is not NULL).
 */
slu_rc git_http_begin(git_http **out, const struct git_http_request *rq, struct git_http_answer *answer, slu_err *err);
/** Bytes of the request's body as they arrive (gzip is inflated here). After a failure call git_http_finish for the answer, ignoring further body. */
slu_rc git_http_body(git_http *g, const char *bytes, size_t n, slu_err *err);
/** The body is whole. Waits for the first byte of the answer, so that a child that fails at once gives a 500. Always sets *answer; its strings live until git_http_end. */
void git_http_finish(git_http *g, struct git_http_answer *answer);
/**
 * Next bytes of the answer's body.
 * @return bytes put into buf (> 0), 0 at the end, -1 when the child failed after it had begun: break the connection
 */
ptrdiff_t git_http_read(git_http *g, char *buf, size_t cap);
/** Kill the child if it runs, reap it, release everything. NULL is fine. */
void git_http_end(git_http *g);
#endif
