/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: PR-6 */
#include "web/path.h"

#include "t.h"

static const struct {
	const char *raw;
	slu_rc rc;
	const char *path; /* of SLU_OK */
} targets[] = {
	{ "/", SLU_OK, "/" },
	{ "/a/b", SLU_OK, "/a/b" },
	{ "/a/b/", SLU_OK, "/a/b" },
	{ "/a%20b", SLU_OK, "/a b" },
	{ "/git/ref/heads%2Fmain", SLU_OK, "/git/ref/heads/main" },
	{ "/%C3%A9", SLU_OK, "/\xC3\xA9" },
	{ "/a?x=%2e%2e", SLU_OK, "/a" },
	{ "/100%25", SLU_OK, "/100%" },
	{ "", SLU_E_SYNTAX, NULL },
	{ "*", SLU_E_SYNTAX, NULL },
	{ "http://other/a", SLU_E_SYNTAX, NULL },
	{ "//a", SLU_E_SYNTAX, NULL },
	{ "/a//b", SLU_E_SYNTAX, NULL },
	{ "/a/../b", SLU_E_SYNTAX, NULL },
	{ "/a/./b", SLU_E_SYNTAX, NULL },
	{ "/a/%2e%2e/b", SLU_E_SYNTAX, NULL },
	{ "/a/%2E%2e", SLU_E_SYNTAX, NULL },
	{ "/a/x%2F..%2Fy", SLU_E_SYNTAX, NULL },
	{ "/a/..%2Fy", SLU_E_SYNTAX, NULL },
	{ "/a/%252e%252e/b", SLU_E_SYNTAX, NULL },
	{ "/a%00b", SLU_E_SYNTAX, NULL },
	{ "/a%0Ab", SLU_E_SYNTAX, NULL },
	{ "/a%7F", SLU_E_SYNTAX, NULL },
	{ "/a%5Cb", SLU_E_SYNTAX, NULL },
	{ "/a\\b", SLU_E_SYNTAX, NULL },
	{ "/a%", SLU_E_SYNTAX, NULL },
	{ "/a%4", SLU_E_SYNTAX, NULL },
	{ "/a%zz", SLU_E_SYNTAX, NULL },
	{ "/%ff", SLU_E_SYNTAX, NULL },
	{ "/%C0%AE%C0%AE/x", SLU_E_SYNTAX, NULL },
	{ "/a b", SLU_E_SYNTAX, NULL },
	{ "/\xC3\xA9", SLU_E_SYNTAX, NULL },
	{ "/a#b", SLU_E_SYNTAX, NULL },
	{ "/a?x=%00", SLU_E_SYNTAX, NULL },
	{ "/a?x=%ff", SLU_E_SYNTAX, NULL },
	{ "/a?%", SLU_E_SYNTAX, NULL },
};

T_TEST(a_target_is_decoded_once_or_refused)
{
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		T_CASE("%s", targets[i].raw);
		struct web_target t;
		slu_err err = { 0 };
		slu_rc rc = web_target_parse(&t, a, slu_s(targets[i].raw), &err);
		T_EQ_INT(rc, targets[i].rc);
		if (rc == SLU_OK)
			T_EQ_STR(t.path, targets[i].path);
		else
			T_TRUE(err.text[0] != 0);
	}
}

T_TEST(a_target_is_bounded)
{
	slu_auto_arena *a = slu_arena_new();
	char *text = slu_alloc(a, WEB_MAX_TARGET + 2);
	struct web_target t;
	slu_err err = { 0 };
	memset(text, 'a', WEB_MAX_TARGET + 1);
	text[0] = '/';
	T_EQ_INT(web_target_parse(&t, a, (slu_str){ text, WEB_MAX_TARGET + 1 }, &err), SLU_E_LIMIT);
	T_EQ_INT(web_target_parse(&t, a, (slu_str){ text, WEB_MAX_TARGET }, &err), SLU_OK);
	for (size_t i = 0; i < WEB_MAX_TARGET; i += 2)
		text[i] = '/';
	T_EQ_INT(web_target_parse(&t, a, (slu_str){ text, 2 * WEB_MAX_SEGMENTS }, &err), SLU_OK);
	T_EQ_INT(web_target_parse(&t, a, (slu_str){ text, 2 * WEB_MAX_SEGMENTS + 2 }, &err), SLU_E_LIMIT);
}

static const struct {
	const char *pattern, *raw, *last;
	bool fits;
	unsigned literals;
	const char *first; /* value of the first parameter, NULL: none */
} patterns[] = {
	{ "/", "/", NULL, true, 0, NULL },
	{ "/a", "/", NULL, false, 0, NULL },
	{ "/a/{x}", "/a/b", NULL, true, 1, "b" },
	{ "/a/{x}", "/a/b%2Fc", NULL, true, 1, "b/c" },
	{ "/a/{x}", "/a", NULL, false, 0, NULL },
	{ "/a/{x}", "/a/b/c", NULL, false, 0, NULL },
	{ "/a/{x...}", "/a/b/c", NULL, true, 1, "b/c" },
	{ "/a/{x...}", "/a", NULL, false, 0, NULL },
	{ "/a/{x}", "/a/7.json", "7", true, 1, "7" },
	{ "/a/seven", "/a/seven.json", "seven", true, 2, NULL },
};

T_TEST(patterns_take_paths_apart)
{
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		T_CASE("%s %s", patterns[i].pattern, patterns[i].raw);
		struct web_target t;
		struct web_match m = { 0 };
		slu_err err = { 0 };
		T_EQ_INT(web_target_parse(&t, a, slu_s(patterns[i].raw), &err), SLU_OK);
		T_EQ_INT(web_pattern_match(&m, a, patterns[i].pattern, &t, patterns[i].last), patterns[i].fits);
		if (!patterns[i].fits)
			continue;
		T_EQ_INT(m.literals, patterns[i].literals);
		T_EQ_STR(m.param.n ? m.param.v[0].value : NULL, patterns[i].first);
	}
}

T_TEST(queries_and_forms)
{
	slu_auto_arena *a = slu_arena_new();
	struct web_target t;
	slu_err err = { 0 };
	T_EQ_INT(web_target_parse(&t, a, SLU_STR("/x?a=1&b=x+y%2Bz&&c&d=e=f"), &err), SLU_OK);
	T_EQ_INT(t.query.n, 4);
	T_EQ_STR(t.query.v[1].value, "x y+z");
	T_EQ_STR(t.query.v[2].value, "");
	T_EQ_STR(t.query.v[3].value, "e=f");
}
