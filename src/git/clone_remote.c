/* SPDX-License-Identifier: Apache-2.0 */
/* The remote, and merges that a person solves. */
#include "git/clone_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* An address such as ../origin.git is meant from the top of the work tree, wherever in it the user stands. */
void clone_to_remote(const struct clone *c, struct clone_call *q)
{
	q->cwd = c->here->work_tree;
	q->timeout_ms = CLONE_NET_TIMEOUT_MS;
}

/* ---- the remote -------------------------------------------------------------------------------------------------------------- */

slu_rc clone_fetch(port_clone *base, slu_str remote, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	int code = 0;
	struct clone_call q = CLONE_CALL("fetch", "--quiet", "--", slu_str_dup(a, remote));
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_shown(clone_of(base), a, &q, &code, err));
	return code == 0 ? SLU_OK : slu_fail(err, SLU_E_IO, "%.*s could not be fetched from; nothing has moved. Without the network: --no-fetch, with --no-push where it would push.", SLU_FMT(remote));
}

slu_rc clone_remote_refs(port_clone *base, slu_arena *a, slu_str remote, bool ours, const struct port_git_ref **out, size_t *n, slu_err *err)
{
	SLU_LIST(struct port_git_ref) list = { 0 };
	slu_str text = { 0 }, line, id;
	struct clone_call q = CLONE_CALL("ls-remote", "--quiet", "--refs");
	if (!ours) {
		q.arg[q.n++] = "--heads";
		q.arg[q.n++] = "--tags";
	}
	q.arg[q.n++] = "--";
	q.arg[q.n++] = slu_str_dup(a, remote);
	for (size_t i = 0; ours && i < 3; i++)
		q.arg[q.n++] = (const char *const[]){ "refs/heads/*", "refs/tags/*", "refs/sluice/*" }[i];
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, '\n', &line)) {
		struct port_git_ref r = { 0 };
		if (!slu_str_split(&line, '\t', &id))
			continue;
		SLU_TRY(slu_oid_parse(&r.id, id, err));
		r.name = line;
		r.peeled = r.id;
		*SLU_ADD(a, &list) = r;
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* "ref: refs/heads/main\tHEAD" */
slu_rc clone_remote_head(port_clone *base, slu_arena *a, slu_str remote, slu_str *out, slu_err *err)
{
	static const char before[] = "ref: refs/heads/";
	slu_str text = { 0 }, line, head = { 0 };
	struct clone_call q = CLONE_CALL("ls-remote", "--quiet", "--symref", "--", slu_str_dup(a, remote), "HEAD");
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, '\n', &line)) {
		const char *tab = line.n ? memchr(line.p, '\t', line.n) : NULL;
		if (slu_str_starts(line, before) && tab)
			head = (slu_str){ line.p + sizeof before - 1, (size_t)(tab - line.p) - (sizeof before - 1) };
	}
	*out = head;
	return SLU_OK;
}

slu_rc clone_push(port_clone *base, slu_str remote, const struct port_git_update *u, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	int code = 0;
	struct clone_call q = CLONE_CALL("push", "--quiet", "--atomic");
	if (2 * n + 6 > CLONE_ARGS)
		return slu_fail(err, SLU_E_LIMIT, "%zu refs are too many for one push.", n);
	for (size_t i = 0; i < n; i++) /* a tag that is new is refused without a lease where there is one */
		if (slu_str_starts(u[i].ref, "refs/heads/") || slu_str_starts(u[i].ref, "refs/sluice/") || !slu_oid_is_zero(&u[i].old))
			q.arg[q.n++] = slu_printf(a, "--force-with-lease=%.*s:%s", SLU_FMT(u[i].ref), slu_oid_is_zero(&u[i].old) ? "" : u[i].old.hex);
	q.arg[q.n++] = "--";
	q.arg[q.n++] = slu_str_dup(a, remote);
	for (size_t i = 0; i < n; i++)
		q.arg[q.n++] = slu_printf(a, "%s:%.*s", slu_oid_is_zero(&u[i].new_) ? "" : u[i].new_.hex, SLU_FMT(u[i].ref));
	clone_to_remote(clone_of(base), &q);
	SLU_TRY(clone_shown(clone_of(base), a, &q, &code, err));
	if (code == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%.*s did not take the push: its words stand above. Nothing has moved there, and nothing here. Where they say stale info or already exists, somebody was first: git fetch --tags, then try again.", SLU_FMT(remote));
}

static slu_rc push_refs(port_clone *base, slu_arena *a, slu_str remote, const char *const *spec, size_t n, slu_err *err)
{
	struct run_result r = { .exit_code = 0 };
	struct clone_call q = CLONE_CALL("push", "--quiet", "--atomic", "--no-verify", "--", slu_str_dup(a, remote));
	if (n + q.n > CLONE_ARGS)
		return slu_fail(err, SLU_E_LIMIT, "%zu refs are too many for one push.", n);
	for (size_t i = 0; i < n; i++)
		q.arg[q.n++] = spec[i];
	q.timeout_ms = CLONE_NET_TIMEOUT_MS;
	SLU_TRY(clone_run(clone_of(base), a, &q, &r, err));
	return r.exit_code == 0 ? SLU_OK : clone_failed(err, SLU_E_CONFLICT, slu_printf(a, "%.*s does not take a push", SLU_FMT(remote)), r.err);
}

slu_rc clone_offer(port_clone *base, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char **spec = SLU_NEW_N(a, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		spec[i] = slu_printf(a, "%s:%.*s", r[i].id.hex, SLU_FMT(r[i].name));
	return push_refs(base, a, remote, spec, n, err);
}

slu_rc clone_withdraw(port_clone *base, slu_str remote, const struct port_git_ref *r, size_t n, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char **spec = SLU_NEW_N(a, const char *, n + 1);
	struct clone_call q = CLONE_CALL("ls-remote", "--quiet", "--refs", "--", slu_str_dup(a, remote));
	slu_str text = { 0 }, line;
	size_t gone = 0;
	if (n + q.n > CLONE_ARGS)
		return slu_fail(err, SLU_E_LIMIT, "%zu refs are too many for one push.", n);
	for (size_t i = 0; i < n; i++)
		q.arg[q.n++] = slu_str_dup(a, r[i].name);
	q.timeout_ms = CLONE_NET_TIMEOUT_MS;
	SLU_TRY(clone_ok(clone_of(base), a, &q, &text, err));
	while (slu_str_split(&text, '\n', &line))
		for (size_t i = 0; i < n && gone < n; i++)
			if (slu_str_eq(line, slu_s(slu_printf(a, "%s\t%.*s", r[i].id.hex, SLU_FMT(r[i].name)))))
				spec[gone++] = slu_printf(a, ":%.*s", SLU_FMT(r[i].name));
	return gone ? push_refs(base, a, remote, spec, gone, err) : SLU_OK;
}

/* ---- a merge that a person solves ------------------------------------------------------------------------------------------------ */

slu_rc clone_solve_begin(port_clone *base, const struct port_clone_solve *s, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	struct run_result r = { .exit_code = 0 };
	const char *dir = slu_str_dup(a, s->dir);
	struct clone_call add = CLONE_CALL("worktree", "add", "--quiet", "--detach", "--", dir, s->ours.hex);
	SLU_TRY(clone_ok(c, a, &add, NULL, err));
	struct clone_call merge = CLONE_CALL("merge", "--quiet", "--no-commit", "--no-ff", "--no-verify", "--allow-unrelated-histories", s->theirs.hex);
	merge.git_dir = slu_s(slu_printf(a, "%s/.git", dir));
	merge.cwd = dir;
	return clone_run(c, a, &merge, &r, err); /* it ends with 1: that is why we are here */
}

static slu_rc still_open(struct clone *c, slu_arena *a, const char *dir, const slu_str **open, size_t *open_n, slu_err *err)
{
	SLU_LIST(slu_str) list = { 0 };
	slu_str text = { 0 }, path;
	struct clone_call q = CLONE_CALL("diff", "--name-only", "--diff-filter=U", "-z");
	q.git_dir = slu_s(slu_printf(a, "%s/.git", dir));
	q.cwd = dir;
	SLU_TRY(clone_ok(c, a, &q, &text, err));
	while (slu_str_split(&text, 0, &path))
		if (path.n)
			*SLU_ADD(a, &list) = path;
	*open = list.v;
	*open_n = list.n;
	return SLU_OK;
}

/* Somebody gave the merge up there: what stands is one side alone. */
static slu_rc is_a_merge(struct clone *c, slu_arena *a, const char *dir, const slu_oid *ours, slu_err *err)
{
	struct clone_call head = CLONE_CALL("rev-parse", "--verify", "HEAD"), merging = CLONE_CALL("rev-parse", "--quiet", "--verify", "MERGE_HEAD");
	struct run_result r = { .exit_code = 0 };
	slu_str at = { 0 };
	head.git_dir = merging.git_dir = slu_s(slu_printf(a, "%s/.git", dir));
	head.cwd = merging.cwd = dir;
	SLU_TRY(clone_ok(c, a, &head, &at, err));
	SLU_TRY(clone_run(c, a, &merging, &r, err));
	if (r.exit_code == 0 || !slu_str_is(slu_str_trim(at), ours->hex))
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "In %s the merge was given up. Begin anew: sluice abort", dir);
}

slu_rc clone_solved(port_clone *base, slu_arena *a, const struct port_clone_solve *s, slu_oid *tree, const slu_str **open, size_t *open_n, slu_err *err)
{
	struct clone *c = clone_of(base);
	const char *dir = slu_str_dup(a, s->dir);
	slu_str text = { 0 };
	if (access(dir, F_OK) != 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "The work tree %s, where the conflict was to be solved, is gone. Begin anew: sluice abort", dir);
	SLU_TRY(still_open(c, a, dir, open, open_n, err));
	if (*open_n)
		return SLU_OK;
	SLU_TRY(is_a_merge(c, a, dir, &s->ours, err));
	struct clone_call q = CLONE_CALL("write-tree");
	q.git_dir = slu_s(slu_printf(a, "%s/.git", dir));
	q.cwd = dir;
	SLU_TRY(clone_ok(c, a, &q, &text, err));
	return slu_oid_parse(tree, slu_str_trim(text), err);
}

slu_rc clone_solve_end(port_clone *base, const struct port_clone_solve *s, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	struct clone_call q = CLONE_CALL("worktree", "remove", "--force", "--force", "--", slu_str_dup(a, s->dir)), prune = CLONE_CALL("worktree", "prune");
	if (access(q.arg[q.n - 1], F_OK) == 0)
		return clone_ok(c, a, &q, NULL, err);
	return clone_ok(c, a, &prune, NULL, err);
}
