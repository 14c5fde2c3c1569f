/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "t.h"

/* Encode any number below 2^21 in the shortest form, also those that are no code points. */
static slu_str encode(uint32_t cp, char to[4])
{
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	for (size_t i = n - 1; i > 0; i--, cp >>= 6)
		to[i] = (char)(0x80 | (cp & 0x3F));
	to[0] = (char)(marks[n] | cp);
	return (slu_str){ to, n };
}

T_TEST(every_code_point_and_nothing_else)
{
	size_t wrong = 0;
	for (uint32_t cp = 0; cp < 0x1FFFFF; cp++) {
		char bytes[4];
		uint32_t got = 0xFFFFFFFF;
		slu_str s = encode(cp, bytes);
		bool real = cp < 0x110000 && !(cp >= 0xD800 && cp < 0xE000);
		size_t len = slu_utf8_next(s, &got);
		wrong += real ? (len != s.n || got != cp) : (len != 0 || got != 0xFFFFFFFF);
		for (size_t cut = 1; cut < s.n; cut++)
			wrong += slu_utf8_next((slu_str){ s.p, cut }, NULL) != 0;
	}
	T_EQ_INT(wrong, 0);
}

T_TEST(first_bad_byte)
{
	static const struct {
		const char *text;
		int bad_at; /* -1: valid */
		size_t count;
	} rows[] = { { "", -1, 0 },
		     { "gr\xc3\xbc\xc3\x9f", -1, 4 },
		     { "a\x80", 1, 2 },
		     { "\xc0\xaf", 0, 2 },
		     { "\xe0\x80\xaf", 0, 3 },
		     { "\xed\xa0\x80", 0, 3 },
		     { "\xf4\x90\x80\x80", 0, 4 },
		     { "\xf8\x88\x80\x80\x80", 0, 5 },
		     { "ok\xe2\x82", 2, 4 },
		     { "\xf0\x9f\x98\x80", -1, 1 },
		     { "\xe2\x82\xac\xff", 3, 2 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		size_t at = 99;
		T_TRUE(slu_utf8_valid(slu_s(rows[i].text), &at) == (rows[i].bad_at < 0));
		T_EQ_INT(at, rows[i].bad_at < 0 ? 99 : rows[i].bad_at);
		T_EQ_INT(slu_utf8_count(slu_s(rows[i].text)), rows[i].count);
	}
}

T_TEST(cutting)
{
	static const struct {
		const char *text;
		size_t max;
		bool torn;
		size_t want;
	} rows[] = { { "abc", 5, false, 3 },		 { "abc", 2, false, 2 },	      { "abc", 0, false, 0 },
		     { "a\xe2\x82\xac", 4, false, 4 },	 { "a\xe2\x82\xac", 3, false, 1 },    { "a\xe2\x82\xac", 2, false, 1 },
		     { "\xf0\x9f\x98\x80", 3, false, 0 }, { "\xf0\x9f\x98\x80z", 4, false, 4 }, { "a\xe2\x82", 9, false, 3 },
		     { "a\xe2\x82", 9, true, 1 },	 { "a\xe2\x82\xac", 9, true, 4 },     { "\x80\x80\x80\x80\x80", 4, false, 4 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		T_EQ_INT(slu_utf8_cut(slu_s(rows[i].text), rows[i].max, rows[i].torn).n, rows[i].want);
}

T_TEST(what_hides)
{
	T_TRUE(slu_utf8_is_control(0) && slu_utf8_is_control(0x1B) && slu_utf8_is_control(0x7F) && slu_utf8_is_control(0x9B) && slu_utf8_is_control(0x2028));
	T_TRUE(!slu_utf8_is_control(' ') && !slu_utf8_is_control(0xA0) && !slu_utf8_is_control(0x20AC));
	T_TRUE(slu_utf8_is_bidi(0x202E) && slu_utf8_is_bidi(0x2066) && slu_utf8_is_bidi(0x200F) && slu_utf8_is_bidi(0x61C));
	T_TRUE(!slu_utf8_is_bidi(0x5D0) && !slu_utf8_is_bidi(0x202F) && !slu_utf8_is_bidi('a'));
	T_TRUE(slu_utf8_is_invisible(0x200B) && slu_utf8_is_invisible(0xFEFF) && slu_utf8_is_invisible(0xE0041));
	T_TRUE(!slu_utf8_is_invisible(' ') && !slu_utf8_is_invisible(0x1F600));
}
