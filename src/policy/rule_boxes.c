/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boxes of the change's body: one by its text, any or all under a heading. A box with `by` is ticked and signed off: the
 * body does not tell who ticked it, so an approving review by one of those people, not the author, must stand as well.
 */
#include "policy/rule.h"

static slu_rc signed_off(struct pol_judge *j, const struct strat_box *box, bool *out, slu_err *err)
{
	struct pol_standing *v = NULL;
	size_t n = 0;
	bool known = false;
	*out = false;
	SLU_TRY(pol_standing_reviews(j, &v, &n, &known, err));
	for (size_t i = 0; i < n; i++)
		if (v[i].review->state == POL_REVIEW_APPROVE && !v[i].why_not && pol_who_has(&box->by, v[i].review->person, &v[i].person))
			*out = true;
	return SLU_OK;
}

/* A template's heading that is called as one of the review's checklists: what is asked for is the template's boxes, if it has any there. */
static struct pol_boxes without_points(const struct pol_judge *j, slu_str heading, struct pol_boxes all)
{
	struct pol_boxes b = all;
	for (size_t i = 0; i < j->s->changes.review_checklist_n; i++) {
		const struct strat_checklist *list = &j->s->changes.review_checklist[i];
		for (size_t k = 0; k < list->item_n && pol_box_same(list->name, heading); k++) {
			struct pol_boxes point = pol_boxes_count(j->change.body, heading, list->item[k]);
			b.found -= point.found < b.found ? point.found : b.found;
			b.ticked -= point.ticked < b.ticked ? point.ticked : b.ticked;
		}
	}
	return b.found ? b : all;
}

static bool is_ticked(const struct pol_judge *j, const struct strat_box *box, struct pol_boxes *b)
{
	if (box->kind == STRAT_BOX_ONE) {
		*b = pol_boxes_count(j->change.body, SLU_STR(""), box->text);
		return b->found && b->ticked == b->found;
	}
	*b = without_points(j, box->text, pol_boxes_count(j->change.body, box->text, SLU_STR("")));
	return box->kind == STRAT_BOX_ANY_OF ? b->ticked > 0 : b->found && b->ticked == b->found;
}

static const char *wanted_text(struct pol_judge *j, const struct strat_box *box)
{
	static const char *const form[] = { "the box \"", "one box under \"", "every box under \"" };
	const char *by = box->has_by ? POL_TEXT(j, ", by %s", strat_who_text(j->a, &box->by)) : "";
	return POL_TEXT(j, "%s%.*s\" is ticked%s", form[box->kind], SLU_FMT(box->text), by);
}

static const char *how_to_tick(struct pol_judge *j, const struct strat_box *box)
{
	if (box->kind == STRAT_BOX_ONE)
		return POL_TEXT(j, "sluice change edit %s --tick %s", pol_change_word(j), pol_word(j, box->text));
	return POL_TEXT(j, "sluice change edit %s --under %s --tick TEXT", pol_change_word(j), pol_word(j, box->text));
}

static slu_rc box_row(struct pol_judge *j, const struct pol_set *set, const struct strat_box *box, slu_err *err)
{
	struct pol_boxes b;
	bool ticked = is_ticked(j, box, &b), off = true;
	if (ticked && box->has_by)
		SLU_TRY(signed_off(j, box, &off, err));
	const char *actual = !j->has_change || j->change.git_only ? "the text of a change is not known here"
			     : b.found == 0  ? "the change's text has no such box"
			     : !ticked       ? POL_TEXT(j, "%u of %u ticked", b.ticked, b.found)
			     : !off          ? POL_TEXT(j, "ticked, but nobody of %s has approved", strat_who_text(j->a, &box->by))
					     : POL_TEXT(j, "%u of %u ticked", b.ticked, b.found);
	bool ok = ticked && off;
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "boxes"), .pos = box->pos, .state = ok ? POL_PASSED : POL_WAITING, .wanted = wanted_text(j, box), .actual = actual,
						   .remedy = ok ? "" : ticked ? POL_TEXT(j, "sluice change review %s --approve", pol_change_word(j))
								     : how_to_tick(j, box),
						   .unknown = !j->has_change || j->change.git_only });
	if (ok)
		return SLU_OK;
	if (box->has_by)
		pol_opens_who(j, row, &box->by);
	else
		pol_opens_author(j, row, "author");
	return SLU_OK;
}

static slu_rc judge_boxes(struct pol_judge *j, slu_err *err)
{
	for (size_t i = 0; i < j->set.n; i++)
		for (size_t k = 0; k < j->set.v[i].r->boxes_n; k++)
			SLU_TRY(box_row(j, &j->set.v[i], &j->set.v[i].r->boxes[k], err));
	return SLU_OK;
}

const struct pol_rule rule_boxes = {
	.name = "boxes",
	.summary = "Boxes of the change's text are ticked; with `by` also signed off by an approval of those people.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY),
	.rank = 55,
	.judge = judge_boxes,
};
