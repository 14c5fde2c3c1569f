/* SPDX-License-Identifier: Apache-2.0 */
/* The tag that marks a phase, on the merge that brought it. It follows from that merge, as a release's tag does: whoever may write may ask for it. */
#include "app/changes_impl.h"
#include "app/land.h"
#include "app/push_impl.h"
#include "app/release_impl.h"
#include "flow/phase.h"
#include "policy/phases.h"

struct marking {
	struct app_repo *r;
	struct app_change_mark *out;
	struct port_change change;
	int phase, tag_class;
	struct port_git_update update;
	struct app_push_ref ref;
};

/* By its branch, or because the branch that was merged carried it. */
static slu_rc brought(struct marking *m, struct app_unit *u, slu_err *err)
{
	const strat *s = m->r->strategy;
	slu_str phase = s->phase[m->phase].name;
	struct pol_commit c;
	struct pol_facts facts;
	bool *in = SLU_NEW_N(u->a, bool, s->phase_n + 1);
	if (m->change.state != POL_CHANGE_MERGED)
		return slu_fail(err, SLU_E_INVALID, "Change %llu is not merged: it brought nothing of %.*s.", (unsigned long long)m->change.number, SLU_FMT(phase));
	if (pol_phase_of(s, m->change.source) == m->phase)
		return SLU_OK;
	SLU_TRY(app_facts(&facts, u, m->r, NULL, err));
	SLU_TRY(m->r->git->ops->commit(m->r->git, u->a, &m->change.merged_as, &c, err));
	if (c.parent_n)
		SLU_TRY(pol_phases_in(in, u->a, s, &facts, &m->change.merged_as, &c.parent[0], err));
	return in[m->phase] ? SLU_OK : slu_fail(err, SLU_E_INVALID, "Change %llu brought nothing of %.*s into %.*s.", (unsigned long long)m->change.number, SLU_FMT(phase), SLU_FMT(m->change.target));
}

/* A branch of the phase that the merge does not have. */
static slu_rc find_left(struct marking *m, struct app_unit *u, slu_err *err)
{
	struct flow_refs refs;
	const char **name = NULL;
	SLU_TRY(release_refs(&refs, u, m->r, err));
	size_t n = flow_phase_branches(&name, u->a, m->r->strategy, m->phase, &refs);
	for (size_t i = 0; i < n && !*m->out->left; i++) {
		const struct flow_ref *own = flow_ref_find(&refs, slu_printf(u->a, "refs/heads/%s", name[i]));
		bool in = slu_str_is(m->change.source, name[i]);
		if (!in)
			SLU_TRY(m->r->git->ops->is_ancestor(m->r->git, &own->id, &m->change.merged_as, &in, err));
		m->out->left = in ? "" : name[i];
	}
	return SLU_OK;
}

/* Made before: by an earlier try, or on an earlier merge of the phase. */
static slu_rc is_there(bool *there, struct marking *m, struct app_unit *u, slu_err *err)
{
	port_git *g = m->r->git;
	slu_oid at, id;
	bool held = false;
	SLU_TRY(g->ops->ref(g, m->update.ref, &at, err));
	*there = !slu_oid_is_zero(&at);
	if (!*there)
		return SLU_OK;
	SLU_TRY(g->ops->resolve(g, slu_s(slu_strdup(u->a, at.hex)), &id, err));
	SLU_TRY(g->ops->is_ancestor(g, &id, &m->change.merged_as, &held, err));
	return held ? SLU_OK : slu_fail(err, SLU_E_EXISTS, "The tag %s, which marks %.*s, is there already, on %.10s, which %.*s does not have. Tags do not move: delete it if it is a mistake, or leave it.", m->out->tag,
	                                SLU_FMT(m->r->strategy->phase[m->phase].name), id.hex, SLU_FMT(m->change.target));
}

static slu_rc make(struct marking *m, struct app_unit *u, slu_err *err)
{
	const struct strat_phase *p = &m->r->strategy->phase[m->phase];
	const struct port_git_ident who = app_ident(u);
	slu_str message = slu_s(slu_printf(u->a, "%.*s%s%.*s\n", SLU_FMT(p->name), p->title.n ? ": " : "", SLU_FMT(p->title)));
	SLU_TRY(m->r->git->ops->tag_make(m->r->git, slu_s(m->out->tag), &m->change.merged_as, &who, message, &m->update.new_, err));
	const struct pol_action act = { .verb = POL_TAG, .ref = m->update.ref, .old = slu_oid_zero(), .new_ = m->update.new_, .cause = POL_BY_MERGE };
	SLU_TRY(app_decide(&m->ref.verdict, u, m->r, &act, err));
	return app_verdict_rc(&m->ref.verdict, err);
}

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct marking *m = ctx;
	const struct app_push p = { .update = &m->update, .n = 1, .via = "merge" };
	return app_push_write(u, r, &p, &m->ref, err);
}

static slu_rc locked(struct marking *m, struct app_unit *u, slu_str phase, slu_err *err)
{
	const struct app_land l = { .update = &m->update, .n = 1, .reflog = SLU_STR("a phase is marked"), .record = record, .ctx = m };
	bool there = false;
	SLU_TRY(app_repo_refresh(u, m->r, err));
	m->phase = flow_phase_find(m->r->strategy, phase);
	if (m->phase < 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "The strategy in force has no phase %.*s. There are: %s.", SLU_FMT(phase), flow_phases_text(u->a, m->r->strategy));
	SLU_TRY(brought(m, u, err));
	SLU_TRY(flow_phase_tag(&m->out->tag, &m->tag_class, u->a, m->r->strategy, m->phase, strat_branch_kind(m->r->strategy, m->change.target, NULL), err));
	if (m->tag_class == STRAT_NONE) {
		m->out->tag = "";
		return SLU_OK;
	}
	m->update.ref = slu_s(slu_printf(u->a, "refs/tags/%s", m->out->tag));
	SLU_TRY(is_there(&there, m, u, err));
	if (!there)
		SLU_TRY(find_left(m, u, err));
	if (there || *m->out->left)
		return SLU_OK;
	SLU_TRY(make(m, u, err));
	m->out->made = true;
	return u->dry_run ? SLU_OK : app_land(u, m->r, &l, err);
}

slu_rc app_change_mark(struct app_change_mark *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_str phase, slu_err *err)
{
	struct marking m = { .r = r, .out = out, .update.old = slu_oid_zero() };
	*out = (struct app_change_mark){ .tag = "", .left = "" };
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->level < STRAT_WRITE)
		return slu_fail(err, SLU_E_DENIED, "Who may write to %.*s may have a phase marked.", SLU_FMT(r->full));
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &m.change, err));
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = locked(&m, u, phase, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}
