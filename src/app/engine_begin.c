/* SPDX-License-Identifier: Apache-2.0 */
/* A deployment's turn has come: may it still, and over what does it roll? */
#include "app/deploy_impl.h"
#include "app/together.h"

enum { AGAIN_MS = 5000, OTHERS_MS = 500 };

/* It ends before it began. */
static slu_rc end_waiting(struct app_unit *u, struct app_repo *r, struct port_deployment *d, const char *state, const char *event, const char *why, slu_err *err)
{
	d->state = slu_s(state);
	d->phase = slu_s("ended");
	d->reason = slu_s(slu_strdup(u->a, why));
	d->open = false;
	d->wake_ms = -1;
	d->finished_s = d->updated_s = u->now_s;
	SLU_TRY(app_begin(u, err));
	slu_rc rc = port_deployment_update(u->store, d, err);
	if (rc == SLU_OK)
		rc = app_deployment_event(u, r, d, event, d->reason, err);
	if (rc == SLU_OK)
		rc = app_commit(u, err);
	if (rc != SLU_OK)
		app_rollback(u);
	return rc;
}

static slu_rc wait_on(struct app_unit *u, struct port_deployment *d, const char *why, int64_t until_ms, slu_err *err)
{
	d->reason = slu_s(slu_strdup(u->a, why));
	d->wake_ms = until_ms;
	d->updated_s = u->now_s;
	SLU_TRY(app_begin(u, err));
	slu_rc rc = port_deployment_update(u->store, d, err);
	if (rc == SLU_OK)
		rc = app_commit(u, err);
	if (rc != SLU_OK)
		app_rollback(u);
	return rc;
}

static bool same_release(const struct port_deployment *x, const struct port_deployment *y)
{
	return slu_str_eq(x->version, y->version) && slu_oid_eq(&x->commit, &y->commit);
}

/* Older ones that wait are superseded by this one. One that keeps its old version is told to give up its place; *free: it has. */
static slu_rc make_room(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, bool *free_, slu_err *err)
{
	const struct port_deployment *list = NULL;
	const struct port_deployment_filter f = { .environment = d->environment, .open_only = true, .oldest_first = true };
	size_t n = 0;
	*free_ = true;
	SLU_TRY(port_deployment_list(u->store, u->a, r->id, &f, NULL, &list, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct port_deployment x = list[i], old = { 0 };
		if (x.id == d->id)
			continue;
		if (slu_str_is(x.state, "waiting")) {
			if (x.number < d->number)
				SLU_TRY(end_waiting(u, r, &x, "superseded", "deployment-superseded", slu_printf(u->a, "deployment %llu came after it", (unsigned long long)d->number), err));
			continue;
		}
		*free_ = false;
		if (!slu_str_is(x.state, "success") || x.asked.n > 0)
			continue;
		if (x.old_number > 0)
			SLU_TRY(port_deployment_get(u->store, u->a, r->id, x.old_number, &old, err));
		SLU_TRY(app_begin(u, err));
		slu_rc rc = port_deployment_ask(u->store, x.id, same_release(&old, d) ? SLU_STR("take-over") : SLU_STR("supersede"), err);
		if (rc == SLU_OK)
			rc = app_commit(u, err);
		if (rc != SLU_OK) {
			app_rollback(u);
			return rc;
		}
	}
	return SLU_OK;
}

static slu_rc judged(struct app_unit *u, struct app_repo *r, struct port_deployment *d, bool *go, slu_err *err)
{
	struct pol_verdict v;
	slu_err why = { 0 };
	const struct strat_environment *e = NULL;
	*go = false;
	slu_rc rc = app_environment_find(&e, u->a, r, d->environment, &why);
	if (rc == SLU_OK)
		rc = app_environment_can(r, e, &why);
	if (rc != SLU_OK)
		return end_waiting(u, r, d, "refused", "deployment-refused", why.text, err);
	SLU_TRY(app_deployment_judge(&v, u, r, d, err));
	if (app_verdict_rc(&v, &why) == SLU_OK) {
		*go = true;
		return SLU_OK;
	}
	if (v.answer == POL_DENY)
		return end_waiting(u, r, d, "refused", "deployment-refused", why.text, err);
	int64_t again = u->now_ms + AGAIN_MS;
	return wait_on(u, d, why.text, v.until_s * 1000 > again ? v.until_s * 1000 : again, err);
}

/* A release of several repositories is deployed when it is in all of them, one after the other. */
static slu_rc others(bool *wait, struct app_unit *u, struct app_repo *r, struct port_deployment *d, slu_err *err)
{
	const char *why = NULL;
	bool followed = false;
	SLU_TRY(app_engine_followed(&followed, u, err));
	SLU_TRY(app_together_holds(&why, u, r, d, followed, err));
	*wait = why != NULL;
	return why ? wait_on(u, d, why, u->now_ms + OTHERS_MS, err) : SLU_OK;
}

slu_rc app_engine_begin_one(struct app_engine *e, struct app_unit *u, struct app_repo *r, struct port_deployment *d, bool *begun, slu_err *err)
{
	bool go = false, wait = false;
	const struct strat_environment *env = NULL;
	const struct port_deployment *live = NULL;
	const struct port_deployment_filter f = { .environment = d->environment, .live_only = true };
	size_t n = 0;
	(void)e;
	*begun = false;
	if (slu_str_is(d->asked, "abort"))
		return end_waiting(u, r, d, "aborted", "deployment-aborted", "", err);
	SLU_TRY(judged(u, r, d, &go, err));
	if (!go)
		return SLU_OK;
	SLU_TRY(others(&wait, u, r, d, err));
	if (wait)
		return SLU_OK;
	SLU_TRY(make_room(u, r, d, &go, err));
	if (!go)
		return wait_on(u, d, "", u->now_ms + 200, err);
	SLU_TRY(app_environment_find(&env, u->a, r, d->environment, err));
	SLU_TRY(port_deployment_list(u->store, u->a, r->id, &f, NULL, &live, &n, err));
	struct flow_rollout_plan plan;
	struct flow_rollout flow;
	flow_rollout_plan_make(&plan, env, &r->strategy->driver[env->driver], n > 0);
	if (slu_str_is(d->cause, "roll-back")) { /* the way back has no steps to pause at */
		plan.step[0] = (struct flow_rollout_step){ 100, 0 };
		plan.step_n = 1;
		plan.watch_ms = 0;
		plan.keep_ms = 0;
		plan.on_failure = STRAT_ROLL_BACK;
	}
	flow_rollout_init(&flow, &plan);
	slu_buf text;
	slu_buf_init(&text, FLOW_ROLLOUT_TEXT);
	flow_rollout_save(&text, &flow);
	d->flow = slu_s(slu_strndup(u->a, text.p, text.n));
	slu_buf_release(&text);
	d->old_number = n > 0 ? live[0].number : 0;
	d->color = n > 0 ? !live[0].color : 0;
	d->started_s = u->now_s;
	d->url = env->url;
	d->reason = (slu_str){ 0 };
	*begun = true;
	return SLU_OK;
}
