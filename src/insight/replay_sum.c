/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/replay_impl.h"

#include <stdlib.h>

const char *ins_act_word(enum ins_act_kind k, bool many)
{
	static const char *const one[] = { "merge", "push", "tag", "commit" }, *const several[] = { "merges", "pushes", "tags", "commits" };
	return (size_t)k < INS_ACT_KINDS ? (many ? several : one)[k] : "";
}

/* Days since 1970 to months since year 0, by the proleptic Gregorian calendar (Howard Hinnant's days-to-civil). */
static int month_of(int64_t time_s)
{
	int64_t days = (time_s < 0 ? time_s - 86399 : time_s) / 86400 + 719468, era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t doe = days - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);
	return (int)(year * 12 + month - 1);
}

/* Clocks that lie are counted in the first or the last month. */
static size_t slot_of(const struct ins_replay *o, int64_t time_s)
{
	int m = month_of(time_s) - o->first_month;
	return m < 0 ? 0 : (size_t)m >= o->month_n ? o->month_n - 1 : (size_t)m;
}

void replay_span(struct replay *r, int64_t first_s, int64_t last_s)
{
	struct ins_replay *o = r->out;
	int from = month_of(first_s), to = month_of(last_s);
	o->first_s = first_s;
	o->last_s = last_s;
	if (to - from >= INS_MONTHS_MAX)
		from = to - INS_MONTHS_MAX + 1;
	o->first_month = from;
	o->month_n = (size_t)(to - from) + 1;
	o->month = SLU_NEW_N(r->a, struct ins_sum, o->month_n);
}

static void add(struct ins_sum *s, enum pol_answer answer)
{
	s->judged++;
	s->refused += answer == POL_DENY;
	s->waiting += answer == POL_WAIT;
}

static void count_row(struct replay *r, const struct ins_act *act, const struct pol_row *row, size_t slot)
{
	struct ins_rule *e = NULL;
	bool fails = row->state == POL_FAILED;
	size_t n = fails ? r->out->refuses.n : r->out->waits.n;
	struct ins_rule *list = fails ? r->out->refuses.v : r->out->waits.v;
	for (size_t i = 0; i < n && !e; i++)
		if (strcmp(list[i].rule, row->rule) == 0)
			e = &list[i];
	if (!e) {
		e = fails ? SLU_ADD(r->a, &r->out->refuses) : SLU_ADD(r->a, &r->out->waits);
		*e = (struct ins_rule){ .rule = slu_strdup(r->a, row->rule), .pos = row->pos, .month = SLU_NEW_N(r->a, uint32_t, r->out->month_n) };
	}
	e->n[act->kind]++;
	e->all++;
	e->month[slot]++;
	if (e->all == 1 || replay_time(r, act) >= e->example.time_s)
		e->example = (struct ins_example){ .act = *act, .time_s = replay_time(r, act) };
}

static bool is_first(const struct pol_verdict *v, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (v->row.v[k].state == v->row.v[i].state && strcmp(v->row.v[k].rule, v->row.v[i].rule) == 0)
			return false;
	return true;
}

/* Most rules first; what went to where versions come from before what did not; then the newest. One of a kind is enough. */
static int weight(struct replay *r, const struct ins_act *act)
{
	int kind = act->target.n ? replay_kind(r, act->target) : STRAT_NONE;
	bool released = kind >= 0 && (r->s->branch[kind].type == STRAT_PRODUCTION || r->s->branch[kind].type == STRAT_SUPPORT);
	return (int)(act->rules * 4) + released * 2 + (act->kind != INS_COMMIT);
}

static bool alike(const struct ins_act *x, const struct ins_act *y)
{
	return x->kind == y->kind && x->rules == y->rules && slu_str_eq(x->target, y->target) && (x->kind != INS_TAG || x->create == y->create);
}

static void keep_worst(struct replay *r, const struct ins_act *act)
{
	size_t n = r->out->worst_n, at = n;
	for (size_t i = 0; i < n; i++)
		if (alike(&r->worst[i], act)) {
			r->worst[i] = *act;
			return;
		}
	while (at && weight(r, &r->worst[at - 1]) <= weight(r, act))
		at--;
	if (at == INS_WORST)
		return;
	if (n < INS_WORST)
		r->out->worst_n = ++n;
	memmove(&r->worst[at + 1], &r->worst[at], (n - at - 1) * sizeof r->worst[0]);
	r->worst[at] = *act;
}

void replay_count(struct replay *r, struct ins_act *act, const struct pol_verdict *v)
{
	size_t slot = slot_of(r->out, replay_time(r, act));
	add(&r->out->sum[act->kind], v->answer);
	add(&r->out->all, v->answer);
	add(&r->out->month[slot], v->answer);
	for (size_t i = 0; i < v->row.n; i++)
		act->rules += v->row.v[i].state == POL_FAILED && is_first(v, i);
	for (size_t i = 0; i < v->row.n; i++) {
		const struct pol_row *row = &v->row.v[i];
		if ((row->state == POL_FAILED || (row->state == POL_WAITING && v->answer == POL_WAIT)) && is_first(v, i))
			count_row(r, act, row, slot);
	}
	if (act->rules)
		keep_worst(r, act);
}

/* ---- the end --------------------------------------------------------------------------------------------------------------- */

static const char *what(struct replay *r, const struct ins_act *act)
{
	if (act->kind == INS_TAG)
		return slu_printf(r->a, "tag %.*s", SLU_FMT(r->q->tag[act->tag].name));
	if (act->kind == INS_COMMIT)
		return act->source.n ? slu_printf(r->a, "a commit on %.*s", SLU_FMT(act->source)) : "a squashed change";
	if (act->kind == INS_MERGE)
		return slu_printf(r->a, "merge of %.*s into %.*s", SLU_FMT(act->source), SLU_FMT(act->target));
	return slu_printf(r->a, act->create ? "new branch %.*s" : "push to %.*s", SLU_FMT(act->target));
}

/* `rule`: the row that is shown; NULL: the first that refused it. */
static slu_rc tell(struct ins_example *e, struct replay *r, const struct ins_act *act, const char *rule, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_verdict v = { 0 };
	bool wide;
	SLU_TRY(replay_judge(&v, &wide, r, a, act, err));
	*e = (struct ins_example){ .act = *act, .time_s = replay_time(r, act), .what = what(r, act), .rule = "", .wanted = "", .actual = "" };
	for (size_t i = 0; i < v.row.n; i++) {
		const struct pol_row *row = &v.row.v[i];
		if (rule ? strcmp(row->rule, rule) != 0 || (row->state != POL_FAILED && row->state != POL_WAITING) : row->state != POL_FAILED)
			continue;
		e->rule = slu_strdup(r->a, row->rule);
		e->wanted = slu_strdup(r->a, row->wanted);
		e->actual = slu_strdup(r->a, row->actual);
		break;
	}
	return SLU_OK;
}

static int most_first(const void *x, const void *y)
{
	const struct ins_rule *a = x, *b = y;
	if (a->all != b->all)
		return a->all < b->all ? 1 : -1;
	return strcmp(a->rule, b->rule);
}

static slu_rc finish_rules(struct replay *r, struct ins_rule *list, size_t n, slu_err *err)
{
	if (n)
		qsort(list, n, sizeof *list, most_first);
	for (size_t i = 0; i < n; i++) {
		struct ins_act act = list[i].example.act;
		SLU_TRY(tell(&list[i].example, r, &act, list[i].rule, err));
	}
	return SLU_OK;
}

slu_rc replay_finish(struct replay *r, slu_err *err)
{
	SLU_TRY(finish_rules(r, r->out->refuses.v, r->out->refuses.n, err));
	SLU_TRY(finish_rules(r, r->out->waits.v, r->out->waits.n, err));
	for (size_t i = 0; i < r->out->worst_n; i++)
		SLU_TRY(tell(&r->out->worst[i], r, &r->worst[i], NULL, err));
	return SLU_OK;
}
