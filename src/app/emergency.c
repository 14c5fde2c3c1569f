/* SPDX-License-Identifier: Apache-2.0 */
/* The one way round, declared and followed up. */
#include "app/act.h"
#include "app/changes_impl.h"
#include "app/refuse.h"
#include "base/limits.h"
#include "port/store_act.h"

struct declaring {
	struct app_repo *r;
	struct port_emergency e;
};

static slu_rc write_emergency(struct app_unit *u, void *ctx, slu_err *err)
{
	struct declaring *x = ctx;
	struct app_data d;

	SLU_TRY(port_emergency_add(u->store, &x->e, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "reason", x->e.reason);
	slu_json_kv_int(&d.json, "expires", x->e.expires_s);
	return app_data_event(&d, u, x->r, "emergency-declared", (slu_str){ 0 }, x->e.change, err);
}

slu_rc app_emergency(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_str reason, slu_err *err)
{
	struct pol_verdict v;
	struct port_change c = { 0 };
	const struct pol_action act = { .verb = POL_EMERGENCY, .change = number, .reason = reason, .emergency = true };

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	SLU_TRY(app_text_check(reason, "The reason", SLU_MAX_TITLE_BYTES * 8, err));
	SLU_TRY(port_change_get(u->store, u->a, r->id, number, &c, err));
	SLU_TRY(app_decide(&v, u, r, &act, err));
	SLU_TRY(app_refusal(u, r, &v, err));
	if (v.answer == POL_ALLOW) {
		struct declaring x = { .r = r, .e = { .repo_id = r->id, .change = number, .by = u->who.name, .reason = reason, .at_s = u->now_s, .expires_s = u->now_s + r->strategy->emergency.expires_s } };
		SLU_TRY(app_act(u, write_emergency, &x, err));
	}
	*out = v;
	return SLU_OK;
}

struct following {
	struct app_repo *r;
	int64_t id;
	slu_str note;
};

static slu_rc write_follow_up(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct following *x = ctx;
	struct app_data d;

	SLU_TRY(port_follow_up_done(u->store, x->id, u->who.name, x->note, u->now_s, err));
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "follow_up", x->id);
	slu_json_kv_str(&d.json, "note", (slu_str){ x->note.p, x->note.n < 4096 ? x->note.n : 4096 });
	return app_data_event(&d, u, x->r, "follow-up-done", (slu_str){ 0 }, 0, err);
}

slu_rc app_follow_up_done(struct app_unit *u, struct app_repo *r, int64_t id, slu_str note, slu_err *err)
{
	const struct port_follow_up *list = NULL;
	size_t n = 0;
	bool found = false;
	struct following x = { r, id, note };

	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->level < STRAT_WRITE)
		return slu_fail(err, SLU_E_DENIED, "Somebody with write closes a follow-up.");
	SLU_TRY(app_text_check(note, "The note", SLU_MAX_TEXT_BYTES, err));
	if (!slu_str_trim(note).n)
		return slu_fail(err, SLU_E_INVALID, "A follow-up stays open until something is written: give a note.");
	SLU_TRY(port_follow_up_list(u->store, u->a, r->id, true, &list, &n, err));
	for (size_t i = 0; i < n; i++)
		found = found || list[i].id == id;
	if (!found)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no open follow-up %lld here.", (long long)id);
	return app_act(u, write_follow_up, &x, err);
}

slu_rc app_follow_up_list(const struct port_follow_up **out, size_t *n, struct app_unit *u, const struct app_repo *r, bool open_only, slu_err *err)
{
	return port_follow_up_list(u->store, u->a, r->id, open_only, out, n, err);
}
