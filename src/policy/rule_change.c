/* SPDX-License-Identifier: Apache-2.0 */
/* The change itself: open, no draft, its head as expected, both branches there, no conflict, something to merge. */
#include "policy/rule.h"

static void fact_row(struct pol_judge *j, const char *rule, bool ok, const char *wanted, const char *actual, const char *remedy)
{
	pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = pol_nowhere, .state = ok ? POL_PASSED : POL_FAILED, .wanted = wanted, .actual = actual, .remedy = ok ? "" : remedy });
}

static void judge_state(struct pol_judge *j)
{
	static const char *const word[] = { "it is open", "it is merged", "it is closed" };
	const struct pol_change *c = &j->change;
	fact_row(j, "change.state", c->state == POL_CHANGE_OPEN, "an open change", word[c->state], POL_TEXT(j, "sluice change open %.*s --into %.*s", SLU_FMT(c->source), SLU_FMT(c->target)));
}

static void judge_draft(struct pol_judge *j)
{
	fact_row(j, "change.draft", !j->change.draft, "a change that is ready", j->change.draft ? "it is a draft" : "it is no draft",
		 POL_TEXT(j, "sluice change ready %s", pol_change_word(j)));
}

static void judge_head(struct pol_judge *j)
{
	if (slu_oid_is_zero(&j->act->head))
		return;
	fact_row(j, "change.head", slu_oid_eq(&j->act->head, &j->change.head), POL_TEXT(j, "the head is %s", pol_short(j, &j->act->head)),
		 POL_TEXT(j, "the head is %s", pol_short(j, &j->change.head)), POL_TEXT(j, "sluice change show %s", pol_change_word(j)));
}

static slu_rc judge_conflict(struct pol_judge *j, slu_err *err)
{
	const struct pol_change *c = &j->change;
	slu_oid tree;
	bool clean = false;
	if (!j->f->merge_tree)
		return SLU_OK;
	SLU_TRY(j->f->merge_tree(j->f->ctx, j->a, &c->target_head, &c->head, &tree, &clean, err));
	fact_row(j, "change.conflict", clean, "a merge without conflicts", clean ? "it merges cleanly" : "it conflicts with its target",
		 pol_merge_target(j));
	return SLU_OK;
}

static slu_rc judge_something(struct pol_judge *j, slu_err *err)
{
	const struct pol_change *c = &j->change;
	bool inside = false;
	if (!j->f->is_ancestor)
		return SLU_OK;
	SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &c->head, &c->target_head, &inside, err));
	fact_row(j, "change.commits", !inside || j->change.again, "commits that the target does not have",
		 inside && j->change.again ? "it has them, took them back, and they come again" : inside ? "the target has them all" : "there are some", "git commit");
	return SLU_OK;
}

static slu_rc judge_change(struct pol_judge *j, slu_err *err)
{
	const struct pol_change *c = &j->change;
	if (c->git_only)
		pol_add(j, NULL, (struct pol_row){ .rule = "change.state", .pos = pol_nowhere, .state = POL_NOT_APPLICABLE, .wanted = "an open change",
			 .actual = "no change is known here: judged as if one were open", .remedy = POL_TEXT(j, "sluice change open %.*s --into %.*s", SLU_FMT(c->source), SLU_FMT(c->target)) });
	else
		judge_state(j);
	if (j->act->verb == POL_MERGE && !c->git_only) {
		judge_draft(j);
		judge_head(j);
	}
	if (slu_str_eq(c->source, c->target)) {
		fact_row(j, "change.branches", false, "two branches", "source and target are the same", "sluice change open SOURCE --into TARGET");
		return SLU_OK;
	}
	bool there = c->head_known && !slu_oid_is_zero(&c->target_head);
	fact_row(j, "change.branches", there, "both branches are there",
		 there ? "they are" : POL_TEXT(j, "%.*s is not there", SLU_FMT(c->head_known ? c->target : c->source)), POL_TEXT(j, "git push origin %.*s", SLU_FMT(c->source)));
	if (!there || c->state != POL_CHANGE_OPEN)
		return SLU_OK;
	SLU_TRY(judge_something(j, err));
	return j->act->verb == POL_MERGE ? judge_conflict(j, err) : SLU_OK;
}

const struct pol_rule rule_change = {
	.name = "change",
	.summary = "A change that is merged is open, no draft, has the head that was meant, and merges without conflict.",
	.verbs = POL_VERB(POL_OPEN) | POL_VERB(POL_MERGE),
	.rank = 12,
	.builtin = true,
	.judge = judge_change,
};
