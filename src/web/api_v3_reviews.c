/* SPDX-License-Identifier: Apache-2.0 */
/** What belongs to a change, in GitHub's shapes: its commits and files, reviews, comments. */
#include "app/changes.h"
#include "base/limits.h"
#include "web/v3_pull.h"

#include <jansson.h>

enum { PATCH_BYTES = 1024 * 1024, COMMITS = 10000 };

/* Head and merge base of the change: what it brings. */
static slu_rc brings(struct web_req *rq, const struct port_change *c, slu_oid *base, slu_err *err)
{
	port_git *g = rq->r->git;
	const slu_oid *bases;
	size_t n;
	slu_oid target = slu_oid_zero();
	*base = c->base;
	if (c->state == POL_CHANGE_OPEN)
		SLU_TRY(g->ops->ref(g, slu_s(slu_printf(rq->a, "refs/heads/%.*s", SLU_FMT(c->target))), &target, err));
	if (slu_oid_is_zero(&target))
		return SLU_OK;
	SLU_TRY(g->ops->merge_bases(g, rq->a, &target, &c->head, &bases, &n, err));
	*base = n ? bases[0] : target;
	return SLU_OK;
}

static slu_rc commits(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	slu_oid base;
	const slu_oid *id;
	size_t n;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(brings(rq, &c, &base, err));
	SLU_TRY(rq->r->git->ops->range(rq->r->git, rq->a, &c.head, &base, slu_oid_is_zero(&base) ? 0 : 1, COMMITS, &id, &n, err));
	slu_oid *oldest_first = SLU_NEW_N(rq->a, slu_oid, n + 1); /* as GitHub has it */
	for (size_t i = 0; i < n; i++)
		oldest_first[i] = id[n - 1 - i];
	return v3_commit_page(rq, rs, oldest_first, n, err);
}

const struct web_api api_v3_pulls_commits = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/commits", .need = WEB_READ, .run = commits, .operation = "pulls/list-commits",
	.summary = "The commits that a change brings, oldest first",
};

static const char *file_status(char c)
{
	return c == 'A' ? "added" : c == 'D' ? "removed" : c == 'R' ? "renamed" : "modified";
}

static slu_rc files(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	slu_oid base;
	const struct port_git_diff_file *f;
	size_t n;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(brings(rq, &c, &base, err));
	SLU_TRY(rq->r->git->ops->diff(rq->r->git, rq->a, &base, &c.head, PATCH_BYTES, &f, &n, err));
	struct web_paging p = web_paging(rq);
	slu_json *j = &rs->json;
	slu_json_open(j, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++) {
		int64_t added = f[i].added > 0 ? f[i].added : 0, removed = f[i].removed > 0 ? f[i].removed : 0;
		slu_json_open(j, '{');
		slu_json_kv_str(j, "filename", f[i].new_path.n ? f[i].new_path : f[i].old_path);
		if (f[i].status == 'R')
			slu_json_kv_str(j, "previous_filename", f[i].old_path);
		slu_json_kv_z(j, "status", file_status(f[i].status));
		slu_json_kv_int(j, "additions", added);
		slu_json_kv_int(j, "deletions", removed);
		slu_json_kv_int(j, "changes", added + removed);
		if (f[i].patch.n)
			slu_json_kv_str(j, "patch", f[i].patch);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_v3_pulls_files = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/files", .need = WEB_READ, .run = files, .operation = "pulls/list-files",
	.summary = "The files that a change touches",
};

/* ---- reviews ----------------------------------------------------------------------------------------------------------------------- */

static const char *review_state(const struct port_review *r)
{
	if (r->dismissed_by.n)
		return "DISMISSED";
	return r->state == POL_REVIEW_APPROVE ? "APPROVED" : r->state == POL_REVIEW_REQUEST_CHANGES ? "CHANGES_REQUESTED" : "COMMENTED";
}

static void review_json(slu_json *j, const struct web_req *rq, const struct port_change *c, const struct port_review *r)
{
	slu_json_open(j, '{');
	slu_json_kv_int(j, "id", r->id);
	v3_user(j, "user", r->person);
	slu_json_kv_str(j, "body", r->body);
	slu_json_kv_z(j, "state", review_state(r));
	slu_json_kv_z(j, "commit_id", slu_oid_is_zero(&r->commit) ? NULL : r->commit.hex);
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "/changes/%llu", (unsigned long long)c->number));
	slu_json_kv_z(j, "pull_request_url", v3_url(rq, "/pulls/%llu", (unsigned long long)c->number));
	web_json_time(j, "submitted_at", r->at_s);
	slu_json_close(j, '}');
}

static slu_rc reviews(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	const struct port_review *v;
	size_t n;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(port_review_list(rq->unit->store, rq->a, c.id, &v, &n, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++)
		review_json(&rs->json, rq, &c, &v[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_v3_reviews_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/reviews", .need = WEB_READ, .run = reviews, .operation = "pulls/list-reviews",
	.summary = "Reviews of a change, oldest first",
};

static bool review_event(slu_str word, enum pol_review_state *out)
{
	static const struct { const char *word; enum pol_review_state state; } table[] = {
		{ "APPROVE", POL_REVIEW_APPROVE }, { "REQUEST_CHANGES", POL_REVIEW_REQUEST_CHANGES }, { "COMMENT", POL_REVIEW_COMMENT },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slu_str_is(word, table[i].word)) {
			*out = table[i].state;
			return true;
		}
	return false;
}

static slu_rc review_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	struct port_review r;
	enum pol_review_state state = POL_REVIEW_COMMENT;
	SLU_TRY(v3_pull_get(rq, &c, err));
	slu_str event = web_body_str(rq, "PullRequestReview", "event", WEB_REQUIRED, 32);
	slu_str body = web_body_str(rq, "PullRequestReview", "body", WEB_OPTIONAL, SLU_MAX_TEXT_BYTES);
	slu_oid commit = v3_body_oid(rq, "PullRequestReview", "commit_id", WEB_OPTIONAL);
	if (event.n && !review_event(event, &state))
		web_problem(rq, "PullRequestReview", "event", "invalid", "event is APPROVE, REQUEST_CHANGES or COMMENT");
	else if (event.n && state != POL_REVIEW_APPROVE && body.n == 0)
		web_problem(rq, "PullRequestReview", "body", "missing_field", "body is needed to say what");
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_change_review(&r, rq->unit, rq->r, c.number, state, body, &commit, err));
	review_json(&rs->json, rq, &c, &r);
	return SLU_OK;
}

const struct web_api api_v3_reviews_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/reviews", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = review_create, .operation = "pulls/create-review",
	.summary = "Review a change: event (APPROVE, REQUEST_CHANGES, COMMENT), body, commit_id (the head that was looked at)",
};

static slu_rc review_of(struct web_req *rq, const struct port_change *c, struct port_review *out, slu_err *err)
{
	uint64_t id;
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	slu_rc rc = port_review_get(rq->unit->store, rq->a, (int64_t)id, out, err);
	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && out->change_id != c->id))
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	return rc;
}

static slu_rc review_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	struct port_review r;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(review_of(rq, &c, &r, err));
	review_json(&rs->json, rq, &c, &r);
	return SLU_OK;
}

const struct web_api api_v3_reviews_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/reviews/{id}", .need = WEB_READ, .run = review_get, .operation = "pulls/get-review",
	.summary = "One review",
};

static slu_rc review_dismiss(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	struct port_review r;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(review_of(rq, &c, &r, err));
	slu_str message = web_body_str(rq, "PullRequestReview", "message", WEB_REQUIRED, SLU_MAX_TITLE_BYTES);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_review_dismiss(&r, rq->unit, rq->r, c.number, r.id, message, err));
	review_json(&rs->json, rq, &c, &r);
	return SLU_OK;
}

const struct web_api api_v3_reviews_dismiss = {
	.method = "PUT", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/reviews/{id}/dismissals", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = review_dismiss,
	.operation = "pulls/dismiss-review", .summary = "Dismiss a review: message",
};

/* ---- comments ------------------------------------------------------------------------------------------------------------------------ */

static void comment_json(slu_json *j, const struct web_req *rq, const struct port_change *c, const struct port_comment *x)
{
	slu_json_open(j, '{');
	slu_json_kv_int(j, "id", x->id);
	v3_user(j, "user", x->person);
	slu_json_kv_str(j, "body", x->body);
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "/changes/%llu", (unsigned long long)c->number));
	web_json_time(j, "created_at", x->at_s);
	web_json_time(j, "updated_at", x->at_s);
	if (x->path.n) {
		slu_json_kv_str(j, "path", x->path);
		slu_json_kv_int(j, "line", x->line);
		slu_json_kv_z(j, "commit_id", x->commit.hex);
	}
	slu_json_close(j, '}');
}

static slu_rc comments(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	const struct port_comment *v;
	size_t n;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(port_comment_list(rq->unit->store, rq->a, c.id, &v, &n, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++)
		comment_json(&rs->json, rq, &c, &v[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_v3_comments_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/comments", .need = WEB_READ, .run = comments, .operation = "issues/list-comments",
	.summary = "Comments on a change, oldest first",
};

static slu_rc comment_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	struct port_comment x;
	SLU_TRY(v3_pull_get(rq, &c, err));
	struct app_comment_new n = {
		.body = web_body_str(rq, "IssueComment", "body", WEB_REQUIRED, SLU_MAX_TEXT_BYTES),
		.path = web_body_str(rq, "IssueComment", "path", WEB_OPTIONAL, 4096),
		.line = web_body_int(rq, "IssueComment", "line", 0),
		.thread = web_body_int(rq, "IssueComment", "in_reply_to", 0),
		.begins_thread = web_body_bool(rq, "IssueComment", "thread", false),
	};
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_change_comment(&x, rq->unit, rq->r, c.number, &n, err));
	rs->status = 201;
	comment_json(&rs->json, rq, &c, &x);
	return SLU_OK;
}

const struct web_api api_v3_comments_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/comments", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = comment_create,
	.operation = "issues/create-comment", .summary = "Comment on a change: body; thread (has to be resolved), in_reply_to, path, line",
};

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
	.method = "PUT", .pattern = "/api/sluice/repos/{owner}/{repo}/changes/{number}/threads/{id}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = resolve,
	.summary = "Resolve a thread, or open it again: {\"resolved\": false}",
};
