/* SPDX-License-Identifier: Apache-2.0 */
#include "web/git_http_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- spool ------------------------------------------------------------------------------------------------------------ */

static slu_rc spool_file(struct git_spool *s, slu_err *err)
{
	if (s->fd >= 0)
		return SLU_OK;
	int fd = open(s->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) { /* a file system without O_TMPFILE */
		slu_auto_arena *a = slu_arena_new();
		char *path = slu_printf(a, "%s/spool-XXXXXX", s->dir);
		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path);
	}
	if (fd < 0)
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "A file cannot be made in %s: %s.", s->dir, strerrordesc_np(errno));
	s->fd = fd;
	return SLU_OK;
}

slu_rc git_spool_add(struct git_spool *s, const char *p, size_t n, slu_err *err)
{
	if (s->fd < 0 && s->mem_n + n <= GIT_HTTP_MEMORY) {
		if (!s->mem)
			s->mem = malloc(GIT_HTTP_MEMORY);
		if (!s->mem)
			abort();
		memcpy(s->mem + s->mem_n, p, n);
		s->mem_n += n;
		return SLU_OK;
	}
	SLU_TRY(spool_file(s, err));
	while (n > 0) {
		ssize_t w = pwrite(s->fd, p, n, (off_t)s->file_n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "The answer cannot be kept in %s: %s.", s->dir, strerrordesc_np(errno));
		s->file_n += (uint64_t)w;
		p += w;
		n -= (size_t)w;
	}
	return SLU_OK;
}

bool git_spool_more(const struct git_spool *s)
{
	return s->at < s->mem_n + s->file_n;
}

ptrdiff_t git_spool_read(struct git_spool *s, char *to, size_t cap)
{
	if (s->at < s->mem_n) {
		size_t n = s->mem_n - s->at < cap ? s->mem_n - (size_t)s->at : cap;
		memcpy(to, s->mem + s->at, n);
		s->at += n;
		return (ptrdiff_t)n;
	}
	if (!git_spool_more(s))
		return 0;
	ssize_t r;
	do
		r = pread(s->fd, to, cap, (off_t)(s->at - s->mem_n));
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		return -1;
	s->at += (uint64_t)r;
	return r;
}

void git_spool_release(struct git_spool *s)
{
	free(s->mem);
	s->mem = NULL;
	run_close(&s->fd);
}

/* ---- child ------------------------------------------------------------------------------------------------------------ */

static void take_err(struct git_http *g)
{
	char buf[1024];
	ssize_t n = read(g->c.err, buf, sizeof buf);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		run_close(&g->c.err);
		return;
	}
	size_t fits = sizeof g->err - 1 - g->err_n < (size_t)n ? sizeof g->err - 1 - g->err_n : (size_t)n;
	memcpy(g->err + g->err_n, buf, fits);
	g->err_n += fits;
	g->err[g->err_n] = '\0';
}

static slu_rc take_out(struct git_http *g, slu_err *err)
{
	ssize_t n = read(g->c.out, g->chunk, sizeof g->chunk);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return SLU_OK;
	if (n <= 0) {
		run_close(&g->c.out);
		g->out_ended = true;
		return SLU_OK;
	}
	return git_spool_add(&g->spool, g->chunk, (size_t)n, err);
}

/** Wait for any of the ends; those that are closed are passed over. @return what poll said of in, out, err */
static slu_rc wait_ends(struct git_http *g, bool in, short ready[3], slu_err *err)
{
	struct pollfd p[4] = { { in ? g->c.in : -1, POLLOUT, 0 }, { g->c.out, POLLIN, 0 }, { g->c.err, POLLIN, 0 }, { g->c.cancel_fd > 0 ? g->c.cancel_fd : -1, POLLIN, 0 } };
	int n;
	do
		n = poll(p, 4, (int)g->idle_ms);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		return slu_fail(err, SLU_E_TIMEOUT, "Git did not go on for %lld s and was stopped.", (long long)(g->idle_ms / 1000));
	}
	if (p[3].revents)
		return slu_fail(err, SLU_E_BUSY, "The server ends, and Git had not ended by itself.");
	for (int i = 0; i < 3; i++)
		ready[i] = p[i].revents;
	return SLU_OK;
}

slu_rc git_pump_in(struct git_http *g, const char *p, size_t n, slu_err *err)
{
	while (n > 0 && g->c.in >= 0) {
		short ready[3];
		SLU_TRY(wait_ends(g, true, ready, err));
		if (ready[1])
			SLU_TRY(take_out(g, err));
		if (ready[2])
			take_err(g);
		if (!ready[0])
			continue;
		ssize_t w = run_write(g->c.in, p, n);
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		} else if (errno != EINTR && errno != EAGAIN) {
			run_close(&g->c.in); /* it has ended or wants no more; its answer tells why */
		}
	}
	return SLU_OK;
}

slu_rc git_pump_first(struct git_http *g, slu_err *err)
{
	while (!g->out_ended && !git_spool_more(&g->spool)) {
		short ready[3];
		SLU_TRY(wait_ends(g, false, ready, err));
		if (ready[1])
			SLU_TRY(take_out(g, err));
		if (ready[2])
			take_err(g);
	}
	return SLU_OK;
}

ptrdiff_t git_pump_out(struct git_http *g, char *to, size_t cap)
{
	while (!g->out_ended) {
		short ready[3];
		if (wait_ends(g, false, ready, &g->why) != SLU_OK)
			return -1;
		if (ready[2])
			take_err(g);
		if (!ready[1])
			continue;
		ssize_t n = read(g->c.out, to, cap);
		if (n > 0)
			return n;
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		run_close(&g->c.out);
		g->out_ended = true;
	}
	return 0;
}

void git_pump_reap(struct git_http *g)
{
	int sig = 0;
	if (g->c.pid == 0)
		return;
	for (int i = 0; i < 64 && g->c.err >= 0; i++) {
		struct pollfd p = { g->c.err, POLLIN, 0 };
		if (poll(&p, 1, 100) <= 0)
			break;
		take_err(g);
	}
	if (run_wait(&g->c, g->idle_ms, &g->exit_code, &sig, &g->why) != SLU_OK)
		run_stop(&g->c, RUN_GRACE_MS);
	g->killed_by_signal = sig != 0;
}
