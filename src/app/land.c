/* SPDX-License-Identifier: Apache-2.0 */
#include "app/land.h"

#include "app/act.h"
#include "app/fault.h"
#include "port/store_act.h"

#include <unistd.h>

/* ---- intents ---------------------------------------------------------------------------------------------------------- */

/**
 * Write down what will move. Intents that are still there have ended: one at a time lands in a repository, and what was
 * decided was carried out before the lock was given up (or the repository is read-only). They go in the same transaction.
 */
struct intents {
	struct port_intent *v;
	size_t n;
};

static slu_rc intend(struct app_unit *u, void *ctx, slu_err *err)
{
	struct intents *mine = ctx;
	for (size_t k = 0; k < mine->n; k++) {
		const struct port_intent *old = NULL;
		size_t n = 0;
		SLU_TRY(port_intent_list(u->store, u->a, mine->v[k].repo_id, &old, &n, err));
		for (size_t i = 0; i < n; i++)
			SLU_TRY(port_intent_done(u->store, old[i].id, err));
		SLU_TRY(port_intent_add(u->store, &mine->v[k], err));
	}
	return SLU_OK;
}

static slu_rc read_only(struct app_unit *u, struct app_repo *r, slu_str why, slu_err *err)
{
	SLU_TRY(app_begin(u, err));
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "why", why);
	slu_rc rc = app_data_event(&d, u, r, "repository-read-only", (slu_str){ 0 }, 0, err);
	if (rc == SLU_OK)
		rc = port_repo_read_only(u->store, r->id, why, err);
	if (rc == SLU_OK)
		rc = app_commit(u, err);
	if (rc != SLU_OK)
		app_rollback(u);
	else
		r->read_only = true;
	return rc;
}

/** One ref of a decided intent: it stands, or it is moved now, or it has a third value and `why` says so. */
static slu_rc forward_ref(struct app_unit *u, struct app_repo *r, const struct port_git_update *x, slu_str reflog, bool *moved, const char **why, slu_err *err)
{
	slu_oid now;
	SLU_TRY(r->git->ops->ref(r->git, x->ref, &now, err));
	bool gone = slu_oid_is_zero(&now);
	if (slu_oid_eq(&now, &x->new_) || (gone && slu_oid_is_zero(&x->new_)))
		return SLU_OK;
	if (!slu_oid_eq(&now, &x->old) && !(gone && slu_oid_is_zero(&x->old))) {
		*why = slu_printf(u->a, "%.*s was to move from %s to %s, and stands at %s: neither", SLU_FMT(x->ref), x->old.hex, x->new_.hex, gone ? "nothing" : now.hex);
		return SLU_OK;
	}
	port_git_txn *t = NULL;
	SLU_TRY(r->git->ops->txn_prepare(r->git, &t, x, 1, reflog, err));
	SLU_TRY(r->git->ops->txn_commit(t, err));
	*moved = true;
	return SLU_OK;
}

/** Refs follow what was decided. `moved`: some had not yet. SLU_E_CORRUPT: one cannot, and the repository is read-only now. */
static slu_rc forward(struct app_unit *u, struct app_repo *r, const struct port_git_update *x, size_t n, slu_str reflog, bool *moved, slu_err *err)
{
	const char *why = NULL;
	for (size_t i = 0; i < n; i++) {
		slu_err e = { 0 };
		const char *third = NULL;
		if (forward_ref(u, r, &x[i], reflog, moved, &third, &e) != SLU_OK)
			third = slu_printf(u->a, "%.*s was to move to %s and could not: %s", SLU_FMT(x[i].ref), x[i].new_.hex, e.text);
		why = why ? why : third;
	}
	if (!why)
		return SLU_OK;
	SLU_TRY(read_only(u, r, slu_s(why), err));
	return slu_fail(err, SLU_E_CORRUPT, "%.*s is read-only now: %s.", SLU_FMT(r->full), why);
}

/* ---- landing ---------------------------------------------------------------------------------------------------------- */

static slu_rc write_all(struct app_unit *u, const struct app_land_part *part, const struct intents *all, slu_err *err)
{
	for (size_t i = 0; i < all->n; i++) {
		if (part[i].l->record)
			SLU_TRY(part[i].l->record(part[i].l->ctx, u, part[i].r, err));
		SLU_TRY(port_intent_decide(u->store, all->v[i].id, err));
	}
	return SLU_OK;
}

static slu_rc decide(struct app_unit *u, const struct app_land_part *part, const struct intents *all, slu_err *err)
{
	SLU_TRY(app_begin(u, err));
	slu_rc rc = app_still_signed_in(u, err);
	if (rc == SLU_OK)
		rc = write_all(u, part, all, err);
	if (rc == SLU_OK)
		app_fault(u->app, APP_FAULT_RECORDED);
	if (rc == SLU_OK)
		rc = app_commit(u, err);
	if (rc != SLU_OK)
		app_rollback(u);
	return rc;
}

static slu_rc forget(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct intents *all = ctx;
	for (size_t i = 0; i < all->n; i++)
		SLU_TRY(port_intent_done(u->store, all->v[i].id, err));
	return SLU_OK;
}

/** Lock, decide. What fails before the decision has moved nothing, and the intents may be forgotten. */
static slu_rc lock_and_decide(port_git_txn **t, struct app_unit *u, const struct app_land_part *part, const struct intents *all, slu_err *err)
{
	slu_rc rc = SLU_OK;
	size_t locked = 0;
	while (rc == SLU_OK && locked < all->n) {
		const struct app_land *l = part[locked].l;
		rc = part[locked].r->git->ops->txn_prepare(part[locked].r->git, &t[locked], l->update, l->n, l->reflog, err);
		locked += rc == SLU_OK;
	}
	if (rc == SLU_OK)
		app_fault(u->app, APP_FAULT_PREPARED);
	if (rc == SLU_OK)
		rc = decide(u, part, all, err);
	for (size_t i = 0; rc != SLU_OK && i < locked; i++)
		part[i].r->git->ops->txn_abort(t[i]);
	return rc;
}

/** Decided: all of it must come true, also where one repository cannot follow. */
static slu_rc move_all(port_git_txn **t, struct app_unit *u, const struct app_land_part *part, size_t n, slu_err *err)
{
	slu_rc rc = SLU_OK;
	for (size_t i = 0; i < n; i++) {
		struct app_repo *r = part[i].r;
		const struct app_land *l = part[i].l;
		bool moved = false;
		if (r->git->ops->txn_commit(t[i], NULL) != SLU_OK) {
			slu_rc one = forward(u, r, l->update, l->n, l->reflog, &moved, err);
			rc = rc == SLU_OK ? one : rc;
		}
		if (i + 1 < n)
			app_fault(u->app, slu_printf(u->a, "moved-in-%.*s", SLU_FMT(r->name)));
	}
	return rc;
}

static slu_rc may_move(struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	struct port_repo row = { 0 }; /* as it is now that it is ours: somebody may just have made it read-only */
	SLU_TRY(port_repo_by_id(u->store, u->a, r->id, &row, err));
	if (row.read_only.n)
		return slu_fail(err, SLU_E_DENIED, "%.*s is read-only: %.*s", SLU_FMT(r->full), SLU_FMT(row.read_only));
	return SLU_OK;
}

slu_rc app_land_all(struct app_unit *u, const struct app_land_part *part, size_t n, slu_err *err)
{
	struct intents all = { SLU_NEW_N(u->a, struct port_intent, n), n };
	port_git_txn **t = SLU_NEW_N(u->a, port_git_txn *, n);
	if (u->dry_run)
		return slu_fail(err, SLU_E_INTERNAL, "A dry run was about to move refs.");
	for (size_t i = 0; i < n; i++) {
		const struct app_land *l = part[i].l;
		SLU_TRY(may_move(u, part[i].r, err));
		all.v[i] = (struct port_intent){ .repo_id = part[i].r->id, .actor = u->who.name, .reflog = l->reflog, .update = l->update, .n = l->n, .at_s = u->now_s };
	}
	app_fault(u->app, APP_FAULT_BEGUN);
	SLU_TRY(app_act(u, intend, &all, err));
	app_fault(u->app, APP_FAULT_INTENT);
	slu_rc rc = lock_and_decide(t, u, part, &all, err);
	if (rc != SLU_OK) {
		(void)!app_act(u, forget, &all, NULL); /* one that stays goes back at the next act, or the next start */
		return rc;
	}
	app_fault(u->app, APP_FAULT_DECIDED);
	SLU_TRY(move_all(t, u, part, n, err));
	app_fault(u->app, APP_FAULT_MOVED);
	const struct app_ports *ports = app_ports_of(u->app);
	for (size_t i = 0; ports->landed && i < n; i++)
		ports->landed(ports->landed_ctx, part[i].r->path);
	return SLU_OK;
}

slu_rc app_land(struct app_unit *u, struct app_repo *r, const struct app_land *l, slu_err *err)
{
	return app_land_all(u, &(struct app_land_part){ r, l }, 1, err);
}

/* ---- recovery --------------------------------------------------------------------------------------------------------- */

static slu_rc recover_one(struct app_recovered *out, struct app_unit *u, const struct port_intent *i, slu_err *err)
{
	struct app_repo r = { 0 };
	struct port_intent copy = *i;
	bool moved = false;
	SLU_TRY(app_repo_open_id(&r, u, i->repo_id, err));
	slu_rc rc = r.read_only ? SLU_E_CORRUPT : SLU_OK;
	if (rc == SLU_OK && i->decided)
		rc = forward(u, &r, i->update, i->n, i->reflog, &moved, err);
	if (rc == SLU_OK)
		rc = app_act(u, forget, &(struct intents){ &copy, 1 }, err);
	if (rc == SLU_OK)
		*(!i->decided ? &out->back : moved ? &out->forward : &out->done) += 1;
	if (rc == SLU_E_CORRUPT && r.read_only) { /* its intent stays: it says what was meant */
		out->stuck++;
		rc = SLU_OK;
	}
	app_repo_close(u, &r);
	return rc;
}

/** Locks and quarantines of every repository, and a HEAD that is not the default branch: an act that was cut off may have left them without an intent. */
static slu_rc clear(struct app_recovered *out, struct app_unit *u, slu_err *err)
{
	const struct port_repo *row = NULL;
	size_t n = 0;
	SLU_TRY(port_repo_list(u->store, u->a, &row, &n, err));
	for (size_t i = 0; i < n; i++) {
		size_t locks = 0, quarantines = 0;
		const char *path = slu_printf(u->a, "%s/repos/%.*s/%.*s.git", app_home(u->app), SLU_FMT(row[i].owner), SLU_FMT(row[i].name));
		SLU_TRY(app_ports_of(u->app)->git_clear_stale(path, &locks, &quarantines, err));
		if (access(path, F_OK) == 0)
			SLU_TRY(app_ports_of(u->app)->git_set_default(path, row[i].default_branch, err));
		out->locks += locks;
		out->quarantines += quarantines;
	}
	return SLU_OK;
}

slu_rc app_land_recover(struct app_recovered *out, app *ap, slu_err *err)
{
	struct app_unit u = { 0 };
	struct app_recovered done = { 0 };
	const struct port_intent *list = NULL;
	size_t n = 0;
	SLU_TRY(app_unit_begin(&u, ap, err));
	app_be_system(&u);
	slu_rc rc = clear(&done, &u, err);
	if (rc == SLU_OK)
		rc = port_intent_list(u.store, u.a, 0, &list, &n, err);
	for (size_t i = 0; rc == SLU_OK && i < n; i++)
		rc = recover_one(&done, &u, &list[i], err);
	app_unit_end(&u);
	if (rc == SLU_OK)
		*out = done;
	return rc;
}

static slu_rc forget_decided(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct port_intent *list = NULL;
	size_t n = 0;
	(void)ctx;
	SLU_TRY(port_intent_list(u->store, u->a, 0, &list, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct port_repo row = { 0 };
		SLU_TRY(port_repo_by_id(u->store, u->a, list[i].repo_id, &row, err));
		if (row.read_only.n == 0)
			SLU_TRY(port_intent_done(u->store, list[i].id, err));
	}
	return SLU_OK;
}

slu_rc app_land_settle(app *ap, slu_err *err)
{
	struct app_unit u = { 0 };
	SLU_TRY(app_unit_begin(&u, ap, err));
	app_be_system(&u);
	slu_rc rc = app_act(&u, forget_decided, NULL, err);
	app_unit_end(&u);
	return rc;
}
