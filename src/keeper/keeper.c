/* SPDX-License-Identifier: Apache-2.0 */
/* The keeper of one environment: see protocol.h. Nothing but the C library; everything it opens is close-on-exec. */
#include "keeper/protocol.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { POLL_MS = 20, QUIET_MS = 200, ADOPTED_QUIET_MS = 1000, SURE_MS = 1000 }; /* a queue was empty so long, before SIGTERM */

struct slot {
	enum keeper_state state;
	int status, index; /* index: of its socket in the group */
	int pidfd, sock;   /* pidfd -1: nothing runs in it; sock -1: adopted: not our child, it alone holds its socket */
	pid_t pid;
	uint64_t start;    /* of the process, in clock ticks since boot: tells it from a later one with this id */
	int64_t deadline, quiet_since;
	char tag[KEEPER_TAG];
};
struct keeper { /* the file `state` holds one as it is */
	char host[64];
	int port, weight; /* weight: percent to slot 1 */
	struct slot slot[2];
	int dir, control, spare[2], spares;
	int64_t born;
};
static const char *const names[] = { "blue", "green" }, *const words[] = KEEPER_STATE_WORDS;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static ssize_t read_file(int dir, const char *name, void *to, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, to, size);
	close(fd);
	return n;
}

static uint64_t start_time(pid_t pid)
{
	char text[1024];
	snprintf(text, sizeof text, "/proc/%d/stat", (int)pid);
	ssize_t n = read_file(AT_FDCWD, text, text, sizeof text - 1);
	text[n > 0 ? n : 0] = '\0';
	char *p = strrchr(text, ')'); /* the name before it may hold anything */
	for (int field = 2; field < 22 && p; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p, NULL, 10) : 0;
}

static bool attach(const struct keeper *k, int fd) /* the program of the whole group, through any socket of it */
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_NET_OFF + 12)), /* the address it comes from */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, KEEPER_FROM + 2, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, KEEPER_FROM + 1, 4, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM)),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 100),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)k->weight, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, (uint32_t)k->slot[1].index),
		BPF_STMT(BPF_RET | BPF_K, (uint32_t)k->slot[0].index),
	};
	struct sock_fprog prog = { sizeof code / sizeof *code, code };
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog, sizeof prog) == 0;
}

/* One more socket in the group. Until the program of the group is the right one it drops connection requests, which are sent again, by their
   time to live: 64 or 128 nearly everywhere, and 255 passes. One that passes is shared out by the program there was, or waits here until an
   application takes this socket over. (A filter would drop them all, but some kernels let only an administrator attach one.) */
static int join_group(struct keeper *k)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)k->port) };
	socklen_t len = sizeof at;
	int one = 1, all = 255, none = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool listens = fd >= 0 && inet_pton(AF_INET, k->host, &at.sin_addr) == 1 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0 &&
	               setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 && setsockopt(fd, IPPROTO_IP, IP_MINTTL, &all, sizeof all) == 0 &&
	               bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 4096) == 0;
	bool shares = listens && attach(k, fd);
	if (!shares || setsockopt(fd, IPPROTO_IP, IP_MINTTL, &none, sizeof none) != 0 || getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		fprintf(stderr, "cannot listen on %s port %d: %s%s\n", k->host, k->port, strerror(errno), listens && !shares ? KEEPER_NO_SHARES : "");
		exit(1);
	}
	k->port = ntohs(at.sin_port);
	return fd;
}

static bool save(const struct keeper *k) /* not flushed: it has to outlive processes, not the machine */
{
	int fd = openat(k->dir, "state.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t done = write(fd, k, sizeof *k);
	return close(fd) == 0 && done == sizeof *k && renameat(k->dir, "state.new", k->dir, "state") == 0;
}

static int still_there(const struct slot *s)
{
	struct pollfd p = { s->pidfd >= 0 && start_time(s->pid) == s->start ? pidfd_open(s->pid, 0) : -1, POLLIN, 0 };
	if (p.fd >= 0 && poll(&p, 1, POLL_MS) == 1 && close(p.fd) == 0)
		return -1; /* on its way out: its socket is closed already */
	return p.fd;
}

static void adopt(struct keeper *k) /* what the keeper before this one left, if it was asked for the same address */
{
	struct keeper old = { .slot = { { .pidfd = -1 }, { .pidfd = -1, .index = 1 } } }, none = old;
	bool same = read_file(k->dir, "state", &old, sizeof old) == sizeof old && strcmp(old.host, k->host) == 0 && (k->port == 0 || k->port == old.port);
	memcpy(k->slot, same ? old.slot : none.slot, sizeof k->slot);
	k->port = same ? old.port : k->port;
	k->weight = same ? old.weight : 0;
	struct slot *b = &k->slot[0], *g = &k->slot[1];
	for (struct slot *s = b; s <= g; s++) {
		bool was = s->pidfd >= 0;
		s->pidfd = still_there(s);
		s->state = s->pidfd >= 0 ? KEEPER_RUNNING : was ? KEEPER_UNKNOWN : s->state;
		s->sock = -1;
	}
	if (b->pidfd < 0 || g->pidfd < 0) {
		b->index = g->pidfd >= 0; /* the one that lives, or blue, is the first of the group */
		g->index = !b->index;
		k->weight = b->index ? 100 : 0;
	}
}

static void have_sockets(struct keeper *k)
{
	for (int n = 0; n < 4; n++) /* by index: the order of joining makes it */
		if (k->slot[n % 2].index == n / 2 && k->slot[n % 2].pidfd < 0)
			k->slot[n % 2].sock = join_group(k);
	while (k->spares < (k->slot[0].pidfd >= 0) + (k->slot[1].pidfd >= 0))
		k->spare[k->spares++] = join_group(k);
}

static const char *order_weight(struct keeper *k, int i, int percent)
{
	if ((percent > 0 && k->slot[i].state != KEEPER_RUNNING && k->slot[!i].pidfd >= 0) ||
	    (percent < 100 && k->slot[!i].state != KEEPER_RUNNING && k->slot[i].pidfd >= 0) || percent < 0 || percent > 100)
		return "a weight is 0 to 100, and a slot without an application gets none";
	k->weight = i ? percent : 100 - percent;
	return attach(k, k->spares ? k->spare[0] : k->slot[k->slot[0].sock < 0].sock) && save(k) ? NULL : strerror(errno);
}

static int queue_of(const struct slot *s)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof info;
	return s->sock >= 0 && getsockopt(s->sock, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? (int)info.tcpi_unacked : 0;
}

static void ended(struct keeper *k, int i)
{
	struct slot *s = &k->slot[i];
	siginfo_t info = { 0 };
	if (s->sock >= 0)
		kill(-s->pid, SIGKILL); /* the rest of its group: the id is ours until it is waited for */
	else if (now_ms() < k->born + SURE_MS)
		exit(0); /* perhaps it went before our sockets joined the group: the next keeper counts them anew */
	else
		s->sock = k->spare[--k->spares]; /* not our child; the kernel gave this socket its index */
	waitid(P_PIDFD, (id_t)s->pidfd, &info, WEXITED);
	s->state = info.si_code == CLD_EXITED ? KEEPER_EXITED : info.si_code ? KEEPER_KILLED : KEEPER_UNKNOWN;
	s->status = info.si_status;
	close(s->pidfd);
	s->pidfd = -1;
	if ((i ? k->weight : 100 - k->weight) > 0 && k->slot[!i].state == KEEPER_RUNNING)
		order_weight(k, !i, 100);
	save(k);
}

static void drain(struct slot *s)
{
	int64_t now = now_ms(), quiet = s->sock < 0 ? ADOPTED_QUIET_MS : QUIET_MS;
	if (s->state == KEEPER_DRAINING && queue_of(s) > 0)
		s->quiet_since = now;
	if (s->state == KEEPER_DRAINING && (now - s->quiet_since >= quiet || now >= s->deadline)) {
		kill(-s->pid, SIGTERM);
		s->state = KEEPER_STOPPING;
	}
	if (s->state == KEEPER_STOPPING && now >= s->deadline)
		kill(-s->pid, SIGKILL);
}

_Noreturn static void run_application(const char *log, char **argv, int sock, const int *go)
{
	char pid[32], fds[] = "LISTEN_FDS=1", *env[] = { pid, fds, NULL };
	if (setsid() < 0 || close(go[1]) != 0 || read(go[0], pid, 1) != 1)
		_exit(127); /* the keeper died before it wrote down that we are */
	snprintf(pid, sizeof pid, "LISTEN_PID=%d", (int)getpid());
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int from = fcntl(sock, F_DUPFD_CLOEXEC, 10);
	if (dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2 && dup2(from, 3) == 3)
		execve(argv[0], argv, env);
	_exit(126);
}

static const char *order_start(struct keeper *k, struct slot *s, const char *tag, char *lines)
{
	char *argv[KEEPER_ARGS + 1] = { 0 }, *log = strsep(&lines, "\n");
	int go[2], n = 0;
	while (n < KEEPER_ARGS && (argv[n] = strsep(&lines, "\n")))
		n++;
	if (n % KEEPER_ARGS == 0 || strlen(tag) >= sizeof s->tag)
		return "start needs a log and an argument vector, within the limits";
	if (s->pidfd >= 0)
		return s->state == KEEPER_RUNNING && strcmp(s->tag, tag) == 0 ? NULL : "another application is in this slot";
	if (s->sock < 0 || pipe2(go, O_CLOEXEC) != 0)
		return "there is no descriptor for it";
	pid_t pid = fork();
	if (pid == 0)
		run_application(log, argv, s->sock, go);
	close(go[0]);
	s->pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
	s->state = s->pidfd >= 0 ? KEEPER_RUNNING : KEEPER_UNKNOWN;
	s->pid = pid;
	s->start = start_time(pid);
	snprintf(s->tag, sizeof s->tag, "%s", tag);
	const char *why = s->pidfd >= 0 && save(k) && write(go[1], "g", 1) == 1 ? NULL : strerror(errno);
	close(go[1]); /* without a "g" the child ends */
	return why;
}

static const char *order_stop(struct keeper *k, int i, int ms)
{
	struct slot *s = &k->slot[i];
	if ((i ? k->weight : 100 - k->weight) > 0 && k->slot[!i].state == KEEPER_RUNNING)
		return "it still has weight";
	s->quiet_since = now_ms();
	s->deadline = s->state == KEEPER_RUNNING ? s->quiet_since + ms : s->deadline;
	s->state = s->state == KEEPER_RUNNING ? KEEPER_DRAINING : s->state;
	return NULL;
}

static void answer(struct keeper *k, int fd)
{
	static char text[KEEPER_REQUEST + 1];
	struct pollfd p = { fd, POLLIN, 0 };
	ssize_t got = poll(&p, 1, KEEPER_WAIT_MS) == 1 ? recv(fd, text, sizeof text, MSG_DONTWAIT) : 0;
	text[got >= 0 && got <= KEEPER_REQUEST ? got : 0] = '\0';
	char *lines = text, *rest = strsep(&lines, "\n"), *verb = strsep(&rest, " "), *slot = strsep(&rest, " ");
	int n, i = slot && strcmp(slot, names[1]) == 0, number = rest ? (int)strtol(rest, NULL, 10) : -1;
	const char *why = strcmp(verb, "state") == 0 ? NULL : "there is no such request";
	if (rest && strcmp(slot, names[i]) == 0)
		why = strcmp(verb, "start") == 0  ? order_start(k, &k->slot[i], rest, lines) :
		      strcmp(verb, "stop") == 0   ? order_stop(k, i, number) :
		      strcmp(verb, "weight") == 0 ? order_weight(k, i, number) : why;
	n = snprintf(text, sizeof text, "%s%s\naddress %s %d\nweight %d\nkeeper %d\n", why ? "error " : "ok", why ? why : "", k->host, k->port, k->weight, (int)getpid());
	for (struct slot *s = k->slot; s < k->slot + 2; s++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s %s %d %d %d %s\n", names[s - k->slot], words[s->state], s->status, (int)s->pid, queue_of(s), s->tag);
	send(fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

_Noreturn static void serve(struct keeper *k)
{
	struct slot *b = &k->slot[0], *g = &k->slot[1];
	for (;;) {
		struct pollfd p[] = { { b->pidfd, POLLIN, 0 }, { g->pidfd, POLLIN, 0 }, { k->control, POLLIN, 0 } };
		if (poll(p, 3, b->state >= KEEPER_DRAINING || g->state >= KEEPER_DRAINING ? POLL_MS : -1) < 0)
			continue;
		for (int i = 0; i < 2; i++)
			if (p[i].revents)
				ended(k, i);
			else if (k->slot[i].pidfd >= 0)
				drain(&k->slot[i]);
		for (int fd; p[2].revents && (fd = accept4(k->control, NULL, NULL, SOCK_CLOEXEC)) >= 0; close(fd))
			answer(k, fd);
	}
}

int main(int argc, char **argv)
{
	static struct keeper k;
	char *colon = argc == 3 ? strrchr(argv[2], ':') : NULL;
	if (!colon || (k.dir = open(argv[1], O_DIRECTORY | O_CLOEXEC)) < 0)
		return fprintf(stderr, "usage: sluice-keeper DIR ADDRESS:PORT\n") < 0 ? 7 : 2;
	snprintf(k.host, sizeof k.host, "%.*s", (int)(colon - argv[2]), argv[2]);
	k.port = (int)strtol(colon + 1, NULL, 10);
	if (flock(openat(k.dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? 0 : 1; /* another one lives */
	adopt(&k);
	have_sockets(&k);
	k.born = now_ms();
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/socket", k.dir);
	unlinkat(k.dir, "socket", 0);
	k.control = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (k.control >= 0 && bind(k.control, (struct sockaddr *)&at, sizeof at) == 0 && listen(k.control, 64) == 0 && save(&k) && daemon(0, 0) == 0)
		serve(&k);
	return perror("sluice-keeper"), 1;
}
