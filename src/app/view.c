/* SPDX-License-Identifier: Apache-2.0 */
#include "app/view.h"

#include "app/verdict_read.h"

#include <jansson.h>

slu_rc app_change_get(struct port_change *out, struct app_unit *u, const struct app_repo *r, uint64_t number, slu_err *err)
{
	return port_change_get(u->store, u->a, r->id, number, out, err);
}

slu_rc app_change_list(const struct port_change **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const struct port_change_filter *f, slu_err *err)
{
	return port_change_list(u->store, u->a, r->id, f, page, out, n, err);
}

slu_rc app_change_judge(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err)
{
	const struct pol_action act = { .verb = POL_MERGE, .actor = u->who.name, .change = number };
	return app_decide(out, u, r, &act, err);
}

slu_rc app_change_judge_all(const struct pol_verdict **out, struct app_unit *u, struct app_repo *r, const struct port_change *c, size_t n, slu_err *err)
{
	struct pol_verdict *v = SLU_NEW_N(u->a, struct pol_verdict, n + 1);
	struct pol_facts f;
	SLU_TRY(app_facts(&f, u, r, NULL, err));
	for (size_t i = 0; i < n; i++) {
		const struct pol_action act = { .verb = POL_MERGE, .actor = u->who.name, .change = c[i].number };
		if (c[i].state == POL_CHANGE_OPEN)
			SLU_TRY(pol_decide(&v[i], u->a, r->strategy, &f, &act, u->now_s, err));
	}
	*out = v;
	return SLU_OK;
}

slu_rc app_review_list(const struct port_review **out, size_t *n, struct app_unit *u, const struct port_change *c, slu_err *err)
{
	return port_review_list(u->store, u->a, c->id, out, n, err);
}

slu_rc app_review_get(struct port_review *out, struct app_unit *u, const struct port_change *c, int64_t id, slu_err *err)
{
	struct port_review x;
	SLU_TRY(port_review_get(u->store, u->a, id, &x, err));
	if (x.change_id != c->id)
		return slu_fail(err, SLU_E_NOT_FOUND, "Change %llu has no review %lld.", (unsigned long long)c->number, (long long)id);
	*out = x;
	return SLU_OK;
}

slu_rc app_comment_list(const struct port_comment **out, size_t *n, struct app_unit *u, const struct port_change *c, slu_err *err)
{
	return port_comment_list(u->store, u->a, c->id, out, n, err);
}

slu_rc app_comment_get(struct port_comment *out, struct port_change *of, struct app_unit *u, const struct app_repo *r, int64_t id, slu_err *err)
{
	struct port_comment x;
	struct port_change c;
	SLU_TRY(port_comment_get(u->store, u->a, id, &x, err));
	SLU_TRY(port_change_by_id(u->store, u->a, x.change_id, &c, err));
	if (c.repo_id != r->id)
		return slu_fail(err, SLU_E_NOT_FOUND, "%.*s has no comment %lld.", SLU_FMT(r->full), (long long)id);
	*out = x;
	*of = c;
	return SLU_OK;
}

/* ---- the whole of one ------------------------------------------------------------------------------------------------------------- */

/* Where the change stands: its head and what of the target it is compared with. A merged one is compared with what its merge had before. */
static slu_rc ends(struct app_change_view *v, struct app_unit *u, struct app_repo *r, slu_oid *tip, slu_oid *against, slu_err *err)
{
	*tip = v->change.head;
	*against = v->change.base;
	if (v->change.state == POL_CHANGE_MERGED && !slu_oid_is_zero(&v->change.merged_as)) {
		struct pol_commit m;
		slu_rc rc = r->git->ops->commit(r->git, u->a, &v->change.merged_as, &m, err);
		if (rc == SLU_OK && m.parent_n)
			*against = m.parent[0];
		return rc == SLU_E_NOT_FOUND ? SLU_OK : rc;
	}
	slu_oid now = slu_oid_zero();
	SLU_TRY(r->git->ops->ref(r->git, slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(v->change.target))), &now, err));
	if (!slu_oid_is_zero(&now))
		*against = now;
	return SLU_OK;
}

static slu_rc commits(struct app_change_view *v, struct app_unit *u, struct app_repo *r, const slu_oid *tip, const slu_oid *against, slu_err *err)
{
	const slu_oid *id;
	size_t n;
	slu_rc rc = r->git->ops->range(r->git, u->a, tip, against, 1, SLU_MAX_PUSH_COMMITS, &id, &n, err);
	if (rc == SLU_E_LIMIT) { /* shown as cut, not refused */
		v->commits_cut = true;
		v->commit_total = SLU_MAX_PUSH_COMMITS;
		return SLU_OK;
	}
	SLU_TRY(rc);
	v->commit_total = n;
	v->commits_cut = n > APP_VIEW_COMMITS;
	n = v->commits_cut ? APP_VIEW_COMMITS : n;
	struct pol_commit *c = SLU_NEW_N(u->a, struct pol_commit, n + 1);
	struct pol_verdict *rules = SLU_NEW_N(u->a, struct pol_verdict, n + 1);
	struct pol_facts f;
	SLU_TRY(app_facts(&f, u, r, NULL, err));
	for (size_t i = 0; i < n; i++) {
		SLU_TRY(r->git->ops->commit(r->git, u->a, &id[i], &c[i], err));
		SLU_TRY(pol_judge_commit(&rules[i], u->a, r->strategy, &f, v->change.source, &c[i], u->now_s, err));
	}
	v->commit = c;
	v->commit_rules = rules;
	v->commit_n = n;
	return SLU_OK;
}

static slu_rc from_git(struct app_change_view *v, struct app_unit *u, struct app_repo *r, size_t diff_bytes, slu_err *err)
{
	slu_oid tip, against;
	const slu_oid *base;
	size_t n;
	SLU_TRY(ends(v, u, r, &tip, &against, err));
	if (slu_oid_is_zero(&tip) || slu_oid_is_zero(&against))
		return SLU_OK;
	slu_rc rc = r->git->ops->merge_bases(r->git, u->a, &tip, &against, &base, &n, err);
	if (rc == SLU_E_NOT_FOUND || (rc == SLU_OK && n == 0)) /* unrelated, or the objects were pruned */
		return SLU_OK;
	SLU_TRY(rc);
	v->base = base[0];
	SLU_TRY(commits(v, u, r, &tip, &against, err));
	return r->git->ops->diff(r->git, u->a, &v->base, &tip, diff_bytes, &v->file, &v->file_n, err);
}

static slu_rc from_store(struct app_change_view *v, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_page all = { 0 };
	SLU_TRY(port_review_list(u->store, u->a, v->change.id, &v->review, &v->review_n, err));
	SLU_TRY(port_comment_list(u->store, u->a, v->change.id, &v->comment, &v->comment_n, err));
	SLU_TRY(port_status_list(u->store, u->a, r->id, &v->change.head, true, &all, &v->status, &v->status_n, err));
	return port_check_run_list(u->store, u->a, r->id, &v->change.head, (slu_str){ "", 0 }, true, &all, &v->run, &v->run_n, err);
}

/* The verdict by which it landed stands in its event, as it was then. */
static slu_rc landed_by(struct app_change_view *v, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	const struct port_event_filter f = { .repo = r->full, .kind = SLU_STR("change-merged"), .change = v->change.number };
	struct port_page newest = { .limit = 1 };
	const struct port_event *e = NULL;
	size_t n = 0;
	SLU_TRY(port_event_list(u->store, u->a, &f, &newest, &e, &n, err));
	json_auto_t *data = n ? json_loadb(e[0].data.p, e[0].data.n, 0, NULL) : NULL;
	json_t *verdict = json_object_get(data, "verdict");
	if (!json_is_object(verdict))
		return SLU_OK;
	char *text = json_dumps(verdict, JSON_COMPACT);
	app_verdict_read(&v->merge, u->a, verdict);
	v->merged_by_rules = slu_s(slu_strdup(u->a, text ? text : ""));
	free(text);
	return SLU_OK;
}

slu_rc app_change_view(struct app_change_view *out, struct app_unit *u, struct app_repo *r, uint64_t number, size_t diff_bytes, slu_err *err)
{
	struct app_change_view v = { .base = slu_oid_zero() };
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &v.change, err));
	SLU_TRY(from_store(&v, u, r, err));
	SLU_TRY(from_git(&v, u, r, diff_bytes, err));
	if (v.change.state == POL_CHANGE_OPEN)
		SLU_TRY(app_change_judge(&v.merge, u, r, number, err));
	if (v.change.state == POL_CHANGE_MERGED)
		SLU_TRY(landed_by(&v, u, r, err));
	*out = v;
	return SLU_OK;
}
