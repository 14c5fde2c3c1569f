/* SPDX-License-Identifier: Apache-2.0 */
/** Reviews of changes in GitHub's shapes. */
#include "app/changes.h"
#include "app/view.h"
#include "base/limits.h"
#include "web/v3_pull.h"

#include <jansson.h>

static const char *review_state(const struct port_review *r)
{
	if (r->dismissed_by.n)
		return "DISMISSED";
	return r->state == POL_REVIEW_APPROVE ? "APPROVED" : r->state == POL_REVIEW_REQUEST_CHANGES ? "CHANGES_REQUESTED" : "COMMENTED";
}

static void review_json(slu_json *j, const struct web_req *rq, const struct port_change *c, const struct port_review *r)
{
	const char *page = v3_html_url(rq, "/changes/%llu", (unsigned long long)c->number), *pull = v3_url(rq, "/pulls/%llu", (unsigned long long)c->number);
	slu_json_open(j, '{');
	v3_id(j, rq, "Review", r->id);
	v3_user(j, "user", rq, r->person);
	slu_json_kv_str(j, "body", r->body);
	slu_json_kv_z(j, "state", review_state(r));
	slu_json_kv_z(j, "commit_id", slu_oid_is_zero(&r->commit) ? NULL : r->commit.hex);
	slu_json_kv_z(j, "html_url", page);
	slu_json_kv_z(j, "pull_request_url", pull);
	slu_json_key(j, "_links");
	slu_json_open(j, '{');
	v3_href(j, "html", page);
	v3_href(j, "pull_request", pull);
	slu_json_close(j, '}');
	slu_json_kv_z(j, "author_association", slu_str_eq(r->person, rq->owner) ? "OWNER" : "MEMBER");
	web_json_time(j, "submitted_at", r->at_s);
	if (r->dismissed_by.n)
		slu_json_kv_str(j, "dismissed_reason", r->dismissed_reason);
	slu_json_close(j, '}');
}

static slu_rc reviews(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	const struct port_review *v;
	size_t n;
	SLU_TRY(v3_pull_get(rq, &c, err));
	SLU_TRY(app_review_list(&v, &n, rq->unit, &c, err));
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

/* One member of `comments`; what is wrong is noted. */
static void comment_of(struct web_req *rq, json_t *item, struct app_comment_new *out)
{
	static const char resource[] = "PullRequestReviewComment";
	json_t *whole = rq->json;
	if (!json_is_object(item)) {
		web_problem(rq, resource, "comments", "invalid", "each comment is an object");
		return;
	}
	rq->json = item; /* its members are read as those of a body */
	*out = (struct app_comment_new){
		.body = web_body_str(rq, resource, "body", WEB_REQUIRED, SLU_MAX_TEXT_BYTES),
		.path = web_body_str(rq, resource, "path", WEB_REQUIRED, 4096),
		.line = web_body_int(rq, resource, "line", 0),
	};
	if (web_body_has(rq, "position") && !web_body_has(rq, "line"))
		web_problem(rq, resource, "position", "invalid", "a place in the diff is not known here: say line, of the file as it is now");
	v3_comment_place(rq, out->line);
	rq->json = whole;
}

static void comments_of(struct web_req *rq, struct app_review_new *n)
{
	json_t *list = web_body_array(rq, "PullRequestReview", "comments");
	size_t count = json_array_size(list);
	struct app_comment_new *v = SLU_NEW_N(rq->a, struct app_comment_new, count + 1);
	for (size_t i = 0; i < count; i++)
		comment_of(rq, json_array_get(list, i), &v[i]);
	n->comment = v;
	n->comment_n = count;
}

static slu_rc review_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	struct port_review r;
	struct app_review_new n = { .state = POL_REVIEW_COMMENT };
	SLU_TRY(v3_pull_get(rq, &c, err));
	slu_str event = web_body_str(rq, "PullRequestReview", "event", WEB_REQUIRED, 32);
	n.body = web_body_str(rq, "PullRequestReview", "body", WEB_OPTIONAL, SLU_MAX_TEXT_BYTES);
	n.commit = v3_body_oid(rq, "PullRequestReview", "commit_id", WEB_OPTIONAL);
	comments_of(rq, &n);
	if (event.n && !review_event(event, &n.state))
		web_problem(rq, "PullRequestReview", "event", "invalid", "event is APPROVE, REQUEST_CHANGES or COMMENT");
	else if (event.n && n.state != POL_REVIEW_APPROVE && n.body.n == 0 && n.comment_n == 0)
		web_problem(rq, "PullRequestReview", "body", "missing_field", "body is needed to say what");
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = app_change_review(&r, rq->unit, rq->r, c.number, &n, err);
	if (rc == SLU_E_CONFLICT || (rc == SLU_E_DENIED && slu_str_eq(c.author, rq->who.person)))
		rs->status = 422; /* GitHub's for one's own change, and for a commit that is not the head */
	SLU_TRY(rc);
	review_json(&rs->json, rq, &c, &r);
	return SLU_OK;
}

const struct web_api api_v3_reviews_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/reviews", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = review_create, .dry_run = true, .operation = "pulls/create-review",
	.summary = "Review a change: event (APPROVE, REQUEST_CHANGES, COMMENT), body, commit_id (the head that was looked at), comments (path, line, body)",
};

static slu_rc review_of(struct web_req *rq, const struct port_change *c, struct port_review *out, slu_err *err)
{
	uint64_t id;
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	return app_review_get(out, rq->unit, c, (int64_t)id, err);
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
