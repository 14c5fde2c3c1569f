/* SPDX-License-Identifier: Apache-2.0 */
/* Trailers as Git finds them, and the line that `git revert` writes. */
#include "version/commit.h"

/* White space as Git has it: without form feed and vertical tab. */
static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static slu_str trimmed(slu_str s)
{
	while (s.n && is_space(s.p[0]))
		s = (slu_str){ s.p + 1, s.n - 1 };
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool is_blank(slu_str line)
{
	return trimmed(line).n == 0;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Offset of the colon after a word of letters, digits and hyphens, with blanks between them at most; 0: no trailer. */
static size_t separator(slu_str line)
{
	size_t at = 0;
	while (at < line.n && (is_alnum(line.p[at]) || line.p[at] == '-'))
		at++;
	size_t word = at;
	while (word > 0 && at < line.n && (line.p[at] == ' ' || line.p[at] == '\t'))
		at++;
	return word > 0 && at < line.n && line.p[at] == ':' ? at : 0;
}

static bool is_gits_own(slu_str line)
{
	return slu_str_starts(line, "Signed-off-by: ") || slu_str_starts(line, "(cherry picked from commit ");
}

/* The line that begins at `at`, with its end. */
static slu_str line_from(slu_str text, size_t at)
{
	const char *end = memchr(text.p + at, '\n', text.n - at);
	return (slu_str){ text.p + at, end ? (size_t)(end - text.p) + 1 - at : text.n - at };
}

/* Where the line before `at` begins. */
static size_t line_before(slu_str text, size_t at)
{
	const char *end = at > 1 ? memrchr(text.p, '\n', at - 1) : NULL;
	return end ? (size_t)(end - text.p) + 1 : 0;
}

/* What Git takes for the message: up to a NUL, and up to the line below which an editor shows what is committed. */
static slu_str before_scissors(slu_str text)
{
	static const char scissors[] = "\n# ------------------------ >8 ------------------------\n";
	const char *nul = text.n ? memchr(text.p, 0, text.n) : NULL;
	if (nul)
		text.n = (size_t)(nul - text.p);
	if (slu_str_starts(text, scissors + 1))
		return (slu_str){ text.p, 0 };
	const char *found = text.n ? memmem(text.p, text.n, scissors, sizeof scissors - 1) : NULL;
	return found ? (slu_str){ text.p, (size_t)(found - text.p) + 1 } : text;
}

/* Without the comments, empty lines and the list of conflicts at its end. A run of them that begins the text stays, as with Git. */
static slu_str without_end(slu_str text)
{
	size_t run = 0;
	bool conflicts = false;
	slu_str line;
	for (size_t at = 0; at < text.n; at += line.n) {
		line = line_from(text, at);
		bool listed = conflicts && line.p[0] == '\t';
		if (line.p[0] == '#' || line.p[0] == '\n') {
			run = run ? run : at;
		} else if (slu_str_starts(line, "Conflicts:\n")) {
			conflicts = true;
			run = run ? run : at;
		} else if (!listed && run) {
			run = 0;
			conflicts = false;
		}
	}
	return run ? (slu_str){ text.p, run } : text;
}

/* Where the first blank line begins: what is before it is the title. */
static size_t title_end(slu_str text)
{
	slu_str line;
	size_t at = 0;
	for (; at < text.n; at += line.n) {
		line = line_from(text, at);
		if (line.p[0] != '#' && is_blank(line))
			break;
	}
	return at;
}

/* Lines of the last paragraph, counted from its end, since an indented line belongs to the trailer above it. */
struct count {
	size_t trailers, others, indented;
	bool own;
};

static void count_line(struct count *n, slu_str line)
{
	bool own = is_gits_own(line), trailer = own || separator(line) > 0, indented = is_space(line.p[0]);
	n->own = n->own || own;
	if (trailer) {
		n->trailers++;
		n->indented = 0;
	} else if (indented) {
		n->indented++;
	} else {
		n->others += (line.p[0] != '#') + n->indented;
		n->indented = 0;
	}
}

/* The block of trailers; nothing when there is none. */
static slu_str find_block(slu_str text)
{
	struct count n = { 0 };
	size_t title = title_end(text), end = text.n;
	bool begun = false;
	for (size_t at = text.n; at > title;) {
		slu_str line = line_from(text, at = line_before(text, at));
		if (at < title)
			break;
		if (line.p[0] == '#' || !is_blank(line)) {
			begun = begun || line.p[0] != '#';
			count_line(&n, line);
			continue;
		}
		if (!begun)
			continue;
		n.others += n.indented;
		if (n.trailers && (n.others == 0 || (n.own && n.trailers * 3 >= n.others)))
			return (slu_str){ line.p + line.n, end - at - line.n };
		break;
	}
	return (slu_str){ text.p, 0 };
}

void ver_trailers(ver_footers *out, slu_arena *a, slu_str message)
{
	slu_str block = find_block(without_end(before_scissors(message))), line;
	struct ver_footer *last = NULL;
	for (size_t at = 0; at < block.n; at += line.n) {
		line = line_from(block, at);
		if (last && is_space(line.p[0])) {
			last->value = trimmed((slu_str){ last->value.p, (size_t)(line.p + line.n - last->value.p) });
			continue;
		}
		size_t colon = separator(line);
		last = colon ? SLU_ADD(a, out) : NULL;
		if (last)
			*last = (struct ver_footer){ .token = trimmed((slu_str){ line.p, colon }), .value = trimmed((slu_str){ line.p + colon + 1, line.n - colon - 1 }) };
	}
}

slu_str ver_unfold(slu_arena *a, slu_str value)
{
	char *text = slu_alloc(a, value.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < value.n; i++) {
		bool end = value.p[i] == '\n';
		while (end && i + 1 < value.n && is_space(value.p[i + 1]))
			i++;
		text[n++] = end ? ' ' : value.p[i];
	}
	return trimmed((slu_str){ text, n });
}

static size_t hex_digits(slu_str s)
{
	size_t n = 0;
	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || (s.p[n] >= 'a' && s.p[n] <= 'f')))
		n++;
	return n;
}

bool ver_reverts(slu_str *oid, slu_str message)
{
	static const char words[] = "This reverts commit ";
	slu_str rest = message, line;
	while (slu_str_split(&rest, '\n', &line)) {
		if (!slu_str_starts(line, words))
			continue;
		slu_str id = { line.p + sizeof words - 1, line.n - (sizeof words - 1) };
		size_t n = hex_digits(id);
		bool ends = n == id.n || id.p[n] == '.' || id.p[n] == ',' || id.p[n] == '\r';
		if ((n == 40 || n == 64) && ends) {
			*oid = (slu_str){ id.p, n };
			return true;
		}
	}
	return false;
}
