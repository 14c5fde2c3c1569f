/* SPDX-License-Identifier: Apache-2.0 */
#include "web/html.h"
#include "web/svg.h"

#include "t.h"

static char *written(slu_arena *a, slu_str text, void (*put)(html *, slu_str))
{
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 16);
	html h = { &b, 0 };
	put(&h, text);
	return slu_str_dup(a, slu_buf_str(&b));
}

T_TEST(text_and_attributes_are_escaped)
{
	slu_auto_arena *a = slu_arena_new();
	T_EQ_STR(written(a, SLU_STR("<b>&\"'"), html_text), "&lt;b&gt;&amp;\"'");
	T_EQ_STR(written(a, SLU_STR("\" onload='x' <"), html_attr), "&quot; onload=&#39;x&#39; &lt;");
	T_EQ_STR(written(a, SLU_STR("a/b c%\xC3\xA9"), html_path), "a%2Fb%20c%25%C3%A9");
}

T_TEST(what_cannot_be_seen_is_shown)
{
	slu_auto_arena *a = slu_arena_new();
	T_EQ_STR(written(a, SLU_STR("a\x01\x7f\tb"), html_text), "a\xEF\xBF\xBD\xEF\xBF\xBD\tb");
	T_EQ_STR(written(a, SLU_STR("\xff\xC3\xA9\xC3"), html_text), "\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
	T_EQ_STR(written(a, SLU_STR("x\xE2\x80\xAEy"), html_text), "x\xEF\xBF\xBDy"); /* right-to-left override */
}

T_TEST(times_are_absolute_and_relative)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024);
	html h = { &b, 1000000 };
	html_time(&h, 1000000 - 7200);
	T_HAS(b.p, "<time datetime=\"1970-01-12T11:46:40Z\">1970-01-12 11:46");
	T_HAS(b.p, "2\xC2\xA0h ago");
	slu_buf_clear(&b);
	html_time(&h, 1000060);
	T_HAS(b.p, "in 1\xC2\xA0min");
	slu_buf_clear(&b);
	html_time(&h, 0);
	T_EQ_STR(b.p, "\xE2\x80\x93");
}

T_TEST(the_ladder_puts_what_blocks_first_and_escapes_it)
{
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 16);
	html h = { &b, 0 };
	static const char *const opens[] = { "ann", "role <qa>" };
	struct pol_verdict v = { .answer = POL_DENY };
	*SLU_ADD(a, &v.row) = (struct pol_row){ .rule = "r.one", .state = POL_PASSED, .wanted = "fine", .actual = "", .remedy = "", .pos = { ".sluice/strategy.yml", 3, 1 } };
	*SLU_ADD(a, &v.row) = (struct pol_row){ .rule = "r.two", .state = POL_FAILED, .wanted = "2 approvals", .actual = "<script>", .remedy = "sluice change review 1", .opens = opens, .opens_n = 2, .pos = { ".sluice/strategy.yml", 9, 2 } };
	html_answer(&h, &v);
	html_ladder(&h, &v, "/o/r/strategy");
	T_TRUE(strstr(b.p, "r.two") < strstr(b.p, "r.one"));
	T_TRUE(strstr(b.p, "<script>") == NULL);
	T_HAS(b.p, "Blocked by 1 rule: 2 approvals.");
	T_HAS(b.p, "Opened by ann, role &lt;qa&gt;");
	T_HAS(b.p, "<a href=\"/o/r/strategy#L9\">");
	T_HAS(b.p, ".sluice/strategy.yml:9:2</a>");
}

T_TEST(an_answer_names_what_it_wants_first)
{
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 16);
	html h = { &b, 0 };
	struct pol_verdict v = { .answer = POL_DENY };
	static const char *const wanted[] = { "1 approval", "check a", "check b", "check c", "no <draft>" };
	for (size_t i = 0; i < 5; i++)
		*SLU_ADD(a, &v.row) = (struct pol_row){ .rule = "r", .state = i == 4 ? POL_FAILED : POL_WAITING, .wanted = wanted[i], .actual = "", .remedy = "" };
	html_answer(&h, &v);
	T_HAS(b.p, "Blocked by 1 rule: no &lt;draft&gt;. Then it waits for 4 things: 1 approval; check a; check b; and 1 more.");
}

T_TEST(the_line_of_a_preset_is_linked_too)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 16);
	html h = { &b, 0 };
	html_place(&h, &(struct strat_pos){ "preset:tower", 18, 13 }, "/o/r/strategy");
	T_HAS(b.p, "<a href=\"/o/r/strategy?file=preset:tower#L18\">preset:tower:18:13</a>");
	slu_buf_clear(&b);
	html_place(&h, &(struct strat_pos){ "acme/base:.sluice/strategy.yml", 3, 1 }, "/o/r/strategy"); /* not a line of the repository's own file */
	T_HAS(b.p, "<a href=\"/o/r/strategy?file=acme/base:.sluice/strategy.yml#L3\">acme/base:.sluice/strategy.yml:3:1</a>");
	slu_buf_clear(&b);
	html_place(&h, &(struct strat_pos){ "acme/base:a&b#c", 3, 1 }, "/o/r/strategy");
	T_HAS(b.p, "<span class=\"place\">acme/base:a&amp;b#c:3:1</span>");
	slu_buf_clear(&b);
	html_place(&h, &(struct strat_pos){ "built-in", 0, 0 }, "/o/r/strategy");
	T_EQ_INT(b.n, 0);
}

T_TEST(pictures_of_nothing_are_nothing)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 16);
	html h = { &b, 100 };
	svg_ramp(&h, NULL, 0, NULL, 0, 0);
	svg_lanes(&h, NULL, 0);
	T_EQ_INT(b.n, 0);
	struct svg_ramp_point p[] = { { 10, 0, false }, { 20, 10, false }, { 30, 50, true }, { 31, 0, false } };
	struct svg_measure m[] = { { 20, 3, false }, { 30, 9, true } };
	svg_ramp(&h, p, 4, &(struct svg_series){ SLU_STR("http /<x>"), 2000, m, 2 }, 1, 40);
	T_HAS(b.p, "50 %, failed");
	T_HAS(b.p, "http /&lt;x&gt;");
	T_HAS(b.p, "2000 ms");
	T_HAS(b.p, "class=\"cross\"");
	struct svg_lane lane[] = { { SLU_STR("1.0<"), 10, 20, true }, { SLU_STR("1.1"), 20, 0, false } };
	svg_lanes(&h, lane, 2);
	T_HAS(b.p, "1.0&lt;");
	T_HAS(b.p, "runs now");
}
