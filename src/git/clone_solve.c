/* SPDX-License-Identifier: Apache-2.0 */
/* Merges that a person solves, and single commits that are put on top of others, in a work tree of their own. */
#include "git/clone_impl.h"

#include <unistd.h>

static struct clone_call in_tree(struct clone_call q, slu_arena *a, const char *dir)
{
	q.git_dir = slu_s(slu_printf(a, "%s/.git", dir));
	q.cwd = dir;
	return q;
}
#define NO_HOOKS "-c", "core.hooksPath=/dev/null" /* of what is only laid out; what the person does there runs them */
#define IN_TREE(a, dir, ...) in_tree(CLONE_CALL(__VA_ARGS__), a, dir)

/* ---- begin and end ---------------------------------------------------------------------------------------------------------- */

/* A work tree with the files of one side. One that is there is gone on with, so that who stands in it stays; unless it is broken. */
static slu_rc files_of_ours(port_clone *base, slu_arena *a, const struct port_clone_solve *s, const char *dir, slu_err *err)
{
	struct clone *c = clone_of(base);
	const struct clone_call again = IN_TREE(a, dir, NO_HOOKS, "checkout", "--quiet", "--force", "--detach", s->ours.hex, "--");
	const struct clone_call add = CLONE_CALL(NO_HOOKS, "worktree", "add", "--quiet", "--force", "--detach", "--", dir, s->ours.hex);
	struct run_result r = { .exit_code = 1 };
	if (access(dir, F_OK) == 0) {
		SLU_TRY(clone_run(c, a, &again, &r, err));
		if (r.exit_code == 0)
			return SLU_OK;
		SLU_TRY(clone_solve_end(base, s, err));
	}
	return clone_ok(c, a, &add, NULL, err);
}

slu_rc clone_solve_begin(port_clone *base, const struct port_clone_solve *s, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct run_result r = { .exit_code = 0 };
	const char *dir = slu_str_dup(a, s->dir);
	const struct clone_call merge = IN_TREE(a, dir, NO_HOOKS, "merge", "--quiet", "--no-commit", "--no-ff", "--no-verify", "--allow-unrelated-histories", s->theirs.hex);
	const struct clone_call pick = IN_TREE(a, dir, NO_HOOKS, "-c", "commit.gpgsign=false", "cherry-pick", s->theirs.hex);
	SLU_TRY(files_of_ours(base, a, s, dir, err));
	return clone_run(clone_of(base), a, s->pick ? &pick : &merge, &r, err); /* it ends with 1: that is why we are here */
}

/* The name comes from a file: what is not in our folder is none of our work trees, whatever is there. */
static bool is_ours(const struct clone *c, slu_arena *a, const char *dir)
{
	const char *ours = slu_printf(a, "%s/solve-", c->kept);
	return strncmp(dir, ours, strlen(ours)) == 0 && !strchr(dir + strlen(ours), '/');
}

/* Where a kill has left something that git does not take for a work tree. */
static slu_rc remove_rest(struct clone *c, slu_arena *a, const char *dir, slu_err *err)
{
	const struct clone_call prune = CLONE_CALL("worktree", "prune");
	if (is_ours(c, a, dir))
		clone_remove_folder(dir);
	return clone_ok(c, a, &prune, NULL, err);
}

slu_rc clone_solve_end(port_clone *base, const struct port_clone_solve *s, slu_err *err)
{
	struct clone *c = clone_of(base);
	slu_auto_arena *a = slu_arena_new();
	const char *dir = slu_str_dup(a, s->dir);
	const struct clone_call q = CLONE_CALL("worktree", "remove", "--force", "--force", "--", dir);
	struct run_result r = { .exit_code = 0 };
	if (access(dir, F_OK) != 0)
		return remove_rest(c, a, dir, err);
	SLU_TRY(clone_run(c, a, &q, &r, err));
	if (r.exit_code == 0)
		return SLU_OK;
	SLU_TRY(remove_rest(c, a, dir, err));
	return is_ours(c, a, dir) && access(dir, F_OK) == 0 ? clone_failed(err, SLU_E_IO, slu_printf(a, "The work tree %s cannot be removed", dir), r.err) : SLU_OK;
}

/* ---- what came of it -------------------------------------------------------------------------------------------------------- */

static slu_rc paths_of(struct clone *c, slu_arena *a, const struct clone_call *q, const slu_str **out, size_t *n, slu_err *err)
{
	SLU_LIST(slu_str) list = { 0 };
	slu_str text = { 0 }, path;
	SLU_TRY(clone_ok(c, a, q, &text, err));
	while (slu_str_split(&text, 0, &path))
		if (path.n)
			*SLU_ADD(a, &list) = path;
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

static slu_rc given_up(const struct port_clone_solve *s, slu_err *err)
{
	if (s->pick)
		return slu_fail(err, SLU_E_CONFLICT, "In %.*s the commit was given up. To leave it out of the branch, say so there: git commit --allow-empty -m \"left out\", then: sluice continue. To begin anew: sluice abort", SLU_FMT(s->dir));
	return slu_fail(err, SLU_E_CONFLICT, "In %.*s the merge was given up. Begin anew: sluice abort", SLU_FMT(s->dir));
}

/* Is what stands there the conflict's, or committed on top of it? Somebody may have given it up, or switched to something else. */
static slu_rc is_of_it(struct clone *c, slu_arena *a, const char *dir, const struct port_clone_solve *s, slu_err *err)
{
	const struct clone_call head = IN_TREE(a, dir, "rev-parse", "--verify", "HEAD"), on_top = IN_TREE(a, dir, "merge-base", "--is-ancestor", s->ours.hex, "HEAD");
	const struct clone_call under_way = IN_TREE(a, dir, "rev-parse", "--quiet", "--verify", s->pick ? "CHERRY_PICK_HEAD" : "MERGE_HEAD");
	struct run_result r = { .exit_code = 0 };
	slu_str at = { 0 };
	SLU_TRY(clone_ok(c, a, &head, &at, err));
	bool committed = !slu_str_is(slu_str_trim(at), s->ours.hex);
	SLU_TRY(clone_run(c, a, committed ? &on_top : &under_way, &r, err));
	if (r.exit_code == 0)
		return SLU_OK;
	if (!committed)
		return given_up(s, err);
	return slu_fail(err, SLU_E_CONFLICT, "In %s something else is checked out than what conflicts. Begin anew: sluice abort", dir);
}

/* What was changed after it was added would be lost with the work tree. */
static slu_rc is_added(struct clone *c, slu_arena *a, const char *dir, slu_err *err)
{
	const struct clone_call q = IN_TREE(a, dir, "diff", "--name-only", "-z");
	const slu_str *path = NULL;
	size_t n = 0;
	SLU_TRY(paths_of(c, a, &q, &path, &n, err));
	if (n == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "In %s, %.*s%s was changed and not added: it would be lost. Add it: git add %.*s (or undo that: git restore %.*s), then: sluice continue", dir, SLU_FMT(path[0]), n > 1 ? " and more" : "",
	                SLU_FMT(path[0]), SLU_FMT(path[0]));
}

slu_rc clone_solved(port_clone *base, slu_arena *a, const struct port_clone_solve *s, slu_oid *tree, const slu_str **open, size_t *open_n, slu_err *err)
{
	struct clone *c = clone_of(base);
	const char *dir = slu_str_dup(a, s->dir);
	const struct clone_call unmerged = IN_TREE(a, dir, "diff", "--name-only", "--diff-filter=U", "-z"), write = IN_TREE(a, dir, "write-tree");
	slu_str text = { 0 };
	if (access(dir, F_OK) != 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "The work tree %s, where the conflict was to be solved, is gone. It is laid out anew by: sluice continue", dir);
	SLU_TRY(paths_of(c, a, &unmerged, open, open_n, err));
	if (*open_n || !tree)
		return SLU_OK;
	SLU_TRY(is_of_it(c, a, dir, s, err));
	SLU_TRY(is_added(c, a, dir, err));
	SLU_TRY(clone_ok(c, a, &write, &text, err));
	return slu_oid_parse(tree, slu_str_trim(text), err);
}
