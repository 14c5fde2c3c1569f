/* SPDX-License-Identifier: Apache-2.0 */
/** sluice revert: take merges back, or all since a tag, in a clone; without rewriting anything. */
#include "app/plan_back.h"
#include "base/quantity.h"
#include "cmd/landing.h"
#include "cmd/revert.h"
#include "flow/incident.h"
#include "flow/phase.h"
#include "policy/phases.h"

struct reverting {
	const char *on;       /* the branch that it is taken back on */
	int on_kind;
	int phase;            /* STRAT_NONE: a tag, or commits by name */
	const char *tag;      /* NULL: no tag */
	const char *what;     /* "phase2", "v1.0.0", "1a2b3c4d5e": for words and names */
	bool served;          /* by a sluice server */
	struct app_back back;
	slu_oid at;           /* what stands in the end */
	const char *branch;   /* that carries it; NULL: it stands on `on` itself */
	int kind;             /* of that */
};

/* ---- what is meant ------------------------------------------------------------------------------------------------------------ */

/* A branch that stays: not one that somebody works on, or that goes when it is merged. */
static bool stays(const strat *s, int kind)
{
	enum strat_branch_type t = kind >= 0 ? s->branch[kind].type : STRAT_WORK;
	return t == STRAT_PRODUCTION || t == STRAT_INTEGRATION || t == STRAT_SUPPORT || t == STRAT_RELEASE;
}

static int find_on(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w)
{
	const strat *s = w->o.strategy;
	slu_str here = cmd_here_branch(c);
	bool stand = stays(s, strat_branch_kind(s, here, NULL));
	x->on = cmd_has(c, "on") ? cmd_opt(c, "on") : slu_str_dup(c->a, stand ? here : w->o.default_branch);
	if (!cmd_has(c, "on")) { /* who goes on with it may stand elsewhere by then */
		*SLU_ADD(c->a, &w->op.arg) = SLU_STR("--on");
		*SLU_ADD(c->a, &w->op.arg) = slu_s(x->on);
	}
	x->on_kind = strat_branch_kind(s, slu_s(x->on), NULL);
	if (x->on_kind < 0)
		return cmd_usage(c, "%s is of no kind of branch that the strategy has. Say where it is taken back: --on BRANCH", x->on);
	return 0;
}

/* The word, whichever way it was given; *code is set when it does not fit what else was said. */
static const char *word_of(struct cmd_ctx *c, int *code)
{
	const char *named = cmd_opt(c, "to"), *to = named ? named : c->arg_n ? c->arg[0] : NULL;
	if (named && c->arg_n)
		*code = cmd_usage(c, "\"%s\" and --to %s: say one of them.", c->arg[0], named);
	else if (!to && !cmd_has(c, "merge"))
		*code = cmd_usage(c, "What is taken back? A phase, or all since a tag: --to PHASE|TAG. A merge: --merge COMMIT");
	else if (to && cmd_has(c, "merge"))
		*code = cmd_usage(c, "Give --to or --merge, not both.");
	return to;
}

static int find_what(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w)
{
	const strat *s = w->o.strategy;
	slu_oid there = slu_oid_zero();
	int code = 0;
	const char *to = word_of(c, &code);
	x->phase = STRAT_NONE;
	if (code)
		return code;
	if (!to) {
		bool known = w->w.git->ops->resolve(w->w.git, slu_s(cmd_opt_at(c, "merge", 0)), &there, NULL) == SLU_OK;
		x->what = known ? slu_printf(c->a, "%.10s", there.hex) : cmd_opt_at(c, "merge", 0);
		return 0;
	}
	x->what = to;
	x->phase = flow_phase_find(s, slu_s(to));
	if (x->phase == STRAT_NONE)
		x->phase = pol_phase_of(s, slu_s(to));
	if (x->phase >= 0) {
		x->what = slu_str_dup(c->a, s->phase[x->phase].name);
		return 0;
	}
	if (w->w.git->ops->ref(w->w.git, slu_s(slu_printf(c->a, "refs/tags/%s", to)), &there, NULL) == SLU_OK && !slu_oid_is_zero(&there)) {
		x->tag = to;
		return cmd_has(c, "back") ? cmd_usage(c, "--back is for a phase. What went back to a tag comes again when that commit is taken back: sluice revert --merge COMMIT") : 0;
	}
	return cmd_usage(c, "%s is %s, nor a tag that is here.%s", to, s->phase_n ? slu_printf(c->a, "neither a phase (%s)", flow_phases_text(c->a, s)) : "neither a phase, of which the strategy has none",
	                 w->remote.n ? slu_printf(c->a, " Tags of the remote: git fetch --tags %.*s", SLU_FMT(w->remote)) : "");
}

/* ---- the plan ------------------------------------------------------------------------------------------------------------------ */

static slu_rc gather(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	if (cmd_has(c, "back"))
		return app_back_again(&x->back, &w->p, x->phase, err);
	if (x->phase >= 0)
		return app_back_phase(&x->back, &w->p, x->phase, cmd_has(c, "also-later"), err);
	for (size_t i = 0; cmd_opt_at(c, "merge", i); i++)
		SLU_TRY(app_back_commit(&x->back, &w->p, slu_s(cmd_opt_at(c, "merge", i)), err));
	return SLU_OK;
}

static slu_rc to_the_tag(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	static const char *const types[] = { "revert", "fix", NULL };
	const char *text = slu_printf(c->a, "roll %s back to %s", x->on, x->tag);
	slu_str now = { 0 }, then = { 0 };
	bool is = false, was = false;
	slu_str message = cmd_revert_message(c, w->o.strategy, types, text);
	message = slu_s(slu_printf(c->a, "%.*s\nThe files of %s on top of %s.\n", SLU_FMT(message), x->tag, x->back.tip.hex));
	SLU_TRY(app_back_to_tag(&x->at, &x->back, &w->p, slu_s(x->tag), message, err));
	SLU_TRY(w->w.git->ops->file_at(w->w.git, c->a, &x->back.tip, SLU_STR(".sluice/strategy.yml"), &now, &is, err));
	SLU_TRY(w->w.git->ops->file_at(w->w.git, c->a, &x->at, SLU_STR(".sluice/strategy.yml"), &then, &was, err));
	if (is != was || !slu_str_eq(now, then))
		*SLU_ADD(c->a, &w->p.owed) = slu_printf(c->a, "The strategy of %s comes back with it: .sluice/strategy.yml was another one then. If today's rules shall stay, commit today's file on that branch.", x->tag);
	return SLU_OK;
}

/* Does the strategy rebase what comes there, or does nothing here tell of the phase? Then the server is asked. */
static bool only_server_knows(const struct reverting *x, const struct cmd_work *w)
{
	const strat *s = w->o.strategy;
	bool rebased = false, told = false;
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n; k++)
			rebased = rebased || (s->branch[i].edge[k].into == x->on_kind && s->branch[i].edge[k].method == STRAT_REBASE);
	for (size_t i = 0; i < x->back.told.merge.n; i++)
		told = told || x->back.told.merge.v[i].phase == x->phase;
	return x->served && x->phase >= 0 && (rebased || !told);
}

/* Something went out of production: there is an entry for it. */
static slu_rc begin_entry(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	static const char *const types[] = { "docs", "chore", NULL };
	const strat *s = w->o.strategy;
	char today[SLU_TIME_TEXT];
	slu_str text = { "", 0 }, path = s->incidents.record;
	bool found = false;
	enum strat_branch_type t = s->branch[x->on_kind].type;
	if (path.n == 0 || cmd_has(c, "back") || (t != STRAT_PRODUCTION && t != STRAT_SUPPORT))
		return SLU_OK;
	SLU_TRY(w->w.git->ops->file_at(w->w.git, c->a, &x->back.tip, path, &text, &found, err));
	(void)slu_time_text(w->o.now_s, today);
	const struct flow_incident entry = { .day = { today, 10 }, .branch = slu_s(x->on), .at = x->back.tip, .back = slu_s(x->tag ? slu_printf(c->a, "to %s", x->tag) : x->what), .command = w->op.command, .by = w->op.by };
	slu_str message = cmd_revert_message(c, s, types, slu_printf(c->a, "begin the incident of %.10s", today));
	return app_back_write(&x->at, &w->p, path, flow_incident_write(c->a, s, found ? text : (slu_str){ "", 0 }, &entry), message, err);
}

/* On the branch itself where anybody may push there; else on one that is brought in as the strategy has it. */
static slu_rc on_itself(bool *out, struct reverting *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	struct pol_verdict v;
	slu_str ref = slu_s(slu_printf(c->a, "refs/heads/%s", x->on));
	const struct pol_action act = { .verb = POL_PUSH, .actor = w->o.ctx.person, .ref = ref, .old = x->back.tip, .new_ = x->at };
	*out = false;
	if (x->tag || cmd_has(c, "name") || cmd_has(c, "branch"))
		return SLU_OK;
	slu_rc rc = app_plan_ask(&v, &w->p, &act, err);
	if (rc == SLU_E_DENIED || rc == SLU_E_WAIT)
		return SLU_OK;
	SLU_TRY(rc);
	*out = true;
	return app_plan_move(&w->p, ref, &x->at, err);
}

static slu_rc on_a_branch(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const char *word = slu_printf(c->a, "%s-%s", x->tag ? "rollback" : cmd_has(c, "back") ? "bring-back" : "revert", x->what);
	struct pol_verdict v;
	SLU_TRY(cmd_revert_branch(&x->branch, &x->kind, c, w, x->on_kind, x->on, &x->back.tip, word, x->tag, err));
	slu_str ref = slu_s(slu_printf(c->a, "refs/heads/%s", x->branch));
	const struct pol_action act = { .verb = POL_CREATE, .actor = w->o.ctx.person, .ref = ref, .old = slu_oid_zero(), .new_ = x->at };
	SLU_TRY(app_plan_ask(&v, &w->p, &act, err));
	app_plan_says(&w->p, "create the branch %s for it, to be brought into %s", x->branch, x->on);
	return app_plan_move(&w->p, ref, &x->at, err);
}

static slu_rc plan(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	bool there = false, itself = false;
	SLU_TRY(app_plan_have(&there, &w->p, slu_s(x->on), err));
	if (!there)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s, neither here nor on the remote. Say another one: --on BRANCH", x->on);
	SLU_TRY(app_plan_current(&w->p, slu_s(x->on), err));
	SLU_TRY(app_back_look(&x->back, &w->p, slu_s(x->on), err));
	if (only_server_knows(x, w))
		SLU_TRY(cmd_revert_landed(c, w, &x->back, x->phase, err));
	x->at = x->back.tip;
	if (x->tag) {
		SLU_TRY(to_the_tag(x, c, w, err));
	} else {
		SLU_TRY(gather(x, c, w, err));
		SLU_TRY(app_plan_take_back(&w->p, &x->at, x->back.take.v, x->back.take.n, err));
	}
	if (slu_oid_eq(&x->at, &x->back.tip))
		return slu_fail(err, SLU_E_EXISTS, "Nothing of %s is left on %s: there is nothing to take back.", x->what, x->on);
	SLU_TRY(begin_entry(x, c, w, err));
	SLU_TRY(on_itself(&itself, x, c, w, err));
	if (!itself)
		SLU_TRY(on_a_branch(x, c, w, err));
	SLU_TRY(app_plan_trees(&w->p, x->branch ? slu_s(x->branch) : (slu_str){ 0 }, err));
	return cmd_has(c, "no-push") ? SLU_OK : app_plan_push(&w->p, err);
}

/* ---- what comes next --------------------------------------------------------------------------------------------------------------- */

/* Commands that go with the reverts, in the same order: what came last goes first. */
static void say_undo(struct cmd_ctx *c, const struct cmd_work *w, const struct reverting *x)
{
	const strat *s = w->o.strategy;
	int *order = NULL;
	size_t n = x->phase >= 0 && !cmd_has(c, "back") ? flow_phase_order(&order, c->a, s, x->back.phase, false) : 0;
	while (n-- > 0) {
		const struct strat_phase *p = &s->phase[order[n]];
		if (p->undo.n)
			cmd_say(c, "What %.*s did outside of the repository is undone by: %.*s (phases.%.*s.undo). Nobody has run it; it is for the moment when this is deployed.", SLU_FMT(p->name), SLU_FMT(p->undo), SLU_FMT(p->name));
	}
}

static void say_finish(struct cmd_ctx *c, const struct cmd_work *w, const struct reverting *x)
{
	slu_str kind = w->o.strategy->branch[x->kind].name;
	if (w->op.push.n)
		cmd_say(c, "Open a change (a pull or merge request) from %s into %s; or bring it in from here: sluice branch finish %.*s %s --into %s", x->branch, x->on, SLU_FMT(kind), x->branch, x->on);
	else
		cmd_say(c, "Bring it in: sluice branch finish %.*s %s --into %s", SLU_FMT(kind), x->branch, x->on);
}

/* A server opens a change for it, unless there is one. */
static int open_change(struct cmd_ctx *c, struct cmd_work *w, const struct reverting *x)
{
	const char *title = slu_printf(c->a, "%s %s on %s", cmd_has(c, "back") ? "Bring back" : x->tag ? "Roll back to" : "Take back", x->what, x->on);
	struct landing l = { .c = c, .w = w, .kind = x->kind, .command = w->op.command, .source = x->branch, .target = x->on };
	int code = landing_find(&l);
	if (code == 0 && l.change == 0)
		code = landing_open(&l, slu_s(title));
	if (code)
		cmd_say(c, "The branch %s is there; only the change is not opened: sluice change open %s --into %s", x->branch, x->branch, x->on);
	return code;
}

static const char *done_text(struct cmd_ctx *c, const struct reverting *x)
{
	const char *how = cmd_has(c, "back") ? "back" : x->tag ? "what comes back" : "taken back";
	return slu_printf(c->a, "%s is %s on %s.", x->what, how, x->branch ? x->branch : x->on);
}

static int carry_out(struct reverting *x, struct cmd_ctx *c, struct cmd_work *w)
{
	if (c->dry_run && x->branch && x->served)
		app_plan_says(&w->p, "open a change from %s into %s", x->branch, x->on);
	int code = cmd_work_carry_out(c, w, done_text(c, x));
	if (code)
		return code;
	say_undo(c, w, x);
	if (!x->branch || c->dry_run)
		return 0;
	if (x->served)
		return open_change(c, w, x);
	say_finish(c, w, x);
	return 0;
}

static int revert(struct cmd_ctx *c, struct cmd_work *w)
{
	struct reverting x = { .kind = STRAT_NONE };
	slu_err err = { 0 };
	int code = cmd_work_open_whole(c, w);
	if (code == 0)
		code = find_on(&x, c, w);
	if (code == 0)
		code = find_what(&x, c, w);
	if (code)
		return code;
	w->op.command = slu_s(slu_printf(c->a, "revert %s %s%s --on %s", x.phase >= 0 || x.tag ? "--to" : "--merge", x.what, cmd_has(c, "back") ? " --back" : "", x.on));
	x.served = !cmd_has(c, "no-push") && cmd_lands_there(c, w);
	code = cmd_work_fetch(c, w);
	if (code)
		return code;
	if (plan(&x, c, w, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	return carry_out(&x, c, w);
}

static int run(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = revert(c, &w);
	cmd_work_close(&w);
	return code;
}

static const struct cmd_opt options[] = {
	{ "to", 0, "WHAT", "the same as the word alone: a phase, or a tag since which all is taken back", CMD_TEXT, 0 },
	{ "merge", 0, "COMMIT", "take back this merge, or commit", CMD_TEXT, CMD_REPEAT },
	{ "on", 0, "BRANCH", "where; default: the branch that is checked out, if it is one that stays, else the default branch", CMD_TEXT, 0 },
	{ "also-later", 0, NULL, "with PHASE: what builds on it as well, first", CMD_FLAG, 0 },
	{ "back", 0, NULL, "with PHASE: bring back what was taken back", CMD_FLAG, 0 },
	{ "branch", 0, NULL, "on a branch of its own, also where anybody may push", CMD_FLAG, 0 },
	{ "name", 0, "NAME", "of that branch", CMD_TEXT, 0 },
	{ "local", 0, NULL, "open no change, though the remote is a sluice server", CMD_FLAG, 0 },
	{ "no-fetch", 0, NULL, "do not ask the remote first", CMD_FLAG, 0 },
	{ "no-push", 0, NULL, "leave the remote as it is", CMD_FLAG, 0 },
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_revert = {
	.name = "revert", .summary = "Take back a phase, a merge, or all since a tag", .usage = "[PHASE|TAG]", .group = CMD_G_RELEASE, .args_max = 1,
	.flags = CMD_DRY_RUN | CMD_SERVER | CMD_REPO, .opts = options, .run = run,
	.detail = "Nothing is rewritten: each merge is taken back by a commit that names it, the newest first; the files of a tag come back by one commit on top. Where nobody may push to the branch, "
	          "these commits stand on a branch of their own, of the strategy's kind for rollbacks, else for emergencies, else for hotfixes, else for work, which is pushed. On a sluice "
	          "server a change is opened for it, else it is said what to open. Nothing is deployed by it: that is `sluice rollback`.\n\n"
	          "A PHASE goes alone, with all its merges; squashed, its commit says whose work it is; rebased, the clone that did it or the server knows. What comes after it, or was begun with it and changes the same files, would stand on nothing: that is refused, unless --also-later takes it "
	          "back first. When a phase is merged anew, what took it back is taken back before that; --back does only this. What a phase did elsewhere (phases.PHASE.undo) is named, not run.\n\n"
	          "What leaves production gets an entry in incidents.record of the strategy.",
	.example = "sluice revert --to phase2 --on main --dry-run\n"
	           "sluice revert --to phase2 --also-later\n"
	           "sluice revert --to v1.2.0\n"
	           "sluice revert --merge 1a2b3c4d5e --on main",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
