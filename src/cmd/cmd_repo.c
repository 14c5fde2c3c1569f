/* SPDX-License-Identifier: Apache-2.0 */
/** sluice repo: made, imported, listed. */
#include "cmd/strategy_file.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>

/* A file that is not valid is said here, whole: the server would say it without its lines. *code 0: it may be sent. */
static slu_str strategy_text(struct cmd_ctx *c, const char *file, int *code)
{
	struct cmd_strategy f;
	slu_err err = { 0 };
	*code = 0;
	if (cmd_strategy_read(c, &f, file, &err) != SLU_OK) {
		*code = cmd_fail(c, &err);
	} else if (!f.strategy) {
		cmd_strategy_issues(c, c->err, &f);
		(void)fprintf(c->err, "sluice: %s is not valid; no repository was made.\n", f.file);
		*code = slu_rc_exit(SLU_E_STRATEGY);
	}
	return f.text;
}

static int said(struct cmd_ctx *c, const struct cli_answer *an, const char *import)
{
	if (c->dry_run)
		return cmd_would(c, an, slu_printf(c->a, "%s would be made%s%s, with the default branch %s.", c->arg[0], import ? " from " : "", import ? import : "", cmd_j_str(an->json, "would.default_branch")));
	const char *clone = cmd_j_str(an->json, "clone_url"), *next = *clone == '/' ? "sluice serve" : slu_printf(c->a, "git clone %s", clone);
	return cmd_done(c, an, slu_printf(c->a, "%s is there, its default branch is %s.\nNext: %s", c->arg[0], cmd_j_str(an->json, "default_branch"), next));
}

static int make(struct cmd_ctx *c, const char *import)
{
	const char *slash = strchr(c->arg[0], '/'), *file = cmd_opt(c, "strategy");
	slu_str strategy = { NULL, 0 };
	int code = 0;
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	if (!slash || slash == c->arg[0] || !slash[1] || strchr(slash + 1, '/'))
		return cmd_usage(c, "\"%s\" is no OWNER/NAME.", c->arg[0]);
	if (file && cmd_has(c, "preset"))
		return cmd_usage(c, "Give --preset or --strategy, not both.");
	if (file)
		strategy = strategy_text(c, file, &code);
	if (code)
		return code;
	json_auto_t *body = json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:b}", "owner", slu_strndup(c->a, c->arg[0], (size_t)(slash - c->arg[0])), "name", slash + 1, "preset",
	                              cmd_opt(c, "preset"), "strategy", strategy.p, "import", import, "default_branch", cmd_opt(c, "default-branch"), "public", cmd_has(c, "public"));
	if (!body)
		return cmd_usage(c, "%s is not UTF-8.", file ? file : "An argument");
	if (cmd_call(c, &an, "POST", "/api/sluice/repos", body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	return said(c, &an, import);
}

static int repo_create(struct cmd_ctx *c)
{
	return make(c, NULL);
}

static int repo_import(struct cmd_ctx *c)
{
	char full[PATH_MAX];
	if (!realpath(c->arg[1], full))
		return cmd_usage(c, "%s: %s. The repository is taken from the server's own machine.", c->arg[1], strerror(errno));
	return make(c, full);
}

static const struct cmd_opt options[] = {
	{ "preset", 0, "NAME", "the strategy in force until the repository holds .sluice/strategy.yml (`sluice preset list`)", CMD_TEXT, 0 },
	{ "strategy", 0, "FILE", "the same from a file", CMD_PATH, 0 },
	{ "default-branch", 0, "NAME", "whose .sluice/strategy.yml is in force", CMD_TEXT, 0 },
	{ "public", 0, NULL, "anybody may read it", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_repo_create = {
	.name = "repo create", .summary = "Make an empty repository on the server", .usage = "OWNER/NAME", .group = CMD_G_SERVER, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_MAKES_HOME | CMD_DRY_RUN, .opts = options, .run = repo_create,
	.detail = "Without --preset and --strategy the preset gitflow is in force.",
	.example = "sluice repo create acme/app --preset gitflow",
	.exits = CMD_EXIT(3),
};
const struct cmd_desc cmd_repo_import = {
	.name = "repo import", .summary = "Bring a repository to the server, branches and tags", .usage = "OWNER/NAME PATH", .group = CMD_G_SERVER, .args_min = 2, .args_max = 2,
	.flags = CMD_SERVER | CMD_MAKES_HOME | CMD_DRY_RUN, .opts = options, .run = repo_import,
	.detail = "PATH is a repository or a bundle on the server's machine; it is only read.\nTo bring one from elsewhere: `sluice repo create`, then `git push` its branches.",
	.example = "sluice repo import acme/app /path/to/repository --preset gitflow",
	.exits = CMD_EXIT(3),
};

static int repo_list(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = {
		{ "NAME", "name", NULL }, { "DEFAULT BRANCH", "default_branch", NULL }, { "YOU MAY", "level", NULL }, { "CLONE", "clone_url", NULL }, { NULL, NULL, NULL },
	};
	return cmd_list_put(c, "/api/sluice/repos", columns, NULL);
}

const struct cmd_desc cmd_repo_list = {
	.name = "repo list", .summary = "The repositories that you may read", .usage = "", .group = CMD_G_SERVER, .flags = CMD_SERVER, .run = repo_list,
	.example = "sluice repo list",
};

static int repo_default(struct cmd_ctx *c)
{
	const char *repo = NULL;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s}", "default_branch", c->arg[0]);
	if (!body)
		return cmd_usage(c, "The name of a branch is UTF-8.");
	return cmd_act(c, "PATCH", cmd_path(c, "/api/v3/repos/%S", repo), body, slu_printf(c->a, "%s is the default branch of %s.", c->arg[0], repo), slu_printf(c->a, "%s would be the default branch of %s.", c->arg[0], repo));
}

const struct cmd_desc cmd_repo_default = {
	.name = "repo default", .summary = "Make another branch the default one", .usage = "BRANCH", .group = CMD_G_SERVER, .args_min = 1, .args_max = 1,
	.flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .run = repo_default,
	.detail = "It has to be of the kind that the strategy has for it, and its strategy file the one that is in force: no rule changes by this. By administrators of the repository; "
	          "`sluice adopt` does it where a branch is renamed.",
	.example = "sluice repo default main --repo acme/app",
};
