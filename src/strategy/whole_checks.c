/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requirements that could never be met: a check that nothing produces, more approvals by a role than could be, boxes without
 * text, deployments whose steps do not end at 100 %.
 */
#include "strategy/whole.h"

/* Would a change from kind `from` into kind `into` get a result of this check? -1: any kind. */
static bool produces(const struct strat_check *c, int from, int into)
{
	const struct strat_trigger *t = &c->on;
	if (t->on == 0)
		return c->run.n == 0; /* reported from outside whenever its CI likes */
	if (t->on & (1u << STRAT_ON_MANUAL | 1u << STRAT_ON_SCHEDULE | 1u << STRAT_ON_DEPLOY))
		return true;
	if ((t->on & 1u << STRAT_ON_CHANGE) && (t->set[STRAT_ON_CHANGE].n == 0 || strat_set_has(&t->set[STRAT_ON_CHANGE], into)) && (t->from.n == 0 || strat_set_has(&t->from, from)))
		return true;
	const struct strat_set *push = &t->set[STRAT_ON_PUSH], *merge = &t->set[STRAT_ON_MERGE];
	return strat_set_has(push, from) || strat_set_has(push, into) || strat_set_has(merge, from);
}

void whole_warn(struct sch_reader *r, struct strat_pos pos, const char *text)
{
	if (sch_enough(r))
		return;
	*SLU_ADD(r->a, r->issues) = (struct strat_issue){ .pos = pos, .warning = true, .text = slu_strdup(r->a, text) };
}

struct use {
	struct sch_reader *r;
	int into;     /* kind; STRAT_NONE: not a merge */
	int only;     /* the one source kind of an edge's set; STRAT_NONE: all that have an edge into it */
	bool *seen;   /* gates that were looked at */
};

static void judge_check(struct use *u, int check, struct strat_pos pos)
{
	struct sch_reader *r = u->r;
	const struct strat *s = r->s;
	const struct strat_check *c = &s->check[check];
	const sn *names = sch_names(r, REF_CHECK);
	if (names && names->entry[check].value->bad)
		return; /* its triggers could not be read */
	size_t edges = 0, produced = 0;
	slu_str without = { 0 };
	for (size_t i = 0; i + 1 < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n; k++) {
			if (s->branch[i].edge[k].into != u->into || (u->only != STRAT_NONE && u->only != (int)i))
				continue;
			edges++;
			if (produces(c, (int)i, u->into))
				produced++;
			else
				without = s->branch[i].name;
		}
	const char *into = s->branch[u->into].name.p;
	if (edges && !produced)
		sch_fail(r, pos, "The check \"%.*s\" is required of merges into \"%s\", and nothing produces it for them: its `on` (line %u) has neither `change: %s` nor a push to a branch that is merged there.",
			 SLU_FMT(c->name), into, c->on.pos.line ? c->on.pos.line : c->pos.line, into);
	else if (produced < edges)
		whole_warn(r, pos, slu_printf(r->a, "The check \"%.*s\" is required of merges into \"%s\", and nothing produces it for those from \"%.*s\": they will wait for ever.", SLU_FMT(c->name), into,
					      SLU_FMT(without)));
}

static void judge_gate(struct use *u, int gate);

static void judge(struct use *u, const struct strat_require *q)
{
	for (size_t i = 0; u->into != STRAT_NONE && i < q->checks.n; i++)
		judge_check(u, q->checks.i[i], q->checks_pos);
	for (size_t i = 0; i < q->boxes_n; i++)
		if (q->boxes[i].text.n == 0)
			sch_fail(u->r, q->boxes[i].pos, "A box needs a text: {box: Text}, {any-of: Heading} or {all-of: Heading}.");
	for (size_t i = 0; i < q->gates.n; i++)
		judge_gate(u, q->gates.i[i]);
}

/* With all that it includes; each gate once, so that circles end. */
static void judge_gate(struct use *u, int gate)
{
	const struct strat_gate *g = &u->r->s->gate[gate];
	if (u->seen[gate])
		return;
	u->seen[gate] = true;
	judge(u, &g->require);
	for (size_t i = 0; i < g->includes.n; i++)
		judge_gate(u, g->includes.i[i]);
}

static void judge_use(struct sch_reader *r, int into, int only, const struct strat_require *q)
{
	struct use u = { r, into, only, slu_alloc(r->a, r->s->gate_n + 1) };
	judge(&u, q);
}

static void check_merges(struct sch_reader *r)
{
	const struct strat *s = r->s;
	for (size_t i = 0; i + 1 < s->branch_n; i++) {
		judge_use(r, (int)i, STRAT_NONE, &s->branch[i].require);
		for (size_t k = 0; k < s->branch[i].edge_n; k++)
			judge_use(r, s->branch[i].edge[k].into, (int)i, &s->branch[i].edge[k].require);
	}
}

/* The file in force stands on the default branch: what nothing can move, nothing can ever change. */
static void check_default_branch(struct sch_reader *r)
{
	const struct strat *s = r->s;
	int kind = strat_branch_kind(s, strat_default_branch(s), NULL);
	if (kind == STRAT_NONE || s->branch[kind].allow[STRAT_VERB_PUSH].n)
		return;
	for (size_t i = 0; i + 1 < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n; k++)
			if (s->branch[i].edge[k].into == kind || strat_set_has(&s->branch[i].edge[k].also_into, kind) || strat_set_has(&s->branch[i].edge[k].back_merge, kind))
				return;
	whole_warn(r, s->branch[kind].pos, slu_printf(r->a, "Nothing can move \"%.*s\" once it is there: nobody may push to it, and no kind goes into it; this file could never be changed again.", SLU_FMT(s->branch[kind].name)));
}

static void check_idle(struct sch_reader *r)
{
	const struct strat *s = r->s;
	for (size_t i = 0; i < s->check_n; i++)
		if (s->check[i].run.n && s->check[i].on.on == 0)
			whole_warn(r, s->check[i].pos, slu_printf(r->a, "The check \"%.*s\" has a command and no `on`: nothing starts it.", SLU_FMT(s->check[i].name)));
}

static void check_steps(struct sch_reader *r, const struct strat_environment *e)
{
	unsigned before = 0;
	if (e->style == STRAT_ALL_AT_ONCE && e->step_n > 1)
		sch_fail(r, e->step[0].pos, "environments.%.*s.rollout.steps would not be gone through: the style is all-at-once. Write `style: blue-green` (or canary, rolling), or leave the steps out.",
			 SLU_FMT(e->name));
	for (size_t i = 0; i < e->step_n; i++) {
		if (i && e->step[i].weight_pct <= before)
			sch_fail(r, e->step[i].pos, "environments.%.*s.rollout.steps: the weight %u%% is not more than the %u%% before it.", SLU_FMT(e->name), e->step[i].weight_pct, before);
		before = e->step[i].weight_pct;
	}
	if (e->step_n && before != 100)
		sch_fail(r, e->step[e->step_n - 1].pos, "environments.%.*s.rollout.steps must end with 100%%; the last one is %u%%.", SLU_FMT(e->name), before);
}

/* A class can stand on the kinds it names; a trigger on tags of other branches would start nothing. */
static void check_trigger(struct sch_reader *r, const struct strat_environment *e)
{
	const struct strat *s = r->s;
	const struct strat_set *tags = &e->on.set[STRAT_ON_TAG];
	for (size_t i = 0; i < tags->n; i++) {
		const struct strat_tag *t = &s->tag[tags->i[i]];
		bool any = t->branches.n == 0;
		for (size_t k = 0; k < e->from.n; k++)
			any = any || strat_set_has(&t->branches, e->from.i[k]);
		if (!any)
			sch_fail(r, e->on.pos, "environments.%.*s.on.tag: a tag of class \"%.*s\" never stands on a branch of `from`, so it would deploy nothing.", SLU_FMT(e->name), SLU_FMT(t->name));
	}
	for (unsigned ev = STRAT_ON_PUSH; ev <= STRAT_ON_MERGE; ev++)
		for (size_t i = 0; i < e->on.set[ev].n; i++)
			if (!strat_set_has(&e->from, e->on.set[ev].i[i]))
				sch_fail(r, e->on.pos, "environments.%.*s.on.%s names \"%.*s\", which is not in `from`, so it would deploy nothing.", SLU_FMT(e->name), ev == STRAT_ON_PUSH ? "push" : "merge",
					 SLU_FMT(s->branch[e->on.set[ev].i[i]].name));
}

static void check_environments(struct sch_reader *r)
{
	const struct strat *s = r->s;
	const sn *names = sch_names(r, REF_ENVIRONMENT);
	for (size_t i = 0; i < s->environment_n; i++) {
		const struct strat_environment *e = &s->environment[i];
		if (!names || names->entry[i].value->bad)
			continue;
		check_steps(r, e);
		check_trigger(r, e);
		judge_use(r, STRAT_NONE, STRAT_NONE, &e->require);
	}
}

static void check_emergency(struct sch_reader *r)
{
	const struct strat_emergency *e = &r->s->emergency;
	const sn *node = sn_get(r->root, "emergency");
	if (!e->set || !node || node->bad)
		return;
	for (size_t i = 0; i < e->from.n; i++) {
		const struct strat_branch *b = &r->s->branch[e->from.i[i]];
		bool any = false;
		for (size_t k = 0; k < b->edge_n; k++)
			any = any || strat_set_has(&e->into, b->edge[k].into);
		if (!any)
			sch_fail(r, e->from.pos, "emergency.from names \"%.*s\", which has no edge into any of emergency.into.", SLU_FMT(b->name));
	}
	if (e->by.n == 0)
		sch_fail(r, e->by.pos, "emergency.by is nobody. Without an emergency, leave the section out.");
}

static bool is_repository(slu_str s)
{
	const char *slash = s.n ? memchr(s.p, '/', s.n) : NULL;
	bool plain = slash && slash != s.p && slash + 1 < s.p + s.n && !memchr(slash + 1, '/', (size_t)(s.p + s.n - slash - 1));
	for (size_t i = 0; plain && i < s.n; i++)
		plain = (unsigned char)s.p[i] > ' ' && s.p[i] != ':' && s.p[i] != 0x7f;
	return plain;
}

static void check_ecosystem(struct sch_reader *r)
{
	const struct strat_ecosystem *e = &r->s->ecosystem;
	const sn *node = sn_get(r->root, "ecosystem"), *members = node && !node->bad ? sn_get(node, "members") : NULL;
	for (size_t i = 0; members && i < e->member_n; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again = again || slu_str_eq(e->member[k], e->member[i]);
		if (!is_repository(e->member[i]))
			sch_fail(r, sch_item(members, i)->pos, "ecosystem.members: \"%.*s\" is no OWNER/REPO, such as acme/app.", SLU_FMT(e->member[i]));
		else if (again)
			sch_fail(r, sch_item(members, i)->pos, "ecosystem.members names %.*s twice; each is deployed once.", SLU_FMT(e->member[i]));
	}
}

void whole_checks(struct sch_reader *r)
{
	check_merges(r);
	check_default_branch(r);
	check_idle(r);
	check_environments(r);
	check_emergency(r);
	check_ecosystem(r);
}
