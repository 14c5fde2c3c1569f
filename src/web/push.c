/* SPDX-License-Identifier: Apache-2.0 */
#include "web/push.h"

#include "app/fault.h"
#include "app/land.h"

static void close_unit(struct web_push *p)
{
	if (p->unit.app) {
		app_repo_close(&p->unit, &p->repo);
		app_unit_end(&p->unit);
	}
	p->judged_ok = false;
}

void web_push_end(struct web_push *p)
{
	close_unit(p);
}

static slu_str sentence(slu_arena *a, const slu_err *err)
{
	slu_auto_buf text;
	slu_buf_init(&text, SLU_ERR_TEXT * 2);
	pol_refusal_sentence(&text, slu_s(err->text));
	return slu_s(slu_str_dup(a, slu_buf_str(&text)));
}

/* ---- expected --------------------------------------------------------------------------------------------------------- */

static slu_rc expect(struct web_push *p, struct app_push_judged *out, slu_err *err)
{
	SLU_TRY(app_unit_begin(&p->unit, p->app, err));
	p->unit.who = p->who;
	SLU_TRY(app_repo_open(&p->repo, &p->unit, p->owner, p->name, STRAT_READ, err));
	return app_push_expect(out, &p->unit, &p->repo, &p->what, err);
}

static bool on_expect(void *ctx, const struct port_git_update *u, size_t n, slu_str *text)
{
	struct web_push *p = ctx;
	struct app_push_judged j = { 0 };
	slu_err err = { 0 };
	p->what = (struct app_push){ .update = u, .n = n, .via = p->via };
	slu_rc rc = expect(p, &j, &err);
	bool yes = rc == SLU_OK && j.allowed;
	if (!yes)
		*text = rc == SLU_OK ? slu_s(slu_str_dup(p->a, j.refusal)) : sentence(p->a, &err);
	close_unit(p); /* the pack may take hours */
	return yes;
}

/* ---- judged ----------------------------------------------------------------------------------------------------------- */

static slu_rc judge(struct web_push *p, const char *object_dir, const char *alternates, slu_err *err)
{
	SLU_TRY(app_unit_begin(&p->unit, p->app, err));
	p->unit.who = p->who;
	SLU_TRY(app_still_signed_in(&p->unit, err)); /* the pack may have taken its time */
	SLU_TRY(app_repo_open(&p->repo, &p->unit, p->owner, p->name, STRAT_READ, err));
	p->what.object_dir = object_dir;
	p->what.alternates = alternates;
	slu_rc rc = app_push_judge(&p->judged, &p->unit, &p->repo, &p->what, err);
	p->what.object_dir = p->what.alternates = NULL; /* the repository has the objects next */
	return rc;
}

static bool on_judge(void *ctx, const struct port_git_update *u, size_t n, const char *object_dir, const char *alternates, slu_str *text)
{
	struct web_push *p = ctx;
	slu_err err = { 0 };
	p->what = (struct app_push){ .update = u, .n = n, .via = p->via };
	slu_rc rc = judge(p, object_dir, alternates, &err);
	p->judged_ok = rc == SLU_OK && p->judged.allowed;
	if (p->judged_ok) {
		app_fault(p->app, APP_FAULT_JUDGED);
		return true;
	}
	*text = rc == SLU_OK ? slu_s(slu_str_dup(p->a, p->judged.refusal)) : sentence(p->a, &err);
	close_unit(p);
	return false;
}

/* ---- landed ------------------------------------------------------------------------------------------------------------- */

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct web_push *p = ctx;
	return app_push_record(u, r, &p->what, &p->judged, err);
}

static slu_rc land(struct web_push *p, slu_err *err)
{
	struct app_unit *u = &p->unit;
	if (!p->judged_ok)
		return slu_fail(err, SLU_E_DENIED, "This push was not judged.");
	struct app_land l = {
		.update = p->what.update,
		.n = p->what.n,
		.reflog = slu_s(slu_printf(u->a, "push by %.*s", SLU_FMT(p->who.name))),
		.record = record,
		.ctx = p,
	};
	SLU_TRY(app_repo_lock(u->app, p->repo.id, err));
	slu_rc rc = app_push_follow(&l.update, &l.n, u, &p->repo, &p->what, &p->judged, err);
	if (rc == SLU_OK)
		rc = app_land(u, &p->repo, &l, err);
	app_repo_unlock(u->app, p->repo.id);
	return rc;
}

/* What the push was judged by has changed until it was to land: the rows of the new verdict. */
static slu_str refused_late(struct web_push *p, slu_rc rc)
{
	slu_str text = { 0 };
	if (rc != SLU_E_DENIED && rc != SLU_E_WAIT)
		return text;
	if (app_push_refused(&text, &p->unit, &p->repo, &p->what, p->judged.ref, NULL) != SLU_OK)
		return (slu_str){ 0 };
	return text;
}

static bool on_land(void *ctx, slu_str *text, const char **reason)
{
	struct web_push *p = ctx;
	slu_err err = { 0 };
	slu_str said = { 0 };
	slu_rc rc = land(p, &err);
	if (rc == SLU_OK)
		(void)!app_push_reply(&said, &p->unit, &p->repo, &p->what, &p->judged, NULL); /* it stands; the reply is a courtesy */
	else
		said = refused_late(p, rc);
	*text = rc == SLU_OK || said.n ? slu_s(slu_str_dup(p->a, said)) : sentence(p->a, &err);
	*reason = rc == SLU_E_CONFLICT ? "somebody else moved it; fetch and try again" : "refused: see above";
	close_unit(p);
	return rc == SLU_OK;
}

static void on_told(void *ctx)
{
	const struct web_push *p = ctx;
	app_fault(p->app, APP_FAULT_ACKNOWLEDGED);
}

struct git_receive_decide web_push_decide(struct web_push *p)
{
	return (struct git_receive_decide){ .expect = on_expect, .judge = on_judge, .land = on_land, .told = on_told, .ctx = p };
}
