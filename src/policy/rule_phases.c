/* SPDX-License-Identifier: Apache-2.0 */
/* Phases keep their order, on branches and by their tags; what each requires meets the rest in require.c. */
#include "policy/phases.h"
#include "policy/rule.h"

slu_rc pol_find_phases(struct pol_judge *j, slu_err *err)
{
	bool merge = j->act->verb == POL_MERGE && j->has_change && j->kind >= 0;
	if (j->s->phase_n == 0 || !merge)
		return SLU_OK;
	bool *brought = SLU_NEW_N(j->a, bool, j->s->phase_n);
	int own = pol_phase_of(j->s, j->source);
	enum strat_branch_type type = j->s->branch[j->kind].type;
	j->to_production = type == STRAT_PRODUCTION || type == STRAT_SUPPORT;
	if (j->to_production && j->change.state == POL_CHANGE_OPEN)
		SLU_TRY(pol_phases_in(brought, j->a, j->s, j->f, &j->change.head, &j->change.target_head, err));
	if (own >= 0)
		brought[own] = true;
	j->phase = brought;
	return SLU_OK;
}

/* One phase that another comes after. Who only begins a branch is told; what is merged and tagged waits. */
static slu_rc order_row(struct pol_judge *j, int phase, int before, const slu_oid *at, const char *where, slu_err *err)
{
	bool begins = j->act->verb == POL_CREATE;
	const struct strat_phase *p = &j->s->phase[phase], *q = &j->s->phase[before];
	bool along = j->phase && j->phase[before], there = along;
	if (!there)
		SLU_TRY(pol_phase_there(&there, j->a, j->s, j->f, before, at, err));
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "phases.%.*s.after", SLU_FMT(p->name)), .pos = p->after_pos.line ? p->after_pos : p->pos,
						   .state = there ? POL_PASSED : begins ? POL_EVALUATED : POL_WAITING, .wanted = POL_TEXT(j, "%.*s comes after %.*s", SLU_FMT(p->name), SLU_FMT(q->name)),
						   .actual = POL_TEXT(j, along ? "%s%.*s comes along" : there ? "%s%.*s is there" : "%s%.*s is neither in %s nor tagged", begins && !there ? "reported: " : "", SLU_FMT(q->name), where),
						   .remedy = there ? "" : POL_TEXT(j, "sluice phase finish %.*s", SLU_FMT(q->name)), .unknown = !there && (!j->f->merged || j->f->merged_in_part) });
	if (!there && !begins)
		pol_opens(j, row, POL_TEXT(j, "the merge of %.*s", SLU_FMT(q->name)));
	return SLU_OK;
}

static slu_rc judge_order(struct pol_judge *j, int phase, const slu_oid *at, const char *where, slu_err *err)
{
	const struct strat_set *after = &j->s->phase[phase].after;
	for (size_t i = 0; i < after->n; i++)
		SLU_TRY(order_row(j, phase, after->i[i], at, where, err));
	return SLU_OK;
}

/* A tag that names the phase and a version, of another one. */
static void version_row(struct pol_judge *j, const struct strat_phase *p)
{
	slu_str version = j->tag_caps.v[STRAT_CAP_VERSION];
	bool same = slu_str_eq(version, p->version);
	if (p->version.n && version.n)
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "phases.%.*s.version", SLU_FMT(p->name)), .pos = p->pos, .state = same ? POL_PASSED : POL_FAILED,
			 .wanted = POL_TEXT(j, "a tag of %.*s has its version %.*s", SLU_FMT(p->name), SLU_FMT(p->version)), .actual = POL_TEXT(j, same ? "it has" : "it has %.*s", SLU_FMT(version)),
			 .remedy = same ? "" : POL_TEXT(j, "git tag -d %s", pol_word(j, j->tag)) });
}

static slu_rc judge_phases(struct pol_judge *j, slu_err *err)
{
	int tagged = POL_VERB(j->act->verb) & POL_TAG_VERBS ? pol_phase_of_tag(j->s, j->tag) : STRAT_NONE;
	if (tagged >= 0 && j->act->cause == POL_BY_PERSON) {
		version_row(j, &j->s->phase[tagged]);
		return judge_order(j, tagged, &j->head, "what is tagged", err);
	}
	int own = j->act->verb == POL_CREATE ? pol_phase_of(j->s, j->branch) : STRAT_NONE;
	if (own >= 0)
		return judge_order(j, own, &j->head, "what it begins at", err);
	for (size_t i = 0; j->phase && i < j->s->phase_n; i++)
		if (j->phase[i])
			SLU_TRY(judge_order(j, (int)i, &j->change.target_head, pol_z(j, j->branch), err));
	return SLU_OK;
}

const struct pol_rule rule_phases = {
	.name = "phases",
	.summary = "A phase is merged and tagged after those that it comes after, and who begins its branch before them is told; its tags have its version.",
	.verbs = POL_VERB(POL_CREATE) | POL_VERB(POL_TAG) | POL_VERB(POL_TAG_MOVE) | POL_VERB(POL_MERGE),
	.rank = 32,
	.judge = judge_phases,
};
