/* SPDX-License-Identifier: Apache-2.0 */
/** sluice user: who there is. */
#include "cmd/cmd.h"

#include <jansson.h>

static int user_add(struct cmd_ctx *c)
{
	json_auto_t *body = json_pack("{s:s, s:s*, s:s*}", "name", c->arg[0], "title", cmd_opt(c, "title"), "email", cmd_opt(c, "email"));
	const char *next = slu_printf(c->a, "%s is added.\nNext: sluice role grant %s write --repo OWNER/NAME, and sluice token create --user %s", c->arg[0], c->arg[0], c->arg[0]);
	return cmd_act(c, "POST", "/api/sluice/users", body, next, slu_printf(c->a, "%s would be added.", c->arg[0]));
}

static const struct cmd_opt add_options[] = {
	{ "title", 0, "TEXT", "full name", CMD_TEXT, 0 },
	{ "email", 0, "ADDRESS", "for commits made in this person's name", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_user_add = {
	.name = "user add", .summary = "Add a person", .usage = "NAME", .group = CMD_G_SERVER, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_MAKES_HOME | CMD_DRY_RUN,
	.opts = add_options, .run = user_add,
	.detail = "NAME has letters, digits, '.', '_' and '-'. A new person may do nothing yet: `sluice role grant` gives a role, `sluice token "
	          "create` a password.",
	.example = "sluice user add ann --title \"Ann Lee\" --email ann@example.org",
};

static int set_disabled(struct cmd_ctx *c, bool disabled)
{
	json_auto_t *body = json_pack("{s:b}", "disabled", disabled);
	const char *done = slu_printf(c->a, disabled ? "%s is disabled: no token of theirs works, no approval of theirs counts." : "%s is enabled again.", c->arg[0]);
	return cmd_act(c, "PATCH", cmd_path(c, "/api/sluice/users/%s", c->arg[0]), body, done, slu_printf(c->a, "%s would be %s.", c->arg[0], disabled ? "disabled" : "enabled"));
}

static int user_disable(struct cmd_ctx *c)
{
	return set_disabled(c, true);
}

static int user_enable(struct cmd_ctx *c)
{
	return set_disabled(c, false);
}

const struct cmd_desc cmd_user_disable = {
	.name = "user disable", .summary = "Take all access from a person, at once", .usage = "NAME", .group = CMD_G_SERVER, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_DRY_RUN,
	.run = user_disable,
	.example = "sluice user disable ann",
};
const struct cmd_desc cmd_user_enable = {
	.name = "user enable", .summary = "Let a disabled person in again", .usage = "NAME", .group = CMD_G_SERVER, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_DRY_RUN,
	.run = user_enable,
	.example = "sluice user enable ann",
};

static const char *active(struct cmd_ctx *c, const json_t *row)
{
	(void)c;
	return cmd_j_bool(row, "disabled") ? "disabled" : "active";
}

static int user_list(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = { { "NAME", "name", NULL }, { "STATE", NULL, active }, { "SINCE", "created_at", NULL }, { "FULL NAME", "title", NULL }, { NULL, NULL, NULL } };
	return cmd_list_put(c, "/api/sluice/users", columns, NULL);
}

const struct cmd_desc cmd_user_list = {
	.name = "user list", .summary = "Who there is", .usage = "", .group = CMD_G_SERVER, .flags = CMD_SERVER, .run = user_list,
	.example = "sluice user list",
};
