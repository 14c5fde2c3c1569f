/* SPDX-License-Identifier: Apache-2.0 */
/* What a review goes through: boxes of the change's text under the heading of each list. What is not ticked is reported: whether a review was good enough, who approves says. */
#include "policy/rule.h"

static void list_row(struct pol_judge *j, const struct strat_checklist *list)
{
	size_t ticked = 0, open = 0;
	const char *missing = "";
	for (size_t i = 0; i < list->item_n; i++) {
		struct pol_boxes b = pol_boxes_count(j->change.body, list->name, list->item[i]);
		bool is = b.found && b.ticked == b.found;
		ticked += is;
		if (!is && open++ < 3)
			missing = POL_TEXT(j, "%s%s\"%.*s\"", missing, open > 1 ? ", " : "", SLU_FMT(list->item[i]));
	}
	bool unknown = !j->has_change || j->change.git_only;
	const char *actual = unknown ? "the text of a change is not known here" : open ? POL_TEXT(j, "reported: %zu of %zu ticked; not: %s%s", ticked, list->item_n, missing, open > 3 ? " and more" : "") : "all of them";
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "changes.review-checklist.%.*s", SLU_FMT(list->name)), .pos = list->pos, .state = open || unknown ? POL_EVALUATED : POL_PASSED,
		 .wanted = POL_TEXT(j, "each point under \"%.*s\" is ticked", SLU_FMT(list->name)), .actual = actual,
		 .remedy = open && !unknown ? POL_TEXT(j, "sluice change edit %s --under %s --tick TEXT", pol_change_word(j), pol_word(j, list->name)) : "" });
}

static slu_rc judge_checklist(struct pol_judge *j, slu_err *err)
{
	(void)err;
	for (size_t i = 0; i < j->s->changes.review_checklist_n; i++)
		list_row(j, &j->s->changes.review_checklist[i]);
	return SLU_OK;
}

const struct pol_rule rule_checklist = {
	.name = "checklist",
	.summary = "What of the review's checklist is not ticked in the change's text is reported.",
	.verbs = POL_VERB(POL_MERGE),
	.rank = 86,
	.judge = judge_checklist,
};
