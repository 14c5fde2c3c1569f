/* SPDX-License-Identifier: Apache-2.0 */
/** sluice release start|finish. */
#include "cmd/flow.h"
#include "cmd/release.h"

#include <jansson.h>
#include <string.h>

static void steps(struct cmd_ctx *c, struct json_t *answer)
{
	size_t i;
	json_t *st;
	json_array_foreach(json_object_get(answer, "steps"), i, st)
		(void)fprintf(c->out, "  %zu. %s\n", i + 1, cmd_j_str(st, "text"));
}

int cmd_flow_show(struct cmd_ctx *c, const struct cli_answer *answer, const char *done)
{
	struct json_t *would = json_object_get(answer->json, "would"), *j = would ? would : answer->json;
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, j);
	if (c->dry_run) {
		json_t *v = json_object_get(j, "verdict");
		(void)fprintf(c->out, "What would be done, in this order:\n");
		steps(c, j);
		cmd_followed_left(c, json_object_get(j, "refs"));
		return json_is_object(v) ? cmd_verdict_show(c, c->out, v, cmd_verdict_more(c, v)) : 0;
	}
	(void)fprintf(c->out, "%s\n", done);
	if (json_array_size(json_object_get(j, "refs")))
		(void)cmd_followed_put(c, json_object_get(j, "refs"));
	else
		steps(c, j);
	if (cmd_j_int(j, "change") && json_array_size(json_object_get(j, "refs")) == 0)
		(void)fprintf(c->out, "Change %d brings %s into %s.\n", (int)cmd_j_int(j, "change"), cmd_j_str(j, "branch"), cmd_j_str(j, "target"));
	if (*cmd_j_str(j, "next"))
		cmd_say(c, "Next: %s", cmd_j_str(j, "next"));
	return 0;
}

int cmd_flow_refused(struct cmd_ctx *c, const struct cli_answer *answer, const slu_err *err)
{
	int code = cmd_refused(c, answer, err);
	if (answer->json && *cmd_j_str(answer->json, "next"))
		cmd_say(c, "Next: %s", cmd_j_str(answer->json, "next"));
	return code;
}

/* What only makes sense where the work is done in the clone. */
static const char *only_here(const struct cmd_ctx *c)
{
	static const char *const option[] = { "no-push", "no-fetch", "keep", "into", "message", "level", "role", "strategy", "preset", "at" };
	for (size_t i = 0; i < sizeof option / sizeof option[0]; i++)
		if (cmd_has(c, option[i]))
			return option[i];
	return NULL;
}

static int release(struct cmd_ctx *c, const char *verb, const char *done)
{
	struct cli_answer answer = { 0 };
	slu_err err = { 0 };
	const char *repo, *option = only_here(c);
	if (option)
		return cmd_usage(c, "--%s is for a release without a server: add --local to make it in this clone.", option);
	if (c->arg_n == 0)
		return cmd_usage(c, "Which release? The server wants its version.");
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s, s:s*, s:b}", "version", c->arg[0], "kind", cmd_opt(c, "kind"), "dry_run", c->dry_run);
	if (!body)
		return cmd_usage(c, "The version is not UTF-8.");
	if (cmd_call(c, &answer, "POST", cmd_path(c, "/api/sluice/repos/%S/releases/%s", repo, verb), body, &err) != SLU_OK)
		return cmd_flow_refused(c, &answer, &err);
	return cmd_flow_show(c, &answer, done);
}

static int start(struct cmd_ctx *c)
{
	return cmd_release_is_here(c) ? cmd_release_start_here(c) : release(c, "start", slu_printf(c->a, "Release %s is begun.", c->arg[0]));
}

static int finish(struct cmd_ctx *c)
{
	return cmd_release_is_here(c) ? cmd_release_finish_here(c) : release(c, "finish", slu_printf(c->a, "Release %s is finished.", c->arg_n ? c->arg[0] : ""));
}

#define KIND { "kind", 0, "KIND", "kind of branch that holds the release, when the strategy has several", CMD_TEXT, 0 }
#define LOCAL { "local", 0, NULL, "in this clone, though its remote may be a server", CMD_FLAG, 0 }
#define NO_FETCH { "no-fetch", 0, NULL, "in a clone: do not ask the remote first", CMD_FLAG, 0 }

static const struct cmd_opt start_options[] = { KIND, LOCAL, NO_FETCH, CMD_OFFLINE_LEVEL, CMD_OFFLINE_BY, { NULL, 0, NULL, NULL, CMD_FLAG, 0 } };
static const struct cmd_opt finish_options[] = {
	KIND,
	LOCAL,
	{ "into", 0, "BRANCH", "in a clone: where it goes, when not into production", CMD_TEXT, 0 },
	{ "message", 'm', "TEXT", "in a clone: of the merge", CMD_TEXT, 0 },
	{ "keep", 'k', NULL, "in a clone: do not delete the branch", CMD_FLAG, 0 },
	NO_FETCH,
	{ "no-push", 0, NULL, "in a clone: leave the remote as it is", CMD_FLAG, 0 },
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_release_start = {
	.name = "release start", .summary = "Begin a release: branch, version, changelog", .usage = "VERSION", .group = CMD_G_RELEASE,
	.args_min = 1, .args_max = 1, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = start_options, .run = start,
	.detail = "The version must be above all released ones of its line. Fixes are pushed or merged to the release branch; `sluice release finish "
	          "VERSION` ends it.\n\n"
	          "On a server a change into production is opened with it. Without one (no --home, --server or --repo, and the clone's remote is none) the branch is "
	          "made in this clone and checked out. One commit writes the version into the strategy's releases.version-files, and the changelog. Nothing begins "
	          "while a back-merge is owed.",
	.example = "sluice release start 2.1.0 --dry-run     shows the steps\n"
	           "sluice release start 2.1.0               takes them",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
const struct cmd_desc cmd_release_finish = {
	.name = "release finish", .summary = "Finish a release: merge, tag, merge back", .usage = "[VERSION]", .group = CMD_G_RELEASE,
	.args_min = 0, .args_max = 1, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = finish_options, .run = finish,
	.detail = "All refs move in one act, or none does; the deployments that the strategy has for it follow. What stands in the way is said with "
	          "what opens it.\n\n"
	          "In a clone without a server VERSION may be left out on the release's branch. The changelog is brought up to date first; branch, files and tag have "
	          "the same version, or nothing moves. The tag carries the changelog's section. What is merged back comes into other open releases too where the "
	          "strategy says so. A back-merge that conflicts is left on a branch sluice/back-merge/…, and is owed until somebody brings it in.",
	.example = "sluice release finish 2.1.0\n"
	           "sluice status          where it stands\n"
	           "sluice continue        go on\n"
	           "sluice abort           every ref as before",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
