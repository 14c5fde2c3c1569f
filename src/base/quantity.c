/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"

#define DAY_S ((int64_t)86400)
#define LONGEST_S (3650 * DAY_S)
#define LARGEST_BYTES (UINT64_C(1) << 53)

static const struct {
	char letter;
	int64_t seconds;
} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 }, { 'w', 7 * 86400 } };
enum { N_UNITS = sizeof units / sizeof *units, N_TEXT_UNITS = 4 /* a week is written as days */ };

/* Length of the digits at the start of s. */
static size_t digits(slu_str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

static slu_rc bad(slu_err *err, slu_rc code, size_t column, slu_str text, const char *why)
{
	slu_str shown = { text.p, text.n < 64 ? text.n : 64 };
	return slu_fail_at(err, code, NULL, 0, (uint32_t)column, "\"%.*s\" %s", SLU_FMT(shown), why);
}

slu_rc slu_duration_parse(int64_t *out, slu_str text, slu_err *err)
{
	int64_t sum = 0;
	if (text.n == 0 || text.n > 32)
		return bad(err, SLU_E_SYNTAX, 1, text, "is not a duration: write 1 to 32 characters such as \"48h\", \"2w\" or \"1d12h\".");
	for (size_t at = 0; at < text.n;) {
		slu_str number = { text.p + at, digits((slu_str){ text.p + at, text.n - at }) };
		size_t unit_at = at + number.n, u = 0;
		if (number.n == 0)
			return bad(err, SLU_E_SYNTAX, at + 1, text, "is not a duration: a number is expected, as in \"48h\" or \"1d12h\".");
		while (unit_at < text.n && u < N_UNITS && units[u].letter != text.p[unit_at])
			u++;
		if (unit_at == text.n || u == N_UNITS)
			return bad(err, SLU_E_SYNTAX, unit_at + 1, text, "is not a duration: after a number comes a unit, one of s, m, h, d, w (months and years have no fixed length).");
		uint64_t value;
		int64_t part;
		if (slu_parse_u64(&value, number, NULL) != SLU_OK || value > (uint64_t)LONGEST_S || __builtin_mul_overflow((int64_t)value, units[u].seconds, &part) ||
		    part > LONGEST_S - sum)
			return bad(err, SLU_E_LIMIT, at + 1, text, "is too long: the longest duration is 10 years (3650d).");
		sum += part;
		at = unit_at + 1;
	}
	*out = sum;
	return SLU_OK;
}

/* Decimal digits of v, at least `width`, written at p. Returns the end. */
static char *put_number(char *p, uint64_t v, int width)
{
	char reversed[24];
	int n = 0;
	do
		reversed[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	for (int i = n; i < width; i++)
		*p++ = '0';
	while (n > 0)
		*p++ = reversed[--n];
	return p;
}

char *slu_duration_text(int64_t seconds, char buf[SLU_DURATION_TEXT])
{
	char *p = buf;
	uint64_t left = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
	if (seconds < 0)
		*p++ = '-';
	if (left == 0) {
		*p++ = '0';
		*p++ = 's';
	}
	for (size_t u = 0; u < N_TEXT_UNITS; u++) {
		uint64_t unit = (uint64_t)units[u].seconds;
		if (left >= unit) {
			p = put_number(p, left / unit, 1);
			*p++ = units[u].letter;
			left %= unit;
		}
	}
	*p = '\0';
	return buf;
}

slu_rc slu_size_parse(int64_t *bytes, slu_str text, slu_err *err)
{
	static const struct {
		const char *name;
		uint64_t factor;
	} sizes[] = { { "", 1 },           { "kB", 1000 },       { "MB", 1000 * 1000 },   { "GB", 1000 * 1000 * 1000 },
		      { "KiB", 1u << 10 }, { "MiB", 1u << 20 }, { "GiB", 1u << 30 } };
	size_t n = digits(text), i = 0;
	if (n == 0)
		return bad(err, SLU_E_SYNTAX, 1, text, "is not a size: a number is expected, as in \"50MB\" or \"1GiB\".");
	while (i < sizeof sizes / sizeof *sizes && !slu_str_is((slu_str){ text.p + n, text.n - n }, sizes[i].name))
		i++;
	if (i == sizeof sizes / sizeof *sizes)
		return bad(err, SLU_E_SYNTAX, n + 1, text, "is not a size: the unit is one of kB, MB, GB (powers of 1000), KiB, MiB, GiB (powers of 1024), or none for bytes.");
	uint64_t v;
	if (slu_parse_u64(&v, (slu_str){ text.p, n }, NULL) != SLU_OK || __builtin_mul_overflow(v, sizes[i].factor, &v) || v > LARGEST_BYTES)
		return bad(err, SLU_E_LIMIT, 1, text, "is too large: the largest size is 9007199254740992 bytes.");
	*bytes = (int64_t)v;
	return SLU_OK;
}

slu_rc slu_share_parse(double *percent, slu_str text, slu_err *err)
{
	static const double tenths[] = { 1, 10, 100, 1000, 10000 };
	size_t whole = digits(text), decimals = 0;
	if (whole == 0)
		return bad(err, SLU_E_SYNTAX, 1, text, "is not a share: a number and a percent sign are expected, as in \"5%\" or \"0.5%\".");
	size_t at = whole;
	if (at < text.n && text.p[at] == '.') {
		decimals = digits((slu_str){ text.p + at + 1, text.n - at - 1 });
		if (decimals == 0 || decimals > 4)
			return bad(err, SLU_E_SYNTAX, at + 2, text, "is not a share: after the point stand one to four digits.");
		at += 1 + decimals;
	}
	if (at + 1 != text.n || text.p[at] != '%')
		return bad(err, SLU_E_SYNTAX, at + 1, text, "is not a share: the number ends with one percent sign, as in \"5%\".");
	uint64_t v, part = 0;
	if (slu_parse_u64(&v, (slu_str){ text.p, whole }, NULL) != SLU_OK || v > 100)
		return bad(err, SLU_E_LIMIT, 1, text, "is too large: a share is at most 100%.");
	if (decimals)
		SLU_TRY(slu_parse_u64(&part, (slu_str){ text.p + whole + 1, decimals }, err));
	double value = (double)v + (double)part / tenths[decimals];
	if (value > 100)
		return bad(err, SLU_E_LIMIT, 1, text, "is too large: a share is at most 100%.");
	*percent = value;
	return SLU_OK;
}
