/* SPDX-License-Identifier: Apache-2.0 */
/* A string in TOML: tables, dotted keys; arrays and inline tables are stepped over. */
#include "version/version_place.h"

static const char unreadable[] = "is not TOML that can be read", nothing[] = "has nothing at", no_string[] = "has no string of one line at";

struct toml {
	slu_str text;
	size_t i;
};
struct path {
	slu_str key[VER_PLACE_DEPTH];
	size_t n;
};

static char here(const struct toml *t)
{
	return t->i < t->text.n ? t->text.p[t->i] : '\0';
}

static bool starts(const struct toml *t, const char *what)
{
	size_t n = strlen(what);
	return t->text.n - t->i >= n && memcmp(t->text.p + t->i, what, n) == 0;
}

static void skip_blanks(struct toml *t)
{
	while (here(t) == ' ' || here(t) == '\t')
		t->i++;
}

static void skip_comment(struct toml *t)
{
	while (here(t) == '#')
		while (t->i < t->text.n && t->text.p[t->i] != '\n')
			t->i++;
}

/* Blanks, ends of lines and comments. */
static void skip_space(struct toml *t)
{
	size_t before;
	do {
		before = t->i;
		while (t->i < t->text.n && memchr(" \t\r\n", t->text.p[t->i], 4))
			t->i++;
		skip_comment(t);
	} while (t->i != before);
}

static bool skip_long(struct toml *t, const char *quotes)
{
	for (t->i += 3; t->i < t->text.n; t->i++) {
		if (*quotes == '"' && t->text.p[t->i] == '\\') {
			t->i++;
		} else if (starts(t, quotes)) {
			t->i += 3;
			while (here(t) == *quotes) /* up to two more belong to the text */
				t->i++;
			return true;
		}
	}
	return false;
}

/* A string of one line: *inner is what stands between the quotes, as written. */
static bool read_string(struct toml *t, slu_str *inner)
{
	char quote = here(t);
	size_t from = ++t->i;
	for (; t->i < t->text.n && t->text.p[t->i] != '\n'; t->i++) {
		if (quote == '"' && t->text.p[t->i] == '\\') {
			t->i++;
		} else if (t->text.p[t->i] == quote) {
			*inner = (slu_str){ t->text.p + from, t->i - from };
			t->i++;
			return true;
		}
	}
	return false;
}

static bool bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* a."b c".d, added to the path. */
static bool read_key(struct toml *t, struct path *p)
{
	do {
		slu_str key;
		skip_blanks(t);
		size_t from = t->i;
		if (here(t) == '"' || here(t) == '\'') {
			if (!read_string(t, &key))
				return false;
		} else {
			while (t->i < t->text.n && bare(t->text.p[t->i]))
				t->i++;
			key = (slu_str){ t->text.p + from, t->i - from };
			if (key.n == 0)
				return false;
		}
		if (p->n == VER_PLACE_DEPTH)
			return false;
		p->key[p->n++] = key;
		skip_blanks(t);
	} while (here(t) == '.' && t->i++ < t->text.n);
	return true;
}

static bool skip_quoted(struct toml *t)
{
	slu_str inner;
	if (starts(t, "\"\"\""))
		return skip_long(t, "\"\"\"");
	return starts(t, "'''") ? skip_long(t, "'''") : read_string(t, &inner);
}

static bool skip_word(struct toml *t)
{
	size_t from = t->i;
	while (t->i < t->text.n && !memchr(" \t\r\n#", t->text.p[t->i], 5))
		t->i++;
	return t->i > from;
}

/* Arrays and inline tables with all that is in them, or a word. */
static bool skip_value(struct toml *t)
{
	unsigned depth = 0;
	do {
		char c = here(t);
		if (t->i >= t->text.n)
			return false;
		if (c == '"' || c == '\'') {
			if (!skip_quoted(t))
				return false;
		} else if (c == '[' || c == '{') {
			depth++;
			t->i++;
		} else if (c == ']' || c == '}') {
			if (depth-- == 0)
				return false;
			t->i++;
		} else if (depth) {
			if (c == '#')
				skip_comment(t);
			else
				t->i++;
		} else {
			return skip_word(t);
		}
	} while (depth);
	return true;
}

static bool end_of_line(struct toml *t)
{
	skip_blanks(t);
	skip_comment(t);
	return t->i >= t->text.n || here(t) == '\n' || starts(t, "\r\n");
}

/* [a.b], or [[a]], an element of an array of tables. */
static bool read_header(struct toml *t, struct path *table, bool *element)
{
	*element = starts(t, "[[");
	t->i += *element ? 2 : 1;
	table->n = 0;
	if (!read_key(t, table) || !starts(t, *element ? "]]" : "]"))
		return false;
	t->i += *element ? 2 : 1;
	return end_of_line(t);
}

static bool leads_to(const struct path *path, const struct ver_pointer *p)
{
	bool same = path->n <= p->n;
	for (size_t i = 0; same && i < path->n; i++)
		same = ver_token_is(p->token[i], path->key[i]);
	return same;
}

/* key = value. @return NULL: go on; "": it was found; else what is wrong */
static const char *read_pair(struct toml *t, slu_str *inner, const struct path *table, const struct ver_pointer *p)
{
	struct path path = *table;
	if (!read_key(t, &path) || here(t) != '=')
		return unreadable;
	t->i++;
	skip_blanks(t);
	bool found = path.n == p->n && leads_to(&path, p), quoted = here(t) == '"' || here(t) == '\'', is_long = starts(t, "\"\"\"") || starts(t, "'''");
	if (found && (!quoted || is_long))
		return no_string;
	if (found ? !read_string(t, inner) : !skip_value(t))
		return unreadable;
	if (!end_of_line(t))
		return unreadable;
	return found ? "" : NULL;
}

const char *ver_place_toml(slu_str *inner, slu_str text, const struct ver_pointer *p)
{
	struct toml t = { text, 0 };
	struct path table = { .n = 0 };
	slu_str value = { 0 }, first = { 0 };
	bool element = false, found = false;
	for (skip_space(&t); t.i < t.text.n; skip_space(&t)) {
		if (here(&t) == '[') {
			if (!read_header(&t, &table, &element))
				return unreadable;
			if (element && leads_to(&table, p))
				return nothing; /* which of its tables? A pointer cannot say */
			continue;
		}
		const char *what = read_pair(&t, &value, &table, p);
		if (what && *what)
			return what;
		if (what && found)
			return unreadable; /* a key is there once */
		if (what) {
			first = value;
			found = true;
		}
	}
	if (found)
		*inner = first;
	return found ? NULL : nothing;
}
