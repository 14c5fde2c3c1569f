/* SPDX-License-Identifier: Apache-2.0 */
/** Emergencies and the follow-ups that they leave. */
#include "app/changes.h"
#include "base/limits.h"
#include "web/web.h"

static slu_rc declare(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number = 0;
	struct pol_verdict v;

	SLU_TRY(web_param_u64(rq, "number", &number, err));
	slu_str reason = web_body_str(rq, "Emergency", "reason", WEB_REQUIRED, SLU_MAX_TITLE_BYTES * 8);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_emergency(&v, rq->unit, rq->r, number, reason, err));
	rs->status = v.answer == POL_ALLOW ? 201 : 403;
	web_json_verdict(&rs->json, rq, &v);
	return SLU_OK;
}

const struct web_api api_emergency = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/changes/{number}/emergency", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = declare, .dry_run = true,
	.summary = "Declare an emergency for a change, with a reason: its own requirements stand in place of the others until it expires",
};

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_follow_up *f = NULL;
	const char *state = web_query(rq, "state");
	size_t n = 0;

	SLU_TRY(app_follow_up_list(&f, &n, rq->unit, rq->r, !state || strcmp(state, "all") != 0, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++) {
		slu_json_open(&rs->json, '{');
		slu_json_kv_int(&rs->json, "id", f[i].id);
		slu_json_kv_str(&rs->json, "of", f[i].of);
		slu_json_kv_str(&rs->json, "name", f[i].name);
		slu_json_kv_bool(&rs->json, "overdue", !f[i].done_s && f[i].due_s < rq->now_s);
		web_json_time(&rs->json, "due_at", f[i].due_s);
		web_json_time(&rs->json, "done_at", f[i].done_s);
		slu_json_kv_str(&rs->json, "done_by", f[i].done_by);
		slu_json_kv_str(&rs->json, "note", f[i].note);
		slu_json_close(&rs->json, '}');
	}
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_follow_up_list = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/follow-ups", .need = WEB_READ, .run = list,
	.summary = "What emergencies have left to be written down; state=all for the closed ones too",
};

static slu_rc done(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t id = 0;

	SLU_TRY(web_param_u64(rq, "id", &id, err));
	slu_str note = web_body_str(rq, "FollowUp", "note", WEB_REQUIRED, SLU_MAX_TEXT_BYTES);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_follow_up_done(rq->unit, rq->r, id > INT64_MAX ? 0 : (int64_t)id, note, err));
	rs->status = 204;
	return SLU_OK;
}

const struct web_api api_follow_up_done = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/follow-ups/{id}/done", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = done, .dry_run = true,
	.summary = "Close a follow-up with what was written (note)",
};
