/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a merge: tag, also-into, back-merge, deletion of the merged branch. Allowed by it; checks still hold. */
#include "policy/rule.h"

static struct pol_follow *add(struct pol_judge *j, const char *ref, struct strat_pos pos)
{
	struct pol_follow *f = SLU_ADD(j->a, &j->v->follow);
	f->ref = ref;
	f->tag_class = STRAT_NONE;
	f->pos = pos;
	return f;
}

slu_rc pol_follow_tag(struct pol_judge *j, int cls, const char **out, slu_err *err)
{
	const struct strat_tag *t = &j->s->tag[cls];
	char *made = NULL;
	slu_str version = { 0 };
	*out = "";
	if (!j->act->version.n && t->match_n && strat_pattern_make(&made, j->a, t->match[0], &j->source_caps, NULL) == SLU_OK) {
		*out = POL_TEXT(j, "refs/tags/%s", made);
		return SLU_OK;
	}
	SLU_TRY(pol_next_version(j, &version, err));
	if (!version.n)
		return SLU_OK;
	SLU_TRY(pol_tag_name(&made, j->a, j->s, cls, version, err));
	*out = POL_TEXT(j, "refs/tags/%s", made);
	return SLU_OK;
}

/* A release branch that is kept after its release has nothing more to get. */
static slu_rc is_released(bool *out, struct pol_judge *j, slu_str branch, slu_err *err)
{
	const char *tag = pol_released_as(j->a, j->s, branch);
	slu_oid at = slu_oid_zero();
	if (*tag && j->f->ref)
		SLU_TRY(j->f->ref(j->f->ctx, j->a, slu_s(tag), &at, err));
	*out = !slu_oid_is_zero(&at);
	return SLU_OK;
}

static slu_rc each_branch(struct pol_judge *j, const struct strat_set *set, bool back, slu_err *err)
{
	if (set->n == 0)
		return SLU_OK;
	bool *want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
	slu_oid *head = NULL;
	slu_str *name = NULL;
	size_t n = 0;
	for (size_t i = 0; i < set->n; i++)
		want[set->i[i]] = true;
	SLU_TRY(pol_heads(j, want, j->branch, &head, &name, &n, err));
	for (size_t i = 0; i < n; i++) {
		bool released = false;
		SLU_TRY(is_released(&released, j, name[i], err));
		if (released || slu_str_eq(name[i], j->source))
			continue;
		struct pol_follow *f = add(j, POL_TEXT(j, "refs/heads/%.*s", SLU_FMT(name[i])), set->pos);
		f->kind = back ? POL_FOLLOW_BACK_MERGE : POL_FOLLOW_ALSO_INTO;
	}
	return SLU_OK;
}

slu_rc pol_follow_acts(struct pol_judge *j, slu_err *err)
{
	if (j->act->verb != POL_MERGE || !j->edge)
		return SLU_OK;
	const struct strat_branch *from = &j->s->branch[j->source_kind];
	if (j->edge->tag >= 0) {
		const char *name = "";
		SLU_TRY(pol_follow_tag(j, j->edge->tag, &name, err));
		struct pol_follow *f = add(j, name, j->edge->pos);
		f->kind = POL_FOLLOW_TAG;
		f->tag_class = j->edge->tag;
	}
	SLU_TRY(each_branch(j, &j->edge->also_into, false, err));
	SLU_TRY(each_branch(j, &j->edge->back_merge, true, err));
	if (from->delete_after_merge)
		add(j, POL_TEXT(j, "refs/heads/%.*s", SLU_FMT(j->source)), from->pos)->kind = POL_FOLLOW_DELETE;
	const char *twin = "";
	SLU_TRY(pol_twin_goes(j, &twin, err));
	if (*twin)
		add(j, twin, from->pos)->kind = POL_FOLLOW_DELETE;
	return SLU_OK;
}
