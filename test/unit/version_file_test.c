/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RL-2 */
#include "version/version_file.h"

#include "t.h"

T_TEST(text_template_changes_only_the_version)
{
	static const struct {
		const char *old, *template_, *want;
	} rows[] = {
		{ "", "{version}", "2.1.0\n" },
		{ "\n", "v{version}", "v2.1.0\n" },
		{ "2.0.9\n", "{version}", "2.1.0\n" },
		{ "v2.0.9\nv1.0.0\n", "v{version}", "v2.1.0\nv1.0.0\n" },
		{ "name = \"x\"\nversion = \"0.9.10-rc.1+b7\"\n", "version = \"{version}\"", "name = \"x\"\nversion = \"2.1.0\"\n" },
		{ "a 10.2.3.4 then version=1.2.3;", "version={version};", "a 10.2.3.4 then version=2.1.0;" },
		{ "set(VERSION 1.2.3.)", "VERSION {version}", "set(VERSION 2.1.0.)" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slu_auto_arena *a = slu_arena_new();
		slu_err err = { 0 };
		slu_str out;
		T_CASE("%zu", i);
		T_OK(ver_file_in_text(&out, a, slu_s(rows[i].old), slu_s(rows[i].template_), SLU_STR("2.1.0"), "VERSION", &err), err);
		T_EQ_SLU(out, rows[i].want);
	}
}

T_TEST(json_pointer_changes_only_the_string)
{
	static const struct {
		const char *old, *pointer, *want;
		slu_rc rc;
	} rows[] = {
		{ "{\"name\": \"a\",\n  \"version\" : \"1.0.0\", \"x\":[1]}\n", "/version", "{\"name\": \"a\",\n  \"version\" : \"2.1.0\", \"x\":[1]}\n", SLU_OK },
		{ "{\"version\":\"9\",\"a\":{\"version\":\"1\"}}", "/a/version", "{\"version\":\"9\",\"a\":{\"version\":\"2.1.0\"}}", SLU_OK },
		{ "{\"a\":[{\"v\":\"0\"},{\"v\":\"1\"}]}", "/a/1/v", "{\"a\":[{\"v\":\"0\"},{\"v\":\"2.1.0\"}]}", SLU_OK },
		{ "{\"a/b\":\"1\"}", "/a~1b", "{\"a/b\":\"2.1.0\"}", SLU_OK },
		{ "{\"s\":\"\\\"version\\\":\\\"no\\\"\",\"version\":\"1\"}", "/version", "{\"s\":\"\\\"version\\\":\\\"no\\\"\",\"version\":\"2.1.0\"}", SLU_OK },
		{ "{\"version\":1}", "/version", NULL, SLU_E_CONFLICT },
		{ "{\"v\":\"1\"}", "/version", NULL, SLU_E_CONFLICT },
		{ "{}", "/version", NULL, SLU_E_CONFLICT },
		{ "[]", "/0", NULL, SLU_E_CONFLICT },
		{ "{\"version\":\"1\"", "/version", NULL, SLU_E_CONFLICT },
		{ "", "/version", NULL, SLU_E_CONFLICT },
		{ "{\"version\":\"1\"}", "version", NULL, SLU_E_STRATEGY },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slu_auto_arena *a = slu_arena_new();
		slu_err err = { 0 };
		slu_str out = SLU_STR("untouched");
		T_CASE("%zu", i);
		T_RC(ver_file_in_json(&out, a, slu_s(rows[i].old), slu_s(rows[i].pointer), SLU_STR("2.1.0"), "package.json", &err), rows[i].rc);
		T_EQ_SLU(out, rows[i].want ? rows[i].want : "untouched");
	}
}

T_TEST(deep_nesting_ends_in_an_error)
{
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf deep;
	slu_err err = { 0 };
	slu_str out;
	slu_buf_init(&deep, 1 << 20);
	for (int i = 0; i < 100000; i++)
		slu_buf_addc(&deep, '[');
	T_RC(ver_file_in_json(&out, a, slu_buf_str(&deep), SLU_STR("/0"), SLU_STR("1.0.0"), "x.json", &err), SLU_E_CONFLICT);
}

T_TEST(a_template_that_fits_nowhere_names_the_file)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	slu_str out;
	T_RC(ver_file_in_text(&out, a, SLU_STR("no number\n"), SLU_STR("version = {version}"), SLU_STR("1.0.0"), "pyproject.toml", &err), SLU_E_CONFLICT);
	T_HAS(err.text, "pyproject.toml");
	T_RC(ver_file_in_text(&out, a, SLU_STR("x"), SLU_STR("version"), SLU_STR("1.0.0"), "V", &err), SLU_E_STRATEGY);
}

T_TEST(what_a_file_says)
{
	static const struct {
		const char *text, *template_, *pointer, *want;
		slu_rc rc;
	} rows[] = {
		{ "2.0.9\n", "{version}", "", "2.0.9", SLU_OK },
		{ "v2.0.9-rc.1\n", "v{version}", "", "2.0.9-rc.1", SLU_OK },
		{ "a\nversion = \"0.9.1\"\n", "version = \"{version}\"", "", "0.9.1", SLU_OK },
		{ "{\"a\": {\"version\": \"1.2.3\"}}", "", "/a/version", "1.2.3", SLU_OK },
		{ "{\"version\": \"next\"}", "", "/version", "next", SLU_OK },
		{ "", "{version}", "", "", SLU_E_NOT_FOUND },
		{ " \n", "", "/version", "", SLU_E_NOT_FOUND },
		{ "two\n", "{version}", "", "", SLU_E_CONFLICT },
		{ "{\"version\": 2}", "", "/version", "", SLU_E_CONFLICT },
		{ "{}", "", "/version", "", SLU_E_CONFLICT },
		{ "1.2.3\n", "version", "", "", SLU_E_STRATEGY },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slu_err err = { 0 };
		slu_str out = { 0 };
		T_CASE("%zu", i);
		T_EQ_INT(ver_file_says(&out, slu_s(rows[i].text), slu_s(rows[i].template_), slu_s(rows[i].pointer), "VERSION", &err), rows[i].rc);
		if (rows[i].rc == SLU_OK)
			T_EQ_SLU(out, rows[i].want);
	}
}
