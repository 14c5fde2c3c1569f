/* SPDX-License-Identifier: Apache-2.0 */
/** A verdict that came as JSON, shown as the ladder that one made here is. */
#include "app/verdict_read.h"
#include "cmd/offline.h"

#include <jansson.h>
#include <string.h>

const char *cmd_verdict_more(struct cmd_ctx *c, const json_t *verdict)
{
	int64_t change = cmd_j_int(verdict, "action.change");
	bool merge = strcmp(cmd_j_str(verdict, "action.verb"), "merge") == 0;
	return change && merge ? slu_printf(c->a, "sluice why merge %lld --all", (long long)change) : "";
}

int cmd_verdict_show(struct cmd_ctx *c, FILE *to, const json_t *verdict, const char *more)
{
	struct pol_verdict v;
	app_verdict_read(&v, c->a, verdict);
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	pol_verdict_text(&b, &v, more, to == c->out ? c->colour_out : c->colour_err);
	if (b.n)
		(void)fwrite(b.p, 1, b.n, to);
	return v.answer == POL_ALLOW ? 0 : v.answer == POL_WAIT ? 8 : 1;
}

int cmd_verdict_answer(struct cmd_ctx *c, const struct cli_answer *answer)
{
	const json_t *verdict = cmd_verdict_of(answer);
	slu_err err = { 0 };
	if (!verdict) {
		(void)!slu_fail(&err, SLU_E_INTERNAL, "The server's answer holds no verdict.");
		return cmd_fail(c, &err);
	}
	if (c->format != CMD_FORMAT_JSON)
		return cmd_verdict_show(c, c->out, verdict, cmd_has(c, "all") ? NULL : "--all");
	const char *word = cmd_j_str(verdict, "verdict");
	int code = cmd_put_json(c, verdict);
	return code ? code : strcmp(word, "allow") == 0 ? 0 : strcmp(word, "wait") == 0 ? 8 : 1;
}
