/* SPDX-License-Identifier: Apache-2.0 */
/** Releases in GitHub's shapes: what is said of a tag. A tag that has to be made for one is judged as any other. */
#include "app/release_notes.h"
#include "base/limits.h"
#include "web/v3.h"

static void release_json(slu_json *j, const struct web_req *rq, const struct port_release *x)
{
	const char *url = v3_url(rq, "/releases/%lld", (long long)x->id), *tag = web_encode(rq->a, x->tag);
	slu_json_open(j, '{');
	v3_id(j, rq, "Release", x->id);
	slu_json_kv_z(j, "url", url);
	slu_json_kv_z(j, "html_url", x->draft ? v3_html_url(rq, "%s", "") : v3_html_url(rq, "/commits/%s", tag));
	slu_json_kv_z(j, "assets_url", slu_printf(rq->a, "%s/assets", url));
	slu_json_kv_z(j, "upload_url", slu_printf(rq->a, "%s/assets{?name,label}", url));
	slu_json_kv_z(j, "tarball_url", x->draft ? NULL : v3_url(rq, "/tarball/refs/tags/%s", tag));
	slu_json_kv_z(j, "zipball_url", x->draft ? NULL : v3_url(rq, "/zipball/refs/tags/%s", tag));
	slu_json_kv_str(j, "tag_name", x->tag);
	slu_json_kv_str(j, "target_commitish", x->target.n ? x->target : rq->r->default_branch);
	v3_text(j, "name", x->title);
	v3_text(j, "body", x->body);
	slu_json_kv_bool(j, "draft", x->draft);
	slu_json_kv_bool(j, "prerelease", x->prerelease);
	web_json_time(j, "created_at", x->created_s);
	web_json_time(j, "published_at", x->published_s);
	v3_user(j, "author", rq, x->author);
	v3_members(j, "\"assets\":[]");
	slu_json_close(j, '}');
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

static slu_rc list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_release *v;
	size_t n;
	SLU_TRY(app_notes_list(&v, &n, rq->unit, rq->r, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++)
		release_json(&rs->json, rq, &v[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_v3_releases_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/releases", .need = WEB_READ, .run = list, .operation = "repos/list-releases", .summary = "Releases, newest first",
};

static slu_rc release_of(struct web_req *rq, struct port_release *x, slu_err *err)
{
	uint64_t id;
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	return app_notes_get(x, rq->unit, rq->r, (int64_t)id, err);
}

static slu_rc get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_release x;
	SLU_TRY(release_of(rq, &x, err));
	release_json(&rs->json, rq, &x);
	return SLU_OK;
}

const struct web_api api_v3_releases_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/releases/{id}", .need = WEB_READ, .run = get, .operation = "repos/get-release", .summary = "One release",
};

static slu_rc get_by_tag(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_release x;
	SLU_TRY(app_notes_of_tag(&x, rq->unit, rq->r, slu_s(web_param(rq, "tag")), err));
	release_json(&rs->json, rq, &x);
	return SLU_OK;
}

const struct web_api api_v3_releases_by_tag = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/releases/tags/{tag...}", .need = WEB_READ, .run = get_by_tag, .operation = "repos/get-release-by-tag",
	.summary = "The release of a tag",
};

static slu_rc latest(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_release x;
	SLU_TRY(app_notes_latest(&x, rq->unit, rq->r, err));
	release_json(&rs->json, rq, &x);
	return SLU_OK;
}

const struct web_api api_v3_releases_latest = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/releases/latest", .need = WEB_READ, .run = latest, .operation = "repos/get-latest-release",
	.summary = "The newest that is no draft and no pre-release",
};

/* ---- writing ------------------------------------------------------------------------------------------------------------------ */

static void body_text(struct web_req *rq, const char *field, size_t max, slu_str *out)
{
	if (web_body_has(rq, field))
		*out = web_body_str(rq, "Release", field, WEB_OPTIONAL, max);
}

static slu_rc from_body(struct web_req *rq, struct port_release *x, slu_err *err)
{
	body_text(rq, "tag_name", SLU_MAX_REF_BYTES, &x->tag);
	body_text(rq, "target_commitish", SLU_MAX_REF_BYTES, &x->target);
	body_text(rq, "name", SLU_MAX_TITLE_BYTES, &x->title);
	body_text(rq, "body", SLU_MAX_TEXT_BYTES, &x->body);
	x->draft = web_body_bool(rq, "Release", "draft", x->draft);
	x->prerelease = web_body_bool(rq, "Release", "prerelease", x->prerelease);
	return web_body_check(rq, err);
}

static slu_rc answer(struct web_req *rq, struct web_res *rs, slu_rc rc, const struct app_notes_done *done, unsigned status, slu_err *err)
{
	if (rc == SLU_E_EXISTS)
		web_problem(rq, "Release", "tag_name", "already_exists", "%s", err->text);
	else if (rc == SLU_E_NOT_FOUND)
		web_problem(rq, "Release", "target_commitish", "invalid", "%s", err->text);
	else if (rc == SLU_E_INVALID)
		web_problem(rq, "Release", "tag_name", "invalid", "%s", err->text);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(rc);
	if (!done->done) {
		v3_refused(rq, rs, 422, &done->verdict, "The tag cannot be made");
		return SLU_OK;
	}
	rs->status = status;
	release_json(&rs->json, rq, &done->release);
	return SLU_OK;
}

static slu_rc create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_release x = { .tag = web_body_str(rq, "Release", "tag_name", WEB_REQUIRED, SLU_MAX_REF_BYTES) };
	struct app_notes_done done;
	SLU_TRY(from_body(rq, &x, err));
	return answer(rq, rs, app_notes_add(&done, rq->unit, rq->r, &x, err), &done, 201, err);
}

const struct web_api api_v3_releases_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/releases", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = create, .operation = "repos/create-release",
	.summary = "Release a tag: tag_name, target_commitish, name, body, draft, prerelease. Makes an annotated tag when there is none; 422 with the verdict when a rule says no",
};

static slu_rc update(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_release x;
	struct app_notes_done done;
	SLU_TRY(release_of(rq, &x, err));
	SLU_TRY(from_body(rq, &x, err));
	return answer(rq, rs, app_notes_change(&done, rq->unit, rq->r, &x, err), &done, 200, err);
}

const struct web_api api_v3_releases_update = {
	.method = "PATCH", .pattern = "/api/v3/repos/{owner}/{repo}/releases/{id}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = update, .operation = "repos/update-release",
	.summary = "Edit a release; draft: false publishes it",
};

static slu_rc remove_(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_release x;
	SLU_TRY(release_of(rq, &x, err));
	SLU_TRY(app_notes_remove(rq->unit, rq->r, x.id, err));
	rs->status = 204;
	return SLU_OK;
}

const struct web_api api_v3_releases_delete = {
	.method = "DELETE", .pattern = "/api/v3/repos/{owner}/{repo}/releases/{id}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = remove_, .operation = "repos/delete-release",
	.summary = "Forget what was said of a tag; the tag stays",
};
