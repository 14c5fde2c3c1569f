/* SPDX-License-Identifier: Apache-2.0 */
/** The strategy of a repository: what is in force, a file before it is pushed, what it extends. */
#include "app/strategy_restore.h"
#include "base/limits.h"
#include "strategy/schema.h"
#include "web/bases.h"
#include "web/web.h"

static slu_rc bases_member(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_base *b;
	size_t n;
	SLU_TRY(app_bases(&b, &n, rq->unit, rq->r, err));
	bases_json(&rs->json, b, n);
	return SLU_OK;
}

static slu_rc show(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_repo *r = rq->r;
	slu_auto_buf yaml, whole;
	slu_buf_init(&yaml, 16u * SLU_MAX_STRATEGY_BYTES);
	slu_buf_init(&whole, 16u * SLU_MAX_STRATEGY_BYTES);
	bool origin = web_query(rq, "origin") != NULL;
	strat_show_yaml(&yaml, r->strategy, origin);
	strat_show_json(&whole, r->strategy, origin);
	slu_json_open(&rs->json, '{');
	slu_json_kv_str(&rs->json, "file", r->strategy_file);
	slu_json_kv_str(&rs->json, "commit", r->strategy_commit);
	slu_json_kv_z(&rs->json, "trouble", r->strategy_trouble);
	SLU_TRY(bases_member(rq, rs, err));
	slu_json_kv_str(&rs->json, "yaml", slu_buf_str(&yaml));
	slu_json_key(&rs->json, "whole");
	slu_json_raw(&rs->json, slu_buf_str(&whole));
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_strategy_show = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/strategy", .need = WEB_READ, .run = show,
	.summary = "What is in force, with its defaults and what it extends; ?origin=1: where each value is from",
};

static void place_json(slu_json *j, const struct strat_pos *pos)
{
	slu_json_kv_z(j, "file", pos->file);
	slu_json_kv_int(j, "line", pos->line);
	slu_json_kv_int(j, "column", pos->column);
}

static void issues_json(slu_json *j, const strat_issues *issues)
{
	slu_json_key(j, "issues");
	slu_json_open(j, '[');
	for (size_t i = 0; i < issues->n; i++) {
		slu_json_open(j, '{');
		place_json(j, &issues->v[i].pos);
		slu_json_kv_z(j, "severity", issues->v[i].warning ? "warning" : "error");
		slu_json_kv_z(j, "text", issues->v[i].text);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static void unenforced_json(slu_json *j, const strat *s)
{
	slu_json_key(j, "not_enforced");
	slu_json_open(j, '[');
	for (size_t i = 0; s && i < s->unenforced_n; i++) {
		slu_json_open(j, '{');
		place_json(j, &s->unenforced[i].pos);
		slu_json_kv_z(j, "key", s->unenforced[i].section);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static slu_rc check(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str text = web_body_str(rq, "Strategy", "text", WEB_REQUIRED, SLU_MAX_STRATEGY_BYTES);
	strat_issues issues = { 0 };
	const strat *s = NULL;
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = app_strategy_check(&s, &issues, rq->unit, rq->r, text, err);
	if (rc != SLU_OK && rc != SLU_E_STRATEGY)
		return rc;
	slu_json_open(&rs->json, '{');
	slu_json_kv_bool(&rs->json, "valid", s != NULL);
	if (s)
		slu_json_kv_z(&rs->json, "digest", s->digest);
	issues_json(&rs->json, &issues);
	unenforced_json(&rs->json, s);
	SLU_TRY(bases_member(rq, rs, err));
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_strategy_check = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/strategy/check", .need = WEB_READ, .run = check,
	.summary = "Everything that is wrong with a strategy file (text), with what it extends as it counts here",
};

static slu_rc accept(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct app_accepting a = {
		.what = web_body_str(rq, "Strategy", "what", WEB_REQUIRED, 512),
		.digest = web_body_str(rq, "Strategy", "digest", WEB_OPTIONAL, 64),
		.commit = web_body_str(rq, "Strategy", "commit", WEB_OPTIONAL, 64),
	};
	struct app_accepted x;
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_strategy_accept(&x, rq->unit, rq->r, &a, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_str(&rs->json, "what", x.what);
	slu_json_kv_str(&rs->json, "digest", x.digest);
	slu_json_kv_str(&rs->json, "by", x.by);
	web_json_time(&rs->json, "at", x.at_s);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_strategy_accept = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/strategy/accept", .need = WEB_READ, .level = STRAT_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = accept, .dry_run = true,
	.summary = "Accept another repository's file, OWNER/REPO:FILE, as it is now, for `extends`; digest: only if it begins so; commit: the text it has there, held",
};

static slu_rc restore(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_restored x;
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_strategy_restore(&x, rq->unit, rq->r, err));
	slu_json_open(&rs->json, '{');
	slu_json_kv_z(&rs->json, "commit", x.commit.hex);
	slu_json_kv_z(&rs->json, "good", x.good.hex);
	slu_json_kv_z(&rs->json, "why", x.why);
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_strategy_restore = {
	.method = "POST", .pattern = "/api/sluice/repos/{owner}/{repo}/strategy/restore", .need = WEB_READ, .level = STRAT_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = restore, .dry_run = true,
	.summary = "For the operator: put the last good strategy file back, when the one on the default branch cannot be used",
};
