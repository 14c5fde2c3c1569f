/* SPDX-License-Identifier: Apache-2.0 */
#include "app/needs.h"

#include "app/changes.h"
#include "app/deploy_impl.h"
#include "app/person.h"

struct need_list {
	struct app_unit *u;
	struct app_repo *r;
	struct pol_person me;
	SLU_LIST(struct app_need) need;
};

static struct app_need *add(struct need_list *l, const char *what, const char *about, const char *path, const char *command)
{
	struct app_need *x = SLU_ADD(l->u->a, &l->need);
	*x = (struct app_need){ .what = what, .about = about, .path = path, .command = command };
	return x;
}

/* ---- changes ------------------------------------------------------------------------------------------------------------------ */

static bool blocks(const struct pol_row *row)
{
	return row->state == POL_FAILED || row->state == POL_WAITING;
}

/* Whoever approved this head has said what they can. */
static slu_rc has_approved(bool *out, struct need_list *l, const struct port_change *c, slu_err *err)
{
	const struct port_review *v;
	size_t n;
	SLU_TRY(app_review_list(&v, &n, l->u, c, err));
	*out = false;
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(v[i].person, l->u->who.name) && slu_oid_eq(&v[i].commit, &c->head) && v[i].dismissed_by.n == 0 && v[i].state != POL_REVIEW_COMMENT)
			*out = v[i].state == POL_REVIEW_APPROVE;
	return SLU_OK;
}

/* The first row that this person opens. Checks are reported by machines; approvals are never the author's. */
static const struct pol_row *row_for(const struct need_list *l, const struct pol_verdict *v, bool author, bool approved)
{
	for (size_t i = 0; i < v->row.n; i++) {
		const struct pol_row *row = &v->row.v[i];
		bool cannot = row->about == POL_ABOUT_APPROVAL && (author || approved);
		if (blocks(row) && row->about != POL_ABOUT_CHECK && !cannot && pol_opened_by(row, l->u->who.name, &l->me, author))
			return row;
	}
	return NULL;
}

/* What refuses the author's own change, but for a right that the author does not have: others have it. */
static const struct pol_row *refuses(const struct pol_verdict *v)
{
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED && v->row.v[i].about != POL_ABOUT_RIGHT)
			return &v->row.v[i];
	return NULL;
}

static slu_rc of_change(struct need_list *l, const struct port_change *c, const struct pol_verdict *v, slu_err *err)
{
	slu_arena *a = l->u->a;
	bool author = slu_str_eq(c->author, l->u->who.name), approved = false;
	const char *about = slu_printf(a, "#%llu %.*s", (unsigned long long)c->number, SLU_FMT(c->title)), *path = slu_printf(a, "/changes/%llu", (unsigned long long)c->number);
	if (v->answer == POL_ALLOW) {
		add(l, "Merge", about, path, slu_printf(a, "sluice change merge %llu", (unsigned long long)c->number));
		return SLU_OK;
	}
	const struct pol_row *row = row_for(l, v, author, false);
	if (row && row->about == POL_ABOUT_APPROVAL) {
		SLU_TRY(has_approved(&approved, l, c, err));
		row = approved ? row_for(l, v, author, true) : row;
	}
	if (row)
		add(l, slu_printf(a, "%s: %s", row->about == POL_ABOUT_APPROVAL ? "Review" : "Open the gate", row->wanted), about, path, row->remedy);
	else if (author && refuses(v))
		add(l, slu_printf(a, "Yours is refused: %s", refuses(v)->wanted), about, path, refuses(v)->remedy);
	return SLU_OK;
}

/* ---- environments ---------------------------------------------------------------------------------------------------------------- */

static slu_rc approvals_of(struct need_list *l, const struct app_environment_view *e, slu_err *err)
{
	const struct port_deployment *d = &e->under_way;
	const struct port_deploy_approval *given = NULL;
	struct pol_verdict v;
	bool approved = false;
	size_t n = 0;
	SLU_TRY(app_deployment_judge(&v, l->u, l->r, d, err));
	SLU_TRY(port_deploy_approval_list(l->u->store, l->u->a, l->r->id, d->environment, &d->commit, &given, &n, err));
	for (size_t i = 0; i < n; i++)
		approved = approved || slu_str_eq(given[i].person, l->u->who.name);
	const struct pol_row *row = row_for(l, &v, slu_str_eq(d->actor, l->u->who.name), approved);
	if (row)
		add(l, slu_printf(l->u->a, "Approve: %s", row->wanted), slu_printf(l->u->a, "%.*s in %.*s", SLU_FMT(d->version), SLU_FMT(d->environment)),
		    slu_printf(l->u->a, "/deployments/%llu", (unsigned long long)d->number), row->remedy);
	return SLU_OK;
}

static slu_rc of_environment(struct need_list *l, const struct app_environment_view *e, slu_err *err)
{
	slu_arena *a = l->u->a;
	bool may = false;
	slu_str name = e->environment->name;
	if (e->incident_n || (e->has_under_way && app_deployment_held(&e->under_way)))
		SLU_TRY(app_environment_may(&may, l->u, l->r, name, err));
	for (size_t i = 0; may && i < e->incident_n; i++)
		add(l, "Clear it, or bring another version", slu_printf(a, "%.*s failed in %.*s", SLU_FMT(e->incident[i].version), SLU_FMT(name)),
		    slu_printf(a, "/deployments/%llu", (unsigned long long)e->incident[i].deployment), slu_printf(a, "sluice env clear %.*s %.*s", SLU_FMT(name), SLU_FMT(e->incident[i].version)))
			->urgent = true;
	if (may && e->has_under_way && app_deployment_held(&e->under_way))
		add(l, "Go on or go back", slu_printf(a, "%.*s is held in %.*s", SLU_FMT(e->under_way.version), SLU_FMT(name)), slu_printf(a, "/deployments/%llu", (unsigned long long)e->under_way.number),
		    slu_printf(a, "sluice deployment resume %llu", (unsigned long long)e->under_way.number));
	if (e->has_under_way && slu_str_is(e->under_way.state, "waiting"))
		SLU_TRY(approvals_of(l, e, err));
	return SLU_OK;
}

/* ---- all ---------------------------------------------------------------------------------------------------------------------------- */

slu_rc app_needs(const struct app_need **out, size_t *n, struct app_unit *u, struct app_repo *r, const struct app_seen *seen, slu_err *err)
{
	struct need_list l = { .u = u, .r = r };
	*out = NULL;
	*n = 0;
	if (u->who.name.n == 0)
		return SLU_OK;
	SLU_TRY(app_person(&l.me, u, r->id, r->strategy, u->who.name, err));
	for (size_t i = 0; i < seen->environment_n; i++)
		SLU_TRY(of_environment(&l, &seen->environment[i], err));
	for (size_t i = 0; i < seen->change_n; i++)
		SLU_TRY(of_change(&l, &seen->change[i], &seen->merge[i], err));
	for (size_t i = 0; i < seen->debt_n && l.me.level >= STRAT_WRITE; i++)
		add(&l, "Write down", slu_printf(u->a, "%.*s of %.*s", SLU_FMT(seen->debt[i].name), SLU_FMT(seen->debt[i].of)), "/audit",
		    slu_printf(u->a, "sluice emergency done %lld --note TEXT", (long long)seen->debt[i].id));
	*out = l.need.v;
	*n = l.need.n;
	return SLU_OK;
}

slu_rc app_look(struct app_seen *out, size_t *open, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct port_change_filter f = { .open = true, .by_updated = true };
	struct port_page page = { .limit = APP_SEEN_CHANGES, .want_total = true };
	struct app_seen s = { 0 };
	SLU_TRY(app_environments(u, r, &s.environment, &s.environment_n, err));
	SLU_TRY(app_change_list(&s.change, &s.change_n, &page, u, r, &f, err));
	SLU_TRY(app_change_judge_all(&s.merge, u, r, s.change, s.change_n, err));
	SLU_TRY(app_follow_up_list(&s.debt, &s.debt_n, u, r, true, err));
	*out = s;
	*open = page.total;
	return SLU_OK;
}
