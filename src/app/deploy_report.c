/* SPDX-License-Identifier: Apache-2.0 */
#include "app/deploy_report.h"

#include "app/act.h"

struct reporting {
	struct app_repo *r;
	struct port_deployment d;
	struct port_deploy_report *x;
};

static slu_rc put(struct app_unit *u, void *ctx, slu_err *err)
{
	struct reporting *w = ctx;
	struct app_data d;
	SLU_TRY(port_deploy_report_add(u->store, w->x, err));
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "deployment", (int64_t)w->d.number);
	slu_json_kv_str(&d.json, "environment", w->d.environment);
	slu_json_kv_str(&d.json, "version", w->d.version);
	slu_json_kv_str(&d.json, "state", w->x->state);
	slu_json_kv_str(&d.json, "description", w->x->description);
	return app_data_event(&d, u, w->r, "deployment-reported", w->d.ref, 0, err);
}

slu_rc app_deploy_report(struct port_deploy_report *x, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err)
{
	struct reporting w = { .r = r, .x = x };
	SLU_TRY(app_need_scope(u, APP_SCOPE_DEPLOY, err));
	SLU_TRY(port_deployment_get(u->store, u->a, r->id, number, &w.d, err));
	if (r->level < STRAT_WRITE)
		return slu_fail(err, SLU_E_DENIED, "Those who may write to %.*s report of its deployments.", SLU_FMT(r->full));
	x->deployment_id = w.d.id;
	x->creator = u->who.name;
	x->at_s = u->now_s;
	return app_act(u, put, &w, err);
}

slu_rc app_deploy_report_list(const struct port_deploy_report **out, size_t *n, struct app_unit *u, const struct port_deployment *d, slu_err *err)
{
	return port_deploy_report_list(u->store, u->a, d->id, out, n, err);
}
