/* SPDX-License-Identifier: Apache-2.0 */
/** sluice log: the operations of this clone. */
#include "base/quantity.h"
#include "cmd/work.h"

static int put_log(struct cmd_ctx *c, const struct flow_op *log, size_t n)
{
	struct cmd_table t;
	char at[SLU_TIME_TEXT];
	cmd_table_init(&t, c, 4);
	static const char *const headings[] = { "AT", "STATE", "BY", "OPERATION" };
	for (size_t i = 0; i < 4; i++)
		cmd_table_cell(&t, headings[i]);
	for (size_t i = n; i-- > 0;) {
		cmd_table_cell(&t, slu_time_text(log[i].ended_s, at));
		cmd_table_cell(&t, flow_op_state_word(log[i].state));
		cmd_table_cell(&t, slu_str_dup(c->a, log[i].by));
		cmd_table_cell(&t, slu_str_dup(c->a, log[i].command));
	}
	return cmd_table_put(&t);
}

static int run_log(struct cmd_ctx *c)
{
	const struct port_git_here *here = NULL;
	const struct flow_op *log = NULL;
	struct cmd_work w = { 0 };
	size_t n = 0;
	slu_err err = { 0 };
	int code = 0;
	if (cmd_here(c, &here, &err) != SLU_OK || c->ports->clone_open(&w.clone, here, &err) != SLU_OK || app_op_log(&log, &n, c->a, w.clone, &err) != SLU_OK)
		code = cmd_fail(c, &err);
	cmd_work_close(&w);
	if (code)
		return code;
	if (c->format != CMD_FORMAT_JSON)
		return put_log(c, log, n);
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '[');
	for (size_t i = n; i-- > 0;)
		flow_op_json(&j, &log[i]);
	slu_json_close(&j, ']');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

const struct cmd_desc cmd_log = {
	.name = "log", .summary = "The operations that were done in this clone", .usage = "", .group = CMD_G_RELEASE, .run = run_log,
	.detail = "The newest first: starts, finishes and the like that sluice carried out here. The server's record is `sluice audit log`.",
	.example = "sluice log",
};
