/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a deployment, for the way back, and telling one that runs. */
#include "app/deploy_impl.h"
#include "app/refuse.h"

slu_rc app_deployment_event(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, const char *kind, slu_str reason, slu_err *err)
{
	struct app_data x;
	app_data_begin(&x);
	slu_json_kv_int(&x.json, "deployment", (int64_t)d->number);
	slu_json_kv_str(&x.json, "environment", d->environment);
	slu_json_kv_str(&x.json, "version", d->version);
	slu_json_kv_z(&x.json, "commit", d->commit.hex);
	slu_json_kv_str(&x.json, "cause", d->cause);
	slu_json_kv_str(&x.json, "by", d->actor);
	if (reason.n > 0)
		slu_json_kv_str(&x.json, "reason", reason);
	return app_data_event(&x, u, r, kind, d->ref, 0, err);
}

slu_rc app_deployment_judge(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_err *err)
{
	struct pol_action act = { .verb = slu_str_is(d->cause, "roll-back") ? POL_ROLL_BACK : POL_DEPLOY, .actor = d->actor, .environment = d->environment, .version = d->version, .head = d->commit };
	act.cause = slu_str_is(d->cause, "tag") ? POL_BY_RELEASE : slu_str_is(d->cause, "push") || slu_str_is(d->cause, "merge") ? POL_BY_MERGE : POL_BY_PERSON;
	SLU_TRY(app_deploy_change(&act.change, u, r, &d->commit, err));
	return app_decide(out, u, r, &act, err);
}

slu_rc app_deployment_store(struct port_deployment *d, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	d->repo_id = r->id;
	d->state = SLU_STR("waiting");
	d->phase = slu_s(flow_phase_word(FLOW_WAITING));
	d->open = true;
	d->wake_ms = u->now_ms;
	d->created_s = d->updated_s = u->now_s;
	SLU_TRY(port_deployment_add(u->store, d, err));
	return app_deployment_event(u, r, d, "deployment-asked", (slu_str){ 0 }, err);
}

struct storing {
	struct app_repo *r;
	struct port_deployment *d;
};

static slu_rc store(struct app_unit *u, void *ctx, slu_err *err)
{
	struct storing *x = ctx;
	return app_deployment_store(x->d, u, x->r, err);
}

static struct port_deployment asked(struct app_unit *u, const struct strat_environment *e, const struct app_deploy_what *w, const char *cause)
{
	return (struct port_deployment){ .environment = e->name, .version = w->version, .ref = w->ref, .commit = w->commit, .actor = u->who.name, .cause = slu_s(cause), .url = e->url };
}

/* Judge, and store it when it is allowed. */
static slu_rc ask(struct port_deployment *out, struct pol_verdict *verdict, struct app_unit *u, struct app_repo *r, const struct strat_environment *e, const struct app_deploy_what *w, const char *cause, slu_err *err)
{
	struct port_deployment d = asked(u, e, w, cause);
	SLU_TRY(app_deployment_judge(verdict, u, r, &d, err));
	SLU_TRY(app_obey(u, r, verdict, err));
	struct storing x = { r, &d };
	SLU_TRY(app_act(u, store, &x, err));
	*out = d;
	return SLU_OK;
}

slu_rc app_deploy(struct port_deployment *out, struct pol_verdict *verdict, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err)
{
	const struct strat_environment *e;
	struct app_deploy_what w;
	SLU_TRY(app_need_scope(u, APP_SCOPE_DEPLOY, err));
	SLU_TRY(app_environment_find(&e, u->a, r, environment, err));
	SLU_TRY(app_environment_can(r, e, err));
	SLU_TRY(app_deploy_resolve(&w, u, r, e, version, err));
	return ask(out, verdict, u, r, e, &w, "manual", err);
}

slu_rc app_deploy_judge(struct pol_verdict *verdict, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err)
{
	const struct strat_environment *e;
	struct app_deploy_what w;
	SLU_TRY(app_environment_find(&e, u->a, r, environment, err));
	SLU_TRY(app_deploy_resolve(&w, u, r, e, version, err));
	const struct port_deployment d = asked(u, e, &w, "manual");
	return app_deployment_judge(verdict, u, r, &d, err);
}

/* ---- back ------------------------------------------------------------------------------------------------------------------- */

/* The newest that succeeded before the one that is live, and is another release; or the newest of the version `to`. */
static slu_rc back_to(struct port_deployment *out, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str to, slu_err *err)
{
	const struct port_deployment *list = NULL, *live = NULL;
	const struct port_deployment_filter f = { .environment = environment, .state = SLU_STR("success") };
	size_t n = 0;
	SLU_TRY(port_deployment_list(u->store, u->a, r->id, &f, NULL, &list, &n, err));
	for (size_t i = 0; i < n && !live; i++)
		live = list[i].live ? &list[i] : NULL;
	slu_str bare = slu_str_starts(to, "v") ? (slu_str){ to.p + 1, to.n - 1 } : to;
	for (size_t i = 0; i < n; i++) {
		const struct port_deployment *d = &list[i];
		bool is = to.n > 0 ? slu_str_eq(d->version, to) || slu_str_eq(d->version, bare)
		                   : live && d->number < live->number && !(slu_str_eq(d->version, live->version) && slu_oid_eq(&d->commit, &live->commit));
		if (is) {
			*out = *d;
			return SLU_OK;
		}
	}
	if (to.n > 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "%.*s never ran well in %.*s; `sluice env show %.*s` lists what did.", SLU_FMT(to), SLU_FMT(environment), SLU_FMT(environment));
	return slu_fail(err, SLU_E_NOT_FOUND, live ? "Nothing else ran well in %.*s before: there is nothing to go back to." : "Nothing runs in %.*s that could be taken back.", SLU_FMT(environment));
}

static slu_rc under_way(struct port_deployment *out, bool *found, struct app_unit *u, struct app_repo *r, slu_str environment, slu_err *err)
{
	const struct port_deployment *list = NULL;
	const struct port_deployment_filter f = { .environment = environment, .open_only = true, .oldest_first = true };
	size_t n = 0;
	SLU_TRY(port_deployment_list(u->store, u->a, r->id, &f, NULL, &list, &n, err));
	*found = false;
	for (size_t i = 0; i < n && !*found; i++) {
		*found = slu_str_is(list[i].state, "running") || slu_str_is(list[i].state, "held");
		*out = list[i];
	}
	return SLU_OK;
}

slu_rc app_roll_back(struct port_deployment *out, struct pol_verdict *verdict, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str to, slu_err *err)
{
	const struct strat_environment *e;
	struct port_deployment back, running;
	bool found = false;
	SLU_TRY(app_need_scope(u, APP_SCOPE_DEPLOY, err));
	SLU_TRY(app_environment_find(&e, u->a, r, environment, err));
	SLU_TRY(under_way(&running, &found, u, r, environment, err));
	if (found && to.n == 0 && !slu_str_is(running.cause, "roll-back")) {
		*verdict = (struct pol_verdict){ 0 };
		SLU_TRY(app_deployment_tell(u, r, running.number, SLU_STR("abort"), err));
		*out = running;
		return SLU_OK;
	}
	SLU_TRY(back_to(&back, u, r, environment, to, err));
	const struct app_deploy_what w = { .version = back.version, .ref = back.ref, .commit = back.commit };
	return ask(out, verdict, u, r, e, &w, "roll-back", err);
}

/* ---- telling one that runs --------------------------------------------------------------------------------------------------- */

/* The right alone: whether the version is fit is another question. */
static slu_rc right_to(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, slu_str environment, bool back, slu_err *err)
{
	const struct pol_action act = { .verb = back ? POL_ROLL_BACK : POL_DEPLOY, .environment = environment };
	struct pol_verdict v, right = { 0 };
	SLU_TRY(app_decide(&v, u, r, &act, err));
	right = v;
	right.answer = POL_ALLOW;
	right.row.n = 0;
	right.row.v = SLU_NEW_N(u->a, struct pol_row, v.row.n + 1);
	const char *rule = slu_printf(u->a, "environments.%.*s.allow.%s", SLU_FMT(environment), back ? "roll-back" : "deploy");
	for (size_t i = 0; i < v.row.n; i++) /* "environments": the strategy has it no more, and so names nobody who may */
		if (strcmp(v.row.v[i].rule, rule) == 0 || strcmp(v.row.v[i].rule, "environments") == 0) {
			right.row.v[right.row.n++] = v.row.v[i];
			if (v.row.v[i].state == POL_FAILED || v.row.v[i].state == POL_WAITING)
				right.answer = POL_DENY;
		}
	*out = right;
	return SLU_OK;
}

static slu_rc may(struct app_unit *u, struct app_repo *r, slu_str environment, bool back, slu_err *err)
{
	struct pol_verdict right;
	SLU_TRY(app_need_scope(u, APP_SCOPE_DEPLOY, err));
	SLU_TRY(right_to(&right, u, r, environment, back, err));
	return app_obey(u, r, &right, err);
}

slu_rc app_environment_may(bool *out, struct app_unit *u, struct app_repo *r, slu_str environment, slu_err *err)
{
	struct pol_verdict right;
	*out = false;
	if (app_need_scope(u, APP_SCOPE_DEPLOY, NULL) != SLU_OK)
		return SLU_OK;
	SLU_TRY(right_to(&right, u, r, environment, false, err));
	*out = right.answer == POL_ALLOW;
	return SLU_OK;
}

static bool word_event(enum flow_event *out, slu_str word)
{
	static const struct { const char *word; enum flow_event ev; } row[] = {
		{ "pause", FLOW_PAUSE }, { "resume", FLOW_RESUME }, { "promote", FLOW_PROMOTE }, { "abort", FLOW_ABORT },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		if (!slu_str_is(word, row[i].word))
			continue;
		*out = row[i].ev;
		return true;
	}
	return false;
}

struct telling {
	struct app_repo *r;
	uint64_t number;
	slu_str word;
};

static slu_rc tell(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct telling *x = ctx;
	struct port_deployment d;
	struct flow_rollout flow;
	struct flow_do next;
	enum flow_event ev = FLOW_TICK;
	SLU_TRY(port_deployment_get(u->store, u->a, x->r->id, x->number, &d, err));
	if (!word_event(&ev, x->word))
		return slu_fail(err, SLU_E_INVALID, "A rollout understands pause, resume, promote and abort, not \"%.*s\".", SLU_FMT(x->word));
	if (!d.open)
		return slu_fail(err, SLU_E_CONFLICT, "Deployment %llu has ended (%.*s).", (unsigned long long)d.number, SLU_FMT(d.state));
	if (d.asked.n > 0)
		return slu_fail(err, SLU_E_CONFLICT, "Deployment %llu has been told to %.*s a moment ago.", (unsigned long long)d.number, SLU_FMT(d.asked));
	if (d.flow.n > 0) { /* would it fit? the engine, which owns the rollout, does it */
		SLU_TRY(flow_rollout_load(&flow, d.flow, err));
		SLU_TRY(flow_rollout_event(&flow, &next, ev, 0, (slu_str){ 0 }, u->now_ms, err));
	} else if (ev != FLOW_ABORT) {
		return slu_fail(err, SLU_E_CONFLICT, "Deployment %llu still waits for its turn: it can be aborted.", (unsigned long long)d.number);
	}
	SLU_TRY(port_deployment_ask(u->store, d.id, x->word, err));
	return app_deployment_event(u, x->r, &d, slu_printf(u->a, "deployment-%.*s", SLU_FMT(x->word)), (slu_str){ 0 }, err);
}

slu_rc app_deployment_tell(struct app_unit *u, struct app_repo *r, uint64_t number, slu_str word, slu_err *err)
{
	struct port_deployment d;
	struct telling x = { r, number, word };
	SLU_TRY(port_deployment_get(u->store, u->a, r->id, number, &d, err));
	SLU_TRY(may(u, r, d.environment, slu_str_is(word, "abort"), err));
	return app_act(u, tell, &x, err);
}

struct clearing {
	struct app_repo *r;
	slu_str environment, version;
};

static slu_rc clear(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct clearing *x = ctx;
	struct port_deployment d = { .environment = x->environment, .version = x->version, .actor = u->who.name, .cause = SLU_STR("manual") };
	size_t n = 0;
	SLU_TRY(port_incident_close(u->store, x->r->id, x->environment, x->version, u->who.name, u->now_s, &n, err));
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing is held against %.*s in %.*s.", SLU_FMT(x->version), SLU_FMT(x->environment));
	return app_deployment_event(u, x->r, &d, "version-cleared", (slu_str){ 0 }, err);
}

slu_rc app_environment_clear(struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err)
{
	const struct strat_environment *e;
	SLU_TRY(app_environment_find(&e, u->a, r, environment, err));
	SLU_TRY(may(u, r, environment, false, err));
	struct clearing x = { r, environment, slu_str_starts(version, "v") && version.n > 1 && version.p[1] >= '0' && version.p[1] <= '9' ? (slu_str){ version.p + 1, version.n - 1 } : version };
	return app_act(u, clear, &x, err);
}

static slu_rc ask_stop(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct clearing *x = ctx;
	const struct port_deployment *live = NULL;
	struct port_deployment running;
	const struct port_deployment_filter f = { .environment = x->environment, .live_only = true };
	size_t n = 0;
	bool rolling = false;
	SLU_TRY(under_way(&running, &rolling, u, x->r, x->environment, err));
	if (rolling)
		return slu_fail(err, SLU_E_CONFLICT, "Deployment %llu is under way in %.*s; abort it first.", (unsigned long long)running.number, SLU_FMT(x->environment));
	SLU_TRY(port_deployment_list(u->store, u->a, x->r->id, &f, NULL, &live, &n, err));
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing runs in %.*s.", SLU_FMT(x->environment));
	SLU_TRY(port_deployment_ask(u->store, live[0].id, SLU_STR("stop"), err));
	return app_deployment_event(u, x->r, &live[0], "environment-stop-asked", (slu_str){ 0 }, err);
}

slu_rc app_environment_stop(struct app_unit *u, struct app_repo *r, slu_str environment, slu_err *err)
{
	const struct strat_environment *e;
	SLU_TRY(app_environment_find(&e, u->a, r, environment, err));
	SLU_TRY(may(u, r, environment, false, err));
	struct clearing x = { .r = r, .environment = environment };
	return app_act(u, ask_stop, &x, err);
}
