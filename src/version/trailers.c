/* SPDX-License-Identifier: Apache-2.0 */
/* Trailers as Git finds them, and the line that `git revert` writes. */
#include "version/commit.h"

static bool is_blank(slu_str line)
{
	return slu_str_trim(line).n == 0;
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

enum kind {
	BLANK,
	COMMENT,
	TRAILER,
	OWN, /* a trailer that Git writes itself */
	INDENTED,
	OTHER
};

static enum kind kind_of(slu_str line)
{
	if (is_blank(line))
		return BLANK;
	if (line.p[0] == '#')
		return COMMENT;
	if (is_gits_own(line))
		return OWN;
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return INDENTED;
	return separator(line) ? TRAILER : OTHER;
}

/* The last paragraph behind the first one; nothing when there is only one. Comments belong to no paragraph. */
static slu_str last_paragraph(slu_str message)
{
	slu_str rest = message, line, found = { NULL, 0 };
	bool first = true, inside = false;
	while (slu_str_split(&rest, '\n', &line)) {
		enum kind kind = kind_of(line);
		if (kind == BLANK) {
			first = inside = false;
		} else if (kind == COMMENT) {
			continue;
		} else if (!first) {
			if (!inside)
				found.p = line.p;
			inside = true;
			found.n = (size_t)(line.p + line.n - found.p);
		}
	}
	return found;
}

static bool is_block(slu_str paragraph)
{
	slu_str rest = paragraph, line;
	size_t trailers = 0, others = 0;
	bool own = false, follows = false; /* an indented line belongs to what it follows */
	while (slu_str_split(&rest, '\n', &line)) {
		enum kind kind = kind_of(line);
		own = own || kind == OWN;
		trailers += kind == TRAILER || kind == OWN;
		others += kind == OTHER || (kind == INDENTED && !follows);
		follows = kind == TRAILER || kind == OWN || (kind == INDENTED && follows);
	}
	return trailers > 0 && (others == 0 || (own && trailers * 3 >= others));
}

void ver_trailers(ver_footers *out, slu_arena *a, slu_str message)
{
	slu_str rest = last_paragraph(message), line;
	struct ver_footer *last = NULL;
	if (!is_block(rest))
		return;
	while (slu_str_split(&rest, '\n', &line)) {
		enum kind kind = kind_of(line);
		size_t at = separator(line);
		if (kind == INDENTED && last) {
			last->value = slu_str_trim((slu_str){ last->value.p, (size_t)(line.p + line.n - last->value.p) });
			continue;
		}
		last = NULL;
		if (at == 0 || kind == COMMENT)
			continue;
		last = SLU_ADD(a, out);
		last->token = slu_str_trim((slu_str){ line.p, at });
		last->value = slu_str_trim((slu_str){ line.p + at + 1, line.n - at - 1 });
	}
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
