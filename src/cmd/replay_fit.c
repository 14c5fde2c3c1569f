/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/replay_fit.h"

#include "cmd/init.h"

#include <stdlib.h>

/* The presets that say nothing of one team in particular. */
static const char *const general[CMD_FITS] = { "github-flow", "trunk", "gitlab-flow", "gitflow" };

/* What it would refuse, and what it has no place for: a preset that takes every name for a branch of work refuses little and says little. */
static uint64_t misfit(const struct cmd_fitting *f)
{
	return f->r.all.refused + f->r.squashed_unfit + f->r.into_work + f->r.on_kindless;
}

static int nearest_first(const void *x, const void *y)
{
	const struct cmd_fitting *a = x, *b = y;
	uint64_t of_a = misfit(a), of_b = misfit(b);
	if (of_a != of_b)
		return of_a < of_b ? -1 : 1;
	return a->place - b->place;
}

/* A default branch of another name is the preset's own all the same. */
static void rename_default(struct cmd_ctx *c, struct cmd_fitting *f, const char *preset, slu_str default_branch)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_auto_buf text;
	slu_buf_init(&text, 65536);
	int kind = strat_branch_kind(f->s, default_branch, NULL), to = 0;
	while ((size_t)to < f->s->branch_n && f->s->branch[to].type != STRAT_PRODUCTION)
		to++;
	if ((kind >= 0 && f->s->branch[kind].type == STRAT_PRODUCTION) || (size_t)to == f->s->branch_n)
		return;
	slu_buf_addf(&text, "strategy: 1\nextends: %s\nbranches:\n  %.*s: {match: ", preset, SLU_FMT(f->s->branch[to].name));
	cmd_yaml_quoted(&text, default_branch);
	slu_buf_adds(&text, "}\n");
	if (strat_compile(&s, &issues, c->a, slu_s(slu_str_dup(c->a, slu_buf_str(&text))), f->file, NULL, NULL, NULL) != SLU_OK)
		return;
	f->renamed = f->s->branch[to].name;
	f->s = s;
}

int cmd_fit_presets(struct cmd_ctx *c, struct cmd_offline *o, struct app_history *h, struct app_replay_ask *ask, struct cmd_fitting *out)
{
	slu_err err = { 0 };
	for (int i = 0; i < CMD_FITS; i++) {
		int code = cmd_offline_preset(c, o, general[i]);
		if (code)
			return code;
		out[i] = (struct cmd_fitting){ .place = i, .s = o->strategy, .file = o->strategy_file };
		rename_default(c, &out[i], general[i], h->default_branch);
		ask->s = out[i].s;
		if (app_replay(&out[i].r, c->a, h, ask, &err) != SLU_OK)
			return cmd_fail(c, &err);
		out[i].fit = (struct cmd_fit){ general[i], out[i].r.all.judged, out[i].r.all.refused };
	}
	qsort(out, CMD_FITS, sizeof *out, nearest_first);
	return 0;
}
