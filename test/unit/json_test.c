/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "t.h"

T_TEST(nesting_and_commas)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1000);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "name", "main");
	slu_json_kv_z(&j, "none", NULL);
	slu_json_kv_int(&j, "low", INT64_MIN);
	slu_json_kv_bool(&j, "yes", true);
	slu_json_kv_str(&j, "part", (slu_str){ "abc", 2 });
	slu_json_key(&j, "list");
	slu_json_open(&j, '[');
	slu_json_int(&j, 1);
	slu_json_null(&j);
	slu_json_open(&j, '{');
	slu_json_close(&j, '}');
	slu_json_open(&j, '[');
	slu_json_close(&j, ']');
	slu_json_raw(&j, SLU_STR("2.5"));
	slu_json_close(&j, ']');
	slu_json_kv_bool(&j, "no", false);
	slu_json_close(&j, '}');
	T_EQ_STR(b.p, "{\"name\":\"main\",\"none\":null,\"low\":-9223372036854775808,\"yes\":true,\"part\":\"ab\",\"list\":[1,null,{},[],2.5],\"no\":false}");
}

T_TEST(strings_for_a_terminal_too)
{
	static const char in[] = "a\xe2\x80\xae" "b\x7f\xc2\x9b\xe2\x80\x8b\xf3\xa0\x80\xa1\xff \xc3\xbc\xf0\x9f\x98\x80\"";
	slu_auto_buf b;
	slu_buf_init(&b, 1000);
	slu_json j = slu_json_shown(&b);
	slu_json_str(&j, SLU_STR(in));
	T_EQ_STR(b.p, "\"a\\u202eb\\u007f\\u009b\\u200b\\udb40\\udc21\xef\xbf\xbd \xc3\xbc\xf0\x9f\x98\x80\\\"\"");
}

T_TEST(strings)
{
	static const struct {
		slu_str in;
		const char *out;
	} rows[] = { { { "", 0 }, "\"\"" },
		     { { NULL, 0 }, "\"\"" },
		     { { "a\"b\\c/", 6 }, "\"a\\\"b\\\\c/\"" },
		     { { "\b\f\n\r\t", 5 }, "\"\\b\\f\\n\\r\\t\"" },
		     { { "\0\x01\x1f\x7f", 4 }, "\"\\u0000\\u0001\\u001f\x7f\"" },
		     { { "\xe2\x82\xac!", 4 }, "\"\xe2\x82\xac!\"" },
		     { { "a\xff\xe2\x82z", 5 }, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		T_CASE("row %zu", i);
		slu_auto_buf b;
		slu_buf_init(&b, 1000);
		slu_json j = slu_json_to(&b);
		slu_json_str(&j, rows[i].in);
		T_EQ_STR(b.p, rows[i].out);
	}
}
