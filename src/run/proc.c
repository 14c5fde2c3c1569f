/* SPDX-License-Identifier: Apache-2.0 */
#include "run/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int64_t run_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void run_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* ---- starting -------------------------------------------------------------------------------------------------------- */

struct ends {
	int child[3]; /* what becomes 0, 1, 2 of the child; closed by us afterwards when `own` */
	bool own[3];
	int ours[3];
};

static int pipe_for(struct ends *e, int i, bool want)
{
	if (want) {
		int p[2];
		if (pipe2(p, O_CLOEXEC) != 0)
			return errno;
		e->child[i] = i == 0 ? p[0] : p[1];
		e->ours[i] = i == 0 ? p[1] : p[0];
		(void)fcntl(e->ours[i], F_SETFL, O_NONBLOCK);
	} else {
		e->child[i] = open("/dev/null", (i == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
		if (e->child[i] < 0)
			return errno;
	}
	e->own[i] = true;
	return 0;
}

static void ends_release(struct ends *e, bool ours_too)
{
	for (int i = 0; i < 3; i++) {
		if (e->own[i])
			run_close(&e->child[i]);
		if (ours_too)
			run_close(&e->ours[i]);
	}
}

static int ends_open(struct ends *e, const struct run_spec *spec, unsigned pipes)
{
	*e = (struct ends){ { -1, -1, -1 }, { 0 }, { -1, -1, -1 } };
	int rc = 0;
	if (spec->stdin_fd >= 0 && !(pipes & RUN_PIPE_IN))
		e->child[0] = spec->stdin_fd;
	else
		rc = pipe_for(e, 0, pipes & RUN_PIPE_IN);
	if (!rc)
		rc = pipe_for(e, 1, pipes & RUN_PIPE_OUT);
	if (rc)
		return rc;
	if (pipes & RUN_ERR_TO_OUT)
		e->child[2] = e->child[1];
	else if (pipes & RUN_ERR_INHERIT)
		e->child[2] = 2;
	else
		rc = pipe_for(e, 2, pipes & RUN_PIPE_ERR);
	return rc;
}

/* What the child does between fork and exec: descriptors in place. dup2 of a descriptor onto itself clears
   close-on-exec (glibc since 2.29), which is how one is inherited under its own number. */
static int actions(posix_spawn_file_actions_t *fa, const struct ends *e, const struct run_spec *spec)
{
	int rc = 0;
	for (int i = 0; i < 3 && !rc; i++)
		rc = posix_spawn_file_actions_adddup2(fa, e->child[i], i);
	for (size_t i = 0; i < spec->inherit_n && !rc; i++)
		if (spec->inherit[i] > 2)
			rc = posix_spawn_file_actions_adddup2(fa, spec->inherit[i], spec->inherit[i]);
	if (!rc && spec->cwd)
		rc = posix_spawn_file_actions_addchdir_np(fa, spec->cwd);
	return rc;
}

static int attributes(posix_spawnattr_t *at, bool foreground)
{
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	int rc = posix_spawnattr_setflags(at, (short)((foreground ? 0 : POSIX_SPAWN_SETPGROUP) | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
	if (!rc && !foreground)
		rc = posix_spawnattr_setpgroup(at, 0);
	if (!rc)
		rc = posix_spawnattr_setsigmask(at, &none);
	if (!rc)
		rc = posix_spawnattr_setsigdefault(at, &all);
	return rc;
}

static int spawn(pid_t *pid, const struct ends *e, const struct run_spec *spec)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	int rc = posix_spawn_file_actions_init(&fa);
	if (rc)
		return rc;
	rc = posix_spawnattr_init(&at);
	if (rc) {
		posix_spawn_file_actions_destroy(&fa);
		return rc;
	}
	static const char *const nothing[] = { NULL };
	rc = actions(&fa, e, spec);
	if (!rc)
		rc = attributes(&at, spec->foreground);
	if (!rc) /* POSIX promises not to write to the strings; its prototype is older than const */
		rc = posix_spawnp(pid, spec->argv[0], &fa, &at, (char *const *)(uintptr_t)spec->argv, (char *const *)(uintptr_t)(spec->env ? spec->env : nothing));
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	return rc;
}

slu_rc run_start(struct run_child *out, const struct run_spec *spec, unsigned pipes, slu_err *err)
{
	struct ends e;
	pid_t pid = 0;
	int rc = ends_open(&e, spec, pipes);
	if (!rc)
		rc = spawn(&pid, &e, spec);
	ends_release(&e, rc != 0);
	if (rc == ENOENT)
		return slu_fail(err, SLU_E_NOT_FOUND, "The program %s (in the folder %s) is not there.", spec->argv[0], spec->cwd ? spec->cwd : ".");
	if (rc)
		return slu_fail(err, SLU_E_IO, "The program %s could not be started: %s.", spec->argv[0], strerrordesc_np(rc));
	int pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pid_fd < 0) {
		rc = errno;
		kill(spec->foreground ? pid : -pid, SIGKILL);
		waitpid(pid, NULL, 0);
		ends_release(&e, true);
		return slu_fail(err, SLU_E_IO, "The program %s could not be watched: %s.", spec->argv[0], strerrordesc_np(rc));
	}
	*out = (struct run_child){ pid, pid_fd, e.ours[0], e.ours[1], e.ours[2], spec->cancel_fd, spec->foreground };
	return SLU_OK;
}

/* ---- ending ---------------------------------------------------------------------------------------------------------- */

static int wait_ms(int64_t deadline_ms)
{
	if (deadline_ms < 0)
		return -1;
	int64_t left = deadline_ms - run_now_ms();
	return left < 0 ? 0 : left > 1000000 ? 1000000 : (int)left;
}

/** Wait until the child has ended, without reaping it. @return false: the deadline passed, or cancel_fd (> 0) became readable */
static bool ended_by(const struct run_child *c, int64_t deadline_ms, int cancel_fd)
{
	for (;;) {
		struct pollfd p[2] = { { c->pid_fd, POLLIN, 0 }, { cancel_fd > 0 ? cancel_fd : -1, POLLIN, 0 } };
		int n = poll(p, 2, wait_ms(deadline_ms));
		if (n > 0)
			return p[0].revents != 0;
		if (n == 0 && deadline_ms >= 0 && run_now_ms() >= deadline_ms)
			return false;
		if (n < 0 && errno != EINTR)
			return true;
	}
}

/** Reap. @return the wait status */
static int reap(struct run_child *c)
{
	int status = 0;
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	run_close(&c->pid_fd);
	return status;
}

slu_rc run_wait(struct run_child *c, int64_t timeout_ms, int *exit_code, int *signal, slu_err *err)
{
	if (c->pid == 0)
		return slu_fail(err, SLU_E_INTERNAL, "A child process was waited for twice.");
	int64_t deadline_ms = timeout_ms < 0 ? -1 : run_now_ms() + timeout_ms;
	if (!ended_by(c, deadline_ms, c->cancel_fd) && (deadline_ms < 0 || run_now_ms() < deadline_ms))
		return slu_fail(err, SLU_E_BUSY, "The server ends, and with it what had not ended by itself.");
	if (!ended_by(c, 0, 0))
		return slu_fail(err, SLU_E_TIMEOUT, "A child process did not end within %lld ms.", (long long)timeout_ms);
	int status = reap(c);
	*signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	*exit_code = WIFSIGNALED(status) ? -1 : WEXITSTATUS(status);
	return SLU_OK;
}

/** End the group (of one in the foreground: itself): asked first, then killed. The leader is left to be reaped. */
static void end_group(const struct run_child *c, int64_t grace_ms)
{
	pid_t whom = c->foreground ? c->pid : -c->pid;
	if (grace_ms > 0 && kill(whom, SIGTERM) == 0 && ended_by(c, run_now_ms() + grace_ms, 0)) {
		kill(whom, SIGKILL); /* what of the group is left: its id is ours until the leader is reaped */
		return;
	}
	kill(whom, SIGKILL);
	(void)ended_by(c, -1, 0);
}

void run_stop(struct run_child *c, int64_t grace_ms)
{
	run_close(&c->in);
	if (c->pid > 0) {
		end_group(c, grace_ms);
		(void)reap(c);
	}
	run_close(&c->out);
	run_close(&c->err);
}

/* ---- bytes ----------------------------------------------------------------------------------------------------------- */

static slu_rc wait_fd(int fd, short events, int64_t deadline_ms, slu_err *err)
{
	for (;;) {
		struct pollfd p = { fd, events, 0 };
		int n = poll(&p, 1, wait_ms(deadline_ms));
		if (n > 0)
			return SLU_OK;
		if (n == 0 && deadline_ms >= 0 && run_now_ms() >= deadline_ms)
			return slu_fail(err, SLU_E_TIMEOUT, "The other side of a pipe or socket did not answer in time.");
		if (n < 0 && errno != EINTR)
			return slu_fail(err, SLU_E_IO, "A pipe or socket cannot be waited for: %s.", strerrordesc_np(errno));
	}
}

ssize_t run_write(int fd, const void *bytes, size_t n)
{
	sigset_t pipe_only, before, pending;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
	ssize_t w = write(fd, bytes, n);
	int e = errno;
	if (w < 0 && e == EPIPE && !sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe_only, NULL, &(struct timespec){ 0 }); /* the one we raised; an ignored one is not there */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = e;
	return w;
}

slu_rc run_write_all(int fd, const void *bytes, size_t n, int64_t deadline_ms, slu_err *err)
{
	const char *p = bytes;
	while (n > 0) {
		ssize_t w = run_write(fd, p, n);
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		} else if (w < 0 && errno == EAGAIN) {
			SLU_TRY(wait_fd(fd, POLLOUT, deadline_ms, err));
		} else if (w < 0 && errno != EINTR) {
			return slu_fail(err, SLU_E_IO, "The other side of a pipe or socket is gone: %s.", strerrordesc_np(errno));
		}
	}
	return SLU_OK;
}

slu_rc run_read_some(int fd, void *buf, size_t cap, int64_t deadline_ms, size_t *n, slu_err *err)
{
	for (;;) {
		ssize_t r = read(fd, buf, cap);
		if (r >= 0) {
			*n = (size_t)r;
			return SLU_OK;
		}
		if (errno == EAGAIN)
			SLU_TRY(wait_fd(fd, POLLIN, deadline_ms, err));
		else if (errno != EINTR)
			return slu_fail(err, SLU_E_IO, "A pipe or socket cannot be read: %s.", strerrordesc_np(errno));
	}
}
