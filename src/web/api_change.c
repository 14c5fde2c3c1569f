/* SPDX-License-Identifier: Apache-2.0 */
/** /api/sluice/repos/OWNER/NAME/changes/N: all of a change with the verdict on its merge, as its page has it. */
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

const struct web_api api_change_show = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/changes/{number}", .need = WEB_READ, .run = show,
	.summary = "A change with the verdict on its merge, its reviews, checks, commits and files",
};
