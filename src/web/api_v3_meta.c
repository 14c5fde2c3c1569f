/* SPDX-License-Identifier: Apache-2.0 */
/** What clients ask of a server before anything else: is this the API, and what is it like? */
#include "web/v3.h"

static slu_rc root(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	static const struct { const char *key, *tail; } ways[] = { /* all that GitHub's schema requires; docs/github-api.md says what is there */
		{ "current_user_url", "/user" }, { "current_user_authorizations_html_url", "/authorizations" }, { "authorizations_url", "/authorizations" },
		{ "code_search_url", "/search/code?q={query}{&page,per_page,sort,order}" }, { "commit_search_url", "/search/commits?q={query}{&page,per_page,sort,order}" },
		{ "emails_url", "/user/emails" }, { "emojis_url", "/emojis" }, { "events_url", "/events" }, { "feeds_url", "/feeds" }, { "followers_url", "/user/followers" },
		{ "following_url", "/user/following{/target}" }, { "gists_url", "/gists{/gist_id}" }, { "issue_search_url", "/search/issues?q={query}{&page,per_page,sort,order}" },
		{ "issues_url", "/issues" }, { "keys_url", "/user/keys" }, { "label_search_url", "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}" },
		{ "notifications_url", "/notifications" }, { "organization_url", "/orgs/{org}" }, { "organization_repositories_url", "/orgs/{org}/repos{?type,page,per_page,sort}" },
		{ "organization_teams_url", "/orgs/{org}/teams" }, { "public_gists_url", "/gists/public" }, { "rate_limit_url", "/rate_limit" }, { "repository_url", "/repos/{owner}/{repo}" },
		{ "repository_search_url", "/search/repositories?q={query}{&page,per_page,sort,order}" }, { "current_user_repositories_url", "/user/repos{?type,page,per_page,sort}" },
		{ "starred_url", "/user/starred{/owner}{/repo}" }, { "starred_gists_url", "/gists/starred" }, { "user_url", "/users/{user}" }, { "user_organizations_url", "/user/orgs" },
		{ "user_repositories_url", "/users/{user}/repos{?type,page,per_page,sort}" }, { "user_search_url", "/search/users?q={query}{&page,per_page,sort,order}" },
	};
	(void)err;
	slu_json_open(&rs->json, '{');
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		slu_json_kv_z(&rs->json, ways[i].key, slu_printf(rq->a, "%s/api/v3%s", rq->base_url, ways[i].tail));
	slu_json_close(&rs->json, '}');
	return SLU_OK;
}

const struct web_api api_v3_root = {
	.method = "GET", .pattern = "/api/v3", .need = WEB_PUBLIC, .run = root, .operation = "meta/root", .summary = "Where to begin",
};

static slu_rc meta(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)rq, (void)err;
	slu_json_raw(&rs->json, SLU_STR("{\"verifiable_password_authentication\":false,\"sluice_version\":\"" SLUICE_VERSION "\"}"));
	return SLU_OK;
}

const struct web_api api_v3_meta = {
	.method = "GET", .pattern = "/api/v3/meta", .need = WEB_PUBLIC, .run = meta, .operation = "meta/get", .summary = "What the server is",
};

/* Nobody counts requests here, and no header says so: it is what GitHub Enterprise answers when its limit is off. */
static slu_rc rate_limit(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)rq, (void)rs;
	return slu_fail(err, SLU_E_NOT_FOUND, "Rate limiting is not enabled.");
}

const struct web_api api_rate_limit = {
	.method = "GET", .pattern = "/api/v3/rate_limit", .need = WEB_PUBLIC, .run = rate_limit, .summary = "404: requests are not counted",
};
