/* SPDX-License-Identifier: Apache-2.0 */
/* Of an adoption: a default branch whose name is in the way of the one that it gets. */
#include "app/adopt_impl.h"

static slu_str between_of(struct app_adopt *u, const struct strat_branch *b)
{
	return slu_s(slu_printf(u->p->a, "sluice/adopting/%.*s", SLU_FMT(b->name)));
}

/* Renamed to a name that Git cannot have beside the one it had. */
static bool is_in_the_way(const struct strat_branch *b)
{
	return b->was.n && b->match_n && strat_pattern_is_exact(b->match[0]) && flow_op_clash(b->was, strat_pattern_text(b->match[0]));
}

bool adopt_begins_between(struct app_adopt *u)
{
	const strat *s = u->p->s;
	for (size_t i = 0; i < s->branch_n && u->push && !u->by_server; i++) {
		const struct strat_branch *b = &s->branch[i];
		if (!is_in_the_way(b) || !slu_str_eq(u->default_branch, b->was))
			continue;
		slu_str now = strat_pattern_text(b->match[0]), between = between_of(u, b);
		slu_oid at = adopt_on_remote(u, adopt_full(u, b->was)), there = adopt_on_remote(u, adopt_full(u, between));
		if (slu_oid_is_zero(&at))
			continue;
		if (!slu_oid_eq(&at, &there)) {
			adopt_push(u, adopt_full(u, between), &there, &at);
			app_plan_says(u->p, "push %.*s to %.*s as %.*s, to be the default branch there for a while", SLU_FMT(b->was), SLU_FMT(u->p->remote), SLU_FMT(between));
		}
		u->wanted = between;
		adopt_leave(u, "%.*s becomes %.*s in a second go: Git never has both, and %.*s is the default branch of %.*s. When %.*s is it: sluice adopt apply", SLU_FMT(b->was), SLU_FMT(now), SLU_FMT(b->was), SLU_FMT(u->p->remote), SLU_FMT(between));
		return true;
	}
	return false;
}

slu_rc adopt_ends_between(struct app_adopt *u, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	const strat *s = u->p->s;
	for (size_t i = 0; i < s->branch_n && u->push; i++) {
		const struct strat_branch *b = &s->branch[i];
		if (!is_in_the_way(b))
			continue;
		slu_str between = between_of(u, b), ref = adopt_full(u, between);
		slu_oid there = adopt_on_remote(u, ref), now = adopt_planned_there(u, adopt_full(u, strat_pattern_text(b->match[0])));
		bool within = false;
		if (slu_oid_is_zero(&there) || slu_oid_is_zero(&now))
			continue;
		SLU_TRY(u->p->git->ops->is_ancestor(u->p->git, &there, &now, &within, err));
		if (slu_str_eq(u->default_branch, between)) {
			adopt_leave(u, "%.*s stays on %.*s as long as it is the default branch there. Then adopt again, and it goes: sluice adopt apply", SLU_FMT(between), SLU_FMT(u->p->remote));
		} else if (within) {
			adopt_push(u, ref, &there, &none);
			app_plan_says(u->p, "delete %.*s on %.*s, which was only between", SLU_FMT(between), SLU_FMT(u->p->remote));
		}
	}
	return SLU_OK;
}
