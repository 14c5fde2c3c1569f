/* SPDX-License-Identifier: Apache-2.0 */
/* Up to date: merging the target into the source changes no file, so what was tested is what lands. And no thread is open. */
#include "policy/rule.h"

static slu_rc is_up_to_date(bool *out, struct pol_judge *j, slu_err *err)
{
	const struct pol_change *c = &j->change;
	struct pol_commit head;
	slu_oid tree;
	bool clean = false;
	SLU_TRY(j->f->merge_tree(j->f->ctx, j->a, &c->head, &c->target_head, &tree, &clean, err));
	SLU_TRY(j->f->commit(j->f->ctx, j->a, &c->head, &head, err));
	*out = clean && slu_oid_eq(&tree, &head.tree);
	return SLU_OK;
}

static void updated_row(struct pol_judge *j, const struct pol_set *set, bool fine)
{
	const struct pol_change *c = &j->change;
	const char *queue = set->r->up_to_date_queue ? " (there is no queue in this version: judged as up-to-date: true)" : "";
	pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "up-to-date"), .pos = set->r->up_to_date_pos, .state = fine ? POL_PASSED : POL_FAILED,
		 .wanted = POL_TEXT(j, "merging %.*s into %.*s changes no file", SLU_FMT(c->target), SLU_FMT(c->source)),
		 .actual = POL_TEXT(j, "%s%s", fine ? "it changes none" : "it changes files or conflicts", queue),
		 .remedy = fine ? "" : pol_merge_target(j) });
}

static void threads_row(struct pol_judge *j, const struct pol_set *set)
{
	unsigned open = j->change.git_only ? 1 : j->change.threads_open;
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "threads-resolved"), .pos = set->r->threads_resolved_pos, .state = open ? POL_WAITING : POL_PASSED,
						   .wanted = "every thread is resolved", .actual = j->change.git_only ? "threads are not known here" : POL_TEXT(j, "%u open", open),
						   .remedy = open ? POL_TEXT(j, "sluice change resolve %s THREAD", pol_change_word(j)) : "",
						   .unknown = j->change.git_only });
	if (open)
		pol_opens_author(j, row, "author and reviewers");
}

static slu_rc judge_tested(struct pol_judge *j, slu_err *err)
{
	bool asked = false, fine = false;
	bool there = j->change.head_known && !slu_oid_is_zero(&j->change.target_head) && j->f->merge_tree && j->f->commit;
	for (size_t i = 0; i < j->set.n; i++) {
		const struct strat_require *r = j->set.v[i].r;
		if ((r->up_to_date || r->up_to_date_queue) && there) {
			if (!asked)
				SLU_TRY(is_up_to_date(&fine, j, err));
			asked = true;
			updated_row(j, &j->set.v[i], fine);
		}
		if (r->threads_resolved && j->has_change)
			threads_row(j, &j->set.v[i]);
	}
	return SLU_OK;
}

const struct pol_rule rule_tested = {
	.name = "up-to-date",
	.summary = "Merging the target into the source changes no file, and every thread is resolved.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_CREATE),
	.rank = 50,
	.judge = judge_tested,
};
