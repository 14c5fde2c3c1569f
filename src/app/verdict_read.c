/* SPDX-License-Identifier: Apache-2.0 */
#include "app/verdict_read.h"

#include "base/quantity.h"

#include <jansson.h>

static const char *text(slu_arena *a, const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));
	return s ? slu_strdup(a, s) : "";
}

static int64_t time_of(const json_t *j)
{
	const char *s = json_string_value(json_object_get(j, "until"));
	int64_t t = 0;
	return s && slu_time_parse(&t, slu_s(s), NULL) == SLU_OK ? t : 0;
}

static enum pol_state state_of(const char *word)
{
	for (int s = POL_PASSED; s <= POL_EVALUATED; s++)
		if (strcmp(pol_state_word((enum pol_state)s), word) == 0)
			return (enum pol_state)s;
	return POL_FAILED;
}

static void row_of(struct pol_row *row, slu_arena *a, const json_t *j)
{
	json_t *opens = json_object_get(j, "opens"), *o;
	const char **list = SLU_NEW_N(a, const char *, json_array_size(opens) + 1);
	size_t i, n = 0;
	json_array_foreach(opens, i, o)
		if (json_is_string(o))
			list[n++] = slu_strdup(a, json_string_value(o));
	*row = (struct pol_row){
		.rule = text(a, j, "rule"), .wanted = text(a, j, "wanted"), .actual = text(a, j, "actual"), .remedy = text(a, j, "remedy"),
		.pos = { .file = text(a, j, "file"), .line = (uint32_t)json_integer_value(json_object_get(j, "line")), .column = (uint32_t)json_integer_value(json_object_get(j, "column")) },
		.state = state_of(text(a, j, "state")), .opens = list, .opens_n = n, .until_s = time_of(j),
	};
}

static void follow_of(struct pol_follow *f, slu_arena *a, const json_t *j)
{
	const char *act = text(a, j, "act");
	*f = (struct pol_follow){ .ref = text(a, j, "ref"), .tag_class = STRAT_NONE };
	f->kind = strcmp(act, "tag") == 0 ? POL_FOLLOW_TAG : strcmp(act, "also-into") == 0 ? POL_FOLLOW_ALSO_INTO : strcmp(act, "back-merge") == 0 ? POL_FOLLOW_BACK_MERGE : POL_FOLLOW_DELETE;
}

void app_verdict_read(struct pol_verdict *out, slu_arena *a, const json_t *verdict)
{
	struct pol_verdict v = { .digest = text(a, json_object_get(verdict, "strategy"), "digest"), .until_s = time_of(verdict) };
	const char *answer = text(a, verdict, "verdict");
	v.answer = strcmp(answer, "allow") == 0 ? POL_ALLOW : strcmp(answer, "wait") == 0 ? POL_WAIT : POL_DENY;
	size_t i;
	json_t *j;
	json_array_foreach(json_object_get(verdict, "rules"), i, j)
		row_of(SLU_ADD(a, &v.row), a, j);
	json_array_foreach(json_object_get(verdict, "follows"), i, j)
		follow_of(SLU_ADD(a, &v.follow), a, j);
	*out = v;
}
