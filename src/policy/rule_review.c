/* SPDX-License-Identifier: Apache-2.0 */
/* Who may open a change, review it, and report a check. */
#include "policy/rule.h"

/* No `allow` names these verbs: whoever may read takes part, whoever may write reports. */
static void level_row(struct pol_judge *j, const char *rule, struct strat_pos pos, enum strat_level level)
{
	const struct strat_who_item item = { .kind = STRAT_WHO_LEVEL, .level = level };
	struct strat_who *w = SLU_NEW(j->a, struct strat_who);
	struct strat_who_item *copy = SLU_NEW(j->a, struct strat_who_item);
	*copy = item;
	*w = (struct strat_who){ .pos = pos, .item = copy, .n = 1 };
	pol_add_allow(j, rule, w, pol_verb_word(j->act->verb), pol_suggest_who(j));
}

static void judge_report(struct pol_judge *j)
{
	int i = strat_find_check(j->s, j->act->check);
	if (i < 0) {
		level_row(j, "checks", pol_nowhere, STRAT_WRITE);
		pol_add(j, NULL, (struct pol_row){ .rule = "checks", .pos = pol_nowhere, .state = POL_NOT_APPLICABLE, .wanted = "a check of the strategy",
			 .actual = POL_TEXT(j, "%.*s is none: it is recorded and decides nothing", SLU_FMT(j->act->check)), .remedy = "sluice strategy show" });
		return;
	}
	const struct strat_check *c = &j->s->check[i];
	const char *rule = POL_TEXT(j, "checks.%.*s.allow.report", SLU_FMT(c->name));
	if (c->has_allow_report)
		pol_add_allow(j, rule, &c->allow_report, POL_TEXT(j, "report %.*s", SLU_FMT(c->name)), pol_suggest_who(j));
	else
		level_row(j, rule, c->pos, STRAT_WRITE);
}

static void judge_own(struct pol_judge *j)
{
	bool own = slu_str_eq(j->change.author, j->act->actor);
	pol_add(j, NULL, (struct pol_row){ .rule = "change.author", .pos = pol_nowhere, .state = own ? POL_FAILED : POL_PASSED, .wanted = "an approval by somebody else than the author",
		 .actual = POL_TEXT(j, "%.*s is%s the author", SLU_FMT(j->act->actor), own ? "" : " not"), .remedy = own ? POL_TEXT(j, "sluice change review %s --comment --message TEXT", pol_change_word(j)) : "" });
}

static slu_rc judge_review(struct pol_judge *j, slu_err *err)
{
	(void)err;
	if (j->act->verb == POL_REPORT) {
		judge_report(j);
		return SLU_OK;
	}
	level_row(j, j->act->verb == POL_OPEN ? "change.open" : "change.review", pol_nowhere, STRAT_READ);
	if (j->act->verb == POL_APPROVE)
		judge_own(j);
	return SLU_OK;
}

const struct pol_rule rule_review = {
	.name = "review",
	.summary = "Who may read opens and reviews changes, never approves an own one; checks are reported by whom `allow.report` names.",
	.verbs = POL_VERB(POL_OPEN) | POL_VERB(POL_APPROVE) | POL_VERB(POL_REPORT),
	.rank = 20,
	.builtin = true,
	.judge = judge_review,
};
