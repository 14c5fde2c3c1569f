/* SPDX-License-Identifier: Apache-2.0 */
/** sluice change ready, resolve, and the one way round what a strategy requires. */
#include "cmd/cmd.h"

#include <jansson.h>

static int change_number(struct cmd_ctx *c, const char **number, const char **repo)
{
	slu_err err = { 0 };
	if (cmd_repo(c, repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	*number = c->arg[0];
	return 0;
}

static int change_ready(struct cmd_ctx *c)
{
	const char *number = NULL, *repo = NULL;
	int code = change_number(c, &number, &repo);
	if (code)
		return code;
	json_auto_t *body = json_pack("{s:b}", "draft", 0);
	return cmd_act(c, "PATCH", cmd_path(c, "/api/v3/repos/%S/pulls/%s", repo, number), body, slu_printf(c->a, "Change %s is ready for review.", number), NULL);
}

const struct cmd_desc cmd_change_ready = {
	.name = "change ready", .summary = "Say that a draft is ready", .usage = "NUMBER", .group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.run = change_ready,
	.example = "sluice change ready 12",
	.exits = CMD_EXITS_JUDGED,
};

/* ---- its threads ---------------------------------------------------------------------------------------------------------- */

static int change_resolve(struct cmd_ctx *c)
{
	const char *number = NULL, *repo = NULL;
	int code = change_number(c, &number, &repo);
	if (code)
		return code;
	json_auto_t *body = json_pack("{s:b}", "resolved", !cmd_has(c, "reopen"));
	return cmd_act(c, "PUT", cmd_path(c, "/api/sluice/repos/%S/changes/%s/threads/%s", repo, number, c->arg[1]), body,
	               slu_printf(c->a, "Thread %s of change %s is %s.", c->arg[1], number, cmd_has(c, "reopen") ? "open again" : "resolved"), NULL);
}

static const struct cmd_opt resolve_options[] = {
	{ "reopen", 0, NULL, "it is not resolved after all", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_change_resolve = {
	.name = "change resolve", .summary = "Say that a thread of comments is settled", .usage = "NUMBER THREAD", .group = CMD_G_WORK, .args_min = 2, .args_max = 2,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .opts = resolve_options, .run = change_resolve,
	.detail = "`sluice change show NUMBER` lists the threads with their numbers. The author, whoever began it, and those with write may.",
	.example = "sluice change resolve 12 31",
	.exits = CMD_EXITS_JUDGED,
};

static int change_emergency(struct cmd_ctx *c)
{
	const char *number = NULL, *repo = NULL;
	int code = change_number(c, &number, &repo);
	if (code)
		return code;
	json_auto_t *body = json_pack("{s:s}", "reason", cmd_opt(c, "reason"));
	return cmd_act(c, "POST", cmd_path(c, "/api/sluice/repos/%S/changes/%s/emergency", repo, number), body,
	               slu_printf(c->a, "An emergency is declared for change %s. `sluice why merge %s` says what it still needs, and until when.", number, number), NULL);
}

static const struct cmd_opt emergency_options[] = {
	{ "reason", 0, "TEXT", "why it cannot wait; it is kept", CMD_TEXT, CMD_REQUIRED },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_change_emergency = {
	.name = "change emergency", .summary = "Declare an emergency for a change", .usage = "NUMBER",
	.group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .opts = emergency_options, .run = change_emergency,
	.detail = "The strategy's own requirements for emergencies then stand in place of the others. Who may declare one, between which branches, "
	          "what it still takes and how long it holds stands in the section `emergency` of the strategy. Without that section there is no such "
	          "way, for administrators either. Everything is logged, and the follow-up stays open until it is done.",
	.example = "sluice change emergency 12 --reason \"the shop takes no orders\"",
	.exits = CMD_EXITS_JUDGED,
};
