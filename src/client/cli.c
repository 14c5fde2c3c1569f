/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli.h"

#include "client/http.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ANSWER_MAX = 64 * 1024 * 1024,
	CONNECT_S = 10,
	IDLE_S = 600,      /* a merge of a large repository may think for minutes */
	HOME_TRIES = 300,  /* of 100 ms: another command of this moment holds the home */
	END_S = 15         /* for the server that was started to end */
};

struct cli {
	slu_arena *a;
	int fd;                /* -1: not connected */
	pid_t child;           /* started for this home, 0: none */
	const char *where, *host_header, *token, *socket_path, *server_program;
	struct http_url url;   /* of HTTP */
	unsigned connect_s, idle_s;
	SLU_LIST(json_t *) json;
	bool used;             /* the connection carried an answer already */
};

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* In the child: standard input is the connection. Only async-signal-safe calls between fork and exec. */
static void become(int fd, const char *const *argv)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (dup2(fd, 0) < 0 || (null >= 0 && dup2(null, 1) < 0))
		_exit(127);
	(void)signal(SIGINT, SIG_IGN); /* ends when the client hangs up, not in the middle of what it was asked */
	union { const char *const *from; char *const *to; } words = { .from = argv };
	(void)execv(argv[0], words.to);
	_exit(127);
}

/* Start the server program with a connection to us as its standard input. */
static slu_rc start_program(struct cli *c, const char *const *argv, slu_err *err)
{
	int pair[2];
	if (!argv[0])
		return slu_fail(err, SLU_E_INTERNAL, "The server program that this needs was not found beside this one.");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return slu_fail(err, SLU_E_IO, "No socket: %s.", strerror(errno));
	pid_t child = fork();
	if (child == 0)
		become(pair[1], argv);
	int why = errno;
	(void)close(pair[1]);
	if (child < 0) {
		(void)close(pair[0]);
		return slu_fail(err, SLU_E_IO, "%s could not be started: %s.", argv[0], strerror(why));
	}
	(void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
	c->fd = pair[0];
	c->child = child;
	return SLU_OK;
}

/* Did the server that was just started find the home taken? Its exit code says: 5. Waits until it ends or greets with one byte of an interim answer. */
static slu_rc await_greeting(struct cli *c, bool *taken, slu_err *err)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	char greeting;
	*taken = false;
	while (poll(&p, 1, (int)c->idle_s * 1000) < 0 && errno == EINTR)
		;
	if (recv(c->fd, &greeting, 1, MSG_DONTWAIT) == 1)
		return SLU_OK;
	int status = 0;
	(void)close(c->fd);
	c->fd = -1;
	while (waitpid(c->child, &status, 0) < 0 && errno == EINTR)
		;
	c->child = 0;
	*taken = WIFEXITED(status) && WEXITSTATUS(status) == 75;
	if (*taken)
		return SLU_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return slu_fail(err, SLU_E_INTERNAL, "The server program could not be started for %s.", c->where);
	if (!c->socket_path)
		return slu_fail(err, SLU_E_IO, "There is no connection to %s.", c->where);
	return slu_fail(err, SLU_E_IO, "The home could not be opened: its server ended with %s %d.", WIFEXITED(status) ? "code" : "signal",
	                WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static slu_rc open_home(struct cli *c, const struct cli_open *how, slu_err *err)
{
	if (!is_folder(how->home) && !how->make_home)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no server home at %s. `sluice serve --home %s` makes one.", how->home, how->home);
	c->socket_path = slu_printf(c->a, "%s/run/sluice.sock", how->home);
	c->where = slu_printf(c->a, "unix:%s", c->socket_path);
	c->host_header = "localhost";
	for (unsigned i = 0; i < HOME_TRIES; i++) {
		slu_rc rc = http_connect_unix(&c->fd, c->socket_path, err);
		if (rc != SLU_E_NOT_FOUND)
			return rc;
		bool taken;
		const char *const argv[] = { how->server_program, "--home", how->home, "--once", NULL };
		SLU_TRY(start_program(c, argv, err));
		SLU_TRY(await_greeting(c, &taken, err));
		if (!taken)
			return SLU_OK;
		(void)poll(NULL, 0, 100); /* held by another command, or a server that begins or ends: the home is free soon, or its socket comes */
	}
	return slu_fail(err, SLU_E_BUSY, "The home %s is held by another command, or by a server that does not answer on %s. Try again.", how->home, c->socket_path);
}

static slu_rc open_tls(struct cli *c, slu_err *err)
{
	bool taken;
	const char *const argv[] = { c->server_program, "--tunnel", c->where, NULL };
	SLU_TRY(start_program(c, argv, err));
	return await_greeting(c, &taken, err);
}

static slu_rc open_http(struct cli *c, const struct cli_open *how, slu_err *err)
{
	const char *address = slu_strdup(c->a, how->server);
	SLU_TRY(http_url_parse(&c->url, slu_s(address), err));
	if (c->url.path.n > 1)
		return slu_fail(err, SLU_E_USAGE, "%s: give the server's address without a path, as in http://%.*s:%u", address, SLU_FMT(c->url.host), (unsigned)c->url.port);
	bool six = memchr(c->url.host.p, ':', c->url.host.n) != NULL;
	c->host_header = slu_printf(c->a, "%s%.*s%s:%u", six ? "[" : "", SLU_FMT(c->url.host), six ? "]" : "", (unsigned)c->url.port);
	c->where = slu_printf(c->a, "http%s://%s", c->url.tls ? "s" : "", c->host_header);
	c->token = how->token ? slu_strdup(c->a, how->token) : NULL;
	for (const char *p = c->token; p && *p; p++)
		if (*p <= ' ' || *p > '~')
			return slu_fail(err, SLU_E_USAGE, "The token holds a byte that no token has. Is SLUICE_TOKEN set to the whole line that `sluice token create` printed?");
	if (!c->url.tls)
		return http_connect_tcp(&c->fd, c->url.host, c->url.port, c->connect_s, err);
	c->server_program = how->server_program ? slu_strdup(c->a, how->server_program) : NULL;
	return open_tls(c, err);
}

slu_rc cli_open(struct cli **out, const struct cli_open *how, slu_err *err)
{
	slu_arena *a = slu_arena_new();
	struct cli *c = SLU_NEW(a, struct cli);
	c->a = a;
	c->fd = -1;
	c->connect_s = how->patience_s ? how->patience_s : CONNECT_S;
	c->idle_s = how->patience_s ? how->patience_s : IDLE_S;
	slu_rc rc = how->home ? open_home(c, how, err) : open_http(c, how, err);
	if (rc != SLU_OK) {
		cli_close(c);
		return rc;
	}
	*out = c;
	return SLU_OK;
}

/* The home is free again when the next command of a script begins. */
static void await_end(pid_t child)
{
	for (unsigned i = 0; i < END_S * 100; i++) {
		int status;
		pid_t got = waitpid(child, &status, WNOHANG);
		if (got == child || (got < 0 && errno != EINTR))
			return;
		(void)poll(NULL, 0, 10);
	}
}

void cli_close(struct cli *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		(void)close(c->fd);
	if (c->child > 0)
		await_end(c->child);
	for (size_t i = 0; i < c->json.n; i++)
		json_decref(c->json.v[i]);
	slu_arena_free(c->a);
}

const char *cli_where(const struct cli *c)
{
	return c->where;
}

static slu_rc connect_again(struct cli *c, slu_err *err)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	c->used = false;
	if (c->child > 0 && c->url.tls) {
		await_end(c->child);
		c->child = 0;
		return open_tls(c, err);
	}
	if (c->child > 0)
		return slu_fail(err, SLU_E_IO, "The server that was started for the home has ended in the middle.");
	if (c->socket_path)
		return http_connect_unix(&c->fd, c->socket_path, err);
	return http_connect_tcp(&c->fd, c->url.host, c->url.port, c->connect_s, err);
}

static slu_rc write_request(slu_buf *out, const struct cli *c, const char *method, const char *path, const char *as, const json_t *body, slu_err *err)
{
	for (const char *p = as; p && *p; p++)
		if (*p <= ' ' || *p > '~')
			return slu_fail(err, SLU_E_USAGE, "\"%s\" is no name of a person.", as);
	char *text = body ? json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	if (body && !text)
		return slu_fail(err, SLU_E_INTERNAL, "The request could not be written as JSON: is a text in it not UTF-8?");
	slu_buf_addf(out, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: sluice/" SLUICE_VERSION "\r\nAccept: application/json\r\n", method, path, c->host_header);
	if (c->token)
		slu_buf_addf(out, "Authorization: Bearer %s\r\n", c->token);
	if (as)
		slu_buf_addf(out, "Sluice-As: %s\r\n", as);
	if (text)
		slu_buf_addf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(text));
	else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		slu_buf_adds(out, "Content-Length: 0\r\n");
	slu_buf_adds(out, "\r\n");
	if (text)
		slu_buf_adds(out, text);
	free(text);
	if (out->over)
		return slu_fail(err, SLU_E_LIMIT, "The request would be larger than %zu bytes.", out->max);
	return SLU_OK;
}

static void keep_answer(struct cli *c, slu_arena *a, struct cli_answer *out, const struct http_head *h, const slu_buf *body)
{
	*out = (struct cli_answer){
		.status = h->status,
		.body = { slu_strndup(a, body->n ? body->p : "", body->n), body->n },
		.location = slu_str_dup(a, h->location),
		.link = slu_str_dup(a, h->link),
	};
	if (slu_str_starts(h->type, "application/json") && body->n) {
		out->json = json_loadb(out->body.p, out->body.n, JSON_REJECT_DUPLICATES, NULL);
		if (out->json)
			*SLU_ADD(c->a, &c->json) = out->json;
	}
}

slu_rc cli_call(struct cli *c, slu_arena *a, struct cli_answer *out, const char *method, const char *path, const char *as, const json_t *body, slu_err *err)
{
	slu_auto_buf request, head, answer;
	slu_buf_init(&request, 16 * 1024 * 1024);
	slu_buf_init(&head, 0);
	slu_buf_init(&answer, 0);
	SLU_TRY(write_request(&request, c, method, path, as, body, err));
	bool again_is_safe = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0, began = false;
	for (unsigned tries = 0;; tries++) {
		if (c->fd < 0)
			SLU_TRY(connect_again(c, err));
		struct http_exchange x = { .fd = c->fd, .request = slu_buf_str(&request), .no_body = strcmp(method, "HEAD") == 0, .max = ANSWER_MAX, .idle_s = c->idle_s };
		struct http_head h;
		slu_buf_release(&head);
		slu_buf_release(&answer);
		bool kept = c->used;
		slu_rc rc = http_exchange(&h, &head, &answer, &began, &x, err);
		if (rc == SLU_OK) {
			keep_answer(c, a, out, &h, &answer);
			c->used = true;
			if (!h.keep) {
				(void)close(c->fd);
				c->fd = -1;
			}
			return SLU_OK;
		}
		(void)close(c->fd);
		c->fd = -1;
		if (began || !kept || !again_is_safe || tries > 0)
			return slu_err_context(err, "%s", c->where);
	}
}
