/* SPDX-License-Identifier: Apache-2.0 */
/* A text in YAML: block mappings by their indentation; what stands in lists, flow collections and block texts is stepped over. */
#include "version/version_place.h"

static const char unreadable[] = "is not YAML that can be read", nothing[] = "has nothing at", no_text[] = "has no plain text of one line at";

struct yaml {
	size_t indent[VER_PLACE_DEPTH]; /* of the keys that lead to here, outermost first */
	size_t n;                       /* so many tokens are met */
	size_t level;                   /* indentation of the keys that are looked at; SIZE_MAX: the next line tells */
	size_t deeper;                  /* lines that are indented more belong to something else; SIZE_MAX: none */
};

static size_t indent_of(slu_str line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static bool blank(slu_str line)
{
	slu_str s = slu_str_trim(line);
	return s.n == 0 || s.p[0] == '#';
}

/* End of a quoted text that begins at `i`; 0: it does not end in this line. */
static size_t quoted_end(slu_str s, size_t i)
{
	char quote = s.p[i];
	for (size_t k = i + 1; k < s.n; k++) {
		if (quote == '"' && s.p[k] == '\\')
			k++;
		else if (s.p[k] == quote && quote == '\'' && k + 1 < s.n && s.p[k + 1] == '\'')
			k++;
		else if (s.p[k] == quote)
			return k;
	}
	return 0;
}

/* "key: value" of a line without its indentation. False: it is something else. */
static bool read_pair(slu_str line, slu_str *key, slu_str *value)
{
	size_t at = 0;
	if (line.n && (line.p[0] == '"' || line.p[0] == '\'')) {
		at = quoted_end(line, 0);
		*key = (slu_str){ line.p + 1, at ? at - 1 : 0 };
		at += at > 0;
	} else {
		while (at < line.n && !(line.p[at] == ':' && (at + 1 == line.n || line.p[at + 1] == ' ' || line.p[at + 1] == '\t')))
			at++;
		*key = slu_str_trim((slu_str){ line.p, at });
	}
	while (at < line.n && line.p[at] == ' ')
		at++;
	if (at == 0 || at >= line.n || line.p[at] != ':')
		return false;
	*value = slu_str_trim((slu_str){ line.p + at + 1, line.n - at - 1 });
	return true;
}

/* Without a comment behind it. */
static slu_str uncommented(slu_str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '#' && (i == 0 || v.p[i - 1] == ' ' || v.p[i - 1] == '\t'))
			return slu_str_trim((slu_str){ v.p, i });
	return v;
}

static const char *read_text(slu_str *inner, slu_str value)
{
	bool quoted = value.n && (value.p[0] == '"' || value.p[0] == '\'');
	size_t end = quoted ? quoted_end(value, 0) : 0;
	if (quoted && (end == 0 || uncommented((slu_str){ value.p + end + 1, value.n - end - 1 }).n))
		return no_text;
	*inner = quoted ? (slu_str){ value.p + 1, end - 1 } : uncommented(value);
	return inner->n == 0 || (!quoted && memchr("&*!|>[{%@`", inner->p[0], 10)) ? no_text : NULL;
}

/* One line that stands where keys are looked at. @return NULL: go on; "": *inner is it; else what is wrong */
static const char *take(struct yaml *y, slu_str *inner, slu_str line, size_t indent, const struct ver_pointer *p)
{
	slu_str key, value;
	slu_str rest = { line.p + indent, line.n - indent };
	y->deeper = indent;
	if (rest.p[0] == '-' && (rest.n == 1 || rest.p[1] == ' '))
		return NULL; /* a list: its items are no keys */
	if (!read_pair(rest, &key, &value))
		return unreadable;
	if (!ver_token_is(p->token[y->n], key))
		return NULL;
	if (y->n + 1 == p->n) {
		const char *what = read_text(inner, value);
		return what ? what : "";
	}
	if (uncommented(value).n)
		return nothing;
	y->indent[y->n++] = indent;
	y->level = SIZE_MAX;
	y->deeper = SIZE_MAX;
	return NULL;
}

/* Does the line leave the mapping that was entered? Then nothing is there: a key is there once. */
static bool leaves(const struct yaml *y, size_t indent)
{
	return y->n && indent <= y->indent[y->n - 1];
}

/* The marks before the first document. */
static bool is_head(slu_str line)
{
	return line.p[0] == '%' || slu_str_starts(line, "---");
}

const char *ver_place_yaml(slu_str *inner, slu_str text, const struct ver_pointer *p)
{
	struct yaml y = { .level = SIZE_MAX, .deeper = SIZE_MAX };
	slu_str rest = text, line;
	bool begun = false;
	while (slu_str_split(&rest, '\n', &line)) {
		line.n -= line.n && line.p[line.n - 1] == '\r';
		size_t indent = indent_of(line);
		if (blank(line))
			continue;
		bool head = !begun && is_head(line);
		begun = begun || line.p[0] != '%';
		if (head)
			continue;
		if (slu_str_starts(line, "---") || slu_str_starts(line, "..."))
			return nothing; /* another document */
		if (indent > y.deeper)
			continue;
		if (line.p[indent] == '\t')
			return unreadable;
		if (leaves(&y, indent))
			return nothing;
		y.level = y.level == SIZE_MAX ? indent : y.level;
		if (indent != y.level)
			return unreadable;
		const char *what = take(&y, inner, line, indent, p);
		if (what)
			return *what ? what : NULL;
	}
	return nothing;
}
