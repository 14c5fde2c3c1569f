/* SPDX-License-Identifier: Apache-2.0 */
#include "app/checks.h"

#include "app/act.h"
#include "app/changes_impl.h"
#include "app/refuse.h"
#include "base/limits.h"

/** The commit is there, and who asks may report this check. */
static slu_rc may_report(struct app_unit *u, struct app_repo *r, const slu_oid *sha, slu_str check, slu_err *err)
{
	struct pol_commit c;
	struct pol_verdict v;
	const struct pol_action act = { .verb = POL_REPORT, .head = *sha, .check = check };

	SLU_TRY(app_need_scope(u, APP_SCOPE_STATUS, err));
	if (!check.n)
		return slu_fail(err, SLU_E_INVALID, "A check has a name.");
	SLU_TRY(app_text_check(check, "The name of the check", SLU_MAX_TITLE_BYTES, err));
	slu_rc rc = r->git->ops->commit(r->git, u->a, sha, &c, err);
	if (rc != SLU_OK)
		return rc == SLU_E_NOT_FOUND ? slu_fail(err, SLU_E_INVALID, "There is no commit %.40s in %.*s.", sha->hex, SLU_FMT(r->full)) : rc;
	SLU_TRY(app_decide(&v, u, r, &act, err));
	return app_obey(u, r, &v, err);
}

static slu_rc texts_check(slu_str description, slu_str url, slu_err *err)
{
	SLU_TRY(app_text_check(description, "The description", SLU_MAX_TEXT_BYTES, err));
	SLU_TRY(app_text_check(url, "The address", SLU_MAX_TITLE_BYTES * 8, err));
	if (url.n && !slu_str_starts(url, "https://") && !slu_str_starts(url, "http://"))
		return slu_fail(err, SLU_E_INVALID, "The address must begin with https:// or http://.");
	return SLU_OK;
}

/* ---- statuses --------------------------------------------------------------------------------------------------------------------- */

struct reporting {
	struct app_repo *r;
	struct port_status *status;
	struct port_check_run *run;
};

static slu_rc write_status(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct reporting *x = ctx;
	struct app_data d;

	SLU_TRY(port_status_add(u->store, x->status, err));
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "commit", x->status->sha.hex);
	slu_json_kv_str(&d.json, "check", x->status->context);
	slu_json_kv_str(&d.json, "state", x->status->state);
	return app_data_event(&d, u, x->r, "check-reported", (slu_str){ 0 }, 0, err);
}

slu_rc app_status_report(struct port_status *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_status made = *x;

	if (!slu_str_in(x->state, APP_STATUS_STATES))
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no state of a status; there are success, failure, error, pending.", SLU_FMT(x->state));
	SLU_TRY(texts_check(x->description, x->url, err));
	if (!made.context.n)
		made.context = SLU_STR("default");
	SLU_TRY(may_report(u, r, &x->sha, made.context, err));
	made.repo_id = r->id;
	made.creator = u->who.name;
	made.at_s = u->now_s;
	struct reporting w = { .r = r, .status = &made };
	SLU_TRY(app_act(u, write_status, &w, err));
	*x = made;
	return SLU_OK;
}

/* ---- check runs ------------------------------------------------------------------------------------------------------------------- */

static slu_rc run_check(const struct port_check_run *x, slu_err *err)
{

	if (!slu_str_in(x->status, APP_RUN_STATUSES))
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no status of a check run; there are queued, in_progress, completed.", SLU_FMT(x->status));
	bool completed = slu_str_is(x->status, "completed");
	if (completed != (x->conclusion.n > 0))
		return slu_fail(err, SLU_E_INVALID, "A check run has a conclusion when it is completed, and only then.");
	if (completed && !slu_str_in(x->conclusion, APP_RUN_CONCLUSIONS))
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no conclusion of a check run.", SLU_FMT(x->conclusion));
	SLU_TRY(texts_check(x->title, x->url, err));
	return texts_check(x->summary, (slu_str){ 0 }, err);
}

static slu_rc run_event(struct app_unit *u, const struct reporting *x, slu_err *err)
{
	struct app_data d;

	app_data_begin(&d);
	slu_json_kv_z(&d.json, "commit", x->run->sha.hex);
	slu_json_kv_str(&d.json, "check", x->run->name);
	slu_json_kv_int(&d.json, "run", x->run->id);
	slu_json_kv_str(&d.json, "state", x->run->conclusion.n ? x->run->conclusion : x->run->status);
	return app_data_event(&d, u, x->r, "check-reported", (slu_str){ 0 }, 0, err);
}

static slu_rc write_run(struct app_unit *u, void *ctx, slu_err *err)
{
	struct reporting *x = ctx;

	if (x->run->id)
		SLU_TRY(port_check_run_update(u->store, x->run, err));
	else
		SLU_TRY(port_check_run_add(u->store, x->run, err));
	return run_event(u, x, err);
}

static slu_rc put_run(struct port_check_run *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_check_run made = *x;

	SLU_TRY(run_check(x, err));
	SLU_TRY(may_report(u, r, &x->sha, x->name, err));
	made.repo_id = r->id;
	made.creator = u->who.name;
	if (slu_str_is(made.status, "completed") && !made.completed_s)
		made.completed_s = u->now_s;
	if (!slu_str_is(made.status, "queued") && !made.started_s)
		made.started_s = u->now_s;
	struct reporting w = { .r = r, .run = &made };
	SLU_TRY(app_act(u, write_run, &w, err));
	*x = made;
	return SLU_OK;
}

slu_rc app_check_run_report(struct port_check_run *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	x->id = 0;
	x->created_s = u->now_s;
	return put_run(x, u, r, err);
}

slu_rc app_check_run_change(struct port_check_run *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_check_run there = { 0 };

	SLU_TRY(port_check_run_get(u->store, u->a, r->id, x->id, &there, err));
	x->sha = there.sha;
	x->created_s = there.created_s;
	/* Renaming a run takes its word away from the check that it was of. */
	if (!slu_str_eq(there.name, x->name))
		SLU_TRY(may_report(u, r, &there.sha, there.name, err));
	return put_run(x, u, r, err);
}

/* ---- seeing ---------------------------------------------------------------------------------------------------------------------- */

slu_rc app_status_list(const struct port_status **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const slu_oid *sha, bool latest, slu_err *err)
{
	return port_status_list(u->store, u->a, r->id, sha, latest, page, out, n, err);
}

slu_rc app_check_run_list(const struct port_check_run **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const slu_oid *sha, slu_str name, bool latest, slu_err *err)
{
	return port_check_run_list(u->store, u->a, r->id, sha, name, latest, page, out, n, err);
}

slu_rc app_check_run_get(struct port_check_run *out, struct app_unit *u, const struct app_repo *r, int64_t id, slu_err *err)
{
	return port_check_run_get(u->store, u->a, r->id, id, out, err);
}
