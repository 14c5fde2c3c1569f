/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every branch is of exactly one kind, every tag of at most one class: of two patterns that share a name, one lies within the
 * other and wins; any other overlap is an error. The wider of two classes of tag is a label: what a version is told by, or a
 * deployment begun by, has the names of no other class. Makes the rank, narrower patterns first.
 */
#include "strategy/pattern_impl.h"
#include "strategy/whole.h"

enum { MAX_PATTERNS = 256 }; /* of all branch kinds, and of all tag classes: they are compared pair by pair */

struct row {
	const strat_pattern *p;
	int entry;
	slu_str name;
	struct strat_pos pos;
	bool builtin;
	bool alone; /* holds the names of no other entry */
	size_t within; /* of so many others */
};

struct table {
	struct sch_reader *r;
	const char *what;
	struct row *row;
	size_t n;
	bool full;
	size_t budget; /* states that may still be looked at */
};

static void add(struct table *t, struct row row)
{
	if (!row.p)
		return;
	if (t->n == MAX_PATTERNS) {
		if (!t->full)
			sch_fail(t->r, row.pos, "There are more than %d patterns of %s. Use fewer, with captures.", (int)MAX_PATTERNS, t->what);
		t->full = true;
		return;
	}
	t->row[t->n++] = row;
}

static void refuse(struct table *t, const struct row *x, const struct row *y, const char *shared, const char *why)
{
	const struct row *late = x->pos.line > y->pos.line || y->builtin ? x : y, *early = late == x ? y : x;
	slu_str p = strat_pattern_text(late->p), q = strat_pattern_text(early->p);
	sch_fail(t->r, late->pos, "The %s \"%.*s\" (\"%.*s\") and \"%.*s\" (\"%.*s\", line %u) %s, for example \"%s\".", t->what, SLU_FMT(late->name), SLU_FMT(p), SLU_FMT(early->name), SLU_FMT(q),
		 early->pos.line, why, shared);
}

/* Which of both lies within the other; false: too intricate, which was said. */
static bool relation(struct table *t, const struct row *x, const struct row *y, char **shared, bool *in, bool *around)
{
	slu_err err = { 0 };
	slu_arena *a = t->r->a;
	*shared = NULL;
	if (pat_overlap(shared, a, x->p, y->p, &t->budget, &err) == SLU_OK && !*shared)
		return true;
	if (err.code == SLU_OK && pat_within(in, x->p, y->p, &t->budget, &err) == SLU_OK && pat_within(around, y->p, x->p, &t->budget, &err) == SLU_OK)
		return true;
	if (t->budget)
		sch_fail(t->r, y->pos, "%s", err.text);
	else
		sch_fail(t->r, y->pos, "The patterns of all %s are together too intricate to be compared with one another. Use fewer, or fewer \"*\" in each.", t->what);
	return false;
}

static void compare(struct table *t, struct row *x, struct row *y)
{
	char *shared = NULL;
	bool in = false, around = false;
	if (!relation(t, x, y, &shared, &in, &around) || !shared)
		return;
	x->within += in && !around;
	y->within += around && !in;
	if (x->entry == y->entry)
		return;
	if (x->builtin || y->builtin) {
		if (y->builtin ? in : around)
			refuse(t, x, y, shared, "cannot both be: names under sluice/ are for branches that sluice makes");
		return;
	}
	if (in && around)
		refuse(t, x, y, shared, "have the same names");
	else if (!in && !around)
		refuse(t, x, y, shared, "share names, and neither lies within the other");
	else if (in ? y->alone : x->alone)
		refuse(t, x, y, shared, "share names, and only a label may have all those of another class");
}

/* What lies within more others is narrower; equal numbers share no name, or are of one kind. The built-in kind comes first. */
static struct strat_rank *ranked(struct table *t)
{
	struct strat_rank *rank = SLU_NEW_N(t->r->a, struct strat_rank, t->n + 1);
	size_t done = 0;
	for (size_t depth = t->n + 2; depth-- > 0;)
		for (size_t i = 0; i < t->n; i++)
			if ((t->row[i].builtin ? t->n + 1 : t->row[i].within) == depth)
				rank[done++] = (struct strat_rank){ t->row[i].p, t->row[i].entry };
	return rank;
}

static struct strat_rank *judge(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = i + 1; k < t->n && t->budget; k++)
			compare(t, &t->row[i], &t->row[k]);
	return ranked(t);
}

void whole_patterns(struct sch_reader *r)
{
	struct strat *s = r->s;
	struct table b = { .r = r, .what = "branch kinds", .row = SLU_NEW_N(r->a, struct row, MAX_PATTERNS), .budget = SLU_MAX_PATTERN_WORK };
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].match_n; k++)
			add(&b, (struct row){ .p = s->branch[i].match[k], .entry = (int)i, .name = s->branch[i].name, .pos = s->branch[i].match_pos.line ? s->branch[i].match_pos : s->branch[i].pos,
				  .builtin = s->branch[i].builtin });
	s->branch_rank = judge(&b);
	s->branch_rank_n = b.n;
	struct table t = { .r = r, .what = "tag classes", .row = SLU_NEW_N(r->a, struct row, MAX_PATTERNS), .budget = SLU_MAX_PATTERN_WORK };
	for (size_t i = 0; i < s->tag_n; i++)
		for (size_t k = 0; k < s->tag[i].match_n; k++)
			add(&t, (struct row){ .p = s->tag[i].match[k], .entry = (int)i, .name = s->tag[i].name, .pos = s->tag[i].pos, .alone = s->tag[i].type != STRAT_TAG_LABEL });
	s->tag_rank = judge(&t);
	s->tag_rank_n = t.n;
}
