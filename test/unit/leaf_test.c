/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RC-3 */
#include "audit/leaf.h"

#include "t.h"

T_TEST(one_value_has_one_text)
{
	static const struct {
		slu_str in;
		const char *out;
	} rows[] = { { SLU_STR_INIT("{}"), "{}" },
		     { SLU_STR_INIT(" [ ] \n"), "[]" },
		     { SLU_STR_INIT("{ \"b\" : 1 , \"a\" : [ true, false , null ] }"), "{\"a\":[true,false,null],\"b\":1}" },
		     { SLU_STR_INIT("{\"b\":{\"d\":1,\"c\":2},\"a\":{}}"), "{\"a\":{},\"b\":{\"c\":2,\"d\":1}}" },
		     { SLU_STR_INIT("[3,1,2]"), "[3,1,2]" },
		     { SLU_STR_INIT("{\"10\":1,\"1\":2,\"\":3,\"a\":4,\"A\":5}"), "{\"\":3,\"1\":2,\"10\":1,\"A\":5,\"a\":4}" },
		     { SLU_STR_INIT("\"\\u0041\\/\\\"\\\\\\b\\f\\n\\r\\t\\u001F\\u0000\""), "\"A/\\\"\\\\\\b\\f\\n\\r\\t\\u001f\\u0000\"" },
		     { SLU_STR_INIT("\"\\u20ac\\uD83D\\ude00\\u00e4\""), "\"\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa4\"" },
		     { SLU_STR_INIT("\"\x7f\xe2\x80\xa8\""), "\"\x7f\xe2\x80\xa8\"" },
		     { SLU_STR_INIT("[0,-1,9007199254740991,-9007199254740991]"), "[0,-1,9007199254740991,-9007199254740991]" },
		     /* the example of RFC 8785, section 3.2.3 */
		     { SLU_STR_INIT("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\"1\":\"One\","
			       "\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}"),
		       "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\","
		       "\"\xe2\x82\xac\":\"Euro Sign\",\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_auto_buf got, again;
		slu_err err = { 0 };
		slu_buf_init(&got, 1000);
		slu_buf_init(&again, 1000);
		T_OK(aud_canonical(&got, rows[i].in, &err), err);
		T_EQ_STR(got.p, rows[i].out);
		T_OK(aud_canonical(&again, slu_buf_str(&got), &err), err);
		T_EQ_STR(again.p, rows[i].out);
	}
}

T_TEST(what_has_no_canonical_text)
{
	static const struct {
		slu_str in;
		uint32_t line, column;
		const char *says;
	} rows[] = { { SLU_STR_INIT(""), 1, 1, "a value" },
		     { SLU_STR_INIT("{"), 1, 2, "key" },
		     { SLU_STR_INIT("{\"a\"}"), 1, 5, "colon" },
		     { SLU_STR_INIT("{\"a\":1,}"), 1, 8, "key" },
		     { SLU_STR_INIT("[1,]"), 1, 4, "a value" },
		     { SLU_STR_INIT("[1 2]"), 1, 4, "comma" },
		     { SLU_STR_INIT("[1}"), 1, 3, "closing bracket" },
		     { SLU_STR_INIT("{\n  \"a\": 1,\n  \"a\": 2\n}"), 1, 1, "twice" },
		     { SLU_STR_INIT("{\"\\u0061\":1,\"a\":2}"), 1, 1, "twice" },
		     { SLU_STR_INIT("{\n \"x\": 1.5}"), 2, 7, "whole numbers" },
		     { SLU_STR_INIT("1e3"), 1, 1, "whole numbers" },
		     { SLU_STR_INIT("01"), 1, 1, "canonical form" },
		     { SLU_STR_INIT("-0"), 1, 1, "canonical form" },
		     { SLU_STR_INIT("-"), 1, 1, "a value" },
		     { SLU_STR_INIT("9007199254740992"), 1, 1, "beyond" },
		     { SLU_STR_INIT("99999999999999999999999"), 1, 1, "beyond" },
		     { SLU_STR_INIT("nul"), 1, 1, "a value" },
		     { SLU_STR_INIT("true false"), 1, 6, "follows" },
		     { SLU_STR_INIT("\"a"), 1, 1, "without its end" },
		     { SLU_STR_INIT("\"a\\"), 1, 1, "without its end" },
		     { SLU_STR_INIT("\"\\x\""), 1, 2, "escape" },
		     { SLU_STR_INIT("\"\\u12g4\""), 1, 2, "escape" },
		     { SLU_STR_INIT("\"\\u12"), 1, 1, "without its end" },
		     { SLU_STR_INIT("\"\\ud83d\""), 1, 2, "surrogate" },
		     { SLU_STR_INIT("\"\\ud83dx\\ude00\""), 1, 2, "surrogate" },
		     { SLU_STR_INIT("\"\\ud83d\\u0041\""), 1, 2, "surrogate" },
		     { SLU_STR_INIT("\"\\ude00\""), 1, 2, "surrogate" },
		     { SLU_STR_INIT("\"a\xff\""), 1, 3, "UTF-8" },
		     { SLU_STR_INIT("\"a\nb\""), 1, 3, "control" },
		     { SLU_STR_INIT("\"a\0b\""), 1, 3, "control" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu: %.*s", i, SLU_FMT(rows[i].in));
		slu_auto_buf got;
		slu_err err = { 0 };
		slu_buf_init(&got, 1000);
		slu_buf_adds(&got, "before");
		T_RC(aud_canonical(&got, rows[i].in, &err), SLU_E_INVALID);
		T_EQ_STR(got.p, "before");
		T_HAS(err.text, rows[i].says);
		T_EQ_INT(err.line, rows[i].line);
		T_EQ_INT(err.column, rows[i].column);
	}
}

T_TEST(depth_and_length_are_bounded)
{
	char deep[81] = { 0 };
	slu_auto_buf got, tight;
	slu_buf_init(&got, AUD_LEAF_MAX);
	slu_buf_init(&tight, 12);
	memset(deep, '[', 32);
	memset(deep + 32, ']', 32);
	T_RC(aud_canonical(&got, slu_s(deep), NULL), SLU_OK);
	memset(deep, '[', 33);
	memset(deep + 33, ']', 33);
	T_RC(aud_canonical(&got, slu_s(deep), NULL), SLU_E_INVALID);
	slu_buf_adds(&tight, "12");
	T_RC(aud_canonical(&tight, SLU_STR("[\"0123456\"]"), NULL), SLU_E_LIMIT);
	T_EQ_STR(tight.p, "12");
	T_RC(aud_canonical(&tight, SLU_STR("[\"012345\"]"), NULL), SLU_OK);
	T_EQ_STR(tight.p, "12[\"012345\"]");
	static char large[AUD_LEAF_MAX + 1];
	memset(large, ' ', sizeof large);
	large[0] = '1';
	T_RC(aud_canonical(&got, (slu_str){ large, sizeof large }, NULL), SLU_E_LIMIT);
}

T_TEST(an_event_as_its_leaf)
{
	slu_auto_buf got;
	slu_err err = { 0 };
	slu_buf_init(&got, AUD_LEAF_MAX);
	struct aud_event e = { 7,	      1767603600,	     SLU_STR("acme/app"), SLU_STR("ada \"l\""),
			       SLU_STR("push.accepted"), SLU_STR("{\"ref\":\"refs/heads/main\",\"forced\":false}") };
	T_OK(aud_leaf(&got, &e, &err), err);
	T_EQ_STR(got.p, "{\"actor\":\"ada \\\"l\\\"\",\"data\":{\"forced\":false,\"ref\":\"refs/heads/main\"},\"kind\":\"push.accepted\","
			"\"repo\":\"acme/app\",\"seq\":7,\"time\":\"2026-01-05T09:00:00Z\",\"v\":1}");
	slu_auto_buf again;
	slu_buf_init(&again, AUD_LEAF_MAX);
	T_OK(aud_canonical(&again, slu_buf_str(&got), &err), err);
	T_EQ_STR(again.p, got.p); /* the whole line is canonical, not only its data */
	slu_buf_clear(&got);
	e = (struct aud_event){ .seq = 1, .kind = SLU_STR("server.started") };
	T_OK(aud_leaf(&got, &e, &err), err);
	T_EQ_STR(got.p, "{\"actor\":\"\",\"data\":{},\"kind\":\"server.started\",\"repo\":\"\",\"seq\":1,\"time\":\"1970-01-01T00:00:00Z\",\"v\":1}");
}

T_TEST(what_is_no_event)
{
	static const struct aud_event rows[] = {
		{ .seq = 1 },
		{ .kind = SLU_STR_INIT("k") },
		{ .seq = UINT64_MAX, .kind = SLU_STR_INIT("k") },
		{ .seq = 1, .kind = SLU_STR_INIT("k"), .time = -1 },
		{ .seq = 1, .kind = SLU_STR_INIT("k"), .time = INT64_C(253402300800) },
		{ .seq = 1, .kind = SLU_STR_INIT("k\xff") },
		{ .seq = 1, .kind = SLU_STR_INIT("k"), .actor = SLU_STR_INIT("\xc3") },
		{ .seq = 1, .kind = SLU_STR_INIT("k"), .repo = SLU_STR_INIT("\xed\xa0\x80") },
		{ .seq = 1, .kind = SLU_STR_INIT("k"), .data = SLU_STR_INIT("[]") },
		{ .seq = 1, .kind = SLU_STR_INIT("k"), .data = SLU_STR_INIT("{") },
		{ .seq = 1, .kind = SLU_STR_INIT("k"), .data = SLU_STR_INIT("{\"a\":0.5}") },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_auto_buf got;
		slu_err err = { 0 };
		slu_buf_init(&got, AUD_LEAF_MAX);
		T_RC(aud_leaf(&got, &rows[i], &err), SLU_E_INVALID);
		T_TRUE(err.text[0] != '\0');
		T_EQ_STR(got.p, "");
	}
	slu_auto_buf tight;
	slu_buf_init(&tight, 20);
	struct aud_event fine = { .seq = 1, .kind = SLU_STR("k") };
	T_RC(aud_leaf(&tight, &fine, NULL), SLU_E_LIMIT);
	T_EQ_STR(tight.p, "");
}
