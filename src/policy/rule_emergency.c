/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way round: a set that stands in place of all that branch, edge and environment require. Declared by those whom
 * `by` names, between the kinds named, with a reason, for a limited time. Without the section there is none, for
 * administrators either. `allow`, edges, files, commits and the change's own state hold as ever.
 */
#include "base/quantity.h"
#include "policy/rule.h"

static const char *set_text(struct pol_judge *j, const struct strat_set *set)
{
	const char *t = "";
	for (size_t i = 0; i < set->n; i++)
		t = POL_TEXT(j, "%s%s%s", t, *t ? ", " : "", pol_kind_name(j, set->i[i]));
	return *t ? t : "nothing";
}

static int into_kind(const struct pol_judge *j)
{
	return j->kind >= 0 ? j->kind : strat_branch_kind(j->s, j->change.target, NULL);
}

static void kinds_row(struct pol_judge *j)
{
	const struct strat_emergency *e = &j->s->emergency;
	bool ok = strat_set_has(&e->from, j->source_kind) && strat_set_has(&e->into, into_kind(j));
	pol_add(j, NULL, (struct pol_row){ .rule = "emergency.from", .pos = e->from.pos.line ? e->from.pos : e->pos, .state = ok ? POL_PASSED : POL_FAILED,
		 .wanted = POL_TEXT(j, "from %s into %s", set_text(j, &e->from), set_text(j, &e->into)),
		 .actual = POL_TEXT(j, "%.*s into %.*s", SLU_FMT(j->change.source), SLU_FMT(j->change.target)), .remedy = ok ? "" : POL_TEXT(j, "sluice why merge %s", pol_change_word(j)) });
}

static void reason_row(struct pol_judge *j, slu_str reason)
{
	slu_str said = slu_str_trim(reason);
	pol_add(j, NULL, (struct pol_row){ .rule = "emergency.reason", .pos = j->s->emergency.pos, .state = said.n ? POL_PASSED : POL_FAILED, .wanted = "a reason, which is kept",
		 .actual = said.n ? pol_z(j, said) : "none is given", .remedy = said.n ? "" : POL_TEXT(j, "sluice change emergency %s --reason TEXT", pol_change_word(j)) });
}

static void declare(struct pol_judge *j)
{
	const struct strat_emergency *e = &j->s->emergency;
	pol_add_allow(j, "emergency.by", &e->by, "declare an emergency", pol_suggest_who(j));
	kinds_row(j);
	reason_row(j, j->act->reason);
	bool open = j->change.state == POL_CHANGE_OPEN;
	pol_add(j, NULL, (struct pol_row){ .rule = "change.state", .pos = pol_nowhere, .state = open ? POL_PASSED : POL_FAILED, .wanted = "an open change", .actual = open ? "it is open" : "it is not open" });
}

static const char *follow_ups(struct pol_judge *j)
{
	const struct strat_emergency *e = &j->s->emergency;
	const char *t = "";
	char buf[SLU_DURATION_TEXT];
	for (size_t i = 0; i < e->follow_up_n; i++)
		t = POL_TEXT(j, "%s; %.*s within %s", t, SLU_FMT(e->follow_up[i].name), slu_duration_text(e->follow_up[i].due_s, buf));
	return t;
}

/* A declared emergency: what it says of itself. `asked` without one that holds is refused. */
static void use(struct pol_judge *j)
{
	const struct pol_emergency *d = &j->emergency;
	const struct strat_emergency *e = &j->s->emergency;
	char at[SLU_TIME_TEXT];
	if (!d->declared && !j->act->emergency)
		return;
	bool over = d->declared && d->expires_s <= j->now_s;
	const char *actual = !j->f->emergency      ? "emergencies are not known here"
			     : !d->declared        ? "none is declared for this change"
			     : over                ? POL_TEXT(j, "it expired at %s", slu_time_text(d->expires_s, at))
			     : !j->emergency_holds ? POL_TEXT(j, "%.*s may not declare it for this change, or it is for another commit", SLU_FMT(d->by))
						   : POL_TEXT(j, "declared by %.*s until %s: %.*s%s", SLU_FMT(d->by), slu_time_text(d->expires_s, at), SLU_FMT(d->reason), follow_ups(j));
	/* one that is past does not stand in anybody's way: the ordinary requirements are back */
	enum pol_state st = j->emergency_holds ? POL_PASSED : j->act->emergency ? POL_FAILED : POL_NOT_APPLICABLE;
	struct pol_row *row = pol_add(j, NULL, (struct pol_row){ .rule = "emergency", .pos = e->pos, .state = st, .wanted = "an emergency that is declared and has not expired", .actual = actual,
						   .remedy = st == POL_FAILED ? POL_TEXT(j, "sluice change emergency %s --reason TEXT", pol_change_word(j)) : "" });
	if (st == POL_FAILED)
		pol_opens_who(j, row, &e->by);
}

static slu_rc judge_emergency(struct pol_judge *j, slu_err *err)
{
	(void)err;
	bool asked = j->act->emergency || j->act->verb == POL_EMERGENCY;
	if (!j->s->emergency.set) {
		if (asked)
			pol_add(j, NULL, (struct pol_row){ .rule = "emergency", .pos = pol_nowhere, .state = POL_FAILED, .wanted = "an emergency way in the strategy",
				 .actual = "the strategy has none, for administrators either", .remedy = "sluice strategy show" });
		return SLU_OK;
	}
	if (j->act->verb == POL_EMERGENCY)
		declare(j);
	else if (j->has_change)
		use(j);
	else if (asked)
		pol_add(j, NULL, (struct pol_row){ .rule = "emergency", .pos = j->s->emergency.pos, .state = POL_FAILED, .wanted = "a change for which the emergency is declared",
			 .actual = "none is named", .remedy = "sluice change open --into BRANCH" });
	return SLU_OK;
}

const struct pol_rule rule_emergency = {
	.name = "emergency",
	.summary = "The one way round, declared by whom it names, with a reason and an end; what it replaces is shown as overridden.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY) | POL_VERB(POL_EMERGENCY),
	.rank = 35,
	.builtin = true,
	.judge = judge_emergency,
};
