/* SPDX-License-Identifier: Apache-2.0 */
/** /api/sluice/repos/OWNER/NAME/branches/…: a branch gets the name that the strategy has for it, or had. */
#include "app/repos.h"
#include "base/limits.h"
#include "web/web.h"

static slu_rc rename_branch(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_renamed done;
	struct app_rename ask = {
		.from = web_body_str(rq, "Rename", "from", WEB_REQUIRED, SLU_MAX_REF_BYTES),
		.to = web_body_str(rq, "Rename", "to", WEB_REQUIRED, SLU_MAX_REF_BYTES),
	};
	slu_str at = web_body_str(rq, "Rename", "at", WEB_REQUIRED, SLU_MAX_REF_BYTES);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(slu_oid_parse(&ask.at, at, err));
	SLU_TRY(app_branch_rename(&done, rq->unit, rq->r, &ask, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_bool(&rs->json, "moved", done.moved);
	slu_json_kv_bool(&rs->json, "default_branch", done.default_branch);
	slu_json_key(&rs->json, "changes");
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < done.change.n; i++)
		slu_json_int(&rs->json, (int64_t)done.change.v[i]);
	slu_json_close(&rs->json, ']');
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_branch_rename = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/branches/rename", .need = WEB_READ, .scopes = APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = rename_branch, .dry_run = true,
	.summary = "A branch gets the name that the strategy has for it, or had (was), with the default branch and open changes: from, to, at (the commit)",
};
