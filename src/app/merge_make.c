/* SPDX-License-Identifier: Apache-2.0 */
/* The commit that a merge makes, in memory, by each method. */
#include "app/changes_impl.h"
#include "base/limits.h"

const char *app_conflict_text(slu_arena *a, const struct port_git_conflict *c, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n && i < 5; i++)
		text = slu_printf(a, "%s%s%.*s", text, i ? ", " : "", SLU_FMT(c[i].path));
	return n > 5 ? slu_printf(a, "%s and %zu more", text, n - 5) : text;
}

static slu_rc merged_tree(slu_oid *tree, struct app_merging *m, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	port_git *g = m->r->git;
	const struct port_git_conflict *c = NULL;
	size_t n = 0;

	SLU_TRY(g->ops->merge_tree(g, m->u->a, ours, theirs, tree, &c, &n, err));
	if (n)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s does not merge into %.*s: both changed %s. Merge %.*s into %.*s in your clone, resolve it, and push.", SLU_FMT(m->change.source), SLU_FMT(m->change.target),
		                app_conflict_text(m->u->a, c, n), SLU_FMT(m->change.target), SLU_FMT(m->change.source));
	return SLU_OK;
}

/** Title, empty line, text. */
static slu_str message(struct app_merging *m, const char *title, slu_str body)
{
	const struct app_merge_ask *q = m->ask;
	slu_str first = q->title.n ? q->title : slu_s(title), rest = q->message.n ? q->message : body;

	return slu_s(slu_printf(m->u->a, "%.*s\n%s%.*s%s", SLU_FMT(first), rest.n ? "\n" : "", SLU_FMT(rest), rest.n && !slu_str_ends(rest, "\n") ? "\n" : ""));
}

static slu_rc by_merge(slu_oid *out, struct app_merging *m, slu_err *err)
{
	port_git *g = m->r->git;
	const struct port_git_ident author = app_ident(m->u), committer = app_server_ident(m->u);
	const slu_oid parents[2] = { m->target, m->source };
	slu_oid tree = { 0 };

	SLU_TRY(merged_tree(&tree, m, &m->target, &m->source, err));
	const char *title = slu_printf(m->u->a, "Merge change %llu from %.*s into %.*s", (unsigned long long)m->change.number, SLU_FMT(m->change.source), SLU_FMT(m->change.target));
	return g->ops->commit_make(g, &tree, parents, 2, &author, &committer, message(m, title, m->change.title), out, err);
}

/** The author of the change's commits stays their author: that of the newest one. */
static slu_rc by_squash(slu_oid *out, struct app_merging *m, slu_err *err)
{
	port_git *g = m->r->git;
	const struct port_git_ident committer = app_server_ident(m->u);
	struct pol_commit newest;
	slu_oid tree = { 0 };

	SLU_TRY(merged_tree(&tree, m, &m->target, &m->source, err));
	SLU_TRY(g->ops->commit(g, m->u->a, &m->source, &newest, err));
	const struct port_git_ident author = { newest.author_name, newest.author_email, newest.author_time_s };
	slu_str body = m->change.body.n ? slu_s(slu_printf(m->u->a, "%.*s\n\nChange: %llu", SLU_FMT(m->change.body), (unsigned long long)m->change.number))
	                                : slu_s(slu_printf(m->u->a, "Change: %llu", (unsigned long long)m->change.number));
	return g->ops->commit_make(g, &tree, &m->target, 1, &author, &committer, message(m, slu_str_dup(m->u->a, m->change.title), body), out, err);
}

static slu_rc by_fast_forward(slu_oid *out, struct app_merging *m, slu_err *err)
{
	bool inside = false;

	SLU_TRY(m->r->git->ops->is_ancestor(m->r->git, &m->target, &m->source, &inside, err));
	if (!inside)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s cannot be fast-forwarded: it has commits that %.*s does not have. Rebase %.*s onto it, and push.", SLU_FMT(m->change.target), SLU_FMT(m->change.source), SLU_FMT(m->change.source));
	*out = m->source;
	return SLU_OK;
}

/**
 * One commit on another tip. git 2.39's merge-tree takes no base, so three commits are made: the commit's parent's tree without
 * parents, and both sides on it; merging the last two is the cherry-pick.
 */
static slu_rc replay_one(slu_oid *tip, struct app_merging *m, const struct pol_commit *c, slu_err *err)
{
	port_git *g = m->r->git;
	const struct port_git_ident server = app_server_ident(m->u);
	const struct port_git_ident author = { c->author_name, c->author_email, c->author_time_s };
	struct pol_commit parent, at;
	slu_oid base = { 0 }, ours = { 0 }, theirs = { 0 }, tree = { 0 };

	SLU_TRY(g->ops->commit(g, m->u->a, &c->parent[0], &parent, err));
	SLU_TRY(g->ops->commit(g, m->u->a, tip, &at, err));
	SLU_TRY(g->ops->commit_make(g, &parent.tree, NULL, 0, &server, &server, SLU_STR("base\n"), &base, err));
	SLU_TRY(g->ops->commit_make(g, &at.tree, &base, 1, &server, &server, SLU_STR("ours\n"), &ours, err));
	SLU_TRY(g->ops->commit_make(g, &c->tree, &base, 1, &server, &server, SLU_STR("theirs\n"), &theirs, err));
	SLU_TRY(merged_tree(&tree, m, &ours, &theirs, err));
	return g->ops->commit_make(g, &tree, tip, 1, &author, &server, c->message, tip, err);
}

/* What was reviewed and tested is the change's head: commits without its merges must come to the same files. */
static slu_rc same_as_merge(struct app_merging *m, const slu_oid *tip, slu_err *err)
{
	slu_oid tree = { 0 };
	struct pol_commit c;

	SLU_TRY(merged_tree(&tree, m, &m->target, &m->source, err));
	SLU_TRY(m->r->git->ops->commit(m->r->git, m->u->a, tip, &c, err));
	if (slu_oid_eq(&tree, &c.tree))
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%.*s has merges that change files themselves; its other commits alone do not come to what was reviewed. Rebase %.*s onto %.*s, and push.", SLU_FMT(m->change.source),
	                SLU_FMT(m->change.source), SLU_FMT(m->change.target));
}

static slu_rc by_rebase(slu_oid *out, struct app_merging *m, slu_err *err)
{
	port_git *g = m->r->git;
	const slu_oid *id = NULL;
	size_t n = 0;
	slu_oid tip = m->target;

	SLU_TRY(g->ops->range(g, m->u->a, &m->source, &m->target, 1, SLU_MAX_PUSH_COMMITS, &id, &n, err));
	while (n-- > 0) {
		struct pol_commit c;
		SLU_TRY(g->ops->commit(g, m->u->a, &id[n], &c, err));
		if (c.parent_n == 1)
			SLU_TRY(replay_one(&tip, m, &c, err));
	}
	SLU_TRY(same_as_merge(m, &tip, err));
	*out = tip;
	return SLU_OK;
}

slu_rc app_merge_make(slu_oid *out, struct app_merging *m, slu_err *err)
{
	switch (m->method) {
	case STRAT_MERGE:
		return by_merge(out, m, err);
	case STRAT_SQUASH:
		return by_squash(out, m, err);
	case STRAT_REBASE:
		return by_rebase(out, m, err);
	case STRAT_FAST_FORWARD:
		return by_fast_forward(out, m, err);
	}
	return slu_fail(err, SLU_E_INTERNAL, "The way to merge is not known.");
}
