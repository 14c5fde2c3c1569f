/* SPDX-License-Identifier: Apache-2.0 */
/** sluice replay: what a strategy would have said to a whole history. */
#include "cmd/replay_fit.h"
#include "cmd/replay_since.h"

#include <stdlib.h>
#include <unistd.h>

enum { BAR = 30 };

/* ---- progress ------------------------------------------------------------------------------------------------------------ */

struct bar {
	struct cmd_ctx *c;
	bool shown;
	unsigned last;
};

static void show_part(struct bar *b, const char *what, size_t done, size_t all)
{
	unsigned percent = all ? (unsigned)(done * 100 / all) : 100, filled = percent * BAR / 100;
	if (!b->shown || percent == b->last)
		return;
	b->last = percent;
	(void)fprintf(b->c->err, "\r\033[K%s [%.*s%.*s] %3u %%", what, (int)filled, "##############################", (int)(BAR - filled), "..............................", percent);
	(void)fflush(b->c->err);
}

static void show_progress(void *ctx, size_t done, size_t all)
{
	show_part(ctx, "replaying", done, all);
}

static void show_reading(void *ctx, size_t done, size_t all)
{
	show_part(ctx, "looking at files", done, all);
}

static void end_progress(struct bar *b)
{
	if (b->shown)
		(void)fprintf(b->c->err, "\r\033[K");
	b->shown = false;
}

/* ---- where --------------------------------------------------------------------------------------------------------------- */

/* A strategy file is named from where one stands; all else happens in the repository. */
static int go_there(struct cmd_ctx *c)
{
	slu_err err = { 0 };
	if (c->arg_n == 0)
		return 0;
	for (size_t i = 0; i < c->given.n; i++) {
		if (strcmp(c->given.v[i].opt->name, "strategy") != 0 || strcmp(c->given.v[i].value, "-") == 0)
			continue;
		char *path = realpath(c->given.v[i].value, NULL);
		if (path)
			c->given.v[i].value = slu_strdup(c->a, path);
		free(path);
	}
	if (chdir(c->arg[0]) != 0) {
		(void)slu_fail(&err, SLU_E_USAGE, "There is no folder %s.", c->arg[0]);
		return cmd_fail(c, &err);
	}
	return 0;
}

/* The folder's name: of the work tree, or of a bare repository without ".git". */
static const char *name_here(struct cmd_ctx *c)
{
	const struct port_git_here *here;
	slu_str part, last = { "repository", 10 };
	if (cmd_here(c, &here, NULL) != SLU_OK)
		return "repository";
	slu_str path = slu_s(here->git_dir);
	if (slu_str_ends(path, "/.git"))
		path.n -= 5;
	else if (slu_str_ends(path, ".git"))
		path.n -= 4;
	while (slu_str_split(&path, '/', &part))
		last = part.n ? part : last;
	return slu_str_dup(c->a, last);
}

/* Of what is counted by --since nothing may be left. */
static bool is_empty(const struct ins_replay *r)
{
	return r->commits == 0 && r->all.judged == 0;
}

/* ---- without a strategy -------------------------------------------------------------------------------------------------- */

/* A history that no strategy is named for is judged by each of the general presets; the one that fits best is shown. */
static int try_presets(struct cmd_ctx *c, struct cmd_offline *o, struct app_history *h, struct app_replay_ask *ask, struct cmd_replay *x, struct ins_replay *r)
{
	struct cmd_fitting *t = SLU_NEW_N(c->a, struct cmd_fitting, CMD_FITS);
	struct cmd_fit *fit = SLU_NEW_N(c->a, struct cmd_fit, CMD_FITS);
	int code = cmd_fit_presets(c, o, h, ask, t);
	if (code)
		return code;
	for (size_t i = 0; i < CMD_FITS; i++)
		fit[i] = t[i].fit;
	*r = t[0].r;
	x->s = t[0].s;
	x->strategy_file = t[0].file;
	if (is_empty(r)) /* nothing fits better than another */
		return 0;
	x->fit = fit;
	x->fit_n = CMD_FITS;
	x->chosen = true;
	return 0;
}

static int show(struct cmd_ctx *c, const struct cmd_replay *x)
{
	const char *format = cmd_opt(c, "format");
	if (cmd_has(c, "secrets") && !x->s->files.scan_secrets)
		cmd_say(c, "No content was looked at: %s does not ask for it (files: {scan: secrets}).", x->strategy_file);
	if (c->format == CMD_FORMAT_JSON)
		return cmd_replay_json(c, x);
	return format && strcmp(format, "html") == 0 ? cmd_replay_html(c, x) : cmd_replay_text(c, x);
}

static int replay(struct cmd_ctx *c, struct cmd_offline *o, struct bar *bar)
{
	struct app_replay_ask ask = { .progress = show_progress, .reading = show_reading, .ctx = bar, .secrets = cmd_has(c, "secrets") };
	struct app_history h = { 0 };
	struct ins_replay r = { 0 };
	slu_err err = { 0 };
	const struct cmd_offline_ask here = { .may_have_none = true, .anybody = true };
	int code = go_there(c);
	if (code == 0)
		code = cmd_offline_open_as(c, o, &here);
	if (code)
		return code;
	slu_rc rc = cmd_whole(c, "", &err);
	if (rc == SLU_OK)
		rc = cmd_replay_since(c, &ask.since_s, &err);
	if (rc == SLU_OK)
		rc = app_history_load(&h, c->a, &o->ctx, o->default_branch, !cmd_has(c, "no-cache"), &err);
	struct cmd_replay x = { .name = name_here(c), .strategy_file = o->strategy_file, .since_s = INT64_MIN, .s = o->strategy, .h = &h, .r = &r };
	x.since_s = ask.since_s;
	ask.s = o->strategy;
	if (rc == SLU_OK && o->strategy)
		rc = app_replay(&r, c->a, &h, &ask, &err);
	else if (rc == SLU_OK)
		code = try_presets(c, o, &h, &ask, &x, &r);
	x.empty = rc == SLU_OK && code == 0 && is_empty(&r);
	if (rc == SLU_OK && code == 0)
		app_history_keep(&h);
	end_progress(bar);
	return rc != SLU_OK ? cmd_fail(c, &err) : code ? code : show(c, &x);
}

static int run(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	struct bar bar = { .c = c, .shown = !c->quiet && isatty(fileno(c->err)) };
	int code = replay(c, &o, &bar);
	cmd_offline_close(&o);
	return code;
}

static const struct cmd_opt options[] = {
	{ "strategy", 0, "FILE", "judge by this file, not by the one in force", CMD_PATH, 0 },
	{ "preset", 0, "NAME", "judge by this preset", CMD_TEXT, 0 },
	{ "since", 0, "DATE", "only what was done since then, such as 2024-01-31 (its beginning, UTC) or '1 year ago'", CMD_TEXT, 0 },
	{ "format", 'f', "text|json|html", "how to print it; html: one page with pictures", CMD_TEXT, 0 },
	{ "all", 'a', NULL, "every rule, and the worst examples", CMD_FLAG, 0 },
	{ "secrets", 0, NULL, "look for secrets in all that was ever committed, where the strategy does (files: {scan: secrets})", CMD_FLAG, 0 },
	{ "no-cache", 0, NULL, "read all of the history, and leave nothing for the next replay", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_replay = {
	.name = "replay",
	.summary = "What a strategy would have refused in the whole history",
	.usage = "[REPO]",
	.group = CMD_G_START,
	.args_max = 1,
	.opts = options,
	.run = run,
	.detail = "Every merge, push, tag and commit of the history is put before the strategy as if it were asked then. REPO is a folder, also of a bare repository; without "
	          "it, the one that you stand in. Without --strategy or --preset the strategy in force judges; where there is none, each of the general presets is tried, "
	          "and the one that fits best is shown.\n\n"
	          "What a history does not say is not guessed: which branch a merge brought is read from its message or from the branches that are there, and what stays "
	          "unknown is counted and not judged. Who reviewed and what was tested is not in Git: rules on that are counted as waiting. Paths and sizes of files are looked at where the strategy has rules on them, which reads "
	          "the trees of all commits; contents only with --secrets. What was not judged, the output says. Nobody is named. Nothing is changed.\n\n"
	          "What was read of a larger history (ids, times, first lines of messages, tags; which files a commit changes) is left in sluice/history and sluice/files of the "
	          "repository's Git folder, so that the next replay reads only what is new. They may be deleted at any time; --no-cache neither reads nor writes them.",
	.example = "sluice replay                               the repository around\n"
	           "sluice replay --preset gitflow ~/src/app    as if it had been git-flow\n"
	           "sluice replay --since '1 year ago' --all\n"
	           "sluice replay --preset montecarlo --secrets\n"
	           "sluice replay --strategy draft.yml --format json | jq .refused_by\n"
	           "sluice replay --format html >replay.html",
	.exits = CMD_EXIT(3),
};
