/* SPDX-License-Identifier: Apache-2.0 */
/** Comments on changes in GitHub's shapes: those on the whole change are an issue's, those on a file or line are of reviews. */
#include "app/changes.h"
#include "app/view.h"
#include "base/limits.h"
#include "web/v3_pull.h"

static void comment_members(slu_json *j, const struct web_req *rq, const struct port_change *c, const struct port_comment *x)
{
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "/changes/%llu", (unsigned long long)c->number));
	v3_user(j, "user", rq, x->person);
	slu_json_kv_str(j, "body", x->body);
	web_json_time(j, "created_at", x->at_s);
	web_json_time(j, "updated_at", x->at_s);
	slu_json_kv_z(j, "author_association", slu_str_eq(x->person, rq->owner) ? "OWNER" : "MEMBER");
	if (x->thread) {
		slu_json_kv_int(j, "thread", x->thread);
		slu_json_kv_bool(j, "resolved", x->resolved_by.n > 0);
	}
}

static void issue_comment(slu_json *j, const struct web_req *rq, const struct port_change *c, const struct port_comment *x)
{
	slu_json_open(j, '{');
	v3_id(j, rq, "Comment", x->id);
	slu_json_kv_z(j, "url", v3_url(rq, "/issues/comments/%lld", (long long)x->id));
	slu_json_kv_z(j, "issue_url", v3_url(rq, "/issues/%llu", (unsigned long long)c->number));
	v3_members(j, "\"performed_via_github_app\":null");
	comment_members(j, rq, c, x);
	slu_json_close(j, '}');
}

static void line_comment(slu_json *j, const struct web_req *rq, const struct port_change *c, const struct port_comment *x)
{
	const char *self = v3_url(rq, "/pulls/comments/%lld", (long long)x->id), *pull = v3_url(rq, "/pulls/%llu", (unsigned long long)c->number);
	slu_json_open(j, '{');
	v3_id(j, rq, "Comment", x->id);
	slu_json_kv_z(j, "url", self);
	slu_json_kv_z(j, "pull_request_url", pull);
	slu_json_kv_str(j, "path", x->path);
	slu_json_kv_z(j, "commit_id", x->commit.hex);
	slu_json_kv_z(j, "original_commit_id", x->commit.hex);
	if (x->line)
		slu_json_kv_int(j, "line", x->line);
	slu_json_kv_z(j, "subject_type", x->line ? "line" : "file");
	if (x->thread && x->thread != x->id)
		slu_json_kv_int(j, "in_reply_to_id", x->thread);
	v3_members(j, "\"pull_request_review_id\":null,\"diff_hunk\":\"\",\"side\":\"RIGHT\"");
	slu_json_key(j, "_links");
	slu_json_open(j, '{');
	v3_href(j, "self", self);
	v3_href(j, "html", v3_html_url(rq, "/changes/%llu", (unsigned long long)c->number));
	v3_href(j, "pull_request", pull);
	slu_json_close(j, '}');
	comment_members(j, rq, c, x);
	slu_json_close(j, '}');
}

typedef void comment_json(slu_json *j, const struct web_req *rq, const struct port_change *c, const struct port_comment *x);

static slu_rc list_of(struct web_req *rq, struct web_res *rs, bool on_files, comment_json *put, slu_err *err)
{
	struct port_change c;
	const struct port_comment *v;
	size_t n, kept = 0;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(app_comment_list(&v, &n, rq->unit, &c, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++) {
		if ((v[i].path.n > 0) != on_files)
			continue;
		if (kept >= p.skip && kept < p.skip + p.per_page)
			put(&rs->json, rq, &c, &v[i]);
		kept++;
	}
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, kept);
	return SLU_OK;
}

static slu_rc issue_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return list_of(rq, rs, false, issue_comment, err);
}

const struct web_api api_v3_comments_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/comments", .need = WEB_READ, .run = issue_list, .operation = "issues/list-comments",
	.summary = "Comments on the whole of a change, oldest first",
};

static slu_rc line_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return list_of(rq, rs, true, line_comment, err);
}

const struct web_api api_v3_line_comments_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/comments", .need = WEB_READ, .run = line_list, .operation = "pulls/list-review-comments",
	.summary = "Comments on files and lines of a change, oldest first",
};

static slu_rc one_of(struct web_req *rq, struct web_res *rs, bool on_files, comment_json *put, slu_err *err)
{
	uint64_t id;
	struct port_comment x;
	struct port_change c;
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	slu_rc rc = app_comment_get(&x, &c, rq->unit, rq->r, (int64_t)id, err);
	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && (x.path.n > 0) != on_files))
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	SLU_TRY(rc);
	put(&rs->json, rq, &c, &x);
	return SLU_OK;
}

static slu_rc issue_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return one_of(rq, rs, false, issue_comment, err);
}

const struct web_api api_v3_comments_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/issues/comments/{id}", .need = WEB_READ, .run = issue_get, .operation = "issues/get-comment", .summary = "One of them",
};

static slu_rc line_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return one_of(rq, rs, true, line_comment, err);
}

const struct web_api api_v3_line_comments_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/comments/{id}", .need = WEB_READ, .run = line_get, .operation = "pulls/get-review-comment", .summary = "One of them",
};

/* ---- saying something -------------------------------------------------------------------------------------------------------- */

static slu_rc issue_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	struct port_comment x;
	SLU_TRY(v3_pull_get(rq, &c, err));
	struct app_comment_new n = {
		.body = web_body_str(rq, "IssueComment", "body", WEB_REQUIRED, SLU_MAX_TEXT_BYTES),
		.thread = web_body_int(rq, "IssueComment", "in_reply_to", 0),
		.begins_thread = web_body_bool(rq, "IssueComment", "thread", false),
	};
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_change_comment(&x, rq->unit, rq->r, c.number, &n, err));
	rs->status = 201;
	issue_comment(&rs->json, rq, &c, &x);
	return SLU_OK;
}

const struct web_api api_v3_comments_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/comments", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = issue_create,
	.operation = "issues/create-comment", .summary = "Comment on a change: body; thread (it has to be resolved), in_reply_to",
};

void v3_comment_place(struct web_req *rq, int64_t line)
{
	slu_str side = web_body_str(rq, "PullRequestReviewComment", "side", WEB_OPTIONAL, 16);
	if (line < 0)
		web_problem(rq, "PullRequestReviewComment", "line", "invalid", "line counts from 1");
	if (side.n && !slu_str_is(side, "RIGHT"))
		web_problem(rq, "PullRequestReviewComment", "side", "invalid", "comments stand on lines of the file as it is now: side is RIGHT");
}

static slu_rc line_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	struct port_comment x;
	SLU_TRY(v3_pull_get(rq, &c, err));
	struct app_comment_new n = {
		.body = web_body_str(rq, "PullRequestReviewComment", "body", WEB_REQUIRED, SLU_MAX_TEXT_BYTES),
		.path = web_body_str(rq, "PullRequestReviewComment", "path", web_body_has(rq, "in_reply_to") ? WEB_OPTIONAL : WEB_REQUIRED, 4096),
		.line = web_body_int(rq, "PullRequestReviewComment", "line", 0),
		.thread = web_body_int(rq, "PullRequestReviewComment", "in_reply_to", 0),
	};
	n.begins_thread = n.thread == 0;
	v3_comment_place(rq, n.line);
	if (n.thread) { /* an answer stands where its thread does */
		struct port_comment first = { 0 };
		struct port_change of;
		slu_rc rc = app_comment_get(&first, &of, rq->unit, rq->r, n.thread, err);
		if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && (of.id != c.id || !first.thread)))
			web_problem(rq, "PullRequestReviewComment", "in_reply_to", "invalid", "there is no thread %lld on this change", (long long)n.thread);
		else if (rc != SLU_OK)
			return rc;
		n.path = first.path;
		n.line = first.line;
		n.thread = first.thread;
	}
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_change_comment(&x, rq->unit, rq->r, c.number, &n, err));
	rs->status = 201;
	line_comment(&rs->json, rq, &c, &x);
	return SLU_OK;
}

const struct web_api api_v3_line_comments_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/comments", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = line_create,
	.operation = "pulls/create-review-comment", .summary = "Comment on a file or line: body, path, line, in_reply_to; it begins a thread that may have to be resolved",
};

/* ---- ours ---------------------------------------------------------------------------------------------------------------------- */

static slu_rc resolve(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	uint64_t id;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	bool resolved = web_body_bool(rq, "Thread", "resolved", true);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_thread_resolve(rq->unit, rq->r, c.number, (int64_t)id, resolved, err));
	rs->status = 204;
	return SLU_OK;
}

const struct web_api api_thread_resolve = {
	.method = "PUT", .pattern = "/api/sluice/repos/{owner}/{repo}/changes/{number}/threads/{id}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = resolve, .dry_run = true,
	.summary = "Resolve a thread, or open it again: {\"resolved\": false}",
};
