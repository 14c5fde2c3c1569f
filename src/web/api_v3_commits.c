/* SPDX-License-Identifier: Apache-2.0 */
/** Commits in GitHub's shapes: a walk, one with its diff, two compared. */
#include "base/limits.h"
#include "base/quantity.h"
#include "web/v3.h"

enum { LIST_MAX = 5000000, TOUCHING_MAX = 10000, PATCH_BYTES = 1024 * 1024, COMPARE_FILES = 300 };

/* ---- a list ------------------------------------------------------------------------------------------------------------------------ */

struct commit_filter {
	slu_str author, committer, path;
	int64_t since_s, until_s; /* 0: none */
};

static bool is_of(slu_str who, slu_str name, slu_str email)
{
	return who.n == 0 || slu_str_eq(who, name) || slu_str_eq(who, email);
}

static bool fits(const struct commit_filter *f, const struct pol_commit *c)
{
	return is_of(f->author, c->author_name, c->author_email) && is_of(f->committer, c->committer_name, c->committer_email) &&
	       (!f->since_s || c->commit_time_s >= f->since_s) && (!f->until_s || c->commit_time_s <= f->until_s);
}

static void query_time(struct web_req *rq, const char *name, int64_t *out)
{
	const char *text = web_query(rq, name);
	if (text && slu_time_parse(out, slu_s(text), NULL) != SLU_OK)
		web_problem(rq, "Commit", name, "invalid", "%s must be a time such as 2026-01-05T09:00:00Z", name);
}

static slu_rc filter_of(struct web_req *rq, struct commit_filter *f, slu_err *err)
{
	const char *author = web_query(rq, "author"), *committer = web_query(rq, "committer");
	f->author = slu_s(author ? author : "");
	f->committer = slu_s(committer ? committer : "");
	query_time(rq, "since", &f->since_s);
	query_time(rq, "until", &f->until_s);
	const char *path = web_query(rq, "path");
	f->path = slu_str_trim(slu_s(path ? path : ""));
	while (slu_str_ends(f->path, "/"))
		f->path.n--;
	return web_body_check(rq, err);
}

static bool is_all(const struct commit_filter *f)
{
	return f->author.n == 0 && f->committer.n == 0 && !f->since_s && !f->until_s;
}

/* With a filter each commit is looked at until the page is full, and one more. */
static slu_rc filtered(struct web_req *rq, struct web_res *rs, const struct commit_filter *f, const slu_oid *id, size_t n, slu_err *err)
{
	struct web_paging p = web_paging(rq);
	size_t matched = 0;
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n && matched <= p.skip + p.per_page; i++) {
		slu_auto_arena *a = slu_arena_new();
		struct pol_commit c;
		SLU_TRY(rq->r->git->ops->commit(rq->r->git, a, &id[i], &c, err));
		if (!fits(f, &c))
			continue;
		if (matched >= p.skip && matched < p.skip + p.per_page)
			v3_commit(&rs->json, rq, &c);
		matched++;
	}
	slu_json_close(&rs->json, ']');
	v3_link_more(rq, rs, &p, matched > p.skip + p.per_page);
	return SLU_OK;
}

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *from = web_query(rq, "sha");
	struct commit_filter f = { 0 };
	const slu_oid *id;
	slu_oid tip;
	size_t n;
	SLU_TRY(filter_of(rq, &f, err));
	slu_rc rc = v3_commit_of(rq, from ? from : "HEAD", &tip, err);
	if (rc == SLU_E_NOT_FOUND && !from) {
		rs->status = 409;
		return slu_fail(err, SLU_E_CONFLICT, "Git Repository is empty.");
	}
	SLU_TRY(rc);
	if (f.path.n)
		SLU_TRY(rq->r->git->ops->touching(rq->r->git, rq->a, &tip, f.path, TOUCHING_MAX, &id, &n, err));
	else
		SLU_TRY(rq->r->git->ops->range(rq->r->git, rq->a, &tip, NULL, 0, LIST_MAX, &id, &n, err));
	return is_all(&f) ? v3_commit_page(rq, rs, id, n, err) : filtered(rq, rs, &f, id, n, err);
}

const struct web_api api_v3_commits_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/commits", .need = WEB_READ, .run = list, .operation = "repos/list-commits",
	.summary = "Commits from sha (branch, tag or id; the default branch), newest first: path, author, committer, since, until",
};

/* ---- one --------------------------------------------------------------------------------------------------------------------------- */

static void stats(slu_json *j, const struct port_git_diff_file *f, size_t n)
{
	int64_t added = 0, removed = 0;
	for (size_t i = 0; i < n; i++) {
		added += f[i].added > 0 ? f[i].added : 0;
		removed += f[i].removed > 0 ? f[i].removed : 0;
	}
	slu_json_key(j, "stats");
	slu_json_open(j, '{');
	slu_json_kv_int(j, "total", added + removed);
	slu_json_kv_int(j, "additions", added);
	slu_json_kv_int(j, "deletions", removed);
	slu_json_close(j, '}');
}

static slu_rc get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	port_git *g = rq->r->git;
	slu_json *j = &rs->json;
	slu_oid id;
	struct pol_commit c;
	const struct port_git_diff_file *f;
	size_t n;
	SLU_TRY(v3_commit_of(rq, web_param(rq, "ref"), &id, err));
	SLU_TRY(g->ops->commit(g, rq->a, &id, &c, err));
	const slu_oid *before = v3_before(&c), none = slu_oid_zero();
	enum v3_form form = v3_form_of(rq);
	if (form == V3_SHA) {
		v3_raw(rs, slu_s(id.hex));
		return SLU_OK;
	}
	if (form == V3_DIFF || form == V3_PATCH)
		return v3_patch(rq, rs, form == V3_DIFF ? before : &none, &id, form, err);
	SLU_TRY(g->ops->diff(g, rq->a, before, &id, PATCH_BYTES, &f, &n, err));
	struct web_paging p = web_paging(rq);
	size_t from = p.skip < n ? p.skip : n, count = n - from < COMPARE_FILES ? n - from : COMPARE_FILES;
	if (web_query(rq, "per_page"))
		count = count < p.per_page ? count : p.per_page;
	slu_json_open(j, '{');
	v3_commit_members(j, rq, &c);
	stats(j, f, n);
	slu_json_key(j, "files");
	v3_files(j, rq, &id, f + from, count);
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_v3_commits_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/commits/{ref...}", .need = WEB_READ, .run = get, .operation = "repos/get-commit",
	.summary = "A commit with what it changes",
};

/* ---- two ---------------------------------------------------------------------------------------------------------------------------- */

static slu_rc one_commit(slu_json *j, const char *key, const struct web_req *rq, const slu_oid *id, slu_err *err)
{
	struct pol_commit c;
	SLU_TRY(rq->r->git->ops->commit(rq->r->git, rq->a, id, &c, err));
	if (key)
		slu_json_key(j, key);
	v3_commit(j, rq, &c);
	return SLU_OK;
}

static slu_rc compare(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct v3_two t;
	slu_json *j = &rs->json;
	SLU_TRY(v3_compare(&t, rq, web_param(rq, "basehead"), PATCH_BYTES, err));
	enum v3_form form = v3_form_of(rq);
	if (form == V3_DIFF || form == V3_PATCH)
		return v3_patch(rq, rs, form == V3_DIFF ? &t.merge_base : &t.base, &t.head, form, err);
	const char *what = slu_printf(rq->a, "/compare/%s...%s", t.base.hex, t.head.hex);
	struct web_paging p = web_paging(rq);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", v3_url(rq, "%s", what));
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "%s", what));
	slu_json_kv_z(j, "permalink_url", v3_html_url(rq, "%s", what));
	slu_json_kv_z(j, "diff_url", v3_html_url(rq, "%s.diff", what));
	slu_json_kv_z(j, "patch_url", v3_html_url(rq, "%s.patch", what));
	SLU_TRY(one_commit(j, "base_commit", rq, &t.base, err));
	SLU_TRY(one_commit(j, "merge_base_commit", rq, &t.merge_base, err));
	slu_json_kv_z(j, "status", t.ahead && t.behind ? "diverged" : t.ahead ? "ahead" : t.behind ? "behind" : "identical");
	slu_json_kv_int(j, "ahead_by", (int64_t)t.ahead);
	slu_json_kv_int(j, "behind_by", (int64_t)t.behind);
	slu_json_kv_int(j, "total_commits", (int64_t)t.commit_n);
	slu_json_key(j, "commits");
	slu_json_open(j, '[');
	for (size_t i = p.skip; i < t.commit_n && i < p.skip + p.per_page; i++) /* oldest first */
		SLU_TRY(one_commit(j, NULL, rq, &t.commit[t.commit_n - 1 - i], err));
	slu_json_close(j, ']');
	slu_json_key(j, "files");
	v3_files(j, rq, &t.head, t.file, p.page > 1 ? 0 : t.file_n < COMPARE_FILES ? t.file_n : COMPARE_FILES);
	slu_json_close(j, '}');
	web_link(rq, rs, &p, t.commit_n);
	return SLU_OK;
}

const struct web_api api_v3_commits_compare = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/compare/{basehead...}", .need = WEB_READ, .run = compare, .operation = "repos/compare-commits-with-basehead",
	.summary = "What HEAD has that BASE has not: BASE...HEAD",
};
