/* SPDX-License-Identifier: Apache-2.0 */
#include "web/v3.h"

#include <stdarg.h>

static char *below(const struct web_req *rq, const char *prefix, const char *tail)
{
	return slu_printf(rq->a, "%s%s/%s/%s%s", rq->base_url, prefix, web_encode(rq->a, rq->owner), web_encode(rq->a, rq->repo), tail);
}

char *v3_url(const struct web_req *rq, const char *fmt, ...)
{
	char tail[1024];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(tail, sizeof tail, fmt, ap);
	va_end(ap);
	return below(rq, "/api/v3/repos", tail);
}

char *v3_html_url(const struct web_req *rq, const char *fmt, ...)
{
	char tail[1024];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(tail, sizeof tail, fmt, ap);
	va_end(ap);
	return below(rq, "", tail);
}

/* GitHub's clients want a number: FNV-1a of the name, positive. It stands for nothing else. */
static int64_t id_of_name(slu_str name)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	return (int64_t)(h & 0x7FFFFFFF);
}

void v3_user(slu_json *j, const char *key, slu_str name)
{
	slu_json_key(j, key);
	if (name.n == 0) {
		slu_json_null(j);
		return;
	}
	slu_json_open(j, '{');
	slu_json_kv_str(j, "login", name);
	slu_json_kv_int(j, "id", id_of_name(name));
	slu_json_kv_z(j, "type", "User");
	slu_json_kv_bool(j, "site_admin", false);
	slu_json_close(j, '}');
}

void v3_repo(slu_json *j, const char *key, const struct web_req *rq, const struct port_repo *row, enum strat_level level)
{
	const char *full = slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(row->owner), SLU_FMT(row->name));
	const char *path = slu_printf(rq->a, "%s/%s", web_encode(rq->a, row->owner), web_encode(rq->a, row->name));
	static const struct { const char *name; enum strat_level level; } may[] = {
		{ "admin", STRAT_ADMIN }, { "maintain", STRAT_MAINTAIN }, { "push", STRAT_WRITE }, { "triage", STRAT_TRIAGE }, { "pull", STRAT_READ },
	};
	if (key)
		slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_int(j, "id", row->id);
	slu_json_kv_str(j, "name", row->name);
	slu_json_kv_z(j, "full_name", full);
	v3_user(j, "owner", row->owner);
	slu_json_kv_bool(j, "private", !row->public_);
	slu_json_kv_str(j, "description", row->title);
	slu_json_kv_bool(j, "fork", false);
	slu_json_kv_bool(j, "archived", row->read_only.n > 0);
	slu_json_kv_z(j, "url", slu_printf(rq->a, "%s/api/v3/repos/%s", rq->base_url, path));
	slu_json_kv_z(j, "html_url", slu_printf(rq->a, "%s/%s", rq->base_url, path));
	slu_json_kv_z(j, "clone_url", slu_printf(rq->a, "%s/%s.git", rq->base_url, path));
	slu_json_kv_str(j, "default_branch", row->default_branch);
	slu_json_kv_z(j, "visibility", row->public_ ? "public" : "private");
	web_json_time(j, "created_at", row->created_s);
	slu_json_key(j, "permissions");
	slu_json_open(j, '{');
	for (size_t i = 0; i < sizeof may / sizeof may[0]; i++)
		slu_json_kv_bool(j, may[i].name, level >= may[i].level);
	slu_json_close(j, '}');
	slu_json_close(j, '}');
}

static bool is_hex(const char *text)
{
	size_t n = strlen(text);
	return n >= 4 && n <= 64 && text[strspn(text, "0123456789abcdef")] == 0;
}

slu_rc v3_commit_of(const struct web_req *rq, const char *text, slu_oid *out, slu_err *err)
{
	port_git *g = rq->r->git;
	slu_oid id;
	struct pol_commit c;
	if (slu_oid_parse(&id, slu_s(text), NULL) == SLU_OK) {
		slu_rc rc = g->ops->commit(g, rq->a, &id, &c, err);
		if (rc == SLU_E_NOT_FOUND)
			return slu_fail(err, SLU_E_INVALID, "No commit found for SHA: %s", text);
		SLU_TRY(rc);
		*out = id;
		return SLU_OK;
	}
	static const char *const forms[] = { "%s", "refs/%s", "refs/heads/%s", "refs/tags/%s" };
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		const char *name = i == 0 ? text : i == 1 ? slu_printf(rq->a, "refs/%s", text) : i == 2 ? slu_printf(rq->a, "refs/heads/%s", text) : slu_printf(rq->a, "refs/tags/%s", text);
		if (strncmp(name, "refs/heads/", 11) != 0 && strncmp(name, "refs/tags/", 10) != 0)
			continue;
		slu_oid at = slu_oid_zero();
		SLU_TRY(g->ops->ref(g, slu_s(name), &at, err));
		if (!slu_oid_is_zero(&at))
			return g->ops->resolve(g, slu_s(at.hex), out, err);
	}
	if (is_hex(text) && g->ops->resolve(g, slu_s(text), out, NULL) == SLU_OK)
		return SLU_OK;
	return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
}

slu_oid v3_body_oid(struct web_req *rq, const char *resource, const char *field, unsigned required)
{
	slu_str text = web_body_str(rq, resource, field, required, 64);
	slu_oid id = slu_oid_zero();
	if (text.n && slu_oid_parse(&id, text, NULL) != SLU_OK)
		web_problem(rq, resource, field, "invalid", "%s must be a whole commit id of 40 or 64 hexadecimal digits", field);
	return id;
}

static void signature(slu_json *j, const char *key, slu_str name, slu_str email, int64_t at_s)
{
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", name);
	slu_json_kv_str(j, "email", email);
	web_json_time(j, "date", at_s);
	slu_json_close(j, '}');
}

void v3_commit(slu_json *j, const struct web_req *rq, const struct pol_commit *c)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", c->id.hex);
	slu_json_kv_z(j, "url", v3_url(rq, "/commits/%s", c->id.hex));
	slu_json_key(j, "commit");
	slu_json_open(j, '{');
	signature(j, "author", c->author_name, c->author_email, c->author_time_s);
	signature(j, "committer", c->committer_name, c->committer_email, c->commit_time_s);
	slu_json_kv_str(j, "message", c->message);
	slu_json_key(j, "tree");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", c->tree.hex);
	slu_json_close(j, '}');
	slu_json_key(j, "verification");
	slu_json_open(j, '{');
	slu_json_kv_bool(j, "verified", false);
	slu_json_kv_z(j, "reason", c->signed_ ? "unverified" : "unsigned");
	slu_json_close(j, '}');
	slu_json_close(j, '}');
	slu_json_key(j, "author");
	slu_json_null(j);
	slu_json_key(j, "committer");
	slu_json_null(j);
	slu_json_key(j, "parents");
	slu_json_open(j, '[');
	for (size_t i = 0; i < c->parent_n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_z(j, "sha", c->parent[i].hex);
		slu_json_kv_z(j, "url", v3_url(rq, "/commits/%s", c->parent[i].hex));
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}

slu_rc v3_commit_page(struct web_req *rq, struct web_res *rs, const slu_oid *id, size_t n, slu_err *err)
{
	struct web_paging p = web_paging(rq);
	port_git *g = rq->r->git;
	slu_json_open(&rs->json, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++) {
		struct pol_commit c;
		SLU_TRY(g->ops->commit(g, rq->a, &id[i], &c, err));
		v3_commit(&rs->json, rq, &c);
	}
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

void v3_verdict(slu_json *j, const struct web_req *rq, const struct pol_verdict *v)
{
	slu_json_key(j, "verdict");
	pol_verdict_json(j, v, slu_str_dup(rq->a, rq->r->strategy_file), slu_str_dup(rq->a, rq->r->strategy_commit));
}

void v3_refused(struct web_req *rq, struct web_res *rs, unsigned status, const struct pol_verdict *v, const char *message)
{
	slu_err why = { 0 };
	slu_rc rc = app_verdict_rc(v, &why);
	slu_json *j = &rs->json;
	rs->status = status;
	rs->no_store = true;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "message", rc != SLU_OK ? why.text : message);
	slu_json_kv_z(j, "code", slu_rc_word(rc != SLU_OK ? rc : SLU_E_DENIED));
	slu_json_kv_z(j, "documentation_url", v3_html_url(rq, "/strategy"));
	v3_verdict(j, rq, v);
	slu_json_close(j, '}');
}
