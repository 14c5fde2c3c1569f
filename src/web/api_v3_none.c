/* SPDX-License-Identifier: Apache-2.0 */
/** What GitHub counts and there is none of here: its addresses stand in answers, and answer with an empty list. */
#include "web/v3.h"

static slu_rc nothing(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)rq, (void)err;
	slu_json_raw(&rs->json, SLU_STR("[]"));
	return SLU_OK;
}

#define NONE(address) .method = "GET", .pattern = "/api/v3" address, .run = nothing, .summary = "An empty list: there is none of it here"
#define NONE_IN_REPO(address) NONE("/repos/{owner}/{repo}" address), .need = WEB_READ
#define NONE_OF_USER(address) NONE("/users/{username}" address), .need = WEB_SIGNED_IN

const struct web_api api_none_forks = { NONE_IN_REPO("/forks") };
const struct web_api api_none_stargazers = { NONE_IN_REPO("/stargazers") };
const struct web_api api_none_subscribers = { NONE_IN_REPO("/subscribers") };
const struct web_api api_none_teams = { NONE_IN_REPO("/teams") };
const struct web_api api_none_downloads = { NONE_IN_REPO("/downloads") };
const struct web_api api_none_hooks = { NONE_IN_REPO("/hooks") };
const struct web_api api_none_assets = { NONE_IN_REPO("/releases/{id}/assets") };
const struct web_api api_none_annotations = { NONE_IN_REPO("/check-runs/{id}/annotations") };
const struct web_api api_none_commit_comments = { NONE_IN_REPO("/commits/{ref}/comments") };
const struct web_api api_none_followers = { NONE_OF_USER("/followers") };
const struct web_api api_none_subscriptions = { NONE_OF_USER("/subscriptions") };
const struct web_api api_none_orgs = { NONE_OF_USER("/orgs") };

static slu_rc languages(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	(void)rq, (void)err;
	slu_json_raw(&rs->json, SLU_STR("{}"));
	return SLU_OK;
}

const struct web_api api_none_languages = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/languages", .need = WEB_READ, .run = languages, .summary = "An empty object: languages are not looked at",
};
