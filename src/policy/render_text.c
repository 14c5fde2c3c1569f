/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict for a terminal, and for a push. What others wrote (names, messages) never reaches the terminal as it is. */
#include "base/quantity.h"
#include "base/utf8.h"
#include "policy/rule.h"

#include <stdio.h>

enum { REFUSAL_COLUMNS = 72, REFUSAL_LINES = 5, REFUSAL_WHAT_LINES = 2, LADDER_COLUMNS = 77 };

/* East Asian wide and emoji take two columns. */
static unsigned columns_of(uint32_t cp)
{
	static const struct { uint32_t from, to; } wide[] = { { 0x1100, 0x115f }, { 0x2e80, 0xa4cf }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd } };
	if (slu_utf8_is_invisible(cp))
		return 0;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (cp >= wide[i].from && cp <= wide[i].to)
			return 2;
	return 1;
}

/* Next code point of the text, what is not fit for a terminal as '?'. Returns the bytes used of `s`. */
static size_t next_shown(slu_str s, slu_str *shown, unsigned *columns)
{
	uint32_t cp = 0;
	size_t n = slu_utf8_plain((slu_str){ s.p, 1 });
	if (n) {
		*shown = (slu_str){ s.p, 1 };
		*columns = 1;
		return 1;
	}
	n = slu_utf8_next(s, &cp);
	if (n == 0 || cp == 0 || slu_utf8_is_control(cp) || slu_utf8_is_bidi(cp)) {
		*shown = SLU_STR("?");
		*columns = 1;
		return n ? n : 1;
	}
	*shown = (slu_str){ s.p, n };
	*columns = columns_of(cp);
	return n;
}

/* How much of `s` fits into `max` columns, cut after a space where there is one in the second half. */
static size_t fitting(slu_str s, unsigned max)
{
	size_t at = slu_utf8_plain((slu_str){ s.p, s.n < max ? s.n : max });
	const char *last = at ? memrchr(s.p, ' ', at) : NULL;
	size_t space = last ? (size_t)(last - s.p) + 1 : 0;
	unsigned used = (unsigned)at, w = 0;
	slu_str shown;
	while (at < s.n) {
		size_t n = next_shown((slu_str){ s.p + at, s.n - at }, &shown, &w);
		if (used + w > max)
			return space > at / 2 ? space : at;
		if (s.p[at] == ' ')
			space = at + 1;
		used += w;
		at += n;
	}
	return at;
}

static unsigned add_shown(slu_buf *out, slu_str s)
{
	unsigned used = 0, w = 0;
	slu_str shown;
	while (s.n) {
		size_t n = slu_utf8_plain(s);
		slu_buf_add(out, s.p, n);
		used += (unsigned)n;
		s = (slu_str){ s.p + n, s.n - n };
		if (s.n == 0)
			break;
		n = next_shown(s, &shown, &w);
		slu_buf_addstr(out, shown);
		used += w;
		s = (slu_str){ s.p + n, s.n - n };
	}
	return used;
}

/* One line of at most `max` columns with its indent; what does not fit ends in "…". */
static void cut_line(slu_buf *out, const char *indent, slu_str s, unsigned max)
{
	unsigned room = max - (unsigned)slu_utf8_count(slu_s(indent));
	slu_buf_adds(out, indent);
	s = slu_str_trim(s);
	if (s.n <= room && slu_utf8_plain(s) == s.n) {
		slu_buf_addstr(out, s);
	} else if (fitting(s, room) >= s.n) {
		(void)add_shown(out, s);
	} else {
		slu_str part = { s.p, fitting(s, room - 1) };
		(void)add_shown(out, slu_str_trim(part));
		slu_buf_adds(out, "\u2026");
	}
	slu_buf_addc(out, '\n');
}

void pol_line_text(slu_buf *out, const char *indent, slu_str s, unsigned columns)
{
	cut_line(out, indent, s, columns);
}

static void wrapped(slu_buf *out, const char *first, const char *next, slu_str s, unsigned max, unsigned lines)
{
	unsigned room = max - (unsigned)slu_utf8_count(slu_s(first));
	const char *indent = first;
	s = slu_str_trim(s);
	while (lines > 1 && fitting(s, room) < s.n) {
		size_t n = fitting(s, room);
		slu_buf_adds(out, indent);
		(void)add_shown(out, slu_str_trim((slu_str){ s.p, n }));
		slu_buf_addc(out, '\n');
		s = slu_str_trim((slu_str){ s.p + n, s.n - n });
		indent = next;
		lines--;
	}
	cut_line(out, indent, s, max);
}

void pol_place_text(slu_buf *out, const struct strat_pos *p)
{
	const char *file = p->file ? p->file : "";
	if (strcmp(file, "defaults") == 0)
		slu_buf_adds(out, "sluice's default: this key in .sluice/strategy.yml replaces it");
	else if (strcmp(file, pol_nowhere.file) == 0)
		slu_buf_adds(out, "built into sluice");
	else if (p->line)
		slu_buf_addf(out, "%s:%u:%u", file, p->line, p->column);
	else
		slu_buf_adds(out, file);
}

static const char *colour_of(enum pol_state s)
{
	static const char *const c[] = { "\033[32m", "\033[33m", "\033[31m", "\033[35m", "\033[2m", "\033[36m" };
	return (size_t)s < sizeof c / sizeof *c ? c[s] : "";
}

/* Pieces one by one, here and below: histories are judged, and have many verdicts. */
static void state_text(slu_buf *out, enum pol_state s, const char *word, bool colour)
{
	if (colour)
		slu_buf_adds(out, colour_of(s));
	slu_buf_adds(out, pol_state_symbol(s));
	slu_buf_addc(out, ' ');
	slu_buf_adds(out, word);
	if (colour)
		slu_buf_adds(out, "\033[0m");
}

#define FIELD(name) "      " name " " /* names have seven columns */
#define FIELD_NEXT FIELD("       ")

static void field(slu_buf *out, const char *name, const char *text)
{
	if (text && *text)
		wrapped(out, name, FIELD_NEXT, slu_s(text), LADDER_COLUMNS, 8);
}

/* A command is for copying: it is not broken. */
static void command_field(slu_buf *out, const char *command)
{
	if (!*command)
		return;
	slu_buf_adds(out, FIELD("do     "));
	(void)add_shown(out, slu_s(command));
	slu_buf_addc(out, '\n');
}

static void opens_field(slu_buf *out, const struct pol_row *r)
{
	if (r->opens_n == 0)
		return;
	slu_auto_buf list;
	slu_buf_init(&list, 4096);
	for (size_t i = 0; i < r->opens_n; i++)
		slu_buf_addf(&list, "%s%s", i ? ", or " : "", r->opens[i]);
	if (list.n)
		field(out, FIELD("opens  "), list.p);
}

static void ladder_row(slu_buf *out, const struct pol_row *r, bool colour)
{
	char until[SLU_TIME_TEXT];
	slu_auto_buf at;
	slu_buf_init(&at, 1024);
	pol_place_text(&at, &r->pos);
	slu_buf_adds(out, "  ");
	state_text(out, r->state, pol_state_word(r->state), colour);
	slu_buf_adds(out, "  ");
	(void)add_shown(out, slu_s(r->rule));
	slu_buf_addc(out, '\n');
	field(out, FIELD("wanted "), r->wanted);
	field(out, FIELD("actual "), r->actual);
	opens_field(out, r);
	field(out, FIELD("until  "), r->until_s ? slu_time_text(r->until_s, until) : "");
	field(out, FIELD("place  "), at.p);
	command_field(out, r->remedy);
}

static bool is_quiet(enum pol_state s)
{
	return s == POL_PASSED || s == POL_NOT_APPLICABLE;
}

static void headline(slu_buf *out, const struct pol_verdict *v, bool colour)
{
	static const enum pol_state as[] = { [POL_ALLOW] = POL_PASSED, [POL_DENY] = POL_FAILED, [POL_WAIT] = POL_WAITING };
	enum pol_state s = as[v->answer];
	char until[SLU_TIME_TEXT];
	state_text(out, s, pol_answer_word(v->answer), colour);
	if (v->answer == POL_WAIT && v->until_s)
		slu_buf_addf(out, " until %s", slu_time_text(v->until_s, until));
	if (v->evaluate_only && v->answer != POL_DENY) /* what is built in refuses all the same */
		slu_buf_adds(out, " (the strategy only evaluates here: nothing is refused)");
	if (v->merges_change)
		slu_buf_addf(out, " (this push is the merge of change %llu)", (unsigned long long)v->merges_change);
	slu_buf_addc(out, '\n');
}

static void sums(slu_buf *out, const struct pol_verdict *v, const char *more)
{
	unsigned n[POL_EVALUATED + 1] = { 0 };
	const char *comma = "";
	for (size_t i = 0; i < v->row.n; i++)
		n[v->row.v[i].state]++;
	slu_buf_adds(out, "  ");
	for (int s = POL_PASSED; s <= POL_EVALUATED; s++) {
		if (n[s] == 0)
			continue;
		slu_buf_addf(out, "%s%u %s", comma, n[s], pol_state_word((enum pol_state)s));
		comma = ", ";
	}
	if (v->row.n == 0)
		slu_buf_adds(out, "no rule applies");
	else if (more && *more && n[POL_PASSED] + n[POL_NOT_APPLICABLE])
		slu_buf_addf(out, " (every rule: %s)", more);
	slu_buf_addc(out, '\n');
}

void pol_verdict_text(slu_buf *out, const struct pol_verdict *v, const char *more, bool colour)
{
	static const char *const act[] = { "tag", "merge also into", "merge back into", "delete" };
	headline(out, v, colour);
	for (size_t i = 0; i < v->row.n; i++)
		if (!more || !is_quiet(v->row.v[i].state))
			ladder_row(out, &v->row.v[i], colour);
	for (size_t i = 0; i < v->follow.n; i++) {
		const struct pol_follow *f = &v->follow.v[i];
		slu_buf_addf(out, "  then %s ", act[f->kind]);
		(void)add_shown(out, slu_s(*f->ref ? f->ref : "the next version"));
		slu_buf_addc(out, '\n');
	}
	sums(out, v, more);
}

static void refusal_row(slu_buf *out, const struct pol_row *r)
{
	slu_auto_buf line;
	slu_buf_init(&line, 16 * 1024);
	slu_buf_addf(&line, "%s %s", pol_state_symbol(r->state), r->rule);
	cut_line(out, "", slu_buf_str(&line), REFUSAL_COLUMNS);
	slu_buf_clear(&line);
	slu_buf_addf(&line, "%s; wanted: %s", r->actual, r->wanted);
	wrapped(out, "  ", "  ", slu_buf_str(&line), REFUSAL_COLUMNS, REFUSAL_WHAT_LINES);
	slu_buf_clear(&line);
	pol_place_text(&line, &r->pos);
	if (line.n)
		cut_line(out, "  ", slu_buf_str(&line), REFUSAL_COLUMNS);
	if (*r->remedy)
		cut_line(out, "  ", slu_s(r->remedy), REFUSAL_COLUMNS);
}

void pol_refusal_text(slu_buf *out, const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING)
			refusal_row(out, &v->row.v[i]);
}

void pol_refusal_ref(slu_buf *out, slu_str ref)
{
	cut_line(out, "", ref, REFUSAL_COLUMNS - 1);
	out->n--;
	slu_buf_adds(out, ":\n");
}

void pol_refusal_sentence(slu_buf *out, slu_str sentence)
{
	wrapped(out, "sluice: ", "  ", sentence, REFUSAL_COLUMNS, REFUSAL_LINES);
}
