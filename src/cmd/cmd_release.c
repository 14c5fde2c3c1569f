/* SPDX-License-Identifier: Apache-2.0 */
/** sluice release start|finish, and the operation under way: status, continue, abort, undo. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <string.h>

static void steps(struct cmd_ctx *c, struct json_t *answer)
{
	size_t i;
	json_t *st;
	json_array_foreach(json_object_get(answer, "steps"), i, st)
		(void)fprintf(c->out, "  %zu. %s\n", i + 1, cmd_j_str(st, "text"));
}

static int show(struct cmd_ctx *c, const struct cli_answer *answer, const char *done)
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

static int refused(struct cmd_ctx *c, const struct cli_answer *answer, const slu_err *err)
{
	int code = cmd_refused(c, answer, err);
	if (answer->json && *cmd_j_str(answer->json, "next"))
		cmd_say(c, "Next: %s", cmd_j_str(answer->json, "next"));
	return code;
}

static int release(struct cmd_ctx *c, const char *verb, const char *done)
{
	struct cli_answer answer = { 0 };
	slu_err err = { 0 };
	const char *repo;
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s, s:s*, s:b}", "version", c->arg[0], "kind", cmd_opt(c, "kind"), "dry_run", c->dry_run);
	if (!body)
		return cmd_usage(c, "The version is not UTF-8.");
	if (cmd_call(c, &answer, "POST", cmd_path(c, "/api/sluice/repos/%S/releases/%s", repo, verb), body, &err) != SLU_OK)
		return refused(c, &answer, &err);
	return show(c, &answer, done);
}

static int start(struct cmd_ctx *c)
{
	return release(c, "start", slu_printf(c->a, "Release %s is begun.", c->arg[0]));
}

static int finish(struct cmd_ctx *c)
{
	return release(c, "finish", slu_printf(c->a, "Release %s is finished.", c->arg[0]));
}

/* ---- the operation under way ------------------------------------------------------------------------------------------------ */

static int flow(struct cmd_ctx *c, const char *method, const char *tail, struct cli_answer *answer)
{
	slu_err err = { 0 };
	const char *repo;
	*answer = (struct cli_answer){ 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_call(c, answer, method, slu_printf(c->a, "%s%s", cmd_path(c, "/api/sluice/repos/%S/flow", repo), tail), NULL, &err) != SLU_OK)
		return refused(c, answer, &err);
	return 0;
}

/* What to do about an operation that is in this state. */
static const char *next_of(struct cmd_ctx *c, const struct json_t *j)
{
	static const struct { const char *kind, *state, *next; } table[] = {
		{ "", "running", "Go on: sluice continue. Put every ref back: sluice abort" },
		{ "", "stopped", "Go on: sluice continue. Put every ref back: sluice abort" },
		{ "release-start", "done", "Finish it: sluice release finish %s. Take it back: sluice undo" },
		{ "release-start", "aborted", "Every ref stands as before. Begin again: sluice release start %s" },
		{ "release-finish", "aborted", "Every ref stands as before. What it waits for: sluice release finish %s --dry-run" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *gap = strstr(table[i].next, "%s");
		if (strcmp(table[i].state, cmd_j_str(j, "state")) != 0 || (*table[i].kind && strcmp(table[i].kind, cmd_j_str(j, "kind")) != 0))
			continue;
		return gap ? slu_printf(c->a, "%.*s%s%s", (int)(gap - table[i].next), table[i].next, cmd_j_str(j, "name"), gap + 2) : table[i].next;
	}
	return NULL;
}

static int status(struct cmd_ctx *c)
{
	struct cli_answer answer;
	int code = flow(c, "GET", "", &answer);
	if (code || c->format == CMD_FORMAT_JSON)
		return code ? code : cmd_put_json(c, answer.json);
	const char *next = next_of(c, answer.json);
	(void)fprintf(c->out, "%s %s by %s: %s (since %s)\n", cmd_j_str(answer.json, "kind"), cmd_j_str(answer.json, "name"), cmd_j_str(answer.json, "by"), cmd_j_str(answer.json, "state"),
	              cmd_j_str(answer.json, "moved"));
	if (next)
		cmd_say(c, "%s", next);
	return 0;
}

static int go_on(struct cmd_ctx *c)
{
	struct cli_answer answer;
	int code = flow(c, "POST", "/continue", &answer);
	return code ? code : show(c, &answer, "Done.");
}

static int back(struct cmd_ctx *c, const char *tail, const char *said)
{
	struct cli_answer answer;
	int code = flow(c, "POST", tail, &answer);
	if (code == 0 && c->dry_run)
		return cmd_would(c, &answer, slu_printf(c->a, "%s %s would be taken back: every ref as before.", cmd_j_str(answer.json, "would.kind"), cmd_j_str(answer.json, "would.name")));
	if (code || c->format == CMD_FORMAT_JSON)
		return code ? code : cmd_put_json(c, answer.json);
	(void)fprintf(c->out, "%s %s %s: every ref stands as before.\n", cmd_j_str(answer.json, "kind"), cmd_j_str(answer.json, "name"), said);
	return 0;
}

static int abort_flow(struct cmd_ctx *c)
{
	return back(c, "/abort", "is aborted");
}

static int undo(struct cmd_ctx *c)
{
	return back(c, "/undo", "is undone");
}

static const struct cmd_opt options[] = {
	{ "kind", 0, "KIND", "kind of branch that holds the release, when the strategy has several", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_release_start = {
	.name = "release start", .summary = "Begin a release: branch, version, changelog, change", .usage = "VERSION", .group = CMD_G_RELEASE,
	.args_min = 1, .args_max = 1, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = options, .run = start,
	.detail = "The version must be above all released ones of its line. Fixes are pushed or merged to the release branch; `sluice release finish "
	          "VERSION` ends it.",
	.example = "sluice release start 2.1.0 --dry-run     shows the steps\n"
	           "sluice release start 2.1.0               takes them",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
const struct cmd_desc cmd_release_finish = {
	.name = "release finish", .summary = "Finish a release: merge, tag, merge back", .usage = "VERSION", .group = CMD_G_RELEASE,
	.args_min = 1, .args_max = 1, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = options, .run = finish,
	.detail = "All refs move in one act, or none does; the deployments that the strategy has for it follow. What stands in the way is said with "
	          "what opens it.",
	.example = "sluice release finish 2.1.0\n"
	           "sluice status          where it stands\n"
	           "sluice continue        go on\n"
	           "sluice abort           every ref as before",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
const struct cmd_desc cmd_status = {
	.name = "status", .summary = "The operation under way, or the last one", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER, .run = status,
	.example = "sluice status",
};
const struct cmd_desc cmd_continue = {
	.name = "continue", .summary = "Go on with the operation under way", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .run = go_on,
	.example = "sluice continue",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
const struct cmd_desc cmd_abort = {
	.name = "abort", .summary = "Put every ref back to before the operation under way", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .run = abort_flow,
	.example = "sluice abort",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
const struct cmd_desc cmd_undo = {
	.name = "undo", .summary = "Take back the last operation that was finished", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .run = undo,
	.example = "sluice undo",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
