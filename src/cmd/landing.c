/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/landing.h"

#include "app/landing.h"
#include "cmd/call.h"
#include "cmd/parse.h"

#include <jansson.h>

static slu_str head_of(const struct landing *l, const char *branch)
{
	return slu_s(slu_printf(l->c->a, "refs/heads/%s", branch));
}

const char *landing_again(const struct landing *l)
{
	const char *kind = l->c->arg[0];
	if (!(l->c->desc->flags & CMD_KIND)) /* of a phase */
		return slu_printf(l->c->a, "sluice %s %s", l->c->desc->name, l->source);
	return slu_printf(l->c->a, cmd_is_noun(kind) ? "sluice branch finish %s %s" : "sluice %s finish %s", kind, l->source);
}

bool cmd_lands_there(struct cmd_ctx *c, struct cmd_work *w)
{
	const char *server = NULL, *repo = NULL;
	if (cmd_has(c, "local"))
		return false;
	if (cmd_has(c, "home") || cmd_has(c, "server") || cmd_has(c, "repo"))
		return true;
	if (w->remote.n == 0 || cmd_remote_at(c, w->remote, &server, &repo, NULL) != SLU_OK || !cmd_is_sluice(c, server))
		return false;
	c->home = NULL;
	c->server = server;
	c->repo = repo;
	return true;
}

/* ---- what is there ---------------------------------------------------------------------------------------------------------------- */

slu_rc landing_look(struct landing *l, slu_err *err)
{
	struct cmd_work *w = l->w;
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	slu_str source = head_of(l, l->source), target = head_of(l, l->target);
	l->there = l->base = slu_oid_zero();
	SLU_TRY(w->clone->ops->remote_refs(w->clone, l->c->a, w->remote, false, &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (slu_str_eq(ref[i].name, source))
			l->there = ref[i].id;
		if (slu_str_eq(ref[i].name, target))
			l->base = ref[i].id;
	}
	SLU_TRY(app_plan_at(&l->at, &w->p, source, err));
	return SLU_OK;
}

static slu_rc both_there(const struct landing *l, slu_err *err)
{
	slu_str remote = l->w->remote;
	if (slu_oid_is_zero(&l->base))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s on %.*s to finish it into.", l->target, SLU_FMT(remote));
	if (slu_oid_is_zero(&l->at) && slu_oid_is_zero(&l->there))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s, neither here nor on %.*s.", l->source, SLU_FMT(remote));
	return SLU_OK;
}

/* What the strategy does with it when it lands; the only way of its kind into that target. */
static enum strat_method method_of(const struct landing *l)
{
	const strat *s = l->w->o.strategy;
	const struct strat_branch *b = &s->branch[l->kind];
	int into = strat_branch_kind(s, slu_s(l->target), NULL);
	for (size_t i = 0; i < b->edge_n; i++)
		if (b->edge[i].into == into)
			return b->edge[i].method;
	return STRAT_MERGE;
}

/* ---- the push --------------------------------------------------------------------------------------------------------------------- */

static bool is_solved(const struct landing *l, const slu_oid *ours)
{
	for (size_t i = 0; i < l->w->op.solved.n; i++) {
		const struct flow_op_solved *x = &l->w->op.solved.v[i];
		if (slu_oid_eq(&x->ours, ours) && slu_oid_eq(&x->theirs, &l->base) && !slu_oid_is_zero(&x->tree))
			return true;
	}
	return false;
}

/* A conflict is a person's, and told before anything has moved. What he made of it becomes a commit of the branch. */
static slu_rc without_conflict(struct landing *l, slu_err *err)
{
	struct app_plan *p = &l->w->p;
	enum strat_method method = method_of(l);
	const slu_oid parents[2] = { l->head, l->base };
	slu_oid tree, made;
	bool inside = false;
	if (method != STRAT_MERGE && method != STRAT_SQUASH)
		return SLU_OK; /* the server says what it needs there: to be put on top by sluice KIND update */
	SLU_TRY(p->git->ops->is_ancestor(p->git, &l->base, &l->head, &inside, err));
	if (inside)
		return SLU_OK;
	slu_rc rc = app_plan_tree(&tree, p, &l->head, &l->base, err);
	p->has_conflict = rc == SLU_E_CONFLICT;
	if (rc != SLU_OK || !is_solved(l, &l->head))
		return rc;
	slu_str message = slu_s(slu_printf(l->c->a, "Merge %s into %s\n", l->target, l->source));
	SLU_TRY(l->w->clone->ops->commit(l->w->clone, &tree, parents, 2, NULL, message, &made, err));
	app_plan_says(p, "merge %s into %s, as you solved it (%.10s)", l->target, l->source, made.hex);
	l->head = made;
	return app_plan_move(p, head_of(l, l->source), &made, err);
}

static slu_rc plan_push(struct landing *l, slu_err *err)
{
	struct cmd_work *w = l->w;
	bool inside = false;
	if (!slu_oid_is_zero(&l->at) && !slu_oid_is_zero(&l->there))
		SLU_TRY(app_plan_current(&w->p, slu_s(l->source), err));
	l->head = slu_oid_is_zero(&l->at) ? l->there : l->at;
	if (!l->change) /* whoever opened one has seen commits, and is told by it */
		SLU_TRY(w->w.git->ops->is_ancestor(w->w.git, &l->head, &l->base, &inside, err));
	if (inside)
		return app_plan_nothing(slu_s(l->source), slu_s(l->target), err);
	SLU_TRY(without_conflict(l, err));
	if (!slu_oid_eq(&l->head, &l->there))
		SLU_TRY(cmd_work_push(l->c, w, l->source, &l->there, &l->head, err));
	return app_plan_trees(&w->p, (slu_str){ 0 }, err);
}

/* ---- remembered ------------------------------------------------------------------------------------------------------------------- */

static slu_rc remember(struct landing *l, slu_err *err)
{
	struct cmd_ctx *c = l->c;
	struct app_landing x = { .source = slu_s(l->source), .target = slu_s(l->target), .where = slu_s(c->home ? c->home : c->server ? c->server : ""), .change = (uint64_t)l->change, .begun_s = l->w->w.now_s };
	for (size_t i = 0; i < c->word_n; i++)
		*SLU_ADD(c->a, &x.arg) = slu_s(c->word[i]);
	if ((c->desc->flags & CMD_KIND) && c->arg_n < 2) /* it was the branch that is checked out: later another one may be */
		*SLU_ADD(c->a, &x.arg) = slu_s(l->source);
	return app_landing_put(&x, c->a, l->w->clone, err);
}

static slu_rc title_of(slu_str *out, struct landing *l, slu_err *err)
{
	port_git *g = l->w->w.git;
	struct pol_commit last;
	const slu_oid *own = slu_oid_is_zero(&l->at) ? &l->there : &l->at;
	SLU_TRY(g->ops->commit(g, l->c->a, own, &last, err));
	slu_str rest = last.message;
	(void)slu_str_split(&rest, '\n', out);
	return SLU_OK;
}

/* ---- the whole -------------------------------------------------------------------------------------------------------------------- */

static int would(struct landing *l)
{
	struct app_plan *p = &l->w->p;
	bool pushed = l->w->op.push.n == 0;
	if (!l->merged && !l->change)
		app_plan_says(p, "open a change from %s into %s", l->source, l->target);
	if (!l->merged)
		app_plan_says(p, "merge %s into %s on the server, as soon as its rules allow", l->change ? slu_printf(l->c->a, "change %lld", (long long)l->change) : "it", l->target);
	app_plan_says(p, "bring this clone along: %s, and %s goes when it is gone there", l->target, l->source);
	if (l->phase)
		app_plan_says(p, "have %s marked by its tag on the server, once all of it is in", l->phase);
	int code = cmd_work_told(l->c, l->w, &l->w->op, "");
	if (code || l->merged || l->c->format == CMD_FORMAT_JSON)
		return code;
	if (l->change && pushed)
		return landing_ask(l);
	cmd_say(l->c, "What its merge waits for can be told when %s is there.", l->change ? "what is new" : "the change");
	return 0;
}

/* The push is an operation of its own: where the program ends in it, `continue` brings it to its end. */
static int push(struct landing *l)
{
	struct cmd_work *w = l->w;
	slu_err err = { 0 };
	if (w->op.push.n == 0 && !l->c->resume)
		return 0;
	w->op.command = slu_s(slu_printf(l->c->a, "%.*s publish %s", SLU_FMT(w->o.strategy->branch[l->kind].name), l->source));
	if (app_op_begin(&w->op, &w->w, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	for (size_t i = 0; l->c->format != CMD_FORMAT_JSON && i < w->op.says.n; i++)
		cmd_say(l->c, "  %zu. %.*s", i + 1, SLU_FMT(w->op.says.v[i]));
	return 0;
}

static int change(struct landing *l)
{
	slu_str title = { 0 };
	slu_err err = { 0 };
	if (l->change)
		return 0;
	if (title_of(&title, l, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	int code = landing_open(l, title);
	if (code == 0 && remember(l, &err) != SLU_OK)
		code = cmd_fail(l->c, &err);
	return code;
}

static int there(struct landing *l)
{
	slu_err err = { 0 };
	if (remember(l, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	int code = push(l);
	if (code)
		return code;
	cmd_work_point("landing:pushed");
	code = change(l);
	if (code)
		return code;
	cmd_work_point("landing:opened");
	return landing_merge(l);
}

static int begin(struct landing *l)
{
	slu_err err = { 0 };
	if (cmd_finish_target(&l->target, l->c, l->w, l->kind, &err) != SLU_OK || landing_look(l, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	int code = landing_find(l);
	if (code || l->merged)
		return code;
	if (both_there(l, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	return plan_push(l, &err) == SLU_OK ? 0 : cmd_work_stopped(l->c, l->w, &err);
}

int cmd_land(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *source, const char *phase)
{
	struct landing l = { .c = c, .w = w, .kind = kind, .command = w->op.command, .source = source, .phase = phase };
	const char *only_here = cmd_has(c, "no-push") ? "no-push" : cmd_has(c, "no-fetch") ? "no-fetch" : NULL, *repo;
	slu_err err = { 0 };
	if (only_here)
		return cmd_usage(c, "--%s is for work in this clone alone, and this remote is a sluice server, where the branch lands: add --local to do it here.", only_here);
	if (cmd_has(c, "checked"))
		return cmd_usage(c, "--checked is for a remote that is no sluice server; here checks are reported to it: sluice commit status COMMIT --context CHECK --state success");
	if (w->remote.n == 0)
		return cmd_usage(c, "This clone has no remote to push to. Name one: git remote add origin ADDRESS");
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	int code = cmd_work_fetch(c, w);
	if (code == 0)
		code = begin(&l);
	if (code || c->dry_run)
		return code ? code : would(&l);
	if (!l.merged)
		code = there(&l);
	if (code)
		return code;
	cmd_work_point("landing:landed");
	code = phase ? landing_mark(&l) : 0;
	if (code)
		return code;
	cmd_work_point("landing:marked");
	return landing_follow(&l);
}
