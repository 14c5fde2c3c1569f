/* SPDX-License-Identifier: Apache-2.0 */
/* Probes that speak a little of a protocol: TCP, PostgreSQL (protocol 3.0: StartupMessage), Redis (RESP). */
#include "run/probe.h"

#include "run/proc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static void said(struct port_probe_result *out, enum port_health health, const char *text)
{
	*out = (struct port_probe_result){ .health = health, .text = text };
}

bool run_probe_host_port(struct run_probe_at *at, slu_str text)
{
	uint64_t port;
	const char *colon = text.n > 0 ? memrchr(text.p, ':', text.n) : NULL;
	if (!colon || colon == text.p || slu_parse_u64(&port, (slu_str){ colon + 1, (size_t)(text.p + text.n - colon - 1) }, NULL) != SLU_OK || port == 0 || port > 65535)
		return false;
	slu_str host = { text.p, (size_t)(colon - text.p) };
	if (host.p[0] == '[' && host.n > 2 && host.p[host.n - 1] == ']')
		host = (slu_str){ host.p + 1, host.n - 2 };
	at->host = slu_str_dup(at->a, host);
	at->port = (unsigned)port;
	return true;
}

static int left_ms(const struct run_probe_at *at)
{
	int64_t left = at->deadline - run_now_ms();
	return left > 0 ? (int)left : 0;
}

static bool connected(int fd, const struct addrinfo *ai, const struct run_probe_at *at, int *why)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	if (at->from[0] && (inet_pton(AF_INET, at->from, &from.sin_addr) != 1 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0)) {
		*why = errno;
		return false;
	}
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return true;
	struct pollfd p = { fd, POLLOUT, 0 };
	socklen_t len = sizeof *why;
	if (errno != EINPROGRESS)
		*why = errno;
	else if (poll(&p, 1, left_ms(at)) != 1)
		*why = ETIMEDOUT;
	else
		return getsockopt(fd, SOL_SOCKET, SO_ERROR, why, &len) == 0 && *why == 0;
	return false;
}

int run_probe_connect(const struct run_probe_at *at, struct port_probe_result *out)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_family = at->from[0] ? AF_INET : AF_UNSPEC }, *list = NULL;
	char port[16];
	int why = ECONNREFUSED, fd = -1;
	(void)snprintf(port, sizeof port, "%u", at->port);
	int rc = getaddrinfo(at->host, port, &want, &list);
	if (rc != 0) {
		said(out, PORT_HEALTH_SICK, slu_printf(at->a, "%s: %s", at->host, gai_strerror(rc)));
		return -1;
	}
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd >= 0 && connected(fd, ai, at, &why))
			break;
		run_close(&fd);
	}
	freeaddrinfo(list);
	if (fd < 0)
		said(out, PORT_HEALTH_SICK, slu_printf(at->a, "%s:%u: %s", at->host, at->port, strerror(why)));
	return fd;
}

/* Whole messages are short: what comes first is what is judged. */
static bool talk(const struct run_probe_at *at, int fd, slu_str tell, char *answer, size_t size, size_t *n, struct port_probe_result *out)
{
	slu_err err = { 0 };
	if (run_write_all(fd, tell.p, tell.n, at->deadline, &err) == SLU_OK && run_read_some(fd, answer, size, at->deadline, n, &err) == SLU_OK && *n > 0)
		return true;
	said(out, PORT_HEALTH_SICK, slu_printf(at->a, "%s:%u gives no answer", at->host, at->port));
	return false;
}

struct url {
	slu_str user, password, where; /* where: host:port */
};

static bool url_parse(struct url *u, slu_str text, const char *scheme, const char *other, unsigned port, slu_arena *a)
{
	size_t skip = slu_str_starts(text, scheme) ? strlen(scheme) : slu_str_starts(text, other) ? strlen(other) : 0;
	if (skip == 0)
		return false;
	slu_str rest = { text.p + skip, text.n - skip }, host;
	*u = (struct url){ 0 };
	if (!slu_str_split(&rest, '/', &host))
		return false;
	const char *at = memrchr(host.p, '@', host.n);
	if (at) {
		slu_str user = { host.p, (size_t)(at - host.p) };
		host = (slu_str){ at + 1, (size_t)(host.p + host.n - at - 1) };
		const char *colon = memchr(user.p, ':', user.n);
		u->user = (slu_str){ user.p, colon ? (size_t)(colon - user.p) : user.n };
		u->password = colon ? (slu_str){ colon + 1, (size_t)(user.p + user.n - colon - 1) } : (slu_str){ 0 };
	}
	u->where = memchr(host.p, ':', host.n) ? host : slu_s(slu_printf(a, "%.*s:%u", SLU_FMT(host), port));
	return true;
}

static void put32(char *p, size_t v)
{
	uint32_t be = htonl((uint32_t)v);
	memcpy(p, &be, 4);
}

/* The message field of an ErrorResponse; and whether it says "not now" (57P01..57P03). */
static const char *postgres_error(slu_arena *a, const char *p, size_t n, bool *not_now)
{
	const char *text = "an error";
	for (size_t i = 5; i < n && p[i];) {
		size_t len = strnlen(p + i + 1, n - i - 1);
		if (p[i] == 'M')
			text = slu_strndup(a, p + i + 1, len);
		if (p[i] == 'C')
			*not_now = len == 5 && memcmp(p + i + 1, "57P0", 4) == 0;
		i += len + 2;
	}
	return text;
}

void run_probe_postgres(struct run_probe_at *at, slu_str text, struct port_probe_result *out)
{
	struct url u;
	if (!url_parse(&u, text, "postgres://", "postgresql://", 5432, at->a) || !run_probe_host_port(at, u.where)) {
		said(out, PORT_HEALTH_UNKNOWN, "it is no postgres:// address");
		return;
	}
	int fd = run_probe_connect(at, out);
	if (fd < 0)
		return;
	char start[256], answer[1024];
	size_t n = 0, len = 8;
	bool not_now = false;
	memset(start, 0, sizeof start);
	put32(start + 4, 196608); /* protocol 3.0 */
	len += (size_t)snprintf(start + len, 8, "user") + 1;
	len += (size_t)snprintf(start + len, 128, "%.*s", (int)(u.user.n > 63 ? 63 : u.user.n > 0 ? u.user.n : 6), u.user.n > 0 ? u.user.p : "sluice") + 1;
	len++;
	put32(start, len);
	if (talk(at, fd, (slu_str){ start, len }, answer, sizeof answer, &n, out)) {
		if (answer[0] == 'R')
			said(out, PORT_HEALTH_GOOD, "it answers");
		else if (answer[0] != 'E' || n < 6)
			said(out, PORT_HEALTH_SICK, "what answers is not PostgreSQL");
		else if (postgres_error(at->a, answer, n, &not_now) && not_now)
			said(out, PORT_HEALTH_SICK, postgres_error(at->a, answer, n, &not_now));
		else /* it wants encryption, or another user: it is there and works */
			said(out, PORT_HEALTH_GOOD, slu_printf(at->a, "it answers: %s", postgres_error(at->a, answer, n, &not_now)));
	}
	run_close(&fd);
}

void run_probe_redis(struct run_probe_at *at, slu_str text, struct port_probe_result *out)
{
	struct url u;
	char answer[256];
	size_t n = 0;
	if (!url_parse(&u, text, "redis://", "redis://", 6379, at->a) || !run_probe_host_port(at, u.where)) {
		said(out, PORT_HEALTH_UNKNOWN, "it is no redis:// address (rediss:// is not spoken)");
		return;
	}
	int fd = run_probe_connect(at, out);
	if (fd < 0)
		return;
	bool fine = true;
	if (u.password.n > 0) {
		const char *auth = slu_printf(at->a, "*2\r\n$4\r\nAUTH\r\n$%zu\r\n%.*s\r\n", u.password.n, SLU_FMT(u.password));
		fine = talk(at, fd, slu_s(auth), answer, sizeof answer, &n, out);
		if (fine && answer[0] != '+') {
			said(out, PORT_HEALTH_SICK, "the password is not taken");
			fine = false;
		}
	}
	if (fine && talk(at, fd, SLU_STR("*1\r\n$4\r\nPING\r\n"), answer, sizeof answer - 1, &n, out)) {
		answer[n] = '\0';
		bool pong = strncmp(answer, "+PONG", 5) == 0;
		answer[strcspn(answer, "\r\n")] = '\0';
		said(out, pong ? PORT_HEALTH_GOOD : PORT_HEALTH_SICK, slu_strdup(at->a, answer));
	}
	run_close(&fd);
}
