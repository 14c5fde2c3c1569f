/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: GT-3 */
#include "base/quantity.h"

#include "t.h"

struct row {
	const char *text;
	slu_rc rc;
	int64_t value;
	uint32_t column;
};

static void run(const struct row *rows, size_t n, slu_rc (*parse)(int64_t *, slu_str, slu_err *))
{
	for (size_t i = 0; i < n; i++) {
		T_CASE("\"%s\"", rows[i].text);
		slu_err err = { 0 };
		int64_t v = -4711;
		T_EQ_INT(parse(&v, slu_s(rows[i].text), &err), rows[i].rc);
		T_EQ_INT(v, rows[i].rc == SLU_OK ? rows[i].value : -4711);
		T_EQ_INT(err.column, rows[i].column);
		T_TRUE((err.text[0] != '\0') == (rows[i].rc != SLU_OK));
	}
}
#define RUN(rows, parse) run(rows, sizeof rows / sizeof *rows, parse)

T_TEST(durations)
{
	static const struct row rows[] = { { "0s", SLU_OK, 0, 0 },
					   { "48h", SLU_OK, 172800, 0 },
					   { "2w", SLU_OK, 1209600, 0 },
					   { "1d12h", SLU_OK, 129600, 0 },
					   { "1w1d1h1m1s", SLU_OK, 694861, 0 },
					   { "3650d", SLU_OK, 315360000, 0 },
					   { "3650d1s", SLU_E_LIMIT, 0, 6 },
					   { "3651d", SLU_E_LIMIT, 0, 1 },
					   { "99999999999999999999s", SLU_E_LIMIT, 0, 1 },
					   { "9223372036854775807w", SLU_E_LIMIT, 0, 1 },
					   { "", SLU_E_SYNTAX, 0, 1 },
					   { "h", SLU_E_SYNTAX, 0, 1 },
					   { "5", SLU_E_SYNTAX, 0, 2 },
					   { "1d12", SLU_E_SYNTAX, 0, 5 },
					   { "1 d", SLU_E_SYNTAX, 0, 2 },
					   { "2mo", SLU_E_SYNTAX, 0, 3 },
					   { "1y", SLU_E_SYNTAX, 0, 2 },
					   { "-1d", SLU_E_SYNTAX, 0, 1 },
					   { "1.5h", SLU_E_SYNTAX, 0, 2 },
					   { "0s0s0s0s0s0s0s0s0s0s0s0s0s0s0s0s", SLU_OK, 0, 0 },
					   { "0s0s0s0s0s0s0s0s0s0s0s0s0s0s0s0s0", SLU_E_SYNTAX, 0, 1 } };
	RUN(rows, slu_duration_parse);
}

T_TEST(durations_as_text)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = { { 0, "0s" },	{ 129600, "1d12h" }, { 1209600, "14d" }, { 59, "59s" },
		     { 3601, "1h1s" }, { -90, "-1m30s" },   { 86399, "23h59m59s" }, { INT64_MIN, "-106751991167300d15h30m8s" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		char buf[SLU_DURATION_TEXT];
		T_EQ_STR(slu_duration_text(rows[i].seconds, buf), rows[i].text);
	}
	for (int64_t s = 0; s <= 315360000; s = s * 7 / 5 + 1) {
		char buf[SLU_DURATION_TEXT];
		int64_t back = -1;
		T_EQ_INT(slu_duration_parse(&back, slu_s(slu_duration_text(s, buf)), NULL), SLU_OK);
		T_EQ_INT(back, s);
	}
}

T_TEST(sizes)
{
	static const struct row rows[] = { { "0", SLU_OK, 0, 0 },
					   { "300", SLU_OK, 300, 0 },
					   { "1kB", SLU_OK, 1000, 0 },
					   { "50MB", SLU_OK, 50000000, 0 },
					   { "2GB", SLU_OK, 2000000000, 0 },
					   { "1KiB", SLU_OK, 1024, 0 },
					   { "3MiB", SLU_OK, 3145728, 0 },
					   { "1GiB", SLU_OK, 1073741824, 0 },
					   { "9007199254740992", SLU_OK, INT64_C(9007199254740992), 0 },
					   { "9007199254740993", SLU_E_LIMIT, 0, 1 },
					   { "99999999999GiB", SLU_E_LIMIT, 0, 1 },
					   { "", SLU_E_SYNTAX, 0, 1 },
					   { "MB", SLU_E_SYNTAX, 0, 1 },
					   { "1KB", SLU_E_SYNTAX, 0, 2 },
					   { "1 MB", SLU_E_SYNTAX, 0, 2 },
					   { "10MBs", SLU_E_SYNTAX, 0, 3 },
					   { "-1", SLU_E_SYNTAX, 0, 1 } };
	RUN(rows, slu_size_parse);
}

T_TEST(shares)
{
	static const struct {
		const char *text;
		slu_rc rc;
		double value;
		uint32_t column;
	} rows[] = { { "0%", SLU_OK, 0, 0 },		  { "5%", SLU_OK, 5, 0 },		{ "0.5%", SLU_OK, 0.5, 0 },
		     { "99.9999%", SLU_OK, 99.9999, 0 },  { "100%", SLU_OK, 100, 0 },		{ "100.0%", SLU_OK, 100, 0 },
		     { "100.1%", SLU_E_LIMIT, 0, 1 },	  { "101%", SLU_E_LIMIT, 0, 1 },	{ "99999999999999999999%", SLU_E_LIMIT, 0, 1 },
		     { "5", SLU_E_SYNTAX, 0, 2 },	  { "%", SLU_E_SYNTAX, 0, 1 },		{ "", SLU_E_SYNTAX, 0, 1 },
		     { "5%%", SLU_E_SYNTAX, 0, 2 },	  { "5.%", SLU_E_SYNTAX, 0, 3 },	{ ".5%", SLU_E_SYNTAX, 0, 1 },
		     { "1.00001%", SLU_E_SYNTAX, 0, 3 }, { "-1%", SLU_E_SYNTAX, 0, 1 },	{ "1e1%", SLU_E_SYNTAX, 0, 2 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_err err = { 0 };
		double v = -1;
		T_EQ_INT(slu_share_parse(&v, slu_s(rows[i].text), &err), rows[i].rc);
		double off = v - (rows[i].rc == SLU_OK ? rows[i].value : -1);
		T_TRUE(off > -1e-9 && off < 1e-9);
		T_EQ_INT(err.column, rows[i].column);
	}
}

T_TEST(dates)
{
	static const struct row rows[] = { { "1970-01-01", SLU_OK, 0, 0 },
					   { "2000-02-29", SLU_OK, 951782400, 0 },
					   { "2026-01-05", SLU_OK, 1767571200, 0 },
					   { "2100-03-01", SLU_OK, INT64_C(4107542400), 0 },
					   { "9999-12-31", SLU_OK, INT64_C(253402214400), 0 },
					   { "2100-02-29", SLU_E_SYNTAX, 0, 9 },
					   { "2026-02-30", SLU_E_SYNTAX, 0, 9 },
					   { "2026-13-01", SLU_E_SYNTAX, 0, 6 },
					   { "2026-00-01", SLU_E_SYNTAX, 0, 6 },
					   { "2026-01-00", SLU_E_SYNTAX, 0, 9 },
					   { "1969-12-31", SLU_E_LIMIT, 0, 1 },
					   { "2026-1-05", SLU_E_SYNTAX, 0, 7 },
					   { "2026/01/05", SLU_E_SYNTAX, 0, 5 },
					   { "2026-01-05T", SLU_E_SYNTAX, 0, 11 },
					   { "", SLU_E_SYNTAX, 0, 1 } };
	RUN(rows, slu_date_parse);
}

T_TEST(times)
{
	static const struct row rows[] = { { "1970-01-01T00:00:00Z", SLU_OK, 0, 0 },
					   { "2026-01-05T09:00:00Z", SLU_OK, 1767603600, 0 },
					   { "2026-01-05T09:00:00+02:00", SLU_OK, 1767596400, 0 },
					   { "2026-01-05T09:00:00-05:30", SLU_OK, 1767623400, 0 },
					   { "2026-01-05T09:00:00.999Z", SLU_OK, 1767603600, 0 },
					   { "9999-12-31T23:59:59Z", SLU_OK, INT64_C(253402300799), 0 },
					   { "9999-12-31T23:59:59-01:00", SLU_E_LIMIT, 0, 1 },
					   { "1970-01-01T00:00:00+00:01", SLU_E_LIMIT, 0, 1 },
					   { "2026-01-05T09:00:00", SLU_E_SYNTAX, 0, 20 },
					   { "2026-01-05T09:00:00z", SLU_E_SYNTAX, 0, 20 },
					   { "2026-01-05 09:00:00Z", SLU_E_SYNTAX, 0, 11 },
					   { "2026-01-05T24:00:00Z", SLU_E_SYNTAX, 0, 12 },
					   { "2026-01-05T09:60:00Z", SLU_E_SYNTAX, 0, 12 },
					   { "2026-01-05T09:00:60Z", SLU_E_SYNTAX, 0, 12 },
					   { "2026-01-05T09:00:00.Z", SLU_E_SYNTAX, 0, 21 },
					   { "2026-01-05T09:00:00+2:00", SLU_E_SYNTAX, 0, 20 },
					   { "2026-01-05T09:00:00+24:00", SLU_E_SYNTAX, 0, 20 },
					   { "2026-02-29T09:00:00Z", SLU_E_SYNTAX, 0, 9 },
					   { "2026-01-05T09:00:00ZZ", SLU_E_SYNTAX, 0, 20 } };
	RUN(rows, slu_time_parse);
}

T_TEST(times_as_text)
{
	char buf[SLU_TIME_TEXT];
	T_EQ_STR(slu_time_text(1767603600, buf), "2026-01-05T09:00:00Z");
	T_EQ_STR(slu_time_text(-1, buf), "1970-01-01T00:00:00Z");
	T_EQ_STR(slu_time_text(INT64_MAX, buf), "9999-12-31T23:59:59Z");
	int64_t wrong = 0;
	for (int64_t day = 0; day < 2932897; day += 1) { /* every day up to the last of 9999, at an odd time of day */
		int64_t s = day * 86400 + day % 86400, back = -1;
		if (day % 7 == 0 || day > 2932800) {
			T_EQ_INT(slu_time_parse(&back, slu_s(slu_time_text(s, buf)), NULL), SLU_OK);
			wrong += back != s;
		}
	}
	T_EQ_INT(wrong, 0);
}
