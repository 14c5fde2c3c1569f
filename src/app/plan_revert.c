/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plan_revert.h"

#include "app/plan_checks.h"

#include "flow/phase.h"
#include "insight/merge_name.h"
#include "policy/phases.h"

static slu_str message_of(struct app_plan *p, const struct app_take *t)
{
	const char *more = t->merge ? slu_printf(p->a, ", reversing\nchanges made to %s", t->before.hex) : "";
	return slu_s(slu_printf(p->a, "Revert \"%.*s\"\n\nThis reverts commit %s%s.\n", SLU_FMT(t->subject), t->id.hex, more));
}

/* As `git revert -m 1`: a merge of *at with the tree before it, whose base it is. git's merge-tree takes no base of its own, so a commit is made that has it as its parent. */
static slu_rc inverse_tree(slu_oid *tree, struct app_plan *p, const slu_oid *at, const struct app_take *t, slu_err *err)
{
	const struct port_git_ident nobody = { .name = SLU_STR("sluice"), .email = SLU_STR("sluice@localhost"), .time_s = 0 };
	struct pol_commit before;
	slu_oid beside;
	SLU_TRY(p->git->ops->commit(p->git, p->a, &t->before, &before, err));
	SLU_TRY(p->git->ops->commit_make(p->git, &before.tree, &t->id, 1, &nobody, &nobody, SLU_STR("before\n"), &beside, err));
	slu_rc rc = app_plan_tree(tree, p, at, &beside, err);
	p->has_conflict = rc == SLU_E_CONFLICT;
	return rc;
}

static slu_rc take_one(slu_oid *at, struct app_plan *p, const struct app_take *t, slu_err *err)
{
	slu_str message = message_of(p, t);
	struct pol_commit top;
	slu_oid tree, made;
	SLU_TRY(inverse_tree(&tree, p, at, t, err));
	SLU_TRY(p->git->ops->commit(p->git, p->a, at, &top, err));
	if (slu_oid_eq(&tree, &top.tree)) {
		app_plan_says(p, "leave %.10s, \"%.*s\": nothing of it is there any more", t->id.hex, SLU_FMT(t->subject));
		return SLU_OK;
	}
	SLU_TRY(app_plan_commit(p, &tree, at, 1, NULL, message, &made, err));
	app_plan_says(p, "take %.10s back, \"%.*s\" (%.10s)", t->id.hex, SLU_FMT(t->subject), made.hex);
	*at = made;
	return SLU_OK;
}

slu_rc app_plan_take_back(struct app_plan *p, slu_oid *at, const struct app_take *v, size_t n, slu_err *err)
{
	for (size_t i = 0; i < n; i++)
		SLU_TRY(take_one(at, p, &v[i], err));
	return SLU_OK;
}

/* ---- and back --------------------------------------------------------------------------------------------------------------- */

static slu_rc is_of(bool *out, struct app_plan *p, const slu_oid *what, int phase, slu_str branch, slu_err *err)
{
	struct pol_commit c;
	slu_rc rc = p->git->ops->commit(p->git, p->a, what, &c, NULL);
	*out = false;
	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && c.parent_n != 2)) /* a message may name anything */
		return SLU_OK;
	if (rc != SLU_OK)
		return p->git->ops->commit(p->git, p->a, what, &c, err);
	const struct ins_merge_name name = ins_merge_name(c.message);
	if (name.what == INS_SAYS_BRANCH && !name.from_elsewhere)
		*out = phase >= 0 ? pol_phase_of(p->s, name.source) == phase : slu_str_eq(name.source, branch);
	return SLU_OK;
}

typedef SLU_LIST(struct app_take) take_list;

static slu_rc add_revert(take_list *list, struct app_plan *p, const struct app_told_revert *r, slu_err *err)
{
	struct pol_commit c;
	SLU_TRY(p->git->ops->commit(p->git, p->a, &r->id, &c, err));
	slu_str rest = c.message, subject = { "", 0 };
	(void)slu_str_split(&rest, '\n', &subject);
	*SLU_ADD(p->a, list) = (struct app_take){ .id = r->id, .before = r->before, .subject = subject };
	return SLU_OK;
}

slu_rc app_plan_taken_back(struct app_take **out, size_t *n, struct app_plan *p, const struct app_told *told, int phase, slu_err *err)
{
	take_list list = { 0 };
	for (size_t i = 0; i < told->revert.n; i++)
		for (size_t k = 0; k < told->merge.n; k++)
			if (told->merge.v[k].phase == phase && slu_oid_eq(&told->merge.v[k].taken_back, &told->revert.v[i].id))
				SLU_TRY(add_revert(&list, p, &told->revert.v[i], err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc app_plan_reverts_of(struct app_take **out, size_t *n, struct app_plan *p, const struct app_told *told, int phase, slu_str branch, slu_err *err)
{
	take_list list = { 0 };
	for (size_t i = 0; i < told->revert.n; i++) {
		const struct app_told_revert *r = &told->revert.v[i];
		bool is = false;
		SLU_TRY(is_of(&is, p, &r->what, phase, branch, err));
		if (is)
			SLU_TRY(p->git->ops->is_ancestor(p->git, &r->what, &r->before, &is, err));
		if (is)
			SLU_TRY(add_revert(&list, p, r, err));
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc app_plan_bring_back(bool *any, struct app_plan *p, const struct app_plan_merge *m, const slu_oid *source, slu_oid *target, slu_err *err)
{
	slu_str ref = slu_s(slu_printf(p->a, "refs/heads/%.*s", SLU_FMT(m->target)));
	int phase = m->phase.n ? flow_phase_find(p->s, m->phase) : pol_phase_of(p->s, m->source);
	struct app_told told;
	struct app_take *v = NULL;
	struct pol_verdict verdict;
	slu_oid at = *target;
	size_t n = 0;
	*any = false;
	SLU_TRY(app_told_of(&told, p->a, p->git, p->s, target, source, err));
	SLU_TRY(app_plan_reverts_of(&v, &n, p, &told, phase, m->source, err));
	SLU_TRY(app_plan_take_back(p, &at, v, n, err));
	if (slu_oid_eq(&at, target))
		return SLU_OK;
	const struct pol_action act = { .verb = POL_PUSH, .actor = p->off->person, .ref = ref, .old = *target, .new_ = at, .cause = POL_BY_MERGE };
	SLU_TRY(app_plan_ask(&verdict, p, &act, err));
	*target = at;
	*any = true;
	return app_plan_move(p, ref, &at, err);
}
