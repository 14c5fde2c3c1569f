/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "t.h"

T_TEST(comparison)
{
	static const struct {
		const char *a, *b;
		int order;
	} rows[] = { { "", "", 0 }, { "a", "a", 0 }, { "a", "b", -1 }, { "b", "a", 1 }, { "a", "ab", -1 }, { "ab", "a", 1 }, { "\xff", "a", 1 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		T_EQ_INT(slu_str_cmp(slu_s(rows[i].a), slu_s(rows[i].b)), rows[i].order);
		T_TRUE(slu_str_eq(slu_s(rows[i].a), slu_s(rows[i].b)) == (rows[i].order == 0));
		T_TRUE(slu_str_is(slu_s(rows[i].a), rows[i].b) == (rows[i].order == 0));
	}
	T_TRUE(slu_str_eq((slu_str){ NULL, 0 }, SLU_STR("")));
	T_TRUE(slu_str_is(slu_s(NULL), ""));
	T_TRUE(slu_str_in(SLU_STR("b"), "a b cd"));
	T_TRUE(slu_str_in(SLU_STR("cd"), "a b cd"));
	T_FALSE(slu_str_in(SLU_STR("c"), "a b cd"));
	T_FALSE(slu_str_in(SLU_STR("a b"), "a b cd"));
	T_FALSE(slu_str_in(slu_s(""), "a b cd"));
	T_TRUE(!slu_str_eq((slu_str){ "a\0b", 3 }, (slu_str){ "a\0c", 3 }));
}

T_TEST(ends)
{
	static const struct {
		const char *text, *affix;
		bool starts, ends;
	} rows[] = { { "main", "", true, true },	{ "main", "ma", true, false },	   { "main", "in", false, true },
		     { "main", "main", true, true }, { "main", "xmain", false, false }, { "", "a", false, false },
		     { "", "", true, true } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		T_TRUE(slu_str_starts(slu_s(rows[i].text), rows[i].affix) == rows[i].starts);
		T_TRUE(slu_str_ends(slu_s(rows[i].text), rows[i].affix) == rows[i].ends);
	}
	T_TRUE(slu_str_ends((slu_str){ NULL, 0 }, ""));
}

T_TEST(trimming)
{
	static const char *const rows[][2] = { { "", "" }, { " \t\r\n\v\f", "" }, { " a b ", "a b" }, { "x", "x" }, { "\n\nline\n", "line" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		T_TRUE(slu_str_is(slu_str_trim(slu_s(rows[i][0])), rows[i][1]));
}

T_TEST(splitting)
{
	static const char *const rows[][2] = { { "", "" },	  { "a", "<a>" },     { "a,b", "<a><b>" }, { "a,", "<a>" },
					       { ",a", "<><a>" }, { ",,", "<><>" }, { "a,,b", "<a><><b>" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_auto_buf got;
		slu_buf_init(&got, 100);
		slu_str rest = slu_s(rows[i][0]), part;
		while (slu_str_split(&rest, ',', &part))
			slu_buf_addf(&got, "<%.*s>", SLU_FMT(part));
		T_EQ_STR(got.p, rows[i][1]);
	}
	slu_str none = { NULL, 0 }, part;
	T_TRUE(!slu_str_split(&none, ',', &part));
}

T_TEST(whole_numbers)
{
	static const struct {
		const char *text;
		slu_rc rc;
		uint64_t value;
		uint32_t column;
	} rows[] = { { "0", SLU_OK, 0, 0 },
		     { "007", SLU_OK, 7, 0 },
		     { "18446744073709551615", SLU_OK, UINT64_MAX, 0 },
		     { "18446744073709551616", SLU_E_LIMIT, 0, 1 },
		     { "99999999999999999999", SLU_E_LIMIT, 0, 1 },
		     { "", SLU_E_SYNTAX, 0, 1 },
		     { "-1", SLU_E_SYNTAX, 0, 1 },
		     { "1 ", SLU_E_SYNTAX, 0, 2 },
		     { "12a", SLU_E_SYNTAX, 0, 3 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_err err = { 0 };
		uint64_t v = 4711;
		T_EQ_INT(slu_parse_u64(&v, slu_s(rows[i].text), &err), rows[i].rc);
		T_TRUE(v == (rows[i].rc == SLU_OK ? rows[i].value : 4711));
		T_EQ_INT(err.column, rows[i].column);
	}
}

T_TEST(distance)
{
	static const struct {
		const char *a, *b;
		size_t max, want;
	} rows[] = { { "", "", 3, 0 },		  { "main", "main", 3, 0 },	  { "main", "mian", 3, 1 },  { "main", "man", 3, 1 },
		     { "main", "mains", 3, 1 },	  { "main", "mein", 3, 1 },	  { "kitten", "sitting", 9, 3 }, { "kitten", "sitting", 2, 3 },
		     { "kitten", "sitting", 1, 2 }, { "abc", "", 9, 3 },	  { "abc", "", 1, 2 },	     { "ca", "abc", 9, 3 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		T_EQ_INT(slu_str_distance(slu_s(rows[i].a), slu_s(rows[i].b), rows[i].max), rows[i].want);
		T_EQ_INT(slu_str_distance(slu_s(rows[i].b), slu_s(rows[i].a), rows[i].max), rows[i].want);
	}
	char longer[200], other[200];
	memset(longer, 'a', sizeof longer);
	memset(other, 'a', sizeof other);
	T_EQ_INT(slu_str_distance((slu_str){ longer, 200 }, (slu_str){ other, 200 }, 5), 0);
	other[3] = 'b';
	T_EQ_INT(slu_str_distance((slu_str){ longer, 200 }, (slu_str){ other, 200 }, 5), 6);
	T_EQ_INT(slu_str_distance((slu_str){ longer, 128 }, (slu_str){ other, 128 }, 5), 1);
}

T_TEST(nearest_name)
{
	static const char *const names[] = { "approvals", "branches", "checks", "on" };
	static const char *const rows[][2] = { { "aprovals", "approvals" }, { "brnaches", "branches" }, { "check", "checks" }, { "no", "on" },
					       { "deploy", NULL },	   { "", NULL },		{ "checks", "checks" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		const char *got = slu_nearest(slu_s(rows[i][0]), names, 4);
		T_EQ_STR(got ? got : "none", rows[i][1] ? rows[i][1] : "none");
	}
}

T_TEST(buffers_grow_to_their_maximum_and_not_past_it)
{
	slu_auto_buf b;
	slu_buf_init(&b, 10);
	T_EQ_STR(b.p, "");
	slu_buf_adds(&b, "12345");
	slu_buf_addf(&b, "%d", 6789);
	T_EQ_STR(b.p, "123456789");
	slu_buf_addc(&b, '0');
	T_TRUE(!b.over);
	slu_buf_addc(&b, 'x');
	T_TRUE(b.over);
	T_EQ_STR(b.p, "1234567890");
	slu_buf_clear(&b);
	T_EQ_STR(b.p, "");
	T_TRUE(!b.over);
	slu_buf_adds(&b, "abcdefghijk");
	T_TRUE(b.over);
	slu_buf_adds(&b, "a"); /* would fit, but a hole in the middle would be worse than a short text */
	T_EQ_STR(b.p, "");
}

T_TEST(buffers_hold_any_byte)
{
	slu_auto_buf b;
	slu_buf_init(&b, 100000);
	for (int i = 0; i < 30000; i++)
		slu_buf_add(&b, "a\0b", 3);
	slu_buf_addstr(&b, (slu_str){ NULL, 0 });
	T_EQ_INT(b.n, 90000);
	T_TRUE(slu_str_ends(slu_buf_str(&b), "b"));
	T_EQ_INT(b.p[89998], 0);
	T_EQ_INT(b.p[90000], 0);
	slu_buf_addf(&b, "%10001d", 1);
	T_TRUE(b.over);
	T_EQ_INT(b.n, 90000);
	slu_buf_release(&b);
	slu_buf_adds(&b, "again");
	T_EQ_STR(b.p, "again");
}
