/* SPDX-License-Identifier: Apache-2.0 */
/* Merging a change: judged, made in memory with all that follows, landed in one act. */
#include "app/act.h"
#include "app/audit.h"
#include "app/changes_impl.h"
#include "app/facts.h"
#include "app/land.h"
#include "app/refuse.h"
#include "app/push_impl.h"

slu_rc app_facts_standing(struct pol_facts *out, struct app_merging *m, slu_err *err)
{
	SLU_TRY(app_facts(out, m->u, m->r, NULL, err));
	app_facts_pending(out, m->update.v, m->update.n);
	return SLU_OK;
}

static slu_rc judge(struct app_merging *m, slu_err *err)
{
	struct pol_action act = { .verb = POL_MERGE, .change = m->change.number, .head = m->ask->head, .has_method = true, .method = m->method, .version = m->ask->version, .cause = m->ask->cause };

	if (m->method == STRAT_SQUASH && m->ask->title.n)
		act.message = slu_s(slu_printf(m->u->a, "%.*s\n\n%.*s", SLU_FMT(m->ask->title), SLU_FMT(m->ask->message)));

	return app_decide(&m->out->verdict, m->u, m->r, &act, err);
}

/** The edge's method unless another was asked for; without an edge the verdict says so. */
static void choose_method(struct app_merging *m)
{
	const strat *s = m->r->strategy;
	int from = strat_branch_kind(s, m->change.source, NULL), into = strat_branch_kind(s, m->change.target, NULL);

	m->method = m->ask->method;
	if (m->ask->has_method)
		return;
	m->method = STRAT_MERGE;
	for (size_t i = 0; from != STRAT_NONE && i < s->branch[from].edge_n; i++)
		if (s->branch[from].edge[i].into == into)
			m->method = s->branch[from].edge[i].method;
}

static slu_rc heads(struct app_merging *m, slu_err *err)
{
	port_git *g = m->r->git;

	SLU_TRY(g->ops->ref(g, app_branch_ref(m->u, m->change.source), &m->source, err));
	SLU_TRY(g->ops->ref(g, app_branch_ref(m->u, m->change.target), &m->target, err));
	if (m->change.state != POL_CHANGE_OPEN)
		return slu_fail(err, SLU_E_INVALID, "Change %llu is %s.", (unsigned long long)m->change.number, m->change.state == POL_CHANGE_MERGED ? "merged already" : "closed");
	if (slu_oid_is_zero(&m->source) || slu_oid_is_zero(&m->target))
		return slu_fail(err, SLU_E_CONFLICT, "The branch %.*s is gone.", SLU_FMT(slu_oid_is_zero(&m->source) ? m->change.source : m->change.target));
	if (!slu_oid_is_zero(&m->ask->head) && !slu_oid_eq(&m->ask->head, &m->source))
		return slu_fail(err, SLU_E_CONFLICT, "%.10s was to be merged, and change %llu stands at %.10s now; look again.", m->ask->head.hex, (unsigned long long)m->change.number, m->source.hex);
	return SLU_OK;
}

/* ---- written down ------------------------------------------------------------------------------------------------------------------ */

/** What the verdict rested on is compared; where it has changed, decide() is asked again before anything is written. */
slu_rc app_merge_record(void *merging, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct app_merging *m = merging;
	slu_str head = { 0 };
	bool same = false;

	SLU_TRY(app_rested_same(&same, u, r, m->rested, m->at_s, err));
	if (!same) {
		SLU_TRY(judge(m, err));
		SLU_TRY(app_verdict_rc(&m->out->verdict, err));
	}
	const struct app_push p = { .update = m->update.v, .n = m->update.n, .via = "merge" };
	m->ref.v[0].verdict = m->out->verdict;
	m->ref.v[0].merges_change = m->change.number;
	SLU_TRY(app_push_write(u, r, &p, m->ref.v, err));
	for (size_t i = 0; i < m->left.n; i++)
		SLU_TRY(app_change_insert(u, r, &m->left.v[i], err));
	return app_audit_publish(&head, u, err);
}

void app_merge_landed(struct app_merging *m)
{
	size_t k = 0;

	m->out->merged = true;
	for (size_t i = 0; i < m->out->act.n; i++)
		if (m->out->act.v[i].why && k < m->left.n)
			m->out->act.v[i].change = m->left.v[k++].number;
}

/* ---- the whole --------------------------------------------------------------------------------------------------------------------- */

static slu_rc compute(struct app_merging *m, slu_err *err)
{
	slu_oid made = { 0 };
	slu_str ref = app_branch_ref(m->u, m->change.target);

	SLU_TRY(app_merge_release(m, err));
	SLU_TRY(app_merge_make(&made, m, err));
	*SLU_ADD(m->u->a, &m->update) = (struct port_git_update){ .ref = ref, .old = m->target, .new_ = made };
	SLU_ADD(m->u->a, &m->ref)->merges_change = m->change.number;
	*SLU_ADD(m->u->a, &m->out->act) = (struct app_merge_followed){ .ref = ref.p, .old = m->target, .new_ = made, .what = "merge" };
	m->out->commit = made;
	return app_merge_follow(m, &made, err);
}

/** Nothing is in the way but a conflict, or a target that has moved on: a person must resolve it, and is told how. */
static slu_rc only_conflict(struct app_merging *m, slu_err *err)
{
	const struct pol_verdict *v = &m->out->verdict;
	bool conflict = false;
	slu_oid made = { 0 };

	for (size_t i = 0; i < v->row.n; i++) {
		bool open = v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING;
		slu_str rule = slu_s(v->row.v[i].rule);
		if (open && !slu_str_is(rule, "change.conflict") && !slu_str_ends(rule, ".fast-forward"))
			return SLU_OK;
		conflict |= open;
	}
	return conflict ? app_merge_make(&made, m, err) : SLU_OK;
}

slu_rc app_merge_compute(struct app_merging *m, uint64_t number, slu_err *err)
{
	m->at_s = m->u->now_s;
	SLU_TRY(app_repo_refresh(m->u, m->r, err));
	SLU_TRY(port_change_get(m->u->store, m->u->a, m->r->id, number, &m->change, err));
	SLU_TRY(heads(m, err));
	SLU_TRY(app_rested(&m->rested, m->u, m->r, err));
	choose_method(m);
	SLU_TRY(judge(m, err));
	return m->out->verdict.answer == POL_ALLOW ? compute(m, err) : only_conflict(m, err);
}

static slu_rc locked(struct app_merge_result *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_merge_ask *ask, slu_err *err)
{
	struct app_merge_result res = { 0 };
	struct app_merging m = { .u = u, .r = r, .ask = ask, .out = &res };

	SLU_TRY(app_merge_compute(&m, number, err));
	if (res.verdict.answer == POL_ALLOW && !ask->dry_run) {
		const struct app_land l = {
			.update = m.update.v, .n = m.update.n, .reflog = slu_s(slu_printf(u->a, "merge change %llu", (unsigned long long)number)), .record = app_merge_record, .ctx = &m,
		};
		SLU_TRY(app_land(u, r, &l, err));
		app_merge_landed(&m);
	}
	*out = res;
	return SLU_OK;
}

slu_rc app_change_merge(struct app_merge_result *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_merge_ask *ask, slu_err *err)
{
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(app_text_check(ask->title, "The title of the commit", SLU_MAX_TITLE_BYTES, err));
	SLU_TRY(app_text_check(ask->message, "The message of the commit", SLU_MAX_MESSAGE_BYTES, err));
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = locked(out, u, r, number, ask, err);
	app_repo_unlock(u->app, r->id);
	if (rc == SLU_OK && !ask->dry_run)
		rc = app_refusal(u, r, &out->verdict, err);
	return rc;
}
