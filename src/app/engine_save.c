/* SPDX-License-Identifier: Apache-2.0 */
/* What a step of a rollout leaves in the database: its state, the events of what turned, the journal's next row. */
#include "app/deploy_impl.h"

static slu_str state_word(const struct flow_rollout *r)
{
	if (flow_rollout_succeeded(r))
		return SLU_STR("success");
	return r->phase == FLOW_FAILED ? SLU_STR("failure") : r->phase == FLOW_ABORTED ? SLU_STR("aborted") : r->phase == FLOW_HELD ? SLU_STR("held") : SLU_STR("running");
}

static slu_rc begins_to_fail(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_err *err)
{
	struct port_incident i = { .repo_id = r->id, .deployment = d->number, .environment = d->environment, .version = d->version, .text = d->reason, .opened_s = u->now_s };
	SLU_TRY(port_incident_add(u->store, &i, err));
	return app_deployment_event(u, r, d, "deploy-failed", d->reason, err);
}

static slu_rc succeeds(struct app_unit *u, struct app_repo *r, struct port_deployment *d, slu_err *err)
{
	size_t n = 0;
	d->live = true;
	d->finished_s = u->now_s;
	SLU_TRY(port_deployment_live(u->store, d, err));
	SLU_TRY(port_incident_close(u->store, r->id, d->environment, d->version, u->who.name, u->now_s, &n, err)); /* it was held, and a person let it go on */
	return app_deployment_event(u, r, d, slu_str_is(d->cause, "roll-back") ? "rolled-back" : "deployed", (slu_str){ 0 }, err);
}

static slu_rc turned(struct app_unit *u, struct app_repo *r, struct port_deployment *d, const struct flow_rollout *before, const struct flow_rollout *now, slu_err *err)
{
	if (before->phase == FLOW_WAITING && now->phase != FLOW_WAITING)
		SLU_TRY(app_deployment_event(u, r, d, "deployment-begun", (slu_str){ 0 }, err));
	if (!flow_rollout_failed(before) && flow_rollout_failed(now))
		SLU_TRY(begins_to_fail(u, r, d, err));
	if (before->phase != FLOW_HELD && now->phase == FLOW_HELD)
		SLU_TRY(app_deployment_event(u, r, d, "deployment-held", d->reason, err));
	if (!flow_rollout_succeeded(before) && flow_rollout_succeeded(now))
		SLU_TRY(succeeds(u, r, d, err));
	if (now->phase != FLOW_FAILED && now->phase != FLOW_ABORTED)
		return SLU_OK;
	d->finished_s = u->now_s;
	if (now->gave_up)
		return app_deployment_event(u, r, d, "deployment-given-up", d->reason, err);
	if (now->phase == FLOW_FAILED && !now->plan.has_old)
		return SLU_OK; /* it failed, and there was nothing to go back to */
	return app_deployment_event(u, r, d, now->phase == FLOW_ABORTED ? "deployment-aborted" : "rolled-back", d->reason, err);
}

static void take_over(struct port_deployment *d, struct app_unit *u, const struct flow_rollout *now)
{
	slu_auto_buf text;
	slu_buf_init(&text, FLOW_ROLLOUT_TEXT);
	flow_rollout_save(&text, now);
	d->flow = slu_s(slu_strndup(u->a, text.p, text.n));
	d->state = state_word(now);
	d->phase = slu_s(flow_phase_word((enum flow_phase)now->phase));
	d->reason = slu_s(slu_strdup(u->a, now->reason));
	d->weight_pct = now->weight_pct;
	d->open = !flow_rollout_ended(now);
	d->wake_ms = flow_rollout_wake(now);
	d->updated_s = u->now_s;
}

slu_rc app_engine_save(struct app_unit *u, struct app_repo *r, struct port_deployment *d, const struct flow_rollout *before, const struct flow_rollout *now, const struct flow_do *next, int64_t *step_id, slu_err *err)
{
	take_over(d, u, now);
	if (next->kind != FLOW_NONE) {
		struct port_deploy_step step = { .deployment_id = d->id, .seq = next->seq, .effect = slu_s(flow_effect_word(next->kind)), .weight_pct = next->weight_pct, .at_ms = u->now_ms };
		SLU_TRY(port_deploy_step_begin(u->store, &step, err));
		*step_id = step.id;
	}
	SLU_TRY(turned(u, r, d, before, now, err));
	return port_deployment_update(u->store, d, err);
}
