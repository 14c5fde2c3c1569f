/* SPDX-License-Identifier: Apache-2.0 */
#include "app/together.h"

#include "app/act.h"
#include "app/audit.h"
#include "app/changes_impl.h"
#include "app/facts.h"
#include "app/fault.h"
#include "app/land.h"
#include "app/push_impl.h"
#include "app/refuse.h"
#include "app/release_impl.h"
#include "app/together_row.h"

/* ---- the repositories -------------------------------------------------------------------------------------------------------------- */

static slu_rc of(slu_rc rc, const struct app_together_member *m, slu_err *err)
{
	return rc == SLU_OK ? rc : slu_err_context(err, "%.*s", SLU_FMT(m->repo));
}

static slu_rc open_one(struct app_together_member *m, struct app_unit *u, enum strat_level need, slu_err *err)
{
	slu_str owner, name = m->repo;
	if (!slu_str_split(&name, '/', &owner) || name.n == 0)
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no repository: OWNER/NAME.", SLU_FMT(m->repo));
	return app_repo_open(&m->r, u, owner, name, need, err);
}

static slu_rc open_all(struct app_together *t, struct app_unit *u, enum strat_level need, slu_err *err)
{
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (t->n == 0 || t->n > APP_TOGETHER_MAX)
		return slu_fail(err, SLU_E_INVALID, "A release of several repositories names 1 to %d of them, not %zu.", APP_TOGETHER_MAX, t->n);
	for (size_t i = 0; i < t->n; i++)
		SLU_TRY(of(open_one(&t->m[i], u, need, err), &t->m[i], err));
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < i; k++)
			if (t->m[i].r.id == t->m[k].r.id)
				return slu_fail(err, SLU_E_INVALID, "%.*s is named twice.", SLU_FMT(t->m[i].repo));
	return SLU_OK;
}

void app_together_close(struct app_together *t, struct app_unit *u)
{
	for (size_t i = 0; i < t->n; i++)
		app_repo_close(u, &t->m[i].r);
}

static void unlock_all(const struct app_together *t, struct app_unit *u, int64_t upto)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->m[i].r.id <= upto)
			app_repo_unlock(u->app, t->m[i].r.id);
}

/* By their ids, so that two who want the same ones do not wait for each other. */
static slu_rc lock_all(const struct app_together *t, struct app_unit *u, slu_err *err)
{
	int64_t last = 0;
	for (size_t k = 0; k < t->n; k++) {
		int64_t next = INT64_MAX;
		for (size_t i = 0; i < t->n; i++)
			if (t->m[i].r.id > last && t->m[i].r.id < next)
				next = t->m[i].r.id;
		slu_rc rc = app_repo_lock(u->app, next, err);
		if (rc != SLU_OK) {
			unlock_all(t, u, last);
			return rc;
		}
		last = next;
	}
	return SLU_OK;
}

/* ---- what each brings ------------------------------------------------------------------------------------------------------------------ */

static bool has_releases(const strat *s)
{
	for (size_t i = 0; i < s->branch_n; i++)
		if (s->branch[i].type == STRAT_RELEASE && s->branch[i].edge_n)
			return true;
	return false;
}

static slu_rc as_it_is(struct app_together_member *m, struct app_unit *u, slu_err *err)
{
	slu_str ref = slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(m->r.default_branch)));
	slu_oid head;
	bool on = false;
	m->as_is = true;
	m->target = m->r.default_branch;
	SLU_TRY(m->r.git->ops->ref(m->r.git, ref, &head, err));
	if (slu_oid_is_zero(&head))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %.*s.", SLU_FMT(m->target));
	m->commit = slu_oid_is_zero(&m->head) ? head : m->head;
	SLU_TRY(m->r.git->ops->is_ancestor(m->r.git, &m->commit, &head, &on, err));
	return on ? SLU_OK : slu_fail(err, SLU_E_CONFLICT, "%.10s was to be tagged, and is not on %.*s.", m->commit.hex, SLU_FMT(m->target));
}

static slu_rc by_version(struct app_together *t, struct app_together_member *m, struct app_unit *u, slu_err *err)
{
	struct flow_refs refs;
	struct flow_plan p;
	SLU_TRY(release_refs(&refs, u, &m->r, err));
	SLU_TRY(flow_release_finish(&p, u->a, m->r.strategy, t->version, m->kind, &refs, err));
	struct release_data d = { .version = t->version, .branch = slu_s(p.branch) };
	m->branch = d.branch;
	m->target = slu_s(p.target_branch);
	SLU_TRY(release_find_change(u, &m->r, &d, p.target_branch, err));
	if (d.change == 0 && !t->dry_run)
		SLU_TRY(release_open_change(u, &m->r, &d, p.target_branch, err));
	m->change = d.change;
	return SLU_OK;
}

/* The change, by its number, by what has landed already, or by the branch of the release. */
static slu_rc find(struct app_together *t, struct app_together_member *m, struct app_unit *u, slu_err *err)
{
	struct port_change c;
	if (m->change == 0)
		SLU_TRY(together_change(&m->change, u, &m->r, t->version, err));
	if (m->change == 0 && !has_releases(m->r.strategy))
		return as_it_is(m, u, err);
	if (m->change == 0)
		SLU_TRY(by_version(t, m, u, err));
	if (m->change == 0)
		return SLU_OK;
	SLU_TRY(port_change_get(u->store, u->a, m->r.id, m->change, &c, err));
	m->branch = c.source;
	m->target = c.target;
	m->landed = c.state == POL_CHANGE_MERGED;
	m->commit = c.merged_as;
	return SLU_OK;
}

/* ---- tags ------------------------------------------------------------------------------------------------------------------------------ */

struct tags { SLU_LIST(struct port_git_update) update; SLU_LIST(struct app_push_ref) ref; };

static bool comes_with(const struct app_merging *g, slu_str ref)
{
	for (size_t i = 0; g && i < g->update.n; i++)
		if (slu_str_eq(g->update.v[i].ref, ref))
			return true;
	return false;
}

/* One tag of one member, made and judged as if its merge had landed; nothing where it is there, or comes with the merge. */
static slu_rc one_tag(struct tags *out, const struct app_together *t, struct app_together_member *m, struct app_merging *g, slu_str key, struct app_unit *u, slu_err *err)
{
	const struct port_git_ident who = app_ident(u);
	const strat *s = m->r.strategy;
	struct pol_action act = { .verb = POL_TAG, .actor = u->who.name, .old = slu_oid_zero() };
	struct pol_facts facts;
	struct pol_verdict v;
	slu_oid there, commit;
	char *name = NULL;
	int cls = strat_find_tag(s, key);
	if (cls == STRAT_NONE)
		return slu_fail(err, SLU_E_INVALID, "Its strategy has no class of tag called %.*s, which every member gets.", SLU_FMT(key));
	SLU_TRY(pol_tag_name(&name, u->a, s, cls, t->version, err));
	act.ref = slu_s(slu_printf(u->a, "refs/tags/%s", name));
	if (comes_with(g, act.ref))
		return SLU_OK;
	SLU_TRY(m->r.git->ops->ref(m->r.git, act.ref, &there, err));
	if (!slu_oid_is_zero(&there)) {
		SLU_TRY(m->r.git->ops->resolve(m->r.git, slu_s(there.hex), &commit, err));
		return slu_oid_eq(&commit, &m->commit) ? SLU_OK : slu_fail(err, SLU_E_EXISTS, "The tag %s is there already, on %.10s. Choose a higher version.", name, commit.hex);
	}
	slu_str text = slu_s(slu_printf(u->a, "%s\n\n%.*s", name, SLU_FMT(t->message)));
	SLU_TRY(m->r.git->ops->tag_make(m->r.git, slu_s(name), &m->commit, &who, text, &act.new_, err));
	SLU_TRY(g ? app_facts_standing(&facts, g, err) : app_facts(&facts, u, &m->r, NULL, err));
	SLU_TRY(pol_decide(&v, u->a, s, &facts, &act, u->now_s, err));
	SLU_TRY(app_verdict_rc(&v, err));
	*SLU_ADD(u->a, &out->update) = (struct port_git_update){ .ref = act.ref, .old = act.old, .new_ = act.new_ };
	SLU_ADD(u->a, &out->ref)->verdict = v;
	return SLU_OK;
}

static slu_rc all_tags(struct tags *out, const struct app_together *t, struct app_together_member *m, struct app_merging *g, struct app_unit *u, slu_err *err)
{
	for (size_t i = 0; i < t->tag_n; i++)
		SLU_TRY(one_tag(out, t, m, g, t->tag[i], u, err));
	return SLU_OK;
}

/* ---- judged ---------------------------------------------------------------------------------------------------------------------------- */

struct part {
	struct app_together *t;
	struct app_together_member *m;
	struct app_merge_ask ask;
	struct app_merging g;
};

/* Checks that the ecosystem wants of each, beside what the branches want. */
static slu_rc all_checks(const struct app_together *t, const struct app_together_member *m, struct app_unit *u, struct app_repo *r, const slu_oid *head, slu_err *err)
{
	struct pol_facts facts;
	SLU_TRY(app_facts(&facts, u, r, NULL, err));
	for (size_t i = 0; i < t->check_n; i++) {
		struct pol_check x = { 0 };
		SLU_TRY(facts.check(facts.ctx, u->a, head, t->check[i], &x, err));
		if (x.state != POL_CHECK_SUCCESS)
			return slu_fail(err, SLU_E_WAIT, "ecosystem.require.checks wants %.*s, which has not passed on %.10s of %.*s: sluice commit status %s --context %.*s --state success", SLU_FMT(t->check[i]), head->hex,
			                SLU_FMT(m->as_is ? m->target : m->branch), head->hex, SLU_FMT(t->check[i]));
	}
	return SLU_OK;
}

/* Under its lock. Its merge, and the tags, which need not be made to know that they may be. */
static slu_rc judge(struct part *p, struct app_unit *u, slu_err *err)
{
	struct app_together_member *m = p->m;
	struct tags unused = { 0 };
	if (m->as_is)
		SLU_TRY(all_checks(p->t, m, u, &m->r, &m->commit, err));
	if (m->landed || m->as_is)
		return all_tags(&unused, p->t, m, NULL, u, err);
	p->ask = (struct app_merge_ask){ .head = m->head, .version = p->t->version, .cause = POL_BY_PERSON, .dry_run = p->t->dry_run };
	p->g = (struct app_merging){ .u = u, .r = &m->r, .ask = &p->ask, .out = &m->merge };
	SLU_TRY(app_merge_compute(&p->g, m->change, err));
	m->judged = true;
	m->head = p->g.change.head;
	SLU_TRY(app_verdict_rc(&m->merge.verdict, err));
	slu_str version = app_merge_version(&p->g);
	if (version.n && !slu_str_eq(version, p->t->version))
		return slu_fail(err, SLU_E_INVALID, "Its merge would be tagged as %.*s. An ecosystem has one version, %.*s.", SLU_FMT(version), SLU_FMT(p->t->version));
	m->commit = m->merge.commit;
	SLU_TRY(all_checks(p->t, m, u, &m->r, &m->head, err));
	return all_tags(&unused, p->t, m, &p->g, u, err);
}

/* What went well may have left words of something that was looked up and is not there. */
static bool is_fine(slu_rc rc, struct app_together_member *m)
{
	if (rc == SLU_OK)
		m->err = (slu_err){ 0 };
	return rc == SLU_OK;
}

static slu_rc prepare_one(struct app_together *t, struct app_together_member *m, struct app_unit *u, slu_err *err)
{
	struct part p = { .t = t, .m = m };
	SLU_TRY(find(t, m, u, err));
	if (m->change == 0 && !m->as_is) /* a dry run: its change is not opened yet */
		return SLU_OK;
	SLU_TRY(app_repo_lock(u->app, m->r.id, err));
	slu_rc rc = judge(&p, u, err);
	app_repo_unlock(u->app, m->r.id);
	return rc;
}

slu_rc app_together_prepare(struct app_together *t, struct app_unit *u, slu_err *err)
{
	SLU_TRY(open_all(t, u, STRAT_READ, err));
	for (size_t i = 0; i < t->n; i++)
		(void)is_fine(prepare_one(t, &t->m[i], u, &t->m[i].err), &t->m[i]);
	return SLU_OK;
}

/* ---- landed ------------------------------------------------------------------------------------------------------------------------------ */

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct part *p = ctx;
	const struct together_row row = { .version = p->t->version, .change = p->m->change, .commit = p->m->commit, .order = p->t->order, .order_n = p->t->order_n };
	SLU_TRY(app_merge_record(&p->g, u, r, err));
	return together_row_add(&row, u, r, err);
}

static slu_rc land(bool *done, struct app_together *t, struct app_unit *u, slu_err *err)
{
	struct part *all = SLU_NEW_N(u->a, struct part, t->n);
	struct app_land *l = SLU_NEW_N(u->a, struct app_land, t->n);
	struct app_land_part *part = SLU_NEW_N(u->a, struct app_land_part, t->n);
	size_t n = 0;
	*done = true;
	for (size_t i = 0; i < t->n; i++) {
		struct app_together_member *m = &t->m[i];
		all[i] = (struct part){ .t = t, .m = m };
		*done = is_fine(judge(&all[i], u, &m->err), m) && *done;
		if (m->landed || m->as_is)
			continue;
		l[n] = (struct app_land){ .update = all[i].g.update.v, .n = all[i].g.update.n, .reflog = slu_s(slu_printf(u->a, "ecosystem %.*s: merge change %llu", SLU_FMT(t->version), (unsigned long long)m->change)), .record = record, .ctx = &all[i] };
		part[n] = (struct app_land_part){ &m->r, &l[n] };
		n++;
	}
	if (!*done || n == 0 || t->dry_run)
		return SLU_OK;
	SLU_TRY(app_land_all(u, part, n, err));
	for (size_t i = 0; i < t->n; i++)
		if (all[i].g.u) {
			app_merge_landed(&all[i].g);
			t->m[i].landed = true;
		}
	return SLU_OK;
}

slu_rc app_together_land(bool *done, struct app_together *t, struct app_unit *u, slu_err *err)
{
	SLU_TRY(open_all(t, u, STRAT_READ, err));
	for (size_t i = 0; i < t->n; i++)
		SLU_TRY(of(find(t, &t->m[i], u, err), &t->m[i], err));
	for (size_t i = 0; i < t->n; i++)
		if (t->m[i].change == 0 && !t->m[i].as_is)
			return of(slu_fail(err, SLU_E_NOT_FOUND, "Its change is not open."), &t->m[i], err);
	SLU_TRY(lock_all(t, u, err));
	slu_rc rc = land(done, t, u, err);
	unlock_all(t, u, INT64_MAX);
	for (size_t i = 0; rc == SLU_OK && !*done && !t->dry_run && i < t->n; i++)
		if (t->m[i].judged)
			rc = app_refusal(u, &t->m[i].r, &t->m[i].merge.verdict, err);
	return rc;
}

/* ---- complete ---------------------------------------------------------------------------------------------------------------------------- */

static slu_rc record_tags(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct tags *x = ctx;
	const struct app_push p = { .update = x->update.v, .n = x->update.n, .via = "ecosystem" };
	slu_str head = { 0 };
	SLU_TRY(app_push_write(u, r, &p, x->ref.v, err));
	return app_audit_publish(&head, u, err);
}

static slu_rc release_holds(struct app_unit *u, void *ctx, slu_err *err)
{
	struct app_together *t = ctx;
	for (size_t i = 0; i < t->n; i++)
		SLU_TRY(together_row_end(u, &t->m[i].r, t->version, t->alone ? TOGETHER_ALONE : TOGETHER_DONE, err));
	return SLU_OK;
}

static slu_rc complete(struct app_together *t, struct app_unit *u, slu_err *err)
{
	struct tags *all = SLU_NEW_N(u->a, struct tags, t->n);
	struct app_land *l = SLU_NEW_N(u->a, struct app_land, t->n);
	struct app_land_part *part = SLU_NEW_N(u->a, struct app_land_part, t->n);
	size_t n = 0;
	for (size_t i = 0; !t->alone && i < t->n; i++) {
		struct app_together_member *m = &t->m[i];
		if (!m->landed && !m->as_is)
			return of(slu_fail(err, SLU_E_CONFLICT, "Release %.*s has not landed there yet.", SLU_FMT(t->version)), m, err);
		SLU_TRY(of(all_tags(&all[i], t, m, NULL, u, err), m, err));
		if (all[i].update.n == 0)
			continue;
		l[n] = (struct app_land){ .update = all[i].update.v, .n = all[i].update.n, .reflog = slu_s(slu_printf(u->a, "ecosystem %.*s", SLU_FMT(t->version))), .record = record_tags, .ctx = &all[i] };
		part[n] = (struct app_land_part){ &m->r, &l[n] };
		n++;
	}
	if (t->dry_run)
		return SLU_OK;
	if (n)
		SLU_TRY(app_land_all(u, part, n, err));
	app_fault(u->app, "ecosystem-tagged");
	return app_act(u, release_holds, t, err);
}

slu_rc app_together_complete(struct app_together *t, struct app_unit *u, slu_err *err)
{
	SLU_TRY(open_all(t, u, STRAT_WRITE, err)); /* no rule is asked whether deployments may go on; theirs are asked when they begin */
	for (size_t i = 0; i < t->n; i++)
		SLU_TRY(of(find(t, &t->m[i], u, err), &t->m[i], err));
	SLU_TRY(lock_all(t, u, err));
	slu_rc rc = complete(t, u, err);
	unlock_all(t, u, INT64_MAX);
	return rc;
}
