/* SPDX-License-Identifier: Apache-2.0 */
/** Changes as the issues that GitHub has of them: clients ask there for labels, comments and the list of everything. */
#include "app/changes.h"
#include "app/view.h"
#include "base/limits.h"
#include "web/v3_pull.h"

#include <jansson.h>

static void issue_json(slu_json *j, const struct web_req *rq, const struct port_change *c, size_t comments)
{
	unsigned long long n = c->number;
	const char *self = v3_url(rq, "/issues/%llu", n), *page = v3_html_url(rq, "/changes/%llu", n);
	slu_json_open(j, '{');
	v3_pull_common(j, rq, c);
	slu_json_kv_z(j, "url", self);
	slu_json_kv_z(j, "html_url", page);
	slu_json_kv_z(j, "repository_url", v3_url(rq, "%s", ""));
	slu_json_kv_z(j, "labels_url", slu_printf(rq->a, "%s/labels{/name}", self));
	slu_json_kv_z(j, "comments_url", slu_printf(rq->a, "%s/comments", self));
	slu_json_kv_z(j, "events_url", slu_printf(rq->a, "%s/events", self));
	slu_json_kv_int(j, "comments", (int64_t)comments);
	slu_json_key(j, "pull_request");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", v3_url(rq, "/pulls/%llu", n));
	slu_json_kv_z(j, "html_url", page);
	slu_json_kv_z(j, "diff_url", slu_printf(rq->a, "%s.diff", page));
	slu_json_kv_z(j, "patch_url", slu_printf(rq->a, "%s.patch", page));
	web_json_time(j, "merged_at", c->merged_s);
	slu_json_close(j, '}');
	slu_json_close(j, '}');
}

/* Of those on the whole change; the others are of reviews. */
static slu_rc one_issue(struct web_req *rq, struct web_res *rs, const struct port_change *c, slu_err *err)
{
	const struct port_comment *v;
	size_t n, whole = 0;
	SLU_TRY(app_comment_list(&v, &n, rq->unit, c, err));
	for (size_t i = 0; i < n; i++)
		whole += v[i].path.n == 0;
	issue_json(&rs->json, rq, c, whole);
	return SLU_OK;
}

static slu_rc get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	SLU_TRY(v3_pull_get(rq, &c, err));
	return one_issue(rq, rs, &c, err);
}

const struct web_api api_v3_issues_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}", .need = WEB_READ, .run = get, .operation = "issues/get", .summary = "A change as an issue",
};

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct web_paging p = web_paging(rq);
	const struct port_change *v;
	size_t n, total;
	SLU_TRY(v3_pull_list(rq, &p, &v, &n, &total, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++)
		SLU_TRY(one_issue(rq, rs, &v[i], err));
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, total);
	return SLU_OK;
}

const struct web_api api_v3_issues_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/issues", .need = WEB_READ, .run = list, .operation = "issues/list-for-repo",
	.summary = "Changes as issues: state (open, closed, all), sort, direction",
};

/* ---- labels ---------------------------------------------------------------------------------------------------------------------- */

static slu_rc labels(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	SLU_TRY(v3_pull_get(rq, &c, err));
	struct web_paging p = web_paging(rq);
	web_link(rq, rs, &p, v3_labels(&rs->json, rq, c.labels, &p));
	return SLU_OK;
}

const struct web_api api_v3_issues_labels = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/labels", .need = WEB_READ, .run = labels, .operation = "issues/list-labels-on-issue",
	.summary = "The labels of a change",
};

/* A label is a word that a change carries; each word is one. */
static slu_rc label(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str name = slu_s(web_param(rq, "name"));
	if (name.n == 0 || memchr(name.p, ',', name.n))
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	v3_label(&rs->json, rq, name);
	return SLU_OK;
}

const struct web_api api_v3_labels_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/labels/{name}", .need = WEB_READ, .run = label, .operation = "issues/get-label", .summary = "A label by its name",
};

static void add(slu_buf *list, slu_str word)
{
	slu_str rest = slu_buf_str(list), part;
	while (slu_str_split(&rest, ',', &part))
		if (slu_str_eq(part, word))
			return;
	if (list->n)
		slu_buf_addc(list, ',');
	slu_buf_addstr(list, word);
}

/* "labels" of the body: a list of names, or of objects with a name. */
static slu_rc body_labels(struct web_req *rq, slu_buf *out, slu_err *err)
{
	json_t *list = web_body_array(rq, "Label", "labels"), *item;
	size_t i;
	json_array_foreach(list, i, item) {
		json_t *name = json_is_object(item) ? json_object_get(item, "name") : item;
		slu_str word = json_is_string(name) ? slu_s(json_string_value(name)) : (slu_str){ "", 0 };
		if (word.n == 0 || word.n > SLU_MAX_NAME_BYTES || memchr(word.p, ',', word.n))
			web_problem(rq, "Label", "name", "invalid", "a label is a word of 1 to %u bytes without a comma", SLU_MAX_NAME_BYTES);
		else
			add(out, word);
	}
	return web_body_check(rq, err);
}

static slu_rc relabel(struct web_req *rq, struct web_res *rs, slu_str now, slu_err *err)
{
	struct port_change c;
	uint64_t number;
	SLU_TRY(web_param_u64(rq, "number", &number, err));
	const struct app_change_edit e = { .labels = &now };
	SLU_TRY(app_change_edit(&c, rq->unit, rq->r, number, &e, err));
	(void)v3_labels(&rs->json, rq, c.labels, NULL);
	return SLU_OK;
}

static slu_rc labels_write(struct web_req *rq, struct web_res *rs, bool keep, slu_err *err)
{
	struct port_change c;
	slu_auto_buf now;
	slu_buf_init(&now, SLU_MAX_TEXT_BYTES);
	SLU_TRY(v3_pull_get(rq, &c, err));
	if (keep)
		slu_buf_addstr(&now, c.labels);
	SLU_TRY(body_labels(rq, &now, err));
	return relabel(rq, rs, slu_s(slu_strndup(rq->a, now.p ? now.p : "", now.n)), err);
}

static slu_rc labels_add(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return labels_write(rq, rs, true, err);
}

static slu_rc labels_set(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return labels_write(rq, rs, false, err);
}

static slu_rc label_remove(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_change c;
	slu_auto_buf now;
	slu_str part, gone = slu_s(web_param(rq, "name"));
	bool found = false;
	slu_buf_init(&now, SLU_MAX_TEXT_BYTES);
	SLU_TRY(v3_pull_get(rq, &c, err));
	for (slu_str rest = c.labels; slu_str_split(&rest, ',', &part);) {
		if (slu_str_eq(part, gone))
			found = true;
		else if (part.n)
			add(&now, part);
	}
	if (!found)
		return slu_fail(err, SLU_E_NOT_FOUND, "Label does not exist");
	return relabel(rq, rs, slu_s(slu_strndup(rq->a, now.p ? now.p : "", now.n)), err);
}

const struct web_api api_v3_labels_add = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/labels", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = labels_add, .dry_run = true, .operation = "issues/add-labels",
	.summary = "Put labels on a change: labels",
};
const struct web_api api_v3_labels_set = {
	.method = "PUT", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/labels", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = labels_set, .operation = "issues/set-labels",
	.summary = "The labels of a change and no others: labels",
};
const struct web_api api_v3_label_remove = {
	.method = "DELETE", .pattern = "/api/v3/repos/{owner}/{repo}/issues/{number}/labels/{name}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = label_remove, .dry_run = true,
	.operation = "issues/remove-label", .summary = "Take a label off a change",
};
