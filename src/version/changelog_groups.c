/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a section, and under which heading: the same for Markdown and for JSON. */
#include "base/limits.h"
#include "version/changelog.h"

enum { MAX_REFERENCES = 20 };

/* Types that users do not notice: they have no group of their own. */
static const char *const quiet[] = { "docs", "style", "refactor", "test", "build", "ci", "chore" };
static const struct {
	const char *type, *heading;
} known[] = { { "feat", "Added" }, { "fix", "Fixed" }, { "perf", "Performance" } };
enum { KNOWN = sizeof known / sizeof *known, QUIET = sizeof quiet / sizeof *quiet };

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_own_type(slu_str type)
{
	const struct ver_commit c = { .type = type };
	bool own = type.n > 0 && !ver_type_is(&c, "revert");
	for (size_t i = 0; i < KNOWN; i++)
		own = own && !ver_type_is(&c, known[i].type);
	for (size_t i = 0; i < QUIET; i++)
		own = own && !ver_type_is(&c, quiet[i]);
	return own;
}

struct sorting {
	slu_arena *a;
	const struct ver_changelog *c;
	ver_groups all;
	size_t breaking, changed, reverted, other; /* places of these */
};

static void add_group(struct sorting *s, slu_str heading)
{
	SLU_ADD(s->a, &s->all)->heading = heading;
}

/* Those of the strategy. What breaks has a heading whether it names one or not. */
static void add_own_groups(struct sorting *s)
{
	s->breaking = SIZE_MAX;
	for (size_t i = 0; i < s->c->heading_n; i++)
		for (size_t k = 0; k < s->c->heading[i].type_n; k++)
			if (slu_str_is(s->c->heading[i].type[k], "breaking"))
				s->breaking = i;
	bool named = s->breaking != SIZE_MAX;
	if (!named) {
		add_group(s, SLU_STR("Breaking changes"));
		s->breaking = 0;
	}
	for (size_t i = 0; i < s->c->heading_n; i++)
		add_group(s, s->c->heading[i].heading);
}

static void add_usual_groups(struct sorting *s)
{
	add_group(s, SLU_STR("Breaking changes"));
	for (size_t i = 0; i < KNOWN; i++)
		add_group(s, slu_s(known[i].heading));
	for (size_t i = 0; i < s->c->type_n; i++) {
		slu_str type = s->c->types[i];
		if (is_own_type(type))
			add_group(s, slu_s(slu_printf(s->a, "%c%.*s", upper(type.p[0]), (int)type.n - 1, type.p + 1)));
	}
}

static void add_groups(struct sorting *s)
{
	if (s->c->heading_n)
		add_own_groups(s);
	else
		add_usual_groups(s);
	s->all.v[s->breaking].breaking = true;
	s->changed = s->all.n;
	add_group(s, SLU_STR("Changed"));
	s->reverted = s->all.n;
	add_group(s, SLU_STR("Reverted"));
	s->other = s->all.n;
	add_group(s, SLU_STR("Other changes"));
}

static size_t own_group_of(const struct sorting *s, const struct ver_commit *c)
{
	size_t first = s->changed - s->c->heading_n; /* behind that of what breaks, where they name none */
	for (size_t i = 0; i < s->c->heading_n; i++)
		for (size_t k = 0; k < s->c->heading[i].type_n; k++)
			if (first + i != s->breaking && ver_type_is(c, slu_str_dup(s->a, s->c->heading[i].type[k])))
				return first + i;
	return ver_type_is(c, "revert") ? s->reverted : s->other;
}

static size_t group_of(const struct sorting *s, const struct ver_commit *c)
{
	size_t at = 1 + KNOWN;
	if (s->c->heading_n)
		return own_group_of(s, c);
	for (size_t i = 0; i < KNOWN; i++)
		if (ver_type_is(c, known[i].type))
			return 1 + i;
	for (size_t i = 0; i < s->c->type_n; i++) {
		if (!is_own_type(s->c->types[i]))
			continue;
		if (ver_type_is(c, slu_str_dup(s->a, s->c->types[i])))
			return at;
		at++;
	}
	return ver_type_is(c, "revert") ? s->reverted : s->other;
}

static void add_line(struct sorting *s, size_t group, const struct ver_entry *e, const struct ver_commit *c)
{
	*SLU_ADD(s->a, &s->all.v[group].line) = (struct ver_line){ e, c };
}

static void add_commit(struct sorting *s, const struct ver_entry *e, const struct ver_commit *c)
{
	size_t group = group_of(s, c);
	if (c->breaking)
		add_line(s, s->breaking, e, c);
	if (e->shown && group == s->other && !c->breaking) /* somebody wants it to be read */
		group = s->changed;
	add_line(s, group, e, c);
}

static void add_entry(struct sorting *s, const struct ver_entry *e)
{
	if (e->conventional)
		add_commit(s, e, &e->commit);
	else if (e->item_n == 0)
		add_line(s, e->reverts.n > 0 ? s->reverted : s->other, e, NULL);
	for (size_t k = 0; k < e->item_n; k++)
		add_commit(s, e, &e->item[k]);
}

void ver_changelog_groups(ver_groups *out, slu_arena *a, const struct ver_changelog *c, const struct ver_entry *e, size_t n)
{
	struct sorting s = { .a = a, .c = c };
	ver_groups kept = { 0 };
	add_groups(&s);
	for (size_t i = 0; i < n; i++) {
		if (e[i].cancelled || e[i].silent)
			continue;
		if (e[i].shown)
			add_commit(&s, &e[i], e[i].shown);
		else if (!e[i].merge)
			add_entry(&s, &e[i]);
	}
	for (size_t g = 0; g < s.all.n; g++)
		if (s.all.v[g].line.n > 0 && (c->all || g != s.other))
			*SLU_ADD(a, &kept) = s.all.v[g];
	*out = kept;
}

/* ---- references ---------------------------------------------------------------------------------------------------------- */

/* "#12", "app#12", "ABC-12": letters, digits and few signs, and a digit among them. */
static bool is_reference(slu_str s)
{
	bool digit = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool number = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!number && !letter && (c == '\0' || !strchr("#-_./", c)))
			return false;
		digit = digit || number;
	}
	return digit && s.n <= SLU_MAX_NAME_BYTES;
}

static bool is_reference_footer(const struct ver_footer *f)
{
	static const char *const tokens[] = { "closes", "fixes", "resolves", "refs", "issue" };
	ver_footers one = { .v = (struct ver_footer[]){ *f }, .n = 1, .cap = 1 };
	for (size_t t = 0; t < sizeof tokens / sizeof *tokens; t++)
		if (ver_footer_find(&one, tokens[t]))
			return true;
	return false;
}

static bool holds(const ver_footers *all, slu_str value)
{
	for (size_t i = 0; i < all->n; i++)
		if (slu_str_eq(all->v[i].value, value))
			return true;
	return false;
}

void ver_references(ver_footers *out, slu_arena *a, const struct ver_commit *c)
{
	ver_footers all = { 0 };
	for (size_t i = 0; i < c->footers.n; i++) {
		const struct ver_footer *f = &c->footers.v[i];
		slu_str rest = f->value, part;
		while (is_reference_footer(f) && all.n < MAX_REFERENCES && slu_str_split(&rest, ',', &part)) {
			part = slu_str_trim(part);
			if (is_reference(part) && !holds(&all, part))
				*SLU_ADD(a, &all) = (struct ver_footer){ .token = f->token, .value = part };
		}
	}
	*out = all;
}
