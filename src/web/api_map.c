/* SPDX-License-Identifier: Apache-2.0 */
/** GET /api/sluice/repos/OWNER/NAME/branches: every branch, its kind, and what the strategy says of it. */
#include "app/map.h"
#include "web/map_json.h"
#include "web/web.h"

static slu_rc branches(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_map m;
	slu_rc rc = app_map(&m, rq->unit, rq->r, err);
	SLU_TRY(rc);
	slu_json_open(&rs->json, '{');
	map_json(&rs->json, rq->r->strategy, &m);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_map = {
	.method = "GET",
	.pattern = "/api/sluice/repos/{owner}/{repo}/branches",
	.need = WEB_READ,
	.run = branches,
	.summary = "Every branch, its kind, and what the strategy says of it",
};
