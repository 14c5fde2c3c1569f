/* SPDX-License-Identifier: Apache-2.0 */
/** What CI reports, in GitHub's shapes: commit statuses and check runs. */
#include "app/checks.h"
#include "base/limits.h"
#include "base/quantity.h"
#include "web/v3.h"

#include <jansson.h>

/* ---- statuses -------------------------------------------------------------------------------------------------------------------- */

static void status_json(slu_json *j, const struct web_req *rq, const struct port_status *x)
{
	slu_json_open(j, '{');
	v3_id(j, rq, "Status", x->id);
	slu_json_kv_str(j, "state", x->state);
	slu_json_kv_str(j, "context", x->context);
	v3_text(j, "description", x->description);
	v3_text(j, "target_url", x->url);
	slu_json_kv_z(j, "url", v3_url(rq, "/statuses/%s", x->sha.hex));
	slu_json_kv_z(j, "avatar_url", slu_printf(rq->a, "%s/assets/favicon.svg", rq->base_url));
	v3_user(j, "creator", rq, x->creator);
	web_json_time(j, "created_at", x->at_s);
	web_json_time(j, "updated_at", x->at_s);
	slu_json_close(j, '}');
}

static slu_rc status_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_status x = {
		.state = web_body_str(rq, "Status", "state", WEB_REQUIRED, 16),
		.context = web_body_str(rq, "Status", "context", WEB_OPTIONAL, SLU_MAX_TITLE_BYTES),
		.description = web_body_str(rq, "Status", "description", WEB_OPTIONAL, 1024),
		.url = web_body_str(rq, "Status", "target_url", WEB_OPTIONAL, 2048),
	};
	if (x.state.n && !slu_str_in(x.state, APP_STATUS_STATES))
		web_problem(rq, "Status", "state", "invalid", "state is success, failure, error or pending");
	if (x.context.n == 0)
		x.context = SLU_STR("default");
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = v3_commit_of(rq, web_param(rq, "sha"), &x.sha, err);
	SLU_TRY(rc == SLU_E_NOT_FOUND ? slu_fail(err, SLU_E_INVALID, "No commit found for SHA: %s", web_param(rq, "sha")) : rc);
	SLU_TRY(app_status_report(&x, rq->unit, rq->r, err));
	rs->status = 201;
	status_json(&rs->json, rq, &x);
	return SLU_OK;
}

const struct web_api api_v3_status_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/statuses/{sha}", .need = WEB_READ, .scopes = APP_SCOPE_STATUS | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = status_create, .dry_run = true,
	.operation = "repos/create-commit-status", .summary = "Report a status of a commit: state, context, description, target_url",
};

static slu_rc status_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_oid sha;
	const struct port_status *v;
	size_t n;
	SLU_TRY(v3_commit_of(rq, web_param(rq, "ref"), &sha, err));
	struct web_paging p = web_paging(rq);
	struct port_page page = { .offset = p.skip, .limit = p.per_page, .want_total = true };
	SLU_TRY(app_status_list(&v, &n, &page, rq->unit, rq->r, &sha, false, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		status_json(&rs->json, rq, &v[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, page.total);
	return SLU_OK;
}

const struct web_api api_v3_status_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/commits/{ref}/statuses", .need = WEB_READ, .run = status_list, .operation = "repos/list-commit-statuses-for-ref",
	.summary = "All statuses of a commit, newest first",
};

/* The address that a change's `statuses_url` has. */
const struct web_api api_status_list_by_url = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/statuses/{ref}", .need = WEB_READ, .run = status_list, .summary = "All statuses of a commit, newest first",
};

/* failure wins over pending, pending over success; nothing reported is pending, as GitHub has it */
static const char *combined_state(const struct port_status *v, size_t n)
{
	bool pending = n == 0;
	for (size_t i = 0; i < n; i++) {
		if (slu_str_is(v[i].state, "failure") || slu_str_is(v[i].state, "error"))
			return "failure";
		pending = pending || slu_str_is(v[i].state, "pending");
	}
	return pending ? "pending" : "success";
}

static slu_rc status_combined(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_oid sha;
	const struct port_status *v;
	size_t n;
	struct port_page all = { .limit = 0 };
	slu_json *j = &rs->json;
	SLU_TRY(v3_commit_of(rq, web_param(rq, "ref"), &sha, err));
	SLU_TRY(app_status_list(&v, &n, &all, rq->unit, rq->r, &sha, true, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "state", combined_state(v, n));
	slu_json_kv_z(j, "sha", sha.hex);
	slu_json_kv_z(j, "commit_url", v3_url(rq, "/commits/%s", sha.hex));
	slu_json_kv_z(j, "url", v3_url(rq, "/commits/%s/status", sha.hex));
	slu_json_kv_int(j, "total_count", (int64_t)n);
	slu_json_key(j, "statuses");
	slu_json_open(j, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++)
		status_json(j, rq, &v[i]);
	slu_json_close(j, ']');
	v3_repo(j, "repository", rq, &rq->r->row, rq->level);
	slu_json_close(j, '}');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_v3_status_combined = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/commits/{ref}/status", .need = WEB_READ, .run = status_combined, .operation = "repos/get-combined-status-for-ref",
	.summary = "The newest status of each context, and all in one word",
};

/* ---- check runs ------------------------------------------------------------------------------------------------------------------- */

static void run_output(slu_json *j, const struct web_req *rq, const struct port_check_run *x)
{
	slu_json_key(j, "output");
	slu_json_open(j, '{');
	v3_text(j, "title", x->title);
	v3_text(j, "summary", x->summary);
	v3_members(j, "\"text\":null,\"annotations_count\":0");
	slu_json_kv_z(j, "annotations_url", v3_url(rq, "/check-runs/%lld/annotations", (long long)x->id));
	slu_json_close(j, '}');
}

/* Who reported stands where GitHub has the app that did. */
static void reporter(slu_json *j, const struct web_req *rq, slu_str name)
{
	slu_json_key(j, "app");
	slu_json_open(j, '{');
	v3_id(j, rq, "App", v3_id_of_name(name));
	slu_json_kv_str(j, "slug", name);
	slu_json_kv_str(j, "name", name);
	v3_user(j, "owner", rq, name);
	slu_json_kv_z(j, "external_url", rq->base_url);
	slu_json_kv_z(j, "html_url", rq->base_url);
	web_json_time(j, "created_at", rq->r->row.created_s);
	web_json_time(j, "updated_at", rq->r->row.created_s);
	v3_members(j, "\"description\":null,\"permissions\":{},\"events\":[]");
	slu_json_close(j, '}');
}

static void run_json(slu_json *j, const struct web_req *rq, const struct port_check_run *x)
{
	slu_json_open(j, '{');
	v3_id(j, rq, "CheckRun", x->id);
	slu_json_kv_str(j, "name", x->name);
	slu_json_kv_z(j, "head_sha", x->sha.hex);
	slu_json_kv_str(j, "status", x->status);
	v3_text(j, "conclusion", x->conclusion);
	v3_text(j, "external_id", x->external_id);
	v3_text(j, "details_url", x->url);
	slu_json_kv_z(j, "url", v3_url(rq, "/check-runs/%lld", (long long)x->id));
	v3_text(j, "html_url", x->url);
	web_json_time(j, "started_at", x->started_s ? x->started_s : x->created_s);
	web_json_time(j, "completed_at", x->completed_s);
	run_output(j, rq, x);
	slu_json_key(j, "check_suite"); /* all runs on a commit are one; clients take it and the app for granted */
	slu_json_open(j, '{');
	slu_json_kv_int(j, "id", v3_id_of_name(slu_s(x->sha.hex)));
	slu_json_close(j, '}');
	reporter(j, rq, x->creator);
	v3_members(j, "\"pull_requests\":[]");
	slu_json_close(j, '}');
}

static void body_time(struct web_req *rq, const char *field, int64_t *out)
{
	slu_str text = web_body_str(rq, "CheckRun", field, WEB_OPTIONAL, 64);
	if (text.n && slu_time_parse(out, text, NULL) != SLU_OK)
		web_problem(rq, "CheckRun", field, "invalid", "%s must be a time such as 2026-01-05T09:00:00Z", field);
}

static void body_text(struct web_req *rq, const char *field, size_t max, slu_str *out)
{
	if (web_body_has(rq, field))
		*out = web_body_str(rq, "CheckRun", field, WEB_OPTIONAL, max);
}

static void output_text(struct web_req *rq, const char *field, size_t max, slu_str *out)
{
	json_t *v = json_object_get(json_object_get(rq->json, "output"), field);
	if (!v || json_is_null(v))
		return;
	if (!json_is_string(v) || json_string_length(v) > max)
		web_problem(rq, "CheckRun", field, "invalid", "output.%s must be a string of at most %zu bytes", field, max);
	else
		*out = slu_s(json_string_value(v));
}

/* What the body says, over what is there. */
static slu_rc run_from_body(struct web_req *rq, struct port_check_run *x, slu_err *err)
{
	body_text(rq, "name", SLU_MAX_TITLE_BYTES, &x->name);
	body_text(rq, "status", 16, &x->status);
	body_text(rq, "conclusion", 32, &x->conclusion);
	body_text(rq, "details_url", 2048, &x->url);
	body_text(rq, "external_id", SLU_MAX_TITLE_BYTES, &x->external_id);
	body_time(rq, "started_at", &x->started_s);
	body_time(rq, "completed_at", &x->completed_s);
	(void)web_body_object(rq, "CheckRun", "output");
	output_text(rq, "title", SLU_MAX_TITLE_BYTES, &x->title);
	output_text(rq, "summary", SLU_MAX_TEXT_BYTES, &x->summary);
	if (x->conclusion.n && !web_body_has(rq, "status"))
		x->status = SLU_STR("completed");
	if (x->status.n == 0)
		x->status = SLU_STR("queued");
	if (!slu_str_in(x->status, APP_RUN_STATUSES))
		web_problem(rq, "CheckRun", "status", "invalid", "status is queued, in_progress or completed");
	if (x->conclusion.n && !slu_str_in(x->conclusion, APP_RUN_CONCLUSIONS))
		web_problem(rq, "CheckRun", "conclusion", "invalid", "conclusion is success, failure, neutral, cancelled, skipped, timed_out, stale or action_required");
	if (slu_str_is(x->status, "completed") && x->conclusion.n == 0)
		web_problem(rq, "CheckRun", "conclusion", "missing_field", "conclusion is missing for a completed run");
	return web_body_check(rq, err);
}

static slu_rc run_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_check_run x = { .name = web_body_str(rq, "CheckRun", "name", WEB_REQUIRED, SLU_MAX_TITLE_BYTES) };
	slu_str sha = web_body_str(rq, "CheckRun", "head_sha", WEB_REQUIRED, 64);
	slu_rc rc;
	SLU_TRY(run_from_body(rq, &x, err));
	rc = v3_commit_of(rq, slu_str_dup(rq->a, sha), &x.sha, err);
	SLU_TRY(rc == SLU_E_NOT_FOUND ? slu_fail(err, SLU_E_INVALID, "No commit found for SHA: %.*s", SLU_FMT(sha)) : rc);
	SLU_TRY(app_check_run_report(&x, rq->unit, rq->r, err));
	rs->status = 201;
	run_json(&rs->json, rq, &x);
	return SLU_OK;
}

const struct web_api api_v3_check_run_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/check-runs", .need = WEB_READ, .scopes = APP_SCOPE_STATUS | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = run_create,
	.operation = "checks/create", .summary = "Report a check run: name, head_sha, status, conclusion, output, details_url",
};

static slu_rc run_of(struct web_req *rq, struct port_check_run *x, slu_err *err)
{
	uint64_t id;
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	return app_check_run_get(x, rq->unit, rq->r, (int64_t)id, err);
}

static slu_rc run_update(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_check_run x;
	SLU_TRY(run_of(rq, &x, err));
	SLU_TRY(run_from_body(rq, &x, err));
	SLU_TRY(app_check_run_change(&x, rq->unit, rq->r, err));
	run_json(&rs->json, rq, &x);
	return SLU_OK;
}

const struct web_api api_v3_check_run_update = {
	.method = "PATCH", .pattern = "/api/v3/repos/{owner}/{repo}/check-runs/{id}", .need = WEB_READ, .scopes = APP_SCOPE_STATUS | APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = run_update,
	.operation = "checks/update", .summary = "Say how a check run goes on",
};

static slu_rc run_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_check_run x;
	SLU_TRY(run_of(rq, &x, err));
	run_json(&rs->json, rq, &x);
	return SLU_OK;
}

const struct web_api api_v3_check_run_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/check-runs/{id}", .need = WEB_READ, .run = run_get, .operation = "checks/get", .summary = "One check run",
};

static slu_rc run_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_oid sha;
	const struct port_check_run *v;
	size_t n;
	const char *name = web_query(rq, "check_name"), *filter = web_query(rq, "filter");
	SLU_TRY(v3_commit_of(rq, web_param(rq, "ref"), &sha, err));
	struct web_paging p = web_paging(rq);
	struct port_page page = { .offset = p.skip, .limit = p.per_page, .want_total = true };
	bool latest = !filter || strcmp(filter, "all") != 0;
	SLU_TRY(app_check_run_list(&v, &n, &page, rq->unit, rq->r, &sha, slu_s(name ? name : ""), latest, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_int(&rs->json, "total_count", (int64_t)page.total);
	slu_json_key(&rs->json, "check_runs");
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		run_json(&rs->json, rq, &v[i]);
	slu_json_close(&rs->json, ']');
	slu_json_close(&rs->json, '}');
	web_link(rq, rs, &p, page.total);
	return SLU_OK;
}

const struct web_api api_v3_check_run_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/commits/{ref}/check-runs", .need = WEB_READ, .run = run_list, .operation = "checks/list-for-ref",
	.summary = "Check runs of a commit; check_name, filter (latest, all)",
};
