/* SPDX-License-Identifier: Apache-2.0 */
/* Running a child to its end with its output kept. */
#include "run/proc.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/** What is kept of one stream: the first `max` bytes, or with `tail` the last, in a ring. */
struct keep {
	char *p;
	size_t n, cap, max, start; /* start: oldest byte of a full ring */
	bool tail, over;
};

static void keep_bytes(slu_arena *a, struct keep *k, const char *p, size_t n)
{
	size_t fits = n <= k->max - k->n ? n : k->max - k->n;
	if (k->n + fits > k->cap) {
		size_t cap = k->cap ? k->cap : 1024;
		while (cap < k->n + fits)
			cap *= 2;
		k->p = slu_grow(a, k->p, k->cap, cap, 1);
		k->cap = cap;
	}
	if (fits)
		memcpy(k->p + k->n, p, fits);
	k->n += fits;
	if (fits == n)
		return;
	k->over = true;
	if (!k->tail || k->max == 0)
		return;
	p += fits;
	n -= fits;
	if (n > k->max) {
		p += n - k->max;
		n = k->max;
	}
	for (size_t i = 0; i < n; i++) {
		k->p[k->start] = p[i];
		k->start = k->start + 1 == k->max ? 0 : k->start + 1;
	}
}

static slu_str kept(slu_arena *a, const struct keep *k)
{
	char *z = slu_alloc(a, k->n + 1);
	if (k->n) {
		memcpy(z, k->p + k->start, k->n - k->start);
		memcpy(z + (k->n - k->start), k->p, k->start);
	}
	return (slu_str){ z, k->n };
}

/** Read what is there. @return false at the end of the stream (and closes it) */
static bool drain(slu_arena *a, int *fd, struct keep *k)
{
	char buf[65536];
	for (;;) {
		ssize_t n = read(*fd, buf, sizeof buf);
		if (n > 0) {
			keep_bytes(a, k, buf, (size_t)n);
			if ((size_t)n < sizeof buf)
				return true;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			return true;
		} else {
			run_close(fd);
			return false;
		}
	}
}

static void feed(int *fd, slu_str *input)
{
	while (input->n > 0) {
		ssize_t n = run_write(*fd, input->p, input->n);
		if (n > 0) {
			input->p += n;
			input->n -= (size_t)n;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			return;
		} else {
			break; /* the child does not want it: its exit code tells */
		}
	}
	run_close(fd);
}

static void drain_both(slu_arena *a, struct run_child *c, struct keep *out, struct keep *errs, bool from_out, bool from_err)
{
	if (from_out)
		drain(a, &c->out, out);
	if (from_err)
		drain(a, &c->err, errs);
}

/**
 * Pump until the child has ended and its streams are dry. A grandchild that keeps a pipe open does not keep us:
 * once the child itself has ended, only what already lies in the pipes is read.
 * @return false: the deadline passed, or `cancel_fd` (> 0) became readable
 */
static bool pump(slu_arena *a, struct run_child *c, slu_str input, struct keep *out, struct keep *errs, int64_t deadline_ms, int cancel_fd)
{
	feed(&c->in, &input);
	for (;;) {
		struct pollfd p[5] = { { c->pid_fd, POLLIN, 0 }, { c->out, POLLIN, 0 }, { c->err, POLLIN, 0 }, { c->in, POLLOUT, 0 }, { cancel_fd > 0 ? cancel_fd : -1, POLLIN, 0 } };
		int64_t left = deadline_ms < 0 ? -1 : deadline_ms - run_now_ms();
		if (deadline_ms >= 0 && left <= 0)
			return false;
		if (poll(p, 5, left > 1000000 ? 1000000 : (int)left) < 0 && errno != EINTR)
			return false;
		if (p[4].revents)
			return false;
		if (p[3].revents)
			feed(&c->in, &input);
		drain_both(a, c, out, errs, p[1].revents, p[2].revents);
		if (!p[0].revents)
			continue;
		drain_both(a, c, out, errs, c->out >= 0, c->err >= 0);
		return true;
	}
}

slu_rc run_proc(struct run_result *out, slu_arena *a, const struct run_spec *spec, slu_err *err)
{
	struct run_child c;
	bool feeds = spec->stdin_fd < 0 && spec->input.n > 0;
	unsigned pipes = (feeds ? RUN_PIPE_IN : 0u) | RUN_PIPE_OUT | (spec->merge_err ? RUN_ERR_TO_OUT : RUN_PIPE_ERR);
	SLU_TRY(run_start(&c, spec, pipes, err));
	int64_t timeout_ms = spec->timeout_ms ? spec->timeout_ms : RUN_TIMEOUT_MS;
	struct keep o = { .max = spec->max_out ? spec->max_out : SLU_MAX_OUTPUT_BYTES, .tail = spec->keep_tail };
	struct keep e = { .max = spec->max_err ? spec->max_err : SLU_MAX_OUTPUT_BYTES, .tail = spec->keep_tail };
	struct run_result r = { .exit_code = -1 };
	r.timed_out = !pump(a, &c, spec->input, &o, &e, timeout_ms < 0 ? -1 : run_now_ms() + timeout_ms, spec->cancel_fd);
	if (r.timed_out) {
		run_close(&c.in);
		kill(-c.pid, SIGTERM);
		if (!pump(a, &c, (slu_str){ 0 }, &o, &e, run_now_ms() + RUN_GRACE_MS, -1))
			kill(-c.pid, SIGKILL);
		kill(-c.pid, SIGKILL);
	}
	slu_rc rc = run_wait(&c, -1, &r.exit_code, &r.signal, err);
	run_stop(&c, 0);
	SLU_TRY(rc);
	r.out = kept(a, &o);
	r.err = kept(a, &e);
	r.out_over = o.over;
	r.err_over = e.over;
	*out = r;
	if (r.timed_out)
		return slu_fail(err, SLU_E_TIMEOUT, "%s did not end within %lld s, or is no longer wanted, and was stopped.", spec->argv[0], (long long)(timeout_ms / 1000));
	if (!spec->keep_tail && r.out_over)
		return slu_fail(err, SLU_E_LIMIT, "%s wrote more than the %zu bytes that are kept of its output.", spec->argv[0], o.max);
	return SLU_OK;
}

slu_rc run_proc_ok(struct run_result *out, slu_arena *a, const struct run_spec *spec, slu_err *err)
{
	struct run_result r;
	SLU_TRY(run_proc(&r, a, spec, err));
	if (r.exit_code == 0) {
		*out = r;
		return SLU_OK;
	}
	slu_str rest = r.err, line = { 0 };
	(void)slu_str_split(&rest, '\n', &line);
	line = slu_str_trim(line);
	if (r.signal)
		return slu_fail(err, SLU_E_IO, "%s was ended by signal %d%s%.*s.", spec->argv[0], r.signal, line.n ? ": " : "", SLU_FMT(line));
	return slu_fail(err, slu_rc_io(r.err.n ? r.err.p : ""), "%s ended with exit code %d%s%.*s.", spec->argv[0], r.exit_code, line.n ? ": " : "", SLU_FMT(line));
}
