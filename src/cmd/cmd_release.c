/* SPDX-License-Identifier: Apache-2.0 */
/** sluice release start|finish. */
#include "cmd/call.h"
#include "cmd/flow.h"
#include "cmd/landing.h"
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
	static const char *const option[] = { "no-push", "no-fetch", "checked", "keep", "into", "message", "level", "role", "strategy", "preset", "at" };
	for (size_t i = 0; i < sizeof option / sizeof option[0]; i++)
		if (cmd_has(c, option[i]))
			return option[i];
	return NULL;
}

struct request {
	struct cmd_ctx *c;
	const char *verb, *repo;
	int64_t change; /* whose merge it waited for; 0: not tried yet */
	bool stopped;   /* the server has the operation under way */
};

static slu_rc post(struct request *q, bool dry, struct cli_answer *answer, slu_err *err)
{
	struct cmd_ctx *c = q->c;
	json_auto_t *body = json_pack("{s:s, s:s*, s:b}", "version", c->arg[0], "kind", cmd_opt(c, "kind"), "dry_run", dry);
	if (!body)
		return slu_fail(err, SLU_E_USAGE, "The version is not UTF-8.");
	if (q->stopped)
		return cmd_call(c, answer, "POST", cmd_path(c, "/api/sluice/repos/%S/flow/continue", q->repo), NULL, err);
	return cmd_call(c, answer, "POST", cmd_path(c, "/api/sluice/repos/%S/releases/%s", q->repo, q->verb), body, err);
}

/* After the first time the merge is asked about before it is asked for, so that waiting leaves one refusal in the log and not many. */
static slu_rc attempt(void *ctx, struct cli_answer *answer, slu_err *err)
{
	struct request *q = ctx;
	*answer = (struct cli_answer){ 0 };
	if (q->change) {
		json_auto_t *dry = json_pack("{s:b, s:s}", "dry_run", 1, "version", q->c->arg[0]);
		SLU_TRY(cmd_call(q->c, answer, "PUT", cmd_path(q->c, "/api/v3/repos/%S/pulls/%d/merge", q->repo, q->change), dry, err));
	}
	slu_rc rc = post(q, q->c->dry_run, answer, err);
	if (cmd_j_int(answer->json, "change"))
		q->change = cmd_j_int(answer->json, "change");
	if (*cmd_j_str(answer->json, "flow.state"))
		q->stopped = strcmp(cmd_j_str(answer->json, "flow.state"), "stopped") == 0;
	return rc;
}

/* What is only here would not be in the release. */
static slu_rc all_is_there(struct request *q, slu_err *err)
{
	struct cmd_ctx *c = q->c;
	struct cli_answer answer = { 0 };
	slu_str n = { 0 };
	SLU_TRY(post(q, true, &answer, err));
	const char *branch = slu_strdup(c->a, cmd_j_str(answer.json, "would.branch"));
	const char *name = *branch ? branch : slu_strdup(c->a, cmd_j_str(answer.json, "branch"));
	const char *const count[] = { "rev-list", "--count", slu_printf(c->a, "refs/remotes/origin/%s..refs/heads/%s", name, name), "--", NULL };
	if (cmd_git(c, NULL, count, true, &n, NULL) != SLU_OK || slu_str_is(n, "0"))
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%s has %.*s %s here that origin has not, and the release would be made without. Push first: git push origin %s", name, SLU_FMT(n), slu_str_is(n, "1") ? "commit" : "commits", name);
}

/* Does this clone belong to the repository that the release is made in? */
static bool is_its_clone(struct cmd_ctx *c, const char *repo)
{
	const char *server = NULL, *name = NULL;
	if (!cmd_in_a_clone(c) || cmd_has(c, "repo") || cmd_has(c, "home") || cmd_has(c, "server") || c->home)
		return false;
	return cmd_remote_at(c, SLU_STR("origin"), &server, &name, NULL) == SLU_OK && strcmp(name, repo) == 0 && (!c->server || strcmp(c->server, server) == 0);
}

static int follow(struct cmd_ctx *c, const struct cli_answer *answer)
{
	struct cmd_work w = { 0 };
	int code = cmd_follow(c, &w, answer->json);
	cmd_work_close(&w);
	return code;
}

static int release(struct cmd_ctx *c, const char *verb, const char *done)
{
	struct cli_answer answer = { 0 };
	slu_err err = { 0 };
	struct request q = { .c = c, .verb = verb };
	const char *option = only_here(c);
	bool finishes = strcmp(verb, "finish") == 0;
	if (option)
		return cmd_usage(c, "--%s is for a release without a server: add --local to make it in this clone.", option);
	if (c->arg_n == 0)
		return cmd_usage(c, "Which release? The server wants its version.");
	if (cmd_repo(c, &q.repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	bool here = finishes && is_its_clone(c, q.repo);
	if (here && all_is_there(&q, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_keep_trying(c, attempt, &q, &answer, slu_printf(c->a, "Release %s", c->arg[0]), &err) != SLU_OK)
		return cmd_flow_refused(c, &answer, &err);
	int code = cmd_flow_show(c, &answer, done);
	if (code == 0 && finishes && !c->dry_run)
		cmd_release_steps_there(c, c->arg[0]);
	return code || !here || c->dry_run ? code : follow(c, &answer);
}

static int start(struct cmd_ctx *c)
{
	if (c->arg_n == 0)
		return cmd_release_which(c);
	return cmd_release_is_here(c) ? cmd_release_start_here(c) : release(c, "start", slu_printf(c->a, "Release %s is begun.", c->arg[0]));
}

static int finish(struct cmd_ctx *c)
{
	return cmd_release_is_here(c) ? cmd_release_finish_here(c) : release(c, "finish", slu_printf(c->a, "Release %s is finished.", c->arg_n ? c->arg[0] : ""));
}

#define KIND { "kind", 0, "KIND", "kind of branch that holds the release, when the strategy has several", CMD_TEXT, 0 }
#define LOCAL { "local", 0, NULL, "in this clone, though its remote may be a server", CMD_FLAG, 0 }
#define NO_FETCH { "no-fetch", 0, NULL, "in a clone: do not ask the remote first", CMD_FLAG, 0 }

static const struct cmd_opt start_options[] = { KIND, LOCAL, { "checked", 0, "CHECK", "in a clone: this check passed on what the release begins with", CMD_TEXT, CMD_REPEAT }, NO_FETCH, CMD_OFFLINE_LEVEL, CMD_OFFLINE_BY, { NULL, 0, NULL, NULL, CMD_FLAG, 0 } };
static const struct cmd_opt finish_options[] = {
	KIND,
	LOCAL,
	{ "checked", 0, "CHECK", "in a clone: this check passed on what would land", CMD_TEXT, CMD_REPEAT },
	{ "wait", 0, NULL, "on a server: stay until it is finished, or cannot be", CMD_FLAG, 0 },
	{ "timeout", 0, "DURATION", "with --wait: at most so long, such as 30m; default 1h", CMD_DURATION, 0 },
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
	.args_max = 1, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = start_options, .run = start,
	.detail = "The version must be above all released ones of its line; without one the next is proposed. Fixes are pushed or merged to the release branch; `sluice release finish "
	          "VERSION` ends it.\n\n"
	          "On a server a change into production is opened with it. Without one (no --home, --server or --repo, and the clone's remote is none) the branch is "
	          "made in this clone and checked out. One commit writes the version into the strategy's releases.version-files, and the changelog. Nothing begins "
	          "while a back-merge is owed, nor before releases.start holds: checks on the commit that it begins with, boxes and approvals of the version.",
	.example = "sluice release start 2.1.0 --dry-run     shows the steps\n"
	           "sluice release start 2.1.0               takes them",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
const struct cmd_desc cmd_release_finish = {
	.name = "release finish", .summary = "Finish a release: merge, tag, merge back", .usage = "[VERSION]", .group = CMD_G_RELEASE,
	.args_min = 0, .args_max = 1, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = finish_options, .run = finish,
	.detail = "All refs move in one act, or none does; the deployments that the strategy has for it follow. What stands in the way is said with "
	          "what opens it; --wait stays until it is there. A clone of the server's repository follows.\n\n"
	          "In a clone without a server VERSION may be left out on the release's branch. The changelog is brought up to date first; branch, files and tag have "
	          "the same version, or nothing moves. The tag carries the changelog's section. What is merged back comes into other open releases too where the "
	          "strategy says so. A back-merge that conflicts is left on a branch sluice/back-merge/…, and is owed until somebody brings it in.",
	.example = "sluice release finish 2.1.0\n"
	           "sluice status          where it stands\n"
	           "sluice continue        go on\n"
	           "sluice abort           every ref as before",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
