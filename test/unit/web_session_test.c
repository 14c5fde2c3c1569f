/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: PR-6 */
#include "web/server_impl.h"

#include "t.h"

enum { NOW = 1800000000 };

T_TEST(a_session_stands_for_its_token)
{
	slu_auto_arena *a = slu_arena_new();
	web_sessions *s = web_sessions_new();
	char one[WEB_SESSION_NAME], two[WEB_SESSION_NAME];
	slu_str token;
	const char *csrf, *other;
	web_session_begin(s, SLU_STR("first"), NOW, one);
	web_session_begin(s, SLU_STR("second"), NOW, two);
	T_TRUE(strcmp(one, two) != 0);
	T_TRUE(web_session_find(s, a, one, NOW, &token, &csrf));
	T_EQ_SLU(token, "first");
	T_TRUE(strlen(csrf) >= 32 && strcmp(csrf, one) != 0);
	T_TRUE(web_session_find(s, a, two, NOW, &token, &other));
	T_EQ_SLU(token, "second");
	T_TRUE(strcmp(csrf, other) != 0);
	T_FALSE(web_session_find(s, a, "", NOW, &token, &csrf));
	T_FALSE(web_session_find(s, a, "x", NOW, &token, &csrf));
	web_session_end(s, one);
	T_FALSE(web_session_find(s, a, one, NOW, &token, &csrf));
	T_TRUE(web_session_find(s, a, two, NOW, &token, &csrf));
	web_sessions_free(s);
}

T_TEST(a_session_ends_by_itself)
{
	slu_auto_arena *a = slu_arena_new();
	web_sessions *s = web_sessions_new();
	char name[WEB_SESSION_NAME];
	slu_str token;
	const char *csrf;
	web_session_begin(s, SLU_STR("t"), NOW, name);
	T_TRUE(web_session_find(s, a, name, NOW + WEB_SESSION_S, &token, &csrf));
	T_FALSE(web_session_find(s, a, name, NOW + WEB_SESSION_S + 1, &token, &csrf));
	web_sessions_free(s);
}

T_TEST(sessions_are_bounded_and_the_longest_unused_goes)
{
	slu_auto_arena *a = slu_arena_new();
	web_sessions *s = web_sessions_new();
	char first[WEB_SESSION_NAME], second[WEB_SESSION_NAME], name[WEB_SESSION_NAME];
	slu_str token;
	const char *csrf;
	web_session_begin(s, SLU_STR("first"), NOW, first);
	web_session_begin(s, SLU_STR("second"), NOW + 1, second);
	for (int i = 2; i < WEB_SESSIONS; i++)
		web_session_begin(s, SLU_STR("t"), NOW + 2, name);
	T_TRUE(web_session_find(s, a, first, NOW + 3, &token, &csrf)); /* used: not the oldest any more */
	web_session_begin(s, SLU_STR("one more"), NOW + 4, name);
	T_TRUE(web_session_find(s, a, first, NOW + 4, &token, &csrf));
	T_FALSE(web_session_find(s, a, second, NOW + 4, &token, &csrf));
	T_TRUE(web_session_find(s, a, name, NOW + 4, &token, &csrf));
	web_sessions_free(s);
}

static const struct { const char *text; unsigned max; slu_rc rc; } depths[] = {
	{ "", 1, SLU_OK },
	{ "{}", 1, SLU_OK },
	{ "[[]]", 1, SLU_E_SYNTAX },
	{ "[[]]", 2, SLU_OK },
	{ "[[],[],[]]", 2, SLU_OK },
	{ "[\"[[[[\"]", 1, SLU_OK },
	{ "[\"\\\"[[[[\"]", 1, SLU_OK },
	{ "[\"\\\\\",[[]]]", 2, SLU_E_SYNTAX },
	{ "]]]][", 1, SLU_OK },
	{ "{\"a\":{\"b\":{}}}", 2, SLU_E_SYNTAX },
};

T_TEST(json_is_as_deep_as_it_may_be)
{
	for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
		T_CASE("%s", depths[i].text);
		slu_err err = { 0 };
		T_EQ_INT(web_json_depth(slu_s(depths[i].text), depths[i].max, &err), depths[i].rc);
	}
}
