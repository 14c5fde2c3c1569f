/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Load over HTTP, counting every failure: load HOST:PORT PATH CONNECTIONS REQUESTS [FILE [FROM]]
 *
 * Each request has a connection of its own; CONNECTIONS of them at once. REQUESTS 0: until SIGTERM or SIGINT. Anything
 * but a whole answer with status 200 is a failure: refused, reset, cut off, no answer within 10 s. Only addresses of
 * this machine (127.0.0.0/8) are taken. With FROM, connections come from that address. With FILE, a line `MILLISECONDS VERSION` is appended per answer (the header
 * X-Version). At the end: `requests N failed N`, a line per kind of failure, a line `version V N SHARE` per version.
 * The exit code is 1 when anything failed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { VERSIONS = 16, CONNECTIONS = 256, LATEST_MS = 10000 };
enum failure { FAIL_CONNECT, FAIL_RESET, FAIL_CUT, FAIL_STATUS, FAIL_TIME, FAILURES };
static const char *const failure_words[] = { "not connected", "reset", "cut off", "another status than 200", "no answer in time" };

struct connection {
	int fd;
	size_t n;
	int64_t since;
	bool sent;
	char in[2048];
};
struct load {
	struct sockaddr_in at, from;
	char request[512];
	int epoll, width;
	long want, begun, done, failed[FAILURES];
	FILE *out;
	struct { char name[64]; long n; } version[VERSIONS];
	struct connection c[CONNECTIONS];
};
static volatile sig_atomic_t stop_asked;

static void on_signal(int sig)
{
	(void)sig;
	stop_asked = 1;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool more(const struct load *l)
{
	return !stop_asked && (l->want == 0 || l->begun < l->want);
}

static void finish(struct load *l, struct connection *c, int why)
{
	struct linger now = { 1, 0 }; /* the port is free at once: no TIME_WAIT fills the table */
	if (why < FAILURES)
		l->failed[why]++;
	l->done++;
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(c->fd);
	c->fd = -1;
}

static void begin(struct load *l, struct connection *c)
{
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	c->n = 0;
	c->sent = false;
	c->since = now_ms();
	l->begun++;
	struct epoll_event e = { .events = EPOLLOUT | EPOLLIN | EPOLLRDHUP, .data.ptr = c };
	if (c->fd < 0 || (l->from.sin_family && bind(c->fd, (struct sockaddr *)&l->from, sizeof l->from) != 0) || (connect(c->fd, (struct sockaddr *)&l->at, sizeof l->at) != 0 && errno != EINPROGRESS) ||
	    epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e) != 0)
		finish(l, c, FAIL_CONNECT);
}

static void count(struct load *l, const char *text)
{
	char name[64] = "?";
	const char *v = strstr(text, "X-Version: ");
	if (v)
		snprintf(name, sizeof name, "%.*s", (int)strcspn(v + 11, "\r\n"), v + 11);
	if (l->out)
		fprintf(l->out, "%lld %s\n", (long long)now_ms(), name);
	for (int i = 0; i < VERSIONS; i++) {
		if (l->version[i].n > 0 && strcmp(l->version[i].name, name) != 0)
			continue;
		memcpy(l->version[i].name, name, sizeof name);
		l->version[i].n++;
		return;
	}
}

/* Whether the whole answer is there: the header and as many bytes as it promises. */
static bool whole(const struct connection *c)
{
	const char *end = strstr(c->in, "\r\n\r\n"), *len = strstr(c->in, "Content-Length: ");
	return end && len && c->n >= (size_t)(end + 4 - c->in) + strtoul(len + 16, NULL, 10);
}

static void event(struct load *l, struct connection *c, uint32_t what)
{
	if (!c->sent && (what & EPOLLOUT)) {
		int error = 0;
		socklen_t len = sizeof error;
		getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
		size_t n = strlen(l->request);
		if (error != 0) {
			finish(l, c, FAIL_CONNECT);
			return;
		}
		if (send(c->fd, l->request, n, MSG_NOSIGNAL) != (ssize_t)n) {
			finish(l, c, FAIL_RESET);
			return;
		}
		c->sent = true;
		struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = c };
		epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &e);
		return;
	}
	ssize_t n = recv(c->fd, c->in + c->n, sizeof c->in - 1 - c->n, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		finish(l, c, !c->sent ? FAIL_CONNECT : n < 0 ? FAIL_RESET : FAIL_CUT);
		return;
	}
	c->n += (size_t)n;
	c->in[c->n] = '\0';
	if (!whole(c))
		return;
	bool fine = strncmp(c->in, "HTTP/1.1 200 ", 13) == 0;
	if (fine)
		count(l, c->in);
	finish(l, c, fine ? FAILURES : FAIL_STATUS);
}

static void too_late(struct load *l)
{
	int64_t now = now_ms();
	for (int i = 0; i < l->width; i++)
		if (l->c[i].fd >= 0 && now - l->c[i].since > LATEST_MS)
			finish(l, &l->c[i], FAIL_TIME);
}

static int report(const struct load *l)
{
	long failed = 0, answered = 0;
	for (int i = 0; i < FAILURES; i++)
		failed += l->failed[i];
	for (int i = 0; i < VERSIONS; i++)
		answered += l->version[i].n;
	printf("requests %ld failed %ld\n", l->done, failed);
	for (int i = 0; i < FAILURES; i++)
		if (l->failed[i])
			printf("failure %ld %s\n", l->failed[i], failure_words[i]);
	for (int i = 0; i < VERSIONS && l->version[i].n > 0; i++)
		printf("version %s %ld %.2f%%\n", l->version[i].name, l->version[i].n, 100.0 * (double)l->version[i].n / (double)answered);
	return failed > 0 || l->done == 0;
}

int main(int argc, char **argv)
{
	static struct load l = { .at = { .sin_family = AF_INET } };
	char host[64] = "";
	const char *colon = argc >= 5 ? strrchr(argv[1], ':') : NULL;
	if (colon)
		snprintf(host, sizeof host, "%.*s", (int)(colon - argv[1]), argv[1]);
	if (!colon || inet_pton(AF_INET, host, &l.at.sin_addr) != 1 || (ntohl(l.at.sin_addr.s_addr) >> 24) != 127) {
		fprintf(stderr, "usage: load 127.0.0.1:PORT PATH CONNECTIONS REQUESTS [FILE]\n");
		return 2;
	}
	l.at.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	snprintf(l.request, sizeof l.request, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", argv[2], argv[1]);
	l.width = (int)strtol(argv[3], NULL, 10);
	l.width = l.width < 1 ? 1 : l.width > CONNECTIONS ? CONNECTIONS : l.width;
	l.want = strtol(argv[4], NULL, 10);
	l.out = argc > 5 ? fopen(argv[5], "ae") : NULL;
	l.from.sin_family = argc > 6 && inet_pton(AF_INET, argv[6], &l.from.sin_addr) == 1 ? AF_INET : AF_UNSPEC;
	if (l.out)
		setvbuf(l.out, NULL, _IOLBF, 0);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	struct sigaction act = { .sa_handler = on_signal };
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	for (int i = 0; i < CONNECTIONS; i++)
		l.c[i].fd = -1;
	for (bool busy = true; busy;) {
		struct epoll_event e[64];
		busy = false;
		for (int i = 0; i < l.width; i++) {
			if (l.c[i].fd < 0 && more(&l))
				begin(&l, &l.c[i]);
			busy = busy || l.c[i].fd >= 0;
		}
		int n = busy ? epoll_wait(l.epoll, e, 64, 100) : 0;
		for (int i = 0; i < n; i++)
			event(&l, e[i].data.ptr, e[i].events);
		too_late(&l);
		busy = busy || more(&l);
	}
	if (l.out)
		fclose(l.out);
	return report(&l);
}
