/* SPDX-License-Identifier: Apache-2.0 */
/** A verdict that came as JSON, shown as the ladder that one made here is. */
#include "base/quantity.h"
#include "cmd/cmd.h"
#include "policy/pol.h"

#include <jansson.h>
#include <string.h>

static enum pol_state state_of(const char *word)
{
	for (int s = POL_PASSED; s <= POL_EVALUATED; s++)
		if (strcmp(pol_state_word((enum pol_state)s), word) == 0)
			return (enum pol_state)s;
	return POL_FAILED;
}

static int64_t time_of(const char *text)
{
	int64_t t = 0;
	return slu_time_parse(&t, slu_s(text), NULL) == SLU_OK ? t : 0;
}

static void row_of(struct cmd_ctx *c, struct pol_row *row, const json_t *j)
{
	json_t *opens = json_object_get(j, "opens"), *o;
	const char **list = SLU_NEW_N(c->a, const char *, json_array_size(opens) + 1);
	size_t i, n = 0;
	json_array_foreach(opens, i, o)
		if (json_is_string(o))
			list[n++] = json_string_value(o);
	*row = (struct pol_row){
		.rule = cmd_j_str(j, "rule"), .wanted = cmd_j_str(j, "wanted"), .actual = cmd_j_str(j, "actual"), .remedy = cmd_j_str(j, "remedy"),
		.pos = { .file = cmd_j_str(j, "file"), .line = (uint32_t)cmd_j_int(j, "line"), .column = (uint32_t)cmd_j_int(j, "column") },
		.state = state_of(cmd_j_str(j, "state")), .opens = list, .opens_n = n, .until_s = time_of(cmd_j_str(j, "until")),
	};
}

const char *cmd_verdict_more(struct cmd_ctx *c, const json_t *verdict)
{
	int64_t change = cmd_j_int(verdict, "action.change");
	bool merge = strcmp(cmd_j_str(verdict, "action.verb"), "merge") == 0;
	return change && merge ? slu_printf(c->a, "sluice why merge %lld --all", (long long)change) : "";
}

int cmd_verdict_show(struct cmd_ctx *c, FILE *to, const json_t *verdict, const char *more)
{
	struct pol_verdict v = { .digest = cmd_j_str(verdict, "strategy.digest"), .until_s = time_of(cmd_j_str(verdict, "until")) };
	const char *answer = cmd_j_str(verdict, "verdict");
	v.answer = strcmp(answer, "allow") == 0 ? POL_ALLOW : strcmp(answer, "wait") == 0 ? POL_WAIT : POL_DENY;
	size_t i;
	json_t *j;
	json_array_foreach(json_object_get(verdict, "rules"), i, j)
		row_of(c, SLU_ADD(c->a, &v.row), j);
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	pol_verdict_text(&b, &v, more, to == c->out ? c->colour_out : c->colour_err);
	if (b.n)
		(void)fwrite(b.p, 1, b.n, to);
	return v.answer == POL_ALLOW ? 0 : v.answer == POL_WAIT ? 8 : 1;
}
