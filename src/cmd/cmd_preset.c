/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/init.h"
#include "strategy/preset.h"

#include <jansson.h>

const struct strat_preset *cmd_preset_find(struct cmd_ctx *c, const char *name, int *rc)
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
	const struct strat_preset *p = cmd_preset_find(c, c->arg[0], &rc);
	if (!p)
		return rc;
	slu_auto_buf b;
	slu_buf_init(&b, p->size + 1);
	slu_buf_add(&b, p->text, p->size);
	return cmd_put(c, &b);
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
