/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/line.h"

static slu_rc branch_at(struct cmd_ctx *c, struct cmd_offline *o, slu_str name, slu_oid *tip, slu_err *err)
{
	port_git *g = o->ctx.git.git;
	SLU_TRY(g->ops->ref(g, slu_s(slu_printf(c->a, "refs/heads/%.*s", SLU_FMT(name))), tip, err));
	if (slu_oid_is_zero(tip))
		SLU_TRY(g->ops->ref(g, app_offline_ref(c->a, &o->ctx, name), tip, err));
	if (slu_oid_is_zero(tip))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %.*s here.", SLU_FMT(name));
	return SLU_OK;
}

/* A branch without a line of its own (a hotfix) comes on that of the branch it goes into. */
static slu_rc find_into(struct cmd_ctx *c, struct cmd_offline *o, struct cmd_line *l, slu_err *err)
{
	struct strat_captures caps;
	slu_str into = slu_s(cmd_opt(c, "into"));
	if (!into.n)
		return SLU_OK;
	SLU_TRY(branch_at(c, o, into, &l->into, err));
	int kind = strat_branch_kind(o->strategy, into, &caps);
	l->line = kind == STRAT_NONE ? (slu_str){ 0 } : pol_line_of(c->a, &o->strategy->branch[kind], &caps);
	return SLU_OK;
}

static slu_rc find(struct cmd_ctx *c, struct cmd_offline *o, struct cmd_line *l, slu_err *err)
{
	SLU_TRY(cmd_whole(c, ", and a version counted on it could be one that is there already", err));
	o->ctx.git.a = c->a; /* nothing moves refs meanwhile that would matter: they are listed once */
	l->branch = cmd_has(c, "branch") ? slu_s(cmd_opt(c, "branch")) : cmd_here_branch(c);
	if (l->branch.n)
		SLU_TRY(branch_at(c, o, l->branch, &l->tip, err));
	else
		SLU_TRY(o->ctx.git.git->ops->resolve(o->ctx.git.git, SLU_STR("HEAD"), &l->tip, err));
	slu_str name = l->branch.n ? l->branch : o->default_branch;
	l->kind = strat_branch_kind(o->strategy, name, &l->caps);
	if (l->kind != STRAT_NONE)
		l->line = pol_line_of(c->a, &o->strategy->branch[l->kind], &l->caps);
	if (!l->branch.n)
		cmd_say(c, "No branch is checked out: counted as for %.*s; --branch names another.", SLU_FMT(name));
	return find_into(c, o, l, err);
}

int cmd_line_open(struct cmd_ctx *c, struct cmd_offline *o, struct cmd_line *l)
{
	slu_err err = { 0 };
	*l = (struct cmd_line){ .kind = STRAT_NONE, .into = slu_oid_zero() };
	int code = cmd_offline_open(c, o);
	if (code == 0 && find(c, o, l, &err) != SLU_OK)
		code = cmd_fail(c, &err);
	return code;
}

struct pol_next_ask cmd_line_ask(const struct cmd_offline *o, const struct cmd_line *l, const char *given, const char *pre)
{
	return (struct pol_next_ask){
		.line = l->line,
		.given = slu_s(given),
		.branch = l->caps.v[STRAT_CAP_VERSION],
		.phase = l->caps.v[STRAT_CAP_PHASE],
		.bump = l->kind == STRAT_NONE ? STRAT_BUMP_COMMITS : o->strategy->branch[l->kind].bump,
		.tip = l->tip,
		.also = l->into,
		.pre = slu_s(pre),
	};
}
