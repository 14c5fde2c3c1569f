/* SPDX-License-Identifier: Apache-2.0 */
#include "app/refs.h"

#include "app/land.h"

struct moving {
	struct app_push push;
	struct app_push_judged judged;
	app_refs_also *also;
	void *also_ctx;
};

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct moving *m = ctx;
	SLU_TRY(app_push_record(u, r, &m->push, &m->judged, err));
	return m->also ? m->also(m->also_ctx, u, r, err) : SLU_OK;
}

static slu_rc judge_and_land(struct moving *m, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	SLU_TRY(app_push_judge(&m->judged, u, r, &m->push, err));
	if (!m->judged.allowed)
		return SLU_OK;
	struct app_land l = {
		.update = m->push.update,
		.n = m->push.n,
		.reflog = slu_s(slu_printf(u->a, "api: moved by %.*s", SLU_FMT(u->who.name))),
		.record = record,
		.ctx = m,
	};
	return app_land(u, r, &l, err);
}

slu_rc app_refs_move(struct app_refs_moved *out, struct app_unit *u, struct app_repo *r, const struct port_git_update *update, size_t n, app_refs_also *also, void *ctx, slu_err *err)
{
	struct moving m = { .push = { .update = update, .n = n, .via = "api" }, .also = also, .also_ctx = ctx };
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = judge_and_land(&m, u, r, err);
	app_repo_unlock(u->app, r->id);
	SLU_TRY(rc);
	*out = (struct app_refs_moved){ .moved = m.judged.allowed, .judged = m.judged };
	return SLU_OK;
}
