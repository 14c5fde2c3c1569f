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

static bool same_text(slu_str a, slu_str b)
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

struct pol_boxes pol_boxes_count(slu_str body, slu_str heading, slu_str text)
{
	struct pol_boxes b = { 0 };
	slu_str line, here = { NULL, 0 }, what;
	bool fenced = false, ticked = false, under = heading.n == 0;
	while (slu_str_split(&body, '\n', &line)) {
		line = slu_str_trim(line);
		if (slu_str_starts(line, "```") || slu_str_starts(line, "~~~")) {
			fenced = !fenced;
		} else if (!fenced && heading_of(line, &here)) {
			under = heading.n == 0 || same_text(here, heading);
		} else if (!fenced && under && box_of(line, &what, &ticked) && (text.n == 0 || same_text(what, text))) {
			b.found++;
			b.ticked += ticked;
		}
	}
	return b;
}
