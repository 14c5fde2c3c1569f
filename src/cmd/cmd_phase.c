/* SPDX-License-Identifier: Apache-2.0 */
/** sluice phase start: the branches of a phase, in a clone. */
#include "app/plan_revert.h"
#include "base/quantity.h"
#include "cmd/phase.h"
#include "cmd/start.h"
#include "flow/phase.h"
#include "policy/phases.h"

int cmd_phase_of(struct cmd_ctx *c, struct cmd_work *w, const char *word, int *code)
{
	const strat *s = w->o.strategy;
	int kind = strat_find_branch(s, SLU_STR("phase"));
	int phase = flow_phase_find(s, slu_s(word));
	if (phase == STRAT_NONE)
		phase = pol_phase_of(s, slu_s(word));
	if (phase != STRAT_NONE)
		return phase;
	if (s->phase_n)
		*code = cmd_usage(c, "The strategy has no phase called %s. It has: %s.", word, flow_phases_text(c->a, s));
	else if (kind >= 0)
		*code = cmd_usage(c, "The strategy has no phases. A branch of its kind phase: sluice branch start phase NAME");
	else
		*code = cmd_usage(c, "The strategy has no phases: its section `phases` names them.");
	return STRAT_NONE;
}

static bool is_branch_of(const struct cmd_work *w, const char *word, int phase)
{
	return pol_phase_of(w->o.strategy, slu_s(word)) == phase;
}

slu_rc cmd_phase_stands(struct cmd_ctx *c, struct cmd_work *w, int phase, const slu_oid *at, const char *where, slu_err *err)
{
	const strat *s = w->o.strategy;
	const slu_oid none = slu_oid_zero();
	struct app_told told;
	SLU_TRY(app_told_of(&told, c->a, w->w.git, s, at, &none, err));
	for (size_t i = 0; i < s->phase_n; i++) {
		const slu_oid *by = NULL;
		bool holds = !flow_phase_comes_after(s, phase, (int)i);
		for (size_t k = 0; k < told.merge.n && !holds; k++) {
			const struct app_told_merge *m = &told.merge.v[k];
			if (m->phase != (int)i)
				continue;
			holds = slu_oid_is_zero(&m->taken_back);
			by = &m->taken_back;
		}
		if (!holds && by)
			return slu_fail(err, SLU_E_CONFLICT, "%.*s comes after %.*s, which was taken back on %s (%.10s). Bring that one back first: sluice phase finish %.*s", SLU_FMT(s->phase[phase].name), SLU_FMT(s->phase[i].name), where, by->hex,
			                SLU_FMT(s->phase[i].name));
	}
	return SLU_OK;
}

/* ---- start ---------------------------------------------------------------------------------------------------------------- */

static bool waits(const struct pol_row *r)
{
	return r->state == POL_WAITING;
}

/* What decide() only reports of whoever pushes a new branch holds this command: it was asked to begin the phase. */
static slu_rc in_order(struct cmd_ctx *c, struct cmd_work *w, struct pol_verdict *v, slu_err *err)
{
	static const char reported[] = "reported: ";
	bool early = false;
	for (size_t i = 0; i < v->row.n; i++) {
		struct pol_row *r = &v->row.v[i];
		slu_str rule = slu_s(r->rule);
		if (r->state != POL_EVALUATED || !slu_str_starts(rule, "phases.") || rule.n < 6 || strcmp(r->rule + rule.n - 6, ".after") != 0)
			continue;
		r->state = POL_WAITING;
		r->actual += slu_str_starts(slu_s(r->actual), reported) ? strlen(reported) : 0;
		r->remedy = slu_printf(c->a, "sluice %.*s --ahead", SLU_FMT(w->op.command));
		early = true;
	}
	if (!early || cmd_has(c, "ahead"))
		return SLU_OK;
	w->p.refused = pol_verdict_of(c->a, v, waits);
	return slu_fail(err, SLU_E_WAIT, "It comes after others.");
}

/* A phase that was taken back begins with what it had. */
static slu_rc with_what_it_had(slu_oid *at, struct cmd_ctx *c, struct cmd_work *w, int phase, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	struct app_told told;
	struct app_take *v = NULL;
	size_t n = 0;
	if (cmd_has(c, "anew"))
		return SLU_OK;
	SLU_TRY(app_told_of(&told, c->a, w->w.git, w->o.strategy, at, &none, err));
	SLU_TRY(app_plan_taken_back(&v, &n, &w->p, &told, phase, err));
	return app_plan_take_back(&w->p, at, v, n, err);
}

static slu_rc start_one(const char **made, struct cmd_ctx *c, struct cmd_work *w, int phase, int kind, slu_err *err)
{
	const strat *s = w->o.strategy;
	char today[SLU_TIME_TEXT], *name = slu_str_dup(c->a, slu_s(c->arg[0]));
	const char *base = NULL;
	struct pol_verdict v;
	slu_oid at;
	(void)slu_time_text(w->o.now_s, today);
	if (!is_branch_of(w, name, phase))
		SLU_TRY(flow_phase_branch(&name, c->a, s, kind, phase, slu_s(c->arg_n > 1 ? c->arg[1] : NULL), (slu_str){ today, 10 }, err));
	const struct flow_ref *there = flow_ref_find(&w->refs, slu_printf(c->a, "refs/heads/%s", name));
	if (there)
		return slu_fail(err, SLU_E_EXISTS, "The branch %s is there already, at %.10s. Work on it: git switch %s", name, there->id.hex, name);
	SLU_TRY(cmd_start_base(&at, &base, c, w, kind, err));
	if (!cmd_has(c, "ahead"))
		SLU_TRY(cmd_phase_stands(c, w, phase, &at, base, err));
	SLU_TRY(with_what_it_had(&at, c, w, phase, err));
	SLU_TRY(cmd_start_make(&v, c, w, name, base, &at, err));
	SLU_TRY(in_order(c, w, &v, err));
	*made = name;
	return cmd_start_twin(c, w, kind, name, err);
}

static slu_rc plan_start(const char **made, struct cmd_ctx *c, struct cmd_work *w, int phase, slu_err *err)
{
	const strat *s = w->o.strategy;
	int only = is_branch_of(w, c->arg[0], phase) ? strat_branch_kind(s, slu_s(c->arg[0]), NULL) : STRAT_NONE;
	const char *name = NULL;
	for (size_t i = 0; i < s->branch_n; i++) {
		if (!flow_is_phase_kind(s, (int)i) || (only >= 0 && only != (int)i))
			continue;
		SLU_TRY(start_one(&name, c, w, phase, (int)i, err));
		*made = *made ? *made : name;
	}
	if (!*made)
		return slu_fail(err, SLU_E_INVALID, "No kind of branch has {phase} in its pattern (branches.KIND.match), so that no branch belongs to %.*s.", SLU_FMT(s->phase[phase].name));
	return app_plan_trees(&w->p, slu_s(*made), err);
}

static int start(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	const char *made = NULL;
	int code = cmd_work_open(c, w), phase = STRAT_NONE;
	if (code == 0)
		phase = cmd_phase_of(c, w, c->arg[0], &code);
	if (code == 0 && cmd_has(c, "fetch"))
		code = cmd_work_fetch(c, w);
	if (code)
		return code;
	if (plan_start(&made, c, w, phase, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	return cmd_work_carry_out(c, w, slu_printf(c->a, "%.*s is begun: you are on %s.", SLU_FMT(w->o.strategy->phase[phase].name), made));
}

static int run_start(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = start(c, &w);
	cmd_work_close(&w);
	return code;
}

static const struct cmd_opt start_options[] = {
	{ "from", 0, "BRANCH", "where it begins, when the strategy leaves a choice", CMD_TEXT, 0 },
	{ "ahead", 0, NULL, "though what it comes after is not there yet", CMD_FLAG, 0 },
	{ "anew", 0, NULL, "without what it had before it was taken back", CMD_FLAG, 0 },
	{ "fetch", 0, NULL, "ask the remote first", CMD_FLAG, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_phase_start = {
	.name = "phase start", .summary = "Begin a phase: its branch, and the twin", .usage = "PHASE [NAME]", .group = CMD_G_WORK, .args_min = 1, .args_max = 2,
	.flags = CMD_DRY_RUN, .opts = start_options, .run = run_start,
	.detail = "A phase of the strategy's section `phases`. Its branches are of the kind with {phase} in its pattern; where that has {name} as well, NAME is what stands there. PHASE may "
	          "also be the whole name of the branch. The branch and its twin begin together, where the strategy says.\n\n"
	          "A phase waits for those that it comes after (8). With --ahead it is begun all the same: its merge waits. One that was taken back begins with what it had; "
	          "--anew begins without.",
	.example = "sluice phase start phase1\n"
	           "sluice phase start phase2 workflow-persistence\n"
	           "sluice phase start phase3 echo-brain --ahead --dry-run",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
