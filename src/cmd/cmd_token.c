/* SPDX-License-Identifier: Apache-2.0 */
/** sluice token: what signs a person in. */
#include "cmd/cmd.h"

#include <jansson.h>

static int token_create(struct cmd_ctx *c)
{
	slu_auto_buf scopes;
	slu_buf_init(&scopes, 1024);
	for (size_t i = 0; cmd_opt_at(c, "scope", i); i++)
		slu_buf_addf(&scopes, "%s%s", i ? "," : "", cmd_opt_at(c, "scope", i));
	json_auto_t *body = json_pack("{s:s*, s:s*, s:s*, s:s*}", "user", cmd_opt(c, "user"), "name", cmd_opt(c, "name"), "expires", cmd_opt(c, "expires"), "scopes",
	                              scopes.n ? scopes.p : NULL);
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_call(c, &an, "POST", "/api/sluice/tokens", body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (c->dry_run)
		return cmd_would(c, &an, slu_printf(c->a, "A token of %s with the scopes %s would be made.", cmd_j_str(an.json, "would.user"), cmd_j_str(an.json, "would.scopes")));
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, an.json);
	slu_auto_buf line;
	slu_buf_init(&line, 1024);
	slu_buf_addf(&line, "%s\n", cmd_j_str(an.json, "token"));
	cmd_say(c, "This is the only time it is shown. Scopes: %s.", cmd_j_str(an.json, "scopes"));
	return cmd_put(c, &line);
}

static const struct cmd_opt create_options[] = {
	{ "user", 'u', "NAME", "whose it is; without it, of the person who is signed in", CMD_TEXT, 0 },
	{ "name", 0, "TEXT", "what it is for", CMD_TEXT, 0 },
	{ "scope", 's', "S,…", "repo:read, repo:write, repo:status, deploy, admin; default repo:write", CMD_TEXT, CMD_REPEAT },
	{ "expires", 0, "TIME", "how long it holds, such as 30d; without it, until it is revoked", CMD_DURATION, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_token_create = {
	.name = "token create", .summary = "Make a token: the password for Git, the API and the pages", .usage = "", .group = CMD_G_SERVER, .flags = CMD_SERVER | CMD_DRY_RUN, .opts = create_options,
	.run = token_create,
	.detail = "Only the token is printed on standard output. Git asks for a name and a password: the name is the person's, the password the "
	          "token.",
	.example = "sluice token create --user ann --scope repo:write,deploy --expires 30d\n"
	           "export SLUICE_TOKEN=$(sluice token create --user ann --home DIR)",
};

static const char *expires(struct cmd_ctx *c, const json_t *row)
{
	(void)c;
	return *cmd_j_str(row, "revoked_at") ? "revoked" : *cmd_j_str(row, "expires_at") ? cmd_j_str(row, "expires_at") : "never";
}

static const char *last_used(struct cmd_ctx *c, const json_t *row)
{
	(void)c;
	return *cmd_j_str(row, "used_at") ? cmd_j_str(row, "used_at") : "never";
}

static int token_list(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = {
		{ "ID", "id", NULL }, { "USER", "user", NULL }, { "BEGINS", "begins", NULL }, { "SCOPES", "scopes", NULL }, { "EXPIRES", NULL, expires }, { "LAST USED", NULL, last_used },
		{ "NAME", "name", NULL }, { NULL, NULL, NULL },
	};
	const char *user = cmd_opt(c, "user");
	return cmd_list_put(c, user ? cmd_path(c, "/api/sluice/tokens?user=%s", user) : "/api/sluice/tokens", columns, NULL);
}

static const struct cmd_opt list_options[] = {
	{ "user", 'u', "NAME", "only those of this person", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_token_list = {
	.name = "token list", .summary = "Tokens, without what must stay secret", .usage = "", .group = CMD_G_SERVER, .flags = CMD_SERVER, .opts = list_options, .run = token_list,
	.example = "sluice token list --user ann",
};

static int token_revoke(struct cmd_ctx *c)
{
	return cmd_act(c, "DELETE", cmd_path(c, "/api/sluice/tokens/%s", c->arg[0]), NULL, slu_printf(c->a, "Token %s is revoked.", c->arg[0]),
	               slu_printf(c->a, "Token %s would be revoked.", c->arg[0]));
}

const struct cmd_desc cmd_token_revoke = {
	.name = "token revoke", .summary = "End a token, and the sessions that it began", .usage = "ID", .group = CMD_G_SERVER, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_DRY_RUN,
	.run = token_revoke, .detail = "`sluice token list` shows the ids.",
	.example = "sluice token revoke 7",
};
