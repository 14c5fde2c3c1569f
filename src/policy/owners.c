/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/owners.h"

#include "base/limits.h"

enum { MAX_PATTERN = 1024, NONE = -1 };

const char *const pol_owners_place[] = { ".sluice/CODEOWNERS", ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", NULL };

/* ---- reading --------------------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/** Pattern of a line: up to the first blank that no backslash stands before. */
static slu_str pattern_of(slu_str line)
{
	size_t i = 0;
	while (i < line.n && !is_blank(line.p[i]))
		i += line.p[i] == '\\' && i + 1 < line.n ? 2 : 1;
	return (slu_str){ line.p, i };
}

/** Why a byte cannot stand in a pattern; NULL: it can. */
static const char *bad_byte(slu_str p, size_t i)
{
	unsigned char c = (unsigned char)p.p[i];
	if (c == '!' && i == 0)
		return "A pattern cannot be negated: write a later line that says whose these paths are.";
	if (c == '[' || c == ']')
		return "There are no sets of characters in a pattern: '[' and ']' cannot stand in it; '?' is any one character.";
	if (c == '#')
		return "'#' cannot stand in a pattern, and a backslash does not help; '?' is any one character.";
	if (c < 0x20 || c == 0x7f)
		return "A control character cannot stand in a pattern.";
	if (c == '*' && i + 2 < p.n && p.p[i + 1] == '*' && p.p[i + 2] == '*')
		return "More than two '*' in a row stand for nothing.";
	if (c == '/' && i + 1 < p.n && p.p[i + 1] == '/')
		return "Two '/' in a row match nothing.";
	return NULL;
}

static const char *bad_pattern(slu_str p, size_t *at)
{
	*at = 0;
	if (p.n > MAX_PATTERN)
		return "The pattern is longer than 1024 bytes.";
	for (size_t i = 0; i < p.n; i++) {
		const char *why = bad_byte(p, i);
		*at = i;
		if (why)
			return why;
		if (p.p[i] != '\\')
			continue;
		if (++i == p.n)
			return "A backslash at the end of a pattern stands before nothing.";
		*at = i;
		if (p.p[i] == '/')
			return "A backslash cannot stand before '/'.";
		if (p.p[i] != '!' && p.p[i] != '*' && bad_byte(p, i))
			return bad_byte(p, i);
	}
	return NULL;
}

static bool owner_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("@/._%+-", c));
}

static bool plain_name(slu_str s)
{
	return s.n && !memchr(s.p, '/', s.n) && !memchr(s.p, '@', s.n);
}

enum pol_owner_kind pol_owner_kind(slu_str owner, slu_str *name)
{
	const char *slash = memchr(owner.p, '/', owner.n);
	*name = owner;
	if (!slu_str_starts(owner, "@"))
		return memchr(owner.p, '@', owner.n) ? POL_OWNER_EMAIL : POL_OWNER_ROLE;
	size_t skip = slash ? (size_t)(slash - owner.p) + 1 : 1;
	*name = (slu_str){ owner.p + skip, owner.n - skip };
	return slash ? POL_OWNER_ROLE : POL_OWNER_NAME;
}

static bool owner_ok(slu_str owner)
{
	slu_str name;
	for (size_t i = 0; i < owner.n; i++)
		if (!owner_byte(owner.p[i]))
			return false;
	if (pol_owner_kind(owner, &name) != POL_OWNER_EMAIL)
		return plain_name(name) && !slu_str_starts(owner, "@/");
	const char *at = memchr(owner.p, '@', owner.n);
	size_t before = (size_t)(at - owner.p);
	return before && plain_name((slu_str){ at + 1, owner.n - before - 1 });
}

/** The owners of a line; a '#' begins a comment. @return the one that is none; n == 0: all are */
static slu_str owners_of(struct pol_owners_rule *r, slu_arena *a, slu_str rest)
{
	SLU_LIST(slu_str) list = { 0 };
	const char *comment = rest.n ? memchr(rest.p, '#', rest.n) : NULL;
	rest.n = comment ? (size_t)(comment - rest.p) : rest.n;
	for (size_t i = 0; i < rest.n;) {
		size_t from = i;
		while (i < rest.n && !is_blank(rest.p[i]))
			i++;
		slu_str word = { rest.p + from, i - from };
		if (word.n && !owner_ok(word))
			return word;
		if (word.n)
			*SLU_ADD(a, &list) = word;
		else
			i++;
	}
	r->owner = list.v;
	r->owner_n = list.n;
	return (slu_str){ NULL, 0 };
}

static bool is_deep(slu_str part)
{
	return slu_str_is(part, "**");
}

/** Cut a pattern into its parts: "**" in front where it may stand at any depth, and what may follow after the last one. */
static void cut(struct pol_owners_rule *r, slu_arena *a)
{
	slu_str rest = r->pattern, part;
	bool rooted = slu_str_starts(rest, "/"), folder = rest.n > 1 && slu_str_ends(rest, "/");
	if (rest.n == 1 && rooted) {
		r->end = POL_OWNERS_NEVER;
		return;
	}
	rest.p += rooted;
	rest.n -= (size_t)rooted + folder;
	SLU_LIST(slu_str) list = { 0 };
	if (!rooted && !memchr(rest.p, '/', rest.n) && !is_deep(rest))
		*SLU_ADD(a, &list) = SLU_STR("**");
	while (slu_str_split(&rest, '/', &part))
		*SLU_ADD(a, &list) = part;
	slu_str last = list.v[list.n - 1];
	r->end = folder || is_deep(last) ? POL_OWNERS_BELOW : slu_str_is(last, "*") ? POL_OWNERS_EXACT : POL_OWNERS_AND_BELOW;
	list.n -= is_deep(last);
	r->part = list.v;
	r->part_n = list.n;
}

static void read_line(struct pol_owners *o, slu_arena *a, slu_str whole, unsigned number)
{
	slu_str line = slu_str_trim(whole);
	struct pol_owners_rule r = { .line = number };
	size_t at = 0;
	if (line.n == 0 || line.p[0] == '#')
		return;
	r.pattern = pattern_of(line);
	const char *why = bad_pattern(r.pattern, &at);
	const char *place = r.pattern.p + at;
	if (!why) {
		slu_str bad = owners_of(&r, a, (slu_str){ line.p + r.pattern.n, line.n - r.pattern.n });
		place = bad.p;
		if (bad.n)
			why = slu_printf(a, "\"%.*s\" is no owner: there are @PERSON, @ORGANISATION/ROLE, ROLE and e-mail addresses.", bad.n > SLU_MAX_NAME_BYTES ? (int)SLU_MAX_NAME_BYTES : (int)bad.n, bad.p);
	}
	if (why) {
		*SLU_ADD(a, &o->issue) = (struct pol_owners_issue){ number, (unsigned)(place - whole.p) + 1, why };
		return;
	}
	cut(&r, a);
	*SLU_ADD(a, &o->rule) = r;
}

slu_rc pol_owners_read(struct pol_owners *out, slu_arena *a, slu_str text, slu_err *err)
{
	struct pol_owners o = { 0 };
	slu_str line;
	if (text.n > SLU_MAX_OWNERS_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "It has %zu bytes; at most %u are read.", text.n, SLU_MAX_OWNERS_BYTES);
	if (slu_str_starts(text, "\xef\xbb\xbf"))
		text = (slu_str){ text.p + 3, text.n - 3 };
	for (unsigned number = 1; slu_str_split(&text, '\n', &line); number++) {
		read_line(&o, a, line, number);
		if (o.rule.n > SLU_MAX_OWNERS_RULES)
			return slu_fail(err, SLU_E_LIMIT, "It has more than %u lines with a pattern.", SLU_MAX_OWNERS_RULES);
	}
	*out = o;
	return SLU_OK;
}

/* ---- matching -------------------------------------------------------------------------------------------------------- */

/** Length of the character that begins here, by its first byte and those that go on with it. */
static size_t one_char(slu_str s, size_t i)
{
	size_t n = 1;
	while (i + n < s.n && ((unsigned char)s.p[i + n] & 0xc0) == 0x80)
		n++;
	return n;
}

/** Does the pattern at *p take what stands at *i? Both go on behind it. */
static bool take(slu_str part, size_t *p, slu_str name, size_t *i)
{
	bool escaped = part.p[*p] == '\\', any = part.p[*p] == '?';
	if (*i >= name.n || (!any && part.p[*p + escaped] != name.p[*i]))
		return false;
	*i += any ? one_char(name, *i) : 1;
	*p += (size_t)escaped + 1;
	return true;
}

/** One part against one name: after a mismatch the last '*' takes one more byte. */
static bool part_match(slu_str part, slu_str name)
{
	size_t p = 0, i = 0, star_i = 0;
	ptrdiff_t star = NONE;
	while (i < name.n || p < part.n) {
		if (p < part.n && part.p[p] == '*') {
			star = (ptrdiff_t)p++;
			star_i = i;
		} else if (p >= part.n || !take(part, &p, name, &i)) {
			if (star == NONE || star_i >= name.n)
				return false;
			i = ++star_i;
			p = (size_t)star + 1;
		}
	}
	return true;
}

/** The part of a path that begins at *at, which goes to the next one; behind the last one it is past the path's end. */
static slu_str next_part(slu_str path, size_t *at)
{
	const char *from = path.p + *at, *slash = memchr(from, '/', path.n - *at);
	size_t n = slash ? (size_t)(slash - from) : path.n - *at;
	*at += n + 1;
	return (slu_str){ from, n };
}

static bool end_fits(const struct pol_owners_rule *r, bool more)
{
	return r->end == POL_OWNERS_AND_BELOW || (r->end == POL_OWNERS_BELOW) == more;
}

/** As with one part, but "**" takes whole names. The first fit leaves the most behind it, so that it decides for AND_BELOW and BELOW. */
bool pol_owners_match(const struct pol_owners_rule *r, slu_str path)
{
	size_t p = 0, at = 0, deep_at = 0;
	ptrdiff_t deep = NONE;
	if (path.n == 0 || r->end == POL_OWNERS_NEVER)
		return false;
	for (;;) {
		bool more = at < path.n, fits = false;
		if (p == r->part_n && end_fits(r, more))
			return true;
		if (p < r->part_n && is_deep(r->part[p])) {
			deep = (ptrdiff_t)p++;
			deep_at = at;
			continue;
		}
		if (p < r->part_n && more)
			fits = part_match(r->part[p], next_part(path, &at));
		if (fits) {
			p++;
			continue;
		}
		if (deep == NONE || deep_at >= path.n)
			return false;
		(void)next_part(path, &deep_at);
		at = deep_at;
		p = (size_t)deep + 1;
	}
}

const struct pol_owners_rule *pol_owners_of(const struct pol_owners *o, slu_str path)
{
	for (size_t i = o->rule.n; i > 0; i--)
		if (pol_owners_match(&o->rule.v[i - 1], path))
			return &o->rule.v[i - 1];
	return NULL;
}
