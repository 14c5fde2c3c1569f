/* SPDX-License-Identifier: Apache-2.0 */
/* Is a push exactly the merge of an open change? Parents and tree tell, never the message. */
#include "policy/rule.h"

struct probe {
	struct pol_commit tip; /* what was pushed */
	slu_oid tree;          /* of merging the change's head into the old target */
	bool clean;
	const struct pol_change *c;
};

static bool is_merge_commit(const struct pol_judge *j, const struct probe *p)
{
	return p->tip.parent_n == 2 && slu_oid_eq(&p->tip.parent[0], &j->act->old) && slu_oid_eq(&p->tip.parent[1], &p->c->head) && slu_oid_eq(&p->tip.tree, &p->tree);
}

static bool is_squash(const struct pol_judge *j, const struct probe *p)
{
	return p->tip.parent_n == 1 && slu_oid_eq(&p->tip.parent[0], &j->act->old) && slu_oid_eq(&p->tip.tree, &p->tree);
}

static bool said(const struct pol_commit *c, const slu_str *message, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(c->message, message[i]))
			return true;
	return false;
}

/* As many commits on the old target as the change has that are no merges, in one line, with its messages, ending in the merge's tree. */
static slu_rc is_rebase(bool *out, struct pol_judge *j, const struct probe *p, slu_err *err)
{
	const slu_oid *mine = NULL, *theirs = NULL;
	size_t mine_n = 0, theirs_n = 0, own = 0;
	struct pol_commit c;
	*out = false;
	if (!slu_oid_eq(&p->tip.tree, &p->tree))
		return SLU_OK;
	SLU_TRY(j->f->range(j->f->ctx, j->a, &j->act->new_, &j->act->old, 1, SLU_MAX_PUSH_COMMITS, &mine, &mine_n, err));
	SLU_TRY(j->f->range(j->f->ctx, j->a, &p->c->head, &j->act->old, 1, SLU_MAX_PUSH_COMMITS, &theirs, &theirs_n, err));
	slu_str *message = SLU_NEW_N(j->a, slu_str, theirs_n + 1);
	for (size_t i = 0; i < theirs_n; i++) {
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &theirs[i], &c, err));
		if (c.parent_n == 1)
			message[own++] = c.message;
	}
	for (size_t i = 0; i < mine_n; i++) {
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &mine[i], &c, err));
		if (c.parent_n != 1 || !said(&c, message, own))
			return SLU_OK;
	}
	*out = own == mine_n;
	return SLU_OK;
}

static slu_rc fits(bool *out, struct pol_judge *j, const struct probe *p, enum strat_method method, slu_err *err)
{
	*out = false;
	switch (method) {
	case STRAT_MERGE:
		*out = is_merge_commit(j, p);
		break;
	case STRAT_SQUASH:
		*out = is_squash(j, p);
		break;
	case STRAT_REBASE:
		return is_rebase(out, j, p, err);
	case STRAT_FAST_FORWARD:
		*out = slu_oid_eq(&j->act->new_, &p->c->head);
		break;
	}
	return SLU_OK;
}

static slu_rc try_change(struct pol_judge *j, struct probe *p, bool *found, enum strat_method *method, const char **why, slu_err *err)
{
	const struct strat_edge *e = pol_edge(j->s, strat_branch_kind(j->s, p->c->source, NULL), j->kind);
	*found = false;
	if (!p->c->head_known || p->c->state != POL_CHANGE_OPEN)
		return SLU_OK;
	SLU_TRY(j->f->merge_tree(j->f->ctx, j->a, &j->act->old, &p->c->head, &p->tree, &p->clean, err));
	if (!p->clean)
		return SLU_OK;
	*method = e ? e->method : STRAT_MERGE;
	SLU_TRY(fits(found, j, p, *method, err));
	if (*found)
		return SLU_OK;
	for (int m = STRAT_MERGE; m <= STRAT_FAST_FORWARD; m++) {
		bool other = false;
		SLU_TRY(fits(&other, j, p, (enum strat_method)m, err));
		if (other)
			*why = POL_TEXT(j, "it is a %s of change %llu; this way is merged by %s", strat_method_word((enum strat_method)m), (unsigned long long)p->c->number,
					strat_method_word(*method));
	}
	return SLU_OK;
}

slu_rc pol_find_merge(struct pol_judge *j, uint64_t *change, enum strat_method *method, const char **why, slu_err *err)
{
	const uint64_t *open = NULL;
	size_t n = 0;
	*change = 0;
	*why = "no open change is known here: only the server knows changes";
	if (!j->f->open_changes || !j->f->change || !j->f->merge_tree)
		return SLU_OK;
	*why = POL_TEXT(j, "it is not the merge of any open change into %.*s", SLU_FMT(j->branch));
	SLU_TRY(j->f->open_changes(j->f->ctx, j->a, j->branch, &open, &n, err));
	struct probe p = { 0 };
	if (n)
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &j->act->new_, &p.tip, err));
	for (size_t i = 0; i < n; i++) {
		struct pol_change c;
		bool found = false;
		SLU_TRY(j->f->change(j->f->ctx, j->a, open[i], &c, err));
		if (!slu_str_eq(c.target, j->branch))
			continue;
		p.c = &c;
		SLU_TRY(try_change(j, &p, &found, method, why, err));
		if (found) {
			*change = c.number;
			return SLU_OK;
		}
	}
	return SLU_OK;
}
