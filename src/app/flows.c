/* SPDX-License-Identifier: Apache-2.0 */
/** Stored flows: what they carry, which one is under way, and the way back. */
#include "app/act.h"
#include "app/land.h"
#include "app/release_impl.h"
#include "app/release_ticks.h"

#include <jansson.h>

static const char *const state_words[] = { [RELEASE_RUNNING] = "running", [RELEASE_STOPPED] = "stopped", [RELEASE_DONE] = "done", [RELEASE_ABORTED] = "aborted" };

/* ---- what a flow carries ------------------------------------------------------------------------------------------------- */

static slu_str member(struct json_t *j, const char *key)
{
	const char *v = json_string_value(json_object_get(j, key));
	return slu_s(v ? v : "");
}

static void oid_member(slu_oid *out, struct json_t *j, const char *key)
{
	*out = slu_oid_zero();
	(void)(slu_oid_parse(out, member(j, key), NULL) == SLU_OK);
}

slu_rc release_data_read(struct release_data *out, const struct port_flow *f, slu_err *err)
{
	json_auto_t *j = json_loadb(f->data.p, f->data.n, 0, NULL);
	if (!j)
		return slu_fail(err, SLU_E_CORRUPT, "What is stored of flow %lld is not JSON.", (long long)f->id);
	/* The texts are borrowed from the flow's own, which lives in the unit's arena. */
	struct release_data d = { .change = (uint64_t)json_integer_value(json_object_get(j, "change")) };
	static const char *const keys[] = { "version", "kind", "branch", "step" };
	slu_str *into[] = { &d.version, &d.kind, &d.branch, &d.step };
	for (size_t i = 0; i < 4; i++) {
		slu_str v = member(j, keys[i]);
		const char *here = v.n ? memmem(f->data.p, f->data.n, v.p, v.n) : "";
		if (!here)
			return slu_fail(err, SLU_E_CORRUPT, "What is stored of flow %lld cannot be read.", (long long)f->id);
		*into[i] = (slu_str){ here, v.n };
	}
	oid_member(&d.before, j, "before");
	oid_member(&d.after, j, "after");
	*out = d;
	return SLU_OK;
}

slu_rc release_data_put(struct port_flow *f, struct app_unit *u, const struct app_repo *r, const struct release_data *d, enum release_keep state, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_str(&j, "version", d->version);
	slu_json_kv_str(&j, "kind", d->kind);
	slu_json_kv_str(&j, "branch", d->branch);
	slu_json_kv_str(&j, "step", d->step);
	slu_json_kv_z(&j, "before", d->before.hex);
	slu_json_kv_z(&j, "after", d->after.hex);
	slu_json_kv_int(&j, "change", (int64_t)d->change);
	slu_json_close(&j, '}');
	f->repo_id = r->id;
	f->state = slu_s(state_words[state]);
	f->data = slu_s(slu_str_dup(u->a, slu_buf_str(&b)));
	f->updated_s = u->now_s;
	if (f->id)
		return port_flow_update(u->store, f, err);
	f->created_s = u->now_s;
	f->actor = u->who.name;
	return port_flow_add(u->store, f, err);
}

slu_rc release_data_save(struct port_flow *f, struct app_unit *u, const struct app_repo *r, const struct release_data *d, enum release_keep state, slu_err *err)
{
	SLU_TRY(app_begin(u, err));
	slu_rc rc = release_data_put(f, u, r, d, state, err);
	if (rc == SLU_OK)
		rc = app_commit(u, err);
	if (rc != SLU_OK)
		app_rollback(u);
	return rc;
}

/* ---- which one is under way ------------------------------------------------------------------------------------------------ */

static slu_rc under_way(struct port_flow *out, bool *found, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct port_flow *f;
	size_t n;
	*found = false;
	for (enum release_keep s = RELEASE_RUNNING; s <= RELEASE_STOPPED && !*found; s++) {
		SLU_TRY(port_flow_list(u->store, u->a, r->id, slu_s(state_words[s]), &f, &n, err));
		if (n) {
			*out = f[0];
			*found = true;
		}
	}
	return SLU_OK;
}

slu_rc release_none_under_way(struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_flow f;
	bool found;
	SLU_TRY(under_way(&f, &found, u, r, err));
	if (found)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s %.*s, begun by %.*s, is under way. Go on with it (sluice continue) or take it back (sluice abort) first.", SLU_FMT(f.kind), SLU_FMT(f.name),
		                SLU_FMT(f.actor));
	return SLU_OK;
}

/* What a flow moves back or on was judged for who began it: others need maintain, and nobody does it with read alone. */
static slu_rc may_touch(struct app_unit *u, const struct app_repo *r, const struct port_flow *f, slu_err *err)
{
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->level >= (slu_str_eq(f->actor, u->who.name) ? STRAT_WRITE : STRAT_MAINTAIN))
		return SLU_OK;
	return slu_fail(err, SLU_E_DENIED, "%.*s %.*s was begun by %.*s: that person, with write, or somebody with maintain goes on with it or takes it back.", SLU_FMT(f->kind), SLU_FMT(f->name),
	                SLU_FMT(f->actor));
}

slu_rc app_flow_status(struct port_flow *out, bool *found, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct port_flow *f;
	size_t n;
	SLU_TRY(under_way(out, found, u, r, err));
	if (*found)
		return SLU_OK;
	SLU_TRY(port_flow_list(u->store, u->a, r->id, (slu_str){ "", 0 }, &f, &n, err));
	while (n && slu_str_is(f[0].state, APP_TICKS_STATE)) { /* boxes are no operation */
		f++;
		n--;
	}
	*found = n > 0;
	if (*found)
		*out = f[0];
	return SLU_OK;
}

slu_rc app_flow_continue(struct app_release_result *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct release_data d;
	struct port_flow f;
	bool found;
	SLU_TRY(under_way(&f, &found, u, r, err));
	if (!found)
		return slu_fail(err, SLU_E_NOT_FOUND, "No operation is under way in %.*s.", SLU_FMT(r->full));
	SLU_TRY(may_touch(u, r, &f, err));
	SLU_TRY(release_data_read(&d, &f, err));
	if (u->dry_run)
		return release_would(out, u, r, &f, &d, err);
	if (slu_str_is(f.kind, "release-start"))
		return release_go_on_start(out, u, r, &f, &d, err);
	return release_go_on_finish(out, u, r, &f, &d, err);
}

/* ---- moving the branch, and back ---------------------------------------------------------------------------------------------- */

struct move_ctx {
	struct port_flow *flow;
	const struct release_data *data;
	enum release_keep state;
	const char *kind;
	slu_str ref;
	const slu_oid *old, *new_;
};

/* Open changes from the branch are at its new head; who pushed it last stays, since no person did. */
static slu_rc move_changes(struct app_unit *u, struct app_repo *r, const struct move_ctx *m, slu_err *err)
{
	struct port_change_filter open = { .open = true, .source = (slu_str){ m->ref.p + 11, m->ref.n - 11 } };
	const struct port_change *c;
	size_t n;
	SLU_TRY(port_change_list(u->store, u->a, r->id, &open, NULL, &c, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct port_change x = c[i];
		bool gone = slu_oid_is_zero(m->new_);
		x.updated_s = u->now_s;
		if (gone) {
			x.state = POL_CHANGE_CLOSED;
			x.closed_s = u->now_s;
		} else {
			x.head = *m->new_;
		}
		SLU_TRY(port_change_update(u->store, &x, err));
		SLU_TRY(app_event(u, r, gone ? "change-closed" : "change-moved", m->ref, x.number, (slu_str){ "", 0 }, err));
	}
	return SLU_OK;
}

static slu_rc record_move(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct move_ctx *m = ctx;
	struct app_data d;
	SLU_TRY(move_changes(u, r, m, err));
	SLU_TRY(release_data_put(m->flow, u, r, m->data, m->state, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "version", m->data->version);
	slu_json_kv_z(&d.json, "old", m->old->hex);
	slu_json_kv_z(&d.json, "new", m->new_->hex);
	slu_json_kv_int(&d.json, "flow", m->flow->id);
	return app_data_event(&d, u, r, m->kind, m->ref, 0, err);
}

slu_rc release_move(struct port_flow *f, struct app_unit *u, struct app_repo *r, const struct release_data *d, enum release_keep state, const slu_oid *old, const slu_oid *new_, const char *kind,
		    slu_err *err)
{
	slu_str ref = slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(d->branch)));
	struct port_git_update update = { .ref = ref, .old = *old, .new_ = *new_ };
	struct move_ctx ctx = { f, d, state, kind, ref, old, new_ };
	struct app_land land = { .update = &update, .n = 1, .reflog = slu_s(kind), .record = record_move, .ctx = &ctx };
	return app_land(u, r, &land, err);
}

/* The branch stands where the flow left it: then it may be put back. */
static slu_rc put_back(struct port_flow *f, struct app_unit *u, struct app_repo *r, const struct release_data *d, const char *kind, slu_err *err)
{
	slu_oid now = slu_oid_zero();
	SLU_TRY(r->git->ops->ref(r->git, slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(d->branch))), &now, err));
	bool moved = !slu_oid_is_zero(&d->after) && !slu_oid_eq(&d->before, &d->after);
	bool theirs = moved && !slu_oid_eq(&now, &d->before) && !slu_oid_eq(&now, &d->after);
	if (u->dry_run && !theirs)
		return SLU_OK;
	if (!moved || slu_oid_eq(&now, &d->before))
		return release_data_save(f, u, r, d, RELEASE_ABORTED, err);
	if (theirs)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s has moved since (%.10s, not %.10s): somebody's work would be lost. Take it out by hand, or go on: sluice %s", SLU_FMT(d->branch), now.hex,
		                d->after.hex, slu_str_is(f->state, "done") ? slu_printf(u->a, "release finish %.*s", SLU_FMT(d->version)) : "continue");
	return release_move(f, u, r, d, RELEASE_ABORTED, &now, &d->before, kind, err);
}

slu_rc app_flow_abort(struct port_flow *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct release_data d;
	struct port_flow f;
	bool found;
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = under_way(&f, &found, u, r, err);
	if (rc == SLU_OK && !found)
		rc = slu_fail(err, SLU_E_NOT_FOUND, "No operation is under way in %.*s; there is nothing to take back.", SLU_FMT(r->full));
	if (rc == SLU_OK)
		rc = may_touch(u, r, &f, err);
	if (rc == SLU_OK)
		rc = release_data_read(&d, &f, err);
	if (rc == SLU_OK)
		rc = put_back(&f, u, r, &d, "release-aborted", err);
	app_repo_unlock(u->app, r->id);
	if (rc == SLU_OK)
		*out = f;
	return rc;
}

static slu_rc undoable(struct port_flow *f, struct release_data *d, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct port_flow *list;
	size_t n;
	SLU_TRY(release_none_under_way(u, r, err));
	SLU_TRY(port_flow_list(u->store, u->a, r->id, SLU_STR("done"), &list, &n, err));
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "No operation was finished in %.*s; there is nothing to undo.", SLU_FMT(r->full));
	*f = list[0];
	if (!slu_str_is(f->kind, "release-start"))
		return slu_fail(err, SLU_E_CONFLICT, "The release %.*s is finished: its tag does not move, and what was deployed is taken back by a roll-back: sluice rollback ENVIRONMENT", SLU_FMT(f->name));
	SLU_TRY(may_touch(u, r, f, err));
	return release_data_read(d, f, err);
}

slu_rc app_flow_undo(struct port_flow *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct release_data d;
	struct port_flow f;
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = undoable(&f, &d, u, r, err);
	if (rc == SLU_OK)
		rc = put_back(&f, u, r, &d, "release-undone", err);
	app_repo_unlock(u->app, r->id);
	if (rc == SLU_OK)
		*out = f;
	return rc;
}
