/* SPDX-License-Identifier: Apache-2.0 */
/* Which requirement sets meet for an act: meeting never loosens, only a gate's includes and an emergency replace. */
#include "policy/rule.h"

/* One that is only judged there, or that another replaces in part, does not stand for one that must hold here. */
static bool gate_seen(const struct pol_judge *j, const struct pol_set *set)
{
	for (size_t i = 0; i < j->set.n; i++) {
		const struct pol_set *s = &j->set.v[i];
		if (s->gate == set->gate && s->evaluate == set->evaluate && s->replaced == set->replaced && s->enforcement <= set->enforcement && (!s->outer || set->outer))
			return true;
	}
	return false;
}

static void add_set(struct pol_judge *j, const struct pol_set *set, unsigned depth);

/* What is not followed to its end refuses: no requirement is left out in silence. */
static void too_deep(struct pol_judge *j, const struct strat_gate *g)
{
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "gates.%.*s", SLU_FMT(g->name)), .pos = g->pos, .state = POL_FAILED, .wanted = POL_TEXT(j, "gates that stand in one another at most %d deep", POL_MAX_GATE_DEPTH),
		 .actual = "they stand deeper, and are not judged to their end", .remedy = "sluice strategy show" });
}

static void add_gate(struct pol_judge *j, const struct pol_set *from, const struct pol_set *outer, int gate, unsigned depth)
{
	if (gate < 0 || (size_t)gate >= j->s->gate_n)
		return;
	const struct strat_gate *g = &j->s->gate[gate];
	struct pol_set set = *from;
	set.r = &g->require;
	set.path = POL_TEXT(j, "gates.%.*s", SLU_FMT(g->name));
	set.gate = gate;
	set.outer = outer;
	set.enforcement = g->enforcement > from->enforcement ? g->enforcement : from->enforcement;
	if (gate_seen(j, &set))
		return;
	if (depth >= POL_MAX_GATE_DEPTH)
		too_deep(j, g);
	else
		add_set(j, &set, depth + 1);
}

static void add_set(struct pol_judge *j, const struct pol_set *set, unsigned depth)
{
	struct pol_set *self = SLU_NEW(j->a, struct pol_set); /* what is inside it points here; the list moves as it grows */
	*self = *set;
	*SLU_ADD(j->a, &j->set) = *set;
	for (size_t i = 0; i < set->r->gates.n; i++)
		add_gate(j, self, NULL, set->r->gates.i[i], depth);
	if (set->gate >= 0)
		for (size_t i = 0; i < j->s->gate[set->gate].includes.n; i++)
			add_gate(j, self, self, j->s->gate[set->gate].includes.i[i], depth);
	if (set->r->evaluate) {
		struct pol_set more = *set;
		more.r = set->r->evaluate;
		more.path = POL_TEXT(j, "%s.evaluate", set->path);
		more.evaluate = true;
		more.gate = STRAT_NONE;
		more.outer = NULL;
		add_set(j, &more, depth + 1);
	}
}

static void add_named(struct pol_judge *j, const struct strat_require *r, bool replaced, const char *path)
{
	add_set(j, &(struct pol_set){ .r = r, .path = path, .replaced = replaced, .gate = STRAT_NONE }, 0);
}

bool pol_begins_release(const struct pol_judge *j)
{
	return j->act->verb == POL_CREATE && j->kind >= 0 && j->s->branch[j->kind].type == STRAT_RELEASE && j->caps.v[STRAT_CAP_VERSION].n;
}

void pol_collect_sets(struct pol_judge *j)
{
	bool replaced = j->emergency_holds;
	if (j->act->verb == POL_CREATE) { /* what a branch wants of its merges is not wanted of itself */
		if (pol_begins_release(j))
			add_named(j, &j->s->releases.start, false, "releases.start");
		return;
	}
	if (j->kind >= 0) {
		const struct strat_branch *b = &j->s->branch[j->kind];
		add_named(j, &b->require, replaced, POL_TEXT(j, "branches.%.*s.require", SLU_FMT(b->name)));
	}
	if (j->edge)
		add_named(j, &j->edge->require, replaced,
			  POL_TEXT(j, "branches.%s.into.%s.require", pol_kind_name(j, j->source_kind), pol_kind_name(j, j->kind)));
	if (j->environment >= 0) {
		const struct strat_environment *e = &j->s->environment[j->environment];
		add_named(j, &e->require, replaced, POL_TEXT(j, "environments.%.*s.require", SLU_FMT(e->name)));
	}
	for (size_t i = 0; j->phase && j->to_production && i < j->s->phase_n; i++)
		if (j->phase[i])
			add_named(j, &j->s->phase[i].require, false, POL_TEXT(j, "phases.%.*s.require", SLU_FMT(j->s->phase[i].name)));
	if (replaced)
		add_named(j, &j->s->emergency.require, false, "emergency.require");
}

/* What an `evaluate` set or a replaced one says does not change how others count. */
static bool counts(const struct pol_set *set)
{
	return !set->evaluate && !set->replaced;
}

bool pol_any_dismiss_stale(const struct pol_judge *j)
{
	for (size_t i = 0; i < j->set.n; i++)
		if (j->set.v[i].r->dismiss_stale && counts(&j->set.v[i]))
			return true;
	return false;
}

bool pol_any_last_push(const struct pol_judge *j)
{
	for (size_t i = 0; i < j->set.n; i++)
		if (j->set.v[i].r->last_push_approval && counts(&j->set.v[i]))
			return true;
	return false;
}
