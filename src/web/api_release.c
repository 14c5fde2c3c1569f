/* SPDX-License-Identifier: Apache-2.0 */
/** Releases and the operation under way: /api/sluice/repos/OWNER/NAME/releases/…, …/flow. */
#include "app/release.h"
#include "web/merge_json.h"
#include "web/web.h"

static void plan_json(slu_json *j, slu_arena *a, const struct flow_plan *p)
{
	slu_json_key(j, "steps");
	slu_json_open(j, '[');
	for (size_t i = 0; i < p->step.n; i++) {
		const struct flow_step *st = &p->step.v[i];
		slu_json_open(j, '{');
		slu_json_kv_z(j, "step", flow_step_word(st->kind));
		slu_json_kv_z(j, "text", flow_step_text(a, st));
		slu_json_kv_z(j, "ref", *st->ref ? st->ref : NULL);
		slu_json_kv_z(j, "file", st->pos.file);
		slu_json_kv_int(j, "line", st->pos.line);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void flow_json(slu_json *j, const struct port_flow *f)
{
	slu_json_kv_int(j, "id", f->id);
	slu_json_kv_str(j, "kind", f->kind);
	slu_json_kv_str(j, "name", f->name);
	slu_json_kv_str(j, "state", f->state);
	slu_json_kv_str(j, "by", f->actor);
	web_json_time(j, "begun", f->created_s);
	web_json_time(j, "moved", f->updated_s);
	slu_json_key(j, "data");
	slu_json_raw(j, f->data);
}

static void result_json(struct web_req *rq, struct web_res *rs, const struct app_release_result *x, bool dry)
{
	slu_json *j = &rs->json;
	slu_json_open(j, '{');
	slu_json_kv_bool(j, "done", x->done);
	slu_json_kv_bool(j, "dry_run", dry);
	slu_json_kv_z(j, "branch", x->plan.branch);
	slu_json_kv_z(j, "target", x->plan.target_branch);
	if (x->change)
		slu_json_kv_int(j, "change", (int64_t)x->change);
	slu_json_kv_z(j, "next", x->next && *x->next ? x->next : NULL);
	plan_json(j, rq->a, &x->plan);
	merge_json(j, "refs", &x->merge);
	if (x->flow.id) {
		slu_json_key(j, "flow");
		slu_json_open(j, '{');
		flow_json(j, &x->flow);
		slu_json_close(j, '}');
	}
	if (x->judged) {
		slu_json_key(j, "verdict");
		web_json_verdict(j, rq, &x->verdict);
	}
	slu_json_close(j, '}');
	if (!x->done && !dry)
		rs->status = 403; /* the verdict says why and what opens it */
}

typedef slu_rc release_fn(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct app_release_ask *ask, slu_err *err);

static slu_rc release(struct web_req *rq, struct web_res *rs, release_fn *run, slu_err *err)
{
	struct app_release_ask ask = {
		.version = web_body_str(rq, "Release", "version", WEB_REQUIRED, SLU_MAX_NAME_BYTES),
		.kind = web_body_str(rq, "Release", "kind", WEB_OPTIONAL, SLU_MAX_NAME_BYTES),
		.dry_run = web_body_bool(rq, "Release", "dry_run", false),
	};
	struct app_release_result x;
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(run(&x, rq->unit, rq->r, &ask, err));
	result_json(rq, rs, &x, ask.dry_run);
	return SLU_OK;
}

static slu_rc start(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return release(rq, rs, app_release_start, err);
}

static slu_rc finish(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return release(rq, rs, app_release_finish, err);
}

static slu_rc go_on(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_release_result x;
	SLU_TRY(app_flow_continue(&x, rq->unit, rq->r, err));
	result_json(rq, rs, &x, rq->unit->dry_run);
	return SLU_OK;
}

typedef slu_rc flow_fn(struct port_flow *out, struct app_unit *u, struct app_repo *r, slu_err *err);

static slu_rc one_flow(struct web_req *rq, struct web_res *rs, flow_fn *run, slu_err *err)
{
	struct port_flow f;
	SLU_TRY(run(&f, rq->unit, rq->r, err));
	slu_json_open(&rs->json, '{');
	flow_json(&rs->json, &f);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

static slu_rc status(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_flow f;
	bool found = false;
	SLU_TRY(app_flow_status(&f, &found, rq->unit, rq->r, err));
	slu_json_open(&rs->json, '{');
	if (found)
		flow_json(&rs->json, &f);
	else
		slu_json_kv_z(&rs->json, "state", "none");
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

static slu_rc abort_(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return one_flow(rq, rs, app_flow_abort, err);
}

static slu_rc undo(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return one_flow(rq, rs, app_flow_undo, err);
}

#define REPO "/api/sluice/repos/{owner}/{repo}"

const struct web_api api_release_start = {
	.method = "POST", .pattern = REPO "/releases/start", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = start,
	.summary = "Begin a release: branch, version, changelog, change (version, kind, dry_run)",
};
const struct web_api api_release_finish = {
	.method = "POST", .pattern = REPO "/releases/finish", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = finish,
	.summary = "Finish a release: merge, tag, the other branches, deletion (version, kind, dry_run)",
};
const struct web_api api_flow_status = {
	.method = "GET", .pattern = REPO "/flow", .need = WEB_READ, .run = status, .summary = "The operation under way, else the last one; state none: there was none yet",
};
const struct web_api api_flow_continue = {
	.method = "POST", .pattern = REPO "/flow/continue", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = go_on, .dry_run = true, .summary = "Go on with the operation under way",
};
const struct web_api api_flow_abort = {
	.method = "POST", .pattern = REPO "/flow/abort", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = abort_, .dry_run = true, .summary = "Put every ref back to where it was before the operation under way",
};
const struct web_api api_flow_undo = {
	.method = "POST", .pattern = REPO "/flow/undo", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = undo, .dry_run = true, .summary = "Take back the last operation that was finished",
};
