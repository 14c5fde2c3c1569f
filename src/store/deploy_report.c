/* SPDX-License-Identifier: Apache-2.0 */
#include "port/store_deploy.h"
#include "store/sql.h"

slu_rc port_deploy_report_add(port_store *s, struct port_deploy_report *x, slu_err *err)
{
	SLU_TRY(store_run(s, err, "INSERT INTO deploy_report(deployment, state, description, url, log_url, creator, at_s) VALUES(?, ?, ?, ?, ?, ?, ?)", "ittttti",
	                  x->deployment_id, x->state, x->description, x->url, x->log_url, x->creator, x->at_s));
	x->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_deploy_report_list(port_store *s, slu_arena *a, int64_t deployment_id, const struct port_deploy_report **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_deploy_report) list = { 0 };
	SLU_TRY(store_query(&q, s, err, "SELECT id, deployment, state, description, url, log_url, creator, at_s FROM deploy_report WHERE deployment = ? ORDER BY id", "i", deployment_id));
	while (store_row(&q)) {
		struct port_deploy_report *x = SLU_ADD(a, &list);
		x->id = store_i(&q);
		x->deployment_id = store_i(&q);
		x->state = store_t(&q, a);
		x->description = store_t(&q, a);
		x->url = store_t(&q, a);
		x->log_url = store_t(&q, a);
		x->creator = store_t(&q, a);
		x->at_s = store_i(&q);
	}
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}
