/* SPDX-License-Identifier: Apache-2.0 */
#include "web/path.h"

#include "base/utf8.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_escape(const char *p, const char *end)
{
	return end - p >= 3 && p[0] == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0;
}

static slu_rc decode(slu_str *out, slu_arena *a, slu_str raw, bool plus, slu_err *err)
{
	char *to = slu_alloc(a, raw.n + 1);
	size_t n = 0;
	for (const char *p = raw.p, *end = raw.p + raw.n; p < end; p++) {
		if (*p == '%' && !is_escape(p, end))
			return slu_fail(err, SLU_E_SYNTAX, "The address has a \"%%\" that two hexadecimal digits do not follow.");
		if (*p == '%') {
			to[n++] = (char)(hex(p[1]) * 16 + hex(p[2]));
			p += 2;
		} else {
			to[n++] = plus && *p == '+' ? ' ' : *p;
		}
	}
	*out = (slu_str){ to, n };
	return SLU_OK;
}

/* What no segment of a path of ours may hold once it is decoded. */
static slu_rc check_segment(slu_str s, slu_err *err)
{
	for (const char *p = s.p, *end = s.p + s.n; p < end; p++) {
		unsigned char c = (unsigned char)*p;
		if (c < 0x20 || c == 0x7F)
			return slu_fail(err, SLU_E_SYNTAX, "The address holds a control byte (%u).", c);
		if (c == '\\')
			return slu_fail(err, SLU_E_SYNTAX, "The address holds a backslash.");
		if (is_escape(p, end))
			return slu_fail(err, SLU_E_SYNTAX, "The address is percent-encoded twice.");
	}
	if (!slu_utf8_valid(s, NULL))
		return slu_fail(err, SLU_E_SYNTAX, "The address is not UTF-8.");
	slu_str rest = s, part;
	while (slu_str_split(&rest, '/', &part))
		if (slu_str_is(part, ".") || slu_str_is(part, ".."))
			return slu_fail(err, SLU_E_SYNTAX, "The address holds \"%.*s\" as a part of its path.", SLU_FMT(part));
	return SLU_OK;
}

slu_rc web_pairs_parse(struct web_pair **v, size_t *n, slu_arena *a, slu_str text, slu_err *err)
{
	SLU_LIST(struct web_pair) list = { 0 };
	slu_str rest = text, part;
	while (slu_str_split(&rest, '&', &part)) {
		if (part.n == 0)
			continue;
		if (list.n == WEB_MAX_QUERY)
			return slu_fail(err, SLU_E_LIMIT, "There are more than %d parameters.", WEB_MAX_QUERY);
		const char *equals = memchr(part.p, '=', part.n);
		slu_str name = equals ? (slu_str){ part.p, (size_t)(equals - part.p) } : part;
		slu_str value = equals ? (slu_str){ equals + 1, part.n - name.n - 1 } : (slu_str){ "", 0 };
		SLU_TRY(decode(&name, a, name, true, err));
		SLU_TRY(decode(&value, a, value, true, err));
		if ((name.n && memchr(name.p, 0, name.n)) || (value.n && memchr(value.p, 0, value.n)))
			return slu_fail(err, SLU_E_SYNTAX, "A parameter holds a NUL byte.");
		if (!slu_utf8_valid(name, NULL) || !slu_utf8_valid(value, NULL))
			return slu_fail(err, SLU_E_SYNTAX, "A parameter is not UTF-8.");
		*SLU_ADD(a, &list) = (struct web_pair){ name.p, value.p };
	}
	*v = list.v;
	*n = list.n;
	return SLU_OK;
}

static slu_rc split_path(struct web_target *t, slu_arena *a, slu_str path, slu_err *err)
{
	const char **segment = SLU_NEW_N(a, const char *, WEB_MAX_SEGMENTS);
	slu_str rest = { path.p + 1, path.n - 1 }, raw, clean;
	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	size_t bytes = 2;
	while (slu_str_split(&rest, '/', &raw)) {
		if (raw.n == 0)
			return slu_fail(err, SLU_E_SYNTAX, "The address has two slashes with nothing between.");
		if (t->segment_n == WEB_MAX_SEGMENTS)
			return slu_fail(err, SLU_E_LIMIT, "The address has more than %d parts.", WEB_MAX_SEGMENTS);
		SLU_TRY(decode(&clean, a, raw, false, err));
		SLU_TRY(check_segment(clean, err));
		segment[t->segment_n++] = clean.p;
		bytes += clean.n + 1;
	}
	char *whole = slu_alloc(a, bytes), *to = whole;
	for (size_t i = 0; i < t->segment_n; i++) {
		size_t n = strlen(segment[i]);
		*to++ = '/';
		memcpy(to, segment[i], n);
		to += n;
	}
	if (t->segment_n == 0)
		*to = '/';
	t->path = whole;
	t->segment = segment;
	return SLU_OK;
}

slu_rc web_target_parse(struct web_target *out, slu_arena *a, slu_str raw, slu_err *err)
{
	struct web_target t = { 0 };
	if (raw.n > WEB_MAX_TARGET)
		return slu_fail(err, SLU_E_LIMIT, "The address is longer than %d bytes.", WEB_MAX_TARGET);
	if (raw.n == 0 || raw.p[0] != '/')
		return slu_fail(err, SLU_E_SYNTAX, "The address does not begin with a slash.");
	for (size_t i = 0; i < raw.n; i++)
		if ((unsigned char)raw.p[i] <= ' ' || (unsigned char)raw.p[i] >= 0x7F || raw.p[i] == '#')
			return slu_fail(err, SLU_E_SYNTAX, "The address holds a byte that must be percent-encoded (%u).", (unsigned char)raw.p[i]);
	const char *mark = memchr(raw.p, '?', raw.n);
	slu_str path = mark ? (slu_str){ raw.p, (size_t)(mark - raw.p) } : raw;
	SLU_TRY(split_path(&t, a, path, err));
	if (mark) {
		SLU_TRY(web_pairs_parse(&t.query.v, &t.query.n, a, (slu_str){ mark + 1, raw.n - path.n - 1 }, err));
		t.query.cap = t.query.n;
	}
	*out = t;
	return SLU_OK;
}

/* "{name}" or "{name...}" → name, without the dots */
static bool is_param(slu_str part, slu_str *name, bool *takes_rest)
{
	if (part.n < 3 || part.p[0] != '{' || part.p[part.n - 1] != '}')
		return false;
	*name = (slu_str){ part.p + 1, part.n - 2 };
	*takes_rest = slu_str_ends(*name, "...");
	if (*takes_rest)
		name->n -= 3;
	return true;
}

static const char *join_from(slu_arena *a, const struct web_target *t, size_t from, const char *last)
{
	slu_auto_buf b;
	slu_buf_init(&b, WEB_MAX_TARGET + 1);
	for (size_t i = from; i < t->segment_n; i++) {
		if (i > from)
			slu_buf_addc(&b, '/');
		slu_buf_adds(&b, i + 1 == t->segment_n && last ? last : t->segment[i]);
	}
	return slu_strndup(a, b.p ? b.p : "", b.n);
}

bool web_pattern_match(struct web_match *out, slu_arena *a, const char *pattern, const struct web_target *t, const char *last)
{
	struct web_match m = { 0 };
	slu_str rest = { pattern + 1, strlen(pattern) - 1 }, part, name;
	size_t i = 0;
	bool takes_rest = false;
	while (slu_str_split(&rest, '/', &part)) {
		if (i >= t->segment_n)
			return false;
		const char *here = i + 1 == t->segment_n && last ? last : t->segment[i];
		if (!is_param(part, &name, &takes_rest)) {
			if (!slu_str_is(part, here))
				return false;
			m.literals++;
		} else {
			*SLU_ADD(a, &m.param) = (struct web_pair){ slu_str_dup(a, name), takes_rest ? join_from(a, t, i, last) : here };
			if (takes_rest)
				i = t->segment_n - 1;
		}
		i++;
	}
	if (i != t->segment_n)
		return false;
	*out = m;
	return true;
}
