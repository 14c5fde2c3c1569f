/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a page or an API route sees of HTTP, and how it says where it stands.
 *
 * To add a route, write in src/web/api_RESOURCE.c one `const struct web_api api_NAME = {` … `};` for each operation (a file may hold
 * several). To add a page, src/web/page_NAME.c with `const struct web_page page_NAME = {` … `};`. Both are found at build time.
 *
 * Before a handler runs, the server has: decoded the path and refused what is not clean; said who asks; refused cross-site requests,
 * missing scopes, and a repository (`{owner}/{repo}` in the pattern) that the person may not read (404); read and parsed the body.
 * After it: ETag and 304, Content-Length, security headers, the error's body.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H
#include "app/app.h"
#include "base/json.h"
#include "base/str.h"

#include <sys/types.h>

struct json_t;
struct web_call;
struct web_page;

enum web_via { WEB_ANONYMOUS, WEB_TOKEN, WEB_SESSION, WEB_SOCKET /* the operator, over the home's socket */ };
struct web_who {
	enum web_via via;
	slu_str person;      /* "" nobody, and the operator (unit->who.operator_ tells them apart) */
	const char *csrf;    /* of a session: value that its forms carry */
};

struct web_pair { const char *name, *value; };
struct web_problem { const char *resource, *field, *code, *message; };

struct web_req {
	slu_arena *a;                 /* of this request */
	const char *method;           /* "GET" (HEAD comes as GET with head set), "POST", "PUT", "PATCH", "DELETE" */
	bool head;
	const char *path;             /* decoded, begins with '/', no "//", ".", ".." */
	const char *const *segment;   /* decoded, each without '/'… (a segment may hold %2F decoded to '/': refs) */
	size_t segment_n;
	SLU_LIST(struct web_pair) param;  /* of the pattern; use web_param */
	SLU_LIST(struct web_pair) query;  /* decoded; use web_query */
	SLU_LIST(struct web_pair) header; /* use web_header */
	SLU_LIST(struct web_pair) form;   /* of an application/x-www-form-urlencoded body (pages only) */
	slu_str body;
	struct json_t *json;          /* of a JSON body: always an object or array; NULL: no body */
	struct web_who who;
	app *app;
	struct app_unit *unit;        /* one unit of work on the store, signed in as who asks; what acts commits it itself */
	struct app_repo *r;           /* of patterns with {owner}/{repo}: opened, closed after the handler; NULL: pattern without */
	slu_str owner, repo;          /* the same as text */
	uint64_t repo_id;             /* 0: pattern without */
	enum strat_level level;       /* of the person in that repository */
	const char *base_url;         /* "http://127.0.0.1:8080", no slash at its end */
	int64_t now_s;
	bool want_json;               /* a page's address with ".json" */
	const char *suffix;           /* what a page's address ends with: ".json" ".diff" ".patch"; "" */
	const struct web_page *page;  /* NULL: no page, or an error's */
	struct web_call *call;        /* the server's */
	SLU_LIST(struct web_problem) problem; /* filled by web_body_…; when not empty the answer is 422 */
};

enum { WEB_BODY_MAX = 64 * 1024 * 1024 };
struct web_res {
	slu_arena *a;
	unsigned status;              /* 200 unless the handler says */
	const char *type;             /* Content-Type; default by the kind of route */
	SLU_LIST(struct web_pair) header;
	slu_buf body;                 /* grows to WEB_BODY_MAX */
	slu_json json;                /* writes into body */
	const char *file;             /* or: send this file */
	/* or: a stream. @return bytes, 0 at the end, -1 to break off. `free` is called once, in every case. */
	ssize_t (*read)(void *ctx, char *buf, size_t cap);
	void (*free)(void *ctx);
	void *ctx;
	const char *etag;             /* set to spare its computation; NULL: made from the body */
	bool no_store;
};

/** @return SLU_OK with *rs filled, or a failure whose sentence and code make the answer (web_status). */
typedef slu_rc web_fn(struct web_req *rq, struct web_res *rs, slu_err *err);

enum web_need {
	WEB_PUBLIC,       /* anybody, also when not signed in */
	WEB_SIGNED_IN,
	WEB_READ,         /* pattern with {owner}/{repo}: may read it, else 404 (handled before the handler) */
	WEB_ADMIN         /* of the whole server: the operator, or an administrator with the scope; else 403 */
};
struct web_api {
	const char *method;    /* "GET" … */
	const char *pattern;   /* "/api/v3/repos/{owner}/{repo}/pulls/{number}"; a last "{ref...}" takes the rest, slashes too */
	enum web_need need;
	enum strat_level level;/* of WEB_READ routes that do more than read: rq->r is opened with this need */
	unsigned scopes;       /* bits of app_scope of which the token must have one; 0: any. (app_repo_open bounds the level by scope anyway) */
	web_fn *run;
	bool dry_run;          /* takes ?dry_run=true: it moves no ref, and what it writes into the database is taken back */
	const char *summary;   /* one line, for the OpenAPI document and docs */
	const char *operation; /* GitHub's operation id, "pulls/get"; NULL: ours */
};
struct web_page {
	const char *pattern;   /* "/{owner}/{repo}/changes/{number}" */
	enum web_need need;
	const char *question;  /* the one that it answers */
	web_fn *html;
	web_fn *json;          /* of the address with ".json"; NULL: none */
	web_fn *text;          /* of the address with ".diff" or ".patch"; NULL: none */
	web_fn *post;          /* of its form (urlencoded, csrf checked); NULL: 405 */
};

/* ---- reading --------------------------------------------------------------------------------------------------------------- */
const char *web_param(const struct web_req *rq, const char *name);  /* "" when the pattern has none */
const char *web_query(const struct web_req *rq, const char *name);  /* NULL: absent */
const char *web_header(const struct web_req *rq, const char *name); /* any case; NULL: absent */
const char *web_form(const struct web_req *rq, const char *name);   /* NULL: absent */
/** A number in the path: SLU_E_NOT_FOUND when it is none. */
slu_rc web_param_u64(const struct web_req *rq, const char *name, uint64_t *out, slu_err *err);

/** Members of the JSON body. Of a wrong type, too long, or missing though required: a problem is noted (422), and the default stays. Unknown members are ignored. */
enum { WEB_OPTIONAL = 0, WEB_REQUIRED = 1 };
slu_str web_body_str(struct web_req *rq, const char *resource, const char *field, unsigned required, size_t max);
bool web_body_has(const struct web_req *rq, const char *field);
bool web_body_bool(struct web_req *rq, const char *resource, const char *field, bool def);
int64_t web_body_int(struct web_req *rq, const char *resource, const char *field, int64_t def);
struct json_t *web_body_array(struct web_req *rq, const char *resource, const char *field); /* NULL: absent */
struct json_t *web_body_object(struct web_req *rq, const char *resource, const char *field);
/** Note a problem: code is GitHub's missing | missing_field | invalid | already_exists | unprocessable | custom. */
void web_problem(struct web_req *rq, const char *resource, const char *field, const char *code, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/** SLU_E_INVALID when problems were noted: call it once after the web_body_… calls. */
slu_rc web_body_check(struct web_req *rq, slu_err *err);

/* ---- answering -------------------------------------------------------------------------------------------------------------- */
void web_set_header(struct web_res *rs, const char *name, const char *value);
/** 303 to a path of this server (begins with '/'). */
void web_see_other(struct web_res *rs, const char *path);
/** HTTP status of a failure: NOT_FOUND 404, INVALID 422, AUTH 401, DENIED 403, CONFLICT and EXISTS 409, LIMIT 413, SYNTAX 400, BUSY and TIMEOUT 503, WAIT 403, others 500. */
unsigned web_status(slu_rc rc);
/** "2026-11-21T03:58:00Z"; 0 gives null. */
void web_json_time(slu_json *j, const char *key, int64_t time_s);
char *web_time(slu_arena *a, int64_t time_s);
/** A verdict as a value, with the strategy of the repository that it was asked of. */
void web_json_verdict(slu_json *j, const struct web_req *rq, const struct pol_verdict *v);

/** page and per_page of the query, in bounds: 1.., 1..SLU_MAX_PAGE, default 30. */
struct web_paging { size_t page, per_page, skip; };
struct web_paging web_paging(const struct web_req *rq);
/** The Link header (first, prev, next, last) for `total` rows. */
void web_link(const struct web_req *rq, struct web_res *rs, const struct web_paging *p, size_t total);

/** Percent-encode one path segment ('/' too). */
char *web_encode(slu_arena *a, slu_str s);
#endif
