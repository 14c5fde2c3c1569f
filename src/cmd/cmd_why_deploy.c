/* SPDX-License-Identifier: Apache-2.0 */
/** sluice why deploy: of the server, which knows approvals, checks and what ran before; or in a clone, by what Git knows. */
#include "cmd/offline.h"

static int ask_server(struct cmd_ctx *c)
{
	struct cli_answer an;
	const char *repo;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const char *path = cmd_path(c, "/api/sluice/repos/%S/why?environment=%s&version=%s", repo, c->arg[0], c->arg_n > 1 ? c->arg[1] : "");
	return cmd_call(c, &an, "GET", path, NULL, &err) == SLU_OK ? cmd_verdict_answer(c, &an) : cmd_refused(c, &an, &err);
}

/* "2.1.0" by the tag that the strategy gives it; else whatever names a commit. */
static slu_rc find_version(struct cmd_ctx *c, struct cmd_offline *o, const char *word, slu_oid *commit, slu_err *err)
{
	port_git *g = o->ctx.git.git;
	for (size_t i = 0; i < o->strategy->tag_n; i++) {
		char *tag = NULL;
		if (o->strategy->tag[i].type == STRAT_TAG_RELEASE && pol_tag_name(&tag, c->a, o->strategy, (int)i, slu_s(word), NULL) == SLU_OK &&
		    g->ops->resolve(g, slu_s(slu_printf(c->a, "refs/tags/%s", tag)), commit, NULL) == SLU_OK)
			return SLU_OK;
	}
	return g->ops->resolve(g, slu_s(word), commit, err);
}

static int in_clone(struct cmd_ctx *c, struct cmd_offline *o)
{
	slu_err err = { 0 };
	if (c->arg_n < 2)
		return cmd_usage(c, "Which version? Without a server it is named: sluice why deploy %s VERSION", c->arg[0]);
	struct pol_action act = { .verb = POL_DEPLOY, .environment = slu_s(c->arg[0]), .version = slu_s(c->arg[1]) };
	int code = cmd_offline_open_whole(c, o);
	if (code)
		return code;
	if (find_version(c, o, c->arg[1], &act.head, &err) != SLU_OK)
		return cmd_fail(c, &err);
	act.actor = o->ctx.person;
	return cmd_offline_judge(c, o, &act, slu_printf(c->a, "deploy %s (%.10s) to %s", c->arg[1], act.head.hex, c->arg[0]));
}

static int why_deploy(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	if (!cmd_has(c, "offline") && !cmd_has(c, "strategy") && !cmd_has(c, "preset"))
		return ask_server(c);
	int code = in_clone(c, &o);
	cmd_offline_close(&o);
	return code;
}

static const struct cmd_opt options[] = {
	{ "offline", 0, NULL, "by what this clone knows, without a server; so do --strategy and --preset", CMD_FLAG, 0 },
	CMD_OFFLINE_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_why_deploy = {
	.name = "why deploy",
	.summary = "Which rules allow or refuse a deployment, and what opens each",
	.usage = "ENV [VERSION]",
	.group = CMD_G_STRATEGY,
	.args_min = 1,
	.args_max = 2,
	.flags = CMD_REPO | CMD_SERVER,
	.opts = options,
	.run = why_deploy,
	.detail = "The server is asked, and nothing is deployed. VERSION is 2.1.0 (its tag), a commit or a branch; without it, what the environment's trigger would bring. With "
	          "--offline a clone says what Git knows: the branch that the commit must stand on, the tag that brings it; approvals, checks and secrets are said to be not known.",
	.example = "sluice why deploy production 2.1.0\n"
	           "sluice why deploy production HEAD --offline --level maintain",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3),
};
