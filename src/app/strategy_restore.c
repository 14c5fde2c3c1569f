/* SPDX-License-Identifier: Apache-2.0 */
#include "app/strategy_restore.h"

#include "app/act.h"
#include "app/audit.h"
#include "app/land.h"
#include "port/store_change.h"

struct restoring {
	struct port_git_update update;
	const char *why;
};

/** Changes that bring the default branch somewhere have a new head. */
static slu_rc move_changes(struct app_unit *u, struct app_repo *r, const struct port_git_update *x, slu_err *err)
{
	const struct port_change_filter open = { .open = true, .source = r->default_branch };
	const struct port_change *c = NULL;
	size_t n = 0;

	SLU_TRY(port_change_list(u->store, u->a, r->id, &open, NULL, &c, &n, err));
	for (size_t i = 0; i < n; i++) {
		struct port_change moved = c[i];
		moved.head = x->new_;
		moved.updated_s = u->now_s;
		SLU_TRY(port_change_update(u->store, &moved, err));
		SLU_TRY(app_event(u, r, "change-moved", x->ref, moved.number, (slu_str){ "", 0 }, err));
	}
	return SLU_OK;
}

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct restoring *x = ctx;
	slu_str head = { 0 };
	struct app_data d;

	SLU_TRY(move_changes(u, r, &x->update, err));
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "old", x->update.old.hex);
	slu_json_kv_z(&d.json, "new", x->update.new_.hex);
	slu_json_kv_str(&d.json, "good", r->row.good_commit);
	slu_json_kv_str(&d.json, "digest", r->row.good_digest);
	slu_json_kv_z(&d.json, "why", x->why);
	SLU_TRY(app_data_event(&d, u, r, "strategy-restored", x->update.ref, 0, err));
	return app_audit_publish(&head, u, err);
}

/** Git does not write an object anew that it has, so a damaged one would stay: then a comment makes it another. */
static slu_str text_of(struct app_unit *u, struct app_repo *r, const slu_oid *tip)
{
	slu_str there = { 0 }, good = r->row.good_text;
	bool found = false;

	if (r->git->ops->file_at(r->git, u->a, tip, SLU_STR(".sluice/strategy.yml"), &there, &found, NULL) == SLU_OK)
		return good;
	return slu_s(slu_printf(u->a, "%.*s%s# Put back by `sluice strategy restore`: the object that held this file is damaged.\n", SLU_FMT(good), slu_str_ends(good, "\n") ? "" : "\n"));
}

static slu_rc make(struct restoring *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	port_git *g = r->git;
	const struct port_git_ident author = app_ident(u), server = app_server_ident(u);
	strat_issues issues = { 0 };
	const strat *s = NULL;
	slu_oid tree = { 0 };

	x->update.ref = slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(r->default_branch)));
	SLU_TRY(g->ops->ref(g, x->update.ref, &x->update.old, err));
	if (slu_oid_is_zero(&x->update.old))
		return slu_fail(err, SLU_E_NOT_FOUND, "The branch %.*s is gone.", SLU_FMT(r->default_branch));
	const struct port_git_file_edit edit = { .path = SLU_STR(".sluice/strategy.yml"), .text = text_of(u, r, &x->update.old) };
	SLU_TRY(g->ops->tree_edit(g, u->a, &x->update.old, &edit, 1, &tree, err));
	slu_str message = slu_s(slu_printf(u->a, "fix: put the last good strategy back\n\nThe text is that of commit %.*s.\n", SLU_FMT(r->row.good_commit)));
	SLU_TRY(g->ops->commit_make(g, &tree, &x->update.old, 1, &author, &server, message, &x->update.new_, err));
	return app_strategy_candidate(&s, u, r, NULL, &x->update.new_, &issues, err);
}

static slu_rc locked(struct app_restored *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct restoring x = { 0 };
	struct app_restored res = { 0 };

	SLU_TRY(app_repo_refresh(u, r, err));
	if (!r->strategy_trouble)
		return slu_fail(err, SLU_E_INVALID, "The strategy in force in %.*s can be used; there is nothing to restore.", SLU_FMT(r->full));
	if (!r->row.good_text.n)
		return slu_fail(err, SLU_E_NOT_FOUND, "No strategy file was ever in force in %.*s: the strategy of `sluice repo create` is. Push a file that is valid.", SLU_FMT(r->full));
	x.why = r->strategy_trouble;
	SLU_TRY(make(&x, u, r, err));
	const struct app_land l = { .update = &x.update, .n = 1, .reflog = SLU_STR("strategy restore"), .record = record, .ctx = &x };
	if (!u->dry_run)
		SLU_TRY(app_land(u, r, &l, err));
	res.commit = x.update.new_;
	res.why = x.why;
	SLU_TRY(slu_oid_parse(&res.good, r->row.good_commit, err));
	*out = res;
	return SLU_OK;
}

slu_rc app_strategy_restore(struct app_restored *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	if (!u->who.operator_)
		return slu_fail(err, SLU_E_DENIED, "Only the operator may put a strategy back, on the server's machine: sluice strategy restore --home DIR --repo %.*s", SLU_FMT(r->full));
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = locked(out, u, r, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}
