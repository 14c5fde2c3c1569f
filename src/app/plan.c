/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plan_checks.h"
#include "app/plan_release.h"
#include "app/plan_revert.h"

#include <stdarg.h>

static const char heads[] = "refs/heads/";

static slu_str head_ref(struct app_plan *p, slu_str branch)
{
	return slu_s(slu_printf(p->a, "%s%.*s", heads, SLU_FMT(branch)));
}

static slu_str tracking_ref(struct app_plan *p, slu_str branch)
{
	return slu_s(slu_printf(p->a, "refs/remotes/%.*s/%.*s", SLU_FMT(p->remote), SLU_FMT(branch)));
}

static const char *short_of(slu_str ref)
{
	return slu_str_starts(ref, heads) ? ref.p + strlen(heads) : slu_str_starts(ref, "refs/tags/") ? ref.p + strlen("refs/tags/") : ref.p;
}

/* ---- refs of the plan ----------------------------------------------------------------------------------------------------- */

slu_rc app_plan_at(slu_oid *out, struct app_plan *p, slu_str ref, slu_err *err)
{
	for (size_t i = 0; i < p->moved.n; i++)
		if (slu_str_eq(p->moved.v[i].ref, ref)) {
			*out = p->moved.v[i].new_;
			return SLU_OK;
		}
	return p->git->ops->ref(p->git, ref, out, err);
}

static slu_rc stands_in_the_way(slu_str other, slu_str ref, slu_err *err)
{
	const char *there = short_of(other);
	return slu_fail(err, SLU_E_CONFLICT, "%s stands in the way: Git cannot have both it and %s. Rename one of them, such as: git branch -m %s old-%s", there, short_of(ref), there, there);
}

/* refs/heads/release and refs/heads/release/v1 cannot both be. What goes in the same plan gives place. */
static slu_rc has_room(struct app_plan *p, slu_str ref, slu_err *err)
{
	const struct port_git_ref *below = NULL;
	size_t n = 0;
	slu_oid there;
	for (size_t i = strlen(heads); i < ref.n && slu_str_starts(ref, "refs/"); i++) {
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

slu_rc app_plan_move(struct app_plan *p, slu_str ref, const slu_oid *to, slu_err *err)
{
	struct port_git_update *u = NULL;
	for (size_t i = 0; i < p->moved.n; i++)
		if (slu_str_eq(p->moved.v[i].ref, ref))
			u = &p->moved.v[i];
	if (!u) {
		slu_oid old;
		SLU_TRY(p->git->ops->ref(p->git, ref, &old, err));
		u = SLU_ADD(p->a, &p->moved);
		*u = (struct port_git_update){ .ref = slu_s(slu_str_dup(p->a, ref)), .old = old };
	}
	u->new_ = *to;
	p->off->git.pending = p->moved.v;
	p->off->git.pending_n = p->moved.n;
	return SLU_OK;
}

void app_plan_says(struct app_plan *p, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	*SLU_ADD(p->a, &p->op->says) = slu_s(slu_vprintf(p->a, fmt, ap));
	va_end(ap);
}

slu_rc app_plan_ask(struct pol_verdict *out, struct app_plan *p, const struct pol_action *act, slu_err *err)
{
	struct pol_verdict v = { 0 };
	SLU_TRY(pol_decide(&v, p->a, p->s, p->facts, act, p->now_s, err));
	struct pol_verdict known = pol_verdict_of(p->a, &v, pol_row_known);
	known.follow.v = v.follow.v;
	known.follow.n = v.follow.n;
	known.follow.cap = v.follow.cap;
	*out = known;
	if (known.answer == POL_ALLOW) {
		app_plan_wants(p, act, &v);
		return SLU_OK;
	}
	p->refused = known;
	return slu_fail(err, known.answer == POL_WAIT ? SLU_E_WAIT : SLU_E_DENIED, "The strategy does not allow it.");
}

/* ---- merges ----------------------------------------------------------------------------------------------------------------- */

slu_rc app_plan_tree(slu_oid *tree, struct app_plan *p, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	const struct port_git_conflict *c = NULL;
	size_t n = 0;
	SLU_TRY(p->git->ops->merge_tree(p->git, p->a, ours, theirs, tree, &c, &n, err));
	if (n == 0)
		return SLU_OK;
	for (size_t i = 0; i < p->op->solved.n; i++) {
		const struct flow_op_solved *s = &p->op->solved.v[i];
		if (slu_oid_eq(&s->ours, ours) && slu_oid_eq(&s->theirs, theirs) && !slu_oid_is_zero(&s->tree)) {
			*tree = s->tree;
			return SLU_OK;
		}
	}
	p->conflict.n = 0;
	for (size_t i = 0; i < n; i++)
		*SLU_ADD(p->a, &p->conflict) = c[i].path;
	p->ours = *ours;
	p->theirs = *theirs;
	return slu_fail(err, SLU_E_CONFLICT, "Both sides changed %.*s%s.", SLU_FMT(c[0].path), n > 1 ? slu_printf(p->a, " and %zu more", n - 1) : "");
}

static slu_rc join_tree(void *ctx, const slu_oid *ours, const slu_oid *theirs, slu_oid *tree, slu_err *err)
{
	return app_plan_tree(tree, ctx, ours, theirs, err);
}

static slu_rc join_commit(void *ctx, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err)
{
	struct app_plan *p = ctx;
	return app_plan_commit(p, tree, parent, parent_n, author, message, out, err);
}

/* A merge whose target has not moved since the source began brings the source's files. */
static slu_rc tree_of_merge(slu_oid *tree, struct app_plan *p, const struct app_join *j, slu_err *err)
{
	bool ahead = false;
	struct pol_commit c;
	SLU_TRY(p->git->ops->is_ancestor(p->git, &j->target, &j->source, &ahead, err));
	if (!ahead) {
		slu_rc rc = app_plan_tree(tree, p, &j->target, &j->source, err);
		p->has_conflict = rc == SLU_E_CONFLICT;
		return rc;
	}
	SLU_TRY(p->git->ops->commit(p->git, p->a, &j->source, &c, err));
	*tree = c.tree;
	return SLU_OK;
}

/* What the one commit says when there is no other; else what the first of them says, and all of them below. */
static slu_rc squash_message(slu_str *out, struct app_plan *p, const struct app_join *j, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t n = 0;
	slu_auto_buf b;
	SLU_TRY(p->git->ops->range(p->git, p->a, &j->source, &j->target, 1, 10000, &id, &n, err));
	slu_buf_init(&b, 1024 * 1024);
	for (size_t i = n; i-- > 0;) {
		struct pol_commit c;
		SLU_TRY(p->git->ops->commit(p->git, p->a, &id[i], &c, err));
		slu_str rest = c.message, subject = { 0 };
		(void)slu_str_split(&rest, '\n', &subject);
		if (n == 1)
			slu_buf_addstr(&b, c.message);
		else if (c.parent_n == 1)
			slu_buf_addf(&b, b.n ? "* %.*s\n" : "%.*s\n\n", SLU_FMT(subject));
	}
	*out = slu_s(slu_str_dup(p->a, slu_buf_str(&b)));
	return SLU_OK;
}

/* A rebase stops at each of its commits: Git itself lays that out, and this says so. */
static slu_rc rebased(slu_oid *out, struct app_plan *p, const struct app_join *j, slu_err *err)
{
	slu_err why = { 0 };
	p->conflict.n = 0;
	slu_rc rc = app_join_rebase(out, j, &why);
	if (rc != SLU_E_CONFLICT || p->conflict.n == 0) {
		*err = why;
		return rc;
	}
	return slu_fail(err, rc, "%.*s cannot be rebased onto %.*s, and nothing has moved. %s Rebase it by hand, then do this again: git switch %.*s && git rebase %.*s", SLU_FMT(j->source_name), SLU_FMT(j->target_name), why.text,
	                SLU_FMT(j->source_name), SLU_FMT(j->target_name));
}

static slu_rc joined(slu_oid *out, struct app_plan *p, const struct app_join *j, enum strat_method method, slu_str message, slu_err *err)
{
	const slu_oid parents[2] = { j->target, j->source };
	slu_oid tree;
	switch (method) {
	case STRAT_FAST_FORWARD: return app_join_forward(out, j, err);
	case STRAT_REBASE: return rebased(out, p, j, err);
	case STRAT_MERGE:
	case STRAT_SQUASH:
		SLU_TRY(tree_of_merge(&tree, p, j, err));
		return j->commit(p, &tree, parents, method == STRAT_MERGE ? 2 : 1, NULL, message, out, err);
	}
	return slu_fail(err, SLU_E_INTERNAL, "The way to merge is not known.");
}

static struct app_join join_of(struct app_plan *p, slu_str source, slu_str target, const slu_oid *from, const slu_oid *into)
{
	return (struct app_join){ .a = p->a, .git = p->git, .target = *into, .source = *from, .target_name = target, .source_name = source, .tree = join_tree, .commit = join_commit, .ctx = p };
}

slu_rc app_plan_bring(slu_oid *out, struct app_plan *p, slu_str source, slu_str target, enum app_plan_way way, slu_err *err)
{
	slu_oid from, into;
	SLU_TRY(app_plan_at(&from, p, head_ref(p, source), err));
	SLU_TRY(app_plan_at(&into, p, head_ref(p, target), err));
	/* a rebase is the target brought onto the source */
	const struct app_join j = way == APP_PLAN_REBASE ? join_of(p, target, source, &into, &from) : join_of(p, source, target, &from, &into);
	slu_str message = slu_s(slu_printf(p->a, "Merge %.*s into %.*s\n", SLU_FMT(source), SLU_FMT(target)));
	return joined(out, p, &j, way == APP_PLAN_REBASE ? STRAT_REBASE : way == APP_PLAN_FORWARD ? STRAT_FAST_FORWARD : STRAT_MERGE, message, err);
}

/* ---- what follows ------------------------------------------------------------------------------------------------------------- */

/* A branch of that name that was not paid yet, and cannot simply go on to this commit, stays as it is: this one gets a number. */
static slu_rc owed_branch(const char **out, struct app_plan *p, const char *how, slu_str source, const char *into, const slu_oid *head, slu_err *err)
{
	const char *name = slu_printf(p->a, "sluice/%s/%.*s-into-%s", how, SLU_FMT(source), into);
	for (unsigned i = 2; i < 1000; i++) {
		slu_oid there;
		bool before = true;
		SLU_TRY(app_plan_at(&there, p, head_ref(p, slu_s(name)), err));
		if (!slu_oid_is_zero(&there))
			SLU_TRY(p->git->ops->is_ancestor(p->git, &there, head, &before, err));
		if (before) {
			*out = name;
			return app_plan_move(p, head_ref(p, slu_s(name)), head, err);
		}
		name = slu_printf(p->a, "sluice/%s/%u/%.*s-into-%s", how, i, SLU_FMT(source), into);
	}
	return slu_fail(err, SLU_E_LIMIT, "Too many merges into %s are owed already. Bring them in first, as sluice status says.", into);
}

/* It is not made now, and must not be forgotten: its branch says so to everybody. */
static slu_rc owe(struct app_plan *p, const char *how, slu_str source, const char *into, const slu_oid *head, const char *why, slu_err *err)
{
	const char *name = NULL;
	SLU_TRY(owed_branch(&name, p, how, source, into, head, err));
	app_plan_says(p, "leave %s, for somebody to bring it into %s (%s)", name, into, why);
	*SLU_ADD(p->a, &p->owed) = slu_printf(p->a, "%.*s is owed to %s: %s Bring it in: git switch %s && git merge %s", SLU_FMT(source), into, why, into, name);
	return SLU_OK;
}

static const char *refused_by(slu_arena *a, const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING)
			return slu_printf(a, "%s wants %s.", v->row.v[i].rule, v->row.v[i].wanted);
	return "The strategy refuses it.";
}

static slu_rc bring(struct app_plan *p, slu_str ref, slu_str source, const slu_oid *what, const char *how, slu_err *err)
{
	const char *branch = short_of(ref);
	slu_oid old, tree, made;
	bool inside = false;
	struct pol_verdict v;
	SLU_TRY(app_plan_at(&old, p, ref, err));
	if (slu_oid_is_zero(&old))
		return SLU_OK;
	SLU_TRY(p->git->ops->is_ancestor(p->git, what, &old, &inside, err));
	if (inside)
		return SLU_OK;
	const struct app_join j = join_of(p, source, slu_s(branch), what, &old);
	slu_rc rc = tree_of_merge(&tree, p, &j, err);
	bool conflict = rc == SLU_E_CONFLICT && p->has_conflict, settled = false;
	if (conflict) {
		p->has_conflict = false;
		SLU_TRY(app_plan_release_tree(&tree, &settled, p, &old, what, err));
		if (!settled)
			return owe(p, how, source, branch, what, slu_printf(p->a, "Both changed %.*s.", SLU_FMT(p->conflict.v[0])), err);
		rc = SLU_OK;
	}
	if (rc != SLU_OK)
		return rc;
	const slu_oid parents[2] = { old, *what };
	const char *text = slu_printf(p->a, "Merge %.*s into %s (%s)\n", SLU_FMT(source), branch, how);
	SLU_TRY(app_plan_commit(p, &tree, parents, 2, NULL, slu_s(text), &made, err));
	const struct pol_action act = { .verb = POL_PUSH, .actor = p->off->person, .ref = ref, .old = old, .new_ = made, .cause = POL_BY_MERGE };
	rc = app_plan_ask(&v, p, &act, err);
	if (rc == SLU_E_DENIED || rc == SLU_E_WAIT)
		return owe(p, how, source, branch, what, refused_by(p->a, &p->refused), err);
	if (rc != SLU_OK)
		return rc;
	app_plan_says(p, "merge %.*s into %s too (%s, %.10s)", SLU_FMT(source), branch, how, made.hex);
	return app_plan_move(p, ref, &made, err);
}

static slu_rc follow_tag(struct app_plan *p, const struct pol_follow *f, const slu_oid *merged, slu_str notes, slu_err *err)
{
	const struct strat_tag *cls = &p->s->tag[f->tag_class];
	slu_oid there, id;
	struct pol_verdict v;
	if (!*f->ref)
		return slu_fail(err, SLU_E_INVALID, "The version that this merge is tagged with cannot be told; say it: --version 1.2.3");
	SLU_TRY(app_plan_at(&there, p, slu_s(f->ref), err));
	if (!slu_oid_is_zero(&there))
		return slu_fail(err, SLU_E_EXISTS, "The tag %s that this merge gets is there already, on %.10s. Choose a higher version.", short_of(slu_s(f->ref)), there.hex);
	slu_str name = slu_s(short_of(slu_s(f->ref)));
	slu_str message = slu_s(notes.n ? slu_printf(p->a, "%s\n\n%.*s\n", name.p, SLU_FMT(notes)) : slu_printf(p->a, "%s\n", name.p));
	SLU_TRY(p->clone->ops->tag(p->clone, name, merged, message, cls->signed_, &id, err));
	const struct pol_action act = { .verb = POL_TAG, .actor = p->off->person, .ref = slu_s(f->ref), .old = slu_oid_zero(), .new_ = id, .cause = POL_BY_MERGE };
	SLU_TRY(app_plan_ask(&v, p, &act, err));
	app_plan_says(p, "tag %s on %.10s", name.p, merged->hex);
	return app_plan_move(p, slu_s(f->ref), &id, err);
}

static slu_rc follow(struct app_plan *p, const struct app_plan_merge *m, const struct pol_verdict *v, const slu_oid *merged, const slu_oid *source, slu_str notes, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	for (size_t i = 0; i < v->follow.n; i++) {
		const struct pol_follow *f = &v->follow.v[i];
		switch (f->kind) {
		case POL_FOLLOW_TAG:
			SLU_TRY(follow_tag(p, f, merged, notes, err));
			break;
		case POL_FOLLOW_ALSO_INTO:
			SLU_TRY(bring(p, slu_s(f->ref), m->source, source, "also-into", err));
			break;
		case POL_FOLLOW_BACK_MERGE:
			SLU_TRY(bring(p, slu_s(f->ref), m->target, merged, "back-merge", err));
			break;
		case POL_FOLLOW_DELETE:
			if (m->keep)
				break;
			app_plan_says(p, "delete the branch %s", short_of(slu_s(f->ref)));
			SLU_TRY(app_plan_move(p, slu_s(f->ref), &none, err));
			break;
		}
	}
	return SLU_OK;
}

static const struct strat_edge *edge_of(const struct app_plan *p, const struct app_plan_merge *m)
{
	int from = strat_branch_kind(p->s, m->source, NULL), into = strat_branch_kind(p->s, m->target, NULL);
	for (size_t i = 0; from >= 0 && i < p->s->branch[from].edge_n; i++)
		if (p->s->branch[from].edge[i].into == into)
			return &p->s->branch[from].edge[i];
	return NULL;
}

slu_rc app_plan_nothing(slu_str source, slu_str target, slu_err *err)
{
	return slu_fail(err, SLU_E_INVALID, "%.*s has nothing that %.*s does not have: there is nothing to finish. Commit there first, or delete it: git switch %.*s && git branch -d %.*s", SLU_FMT(source), SLU_FMT(target), SLU_FMT(target), SLU_FMT(source));
}

slu_rc app_plan_merge(struct app_plan *p, const struct app_plan_merge *m, slu_err *err)
{
	const struct strat_edge *edge = edge_of(p, m);
	enum strat_method method = edge ? edge->method : STRAT_MERGE;
	slu_str source_ref = head_ref(p, m->source), target_ref = head_ref(p, m->target), message = m->message;
	slu_oid source, target, merged;
	struct pol_verdict v;
	struct app_plan_release release;
	bool inside = false, again = false;
	SLU_TRY(app_plan_at(&source, p, source_ref, err));
	SLU_TRY(app_plan_at(&target, p, target_ref, err));
	if (slu_oid_is_zero(&target))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %.*s to merge into.", SLU_FMT(m->target));
	SLU_TRY(app_plan_bring_back(&again, p, m, &source, &target, err));
	SLU_TRY(p->git->ops->is_ancestor(p->git, &source, &target, &inside, err));
	if (inside && !again)
		return app_plan_nothing(m->source, m->target, err);
	struct app_join j = join_of(p, m->source, m->target, &source, &target);
	if (message.n == 0 && method == STRAT_SQUASH)
		SLU_TRY(squash_message(&message, p, &j, err));
	p->off->source = m->source;
	p->off->target = m->target;
	p->off->source_head = source;
	p->off->again = again;
	const struct pol_action act = { .verb = POL_MERGE, .actor = p->off->person, .source = m->source, .target = m->target, .message = method == STRAT_SQUASH ? message : (slu_str){ 0 }, .version = m->version };
	SLU_TRY(app_plan_ask(&v, p, &act, err));
	SLU_TRY(app_plan_release_write(&release, p, m, &v, &source, err));
	j.source = p->off->source_head = source;
	p->released = release.version;
	if (message.n == 0)
		message = slu_s(slu_printf(p->a, "Merge %.*s into %.*s\n", SLU_FMT(m->source), SLU_FMT(m->target)));
	SLU_TRY(p->git->ops->is_ancestor(p->git, &source, &target, &inside, err));
	merged = target;
	if (!inside) /* of what only comes back there is nothing to merge */
		SLU_TRY(joined(&merged, p, &j, method, message, err));
	SLU_TRY(app_plan_release_says(p, &release, &merged, err));
	if (!inside)
		app_plan_says(p, "%s %.*s into %.*s (%.10s)", method == STRAT_MERGE ? "merge" : method == STRAT_SQUASH ? "squash" : method == STRAT_REBASE ? "rebase" : "fast-forward", SLU_FMT(m->source), SLU_FMT(m->target), merged.hex);
	SLU_TRY(app_plan_move(p, target_ref, &merged, err));
	return follow(p, m, &v, &merged, &source, release.notes, err);
}

/* ---- what must hold before ------------------------------------------------------------------------------------------------------ */

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
		return slu_fail(err, SLU_E_CONFLICT, "A %s is under way in %.*s. Finish it, or give it up: git %s --%s", busy, SLU_FMT(t->path), busy, strcmp(busy, "bisect") == 0 ? "reset" : "abort");
	SLU_TRY(tree_of_head(&tree, p, t, err));
	SLU_TRY(p->clone->ops->dirty(p->clone, p->a, t, slu_oid_is_zero(&tree) ? NULL : &tree, &path, &n, err));
	if (n && changed)
		*changed = path[0];
	if (n && !changed)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s has changes that are not committed: %.*s%s. Commit them, or put them aside: git stash", SLU_FMT(t->path), SLU_FMT(path[0]), n > 1 ? " and more" : "");
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
	SLU_TRY(app_plan_at(&own, p, head_ref(p, branch), err));
	*there = !slu_oid_is_zero(&own);
	if (*there || p->remote.n == 0)
		return SLU_OK;
	SLU_TRY(p->git->ops->ref(p->git, tracking_ref(p, branch), &theirs, err));
	if (slu_oid_is_zero(&theirs))
		return SLU_OK;
	*there = true;
	app_plan_says(p, "take the branch %.*s from %.*s (%.10s)", SLU_FMT(branch), SLU_FMT(p->remote), theirs.hex);
	*SLU_ADD(p->a, &p->op->setting) = (struct flow_op_setting){ .key = slu_s(slu_printf(p->a, "branch.%.*s.remote", SLU_FMT(branch))), .new_ = p->remote, .has = true };
	*SLU_ADD(p->a, &p->op->setting) = (struct flow_op_setting){ .key = slu_s(slu_printf(p->a, "branch.%.*s.merge", SLU_FMT(branch))), .new_ = head_ref(p, branch), .has = true };
	return app_plan_move(p, head_ref(p, branch), &theirs, err);
}

slu_rc app_plan_current(struct app_plan *p, slu_str branch, slu_err *err)
{
	slu_oid own, theirs = slu_oid_zero();
	uint64_t ahead = 0, behind = 0;
	if (p->remote.n == 0)
		return SLU_OK;
	SLU_TRY(app_plan_at(&own, p, head_ref(p, branch), err));
	SLU_TRY(p->git->ops->ref(p->git, tracking_ref(p, branch), &theirs, err));
	if (slu_oid_is_zero(&theirs) || slu_oid_is_zero(&own) || slu_oid_eq(&own, &theirs))
		return SLU_OK;
	SLU_TRY(p->git->ops->ahead_behind(p->git, &own, &theirs, &ahead, &behind, err));
	if (behind == 0)
		return SLU_OK;
	if (ahead == 0)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s is %llu %s behind %.*s/%.*s. Bring it up to date: git fetch %.*s %.*s:%.*s (or, standing on it, git pull --ff-only %.*s %.*s)", SLU_FMT(branch), (unsigned long long)behind,
		                behind == 1 ? "commit" : "commits", SLU_FMT(p->remote), SLU_FMT(branch), SLU_FMT(p->remote), SLU_FMT(branch), SLU_FMT(branch), SLU_FMT(p->remote), SLU_FMT(branch));
	return slu_fail(err, SLU_E_CONFLICT, "%.*s and %.*s/%.*s have both moved on: %llu here, %llu there. Bring them together first: git switch %.*s && git pull --rebase=merges %.*s %.*s", SLU_FMT(branch), SLU_FMT(p->remote), SLU_FMT(branch),
	                (unsigned long long)ahead, (unsigned long long)behind, SLU_FMT(branch), SLU_FMT(p->remote), SLU_FMT(branch));
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
		return slu_fail(err, SLU_E_CONFLICT, "%s is checked out in %.*s, and would be deleted. Switch to another one there: git switch BRANCH", short_of(head_new), SLU_FMT(t->path));
	bool moves = u && !slu_oid_eq(&u->old, &u->new_);
	return moves || !slu_str_eq(head_new, t->head) ? add_tree(p, t, head_new, err) : SLU_OK;
}

/* Of a branch that goes, as `git branch -d` does. */
static void forget_settings(struct app_plan *p, slu_str ref)
{
	slu_str section = slu_s(slu_printf(p->a, "branch.%s.", short_of(ref)));
	for (size_t i = 0; i < p->here->setting_n; i++) {
		const struct port_git_setting *s = &p->here->setting[i];
		if (slu_str_starts(s->key, section.p) && !memchr(s->key.p + section.n, '.', s->key.n - section.n))
			*SLU_ADD(p->a, &p->op->setting) = (struct flow_op_setting){ .key = s->key, .old = s->value, .had = true };
	}
}

slu_rc app_plan_trees(struct app_plan *p, slu_str here, slu_err *err)
{
	const struct port_clone_tree *t = NULL;
	size_t n = 0;
	slu_str ref = here.n ? head_ref(p, here) : here;
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
		if (slu_str_starts(u->ref, heads))
			SLU_TRY(app_plan_at(&there, p, tracking_ref(p, slu_s(short_of(u->ref))), err));
		if (!slu_oid_eq(&there, &u->new_) && !(slu_oid_is_zero(&there) && slu_oid_is_zero(&u->new_)))
			*SLU_ADD(p->a, &p->op->push) = (struct flow_op_ref){ u->ref, there, u->new_, false };
	}
	if (p->op->push.n)
		app_plan_says(p, "push %zu %s to %.*s, all or none", p->op->push.n, p->op->push.n == 1 ? "ref" : "refs", SLU_FMT(p->remote));
	return SLU_OK;
}
