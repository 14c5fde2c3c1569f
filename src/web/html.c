/* SPDX-License-Identifier: Apache-2.0 */
#include "web/html.h"

#include "base/quantity.h"

#include <stdio.h>

void html_link(html *h, const char *path, slu_str text)
{
	html_lit(h, "<a href=\"");
	html_attr_z(h, path);
	html_lit(h, "\">");
	html_text(h, text);
	html_lit(h, "</a>");
}

void html_age(html *h, int64_t seconds)
{
	static const struct {
		int64_t unit_s;
		const char *word;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	if (seconds < 0)
		seconds = 0;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (seconds >= units[i].unit_s || units[i].unit_s == 1) {
			slu_buf_addf(h->out, "%lld\xC2\xA0%s", (long long)(seconds / units[i].unit_s), units[i].word);
			return;
		}
}

void html_time(html *h, int64_t unix_s)
{
	char iso[SLU_TIME_TEXT];
	if (unix_s == 0) {
		html_lit(h, "\xE2\x80\x93");
		return;
	}
	slu_time_text(unix_s, iso);
	html_lit(h, "<time datetime=\"");
	html_attr_z(h, iso);
	html_lit(h, "\">");
	html_text(h, (slu_str){ iso, 10 });
	html_lit(h, " ");
	html_text(h, (slu_str){ iso + 11, 5 });
	html_lit(h, "\xC2\xA0UTC (");
	if (unix_s > h->now_s) {
		html_lit(h, "in ");
		html_age(h, unix_s - h->now_s);
	} else {
		html_age(h, h->now_s - unix_s);
		html_lit(h, " ago");
	}
	html_lit(h, ")</time>");
}

void html_clock(html *h, int64_t unix_s)
{
	char iso[SLU_TIME_TEXT];
	slu_time_text(unix_s, iso);
	slu_buf_addf(h->out, "<time datetime=\"%s\">%.8s\xC2\xA0UTC</time>", iso, iso + 11);
}

void html_oid(html *h, const slu_oid *id)
{
	html_lit(h, "<code title=\"");
	html_attr_z(h, id->hex);
	html_lit(h, "\">");
	html_text(h, (slu_str){ id->hex, strnlen(id->hex, 10) });
	html_lit(h, "</code>");
}

void html_state(html *h, const char *symbol, const char *word)
{
	html_lit(h, "<span class=\"state ");
	html_attr_z(h, word);
	html_lit(h, "\"><span aria-hidden=\"true\">");
	html_text_z(h, symbol);
	html_lit(h, "</span> ");
	html_text_z(h, word);
	html_lit(h, "</span>");
}

/* ---- the ladder --------------------------------------------------------------------------------------------------- */

/* Where the strategy's page shows the file: "" its own, "?file=…" a preset or another repository's; NULL: nowhere. */
static const char *shown_at(char *buf, size_t size, const char *file)
{
	bool other = strchr(file, ':') != NULL;
	for (const char *p = file; other && *p; p++)
		if (!memchr("-._~/:", *p, 6) && !(*p >= '0' && *p <= '9') && !((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'))
			return NULL; /* such a name is not written into an address */
	if (!other)
		return slu_str_ends(slu_s(file), "strategy.yml") ? "" : NULL;
	(void)snprintf(buf, size, "?file=%s", file);
	return strlen(file) + 7 < size ? buf : NULL;
}

void html_place(html *h, const struct strat_pos *pos, const char *file_base)
{
	char buf[600];
	if (pos->line == 0 || !pos->file)
		return;
	slu_auto_buf place;
	slu_buf_init(&place, 4096);
	pol_place_text(&place, pos);
	html_lit(h, "<span class=\"place\">");
	const char *at = file_base ? shown_at(buf, sizeof buf, pos->file) : NULL;
	if (at) {
		html_lit(h, "<a href=\"");
		html_attr_z(h, file_base);
		html_attr_z(h, at);
		slu_buf_addf(h->out, "#L%u\">", pos->line);
	}
	html_text(h, slu_buf_str(&place));
	if (at)
		html_lit(h, "</a>");
	html_lit(h, "</span>");
}

static void row_opens(html *h, const struct pol_row *r)
{
	if (r->state != POL_FAILED && r->state != POL_WAITING)
		return;
	if (r->opens_n || r->until_s) {
		html_lit(h, "<p class=\"opens\">Opened by ");
		for (size_t i = 0; i < r->opens_n; i++) {
			if (i)
				html_lit(h, ", ");
			html_text_z(h, r->opens[i]);
		}
		if (r->until_s) {
			if (r->opens_n)
				html_lit(h, ", or ");
			html_lit(h, "itself at ");
			html_time(h, r->until_s);
		}
		html_lit(h, "</p>");
	}
	if (r->remedy && *r->remedy) {
		html_lit(h, "<p class=\"remedy\"><code>");
		html_text_z(h, r->remedy);
		html_lit(h, "</code></p>");
	}
}

static void ladder_row(html *h, const struct pol_row *r, const char *file_base)
{
	const char *word = pol_state_word(r->state);
	html_lit(h, "<li class=\"rung ");
	html_attr_z(h, word);
	html_lit(h, "\">");
	html_state(h, pol_state_symbol(r->state), word);
	html_lit(h, "<div><strong>");
	html_text_z(h, r->wanted);
	html_lit(h, "</strong>");
	if (r->actual && *r->actual) {
		html_lit(h, "<p>");
		html_text_z(h, r->actual);
		html_lit(h, "</p>");
	}
	row_opens(h, r);
	html_lit(h, "<p class=\"rule\"><code>");
	html_text_z(h, r->rule);
	html_lit(h, "</code> ");
	html_place(h, &r->pos, file_base);
	html_lit(h, "</p></div></li>");
}

static size_t rungs(html *h, const struct pol_verdict *v, const enum pol_state *state, size_t n, const char *file_base)
{
	size_t written = 0;
	for (size_t o = 0; o < n; o++)
		for (size_t i = 0; i < v->row.n; i++)
			if (v->row.v[i].state == state[o]) {
				if (h)
					ladder_row(h, &v->row.v[i], file_base);
				written++;
			}
	return written;
}

void html_ladder(html *h, const struct pol_verdict *v, const char *file_base)
{
	static const enum pol_state blocks[] = { POL_FAILED, POL_WAITING, POL_OVERRIDDEN };
	static const enum pol_state rest[] = { POL_PASSED, POL_EVALUATED, POL_NOT_APPLICABLE };
	size_t quiet = rungs(NULL, v, rest, 3, file_base), passed = rungs(NULL, v, rest, 1, file_base);
	if (rungs(NULL, v, blocks, 3, file_base)) {
		html_lit(h, "<ol class=\"ladder\">");
		(void)rungs(h, v, blocks, 3, file_base);
		html_lit(h, "</ol>");
	}
	if (quiet == 0)
		return;
	slu_buf_addf(h->out, "<details%s><summary>%zu rule%s passed", v->answer == POL_ALLOW ? " open" : "", passed, passed == 1 ? "" : "s");
	if (quiet > passed)
		slu_buf_addf(h->out, ", %zu looked at without a say", quiet - passed);
	html_lit(h, "</summary><ol class=\"ladder quiet\">");
	(void)rungs(h, v, rest, 3, file_base);
	html_lit(h, "</ol></details>");
}

/* What the first rows of a state want: "1 approval; check tests passes on 7a6db373b3; and 4 more". */
static void wanted_by(html *h, const struct pol_verdict *v, enum pol_state state, size_t of)
{
	enum { NAMED = 3 };
	size_t said = 0;
	for (size_t i = 0; i < v->row.n && said < NAMED; i++) {
		if (v->row.v[i].state != state)
			continue;
		slu_buf_adds(h->out, said++ ? "; " : " ");
		html_text_z(h, v->row.v[i].wanted);
	}
	if (of > said)
		slu_buf_addf(h->out, "; and %zu more", of - said);
}

void html_answer(html *h, const struct pol_verdict *v)
{
	size_t failed = 0, waiting = 0;
	for (size_t i = 0; i < v->row.n; i++) {
		failed += v->row.v[i].state == POL_FAILED;
		waiting += v->row.v[i].state == POL_WAITING;
	}
	if (v->answer == POL_ALLOW) {
		html_lit(h, "<p class=\"answer passed\"><span aria-hidden=\"true\">\xE2\x9C\x93</span> Nothing stands in the way.</p>");
		return;
	}
	enum pol_state state = v->answer == POL_WAIT ? POL_WAITING : POL_FAILED;
	slu_buf_addf(h->out, "<p class=\"answer %s\"><span aria-hidden=\"true\">%s</span> ", pol_state_word(state), pol_state_symbol(state));
	if (failed) {
		slu_buf_addf(h->out, "Blocked by %zu rule%s:", failed, failed == 1 ? "" : "s");
		wanted_by(h, v, POL_FAILED, failed);
	}
	if (waiting) {
		slu_buf_addf(h->out, "%s %zu thing%s:", failed ? ". Then it waits for" : "Waiting for", waiting, waiting == 1 ? "" : "s");
		wanted_by(h, v, POL_WAITING, waiting);
	}
	html_lit(h, ".</p>");
}
