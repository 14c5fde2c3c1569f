/* SPDX-License-Identifier: Apache-2.0 */
/** sluice commit status: what CI says of a commit. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <string.h>

static int commit_status(struct cmd_ctx *c)
{
	const char *repo, *sha = c->arg[0];
	slu_str full;
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const char *const args[] = { "rev-parse", "--verify", "--quiet", slu_printf(c->a, "%s^{commit}", sha), NULL };
	if (sha[0] != '-' && cmd_git(c, NULL, args, true, &full, NULL) == SLU_OK)
		sha = full.p; /* HEAD and the like mean what they mean here */
	json_auto_t *body = json_pack("{s:s, s:s, s:s*, s:s*}", "state", cmd_opt(c, "state"), "context", cmd_opt(c, "context"), "description", cmd_opt(c, "description"), "target_url",
	                              cmd_opt(c, "url"));
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/v3/repos/%S/statuses/%s", repo, sha), body, &err) != SLU_OK) {
		int code = cmd_refused(c, &an, &err);
		const char *const pushed[] = { "for-each-ref", "--count=1", "--contains", sha, "refs/remotes/", NULL };
		if (sha != c->arg[0] && an.status == 422 && cmd_git(c, NULL, pushed, true, &full, NULL) == SLU_OK && full.n == 0)
			cmd_say(c, "The commit is in this clone: has it been pushed?");
		return code;
	}
	return cmd_done(c, &an, slu_printf(c->a, "%.10s: %s is %s.", sha, cmd_opt(c, "context"), cmd_opt(c, "state")));
}

static const struct cmd_opt options[] = {
	{ "context", 'c', "C", "name of the check, as the strategy has it", CMD_TEXT, CMD_REQUIRED },
	{ "state", 's', "success|failure|error|pending", "what it says", CMD_TEXT, CMD_REQUIRED },
	{ "description", 'd', "TEXT", "a line for people", CMD_TEXT, 0 },
	{ "url", 0, "URL", "where its output stands", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_commit_status = {
	.name = "commit status", .summary = "Report what a check says of a commit", .usage = "SHA", .group = CMD_G_WORK, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.opts = options, .run = commit_status,
	.detail = "SHA is a commit, or any name for one that this clone knows. The token needs the scope repo:status.",
	.example = "sluice commit status HEAD --context unit-tests --state success",
	.exits = CMD_EXITS_JUDGED,
};
