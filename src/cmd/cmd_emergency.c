/* SPDX-License-Identifier: Apache-2.0 */
/** sluice emergency: what stays open after one. */
#include "cmd/cmd.h"

#include <jansson.h>

static int list(struct cmd_ctx *c)
{
	const char *repo;
	json_t *all;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	int code = cmd_list(c, cmd_path(c, "/api/sluice/repos/%S/follow-ups", repo), &all, &err);
	if (code != 0 || c->format == CMD_FORMAT_JSON)
		return code;
	struct cmd_table t;
	size_t i;
	json_t *x;
	cmd_table_init(&t, c, 4);
	cmd_table_cell(&t, "ID");
	cmd_table_cell(&t, "WHAT");
	cmd_table_cell(&t, "OF");
	cmd_table_cell(&t, "DUE");
	json_array_foreach(all, i, x) {
		cmd_table_cell(&t, slu_printf(c->a, "%lld", (long long)cmd_j_int(x, "id")));
		cmd_table_cell(&t, cmd_j_str(x, "name"));
		cmd_table_cell(&t, cmd_j_str(x, "of"));
		cmd_table_cell(&t, slu_printf(c->a, "%s%s", cmd_j_str(x, "due_at"), cmd_j_bool(x, "overdue") ? " (overdue)" : ""));
	}
	if (json_array_size(all) == 0)
		cmd_say(c, "Nothing is left open by an emergency.");
	return cmd_table_put(&t);
}

const struct cmd_desc cmd_emergency_list = {
	.name = "emergency list", .summary = "What emergencies have left to be written", .usage = "", .group = CMD_G_WORK, .flags = CMD_SERVER | CMD_REPO, .run = list,
	.example = "sluice emergency list",
};

static int done(struct cmd_ctx *c)
{
	const char *repo;
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s}", "note", cmd_opt(c, "note"));
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/sluice/repos/%S/follow-ups/%s/done", repo, c->arg[0]), body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	cmd_say(c, "Follow-up %s is closed.", c->arg[0]);
	return 0;
}

static const struct cmd_opt done_options[] = {
	{ "note", 'm', "TEXT", "what was found, or where it is written", CMD_TEXT, CMD_REQUIRED },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_emergency_done = {
	.name = "emergency done", .summary = "Close what an emergency left open", .usage = "ID", .group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO,
	.opts = done_options, .run = done,
	.example = "sluice emergency done 3 --note \"docs/incidents/2026-01.md\"",
};
