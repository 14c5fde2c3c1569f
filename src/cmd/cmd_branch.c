/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/call.h"
#include "cmd/kind_list.h"

#include <jansson.h>

/* What is told of it and refuses nothing: its age, and how far its base has gone on. */
static void reported(struct cmd_ctx *c, const struct json_t *rule)
{
	if (strcmp(cmd_j_str(rule, "state"), "evaluated") != 0 || strncmp(cmd_j_str(rule, "actual"), "reported: ", 10) != 0)
		return;
	(void)fprintf(c->out, "    \u2248 ");
	cmd_wrapped(c->out, slu_s(slu_printf(c->a, "%s; wanted: %s (%s:%d)", cmd_j_str(rule, "actual") + 10, cmd_j_str(rule, "wanted"), cmd_j_str(rule, "file"), (int)cmd_j_int(rule, "line"))), 6);
}

/* Rules that say no of a branch as it is. */
static size_t broken_rules(struct cmd_ctx *c, struct json_t *branch, bool print)
{
	size_t i, n = 0;
	json_t *rule;
	json_array_foreach(json_object_get(json_object_get(branch, "verdict"), "rules"), i, rule)
	{
		if (print)
			reported(c, rule);
		if (strcmp(cmd_j_str(rule, "state"), "failed") != 0)
			continue;
		n++;
		if (!print)
			continue;
		(void)fprintf(c->out, "    \u2717 ");
		cmd_wrapped(c->out, slu_s(slu_printf(c->a, "%s; wanted: %s (%s:%d)", cmd_j_str(rule, "actual"), cmd_j_str(rule, "wanted"), cmd_j_str(rule, "file"), (int)cmd_j_int(rule, "line"))), 6);
		if (*cmd_j_str(rule, "remedy"))
			(void)fprintf(c->out, "      %s\n", cmd_j_str(rule, "remedy"));
	}
	return n;
}

static void show(struct cmd_ctx *c, struct json_t *branch)
{
	const char *base = cmd_j_str(branch, "base");
	(void)fprintf(c->out, "%s  %.10s", cmd_j_str(branch, "name"), cmd_j_str(branch, "head"));
	if (*base)
		(void)fprintf(c->out, "  %d ahead, %d behind %s", (int)cmd_j_int(branch, "ahead"), (int)cmd_j_int(branch, "behind"), base);
	(void)fprintf(c->out, "\n    ");
	cmd_wrapped(c->out, slu_s(cmd_j_str(branch, "says")), 4);
	(void)broken_rules(c, branch, true);
}

static int run(struct cmd_ctx *c)
{
	struct cli_answer answer;
	const char *repo;
	slu_err err = { 0 };
	size_t i, clean = 0, unseen = 0;
	json_t *branch;
	if (c->arg_n)
		return cmd_kind_list(c, c->arg[0]);
	if (cmd_repo(c, &repo, &err) != SLU_OK) {
		int code = cmd_fail(c, &err);
		if (cmd_in_a_clone(c))
			cmd_say(c, "Those of one kind, in this clone, without a server: sluice branch list KIND, or sluice KIND list");
		return code;
	}
	if (cmd_call(c, &answer, "GET", cmd_path(c, "/api/sluice/repos/%S/branches", repo), NULL, &err) != SLU_OK)
		return cmd_refused(c, &answer, &err);
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, answer.json);
	json_t *branches = json_object_get(answer.json, "branches");
	json_array_foreach(branches, i, branch)
	{
		show(c, branch);
		if (json_is_true(json_object_get(branch, "not_looked_at")))
			unseen++;
		else
			clean += broken_rules(c, branch, false) == 0;
	}
	const char *name = cmd_j_str(answer.json, "strategy"); /* a strategy need not have one */
	(void)fprintf(c->out, "\n%s under the strategy%s%s: %zu in order, %zu not, %d of no kind%s\n", cmd_count(c, json_array_size(branches), "branch", "branches"), *name ? " " : "", name, clean,
	              json_array_size(branches) - clean - unseen, (int)cmd_j_int(answer.json, "of_no_kind"), unseen ? slu_printf(c->a, ", %zu not looked at", unseen) : "");
	if (*cmd_j_str(answer.json, "trouble")) {
		(void)fprintf(c->out, "\u2026 ");
		cmd_wrapped(c->out, slu_s(cmd_j_str(answer.json, "trouble")), 2);
	}
	return 0;
}

static const struct cmd_opt options[] = {
	{ "at", 0, "TIME", "with KIND: as of this time, such as 2026-01-05T09:00:00Z", CMD_TEXT, 0 },
	{ "strategy", 0, "FILE", "with KIND: by this file, not by the one in force", CMD_PATH, 0 },
	{ "preset", 0, "NAME", "with KIND: by this preset", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_branch_list = {
	.name = "branch list",
	.summary = "Every branch, its kind, and what the strategy says of it",
	.usage = "[KIND]",
	.group = CMD_G_STRATEGY,
	.args_max = 1,
	.flags = CMD_REPO | CMD_SERVER | CMD_KIND,
	.opts = options,
	.run = run,
	.detail = "Without KIND it asks the server, and shows for each branch which kind it is of, who pushes to it, where it goes and what that takes, how far it is from its base, and "
	          "the rules that it breaks as it is, and what the strategy wants reported of it: lifespan, stale, behind.\n\n"
	          "With KIND, also typed as `sluice KIND list`, it asks nobody and lists the branches of that kind in this clone: where they are, how far from their base, when they "
	          "last moved, whether they are merged where the strategy takes them (by the commits; squashed ones by what they change) or were taken back since, and which are stale, too old or too far behind.",
	.example = "sluice branch list --repo acme/app\n"
	           "sluice feature list\n"
	           "sluice branch list release --format json",
	.exits = CMD_EXIT(3),
};
