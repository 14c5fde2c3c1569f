/* SPDX-License-Identifier: Apache-2.0 */
/* What people must have ticked before a release's branch is cut. No change is there yet: the boxes are the version's own. */
#include "policy/rule.h"

static const struct pol_release_box *ticked(const struct pol_release_box *v, size_t n, slu_str text)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(v[i].text, text))
			return &v[i];
	return NULL;
}

/* Where people are known, by one of those who may; elsewhere whoever ticked it counts. */
static slu_rc may_tick(bool *out, struct pol_judge *j, const struct strat_box *box, const struct pol_release_box *t, slu_err *err)
{
	struct pol_person p = { 0 };
	*out = true;
	if (!box->has_by || !j->f->person || j->f->no_server)
		return SLU_OK;
	SLU_TRY(j->f->person(j->f->ctx, j->a, t->by, &p, err));
	*out = pol_who_has(&box->by, t->by, &p);
	return SLU_OK;
}

static slu_rc box_row(struct pol_judge *j, const struct pol_set *set, const struct strat_box *box, slu_str version, const struct pol_release_box *t, slu_err *err)
{
	bool may = true;
	const char *whose = box->has_by ? POL_TEXT(j, ", by %s", strat_who_text(j->a, &box->by)) : "", *actual = "nobody has ticked it";
	if (t)
		SLU_TRY(may_tick(&may, j, box, t, err));
	if (!j->f->release_boxes)
		actual = "the boxes of a release are not known here";
	else if (t)
		actual = POL_TEXT(j, may ? "ticked by %.*s" : "ticked by %.*s, who may not", SLU_FMT(t->by));
	bool ok = t && may;
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "boxes"), .pos = box->pos, .state = ok ? POL_PASSED : POL_WAITING,
						   .wanted = POL_TEXT(j, "\"%.*s\" is ticked for %.*s%s", SLU_FMT(box->text), SLU_FMT(version), whose), .actual = actual,
						   .remedy = ok ? "" : POL_TEXT(j, "sluice release tick %s %s", pol_word(j, version), pol_word(j, box->text)), .unknown = !j->f->release_boxes });
	if (!ok && box->has_by)
		pol_opens_who(j, row, &box->by);
	else if (!ok)
		pol_opens_item(j, row, (struct strat_who_item){ .kind = STRAT_WHO_LEVEL, .level = STRAT_WRITE });
	return SLU_OK;
}

static slu_rc judge_release(struct pol_judge *j, slu_err *err)
{
	const struct pol_release_box *v = NULL;
	slu_str version = j->caps.v[STRAT_CAP_VERSION];
	size_t n = 0;
	if (!pol_begins_release(j))
		return SLU_OK;
	if (j->f->release_boxes)
		SLU_TRY(j->f->release_boxes(j->f->ctx, j->a, version, &v, &n, err));
	for (size_t i = 0; i < j->set.n; i++) {
		const struct pol_set *set = &j->set.v[i];
		for (size_t k = 0; k < set->r->boxes_n; k++)
			SLU_TRY(box_row(j, set, &set->r->boxes[k], version, ticked(v, n, set->r->boxes[k].text), err));
	}
	return SLU_OK;
}

/* ---- the same for whoever ticks ------------------------------------------------------------------------------------------- */

struct gathered {
	slu_arena *a;
	const strat *s;
	bool *seen; /* gates */
	bool approvals;
	SLU_LIST(const struct strat_box *) box;
};

static void gather(struct gathered *g, const struct strat_require *r);

static void gather_gates(struct gathered *g, const struct strat_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		if (g->seen[set->i[i]])
			continue;
		g->seen[set->i[i]] = true;
		gather(g, &g->s->gate[set->i[i]].require);
		gather_gates(g, &g->s->gate[set->i[i]].includes);
	}
}

static void gather(struct gathered *g, const struct strat_require *r)
{
	for (size_t i = 0; i < r->boxes_n; i++) {
		bool again = false;
		for (size_t k = 0; k < g->box.n; k++)
			again = again || slu_str_eq(g->box.v[k]->text, r->boxes[i].text);
		if (!again)
			*SLU_ADD(g->a, &g->box) = &r->boxes[i];
	}
	g->approvals = g->approvals || r->has_approvals;
	gather_gates(g, &r->gates);
	if (r->evaluate)
		gather(g, r->evaluate);
}

static struct gathered gather_all(slu_arena *a, const strat *s)
{
	struct gathered g = { .a = a, .s = s, .seen = SLU_NEW_N(a, bool, s->gate_n + 1) };
	gather(&g, &s->releases.start);
	return g;
}

const struct strat_box *const *pol_release_boxes(size_t *n, slu_arena *a, const strat *s)
{
	struct gathered g = gather_all(a, s);
	*n = g.box.n;
	return g.box.v;
}

bool pol_release_wants_approvals(slu_arena *a, const strat *s)
{
	return gather_all(a, s).approvals;
}

const struct pol_rule rule_release = {
	.name = "release",
	.summary = "What `releases.start` has as boxes, itself or by a gate, is ticked for the version before a branch of a release comes to be.",
	.verbs = POL_VERB(POL_CREATE),
	.rank = 46,
	.judge = judge_release,
};
