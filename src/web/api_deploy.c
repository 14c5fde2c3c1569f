/* SPDX-License-Identifier: Apache-2.0 */
/** Environments and deployments: /api/sluice/repos/OWNER/NAME/environments and /deployments. */
#include "app/deploy.h"
#include "base/limits.h"
#include "web/web.h"

static void members(slu_json *j, const struct web_req *rq, const struct port_deployment *d)
{
	slu_json_kv_int(j, "number", (int64_t)d->number);
	slu_json_kv_str(j, "environment", d->environment);
	slu_json_kv_str(j, "version", d->version);
	slu_json_kv_str(j, "ref", d->ref);
	slu_json_kv_z(j, "commit", d->commit.hex);
	slu_json_kv_str(j, "actor", d->actor);
	slu_json_kv_str(j, "cause", d->cause);
	slu_json_kv_str(j, "state", d->state);
	slu_json_kv_str(j, "phase", d->phase);
	slu_json_kv_str(j, "reason", d->reason);
	slu_json_kv_int(j, "weight", d->weight_pct);
	slu_json_kv_bool(j, "live", d->live);
	slu_json_kv_bool(j, "open", d->open);
	web_json_time(j, "created_at", d->created_s);
	web_json_time(j, "started_at", d->started_s);
	web_json_time(j, "finished_at", d->finished_s);
	slu_json_kv_z(j, "page", slu_printf(rq->a, "%s/%s/%s/deployments/%llu", rq->base_url, web_encode(rq->a, rq->owner), web_encode(rq->a, rq->repo), (unsigned long long)d->number));
}

static void deployment_json(slu_json *j, const struct web_req *rq, const struct port_deployment *d)
{
	slu_json_open(j, '{');
	members(j, rq, d);
	slu_json_close(j, '}');
}

/* A deployment that was stored, or the verdict that refused it. */
static slu_rc judged(struct web_req *rq, struct web_res *rs, slu_rc rc, const struct port_deployment *d, const struct pol_verdict *v, slu_err *err)
{
	slu_json *j = &rs->json;
	bool refused = rc == SLU_E_DENIED || rc == SLU_E_WAIT;
	if (rc != SLU_OK && !(refused && v->row.n))
		return rc;
	rs->status = refused ? 403 : 201;
	rs->no_store = true;
	slu_json_open(j, '{');
	if (refused) {
		slu_json_kv_z(j, "message", err->text);
		slu_json_kv_z(j, "code", slu_rc_word(rc));
	} else {
		members(j, rq, d);
	}
	slu_json_key(j, "verdict");
	web_json_verdict(j, rq, v);
	slu_json_close(j, '}');
	return SLU_OK;
}

static slu_rc create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str environment = web_body_str(rq, "Deployment", "environment", WEB_REQUIRED, SLU_MAX_NAME_BYTES);
	slu_str version = web_body_str(rq, "Deployment", "version", WEB_OPTIONAL, SLU_MAX_REF_BYTES);
	struct port_deployment d = { 0 };
	struct pol_verdict v = { 0 };
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = app_deploy(&d, &v, rq->unit, rq->r, environment, version, err);
	return judged(rq, rs, rc, &d, &v, err);
}

const struct web_api api_deployment_create = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/deployments", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = create, .dry_run = true,
	.summary = "Deploy: environment, version (without it, what the environment's trigger would bring)",
};

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *environment = web_query(rq, "environment"), *state = web_query(rq, "state");
	struct web_paging p = web_paging(rq);
	struct port_page page = { .offset = p.skip, .limit = p.per_page, .want_total = true };
	struct port_deployment_filter f = { .environment = slu_s(environment ? environment : ""), .state = slu_s(state ? state : "") };
	const struct port_deployment *d;
	size_t n;
	SLU_TRY(app_deployment_list(&d, &n, &page, rq->unit, rq->r, &f, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		deployment_json(&rs->json, rq, &d[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, page.total);
	return SLU_OK;
}

const struct web_api api_deployment_list = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/deployments", .need = WEB_READ, .run = list,
	.summary = "Deployments, newest first; environment, state",
};

static slu_rc show(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	struct app_deployment_view v;
	slu_json *j = &rs->json;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	SLU_TRY(app_deployment(&v, rq->unit, rq->r, number, err));
	slu_json_open(j, '{');
	members(j, rq, &v.deployment);
	slu_json_key(j, "steps");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v.step_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "effect", v.step[i].effect);
		slu_json_kv_int(j, "weight", v.step[i].weight_pct);
		slu_json_kv_str(j, "result", v.step[i].result);
		slu_json_kv_str(j, "text", v.step[i].text);
		web_json_time(j, "at", v.step[i].at_ms / 1000);
		web_json_time(j, "ended_at", v.step[i].ended_ms / 1000);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_deployment_show = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/deployments/{number}", .need = WEB_READ, .run = show,
	.summary = "One deployment with its journal",
};

static slu_rc tell(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	SLU_TRY(app_deployment_tell(rq->unit, rq->r, number, slu_s(web_param(rq, "word")), err));
	rs->status = 202;
	slu_json_open(&rs->json, '{');
	slu_json_kv_int(&rs->json, "number", (int64_t)number);
	slu_json_kv_z(&rs->json, "asked", web_param(rq, "word"));
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_deployment_tell = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/deployments/{number}/{word}", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = tell, .dry_run = true,
	.summary = "Say pause, resume, promote or abort to a rollout under way",
};

/* ---- environments ---------------------------------------------------------------------------------------------------------------- */

static void environment_json(slu_json *j, const struct web_req *rq, const struct app_environment_view *e, bool whole)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", e->environment->name);
	slu_json_key(j, "live");
	if (e->has_live)
		deployment_json(j, rq, &e->live);
	else
		slu_json_null(j);
	slu_json_key(j, "under_way");
	if (e->has_under_way)
		deployment_json(j, rq, &e->under_way);
	else
		slu_json_null(j);
	slu_json_key(j, "incidents");
	slu_json_open(j, '[');
	for (size_t i = 0; i < e->incident_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_int(j, "deployment", (int64_t)e->incident[i].deployment);
		slu_json_kv_str(j, "version", e->incident[i].version);
		slu_json_kv_str(j, "text", e->incident[i].text);
		web_json_time(j, "opened_at", e->incident[i].opened_s);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	if (whole) {
		slu_json_key(j, "deployments");
		slu_json_open(j, '[');
		for (size_t i = 0; i < e->newest_n; i++)
			deployment_json(j, rq, &e->newest[i]);
		slu_json_close(j, ']');
	}
	slu_json_close(j, '}');
}

static slu_rc environments(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_environment_view *e;
	size_t n;
	SLU_TRY(app_environments(rq->unit, rq->r, &e, &n, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		environment_json(&rs->json, rq, &e[i], false);
	slu_json_close(&rs->json, ']');
	return SLU_OK;
}

const struct web_api api_environment_list = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/environments", .need = WEB_READ, .run = environments,
	.summary = "Environments: what runs, what is under way, what failed",
};

static slu_rc environment(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_environment_view e;
	SLU_TRY(app_environment(&e, rq->unit, rq->r, slu_s(web_param(rq, "name")), err));
	environment_json(&rs->json, rq, &e, true);
	return SLU_OK;
}

const struct web_api api_environment_show = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/environments/{name}", .need = WEB_READ, .run = environment,
	.summary = "One environment with its last deployments",
};

static slu_rc roll_back(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_deployment d = { 0 };
	struct pol_verdict v = { 0 };
	slu_str to = web_body_str(rq, "Rollback", "to", WEB_OPTIONAL, SLU_MAX_REF_BYTES);
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = app_roll_back(&d, &v, rq->unit, rq->r, slu_s(web_param(rq, "name")), to, err);
	return judged(rq, rs, rc, &d, &v, err);
}

const struct web_api api_environment_roll_back = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/environments/{name}/rollback", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY | APP_SCOPE_WRITE | APP_SCOPE_ADMIN,
	.run = roll_back, .dry_run = true, .summary = "Back to the version before, or to another one (to)",
};

static slu_rc clear(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str version = web_body_str(rq, "Environment", "version", WEB_REQUIRED, SLU_MAX_REF_BYTES);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_environment_clear(rq->unit, rq->r, slu_s(web_param(rq, "name")), version, err));
	rs->status = 204;
	return SLU_OK;
}

const struct web_api api_environment_clear = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/environments/{name}/clear", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = clear, .dry_run = true,
	.summary = "Let a version that failed be deployed again (version)",
};

static slu_rc approve(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_deploy_approved done;
	slu_str version = web_body_str(rq, "Environment", "version", WEB_REQUIRED, SLU_MAX_REF_BYTES);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_deployment_approve(&done, rq->unit, rq->r, slu_s(web_param(rq, "name")), version, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_z(&rs->json, "environment", web_param(rq, "name"));
	slu_json_kv_str(&rs->json, "version", done.version);
	slu_json_kv_z(&rs->json, "commit", done.commit.hex);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_environment_approve = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/environments/{name}/approve", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = approve, .dry_run = true,
	.summary = "Say that a version may be deployed there (version)",
};

static slu_rc stop(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	SLU_TRY(app_environment_stop(rq->unit, rq->r, slu_s(web_param(rq, "name")), err));
	rs->status = 202;
	slu_json_open(&rs->json, '{');
	slu_json_kv_z(&rs->json, "environment", web_param(rq, "name"));
	slu_json_kv_z(&rs->json, "asked", "stop");
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_environment_stop = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/environments/{name}/stop", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = stop, .dry_run = true,
	.summary = "Drain and end what runs in an environment",
};
