/* SPDX-License-Identifier: Apache-2.0 */
/** People, tokens, roles: /api/sluice/users, /tokens, /roles and /repos/OWNER/NAME/roles. */
#include "app/people.h"
#include "base/limits.h"
#include "base/quantity.h"
#include "web/web.h"

#include <jansson.h>

/* ---- users --------------------------------------------------------------------------------------------------------------- */

static void person_json(slu_json *j, const struct port_person *p)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", p->name);
	slu_json_kv_str(j, "title", p->title);
	slu_json_kv_str(j, "email", p->email);
	slu_json_kv_bool(j, "disabled", p->disabled);
	web_json_time(j, "created_at", p->created_s);
	slu_json_close(j, '}');
}

static slu_rc user_add(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str name = web_body_str(rq, "User", "name", WEB_REQUIRED, SLU_MAX_NAME_BYTES);
	slu_str title = web_body_str(rq, "User", "title", WEB_OPTIONAL, SLU_MAX_TITLE_BYTES);
	slu_str email = web_body_str(rq, "User", "email", WEB_OPTIONAL, SLU_MAX_TITLE_BYTES);
	struct port_person p;
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_user_add(&p, rq->unit, name, title, email, err));
	rs->status = 201;
	person_json(&rs->json, &p);
	return SLU_OK;
}

const struct web_api api_user_add = {
	.method = "POST", .pattern = "/api/sluice/users", .need = WEB_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = user_add, .dry_run = true,
	.summary = "Add a person: name, title, email",
};

static slu_rc user_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_person *v;
	size_t n;
	SLU_TRY(app_person_list(&v, &n, rq->unit, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++)
		person_json(&rs->json, &v[i]);
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_user_list = {
	.method = "GET", .pattern = "/api/sluice/users", .need = WEB_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = user_list,
	.summary = "All people, by name",
};

static slu_rc user_change(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct port_person p;
	slu_str name = slu_s(web_param(rq, "name"));
	if (!web_body_has(rq, "disabled"))
		web_problem(rq, "User", "disabled", "missing_field", "disabled is missing");
	bool disabled = web_body_bool(rq, "User", "disabled", false);
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_user_disable(rq->unit, name, disabled, err));
	SLU_TRY(app_person_get(&p, rq->unit, name, err));
	person_json(&rs->json, &p);
	return SLU_OK;
}

const struct web_api api_user_change = {
	.method = "PATCH", .pattern = "/api/sluice/users/{name}", .need = WEB_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = user_change, .dry_run = true,
	.summary = "Disable a person, or enable again: {\"disabled\": true}",
};

/* ---- tokens -------------------------------------------------------------------------------------------------------------- */

static void token_json(slu_json *j, slu_arena *a, const struct port_token *t, slu_str text)
{
	slu_json_open(j, '{');
	slu_json_kv_int(j, "id", t->id);
	slu_json_kv_str(j, "user", t->person);
	slu_json_kv_str(j, "name", t->name);
	slu_json_kv_str(j, "begins", t->shown);
	slu_json_kv_z(j, "scopes", app_scopes_text(a, t->scopes));
	web_json_time(j, "created_at", t->created_s);
	web_json_time(j, "expires_at", t->expires_s);
	web_json_time(j, "revoked_at", t->revoked_s);
	web_json_time(j, "used_at", t->used_s);
	if (text.n)
		slu_json_kv_str(j, "token", text);
	slu_json_close(j, '}');
}

/* "repo:read,deploy" or ["repo:read", "deploy"]; absent: what reads and writes repositories. */
static unsigned body_scopes(struct web_req *rq)
{
	json_t *v = json_object_get(rq->json, "scopes"), *s;
	slu_auto_buf b;
	slu_err err = { 0 };
	unsigned bits = APP_SCOPE_READ | APP_SCOPE_WRITE | APP_SCOPE_STATUS;
	size_t i;
	slu_buf_init(&b, 1024);
	if (!v || json_is_null(v))
		return bits;
	if (json_is_string(v))
		slu_buf_adds(&b, json_string_value(v));
	json_array_foreach(v, i, s)
		slu_buf_addf(&b, "%s%s", i ? "," : "", json_is_string(s) ? json_string_value(s) : "?");
	if ((!json_is_string(v) && !json_is_array(v)) || app_scopes_parse(&bits, slu_buf_str(&b), &err) != SLU_OK)
		web_problem(rq, "Token", "scopes", "invalid", "%s", err.text[0] ? err.text : "scopes must be a list of words");
	return bits;
}

static slu_rc token_create(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str user = web_body_str(rq, "Token", "user", WEB_OPTIONAL, SLU_MAX_NAME_BYTES);
	slu_str name = web_body_str(rq, "Token", "name", WEB_OPTIONAL, SLU_MAX_TITLE_BYTES);
	slu_str expires = web_body_str(rq, "Token", "expires", WEB_OPTIONAL, 32), text;
	unsigned scopes = body_scopes(rq);
	int64_t lifetime_s = 0;
	struct port_token t;
	slu_err why = { 0 };
	if (expires.n && slu_duration_parse(&lifetime_s, expires, &why) != SLU_OK)
		web_problem(rq, "Token", "expires", "invalid", "expires: %s", why.text);
	else if (expires.n && lifetime_s == 0)
		web_problem(rq, "Token", "expires", "invalid", "expires: a token of no time is of no use.");
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(app_token_create(&text, &t, rq->unit, user, name, scopes, lifetime_s, err));
	rs->status = 201;
	rs->no_store = true;
	token_json(&rs->json, rq->a, &t, rq->unit->dry_run ? SLU_STR("") : text);
	return SLU_OK;
}

const struct web_api api_token_create = {
	.method = "POST", .pattern = "/api/sluice/tokens", .need = WEB_SIGNED_IN, .run = token_create, .dry_run = true,
	.summary = "Make a token: user (else oneself), name, scopes, expires (\"30d\"). The answer alone shows it",
};

static slu_rc token_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *user = web_query(rq, "user");
	const struct port_token *v;
	size_t n;
	SLU_TRY(app_token_list(&v, &n, rq->unit, slu_s(user ? user : ""), err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++)
		token_json(&rs->json, rq->a, &v[i], (slu_str){ "", 0 });
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_token_list = {
	.method = "GET", .pattern = "/api/sluice/tokens", .need = WEB_SIGNED_IN, .run = token_list,
	.summary = "Tokens without their text: one's own, of `user`, or all for administrators",
};

static slu_rc token_revoke(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	uint64_t id;
	SLU_TRY(web_param_u64(rq, "id", &id, err));
	SLU_TRY(app_token_revoke(rq->unit, (int64_t)id, err));
	rs->status = 204;
	return SLU_OK;
}

const struct web_api api_token_revoke = {
	.method = "DELETE", .pattern = "/api/sluice/tokens/{id}", .need = WEB_SIGNED_IN, .run = token_revoke, .dry_run = true,
	.summary = "Revoke a token; its sessions end with it",
};

/* ---- roles --------------------------------------------------------------------------------------------------------------- */

static slu_rc role_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_grant *v;
	size_t n;
	SLU_TRY(app_role_list(&v, &n, rq->unit, rq->r, err));
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++) {
		slu_json_open(&rs->json, '{');
		slu_json_kv_str(&rs->json, "user", v[i].person);
		slu_json_kv_str(&rs->json, "role", v[i].role);
		slu_json_kv_str(&rs->json, "by", v[i].by);
		web_json_time(&rs->json, "at", v[i].at_s);
		slu_json_close(&rs->json, '}');
	}
	slu_json_close(&rs->json, ']');
	return SLU_OK;
}

static slu_rc role_grant(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	SLU_TRY(app_role_grant(rq->unit, rq->r, slu_s(web_param(rq, "user")), slu_s(web_param(rq, "role")), err));
	rs->status = 204;
	return SLU_OK;
}

static slu_rc role_revoke(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	SLU_TRY(app_role_revoke(rq->unit, rq->r, slu_s(web_param(rq, "user")), slu_s(web_param(rq, "role")), err));
	rs->status = 204;
	return SLU_OK;
}

const struct web_api api_role_list = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/roles", .need = WEB_READ, .run = role_list,
	.summary = "Who holds which role in a repository",
};
const struct web_api api_role_grant = {
	.method = "PUT", .pattern = "/api/sluice/repos/{owner}/{repo}/roles/{user}/{role}", .need = WEB_READ, .level = STRAT_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = role_grant, .dry_run = true,
	.summary = "Grant a role: a level (read, triage, write, maintain, admin) or a role of the strategy",
};
const struct web_api api_role_revoke = {
	.method = "DELETE", .pattern = "/api/sluice/repos/{owner}/{repo}/roles/{user}/{role}", .need = WEB_READ, .level = STRAT_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = role_revoke, .dry_run = true,
	.summary = "Take a role back",
};
const struct web_api api_server_role_list = {
	.method = "GET", .pattern = "/api/sluice/roles", .need = WEB_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = role_list,
	.summary = "Who administers the server",
};
const struct web_api api_server_role_grant = {
	.method = "PUT", .pattern = "/api/sluice/roles/{user}/{role}", .need = WEB_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = role_grant, .dry_run = true,
	.summary = "Make somebody an administrator of the server (role admin)",
};
const struct web_api api_server_role_revoke = {
	.method = "DELETE", .pattern = "/api/sluice/roles/{user}/{role}", .need = WEB_ADMIN, .scopes = APP_SCOPE_ADMIN, .run = role_revoke, .dry_run = true,
	.summary = "Take the administration back",
};
