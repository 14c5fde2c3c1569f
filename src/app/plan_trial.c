/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plan_trial.h"

#include "app/plan_revert.h"

/* Do two commits merge? The files where they do not, in *t. */
static slu_rc goes(bool *out, slu_oid *tree, struct app_trial *t, struct app_plan *p, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	const struct port_git_conflict *c = NULL;
	size_t n = 0;
	SLU_TRY(p->git->ops->merge_tree(p->git, p->a, ours, theirs, tree, &c, &n, err));
	*out = n == 0;
	t->conflict.n = 0;
	for (size_t i = 0; i < n; i++)
		*SLU_ADD(p->a, &t->conflict) = c[i].path;
	return SLU_OK;
}

/* A merge that only serves to try the next one on it. */
static slu_rc beside(slu_oid *out, struct app_plan *p, const slu_oid *tree, const slu_oid *ours, const slu_oid *theirs, slu_err *err)
{
	const struct port_git_ident nobody = { .name = SLU_STR("sluice"), .email = SLU_STR("sluice@localhost"), .time_s = 0 };
	const slu_oid parents[2] = { *ours, *theirs };
	return p->git->ops->commit_make(p->git, tree, parents, 2, &nobody, &nobody, SLU_STR("beside\n"), out, err);
}

/* The first earlier part that it does not go together with: by itself, or at least after all that came before. */
static slu_rc find_pair(struct app_trial *t, struct app_plan *p, const slu_oid *base, slu_err *err)
{
	const slu_oid *head = &t->part[t->bad].head;
	slu_oid tree, both;
	bool fine = false;
	t->with = t->n;
	SLU_TRY(goes(&fine, &tree, t, p, base, head, err));
	for (size_t i = 0; fine && i < t->bad; i++) {
		bool alone = false;
		SLU_TRY(goes(&alone, &tree, t, p, base, &t->part[i].head, err));
		if (!alone)
			continue;
		SLU_TRY(beside(&both, p, &tree, base, &t->part[i].head, err));
		SLU_TRY(goes(&fine, &tree, t, p, &both, head, err));
		t->with = i;
	}
	t->together = fine;
	for (size_t i = 0; fine && i < t->bad; i++) {
		SLU_TRY(goes(&fine, &tree, t, p, &t->part[i].after, head, err));
		t->with = i;
	}
	return SLU_OK;
}

/* The base took it back once: it would bring nothing. */
static slu_rc with_what_it_had(struct app_plan *p, slu_oid *at, const struct app_trial_part *x, slu_err *err)
{
	struct app_told told;
	struct app_take *v = NULL;
	size_t n = 0;
	SLU_TRY(app_told_of(&told, p->a, p->git, p->s, at, &x->head, err));
	SLU_TRY(app_plan_reverts_of(&v, &n, p, &told, x->phase, x->branch, err));
	slu_rc rc = app_plan_take_back(p, at, v, n, err);
	p->has_conflict = false; /* nobody solves a trial */
	return rc;
}

slu_rc app_plan_trial(struct app_trial *t, struct app_plan *p, slu_err *err)
{
	const slu_oid base = t->at;
	for (size_t i = 0; i < t->n; i++) {
		struct app_trial_part *x = &t->part[i];
		bool in = false, fine = false;
		slu_oid tree;
		SLU_TRY(with_what_it_had(p, &t->at, x, err));
		SLU_TRY(p->git->ops->is_ancestor(p->git, &x->head, &t->at, &in, err));
		x->after = t->at;
		if (in)
			continue;
		SLU_TRY(goes(&fine, &tree, t, p, &t->at, &x->head, err));
		if (!fine) {
			t->bad = i;
			SLU_TRY(find_pair(t, p, &base, err));
			return slu_fail(err, SLU_E_CONFLICT, "They do not go together.");
		}
		const slu_oid parents[2] = { t->at, x->head };
		slu_str message = slu_s(slu_printf(p->a, "Merge %.*s into %.*s\n", SLU_FMT(x->branch), SLU_FMT(t->into)));
		SLU_TRY(p->clone->ops->commit(p->clone, &tree, parents, 2, NULL, message, &x->after, err));
		app_plan_says(p, "merge %.*s into it (%.10s)", SLU_FMT(x->branch), x->after.hex);
		t->at = x->after;
	}
	return SLU_OK;
}
