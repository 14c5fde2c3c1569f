/* SPDX-License-Identifier: Apache-2.0 */
/* Deployments and roll-backs: who may, from which branches, and no version that failed and that nobody has cleared. */
#include "policy/rule.h"

static const char *from_text(struct pol_judge *j, const struct strat_environment *e)
{
	const char *t = "";
	for (size_t i = 0; i < e->from.n; i++)
		t = POL_TEXT(j, "%s%s%s", t, *t ? ", " : "", pol_kind_name(j, e->from.i[i]));
	return t;
}

static slu_rc from_row(struct pol_judge *j, const struct strat_environment *e, const char *rule, slu_err *err)
{
	slu_oid *head = NULL;
	slu_str *name = NULL;
	size_t n = 0, at = 0;
	bool on = false;
	if (e->from.n == 0 || slu_oid_is_zero(&j->head) || !j->f->is_ancestor)
		return SLU_OK;
	bool *want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
	for (size_t i = 0; i < e->from.n; i++)
		want[e->from.i[i]] = true;
	SLU_TRY(pol_heads(j, want, SLU_STR(""), &head, &name, &n, err));
	for (size_t i = 0; i < n && !on; i++) {
		SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &j->head, &head[i], &on, err));
		at = i;
	}
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.from", rule), .pos = e->from.pos.line ? e->from.pos : e->pos, .state = on ? POL_PASSED : POL_FAILED,
		 .wanted = POL_TEXT(j, "a commit on: %s", from_text(j, e)),
		 .actual = on ? POL_TEXT(j, "%s is on %.*s", pol_short(j, &j->head), SLU_FMT(name[at])) : POL_TEXT(j, "%s is on none of them", pol_short(j, &j->head)),
		 .remedy = on ? "" : POL_TEXT(j, "sluice change open --into %s", pol_kind_name(j, e->from.i[0])) });
	return SLU_OK;
}

/* Is the commit what a tag of the classes named would deploy? */
static slu_rc is_tagged(struct pol_judge *j, const struct strat_set *classes, bool *out, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	if (j->f->tags)
		SLU_TRY(j->f->tags(j->f->ctx, j->a, &name, &id, &n, err));
	for (size_t i = 0; i < n && !*out; i++) {
		int cls = slu_oid_eq(&id[i], &j->head) ? strat_tag_class(j->s, name[i], NULL) : STRAT_NONE;
		*out = cls != STRAT_NONE && strat_set_has(classes, cls);
	}
	return SLU_OK;
}

/* By hand goes what `on` names: with `manual` any commit, else only what its other triggers would bring, once more. */
static slu_rc by_hand_row(struct pol_judge *j, const struct strat_environment *e, const char *rule, slu_err *err)
{
	bool may = e->on.on & (1u << STRAT_ON_MANUAL | 1u << STRAT_ON_PUSH | 1u << STRAT_ON_MERGE);
	bool tags = e->on.on & 1u << STRAT_ON_TAG;
	if (j->act->cause != POL_BY_PERSON || e->on.on & 1u << STRAT_ON_MANUAL || slu_oid_is_zero(&j->head))
		return SLU_OK;
	if (!may && tags)
		SLU_TRY(is_tagged(j, &e->on.set[STRAT_ON_TAG], &may, err));
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.on", rule), .pos = e->on.pos.line ? e->on.pos : e->pos, .state = may ? POL_PASSED : POL_FAILED,
		 .wanted = "a trigger `manual`, or a commit that another trigger brings", .actual = may ? "it is such a commit" : tags ? POL_TEXT(j, "%s has no tag that would", pol_short(j, &j->head)) : "nothing brings one by hand",
		 .remedy = may ? "" : POL_TEXT(j, "sluice env show %.*s", SLU_FMT(e->name)) });
	return SLU_OK;
}

static slu_rc blocked_row(struct pol_judge *j, const struct strat_environment *e, const char *rule, slu_err *err)
{
	struct pol_deployment d = { 0 };
	if (!j->f->deployment || j->act->version.n == 0)
		return SLU_OK;
	SLU_TRY(j->f->deployment(j->f->ctx, j->a, j->act->environment, j->act->version, &d, err));
	bool blocked = d.found && d.blocked;
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.blocked", rule), .pos = e->rollout_pos.line ? e->rollout_pos : e->pos, .state = blocked ? POL_FAILED : POL_PASSED,
		 .wanted = "a version that did not fail here, or that a person has cleared",
		 .actual = blocked ? POL_TEXT(j, "deployment %llu of %.*s failed", (unsigned long long)d.number, SLU_FMT(j->act->version)) : "nothing is held against it",
		 .remedy = blocked ? POL_TEXT(j, "sluice env clear %.*s %.*s", SLU_FMT(j->act->environment), SLU_FMT(j->act->version)) : "" });
	return SLU_OK;
}

/* A roll-back goes to what stood there before: what was required of it was met then. */
static slu_rc known_row(struct pol_judge *j, const struct strat_environment *e, const char *rule, slu_err *err)
{
	struct pol_deployment d = { 0 };
	if (!j->f->deployment || j->act->version.n == 0)
		return SLU_OK;
	SLU_TRY(j->f->deployment(j->f->ctx, j->a, j->act->environment, j->act->version, &d, err));
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.roll-back", rule), .pos = e->pos, .state = d.found ? POL_PASSED : POL_FAILED, .wanted = "a version that was deployed here before",
		 .actual = POL_TEXT(j, "%.*s was%s", SLU_FMT(j->act->version), d.found ? "" : " never deployed here"),
		 .remedy = d.found ? "" : POL_TEXT(j, "sluice env show %.*s", SLU_FMT(j->act->environment)) });
	return SLU_OK;
}

static slu_rc judge_deploy(struct pol_judge *j, slu_err *err)
{
	bool back = j->act->verb == POL_ROLL_BACK;
	if (j->environment < 0) {
		pol_add(j, NULL, (struct pol_row){ .rule = "environments", .pos = pol_nowhere, .state = POL_FAILED, .wanted = "an environment of the strategy",
			 .actual = POL_TEXT(j, "%.*s is none", SLU_FMT(j->act->environment)), .remedy = "sluice env list" });
		return SLU_OK;
	}
	if (j->enforcement == STRAT_DISABLED)
		return SLU_OK;
	const struct strat_environment *e = &j->s->environment[j->environment];
	const char *rule = POL_TEXT(j, "environments.%.*s", SLU_FMT(e->name));
	pol_add_allow(j, POL_TEXT(j, "%s.allow.%s", rule, back ? "roll-back" : "deploy"), back ? &e->allow_roll_back : &e->allow_deploy,
		      POL_TEXT(j, "%s %.*s", back ? "roll back" : "deploy to", SLU_FMT(e->name)), pol_suggest_who(j));
	SLU_TRY(from_row(j, e, rule, err));
	if (!back)
		SLU_TRY(by_hand_row(j, e, rule, err));
	SLU_TRY(blocked_row(j, e, rule, err));
	return back ? known_row(j, e, rule, err) : SLU_OK;
}

const struct pol_rule rule_deploy = {
	.name = "deploy",
	.summary = "Who may deploy and roll back, commits of which branches, and no version that failed until somebody clears it.",
	.verbs = POL_VERB(POL_DEPLOY) | POL_VERB(POL_ROLL_BACK),
	.rank = 20,
	.builtin = true,
	.judge = judge_deploy,
};
