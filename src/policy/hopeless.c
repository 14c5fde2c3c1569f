/* SPDX-License-Identifier: Apache-2.0 */
/* Who may push nothing at all: told before the objects of a push come, so that nobody's gigabytes are unpacked for a no. */
#include "policy/rule.h"

static bool named_in(const struct pol_judge *j, const struct strat_who *allow)
{
	for (size_t v = 0; v < STRAT_VERB_COUNT; v++)
		if (pol_who_has(&allow[v], j->act->actor, &j->actor))
			return true;
	return false;
}

/* Wherever the strategy does not enforce, and for whoever an emergency lets merge, the whole judgement has the word. */
static bool may_something(const struct pol_judge *j)
{
	if (j->s->emergency.set && pol_who_has(&j->s->emergency.by, j->act->actor, &j->actor))
		return true;
	for (size_t i = 0; i < j->s->branch_n; i++)
		if (j->s->branch[i].enforcement != STRAT_ACTIVE || named_in(j, j->s->branch[i].allow))
			return true;
	for (size_t i = 0; i < j->s->tag_n; i++)
		if (named_in(j, j->s->tag[i].allow))
			return true;
	return false;
}

slu_rc pol_push_hopeless(struct pol_verdict *out, bool *hopeless, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *act, int64_t now_s, slu_err *err)
{
	struct pol_verdict v = { .action = *act, .digest = s->digest };
	struct pol_judge j = { .a = a, .s = s, .f = f, .act = act, .now_s = now_s, .v = &v, .enforcement = s->enforcement };
	*hopeless = false;
	if (s->enforcement != STRAT_ACTIVE)
		return SLU_OK;
	SLU_TRY(pol_person_get(&j, act->actor, &j.actor, &j.actor_known, err));
	if (!j.actor_known || may_something(&j))
		return SLU_OK;
	pol_add(&j, NULL, (struct pol_row){ .rule = "allow", .pos = pol_branches_pos(s), .state = POL_FAILED, .wanted = "somebody who may create, push or merge any branch here, or make any tag",
		 .actual = pol_person_text(&j, act->actor, &j.actor), .remedy = "sluice role list" });
	pol_conclude(&v);
	*out = v;
	*hopeless = true;
	return SLU_OK;
}
