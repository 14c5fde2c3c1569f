/* SPDX-License-Identifier: Apache-2.0 */
/* The handle, running the user's git, and the folder of what is under way. */
#include "git/clone_impl.h"

#include "git/here.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT_MAX = 4 * 1024 * 1024 };
extern char **environ;

/* ---- running git --------------------------------------------------------------------------------------------------------- */

/* What would lead git elsewhere, and what we say ourselves. */
static bool is_ours(const char *entry, const struct clone_call *q)
{
	static const char *const names[] = { "GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_PREFIX=", "GIT_COMMON_DIR=", "GIT_OBJECT_DIRECTORY=", "GIT_QUARANTINE_PATH=", "LC_ALL=", "LANGUAGE=" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(entry, names[i], strlen(names[i])) == 0)
			return true;
	for (size_t i = 0; i < q->env_n; i++)
		if (strncmp(entry, q->env[i], (size_t)(strchr(q->env[i], '=') - q->env[i]) + 1) == 0)
			return true;
	return false;
}

static const char *const *environment(slu_arena *a, const struct clone_call *q)
{
	size_t all = 0, n = 0;
	while (environ[all])
		all++;
	const char **v = SLU_NEW_N(a, const char *, all + q->env_n + 2);
	for (size_t i = 0; i < q->env_n; i++)
		v[n++] = q->env[i];
	v[n++] = "LC_ALL=C.UTF-8";
	for (size_t i = 0; i < all; i++)
		if (!is_ours(environ[i], q))
			v[n++] = environ[i];
	return v;
}

struct run_spec clone_spec(struct clone *c, slu_arena *a, const struct clone_call *q)
{
	const char **argv = SLU_NEW_N(a, const char *, q->n + 4);
	size_t n = 0;
	struct run_spec s = RUN_SPEC;
	argv[n++] = "git";
	argv[n++] = q->git_dir.n ? slu_printf(a, "--git-dir=%.*s", SLU_FMT(q->git_dir)) : slu_printf(a, "--git-dir=%s", c->here->git_dir);
	if (q->work_tree.n)
		argv[n++] = slu_printf(a, "--work-tree=%.*s", SLU_FMT(q->work_tree));
	for (size_t i = 0; i < q->n; i++)
		argv[n++] = q->arg[i];
	s.argv = argv;
	s.env = environment(a, q);
	s.cwd = q->cwd ? q->cwd : c->here->work_tree; /* a remote's address may be relative to it, and hooks run there */
	s.input = q->input;
	s.timeout_ms = q->timeout_ms ? q->timeout_ms : CLONE_TIMEOUT_MS;
	s.max_out = 64u << 20;
	return s;
}

slu_rc clone_run(struct clone *c, slu_arena *a, const struct clone_call *q, struct run_result *out, slu_err *err)
{
	struct run_spec s = clone_spec(c, a, q);
	SLU_TRY(run_proc(out, a, &s, err));
	if (out->exit_code < 0)
		return slu_fail(err, SLU_E_IO, "git %s was ended by signal %d.", q->arg[0], out->signal);
	return SLU_OK;
}

slu_str clone_line(slu_str said)
{
	slu_str rest = slu_str_trim(said), line = { 0 };
	(void)slu_str_split(&rest, '\n', &line);
	if (slu_str_starts(line, "error: "))
		line = (slu_str){ line.p + 7, line.n - 7 };
	else if (slu_str_starts(line, "fatal: "))
		line = (slu_str){ line.p + 7, line.n - 7 };
	return line;
}

slu_rc clone_failed(slu_err *err, slu_rc rc, const char *what, slu_str said)
{
	slu_str line = clone_line(said);
	bool ends = slu_str_ends(line, ".");
	return slu_fail(err, rc, "%s: %.*s%s", what, SLU_FMT(line), line.n == 0 ? "git said nothing." : ends ? "" : ".");
}

slu_rc clone_ok(struct clone *c, slu_arena *a, const struct clone_call *q, slu_str *out, slu_err *err)
{
	struct run_result r = { .exit_code = 0 };
	SLU_TRY(clone_run(c, a, q, &r, err));
	if (r.exit_code != 0)
		return clone_failed(err, slu_rc_io(r.err.p), slu_printf(a, "git %s", q->arg[0]), r.err.n ? r.err : r.out);
	if (out)
		*out = r.out;
	return SLU_OK;
}

slu_rc clone_shown(struct clone *c, slu_arena *a, const struct clone_call *q, int *code, slu_err *err)
{
	struct run_spec s = clone_spec(c, a, q);
	s.foreground = true;
	struct run_child child = RUN_NO_CHILD;
	int signal = 0;
	SLU_TRY(run_start(&child, &s, RUN_ERR_INHERIT, err));
	slu_rc rc = run_wait(&child, s.timeout_ms, code, &signal, err);
	run_stop(&child, RUN_GRACE_MS);
	if (rc == SLU_E_TIMEOUT)
		return slu_fail(err, rc, "git %s took longer than %d minutes and was ended.", q->arg[0], (int)(s.timeout_ms / 60000));
	if (rc == SLU_OK && signal)
		return slu_fail(err, SLU_E_IO, "git %s was ended by signal %d.", q->arg[0], signal);
	return rc;
}

/* ---- what is under way ------------------------------------------------------------------------------------------------------ */

slu_rc clone_sync_folder(const char *path, slu_err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);
	int why = errno;
	if (fd >= 0)
		close(fd);
	return rc == 0 ? SLU_OK : slu_fail(err, slu_rc_io(strerrordesc_np(why)), "%s cannot be brought to disk: %s.", path, strerrordesc_np(why));
}

static slu_rc make_folder(slu_arena *a, const char *path, slu_err *err)
{
	char *p = slu_strdup(a, path);
	for (char *slash = strchr(p + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(p, 0777) != 0 && errno != EEXIST)
			return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "The folder %s cannot be made: %s.", p, strerrordesc_np(errno));
		*slash = '/';
	}
	return SLU_OK;
}

slu_rc clone_write(const char *path, slu_str text, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *part = slu_printf(a, "%s.new", path);
	char *folder = slu_strdup(a, path);
	*strrchr(folder, '/') = '\0';
	SLU_TRY(make_folder(a, path, err));
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be written: %s.", part, strerrordesc_np(errno));
	slu_rc rc = run_write_all(fd, text.p, text.n, -1, NULL);
	if (rc != SLU_OK)
		rc = slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be written: %s.", part, strerrordesc_np(errno));
	if (rc == SLU_OK && fsync(fd) != 0)
		rc = slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be brought to disk: %s.", part, strerrordesc_np(errno));
	close(fd);
	if (rc == SLU_OK && rename(part, path) != 0)
		rc = slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be written: %s.", path, strerrordesc_np(errno));
	if (rc != SLU_OK)
		(void)unlink(part);
	return rc == SLU_OK ? clone_sync_folder(folder, err) : rc;
}

/* From one file system to another. */
static slu_rc copy_file(const char *from, const char *to, slu_err *err)
{
	char buf[65536];
	ssize_t got = -1;
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool fine = out >= 0;
	while (fine && (got = read(in, buf, sizeof buf)) > 0)
		fine = run_write_all(out, buf, (size_t)got, -1, NULL) == SLU_OK;
	fine = fine && got == 0 && fsync(out) == 0;
	int why = errno;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return fine ? SLU_OK : slu_fail(err, slu_rc_io(strerrordesc_np(why)), "%s cannot be kept as %s: %s.", from, to, strerrordesc_np(why));
}

slu_rc clone_put_aside(const char *from, const char *to, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	SLU_TRY(make_folder(a, to, err));
	if (rename(from, to) == 0)
		return SLU_OK;
	if (errno != EXDEV)
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be kept as %s: %s.", from, to, strerrordesc_np(errno));
	return copy_file(from, to, err);
}

static const char *place(port_clone *base, slu_arena *a, const char *name)
{
	return slu_printf(a, "%s/%s", clone_of(base)->kept, name);
}

static slu_rc lock(port_clone *base, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	const char *path = place(base, a, "lock");
	if (c->lock_fd >= 0)
		return SLU_OK;
	SLU_TRY(make_folder(a, path, err));
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "%s cannot be opened: %s.", path, strerrordesc_np(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return slu_fail(err, SLU_E_BUSY, "Another sluice is at work in this repository; wait for it, then try again.");
	}
	c->lock_fd = fd;
	return SLU_OK;
}

static slu_rc read_file(slu_arena *a, const char *path, slu_str *text, bool *found, slu_err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	*found = fd >= 0;
	if (fd < 0 && errno == ENOENT)
		return SLU_OK;
	slu_rc rc = fd < 0 || fstat(fd, &st) != 0 ? slu_fail(err, SLU_E_IO, "%s cannot be read: %s.", path, strerrordesc_np(errno))
	            : st.st_size > KEPT_MAX        ? slu_fail(err, SLU_E_CORRUPT, "%s is larger than anything that was written there.", path)
	                                           : SLU_OK;
	char *p = rc == SLU_OK ? slu_alloc(a, (size_t)st.st_size + 1) : NULL;
	size_t n = 0;
	for (ssize_t got = 1; rc == SLU_OK && got > 0 && n < (size_t)st.st_size; n += (size_t)got) {
		got = read(fd, p + n, (size_t)st.st_size - n);
		if (got < 0)
			rc = slu_fail(err, SLU_E_IO, "%s cannot be read: %s.", path, strerrordesc_np(errno));
	}
	if (fd >= 0)
		close(fd);
	if (rc == SLU_OK)
		*text = (slu_str){ p, n };
	return rc;
}

static slu_rc get(port_clone *base, slu_arena *a, const char *name, slu_str *text, bool *found, slu_err *err)
{
	return read_file(a, place(base, a, name), text, found, err);
}

static slu_rc put(port_clone *base, const char *name, slu_str text, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	return clone_write(place(base, a, name), text, err);
}

static slu_rc drop(port_clone *base, const char *name, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *path = place(base, a, name);
	if (unlink(path) != 0 && errno != ENOENT)
		return slu_fail(err, SLU_E_IO, "%s cannot be removed: %s.", path, strerrordesc_np(errno));
	return SLU_OK;
}

static slu_rc put_aside(port_clone *base, const char *name, const char *to, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	return clone_put_aside(place(base, a, name), place(base, a, to), err);
}

/* ---- logs of refs ------------------------------------------------------------------------------------------------------ */

slu_rc clone_log_get(port_clone *base, slu_arena *a, slu_str ref, slu_str *text, bool *found, slu_err *err)
{
	struct stat st;
	const char *path = slu_printf(a, "%s/logs/%.*s", clone_of(base)->common, SLU_FMT(ref));
	*found = false;
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > KEPT_MAX)
		return SLU_OK;
	return read_file(a, path, text, found, err);
}

slu_rc clone_log_set(port_clone *base, slu_str ref, slu_str text, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	return clone_write(slu_printf(a, "%s/logs/%.*s", clone_of(base)->common, SLU_FMT(ref)), text, err);
}

/* ---- settings ------------------------------------------------------------------------------------------------------- */

static slu_rc setting(port_clone *base, slu_str key, const slu_str *value, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *name = slu_str_dup(a, key);
	struct clone_call q = value ? CLONE_CALL("config", "--local", "--replace-all", name, slu_str_dup(a, *value)) : CLONE_CALL("config", "--local", "--unset-all", name);
	struct run_result r = { .exit_code = 0 };
	SLU_TRY(clone_run(clone_of(base), a, &q, &r, err));
	if (r.exit_code == 0 || (!value && r.exit_code == 5)) /* 5: it is not there */
		return SLU_OK;
	return clone_failed(err, SLU_E_IO, slu_printf(a, "The setting %s cannot be changed", name), r.err);
}

/* ---- the handle ---------------------------------------------------------------------------------------------------------------- */

static void clone_close(port_clone *base)
{
	struct clone *c = clone_of(base);
	clone_refs_end(c);
	if (c->lock_fd >= 0)
		close(c->lock_fd);
	slu_arena_free(c->own);
}

static const struct port_clone_ops ops = {
	.close = clone_close,
	.trees = clone_trees,
	.busy = clone_busy,
	.dirty = clone_dirty,
	.identity = clone_identity,
	.lock = lock,
	.get = get,
	.put = put,
	.drop = drop,
	.put_aside = put_aside,
	.place = place,
	.commit = clone_commit,
	.tag = clone_tag,
	.hold = clone_hold,
	.release = clone_release,
	.prove = clone_prove,
	.follow = clone_follow,
	.head = clone_head,
	.followed = clone_followed,
	.setting = setting,
	.link = clone_link,
	.log_get = clone_log_get,
	.log_set = clone_log_set,
	.refs = clone_refs,
	.fetch = clone_fetch,
	.remote_head = clone_remote_head,
	.remote_refs = clone_remote_refs,
	.push = clone_push,
	.offer = clone_offer,
	.withdraw = clone_withdraw,
	.prune = clone_prune,
	.gc = clone_gc,
	.fsck = clone_fsck,
	.size = clone_size,
	.solve_begin = clone_solve_begin,
	.solved = clone_solved,
	.solve_end = clone_solve_end,
};

slu_rc git_clone_open(port_clone **out, const struct port_git_here *here, slu_err *err)
{
	char real[PATH_MAX];
	slu_arena *own = slu_arena_new();
	struct clone *c = SLU_NEW(own, struct clone);
	*c = (struct clone){ .base = { &ops }, .own = own, .here = here, .lock_fd = -1, .mover = RUN_NO_CHILD };
	if (!realpath(git_common_dir(own, here->git_dir), real)) {
		slu_arena_free(own);
		return slu_fail(err, SLU_E_IO, "The folder of the repository %s cannot be found: %s.", here->git_dir, strerrordesc_np(errno));
	}
	c->common = slu_strdup(own, real);
	c->kept = slu_printf(own, "%s/sluice/flow", c->common);
	*out = &c->base;
	return SLU_OK;
}
