/* SPDX-License-Identifier: Apache-2.0 */
#include "version/version_file.h"

#include "base/limits.h"

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

/* One token of a pointer, with ~1 and ~0 undone, against a key as written (keys with escapes are never meant here). */
static bool token_is(slu_str token, slu_str key)
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
		if (object ? token_is(token, key) : i++ == index)
			return 1;
		if (!skip_value(s))
			return -1;
	} while (eat(s, ','));
	return 0;
}

/* What stands between the quotes of the string that the pointer names. */
static slu_rc place_in_json(slu_str *inner, slu_str old, slu_str pointer, const char *name, slu_err *err)
{
	struct scan whole = { old, 0, 0 }, s = { old, 0, 0 };
	slu_str rest = pointer, token;
	if (!skip_value(&whole))
		return slu_fail_at(err, SLU_E_CONFLICT, name, 1, 1, "%s is not JSON that can be read", name);
	if (pointer.n == 0 || pointer.p[0] != '/')
		return slu_fail(err, SLU_E_STRATEGY, "A pointer into %s begins with \"/\", like /version; found \"%.*s\"", name, SLU_FMT(pointer));
	(void)slu_str_split(&rest, '/', &token);
	while (slu_str_split(&rest, '/', &token))
		if (descend(&s, token) != 1)
			return slu_fail_at(err, SLU_E_CONFLICT, name, 1, 1, "%s has nothing at %.*s", name, SLU_FMT(pointer));
	skip_space(&s);
	if (!scan_string(&s, inner))
		return slu_fail_at(err, SLU_E_CONFLICT, name, 1, 1, "what %s has at %.*s is not a string", name, SLU_FMT(pointer));
	return SLU_OK;
}

slu_rc ver_file_in_json(slu_str *out, slu_arena *a, slu_str old, slu_str pointer, slu_str version, const char *name, slu_err *err)
{
	slu_str inner;
	SLU_TRY(place_in_json(&inner, old, pointer, name, err));
	size_t from = (size_t)(inner.p - old.p);
	*out = splice(a, old, from, from + inner.n, version);
	return SLU_OK;
}

slu_rc ver_file_says(slu_str *out, slu_str text, slu_str template_, slu_str pointer, const char *name, slu_err *err)
{
	struct template_ t;
	size_t from, to;
	if (slu_str_trim(text).n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "%s is empty or not there", name);
	if (pointer.n)
		return place_in_json(out, text, pointer, name, err);
	SLU_TRY(read_template(&t, template_, name, err));
	SLU_TRY(place_in_text(&from, &to, text, &t, template_, name, err));
	*out = (slu_str){ text.p + from, to - from };
	return SLU_OK;
}
