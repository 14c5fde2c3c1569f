/* SPDX-License-Identifier: Apache-2.0 */
#include "client/http.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static slu_rc wait_for(int fd, short events, unsigned timeout_s, slu_err *err)
{
	struct pollfd p = { .fd = fd, .events = events };
	for (;;) {
		int n = poll(&p, 1, (int)timeout_s * 1000);
		if (n > 0)
			return SLU_OK;
		if (n == 0)
			return slu_fail(err, SLU_E_TIMEOUT, "The server did not answer within %u seconds.", timeout_s);
		if (errno != EINTR)
			return slu_fail(err, SLU_E_IO, "Waiting for the server failed: %s.", strerror(errno));
	}
}

static slu_rc connect_one(int *out, const struct addrinfo *ai, unsigned timeout_s, slu_err *err)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, ai->ai_protocol);
	if (fd < 0)
		return slu_fail(err, SLU_E_IO, "No socket: %s.", strerror(errno));
	slu_rc rc = SLU_OK;
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) != 0) {
		int why = errno;
		if (why == EINPROGRESS) {
			rc = wait_for(fd, POLLOUT, timeout_s, err);
			socklen_t n = sizeof why;
			if (rc == SLU_OK && getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) != 0)
				why = errno;
		}
		if (rc == SLU_OK && why != 0)
			rc = slu_fail(err, SLU_E_IO, "%s", strerror(why));
	}
	if (rc != SLU_OK) {
		(void)close(fd);
		return rc;
	}
	int one = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* small requests: do not wait for more */
	*out = fd;
	return SLU_OK;
}

slu_rc http_connect_tcp(int *fd, slu_str host, uint16_t port, unsigned timeout_s, slu_err *err)
{
	char name[256], service[8];
	(void)snprintf(name, sizeof name, "%.*s", SLU_FMT(host));
	(void)snprintf(service, sizeof service, "%u", (unsigned)port);
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *all = NULL;
	int why = getaddrinfo(name, service, &hints, &all);
	if (why != 0)
		return slu_fail(err, SLU_E_IO, "The host %s is not known: %s.", name, gai_strerror(why));
	slu_rc rc = SLU_E_IO;
	slu_err last = { 0 };
	for (const struct addrinfo *ai = all; ai && rc != SLU_OK; ai = ai->ai_next)
		rc = connect_one(fd, ai, timeout_s, &last);
	freeaddrinfo(all);
	if (rc != SLU_OK)
		return slu_fail(err, rc, "No connection to %s port %s: %s. Does a server run there?", name, service, last.text);
	return SLU_OK;
}

slu_rc http_unix_address(struct sockaddr_un *out, int *folder, const char *path, slu_err *err)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	*folder = -1;
	if (n < sizeof at.sun_path) {
		memcpy(at.sun_path, path, n + 1);
		*out = at;
		return SLU_OK;
	}
	const char *slash = strrchr(path, '/');
	char parent[4096];
	if (!slash || (size_t)(slash - path) >= sizeof parent)
		return slu_fail(err, SLU_E_LIMIT, "The path of the socket %.80s… is too long.", path);
	memcpy(parent, path, (size_t)(slash - path));
	parent[slash - path] = 0;
	*folder = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*folder < 0)
		return slu_fail(err, errno == ENOENT ? SLU_E_NOT_FOUND : SLU_E_IO, "%s: %s.", parent, strerror(errno));
	(void)snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d%.60s", *folder, slash);
	*out = at;
	return SLU_OK;
}

slu_rc http_connect_unix(int *out, const char *path, slu_err *err)
{
	struct sockaddr_un at;
	int folder;
	SLU_TRY(http_unix_address(&at, &folder, path, err));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int why = fd < 0 || connect(fd, (const struct sockaddr *)&at, sizeof at) != 0 ? errno : 0;
	if (folder >= 0)
		(void)close(folder);
	if (why != 0) {
		if (fd >= 0)
			(void)close(fd);
		slu_rc rc = why == ENOENT || why == ECONNREFUSED || why == ENOTDIR ? SLU_E_NOT_FOUND : SLU_E_IO;
		return slu_fail(err, rc, "No connection to %s: %s.", path, strerror(why));
	}
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	*out = fd;
	return SLU_OK;
}

static slu_rc send_all(const struct http_exchange *x, slu_err *err)
{
	for (size_t at = 0; at < x->request.n;) {
		ssize_t n = send(x->fd, x->request.p + at, x->request.n - at, MSG_NOSIGNAL);
		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			SLU_TRY(wait_for(x->fd, POLLOUT, x->idle_s, err));
		else if (n < 0 && errno != EINTR)
			return slu_fail(err, SLU_E_IO, "The request could not be sent: %s.", strerror(errno));
	}
	return SLU_OK;
}

/* @return SLU_OK with *n 0 at the end */
static slu_rc receive(const struct http_exchange *x, char *buf, size_t cap, size_t *n, slu_err *err)
{
	for (;;) {
		ssize_t k = recv(x->fd, buf, cap, 0);
		if (k >= 0) {
			*n = (size_t)k;
			return SLU_OK;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			SLU_TRY(wait_for(x->fd, POLLIN, x->idle_s, err));
		else if (errno != EINTR)
			return slu_fail(err, SLU_E_IO, "The answer could not be read: %s.", strerror(errno));
	}
}

static slu_rc read_head(struct http_head *out, slu_buf *head, size_t *end, bool *began, const struct http_exchange *x, slu_err *err)
{
	char piece[16 * 1024];
	for (;;) {
		size_t whole = http_head_end(slu_buf_str(head));
		if (whole) {
			SLU_TRY(http_head_parse(out, (slu_str){ head->p, whole }, err));
			*end = whole;
			if (out->status >= 200)
				return SLU_OK;
			slu_str rest = { head->p + whole, head->n - whole }; /* 100 Continue: the real one follows */
			memmove(head->p, rest.p, rest.n);
			head->n = rest.n;
			continue;
		}
		size_t n;
		SLU_TRY(receive(x, piece, sizeof piece, &n, err));
		if (n == 0)
			return slu_fail(err, SLU_E_IO, "The server closed the connection without an answer.");
		*began = true;
		slu_buf_add(head, piece, n);
		if (head->over)
			return slu_fail(err, SLU_E_LIMIT, "The head of the answer is too long.");
	}
}

slu_rc http_exchange(struct http_head *out, slu_buf *head, slu_buf *body, bool *began, const struct http_exchange *x, slu_err *err)
{
	*began = false;
	slu_buf_init(head, HTTP_MAX_HEAD + 16 * 1024);
	slu_buf_init(body, x->max);
	struct http_head h = { 0 };
	slu_err sending = { 0 };
	/* A server that refuses by the headers may answer and close while the body is still under way: read its answer all the same. */
	slu_rc sent = send_all(x, &sending);
	size_t end = 0, used = 0;
	slu_rc rc = read_head(&h, head, &end, began, x, err);
	if (rc != SLU_OK) {
		if (sent != SLU_OK && !*began && err)
			*err = sending;
		return sent != SLU_OK && !*began ? sent : rc;
	}
	struct http_body b;
	http_body_init(&b, &h, x->no_body);
	SLU_TRY(http_body_feed(&b, head->p + end, head->n - end, &used, body, err));
	char piece[64 * 1024];
	while (b.state != HTTP_BODY_DONE) {
		size_t n;
		SLU_TRY(receive(x, piece, sizeof piece, &n, err));
		if (n == 0) {
			h.keep = false;
			SLU_TRY(http_body_end(&b, err));
			break;
		}
		SLU_TRY(http_body_feed(&b, piece, n, &used, body, err));
	}
	h.keep = h.keep && sent == SLU_OK;
	*out = h;
	return SLU_OK;
}
