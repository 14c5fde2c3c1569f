/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "client/http.h"
#include "web/server_impl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* ---- one request ------------------------------------------------------------------------------------------------------- */

/* The target as it was sent, before the library decodes it. */
static void *on_target(void *ctx, const char *target, struct MHD_Connection *mhd)
{
	web_server *s = ctx;
	slu_arena *a = slu_arena_new();
	struct web_call *c = SLU_NEW(a, struct web_call);
	c->server = s;
	c->mhd = mhd;
	c->a = a;
	c->raw = slu_strdup(a, target);
	unsigned char random[8];
	randombytes_buf(random, sizeof random);
	(void)sodium_bin2hex(c->id, sizeof c->id, random, sizeof random);
	c->began_ms = web_now_ms();
	c->rq.a = c->rs.a = a;
	c->rq.app = s->how.app;
	c->rq.call = c;
	c->rq.base_url = web_server_address(s);
	c->rq.path = "/";
	c->rq.method = "GET";
	c->rq.suffix = "";
	c->rs.status = 200;
	slu_buf_init(&c->rs.body, WEB_BODY_MAX);
	c->rs.json = slu_json_to(&c->rs.body);
	return c;
}

/* The library's clock of idleness must not count the time that we think. Switched on again it begins anew. */
void web_call_thinks(struct web_call *c, bool begins)
{
	(void)MHD_set_connection_option(c->mhd, MHD_CONNECTION_OPTION_TIMEOUT, begins ? 0u : (unsigned)WEB_IDLE_S);
}

static enum MHD_Result git_answer(struct web_call *c)
{
	struct git_http_answer an = { 0 };
	web_call_thinks(c, true);
	if (c->git)
		git_http_finish(c->git, &an);
	web_call_thinks(c, false);
	return web_call_send_git(c, &an);
}

static void git_begin(struct web_call *c)
{
	struct git_http_answer an = { 0 };
	if (git_http_begin(&c->git, &c->git_rq, &an, &c->err) == SLU_OK)
		return;
	c->refused = true;
	c->rs.status = an.status ? an.status : 500;
	for (size_t i = 0; i < an.header_n; i++)
		web_set_header(&c->rs, slu_strdup(c->a, an.header[i].name), slu_strdup(c->a, an.header[i].value));
	pol_refusal_sentence(&c->rs.body, slu_s(an.text ? an.text : c->err.text));
	c->rs.type = "text/plain; charset=utf-8";
	c->rs.no_store = true;
}

static bool body_comes(const struct web_call *c)
{
	const char *length = web_header(&c->rq, "Content-Length");
	return web_header(&c->rq, "Transfer-Encoding") || (length && strcmp(length, "0") != 0);
}

/* Refused by its head, with a body that is not sent before we say so, or one too large to skip: answer now. That ends the connection. */
static bool answer_now(const struct web_call *c)
{
	const char *length = web_header(&c->rq, "Content-Length");
	uint64_t n = 0;
	if (c->bad_framing)
		return true;
	if (!c->refused || !body_comes(c))
		return false;
	if (web_header(&c->rq, "Expect"))
		return true;
	return length && (slu_parse_u64(&n, slu_s(length), NULL) != SLU_OK || n > WEB_SKIP_MAX);
}

static enum MHD_Result begin(struct web_call *c, const char *method)
{
	c->begun = true;
	web_conn_begins(c);
	web_call_head(c, method);
	if (c->kind == WEB_K_GIT && !c->refused)
		git_begin(c);
	if (answer_now(c))
		return web_call_send(c);
	web_conn_waits(c, 0);
	return MHD_YES; /* the library calls again when the request is whole */
}

static enum MHD_Result on_body(struct web_call *c, const char *data, size_t *n)
{
	size_t size = *n;
	*n = 0;
	if (c->kind == WEB_K_GIT && !c->refused) {
		web_call_thinks(c, true);
		if (!c->body_bad && git_http_body(c->git, data, size, &c->err) != SLU_OK)
			c->body_bad = true;
		web_call_thinks(c, false);
		c->received += size;
		return c->body_bad && c->received > WEB_SKIP_MAX ? MHD_NO : MHD_YES;
	}
	web_body_take(c, data, size);
	return c->received > WEB_SKIP_MAX ? MHD_NO : MHD_YES; /* enough: close */
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *mhd, const char *url, const char *method, const char *version, const char *data, size_t *n,
                                  void **con_cls)
{
	struct web_call *c = *con_cls;
	(void)ctx;
	(void)mhd;
	(void)url;
	(void)version;
	if (!c)
		return MHD_NO;
	if (!c->begun)
		return begin(c, method);
	web_conn_works(c);
	if (*n) {
		size_t came = *n;
		enum MHD_Result more = on_body(c, data, n);
		web_conn_waits(c, came);
		return more;
	}
	if (c->kind == WEB_K_GIT && !c->refused)
		return git_answer(c);
	web_call_thinks(c, true);
	web_call_run(c);
	web_call_thinks(c, false);
	return web_call_send(c);
}

static void log_request(const struct web_call *c, enum MHD_RequestTerminationCode why)
{
	bool acts = strcmp(c->rq.method, "GET") != 0;
	enum web_level level = c->status_sent >= 500 ? WEB_LOG_WARNING : acts && c->kind != WEB_K_GIT ? WEB_LOG_INFO : WEB_LOG_DEBUG;
	if (c->kind == WEB_K_GIT && c->route.service == GIT_HTTP_RECEIVE && !c->route.advertise)
		level = WEB_LOG_INFO;
	web_log(c->server->how.log, level, "http", "%s %s %u %lldms %s%s", c->rq.method, c->rq.path, c->status_sent, (long long)(web_now_ms() - c->began_ms), c->id,
	        why == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " (cut off)");
}

static void on_completed(void *ctx, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct web_call *c = *con_cls;
	(void)ctx;
	(void)mhd;
	if (!c)
		return;
	*con_cls = NULL;
	git_http_end(c->git);
	web_push_end(&c->push);
	web_call_leave(c);
	if (c->rs.free)
		c->rs.free(c->rs.ctx);
	if (c->gunzip)
		(void)inflateEnd(c->gunzip);
	web_call_json_free(c);
	slu_buf_release(&c->body);
	slu_buf_release(&c->rs.body);
	if (c->begun) {
		log_request(c, why);
		web_conn_ends(c);
	}
	slu_arena_free(c->a);
}

/* ---- listening --------------------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 0))) static void library_says(void *ctx, const char *fmt, va_list ap)
{
	const web_server *s = ctx;
	char text[512];
	(void)vsnprintf(text, sizeof text, fmt, ap);
	web_log(s->how.log, WEB_LOG_DEBUG, "http", "%.*s", (int)strcspn(text, "\n"), text);
}

static size_t keep_as_sent(void *ctx, struct MHD_Connection *mhd, char *s)
{
	(void)ctx;
	(void)mhd;
	return strlen(s);
}

/* fd -1: it listens on nothing, and is given its connections. */
static struct MHD_Daemon *start_daemon(web_server *s, int fd, bool tls)
{
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)library_says, s },
		{ MHD_OPTION_CONNECTION_LIMIT, WEB_CONNECTIONS + WEB_SPARE, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, WEB_IDLE_S, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, WEB_HEAD_MAX, NULL },
		{ MHD_OPTION_THREAD_STACK_SIZE, WEB_STACK, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, s },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_as_sent, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)web_conn_notify, s },
		{ fd < 0 ? MHD_OPTION_END : MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ tls ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, s->cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, s->key },
		{ MHD_OPTION_END, 0, NULL },
	};
	return MHD_start_daemon(flags | (tls ? MHD_USE_TLS : 0u) | (fd < 0 ? MHD_USE_NO_LISTEN_SOCKET : 0u), 0, NULL, NULL, on_request, s, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static bool is_loopback(const struct sockaddr *sa)
{
	union { const struct sockaddr *sa; const struct sockaddr_in *v4; const struct sockaddr_in6 *v6; } at = { .sa = sa };
	if (sa->sa_family == AF_INET)
		return (ntohl(at.v4->sin_addr.s_addr) >> 24) == 127;
	return sa->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&at.v6->sin6_addr);
}

static slu_rc bind_one(int *out, const struct addrinfo *ai, const char *listen_at, slu_err *err)
{
	int one = 1, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return slu_fail(err, SLU_E_IO, "No socket: %s.", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 || listen(fd, 256) != 0) {
		int why = errno;
		(void)close(fd);
		return slu_fail(err, SLU_E_IO, "The server cannot listen on %s: %s.%s", listen_at, strerror(why), why == EADDRINUSE ? " Port 0 takes a free one." : "");
	}
	*out = fd;
	return SLU_OK;
}

static slu_rc address_text(web_server *s, int fd, slu_err *err)
{
	union { struct sockaddr_storage any; struct sockaddr sa; struct sockaddr_in v4; struct sockaddr_in6 v6; } at;
	socklen_t n = sizeof at;
	char host[INET6_ADDRSTRLEN];
	if (getsockname(fd, &at.sa, &n) != 0)
		return slu_fail(err, SLU_E_IO, "The address listened on cannot be told: %s.", strerror(errno));
	bool six = at.sa.sa_family == AF_INET6;
	unsigned port = ntohs(six ? at.v6.sin6_port : at.v4.sin_port);
	(void)inet_ntop(at.sa.sa_family, six ? (const void *)&at.v6.sin6_addr : (const void *)&at.v4.sin_addr, host, sizeof host);
	if (asprintf(&s->address, "http%s://%s%s%s:%u", s->how.tls_cert ? "s" : "", six ? "[" : "", host, six ? "]" : "", port) < 0)
		abort();
	return SLU_OK;
}

/* "HOST:PORT", "[::1]:PORT" */
static slu_rc split_listen(char host[256], char port[8], const char *text, slu_err *err)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	uint64_t number;
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (!colon || n == 0 || n > 255 || slu_parse_u64(&number, slu_s(colon + 1), NULL) != SLU_OK || number > 65535)
		return slu_fail(err, SLU_E_USAGE, "--listen takes HOST:PORT, as in 127.0.0.1:8080 (port 0 takes a free one).");
	(void)snprintf(host, 256, "%.*s", (int)n, text);
	(void)snprintf(port, 8, "%u", (unsigned)number);
	return SLU_OK;
}

static slu_rc listen_http(web_server *s, slu_err *err)
{
	char host[256], port[8];
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found = NULL;
	int fd = -1;
	SLU_TRY(split_listen(host, port, s->how.listen, err));
	int why = getaddrinfo(host, port, &hints, &found);
	if (why != 0)
		return slu_fail(err, SLU_E_USAGE, "--listen %s: %s.", s->how.listen, gai_strerror(why));
	s->loopback = is_loopback(found->ai_addr);
	slu_rc rc = SLU_OK;
	if (!s->loopback && !s->how.tls_cert && !s->how.behind_proxy)
		rc = slu_fail(err, SLU_E_USAGE, "%s can be reached from other machines, and tokens would cross the network in the clear: give --tls-cert and --tls-key, or --behind-proxy when a proxy before it ends TLS.", s->how.listen);
	if (rc == SLU_OK)
		rc = bind_one(&fd, found, s->how.listen, err);
	freeaddrinfo(found);
	SLU_TRY(rc);
	SLU_TRY(address_text(s, fd, err));
	s->http = start_daemon(s, fd, s->how.tls_cert != NULL);
	if (s->http)
		return SLU_OK;
	(void)close(fd);
	return slu_fail(err, SLU_E_IO, "The HTTP server did not start%s.", s->how.tls_cert ? ": are certificate and key in PEM, and of each other?" : "");
}

static slu_rc listen_local(web_server *s, slu_err *err)
{
	struct sockaddr_un at;
	int folder;
	SLU_TRY(http_unix_address(&at, &folder, s->how.socket, err));
	(void)unlink(s->how.socket); /* the home's lock is held: whoever made it is gone */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool good = fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 && chmod(s->how.socket, 0600) == 0 && listen(fd, 64) == 0;
	int why = errno;
	if (folder >= 0)
		(void)close(folder);
	if (good)
		s->local = start_daemon(s, fd, false);
	if (s->local)
		return SLU_OK;
	if (fd >= 0)
		(void)close(fd);
	return slu_fail(err, SLU_E_IO, "The server cannot listen on %s: %s.", s->how.socket, strerror(why));
}

static slu_rc serve_once(web_server *s, slu_err *err)
{
	struct sockaddr_un nobody = { .sun_family = AF_UNIX };
	s->local = start_daemon(s, -1, false);
	if (!s->local)
		return slu_fail(err, SLU_E_IO, "The HTTP server did not start.");
	if (write(s->how.once_fd, "\n", 1) != 1) /* the greeting: the home is ours */
		return slu_fail(err, SLU_E_IO, "Nobody is at the other end of standard input.");
	if (MHD_add_connection(s->local, s->how.once_fd, (const struct sockaddr *)&nobody, sizeof nobody) != MHD_YES)
		return slu_fail(err, SLU_E_INTERNAL, "The connection on standard input cannot be served.");
	return SLU_OK;
}

static char *read_pem(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = calloc(1, 64 * 1024);
	if (!text)
		abort();
	size_t n = f ? fread(text, 1, 64 * 1024 - 1, f) : 0;
	if (f)
		(void)fclose(f);
	if (n)
		return text;
	free(text);
	return NULL;
}

static slu_rc read_tls(web_server *s, slu_err *err)
{
	if (!s->how.tls_cert && !s->how.tls_key)
		return SLU_OK;
	if (!s->how.tls_cert || !s->how.tls_key)
		return slu_fail(err, SLU_E_USAGE, "--tls-cert and --tls-key belong together.");
	s->cert = read_pem(s->how.tls_cert);
	s->key = read_pem(s->how.tls_key);
	if (!s->cert || !s->key)
		return slu_fail(err, SLU_E_IO, "%s cannot be read, or is empty.", s->cert ? s->how.tls_key : s->how.tls_cert);
	return SLU_OK;
}

static slu_rc start(web_server *s, slu_err *err)
{
	SLU_TRY(read_tls(s, err));
	if (s->how.socket)
		SLU_TRY(listen_local(s, err));
	if (s->how.listen)
		SLU_TRY(listen_http(s, err));
	if (pthread_create(&s->watch, NULL, web_conn_watch, s) != 0)
		return slu_fail(err, SLU_E_IO, "No thread could be started.");
	s->watching = true;
	return s->how.once_fd >= 0 ? serve_once(s, err) : SLU_OK;
}

slu_rc web_server_start(web_server **out, const struct web_server_how *how, slu_err *err)
{
	web_server *s = calloc(1, sizeof *s);
	if (!s || pthread_mutex_init(&s->lock, NULL) != 0 || pthread_cond_init(&s->quiet, NULL) != 0)
		abort();
	s->how = *how;
	s->slots = git_http_slots_new(SLU_MAX_GIT_REQUESTS);
	s->sessions = web_sessions_new();
	slu_rc rc = start(s, err);
	if (rc != SLU_OK) {
		web_server_stop(s, 0);
		return rc;
	}
	*out = s;
	return SLU_OK;
}

const char *web_server_address(const web_server *s)
{
	return s->address ? s->address : "";
}

static void quiesce(struct MHD_Daemon *d)
{
	int fd = d ? MHD_quiesce_daemon(d) : -1;
	if (fd >= 0)
		(void)close(fd);
}

void web_server_stop(web_server *s, unsigned grace_s)
{
	if (!s)
		return;
	quiesce(s->http);
	quiesce(s->local);
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += grace_s;
	(void)pthread_mutex_lock(&s->lock);
	s->stopping = true;
	(void)pthread_cond_broadcast(&s->quiet);
	while (s->requests > 0 && pthread_cond_timedwait(&s->quiet, &s->lock, &until) == 0)
		;
	if (s->requests > 0) {
		git_http_slots_cut(s->slots);
		web_log(s->how.log, WEB_LOG_WARNING, "http", "%u requests did not end within %u seconds and are cut off", s->requests, grace_s);
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (s->watching)
		(void)pthread_join(s->watch, NULL);
	if (s->http)
		MHD_stop_daemon(s->http);
	if (s->local)
		MHD_stop_daemon(s->local);
	if (s->how.socket && s->local)
		(void)unlink(s->how.socket);
	git_http_slots_free(s->slots);
	web_sessions_free(s->sessions);
	free(s->address);
	free(s->cert);
	free(s->key);
	(void)pthread_cond_destroy(&s->quiet);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}
