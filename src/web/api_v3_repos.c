/* SPDX-License-Identifier: Apache-2.0 */
/** Repositories and people in GitHub's shapes. */
#include "app/people.h"
#include "app/repos.h"
#include "base/limits.h"
#include "base/quantity.h"
#include "web/v3.h"

static slu_rc repo_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)err;
	v3_repo(&rs->json, NULL, rq, &rq->r->row, rq->level);
	return SLU_OK;
}

const struct web_api api_v3_repos_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}", .need = WEB_READ, .run = repo_get, .operation = "repos/get",
	.summary = "A repository, with what the one who asks may do in it under \"permissions\"",
};

static slu_rc repo_update(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str branch = web_body_str(rq, "Repository", "default_branch", WEB_OPTIONAL, SLU_MAX_REF_BYTES);
	SLU_TRY(web_body_check(rq, err));
	slu_rc rc = web_body_has(rq, "default_branch") ? app_repo_default(rq->unit, rq->r, branch, err) : SLU_OK;
	if (rc == SLU_E_NOT_FOUND || rc == SLU_E_CONFLICT)
		rs->status = 422; /* the repository is there; the branch is not, or may not be it */
	SLU_TRY(rc);
	v3_repo(&rs->json, NULL, rq, &rq->r->row, rq->level);
	return SLU_OK;
}

const struct web_api api_v3_repos_update = {
	.method = "PATCH", .pattern = "/api/v3/repos/{owner}/{repo}", .need = WEB_READ, .scopes = APP_SCOPE_WRITE | APP_SCOPE_ADMIN, .run = repo_update, .dry_run = true, .operation = "repos/update",
	.summary = "Make another branch the default one: default_branch",
};

/* ---- lists -------------------------------------------------------------------------------------------------------------------- */

static int by_full_name(const struct app_repo_seen *x, const struct app_repo_seen *y)
{
	int d = slu_str_cmp(x->row.owner, y->row.owner);
	return d ? d : slu_str_cmp(x->row.name, y->row.name);
}

static int by_created(const struct app_repo_seen *x, const struct app_repo_seen *y)
{
	return x->row.created_s != y->row.created_s ? (x->row.created_s < y->row.created_s ? -1 : 1) : by_full_name(x, y);
}

struct list_ask { bool by_name, descending; };

static int compare(const void *a, const void *b, void *ctx)
{
	const struct list_ask *ask = ctx;
	int d = ask->by_name ? by_full_name(a, b) : by_created(a, b);
	return ask->descending ? -d : d;
}

static void one_of(struct web_req *rq, const char *name, const char *words)
{
	const char *given = web_query(rq, name);
	if (given && !slu_str_in(slu_s(given), words))
		web_problem(rq, "Repository", name, "invalid", "%s is one of: %s", name, words);
}

static slu_rc list_ask(struct web_req *rq, struct list_ask *out, slu_err *err)
{
	const char *sort = web_query(rq, "sort"), *way = web_query(rq, "direction");
	one_of(rq, "sort", "created updated pushed full_name");
	one_of(rq, "direction", "asc desc");
	one_of(rq, "type", "all owner public private member");
	SLU_TRY(web_body_check(rq, err));
	out->by_name = !sort || strcmp(sort, "full_name") == 0;
	out->descending = way ? strcmp(way, "desc") == 0 : !out->by_name;
	return SLU_OK;
}

static bool wanted(const struct web_req *rq, const struct app_repo_seen *r, slu_str owner)
{
	const char *visibility = web_query(rq, "visibility"), *type = web_query(rq, "type");
	const char *which = visibility ? visibility : type ? type : "all";
	if (owner.n && !slu_str_eq(r->row.owner, owner))
		return false;
	if (strcmp(which, "owner") == 0)
		return slu_str_eq(r->row.owner, rq->who.person);
	return strcmp(which, "public") == 0 ? r->row.public_ : strcmp(which, "private") == 0 ? !r->row.public_ : true;
}

static slu_rc list_of(struct web_req *rq, struct web_res *rs, slu_str owner, slu_err *err)
{
	const struct app_repo_seen *v;
	struct list_ask ask;
	size_t n, kept = 0;
	SLU_TRY(list_ask(rq, &ask, err));
	SLU_TRY(app_repo_list(&v, &n, rq->unit, err));
	struct app_repo_seen *keep = SLU_NEW_N(rq->a, struct app_repo_seen, n + 1);
	for (size_t i = 0; i < n; i++)
		if (wanted(rq, &v[i], owner))
			keep[kept++] = v[i];
	qsort_r(keep, kept, sizeof *keep, compare, &ask);
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < kept && i < p.skip + p.per_page; i++)
		v3_repo(&rs->json, NULL, rq, &keep[i].row, keep[i].level);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, kept);
	return SLU_OK;
}

static slu_rc list_mine(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return list_of(rq, rs, (slu_str){ "", 0 }, err);
}

const struct web_api api_v3_repos_list_mine = {
	.method = "GET", .pattern = "/api/v3/user/repos", .need = WEB_SIGNED_IN, .run = list_mine, .operation = "repos/list-for-authenticated-user",
	.summary = "The repositories that one may read: visibility, type, sort, direction",
};

static slu_rc list_owner(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	return list_of(rq, rs, slu_s(web_param(rq, "username")), err);
}

const struct web_api api_v3_repos_list_user = {
	.method = "GET", .pattern = "/api/v3/users/{username}/repos", .need = WEB_PUBLIC, .run = list_owner, .operation = "repos/list-for-user",
	.summary = "Those of an owner that one may read",
};

/* ---- people ------------------------------------------------------------------------------------------------------------------- */

/* `scopes`: of the token that asks; NULL: somebody else is shown. */
static void person_json(slu_json *j, const struct web_req *rq, slu_str name, const struct port_person *p, const char *scopes)
{
	char at[SLU_TIME_TEXT];
	slu_json_open(j, '{');
	v3_user_members(j, rq, name);
	v3_text(j, "name", p->title);
	v3_text(j, "email", p->email);
	slu_json_kv_z(j, "created_at", slu_time_text(p->created_s, at)); /* of an owner that is no person nobody knows */
	slu_json_kv_z(j, "updated_at", at);
	v3_members(j, "\"company\":null,\"blog\":null,\"location\":null,\"hireable\":null,\"bio\":null,\"public_repos\":0,\"public_gists\":0,\"followers\":0,\"following\":0,"
		      "\"private_gists\":0,\"total_private_repos\":0,\"owned_private_repos\":0,\"disk_usage\":0,\"collaborators\":0,\"two_factor_authentication\":false");
	if (scopes)
		slu_json_kv_z(j, "scopes", scopes);
	slu_json_close(j, '}');
}

static slu_rc me(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_person p = { 0 };
	slu_str name = rq->unit->who.operator_ ? SLU_STR("operator") : rq->who.person;
	if (!rq->unit->who.operator_)
		SLU_TRY(app_person_get(&p, rq->unit, name, err));
	const char *scopes = app_scopes_text(rq->a, rq->unit->who.operator_ ? APP_SCOPE_ALL : rq->unit->who.scopes);
	person_json(&rs->json, rq, name, &p, scopes);
	return SLU_OK;
}

const struct web_api api_v3_users_me = {
	.method = "GET", .pattern = "/api/v3/user", .need = WEB_SIGNED_IN, .run = me, .operation = "users/get-authenticated", .summary = "Who the token belongs to",
};

/* An owner need not be a person: then it is there for whoever may read a repository of it. */
static slu_rc owns_something(bool *out, struct web_req *rq, slu_str name, slu_err *err)
{
	const struct app_repo_seen *v;
	size_t n;
	SLU_TRY(app_repo_list(&v, &n, rq->unit, err));
	for (size_t i = 0; i < n; i++)
		*out = *out || slu_str_eq(v[i].row.owner, name);
	return SLU_OK;
}

static slu_rc user_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str name = slu_s(web_param(rq, "username"));
	struct port_person p = { 0 };
	bool owns = false;
	slu_rc rc = app_person_get(&p, rq->unit, name, err);
	if (rc == SLU_E_NOT_FOUND)
		SLU_TRY(owns_something(&owns, rq, name, err));
	SLU_TRY(owns ? SLU_OK : rc);
	person_json(&rs->json, rq, name, &p, NULL);
	return SLU_OK;
}

const struct web_api api_v3_users_get = {
	.method = "GET", .pattern = "/api/v3/users/{username}", .need = WEB_SIGNED_IN, .run = user_get, .operation = "users/get-by-username", .summary = "A person of the server",
};
