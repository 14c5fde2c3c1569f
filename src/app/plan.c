/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plan_checks.h"
#include "app/plan_impl.h"
#include "app/plan_release.h"
#include "app/plan_revert.h"

#include "insight/merge_name.h"
#include "policy/phases.h"

#include <stdarg.h>

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

static slu_str subject_of(const struct pol_commit *c)
{
	slu_str rest = c->message, subject = { "", 0 };
	(void)slu_str_split(&rest, '\n', &subject);
	return subject;
}

/* The same, where merging them may put a commit on top of another: then it is those two that a person solves. */
static slu_rc tree_of_two(slu_oid *tree, struct app_plan *p, const slu_oid *ours, const slu_oid *theirs, struct app_join_pick *pick, slu_err *err)
{
	const struct port_git_conflict *c = NULL;
	const slu_oid *mine = pick ? &pick->on : ours, *other = pick ? &pick->commit->id : theirs;
	size_t n = 0;
	SLU_TRY(p->git->ops->merge_tree(p->git, p->a, ours, theirs, tree, &c, &n, err));
	if (n == 0)
		return SLU_OK;
	for (size_t i = 0; i < p->op->solved.n; i++) {
		const struct flow_op_solved *s = &p->op->solved.v[i];
		if (slu_oid_eq(&s->ours, mine) && slu_oid_eq(&s->theirs, other) && !slu_oid_is_zero(&s->tree)) {
			*tree = s->tree;
			if (pick)
				pick->solved = true;
			return SLU_OK;
		}
	}
	p->conflict.n = 0;
	for (size_t i = 0; i < n; i++)
		*SLU_ADD(p->a, &p->conflict) = c[i].path;
	p->ours = *mine;
	p->theirs = *other;
	p->pick = pick ? slu_s(slu_printf(p->a, "commit %zu of %zu, %.10s \"%.*s\"", pick->nth, pick->of, other->hex, SLU_FMT(subject_of(pick->commit)))) : (slu_str){ 0 };
	return slu_fail(err, SLU_E_CONFLICT, "Both sides changed %.*s%s.", SLU_FMT(c[0].path), n > 1 ? slu_printf(p->a, " and %zu more", n - 1) : "");
}

slu_rc app_plan_tree(slu_oid *tree, struct app_plan *p, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	return tree_of_two(tree, p, ours, theirs, NULL, err);
}

static slu_rc join_tree(void *ctx, const slu_oid *ours, const slu_oid *theirs, struct app_join_pick *pick, slu_oid *tree, slu_err *err)
{
	struct app_plan *p = ctx;
	struct pol_commit on;
	SLU_TRY(tree_of_two(tree, p, ours, theirs, pick, err));
	if (!pick || !pick->solved)
		return SLU_OK;
	SLU_TRY(p->git->ops->commit(p->git, p->a, &pick->on, &on, err));
	pick->empty = slu_oid_eq(tree, &on.tree);
	if (pick->empty)
		app_plan_says(p, "leave out commit %zu of %zu, %.10s \"%.*s\": as you solved it, it changes nothing", pick->nth, pick->of, pick->commit->id.hex, SLU_FMT(subject_of(pick->commit)));
	return SLU_OK;
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
static slu_rc what_they_say(slu_str *out, struct app_plan *p, const struct app_join *j, slu_err *err)
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

/* As it was given, or as they say; of a phase also whose work it is, which nothing else in the history tells. */
static slu_rc squash_message(slu_str *message, struct app_plan *p, const struct app_join *j, slu_err *err)
{
	if (message->n == 0)
		SLU_TRY(what_they_say(message, p, j, err));
	if (pol_phase_of(p->s, j->source_name) >= 0)
		*message = ins_squash_message(p->a, *message, j->source_name, j->target_name);
	return SLU_OK;
}

/* A conflict of one of its commits is for a person to solve; of all of them at once, which only a merge would have, there is nothing to lay out. */
static slu_rc rebased(slu_oid *out, struct app_plan *p, const struct app_join *j, slu_err *err)
{
	slu_err why = { 0 };
	p->conflict.n = 0;
	slu_rc rc = app_join_rebase(out, j, &why);
	if (rc == SLU_E_CONFLICT && p->conflict.n && p->pick.n) {
		SLU_TRY(app_join_plain_merges(j, err)); /* before somebody solves it in vain */
		p->has_conflict = true;
	}
	if (rc != SLU_E_CONFLICT || p->conflict.n == 0 || p->has_conflict) {
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
	SLU_TRY(app_plan_at(&from, p, app_plan_head(p, source), err));
	SLU_TRY(app_plan_at(&into, p, app_plan_head(p, target), err));
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
		SLU_TRY(app_plan_at(&there, p, app_plan_head(p, slu_s(name)), err));
		if (!slu_oid_is_zero(&there))
			SLU_TRY(p->git->ops->is_ancestor(p->git, &there, head, &before, err));
		if (before) {
			*out = name;
			return app_plan_move(p, app_plan_head(p, slu_s(name)), head, err);
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
	const char *branch = app_plan_short(ref);
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
		return slu_fail(err, SLU_E_EXISTS, "The tag %s that this merge gets is there already, on %.10s. Choose a higher version.", app_plan_short(slu_s(f->ref)), there.hex);
	slu_str name = slu_s(app_plan_short(slu_s(f->ref)));
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
			app_plan_says(p, "delete the branch %s", app_plan_short(slu_s(f->ref)));
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
	slu_str source_ref = app_plan_head(p, m->source), target_ref = app_plan_head(p, m->target), message = m->message;
	slu_oid source, target, merged;
	struct pol_verdict v;
	struct app_plan_release release;
	bool inside = false, again = false;
	SLU_TRY(app_plan_at(&source, p, source_ref, err));
	SLU_TRY(app_plan_at(&target, p, target_ref, err));
	if (slu_oid_is_zero(&target))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %.*s to merge into. Fetch it (git fetch), or have it made: sluice adopt plan", SLU_FMT(m->target));
	SLU_TRY(app_plan_bring_back(&again, p, m, &source, &target, err));
	SLU_TRY(p->git->ops->is_ancestor(p->git, &source, &target, &inside, err));
	if (inside && !again)
		return app_plan_nothing(m->source, m->target, err);
	struct app_join j = join_of(p, m->source, m->target, &source, &target);
	if (method == STRAT_SQUASH)
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
	if (!inside)
		*SLU_ADD(p->a, &p->op->landed) = (struct flow_op_landed){ m->source, m->target, target, merged };
	SLU_TRY(app_plan_move(p, target_ref, &merged, err));
	return follow(p, m, &v, &merged, &source, release.notes, err);
}
