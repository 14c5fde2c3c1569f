/* SPDX-License-Identifier: Apache-2.0 */
/* What has the traffic runs, and its keeper stands: looked at all the time, put right where it does not. */
#include "app/deploy_impl.h"

struct noted {
	struct app_repo *r;
	const struct port_deployment *d;
	const char *kind;
	slu_str reason;
};

static slu_rc note(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct noted *x = ctx;
	return app_deployment_event(u, x->r, x->d, x->kind, x->reason, err);
}

/* Run it again, and give it its traffic back. */
static slu_rc again(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, struct port_deploy *x, const struct port_deployer *driver, const char *how, slu_err *err)
{
	struct noted n = { r, d, "application-ended", slu_s(how) };
	SLU_TRY(app_act(u, note, &n, err));
	SLU_TRY(driver->start(x, false, err));
	SLU_TRY(driver->weight(x, 100, err));
	n = (struct noted){ r, d, "application-restarted", (slu_str){ 0 } };
	return app_act(u, note, &n, err);
}

/* Nothing has the traffic any more; an old version that was kept is let go of. */
static slu_rc write_over(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct noted *x = ctx;
	struct port_deployment d = *x->d;
	struct flow_rollout before, flow;
	struct flow_do next;
	int64_t step_id = 0;
	SLU_TRY(port_deployment_ask(u->store, d.id, (slu_str){ 0 }, err));
	SLU_TRY(flow_rollout_load(&flow, d.flow, err));
	before = flow;
	SLU_TRY(flow_rollout_event(&flow, &next, FLOW_TAKE_OVER, 0, (slu_str){ 0 }, u->now_ms, err));
	SLU_TRY(app_engine_save(u, x->r, &d, &before, &flow, &next, &step_id, err));
	SLU_TRY(port_deployment_over(u->store, d.id, err));
	return app_deployment_event(u, x->r, &d, "environment-stopped", (slu_str){ 0 }, err);
}

slu_rc app_engine_tend(struct app_engine *e, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_err *err)
{
	struct port_deploy x;
	struct port_deploy_look seen;
	const struct port_deployer *driver = NULL;
	slu_auto_buf log;
	slu_buf_init(&log, ENGINE_TEXT);
	if (!d->live)
		return SLU_OK;
	SLU_TRY(app_engine_describe(&x, &driver, e, u, r, d, &log, err));
	if (slu_str_is(d->asked, "stop")) {
		struct noted n = { .r = r, .d = d };
		SLU_TRY(driver->end(&x, err));
		return app_act(u, write_over, &n, err);
	}
	SLU_TRY(driver->look(&x, &seen, err));
	return seen.new_ == PORT_LIFE_ENDED ? again(u, r, d, &x, driver, seen.new_text, err) : SLU_OK;
}
