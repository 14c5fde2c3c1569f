/* SPDX-License-Identifier: Apache-2.0 */
/** sluice KIND publish, update, delete: the days of a branch between its start and its finish. */
#include "cmd/shorthand.h"
#include "cmd/start.h"

static slu_str head_of(struct cmd_ctx *c, const char *branch)
{
	return slu_s(slu_printf(c->a, "refs/heads/%s", branch));
}

/* Once it is open with this code: find the branch that is meant. */
static const char *branch_of(struct cmd_ctx *c, struct cmd_work *w, int *kind, int *code)
{
	if (*code == 0)
		*kind = cmd_work_kind(c, w, c->arg[0], code);
	return *code ? NULL : cmd_work_branch(c, w, *kind, c->arg_n > 1 ? c->arg[1] : NULL, code);
}

static slu_str there_of(struct cmd_ctx *c, const struct cmd_work *w, const char *branch)
{
	return slu_s(slu_printf(c->a, "refs/remotes/%.*s/%s", SLU_FMT(w->remote), branch));
}

static slu_rc must_be_here(struct cmd_ctx *c, struct cmd_work *w, const char *branch, slu_oid *at, slu_err *err)
{
	SLU_TRY(app_plan_at(at, &w->p, head_of(c, branch), err));
	return slu_oid_is_zero(at) ? slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s here. Those that are: git branch", branch) : SLU_OK;
}

/* ---- publish -------------------------------------------------------------------------------------------------------------------- */

slu_rc cmd_work_push(struct cmd_ctx *c, struct cmd_work *w, const char *branch, const slu_oid *there, const slu_oid *at, slu_err *err)
{
	struct pol_action act = { 0 };
	struct pol_verdict v;
	SLU_TRY(pol_push_action(&act, c->a, &w->o.facts, w->o.ctx.person, head_of(c, branch), there, at, err));
	w->o.ctx.remote = w->remote; /* what is judged is what the remote gets: its branches are those that count */
	slu_rc rc = app_plan_ask(&v, &w->p, &act, err);
	w->o.ctx.remote = (slu_str){ "", 0 };
	SLU_TRY(rc);
	w->op.remote = w->remote;
	*SLU_ADD(c->a, &w->op.push) = (struct flow_op_ref){ head_of(c, branch), *there, *at, false };
	const char *keys[] = { "remote", "merge" };
	for (size_t i = 0; i < 2; i++) {
		slu_str key = slu_s(slu_printf(c->a, "branch.%s.%s", branch, keys[i])), old = cmd_setting(c, key.p);
		*SLU_ADD(c->a, &w->op.setting) = (struct flow_op_setting){ .key = key, .old = old, .had = old.n > 0, .new_ = i ? head_of(c, branch) : w->remote, .has = true };
	}
	app_plan_says(&w->p, "push %s to %.*s (%.10s)", branch, SLU_FMT(w->remote), at->hex);
	return SLU_OK;
}

/* *pushed: the remote does not have it as it is here. */
static slu_rc plan_publish_one(bool *pushed, struct cmd_ctx *c, struct cmd_work *w, const char *branch, slu_err *err)
{
	slu_oid at, there = slu_oid_zero();
	SLU_TRY(must_be_here(c, w, branch, &at, err));
	SLU_TRY(app_plan_current(&w->p, slu_s(branch), err));
	SLU_TRY(w->w.git->ops->ref(w->w.git, there_of(c, w, branch), &there, err));
	*pushed = !slu_oid_eq(&there, &at);
	return *pushed ? cmd_work_push(c, w, branch, &there, &at, err) : SLU_OK;
}

/* With its twin, where that is here. *done: what is on the remote in the end */
static slu_rc plan_publish(const char **done, struct cmd_ctx *c, struct cmd_work *w, int kind, const char *branch, slu_err *err)
{
	const char *twin = NULL;
	bool pushed = false, twin_pushed = false;
	if (w->remote.n == 0)
		return slu_fail(err, SLU_E_USAGE, "This clone has no remote to publish to. Name one: git remote add origin ADDRESS");
	SLU_TRY(plan_publish_one(&pushed, c, w, branch, err));
	SLU_TRY(cmd_twin_of(&twin, c, w->o.strategy, kind, branch, err));
	slu_oid at = slu_oid_zero();
	if (twin)
		SLU_TRY(app_plan_at(&at, &w->p, head_of(c, twin), err));
	if (!slu_oid_is_zero(&at))
		SLU_TRY(plan_publish_one(&twin_pushed, c, w, twin, err));
	if (!pushed && !twin_pushed)
		return slu_fail(err, SLU_E_EXISTS, "%s is on %.*s already, as it is here: there is nothing to publish.", branch, SLU_FMT(w->remote));
	*done = slu_printf(c->a, twin_pushed ? "%s and %s are on %.*s." : "%s%.0s is on %.*s.", branch, twin ? twin : "", SLU_FMT(w->remote));
	return SLU_OK;
}

static int publish(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	int code = cmd_work_open_changed(c, w), kind = STRAT_NONE;
	const char *branch = branch_of(c, w, &kind, &code), *done = NULL;
	if (!branch)
		return code;
	if (plan_publish(&done, c, w, kind, branch, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	if (w->changed.n)
		*SLU_ADD(c->a, &w->p.owed) = slu_printf(c->a, "What is not committed, such as %.*s, is not published.", SLU_FMT(w->changed));
	return cmd_work_carry_out(c, w, done);
}

static int run_publish(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = publish(c, &w);
	cmd_work_close(&w);
	return code;
}

/* ---- update --------------------------------------------------------------------------------------------------------------------- */

/* By the edge's method: what will be rebased when it lands is rebased here too; all else is merged. merge.ff says whether a merge may go forward without a commit. */
static slu_rc plan_update(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *branch, const char *base, slu_err *err)
{
	const struct strat_edge *edge = flow_edge_of(w->o.strategy, kind);
	slu_oid own, theirs, made;
	bool there = false, inside = false, behind = false;
	struct pol_action act = { 0 };
	struct pol_verdict v;
	SLU_TRY(must_be_here(c, w, branch, &own, err));
	SLU_TRY(app_plan_have(&there, &w->p, slu_s(base), err));
	if (!there)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s to update from. Say another one: --from BRANCH", base);
	SLU_TRY(app_plan_current(&w->p, slu_s(base), err));
	SLU_TRY(app_plan_current(&w->p, slu_s(branch), err));
	SLU_TRY(app_plan_at(&theirs, &w->p, head_of(c, base), err));
	SLU_TRY(w->w.git->ops->is_ancestor(w->w.git, &theirs, &own, &inside, err));
	if (inside)
		return slu_fail(err, SLU_E_EXISTS, "%s has all that %s has: there is nothing to update.", branch, base);
	SLU_TRY(w->w.git->ops->is_ancestor(w->w.git, &own, &theirs, &behind, err));
	bool rebase = cmd_has(c, "rebase") || (!cmd_has(c, "merge") && edge && edge->method == STRAT_REBASE);
	SLU_TRY(app_plan_bring(&made, &w->p, slu_s(base), slu_s(branch), rebase ? APP_PLAN_REBASE : behind && !slu_str_is(cmd_setting(c, "merge.ff"), "false") ? APP_PLAN_FORWARD : APP_PLAN_MERGE, err));
	SLU_TRY(pol_push_action(&act, c->a, &w->o.facts, w->o.ctx.person, head_of(c, branch), &own, &made, err));
	SLU_TRY(app_plan_ask(&v, &w->p, &act, err));
	SLU_TRY(app_plan_move(&w->p, head_of(c, branch), &made, err));
	app_plan_says(&w->p, "%s %s %s %s (%.10s)", rebase ? "rebase" : "merge", rebase ? branch : base, rebase ? "onto" : "into", rebase ? base : branch, made.hex);
	return app_plan_trees(&w->p, (slu_str){ 0 }, err);
}

static int update(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	int code = cmd_work_open(c, w), kind = STRAT_NONE;
	const char *branch = branch_of(c, w, &kind, &code), **name = NULL;
	if (branch && cmd_has(c, "rebase") && cmd_has(c, "merge"))
		return cmd_usage(c, "Give --merge or --rebase, not both.");
	if (branch)
		code = cmd_work_fetch(c, w);
	if (code)
		return code;
	int base = w->o.strategy->branch[kind].base;
	size_t n = base >= 0 ? flow_branches_of(&name, c->a, w->o.strategy, base, &w->refs) : 0;
	const char *from = cmd_has(c, "from") ? cmd_opt(c, "from") : n == 1 ? name[0] : NULL;
	if (!from)
		return cmd_usage(c, "From which branch? Say it: --from BRANCH");
	if (plan_update(c, w, kind, branch, from, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	return cmd_work_carry_out(c, w, slu_printf(c->a, "%s has all that %s has.", branch, from));
}

static int run_update(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = update(c, &w);
	cmd_work_close(&w);
	return code;
}

/* ---- delete --------------------------------------------------------------------------------------------------------------------- */

/* The branch that it may go to and that has it, by the graph: not by its name. `there`: as the remote has that branch. n == 0: none */
static slu_rc merged_into(slu_str *out, struct cmd_ctx *c, struct cmd_work *w, int kind, const slu_oid *at, bool there, slu_err *err)
{
	const strat *s = w->o.strategy;
	bool has = false;
	*out = (slu_str){ 0 };
	for (size_t i = 0; i < w->refs.n && !has; i++) {
		slu_str name = { w->refs.v[i].name.p + strlen("refs/heads/"), w->refs.v[i].name.n - strlen("refs/heads/") };
		slu_oid id = w->refs.v[i].id;
		int of = strat_branch_kind(s, name, NULL);
		bool goes = false;
		for (size_t k = 0; k < s->branch[kind].edge_n; k++)
			goes = goes || s->branch[kind].edge[k].into == of;
		if (goes && there)
			SLU_TRY(w->w.git->ops->ref(w->w.git, slu_s(slu_printf(c->a, "refs/remotes/%.*s/%.*s", SLU_FMT(w->remote), SLU_FMT(name))), &id, err));
		if (goes && !slu_oid_is_zero(&id))
			SLU_TRY(w->w.git->ops->is_ancestor(w->w.git, at, &id, &has, err));
		if (has)
			*out = name;
	}
	return SLU_OK;
}

struct doomed {
	int kind;
	const char *branch;
	slu_oid at, there; /* where the remote has it, as far as this clone knows; zero: nowhere */
	bool gone;         /* it knew of it, and the remote has it no more */
};

static slu_rc look_there(struct doomed *d, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	d->there = slu_oid_zero();
	if (w->remote.n == 0 || cmd_has(c, "no-push"))
		return SLU_OK;
	SLU_TRY(w->w.git->ops->ref(w->w.git, there_of(c, w, d->branch), &d->there, err));
	if (slu_oid_is_zero(&d->there))
		return SLU_OK;
	SLU_TRY(w->clone->ops->remote_refs(w->clone, c->a, w->remote, false, &ref, &n, err));
	d->gone = true;
	for (size_t i = 0; i < n; i++)
		d->gone = d->gone && !slu_str_eq(ref[i].name, head_of(c, d->branch));
	return SLU_OK;
}

/* What the remote has of it is merged there as well, or stays there. */
static slu_rc remote_is_merged(const struct doomed *d, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	slu_str into = { 0 };
	if (slu_oid_is_zero(&d->there) || d->gone)
		return SLU_OK;
	SLU_TRY(merged_into(&into, c, w, d->kind, &d->there, true, err));
	if (into.n)
		return SLU_OK;
	SLU_TRY(merged_into(&into, c, w, d->kind, &d->there, false, err));
	if (into.n)
		return slu_fail(err, SLU_E_CONFLICT, "%s is merged into %.*s here, and %.*s does not have that yet: without the branch its commits would be in this clone alone. First: git push %.*s %.*s. Or leave that branch there: --no-push",
		                d->branch, SLU_FMT(into), SLU_FMT(w->remote), SLU_FMT(w->remote), SLU_FMT(into));
	return slu_fail(err, SLU_E_CONFLICT, "%s on %.*s has commits that are merged nowhere that it may go: they would be lost. Take them: git switch %s && git pull %.*s %s; leave that branch there: --no-push; or be sure of it: --force", d->branch,
	                SLU_FMT(w->remote), d->branch, SLU_FMT(w->remote), d->branch);
}

static slu_rc nothing_is_lost(const struct doomed *d, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	slu_str into;
	SLU_TRY(merged_into(&into, c, w, d->kind, &d->at, false, err));
	if (into.n == 0)
		return slu_fail(err, SLU_E_CONFLICT, "%s is merged nowhere that it may go: its commits would be lost. Finish it, or be sure of it: --force", d->branch);
	return remote_is_merged(d, c, w, err);
}

static slu_rc plan_delete_one(const struct doomed *d, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	const struct pol_action act = { .verb = POL_DELETE, .actor = w->o.ctx.person, .ref = head_of(c, d->branch), .old = d->at, .new_ = none };
	struct pol_verdict v;
	SLU_TRY(app_plan_ask(&v, &w->p, &act, err));
	SLU_TRY(app_plan_move(&w->p, act.ref, &none, err));
	app_plan_says(&w->p, "delete the branch %s (%.10s)%s", d->branch, d->at.hex, d->gone ? slu_printf(c->a, ", which is gone on %.*s", SLU_FMT(w->remote)) : "");
	return d->gone ? app_plan_move(&w->p, there_of(c, w, d->branch), &none, err) : SLU_OK;
}

/* The twin goes with it, unless work on it would be lost. */
static slu_rc plan_delete_twin(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *branch, slu_err *err)
{
	struct doomed d = { 0 };
	slu_err why = { 0 };
	SLU_TRY(cmd_twin_of(&d.branch, c, w->o.strategy, kind, branch, err));
	if (!d.branch)
		return SLU_OK;
	d.kind = strat_branch_kind(w->o.strategy, slu_s(d.branch), NULL);
	SLU_TRY(app_plan_at(&d.at, &w->p, head_of(c, d.branch), err));
	if (slu_oid_is_zero(&d.at) || d.kind < 0)
		return SLU_OK;
	SLU_TRY(look_there(&d, c, w, err));
	bool kept = w->o.strategy->branch[d.kind].type != STRAT_THROWAWAY && !cmd_has(c, "force") && nothing_is_lost(&d, c, w, &why) != SLU_OK;
	if (!kept)
		return plan_delete_one(&d, c, w, err);
	*SLU_ADD(c->a, &w->p.owed) = slu_printf(c->a, "Its twin %s stays: %s", d.branch, why.text);
	return SLU_OK;
}

static slu_rc plan_delete(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *branch, slu_err *err)
{
	struct doomed d = { .kind = kind, .branch = branch };
	SLU_TRY(must_be_here(c, w, branch, &d.at, err));
	SLU_TRY(look_there(&d, c, w, err));
	if (!cmd_has(c, "force"))
		SLU_TRY(nothing_is_lost(&d, c, w, err));
	SLU_TRY(plan_delete_one(&d, c, w, err));
	SLU_TRY(plan_delete_twin(c, w, kind, branch, err));
	SLU_TRY(app_plan_trees(&w->p, (slu_str){ 0 }, err));
	return cmd_has(c, "no-push") ? SLU_OK : app_plan_push(&w->p, err);
}

static int delete_branch(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	int code = cmd_work_open(c, w), kind = STRAT_NONE;
	const char *branch = branch_of(c, w, &kind, &code);
	if (branch && !cmd_has(c, "no-push") && !cmd_has(c, "force")) /* who is sure is so of what he knows: the push is leased on that */
		code = cmd_work_fetch(c, w);
	if (!branch || code)
		return code;
	if (plan_delete(c, w, kind, branch, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	return cmd_work_carry_out(c, w, slu_printf(c->a, "%s is gone.", branch));
}

static int run_delete(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = delete_branch(c, &w);
	cmd_work_close(&w);
	return code;
}

/* ---- the commands ---------------------------------------------------------------------------------------------------------------- */

static const struct cmd_opt publish_options[] = {
	CMD_OFFLINE_AS,
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_branch_publish = {
	.name = "branch publish", .summary = "Bring a branch to the remote, where others see it", .usage = "KIND [NAME]", .group = CMD_G_WORK, .args_min = 1, .args_max = 2,
	.flags = CMD_DRY_RUN | CMD_KIND, .opts = publish_options, .run = run_publish,
	.detail = "Usually typed as `sluice KIND publish [NAME]`. The push is judged by the strategy before it is made, and the branch follows the remote's from then on. "
	          "Its twin goes with it, all or nothing. What is not committed stays where it is.",
	.example = "sluice feature publish\n"
	           "sluice feature publish login --dry-run\n"
	           "sluice branch publish release 2.1.0",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};

static const struct cmd_opt update_options[] = {
	{ "from", 0, "BRANCH", "where to take from, when the strategy leaves a choice", CMD_TEXT, 0 },
	{ "rebase", 0, NULL, "put its commits on top", CMD_FLAG, 0 },
	{ "merge", 0, NULL, "merge, whatever the strategy does when the branch lands", CMD_FLAG, 0 },
	{ "no-fetch", 0, NULL, "do not ask the remote first", CMD_FLAG, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_branch_update = {
	.name = "branch update", .summary = "Bring what has come to its base into a branch", .usage = "KIND [NAME]", .group = CMD_G_WORK, .args_min = 1, .args_max = 2,
	.flags = CMD_DRY_RUN | CMD_KIND, .opts = update_options, .run = run_update,
	.detail = "Usually typed as `sluice KIND update [NAME]`. It merges, or rebases where the strategy will rebase the branch when it lands. A conflict is told before anything has moved, and laid out to be solved: `sluice continue`.",
	.example = "sluice feature update\n"
	           "sluice feature update login --rebase\n"
	           "sluice branch update release 2.1.0",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};

static const struct cmd_opt delete_options[] = {
	{ "force", 0, NULL, "also one that is merged nowhere", CMD_FLAG, 0 },
	CMD_WORK_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_branch_delete = {
	.name = "branch delete", .summary = "Delete a branch that is merged, here and on the remote", .usage = "KIND [NAME]", .group = CMD_G_WORK, .args_min = 1, .args_max = 2,
	.flags = CMD_DRY_RUN | CMD_KIND, .opts = delete_options, .run = run_delete,
	.detail = "Usually typed as `sluice KIND delete [NAME]`. Whether it is merged is told by the commits, here and on the remote, which is asked first, and not by its name. "
	          "Its twin goes with it, unless work on it would be lost. With --force the remote is not asked: where somebody has pushed since, the branch stays there.",
	.example = "sluice feature delete login\n"
	           "sluice feature delete try --force --no-push\n"
	           "sluice branch delete release 2.1.0",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};

const struct cmd_desc cmd_publish = {
	.name = "publish", .summary = "Publish the branch that is checked out, whatever its kind", .usage = "[BRANCH]", .group = CMD_G_WORK, .args_max = 1,
	.flags = CMD_DRY_RUN | CMD_SHORT, .opts = publish_options, .run = cmd_shorthand,
	.detail = "The same as `sluice KIND publish`, of the kind that the branch is of by its name. BRANCH is the whole name of another one.",
	.example = "sluice publish\n"
	           "sluice publish feature/login --dry-run",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
const struct cmd_desc cmd_update = {
	.name = "update", .summary = "Update the branch that is checked out, whatever its kind", .usage = "[BRANCH]", .group = CMD_G_WORK, .args_max = 1,
	.flags = CMD_DRY_RUN | CMD_SHORT, .opts = update_options, .run = cmd_shorthand,
	.detail = "The same as `sluice KIND update`, of the kind that the branch is of by its name. BRANCH is the whole name of another one.",
	.example = "sluice update\n"
	           "sluice update feature/login --rebase",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
