/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/strategy_file.h"
#include "strategy/preset.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

static const struct strat_preset *find(struct cmd_ctx *c, const char *name, int *rc)
{
	const struct strat_preset *preset = strat_preset_find(slu_s(name));
	if (preset)
		return preset;
	size_t n;
	const struct strat_preset *all = strat_presets(&n);
	const char **names = SLU_NEW_N(c->a, const char *, n + 1);
	slu_auto_buf list;
	slu_buf_init(&list, 1000);
	for (size_t i = 0; i < n; i++) {
		names[i] = all[i].name;
		slu_buf_addf(&list, "%s%s", i ? ", " : "", names[i]);
	}
	const char *near = slu_nearest(slu_s(name), names, n);
	*rc = cmd_usage(c, "There is no preset \"%s\"%s%s%s There are: %s.", name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : ".", list.p);
	return NULL;
}

/* What a preset calls itself. */
static const char *title_of(struct cmd_ctx *c, const struct strat_preset *p)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	if (strat_compile(&s, &issues, c->a, (slu_str){ p->text, p->size }, p->name, NULL, NULL, NULL) != SLU_OK)
		return "";
	return slu_str_dup(c->a, s->title);
}

static const char *summary_of(struct cmd_ctx *c, const struct strat_preset *p)
{
	return slu_str_dup(c->a, strat_preset_summary(p));
}

static int run_list(struct cmd_ctx *c)
{
	size_t n;
	const struct strat_preset *all = strat_presets(&n);
	if (c->format == CMD_FORMAT_JSON) {
		json_t *list = json_array();
		for (size_t i = 0; i < n; i++)
			(void)json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", all[i].name, "title", title_of(c, &all[i]), "summary", summary_of(c, &all[i])));
		int rc = cmd_put_json(c, list);
		json_decref(list);
		return rc;
	}
	struct cmd_table t;
	cmd_table_init(&t, c, 2);
	cmd_table_cell(&t, "NAME");
	cmd_table_cell(&t, "WHAT IT IS FOR");
	for (size_t i = 0; i < n; i++) {
		cmd_table_cell(&t, all[i].name);
		cmd_table_cell(&t, summary_of(c, &all[i]));
	}
	return cmd_table_put(&t);
}

static int run_show(struct cmd_ctx *c)
{
	int rc = 0;
	const struct strat_preset *p = find(c, c->arg[0], &rc);
	if (!p)
		return rc;
	slu_auto_buf b;
	slu_buf_init(&b, p->size + 1);
	slu_buf_add(&b, p->text, p->size);
	return cmd_put(c, &b);
}

static slu_rc write_new(const char *path, const struct strat_preset *p, slu_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return slu_fail(err, SLU_E_EXISTS, "%s is there already, and is not overwritten. Edit it, or remove it first.", path);
	if (fd < 0)
		return slu_fail(err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(errno));
	slu_rc rc = SLU_OK;
	for (size_t done = 0; rc == SLU_OK && done < p->size;) {
		ssize_t n = write(fd, p->text + done, p->size - done);
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			rc = slu_fail(err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(errno));
	}
	if (close(fd) != 0 && rc == SLU_OK)
		rc = slu_fail(err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(errno));
	if (rc != SLU_OK)
		(void)unlink(path); /* half a file would be worse than none */
	return rc;
}

static int run_init(struct cmd_ctx *c)
{
	int rc = 0;
	const char *top = NULL;
	slu_err err = { 0 };
	const struct strat_preset *p = find(c, cmd_opt(c, "preset"), &rc);
	if (!p)
		return rc;
	if (cmd_worktree(c, &top, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const char *folder = slu_printf(c->a, "%s/.sluice", top), *path = slu_printf(c->a, "%s/%s", top, CMD_STRATEGY_PATH);
	if (access(path, F_OK) == 0) {
		(void)slu_fail(&err, SLU_E_EXISTS, "%s is there already, and is not overwritten. Edit it, or remove it first.", path);
		return cmd_fail(c, &err);
	}
	if (c->dry_run) {
		(void)fprintf(c->out, "would write %s (%zu bytes)\n", path, p->size);
		return 0;
	}
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		(void)slu_fail(&err, SLU_E_IO, "%s cannot be made: %s.", folder, strerror(errno));
		return cmd_fail(c, &err);
	}
	if (write_new(path, p, &err) != SLU_OK)
		return cmd_fail(c, &err);
	(void)fprintf(c->out, "%s\n", path);
	cmd_say(c,
		"Wrote the preset %s. Next:\n"
		"  1. Edit it: your branches, who may merge, checks, environments.\n"
		"  2. sluice strategy check                                   all that is wrong\n"
		"  3. sluice why push main --strategy " CMD_STRATEGY_PATH "    what it would say\n"
		"  4. git add " CMD_STRATEGY_PATH " && git commit -m \"chore: add the strategy\"\n"
		"It is in force when it reaches the default branch.",
		p->name);
	return 0;
}

const struct cmd_desc cmd_preset_list = {
	.name = "preset list",
	.summary = "List the built-in strategies",
	.usage = "",
	.group = CMD_G_STRATEGY,
	.run = run_list,
	.example = "sluice preset list",
};
const struct cmd_desc cmd_preset_show = {
	.name = "preset show",
	.summary = "Print a built-in strategy with its comments",
	.usage = "NAME",
	.group = CMD_G_STRATEGY,
	.args_min = 1,
	.args_max = 1,
	.run = run_show,
	.example = "sluice preset show gitflow",
};

static const struct cmd_opt init_opts[] = {
	{ .name = "preset", .arg = "NAME", .help = "the built-in strategy to begin with (sluice preset list)", .type = CMD_TEXT, .flags = CMD_REQUIRED },
	{ 0 },
};
const struct cmd_desc cmd_init = {
	.name = "init",
	.summary = "Write .sluice/strategy.yml here, from a preset",
	.usage = "",
	.detail = "Writes the whole preset with its comments, for you to edit. An existing file is not overwritten.",
	.group = CMD_G_START,
	.flags = CMD_DRY_RUN,
	.opts = init_opts,
	.run = run_init,
	.example = "sluice init --preset gitflow\n"
	           "sluice strategy check",
};
