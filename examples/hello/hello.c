/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A tiny web application, for trying and testing deployments. It needs nothing but the C library.
 *
 *     hello              takes the listening socket that it is handed as descriptor 3 (LISTEN_FDS, LISTEN_PID)
 *     hello HOST:PORT    listens there (an IPv4 address; port 0 takes a free one, and it prints which)
 *
 * It reads the folder that it is started in, once: VERSION is what it says it is; `sick` makes it sick: the file holds
 * after how many seconds. GET /health answers 200 or, sick, 500; GET /version the version; GET / a page; GET /exit
 * ends it with exit code 3, when a file `exits` stands there. GET /slow answers after a second.
 * On SIGTERM it accepts what still waits, closes its socket, answers what it has begun to read, and ends with 0.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 8192, CONNECTIONS = 1024, SLOW_MS = 1000 };

struct connection {
	int fd;
	size_t n;
	int64_t answer_at; /* /slow: 0 none waits */
	char in[REQUEST];
};
struct hello {
	int listener, epoll;
	bool stopping, exits;
	int64_t started_ms, sick_after_ms; /* sick_after_ms < 0: never */
	char version[64];
	struct connection *at[CONNECTIONS];
	int open;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The first line of a file; false when there is none. */
static bool first_line(const char *name, char *out, size_t size)
{
	FILE *f = fopen(name, "re");
	out[0] = '\0';
	if (!f)
		return false;
	if (fgets(out, (int)size, f))
		out[strcspn(out, "\r\n")] = '\0';
	fclose(f);
	return true;
}

static int listen_at(const char *where)
{
	const char *colon = strrchr(where, ':');
	char host[64];
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;
	if (fd < 0 || !colon)
		return -1;
	snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
	at.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &at.sin_addr) != 1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1024) != 0 || getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		close(fd);
		return -1;
	}
	printf("http://%s:%u/\n", host, (unsigned)ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

static int handed_over(void)
{
	const char *fds = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	if (!fds || !pid || strtol(fds, NULL, 10) < 1 || strtol(pid, NULL, 10) != (long)getpid())
		return -1;
	return fcntl(3, F_SETFD, FD_CLOEXEC) == 0 ? 3 : -1;
}

static void drop(struct hello *h, int i)
{
	struct connection *c = h->at[i];
	close(c->fd);
	free(c);
	h->at[i] = NULL;
	h->open--;
}

static bool send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
		struct pollfd wait = { fd, POLLOUT, 0 };
		if (sent < 0 && (errno != EAGAIN || poll(&wait, 1, 5000) != 1))
			return false;
		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		}
	}
	return true;
}

/* Answer the request that stands at the beginning of the buffer. Returns whether the connection goes on. */
static bool answer(struct hello *h, struct connection *c)
{
	char text[1024], body[512];
	int status = 200;
	bool sick = h->sick_after_ms >= 0 && now_ms() - h->started_ms >= h->sick_after_ms;
	bool ends = h->stopping || strstr(c->in, "Connection: close") || !strstr(c->in, " HTTP/1.1\r\n");
	const char *type = "text/plain";
	if (h->exits && strncmp(c->in, "GET /exit ", 10) == 0)
		_exit(3);
	if (strncmp(c->in, "GET /health ", 12) == 0) {
		status = sick ? 500 : 200;
		snprintf(body, sizeof body, "%s\n", sick ? "sick" : "fine");
	} else if (strncmp(c->in, "GET /version ", 13) == 0 || strncmp(c->in, "GET /slow ", 10) == 0) {
		snprintf(body, sizeof body, "%s\n", h->version);
	} else if (strncmp(c->in, "GET / ", 6) == 0) {
		type = "text/html; charset=utf-8";
		snprintf(body, sizeof body, "<!doctype html><title>hello</title><h1>Hello from version %s</h1>\n", h->version);
	} else {
		status = 404;
		snprintf(body, sizeof body, "nothing here\n");
	}
	snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nX-Version: %s\r\n%s\r\n%s", status,
	         status == 200 ? "OK" : status == 404 ? "Not Found" : "Internal Server Error", type, strlen(body), h->version,
	         ends ? "Connection: close\r\n" : "", body);
	return send_all(c->fd, text, strlen(text)) && !ends;
}

/* All requests that are there in whole. Returns whether the connection goes on. */
static bool requests(struct hello *h, struct connection *c)
{
	char *end;
	while ((end = strstr(c->in, "\r\n\r\n"))) {
		if (strncmp(c->in, "GET /slow ", 10) == 0 && c->answer_at == 0) {
			c->answer_at = now_ms() + SLOW_MS;
			return true;
		}
		c->answer_at = 0;
		if (!answer(h, c))
			return false;
		size_t used = (size_t)(end + 4 - c->in);
		memmove(c->in, c->in + used, c->n - used + 1);
		c->n -= used;
	}
	return c->n < REQUEST - 1;
}

static void readable(struct hello *h, int i)
{
	struct connection *c = h->at[i];
	if (!c)
		return;
	ssize_t n = recv(c->fd, c->in + c->n, REQUEST - 1 - c->n, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(h, i);
		return;
	}
	c->n += (size_t)n;
	c->in[c->n] = '\0';
	if (c->answer_at == 0 && !requests(h, c))
		drop(h, i);
}

static void accept_all(struct hello *h)
{
	while (h->open < CONNECTIONS) {
		int fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), i = 0, one = 1;
		if (fd < 0)
			return;
		while (h->at[i])
			i++;
		h->at[i] = calloc(1, sizeof **h->at);
		struct epoll_event e = { .events = EPOLLIN, .data.u32 = (uint32_t)i };
		if (!h->at[i] || epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
			abort();
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		h->at[i]->fd = fd;
		h->open++;
	}
}

static void stop(struct hello *h)
{
	h->stopping = true;
	accept_all(h);
	close(h->listener);
	h->listener = -1;
	printf("stopping: %d connections\n", h->open);
	fflush(stdout);
}

/* Connections on which nothing has been asked end at once when we stop; answers that wait for their time. */
static int ticks(struct hello *h)
{
	int64_t now = now_ms();
	int wait = -1;
	for (int i = 0; i < CONNECTIONS; i++) {
		struct connection *c = h->at[i];
		if (c && h->stopping && c->n == 0)
			readable(h, i);
		if ((c = h->at[i]) && h->stopping && c->n == 0) {
			drop(h, i);
		} else if (c && c->answer_at > 0) {
			if (now >= c->answer_at && !requests(h, c))
				drop(h, i);
			else
				wait = 20;
		}
	}
	return wait;
}

int main(int argc, char **argv)
{
	static struct hello h = { .sick_after_ms = -1 };
	char sick[64];
	h.listener = argc > 1 ? listen_at(argv[1]) : handed_over();
	h.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (h.listener < 0 || h.epoll < 0) {
		fprintf(stderr, "hello: no listening socket was handed over, and none could be made. Usage: hello [HOST:PORT]\n");
		return 2;
	}
	h.started_ms = now_ms();
	if (!first_line("VERSION", h.version, sizeof h.version))
		snprintf(h.version, sizeof h.version, "0.0.0");
	if (first_line("sick", sick, sizeof sick))
		h.sick_after_ms = strtol(sick, NULL, 10) * 1000;
	h.exits = first_line("exits", sick, sizeof sick);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	struct epoll_event on_listener = { .events = EPOLLIN, .data.u32 = CONNECTIONS }, on_signal = { .events = EPOLLIN, .data.u32 = CONNECTIONS + 1 };
	if (fcntl(h.listener, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(h.epoll, EPOLL_CTL_ADD, h.listener, &on_listener) != 0 ||
	    epoll_ctl(h.epoll, EPOLL_CTL_ADD, signals, &on_signal) != 0)
		return 1;
	printf("version %s, process %d\n", h.version, (int)getpid());
	fflush(stdout);
	while (!h.stopping || h.open > 0) {
		struct epoll_event e[64];
		int wait = ticks(&h), n = h.stopping && h.open == 0 ? 0 : epoll_wait(h.epoll, e, 64, wait);
		for (int i = 0; i < n; i++) {
			if (e[i].data.u32 == CONNECTIONS + 1 && !h.stopping)
				stop(&h);
			else if (e[i].data.u32 == CONNECTIONS && !h.stopping)
				accept_all(&h);
			else if (e[i].data.u32 < CONNECTIONS)
				readable(&h, (int)e[i].data.u32);
		}
	}
	return 0;
}
