/* SPDX-License-Identifier: Apache-2.0 */
#include "app/follows.h"

static const char heads[] = "refs/heads/", owed_back[] = "sluice/back-merge/", owed_also[] = "sluice/also-into/", into_word[] = "-into-";

struct follows {
	slu_arena *a;
	const strat *s;
	const struct pol_facts *f;
	const slu_str *name; /* of branches, with their heads */
	const slu_oid *head;
	size_t n;
};

/* What went into a branch of this kind: a merge that keeps commits shows it; of the others nothing can tell. */
static slu_rc has_landed(bool *out, const struct follows *q, const slu_oid *head, const struct strat_edge *edge, slu_err *err)
{
	*out = edge->method == STRAT_SQUASH || edge->method == STRAT_REBASE;
	for (size_t i = 0; i < q->n && !*out; i++)
		if (strat_branch_kind(q->s, q->name[i], NULL) == edge->into)
			SLU_TRY(q->f->is_ancestor(q->f->ctx, q->a, head, &q->head[i], out, err));
	return SLU_OK;
}

/* Does what lands in, or comes from, a branch of the kind `from` go into one of `into`, too? */
static slu_rc goes_too(bool *out, const struct follows *q, int from, const slu_oid *head, int into, slu_err *err)
{
	*out = false;
	for (size_t k = 0; k < q->s->branch_n; k++)
		for (size_t i = 0; i < q->s->branch[k].edge_n && !*out; i++) {
			const struct strat_edge *e = &q->s->branch[k].edge[i];
			*out = e->into == from && strat_set_has(&e->back_merge, into);
			if (!*out && (int)k == from && strat_set_has(&e->also_into, into))
				SLU_TRY(has_landed(out, q, head, e, err));
		}
	return SLU_OK;
}

/* Is this the head of a branch that goes there, too? */
static slu_rc is_source(bool *out, const struct follows *q, const slu_oid *head, slu_str into, slu_err *err)
{
	int kind = strat_branch_kind(q->s, into, NULL);
	*out = false;
	for (size_t i = 0; i < q->n && !*out && kind >= 0; i++) {
		if (!slu_oid_eq(&q->head[i], head) || slu_str_eq(q->name[i], into))
			continue;
		int from = strat_branch_kind(q->s, q->name[i], NULL);
		bool owed = from >= 0 && q->s->branch[from].builtin && (slu_str_starts(q->name[i], owed_back) || slu_str_starts(q->name[i], owed_also)) && slu_str_ends(q->name[i], slu_printf(q->a, "%s%.*s", into_word, SLU_FMT(into)));
		*out = owed;
		if (!owed && from >= 0)
			SLU_TRY(goes_too(out, q, from, head, kind, err));
	}
	return SLU_OK;
}

/* A conflict has no one solution: whoever pushes has solved it. */
static slu_rc is_merge(bool *out, struct follows *q, const struct pol_action *push, slu_str into, slu_err *err)
{
	struct pol_commit c;
	slu_oid tree;
	bool clean = false;
	*out = false;
	SLU_TRY(q->f->commit(q->f->ctx, q->a, &push->new_, &c, err));
	if (c.parent_n != 2 || !slu_oid_eq(&c.parent[0], &push->old))
		return SLU_OK;
	SLU_TRY(q->f->branches(q->f->ctx, q->a, &q->name, &q->head, &q->n, err));
	SLU_TRY(is_source(out, q, &c.parent[1], into, err));
	if (!*out)
		return SLU_OK;
	SLU_TRY(q->f->merge_tree(q->f->ctx, q->a, &push->old, &c.parent[1], &tree, &clean, err));
	*out = !clean || slu_oid_eq(&tree, &c.tree);
	return SLU_OK;
}

/* sluice/back-merge/main-into-develop: a branch stands there, and gets it. */
static slu_rc is_owed(bool *out, struct follows *q, const struct pol_action *push, slu_str branch, slu_err *err)
{
	*out = false;
	SLU_TRY(q->f->branches(q->f->ctx, q->a, &q->name, &q->head, &q->n, err));
	for (size_t i = 0; i < q->n && !*out; i++)
		if (slu_str_ends(branch, slu_printf(q->a, "%s%.*s", into_word, SLU_FMT(q->name[i]))))
			SLU_TRY(is_source(out, q, &push->new_, q->name[i], err));
	return SLU_OK;
}

slu_rc app_follows(bool *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *push, slu_err *err)
{
	struct follows q = { .a = a, .s = s, .f = f };
	slu_str branch = { push->ref.p + strlen(heads), push->ref.n - strlen(heads) };
	bool moves = push->verb == POL_PUSH || push->verb == POL_CREATE;
	*out = false;
	if (!moves || !slu_str_starts(push->ref, heads))
		return SLU_OK;
	if (slu_str_starts(branch, owed_back) || slu_str_starts(branch, owed_also))
		return is_owed(out, &q, push, branch, err);
	return push->verb == POL_PUSH ? is_merge(out, &q, push, branch, err) : SLU_OK;
}
