/* SPDX-License-Identifier: Apache-2.0 */
/** Changes in GitHub's shape: pulls. */
#include "app/changes.h"
#include "app/view.h"
#include "base/limits.h"
#include "web/merge_json.h"
#include "web/v3_pull.h"

static slu_rc number_of(struct web_req *rq, uint64_t *out, slu_err *err)
{
	struct port_change c;
	SLU_TRY(web_param_u64(rq, "number", out, err));
	return v3_pull_get(rq, &c, err);
}

slu_rc v3_pull_get(struct web_req *rq, struct port_change *out, slu_err *err)
{
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	return app_change_get(out, rq->unit, rq->r, number, err);
}

static void side(slu_json *j, const char *key, const struct web_req *rq, slu_str branch, const slu_oid *sha)
{
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "label", slu_printf(rq->a, "%.*s:%.*s", SLU_FMT(rq->owner), SLU_FMT(branch)));
	slu_json_kv_str(j, "ref", branch);
	slu_json_kv_z(j, "sha", sha->hex);
	v3_user(j, "user", rq, rq->owner);
	v3_repo(j, "repo", rq, &rq->r->row, rq->level);
	slu_json_close(j, '}');
}

void v3_label(slu_json *j, const struct web_req *rq, slu_str name)
{
	slu_json_open(j, '{');
	v3_id(j, rq, "Label", v3_id_of_name(name));
	slu_json_kv_str(j, "name", name);
	slu_json_kv_z(j, "url", v3_url(rq, "/labels/%s", web_encode(rq->a, name)));
	v3_members(j, "\"description\":\"\",\"color\":\"ededed\",\"default\":false");
	slu_json_close(j, '}');
}

size_t v3_labels(slu_json *j, const struct web_req *rq, slu_str list, const struct web_paging *p)
{
	slu_str rest = list, part;
	size_t n = 0;
	slu_json_open(j, '[');
	while (slu_str_split(&rest, ',', &part)) {
		if (part.n == 0)
			continue;
		if (!p || (n >= p->skip && n < p->skip + p->per_page))
			v3_label(j, rq, part);
		n++;
	}
	slu_json_close(j, ']');
	return n;
}

static void addresses(slu_json *j, const struct web_req *rq, const struct port_change *c)
{
	unsigned long long n = c->number;
	const struct { const char *key, *link, *url; } all[] = {
		{ "url", "self", v3_url(rq, "/pulls/%llu", n) },
		{ "html_url", "html", v3_html_url(rq, "/changes/%llu", n) },
		{ "issue_url", "issue", v3_url(rq, "/issues/%llu", n) },
		{ "comments_url", "comments", v3_url(rq, "/issues/%llu/comments", n) },
		{ "review_comments_url", "review_comments", v3_url(rq, "/pulls/%llu/comments", n) },
		{ "review_comment_url", "review_comment", v3_url(rq, "/pulls/comments{/number}") },
		{ "commits_url", "commits", v3_url(rq, "/pulls/%llu/commits", n) },
		{ "statuses_url", "statuses", v3_url(rq, "/statuses/%s", c->head.hex) },
		{ "diff_url", NULL, v3_html_url(rq, "/changes/%llu.diff", n) },
		{ "patch_url", NULL, v3_html_url(rq, "/changes/%llu.patch", n) },
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		slu_json_kv_z(j, all[i].key, all[i].url);
	slu_json_key(j, "_links");
	slu_json_open(j, '{');
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i].link)
			v3_href(j, all[i].link, all[i].url);
	slu_json_close(j, '}');
}

void v3_pull_common(slu_json *j, const struct web_req *rq, const struct port_change *c)
{
	v3_id(j, rq, "Change", c->id);
	slu_json_kv_int(j, "number", (int64_t)c->number);
	slu_json_kv_z(j, "state", c->state == POL_CHANGE_OPEN ? "open" : "closed");
	slu_json_kv_bool(j, "draft", c->draft);
	slu_json_kv_str(j, "title", c->title);
	v3_text(j, "body", c->body);
	v3_user(j, "user", rq, c->author);
	slu_json_key(j, "labels");
	(void)v3_labels(j, rq, c->labels, NULL);
	web_json_time(j, "created_at", c->created_s);
	web_json_time(j, "updated_at", c->updated_s);
	web_json_time(j, "closed_at", c->closed_s ? c->closed_s : c->merged_s);
	slu_json_kv_z(j, "author_association", slu_str_eq(c->author, rq->owner) ? "OWNER" : "MEMBER");
	v3_members(j, "\"locked\":false,\"active_lock_reason\":null,\"milestone\":null,\"assignee\":null,\"assignees\":[]");
}

void v3_pull(slu_json *j, const struct web_req *rq, const struct port_change *c)
{
	v3_pull_common(j, rq, c);
	addresses(j, rq, c);
	web_json_time(j, "merged_at", c->merged_s);
	slu_json_kv_z(j, "merge_commit_sha", slu_oid_is_zero(&c->merged_as) ? NULL : c->merged_as.hex);
	side(j, "head", rq, c->source, &c->head);
	side(j, "base", rq, c->target, &c->base);
	v3_members(j, "\"requested_reviewers\":[],\"requested_teams\":[],\"auto_merge\":null");
}

static void pull_alone(slu_json *j, const struct web_req *rq, const struct port_change *c)
{
	slu_json_open(j, '{');
	v3_pull(j, rq, c);
	slu_json_close(j, '}');
}

slu_rc v3_pull_list(struct web_req *rq, const struct web_paging *p, const struct port_change **v, size_t *n, size_t *total, slu_err *err)
{
	const char *state = web_query(rq, "state"), *head = web_query(rq, "head"), *base = web_query(rq, "base"), *sort = web_query(rq, "sort"), *way = web_query(rq, "direction");
	struct port_change_filter f = { .target = slu_s(base ? base : ""), .by_updated = sort && strcmp(sort, "updated") == 0, .oldest_first = way && strcmp(way, "asc") == 0 };
	const char *colon = head ? strchr(head, ':') : NULL; /* "owner:branch" */
	f.source = slu_s(colon ? colon + 1 : head ? head : "");
	if (!state || strcmp(state, "open") == 0)
		f.open = true;
	else if (strcmp(state, "closed") == 0)
		f.closed = f.merged = true;
	else if (strcmp(state, "all") != 0)
		web_problem(rq, "PullRequest", "state", "invalid", "state is open, closed or all");
	SLU_TRY(web_body_check(rq, err));
	struct port_page page = { .offset = p->skip, .limit = p->per_page, .want_total = true };
	SLU_TRY(app_change_list(v, n, &page, rq->unit, rq->r, &f, err));
	*total = page.total;
	return SLU_OK;
}

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct web_paging p = web_paging(rq);
	const struct port_change *v;
	size_t n, total;
	SLU_TRY(v3_pull_list(rq, &p, &v, &n, &total, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		pull_alone(&rs->json, rq, &v[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, total);
	return SLU_OK;
}

const struct web_api api_v3_pulls_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls", .need = WEB_READ, .run = list, .operation = "pulls/list",
	.summary = "Changes: state (open, closed, all), head, base, sort, direction",
};

/* ---- one: what would a merge say? ----------------------------------------------------------------------------------------------- */

static bool failed(const struct pol_verdict *v, const char *end)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED && slu_str_ends(slu_s(v->row.v[i].rule), end))
			return true;
	return false;
}

/* Something reported on the head is not good, though the strategy does not ask for it. */
static bool unstable(const struct app_change_view *v)
{
	for (size_t i = 0; i < v->status_n; i++)
		if (!slu_str_is(v->status[i].state, "success"))
			return true;
	for (size_t i = 0; i < v->run_n; i++) {
		slu_str c = v->run[i].conclusion;
		if (!slu_str_is(c, "success") && !slu_str_is(c, "neutral") && !slu_str_is(c, "skipped"))
			return true;
	}
	return false;
}

static const char *mergeable_state(const struct app_change_view *v)
{
	if (v->change.state != POL_CHANGE_OPEN)
		return "unknown";
	if (failed(&v->merge, "change.conflict"))
		return "dirty";
	if (v->change.draft)
		return "draft";
	if (failed(&v->merge, ".up-to-date"))
		return "behind";
	if (v->merge.answer != POL_ALLOW)
		return "blocked";
	return unstable(v) ? "unstable" : "clean";
}

static void counts(slu_json *j, const struct app_change_view *v)
{
	int64_t added = 0, removed = 0, on_files = 0;
	for (size_t i = 0; i < v->file_n; i++) {
		added += v->file[i].added > 0 ? v->file[i].added : 0;
		removed += v->file[i].removed > 0 ? v->file[i].removed : 0;
	}
	for (size_t i = 0; i < v->comment_n; i++)
		on_files += v->comment[i].path.n > 0;
	slu_json_kv_int(j, "comments", (int64_t)v->comment_n - on_files);
	slu_json_kv_int(j, "review_comments", on_files);
	slu_json_kv_int(j, "commits", (int64_t)v->commit_total);
	slu_json_kv_int(j, "additions", added);
	slu_json_kv_int(j, "deletions", removed);
	slu_json_kv_int(j, "changed_files", (int64_t)v->file_n);
}

/* The whole of one change, with the verdict on its merge. */
static slu_rc pull_whole(struct web_req *rq, struct web_res *rs, uint64_t number, slu_err *err)
{
	struct app_change_view v;
	slu_json *j = &rs->json;
	SLU_TRY(app_change_view(&v, rq->unit, rq->r, number, 0, err));
	bool open = v.change.state == POL_CHANGE_OPEN;
	const char *state = mergeable_state(&v);
	slu_json_open(j, '{');
	v3_pull(j, rq, &v.change);
	slu_json_kv_bool(j, "merged", v.change.state == POL_CHANGE_MERGED);
	v3_user(j, "merged_by", rq, v.change.merged_by);
	slu_json_key(j, "mergeable");
	if (open)
		slu_json_bool(j, strcmp(state, "dirty") != 0);
	else
		slu_json_null(j);
	slu_json_kv_z(j, "mergeable_state", state);
	v3_members(j, "\"rebaseable\":null,\"maintainer_can_modify\":false");
	counts(j, &v);
	if (open)
		v3_verdict(j, rq, &v.merge);
	slu_json_close(j, '}');
	return SLU_OK;
}

static slu_rc get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	slu_oid base;
	enum v3_form form = v3_form_of(rq);
	SLU_TRY(v3_pull_get(rq, &c, err));
	if (form != V3_DIFF && form != V3_PATCH)
		return pull_whole(rq, rs, c.number, err);
	SLU_TRY(v3_pull_base(rq, &c, &base, err));
	return v3_patch(rq, rs, &base, &c.head, form, err);
}

const struct web_api api_v3_pulls_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}", .need = WEB_READ, .run = get, .operation = "pulls/get",
	.summary = "One change, with the verdict on its merge under \"verdict\"",
};

/* ---- open, edit, close ---------------------------------------------------------------------------------------------------------- */

static slu_str branch_of(slu_str text)
{
	const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL; /* "owner:branch": there are no forks here */
	return colon ? (slu_str){ colon + 1, text.n - (size_t)(colon - text.p) - 1 } : text;
}

static slu_rc create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_change_new n = {
		.title = web_body_str(rq, "PullRequest", "title", WEB_REQUIRED, SLU_MAX_TITLE_BYTES),
		.body = web_body_str(rq, "PullRequest", "body", WEB_OPTIONAL, SLU_MAX_TEXT_BYTES),
		.source = branch_of(web_body_str(rq, "PullRequest", "head", WEB_REQUIRED, SLU_MAX_REF_BYTES)),
		.target = web_body_str(rq, "PullRequest", "base", WEB_OPTIONAL, SLU_MAX_REF_BYTES),
		.draft = web_body_bool(rq, "PullRequest", "draft", false),
	};
	struct port_change c;
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = app_change_open(&c, rq->unit, rq->r, &n, err);
	if (rc == SLU_E_NOT_FOUND || rc == SLU_E_EXISTS || rc == SLU_E_INVALID) {
		web_problem(rq, "PullRequest", rc == SLU_E_EXISTS ? "base" : "head", rc == SLU_E_EXISTS ? "custom" : "invalid", "%s", err->text);
		return slu_fail(err, SLU_E_INVALID, "Validation Failed");
	}
	SLU_TRY(rc);
	rs->status = 201;
	web_set_header(rs, "Location", v3_url(rq, "/pulls/%llu", (unsigned long long)c.number));
	return pull_whole(rq, rs, c.number, err);
}

const struct web_api api_v3_pulls_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/pulls", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = create, .dry_run = true, .operation = "pulls/create",
	.summary = "Open a change: title, head (source branch), base (target; without it where the strategy says), body, draft",
};

static slu_rc edit_state(struct web_req *rq, uint64_t number, slu_str state, struct port_change *c, slu_err *err)
{
	if (slu_str_is(state, "closed"))
		return app_change_close(c, rq->unit, rq->r, number, err);
	return app_change_reopen(c, rq->unit, rq->r, number, err);
}

static slu_rc update(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	struct port_change c;
	SLU_TRY(number_of(rq, &number, err));
	slu_str title = web_body_str(rq, "PullRequest", "title", WEB_OPTIONAL, SLU_MAX_TITLE_BYTES), body = web_body_str(rq, "PullRequest", "body", WEB_OPTIONAL, SLU_MAX_TEXT_BYTES);
	slu_str base = web_body_str(rq, "PullRequest", "base", WEB_OPTIONAL, SLU_MAX_REF_BYTES), state = web_body_str(rq, "PullRequest", "state", WEB_OPTIONAL, 16);
	bool draft = web_body_bool(rq, "PullRequest", "draft", false);
	struct app_change_edit e = {
		.title = web_body_has(rq, "title") ? &title : NULL, .body = web_body_has(rq, "body") ? &body : NULL,
		.target = web_body_has(rq, "base") ? &base : NULL, .draft = web_body_has(rq, "draft") ? &draft : NULL,
	};
	if (state.n && !slu_str_is(state, "open") && !slu_str_is(state, "closed"))
		web_problem(rq, "PullRequest", "state", "invalid", "state is open or closed");
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(v3_pull_get(rq, &c, err));
	slu_rc rc = e.title || e.body || e.target || e.draft ? app_change_edit(&c, rq->unit, rq->r, number, &e, err) : SLU_OK;
	if (rc == SLU_E_NOT_FOUND || rc == SLU_E_EXISTS)
		rs->status = 422; /* the change is there; the base is not, or another change is on it */
	SLU_TRY(rc);
	bool is_open = c.state == POL_CHANGE_OPEN;
	if (state.n && is_open != slu_str_is(state, "open"))
		SLU_TRY(edit_state(rq, number, state, &c, err));
	return pull_whole(rq, rs, number, err);
}

const struct web_api api_v3_pulls_update = {
	.method = "PATCH", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = update, .dry_run = true, .operation = "pulls/update",
	.summary = "Edit a change: title, body, base, draft, state (open, closed)",
};

/* ---- merge ------------------------------------------------------------------------------------------------------------------------ */

static slu_rc is_merged(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	SLU_TRY(v3_pull_get(rq, &c, err));
	if (c.state != POL_CHANGE_MERGED)
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	rs->status = 204;
	return SLU_OK;
}

const struct web_api api_v3_pulls_is_merged = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/merge", .need = WEB_READ, .run = is_merged, .operation = "pulls/check-if-merged",
	.summary = "204 when it is merged, else 404",
};

static bool method_of(slu_str word, enum strat_method *out)
{
	static const enum strat_method all[] = { STRAT_MERGE, STRAT_SQUASH, STRAT_REBASE, STRAT_FAST_FORWARD };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (slu_str_is(word, strat_method_word(all[i]))) {
			*out = all[i];
			return true;
		}
	return false;
}

static void merged_json(struct web_req *rq, struct web_res *rs, const struct app_merge_result *m, bool dry_run)
{
	slu_json *j = &rs->json;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", slu_oid_is_zero(&m->commit) ? NULL : m->commit.hex);
	slu_json_kv_bool(j, "merged", m->merged);
	slu_json_kv_z(j, "message", dry_run ? "It may be merged; nothing was moved" : "Pull Request successfully merged");
	merge_json(j, "followed", m);
	if (dry_run)
		v3_verdict(j, rq, &m->verdict);
	slu_json_close(j, '}');
}

static slu_rc merge(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t number;
	SLU_TRY(number_of(rq, &number, err));
	slu_str method = web_body_str(rq, "PullRequest", "merge_method", WEB_OPTIONAL, 32);
	struct app_merge_ask ask = {
		.head = v3_body_oid(rq, "PullRequest", "sha", WEB_OPTIONAL),
		.title = web_body_str(rq, "PullRequest", "commit_title", WEB_OPTIONAL, SLU_MAX_TITLE_BYTES),
		.message = web_body_str(rq, "PullRequest", "commit_message", WEB_OPTIONAL, SLU_MAX_MESSAGE_BYTES),
		.version = web_body_str(rq, "PullRequest", "version", WEB_OPTIONAL, SLU_MAX_NAME_BYTES),
		.dry_run = web_body_bool(rq, "PullRequest", "dry_run", false),
	};
	struct app_merge_result m = { 0 };
	struct port_change c;
	ask.has_method = method.n > 0;
	if (method.n && !method_of(method, &ask.method))
		web_problem(rq, "PullRequest", "merge_method", "invalid", "merge_method is merge, squash, rebase or fast-forward");
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(v3_pull_get(rq, &c, err));
	if (!slu_oid_is_zero(&ask.head) && !slu_oid_eq(&ask.head, &c.head)) {
		rs->status = 409;
		return slu_fail(err, SLU_E_CONFLICT, "Head branch was modified. Review and try the merge again.");
	}
	slu_rc rc = app_change_merge(&m, rq->unit, rq->r, number, &ask, err);
	if (rc == SLU_E_CONFLICT || rc == SLU_E_INVALID)
		rs->status = 405; /* GitHub's for what cannot be merged */
	SLU_TRY(rc);
	if (m.verdict.answer != POL_ALLOW)
		v3_refused(rq, rs, 405, &m.verdict, "Pull Request is not mergeable");
	else
		merged_json(rq, rs, &m, ask.dry_run);
	return SLU_OK;
}

const struct web_api api_v3_pulls_merge = {
	.method = "PUT", .pattern = "/api/v3/repos/{owner}/{repo}/pulls/{number}/merge", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = merge, .operation = "pulls/merge",
	.summary = "Merge: sha (the head that is meant), merge_method, commit_title, commit_message; dry_run. 405 with the verdict when a rule says no",
};
