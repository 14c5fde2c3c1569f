/* SPDX-License-Identifier: Apache-2.0 */
#include "app/release_ticks.h"

#include "app/act.h"
#include "port/store_act.h"

#include <jansson.h>

/* A row beside the flows, in a state of its own: nothing is under way while boxes are ticked. */
static const char kind[] = "release-boxes", state[] = APP_TICKS_STATE;
enum { TICKS_MAX = 1000 };

static slu_rc find(struct port_flow *out, struct app_unit *u, const struct app_repo *r, slu_str version, slu_err *err)
{
	const struct port_flow *f = NULL;
	size_t n = 0;
	*out = (struct port_flow){ .repo_id = r->id, .kind = slu_s(kind), .name = version, .state = slu_s(state), .data = SLU_STR("[]") };
	SLU_TRY(port_flow_list(u->store, u->a, r->id, slu_s(state), &f, &n, err));
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(f[i].kind, kind) && slu_str_eq(f[i].name, version)) {
			*out = f[i];
			break;
		}
	return SLU_OK;
}

static slu_str text_of(slu_arena *a, const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);
	return json_is_string(v) ? (slu_str){ slu_strndup(a, json_string_value(v), json_string_length(v)), json_string_length(v) } : (slu_str){ "", 0 };
}

typedef SLU_LIST(struct pol_release_box) box_list;

static slu_rc read_row(box_list *out, struct app_unit *u, const struct port_flow *f, slu_err *err)
{
	json_auto_t *j = json_loadb(f->data.p, f->data.n, 0, NULL);
	size_t i;
	const json_t *e;
	if (!json_is_array(j))
		return slu_fail(err, SLU_E_CORRUPT, "What is stored of the boxes of release %.*s cannot be read.", SLU_FMT(f->name));
	json_array_foreach(j, i, e)
		*SLU_ADD(u->a, out) = (struct pol_release_box){ text_of(u->a, e, "box"), text_of(u->a, e, "by"), json_integer_value(json_object_get(e, "at")) };
	return SLU_OK;
}

slu_rc app_release_ticked(const struct pol_release_box **out, size_t *n, struct app_unit *u, struct app_repo *r, slu_str version, slu_err *err)
{
	struct port_flow f;
	box_list list = { 0 };
	SLU_TRY(find(&f, u, r, version, err));
	SLU_TRY(read_row(&list, u, &f, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- ticking ------------------------------------------------------------------------------------------------------------------ */

static slu_rc must_be_one(struct app_unit *u, const struct app_repo *r, slu_str box, slu_err *err)
{
	const struct strat_require *close = &r->strategy->releases.close;
	size_t n = 0;
	const struct strat_box *const *start = pol_release_boxes(&n, u->a, r->strategy);
	const char *all = "";
	for (size_t i = 0; i < n + close->boxes_n; i++) {
		slu_str text = i < n ? start[i]->text : close->boxes[i - n].text;
		if (slu_str_eq(text, box))
			return SLU_OK;
		all = slu_printf(u->a, "%s%s\"%.*s\"", all, *all ? ", " : "", SLU_FMT(text));
	}
	if (pol_release_wants_approvals(u->a, r->strategy))
		all = slu_printf(u->a, "%s%s\"%s\"", all, *all ? ", " : "", POL_RELEASE_APPROVAL);
	return slu_fail(err, SLU_E_INVALID, *all ? "A release has no box \"%.*s\" here. It has: %s." : "The strategy has no boxes for releases (releases.start.boxes, releases.close.boxes), so there is no \"%.*s\".%s", SLU_FMT(box), all);
}

/* An approval is everybody's own. */
static slu_str box_of(struct app_unit *u, const struct app_repo *r, slu_str box)
{
	slu_err ignored;
	if (!slu_str_is(box, POL_RELEASE_APPROVAL) || !pol_release_wants_approvals(u->a, r->strategy) || must_be_one(u, r, box, &ignored) == SLU_OK)
		return box;
	return slu_s(pol_release_approval(u->a, u->who.name));
}

static slu_str written(struct app_unit *u, const box_list *list)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '[');
	for (size_t i = 0; i < list->n; i++) {
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "box", list->v[i].text);
		slu_json_kv_str(&j, "by", list->v[i].by);
		slu_json_kv_int(&j, "at", list->v[i].at_s);
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	return slu_s(slu_str_dup(u->a, slu_buf_str(&b)));
}

static slu_rc change_row(box_list *list, struct app_unit *u, const struct app_tick_ask *ask, slu_err *err)
{
	size_t at = list->n;
	for (size_t i = 0; i < list->n; i++)
		if (slu_str_eq(list->v[i].text, ask->box))
			at = i;
	bool is = at < list->n;
	if (is != ask->off)
		return slu_fail(err, SLU_E_EXISTS, is ? "\"%.*s\" is ticked for %.*s already, by %.*s." : "\"%.*s\" is not ticked for %.*s.%.*s", SLU_FMT(ask->box), SLU_FMT(ask->version), is ? (int)list->v[at].by.n : 0,
		                is ? list->v[at].by.p : "");
	if (is)
		list->v[at] = list->v[--list->n];
	else if (list->n >= TICKS_MAX)
		return slu_fail(err, SLU_E_LIMIT, "Release %.*s has too many boxes.", SLU_FMT(ask->version));
	else
		*SLU_ADD(u->a, list) = (struct pol_release_box){ ask->box, u->who.name, u->now_s };
	return SLU_OK;
}

static slu_rc record(struct app_unit *u, struct app_repo *r, const struct app_tick_ask *ask, slu_err *err)
{
	struct port_flow f;
	struct app_data d;
	box_list list = { 0 };
	SLU_TRY(find(&f, u, r, ask->version, err));
	SLU_TRY(read_row(&list, u, &f, err));
	SLU_TRY(change_row(&list, u, ask, err));
	f.data = written(u, &list);
	f.updated_s = u->now_s;
	if (f.id == 0) {
		f.created_s = u->now_s;
		f.actor = u->who.name;
	}
	SLU_TRY(f.id ? port_flow_update(u->store, &f, err) : port_flow_add(u->store, &f, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "version", ask->version);
	slu_json_kv_str(&d.json, "box", ask->box);
	return app_data_event(&d, u, r, ask->off ? "release-box-unticked" : "release-box-ticked", (slu_str){ "", 0 }, 0, err);
}

struct ticking { struct app_repo *r; const struct app_tick_ask *ask; };

static slu_rc in_act(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct ticking *t = ctx;
	return record(u, t->r, t->ask, err);
}

slu_rc app_release_tick(struct app_unit *u, struct app_repo *r, const struct app_tick_ask *ask, slu_err *err)
{
	const struct app_tick_ask own = { ask->version, box_of(u, r, ask->box), ask->off };
	struct ticking t = { r, &own };
	struct port_flow f;
	box_list list = { 0 };
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->level < STRAT_TRIAGE)
		return slu_fail(err, SLU_E_DENIED, "Boxes of a release are ticked by people with the level triage and up.");
	if (slu_str_eq(own.box, ask->box))
		SLU_TRY(must_be_one(u, r, ask->box, err));
	if (u->dry_run) {
		SLU_TRY(find(&f, u, r, ask->version, err));
		SLU_TRY(read_row(&list, u, &f, err));
		return change_row(&list, u, &own, err);
	}
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = app_act(u, in_act, &t, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}
