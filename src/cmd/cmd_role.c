/* SPDX-License-Identifier: Apache-2.0 */
/** sluice role: who may what. */
#include "cmd/cmd.h"

#include <jansson.h>

/* With --repo (or in a clone) a repository's roles; with --on-server the server's. */
static slu_rc base_path(struct cmd_ctx *c, const char **out, slu_err *err)
{
	const char *repo;
	if (cmd_has(c, "on-server")) {
		*out = "/api/sluice/roles";
		return SLU_OK;
	}
	SLU_TRY(cmd_repo(c, &repo, err));
	*out = cmd_path(c, "/api/sluice/repos/%S/roles", repo);
	return SLU_OK;
}

static int change_role(struct cmd_ctx *c, const char *method, const char *said, const char *would)
{
	const char *base;
	slu_err err = { 0 };
	if (base_path(c, &base, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const char *line = slu_printf(c->a, "%s %s %s of %s.", c->arg[0], c->dry_run ? would : said, c->arg[1], cmd_has(c, "on-server") ? "the server" : c->repo);
	return cmd_act(c, method, cmd_path(c, "%S/%s/%s", base, c->arg[0], c->arg[1]), NULL, line, line);
}

static int role_grant(struct cmd_ctx *c)
{
	return change_role(c, "PUT", "is now", "would be");
}

static int role_revoke(struct cmd_ctx *c)
{
	return change_role(c, "DELETE", "is no longer", "would no longer be");
}

static const struct cmd_opt options[] = {
	{ "on-server", 0, NULL, "not of a repository: of the whole server (role admin)", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_role_grant = {
	.name = "role grant", .summary = "Give a person a role in a repository", .usage = "NAME ROLE", .group = CMD_G_SERVER, .args_min = 2, .args_max = 2, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.opts = options, .run = role_grant,
	.detail = "ROLE is a level (read, triage, write, maintain, admin: each holds those before it) or a role that the\nstrategy declares under `roles`. A person may hold several.",
	.example = "sluice role grant ann write --repo acme/app\n"
	           "sluice role grant ann admin --on-server",
};
const struct cmd_desc cmd_role_revoke = {
	.name = "role revoke", .summary = "Take a role back", .usage = "NAME ROLE", .group = CMD_G_SERVER, .args_min = 2, .args_max = 2, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .opts = options,
	.run = role_revoke,
	.example = "sluice role revoke ann write --repo acme/app",
};

static int role_list(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = { { "NAME", "user", NULL }, { "ROLE", "role", NULL }, { "SINCE", "at", NULL }, { "BY", "by", NULL }, { NULL, NULL, NULL } };
	const char *base;
	slu_err err = { 0 };
	if (base_path(c, &base, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return cmd_list_put(c, base, columns, NULL);
}

const struct cmd_desc cmd_role_list = {
	.name = "role list", .summary = "Who holds which role", .usage = "", .group = CMD_G_SERVER, .flags = CMD_SERVER | CMD_REPO, .opts = options, .run = role_list,
	.example = "sluice role list --repo acme/app",
};
