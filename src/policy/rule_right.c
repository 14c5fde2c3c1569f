/* SPDX-License-Identifier: Apache-2.0 */
/* Who may bring nothing at all, by any `allow`: told before the objects of a push come, so that nobody's gigabytes are unpacked for a no. And
   where a strategy does not enforce its `allow`, the level `write` stands in its place: what is tried out opens no door. */
#include "policy/rule.h"

static bool named_in(const struct pol_judge *j, const struct strat_who *allow)
{
	for (size_t v = 0; v < STRAT_VERB_COUNT; v++)
		if (pol_who_has(&allow[v], j->act->actor, &j->actor))
			return true;
	return false;
}

static bool named_anywhere(const struct pol_judge *j)
{
	if (j->s->emergency.set && pol_who_has(&j->s->emergency.by, j->act->actor, &j->actor))
		return true;
	for (size_t i = 0; i < j->s->branch_n; i++)
		if (named_in(j, j->s->branch[i].allow))
			return true;
	for (size_t i = 0; i < j->s->tag_n; i++)
		if (named_in(j, j->s->tag[i].allow))
			return true;
	return false;
}

/* Is there a branch where the strategy's own `allow` does not count? */
static bool lax_somewhere(const strat *s)
{
	for (size_t i = 0; i < s->branch_n; i++)
		if (s->branch[i].enforcement != STRAT_ACTIVE)
			return true;
	return s->enforcement != STRAT_ACTIVE;
}

/* By the `allow` of just this act: what opens a throwaway branch opens no other. */
static bool named_here(const struct pol_judge *j)
{
	static const enum strat_verb of[POL_VERB_COUNT] = { [POL_CREATE] = STRAT_VERB_CREATE, [POL_PUSH] = STRAT_VERB_PUSH, [POL_FORCE_PUSH] = STRAT_VERB_FORCE_PUSH,
		[POL_DELETE] = STRAT_VERB_DELETE, [POL_MERGE] = STRAT_VERB_MERGE, [POL_TAG] = STRAT_VERB_CREATE, [POL_TAG_MOVE] = STRAT_VERB_FORCE_PUSH, [POL_TAG_DELETE] = STRAT_VERB_DELETE };
	enum pol_verb v = j->act->verb;
	if (j->environment >= 0) {
		const struct strat_environment *e = &j->s->environment[j->environment];
		return pol_who_has(v == POL_ROLL_BACK ? &e->allow_roll_back : &e->allow_deploy, j->act->actor, &j->actor);
	}
	if (v == POL_MERGE && j->s->emergency.set && pol_who_has(&j->s->emergency.by, j->act->actor, &j->actor))
		return true;
	if (j->tag_class >= 0)
		return pol_who_has(&j->s->tag[j->tag_class].allow[of[v]], j->act->actor, &j->actor);
	return j->kind >= 0 && pol_who_has(&j->s->branch[j->kind].allow[of[v]], j->act->actor, &j->actor);
}

/* Where it is built in, no line of the strategy softens it. */
static void refuse(struct pol_judge *j, struct strat_pos pos, const char *wanted)
{
	pol_add(j, NULL, (struct pol_row){ .rule = "allow", .pos = pos, .state = POL_FAILED, .about = POL_ABOUT_RIGHT, .wanted = wanted,
		 .actual = pol_person_text(j, j->act->actor, &j->actor), .remedy = pol_suggest_who(j) });
}

static slu_rc judge_right(struct pol_judge *j, slu_err *err)
{
	(void)err;
	if (j->enforcement != STRAT_ACTIVE && j->act->cause == POL_BY_PERSON && j->actor_known && j->actor.level < STRAT_WRITE && !named_here(j))
		refuse(j, pol_nowhere, "level write, or an `allow` for just this: the strategy is not enforced here");
	return SLU_OK;
}

const struct pol_rule rule_right = {
	.name = "right",
	.summary = "Where the strategy is only evaluated, or disabled, who has neither the level `write` nor the `allow` of the act still changes no ref and deploys nothing.",
	.verbs = POL_REF_VERBS | POL_TAG_VERBS | POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY) | POL_VERB(POL_ROLL_BACK),
	.rank = 19,
	.about = POL_ABOUT_RIGHT,
	.builtin = true,
	.judge = judge_right,
};

slu_rc pol_push_hopeless(struct pol_verdict *out, bool *hopeless, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *act, int64_t now_s, slu_err *err)
{
	struct pol_verdict v = { .action = *act, .digest = s->digest };
	struct pol_judge j = { .a = a, .s = s, .f = f, .act = act, .now_s = now_s, .v = &v, .enforcement = s->enforcement, .environment = STRAT_NONE };
	*hopeless = false;
	SLU_TRY(pol_person_get(&j, act->actor, &j.actor, &j.actor_known, err));
	if (!j.actor_known || (lax_somewhere(s) && j.actor.level >= STRAT_WRITE) || named_anywhere(&j))
		return SLU_OK;
	refuse(&j, lax_somewhere(s) ? pol_nowhere : pol_branches_pos(s), "somebody who may create, push or merge any branch here, or make any tag");
	pol_conclude(&v);
	*out = v;
	*hopeless = true;
	return SLU_OK;
}
