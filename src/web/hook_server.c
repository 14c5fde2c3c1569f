/* SPDX-License-Identifier: Apache-2.0 */
#include "web/hook_server.h"

#include "base/limits.h"
#include "hook/protocol.h"
#include "run/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { HOOK_IO_MS = 60000 };

struct hook_server {
	struct hook_handler handler;
	char *path;
	int fd, stop_fd;
	pthread_t thread;
	pthread_mutex_t mu;
	pthread_cond_t idle;
	unsigned busy;
};
struct conn {
	hook_server *s;
	int fd;
	size_t at, n;
	char buf[HOOK_FRAME_MAX + HOOK_HEADER];
	char payload[HOOK_FRAME_MAX + 1];
};

/* ---- frames ----------------------------------------------------------------------------------------------------------- */

static slu_rc get(struct conn *c, void *to, size_t n, slu_err *err)
{
	char *p = to;
	while (n > 0) {
		if (c->at == c->n) {
			c->at = c->n = 0;
			SLU_TRY(run_read_some(c->fd, c->buf, sizeof c->buf, run_now_ms() + HOOK_IO_MS, &c->n, err));
			if (c->n == 0)
				return slu_fail(err, SLU_E_IO, "The hook has gone.");
		}
		size_t take = c->n - c->at < n ? c->n - c->at : n;
		memcpy(p, c->buf + c->at, take);
		c->at += take;
		p += take;
		n -= take;
	}
	return SLU_OK;
}

/** *text is borrowed until the next frame. */
static slu_rc get_frame(struct conn *c, char *type, slu_str *text, slu_err *err)
{
	unsigned char head[HOOK_HEADER];
	SLU_TRY(get(c, head, sizeof head, err));
	size_t n = hook_length(head);
	if (n > HOOK_FRAME_MAX)
		return slu_fail(err, SLU_E_LIMIT, "A hook sent a frame of %zu bytes.", n);
	SLU_TRY(get(c, c->payload, n, err));
	c->payload[n] = '\0';
	*type = (char)head[4];
	*text = (slu_str){ c->payload, n };
	return SLU_OK;
}

static void put_frame(slu_buf *b, enum hook_type type, slu_str text)
{
	unsigned char head[HOOK_HEADER];
	hook_header(head, type, text.n);
	slu_buf_add(b, head, sizeof head);
	slu_buf_addstr(b, text);
}

static void put_text(slu_buf *b, slu_str text)
{
	while (text.n > 0) {
		size_t n = text.n < HOOK_FRAME_MAX ? text.n : HOOK_FRAME_MAX;
		put_frame(b, HOOK_TEXT, (slu_str){ text.p, n });
		text.p += n;
		text.n -= n;
	}
}

/* ---- a request -------------------------------------------------------------------------------------------------------- */

struct reading {
	struct hook_request rq;
	SLU_LIST(struct port_git_update) update;
	SLU_LIST(slu_str) option;
	bool hello, end;
};

static slu_str copy(slu_arena *a, slu_str s)
{
	return (slu_str){ slu_str_dup(a, s), s.n };
}

static slu_rc ref_line(struct reading *r, slu_str text, slu_err *err)
{
	slu_str old = { 0 }, new_ = { 0 };
	struct port_git_update u = { 0 };
	if (r->rq.told++ >= SLU_MAX_PUSH_REFS) /* counted, not kept: the handler refuses by the number */
		return SLU_OK;
	(void)(slu_str_split(&text, ' ', &old) && slu_str_split(&text, ' ', &new_));
	SLU_TRY(slu_oid_parse(&u.old, old, err));
	SLU_TRY(slu_oid_parse(&u.new_, new_, err));
	u.ref = copy(r->rq.a, text);
	*SLU_ADD(r->rq.a, &r->update) = u;
	return SLU_OK;
}

static slu_rc take_frame(struct reading *r, char type, slu_str text, slu_err *err)
{
	slu_arena *a = r->rq.a;
	switch (type) {
	case HOOK_HELLO:
		r->hello = slu_str_is(text, HOOK_VERSION " pre-receive") || slu_str_is(text, HOOK_VERSION " proc-receive");
		r->rq.proc = slu_str_ends(text, " proc-receive");
		return r->hello ? SLU_OK : slu_fail(err, SLU_E_SYNTAX, "A hook of another version asked.");
	case HOOK_PUSH:
		r->rq.push = copy(a, text);
		return SLU_OK;
	case HOOK_OBJECTS:
		r->rq.object_dir = slu_str_dup(a, text);
		return SLU_OK;
	case HOOK_ALTERNATES:
		r->rq.alternates = slu_str_dup(a, text);
		return SLU_OK;
	case HOOK_REF:
		return ref_line(r, text, err);
	case HOOK_OPTION:
		if (r->option.n < 64)
			*SLU_ADD(a, &r->option) = copy(a, text);
		return SLU_OK;
	case HOOK_END:
		r->end = true;
		return SLU_OK;
	default:
		return slu_fail(err, SLU_E_SYNTAX, "A hook sent a frame of an unknown type.");
	}
}

static slu_rc read_request(struct conn *c, struct reading *r, slu_err *err)
{
	while (!r->end) {
		char type = 0;
		slu_str text;
		SLU_TRY(get_frame(c, &type, &text, err));
		SLU_TRY(take_frame(r, type, text, err));
		if (!r->hello)
			return slu_fail(err, SLU_E_SYNTAX, "A hook did not say its version.");
	}
	r->rq.update = r->update.v;
	r->rq.n = r->update.n;
	r->rq.option = r->option.v;
	r->rq.option_n = r->option.n;
	return SLU_OK;
}

static void write_reply(struct conn *c, const struct hook_request *rq, const struct hook_reply *reply)
{
	slu_buf b;
	slu_buf_init(&b, (rq->n + 16) * (SLU_MAX_REF_BYTES + 2048) + reply->text.n);
	put_text(&b, reply->text);
	for (size_t i = 0; rq->proc && i < rq->n; i++) {
		const char *reason = reply->reason ? reply->reason : "refused by the server";
		const char *line = reply->yes ? slu_printf(rq->a, "ok %.*s", SLU_FMT(rq->update[i].ref)) : slu_printf(rq->a, "ng %.*s %s", SLU_FMT(rq->update[i].ref), reason);
		put_frame(&b, HOOK_STATUS, slu_s(line));
	}
	put_frame(&b, reply->yes && !b.over ? HOOK_YES : HOOK_NO, (slu_str){ 0 });
	(void)!run_write_all(c->fd, b.p, b.n, run_now_ms() + HOOK_IO_MS, NULL); /* a hook that has gone takes no answer */
	slu_buf_release(&b);
}

static void serve(struct conn *c)
{
	slu_auto_arena *a = slu_arena_new();
	struct reading r = { .rq.a = a };
	struct hook_reply reply = { 0 };
	slu_err err = { 0 };
	if (read_request(c, &r, &err) != SLU_OK)
		reply.text = slu_s(slu_printf(a, "sluice: %s\n", err.text));
	else
		c->s->handler.ask(c->s->handler.ctx, &r.rq, &reply);
	write_reply(c, &r.rq, &reply);
	if (c->s->handler.told)
		c->s->handler.told(c->s->handler.ctx, &r.rq);
}

static void give_place(hook_server *s)
{
	(void)pthread_mutex_lock(&s->mu);
	s->busy--;
	(void)pthread_cond_signal(&s->idle);
	(void)pthread_mutex_unlock(&s->mu);
}

static void *conn_main(void *arg)
{
	struct conn *c = arg;
	hook_server *s = c->s;
	serve(c);
	run_close(&c->fd);
	free(c);
	give_place(s);
	return NULL;
}

/* ---- listening -------------------------------------------------------------------------------------------------------- */

/** A place for one more; the listening thread never waits for one. */
static bool take_place(hook_server *s)
{
	(void)pthread_mutex_lock(&s->mu);
	bool free_ = s->busy < HOOK_SERVER_MAX;
	s->busy += free_;
	(void)pthread_mutex_unlock(&s->mu);
	return free_;
}

/** What the hook has sent stays unread; the answer is in the socket before it is closed, and a hook reads that. */
static void turn_away(int fd)
{
	slu_buf b;
	slu_buf_init(&b, 4096);
	put_text(&b, SLU_STR("sluice: too many pushes are being answered at this moment; try again in a few seconds.\n"));
	put_frame(&b, HOOK_NO, (slu_str){ 0 });
	(void)!run_write(fd, b.p, b.n);
	slu_buf_release(&b);
	(void)close(fd);
}

static void accept_one(hook_server *s)
{
	int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (!take_place(s)) {
		turn_away(fd);
		return;
	}
	struct conn *c = calloc(1, sizeof *c);
	pthread_attr_t at;
	pthread_t t;
	if (!c)
		abort();
	c->s = s;
	c->fd = fd;
	(void)pthread_attr_init(&at);
	(void)pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&t, &at, conn_main, c) != 0) { /* the hook sees the end of the stream, and refuses */
		close(fd);
		free(c);
		give_place(s);
	}
	(void)pthread_attr_destroy(&at);
}

static void *listen_main(void *arg)
{
	hook_server *s = arg;
	for (;;) {
		struct pollfd p[2] = { { s->fd, POLLIN, 0 }, { s->stop_fd, POLLIN, 0 } };
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (p[1].revents)
			return NULL;
		if (p[0].revents)
			accept_one(s);
	}
}

/** A path too long for a socket's address is reached through its folder. */
static int bind_at(int fd, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *slash = strrchr(path, '/');
	int dir = -1, n;
	if (strlen(path) < sizeof to.sun_path || !slash) {
		n = snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	} else {
		slu_auto_arena *a = slu_arena_new();
		dir = open(slu_strndup(a, path, (size_t)(slash - path)), O_PATH | O_DIRECTORY | O_CLOEXEC);
		n = snprintf(to.sun_path, sizeof to.sun_path, "/proc/self/fd/%d/%s", dir, slash + 1);
	}
	int rc = n > 0 && (size_t)n < sizeof to.sun_path ? bind(fd, (const struct sockaddr *)&to, sizeof to) : -1;
	run_close(&dir);
	return rc;
}

slu_rc hook_server_start(hook_server **out, const char *path, const struct hook_handler *h, slu_err *err)
{
	(void)unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), stop = eventfd(0, EFD_CLOEXEC);
	mode_t before = umask(0177);
	int rc = fd < 0 || stop < 0 ? -1 : bind_at(fd, path);
	(void)umask(before);
	if (rc != 0 || listen(fd, 128) != 0) {
		int e = errno;
		run_close(&fd);
		run_close(&stop);
		return slu_fail(err, SLU_E_IO, "The socket %s cannot be made: %s.", path, strerrordesc_np(e));
	}
	hook_server *s = calloc(1, sizeof *s);
	if (!s || !(s->path = strdup(path)))
		abort();
	s->handler = *h;
	s->fd = fd;
	s->stop_fd = stop;
	(void)pthread_mutex_init(&s->mu, NULL);
	(void)pthread_cond_init(&s->idle, NULL);
	if (pthread_create(&s->thread, NULL, listen_main, s) != 0)
		abort();
	*out = s;
	return SLU_OK;
}

void hook_server_stop(hook_server *s)
{
	if (!s)
		return;
	(void)eventfd_write(s->stop_fd, 1);
	(void)pthread_join(s->thread, NULL);
	(void)pthread_mutex_lock(&s->mu);
	while (s->busy > 0)
		(void)pthread_cond_wait(&s->idle, &s->mu);
	(void)pthread_mutex_unlock(&s->mu);
	(void)unlink(s->path);
	run_close(&s->fd);
	run_close(&s->stop_fd);
	(void)pthread_mutex_destroy(&s->mu);
	(void)pthread_cond_destroy(&s->idle);
	free(s->path);
	free(s);
}
