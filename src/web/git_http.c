/* SPDX-License-Identifier: Apache-2.0 */
#include "web/git_http_impl.h"

#include "base/limits.h"
#include "web/web.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>

enum { GIT_HTTP_TURN_S = 10, GIT_HTTP_IDLE_S = 600, GIT_HTTP_MAX_FETCH = 64 * 1024 * 1024 };

/* ---- slots ------------------------------------------------------------------------------------------------------------ */

struct git_http_slots {
	pthread_mutex_t mu;
	pthread_cond_t given;
	unsigned used, max;
	int cut_fd;
};

git_http_slots *git_http_slots_new(unsigned max)
{
	git_http_slots *s = calloc(1, sizeof *s);
	if (!s)
		abort();
	(void)pthread_mutex_init(&s->mu, NULL);
	(void)pthread_cond_init(&s->given, NULL);
	s->max = max;
	s->cut_fd = eventfd(0, EFD_CLOEXEC);
	return s;
}

void git_http_slots_free(git_http_slots *s)
{
	if (!s)
		return;
	run_close(&s->cut_fd);
	(void)pthread_cond_destroy(&s->given);
	(void)pthread_mutex_destroy(&s->mu);
	free(s);
}

void git_http_slots_cut(git_http_slots *s)
{
	(void)eventfd_write(s->cut_fd, 1);
}

unsigned git_http_slots_used(git_http_slots *s)
{
	(void)pthread_mutex_lock(&s->mu);
	unsigned n = s->used;
	(void)pthread_mutex_unlock(&s->mu);
	return n;
}

/** Git does not try again after a 503: forty who push at once wait for their turn. */
static bool slot_take(git_http_slots *s)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += GIT_HTTP_TURN_S;
	(void)pthread_mutex_lock(&s->mu);
	while (s->used >= s->max && pthread_cond_timedwait(&s->given, &s->mu, &until) == 0)
		;
	bool free_ = s->used < s->max;
	s->used += free_;
	(void)pthread_mutex_unlock(&s->mu);
	return free_;
}

static void slot_give(git_http_slots *s)
{
	(void)pthread_mutex_lock(&s->mu);
	s->used--;
	(void)pthread_cond_signal(&s->given);
	(void)pthread_mutex_unlock(&s->mu);
}

/* ---- route ------------------------------------------------------------------------------------------------------------ */

static enum git_http_service service_of(const char *word)
{
	if (word && strcmp(word, "git-upload-pack") == 0)
		return GIT_HTTP_UPLOAD;
	if (word && strcmp(word, "git-receive-pack") == 0)
		return GIT_HTTP_RECEIVE;
	return GIT_HTTP_NONE;
}

static void endpoint(struct git_http_route *r, slu_str rest, const char *service, bool dot_git)
{
	if (slu_str_is(rest, "info/refs")) {
		r->advertise = true;
		r->service = service_of(service);
		r->service = r->service == GIT_HTTP_NONE ? GIT_HTTP_DUMB : r->service;
	} else if (slu_str_is(rest, "git-upload-pack")) {
		r->service = GIT_HTTP_UPLOAD;
	} else if (slu_str_is(rest, "git-receive-pack")) {
		r->service = GIT_HTTP_RECEIVE;
	} else if (dot_git && (slu_str_is(rest, "HEAD") || slu_str_starts(rest, "objects/"))) {
		r->service = GIT_HTTP_DUMB;
	}
}

bool git_http_route(struct git_http_route *out, const char *path, const char *service)
{
	slu_str rest = slu_s(path), owner = { 0 }, name = { 0 };
	if (!slu_str_starts(rest, "/"))
		return false;
	rest.p++;
	rest.n--;
	if (!slu_str_split(&rest, '/', &owner) || !slu_str_split(&rest, '/', &name) || owner.n == 0 || name.n == 0 || rest.n == 0)
		return false;
	struct git_http_route r = { .owner = owner, .name = name };
	bool dot_git = slu_str_ends(name, ".git");
	r.name.n -= dot_git ? 4 : 0;
	endpoint(&r, rest, service, dot_git);
	if (r.service == GIT_HTTP_NONE || r.name.n == 0)
		return false;
	*out = r;
	return true;
}

/* ---- headers ---------------------------------------------------------------------------------------------------------- */

static slu_rc refuse(struct git_http_answer *an, unsigned status, slu_rc rc, slu_err *err, const char *text)
{
	(void)!slu_fail(err, rc, "%s", text);
	*an = (struct git_http_answer){ .status = status, .text = err->text };
	return rc;
}

static void add_header(struct git_http_answer *an, const char *name, const char *value)
{
	an->header[an->header_n++] = (struct git_http_header){ name, value };
}

static const char *service_word(const struct git_http_route *r)
{
	return r->service == GIT_HTTP_RECEIVE ? "git-receive-pack" : "git-upload-pack";
}

static bool same_word(const char *value, const char *word)
{
	slu_str v = slu_s(value), part = { 0 };
	(void)slu_str_split(&v, ';', &part);
	part = slu_str_trim(part);
	return part.n == strlen(word) && strncasecmp(part.p, word, part.n) == 0;
}

static bool is_gzip(const char *encoding)
{
	return encoding && (same_word(encoding, "gzip") || same_word(encoding, "x-gzip"));
}

/** "version=2" and the like; what does not look so is not passed on. */
static bool protocol_ok(const char *p)
{
	size_t n = p ? strlen(p) : 0;
	return n > 0 && n <= 128 && strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789=:.-") == n;
}

static uint64_t body_max(const struct git_http_route *r)
{
	return r->service == GIT_HTTP_RECEIVE ? SLU_MAX_PACK_BYTES + (16u << 20) : GIT_HTTP_MAX_FETCH;
}

static slu_rc check_post(const struct git_http_request *rq, struct git_http_answer *an, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *want = slu_printf(a, "application/x-%s-request", service_word(rq->route));
	if (!rq->content_type || !same_word(rq->content_type, want))
		return refuse(an, 415, SLU_E_INVALID, err, "The body of this request must be one of Git's smart protocol, by its Content-Type.");
	if (rq->content_encoding && !is_gzip(rq->content_encoding) && !same_word(rq->content_encoding, "identity"))
		return refuse(an, 415, SLU_E_INVALID, err, "The body's Content-Encoding is not supported; gzip and identity are.");
	uint64_t n = 0;
	if (rq->content_length && slu_parse_u64(&n, slu_s(rq->content_length), NULL) != SLU_OK)
		return refuse(an, 400, SLU_E_SYNTAX, err, "Content-Length is not a number.");
	if (n > body_max(rq->route))
		return refuse(an, 413, SLU_E_LIMIT, err, "The body is larger than this server takes.");
	return SLU_OK;
}

static slu_rc check(const struct git_http_request *rq, struct git_http_answer *an, slu_err *err)
{
	bool reads = strcmp(rq->method, "GET") == 0 || strcmp(rq->method, "HEAD") == 0;
	if (rq->route->service == GIT_HTTP_DUMB)
		return refuse(an, 403, SLU_E_DENIED, err, "Git's dumb HTTP protocol is not served; use a Git of version 1.6.6 or later.");
	if (rq->route->advertise ? !reads : strcmp(rq->method, "POST") != 0) {
		slu_rc rc = refuse(an, 405, SLU_E_INVALID, err, "This method is not for this address.");
		add_header(an, "Allow", rq->route->advertise ? "GET, HEAD" : "POST");
		return rc;
	}
	return rq->route->advertise ? SLU_OK : check_post(rq, an, err);
}

/* ---- begin ------------------------------------------------------------------------------------------------------------ */

static slu_rc upload(struct git_http *g, const struct git_http_request *rq, slu_err *err)
{
	const char *argv[10] = { "git", "-c", "core.hooksPath=/dev/null", "upload-pack", "--stateless-rpc", "--strict" };
	size_t n = 6;
	if (rq->route->advertise)
		argv[n++] = "--http-backend-info-refs";
	argv[n++] = slu_strdup(g->a, rq->repository);
	struct git_env env;
	git_env_init(&env, g->a);
	if (protocol_ok(rq->git_protocol))
		git_env_add(&env, g->a, "GIT_PROTOCOL", rq->git_protocol);
	git_env_add(&env, g->a, "REMOTE_USER", rq->person);
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = env.v;
	s.cwd = "/";
	s.cancel_fd = rq->slots->cut_fd;
	return run_start(&g->c, &s, (rq->route->advertise ? 0u : RUN_PIPE_IN) | RUN_PIPE_OUT | RUN_PIPE_ERR, err);
}

static git_http *git_http_new(const struct git_http_request *rq)
{
	git_http *g = calloc(1, sizeof *g);
	if (!g)
		abort();
	g->a = slu_arena_new();
	g->slots = rq->slots;
	g->exit_code = -1;
	g->c = RUN_NO_CHILD;
	g->spool = (struct git_spool){ .dir = slu_strdup(g->a, rq->spool_dir ? rq->spool_dir : "/tmp"), .fd = -1 };
	g->idle_ms = (rq->idle_timeout_s ? rq->idle_timeout_s : GIT_HTTP_IDLE_S) * INT64_C(1000);
	g->body_max = body_max(rq->route);
	g->type = slu_printf(g->a, "application/x-%s-%s", service_word(rq->route), rq->route->advertise ? "advertisement" : "result");
	return g;
}

/** The line before the refs that protocol versions before 2 have. */
static void announce(struct git_http *g, const struct git_http_request *rq)
{
	if (!rq->route->advertise || (protocol_ok(rq->git_protocol) && strstr(rq->git_protocol, "version=2")))
		return;
	const char *word = service_word(rq->route);
	g->prefix = slu_s(slu_printf(g->a, "%04zx# service=%s\n0000", 4 + strlen("# service=\n") + strlen(word), word));
}

/** The whole answer is there: it stands where the first of a child's output would. */
static slu_rc advertise(struct git_http *g, slu_str text, slu_err *err)
{
	g->out_ended = true;
	g->exit_code = 0;
	return git_spool_add(&g->spool, text.p, text.n, err);
}

static slu_rc start(struct git_http *g, const struct git_http_request *rq, slu_err *err)
{
	if (rq->route->service != GIT_HTTP_RECEIVE)
		return upload(g, rq, err);
	if (rq->route->advertise)
		return advertise(g, rq->advertisement, err);
	const struct git_receive_how how = {
		.repository = rq->repository,
		.lock_fd = rq->lock_fd,
		.cut_fd = rq->slots->cut_fd,
		.idle_s = rq->idle_timeout_s,
		.decide = rq->decide,
		.client_fd = rq->client_fd,
	};
	git_receive_begin(&g->push, &how);
	return SLU_OK;
}

slu_rc git_http_begin(git_http **out, const struct git_http_request *rq, struct git_http_answer *an, slu_err *err)
{
	SLU_TRY(check(rq, an, err));
	if (!slot_take(rq->slots)) {
		slu_rc rc = refuse(an, 503, SLU_E_BUSY, err, "Too many Git requests are under way; try again in a few seconds.");
		add_header(an, "Retry-After", "2");
		return rc;
	}
	git_http *g = git_http_new(rq);
	g->gzip = is_gzip(rq->content_encoding);
	if (g->gzip && inflateInit2(&g->z, 15 + 16) != Z_OK)
		abort();
	announce(g, rq);
	slu_rc rc = start(g, rq, err);
	if (rc != SLU_OK) {
		git_http_end(g);
		*an = (struct git_http_answer){ .status = 500, .text = err->text };
		return rc;
	}
	*out = g;
	return SLU_OK;
}

/* ---- body ------------------------------------------------------------------------------------------------------------- */

static slu_rc plain(git_http *g, const char *bytes, size_t n, slu_err *err)
{
	g->body_n += n;
	if (g->body_n > g->body_max)
		return slu_fail(err, SLU_E_LIMIT, "The body is larger than the %llu bytes this server takes.", (unsigned long long)g->body_max);
	if (!g->push)
		return git_pump_in(g, bytes, n, err);
	SLU_TRY(git_receive_take(g->push, bytes, n, err));
	if (g->slots && git_receive_passes_over(g->push)) { /* nothing but its sender works on it any more */
		slot_give(g->slots);
		g->slots = NULL;
	}
	return SLU_OK;
}

static slu_rc unzip(git_http *g, const char *bytes, size_t n, slu_err *err)
{
	g->z.next_in = (z_const Bytef *)(uintptr_t)bytes;
	g->z.avail_in = (uInt)n;
	for (bool full = true; !g->gzip_ended && (g->z.avail_in > 0 || full);) {
		g->z.next_out = (Bytef *)g->inflated;
		g->z.avail_out = sizeof g->inflated;
		int rc = inflate(&g->z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return slu_fail(err, SLU_E_SYNTAX, "The body is not what its Content-Encoding says: gzip.");
		g->gzip_ended = rc == Z_STREAM_END;
		full = g->z.avail_out == 0;
		SLU_TRY(plain(g, g->inflated, sizeof g->inflated - g->z.avail_out, err));
	}
	if (g->gzip_ended && g->z.avail_in > 0)
		return slu_fail(err, SLU_E_SYNTAX, "Something follows the end of the gzip body.");
	return SLU_OK;
}

slu_rc git_http_body(git_http *g, const char *bytes, size_t n, slu_err *err)
{
	slu_rc rc = g->why.code; /* after a failure the rest is not looked at */
	while (rc == SLU_OK && n > 0) {
		size_t part = n > (1u << 30) ? 1u << 30 : n;
		rc = g->gzip ? unzip(g, bytes, part, &g->why) : plain(g, bytes, part, &g->why);
		bytes += part;
		n -= part;
	}
	if (rc != SLU_OK)
		return slu_fail(err, rc, "%s", g->why.text);
	return SLU_OK;
}

/* ---- answer ----------------------------------------------------------------------------------------------------------- */

static void failed(git_http *g, struct git_http_answer *an, unsigned status, const char *text)
{
	run_stop(&g->c, RUN_GRACE_MS);
	*an = (struct git_http_answer){ .status = status, .text = text };
}

/** The body is whole: of a push there is an answer, of a fetch Git's first word. */
static slu_rc body_ends(git_http *g)
{
	if (g->why.code != SLU_OK)
		return g->why.code;
	if (g->gzip && !g->gzip_ended && g->z.total_in > 0)
		return slu_fail(&g->why, SLU_E_SYNTAX, "The gzip body is cut off.");
	if (g->push)
		return git_receive_taken(g->push, &g->why);
	run_close(&g->c.in);
	return git_pump_first(g, &g->why);
}

/** Git ended without a word: its exit code and standard error say why. */
static bool silent_end(git_http *g, struct git_http_answer *an)
{
	git_pump_reap(g);
	if (g->exit_code == 0)
		return false;
	bool theirs = g->exit_code == 128 && strstr(g->err, "protocol error");
	failed(g, an, theirs ? 400 : 500, slu_printf(g->a, "Git failed: %s", g->err_n ? g->err : "it said nothing."));
	return true;
}

void git_http_finish(git_http *g, struct git_http_answer *an)
{
	if (body_ends(g) != SLU_OK) {
		failed(g, an, web_status(g->why.code), g->why.text);
		return;
	}
	if (!g->push && g->out_ended && !git_spool_more(&g->spool) && silent_end(g, an))
		return;
	*an = (struct git_http_answer){ .status = 200 };
	add_header(an, "Content-Type", g->type);
}

static ptrdiff_t take(slu_str *from, char *buf, size_t cap)
{
	size_t n = from->n < cap ? from->n : cap;
	memcpy(buf, from->p, n);
	from->p += n;
	from->n -= n;
	return (ptrdiff_t)n;
}

ptrdiff_t git_http_read(git_http *g, char *buf, size_t cap)
{
	if (g->prefix.n > 0)
		return take(&g->prefix, buf, cap);
	if (g->push)
		return (ptrdiff_t)git_receive_read(g->push, buf, cap);
	ptrdiff_t n = git_spool_more(&g->spool) ? git_spool_read(&g->spool, buf, cap) : git_pump_out(g, buf, cap);
	if (n != 0)
		return n;
	git_pump_reap(g);
	return g->killed_by_signal ? -1 : 0;
}

void git_http_end(git_http *g)
{
	if (!g)
		return;
	run_stop(&g->c, RUN_GRACE_MS);
	git_receive_end(g->push);
	if (g->gzip)
		(void)inflateEnd(&g->z);
	git_spool_release(&g->spool);
	if (g->slots)
		slot_give(g->slots);
	slu_arena_free(g->a);
	free(g);
}
