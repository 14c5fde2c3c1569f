/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of a change's body: "- [x] text" in Markdown lists, by heading. */
#include "policy/rule.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* Bold and code marks around a text do not matter, nor does the case of ASCII letters. */
static slu_str bare(slu_str s)
{
	s = slu_str_trim(s);
	while (s.n >= 2 && one_of(s.p[0], "*_`") && s.p[s.n - 1] == s.p[0])
		s = slu_str_trim((slu_str){ s.p + 1, s.n - 2 });
	return s;
}

bool pol_box_same(slu_str a, slu_str b)
{
	a = bare(a);
	b = bare(b);
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

/* "## Heading ##" */
static bool heading_of(slu_str line, slu_str *out)
{
	size_t marks = 0;
	while (marks < line.n && line.p[marks] == '#')
		marks++;
	if (marks == 0 || marks > 6 || (marks < line.n && line.p[marks] != ' ' && line.p[marks] != '\t'))
		return false;
	slu_str t = slu_str_trim((slu_str){ line.p + marks, line.n - marks });
	while (t.n && t.p[t.n - 1] == '#')
		t.n--;
	*out = slu_str_trim(t);
	if (slu_str_ends(*out, ":"))
		out->n--;
	return true;
}

static size_t list_mark(slu_str line)
{
	size_t i = 0;
	if (line.n && one_of(line.p[0], "-*+"))
		return 1;
	while (i < line.n && line.p[i] >= '0' && line.p[i] <= '9')
		i++;
	return i && i < 10 && i < line.n && (line.p[i] == '.' || line.p[i] == ')') ? i + 1 : 0;
}

static bool box_of(slu_str line, slu_str *text, bool *ticked)
{
	size_t i = list_mark(line);
	if (i == 0)
		return false;
	slu_str rest = slu_str_trim((slu_str){ line.p + i, line.n - i });
	if (rest.n < 4 || rest.p[0] != '[' || rest.p[2] != ']' || rest.p[3] != ' ' || !one_of(rest.p[1], " xX"))
		return false;
	*ticked = rest.p[1] != ' ';
	*text = slu_str_trim((slu_str){ rest.p + 4, rest.n - 4 });
	return true;
}

struct line {
	slu_str raw, text; /* text: of the heading or box */
	bool heading, box, ticked;
};

/* What stands in a block of code is neither heading nor box. */
static bool next_line(slu_str *body, bool *fenced, struct line *out)
{
	struct line l = { 0 };
	if (!slu_str_split(body, '\n', &l.raw))
		return false;
	slu_str line = slu_str_trim(l.raw);
	if (slu_str_starts(line, "```") || slu_str_starts(line, "~~~"))
		*fenced = !*fenced;
	else if (!*fenced && heading_of(line, &l.text))
		l.heading = true;
	else if (!*fenced)
		l.box = box_of(line, &l.text, &l.ticked);
	*out = l;
	return true;
}

struct pol_boxes pol_boxes_count(slu_str body, slu_str heading, slu_str text)
{
	struct pol_boxes b = { 0 };
	bool fenced = false, under = heading.n == 0;
	for (struct line l; next_line(&body, &fenced, &l);) {
		if (l.heading)
			under = heading.n == 0 || pol_box_same(l.text, heading);
		if (l.box && under && (text.n == 0 || pol_box_same(l.text, text))) {
			b.found++;
			b.ticked += l.ticked;
		}
	}
	return b;
}

/* The line with its box ticked, as it stands else. */
static void add_ticked(slu_buf *out, slu_str line)
{
	const char *mark = memchr(line.p, '[', line.n);
	slu_buf_add(out, line.p, (size_t)(mark + 1 - line.p));
	slu_buf_addc(out, 'x');
	slu_buf_add(out, mark + 2, (size_t)(line.p + line.n - mark - 2));
	slu_buf_addc(out, '\n');
}

void pol_box_tick(slu_buf *out, slu_str body, slu_str heading, slu_str text)
{
	bool missing = pol_boxes_count(body, heading, text).found == 0, fenced = false, under = heading.n == 0;
	for (struct line l; next_line(&body, &fenced, &l);) {
		if (l.heading)
			under = heading.n == 0 || pol_box_same(l.text, heading);
		if (l.box && under && pol_box_same(l.text, text))
			add_ticked(out, l.raw);
		else
			slu_buf_addf(out, "%.*s\n", SLU_FMT(l.raw));
		if (l.heading && under && heading.n && missing) {
			slu_buf_addf(out, "\n- [x] %.*s\n", SLU_FMT(text));
			missing = false;
		}
	}
	if (missing && heading.n)
		slu_buf_addf(out, "%s## %.*s\n", out->n ? "\n" : "", SLU_FMT(heading));
	if (missing)
		slu_buf_addf(out, "\n- [x] %.*s\n", SLU_FMT(text));
}
