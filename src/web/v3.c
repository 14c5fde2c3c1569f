/* SPDX-License-Identifier: Apache-2.0 */
/** Addresses, people, repositories and refusals in GitHub's shapes. */
#include "web/v3.h"

#include <stdarg.h>

static char *below(const struct web_req *rq, const char *prefix, const char *tail)
{
	return slu_printf(rq->a, "%s%s/%s/%s%s", rq->base_url, prefix, web_encode(rq->a, rq->owner), web_encode(rq->a, rq->repo), tail);
}

char *v3_url(const struct web_req *rq, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *url = below(rq, "/api/v3/repos", slu_vprintf(rq->a, fmt, ap));
	va_end(ap);
	return url;
}

char *v3_html_url(const struct web_req *rq, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *url = below(rq, "", slu_vprintf(rq->a, fmt, ap));
	va_end(ap);
	return url;
}

char *v3_path(const struct web_req *rq, slu_str path)
{
	slu_auto_buf b;
	slu_str rest = path, part;
	slu_buf_init(&b, path.n * 3 + 64);
	while (slu_str_split(&rest, '/', &part))
		slu_buf_addf(&b, "%s%s", b.n ? "/" : "", web_encode(rq->a, part));
	return slu_strndup(rq->a, b.p ? b.p : "", b.n);
}

void v3_members(slu_json *j, const char *constant)
{
	slu_json_raw(j, slu_s(constant));
}

void v3_text(slu_json *j, const char *key, slu_str text)
{
	slu_json_key(j, key);
	if (text.n)
		slu_json_str(j, text);
	else
		slu_json_null(j);
}

void v3_id(slu_json *j, const struct web_req *rq, const char *type, int64_t id)
{
	slu_json_kv_int(j, "id", id);
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "%s:%lld", type, (long long)id));
}

void v3_href(slu_json *j, const char *key, const char *url)
{
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_z(j, "href", url);
	slu_json_close(j, '}');
}

/* ---- people ---------------------------------------------------------------------------------------------------------------- */

int64_t v3_id_of_name(slu_str name)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	return (int64_t)(h & 0x7FFFFFFF);
}

void v3_user_members(slu_json *j, const struct web_req *rq, slu_str name)
{
	static const struct { const char *key, *tail; } below_user[] = {
		{ "url", "" }, { "followers_url", "/followers" }, { "following_url", "/following{/other_user}" }, { "gists_url", "/gists{/gist_id}" },
		{ "starred_url", "/starred{/owner}{/repo}" }, { "subscriptions_url", "/subscriptions" }, { "organizations_url", "/orgs" },
		{ "repos_url", "/repos" }, { "events_url", "/events{/privacy}" }, { "received_events_url", "/received_events" },
	};
	const char *url = slu_printf(rq->a, "%s/api/v3/users/%s", rq->base_url, web_encode(rq->a, name));
	slu_json_kv_str(j, "login", name);
	slu_json_kv_int(j, "id", v3_id_of_name(name));
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "User:%.*s", SLU_FMT(name)));
	slu_json_kv_z(j, "avatar_url", slu_printf(rq->a, "%s/assets/favicon.svg", rq->base_url));
	slu_json_kv_z(j, "gravatar_id", "");
	slu_json_kv_z(j, "html_url", rq->base_url);
	for (size_t i = 0; i < sizeof below_user / sizeof below_user[0]; i++)
		slu_json_kv_z(j, below_user[i].key, slu_printf(rq->a, "%s%s", url, below_user[i].tail));
	v3_members(j, "\"type\":\"User\",\"site_admin\":false");
}

void v3_user(slu_json *j, const char *key, const struct web_req *rq, slu_str name)
{
	if (key)
		slu_json_key(j, key);
	if (name.n == 0) {
		slu_json_null(j);
		return;
	}
	slu_json_open(j, '{');
	v3_user_members(j, rq, name);
	slu_json_close(j, '}');
}

/* ---- repositories ------------------------------------------------------------------------------------------------------------ */

static void repo_urls(slu_json *j, const struct web_req *rq, const char *api)
{
	static const struct { const char *key, *tail; } part[] = {
		{ "archive_url", "/{archive_format}{/ref}" }, { "assignees_url", "/assignees{/user}" }, { "blobs_url", "/git/blobs{/sha}" },
		{ "branches_url", "/branches{/branch}" }, { "collaborators_url", "/collaborators{/collaborator}" }, { "comments_url", "/comments{/number}" },
		{ "commits_url", "/commits{/sha}" }, { "compare_url", "/compare/{base}...{head}" }, { "contents_url", "/contents/{+path}" },
		{ "contributors_url", "/contributors" }, { "deployments_url", "/deployments" }, { "downloads_url", "/downloads" },
		{ "events_url", "/events" }, { "forks_url", "/forks" }, { "git_commits_url", "/git/commits{/sha}" }, { "git_refs_url", "/git/refs{/sha}" },
		{ "git_tags_url", "/git/tags{/sha}" }, { "hooks_url", "/hooks" }, { "issue_comment_url", "/issues/comments{/number}" },
		{ "issue_events_url", "/issues/events{/number}" }, { "issues_url", "/issues{/number}" }, { "keys_url", "/keys{/key_id}" },
		{ "labels_url", "/labels{/name}" }, { "languages_url", "/languages" }, { "merges_url", "/merges" }, { "milestones_url", "/milestones{/number}" },
		{ "notifications_url", "/notifications{?since,all,participating}" }, { "pulls_url", "/pulls{/number}" }, { "releases_url", "/releases{/id}" },
		{ "stargazers_url", "/stargazers" }, { "statuses_url", "/statuses/{sha}" }, { "subscribers_url", "/subscribers" },
		{ "subscription_url", "/subscription" }, { "tags_url", "/tags" }, { "teams_url", "/teams" }, { "trees_url", "/git/trees{/sha}" },
	};
	slu_json_kv_z(j, "url", api);
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
		slu_json_kv_z(j, part[i].key, slu_printf(rq->a, "%s%s", api, part[i].tail));
}

static void permissions(slu_json *j, enum strat_level level)
{
	static const struct { const char *name; enum strat_level level; } may[] = {
		{ "admin", STRAT_ADMIN }, { "maintain", STRAT_MAINTAIN }, { "push", STRAT_WRITE }, { "triage", STRAT_TRIAGE }, { "pull", STRAT_READ },
	};
	slu_json_key(j, "permissions");
	slu_json_open(j, '{');
	for (size_t i = 0; i < sizeof may / sizeof may[0]; i++)
		slu_json_kv_bool(j, may[i].name, level >= may[i].level);
	slu_json_close(j, '}');
}

void v3_repo(slu_json *j, const char *key, const struct web_req *rq, const struct port_repo *row, enum strat_level level)
{
	const char *path = slu_printf(rq->a, "%s/%s", web_encode(rq->a, row->owner), web_encode(rq->a, row->name));
	const char *web = slu_printf(rq->a, "%s/%s", rq->base_url, path), *git = slu_printf(rq->a, "%s.git", web);
	if (key)
		slu_json_key(j, key);
	slu_json_open(j, '{');
	v3_id(j, rq, "Repository", row->id);
	slu_json_kv_str(j, "name", row->name);
	slu_json_kv_z(j, "full_name", slu_printf(rq->a, "%.*s/%.*s", SLU_FMT(row->owner), SLU_FMT(row->name)));
	v3_user(j, "owner", rq, row->owner);
	slu_json_kv_bool(j, "private", !row->public_);
	slu_json_kv_z(j, "visibility", row->public_ ? "public" : "private");
	v3_text(j, "description", row->title);
	slu_json_kv_z(j, "html_url", web);
	slu_json_kv_z(j, "clone_url", git);
	slu_json_kv_z(j, "git_url", git);
	slu_json_kv_z(j, "ssh_url", git);
	slu_json_kv_z(j, "svn_url", web);
	repo_urls(j, rq, slu_printf(rq->a, "%s/api/v3/repos/%s", rq->base_url, path));
	slu_json_kv_str(j, "default_branch", row->default_branch);
	slu_json_kv_bool(j, "archived", row->read_only.n > 0);
	v3_members(j, "\"fork\":false,\"disabled\":false,\"is_template\":false,\"homepage\":null,\"language\":null,\"license\":null,\"mirror_url\":null,\"topics\":[],"
		      "\"has_issues\":false,\"has_projects\":false,\"has_wiki\":false,\"has_pages\":false,\"has_downloads\":false,\"has_discussions\":false,"
		      "\"forks\":0,\"forks_count\":0,\"stargazers_count\":0,\"watchers\":0,\"watchers_count\":0,\"subscribers_count\":0,\"network_count\":0,"
		      "\"size\":0,\"open_issues\":0,\"open_issues_count\":0,\"allow_forking\":false,\"web_commit_signoff_required\":false");
	web_json_time(j, "created_at", row->created_s);
	web_json_time(j, "updated_at", row->created_s);
	web_json_time(j, "pushed_at", row->created_s);
	permissions(j, level);
	slu_json_close(j, '}');
}

/* ---- refusals ---------------------------------------------------------------------------------------------------------------- */

void v3_verdict(slu_json *j, const struct web_req *rq, const struct pol_verdict *v)
{
	slu_json_key(j, "verdict");
	web_json_verdict(j, rq, v);
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
	slu_json_kv_z(j, "status", slu_printf(rq->a, "%u", status));
	v3_verdict(j, rq, v);
	slu_json_close(j, '}');
}
