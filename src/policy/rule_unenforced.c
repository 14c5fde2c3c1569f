/* SPDX-License-Identifier: Apache-2.0 */
/* What a set demands and this version cannot judge yet: said in a row of its own, never counted as passed. */
#include "base/quantity.h"
#include "policy/rule.h"

static const char not_enforced[] = "not enforced by this version";

static void say(struct pol_judge *j, const struct pol_set *set, const char *key, struct strat_pos pos, const char *wanted)
{
	pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, key), .pos = pos, .state = POL_EVALUATED, .wanted = wanted, .actual = not_enforced });
}

static bool same_metric(const struct strat_expr *x, const struct strat_expr *y)
{
	return slu_str_eq(x->metric, y->metric) && slu_str_eq(x->against, y->against);
}

/* A gate that names a criterion again takes the place of the one that it includes. */
static bool metric_replaced(const struct pol_set *set, const struct strat_expr *e)
{
	for (const struct pol_set *o = set->outer; o; o = o->outer)
		for (size_t i = 0; i < o->r->metrics_n; i++)
			if (same_metric(&o->r->metrics[i], e))
				return true;
	return false;
}

static bool run_replaced(const struct pol_set *set, int check)
{
	for (const struct pol_set *o = set->outer; o; o = o->outer)
		for (size_t i = 0; i < o->r->runs_n; i++)
			if (o->r->runs[i].check == check)
				return true;
	return false;
}

static bool soak_replaced(const struct pol_set *set)
{
	for (const struct pol_set *o = set->outer; o; o = o->outer)
		if (o->r->has_soak && o->r->soak.environment == set->r->soak.environment)
			return true;
	return false;
}

static void measured(struct pol_judge *j, const struct pol_set *set)
{
	const struct strat_require *r = set->r;
	char buf[SLU_DURATION_TEXT];
	for (size_t i = 0; i < r->metrics_n; i++)
		if (!metric_replaced(set, &r->metrics[i]))
			say(j, set, "metrics", r->metrics[i].pos, POL_TEXT(j, "%.*s", SLU_FMT(r->metrics[i].text)));
	for (size_t i = 0; i < r->runs_n; i++)
		if (!run_replaced(set, r->runs[i].check))
			say(j, set, "runs", r->runs[i].pos,
			    POL_TEXT(j, "a run of %.*s that lasted %s", SLU_FMT(j->s->check[r->runs[i].check].name), slu_duration_text(r->runs[i].for_s, buf)));
	if (r->has_soak && !soak_replaced(set)) {
		const char *in = r->soak.environment >= 0 ? pol_z(j, j->s->environment[r->soak.environment].name) : "an environment";
		say(j, set, "soak", r->soak.pos, POL_TEXT(j, "it lived in %s for %s without incident", in, slu_duration_text(r->soak.for_s, buf)));
	}
}

/* A release that begins has no change yet of which these could hold. */
static void of_change(struct pol_judge *j, const struct pol_set *set)
{
	const struct strat_require *r = set->r;
	if (r->dismiss_stale)
		say(j, set, "dismiss-stale", r->dismiss_stale_pos, "approvals that were given for this");
	if (r->last_push_approval)
		say(j, set, "last-push-approval", r->last_push_approval_pos, "the last push is approved");
	if (r->code_owners)
		say(j, set, "code-owners", r->code_owners_pos, "owners have approved");
	if (r->threads_resolved)
		say(j, set, "threads-resolved", r->threads_resolved_pos, "every thread is resolved");
}

static void environment(struct pol_judge *j)
{
	const struct strat_environment *e = &j->s->environment[j->environment];
	const char *rule = POL_TEXT(j, "environments.%.*s", SLU_FMT(e->name));
	if (e->window.set)
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.window", rule), .pos = e->window.pos, .state = POL_EVALUATED, .wanted = "a time inside the window", .actual = not_enforced });
	if (e->backup_n)
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.backup", rule), .pos = e->pos, .state = POL_EVALUATED, .wanted = "a backup taken and verified first", .actual = not_enforced });
	if (e->artifact.n)
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.artifact", rule), .pos = e->pos, .state = POL_EVALUATED,
			 .wanted = POL_TEXT(j, "artefact %.*s from its store", SLU_FMT(e->artifact)), .actual = not_enforced });
}

static slu_rc judge_unenforced(struct pol_judge *j, slu_err *err)
{
	(void)err;
	for (size_t i = 0; i < j->set.n; i++) {
		const struct pol_set *set = &j->set.v[i];
		measured(j, set);
		if (j->act->verb == POL_CREATE)
			of_change(j, set);
	}
	if (j->environment >= 0)
		environment(j);
	return SLU_OK;
}

const struct pol_rule rule_unenforced = {
	.name = "unenforced",
	.summary = "Demands that this version reads and cannot judge are shown as such, never as passed.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY) | POL_VERB(POL_CREATE),
	.rank = 90,
	.judge = judge_unenforced,
};
