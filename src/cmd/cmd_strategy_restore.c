/* SPDX-License-Identifier: Apache-2.0 */
/** sluice strategy restore: the way back from a strategy file that cannot be used. */
#include "cmd/cmd.h"

#include <jansson.h>

static int run_restore(struct cmd_ctx *c)
{
	struct cli_answer answer = { 0 };
	slu_err err = { 0 };
	const char *repo;
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_object();
	if (cmd_call(c, &answer, "POST", cmd_path(c, "/api/sluice/repos/%S/strategy/restore", repo), body, &err) != SLU_OK)
		return cmd_refused(c, &answer, &err);
	if (c->dry_run)
		return cmd_would(c, &answer, slu_printf(c->a, "The text of %.10s would be put back. %s", cmd_j_str(answer.json, "would.good"), cmd_j_str(answer.json, "would.why")));
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, answer.json);
	cmd_say(c, "%s", cmd_j_str(answer.json, "why"));
	cmd_say(c, "Commit %.10s puts the text of %.10s back.", cmd_j_str(answer.json, "commit"), cmd_j_str(answer.json, "good"));
	return 0;
}

const struct cmd_desc cmd_strategy_restore = {
	.name = "strategy restore",
	.summary = "Put the last good file back, when it cannot be used",
	.usage = "",
	.group = CMD_G_STRATEGY,
	.flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN,
	.run = run_restore,
	.detail = "For the operator, on the server's machine: it makes a commit on the default branch, which the strategy may allow to nobody. Until "
	          "then the last good file stays in force, and pages say so.",
	.example = "sluice strategy restore --home /srv/sluice --repo acme/app",
	.exits = CMD_EXIT(3),
};
