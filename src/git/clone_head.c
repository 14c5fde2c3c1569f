/* SPDX-License-Identifier: Apache-2.0 */
/* HEAD, as git-symbolic-ref(1) and git-switch(1) leave it: a lock, a rename, and a line that `git switch -` reads; and the hooks that follow. */
#include "git/clone_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static slu_str short_of(slu_str head)
{
	static const char heads[] = "refs/heads/";
	size_t n = sizeof heads - 1;
	return slu_str_starts(head, heads) ? (slu_str){ head.p + n, head.n - n } : head;
}

/* Only where there is a log, or git would begin one. */
static void note(struct clone *c, slu_arena *a, const struct port_clone_head *h)
{
	struct port_git_ident who = { 0 };
	struct tm local;
	time_t now = time(NULL);
	slu_str log = clone_setting(c, "core.logallrefupdates");
	int fd = open(slu_printf(a, "%.*s/logs/HEAD", SLU_FMT(h->git_dir)), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (slu_str_in(log, "false no off 0") ? 0 : O_CREAT), 0666);
	if (fd < 0 || clone_identity(&c->base, a, &who, NULL) != SLU_OK || !localtime_r(&now, &local)) {
		if (fd >= 0)
			close(fd);
		return; /* what it would have told is told by our own log */
	}
	long east = local.tm_gmtoff / 60, size = east < 0 ? -east : east;
	const slu_oid zero = slu_oid_zero();
	const char *line = slu_printf(a, "%s %s %.*s <%.*s> %lld %c%02ld%02ld\tcheckout: moving from %.*s to %.*s\n", slu_oid_is_zero(&h->old) ? zero.hex : h->old.hex, h->new_.hex, SLU_FMT(who.name), SLU_FMT(who.email),
	                              (long long)now, east < 0 ? '-' : '+', size / 60, size % 60, SLU_FMT(short_of(h->from)), SLU_FMT(short_of(h->to)));
	(void)!run_write_all(fd, line, strlen(line), -1, NULL);
	close(fd);
}

/* HEAD.lock is a hard link of a file of ours: one that a killed sluice left is told from another git's. */
static slu_rc lock_head(const char *mine, const char *lock, const char *text, slu_err *err)
{
	struct stat a, b;
	if (stat(mine, &a) == 0 && stat(lock, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev)
		(void)unlink(lock);
	SLU_TRY(clone_write(mine, slu_s(text), err));
	if (link(mine, lock) == 0)
		return SLU_OK;
	return slu_fail(err, errno == EEXIST ? SLU_E_BUSY : slu_rc_io(strerrordesc_np(errno)), "%s cannot be made: %s. If no Git runs here, remove it.", lock, strerrordesc_np(errno));
}

static slu_rc write_head(slu_arena *a, const struct port_clone_head *h, slu_err *err)
{
	const char *file = slu_printf(a, "%.*s/HEAD", SLU_FMT(h->git_dir)), *lock = slu_printf(a, "%s.lock", file), *mine = slu_printf(a, "%.*s/sluice-HEAD", SLU_FMT(h->git_dir));
	SLU_TRY(lock_head(mine, lock, slu_printf(a, slu_str_starts(h->to, "refs/") ? "ref: %.*s\n" : "%.*s\n", SLU_FMT(h->to)), err));
	int rc = rename(lock, file), why = errno;
	if (rc != 0)
		(void)unlink(lock);
	(void)unlink(mine);
	return rc == 0 ? SLU_OK : slu_fail(err, slu_rc_io(strerrordesc_np(why)), "%s cannot be written: %s.", file, strerrordesc_np(why));
}

slu_rc clone_head(port_clone *base, const struct port_clone_head *h, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	const char *target = slu_str_dup(a, h->to), *why = slu_printf(a, "checkout: moving from %.*s to %.*s", SLU_FMT(short_of(h->from)), SLU_FMT(short_of(h->to)));
	if (clone_setting(c, "extensions.refstorage").n == 0) {
		SLU_TRY(write_head(a, h, err));
		note(c, a, h);
		return SLU_OK;
	}
	struct clone_call q = slu_str_starts(h->to, "refs/") ? CLONE_CALL("symbolic-ref", "-m", why, "HEAD", target) : CLONE_CALL("update-ref", "--no-deref", "-m", why, "HEAD", target);
	q.git_dir = h->git_dir;
	return clone_ok(c, a, &q, NULL, err);
}

slu_rc clone_link(port_clone *base, slu_str name, slu_str target, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	struct run_result r = { .exit_code = 0 };
	const char *ref = slu_str_dup(a, name);
	struct clone_call look = CLONE_CALL("symbolic-ref", "--quiet", ref);
	struct clone_call q = target.n ? CLONE_CALL("symbolic-ref", "-m", "sluice: it follows the remote", ref, slu_str_dup(a, target)) : CLONE_CALL("symbolic-ref", "--delete", ref);
	SLU_TRY(clone_run(c, a, &look, &r, err));
	if (r.exit_code == 0 ? slu_str_eq(slu_str_trim(r.out), target) : target.n == 0)
		return SLU_OK;
	return clone_ok(c, a, &q, NULL, err);
}

/* ---- hooks ---------------------------------------------------------------------------------------------------------------------- */

void clone_followed(port_clone *base, const struct port_clone_move *m, bool switched)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	const char *name = switched ? "post-checkout" : "post-merge";
	const slu_oid zero = slu_oid_zero();
	int code = 0;
	if (clone_setting(c, "core.hookspath").n == 0 && access(slu_printf(a, "%s/hooks/%s", c->common, name), X_OK) != 0)
		return;
	struct clone_call q = CLONE_CALL("hook", "run", "--ignore-missing", name, "--");
	if (switched) {
		q.arg[q.n++] = slu_oid_is_zero(&m->from) ? zero.hex : m->from.hex;
		q.arg[q.n++] = m->to.hex;
	}
	q.arg[q.n++] = switched ? "1" : "0"; /* a branch, not single files; no squash */
	q.git_dir = m->git_dir;
	q.work_tree = m->path;
	q.cwd = slu_str_dup(a, m->path);
	(void)!clone_shown(c, a, &q, &code, NULL);
}
