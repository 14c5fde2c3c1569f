/* SPDX-License-Identifier: Apache-2.0 */
#include "version/semver.h"

#include "base/utf8.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_identifier_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static bool is_number(slu_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

/* What is being read, for messages with a column. */
struct reader {
	slu_str text;
	size_t at;
	slu_err *err;
};

static slu_rc bad(const struct reader *r, size_t at, const char *why)
{
	enum { SHOWN = 80 };
	slu_str s = slu_utf8_cut(r->text, SHOWN, false);
	return slu_fail_at(r->err, SLU_E_SYNTAX, NULL, 0, (uint32_t)at + 1, "\"%.*s%s\" is not a version of SemVer 2.0.0: %s", SLU_FMT(s), s.n < r->text.n ? "\u2026" : "", why);
}

static slu_rc read_number(struct reader *r, slu_str *out, const char *missing)
{
	size_t from = r->at;
	while (r->at < r->text.n && is_digit(r->text.p[r->at]))
		r->at++;
	if (r->at == from)
		return bad(r, from, missing);
	if (r->text.p[from] == '0' && r->at - from > 1)
		return bad(r, from, "a number has no leading zero.");
	*out = (slu_str){ r->text.p + from, r->at - from };
	return SLU_OK;
}

/* What stands at r->at instead of more of an identifier: the end, or one of `ends`. */
static bool at_end_or(const struct reader *r, const char *ends)
{
	return r->at == r->text.n || memchr(ends, r->text.p[r->at], strlen(ends));
}

/* Identifiers between dots, after '-' (numbers among them without leading zeros) or after '+'. */
static slu_rc read_identifiers(struct reader *r, slu_str *out, bool prerelease)
{
	const char *ends = prerelease ? ".+" : ".";
	size_t from = r->at + 1;
	do {
		size_t start = ++r->at;
		while (r->at < r->text.n && is_identifier_char(r->text.p[r->at]))
			r->at++;
		slu_str id = { r->text.p + start, r->at - start };
		if (!at_end_or(r, ends))
			return bad(r, r->at, "identifiers have only letters of ASCII, digits and hyphens.");
		if (id.n == 0)
			return bad(r, start, "an identifier is missing.");
		if (prerelease && id.n > 1 && id.p[0] == '0' && is_number(id))
			return bad(r, start, "a number has no leading zero.");
	} while (r->at < r->text.n && r->text.p[r->at] == '.');
	*out = (slu_str){ r->text.p + from, r->at - from };
	return SLU_OK;
}

static slu_rc read_dot(struct reader *r)
{
	if (r->at == r->text.n || r->text.p[r->at] != '.')
		return bad(r, r->at, "three numbers with dots between them are expected, as in 1.2.3.");
	r->at++;
	return SLU_OK;
}

slu_rc ver_parse(struct ver_semver *out, slu_str text, slu_err *err)
{
	struct ver_semver v = { .major = { NULL, 0 } };
	struct reader r = { text, 0, err };
	if (text.n > VER_MAX_BYTES)
		return slu_fail_at(err, SLU_E_LIMIT, NULL, 0, 1, "A version has at most %d characters, this one has %zu.", VER_MAX_BYTES, text.n);
	bool v_before = text.n > 1 && (text.p[0] == 'v' || text.p[0] == 'V') && is_digit(text.p[1]);
	SLU_TRY(read_number(&r, &v.major, v_before ? "the \"v\" belongs to the tag, not to the version." : "a number is expected."));
	SLU_TRY(read_dot(&r));
	SLU_TRY(read_number(&r, &v.minor, "a number is expected."));
	SLU_TRY(read_dot(&r));
	SLU_TRY(read_number(&r, &v.patch, "a number is expected."));
	if (r.at < text.n && text.p[r.at] == '-')
		SLU_TRY(read_identifiers(&r, &v.prerelease, true));
	if (r.at < text.n && text.p[r.at] == '+')
		SLU_TRY(read_identifiers(&r, &v.build, false));
	if (r.at < text.n)
		return bad(&r, r.at, "after the third number comes nothing, a hyphen or a plus sign.");
	*out = v;
	return SLU_OK;
}

/* Numbers without leading zeros: the longer one is larger. */
static int cmp_numbers(slu_str a, slu_str b)
{
	return a.n != b.n ? (a.n < b.n ? -1 : 1) : slu_str_cmp(a, b);
}

static int cmp_prerelease(slu_str a, slu_str b)
{
	if (a.n == 0 || b.n == 0)
		return (a.n == 0) - (b.n == 0); /* a release is higher than its prereleases */
	for (;;) {
		slu_str x, y;
		bool more_a = slu_str_split(&a, '.', &x), more_b = slu_str_split(&b, '.', &y);
		if (!more_a || !more_b)
			return more_a - more_b;
		bool number_x = is_number(x), number_y = is_number(y);
		int c = number_x != number_y ? (number_x ? -1 : 1) : number_x ? cmp_numbers(x, y) : slu_str_cmp(x, y);
		if (c)
			return c;
	}
}

int ver_cmp(const struct ver_semver *a, const struct ver_semver *b)
{
	int c = cmp_numbers(a->major, b->major);
	if (!c)
		c = cmp_numbers(a->minor, b->minor);
	if (!c)
		c = cmp_numbers(a->patch, b->patch);
	return c ? c : cmp_prerelease(a->prerelease, b->prerelease);
}

char *ver_text(slu_arena *a, const struct ver_semver *v)
{
	return slu_printf(a, "%.*s.%.*s.%.*s%s%.*s%s%.*s", SLU_FMT(v->major), SLU_FMT(v->minor), SLU_FMT(v->patch), v->prerelease.n ? "-" : "",
			  SLU_FMT(v->prerelease), v->build.n ? "+" : "", SLU_FMT(v->build));
}

/* n + 1, in decimal. */
static slu_str raised(slu_arena *a, slu_str n)
{
	char *p = slu_alloc(a, n.n + 2);
	memcpy(p + 1, n.p, n.n);
	size_t at = n.n;
	while (at > 0 && p[at] == '9')
		p[at--] = '0';
	if (at > 0) {
		p[at]++;
		return (slu_str){ p + 1, n.n };
	}
	p[0] = '1';
	return (slu_str){ p, n.n + 1 };
}

static char *bounded(char *text, slu_err *err)
{
	if (strlen(text) <= VER_MAX_BYTES)
		return text;
	(void)!slu_fail(err, SLU_E_LIMIT, "The next version would have more than %d characters.", VER_MAX_BYTES);
	return NULL;
}

char *ver_bump(slu_arena *a, const struct ver_semver *v, enum ver_part part, slu_err *err)
{
	static const slu_str zero = SLU_STR_INIT("0");
	struct ver_semver next = { v->major, v->minor, v->patch, { NULL, 0 }, { NULL, 0 } };
	bool minor_zero = slu_str_is(v->minor, "0"), patch_zero = slu_str_is(v->patch, "0");
	bool finishes = v->prerelease.n > 0 && (part == VER_PATCH || (patch_zero && (part == VER_MINOR || minor_zero)));
	if (!finishes) {
		slu_str *number = part == VER_MAJOR ? &next.major : part == VER_MINOR ? &next.minor : &next.patch;
		*number = raised(a, *number);
		if (part != VER_PATCH)
			next.patch = zero;
		if (part == VER_MAJOR)
			next.minor = zero;
	}
	return bounded(ver_text(a, &next), err);
}

slu_str ver_label(const struct ver_semver *v)
{
	slu_str rest = v->prerelease, last = { NULL, 0 };
	while (slu_str_split(&rest, '.', &last))
		;
	size_t before = v->prerelease.n - last.n;
	return is_number(last) ? (slu_str){ v->prerelease.p, before ? before - 1 : 0 } : v->prerelease;
}

static bool is_label(slu_arena *a, slu_str label)
{
	struct ver_semver probe;
	return ver_parse(&probe, slu_s(slu_printf(a, "0.0.0-%.*s", SLU_FMT(label))), NULL) == SLU_OK && probe.build.n == 0;
}

/* The number of a prerelease with this label; n == 0: it has another label, or no number. */
static slu_str number_of(slu_str prerelease, slu_str label)
{
	size_t before = label.n ? label.n + 1 : 0;
	if (prerelease.n <= before || !slu_str_eq((slu_str){ prerelease.p, label.n }, label) || (before && prerelease.p[label.n] != '.'))
		return (slu_str){ NULL, 0 };
	slu_str number = { prerelease.p + before, prerelease.n - before };
	return is_number(number) ? number : (slu_str){ NULL, 0 };
}

char *ver_bump_prerelease(slu_arena *a, const struct ver_semver *v, slu_str label, slu_err *err)
{
	struct ver_semver next;
	slu_str number = number_of(v->prerelease, label);
	if (!is_label(a, label) && (label.n || !number.n)) {
		(void)!slu_fail(err, SLU_E_INVALID, "\"%.*s\" cannot be the label of a prerelease: it has letters, digits and hyphens, as in \"rc\".", SLU_FMT(slu_utf8_cut(label, 80, false)));
		return NULL;
	}
	char *text = slu_printf(a, "%.*s.%.*s.%.*s-%.*s%s%.*s", SLU_FMT(v->major), SLU_FMT(v->minor), SLU_FMT(v->patch), SLU_FMT(label), label.n ? "." : "",
				SLU_FMT(number.n ? raised(a, number) : SLU_STR("1")));
	if (!bounded(text, err) || ver_parse(&next, slu_s(text), err) != SLU_OK)
		return NULL;
	if (v->prerelease.n > 0 && ver_cmp(&next, v) <= 0) {
		(void)!slu_fail(err, SLU_E_INVALID, "%.80s would not be higher than the prerelease %.80s, which is there already.", text, ver_text(a, v));
		return NULL;
	}
	return text;
}

char *ver_bump_planned(slu_arena *a, const struct ver_semver *v, enum ver_part part, slu_str label, slu_err *err)
{
	struct ver_semver from = { v->major, v->minor, v->patch, { NULL, 0 }, { NULL, 0 } }, next;
	char *text = ver_bump(a, &from, part, err);
	if (!text || ver_parse(&next, slu_s(text), err) != SLU_OK)
		return NULL;
	return ver_bump_prerelease(a, &next, label, err);
}

bool ver_tag_version(struct ver_semver *out, slu_str tag, slu_str prefix)
{
	if (tag.n < prefix.n || !slu_str_eq((slu_str){ tag.p, prefix.n }, prefix))
		return false;
	return ver_parse(out, (slu_str){ tag.p + prefix.n, tag.n - prefix.n }, NULL) == SLU_OK;
}

const char *ver_part_word(enum ver_part part)
{
	static const char *const words[] = { [VER_MAJOR] = "major", [VER_MINOR] = "minor", [VER_PATCH] = "patch" };
	return words[part];
}
