/* SPDX-License-Identifier: Apache-2.0 */
/* A branch and all that goes by its name, renamed in one act as the strategy says: there and back. */
#include "app/act.h"
#include "app/changes_impl.h"
#include "app/land.h"
#include "app/refuse.h"
#include "app/repos.h"

struct renaming {
	struct app_repo *r;
	struct app_renamed *out;
	slu_str from, to; /* of this act */
	slu_oid at;
	const struct strat_branch *kind;
};

static const char *between_of(slu_arena *a, const struct strat_branch *b)
{
	return slu_printf(a, "sluice/adopting/%.*s", SLU_FMT(b->name));
}

/* The one branch that has, had, or has meanwhile this name; NULL: the strategy names none. */
static const struct strat_branch *kind_of(slu_arena *a, const strat *s, slu_str name)
{
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		bool is = b->was.n && (slu_str_eq(b->was, name) || slu_str_is(name, between_of(a, b)));
		for (size_t k = 0; b->was.n && k < b->match_n; k++)
			is = is || (strat_pattern_is_exact(b->match[k]) && slu_str_eq(strat_pattern_text(b->match[k]), name));
		if (is)
			return b;
	}
	return NULL;
}

/* release and release/v1 */
static bool cannot_both_be(slu_str x, slu_str y)
{
	slu_str shorter = x.n < y.n ? x : y, longer = x.n < y.n ? y : x;
	return shorter.n < longer.n && longer.p[shorter.n] == '/' && memcmp(shorter.p, longer.p, shorter.n) == 0;
}

/* Whoever may make the branch may name it; whose name is the default branch's, it is the repository's. */
static slu_rc may(struct renaming *m, struct app_unit *u, slu_err *err)
{
	slu_str today = strat_pattern_text(m->kind->match[0]);
	const struct pol_action act = { .verb = POL_CREATE, .ref = app_branch_ref(u, today), .old = slu_oid_zero(), .new_ = m->at };
	struct pol_verdict v;
	if (slu_str_eq(m->r->default_branch, m->from) && m->r->level < STRAT_ADMIN)
		return slu_fail(err, SLU_E_DENIED, "%.*s is the default branch of %.*s: only administrators may rename it.", SLU_FMT(m->from), SLU_FMT(m->r->full));
	SLU_TRY(app_decide(&v, u, m->r, &act, err));
	return u->dry_run ? app_verdict_rc(&v, err) : app_obey(u, m->r, &v, err);
}

/* ---- one act --------------------------------------------------------------------------------------------------------------------- */

static slu_rc move_change(struct renaming *m, struct app_unit *u, struct port_change c, slu_err *err)
{
	struct app_data d;
	if (slu_str_eq(c.source, m->from))
		c.source = m->to;
	if (slu_str_eq(c.target, m->from))
		c.target = m->to;
	c.updated_s = u->now_s;
	SLU_TRY(port_change_update(u->store, &c, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "source", c.source);
	slu_json_kv_str(&d.json, "target", c.target);
	slu_json_kv_str(&d.json, "renamed", m->from);
	return app_data_event(&d, u, m->r, "change-edited", app_branch_ref(u, c.source), c.number, err);
}

static slu_rc changes_of(const struct port_change **out, size_t *n, const struct renaming *m, struct app_unit *u, bool into, slu_err *err)
{
	const struct port_change_filter f = { .open = true, .source = into ? (slu_str){ 0 } : m->from, .target = into ? m->from : (slu_str){ 0 } };
	return port_change_list(u->store, u->a, m->r->id, &f, NULL, out, n, err);
}

static slu_rc write_rename(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct renaming *m = ctx;
	const struct port_change *list = NULL;
	struct app_data d;
	size_t n = 0;
	for (int into = 0; into < 2; into++) {
		SLU_TRY(changes_of(&list, &n, m, u, into, err));
		for (size_t i = 0; i < n; i++)
			SLU_TRY(move_change(m, u, list[i], err));
	}
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "old", m->from);
	slu_json_kv_str(&d.json, "new", m->to);
	slu_json_kv_z(&d.json, "commit", m->at.hex);
	SLU_TRY(app_data_event(&d, u, r, "branch-renamed", app_branch_ref(u, m->to), 0, err));
	if (!slu_str_eq(r->default_branch, m->from))
		return SLU_OK;
	SLU_TRY(port_repo_default_branch(u->store, r->id, m->to, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "old", m->from);
	slu_json_kv_str(&d.json, "new", m->to);
	return app_data_event(&d, u, r, "default-branch-changed", app_branch_ref(u, m->to), 0, err);
}

static slu_rc act(struct renaming *m, struct app_unit *u, slu_str from, slu_str to, slu_err *err)
{
	m->from = from;
	m->to = to;
	const slu_oid none = slu_oid_zero();
	const struct port_git_update update[2] = { { .ref = app_branch_ref(u, from), .old = m->at, .new_ = none }, { .ref = app_branch_ref(u, to), .old = none, .new_ = m->at } };
	const struct app_land l = { .update = update, .n = 2, .reflog = slu_s(slu_printf(u->a, "rename %.*s to %.*s", SLU_FMT(from), SLU_FMT(to))), .record = write_rename, .ctx = m };
	bool is_default = slu_str_eq(m->r->default_branch, from);
	SLU_TRY(app_land(u, m->r, &l, err));
	if (is_default)
		SLU_TRY(app_ports_of(u->app)->git_set_default(m->r->path, to, err)); /* cut off before: it is done at the next start */
	return app_repo_refresh(u, m->r, err);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------------------- */

static slu_rc head_of(slu_oid *out, struct app_unit *u, struct app_repo *r, slu_str branch, slu_err *err)
{
	return r->git->ops->ref(r->git, app_branch_ref(u, branch), out, err);
}

static slu_rc what_goes_along(struct renaming *m, struct app_unit *u, slu_err *err)
{
	const struct port_change *list = NULL;
	size_t n = 0;
	m->out->default_branch = slu_str_eq(m->r->default_branch, m->from);
	for (int into = 0; into < 2; into++) {
		SLU_TRY(changes_of(&list, &n, m, u, into, err));
		for (size_t i = 0; i < n; i++)
			*SLU_ADD(u->a, &m->out->change) = list[i].number;
	}
	return SLU_OK;
}

/* Where it is: under its name, or between the two; *begun then. n == 0: it has the other name already. */
static slu_rc find(slu_str *now, struct renaming *m, struct app_unit *u, const struct app_rename *ask, slu_err *err)
{
	slu_str between = slu_s(between_of(u->a, m->kind));
	slu_oid from, to, there;
	SLU_TRY(head_of(&from, u, m->r, ask->from, err));
	SLU_TRY(head_of(&to, u, m->r, ask->to, err));
	SLU_TRY(head_of(&there, u, m->r, between, err));
	bool cut = slu_oid_is_zero(&from) && !slu_oid_is_zero(&there);
	const slu_oid *at = cut ? &there : slu_oid_is_zero(&from) ? &to : &from;
	if (slu_oid_is_zero(at))
		return slu_fail(err, SLU_E_CONFLICT, "There is neither %.*s nor %.*s in %.*s.", SLU_FMT(ask->from), SLU_FMT(ask->to), SLU_FMT(m->r->full));
	if (!slu_oid_eq(at, &ask->at))
		return slu_fail(err, SLU_E_CONFLICT, "%.*s is at %.10s in %.*s, and was at %.10s: somebody has gone on from it. Fetch, and begin anew.", SLU_FMT(at == &to ? ask->to : ask->from), at->hex, SLU_FMT(m->r->full), ask->at.hex);
	if (at != &to && !slu_oid_is_zero(&to))
		return slu_fail(err, SLU_E_CONFLICT, "%.*s and %.*s are both there in %.*s. Bring all of %.*s into %.*s, then it can go: git push origin :%.*s", SLU_FMT(ask->from), SLU_FMT(ask->to), SLU_FMT(m->r->full), SLU_FMT(ask->from), SLU_FMT(ask->to), SLU_FMT(ask->from));
	*now = at == &to ? (slu_str){ 0 } : cut ? between : ask->from;
	return SLU_OK;
}

static slu_rc locked(struct renaming *m, struct app_unit *u, const struct app_rename *ask, slu_err *err)
{
	slu_str now = { 0 }, between;
	SLU_TRY(app_repo_refresh(u, m->r, err));
	m->kind = kind_of(u->a, m->r->strategy, ask->from);
	if (!m->kind || kind_of(u->a, m->r->strategy, ask->to) != m->kind || slu_str_eq(ask->from, ask->to))
		return slu_fail(err, SLU_E_CONFLICT, "The strategy in force does not say that %.*s and %.*s are one branch. It does by: branches: {KIND: {match: %.*s, was: %.*s}}", SLU_FMT(ask->from), SLU_FMT(ask->to), SLU_FMT(ask->to), SLU_FMT(ask->from));
	SLU_TRY(find(&now, m, u, ask, err));
	m->at = ask->at;
	if (now.n == 0)
		return SLU_OK;
	m->from = now;
	SLU_TRY(may(m, u, err));
	SLU_TRY(what_goes_along(m, u, err));
	m->out->moved = true;
	if (u->dry_run)
		return SLU_OK;
	between = slu_s(between_of(u->a, m->kind));
	if (cannot_both_be(now, ask->to)) {
		SLU_TRY(act(m, u, now, between, err));
		now = between;
	}
	return act(m, u, now, ask->to, err);
}

slu_rc app_branch_rename(struct app_renamed *out, struct app_unit *u, struct app_repo *r, const struct app_rename *ask, slu_err *err)
{
	struct renaming m = { .r = r, .out = out };
	*out = (struct app_renamed){ 0 };
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->level < STRAT_WRITE)
		return slu_fail(err, SLU_E_DENIED, "Who may write to %.*s may rename a branch of it.", SLU_FMT(r->full));
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = locked(&m, u, ask, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}
