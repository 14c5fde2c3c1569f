/* SPDX-License-Identifier: Apache-2.0 */
/* The flow graph: what is not listed under `into` is refused, and the row says which ways there are. */
#include "policy/rule.h"

static void refuse(struct pol_judge *j)
{
	const struct strat_branch *from = &j->s->branch[j->source_kind];
	const char *ways = pol_ways_from(j, j->source_kind), *in = pol_ways_into(j, j->kind);
	const char *remedy = from->edge_n ? POL_TEXT(j, "sluice change open --into %s", pol_kind_name(j, from->edge[0].into)) : "sluice branch list";
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.into", SLU_FMT(from->name)), .pos = from->into_pos.line ? from->into_pos : from->pos,
						   .state = POL_FAILED, .wanted = POL_TEXT(j, "%.*s goes into: %s", SLU_FMT(from->name), ways),
						   .actual = POL_TEXT(j, "%.*s into %.*s is no way of the strategy; into %s come: %s", SLU_FMT(j->source), SLU_FMT(j->branch),
								      pol_kind_name(j, j->kind), in),
						   .remedy = remedy });
	for (size_t i = 0; i < from->edge_n; i++)
		pol_opens(j, row, POL_TEXT(j, "into %s", pol_kind_name(j, from->edge[i].into)));
}

static void judge_method(struct pol_judge *j, const char *rule)
{
	bool right = j->act->method == j->edge->method;
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.method", rule), .pos = j->edge->pos, .state = right ? POL_PASSED : POL_FAILED,
		 .wanted = POL_TEXT(j, "method: %s", strat_method_word(j->edge->method)), .actual = POL_TEXT(j, "%s is asked for", strat_method_word(j->act->method)),
		 .remedy = right ? "" : POL_TEXT(j, "sluice change merge %s --method %s", pol_change_word(j), strat_method_word(j->edge->method)) });
}

/* Without a commit of its own a merge can only go forward: the target's head must be in the source. */
static slu_rc judge_forward(struct pol_judge *j, const char *rule, slu_err *err)
{
	const struct pol_change *c = &j->change;
	enum strat_method method = j->act->has_method ? j->act->method : j->edge->method;
	bool inside = false;
	if (method != STRAT_FAST_FORWARD || !j->f->is_ancestor || !c->head_known || slu_oid_is_zero(&c->target_head) || c->state != POL_CHANGE_OPEN)
		return SLU_OK;
	SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &c->target_head, &c->head, &inside, err));
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.fast-forward", rule), .pos = j->edge->pos, .state = inside ? POL_PASSED : POL_FAILED,
		 .wanted = POL_TEXT(j, "%.*s has all that %.*s has", SLU_FMT(j->source), SLU_FMT(j->branch)), .actual = inside ? "it has" : POL_TEXT(j, "%.*s has moved on", SLU_FMT(j->branch)),
		 .remedy = inside ? "" : POL_TEXT(j, "git rebase origin/%.*s", SLU_FMT(j->branch)) });
	return SLU_OK;
}

static slu_rc judge_edge(struct pol_judge *j, slu_err *err)
{
	if (j->source_kind < 0 || j->kind < 0)
		return SLU_OK;
	if (j->s->branch[j->source_kind].builtin && !j->edge) {
		pol_add(j, NULL, (struct pol_row){ .rule = "branches.sluice.into", .pos = j->s->branch[j->source_kind].pos, .state = POL_PASSED,
			 .wanted = "a branch of the system goes where its conflict arose", .actual = POL_TEXT(j, "%.*s into %.*s", SLU_FMT(j->source), SLU_FMT(j->branch)) });
		return SLU_OK;
	}
	if (!j->edge) {
		refuse(j);
		return SLU_OK;
	}
	const char *rule = POL_TEXT(j, "branches.%s.into.%s", pol_kind_name(j, j->source_kind), pol_kind_name(j, j->kind));
	pol_add(j, NULL, (struct pol_row){ .rule = rule, .pos = j->edge->pos, .state = POL_PASSED, .wanted = POL_TEXT(j, "%s goes into: %s", pol_kind_name(j, j->source_kind), pol_ways_from(j, j->source_kind)),
		 .actual = POL_TEXT(j, "%.*s into %.*s", SLU_FMT(j->source), SLU_FMT(j->branch)) });
	if (j->act->verb == POL_MERGE && j->act->has_method)
		judge_method(j, rule);
	return j->act->verb == POL_MERGE ? judge_forward(j, rule, err) : SLU_OK;
}

const struct pol_rule rule_edge = {
	.name = "edge",
	.summary = "A merge from a kind into a kind that the strategy does not list is refused, with the allowed ways named.",
	.verbs = POL_VERB(POL_OPEN) | POL_VERB(POL_MERGE),
	.rank = 15,
	.judge = judge_edge,
};
