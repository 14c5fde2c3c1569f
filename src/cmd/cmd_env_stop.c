/* SPDX-License-Identifier: Apache-2.0 */
/** sluice env stop. */
#include "cmd/cmd.h"

#include <jansson.h>
#include <poll.h>
#include <time.h>

enum { LATEST_S = 120 };

/* Until nothing has its traffic. */
static int wait_for(struct cmd_ctx *c, const char *repo, const char *name)
{
	slu_err err = { 0 };
	struct cli_answer an;
	for (time_t end = time(NULL) + LATEST_S; time(NULL) < end; (void)poll(NULL, 0, 100)) {
		if (cmd_call(c, &an, "GET", cmd_path(c, "/api/sluice/repos/%S/environments/%s", repo, name), NULL, &err) != SLU_OK)
			return cmd_refused(c, &an, &err);
		if (!json_is_object(json_object_get(an.json, "live")))
			return 0;
	}
	(void)fprintf(c->err, "sluice: %s of %s still runs after %d s; the server's log says why.\n", name, repo, LATEST_S);
	return 8;
}

static int stop_one(struct cmd_ctx *c, const char *repo, const char *name)
{
	struct cli_answer an;
	slu_err err = { 0 };
	if (cmd_call(c, &an, "POST", cmd_path(c, "/api/sluice/repos/%S/environments/%s/stop", repo, name), NULL, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (c->dry_run)
		return cmd_would(c, &an, slu_printf(c->a, "What runs in %s of %s would be ended.", name, repo));
	int code = wait_for(c, repo, name);
	if (code == 0)
		cmd_say(c, "Nothing runs in %s of %s any more.", name, repo);
	return code;
}

static int stop_repo(struct cmd_ctx *c, const char *repo)
{
	json_t *all, *e;
	size_t i;
	slu_err err = { 0 };
	enum cmd_format format = c->format;
	c->format = CMD_FORMAT_TEXT; /* the list is for us */
	int code = cmd_list(c, cmd_path(c, "/api/sluice/repos/%S/environments", repo), &all, &err);
	c->format = format;
	if (code != 0)
		return code;
	json_array_foreach(all, i, e) {
		int one = json_is_object(json_object_get(e, "live")) ? stop_one(c, repo, cmd_j_str(e, "name")) : 0;
		code = code ? code : one;
	}
	return code;
}

static int stop_all(struct cmd_ctx *c)
{
	json_t *all, *e;
	size_t i;
	slu_err err = { 0 };
	enum cmd_format format = c->format;
	c->format = CMD_FORMAT_TEXT;
	int code = cmd_list(c, "/api/sluice/repos", &all, &err);
	c->format = format;
	if (code != 0)
		return code;
	json_array_foreach(all, i, e) {
		int one = stop_repo(c, cmd_j_str(e, "name"));
		code = code ? code : one;
	}
	return code;
}

static int env_stop(struct cmd_ctx *c)
{
	const char *repo;
	slu_err err = { 0 };
	if (cmd_has(c, "all"))
		return c->arg_n > 0 ? cmd_usage(c, "--all is every environment of every repository: name none beside it.") : stop_all(c);
	if (c->arg_n == 0)
		return cmd_usage(c, "Which environment? Name it, or give --all.");
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return stop_one(c, repo, c->arg[0]);
}

static const struct cmd_opt stop_options[] = {
	{ "all", 0, NULL, "every environment of every repository that you may deploy to", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_env_stop = {
	.name = "env stop", .summary = "Drain and end what runs in an environment", .usage = "[ENV]", .group = CMD_G_RELEASE, .args_min = 0, .args_max = 1, .flags = CMD_SERVER | CMD_REPO | CMD_DRY_RUN,
	.opts = stop_options, .run = env_stop,
	.detail = "It comes back when the application has ended. The next deployment begins anew, in the same place.\nWhat a command driver brought is no longer looked after; its script is not called.",
	.example = "sluice env stop production\n"
	           "sluice env stop --all --home /srv/sluice",
	.exits = CMD_EXITS_JUDGED,
};
