/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The hook client: called by git receive-pack as `pre-receive` and `proc-receive`, it passes what is pushed to the running
 * server and says what the server says. Static, no library but libc: it starts in a fraction of a millisecond.
 * Whenever the server cannot be asked, the answer is no.
 */
#include "hook/protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { PKT_MAX = 65520, OUT_SIZE = 65536 };

/** A descriptor with what is waiting to be written to it, or was read from it. */
struct stream {
	int fd;
	size_t at, n;
	unsigned char buf[OUT_SIZE];
};
struct hook {
	struct stream server_out, server_in, git_in, git_out;
	bool proc; /* proc-receive */
};

/* ---- refusing --------------------------------------------------------------------------------------------------------- */

static void say(const char *text)
{
	size_t n = strlen(text);
	while (n > 0) {
		ssize_t w = write(2, text, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return;
		text += w;
		n -= (size_t)w;
	}
}

__attribute__((noreturn)) static void refuse(const char *why)
{
	say("sluice: the push is refused, because it could not be judged:\n");
	say(why);
	say("\nNothing was changed unless the server says so; try again, or tell who runs it.\n");
	_exit(1);
}

/* ---- bytes ------------------------------------------------------------------------------------------------------------ */

static void wait_for(int fd, short events)
{
	struct pollfd p = { fd, events, 0 };
	int rc;
	do
		rc = poll(&p, 1, HOOK_TIMEOUT_S * 1000);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		refuse("the server did not answer in time.");
}

/** @return false when the other side has closed */
static bool flush_out(struct stream *s)
{
	while (s->at < s->n) {
		wait_for(s->fd, POLLOUT);
		ssize_t w = write(s->fd, s->buf + s->at, s->n - s->at);
		if (w < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (w <= 0)
			return false;
		s->at += (size_t)w;
	}
	s->at = s->n = 0;
	return true;
}

static bool put(struct stream *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	while (n > 0) {
		if (s->n == sizeof s->buf && !flush_out(s))
			return false;
		size_t take = sizeof s->buf - s->n < n ? sizeof s->buf - s->n : n;
		memcpy(s->buf + s->n, p, take);
		s->n += take;
		p += take;
		n -= take;
	}
	return true;
}

/** @return bytes got: n, or fewer at the end of the stream */
static size_t get(struct stream *s, void *to, size_t n)
{
	unsigned char *p = to;
	size_t got = 0;
	while (got < n) {
		if (s->at == s->n) {
			wait_for(s->fd, POLLIN);
			ssize_t r = read(s->fd, s->buf, sizeof s->buf);
			if (r < 0 && (errno == EINTR || errno == EAGAIN))
				continue;
			if (r <= 0)
				return got;
			s->at = 0;
			s->n = (size_t)r;
		}
		size_t take = s->n - s->at < n - got ? s->n - s->at : n - got;
		memcpy(p + got, s->buf + s->at, take);
		s->at += take;
		got += take;
	}
	return got;
}

/* A frame that cannot be sent is no end yet: the server may have refused early, and what it said is waiting to be read. */
static void frame(struct hook *h, enum hook_type type, const void *bytes, size_t n)
{
	unsigned char head[HOOK_HEADER];
	if (n > HOOK_FRAME_MAX)
		refuse("the name of a ref is too long.");
	hook_header(head, type, n);
	(void)(put(&h->server_out, head, sizeof head) && put(&h->server_out, bytes, n));
}

static void frame_z(struct hook *h, enum hook_type type, const char *z)
{
	if (z)
		frame(h, type, z, strlen(z));
}

/* ---- the server ------------------------------------------------------------------------------------------------------- */

/** A path too long for a socket's address is reached through its folder. */
static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), n;
	if (fd < 0)
		return -1;
	const char *slash = strrchr(path, '/');
	if (strlen(path) < sizeof to.sun_path || !slash) {
		n = snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	} else {
		char folder[4096];
		(void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
		n = dir < 0 ? -1 : snprintf(to.sun_path, sizeof to.sun_path, "/proc/self/fd/%d/%s", dir, slash + 1);
	}
	if (n < 0 || (size_t)n >= sizeof to.sun_path || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
		return -1;
	return fd;
}

static void greet(struct hook *h)
{
	const char *path = getenv(HOOK_SOCKET_ENV), *push = getenv(HOOK_PUSH_ENV);
	if (!path || !push)
		refuse("it did not come through the server.");
	h->server_out.fd = h->server_in.fd = connect_to(path);
	if (h->server_in.fd < 0)
		refuse("the server cannot be reached.");
	(void)fcntl(h->server_in.fd, F_SETFL, O_NONBLOCK);
	frame_z(h, HOOK_HELLO, h->proc ? HOOK_VERSION " proc-receive" : HOOK_VERSION " pre-receive");
	frame_z(h, HOOK_PUSH, push);
	if (h->proc)
		return;
	const char *quarantine = getenv("GIT_QUARANTINE_PATH");
	if (quarantine) {
		frame_z(h, HOOK_OBJECTS, getenv("GIT_OBJECT_DIRECTORY") ? getenv("GIT_OBJECT_DIRECTORY") : quarantine);
		frame_z(h, HOOK_ALTERNATES, getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"));
	}
}

static void git_status(struct hook *h, const char *payload, size_t n);

/** Read the answer. @return true: yes */
static bool answer(struct hook *h)
{
	static char payload[HOOK_FRAME_MAX + 1];
	(void)flush_out(&h->server_out);
	for (;;) {
		unsigned char head[HOOK_HEADER];
		if (get(&h->server_in, head, sizeof head) != sizeof head)
			refuse("the server closed the connection before it had answered.");
		size_t n = hook_length(head);
		if (n > HOOK_FRAME_MAX || get(&h->server_in, payload, n) != n)
			refuse("the server's answer is cut off.");
		payload[n] = '\0';
		switch (head[4]) {
		case HOOK_TEXT:
			say(payload);
			break;
		case HOOK_STATUS:
			if (h->proc)
				git_status(h, payload, n);
			break;
		case HOOK_YES:
			return true;
		case HOOK_NO:
			return false;
		default:
			refuse("the server's answer is not understood: it is of another version.");
		}
	}
}

/* ---- pre-receive: lines on standard input ------------------------------------------------------------------------------- */

static int pre_receive(struct hook *h)
{
	static char line[HOOK_FRAME_MAX + 1];
	size_t n = 0;
	unsigned char c;
	while (get(&h->git_in, &c, 1) == 1) {
		if (c != '\n') {
			if (n == sizeof line)
				refuse("the name of a ref is too long.");
			line[n++] = (char)c;
			continue;
		}
		frame(h, HOOK_REF, line, n);
		n = 0;
	}
	if (n > 0)
		refuse("git's list of refs is cut off.");
	frame_z(h, HOOK_END, "");
	return answer(h) ? 0 : 1;
}

/* ---- proc-receive: pkt-lines -------------------------------------------------------------------------------------------- */

/** @return length of the payload, -1 at a flush packet */
static long packet(struct hook *h, char *to)
{
	char hex[5] = "", *end;
	if (get(&h->git_in, hex, 4) != 4)
		refuse("git's commands are cut off.");
	unsigned long n = strtoul(hex, &end, 16);
	if (*end || hex[0] == '-' || hex[0] == '+' || hex[0] == ' ')
		refuse("git's commands are not understood.");
	if (n == 0)
		return -1;
	if (n < 4 || n > PKT_MAX || get(&h->git_in, to, n - 4) != n - 4)
		refuse("git's commands are cut off.");
	n -= 4;
	if (n > 0 && to[n - 1] == '\n')
		n--;
	to[n] = '\0';
	return (long)n;
}

static void git_packet(struct hook *h, const char *bytes, size_t n)
{
	char hex[8];
	(void)snprintf(hex, sizeof hex, "%04x", (unsigned)(n + 4));
	if (!put(&h->git_out, hex, 4) || !put(&h->git_out, bytes, n))
		refuse("git has ended.");
}

static void git_flush(struct hook *h)
{
	if (!put(&h->git_out, "0000", 4) || !flush_out(&h->git_out))
		refuse("git has ended.");
}

static void git_status(struct hook *h, const char *payload, size_t n)
{
	git_packet(h, payload, n > PKT_MAX - 4 ? PKT_MAX - 4 : n);
}

/** "version=1\0push-options atomic". @return whether push options will follow the commands */
static bool negotiate(struct hook *h)
{
	static char line[PKT_MAX + 1];
	bool options = false, version = false;
	for (long n; (n = packet(h, line)) >= 0;) {
		version = version || strcmp(line, "version=1") == 0;
		const char *features = strlen(line) < (size_t)n ? line + strlen(line) + 1 : "";
		options = options || strstr(features, "push-options") != NULL;
	}
	if (!version)
		refuse("git speaks another version of the proc-receive protocol.");
	static const char mine[] = "version=1\0push-options atomic", without[] = "version=1\0atomic";
	git_packet(h, options ? mine : without, options ? sizeof mine - 1 : sizeof without - 1);
	git_flush(h);
	return options;
}

static int proc_receive(struct hook *h)
{
	static char line[PKT_MAX + 1];
	bool options = negotiate(h);
	for (long n; (n = packet(h, line)) >= 0;)
		frame(h, HOOK_REF, line, (size_t)n);
	if (options)
		for (long n; (n = packet(h, line)) >= 0;)
			frame(h, HOOK_OPTION, line, (size_t)n);
	frame_z(h, HOOK_END, "");
	(void)answer(h); /* each ref has its status; none that was not told is taken for moved */
	git_flush(h);
	return 0;
}

int main(int argc, char **argv)
{
	static struct hook h = { .git_in.fd = 0, .git_out.fd = 1 };
	const char *name = argc > 0 ? argv[0] : "", *slash = strrchr(name, '/');
	name = slash ? slash + 1 : name;
	(void)signal(SIGPIPE, SIG_IGN);
	h.proc = strcmp(name, "proc-receive") == 0;
	if (!h.proc && strcmp(name, "pre-receive") != 0) {
		say("sluice-hook: to be called by git as pre-receive or proc-receive.\n");
		return 2;
	}
	greet(&h);
	return h.proc ? proc_receive(&h) : pre_receive(&h);
}
