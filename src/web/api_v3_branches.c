/* SPDX-License-Identifier: Apache-2.0 */
/** Branches in GitHub's shapes, and what the strategy says of them as branch protection. It is read here and written in the strategy file. */
#include "base/limits.h"
#include "web/v3.h"

static const struct strat_branch *kind_of(const struct web_req *rq, slu_str branch)
{
	int kind = strat_branch_kind(rq->r->strategy, branch, NULL);
	return kind == STRAT_NONE ? NULL : &rq->r->strategy->branch[kind];
}

/* Does a rule stand between a writer and this branch? */
static bool is_protected(const struct strat_branch *b)
{
	return b && (b->type == STRAT_PRODUCTION || b->type == STRAT_SUPPORT || b->type == STRAT_INTEGRATION || b->type == STRAT_RELEASE);
}

/* ---- checks that a merge into it needs ------------------------------------------------------------------------------------------ */

static bool check_required(const struct web_req *rq, const struct strat_branch *b, int i)
{
	const struct strat *s = rq->r->strategy;
	const struct strat_require *r = &b->require;
	if (!r->has_checks)
		return false;
	if (!r->checks_all)
		return strat_set_has(&r->checks, i);
	return (s->check[i].on.on & (1u << STRAT_ON_CHANGE)) && strat_set_has(&s->check[i].on.set[STRAT_ON_CHANGE], (int)(b - s->branch));
}

static void contexts(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	const struct strat *s = rq->r->strategy;
	(void)branch;
	slu_json_open(j, '[');
	for (size_t i = 0; i < s->check_n; i++)
		if (check_required(rq, b, (int)i))
			slu_json_str(j, s->check[i].name);
	slu_json_close(j, ']');
}

static void checks(slu_json *j, const struct web_req *rq, const struct strat_branch *b)
{
	const struct strat *s = rq->r->strategy;
	slu_json_open(j, '[');
	for (size_t i = 0; i < s->check_n; i++) {
		if (!check_required(rq, b, (int)i))
			continue;
		slu_json_open(j, '{');
		slu_json_kv_str(j, "context", s->check[i].name);
		v3_members(j, "\"app_id\":null");
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

static char *protection_url(const struct web_req *rq, slu_str branch, const char *tail)
{
	return v3_url(rq, "/branches/%s/protection%s", web_encode(rq->a, branch), tail);
}

static void status_checks(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", protection_url(rq, branch, "/required_status_checks"));
	slu_json_kv_z(j, "contexts_url", protection_url(rq, branch, "/required_status_checks/contexts"));
	slu_json_kv_bool(j, "strict", b->require.up_to_date);
	slu_json_kv_z(j, "enforcement_level", b->require.has_checks ? "everyone" : "off");
	slu_json_key(j, "contexts");
	contexts(j, rq, b, branch);
	slu_json_key(j, "checks");
	checks(j, rq, b);
	slu_json_close(j, '}');
}

/* ---- protection ------------------------------------------------------------------------------------------------------------------ */

static unsigned approvals(const struct strat_require *r)
{
	unsigned sum = 0;
	for (size_t i = 0; i < r->approvals_role_n; i++)
		sum = r->approvals_role[i].count > sum ? r->approvals_role[i].count : sum;
	return r->approvals_any > sum ? r->approvals_any : sum;
}

static void reviews(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	const struct strat_require *r = &b->require;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", protection_url(rq, branch, "/required_pull_request_reviews"));
	slu_json_kv_int(j, "required_approving_review_count", (int64_t)approvals(r));
	slu_json_kv_bool(j, "dismiss_stale_reviews", r->dismiss_stale);
	slu_json_kv_bool(j, "require_code_owner_reviews", r->code_owners);
	slu_json_kv_bool(j, "require_last_push_approval", r->last_push_approval);
	slu_json_close(j, '}');
}

static void team(slu_json *j, const struct web_req *rq, slu_str branch, slu_str name)
{
	slu_json_open(j, '{');
	slu_json_kv_int(j, "id", v3_id_of_name(name));
	slu_json_kv_z(j, "node_id", slu_printf(rq->a, "Team:%.*s", SLU_FMT(name)));
	slu_json_kv_str(j, "name", name);
	slu_json_kv_str(j, "slug", name);
	slu_json_kv_z(j, "url", protection_url(rq, branch, "/restrictions/teams"));
	slu_json_kv_z(j, "html_url", v3_html_url(rq, "/strategy"));
	v3_members(j, "\"description\":null,\"privacy\":\"closed\",\"permission\":\"push\",\"parent\":null");
	slu_json_kv_z(j, "members_url", slu_printf(rq->a, "%s/api/v3/teams/%s/members{/member}", rq->base_url, web_encode(rq->a, name)));
	slu_json_kv_z(j, "repositories_url", slu_printf(rq->a, "%s/api/v3/user/repos", rq->base_url));
	slu_json_close(j, '}');
}

/* Who may push: people as users, roles and levels as teams. Nobody is an empty list, as GitHub has it. */
static void may_push(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch, bool people)
{
	const struct strat_who *w = &b->allow[STRAT_VERB_PUSH];
	slu_json_open(j, '[');
	for (size_t i = 0; i < w->n; i++) {
		bool person = w->item[i].kind == STRAT_WHO_PERSON;
		if (person && people)
			v3_user(j, NULL, rq, w->item[i].name);
		else if (!person && !people)
			team(j, rq, branch, w->item[i].kind == STRAT_WHO_ROLE ? w->item[i].name : slu_s(strat_level_word(w->item[i].level)));
	}
	slu_json_close(j, ']');
}

static void users(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	may_push(j, rq, b, branch, true);
}

static void teams(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	may_push(j, rq, b, branch, false);
}

static void apps(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	(void)rq, (void)b, (void)branch;
	slu_json_raw(j, SLU_STR("[]"));
}

static void restrictions(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", protection_url(rq, branch, "/restrictions"));
	slu_json_kv_z(j, "users_url", protection_url(rq, branch, "/restrictions/users"));
	slu_json_kv_z(j, "teams_url", protection_url(rq, branch, "/restrictions/teams"));
	slu_json_kv_z(j, "apps_url", protection_url(rq, branch, "/restrictions/apps"));
	slu_json_key(j, "users");
	users(j, rq, b, branch);
	slu_json_key(j, "teams");
	teams(j, rq, b, branch);
	slu_json_key(j, "apps");
	apps(j, rq, b, branch);
	slu_json_close(j, '}');
}

static void admins(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	(void)b;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", protection_url(rq, branch, "/enforce_admins"));
	slu_json_kv_bool(j, "enabled", true);
	slu_json_close(j, '}');
}

static void signatures(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", protection_url(rq, branch, "/required_signatures"));
	slu_json_kv_bool(j, "enabled", b->require.signed_);
	slu_json_close(j, '}');
}

/* What has an address of its own below that of the protection; `whole`: it is a member of the whole. */
static const struct section {
	const char *name;
	void (*put)(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch);
	bool whole;
} sections[] = {
	{ "required_status_checks", status_checks, true },
	{ "required_status_checks/contexts", contexts, false },
	{ "required_pull_request_reviews", reviews, true },
	{ "restrictions", restrictions, true },
	{ "restrictions/users", users, false },
	{ "restrictions/teams", teams, false },
	{ "restrictions/apps", apps, false },
	{ "enforce_admins", admins, true },
	{ "required_signatures", signatures, true },
};

static void enabled(slu_json *j, const char *key, bool on)
{
	slu_json_key(j, key);
	slu_json_open(j, '{');
	slu_json_kv_bool(j, "enabled", on);
	slu_json_close(j, '}');
}

static bool linear(const struct web_req *rq, const struct strat_branch *b)
{
	const struct strat *s = rq->r->strategy;
	int into = (int)(b - s->branch);
	bool any = false;
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; k < s->branch[i].edge_n; k++) {
			const struct strat_edge *e = &s->branch[i].edge[k];
			if (e->into == into && e->method == STRAT_MERGE)
				return false;
			any = any || e->into == into;
		}
	return any;
}

static void protection(slu_json *j, const struct web_req *rq, const struct strat_branch *b, slu_str branch)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "url", protection_url(rq, branch, ""));
	slu_json_kv_bool(j, "enabled", true);
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		if (sections[i].whole) {
			slu_json_key(j, sections[i].name);
			sections[i].put(j, rq, b, branch);
		}
	enabled(j, "required_linear_history", linear(rq, b));
	enabled(j, "required_conversation_resolution", b->require.threads_resolved);
	enabled(j, "allow_force_pushes", b->allow[STRAT_VERB_FORCE_PUSH].n > 0);
	enabled(j, "allow_deletions", b->allow[STRAT_VERB_DELETE].n > 0);
	enabled(j, "block_creations", b->allow[STRAT_VERB_CREATE].n == 0);
	enabled(j, "lock_branch", b->allow[STRAT_VERB_PUSH].n == 0 && b->allow[STRAT_VERB_MERGE].n == 0);
	enabled(j, "allow_fork_syncing", false);
	slu_json_close(j, '}');
}

static slu_rc protected_kind(const struct strat_branch **out, struct web_req *rq, slu_err *err)
{
	slu_str branch = slu_s(web_param(rq, "branch"));
	slu_oid head;
	SLU_TRY(v3_branch_of(rq, branch, &head, err));
	*out = kind_of(rq, branch);
	return is_protected(*out) ? SLU_OK : slu_fail(err, SLU_E_NOT_FOUND, "Branch not protected");
}

static slu_rc protection_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct strat_branch *b;
	SLU_TRY(protected_kind(&b, rq, err));
	protection(&rs->json, rq, b, slu_s(web_param(rq, "branch")));
	return SLU_OK;
}

const struct web_api api_v3_branch_protection = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/branches/{branch}/protection", .need = WEB_READ, .run = protection_get, .operation = "repos/get-branch-protection",
	.summary = "What the strategy in force asks of a branch; it is changed in the strategy file",
};

static slu_rc section_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct strat_branch *b;
	SLU_TRY(protected_kind(&b, rq, err));
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		if (strcmp(sections[i].name, web_param(rq, "section")) == 0) {
			sections[i].put(&rs->json, rq, b, slu_s(web_param(rq, "branch")));
			return SLU_OK;
		}
	return slu_fail(err, SLU_E_NOT_FOUND, "Not Found");
}

const struct web_api api_branch_protection_section = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/branches/{branch}/protection/{section...}", .need = WEB_READ, .run = section_get,
	.summary = "One part of it, by its address there",
};

/* ---- branches --------------------------------------------------------------------------------------------------------------------- */

static slu_rc branch_get(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	slu_str branch = slu_s(web_param(rq, "branch"));
	const char *encoded = web_encode(rq->a, branch);
	slu_json *j = &rs->json;
	slu_oid head;
	struct pol_commit c;
	SLU_TRY(v3_branch_of(rq, branch, &head, err));
	SLU_TRY(rq->r->git->ops->commit(rq->r->git, rq->a, &head, &c, err));
	const struct strat_branch *b = kind_of(rq, branch);
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", branch);
	slu_json_key(j, "commit");
	v3_commit(j, rq, &c);
	slu_json_key(j, "_links");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "html", v3_html_url(rq, "%s", ""));
	slu_json_kv_z(j, "self", v3_url(rq, "/branches/%s", encoded));
	slu_json_close(j, '}');
	slu_json_kv_bool(j, "protected", is_protected(b));
	slu_json_key(j, "protection");
	if (is_protected(b))
		protection(j, rq, b, branch);
	else
		slu_json_raw(j, SLU_STR("{\"enabled\":false,\"required_status_checks\":{\"enforcement_level\":\"off\",\"contexts\":[],\"checks\":[]}}"));
	slu_json_kv_z(j, "protection_url", protection_url(rq, branch, ""));
	if (b)
		slu_json_kv_str(j, "kind", b->name);
	slu_json_close(j, '}');
	return SLU_OK;
}

const struct web_api api_v3_branches_get = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/branches/{branch...}", .need = WEB_READ, .run = branch_get, .operation = "repos/get-branch",
	.summary = "A branch with its head; its kind under \"kind\"",
};

static void branch_row(slu_json *j, const struct web_req *rq, slu_str branch, const slu_oid *head)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "name", branch);
	slu_json_key(j, "commit");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "sha", head->hex);
	slu_json_kv_z(j, "url", v3_url(rq, "/commits/%s", head->hex));
	slu_json_close(j, '}');
	slu_json_kv_bool(j, "protected", is_protected(kind_of(rq, branch)));
	slu_json_kv_z(j, "protection_url", protection_url(rq, branch, ""));
	slu_json_close(j, '}');
}

static slu_rc branch_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const char *only = web_query(rq, "protected");
	const struct port_git_ref *v;
	size_t n, kept = 0;
	if (only && strcmp(only, "true") != 0 && strcmp(only, "false") != 0)
		web_problem(rq, "Branch", "protected", "invalid", "protected is true or false");
	SLU_TRY(web_body_check(rq, err));
	SLU_TRY(rq->r->git->ops->refs(rq->r->git, rq->a, SLU_STR("refs/heads/"), &v, &n, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(&rs->json, '[');
	for (size_t i = 0; i < n; i++) {
		slu_str branch = { v[i].name.p + strlen("refs/heads/"), v[i].name.n - strlen("refs/heads/") };
		if (only && is_protected(kind_of(rq, branch)) != (strcmp(only, "true") == 0))
			continue;
		if (kept >= p.skip && kept < p.skip + p.per_page)
			branch_row(&rs->json, rq, branch, &v[i].peeled);
		kept++;
	}
	slu_json_close(&rs->json, ']');
	web_link(rq, rs, &p, kept);
	return SLU_OK;
}

const struct web_api api_v3_branches_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/branches", .need = WEB_READ, .run = branch_list, .operation = "repos/list-branches",
	.summary = "Branches by name; protected (true, false)",
};

static slu_rc tag_list(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	const struct port_git_ref *v;
	size_t n;
	slu_json *j = &rs->json;
	SLU_TRY(rq->r->git->ops->refs(rq->r->git, rq->a, SLU_STR("refs/tags/"), &v, &n, err));
	struct web_paging p = web_paging(rq);
	slu_json_open(j, '[');
	for (size_t i = p.skip; i < n && i < p.skip + p.per_page; i++) {
		slu_str tag = { v[i].name.p + strlen("refs/tags/"), v[i].name.n - strlen("refs/tags/") };
		const char *encoded = web_encode(rq->a, tag);
		slu_json_open(j, '{');
		slu_json_kv_str(j, "name", tag);
		slu_json_key(j, "commit");
		slu_json_open(j, '{');
		slu_json_kv_z(j, "sha", v[i].peeled.hex);
		slu_json_kv_z(j, "url", v3_url(rq, "/commits/%s", v[i].peeled.hex));
		slu_json_close(j, '}');
		slu_json_kv_z(j, "zipball_url", v3_url(rq, "/zipball/refs/tags/%s", encoded));
		slu_json_kv_z(j, "tarball_url", v3_url(rq, "/tarball/refs/tags/%s", encoded));
		slu_json_kv_z(j, "node_id", slu_printf(rq->a, "Tag:%.*s", SLU_FMT(tag)));
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	web_link(rq, rs, &p, n);
	return SLU_OK;
}

const struct web_api api_v3_tags_list = {
	.method = "GET", .pattern = "/api/v3/repos/{owner}/{repo}/tags", .need = WEB_READ, .run = tag_list, .operation = "repos/list-tags", .summary = "Tags by name",
};
