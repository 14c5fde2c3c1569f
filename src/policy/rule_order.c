/* SPDX-License-Identifier: Apache-2.0 */
/* Versions go up along a history: what holds a version already is not tagged with a lower one. */
#include "policy/next.h"
#include "policy/rule.h"

/* A tag of a higher version in the history of one of these commits. Few tags are higher, so that few histories are walked. */
static slu_rc find_higher(slu_str *out, struct pol_judge *j, const struct ver_semver *version, const slu_oid *tip, size_t tip_n, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	SLU_TRY(j->f->tags(j->f->ctx, j->a, &name, &id, &n, err));
	for (size_t i = 0; i < n && !out->n; i++) {
		struct strat_captures caps = { 0 };
		struct ver_semver v;
		int cls = slu_str_eq(name[i], j->tag) ? STRAT_NONE : strat_tag_class(j->s, name[i], &caps);
		bool there = false;
		if (cls == STRAT_NONE || !pol_tag_semver(&v, j->a, j->s, cls, &caps) || ver_cmp(&v, version) <= 0)
			continue;
		for (size_t k = 0; k < tip_n && !there; k++)
			if (!slu_oid_is_zero(&tip[k]))
				SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &id[i], &tip[k], &there, err));
		if (there)
			*out = name[i];
	}
	return SLU_OK;
}

static slu_rc order_row(struct pol_judge *j, int cls, const struct ver_semver *version, const slu_oid *tip, size_t tip_n, slu_err *err)
{
	slu_str higher = { 0 };
	const struct strat_tag *t = &j->s->tag[cls];
	SLU_TRY(find_higher(&higher, j, version, tip, tip_n, err));
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "tags.%.*s.order", SLU_FMT(t->name)), .pos = t->pos, .state = higher.n ? POL_FAILED : POL_PASSED, .wanted = "no lower version than its history has",
		 .actual = higher.n ? POL_TEXT(j, "%.*s is in its history", SLU_FMT(higher)) : "it is the highest there", .remedy = higher.n ? "sluice next --why" : "" });
	return SLU_OK;
}

/* The tag that follows from a merge is judged with it; a version that the commits tell is above all that there are. */
static slu_rc judge_merge(struct pol_judge *j, slu_err *err)
{
	const slu_oid tip[] = { j->change.head, j->change.target_head };
	struct ver_semver v;
	slu_str version = j->act->version.n ? j->act->version : j->source_caps.v[STRAT_CAP_VERSION];
	if (!j->edge || j->edge->tag < 0 || j->change.state != POL_CHANGE_OPEN || j->s->tag[j->edge->tag].type == STRAT_TAG_LABEL)
		return SLU_OK;
	return version.n && ver_parse(&v, version, NULL) == SLU_OK ? order_row(j, j->edge->tag, &v, tip, 2, err) : SLU_OK;
}

static slu_rc judge_order(struct pol_judge *j, slu_err *err)
{
	struct ver_semver v;
	if (!j->f->tags || !j->f->is_ancestor)
		return SLU_OK;
	if (j->act->verb == POL_MERGE)
		return judge_merge(j, err);
	if (j->tag_class < 0 || slu_oid_is_zero(&j->head) || !pol_tag_semver(&v, j->a, j->s, j->tag_class, &j->tag_caps))
		return SLU_OK;
	return order_row(j, j->tag_class, &v, &j->head, 1, err);
}

const struct pol_rule rule_order = {
	.name = "order",
	.summary = "Versions go up along a history: what holds a version is not tagged with a lower one, also by a merge.",
	.verbs = POL_VERB(POL_TAG) | POL_VERB(POL_TAG_MOVE) | POL_VERB(POL_MERGE),
	.rank = 29,
	.judge = judge_order,
};
