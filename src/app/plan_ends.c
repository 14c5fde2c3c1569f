/* SPDX-License-Identifier: Apache-2.0 */
/* Where a plan begins, with what must hold before, and where it ends, with what follows its refs: work trees, settings, the remote. */
#include "app/plan_impl.h"

/* ---- what must hold before ------------------------------------------------------------------------------------------------------ */

/* " -C /home/ann/other" for Git, where another work tree than this one is meant. */
static const char *at(struct app_plan *p, const struct port_clone_tree *t)
{
	bool plain = true;
	for (size_t i = 0; i < t->path.n; i++)
		plain = plain && !strchr(" \t\"$`\\!*?[]{}()<>|&;#~'", t->path.p[i]);
	return t->here ? "" : slu_printf(p->a, plain ? " -C %.*s" : " -C '%.*s'", SLU_FMT(t->path));
}

const char *app_plan_give_up(struct app_plan *p, const struct port_clone_tree *t, const char *busy)
{
	return slu_printf(p->a, "git%s %s %s", at(p, t), busy, strcmp(busy, "bisect") == 0 ? "reset" : "--abort");
}

static slu_rc tree_of_head(slu_oid *out, struct app_plan *p, const struct port_clone_tree *t, slu_err *err)
{
	struct pol_commit c = { .tree = slu_oid_zero() };
	slu_oid at = t->at;
	if (t->head.n)
		SLU_TRY(p->git->ops->ref(p->git, t->head, &at, err));
	if (!slu_oid_is_zero(&at))
		SLU_TRY(p->git->ops->commit(p->git, p->a, &at, &c, err));
	*out = c.tree;
	return SLU_OK;
}

/* `changed`: NULL: changed files stand in the way */
static slu_rc is_clean(struct app_plan *p, const struct port_clone_tree *t, slu_str *changed, slu_err *err)
{
	slu_oid tree;
	const slu_str *path = NULL;
	size_t n = 0;
	const char *busy = p->clone->ops->busy(p->clone, t);
	if (busy)
		return slu_fail(err, SLU_E_CONFLICT, "A %s is under way in %.*s. Finish it, or give it up: %s", busy, SLU_FMT(t->path), app_plan_give_up(p, t, busy));
	SLU_TRY(tree_of_head(&tree, p, t, err));
	SLU_TRY(p->clone->ops->dirty(p->clone, p->a, t, slu_oid_is_zero(&tree) ? NULL : &tree, &path, &n, err));
	if (n && changed)
		*changed = path[0];
	if (n && !changed)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s has changes that are not committed: %.*s%s. Commit them, or put them aside: git%s stash", SLU_FMT(t->path), SLU_FMT(path[0]), n > 1 ? " and more" : "", at(p, t));
	return SLU_OK;
}

slu_rc app_plan_ready(struct app_plan *p, slu_str *changed, slu_err *err)
{
	const struct port_clone_tree *t = NULL;
	size_t n = 0;
	SLU_TRY(p->clone->ops->trees(p->clone, p->a, &t, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (!t[i].here || t[i].gone)
			continue;
		SLU_TRY(is_clean(p, &t[i], changed, err));
		if (t[i].head.n == 0)
			return slu_fail(err, SLU_E_CONFLICT, "No branch is checked out here (HEAD is detached at %.10s). Stand on one first: git switch BRANCH", t[i].at.hex);
	}
	return SLU_OK;
}

slu_rc app_plan_have(bool *there, struct app_plan *p, slu_str branch, slu_err *err)
{
	slu_oid own, theirs = slu_oid_zero();
	SLU_TRY(app_plan_at(&own, p, app_plan_head(p, branch), err));
	*there = !slu_oid_is_zero(&own);
	if (*there || p->remote.n == 0)
		return SLU_OK;
	SLU_TRY(p->git->ops->ref(p->git, app_plan_tracking(p, branch), &theirs, err));
	if (slu_oid_is_zero(&theirs))
		return SLU_OK;
	*there = true;
	app_plan_says(p, "take the branch %.*s from %.*s (%.10s)", SLU_FMT(branch), SLU_FMT(p->remote), theirs.hex);
	*SLU_ADD(p->a, &p->op->setting) = (struct flow_op_setting){ .key = slu_s(slu_printf(p->a, "branch.%.*s.remote", SLU_FMT(branch))), .new_ = p->remote, .has = true };
	*SLU_ADD(p->a, &p->op->setting) = (struct flow_op_setting){ .key = slu_s(slu_printf(p->a, "branch.%.*s.merge", SLU_FMT(branch))), .new_ = app_plan_head(p, branch), .has = true };
	return app_plan_move(p, app_plan_head(p, branch), &theirs, err);
}

/* NULL: it is checked out nowhere */
static slu_rc stands_in(const struct port_clone_tree **out, struct app_plan *p, slu_str ref, slu_err *err)
{
	const struct port_clone_tree *t = NULL;
	size_t n = 0;
	*out = NULL;
	SLU_TRY(p->clone->ops->trees(p->clone, p->a, &t, &n, err));
	for (size_t i = 0; i < n; i++)
		if (!t[i].gone && slu_str_eq(t[i].head, ref))
			*out = &t[i];
	return SLU_OK;
}

slu_rc app_plan_current(struct app_plan *p, slu_str branch, slu_err *err)
{
	slu_str ref = app_plan_head(p, branch);
	const struct port_clone_tree *t;
	slu_oid own, theirs = slu_oid_zero();
	uint64_t ahead = 0, behind = 0;
	if (p->remote.n == 0)
		return SLU_OK;
	SLU_TRY(app_plan_at(&own, p, ref, err));
	SLU_TRY(p->git->ops->ref(p->git, app_plan_tracking(p, branch), &theirs, err));
	if (slu_oid_is_zero(&theirs) || slu_oid_is_zero(&own) || slu_oid_eq(&own, &theirs))
		return SLU_OK;
	SLU_TRY(p->git->ops->ahead_behind(p->git, &own, &theirs, &ahead, &behind, err));
	if (behind == 0)
		return SLU_OK;
	SLU_TRY(stands_in(&t, p, ref, err));
	const char *git = t ? slu_printf(p->a, "git%s", at(p, t)) : slu_printf(p->a, "git switch %.*s && git", SLU_FMT(branch));
	const char *from = slu_printf(p->a, "%.*s %.*s", SLU_FMT(p->remote), SLU_FMT(branch));
	if (ahead > 0)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s and %.*s/%.*s have both moved on: %llu here, %llu there. Bring them together first: %s pull --rebase=merges %s", SLU_FMT(branch), SLU_FMT(p->remote),
		                SLU_FMT(branch), (unsigned long long)ahead, (unsigned long long)behind, git, from);
	return slu_fail(err, SLU_E_CONFLICT, "%.*s is %llu %s behind %.*s/%.*s. Bring it up to date: %s", SLU_FMT(branch), (unsigned long long)behind, behind == 1 ? "commit" : "commits", SLU_FMT(p->remote),
	                SLU_FMT(branch), t ? slu_printf(p->a, "%s pull --ff-only %s", git, from) : slu_printf(p->a, "git fetch %s:%.*s", from, SLU_FMT(branch)));
}

/* ---- the end of a plan ------------------------------------------------------------------------------------------------------------ */

static const struct port_git_update *move_of(const struct app_plan *p, slu_str ref)
{
	for (size_t i = 0; i < p->moved.n; i++)
		if (slu_str_eq(p->moved.v[i].ref, ref))
			return &p->moved.v[i];
	return NULL;
}

static slu_rc same_files(bool *out, struct app_plan *p, const slu_oid *x, const slu_oid *y, slu_err *err)
{
	struct pol_commit cx, cy;
	*out = slu_oid_eq(x, y);
	if (*out || slu_oid_is_zero(x) || slu_oid_is_zero(y))
		return SLU_OK;
	SLU_TRY(p->git->ops->commit(p->git, p->a, x, &cx, err));
	SLU_TRY(p->git->ops->commit(p->git, p->a, y, &cy, err));
	*out = slu_oid_eq(&cx.tree, &cy.tree);
	return SLU_OK;
}

static slu_rc add_tree(struct app_plan *p, const struct port_clone_tree *t, slu_str head_new, slu_err *err)
{
	slu_oid from = slu_oid_zero(), to;
	bool same = false;
	if (t->head.n)
		SLU_TRY(p->git->ops->ref(p->git, t->head, &from, err));
	SLU_TRY(app_plan_at(&to, p, head_new, err));
	SLU_TRY(same_files(&same, p, &from, &to, err));
	if (!t->here)
		SLU_TRY(is_clean(p, t, NULL, err));
	*SLU_ADD(p->a, &p->op->tree) = (struct flow_op_tree){ .path = t->path, .git_dir = t->git_dir, .from = same ? to : from, .to = to, .head_old = t->head, .head_new = head_new };
	return SLU_OK;
}

static slu_str head_after(const struct app_plan *p, const struct port_clone_tree *t, slu_str here)
{
	for (size_t i = 0; i < p->renamed.n; i++)
		if (slu_str_eq(p->renamed.v[i].from, t->head))
			return p->renamed.v[i].to;
	return t->here && here.n ? here : t->head;
}

static slu_rc tree_of(struct app_plan *p, const struct port_clone_tree *t, slu_str here, slu_err *err)
{
	slu_str head_new = head_after(p, t, here);
	const struct port_git_update *u = move_of(p, head_new);
	if (t->head.n == 0 || t->gone)
		return SLU_OK;
	if (u && slu_oid_is_zero(&u->new_))
		return slu_fail(err, SLU_E_CONFLICT, "%s is checked out in %.*s, and would be deleted. Switch to another one there: git switch BRANCH", app_plan_short(head_new), SLU_FMT(t->path));
	bool moves = u && !slu_oid_eq(&u->old, &u->new_);
	return moves || !slu_str_eq(head_new, t->head) ? add_tree(p, t, head_new, err) : SLU_OK;
}

/* Of a branch that goes, as `git branch -d` does. */
static void forget_settings(struct app_plan *p, slu_str ref)
{
	slu_str section = slu_s(slu_printf(p->a, "branch.%s.", app_plan_short(ref)));
	for (size_t i = 0; i < p->here->setting_n; i++) {
		const struct port_git_setting *s = &p->here->setting[i];
		if (slu_str_starts(s->key, section.p) && !memchr(s->key.p + section.n, '.', s->key.n - section.n))
			*SLU_ADD(p->a, &p->op->setting) = (struct flow_op_setting){ .key = s->key, .old = s->value, .had = true };
	}
}

static slu_rc stands_in_the_way(slu_str other, slu_str ref, slu_err *err)
{
	const char *there = app_plan_short(other);
	return slu_fail(err, SLU_E_CONFLICT, "%s stands in the way: Git cannot have both it and %s. Rename one of them, such as: git branch -m %s old-%s", there, app_plan_short(ref), there, there);
}

/* refs/heads/release and refs/heads/release/v1 cannot both be. What goes in the same plan gives place. */
static slu_rc has_room(struct app_plan *p, slu_str ref, slu_err *err)
{
	const struct port_git_ref *below = NULL;
	size_t n = 0;
	slu_oid there;
	for (size_t i = strlen("refs/heads/"); i < ref.n && slu_str_starts(ref, "refs/"); i++) {
		slu_str part = slu_s(slu_strndup(p->a, ref.p, i));
		if (ref.p[i] != '/' || part.n <= strlen("refs/tags/"))
			continue;
		SLU_TRY(app_plan_at(&there, p, part, err));
		if (!slu_oid_is_zero(&there))
			return stands_in_the_way(part, ref, err);
	}
	SLU_TRY(p->git->ops->refs(p->git, p->a, slu_s(slu_printf(p->a, "%.*s/", SLU_FMT(ref))), &below, &n, err));
	for (size_t i = 0; i < n; i++) {
		SLU_TRY(app_plan_at(&there, p, below[i].name, err));
		if (!slu_oid_is_zero(&there))
			return stands_in_the_way(below[i].name, ref, err);
	}
	for (size_t i = 0; i < p->moved.n; i++)
		if (!slu_oid_is_zero(&p->moved.v[i].new_) && flow_op_clash(p->moved.v[i].ref, ref))
			return stands_in_the_way(p->moved.v[i].ref, ref, err);
	return SLU_OK;
}

slu_rc app_plan_trees(struct app_plan *p, slu_str here, slu_err *err)
{
	const struct port_clone_tree *t = NULL;
	size_t n = 0;
	slu_str ref = here.n ? app_plan_head(p, here) : here;
	SLU_TRY(p->clone->ops->trees(p->clone, p->a, &t, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (t[i].here && ref.n && !slu_str_eq(ref, t[i].head))
			app_plan_says(p, "switch to %.*s", SLU_FMT(here));
		SLU_TRY(tree_of(p, &t[i], ref, err));
	}
	for (size_t i = 0; i < p->moved.n; i++) {
		const struct port_git_update *u = &p->moved.v[i];
		if (slu_oid_eq(&u->old, &u->new_))
			continue;
		if (slu_oid_is_zero(&u->old))
			SLU_TRY(has_room(p, u->ref, err));
		*SLU_ADD(p->a, &p->op->ref) = (struct flow_op_ref){ u->ref, u->old, u->new_, false };
		if (slu_oid_is_zero(&u->new_))
			forget_settings(p, u->ref);
	}
	return SLU_OK;
}

slu_rc app_plan_push(struct app_plan *p, slu_err *err)
{
	if (p->remote.n == 0)
		return SLU_OK;
	p->op->remote = p->remote;
	for (size_t i = 0; i < p->moved.n; i++) {
		const struct port_git_update *u = &p->moved.v[i];
		slu_oid there = slu_oid_zero();
		if (slu_str_starts(u->ref, "refs/remotes/")) /* of a branch that is gone there */
			continue;
		if (slu_str_starts(u->ref, "refs/heads/"))
			SLU_TRY(app_plan_at(&there, p, app_plan_tracking(p, slu_s(app_plan_short(u->ref))), err));
		if (!slu_oid_eq(&there, &u->new_) && !(slu_oid_is_zero(&there) && slu_oid_is_zero(&u->new_)))
			*SLU_ADD(p->a, &p->op->push) = (struct flow_op_ref){ u->ref, there, u->new_, false };
	}
	if (p->op->push.n)
		app_plan_says(p, "push %zu %s to %.*s, all or none", p->op->push.n, p->op->push.n == 1 ? "ref" : "refs", SLU_FMT(p->remote));
	return SLU_OK;
}
