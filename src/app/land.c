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
static slu_rc intend(struct app_unit *u, void *ctx, slu_err *err)
{
	struct port_intent *mine = ctx;
	const struct port_intent *old = NULL;
	size_t n = 0;
	SLU_TRY(port_intent_list(u->store, u->a, mine->repo_id, &old, &n, err));
	for (size_t i = 0; i < n; i++)
		SLU_TRY(port_intent_done(u->store, old[i].id, err));
	return port_intent_add(u->store, mine, err);
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

static slu_rc decide(struct app_unit *u, struct app_repo *r, const struct app_land *l, int64_t intent, slu_err *err)
{
	SLU_TRY(app_begin(u, err));
	slu_rc rc = app_still_signed_in(u, err);
	if (rc == SLU_OK && l->record)
		rc = l->record(l->ctx, u, r, err);
	if (rc == SLU_OK)
		rc = port_intent_decide(u->store, intent, err);
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
	const struct port_intent *i = ctx;
	return port_intent_done(u->store, i->id, err);
}

/** Lock, decide, move. What fails before the decision has moved nothing, and `intent` may be forgotten. */
static slu_rc carry_out(struct app_unit *u, struct app_repo *r, const struct app_land *l, const struct port_intent *intent, port_git_txn **t, slu_err *err)
{
	SLU_TRY(r->git->ops->txn_prepare(r->git, t, l->update, l->n, l->reflog, err));
	app_fault(u->app, APP_FAULT_PREPARED);
	slu_rc rc = decide(u, r, l, intent->id, err);
	if (rc != SLU_OK)
		r->git->ops->txn_abort(*t);
	return rc;
}

slu_rc app_land(struct app_unit *u, struct app_repo *r, const struct app_land *l, slu_err *err)
{
	if (u->dry_run)
		return slu_fail(err, SLU_E_INTERNAL, "A dry run was about to move refs.");
	struct port_repo row = { 0 }; /* as it is now that it is ours: somebody may just have made it read-only */
	SLU_TRY(port_repo_by_id(u->store, u->a, r->id, &row, err));
	if (row.read_only.n)
		return slu_fail(err, SLU_E_DENIED, "%.*s is read-only: %.*s", SLU_FMT(r->full), SLU_FMT(row.read_only));
	app_fault(u->app, APP_FAULT_BEGUN);
	struct port_intent intent = { .repo_id = r->id, .actor = u->who.name, .reflog = l->reflog, .update = l->update, .n = l->n, .at_s = u->now_s };
	SLU_TRY(app_act(u, intend, &intent, err));
	app_fault(u->app, APP_FAULT_INTENT);
	port_git_txn *t = NULL;
	bool moved = false;
	slu_rc rc = carry_out(u, r, l, &intent, &t, err);
	if (rc != SLU_OK) {
		(void)!app_act(u, forget, &intent, NULL); /* one that stays goes back at the next act, or the next start */
		return rc;
	}
	app_fault(u->app, APP_FAULT_DECIDED);
	if (r->git->ops->txn_commit(t, NULL) != SLU_OK) /* decided: it must come true */
		SLU_TRY(forward(u, r, l->update, l->n, l->reflog, &moved, err));
	app_fault(u->app, APP_FAULT_MOVED);
	const struct app_ports *ports = app_ports_of(u->app);
	if (ports->landed)
		ports->landed(ports->landed_ctx, r->path);
	return SLU_OK;
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
		rc = app_act(u, forget, &copy, err);
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
