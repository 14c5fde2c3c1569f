/* SPDX-License-Identifier: Apache-2.0 */
/** Deployments and their statuses in GitHub's shapes. The server carries them out: their statuses are what it did, and what others report stands beside. */
#include "app/deploy.h"
#include "app/deploy_report.h"
#include "base/limits.h"
#include "web/v3.h"

static slu_str short_ref(slu_str ref)
{
	static const char *const before[] = { "refs/heads/", "refs/tags/" };
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
		if (slu_str_starts(ref, before[i]))
			return (slu_str){ ref.p + strlen(before[i]), ref.n - strlen(before[i]) };
	return ref;
}

static bool is_back(const struct port_deployment *d)
{
	return slu_str_is(d->cause, "roll-back");
}

static slu_str ref_of(const struct port_deployment *d)
{
	return d->ref.n ? short_ref(d->ref) : slu_s(d->commit.hex);
}

static void deployment_json(slu_json *j, const struct web_req *rq, const struct port_deployment *d)
{
	const char *url = v3_url(rq, "/deployments/%llu", (unsigned long long)d->number);
	slu_json_open(j, '{');
	v3_id(j, rq, "Deployment", (int64_t)d->number);
	slu_json_kv_z(j, "url", url);
	slu_json_kv_z(j, "statuses_url", slu_printf(rq->a, "%s/statuses", url));
	slu_json_kv_z(j, "repository_url", v3_url(rq, "%s", ""));
	slu_json_kv_z(j, "sha", d->commit.hex);
	slu_json_kv_str(j, "ref", ref_of(d));
	slu_json_kv_z(j, "task", is_back(d) ? "rollback" : "deploy");
	slu_json_kv_str(j, "environment", d->environment);
	slu_json_kv_str(j, "original_environment", d->environment);
	slu_json_kv_z(j, "description", slu_printf(rq->a, "%.*s to %.*s", SLU_FMT(d->version), SLU_FMT(d->environment)));
	v3_user(j, "creator", rq, d->actor);
	web_json_time(j, "created_at", d->created_s);
	web_json_time(j, "updated_at", d->updated_s);
	slu_json_kv_bool(j, "production_environment", slu_str_is(d->environment, "production"));
	v3_members(j, "\"payload\":{},\"transient_environment\":false,\"performed_via_github_app\":null");
	slu_json_kv_str(j, "version", d->version);
	slu_json_kv_str(j, "state", d->state);
	slu_json_close(j, '}');
}

static slu_rc deployment_of(struct web_req *rq, struct port_deployment *d, slu_err *err)
{
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	struct app_deployment_view v;
	SLU_TRY(app_deployment(&v, rq->unit, rq->r, number, err));
	*d = v.deployment;
	return SLU_OK;
}

static slu_rc get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_deployment d;
	SLU_TRY(deployment_of(rq, &d, err));
	deployment_json(&rs->json, rq, &d);
	return SLU_OK;
}

const struct web_api api_v3_deployments_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/deployments/{number}", .need = WEB_READ, .run = get, .operation = "repos/get-deployment", .summary = "One deployment",
};

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *sha = web_query(rq, "sha"), *environment = web_query(rq, "environment"), *ref = web_query(rq, "ref"), *task = web_query(rq, "task");
	struct port_deployment_filter f = { .environment = slu_s(environment ? environment : ""), .commit = slu_oid_zero() };
	const struct port_deployment *v;
	size_t n, kept = 0;
	if (sha && strcmp(sha, "none") != 0 && slu_oid_parse(&f.commit, slu_s(sha), NULL) != SLU_OK)
		web_problem(rq, "Deployment", "sha", "invalid", "sha is a whole commit id");
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_deployment_list(&v, &n, NULL, rq->unit, rq->r, &f, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++) {
		bool fits = (!ref || strcmp(ref, "none") == 0 || slu_str_is(ref_of(&v[i]), ref)) && (!task || strcmp(task, "none") == 0 || is_back(&v[i]) == (strcmp(task, "rollback") == 0));
		if (fits && kept >= p.skip && kept < p.skip + p.per_page)
			deployment_json(&rs->json, rq, &v[i]);
		kept += fits;
	}
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, kept);
	return SLU_OK;
}

const struct web_api api_v3_deployments_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/deployments", .need = WEB_READ, .run = list, .operation = "repos/list-deployments",
	.summary = "Deployments, newest first: environment, sha, ref, task",
};

/* ---- asking for one -------------------------------------------------------------------------------------------------------------- */

static slu_rc create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str ref = short_ref(web_body_str(rq, "Deployment", "ref", WEB_REQUIRED, SLU_MAX_REF_BYTES));
	slu_str environment = web_body_str(rq, "Deployment", "environment", WEB_OPTIONAL, SLU_MAX_NAME_BYTES), task = web_body_str(rq, "Deployment", "task", WEB_OPTIONAL, 64);
	struct pol_verdict v = { 0 };
	struct port_deployment d;
	bool back = slu_str_is(task, "rollback");
	if (task.n && !back && !slu_str_is(task, "deploy"))
		web_problem(rq, "Deployment", "task", "invalid", "task is deploy or rollback");
	SLU_TRY(web_body_check(rq, err));
	if (environment.n == 0)
		environment = SLU_STR("production");
	slu_rc rc = back ? app_roll_back(&d, &v, rq->unit, rq->r, environment, ref, err) : app_deploy(&d, &v, rq->unit, rq->r, environment, ref, err);
	if ((rc == SLU_E_DENIED || rc == SLU_E_WAIT) && v.row.n) {
		v3_refused(rq, rs, 409, &v, "A rule says no");
		return SLU_OK;
	}
	if (rc == SLU_E_NOT_FOUND || rc == SLU_E_INVALID)
		web_problem(rq, "Deployment", strat_find_environment(rq->r->strategy, environment) == STRAT_NONE ? "environment" : "ref", "invalid", "%s", err->text);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(rc);
	rs->status = 201;
	deployment_json(&rs->json, rq, &d);
	return SLU_OK;
}

const struct web_api api_v3_deployments_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/deployments", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY, .run = create, .operation = "repos/create-deployment",
	.summary = "Deploy: ref (tag, branch, commit, version), environment (production), task (deploy, rollback). 409 with the verdict when a rule says no",
};

/* ---- statuses --------------------------------------------------------------------------------------------------------------------- */

struct status {
	int64_t id;
	slu_str state, description, creator, url, log_url;
	int64_t at_s;
};
typedef SLU_LIST(struct status) status_list;

/* What the server did has even numbers, what others report odd ones. */
static void did(slu_arena *a, status_list *l, const struct port_deployment *d, int k, const char *state, slu_str description, int64_t at_s)
{
	*SLU_ADD(a, l) = (struct status){ d->id * 32 + 2 * k, slu_s(state), description, d->actor, d->url, { "", 0 }, at_s };
}

static slu_rc statuses_of(struct web_req *rq, const struct port_deployment *d, status_list *l, slu_err *err)
{
	static const struct { const char *ours, *theirs; } end[] = { { "success", "success" }, { "failure", "failure" }, { "aborted", "error" }, { "superseded", "inactive" } };
	const struct port_deploy_report *r;
	size_t n;
	did(rq->a, l, d, 0, "queued", SLU_STR("it waits for its turn"), d->created_s);
	if (d->started_s)
		did(rq->a, l, d, 1, "in_progress", SLU_STR("the rollout has begun"), d->started_s);
	if (slu_str_is(d->state, "held"))
		did(rq->a, l, d, 2, "pending", SLU_STR("the rollout is held, and waits for a person"), d->updated_s);
	for (size_t i = 0; i < sizeof end / sizeof end[0]; i++)
		if (slu_str_is(d->state, end[i].ours))
			did(rq->a, l, d, 3, end[i].theirs, d->reason, d->finished_s ? d->finished_s : d->updated_s);
	SLU_TRY(app_deploy_report_list(&r, &n, rq->unit, d, err));
	for (size_t i = 0; i < n; i++) {
		struct status *x = SLU_ADD(rq->a, l);
		*x = (struct status){ r[i].id * 2 + 1, r[i].state, r[i].description, r[i].creator, r[i].url, r[i].log_url, r[i].at_s };
		for (; x > l->v && x[-1].at_s > x->at_s; x--) { /* in order of time */
			struct status swap = x[-1];
			x[-1] = *x;
			*x = swap;
		}
	}
	return SLU_OK;
}

static void status_json(slu_json *j, const struct web_req *rq, const struct port_deployment *d, const struct status *x)
{
	const char *of = v3_url(rq, "/deployments/%llu", (unsigned long long)d->number), *page = v3_html_url(rq, "/deployments/%llu", (unsigned long long)d->number);
	slu_json_open(j, '{');
	v3_id(j, rq, "DeploymentStatus", x->id);
	slu_json_kv_z(j, "url", slu_printf(rq->a, "%s/statuses/%lld", of, (long long)x->id));
	slu_json_kv_z(j, "deployment_url", of);
	slu_json_kv_z(j, "repository_url", v3_url(rq, "%s", ""));
	slu_json_kv_str(j, "state", x->state);
	slu_json_kv_str(j, "description", x->description);
	slu_json_kv_str(j, "environment", d->environment);
	slu_json_kv_str(j, "environment_url", x->url);
	slu_json_kv_str(j, "log_url", x->log_url.n ? x->log_url : slu_s(page));
	slu_json_kv_str(j, "target_url", x->log_url.n ? x->log_url : slu_s(page));
	v3_user(j, "creator", rq, x->creator);
	web_json_time(j, "created_at", x->at_s);
	web_json_time(j, "updated_at", x->at_s);
	v3_members(j, "\"performed_via_github_app\":null");
	slu_json_close(j, '}');
}

static slu_rc status_list_(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_deployment d;
	status_list l = { 0 };
	SLU_TRY(deployment_of(rq, &d, err));
	SLU_TRY(statuses_of(rq, &d, &l, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < l.n && i < p.skip + p.per_page; i++)
		status_json(&rs->json, rq, &d, &l.v[l.n - 1 - i]); /* newest first */
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, l.n);
	return SLU_OK;
}

const struct web_api api_v3_deployment_statuses_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/deployments/{number}/statuses", .need = WEB_READ, .run = status_list_, .operation = "repos/list-deployment-statuses",
	.summary = "What became of a deployment, newest first",
};

static slu_rc status_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_deployment d;
	status_list l = { 0 };
	uint64_t id;
	SLU_TRY(deployment_of(rq, &d, err));
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	SLU_TRY(statuses_of(rq, &d, &l, err));
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i].id == (int64_t)id) {
			status_json(&rs->json, rq, &d, &l.v[i]);
			return SLU_OK;
		}
	return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
}

const struct web_api api_v3_deployment_statuses_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/deployments/{number}/statuses/{id}", .need = WEB_READ, .run = status_get, .operation = "repos/get-deployment-status",
	.summary = "One of them",
};

static slu_rc status_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_deployment d;
	SLU_TRY(deployment_of(rq, &d, err));
	struct port_deploy_report x = {
		.state = web_body_str(rq, "DeploymentStatus", "state", WEB_REQUIRED, 16),
		.description = web_body_str(rq, "DeploymentStatus", "description", WEB_OPTIONAL, 1024),
		.url = web_body_str(rq, "DeploymentStatus", "environment_url", WEB_OPTIONAL, 2048),
		.log_url = web_body_str(rq, "DeploymentStatus", "log_url", WEB_OPTIONAL, 2048),
	};
	if (x.state.n && !slu_str_in(x.state, "error failure inactive in_progress queued pending success"))
		web_problem(rq, "DeploymentStatus", "state", "invalid", "state is error, failure, inactive, in_progress, queued, pending or success");
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_deploy_report(&x, rq->unit, rq->r, d.number, err));
	rs->status = 201;
	const struct status s = { x.id * 2 + 1, x.state, x.description, x.creator, x.url, x.log_url, x.at_s };
	status_json(&rs->json, rq, &d, &s);
	return SLU_OK;
}

const struct web_api api_v3_deployment_statuses_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/deployments/{number}/statuses", .need = WEB_READ, .scopes = APP_SCOPE_DEPLOY, .run = status_create,
	.operation = "repos/create-deployment-status", .summary = "Report of a deployment: state, description, environment_url, log_url. It is kept and shown; what the server does is not changed by it",
};
