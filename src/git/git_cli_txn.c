/* SPDX-License-Identifier: Apache-2.0 */
/* Refs move: one `git update-ref --stdin` that locks all, waits, and then moves all or none. */
#include "git/git_cli_impl.h"

#include <unistd.h>

struct cli_txn {
	struct port_git_txn base;
	struct run_child c;
};

enum { TXN_TIMEOUT_MS = 60000 };

static slu_rc txn_start(struct cli_txn *t, struct git_cli *g, slu_str reflog, slu_err *err)
{
	const char *argv[16] = { "git", slu_printf(t->base.a, "--git-dir=%s", g->path), "-c", "core.hooksPath=/dev/null", "update-ref", "--no-deref" };
	size_t n = 6;
	if (reflog.n > 0) {
		char *line = slu_str_dup(t->base.a, reflog);
		for (char *p = line; *p; p++)
			if (*p == '\n')
				*p = ' ';
		argv[n++] = "-m";
		argv[n++] = line;
	}
	argv[n++] = "-z";
	argv[n++] = "--stdin";
	struct git_env env;
	git_env_init(&env, t->base.a);
	git_env_add(&env, t->base.a, "GIT_COMMITTER_NAME", "sluice");
	git_env_add(&env, t->base.a, "GIT_COMMITTER_EMAIL", "sluice@localhost");
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = env.v;
	s.cwd = "/";
	s.inherit = &g->lock_fd; /* held as long as refs may still move, also when the server is killed */
	s.inherit_n = g->lock_fd >= 0 ? 1 : 0;
	return run_start(&t->c, &s, RUN_PIPE_IN | RUN_PIPE_OUT | RUN_PIPE_ERR, err);
}

/** The ref that a complaint names in single quotes. */
static slu_str quoted(slu_str text)
{
	const char *from = text.n ? memchr(text.p, '\'', text.n) : NULL;
	if (!from)
		return (slu_str){ 0 };
	size_t left = text.n - (size_t)(from + 1 - text.p);
	const char *to = memchr(from + 1, '\'', left);
	return to ? (slu_str){ from + 1, (size_t)(to - from - 1) } : (slu_str){ 0 };
}

static slu_rc txn_why(struct cli_txn *t, slu_err *err)
{
	char buf[4096];
	size_t n = 0, got = 0;
	int64_t deadline = run_now_ms() + 2000;
	while (n < sizeof buf - 1 && run_read_some(t->c.err, buf + n, sizeof buf - 1 - n, deadline, &got, NULL) == SLU_OK && got > 0)
		n += got;
	buf[n] = '\0';
	slu_str text = slu_str_trim((slu_str){ buf, n }), line = { 0 };
	(void)slu_str_split(&text, '\n', &line);
	slu_str ref = quoted(line);
	static const char *const conflicts[] = { "but expected", "reference already exists", "unable to resolve reference", "cannot lock ref", "exists; cannot create", "File exists" };
	for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++)
		if (strstr(buf, conflicts[i]))
			return slu_fail(err, SLU_E_CONFLICT, "The ref %.*s is not where it was expected: somebody else moved it (%.*s).", SLU_FMT(ref), SLU_FMT(line));
	return slu_fail(err, slu_rc_io(buf), "The refs could not be moved: %.*s.", SLU_FMT(line));
}

/** Send `text` and wait for the line that says it is done. */
static slu_rc txn_step(struct cli_txn *t, slu_str text, const char *want, slu_err *err)
{
	int64_t deadline = run_now_ms() + TXN_TIMEOUT_MS;
	slu_err write_err = { 0 };
	slu_rc rc = run_write_all(t->c.in, text.p, text.n, deadline, &write_err);
	if (rc == SLU_E_TIMEOUT)
		return slu_fail(err, rc, "git update-ref does not take its commands.");
	char buf[256];
	size_t n = 0, got = 0;
	while (rc == SLU_OK && n < sizeof buf - 1 && run_read_some(t->c.out, buf + n, sizeof buf - 1 - n, deadline, &got, NULL) == SLU_OK && got > 0) {
		n += got;
		buf[n] = '\0';
		if (strstr(buf, want))
			return SLU_OK;
	}
	return txn_why(t, err);
}

static void txn_free(struct cli_txn *t)
{
	run_stop(&t->c, RUN_GRACE_MS); /* asked first: then it takes its locks with it */
	slu_arena_free(t->base.a);
}

static slu_rc commands(slu_buf *b, const struct port_git_update *u, size_t n, slu_err *err)
{
	slu_buf_add(b, "start", 6);
	for (size_t i = 0; i < n; i++) {
		if (!git_ref_name_ok(u[i].ref))
			return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no name that a ref can have.", SLU_FMT(u[i].ref));
		bool create = slu_oid_is_zero(&u[i].old), gone = slu_oid_is_zero(&u[i].new_);
		if (create && gone)
			return slu_fail(err, SLU_E_INVALID, "The ref %.*s is neither made nor moved nor deleted.", SLU_FMT(u[i].ref));
		slu_buf_addf(b, "%s %.*s", gone ? "delete" : create ? "create" : "update", SLU_FMT(u[i].ref));
		slu_buf_addc(b, 0);
		if (!gone)
			slu_buf_add(b, u[i].new_.hex, strlen(u[i].new_.hex) + 1);
		if (!create)
			slu_buf_add(b, u[i].old.hex, strlen(u[i].old.hex) + 1);
	}
	slu_buf_add(b, "prepare", 8);
	return b->over ? slu_fail(err, SLU_E_LIMIT, "Too many refs are moved at once.") : SLU_OK;
}

slu_rc git_cli_txn_prepare(port_git *base, port_git_txn **out, const struct port_git_update *u, size_t n, slu_str reflog, slu_err *err)
{
	slu_arena *a = slu_arena_new();
	struct cli_txn *t = SLU_NEW(a, struct cli_txn);
	t->base.a = a;
	t->c = RUN_NO_CHILD;
	slu_buf b;
	slu_buf_init(&b, 64u << 20);
	slu_rc rc = commands(&b, u, n, err);
	if (rc == SLU_OK)
		rc = txn_start(t, git_cli_of(base), reflog, err);
	if (rc == SLU_OK)
		rc = txn_step(t, slu_buf_str(&b), "prepare: ok", err);
	slu_buf_release(&b);
	if (rc == SLU_OK)
		*out = &t->base;
	else
		git_cli_txn_abort(&t->base);
	return rc;
}

slu_rc git_cli_txn_commit(port_git_txn *base, slu_err *err)
{
	struct cli_txn *t = (struct cli_txn *)(void *)base;
	slu_rc rc = txn_step(t, (slu_str){ "commit", 7 }, "commit: ok", err);
	int code = 0, sig = 0;
	if (rc == SLU_OK) {
		run_close(&t->c.in);
		rc = run_wait(&t->c, TXN_TIMEOUT_MS, &code, &sig, err);
	}
	if (rc == SLU_OK && (code != 0 || sig != 0))
		rc = slu_fail(err, SLU_E_IO, "git update-ref ended with exit code %d (signal %d) after it had moved the refs.", code, sig);
	txn_free(t);
	return rc;
}

/** The end of its input makes update-ref unlock everything; it is killed only when it does not end by itself. */
void git_cli_txn_abort(port_git_txn *base)
{
	struct cli_txn *t = (struct cli_txn *)(void *)base;
	if (!t)
		return;
	int code = 0, sig = 0;
	run_close(&t->c.in);
	if (t->c.pid)
		(void)!run_wait(&t->c, 5000, &code, &sig, NULL);
	txn_free(t);
}
