/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refs, moved by the user's own git with his hooks and reflogs. One update-ref takes all transactions of an operation, one after the other;
 * between them it holds no lock, and it ends when its input does.
 */
#include "git/clone_impl.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SAID_MAX = 1 << 20 };

static void add_update(slu_buf *b, const struct port_git_update *u)
{
	bool create = slu_oid_is_zero(&u->old), gone = slu_oid_is_zero(&u->new_);
	slu_buf_addf(b, "%s %.*s", gone ? "delete" : create ? "create" : "update", SLU_FMT(u->ref));
	slu_buf_addc(b, 0);
	if (!gone)
		slu_buf_add(b, u->new_.hex, strlen(u->new_.hex) + 1);
	if (!create)
		slu_buf_add(b, u->old.hex, strlen(u->old.hex) + 1);
}

/* A lock that a killed git of ours left. Whoever works with refs holds one for a moment only: one that outlives a wait is nobody's. */
static void clear_lock(struct clone *c, slu_arena *a, slu_str ref)
{
	const char *lock = slu_printf(a, "%s/%.*s.lock", c->common, SLU_FMT(ref));
	struct stat before, after;
	if (stat(lock, &before) != 0)
		return;
	const struct timespec second = { 1, 0 };
	(void)nanosleep(&second, NULL);
	if (stat(lock, &after) == 0 && before.st_ino == after.st_ino && before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
		(void)unlink(lock);
}

static slu_rc begin(struct clone *c, slu_arena *a, slu_str reflog, slu_err *err)
{
	struct clone_call q = CLONE_CALL("update-ref", "-m", slu_str_dup(a, reflog), "--no-deref", "--create-reflog", "-z", "--stdin");
	if (c->mover.pid)
		return SLU_OK;
	struct run_spec s = clone_spec(c, a, &q);
	return run_start(&c->mover, &s, RUN_PIPE_IN | RUN_PIPE_OUT | RUN_ERR_TO_OUT, err);
}

void clone_refs_end(struct clone *c)
{
	int code = 0, sig = 0;
	run_close(&c->mover.in);
	if (c->mover.pid)
		(void)!run_wait(&c->mover, CLONE_TIMEOUT_MS, &code, &sig, NULL);
	run_stop(&c->mover, RUN_GRACE_MS);
	c->mover = RUN_NO_CHILD;
}

static bool has_line(slu_str text, const char *want)
{
	slu_str line;
	while (slu_str_split(&text, '\n', &line))
		if (slu_str_is(line, want))
			return true;
	return false;
}

/* What was wrong: git's last words, and before them what the user's hook said. */
static slu_rc why(slu_arena *a, slu_str said, slu_err *err)
{
	static const char *const unmoved[] = { "but expected", "already exists", "unable to resolve", "aborted by hook" };
	slu_str rest = said, line, fatal = said, hook = { 0 };
	while (slu_str_split(&rest, '\n', &line)) {
		if (slu_str_starts(line, "fatal: "))
			fatal = line;
		else if (hook.n == 0 && !slu_str_ends(line, ": ok"))
			hook = slu_str_trim(line);
	}
	slu_rc rc = slu_rc_io(said.p);
	for (size_t i = 0; i < sizeof unmoved / sizeof *unmoved; i++)
		if (fatal.n && memmem(fatal.p, fatal.n, unmoved[i], strlen(unmoved[i])))
			rc = SLU_E_CONFLICT;
	if (hook.n && hook.p != fatal.p)
		return clone_failed(err, rc, "The branches and tags did not move", slu_s(slu_printf(a, "%.*s: %.*s", SLU_FMT(clone_line(fatal)), SLU_FMT(hook))));
	return clone_failed(err, rc, "The branches and tags did not move", fatal);
}

/* Send it, and read up to the line that says that it is done. */
static slu_rc ask(struct clone *c, slu_arena *a, slu_str text, slu_err *err)
{
	int64_t deadline = run_now_ms() + CLONE_TIMEOUT_MS;
	slu_auto_buf said;
	char piece[4096];
	size_t got = 1;
	slu_buf_init(&said, SAID_MAX);
	slu_rc rc = run_write_all(c->mover.in, text.p, text.n, deadline, NULL); /* where it has ended, it has said why */
	while (rc != SLU_E_TIMEOUT && got > 0 && !said.over && !has_line(slu_buf_str(&said), "commit: ok")) {
		rc = run_read_some(c->mover.out, piece, sizeof piece, deadline, &got, NULL);
		slu_buf_add(&said, piece, rc == SLU_OK ? got : 0);
		got = rc == SLU_OK ? got : 0;
	}
	if (has_line(slu_buf_str(&said), "commit: ok"))
		return SLU_OK;
	slu_buf_addc(&said, '\0');
	clone_refs_end(c);
	return rc == SLU_E_TIMEOUT ? slu_fail(err, rc, "git update-ref does not answer: whether the branches and tags moved is not known.") : why(a, slu_s(slu_buf_str(&said).p), err);
}

slu_rc clone_refs(port_clone *base, const struct port_git_update *u, size_t n, slu_str reflog, bool anew, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf b;
	slu_buf_init(&b, 16u << 20);
	if (n == 0)
		return SLU_OK;
	slu_buf_add(&b, "start", sizeof "start");
	for (size_t i = 0; i < n; i++) {
		if (anew)
			clear_lock(c, a, u[i].ref);
		add_update(&b, &u[i]);
	}
	slu_buf_add(&b, "commit", sizeof "commit");
	if (anew)
		clear_lock(c, a, SLU_STR("packed-refs"));
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "Too many refs are moved at once.");
	SLU_TRY(begin(c, a, reflog, err));
	return ask(c, a, slu_buf_str(&b), err);
}
