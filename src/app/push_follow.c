/* SPDX-License-Identifier: Apache-2.0 */
/* A push that is exactly a merge is that merge: what follows from one follows from it too, in the same act. */
#include "app/changes_impl.h"
#include "app/push_impl.h"

static slu_rc follow_one(struct app_merging *m, const struct app_push *p, const struct app_push_judged *j, size_t i, slu_err *err)
{
	static const struct app_merge_ask by_person = { 0 };
	struct app_merge_result *res = SLU_NEW(m->u->a, struct app_merge_result);

	SLU_TRY(port_change_get(m->u->store, m->u->a, m->r->id, j->ref[i].merges_change, &m->change, err));
	SLU_TRY(m->r->git->ops->ref(m->r->git, app_branch_ref(m->u, m->change.source), &m->source, err));
	if (slu_oid_is_zero(&m->source))
		m->source = m->change.head;
	m->target = p->update[i].old;
	m->ask = &by_person;
	m->out = res;
	res->verdict = j->ref[i].verdict;
	return app_merge_follow(m, &p->update[i].new_, err);
}

static bool follows(const struct app_push_judged *j)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->ref[i].merges_change && j->ref[i].verdict.follow.n)
			return true;
	return false;
}

static slu_rc follow_all(struct app_merging *m, const struct app_push *p, struct app_push_judged *j, slu_err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		*SLU_ADD(m->u->a, &m->update) = p->update[i];
		*SLU_ADD(m->u->a, &m->ref) = j->ref[i];
	}
	m->fixed = p->n;
	for (size_t i = 0; i < p->n; i++)
		if (j->ref[i].merges_change)
			SLU_TRY(follow_one(m, p, j, i, err));
	struct app_push_followed *f = SLU_NEW(m->u->a, struct app_push_followed);
	*f = (struct app_push_followed){ m->update.v + p->n, m->ref.v + p->n, m->update.n - p->n, m->left.v, m->left.n };
	j->followed = f->n ? f : NULL;
	return SLU_OK;
}

slu_rc app_push_follow(const struct port_git_update **all, size_t *n, struct app_unit *u, struct app_repo *r, const struct app_push *p, struct app_push_judged *j, slu_err *err)
{
	struct app_merging m = { .u = u, .r = r };

	*all = p->update;
	*n = p->n;
	if (!follows(j))
		return SLU_OK;
	/* Others may have acted since the push was judged: what follows must come from a verdict that still stands. */
	SLU_TRY(app_push_still(j->ref, u, r, p, j->rested, u->now_s, err));
	SLU_TRY(app_rested(&j->rested, u, r, err));
	SLU_TRY(follow_all(&m, p, j, err));
	*all = m.update.v;
	*n = m.update.n;
	return SLU_OK;
}
