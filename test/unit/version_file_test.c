/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RL-2 */
#include "version/version_file.h"

#include "t.h"

#include <stdlib.h>
#include <string.h>

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
		T_RC(ver_file_at_pointer(&out, a, slu_s(rows[i].old), slu_s(rows[i].pointer), SLU_STR("2.1.0"), "package.json", &err), rows[i].rc);
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
	T_RC(ver_file_at_pointer(&out, a, slu_buf_str(&deep), SLU_STR("/0"), SLU_STR("1.0.0"), "x.json", &err), SLU_E_CONFLICT);
}

/* `<1>` in the text is where the version stands; without one the file must be refused. */
struct pointed { const char *name, *pointer, *text; };
static const struct pointed pointed[] = {
	{ "Cargo.toml", "/package/version", "[package]\nname = \"a\" # \"\nversion = \"<1>\"\n[dependencies]\nb = {version = \"9\"}\n" },
	{ "p.toml", "/tool/poetry/version", "version = '9'\n[[tool.mypy.x]]\nversion='8'\n[tool . \"poetry\"]\r\nversion = '<1>' # that\r\n" },
	{ "p.toml", "/a/b", "a.b = \"<1>\"\nc = '''\na.b = \"9\"\n'''\n" },
	{ "p.toml", "/a/b", "x = [ \"[a]\", # ]\n \"b = 2\" ]\ny = { z = \"}\" }\n[a]\nb = \"v<1>\"\n" },
	{ "p.toml", "/a/b", "x = \"\"\"\n[a]\nb = \"9\"\n\\\"\"\" \"\"\"\n[a]\nb=\"<1>\"" },
	{ "p.toml", "/a/b", "[[a]]\nb = \"9\"\n" },
	{ "p.toml", "/a/b", "[a]\nb = 1.0\n" },
	{ "p.toml", "/a/b", "[a]\nb = \"\"\"9\"\"\"\n" },
	{ "p.toml", "/a/b", "[a]\nb = \"9\"\nb = \"8\"\n" },
	{ "p.toml", "/a/b", "[a]\nb = \"9\n" },
	{ "p.toml", "/a/b", "[a]\nb = \"9\" 8\n" },
	{ "p.toml", "/a/b", "[a\nb = \"9\"\n" },
	{ "p.toml", "/a/b", "[c]\nb = \"9\"\n" },
	{ "p.toml", "/a/b", "x = [[[\n[a]\nb = \"9\"\n" },
	{ "Chart.yaml", "/version", "# version: 8\nname: x\nversion: <1> # it\nappVersion: 9\n" },
	{ "a.yml", "/info/version", "%YAML 1.2\n---\nversion: 9\ntext: |\n  info:\n    version: 8\nlist:\n- version: 7\n- info: 6\ninfo:\n\n    title: 'it''s: x'\n    deep:\n        version: 5\n    \"version\": \"<1>\"\n" },
	{ "a.yml", "/a/b", "a:\r\n  b: 'v<1>'\r\n" },
	{ "a.yml", "/a/b", "a: {b: 9}\n" },
	{ "a.yml", "/a/b", "a:\n- b: 9\n" },
	{ "a.yml", "/a/b", "a: |\n  b: 9\n" },
	{ "a.yml", "/a/b", "a:\nb: 9\n" },
	{ "a.yml", "/a/b", "a:\n  c: 1\nb: 9\n" },
	{ "a.yml", "/a/b", "a:\n  b: &x 9\n" },
	{ "a.yml", "/a/b", "a:\n  b: \"9\n    8\"\n" },
	{ "a.yml", "/a/b", "a:\n  b:\n    c: 9\n" },
	{ "a.yml", "/a/b", "a:\n\tb: 9\n" },
	{ "a.yml", "/a/b", "x: 1\n---\na:\n  b: 9\n" },
	{ "a.yml", "/b", "a: 1\n b: 2\nc: \"x\n  b: 9\n  y\"\n" },
	{ "pom.xml", "/project/version", "<?xml version=\"1.0\"?>\n<!-- <project><version>9</version> -->\n<project a='>'><parent><version>8</version></parent>\n<version> <1> </version></project>" },
	{ "a.csproj", "/Project/PropertyGroup/Version", "<Project Sdk=\"x\"><PropertyGroup/><PropertyGroup><Version>v<1></Version></PropertyGroup></Project>" },
	{ "a.xml", "/widget/@version", "<widget id=\"9\"  version = '<1>'><version>8</version></widget>" },
	{ "a.xml", "/a/b", "<a><![CDATA[<b>9</b>]]><b>9&#46;1</b></a>" },
	{ "a.xml", "/a/b", "<a><b><c/>9</b></a>" },
	{ "a.xml", "/a/b", "<a><b/></a>" },
	{ "a.xml", "/a/b", "<a><c></a><b>9</b></c>" },
	{ "a.xml", "/a/b", "<!DOCTYPE a [<!ENTITY x \"9\">]><a><b>9</b></a>" },
	{ "a.xml", "/a/b", "<a><b>9</a></b>" },
	{ "a.xml", "/a/b", "<a><b>9" },
	{ "a.xml", "/a/b", "<a x=><b>9</b></a>" },
	{ "a.xml", "/a/b", "<b>9</b>" },
};

/* The text with `with` where `<1>` is. */
static const char *filled(slu_arena *a, const char *text, const char *with)
{
	const char *hole = strstr(text, "<1>");
	return hole ? slu_printf(a, "%.*s%s%s", (int)(hole - text), text, with, hole + 3) : text;
}

T_TEST(a_pointer_into_toml_yaml_and_xml_changes_only_the_version)
{
	for (size_t i = 0; i < sizeof pointed / sizeof pointed[0]; i++) {
		slu_auto_arena *a = slu_arena_new();
		slu_err err = { 0 };
		slu_str out = SLU_STR("untouched"), said = SLU_STR("untouched");
		bool there = strstr(pointed[i].text, "<1>") != NULL;
		const struct ver_file f = { .pointer = slu_s(pointed[i].pointer) };
		slu_str old = slu_s(filled(a, pointed[i].text, "1.0.0"));
		T_CASE("%zu", i);
		T_RC(ver_file_write(&out, a, old, &f, SLU_STR("2.1.0-rc.1"), pointed[i].name, &err), there ? SLU_OK : SLU_E_CONFLICT);
		T_EQ_SLU(out, there ? filled(a, pointed[i].text, "2.1.0-rc.1") : "untouched");
		T_RC(ver_file_says(&said, old, &f, pointed[i].name, &err), there ? SLU_OK : SLU_E_CONFLICT);
		T_EQ_SLU(said, there ? "1.0.0" : "untouched");
	}
}

/* Every byte of a file that is cut off there is another one in turn: an answer, and nothing beyond the end. */
static void broken(const struct pointed *x, const char *whole, size_t cut)
{
	static const char bytes[] = "\"'[]{}<>/=:#-\n\\ \t\r.&";
	const struct ver_file f = { .pointer = slu_s(x->pointer) };
	char *exact = malloc(cut); /* of its own: a sanitizer sees what reads behind it */
	bool fine = exact != NULL;
	for (size_t b = 0; fine && b < sizeof bytes; b++) {
		slu_err err = { 0 };
		slu_str out = { 0 };
		memcpy(exact, whole, cut);
		exact[cut - 1] = b ? bytes[b] : exact[cut - 1];
		slu_rc rc = ver_file_says(&out, (slu_str){ exact, cut }, &f, x->name, &err);
		fine = rc == SLU_OK ? out.p >= exact && out.p + out.n <= exact + cut : rc == SLU_E_CONFLICT || rc == SLU_E_NOT_FOUND;
	}
	free(exact);
	T_EQ_INT(fine, true);
}

T_TEST(files_that_are_broken_anywhere_get_an_answer)
{
	for (size_t i = 0; i < sizeof pointed / sizeof pointed[0]; i++) {
		slu_auto_arena *a = slu_arena_new();
		const char *whole = filled(a, pointed[i].text, "1.0.0");
		T_CASE("%zu", i);
		for (size_t cut = 1; cut <= strlen(whole); cut++)
			broken(&pointed[i], whole, cut);
	}
}

T_TEST(deep_files_end_in_an_error)
{
	static const struct { const char *name, *piece; } rows[] = { { "a.toml", "a." }, { "a.xml", "<a>" }, { "a.toml", "x=[" }, { "a.yaml", "? " } };
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	slu_str out;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slu_auto_buf deep;
		slu_buf_init(&deep, 1 << 20);
		for (int k = 0; k < 100000; k++)
			slu_buf_adds(&deep, rows[i].piece);
		T_CASE("%zu", i);
		T_RC(ver_file_at_pointer(&out, a, slu_buf_str(&deep), SLU_STR("/a/b"), SLU_STR("1.0.0"), rows[i].name, &err), SLU_E_CONFLICT);
	}
	T_RC(ver_file_at_pointer(&out, a, SLU_STR("{}"), SLU_STR("/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z"), SLU_STR("1.0.0"), "a.json", &err), SLU_E_STRATEGY);
}

T_TEST(the_line_with_the_mark_is_meant)
{
	static const struct {
		const char *old, *want;
		slu_rc rc;
	} rows[] = {
		{ "a 9.9.9\nVERSION = '1.0.0'; // x-version\n", "a 9.9.9\nVERSION = '2.1.0'; // x-version\n", SLU_OK },
		{ "VERSION = \"v1.0.0\" # x-version", "VERSION = \"v2.1.0\" # x-version", SLU_OK },
		{ "#define V \"1.0.0-rc.1\" /* x-version */", "#define V \"2.1.0\" /* x-version */", SLU_OK },
		{ "1.0.0 x-version\n2.0.0 x-version\n", NULL, SLU_E_CONFLICT },
		{ "one x-version\n2.0.0\n", NULL, SLU_E_CONFLICT },
		{ "2.0.0\n", NULL, SLU_E_CONFLICT },
		{ "v1.0.0x-version\n", "v2.1.0x-version\n", SLU_OK },
		{ "x-version1.0.0\n", "x-version2.1.0\n", SLU_OK },
		{ "", NULL, SLU_E_CONFLICT },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slu_auto_arena *a = slu_arena_new();
		slu_err err = { 0 };
		slu_str out = SLU_STR("untouched");
		const struct ver_file f = { .mark = SLU_STR("x-version") };
		T_CASE("%zu", i);
		T_RC(ver_file_write(&out, a, slu_s(rows[i].old), &f, SLU_STR("2.1.0"), "v.c", &err), rows[i].rc);
		T_EQ_SLU(out, rows[i].want ? rows[i].want : "untouched");
	}
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
		{ "{\"version\": \"v1.2.3\"}", "", "/version", "1.2.3", SLU_OK },
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
		const struct ver_file f = { .text = slu_s(rows[i].template_), .pointer = slu_s(rows[i].pointer) };
		T_EQ_INT(ver_file_says(&out, slu_s(rows[i].text), &f, "VERSION", &err), rows[i].rc);
		if (rows[i].rc == SLU_OK)
			T_EQ_SLU(out, rows[i].want);
	}
}
