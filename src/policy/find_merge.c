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

/* The commits of a range that are no merges, newest first. */
static slu_rc plain_commits(struct pol_judge *j, const slu_oid *tip, struct pol_commit **out, size_t *n, bool *merges, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t all = 0;
	SLU_TRY(j->f->range(j->f->ctx, j->a, tip, &j->act->old, 1, SLU_MAX_PUSH_COMMITS, &id, &all, err));
	struct pol_commit *c = SLU_NEW_N(j->a, struct pol_commit, all + 1);
	*n = 0;
	for (size_t i = 0; i < all; i++) {
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &id[i], &c[*n], err));
		*n += c[*n].parent_n == 1;
	}
	*merges = *n != all;
	*out = c;
	return SLU_OK;
}

/* Does one commit bring the same paths as the other? */
static slu_rc same_paths(bool *out, struct pol_judge *j, const struct pol_commit *x, const struct pol_commit *y, slu_err *err)
{
	const struct pol_file *a = NULL, *b = NULL;
	size_t a_n = 0, b_n = 0;
	SLU_TRY(j->f->files(j->f->ctx, j->a, &x->id, &x->parent[0], 1, &a, &a_n, err));
	SLU_TRY(j->f->files(j->f->ctx, j->a, &y->id, &y->parent[0], 1, &b, &b_n, err));
	*out = a_n == b_n;
	for (size_t i = 0; *out && i < a_n; i++)
		*out = slu_str_eq(a[i].path, b[i].path);
	return SLU_OK;
}

/* The same author, message and paths: only the place is another. What stands in them is told by the tree at the end. */
static slu_rc is_same_work(bool *out, struct pol_judge *j, const struct pol_commit *x, const struct pol_commit *y, slu_err *err)
{
	*out = slu_str_eq(x->author_name, y->author_name) && slu_str_eq(x->author_email, y->author_email) && x->author_time_s == y->author_time_s &&
	       slu_str_eq(slu_str_trim(x->message), slu_str_trim(y->message));
	if (!*out || !j->f->files || slu_oid_eq(&x->id, &y->id))
		return SLU_OK;
	return same_paths(out, j, x, y, err);
}

/* The change's commits that are no merges, each again on the old target, in one line that ends in the merge's tree. */
static slu_rc is_rebase(bool *out, struct pol_judge *j, const struct probe *p, slu_err *err)
{
	struct pol_commit *mine = NULL, *theirs = NULL;
	size_t mine_n = 0, theirs_n = 0;
	bool merges = false, ignored = false, same = true;
	*out = false;
	if (!slu_oid_eq(&p->tip.tree, &p->tree))
		return SLU_OK;
	SLU_TRY(plain_commits(j, &j->act->new_, &mine, &mine_n, &merges, err));
	SLU_TRY(plain_commits(j, &p->c->head, &theirs, &theirs_n, &ignored, err));
	if (merges || mine_n != theirs_n)
		return SLU_OK;
	for (size_t i = 0; same && i < mine_n; i++)
		SLU_TRY(is_same_work(&same, j, &mine[i], &theirs[i], err));
	*out = same;
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

static slu_rc try_change(struct pol_judge *j, struct probe *p, bool *found, enum strat_method *method, uint64_t *near, const char **why, slu_err *err)
{
	const struct strat_edge *e = pol_edge(j->s, strat_branch_kind(j->s, p->c->source, NULL), j->kind);
	*found = false;
	if (!p->c->head_known || p->c->state != POL_CHANGE_OPEN)
		return SLU_OK;
	SLU_TRY(j->f->merge_tree(j->f->ctx, j->a, &j->act->old, &p->c->head, &p->tree, &p->clean, err));
	if (!p->clean) {
		bool meant = p->tip.parent_n == 2 && slu_oid_eq(&p->tip.parent[0], &j->act->old) && slu_oid_eq(&p->tip.parent[1], &p->c->head);
		if (meant)
			*near = p->c->number, *why = POL_TEXT(j, "%.*s and %.*s are in conflict, and how that was solved shows nowhere: merge %.*s into it, solve it there, then merge it", SLU_FMT(p->c->source), SLU_FMT(j->branch), SLU_FMT(j->branch));
		return SLU_OK;
	}
	*method = e ? e->method : STRAT_MERGE;
	SLU_TRY(fits(found, j, p, *method, err));
	if (*found)
		return SLU_OK;
	for (int m = STRAT_MERGE; m <= STRAT_FAST_FORWARD; m++) {
		bool other = false;
		SLU_TRY(fits(&other, j, p, (enum strat_method)m, err));
		if (!other)
			continue;
		*near = p->c->number;
		const char *what = p->c->git_only ? pol_z(j, p->c->source) : POL_TEXT(j, "change %llu", (unsigned long long)p->c->number);
		*why = POL_TEXT(j, "it is a %s of %s; this way is merged by %s", strat_method_word((enum strat_method)m), what, strat_method_word(*method));
	}
	return SLU_OK;
}

slu_rc pol_find_merge(struct pol_judge *j, uint64_t *change, uint64_t *near, enum strat_method *method, const char **why, slu_err *err)
{
	const uint64_t *open = NULL;
	size_t n = 0;
	*change = *near = 0;
	*why = "no open change is known here: only the server knows changes";
	if (!j->f->open_changes || !j->f->change || !j->f->merge_tree)
		return SLU_OK;
	*why = j->f->by_push ? "it is the merge of no branch that is there or comes with it" : POL_TEXT(j, "it is not the merge of any open change into %.*s", SLU_FMT(j->branch));
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
		SLU_TRY(try_change(j, &p, &found, method, near, why, err));
		if (found) {
			*change = c.number;
			return SLU_OK;
		}
	}
	return SLU_OK;
}
