/* SPDX-License-Identifier: Apache-2.0 */
/* A section's place in the file: put there, and taken from there. */
#include "version/changelog.h"

#include "base/limits.h"

struct place {
	size_t from, to; /* the bytes that the section stands for; equal: it is put in between */
	bool found;      /* there is a place before or instead of another section */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static slu_str heading_text(slu_str heading)
{
	slu_str s = slu_str_trim((slu_str){ heading.p + 2, heading.n - 2 });
	if (s.n > 0 && s.p[0] == '[')
		s = (slu_str){ s.p + 1, s.n - 1 };
	if (s.n > 1 && lower(s.p[0]) == 'v' && s.p[1] >= '0' && s.p[1] <= '9')
		s = (slu_str){ s.p + 1, s.n - 1 };
	return s;
}

/* Is this heading's first word `word`? "## [1.2.0](…) - date", "## v1.2.0" and "## [Unreleased]" are all known. */
static bool heads(slu_str heading, slu_str word)
{
	slu_str s = heading_text(heading);
	if (s.n < word.n)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (lower(s.p[i]) != lower(word.p[i]))
			return false;
	return s.n == word.n || s.p[word.n] == ']' || s.p[word.n] == ' ' || s.p[word.n] == '\t';
}

/* Is it the section of a version that is higher, so that ours comes after it? */
static bool is_above(slu_str heading, slu_str version)
{
	slu_str s = heading_text(heading);
	struct ver_semver its, ours;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ']' || s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r')
			s.n = i;
	return ver_parse(&its, s, NULL) == SLU_OK && ver_parse(&ours, version, NULL) == SLU_OK && ver_cmp(&its, &ours) > 0;
}

/* "[1.2.0]: https://…": where links lead stands at the end of many changelogs, and stays there. */
static bool is_link_definition(slu_str line)
{
	const char *end = line.n > 0 && line.p[0] == '[' ? memchr(line.p, ']', line.n) : NULL;
	return end && (size_t)(end - line.p) + 1 < line.n && end[1] == ':';
}

enum kind {
	BLANK,
	TEXT,
	DEFINITION,
	HEADING
};

/* @param fence  true within a block of code, where nothing is a heading */
static enum kind kind_of(slu_str line, bool *fence)
{
	slu_str text = slu_str_trim(line);
	if (slu_str_starts(text, "```"))
		*fence = !*fence;
	if (text.n == 0)
		return BLANK;
	if (*fence)
		return TEXT;
	if (is_link_definition(line))
		return DEFINITION;
	return slu_str_starts(line, "## ") ? HEADING : TEXT;
}

static struct place find_place(slu_str file, slu_str version)
{
	struct place p = { 0, 0, false };
	slu_str rest = file, line;
	size_t tail = file.n; /* where the link definitions at the end begin */
	bool fence = false, inside = false;
	while (slu_str_split(&rest, '\n', &line)) {
		size_t at = (size_t)(line.p - file.p);
		enum kind kind = kind_of(line, &fence);
		if (kind == DEFINITION && tail == file.n)
			tail = at;
		else if (kind == TEXT || kind == HEADING)
			tail = file.n;
		if (kind != HEADING)
			continue;
		if (inside) {
			p.to = at;
			return p;
		}
		inside = heads(line, version);
		if (inside || (!p.found && !heads(line, SLU_STR("unreleased")) && !is_above(line, version)))
			p = (struct place){ at, at, true };
	}
	if (inside)
		p.to = tail;
	else if (!p.found)
		p.from = p.to = tail;
	return p;
}

/* Add text with the line ends of the file. */
static void add_lines(slu_buf *b, slu_str text, const char *end)
{
	slu_str line;
	while (slu_str_split(&text, '\n', &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		slu_buf_addstr(b, line);
		slu_buf_adds(b, end);
	}
}

static slu_str without_blank_end(slu_str s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

slu_rc ver_changelog_put(char **out, slu_arena *a, slu_str file, slu_str version, slu_str section, slu_err *err)
{
	const char *first = file.n > 0 ? memchr(file.p, '\n', file.n) : NULL;
	const char *end = first && first > file.p && first[-1] == '\r' ? "\r\n" : "\n";
	struct place p = find_place(file, version);
	slu_str before = without_blank_end((slu_str){ file.p, p.from }), after = { file.p + p.to, file.n - p.to };
	slu_auto_buf b;
	slu_buf_init(&b, SLU_MAX_BLOB_BYTES);
	if (before.n == 0 && file.n == 0)
		before = SLU_STR("# Changelog");
	slu_buf_addstr(&b, before);
	if (before.n > 0) {
		slu_buf_adds(&b, end);
		slu_buf_adds(&b, end);
	}
	add_lines(&b, without_blank_end(section), end);
	if (slu_str_trim(after).n > 0) {
		slu_buf_adds(&b, end);
		slu_buf_addstr(&b, after);
	}
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "The changelog would be larger than %u bytes; move older sections into another file.", SLU_MAX_BLOB_BYTES);
	*out = slu_str_dup(a, slu_buf_str(&b));
	return SLU_OK;
}

slu_str ver_changelog_get(slu_str file, slu_str version)
{
	struct place p = find_place(file, version);
	slu_str section = { file.p + p.from, p.to - p.from }, heading;

	return slu_str_split(&section, '\n', &heading) ? slu_str_trim(section) : SLU_STR("");
}

bool ver_changelog_has(slu_str file, slu_str version)
{
	struct place p = find_place(file, version);

	return p.to > p.from;
}
