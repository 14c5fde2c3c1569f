/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/parse.h"
#include "cmd_registry.h"
#include "cmd/strategy_server.h"
#include "policy/pol.h"
#include "strategy/preset.h"
#include "strategy/schema.h"

#include <jansson.h>
#include <string.h>

/* ---- check ------------------------------------------------------------------------------------------------------------- */

/* Of the words that every kind has, those that another command takes first: "start, finish". n == 0: the kind is called like no command */
static const char *taken_words(struct cmd_ctx *c, const struct strat_branch *b)
{
	const char *kind = slu_str_dup(c->a, b->name), *list = "";
	for (size_t i = 0; cmd_registry[i]; i++) {
		size_t words = 0;
		if (!(cmd_registry[i]->flags & CMD_KIND))
			continue;
		const char *verb = strrchr(cmd_registry[i]->name, ' ') + 1, *const word[] = { kind, verb };
		const struct cmd_desc *d = cmd_find(word, 2, &words);
		if (d && !(d->flags & CMD_SHORT))
			list = slu_printf(c->a, "%s%s%s", list, *list ? ", " : "", verb);
	}
	return list;
}

/* A kind that is called like a command: what it then takes to mean the kind. */
static const char *taken(struct cmd_ctx *c, const struct strat_branch *b)
{
	const char *words = b->builtin ? "" : taken_words(c, b);
	return *words ? slu_printf(c->a, "The kind %.*s is called like a command, which has these words for itself: %s. A bare branch of the kind: sluice branch start %.*s NAME", SLU_FMT(b->name), words, SLU_FMT(b->name)) : NULL;
}

static void check_text(struct cmd_ctx *c, const struct cmd_strategy *f)
{
	size_t errors = 0, warnings = 0;
	const strat *s = f->strategy;
	for (size_t i = 0; i < f->issues.n; i++)
		*(f->issues.v[i].warning ? &warnings : &errors) += 1;
	cmd_strategy_issues(c, c->out, f);
	for (size_t i = 0; s && i < s->unenforced_n; i++)
		(void)fprintf(c->out, "%s:%u:%u: `%s`: read, not enforced by this version\n", s->unenforced[i].pos.file, s->unenforced[i].pos.line, s->unenforced[i].pos.column,
			      s->unenforced[i].section);
	for (size_t i = 0; s && i < s->branch_n; i++)
		if (taken(c, &s->branch[i]))
			(void)fprintf(c->out, "%s:%u:%u: %s\n", s->branch[i].pos.file, s->branch[i].pos.line, s->branch[i].pos.column, taken(c, &s->branch[i]));
	if (s)
		cmd_say(c, "%s is valid: %s, %s, %s, %s; %s.", f->file, cmd_count(c, s->branch_n - 1, "kind of branch", "kinds of branch"), cmd_count(c, s->tag_n, "class of tag", "classes of tag"),
			cmd_count(c, s->check_n, "check", "checks"), cmd_count(c, s->environment_n, "environment", "environments"), cmd_count(c, warnings, "warning", "warnings"));
	else
		cmd_say(c, "%s has %s%s.", f->file, cmd_count(c, errors, "error", "errors"), f->issues.n >= SLU_MAX_STRATEGY_ERRORS ? ", and perhaps more: only so many are shown" : "");
}

static json_t *json_place(const struct strat_pos *pos)
{
	return json_pack("{s:s, s:I, s:I}", "file", pos->file, "line", (json_int_t)pos->line, "column", (json_int_t)pos->column);
}

static int check_json(struct cmd_ctx *c, const struct cmd_strategy *f)
{
	json_t *all = json_array(), *idle = json_array(), *notes = json_array();
	for (size_t i = 0; i < f->issues.n; i++) {
		json_t *one = json_place(&f->issues.v[i].pos);
		(void)json_object_set_new(one, "severity", json_string(f->issues.v[i].warning ? "warning" : "error"));
		(void)json_object_set_new(one, "text", json_string(f->issues.v[i].text));
		(void)json_array_append_new(all, one);
	}
	for (size_t i = 0; f->strategy && i < f->strategy->unenforced_n; i++) {
		json_t *one = json_place(&f->strategy->unenforced[i].pos);
		(void)json_object_set_new(one, "key", json_string(f->strategy->unenforced[i].section));
		(void)json_array_append_new(idle, one);
	}
	for (size_t i = 0; f->strategy && i < f->strategy->branch_n; i++) {
		const char *text = taken(c, &f->strategy->branch[i]);
		json_t *one = text ? json_place(&f->strategy->branch[i].pos) : NULL;
		if (one) {
			(void)json_object_set_new(one, "text", json_string(text));
			(void)json_array_append_new(notes, one);
		}
	}
	json_t *j = json_pack("{s:s, s:b, s:o, s:o, s:o}", "file", f->file, "valid", f->strategy != NULL, "issues", all, "not_enforced", idle, "notes", notes);
	if (f->strategy)
		(void)json_object_set_new(j, "digest", json_string(f->strategy->digest));
	int rc = cmd_put_json(c, j);
	json_decref(j);
	return rc;
}

/* A file that leaves out the branch it stands on is refused when it comes: said here already, as far as the clone knows which one that is. */
static void check_default_branch(struct cmd_ctx *c, struct cmd_strategy *f)
{
	const char *const head[] = { "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD", NULL };
	slu_str name;
	if (!f->strategy || cmd_git(c, NULL, head, true, &name, NULL) != SLU_OK || !slu_str_starts(name, "origin/"))
		return;
	name = (slu_str){ name.p + strlen("origin/"), name.n - strlen("origin/") };
	if (strat_branch_kind(f->strategy, name, NULL) == STRAT_NONE)
		*SLU_ADD(c->a, &f->issues) = (struct strat_issue){ .pos = f->strategy->branch[0].pos, .warning = true,
			.text = slu_printf(c->a, "%.*s, the default branch of origin, is of no kind: the push that brings this file to it would be refused.", SLU_FMT(name)) };
}

static int run_check(struct cmd_ctx *c)
{
	struct cmd_strategy f;
	slu_err err = { 0 };
	int rc = 0;
	if (cmd_strategy_read(c, &f, c->arg_n ? c->arg[0] : NULL, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_has(c, "repo"))
		return cmd_strategy_check_there(c, &f);
	if (c->arg_n == 0)
		check_default_branch(c, &f);
	if (c->format == CMD_FORMAT_JSON)
		rc = check_json(c, &f);
	else
		check_text(c, &f);
	return rc ? rc : f.strategy ? 0 : 3;
}

/* ---- show -------------------------------------------------------------------------------------------------------------- */

static int run_show(struct cmd_ctx *c)
{
	struct cmd_strategy f;
	slu_err err = { 0 };
	if (cmd_has(c, "repo"))
		return cmd_strategy_show_there(c);
	const char *repo;
	if (cmd_strategy_read(c, &f, c->arg_n ? c->arg[0] : NULL, &err) != SLU_OK) /* where a server is named, what is in force there */
		return c->arg_n == 0 && (c->server || c->home) && cmd_repo(c, &repo, NULL) == SLU_OK ? cmd_strategy_show_there(c) : cmd_fail(c, &err);
	if (!f.strategy)
		return cmd_fail(c, &f.first);
	slu_auto_buf b;
	slu_buf_init(&b, 16u * SLU_MAX_STRATEGY_BYTES);
	if (c->format == CMD_FORMAT_JSON) {
		strat_show_json(&b, f.strategy, cmd_has(c, "origin"));
		slu_buf_addc(&b, '\n');
	} else {
		strat_show_yaml(&b, f.strategy, cmd_has(c, "origin"));
	}
	return cmd_put(c, &b);
}

/* ---- schema ------------------------------------------------------------------------------------------------------------ */

static int run_schema(struct cmd_ctx *c)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4u << 20);
	if (cmd_has(c, "markdown")) {
		strat_reference_markdown(&b);
		pol_rules_markdown(&b);
		return cmd_put(c, &b);
	}
	strat_json_schema(&b);
	json_error_t bad;
	json_t *j = json_loadb(b.p, b.n, 0, &bad);
	if (!j) {
		slu_err err;
		(void)slu_fail(&err, SLU_E_INTERNAL, "The schema that was made is not JSON: %s.", bad.text);
		return cmd_fail(c, &err);
	}
	int rc = cmd_put_json(c, j);
	json_decref(j);
	return rc;
}

const struct cmd_desc cmd_strategy_check = {
	.name = "strategy check",
	.summary = "Say everything that is wrong with a strategy file",
	.usage = "[FILE]",
	.group = CMD_G_STRATEGY,
	.args_max = 1,
	.flags = CMD_REPO | CMD_SERVER,
	.run = run_check,
	.detail = "FILE is .sluice/strategy.yml of this work tree when it is not given; - reads standard input. Every error is said at once, with its "
	          "line, what is allowed there, and the nearest known key. What this version reads and does not enforce is listed. Given --repo, the "
	          "server checks it: beside the files of the default branch there, with what it extends of other repositories as that was accepted.",
	.example = "sluice strategy check\n"
	           "sluice strategy check draft.yml --repo acme/app",
	.exits = CMD_EXIT(3),
};

static const struct cmd_opt show_opts[] = {
	{ .name = "origin", .help = "say of each value which file and line it comes from" },
	{ 0 },
};
const struct cmd_desc cmd_strategy_show = {
	.name = "strategy show",
	.summary = "Show all that a file amounts to, defaults too",
	.usage = "[FILE]",
	.group = CMD_G_STRATEGY,
	.args_max = 1,
	.flags = CMD_REPO | CMD_SERVER,
	.opts = show_opts,
	.run = run_show,
	.detail = "With what it extends and all defaults. The output is a strategy file itself (with --format json, JSON). FILE is as for `sluice "
	          "strategy check`. Given --repo, what is in force on the server, and whether files of other repositories that it extends have moved on.",
	.example = "sluice strategy show --origin | less\n"
	           "sluice strategy show --repo acme/app",
	.exits = CMD_EXIT(3),
};

static const struct cmd_opt schema_opts[] = {
	{ .name = "markdown", .help = "print the reference page of the manual instead" },
	{ 0 },
};
const struct cmd_desc cmd_schema = {
	.name = "schema",
	.summary = "Print the JSON Schema of the strategy file",
	.usage = "",
	.group = CMD_G_STRATEGY,
	.opts = schema_opts,
	.run = run_schema,
	.detail = "JSON Schema draft 7 with descriptions, for editors that complete and check YAML by yaml-language-server.",
	.example = "sluice schema > strategy.schema.json\n"
	           "# then, as the first line of .sluice/strategy.yml:\n"
	           "# yaml-language-server: $schema=../strategy.schema.json",
};
