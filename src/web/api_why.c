/* SPDX-License-Identifier: Apache-2.0 */
/** Why: the verdict of an act that nobody does yet. */
#include "app/deploy.h"
#include "base/limits.h"
#include "web/web.h"

static slu_str query(struct web_req *rq, const char *name)
{
	return slu_s(web_query(rq, name));
}

static slu_rc oid_of(slu_oid *out, struct web_req *rq, slu_str text, const char *what, slu_err *err)
{
	port_git *g = rq->r->git;

	if (text.n > SLU_MAX_REF_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "%s is longer than %u bytes.", what, SLU_MAX_REF_BYTES);
	slu_rc rc = g->ops->resolve(g, text, out, err);
	if (rc == SLU_E_NOT_FOUND)
		return slu_fail(err, SLU_E_INVALID, "%s \"%.*s\" is not known in this repository; push it to a branch first, or ask in the clone (`sluice why push`).", what, SLU_FMT(text));
	return rc;
}

/** "main", "heads/main", "tags/v1" or a full name. */
static slu_str full_ref(struct web_req *rq, slu_str name)
{
	if (slu_str_starts(name, "refs/"))
		return name;
	if (slu_str_starts(name, "heads/") || slu_str_starts(name, "tags/"))
		return slu_s(slu_printf(rq->a, "refs/%.*s", SLU_FMT(name)));
	return slu_s(slu_printf(rq->a, "refs/heads/%.*s", SLU_FMT(name)));
}

static slu_rc push_action(struct pol_action *act, struct web_req *rq, slu_err *err)
{
	struct pol_facts f;
	slu_str ref = full_ref(rq, query(rq, "ref")), commit = query(rq, "commit");
	slu_oid old = slu_oid_zero(), new_ = slu_oid_zero();
	const char *bad = pol_ref_refused(ref);

	if (bad)
		return slu_fail(err, SLU_E_INVALID, "%.*s is refused: %s.", SLU_FMT(ref), bad);
	SLU_TRY(rq->r->git->ops->ref(rq->r->git, ref, &old, err));
	if (!web_query(rq, "delete"))
		SLU_TRY(commit.n ? oid_of(&new_, rq, commit, "The commit", err) : oid_of(&new_, rq, slu_s(slu_printf(rq->a, "refs/heads/%.*s", SLU_FMT(rq->r->default_branch))), "The default branch", err));
	SLU_TRY(app_facts(&f, rq->unit, rq->r, NULL, err));
	return pol_push_action(act, rq->a, &f, rq->unit->who.name, ref, &old, &new_, err);
}

static slu_rc merge_action(struct pol_action *act, struct web_req *rq, slu_err *err)
{
	*act = (struct pol_action){ .verb = POL_MERGE };
	if (slu_parse_u64(&act->change, query(rq, "change"), NULL) != SLU_OK || act->change == 0)
		return slu_fail(err, SLU_E_INVALID, "change is the number of a change.");
	return SLU_OK;
}

static slu_rc why(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct pol_action act = { 0 };
	struct pol_verdict v;
	int asked = (web_query(rq, "change") != NULL) + (web_query(rq, "ref") != NULL) + (web_query(rq, "environment") != NULL);

	if (asked != 1)
		return slu_fail(err, SLU_E_INVALID, "Say which act: change=NUMBER, or ref=REF (with commit=COMMIT or delete=1), or environment=NAME (with version=VERSION).");
	if (web_query(rq, "change"))
		SLU_TRY(merge_action(&act, rq, err));
	else if (web_query(rq, "ref"))
		SLU_TRY(push_action(&act, rq, err));
	if (web_query(rq, "environment"))
		SLU_TRY(app_deploy_judge(&v, rq->unit, rq->r, query(rq, "environment"), query(rq, web_query(rq, "version") ? "version" : "commit"), err));
	else
		SLU_TRY(app_decide(&v, rq->unit, rq->r, &act, err));
	web_json_verdict(&rs->json, rq, &v);
	return SLU_OK;
}

const struct web_api api_why = {
	.method = "GET", .pattern = "/api/sluice/repos/{owner}/{repo}/why", .need = WEB_READ, .run = why,
	.summary = "The verdict of a merge (change), a push (ref, commit or delete) or a deployment (environment, version), with every rule that was looked at",
};
