/* SPDX-License-Identifier: Apache-2.0 */
/* Which requirement sets meet for an act: meeting never loosens, only a gate's includes and an emergency replace. */
#include "policy/rule.h"

static bool gate_seen(const struct pol_judge *j, int gate, const struct pol_set *from)
{
	for (size_t i = 0; i < j->set_n; i++)
		if (j->set[i].gate == gate && j->set[i].evaluate == from->evaluate && j->set[i].replaced == from->replaced)
			return true;
	return false;
}

static void add_set(struct pol_judge *j, struct pol_set set, unsigned depth);

static void add_gate(struct pol_judge *j, const struct pol_set *from, const struct pol_set *outer, int gate, unsigned depth)
{
	if (gate < 0 || (size_t)gate >= j->s->gate_n || depth > POL_MAX_GATE_DEPTH || gate_seen(j, gate, from))
		return;
	const struct strat_gate *g = &j->s->gate[gate];
	struct pol_set set = *from;
	set.r = &g->require;
	set.path = POL_TEXT(j, "gates.%.*s", SLU_FMT(g->name));
	set.gate = gate;
	set.outer = outer;
	set.enforcement = g->enforcement > from->enforcement ? g->enforcement : from->enforcement;
	add_set(j, set, depth + 1);
}

static void add_set(struct pol_judge *j, struct pol_set set, unsigned depth)
{
	if (j->set_n >= POL_MAX_SETS || depth > POL_MAX_GATE_DEPTH)
		return;
	j->set[j->set_n] = set;
	const struct pol_set *self = &j->set[j->set_n++];
	for (size_t i = 0; i < set.r->gates.n; i++)
		add_gate(j, self, NULL, set.r->gates.i[i], depth);
	if (set.gate >= 0)
		for (size_t i = 0; i < j->s->gate[set.gate].includes.n; i++)
			add_gate(j, self, self, j->s->gate[set.gate].includes.i[i], depth);
	if (set.r->evaluate) {
		struct pol_set more = set;
		more.r = set.r->evaluate;
		more.path = POL_TEXT(j, "%s.evaluate", set.path);
		more.evaluate = true;
		more.gate = STRAT_NONE;
		more.outer = NULL;
		add_set(j, more, depth + 1);
	}
}

static void add_named(struct pol_judge *j, const struct strat_require *r, bool replaced, const char *path)
{
	add_set(j, (struct pol_set){ .r = r, .path = path, .replaced = replaced, .gate = STRAT_NONE }, 0);
}

void pol_collect_sets(struct pol_judge *j)
{
	bool replaced = j->emergency_holds;
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
	for (size_t i = 0; i < j->set_n; i++)
		if (j->set[i].r->dismiss_stale && counts(&j->set[i]))
			return true;
	return false;
}

bool pol_any_last_push(const struct pol_judge *j)
{
	for (size_t i = 0; i < j->set_n; i++)
		if (j->set[i].r->last_push_approval && counts(&j->set[i]))
			return true;
	return false;
}
