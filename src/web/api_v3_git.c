/* SPDX-License-Identifier: Apache-2.0 */
/** Git's own things in GitHub's shapes: refs (moved as a push would move them), commits, annotated tags. */
#include "app/refs.h"
#include "base/limits.h"
#include "base/quantity.h"
#include "web/v3.h"

/* ---- refs: reading ---------------------------------------------------------------------------------------------------------- */

/* `annotated`: the object is a tag of its own. */
static void ref_json(slu_json *j, const struct web_req *rq, slu_str ref, const slu_oid *id, bool annotated)
{
	slu_str below = { ref.p + strlen("refs/"), ref.n - strlen("refs/") };
	slu_json_open(j, '{');
	slu_json_kv_str(j, "ref", ref);
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "Ref:%.*s", SLU_FMT(ref)));
	slu_json_kv_z(j, "url", v3_url(rq, "/git/refs/%s", v3_path(rq, below)));
	slu_json_key(j, "object");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "type", annotated ? "tag" : "commit");
	slu_json_kv_z(j, "sha", id->hex);
	slu_json_kv_z(j, "url", v3_url(rq, annotated ? "/git/tags/%s" : "/git/commits/%s", id->hex));
	slu_json_close(j, '}');
	slu_json_close(j, '}');
}

/* Branches and tags; what the server keeps beside them is its own. */
static bool is_shown(slu_str ref)
{
	return slu_str_starts(ref, "refs/heads/") || slu_str_starts(ref, "refs/tags/");
}

static slu_rc ref_at(const struct web_req *rq, slu_str ref, slu_oid *id, slu_err *err)
{
	if (!is_shown(ref))
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	SLU_TRY(rq->r->git->ops->ref(rq->r->git, ref, id, err));
	return slu_oid_is_zero(id) ? slu_fail(err, SLU_E_NOT_FOUND, "Not Found") : SLU_OK;
}

static slu_rc answer_ref(const struct web_req *rq, struct web_res *rs, slu_str ref, const slu_oid *id, slu_err *err)
{
	struct pol_tag t;
	SLU_TRY(rq->r->git->ops->tag(rq->r->git, rq->a, id, &t, err));
	ref_json(&rs->json, rq, ref, id, t.annotated);
	return SLU_OK;
}

static slu_str asked_ref(const struct web_req *rq)
{
	return slu_s(slu_printf(rq->a, "refs/%s", web_param(rq, "ref")));
}

static slu_rc ref_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str ref = asked_ref(rq);
	slu_oid id;
	SLU_TRY(ref_at(rq, ref, &id, err));
	return answer_ref(rq, rs, ref, &id, err);
}

const struct web_api api_v3_git_ref_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/ref/{ref...}", .need = WEB_READ, .run = ref_get, .operation = "git/get-ref",
	.summary = "One ref: heads/NAME or tags/NAME",
};

static slu_rc refs_matching(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_git_ref *v;
	size_t n, kept = 0;
	SLU_TRY(rq->r->git->ops->refs(rq->r->git, rq->a, asked_ref(rq), &v, &n, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++) {
		if (!is_shown(v[i].name))
			continue;
		if (kept >= p.skip && kept < p.skip + p.per_page)
			ref_json(&rs->json, rq, v[i].name, &v[i].id, !slu_oid_eq(&v[i].id, &v[i].peeled));
		kept++;
	}
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, kept);
	return SLU_OK;
}

const struct web_api api_v3_git_refs_matching = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/matching-refs/{ref...}", .need = WEB_READ, .run = refs_matching, .operation = "git/list-matching-refs",
	.summary = "Refs that begin so: heads/feature/",
};

/* All of them: the address that older clients ask. */
const struct web_api api_git_refs_all = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/refs", .need = WEB_READ, .run = refs_matching, .summary = "Branches and tags",
};

/* The address that a ref's `url` has. */
const struct web_api api_git_ref_get_by_url = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/refs/{ref...}", .need = WEB_READ, .run = ref_get, .summary = "One ref: heads/NAME or tags/NAME",
};

/* ---- refs: moving ------------------------------------------------------------------------------------------------------------- */

/* The object that a ref is to name: it must be here, and a branch names a commit. */
static slu_rc object_of(struct web_req *rq, slu_str ref, const slu_oid *id, slu_err *err)
{
	struct pol_tag t;
	slu_rc rc = rq->r->git->ops->tag(rq->r->git, rq->a, id, &t, err);
	if (rc == SLU_E_NOT_FOUND)
		web_problem(rq, "Reference", "sha", "invalid", "Object does not exist");
	else if (rc != SLU_OK)
		return rc;
	else if (slu_oid_is_zero(&t.commit) || (t.annotated && slu_str_starts(ref, "refs/heads/")))
		web_problem(rq, "Reference", "sha", "invalid", "Object is not a commit");
	return web_body_check(rq, err);
}

static slu_rc move(struct web_req *rq, struct web_res *rs, const struct port_git_update *x, unsigned status, slu_err *err)
{
	struct app_refs_moved m;
	slu_rc rc = app_refs_move(&m, rq->unit, rq->r, x, 1, NULL, NULL, err);
	if (rc == SLU_E_CONFLICT)
		rs->status = 409;
	SLU_TRY(rc);
	if (!m.moved) {
		v3_refused(rq, rs, 422, &m.judged.ref[0].verdict, "Reference cannot be updated");
		return SLU_OK;
	}
	rs->status = status;
	return status == 204 ? SLU_OK : answer_ref(rq, rs, x->ref, &x->new_, err);
}

static slu_rc ref_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_git_update x = { .ref = web_body_str(rq, "Reference", "ref", WEB_REQUIRED, SLU_MAX_REF_BYTES) };
	x.new_ = v3_body_oid(rq, "Reference", "sha", WEB_REQUIRED);
	const char *bad = x.ref.n ? pol_ref_refused(x.ref) : NULL;
	slu_oid now = slu_oid_zero();
	if (bad)
		web_problem(rq, "Reference", "ref", "invalid", "%s", bad);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(object_of(rq, x.ref, &x.new_, err));
	SLU_TRY(rq->r->git->ops->ref(rq->r->git, x.ref, &now, err));
	if (!slu_oid_is_zero(&now)) {
		rs->status = 422;
		return slu_fail(err, SLU_E_EXISTS, "Reference already exists");
	}
	return move(rq, rs, &x, 201, err);
}

const struct web_api api_v3_git_ref_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/git/refs", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = ref_create, .operation = "git/create-ref",
	.summary = "Make a branch or a tag: ref (whole), sha. Judged as a push; 422 with the verdict when a rule says no",
};

static slu_rc ref_update(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_git_update x = { .ref = asked_ref(rq) };
	bool forward = true;
	SLU_TRY(ref_at(rq, x.ref, &x.old, err));
	x.new_ = v3_body_oid(rq, "Reference", "sha", WEB_REQUIRED);
	bool force = web_body_bool(rq, "Reference", "force", false);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(object_of(rq, x.ref, &x.new_, err));
	if (slu_oid_eq(&x.old, &x.new_))
		return answer_ref(rq, rs, x.ref, &x.new_, err);
	if (slu_str_starts(x.ref, "refs/heads/"))
		SLU_TRY(rq->r->git->ops->is_ancestor(rq->r->git, &x.old, &x.new_, &forward, err));
	if (!forward && !force)
		return slu_fail(err, SLU_E_INVALID, "Update is not a fast forward");
	return move(rq, rs, &x, 200, err);
}

const struct web_api api_v3_git_ref_update = {
	.method = "PATCH", .pattern = "/api/v3/repos/{owner}/{repo}/git/refs/{ref...}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = ref_update, .operation = "git/update-ref",
	.summary = "Move a ref: sha, force",
};

static slu_rc ref_delete(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_git_update x = { .ref = asked_ref(rq), .new_ = slu_oid_zero() };
	slu_oid now = slu_oid_zero();
	if (is_shown(x.ref))
		SLU_TRY(rq->r->git->ops->ref(rq->r->git, x.ref, &now, err));
	if (slu_oid_is_zero(&now))
		return slu_fail(err, SLU_E_INVALID, "Reference does not exist"); /* 422, as GitHub has it */
	x.old = now;
	return move(rq, rs, &x, 204, err);
}

const struct web_api api_v3_git_ref_delete = {
	.method = "DELETE", .pattern = "/api/v3/repos/{owner}/{repo}/git/refs/{ref...}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE, .run = ref_delete, .operation = "git/delete-ref",
	.summary = "Delete a ref",
};

/* ---- commits and tags ----------------------------------------------------------------------------------------------------------- */

static slu_rc id_of(const struct web_req *rq, const char *param, slu_oid *id, slu_err *err)
{
	if (slu_oid_parse(id, slu_s(web_param(rq, param)), NULL) != SLU_OK)
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	return SLU_OK;
}

static slu_rc commit_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_json *j = &rs->json;
	slu_oid id;
	struct pol_commit c;
	SLU_TRY(id_of(rq, "sha", &id, err));
	SLU_TRY(rq->r->git->ops->commit(rq->r->git, rq->a, &id, &c, err));
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", id.hex);
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "Commit:%s", id.hex));
	slu_json_kv_z(j, "url", v3_url(rq, "/git/commits/%s", id.hex));
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "/commits/%s", id.hex));
	v3_signature(j, "author", c.author_name, c.author_email, c.author_time_s);
	v3_signature(j, "committer", c.committer_name, c.committer_email, c.commit_time_s);
	slu_json_kv_str(j, "message", c.message);
	slu_json_key(j, "tree");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", c.tree.hex);
	slu_json_kv_z(j, "url", v3_url(rq, "/git/trees/%s", c.tree.hex));
	slu_json_close(j, '}');
	slu_json_key(j, "parents");
	slu_json_open(j, '[');
	for (size_t i = 0; i < c.parent_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_z(j, "sha", c.parent[i].hex);
		slu_json_kv_z(j, "url", v3_url(rq, "/git/commits/%s", c.parent[i].hex));
		slu_json_kv_z(j, "html_url", v3_html_url(rq, "/commits/%s", c.parent[i].hex));
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	v3_verification(j, c.signed_);
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_v3_git_commit_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/commits/{sha}", .need = WEB_READ, .run = commit_get, .operation = "git/get-commit", .summary = "A commit object",
};

static slu_rc tag_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_json *j = &rs->json;
	slu_oid id;
	struct pol_tag t;
	SLU_TRY(id_of(rq, "sha", &id, err));
	SLU_TRY(rq->r->git->ops->tag(rq->r->git, rq->a, &id, &t, err));
	if (!t.annotated)
		return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "Tag:%s", id.hex));
	slu_json_kv_str(j, "tag", t.name);
	slu_json_kv_z(j, "sha", id.hex);
	slu_json_kv_z(j, "url", v3_url(rq, "/git/tags/%s", id.hex));
	slu_json_kv_str(j, "message", t.message);
	v3_signature(j, "tagger", t.tagger_name, t.tagger_email, t.tagger_time_s);
	slu_json_key(j, "object");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "type", "commit");
	slu_json_kv_z(j, "sha", t.commit.hex);
	slu_json_kv_z(j, "url", v3_url(rq, "/git/commits/%s", t.commit.hex));
	slu_json_close(j, '}');
	v3_verification(j, t.signed_);
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_v3_git_tag_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/git/tags/{sha}", .need = WEB_READ, .run = tag_get, .operation = "git/get-tag", .summary = "An annotated tag object",
};

static slu_rc tag_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str tag = web_body_str(rq, "Tag", "tag", WEB_REQUIRED, SLU_MAX_REF_BYTES), message = web_body_str(rq, "Tag", "message", WEB_REQUIRED, SLU_MAX_MESSAGE_BYTES);
	slu_oid object = v3_body_oid(rq, "Tag", "object", WEB_REQUIRED), id;
	slu_str type = web_body_str(rq, "Tag", "type", WEB_REQUIRED, 16);
	struct port_git_ident who = app_ident(rq->unit);
	struct pol_commit c;
	if (type.n && !slu_str_is(type, "commit"))
		web_problem(rq, "Tag", "type", "invalid", "type is commit");
	const char *bad = tag.n ? pol_ref_refused(slu_s(slu_printf(rq->a, "refs/tags/%.*s", SLU_FMT(tag)))) : NULL;
	if (bad)
		web_problem(rq, "Tag", "tag", "invalid", "%s", bad);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_need_scope(rq->unit, APP_SCOPE_WRITE, err));
	slu_rc rc = rq->r->git->ops->commit(rq->r->git, rq->a, &object, &c, err);
	if (rc == SLU_E_NOT_FOUND)
		web_problem(rq, "Tag", "object", "invalid", "Object does not exist");
	else
		SLU_TRY(rc);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(rq->r->git->ops->tag_make(rq->r->git, tag, &object, &who, message, &id, err));
	*SLU_ADD(rq->a, &rq->param) = (struct web_pair){ "sha", slu_strdup(rq->a, id.hex) };
	SLU_TRY(tag_get(rq, rs, err));
	rs->status = 201;
	return SLU_OK;
}

const struct web_api api_v3_git_tag_create = {
	.method = "POST", .pattern = "/api/v3/repos/{owner}/{repo}/git/tags", .need = WEB_READ, .level = STRAT_WRITE, .scopes = APP_SCOPE_WRITE, .run = tag_create, .operation = "git/create-tag",
	.summary = "Make an annotated tag object: tag, message, object, type; create-ref then makes the tag",
};
