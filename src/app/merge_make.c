/* SPDX-License-Identifier: Apache-2.0 */
/* The commit that a merge makes, in memory, by each method. */
#include "app/changes_impl.h"
#include "app/join.h"
#include "insight/merge_name.h"
#include "policy/phases.h"

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
	const struct port_git_ident author = { newest.author_name, newest.author_email, newest.author_time_s, newest.author_zone };
	slu_str body = m->change.body.n ? slu_s(slu_printf(m->u->a, "%.*s\n\nChange: %llu", SLU_FMT(m->change.body), (unsigned long long)m->change.number))
	                                : slu_s(slu_printf(m->u->a, "Change: %llu", (unsigned long long)m->change.number));
	slu_str text = message(m, slu_str_dup(m->u->a, m->change.title), body);
	if (pol_phase_of(m->r->strategy, m->change.source) >= 0)
		text = ins_squash_message(m->u->a, text, m->change.source, m->change.target);
	return g->ops->commit_make(g, &tree, &m->target, 1, &author, &committer, text, out, err);
}

/* ---- as the server ------------------------------------------------------------------------------------------------------- */

static slu_rc tree_of(void *ctx, const slu_oid *ours, const slu_oid *theirs, struct app_join_pick *pick, slu_oid *tree, slu_err *err)
{
	(void)pick; /* nobody solves anything on the server */
	return merged_tree(tree, ctx, ours, theirs, err);
}

static slu_rc make(void *ctx, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err)
{
	struct app_merging *m = ctx;
	const struct port_git_ident server = app_server_ident(m->u);

	return m->r->git->ops->commit_make(m->r->git, tree, parent, parent_n, author ? author : &server, &server, message, out, err);
}

static struct app_join join_of(struct app_merging *m)
{
	return (struct app_join){
		.a = m->u->a, .git = m->r->git, .target = m->target, .source = m->source, .target_name = m->change.target, .source_name = m->change.source, .tree = tree_of, .commit = make, .ctx = m,
	};
}

slu_rc app_merge_make(slu_oid *out, struct app_merging *m, slu_err *err)
{
	const struct app_join j = join_of(m);

	switch (m->method) {
	case STRAT_MERGE:
		return by_merge(out, m, err);
	case STRAT_SQUASH:
		return by_squash(out, m, err);
	case STRAT_REBASE:
		return app_join_rebase(out, &j, err);
	case STRAT_FAST_FORWARD:
		return app_join_forward(out, &j, err);
	}
	return slu_fail(err, SLU_E_INTERNAL, "The way to merge is not known.");
}
