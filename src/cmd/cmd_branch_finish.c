/* SPDX-License-Identifier: Apache-2.0 */
/** sluice KIND finish: merge a branch where the strategy takes it, with all that follows, in a clone. */
#include "app/owed.h"
#include "cmd/finish_checks.h"
#include "cmd/landing.h"
#include "cmd/release.h"
#include "cmd/revert.h"
#include "cmd/shorthand.h"

static slu_rc no_way(struct cmd_ctx *c, const struct cmd_work *w, int kind, slu_err *err)
{
	const struct strat_branch *b = &w->o.strategy->branch[kind];
	const char *ways = "";
	for (size_t i = 0; i < b->edge_n; i++)
		ways = slu_printf(c->a, "%s%s%.*s", ways, i ? ", " : "", SLU_FMT(w->o.strategy->branch[b->edge[i].into].name));
	if (b->edge_n == 0)
		return slu_fail(err, SLU_E_INVALID, "A branch of the kind %.*s goes into no other (branches.%.*s.into): there is nothing to finish it into. When it has served: sluice branch delete %.*s NAME", SLU_FMT(b->name), SLU_FMT(b->name), SLU_FMT(b->name));
	return slu_fail(err, SLU_E_USAGE, "A branch of the kind %.*s goes into several: %s. Say which: --into BRANCH", SLU_FMT(b->name), ways);
}

slu_rc cmd_finish_target(const char **out, struct cmd_ctx *c, struct cmd_work *w, int kind, slu_err *err)
{
	const char **name = NULL;
	const struct strat_edge *edge = flow_edge_of(w->o.strategy, kind);
	if (cmd_has(c, "into")) {
		*out = cmd_opt(c, "into");
		return SLU_OK;
	}
	if (!edge)
		return no_way(c, w, kind, err);
	size_t n = flow_branches_of(&name, c->a, w->o.strategy, edge->into, &w->refs);
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "It goes into a branch of the kind %.*s, and there is none here. Fetch it (git fetch), or have it made: sluice adopt plan", SLU_FMT(w->o.strategy->branch[edge->into].name));
	if (n > 1)
		return slu_fail(err, SLU_E_USAGE, "It can go into several branches: %s, %s%s. Say which: --into %s", name[0], name[1], n > 2 ? ", …" : "", name[0]);
	*out = name[0];
	return SLU_OK;
}

slu_rc cmd_finish_have(struct cmd_work *w, const char *branch, slu_err *err)
{
	bool there = false;
	SLU_TRY(app_plan_have(&there, &w->p, slu_s(branch), err));
	if (!there)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s, neither here nor on the remote. Those that are here: git branch", branch);
	return app_plan_current(&w->p, slu_s(branch), err);
}

/* Branches that are not named, and get something all the same, are up to date too. */
static slu_rc others_current(struct cmd_ctx *c, struct cmd_work *w, int kind, slu_err *err)
{
	const strat *s = w->o.strategy;
	for (size_t i = 0; i < w->refs.n; i++) {
		slu_str name = { w->refs.v[i].name.p + strlen("refs/heads/"), w->refs.v[i].name.n - strlen("refs/heads/") };
		int of = strat_branch_kind(s, name, NULL);
		for (size_t k = 0; of >= 0 && k < s->branch[kind].edge_n; k++)
			if (strat_set_has(&s->branch[kind].edge[k].also_into, of) || strat_set_has(&s->branch[kind].edge[k].back_merge, of))
				SLU_TRY(cmd_finish_have(w, slu_str_dup(c->a, name), err));
	}
	return SLU_OK;
}

/* Branches of merges that were owed, and are in by now, go; what is still owed is said. */
static slu_rc settle(struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	const struct app_owed *v = NULL;
	size_t n = 0;
	SLU_TRY(app_owed_list(&v, &n, c->a, w->w.git, &w->refs, err));
	for (size_t i = 0; i < n; i++) {
		if (!v[i].paid) {
			*SLU_ADD(c->a, &w->p.owed) = v[i].text;
			continue;
		}
		app_plan_says(&w->p, "delete the branch %s, which is paid", v[i].branch);
		SLU_TRY(app_plan_move(&w->p, slu_s(slu_printf(c->a, "refs/heads/%s", v[i].branch)), &none, err));
	}
	return SLU_OK;
}

slu_rc cmd_finish_others(struct cmd_ctx *c, struct cmd_work *w, int kind, slu_err *err)
{
	SLU_TRY(settle(c, w, err));
	return others_current(c, w, kind, err);
}

slu_rc cmd_finish_plan(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *source, const char *target, slu_err *err)
{
	SLU_TRY(cmd_finish_have(w, source, err));
	SLU_TRY(cmd_finish_have(w, target, err));
	SLU_TRY(cmd_finish_others(c, w, kind, err));
	const struct app_plan_merge m = {
		.source = slu_s(source), .target = slu_s(target), .message = slu_s(cmd_opt(c, "message")), .version = slu_s(cmd_opt(c, "version")), .keep = cmd_has(c, "keep"),
	};
	return app_plan_merge(&w->p, &m, err);
}

slu_rc cmd_finish_plan_end(struct cmd_ctx *c, struct cmd_work *w, const char *source, const char *target, slu_err *err)
{
	slu_oid left;
	SLU_TRY(app_plan_at(&left, &w->p, slu_s(slu_printf(c->a, "refs/heads/%s", source)), err));
	bool stand_there = slu_str_is(cmd_here_branch(c), source) && slu_oid_is_zero(&left);
	SLU_TRY(app_plan_trees(&w->p, stand_there ? slu_s(target) : (slu_str){ 0 }, err));
	return cmd_has(c, "no-push") ? SLU_OK : app_plan_push(&w->p, err);
}

static slu_rc plan(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *source, const char **to, slu_err *err)
{
	const char *target = *to;
	if (!target || cmd_has(c, "into"))
		SLU_TRY(cmd_finish_target(&target, c, w, kind, err));
	*to = target;
	SLU_TRY(cmd_finish_plan(c, w, kind, source, target, err));
	return cmd_finish_plan_end(c, w, source, target, err);
}

int cmd_finish_branch(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *source, const char *target)
{
	const char *done = slu_printf(c->a, "%s is finished.", source);
	struct app_landing x;
	slu_err err = { 0 };
	bool landed = false;
	if (cmd_finish_before(&x, c, w, source, &err) != SLU_OK || cmd_finish_landed(&landed, c, w, &x, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!landed && plan(c, w, kind, source, &target, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	int code = landed ? 0 : cmd_finish_checks(c, w, &x, source, target);
	if (code)
		return code;
	code = landed ? 0 : cmd_work_carry_out(c, w, done);
	cmd_finish_publish(c, w, source, code);
	if (code == 0 && !c->dry_run && x.plan && app_landing_drop(slu_s(source), c->a, w->clone, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (landed)
		cmd_say(c, "%s", done);
	if (code == 0 && !c->dry_run)
		cmd_revert_offer(c, w->o.strategy, &w->op, (slu_str){ 0 });
	return code;
}

static int finish(struct cmd_ctx *c, struct cmd_work *w)
{
	int code = cmd_work_open_whole(c, w), kind = STRAT_NONE;
	const char *source = NULL;
	if (code == 0)
		kind = cmd_work_kind(c, w, c->arg[0], &code);
	if (code == 0)
		source = cmd_work_branch(c, w, kind, c->arg_n > 1 ? c->arg[1] : NULL, &code);
	if (code == 0 && cmd_lands_there(c, w))
		return cmd_land(c, w, kind, source, NULL);
	if (code == 0 && !cmd_has(c, "no-push"))
		code = cmd_work_fetch(c, w);
	if (code)
		return code;
	return cmd_finish_branch(c, w, kind, source, NULL);
}

static int run(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = finish(c, &w);
	cmd_work_close(&w);
	return code;
}

static const struct cmd_opt options[] = {
	{ "into", 0, "BRANCH", "where it goes, when the strategy leaves a choice", CMD_TEXT, 0 },
	{ "message", 'm', "TEXT", "of the commit that is made", CMD_TEXT, 0 },
	{ "version", 0, "VERSION", "of the tag that follows, when the strategy does not tell it", CMD_TEXT, 0 },
	CMD_FINISH_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_branch_finish = {
	.name = "branch finish",
	.summary = "Merge a branch where the strategy takes it, with what follows",
	.usage = "KIND [NAME]",
	.group = CMD_G_WORK,
	.args_min = 1,
	.args_max = 2,
	.flags = CMD_DRY_RUN | CMD_KIND | CMD_SERVER | CMD_REPO,
	.opts = options,
	.run = run,
	.detail = "Usually typed as `sluice KIND finish [NAME]`; without NAME it is the branch that is checked out. The merge, the tag, the branches that get it too and the deletion of the "
	          "branch are computed before anything moves; then the remote gets all of it in one push, and then all refs here move at once. What the remote does not take has moved "
	          "nothing here.\n\n"
	          "Where the remote is a sluice server, the branch is pushed, a change is opened unless there is one, and merged there as soon as its rules allow; then this clone "
	          "follows. What the change still waits for is printed (8); the same command goes on later, and --wait stays and looks. Nothing is under way in the clone meanwhile.\n\n"
	          "A conflict is told before anything has moved (9): a work tree of its own is laid out for it. Solve it there, then `sluice continue`; or `sluice abort`. A conflict that "
	          "only concerns a branch that gets it too does not hold the rest: it is left on a branch sluice/…, for somebody to bring it in.",
	.example = "sluice feature finish\n"
	           "sluice feature finish login --dry-run\n"
	           "sluice feature finish login --wait --timeout 30m\n"
	           "sluice hotfix finish 1.2.1 --no-push\n"
	           "sluice branch finish release 2.1.0",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};

const struct cmd_desc cmd_finish = {
	.name = "finish",
	.summary = "Finish the branch that is checked out, whatever its kind",
	.usage = "[BRANCH]",
	.group = CMD_G_WORK,
	.args_max = 1,
	.flags = CMD_DRY_RUN | CMD_SERVER | CMD_REPO | CMD_SHORT,
	.opts = options,
	.run = cmd_shorthand,
	.detail = "The same as `sluice KIND finish`, of the kind that the branch is of by its name; on a release's branch `sluice release finish`. BRANCH is the whole name of another one.",
	.example = "sluice finish --dry-run\n"
	           "sluice finish\n"
	           "sluice finish feature/login",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
