/* SPDX-License-Identifier: Apache-2.0 */
#include "app/backup.h"
#include "web/web.h"

static slu_rc backup(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_backup b;
	slu_str folder = web_body_str(rq, "Backup", "folder", WEB_REQUIRED, 4000);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_backup(&b, rq->unit, slu_str_dup(rq->a, folder), err));
	rs->status = 201;
	slu_json_open(&rs->json, '{');
	slu_json_kv_str(&rs->json, "folder", folder);
	slu_json_kv_int(&rs->json, "repositories", (int64_t)b.repositories);
	slu_json_kv_int(&rs->json, "refs", (int64_t)b.refs);
	slu_json_kv_int(&rs->json, "events", b.events);
	slu_json_kv_str(&rs->json, "head", b.head);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_backup = {
	.method = "POST", .pattern = "/api/sluice/backup", .need = WEB_ADMIN, .run = backup, .dry_run = true,
	.summary = "Copy the whole home into a folder of the server's machine, while it serves; only for the operator",
};
