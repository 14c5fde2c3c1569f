/* SPDX-License-Identifier: Apache-2.0 */
/** sluice deploy, rollback, env. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <poll.h>
#include <string.h>

static bool runs(const char *state)
{
	return strcmp(state, "waiting") == 0 || strcmp(state, "running") == 0;
}

/* Say each new phase until the rollout has ended or waits for a person. @return 0 when it succeeded, else 1; 8 when it is held */
static int follow(struct cmd_ctx *c, const char *repo, int64_t number, struct cli_answer *an)
{
	char last[160] = "";
	slu_err err = { 0 };
	for (;;) {
		if (cmd_call(c, an, "GET", cmd_path(c, "/api/sluice/repos/%S/deployments/%d", repo, number), NULL, &err) != SLU_OK)
			return cmd_refused(c, an, &err);
		const char *state = cmd_j_str(an->json, "state");
		char now[160];
		(void)snprintf(now, sizeof now, "%.60s, %lld %% of the traffic", runs(state) ? cmd_j_str(an->json, "phase") : state, (long long)cmd_j_int(an->json, "weight"));
		if (strcmp(now, last) != 0)
			cmd_say(c, "%s", now);
		memcpy(last, now, sizeof last);
		if (!runs(state))
			return strcmp(state, "success") == 0 ? 0 : strcmp(state, "held") == 0 ? 8 : 1;
		(void)poll(NULL, 0, 300);
	}
}

/* What was asked for is stored; wait for its end unless told otherwise. */
static int begun(struct cmd_ctx *c, const char *repo, struct cli_answer *an)
{
	int64_t number = cmd_j_int(an->json, "number");
	int code = 0;
	if (c->dry_run)
		return cmd_would(c, an, slu_printf(c->a, "%s would go to %s.", cmd_j_str(an->json, "would.version"), cmd_j_str(an->json, "would.environment")));
	cmd_say(c, "Deployment %lld: %s to %s.\n%s", (long long)number, cmd_j_str(an->json, "version"), cmd_j_str(an->json, "environment"), cmd_j_str(an->json, "page"));
	if (cmd_has(c, "wait"))
		code = follow(c, repo, number, an);
	if (c->format == CMD_FORMAT_JSON && an->json) {
		int put = cmd_put_json(c, an->json);
		return put ? put : code;
	}
	if (code == 1)
		(void)fprintf(c->err, "sluice: deployment %lld ended as %s: %s\n", (long long)number, cmd_j_str(an->json, "state"), cmd_j_str(an->json, "reason"));
	slu_auto_buf b;
	slu_buf_init(&b, 64);
	slu_buf_addf(&b, "%lld\n", (long long)number);
	int put = cmd_put(c, &b);
	return put ? put : code;
}

static int deploy(struct cmd_ctx *c)
{
	const char *repo;
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s, s:s*}", "environment", c->arg[0], "version", cmd_opt(c, "version"));
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/sluice/repos/%S/deployments", repo), body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	return begun(c, repo, &an);
}

static const struct cmd_opt deploy_options[] = {
	{ "version", 0, "V", "2.1.0 (its tag), a commit, a branch; without it, what the environment's trigger would bring", CMD_TEXT, 0 },
	{ "wait", 'w', NULL, "until it has ended; exit code 0: it succeeded, 1: it did not, 8: it waits for a person", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_deploy = {
	.name = "deploy", .summary = "Bring a version into an environment", .usage = "ENV", .group = CMD_G_RELEASE, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .opts = deploy_options, .run = deploy,
	.detail = "Prints the deployment's number. When a rule says no, it is printed with what opens it.",
	.example = "sluice deploy production --version 2.1.0 --wait",
	.exits = CMD_EXITS_JUDGED,
};

static int rollback(struct cmd_ctx *c)
{
	const char *repo;
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s*}", "to", cmd_opt(c, "to"));
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/sluice/repos/%S/environments/%s/rollback", repo, c->arg[0]), body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	return begun(c, repo, &an);
}

static const struct cmd_opt rollback_options[] = {
	{ "to", 0, "V", "this version; without it, the one before (a rollout under way is aborted)", CMD_TEXT, 0 },
	{ "wait", 'w', NULL, "until it has ended", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_rollback = {
	.name = "rollback", .summary = "Go back to the version before, or to another one", .usage = "ENV", .group = CMD_G_RELEASE, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.opts = rollback_options, .run = rollback,
	.example = "sluice rollback production --wait\n"
	           "sluice rollback production --to 2.0.3",
	.exits = CMD_EXITS_JUDGED,
};

/* ---- env ---------------------------------------------------------------------------------------------------------------------------- */

static const char *live_version(struct cmd_ctx *c, const json_t *row)
{
	(void)c;
	return *cmd_j_str(row, "live.version") ? cmd_j_str(row, "live.version") : "nothing";
}

static const char *under_way(struct cmd_ctx *c, const json_t *row)
{
	return *cmd_j_str(row, "under_way.state") ? slu_printf(c->a, "%s %s", cmd_j_str(row, "under_way.version"), cmd_j_str(row, "under_way.state")) : "";
}

static const char *incidents(struct cmd_ctx *c, const json_t *row)
{
	return slu_printf(c->a, "%zu", json_array_size(json_object_get(row, "incidents")));
}

static int env_list(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = {
		{ "ENVIRONMENT", "name", NULL }, { "VERSION", NULL, live_version }, { "SINCE", "live.finished_at", NULL }, { "UNDER WAY", NULL, under_way }, { "INCIDENTS", NULL, incidents },
		{ NULL, NULL, NULL },
	};
	const char *repo;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return cmd_list_put(c, cmd_path(c, "/api/sluice/repos/%S/environments", repo), columns, "The strategy declares no environment: see `environments` in `sluice schema`.");
}

const struct cmd_desc cmd_env_list = {
	.name = "env list", .summary = "What runs where", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_SERVER | CMD_REPO, .run = env_list,
	.example = "sluice env list",
};

static const char *deployment_number(struct cmd_ctx *c, const json_t *row)
{
	return slu_printf(c->a, "%lld%s", (long long)cmd_j_int(row, "number"), cmd_j_bool(row, "live") ? " (live)" : "");
}

static int env_show(struct cmd_ctx *c)
{
	static const struct cmd_column columns[] = {
		{ "DEPLOYMENT", NULL, deployment_number }, { "VERSION", "version", NULL }, { "STATE", "state", NULL }, { "BY", "actor", NULL }, { "AT", "created_at", NULL },
		{ "REASON", "reason", NULL }, { NULL, NULL, NULL },
	};
	const char *repo;
	struct cli_answer an;
	slu_err err = { 0 };
	size_t i;
	json_t *x;
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_call(c, &an, "GET", cmd_path(c, "/api/sluice/repos/%S/environments/%s", repo, c->arg[0]), NULL, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, an.json);
	json_array_foreach(json_object_get(an.json, "incidents"), i, x)
		cmd_say(c, "Incident: %s %s.\nNext: sluice env clear %s %s   lets it be deployed again", cmd_j_str(x, "version"), cmd_j_str(x, "text"), c->arg[0], cmd_j_str(x, "version"));
	return cmd_rows_put(c, json_object_get(an.json, "deployments"), columns, slu_printf(c->a, "Nothing was deployed to %s yet. Next: sluice deploy %s", c->arg[0], c->arg[0]));
}

const struct cmd_desc cmd_env_show = {
	.name = "env show", .summary = "One environment: how it came to what runs there", .usage = "ENV", .group = CMD_G_RELEASE, .args_min = 1, .args_max = 1, .flags = CMD_SERVER | CMD_REPO,
	.run = env_show,
	.example = "sluice env show production",
};

/* A word on a version in an environment. 0: it was taken. */
static int env_word(struct cmd_ctx *c, const char *word, struct cli_answer *an)
{
	const char *repo;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s}", "version", c->arg[1]);
	if (cmd_call(c, an, "POST", cmd_path(c, "/api/sluice/repos/%S/environments/%s/%s", repo, c->arg[0], word), body, &err) != SLU_OK)
		return cmd_refused(c, an, &err);
	return 0;
}

static int env_clear(struct cmd_ctx *c)
{
	struct cli_answer an;
	int code = env_word(c, "clear", &an);
	if (code)
		return code;
	if (c->dry_run)
		return cmd_would(c, &an, slu_printf(c->a, "%s could be deployed to %s again.", c->arg[1], c->arg[0]));
	return cmd_done(c, &an, slu_printf(c->a, "%s may be deployed to %s again.", c->arg[1], c->arg[0]));
}

const struct cmd_desc cmd_env_clear = {
	.name = "env clear", .summary = "Let a version that failed be deployed again", .usage = "ENV VERSION", .group = CMD_G_RELEASE, .args_min = 2, .args_max = 2,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .run = env_clear,
	.example = "sluice env clear production 2.1.0",
	.exits = CMD_EXITS_JUDGED,
};

static int env_approve(struct cmd_ctx *c)
{
	struct cli_answer an;
	int code = env_word(c, "approve", &an);
	if (code)
		return code;
	if (c->dry_run)
		return cmd_would(c, &an, slu_printf(c->a, "Your word that %s may go to %s would be kept.", c->arg[1], c->arg[0]));
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, an.json);
	cmd_say(c, "You say that %s (%.10s) may go to %s. `sluice deploy %s --version %s` asks for it.", cmd_j_str(an.json, "version"), cmd_j_str(an.json, "commit"), c->arg[0], c->arg[0], cmd_j_str(an.json, "version"));
	return 0;
}

const struct cmd_desc cmd_env_approve = {
	.name = "env approve", .summary = "Say that a version may be deployed there", .usage = "ENV VERSION", .group = CMD_G_RELEASE, .args_min = 2, .args_max = 2,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .run = env_approve,
	.detail = "Counts towards the approvals that the environment requires, as the review of a change does; never for one's own deployment. It is for this commit alone: "
		"another version needs another word. A deployment that waits for it goes on by itself.",
	.example = "sluice env approve production 2.1.0",
	.exits = CMD_EXITS_JUDGED,
};

/* ---- a word to a rollout ---------------------------------------------------------------------------------------------------------------- */

static int tell(struct cmd_ctx *c, const char *word, const char *said)
{
	const char *repo;
	slu_err err = { 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return cmd_act(c, "POST", cmd_path(c, "/api/sluice/repos/%S/deployments/%s/%s", repo, c->arg[0], word), NULL, slu_printf(c->a, "Deployment %s %s.", c->arg[0], said), NULL);
}

static int tell_pause(struct cmd_ctx *c)
{
	return tell(c, "pause", "stays where it is until it is told to go on");
}

static int tell_resume(struct cmd_ctx *c)
{
	return tell(c, "resume", "goes on");
}

static int tell_promote(struct cmd_ctx *c)
{
	return tell(c, "promote", "goes on without the waits that are left");
}

static int tell_abort(struct cmd_ctx *c)
{
	return tell(c, "abort", "goes back to the version before");
}

const struct cmd_desc cmd_deployment_pause = {
	.name = "deployment pause", .summary = "Hold a rollout at its present share of the traffic", .usage = "NUMBER", .group = CMD_G_RELEASE, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .run = tell_pause,
	.example = "sluice deployment pause 7",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
const struct cmd_desc cmd_deployment_resume = {
	.name = "deployment resume", .summary = "Let a rollout that was paused go on", .usage = "NUMBER", .group = CMD_G_RELEASE, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .run = tell_resume,
	.example = "sluice deployment resume 7",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
const struct cmd_desc cmd_deployment_promote = {
	.name = "deployment promote", .summary = "Skip the waits of a rollout that are left", .usage = "NUMBER", .group = CMD_G_RELEASE, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .run = tell_promote,
	.detail = "Probes are still asked: only the waiting is over.",
	.example = "sluice deployment promote 7",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
const struct cmd_desc cmd_deployment_abort = {
	.name = "deployment abort", .summary = "Take a rollout under way back to the version before", .usage = "NUMBER", .group = CMD_G_RELEASE, .args_min = 1, .args_max = 1,
	.flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN, .run = tell_abort,
	.example = "sluice deployment abort 7",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
