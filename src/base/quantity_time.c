/* SPDX-License-Identifier: Apache-2.0 */
/* Dates and times of quantity.h: the proleptic Gregorian calendar in UTC, without the C library's clock or time zone. */
#include "base/quantity.h"

#define DAY_S ((int64_t)86400)
#define LAST_S INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static slu_rc bad(slu_err *err, slu_rc code, size_t column, slu_str text, const char *why)
{
	slu_str shown = { text.p, text.n < 64 ? text.n : 64 };
	return slu_fail_at(err, code, NULL, 0, (uint32_t)column, "\"%.*s\" %s", SLU_FMT(shown), why);
}

/* Days since 1970-01-01; years are counted from March, so that the leap day is the last of its year. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era_day = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t since = y - 1600; /* a multiple of 400 below 1970, so that all is positive here */
	return since * 365 + since / 4 - since / 100 + since / 400 + era_day - 135080;
}

static bool is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t month_days(int64_t year, int64_t month)
{
	static const int64_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return lengths[month - 1] + (month == 2 && is_leap(year));
}

/*
 * Match text against a pattern where '9' stands for a digit and anything else for itself; digits of each group go to
 * numbers. Returns the offset of the first difference, or the pattern's length.
 */
static size_t scan(slu_str text, const char *pattern, int64_t *numbers)
{
	size_t group = 0;
	for (size_t i = 0; pattern[i]; i++) {
		if (i >= text.n)
			return i;
		char c = text.p[i];
		if (pattern[i] != '9') {
			if (c != pattern[i])
				return i;
			group++;
			continue;
		}
		if (c < '0' || c > '9')
			return i;
		bool first = i == 0 || pattern[i - 1] != '9';
		numbers[group] = (first ? 0 : numbers[group] * 10) + (c - '0');
	}
	return strlen(pattern);
}

static slu_rc check_date(const int64_t v[3], slu_str text, slu_err *err)
{
	if (v[0] < 1970)
		return bad(err, SLU_E_LIMIT, 1, text, "is too early: dates begin with the year 1970.");
	if (v[1] < 1 || v[1] > 12)
		return bad(err, SLU_E_SYNTAX, 6, text, "is not a date: months are 01 to 12.");
	if (v[2] < 1 || v[2] > month_days(v[0], v[1]))
		return bad(err, SLU_E_SYNTAX, 9, text, "is not a date: the month has no such day.");
	return SLU_OK;
}

slu_rc slu_date_parse(int64_t *out, slu_str text, slu_err *err)
{
	int64_t v[3];
	size_t at = scan(text, "9999-99-99", v);
	if (at != 10 || text.n != 10)
		return bad(err, SLU_E_SYNTAX, at + 1, text, "is not a date: write YYYY-MM-DD, as in \"2026-01-05\".");
	SLU_TRY(check_date(v, text, err));
	*out = days_of(v[0], v[1], v[2]) * DAY_S;
	return SLU_OK;
}

/* The zone at the end of a time: 'Z', or an offset such as "+02:00". Seconds east of UTC. */
static slu_rc parse_zone(int64_t *east_s, slu_str text, size_t at, slu_err *err)
{
	slu_str zone = { text.p + at, text.n - at };
	int64_t v[2] = { 0, 0 };
	if (slu_str_is(zone, "Z")) {
		*east_s = 0;
		return SLU_OK;
	}
	if (zone.n != 6 || (zone.p[0] != '+' && zone.p[0] != '-') || scan((slu_str){ zone.p + 1, 5 }, "99:99", v) != 5 || v[0] > 23 || v[1] > 59)
		return bad(err, SLU_E_SYNTAX, at + 1, text, "is not a time: it ends with Z or an offset such as \"+02:00\".");
	int64_t s = v[0] * 3600 + v[1] * 60;
	*east_s = zone.p[0] == '-' ? -s : s;
	return SLU_OK;
}

slu_rc slu_time_parse(int64_t *out, slu_str text, slu_err *err)
{
	int64_t v[6], east_s = 0;
	size_t at = scan(text, "9999-99-99T99:99:99", v);
	if (at != 19)
		return bad(err, SLU_E_SYNTAX, at + 1, text, "is not a time: write it as RFC 3339 has it, as in \"2026-01-05T09:00:00Z\".");
	SLU_TRY(check_date(v, text, err));
	if (v[3] > 23 || v[4] > 59 || v[5] > 59)
		return bad(err, SLU_E_SYNTAX, 12, text, "is not a time: hours are 00 to 23, minutes and seconds 00 to 59.");
	if (at < text.n && text.p[at] == '.') { /* a fraction of a second is read and dropped */
		size_t from = ++at;
		while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9')
			at++;
		if (at == from || at - from > 9)
			return bad(err, SLU_E_SYNTAX, at + 1, text, "is not a time: after the point stand one to nine digits.");
	}
	SLU_TRY(parse_zone(&east_s, text, at, err));
	int64_t s = days_of(v[0], v[1], v[2]) * DAY_S + v[3] * 3600 + v[4] * 60 + v[5] - east_s;
	if (s < 0 || s > LAST_S)
		return bad(err, SLU_E_LIMIT, 1, text, "is out of range: in UTC the year must be 1970 to 9999.");
	*out = s;
	return SLU_OK;
}

static char *put2(char *p, int64_t v, char after)
{
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
	p[2] = after;
	return p + 3;
}

char *slu_time_text(int64_t unix_s, char buf[SLU_TIME_TEXT])
{
	int64_t s = unix_s < 0 ? 0 : unix_s > LAST_S ? LAST_S : unix_s;
	int64_t days = s / DAY_S, rest = s % DAY_S, year = 1970 + days / 366, month = 1;
	while (days_of(year + 1, 1, 1) <= days)
		year++;
	int64_t day = days - days_of(year, 1, 1);
	while (day >= month_days(year, month))
		day -= month_days(year, month++);
	char *p = put2(buf, year / 100, 0) - 1;
	p = put2(p, year, '-');
	p = put2(p, month, '-');
	p = put2(p, day + 1, 'T');
	p = put2(p, rest / 3600, ':');
	p = put2(p, rest / 60 % 60, ':');
	p = put2(p, rest % 60, 'Z');
	*p = '\0';
	return buf;
}
