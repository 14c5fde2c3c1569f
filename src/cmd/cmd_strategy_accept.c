/* SPDX-License-Identifier: Apache-2.0 */
/** sluice strategy accept: another repository's file may be extended, as it is now. */
#include "cmd/cmd.h"

#include <jansson.h>

static int run_accept(struct cmd_ctx *c)
{
	struct cli_answer answer = { 0 };
	slu_err err = { 0 };
	const char *repo;
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s, s:s*, s:s*}", "what", c->arg[0], "digest", cmd_opt(c, "digest"), "commit", cmd_opt(c, "commit"));
	if (!body)
		return cmd_usage(c, "The name of the file is not UTF-8.");
	if (cmd_call(c, &answer, "POST", cmd_path(c, "/api/sluice/repos/%S/strategy/accept", repo), body, &err) != SLU_OK)
		return cmd_refused(c, &answer, &err);
	if (c->dry_run)
		return cmd_would(c, &answer, slu_printf(c->a, "%s would count for %s as it is now.", c->arg[0], repo));
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, answer.json);
	cmd_say(c, "%s counts for %s as it is now (%s).", c->arg[0], repo, cmd_j_str(answer.json, "digest"));
	return 0;
}

static const struct cmd_opt opts[] = {
	{ .name = "digest", .arg = "HEX", .type = CMD_TEXT, .help = "only if its digest begins so: what was read is what counts" },
	{ .name = "commit", .arg = "COMMIT", .type = CMD_TEXT, .help = "the text it has at this commit of the other repository, and hold it" },
	{ 0 },
};

const struct cmd_desc cmd_strategy_accept = {
	.name = "strategy accept",
	.summary = "Let a file extend another repository's, as it is now",
	.usage = "OWNER/REPO:FILE",
	.group = CMD_G_STRATEGY,
	.args_min = 1,
	.args_max = 1,
	.flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN,
	.opts = opts,
	.run = run_accept,
	.detail = "Read it first. For administrators of the repository. When the file changes later, it takes force by itself where it only tightens "
	          "rules; else what was accepted stays in force until it is accepted anew, and /strategy, sluice strategy show --repo and sluice "
	          "branch list say so. With --commit no other text takes force by itself until it is accepted without: the way out of a file that was "
	          "tightened until nothing moves here; sluice audit log tells which commit was in force before.",
	.example = "sluice strategy accept acme/base:.sluice/strategy.yml --repo acme/app",
	.exits = CMD_EXIT(3),
};
