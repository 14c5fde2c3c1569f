/* SPDX-License-Identifier: Apache-2.0 */
/* More hooks at once than the server answers: the next one is told no at once, and nobody is kept waiting by it. Requirement: PR-6 */
#include "hook/protocol.h"
#include "run/proc.h"
#include "web/hook_server.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "t.h"

struct gate {
	pthread_mutex_t mu;
	pthread_cond_t changed;
	unsigned in;
	bool open;
};

static void ask(void *ctx, const struct hook_request *rq, struct hook_reply *reply)
{
	struct gate *g = ctx;
	(void)rq;
	(void)pthread_mutex_lock(&g->mu);
	g->in++;
	(void)pthread_cond_broadcast(&g->changed);
	while (!g->open)
		(void)pthread_cond_wait(&g->changed, &g->mu);
	(void)pthread_mutex_unlock(&g->mu);
	reply->yes = true;
}

static int hook(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	slu_buf b;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	T_EQ_INT(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	slu_buf_init(&b, 4096);
	static const struct { char type; const char *text; } frame[] = { { HOOK_HELLO, HOOK_VERSION " pre-receive" }, { HOOK_PUSH, "one" }, { HOOK_END, "" } };
	for (size_t i = 0; i < sizeof frame / sizeof *frame; i++) {
		unsigned char head[HOOK_HEADER];
		hook_header(head, (enum hook_type)frame[i].type, strlen(frame[i].text));
		slu_buf_add(&b, head, sizeof head);
		slu_buf_adds(&b, frame[i].text);
	}
	(void)run_write(fd, b.p, b.n); /* one that is turned away may have closed already */
	slu_buf_release(&b);
	return fd;
}

/** The type of the last frame of the answer within five seconds; 0: none came. *text has what was said. */
static char answer(int fd, slu_buf *text)
{
	char buf[4096];
	size_t n = 0, got = 0;
	int64_t deadline = run_now_ms() + 5000;
	while (n < sizeof buf && run_read_some(fd, buf + n, sizeof buf - n, deadline, &got, NULL) == SLU_OK && got > 0)
		n += got;
	char last = 0;
	for (size_t at = 0; at + HOOK_HEADER <= n;) {
		size_t len = hook_length((const unsigned char *)buf + at);
		last = buf[at + 4];
		if (last == HOOK_TEXT)
			slu_buf_add(text, buf + at + HOOK_HEADER, len);
		at += HOOK_HEADER + len;
	}
	(void)close(fd);
	return last;
}

T_TEST(one_hook_too_many_is_told_no_and_the_others_are_answered)
{
	struct gate g = { .mu = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	const struct hook_handler h = { .ask = ask, .ctx = &g };
	const char *tmp = getenv("TMPDIR");
	char dir[64], path[96];
	hook_server *s = NULL;
	slu_err err = { 0 };
	int fd[HOOK_SERVER_MAX];
	slu_auto_buf said;
	slu_buf_init(&said, 8192);
	(void)snprintf(dir, sizeof dir, "%s/hooks-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(dir))
		T_FAIL("no temporary folder");
	(void)snprintf(path, sizeof path, "%s/sock", dir);
	T_OK(hook_server_start(&s, path, &h, &err), err);

	for (unsigned i = 0; i < HOOK_SERVER_MAX; i++)
		fd[i] = hook(path);
	(void)pthread_mutex_lock(&g.mu);
	while (g.in < HOOK_SERVER_MAX)
		(void)pthread_cond_wait(&g.changed, &g.mu);
	(void)pthread_mutex_unlock(&g.mu);
	T_EQ_INT(answer(hook(path), &said), HOOK_NO);
	T_TRUE(memmem(said.p, said.n, "too many pushes", strlen("too many pushes")) != NULL);

	(void)pthread_mutex_lock(&g.mu);
	g.open = true;
	(void)pthread_cond_broadcast(&g.changed);
	(void)pthread_mutex_unlock(&g.mu);
	for (unsigned i = 0; i < HOOK_SERVER_MAX; i++)
		T_EQ_INT(answer(fd[i], &said), HOOK_YES);
	hook_server_stop(s);
	(void)rmdir(dir);
}
