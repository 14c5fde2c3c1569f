/* SPDX-License-Identifier: Apache-2.0 */
/** What is decided by a request's head, before any byte of its body is read. */
#include "web/server_impl.h"

#include <strings.h>

struct heads {
	struct web_call *c;
	unsigned lengths, codings, hosts;
	bool bad, other_coding;
};

static enum MHD_Result take_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct heads *h = ctx;
	(void)kind;
	if (!value)
		value = "";
	h->lengths += strcasecmp(name, "Content-Length") == 0;
	h->codings += strcasecmp(name, "Transfer-Encoding") == 0;
	h->hosts += strcasecmp(name, "Host") == 0;
	h->other_coding = h->other_coding || (strcasecmp(name, "Transfer-Encoding") == 0 && strcasecmp(value, "chunked") != 0);
	for (const char *p = value; *p; p++)
		h->bad = h->bad || ((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7F;
	*SLU_ADD(h->c->a, &h->c->rq.header) = (struct web_pair){ slu_strdup(h->c->a, name), slu_strdup(h->c->a, value) };
	return MHD_YES;
}

static slu_rc take_headers(struct web_call *c, slu_err *err)
{
	struct heads h = { .c = c };
	(void)MHD_get_connection_values(c->mhd, MHD_HEADER_KIND, take_header, &h);
	c->bad_framing = h.lengths > 1 || h.codings > 1 || (h.lengths && h.codings) || h.hosts > 1 || h.other_coding || h.bad;
	if (h.other_coding)
		return slu_fail(err, SLU_E_SYNTAX, "The only transfer encoding that is known here is chunked.");
	if (c->bad_framing && !h.bad)
		return slu_fail(err, SLU_E_SYNTAX, "The request says more than once, or in two ways, how long it is or whom it is for.");
	if (h.bad)
		return slu_fail(err, SLU_E_SYNTAX, "A header holds a control byte.");
	return SLU_OK;
}

static bool is_local_name(slu_str host)
{
	const char *colon = host.n && host.p[0] == '[' ? memchr(host.p, ']', host.n) : NULL;
	if (colon)
		return slu_str_starts(host, "[::1]");
	colon = memchr(host.p, ':', host.n);
	if (colon)
		host.n = (size_t)(colon - host.p);
	size_t digits = 0;
	while (digits < host.n && strchr("0123456789.", host.p[digits]))
		digits++;
	return (slu_str_starts(host, "127.") && digits == host.n) || (host.n == 9 && strncasecmp(host.p, "localhost", 9) == 0);
}

static bool is_host(const char *text)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]";
	return *text && strlen(text) <= 255 && text[strspn(text, fine)] == 0;
}

/* A name that is not ours on a loopback address is somebody's page that had its name resolve to it. */
static slu_rc take_host(struct web_call *c, slu_err *err)
{
	const struct web_server_how *how = &c->server->how;
	const char *host = web_header(&c->rq, "Host"), *scheme = how->tls_cert ? "https" : "http";
	c->rq.base_url = web_server_address(c->server);
	if (c->local || !host)
		return SLU_OK;
	if (how->behind_proxy) {
		const char *proto = web_header(&c->rq, "X-Forwarded-Proto"), *name = web_header(&c->rq, "X-Forwarded-Host");
		scheme = proto && strcmp(proto, "https") == 0 ? "https" : "http";
		host = name ? name : host;
	}
	if (!is_host(host))
		return slu_fail(err, SLU_E_SYNTAX, "The Host header is no name of a host.");
	if (c->server->loopback && !how->behind_proxy && !is_local_name(slu_s(host)))
		return slu_fail(err, SLU_E_SYNTAX, "This server is known as %s only, not as %s.", c->server->address, host);
	c->rq.base_url = slu_printf(c->a, "%s://%s", scheme, host);
	return SLU_OK;
}

static bool wants_json(const struct web_call *c, const char *path)
{
	const char *accept = web_header(&c->rq, "Accept");
	return strncmp(path, "/api/", 5) == 0 || (accept && strstr(accept, "json") && !strstr(accept, "html"));
}

static bool is_known_method(const char *m)
{
	static const char *const known[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(m, known[i]) == 0)
			return true;
	return false;
}

static slu_rc refuse_method(struct web_call *c, const char *allow, slu_err *err)
{
	c->rs.status = 405;
	web_set_header(&c->rs, "Allow", slu_strdup(c->a, allow));
	return slu_fail(err, SLU_E_DENIED, "%s is not done here. Possible: %s.", c->rq.method, allow);
}

static slu_rc find_route(struct web_call *c, const struct web_target *t, slu_err *err)
{
	bool other_method;
	slu_auto_buf allow;
	slu_buf_init(&allow, 256);
	if (strcmp(t->path, "/healthz") == 0 || strcmp(t->path, "/readyz") == 0)
		c->kind = WEB_K_HEALTH;
	else if (t->segment_n == 2 && strcmp(t->segment[0], "assets") == 0)
		c->kind = WEB_K_ASSET;
	else if (git_http_route(&c->route, t->path, web_query(&c->rq, "service")))
		c->kind = WEB_K_GIT;
	if (c->kind == WEB_K_GIT)
		return SLU_OK;
	if (!is_known_method(c->rq.method))
		return refuse_method(c, "GET, HEAD, POST, PUT, PATCH, DELETE", err);
	if (c->kind != WEB_K_REFUSED)
		return strcmp(c->rq.method, "GET") == 0 ? SLU_OK : refuse_method(c, "GET, HEAD", err);
	if (web_route(c, t, &other_method, &allow))
		return SLU_OK;
	if (other_method)
		return refuse_method(c, allow.p, err);
	return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
}

static slu_rc open_repo(struct web_call *c, slu_err *err)
{
	const char *owner = web_param(&c->rq, "owner"), *name = web_param(&c->rq, "repo");
	enum strat_level need = c->api && c->api->level > STRAT_READ ? c->api->level : STRAT_READ;
	if (!*owner || !*name)
		return SLU_OK;
	SLU_TRY(app_repo_open(&c->repo, &c->unit, slu_s(owner), slu_s(name), need, err));
	c->has_repo = true;
	c->rq.r = &c->repo;
	c->rq.owner = c->repo.owner;
	c->rq.repo = c->repo.name;
	c->rq.repo_id = (uint64_t)c->repo.id;
	c->rq.level = c->repo.level;
	return SLU_OK;
}

/* `?dry_run=true` of what acts: only where a handler writes nothing but the database, which then takes it back. */
static slu_rc dry_run(struct web_call *c, slu_err *err)
{
	const char *asked = c->api ? web_query(&c->rq, "dry_run") : NULL;
	if (!asked || strcmp(asked, "true") != 0 || strcmp(c->api->method, "GET") == 0)
		return SLU_OK;
	if (!c->api->dry_run)
		return slu_fail(err, SLU_E_INVALID, "There is no dry run of this.");
	c->unit.dry_run = true;
	return SLU_OK;
}

static slu_rc check_need(struct web_call *c, slu_err *err)
{
	enum web_need need = c->api ? c->api->need : c->page ? c->page->need : WEB_PUBLIC;
	bool known = c->unit.who.signed_in || c->unit.who.operator_;
	if (need == WEB_SIGNED_IN && !known)
		return slu_fail(err, SLU_E_AUTH, "Requires authentication");
	if (need == WEB_ADMIN)
		SLU_TRY(app_need_server_admin(&c->unit, err));
	if (c->api && c->api->scopes && known && !c->unit.who.operator_ && !(c->unit.who.scopes & c->api->scopes))
		return slu_fail(err, SLU_E_DENIED, "This token lacks the scope: %s.", app_scopes_text(c->a, c->api->scopes));
	SLU_TRY(dry_run(c, err));
	SLU_TRY(open_repo(c, err)); /* first: whoever may not read it is told that it is not there */
	if (c->api && c->api->scopes && !known)
		return slu_fail(err, SLU_E_AUTH, "Requires authentication");
	return SLU_OK;
}

/* A unit of work with who asks, and the repository. Left again while a body arrives: that may take long. */
slu_rc web_call_enter(struct web_call *c, slu_err *err)
{
	SLU_TRY(app_unit_begin(&c->unit, c->server->how.app, err));
	c->has_unit = true;
	c->rq.unit = &c->unit;
	c->rq.now_s = c->unit.now_s;
	SLU_TRY(web_call_who(c, err));
	return c->kind == WEB_K_GIT ? web_call_git_head(c, err) : check_need(c, err);
}

void web_call_leave(struct web_call *c)
{
	if (c->has_repo)
		app_repo_close(&c->unit, &c->repo);
	if (c->has_unit)
		app_unit_end(&c->unit);
	c->has_repo = c->has_unit = false;
	c->rq.r = NULL;
	c->rq.unit = NULL;
}

static bool has_body(const struct web_call *c)
{
	const char *length = web_header(&c->rq, "Content-Length");
	return web_header(&c->rq, "Transfer-Encoding") || (length && strcmp(length, "0") != 0);
}

/* Answered before its body, which ends the connection: room for the next. */
static slu_rc not_too_many(struct web_call *c, slu_err *err)
{
	if (c->local || !web_conn_too_many(c->server))
		return SLU_OK;
	c->bad_framing = true;
	return slu_fail(err, SLU_E_BUSY, "The server does as many things at once as it can; try again in a few seconds.");
}

static slu_rc look(struct web_call *c, const char *method, slu_err *err)
{
	struct web_target t;
	c->rq.head = strcmp(method, "HEAD") == 0;
	c->rq.method = c->rq.head ? "GET" : slu_strdup(c->a, method);
	SLU_TRY(take_headers(c, err));
	SLU_TRY(web_target_parse(&t, c->a, slu_s(c->raw), err));
	c->rq.path = t.path;
	c->rq.segment = t.segment;
	c->rq.segment_n = t.segment_n;
	c->rq.query.v = t.query.v;
	c->rq.query.n = c->rq.query.cap = t.query.n;
	c->api_errors = wants_json(c, t.path);
	SLU_TRY(take_host(c, err));
	SLU_TRY(web_call_same_site(c, err));
	SLU_TRY(find_route(c, &t, err));
	if (c->kind == WEB_K_ASSET || c->kind == WEB_K_HEALTH)
		return SLU_OK;
	SLU_TRY(not_too_many(c, err));
	SLU_TRY(web_call_enter(c, err));
	return c->kind == WEB_K_GIT ? SLU_OK : web_body_expect(c, err);
}

void web_call_head(struct web_call *c, const char *method)
{
	c->rq.path = "/";
	slu_rc rc = look(c, method, &c->err);
	c->api_errors = c->api_errors || c->rq.want_json;
	if (rc != SLU_OK)
		web_call_fail(c, rc);
	if (has_body(c) || c->kind == WEB_K_GIT || c->refused)
		web_call_leave(c);
}
