/* SPDX-License-Identifier: Apache-2.0 */
#include "version/version_file.h"

#include "base/limits.h"
#include "version/version_place.h"

static slu_str splice(slu_arena *a, slu_str old, size_t from, size_t to, slu_str with)
{
	size_t n = from + with.n + (old.n - to);
	char *p = slu_alloc(a, n + 1);
	if (from)
		memcpy(p, old.p, from);
	memcpy(p + from, with.p, with.n);
	if (old.n > to)
		memcpy(p + from + with.n, old.p + to, old.n - to);
	return (slu_str){ p, n };
}

/* ---- text template -------------------------------------------------------------------------------------------------- */

static bool version_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '+';
}

/* Length of what reads like a version at the start of `s`: begins with a digit and holds two dots. */
static size_t version_length(slu_str s)
{
	size_t n = 0, dots = 0;
	if (s.n == 0 || s.p[0] < '0' || s.p[0] > '9')
		return 0;
	while (n < s.n && version_byte(s.p[n]))
		dots += s.p[n++] == '.';
	while (n && s.p[n - 1] == '.') {
		dots--;
		n--;
	}
	return dots >= 2 ? n : 0;
}

static bool at(slu_str text, size_t i, slu_str what)
{
	return text.n - i >= what.n && (what.n == 0 || memcmp(text.p + i, what.p, what.n) == 0);
}

/* First place where prefix, a version and suffix stand; *from and *to enclose the version. */
static bool find_place(slu_str old, slu_str prefix, slu_str suffix, size_t *from, size_t *to)
{
	for (size_t i = 0; i < old.n; i++) {
		if (!at(old, i, prefix) || (prefix.n == 0 && i && version_byte(old.p[i - 1])))
			continue;
		size_t v = i + prefix.n, len = version_length((slu_str){ old.p + v, old.n - v });
		while (len && !at(old, v + len, suffix))
			len--; /* the suffix may itself be made of version bytes */
		if (len) {
			*from = v;
			*to = v + len;
			return true;
		}
	}
	return false;
}

struct template_ {
	slu_str prefix, suffix;
};

static slu_rc read_template(struct template_ *out, slu_str text, const char *name, slu_err *err)
{
	static const char hole[] = "{version}";
	const char *p = text.n ? memmem(text.p, text.n, hole, sizeof hole - 1) : NULL;
	if (!p)
		return slu_fail(err, SLU_E_STRATEGY, "The text for %s has no {version} in it: \"%.*s\"", name, SLU_FMT(text));
	size_t before = (size_t)(p - text.p), behind = before + sizeof hole - 1;
	*out = (struct template_){ { text.p, before }, { text.p + behind, text.n - behind } };
	return SLU_OK;
}

static slu_rc place_in_text(size_t *from, size_t *to, slu_str old, const struct template_ *t, slu_str text, const char *name, slu_err *err)
{
	if (find_place(old, t->prefix, t->suffix, from, to))
		return SLU_OK;
	return slu_fail_at(err, SLU_E_CONFLICT, name, 1, 1, "no line of %s reads like \"%.*s\"; write one with the present version, or correct releases.version-files", name, SLU_FMT(text));
}

slu_rc ver_file_in_text(slu_str *out, slu_arena *a, slu_str old, slu_str template_, slu_str version, const char *name, slu_err *err)
{
	struct template_ t;
	size_t from, to;
	SLU_TRY(read_template(&t, template_, name, err));
	if (slu_str_trim(old).n == 0) {
		*out = slu_s(slu_printf(a, "%.*s%.*s%.*s\n", SLU_FMT(t.prefix), SLU_FMT(version), SLU_FMT(t.suffix)));
		return SLU_OK;
	}
	SLU_TRY(place_in_text(&from, &to, old, &t, template_, name, err));
	*out = splice(a, old, from, to, version);
	return SLU_OK;
}

/* ---- JSON pointer ----------------------------------------------------------------------------------------------------- */

struct scan {
	slu_str text;
	size_t i;
	unsigned depth;
};

static void skip_space(struct scan *s)
{
	while (s->i < s->text.n && (s->text.p[s->i] == ' ' || s->text.p[s->i] == '\t' || s->text.p[s->i] == '\n' || s->text.p[s->i] == '\r'))
		s->i++;
}

static bool eat(struct scan *s, char c)
{
	skip_space(s);
	if (s->i < s->text.n && s->text.p[s->i] == c) {
		s->i++;
		return true;
	}
	return false;
}

/* A string with its quotes; *inner is what stands between them, as written. */
static bool scan_string(struct scan *s, slu_str *inner)
{
	if (!eat(s, '"'))
		return false;
	size_t from = s->i;
	for (; s->i < s->text.n; s->i++) {
		if (s->text.p[s->i] == '\\')
			s->i++;
		else if (s->text.p[s->i] == '"') {
			*inner = (slu_str){ s->text.p + from, s->i - from };
			s->i++;
			return true;
		}
	}
	return false;
}

static bool skip_value(struct scan *s);

static bool skip_members(struct scan *s, char close, bool named)
{
	if (eat(s, close))
		return true;
	do {
		slu_str key;
		if (named && (!scan_string(s, &key) || !eat(s, ':')))
			return false;
		if (!skip_value(s))
			return false;
	} while (eat(s, ','));
	return eat(s, close);
}

static bool skip_value(struct scan *s)
{
	slu_str inner;
	bool ok;
	if (++s->depth > SLU_MAX_JSON_DEPTH)
		return false;
	skip_space(s);
	if (eat(s, '{')) {
		ok = skip_members(s, '}', true);
	} else if (eat(s, '[')) {
		ok = skip_members(s, ']', false);
	} else if (s->i < s->text.n && s->text.p[s->i] == '"') {
		ok = scan_string(s, &inner);
	} else {
		size_t from = s->i;
		while (s->i < s->text.n && (version_byte(s->text.p[s->i])))
			s->i++;
		ok = s->i > from;
	}
	s->depth--;
	return ok;
}

/* Go to the member that `token` names. 1: there; 0: not there; -1: not JSON. */
static int descend(struct scan *s, slu_str token)
{
	uint64_t index = 0, i = 0;
	bool object = eat(s, '{');
	if (!object && (!eat(s, '[') || slu_parse_u64(&index, token, NULL) != SLU_OK))
		return 0;
	if (!object && eat(s, ']'))
		return 0;
	do {
		slu_str key;
		if (object && (!scan_string(s, &key) || !eat(s, ':')))
			return 0; /* an empty object, or not JSON */
		if (object ? ver_token_is(token, key) : i++ == index)
			return 1;
		if (!skip_value(s))
			return -1;
	} while (eat(s, ','));
	return 0;
}

/* What stands between the quotes of the string that the pointer names. */
static const char *place_in_json(slu_str *inner, slu_str old, const struct ver_pointer *p)
{
	struct scan whole = { old, 0, 0 }, s = { old, 0, 0 };
	if (!skip_value(&whole))
		return "is not JSON that can be read";
	for (size_t i = 0; i < p->n; i++)
		if (descend(&s, p->token[i]) != 1)
			return "has nothing at";
	skip_space(&s);
	return scan_string(&s, inner) ? NULL : "has no string at";
}

/* ---- any pointer -------------------------------------------------------------------------------------------------------- */

slu_rc ver_pointer_read(struct ver_pointer *out, slu_str pointer, const char *name, slu_err *err)
{
	struct ver_pointer p = { .n = 0 };
	slu_str rest = pointer, token;
	if (pointer.n == 0 || pointer.p[0] != '/')
		return slu_fail(err, SLU_E_STRATEGY, "A pointer into %s begins with \"/\", like /version; found \"%.*s\"", name, SLU_FMT(pointer));
	(void)slu_str_split(&rest, '/', &token);
	while (slu_str_split(&rest, '/', &token)) {
		if (p.n == VER_PLACE_DEPTH)
			return slu_fail(err, SLU_E_STRATEGY, "The pointer into %s has more than %d parts: \"%.*s\"", name, VER_PLACE_DEPTH, SLU_FMT(pointer));
		p.token[p.n++] = token;
	}
	if (p.n == 0)
		p.token[p.n++] = (slu_str){ "", 0 };
	*out = p;
	return SLU_OK;
}

/* With ~1 and ~0 undone; keys with escapes are never meant here. */
bool ver_token_is(slu_str token, slu_str key)
{
	size_t k = 0;
	for (size_t i = 0; i < token.n; i++, k++) {
		char c = token.p[i];
		if (c == '~' && i + 1 < token.n)
			c = token.p[++i] == '1' ? '/' : '~';
		if (k >= key.n || key.p[k] != c)
			return false;
	}
	return k == key.n;
}

typedef const char *place_fn(slu_str *inner, slu_str text, const struct ver_pointer *p);

/* By what the file is called; JSON where that says nothing. */
static place_fn *place_of(const char *name)
{
	static const struct { const char *end; place_fn *place; } table[] = {
		{ ".toml", ver_place_toml }, { ".lock", ver_place_toml }, { ".yaml", ver_place_yaml }, { ".yml", ver_place_yaml }, { ".xml", ver_place_xml },
		{ ".csproj", ver_place_xml }, { ".fsproj", ver_place_xml }, { ".vbproj", ver_place_xml }, { ".props", ver_place_xml }, { ".nuspec", ver_place_xml },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slu_str_ends(slu_s(name), table[i].end))
			return table[i].place;
	return place_in_json;
}

static bool with_v(slu_str said)
{
	return said.n > 1 && said.p[0] == 'v' && said.p[1] >= '0' && said.p[1] <= '9';
}

/* The version in the value that the pointer names; a `v` in front of it is not part of it, and stays. */
static slu_rc place_at_pointer(slu_str *inner, slu_str old, slu_str pointer, const char *name, slu_err *err)
{
	struct ver_pointer p;
	slu_str value;
	SLU_TRY(ver_pointer_read(&p, pointer, name, err));
	const char *what = place_of(name)(&value, old, &p);
	if (what)
		return slu_fail_at(err, SLU_E_CONFLICT, name, 1, 1, "%s %s%s%.*s", name, what, slu_str_ends(slu_s(what), " at") ? " " : "", SLU_FMT(slu_str_ends(slu_s(what), " at") ? pointer : SLU_STR("")));
	*inner = with_v(value) ? (slu_str){ value.p + 1, value.n - 1 } : value;
	return SLU_OK;
}

slu_rc ver_file_at_pointer(slu_str *out, slu_arena *a, slu_str old, slu_str pointer, slu_str version, const char *name, slu_err *err)
{
	slu_str inner;
	SLU_TRY(place_at_pointer(&inner, old, pointer, name, err));
	size_t from = (size_t)(inner.p - old.p);
	*out = splice(a, old, from, from + inner.n, version);
	return SLU_OK;
}

/* ---- a line with a mark ------------------------------------------------------------------------------------------------ */

/* The first version of a line, with or without a `v` in front of it. */
static bool find_version(slu_str line, size_t *from, size_t *to)
{
	for (size_t i = 0; i < line.n; i++) {
		size_t before = i && line.p[i - 1] == 'v' ? i - 1 : i, len = 0;
		if (before == 0 || !version_byte(line.p[before - 1]))
			len = version_length((slu_str){ line.p + i, line.n - i });
		if (len) {
			*from = i;
			*to = i + len;
			return true;
		}
	}
	return false;
}

/* The one line that has the mark, and in it what reads like a version. */
static slu_rc place_at_mark(size_t *from, size_t *to, slu_str old, slu_str mark, const char *name, slu_err *err)
{
	slu_str rest = old, line, before = { 0 }, behind = { 0 };
	uint32_t n = 0, at_line = 0;
	while (slu_str_split(&rest, '\n', &line)) {
		const char *there = line.n ? memmem(line.p, line.n, mark.p, mark.n) : NULL;
		n++;
		if (!there)
			continue;
		if (at_line)
			return slu_fail_at(err, SLU_E_CONFLICT, name, n, 1, "%s has the mark \"%.*s\" in two lines, %u and %u", name, SLU_FMT(mark), at_line, n);
		at_line = n;
		before = (slu_str){ line.p, (size_t)(there - line.p) }; /* the mark itself is no part of a version, whatever its letters are */
		behind = (slu_str){ there + mark.n, line.n - before.n - mark.n };
	}
	if (!at_line)
		return slu_fail_at(err, SLU_E_CONFLICT, name, 1, 1, "no line of %s has the mark \"%.*s\"", name, SLU_FMT(mark));
	bool first = find_version(before, from, to);
	if (!first && !find_version(behind, from, to))
		return slu_fail_at(err, SLU_E_CONFLICT, name, at_line, 1, "the line of %s with the mark \"%.*s\" has no version", name, SLU_FMT(mark));
	*from += (size_t)((first ? before.p : behind.p) - old.p);
	*to += (size_t)((first ? before.p : behind.p) - old.p);
	return SLU_OK;
}

slu_rc ver_file_at_mark(slu_str *out, slu_arena *a, slu_str old, slu_str mark, slu_str version, const char *name, slu_err *err)
{
	size_t from, to;
	SLU_TRY(place_at_mark(&from, &to, old, mark, name, err));
	*out = splice(a, old, from, to, version);
	return SLU_OK;
}

/* ---- whichever ----------------------------------------------------------------------------------------------------------- */

slu_rc ver_file_write(slu_str *out, slu_arena *a, slu_str old, const struct ver_file *f, slu_str version, const char *name, slu_err *err)
{
	if (f->pointer.n)
		return ver_file_at_pointer(out, a, old, f->pointer, version, name, err);
	return f->mark.n ? ver_file_at_mark(out, a, old, f->mark, version, name, err) : ver_file_in_text(out, a, old, f->text, version, name, err);
}

slu_rc ver_file_says(slu_str *out, slu_str text, const struct ver_file *f, const char *name, slu_err *err)
{
	struct template_ t;
	size_t from, to;
	if (slu_str_trim(text).n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "%s is empty or not there", name);
	if (f->pointer.n)
		return place_at_pointer(out, text, f->pointer, name, err);
	if (f->mark.n) {
		SLU_TRY(place_at_mark(&from, &to, text, f->mark, name, err));
	} else {
		SLU_TRY(read_template(&t, f->text, name, err));
		SLU_TRY(place_in_text(&from, &to, text, &t, f->text, name, err));
	}
	*out = (slu_str){ text.p + from, to - from };
	return SLU_OK;
}
