/* SPDX-License-Identifier: Apache-2.0 */
/** Repositories of the server: /api/sluice/repos. */
#include "app/repos.h"
#include "base/limits.h"
#include "web/web.h"

static void repo_json(slu_json *j, const struct web_req *rq, const struct port_repo *r, enum strat_level level)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "name", slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(r->owner), SLU_FMT(r->name)));
	slu_json_kv_str(j, "title", r->title);
	slu_json_kv_str(j, "default_branch", r->default_branch);
	slu_json_kv_str(j, "preset", r->preset);
	slu_json_kv_bool(j, "public", r->public_);
	if (r->read_only.n)
		slu_json_kv_str(j, "read_only", r->read_only);
	if (level != STRAT_LEVEL_NONE)
		slu_json_kv_z(j, "level", strat_level_word(level));
	slu_json_kv_z(j, "url", slu_printf(rq->a, "%s/%s/%s", rq->base_url, web_encode(rq->a, r->owner), web_encode(rq->a, r->name)));
	slu_json_kv_z(j, "clone_url", slu_printf(rq->a, "%s/%s/%s.git", rq->base_url, web_encode(rq->a, r->owner), web_encode(rq->a, r->name)));
	web_json_time(j, "created_at", r->created_s);
	slu_json_close(j, '}');
}

static slu_rc create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	strat_issues issues = { 0 };
	struct app_repo_new n = {
		.owner = web_body_str(rq, "Repository", "owner", WEB_REQUIRED, SLU_MAX_NAME_BYTES),
		.name = web_body_str(rq, "Repository", "name", WEB_REQUIRED, SLU_MAX_NAME_BYTES),
		.title = web_body_str(rq, "Repository", "title", WEB_OPTIONAL, SLU_MAX_TITLE_BYTES),
		.preset = web_body_str(rq, "Repository", "preset", WEB_OPTIONAL, SLU_MAX_NAME_BYTES),
		.strategy_text = web_body_str(rq, "Repository", "strategy", WEB_OPTIONAL, SLU_MAX_STRATEGY_BYTES),
		.import_from = web_body_str(rq, "Repository", "import", WEB_OPTIONAL, 4096),
		.default_branch = web_body_str(rq, "Repository", "default_branch", WEB_OPTIONAL, SLU_MAX_REF_BYTES),
		.public_ = web_body_bool(rq, "Repository", "public", false),
		.issues = &issues,
	};
	struct port_repo r;
	if (n.preset.n && n.strategy_text.n)
		web_problem(rq, "Repository", "preset", "invalid", "preset and strategy exclude each other");
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = app_repo_create(&r, rq->unit, &n, err);
	for (size_t i = 0; rc == SLU_E_STRATEGY && i < issues.n; i++)
		if (!issues.v[i].warning)
			web_problem(rq, "Repository", "strategy", "invalid", "%s:%u:%u: %s", issues.v[i].pos.file, issues.v[i].pos.line, issues.v[i].pos.column, issues.v[i].text);
	SLU_TRY(rc);
	rs->status = 201;
	repo_json(&rs->json, rq, &r, STRAT_LEVEL_NONE);
	return SLU_OK;
}

const struct web_api api_repo_create = {
	.method = "POST", .pattern = "/api/sluice/repos", .need = WEB_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = create, .dry_run = true,
	.summary = "Make a repository: owner, name, preset or strategy (text), default_branch, public; import (a path) for the operator",
};

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_repo_seen *v;
	size_t n;
	SLU_TRY(app_repo_list(&v, &n, rq->unit, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++)
		repo_json(&rs->json, rq, &v[i].row, v[i].level);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_repo_list = {
	.method = "GET", .pattern = "/api/sluice/repos", .need = WEB_PUBLIC, .run = list,
	.summary = "The repositories that one may read",
};

static slu_rc show(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)err;
	repo_json(&rs->json, rq, &rq->r->row, rq->level);
	return SLU_OK;
}

const struct web_api api_repo_show = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}", .need = WEB_READ, .run = show,
	.summary = "One repository",
};
