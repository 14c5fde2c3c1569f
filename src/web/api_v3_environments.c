/* SPDX-License-Identifier: Apache-2.0 */
/** Environments of the strategy in GitHub's shapes. */
#include "web/v3.h"

static void rules(slu_json *j, const struct web_req *rq, const struct strat_environment *e, int64_t id)
{
	slu_json_key(j, "protection_rules");
	slu_json_open(j, '[');
	if (e->require.has_approvals) {
		slu_json_open(j, '{');
		v3_id(j, rq, "Gate", id * 2 + 1);
		v3_members(j, "\"type\":\"required_reviewers\",\"prevent_self_review\":true,\"reviewers\":[]");
		slu_json_close(j, '}');
	}
	if (e->from.n) {
		slu_json_open(j, '{');
		v3_id(j, rq, "Gate", id * 2);
		v3_members(j, "\"type\":\"branch_policy\"");
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_key(j, "deployment_branch_policy");
	slu_json_raw(j, e->from.n ? SLU_STR("{\"protected_branches\":false,\"custom_branch_policies\":true}") : SLU_STR("null"));
}

static void environment_json(slu_json *j, const struct web_req *rq, const struct strat_environment *e)
{
	const char *encoded = web_encode(rq->a, e->name);
	int64_t id = v3_id_of_name(e->name);
	slu_json_open(j, '{');
	v3_id(j, rq, "Environment", id);
	slu_json_kv_str(j, "name", e->name);
	slu_json_kv_z(j, "url", v3_url(rq, "/environments/%s", encoded));
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "/environments/%s", encoded));
	web_json_time(j, "created_at", rq->r->row.created_s);
	web_json_time(j, "updated_at", rq->r->row.created_s);
	rules(j, rq, e, id);
	slu_json_close(j, '}');
}

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const strat *s = rq->r->strategy;
	struct web_paging p = web_paging(rq);
	(void)err;
	slu_json_open(&rs->json, '{');
	slu_json_kv_int(&rs->json, "total_count", (int64_t)s->environment_n);
	slu_json_key(&rs->json, "environments");
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < s->environment_n && i < p.skip + p.per_page; i++)
		environment_json(&rs->json, rq, &s->environment[i]);
	slu_json_close(&rs->json, ']');
	slu_json_close(&rs->json, '}');
	web_link(rq, rs, &p, s->environment_n);
	return SLU_OK;
}

const struct web_api api_v3_environments_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/environments", .need = WEB_READ, .run = list, .operation = "repos/get-all-environments",
	.summary = "The environments of the strategy in force",
};

static slu_rc get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	int i = strat_find_environment(rq->r->strategy, slu_s(web_param(rq, "environment")));
	if (i == STRAT_NONE)
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	environment_json(&rs->json, rq, &rq->r->strategy->environment[i]);
	return SLU_OK;
}

const struct web_api api_v3_environments_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/environments/{environment}", .need = WEB_READ, .run = get, .operation = "repos/get-environment", .summary = "One of them",
};
