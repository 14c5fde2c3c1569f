/* SPDX-License-Identifier: Apache-2.0 */
/** The clone follows what landed on the server: branches go forward, those that are gone there go. */
#include "cmd/call.h"
#include "cmd/landing.h"
#include "cmd/revert.h"
#include "policy/phases.h"

#include "app/landing.h"

#include <jansson.h>
#include <string.h>

static const char heads[] = "refs/heads/";

static slu_str head_of(const struct landing *l, const char *branch)
{
	return slu_s(slu_printf(l->c->a, "%s%s", heads, branch));
}

static slu_str tracking_of(const struct landing *l, const char *branch)
{
	return slu_s(slu_printf(l->c->a, "refs/remotes/%.*s/%s", SLU_FMT(l->w->remote), branch));
}

/* A branch of this clone goes to where the remote has it, unless it has commits of its own. */
static slu_rc forward(struct landing *l, const char *branch, slu_err *err)
{
	struct app_plan *p = &l->w->p;
	slu_oid here, theirs;
	bool inside = false;
	SLU_TRY(app_plan_at(&here, p, head_of(l, branch), err));
	SLU_TRY(p->git->ops->ref(p->git, tracking_of(l, branch), &theirs, err));
	if (slu_oid_is_zero(&here) || slu_oid_is_zero(&theirs) || slu_oid_eq(&here, &theirs))
		return SLU_OK;
	SLU_TRY(p->git->ops->is_ancestor(p->git, &here, &theirs, &inside, err));
	if (!inside) {
		*SLU_ADD(l->c->a, &p->owed) = slu_printf(l->c->a, "%s has commits here that %.*s has not: it stays. Bring them together: git switch %s && git pull --rebase=merges %.*s %s", branch, SLU_FMT(l->w->remote), branch, SLU_FMT(l->w->remote), branch);
		return SLU_OK;
	}
	app_plan_says(p, "bring %s to where %.*s has it (%.10s)", branch, SLU_FMT(l->w->remote), theirs.hex);
	return app_plan_move(p, head_of(l, branch), &theirs, err);
}

static const json_t *acts(const struct landing *l)
{
	const json_t *v = json_object_get(l->answer, "followed");
	return v ? v : json_object_get(l->answer, "refs");
}

/* A branch that the strategy gives the merge too, by its name. */
static bool gets_it_too(const struct landing *l, slu_str name)
{
	const strat *s = l->w->o.strategy;
	int of = s ? strat_branch_kind(s, name, NULL) : STRAT_NONE, kind = s ? strat_branch_kind(s, slu_s(l->source), NULL) : STRAT_NONE;
	bool too = false;
	for (size_t i = 0; of >= 0 && kind >= 0 && i < s->branch[kind].edge_n; i++)
		too = too || strat_set_has(&s->branch[kind].edge[i].also_into, of) || strat_set_has(&s->branch[kind].edge[i].back_merge, of);
	size_t i;
	const json_t *x;
	json_array_foreach(acts(l), i, x) too = too || slu_str_is(name, cmd_ref_name(cmd_j_str(x, "ref")));
	return too;
}

/* The target, and those that got the merge too. */
static slu_rc forward_all(struct landing *l, slu_err *err)
{
	SLU_TRY(forward(l, l->target, err));
	for (size_t i = 0; i < l->w->refs.n; i++) {
		slu_str ref = l->w->refs.v[i].name, name = { ref.p + strlen(heads), ref.n - strlen(heads) };
		if (gets_it_too(l, name) && !slu_str_is(name, l->target) && !slu_str_is(name, l->source))
			SLU_TRY(forward(l, slu_str_dup(l->c->a, name), err));
	}
	return SLU_OK;
}

/* Gone on the remote, as the strategy has it after the merge: here too, when all that it has went with the merge. */
static slu_rc forget(struct landing *l, const char *branch, const slu_oid *merged, slu_err *err)
{
	struct app_plan *p = &l->w->p;
	const slu_oid none = slu_oid_zero();
	slu_oid here, tracked;
	bool inside = false;
	SLU_TRY(app_plan_at(&here, p, head_of(l, branch), err));
	SLU_TRY(p->git->ops->ref(p->git, tracking_of(l, branch), &tracked, err));
	if (!slu_oid_is_zero(&tracked))
		SLU_TRY(app_plan_move(p, tracking_of(l, branch), &none, err));
	if (slu_oid_is_zero(&here) || cmd_has(l->c, "keep"))
		return SLU_OK;
	if (!slu_oid_eq(&here, merged))
		SLU_TRY(p->git->ops->is_ancestor(p->git, &here, merged, &inside, err));
	else
		inside = true;
	if (!inside) {
		*SLU_ADD(l->c->a, &p->owed) = slu_printf(l->c->a, "%s has commits here that did not land with change %lld: it stays.", branch, (long long)l->change);
		return SLU_OK;
	}
	app_plan_says(p, "delete the branch %s, which is gone on %.*s", branch, SLU_FMT(l->w->remote));
	return app_plan_move(p, head_of(l, branch), &none, err);
}

/* Others that went with the merge on the server, such as a twin. */
static slu_rc forget_others(struct landing *l, slu_err *err)
{
	size_t i;
	const json_t *x;
	json_array_foreach(acts(l), i, x) {
		const char *ref = cmd_j_str(x, "ref");
		slu_oid was;
		if (strcmp(cmd_j_str(x, "what"), "delete") != 0 || strncmp(ref, heads, strlen(heads)) != 0 || strcmp(ref + strlen(heads), l->source) == 0)
			continue;
		SLU_TRY(slu_oid_parse(&was, slu_s(cmd_j_str(x, "old")), err));
		SLU_TRY(forget(l, slu_strdup(l->c->a, ref + strlen(heads)), &was, err));
	}
	return SLU_OK;
}

static slu_rc plan(struct landing *l, slu_err *err)
{
	struct app_plan *p = &l->w->p;
	slu_oid left;
	bool there = false;
	SLU_TRY(landing_look(l, err));
	SLU_TRY(forward_all(l, err));
	if (slu_oid_is_zero(&l->there))
		SLU_TRY(forget(l, l->source, &l->head, err));
	SLU_TRY(forget_others(l, err));
	SLU_TRY(app_plan_at(&left, p, head_of(l, l->source), err));
	bool away = slu_str_is(cmd_here_branch(l->c), l->source) && slu_oid_is_zero(&left);
	if (away)
		SLU_TRY(app_plan_have(&there, p, slu_s(l->target), err));
	l->w->op.remote = l->w->remote; /* what landed there is not taken back with it */
	return app_plan_trees(p, away ? slu_s(l->target) : (slu_str){ 0 }, err);
}

static int put_json(struct landing *l, bool moved)
{
	slu_auto_buf b;
	slu_buf_init(&b, 8 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	char *text = l->answer ? json_dumps(l->answer, JSON_COMPACT) : NULL;
	slu_json_open(&j, '{');
	slu_json_kv_int(&j, "change", l->change);
	slu_json_kv_bool(&j, "merged", true);
	slu_json_kv_z(&j, "source", l->source);
	slu_json_kv_z(&j, "target", l->target);
	slu_json_key(&j, "merge");
	slu_json_raw(&j, text ? slu_s(text) : SLU_STR("null"));
	slu_json_key(&j, "here");
	if (moved)
		flow_op_json(&j, &l->w->op);
	else
		slu_json_null(&j);
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	free(text);
	return cmd_put(l->c, &b);
}

static int told(struct landing *l, bool moved)
{
	struct cmd_ctx *c = l->c;
	const char *done = slu_printf(c->a, "%s is finished: it is in %s by change %lld.", l->source, l->target, (long long)l->change);
	if (c->format == CMD_FORMAT_JSON)
		return l->release ? 0 : put_json(l, moved);
	return cmd_work_told(c, l->w, &l->w->op, l->release ? "This clone has followed." : done);
}

static int later(struct landing *l, int code)
{
	if (l->release)
		cmd_say(l->c, "The release is finished on the server; only this clone has not followed. When that is settled: git fetch");
	else
		cmd_say(l->c, "Change %lld is merged on the server; only this clone has not followed. When that is settled: %s", (long long)l->change, landing_again(l));
	return code;
}

/* As it is by now: people go on working while a change waits. */
static int reopen(struct landing *l)
{
	const char *top = l->c->here ? l->c->here->work_tree : NULL; /* it may be another one than that around */
	slu_err err = { 0 };
	cmd_work_close(l->w);
	*l->w = (struct cmd_work){ 0 };
	l->c->here = NULL;
	l->c->resume = NULL;
	if (top && !getenv("GIT_DIR") && !getenv("GIT_WORK_TREE") && cmd_here_at(l->c, top, &l->c->here, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	int code = cmd_work_open_any(l->c, l->w, NULL);
	l->w->op.command = l->command;
	return code ? code : cmd_work_fetch(l->c, l->w);
}

static void offer_way_back(struct landing *l)
{
	const strat *s = l->w->o.strategy;
	int phase = pol_phase_of(s, slu_s(l->source));
	cmd_revert_offer_at(l->c, s, slu_s(l->target), cmd_j_str(l->answer, "sha"), phase >= 0 ? s->phase[phase].name : (slu_str){ 0 });
}

int landing_follow(struct landing *l)
{
	slu_err err = { 0 };
	int code = reopen(l);
	if (code)
		return later(l, code);
	if (plan(l, &err) != SLU_OK)
		return later(l, cmd_work_stopped(l->c, l->w, &err));
	bool moves = l->w->op.ref.n > 0;
	if (moves && app_op_begin(&l->w->op, &l->w->w, &err) != SLU_OK)
		return later(l, cmd_fail(l->c, &err));
	if (app_landing_drop(slu_s(l->source), l->c->a, l->w->clone, &err) != SLU_OK)
		return cmd_fail(l->c, &err);
	code = told(l, moves);
	if (code == 0 && l->answer)
		offer_way_back(l);
	return code;
}

int cmd_follow(struct cmd_ctx *c, struct cmd_work *w, const struct json_t *answer)
{
	const char *source = slu_strdup(c->a, cmd_j_str(answer, "branch")), *target = slu_strdup(c->a, cmd_j_str(answer, "target"));
	struct landing l = {
		.c = c, .w = w, .source = source, .target = target, .change = cmd_j_int(answer, "change"), .merged = true, .release = true, .answer = answer,
		.command = slu_s(slu_printf(c->a, "release finish %s", c->arg[0])),
	};
	int code = landing_head(&l);
	return code ? code : landing_follow(&l);
}
