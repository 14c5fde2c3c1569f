/* SPDX-License-Identifier: Apache-2.0 */
/** /api/sluice/repos/OWNER/NAME/changes/N: all of a change with the verdict on its merge, as its page has it. */
#include "app/changes.h"
#include "web/change_parts.h"

static slu_rc show(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	struct app_change_view v;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	SLU_TRY(app_change_view(&v, rq->unit, rq->r, number, 0, err));
	change_json(&rs->json, rq, &v);
	return SLU_OK;
}

static slu_rc mark(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	struct app_change_mark done;
	slu_str phase = web_body_str(rq, "Mark", "phase", WEB_REQUIRED, SLU_MAX_NAME_BYTES);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	SLU_TRY(app_change_mark(&done, rq->unit, rq->r, number, phase, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_z(&rs->json, "tag", done.tag);
	slu_json_kv_bool(&rs->json, "made", done.made);
	slu_json_kv_z(&rs->json, "left", done.left);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_change_mark = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/changes/{number}/mark", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = mark, .dry_run = true,
	.summary = "The tag that marks the phase which a merged change brought: phase",
};

const struct web_api api_change_show = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/changes/{number}", .need = WEB_READ, .run = show,
	.summary = "A change with the verdict on its merge, its reviews, checks, commits and files",
};
