/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/strategy_server.h"

#include <jansson.h>

/* ---- what it extends ------------------------------------------------------------------------------------------------------- */

static void difference(FILE *to, const char *mark, json_t *d)
{
	const char *was = cmd_j_str(d, "was"), *now = cmd_j_str(d, "now");
	(void)fprintf(to, "%s  %s %s: %s \u2192 %s\n", mark, json_is_true(json_object_get(d, "loosens")) ? "may loosen:   " : "only tightens:", cmd_j_str(d, "rule"), *was ? was : "(absent)", *now ? now : "(absent)");
}

/* Each line begins with `mark`: in a strategy file they are comments. */
static void bases(FILE *to, const char *mark, json_t *answer)
{
	size_t i, k;
	json_t *b, *d;
	json_array_foreach(json_object_get(answer, "bases"), i, b)
	{
		(void)fprintf(to, "%sextends %s, digest %.12s, accepted by %s%s\n", mark, cmd_j_str(b, "what"), cmd_j_str(b, "digest"), cmd_j_str(b, "by"),
			      json_is_true(json_object_get(b, "held")) ? ", held" : "");
		if (!json_is_true(json_object_get(b, "moved_on")))
			continue;
		(void)fprintf(to, "%s  since %s that file is another one, and takes no force by itself: %s\n", mark, cmd_j_str(b, "since"), cmd_j_str(b, "why"));
		json_array_foreach(json_object_get(b, "differs"), k, d)
			difference(to, mark, d);
		json_int_t more = cmd_j_int(b, "differs_all") - (json_int_t)k;
		if (more > 0)
			(void)fprintf(to, "%s  and %d more\n", mark, (int)more);
		if (*cmd_j_str(b, "command"))
			(void)fprintf(to, "%s  after reading it: %s\n", mark, cmd_j_str(b, "command"));
	}
}

/* ---- show ------------------------------------------------------------------------------------------------------------------- */

static int show_json(struct cmd_ctx *c, json_t *answer)
{
	static const char *const also[] = { "file", "commit", "trouble", "bases" };
	json_t *whole = json_object_get(answer, "whole");
	for (size_t i = 0; whole && i < sizeof also / sizeof *also; i++)
		(void)json_object_set(whole, also[i], json_object_get(answer, also[i]));
	return cmd_put_json(c, whole ? whole : answer);
}

int cmd_strategy_show_there(struct cmd_ctx *c)
{
	struct cli_answer answer = { 0 };
	const char *repo, *commit;
	slu_err err = { 0 };
	if (c->arg_n)
		return cmd_usage(c, "Give a FILE or --repo, not both: with --repo, what is in force there is shown.");
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const char *path = cmd_path(c, "/api/sluice/repos/%S/strategy", repo);
	if (cmd_call(c, &answer, "GET", cmd_has(c, "origin") ? slu_printf(c->a, "%s?origin=1", path) : path, NULL, &err) != SLU_OK)
		return cmd_refused(c, &answer, &err);
	if (c->format == CMD_FORMAT_JSON)
		return show_json(c, answer.json);
	commit = cmd_j_str(answer.json, "commit");
	(void)fprintf(c->out, "# in force in %s: %s%s%.10s\n", repo, cmd_j_str(answer.json, "file"), *commit ? " at commit " : "", commit);
	if (*cmd_j_str(answer.json, "trouble"))
		(void)fprintf(c->out, "# %s\n", cmd_j_str(answer.json, "trouble"));
	bases(c->out, "# ", answer.json);
	(void)fprintf(c->out, "%s", cmd_j_str(answer.json, "yaml"));
	return 0;
}

/* ---- check ------------------------------------------------------------------------------------------------------------------- */

static void place(struct cmd_ctx *c, json_t *j)
{
	(void)fprintf(c->out, "%s:%d:%d: ", cmd_j_str(j, "file"), (int)cmd_j_int(j, "line"), (int)cmd_j_int(j, "column"));
}

int cmd_strategy_check_there(struct cmd_ctx *c, const struct cmd_strategy *f)
{
	struct cli_answer answer = { 0 };
	const char *repo;
	slu_err err = { 0 };
	size_t i, errors = 0;
	json_t *one;
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	json_auto_t *body = json_pack("{s:s%}", "text", f->text.p, f->text.n);
	if (!body)
		return cmd_usage(c, "%s is not UTF-8.", f->file);
	if (cmd_call(c, &answer, "POST", cmd_path(c, "/api/sluice/repos/%S/strategy/check", repo), body, &err) != SLU_OK)
		return cmd_refused(c, &answer, &err);
	bool valid = json_is_true(json_object_get(answer.json, "valid"));
	if (c->format == CMD_FORMAT_JSON) {
		int rc = cmd_put_json(c, answer.json);
		return rc ? rc : valid ? 0 : 3;
	}
	json_array_foreach(json_object_get(answer.json, "issues"), i, one)
	{
		bool warning = strcmp(cmd_j_str(one, "severity"), "warning") == 0;
		errors += !warning;
		place(c, one);
		(void)fprintf(c->out, "%s%s\n", warning ? "warning: " : "", cmd_j_str(one, "text"));
	}
	json_array_foreach(json_object_get(answer.json, "not_enforced"), i, one)
	{
		place(c, one);
		(void)fprintf(c->out, "`%s`: read, not enforced by this version\n", cmd_j_str(one, "key"));
	}
	bases(c->out, "", answer.json);
	if (valid)
		cmd_say(c, "%s is valid for %s.", f->file, repo);
	else
		cmd_say(c, "%s has %s for %s.", f->file, cmd_count(c, errors, "error", "errors"), repo);
	return valid ? 0 : 3;
}
