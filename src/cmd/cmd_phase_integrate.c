/* SPDX-License-Identifier: Apache-2.0 */
/** sluice phase integrate: phases together on a throwaway branch, in a clone, and their validation. */
#include "app/plan_trial.h"
#include "base/quantity.h"
#include "cmd/check_run.h"
#include "cmd/last_words.h"
#include "cmd/phase.h"
#include "cmd/start.h"
#include "flow/phase.h"
#include "policy/phases.h"

struct trial {
	int kind;             /* of the branch that holds it */
	const char *branch;
	const char *phases;   /* "phase1,phase2": all that it holds */
	struct app_trial t;
	SLU_LIST(struct app_trial_part) part;
	const char *dir;      /* where its files stand afterwards */
};

/* ---- what is meant ------------------------------------------------------------------------------------------------------------ */

/* The phases that were named; none: all that have a branch. NULL: *code is set. */
static bool *wanted(struct cmd_ctx *c, struct cmd_work *w, int *code)
{
	const strat *s = w->o.strategy;
	bool *want = SLU_NEW_N(c->a, bool, s->phase_n + 1);
	const char **name = NULL;
	for (size_t i = 0; i < c->arg_n; i++) {
		int phase = cmd_phase_of(c, w, c->arg[i], code);
		if (phase < 0)
			return NULL;
		want[phase] = true;
	}
	for (size_t i = 0; c->arg_n == 0 && i < s->phase_n; i++)
		want[i] = flow_phase_branches(&name, c->a, s, (int)i, &w->refs) > 0;
	return want;
}

static int trial_kind(struct cmd_ctx *c, struct cmd_work *w, int *code)
{
	const strat *s = w->o.strategy;
	int kind = cmd_has(c, "kind") ? cmd_work_kind(c, w, cmd_opt(c, "kind"), code) : flow_phase_trial_kind(s);
	if (*code)
		return STRAT_NONE;
	if (kind >= 0 && s->branch[kind].type == STRAT_THROWAWAY)
		return kind;
	if (kind >= 0)
		*code = cmd_usage(c, "Branches of the kind %.*s are kept: what is only tried goes on one of a kind of type throwaway. Say one: --kind KIND", SLU_FMT(s->branch[kind].name));
	else
		*code = cmd_usage(c, "Which kind of branch holds them together? The strategy has no throwaway kind that stands out, such as integration: {match: \"integration/{name}\", type: throwaway, base: BRANCH}. Say one: "
				     "--kind KIND");
	return STRAT_NONE;
}

/* Its branches, or what says that it is in the base already. */
static slu_rc add_phase(struct trial *x, struct cmd_ctx *c, struct cmd_work *w, int phase, slu_err *err)
{
	const strat *s = w->o.strategy;
	const struct strat_phase *p = &s->phase[phase];
	const char **name = NULL;
	bool there = false;
	size_t n = flow_phase_branches(&name, c->a, s, phase, &w->refs);
	for (size_t i = 0; i < n; i++) {
		const struct flow_ref *r = flow_ref_find(&w->refs, slu_printf(c->a, "refs/heads/%s", name[i]));
		SLU_TRY(app_plan_current(&w->p, slu_s(name[i]), err));
		*SLU_ADD(c->a, &x->part) = (struct app_trial_part){ .phase = phase, .branch = slu_s(name[i]), .head = r->id };
	}
	x->phases = slu_printf(c->a, "%s%s%.*s", x->phases, *x->phases ? "," : "", SLU_FMT(p->name));
	if (n)
		return SLU_OK;
	SLU_TRY(pol_phase_there(&there, c->a, s, &w->o.facts, phase, &x->t.at, err));
	if (!there)
		return slu_fail(err, SLU_E_NOT_FOUND, "%.*s has no branch, neither here nor on the remote, and is not in %.*s: without it the others cannot be tried together. Begin it: sluice phase start %.*s", SLU_FMT(p->name),
		                SLU_FMT(x->t.base), SLU_FMT(p->name));
	app_plan_says(&w->p, "%.*s is in %.*s already", SLU_FMT(p->name), SLU_FMT(x->t.base));
	return SLU_OK;
}

static slu_rc find_name(struct trial *x, struct cmd_ctx *c, struct cmd_work *w, const int *order, size_t n, slu_err *err)
{
	const strat *s = w->o.strategy;
	const char *word = "";
	char today[SLU_TIME_TEXT], *name = NULL;
	(void)slu_time_text(w->o.now_s, today);
	for (size_t i = 0; i < n; i++)
		word = slu_printf(c->a, "%s%s%.*s", word, i ? "-" : "", SLU_FMT(s->phase[order[i]].name));
	if (cmd_has(c, "name"))
		word = cmd_opt(c, "name");
	SLU_TRY(flow_branch_name(&name, c->a, s, x->kind, slu_s(word), (slu_str){ today, 10 }, err));
	x->branch = name;
	x->t.into = slu_s(name);
	return SLU_OK;
}

/* ---- the plan ------------------------------------------------------------------------------------------------------------------ */

/* What somebody committed on the branch itself is not in the new one. */
static slu_rc what_is_left(struct trial *x, struct cmd_ctx *c, struct cmd_work *w, const slu_oid *old, slu_err *err)
{
	slu_oid *not_ = SLU_NEW_N(c->a, slu_oid, x->t.n + 1);
	const slu_oid *id = NULL;
	size_t n = 0, own = 0;
	for (size_t i = 0; i < x->t.n; i++)
		not_[i] = x->t.part[i].head;
	not_[x->t.n] = x->t.at;
	SLU_TRY(w->w.git->ops->range(w->w.git, c->a, old, not_, x->t.n + 1, 10000, &id, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct pol_commit k;
		SLU_TRY(w->w.git->ops->commit(w->w.git, c->a, &id[i], &k, err));
		own += k.parent_n == 1;
	}
	if (own)
		*SLU_ADD(c->a, &w->p.owed) = slu_printf(c->a, "%s had %s that the new one does not have; they are at %s.", x->branch, cmd_count(c, own, "commit of its own", "commits of its own"), old->hex);
	return SLU_OK;
}

static slu_rc set_branch(struct trial *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	slu_str ref = slu_s(slu_printf(c->a, "refs/heads/%s", x->branch));
	struct pol_action act = { 0 };
	struct pol_verdict v;
	slu_oid old;
	bool there = false;
	SLU_TRY(app_plan_have(&there, &w->p, slu_s(x->branch), err));
	SLU_TRY(app_plan_at(&old, &w->p, ref, err));
	SLU_TRY(pol_push_action(&act, c->a, &w->o.facts, w->o.ctx.person, ref, &old, &x->t.at, err));
	SLU_TRY(app_plan_ask(&v, &w->p, &act, err));
	if (there)
		SLU_TRY(what_is_left(x, c, w, &old, err));
	SLU_TRY(app_plan_move(&w->p, ref, &x->t.at, err));
	SLU_TRY(app_plan_trees(&w->p, slu_s(x->branch), err));
	return cmd_has(c, "push") ? app_plan_push(&w->p, err) : SLU_OK;
}

static slu_rc plan(struct trial *x, struct cmd_ctx *c, struct cmd_work *w, const bool *want, slu_err *err)
{
	const strat *s = w->o.strategy;
	const char *base = NULL;
	int *order = NULL;
	size_t n = flow_phase_order(&order, c->a, s, want, true);
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "No phase has a branch, neither here nor on the remote: there is nothing to try together. Begin one: sluice phase start %.*s", SLU_FMT(s->phase[0].name));
	SLU_TRY(cmd_start_base(&x->t.at, &base, c, w, x->kind, err));
	x->t.base = slu_s(base);
	SLU_TRY(find_name(x, c, w, order, n, err));
	for (size_t i = 0; i < n; i++)
		SLU_TRY(add_phase(x, c, w, order[i], err));
	app_plan_says(&w->p, "make %s anew from %s (%.10s)", x->branch, base, x->t.at.hex);
	x->t.part = x->part.v;
	x->t.n = x->part.n;
	SLU_TRY(app_plan_trial(&x->t, &w->p, err));
	return set_branch(x, c, w, err);
}

/* ---- said ------------------------------------------------------------------------------------------------------------------------ */

static const char *part_text(struct cmd_ctx *c, const struct cmd_work *w, const struct trial *x, size_t i)
{
	if (i >= x->t.n)
		return slu_printf(c->a, "%.*s", SLU_FMT(x->t.base));
	return slu_printf(c->a, "%.*s (%.*s)", SLU_FMT(w->o.strategy->phase[x->t.part[i].phase].name), SLU_FMT(x->t.part[i].branch));
}

static int do_not_go(struct cmd_ctx *c, const struct cmd_work *w, const struct trial *x)
{
	slu_str bad = x->t.part[x->t.bad].branch, with = x->t.with < x->t.n ? x->t.part[x->t.with].branch : x->t.base;
	(void)fprintf(c->err, "sluice: %s and %s do not go together%s: %s in conflict. Nothing has moved.\n", part_text(c, w, x, x->t.with), part_text(c, w, x, x->t.bad),
	              x->t.together ? ", after what was merged before them" : "", cmd_count(c, x->t.conflict.n, "file is", "files are"));
	for (size_t i = 0; i < x->t.conflict.n; i++)
		(void)fprintf(c->err, "  %.*s\n", SLU_FMT(x->t.conflict.v[i]));
	cmd_say(c, "Settle it on the later one, then try again: git switch %.*s && git merge %.*s", SLU_FMT(bad), SLU_FMT(with));
	return slu_rc_exit(SLU_E_CONFLICT);
}

static void say_checks(struct cmd_ctx *c, struct cmd_work *w, const struct trial *x)
{
	int *v = NULL;
	size_t n = cmd_has(c, "no-run") ? 0 : cmd_check_runs(&v, c->a, w->o.strategy, x->kind);
	for (size_t i = 0; i < n; i++)
		app_plan_says(&w->p, "run %.*s: %.*s (SLUICE_PHASES=%s)", SLU_FMT(w->o.strategy->check[v[i]].name), SLU_FMT(w->o.strategy->check[v[i]].run), x->phases);
}

static int integrate(struct trial *x, struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	bool *want = NULL;
	int code = cmd_work_open_whole(c, w);
	if (code == 0 && w->o.strategy->phase_n == 0)
		(void)cmd_phase_of(c, w, "", &code);
	if (code == 0)
		code = cmd_work_fetch(c, w);
	if (code == 0)
		x->kind = trial_kind(c, w, &code);
	if (code == 0)
		want = wanted(c, w, &code);
	if (code)
		return code;
	slu_rc rc = plan(x, c, w, want, &err);
	if (rc == SLU_E_CONFLICT && x->t.conflict.n)
		return do_not_go(c, w, x);
	if (rc != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	if (c->dry_run)
		say_checks(c, w, x);
	return cmd_work_carry_out(c, w, slu_printf(c->a, "%s %s: you are on %s. It goes nowhere, and is made anew whenever you like.", x->phases, strchr(x->phases, ',') ? "go together" : "goes in", x->branch));
}

/* With nothing held any more: what is run may be long, and use Git. */
static int validate(struct trial *x, struct cmd_ctx *c, const strat *s)
{
	const char *env[] = { slu_printf(c->a, "SLUICE_PHASES=%s", x->phases), slu_printf(c->a, "SLUICE_BRANCH=%s", x->branch), slu_printf(c->a, "SLUICE_COMMIT=%s", x->t.at.hex), NULL };
	struct cmd_check_run r = { .s = s, .kind = x->kind, .env = env };
	slu_err err = { 0 };
	if (cmd_worktree(c, &r.dir, &err) != SLU_OK)
		return cmd_fail(c, &err);
	cmd_last_words_only(c, slu_printf(c->a, "The checks of %s were interrupted. The branch is made, and you are on it. Try it again: sluice phase integrate", x->branch));
	int code = cmd_check_run(c, &r);
	cmd_last_words_none();
	return code;
}

static int run(struct cmd_ctx *c)
{
	struct cmd_work w;
	struct trial x = { .kind = STRAT_NONE, .phases = "" };
	int code = integrate(&x, c, &w);
	const strat *s = w.o.strategy;
	cmd_work_close(&w);
	return code || c->dry_run || cmd_has(c, "no-run") ? code : validate(&x, c, s);
}

static const struct cmd_opt options[] = {
	{ "kind", 0, "KIND", "the throwaway kind of branch that holds them", CMD_TEXT, 0 },
	{ "name", 0, "NAME", "of that branch; default: the phases", CMD_TEXT, 0 },
	{ "from", 0, "BRANCH", "where it begins, when the strategy leaves a choice", CMD_TEXT, 0 },
	{ "no-run", 0, NULL, "do not run the checks", CMD_FLAG, 0 },
	{ "push", 0, NULL, "to the remote as well, over what is there", CMD_FLAG, 0 },
	{ "no-fetch", 0, NULL, "do not ask the remote first", CMD_FLAG, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_phase_integrate = {
	.name = "phase integrate", .summary = "Try phases together on a throwaway branch", .usage = "[PHASE …]", .group = CMD_G_WORK, .args_max = 255,
	.flags = CMD_DRY_RUN, .opts = options, .run = run,
	.detail = "The phases that are named, with all that they come after; without PHASE, all that have a branch. They are merged in their order onto the base of a throwaway kind of branch: the "
	          "one called `integration`, or the only one. The branch is made anew each time, here; --push brings it to the remote as well. It goes into no other.\n\n"
	          "Where they do not go together, the first pair that does not is named, with its files, and nothing has moved (9). Else the checks that the strategy has for a push to such a "
	          "branch are run here, each after those that it needs, with $SLUICE_PHASES as phase1,phase2 (`--phases $SLUICE_PHASES` in the command of the check). One that does not pass: 1.",
	.example = "sluice phase integrate phase1 phase2\n"
	           "sluice phase integrate --dry-run\n"
	           "sluice phase integrate phase3 --name all-phases --no-run",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
