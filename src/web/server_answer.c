/* SPDX-License-Identifier: Apache-2.0 */
/** The answer: the handler's, or a failure's in the form that the client reads. */
#include "web/assets.h"
#include "web/server_impl.h"
#include "web/shell.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static void verdict_member(slu_json *j, struct web_call *c)
{
	slu_json_key(j, "verdict");
	pol_verdict_json(j, c->unit.judged, slu_str_dup(c->a, c->repo.strategy_file), slu_str_dup(c->a, c->repo.strategy_commit));
}

static void error_json(struct web_call *c, slu_rc rc)
{
	slu_json *j = &c->rs.json;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "message", c->err.text);
	slu_json_kv_z(j, "code", slu_rc_word(rc));
	if (c->err.file[0]) { /* a rule said it */
		slu_json_kv_z(j, "file", c->err.file);
		slu_json_kv_int(j, "line", c->err.line);
		slu_json_kv_int(j, "column", c->err.column);
	}
	if (c->rq.problem.n) {
		slu_json_key(j, "errors");
		slu_json_open(j, '[');
		for (size_t i = 0; i < c->rq.problem.n; i++) {
			const struct web_problem *p = &c->rq.problem.v[i];
			slu_json_open(j, '{');
			slu_json_kv_z(j, "resource", p->resource);
			slu_json_kv_z(j, "field", p->field);
			slu_json_kv_z(j, "code", p->code);
			slu_json_kv_z(j, "message", p->message);
			slu_json_close(j, '}');
		}
		slu_json_close(j, ']');
	}
	if (c->has_repo && c->unit.judged && (rc == SLU_E_DENIED || rc == SLU_E_WAIT))
		verdict_member(j, c);
	slu_json_kv_z(j, "documentation_url", slu_printf(c->a, "%s/api/sluice/openapi.json", c->rq.base_url ? c->rq.base_url : ""));
	slu_json_kv_z(j, "status", slu_printf(c->a, "%u", c->rs.status));
	slu_json_close(j, '}');
	c->rs.type = "application/json; charset=utf-8";
}

static const char *title_of(unsigned status)
{
	switch (status) {
	case 400: return "That request cannot be read";
	case 401: return "Sign in first";
	case 403: return "Not allowed";
	case 404: return "Nothing here";
	case 405: return "Not possible here";
	case 409: return "It has changed meanwhile";
	case 413: return "Too large";
	case 422: return "That cannot be meant";
	case 503: return "Not now";
	case 507: return "The disk is full";
	default: return "Something went wrong";
	}
}

static void error_html(struct web_call *c)
{
	html h;
	slu_err err;
	shell_begin(&h, &c->rq, &c->rs, title_of(c->rs.status), "Why, and what helps?", "");
	html_lit(&h, "<p>");
	if (c->rs.status == 404)
		html_lit(&h, "There is no such page, or you may not read it.");
	else
		html_text_z(&h, c->err.text);
	html_lit(&h, "</p>");
	if (c->rq.who.via == WEB_ANONYMOUS)
		html_lit(&h, "<p><a href=\"/sign-in\">Sign in</a> to see what you may read.</p>");
	for (size_t i = 0; i < c->rq.problem.n; i++) {
		html_lit(&h, "<p>");
		html_text_z(&h, c->rq.problem.v[i].message);
		html_lit(&h, "</p>");
	}
	(void)!shell_end(&h, &c->rq, &c->rs, &err);
}

void web_call_fail(struct web_call *c, slu_rc rc)
{
	unsigned status = c->rs.status >= 400 ? c->rs.status : web_status(rc);
	if (c->kind == WEB_K_GIT && status == 422)
		status = 400;
	if (status >= 500 && rc != SLU_E_BUSY) /* of those a line a request tells enough */
		web_log(c->server->how.log, WEB_LOG_ERROR, "http", "%s %s: %s", c->rq.method, c->rq.path, c->err.text);
	c->refused = true;
	slu_buf_clear(&c->rs.body);
	c->rs.json = slu_json_to(&c->rs.body);
	c->rs.file = NULL;
	c->rs.read = NULL; /* what it would read from is freed with the answer */
	c->rs.status = status;
	c->rs.no_store = true;
	c->rq.r = NULL;
	c->rq.page = NULL;
	if (c->err.text[0] == 0)
		(void)!slu_fail(&c->err, rc, "%s", title_of(status));
	if (status == 401)
		web_set_header(&c->rs, "WWW-Authenticate", "Basic realm=\"sluice\", charset=\"UTF-8\"");
	if (status == 503)
		web_set_header(&c->rs, "Retry-After", "1");
	if (c->kind == WEB_K_GIT) {
		pol_refusal_sentence(&c->rs.body, slu_s(c->err.text)); /* Git shows it, line by line */
		c->rs.type = "text/plain; charset=utf-8";
	} else if (c->api_errors || c->rq.want_json) {
		error_json(c, rc);
	} else {
		error_html(c);
	}
}

static slu_rc run_asset(struct web_call *c, slu_err *err)
{
	size_t n;
	const struct web_asset *v = web_assets(&n);
	static const struct { const char *end, *type; } types[] = {
		{ ".css", "text/css; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" }, { ".svg", "image/svg+xml" }, { ".png", "image/png" }, { ".woff2", "font/woff2" },
	};
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].name, c->rq.segment[1]) != 0)
			continue;
		slu_buf_add(&c->rs.body, v[i].bytes, v[i].size);
		c->rs.type = "application/octet-stream";
		for (size_t k = 0; k < sizeof types / sizeof types[0]; k++)
			if (slu_str_ends(slu_s(v[i].name), types[k].end))
				c->rs.type = types[k].type;
		return SLU_OK;
	}
	return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
}

static void run_health(struct web_call *c)
{
	const char *why = strcmp(c->rq.path, "/readyz") == 0 ? app_not_ready(c->server->how.app, c->a) : NULL;
	if (!why && c->server->stopping)
		why = "The server is ending.";
	c->rs.status = why ? 503 : 200;
	c->rs.type = "application/json; charset=utf-8";
	c->rs.no_store = true;
	slu_json_open(&c->rs.json, '{');
	slu_json_kv_bool(&c->rs.json, "ok", !why);
	slu_json_kv_z(&c->rs.json, "version", SLUICE_VERSION);
	if (why)
		slu_json_kv_z(&c->rs.json, "reason", why);
	slu_json_close(&c->rs.json, '}');
}

static slu_rc check_csrf(struct web_call *c, slu_err *err)
{
	if (c->rq.who.via != WEB_SESSION || strcmp(c->rq.method, "GET") == 0)
		return SLU_OK;
	const char *sent = c->kind == WEB_K_PAGE ? web_form(&c->rq, "csrf") : web_header(&c->rq, "X-CSRF-Token");
	if (sent && strlen(sent) == strlen(c->rq.who.csrf) && sodium_memcmp(sent, c->rq.who.csrf, strlen(sent)) == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_DENIED, "This form is of another session: load the page again.");
}

/* What would have been answered, and by which verdict. */
static void dry_answer(struct web_call *c)
{
	slu_json *j = &c->rs.json;
	slu_str would = slu_s(slu_str_dup(c->a, slu_buf_str(&c->rs.body)));
	slu_buf_clear(&c->rs.body);
	*j = slu_json_to(&c->rs.body);
	slu_json_open(j, '{');
	slu_json_kv_bool(j, "dry_run", true);
	if (c->has_repo && c->unit.judged)
		verdict_member(j, c);
	slu_json_key(j, "would");
	if (would.n)
		slu_json_raw(j, would);
	else
		slu_json_null(j);
	slu_json_close(j, '}');
	c->rs.status = c->rs.status < 300 ? 200 : c->rs.status;
	c->rs.no_store = true;
}

static slu_rc run_handler(struct web_call *c, slu_err *err)
{
	if (!c->has_unit)
		SLU_TRY(web_call_enter(c, err));
	SLU_TRY(web_body_done(c, err));
	SLU_TRY(check_csrf(c, err));
	if (!c->rs.type)
		c->rs.type = c->kind == WEB_K_API || c->rq.want_json ? "application/json; charset=utf-8" : "text/html; charset=utf-8";
	SLU_TRY(c->run(&c->rq, &c->rs, err));
	if (c->unit.dry_run)
		dry_answer(c);
	if (c->rs.body.over)
		return slu_fail(err, SLU_E_LIMIT, "The answer would be larger than %d bytes: ask for fewer rows (per_page).", WEB_BODY_MAX);
	return SLU_OK;
}

void web_call_run(struct web_call *c)
{
	slu_rc rc = SLU_OK;
	if (c->refused)
		return;
	if (c->kind == WEB_K_HEALTH)
		run_health(c);
	else
		rc = c->kind == WEB_K_ASSET ? run_asset(c, &c->err) : run_handler(c, &c->err);
	if (rc != SLU_OK)
		web_call_fail(c, rc);
}

static void security_headers(struct MHD_Response *r, const struct web_call *c)
{
	static const struct web_pair always[] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "same-origin" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
		{ "X-Frame-Options", "DENY" },
		{ "Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" },
	};
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		(void)MHD_add_response_header(r, always[i].name, always[i].value);
	if (c->server->how.tls_cert)
		(void)MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}

/* What GitHub's clients look at. There is no X-RateLimit-…: nobody counts here. */
static void github_headers(struct MHD_Response *r, const struct web_call *c)
{
	(void)MHD_add_response_header(r, "X-GitHub-Request-Id", c->id);
	(void)MHD_add_response_header(r, "X-GitHub-Media-Type", "github.v3; format=json");
	if (c->rq.who.via == WEB_TOKEN && c->scopes)
		(void)MHD_add_response_header(r, "X-OAuth-Scopes", c->scopes);
}

static const char *etag_of(struct web_call *c)
{
	unsigned char hash[16];
	char *text = slu_alloc(c->a, sizeof hash * 2 + 6);
	(void)crypto_generichash(hash, sizeof hash, (const unsigned char *)c->rs.body.p, c->rs.body.n, NULL, 0);
	memcpy(text, "W/\"", 3); /* weak: a proxy may compress what it passes on */
	(void)sodium_bin2hex(text + 3, sizeof hash * 2 + 1, hash, sizeof hash);
	text[3 + sizeof hash * 2] = '"';
	return text;
}

static bool matches(const char *list, const char *etag)
{
	const char *bare = strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
	return strcmp(list, "*") == 0 || strstr(list, bare) != NULL;
}

static ssize_t read_stream(void *ctx, uint64_t pos, char *buf, size_t max)
{
	struct web_call *c = ctx;
	struct web_res *rs = &c->rs;
	(void)pos;
	web_call_thinks(c, true);
	ssize_t n = rs->read(rs->ctx, buf, max);
	web_call_thinks(c, false);
	return n > 0 ? n : n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static struct MHD_Response *response_of_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return NULL;
	}
	struct MHD_Response *r = MHD_create_response_from_fd64((uint64_t)st.st_size, fd); /* which closes it then */
	if (!r)
		(void)close(fd);
	return r;
}

static struct MHD_Response *response_of(struct web_call *c)
{
	struct web_res *rs = &c->rs;
	if (rs->read)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 * 1024, read_stream, c, NULL);
	if (rs->file) {
		struct MHD_Response *r = response_of_file(rs->file);
		if (r)
			return r;
		(void)!slu_fail(&c->err, SLU_E_IO, "A file that belongs to this page cannot be read.");
		web_call_fail(c, SLU_E_IO);
	}
	const char *asked = web_header(&c->rq, "If-None-Match");
	if (rs->status == 200 && !rs->no_store && strcmp(c->rq.method, "GET") == 0) {
		if (!rs->etag)
			rs->etag = etag_of(c);
		web_set_header(rs, "ETag", rs->etag);
		if (asked && matches(asked, rs->etag)) {
			rs->status = 304;
			return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
		}
	}
	return MHD_create_response_from_buffer(rs->body.n, rs->body.p, MHD_RESPMEM_MUST_COPY);
}

enum MHD_Result web_call_send(struct web_call *c)
{
	struct MHD_Response *r = response_of(c);
	const struct web_res *rs = &c->rs;
	if (!r)
		return MHD_NO;
	security_headers(r, c);
	if (strncmp(c->rq.path, "/api/v3", 7) == 0)
		github_headers(r, c);
	if (rs->type && rs->status != 204 && rs->status != 304)
		(void)MHD_add_response_header(r, "Content-Type", rs->type);
	(void)MHD_add_response_header(r, "Cache-Control", rs->no_store ? "no-store" : c->kind == WEB_K_ASSET ? "public, max-age=3600" : "private, no-cache");
	(void)MHD_add_response_header(r, "Vary", "Cookie, Authorization, Accept");
	for (size_t i = 0; i < rs->header.n; i++)
		(void)MHD_add_response_header(r, rs->header.v[i].name, rs->header.v[i].value);
	c->status_sent = rs->status;
	enum MHD_Result queued = MHD_queue_response(c->mhd, rs->status, r);
	MHD_destroy_response(r);
	return queued;
}
