/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rule.h"

const struct strat_pos pol_nowhere = { "built-in", 0, 0 };

const char *pol_state_word(enum pol_state s)
{
	static const char *const word[] = { "passed", "waiting", "failed", "overridden", "not-applicable", "evaluated" };
	return (size_t)s < sizeof word / sizeof *word ? word[s] : "";
}

const char *pol_state_symbol(enum pol_state s)
{
	static const char *const symbol[] = { "\u2713", "\u2026", "\u2717", "\u21b7", "\u00b7", "\u2248" };
	return (size_t)s < sizeof symbol / sizeof *symbol ? symbol[s] : "";
}

const char *pol_answer_word(enum pol_answer a)
{
	static const char *const word[] = { "allow", "deny", "wait" };
	return (size_t)a < sizeof word / sizeof *word ? word[a] : "";
}

const char *pol_verb_word(enum pol_verb v)
{
	static const char *const word[POL_VERB_COUNT] = { "create", "push", "force-push", "delete", "tag", "move-tag", "delete-tag", "open", "approve", "report", "merge",
		"deploy", "roll-back", "emergency", "strategy" };
	return (size_t)v < POL_VERB_COUNT ? word[v] : "";
}

const char *pol_cause_text(enum pol_cause c)
{
	static const char *const text[] = { "a person's own act", "follows from a merge", "follows from a release", "follows from a roll-back", "follows from the schedule" };
	return (size_t)c < sizeof text / sizeof *text ? text[c] : "";
}

const char *pol_z(struct pol_judge *j, slu_str s)
{
	return s.n ? slu_str_dup(j->a, s) : "";
}

const char *pol_change_word(struct pol_judge *j)
{
	return j->change.number ? POL_TEXT(j, "%llu", (unsigned long long)j->change.number) : "NUMBER";
}

const char *pol_short(struct pol_judge *j, const slu_oid *id)
{
	return slu_oid_is_zero(id) ? "nothing" : slu_strndup(j->a, id->hex, 10);
}

const char *pol_kind_name(struct pol_judge *j, int kind)
{
	return kind < 0 || (size_t)kind >= j->s->branch_n ? "no kind" : pol_z(j, j->s->branch[kind].name);
}

struct strat_pos pol_branches_pos(const strat *s)
{
	return s->branch_n ? s->branch[0].pos : pol_nowhere;
}

static enum strat_enforcement weaker(enum strat_enforcement x, enum strat_enforcement y)
{
	return x > y ? x : y;
}

/* A rule that refuses nothing still says what it would have said. */
static void soften(struct pol_judge *j, const struct pol_set *set, struct pol_row *row)
{
	enum strat_enforcement e = set ? weaker(j->enforcement, set->enforcement) : j->enforcement;
	bool refuses = row->state == POL_FAILED || row->state == POL_WAITING;
	if (e == STRAT_DISABLED) {
		if (row->state != POL_EVALUATED)
			row->state = POL_NOT_APPLICABLE;
		row->actual = POL_TEXT(j, "enforcement is disabled here: %s", row->actual);
	} else if (set && set->evaluate && row->state != POL_NOT_APPLICABLE && row->state != POL_EVALUATED) {
		row->actual = POL_TEXT(j, "would be %s, only evaluated: %s", pol_state_word(row->state), row->actual);
		row->state = POL_EVALUATED;
	} else if (set && set->replaced && refuses) {
		row->state = POL_OVERRIDDEN;
		row->actual = POL_TEXT(j, "the emergency's requirements stand in its place: %s", row->actual);
	} else if (e == STRAT_EVALUATE && refuses) {
		row->actual = POL_TEXT(j, "would be %s, only evaluated: %s", pol_state_word(row->state), row->actual);
		row->state = POL_EVALUATED;
	}
}

/* Where nothing but pushes moves branches, there are no changes to open and nobody to give a role. */
static const char *remedy_of(const struct pol_judge *j, const char *remedy)
{
	static const char *const of_server[] = { "sluice change ", "sluice role ", "sluice env ", "sluice user ", "sluice commit status " };
	for (size_t i = 0; remedy && j->f->by_push && i < sizeof of_server / sizeof *of_server; i++)
		if (slu_str_starts(slu_s(remedy), of_server[i]))
			return "sluice strategy show";
	return remedy ? remedy : "";
}

struct pol_row *pol_add(struct pol_judge *j, const struct pol_set *set, struct pol_row row)
{
	static const char *const none[] = { NULL };
	row.wanted = row.wanted ? row.wanted : "";
	row.actual = row.actual ? row.actual : "";
	row.remedy = remedy_of(j, row.remedy);
	row.opens = row.opens ? row.opens : none;
	row.pos.file = row.pos.file ? row.pos.file : pol_nowhere.file;
	row.unknown = row.unknown && row.state == POL_WAITING;
	bool made = row.pos.file != pol_nowhere.file || set; /* by the strategy */
	if (made)
		soften(j, set, &row);
	struct pol_row *r = made && j->enforcement == STRAT_DISABLED ? SLU_NEW(j->a, struct pol_row) : SLU_ADD(j->a, &j->v->row);
	*r = row;
	return r;
}

void pol_opens(struct pol_judge *j, struct pol_row *row, const char *what)
{
	const char **list = SLU_NEW_N(j->a, const char *, row->opens_n + 2);
	for (size_t i = 0; i < row->opens_n; i++)
		list[i] = row->opens[i];
	list[row->opens_n++] = what;
	row->opens = list;
}

void pol_opens_item(struct pol_judge *j, struct pol_row *row, struct strat_who_item who)
{
	struct strat_who_item *list = SLU_NEW_N(j->a, struct strat_who_item, row->who_n + 1);
	for (size_t i = 0; i < row->who_n; i++)
		list[i] = row->who[i];
	list[row->who_n++] = who;
	row->who = list;
	switch (who.kind) {
	case STRAT_WHO_LEVEL: pol_opens(j, row, POL_TEXT(j, "level %s and up", strat_level_word(who.level))); break;
	case STRAT_WHO_ROLE: pol_opens(j, row, POL_TEXT(j, "role %.*s", SLU_FMT(who.name))); break;
	case STRAT_WHO_PERSON: pol_opens(j, row, POL_TEXT(j, "@%.*s", SLU_FMT(who.name))); break;
	}
}

void pol_opens_author(struct pol_judge *j, struct pol_row *row, const char *words)
{
	pol_opens(j, row, words);
	row->author = true;
}

void pol_opens_who(struct pol_judge *j, struct pol_row *row, const struct strat_who *w)
{
	for (size_t i = 0; i < w->n; i++)
		pol_opens_item(j, row, w->item[i]);
}
