/* SPDX-License-Identifier: Apache-2.0 */
/** sluice emergency: what stays open after one. */
#include "cmd/cmd.h"

#include <jansson.h>

static const char *due(struct cmd_ctx *c, const json_t *row)
{
	return slu_printf(c->a, "%s%s", cmd_j_str(row, "due_at"), cmd_j_bool(row, "overdue") ? " (overdue)" : "");
}

static int list(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = { { "ID", "id", NULL }, { "WHAT", "name", NULL }, { "OF", "of", NULL }, { "DUE", NULL, due }, { NULL, NULL, NULL } };
	const char *repo;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return cmd_list_put(c, cmd_path(c, "/api/sluice/repos/%S/follow-ups", repo), columns, "Nothing is left open by an emergency.");
}

const struct cmd_desc cmd_emergency_list = {
	.name = "emergency list", .summary = "What emergencies have left to be written", .usage = "", .group = CMD_G_WORK, .flags = CMD_SERVER | CMD_REPO, .run = list,
	.example = "sluice emergency list",
};

static int done(struct cmd_ctx *c)
{
	const char *repo;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s}", "note", cmd_opt(c, "note"));
	return cmd_act(c, "POST", cmd_path(c, "/api/sluice/repos/%S/follow-ups/%s/done", repo, c->arg[0]), body,
	               slu_printf(c->a, "Follow-up %s is closed.", c->arg[0]), slu_printf(c->a, "Follow-up %s would be closed.", c->arg[0]));
}

static const struct cmd_opt done_options[] = {
	{ "note", 'm', "TEXT", "what was found, or where it is written", CMD_TEXT, CMD_REQUIRED },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_emergency_done = {
	.name = "emergency done", .summary = "Close what an emergency left open", .usage = "ID", .group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.opts = done_options, .run = done,
	.example = "sluice emergency done 3 --note \"docs/incidents/2026-01.md\"",
};
