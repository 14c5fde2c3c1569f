/* SPDX-License-Identifier: Apache-2.0 */
#include "app/together_row.h"

#include "app/act.h"
#include "app/together.h"
#include "base/json.h"
#include "port/store_act.h"

#include <jansson.h>

static const char kind[] = "ecosystem-finish";
static const char *const event_of[] = { [TOGETHER_LANDED] = "ecosystem-landed", [TOGETHER_DONE] = "ecosystem-completed", [TOGETHER_ALONE] = "ecosystem-given-up" };
static const slu_str state_of[] = { [TOGETHER_LANDED] = SLU_STR_INIT("landed"), [TOGETHER_DONE] = SLU_STR_INIT("done"), [TOGETHER_ALONE] = SLU_STR_INIT("aborted") };

static slu_rc read_row(struct together_row *out, slu_arena *a, const struct port_flow *f, slu_err *err)
{
	json_auto_t *j = json_loadb(f->data.p, f->data.n, 0, NULL);
	const json_t *order = json_object_get(j, "order"), *e;
	const char *commit = json_string_value(json_object_get(j, "commit"));
	slu_str *v = SLU_NEW_N(a, slu_str, json_array_size(order) + 1);
	size_t i;
	*out = (struct together_row){ .version = f->name, .change = (uint64_t)json_integer_value(json_object_get(j, "change")), .order = v };
	if (!commit || slu_oid_parse(&out->commit, slu_s(commit), NULL) != SLU_OK)
		return slu_fail(err, SLU_E_CORRUPT, "What is stored of flow %lld cannot be read.", (long long)f->id);
	json_array_foreach(order, i, e) if (json_is_string(e)) v[out->order_n++] = slu_s(slu_strdup(a, json_string_value(e)));
	return SLU_OK;
}

/* ---- kept -------------------------------------------------------------------------------------------------------------------------- */

static void members_json(slu_json *j, const struct together_row *x)
{
	slu_json_kv_z(j, "commit", x->commit.hex);
	slu_json_key(j, "order");
	slu_json_open(j, '[');
	for (size_t i = 0; i < x->order_n; i++)
		slu_json_str(j, x->order[i]);
	slu_json_close(j, ']');
}

static slu_rc tell(const struct together_row *x, enum together_state state, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	struct app_data d;
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "version", x->version);
	members_json(&d.json, x);
	return app_data_event(&d, u, r, event_of[state], (slu_str){ "", 0 }, x->change, err);
}

slu_rc together_row_add(const struct together_row *x, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_int(&j, "change", (int64_t)x->change);
	members_json(&j, x);
	slu_json_close(&j, '}');
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "The names of the members are too long to be stored.");
	struct port_flow f = { .repo_id = r->id, .kind = slu_s(kind), .name = x->version, .actor = u->who.name, .state = state_of[TOGETHER_LANDED], .data = slu_buf_str(&b), .created_s = u->now_s, .updated_s = u->now_s };
	SLU_TRY(port_flow_add(u->store, &f, err));
	return tell(x, TOGETHER_LANDED, u, r, err);
}

typedef slu_rc each_fn(void *ctx, struct app_unit *u, const struct port_flow *f, slu_err *err);

static slu_rc each(struct app_unit *u, int64_t repo_id, slu_str state, each_fn *fn, void *ctx, slu_err *err)
{
	const struct port_flow *f;
	size_t n;
	SLU_TRY(port_flow_list(u->store, u->a, repo_id, state, &f, &n, err));
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(f[i].kind, kind))
			SLU_TRY(fn(ctx, u, &f[i], err));
	return SLU_OK;
}

struct ending { slu_str version; enum together_state state; const struct app_repo *r; };

static slu_rc end(void *ctx, struct app_unit *u, const struct port_flow *f, slu_err *err)
{
	const struct ending *x = ctx;
	struct port_flow over = *f;
	struct together_row row;
	if (!slu_str_eq(f->name, x->version))
		return SLU_OK;
	SLU_TRY(read_row(&row, u->a, f, err));
	over.state = state_of[x->state];
	over.updated_s = u->now_s;
	SLU_TRY(port_flow_update(u->store, &over, err));
	return tell(&row, x->state, u, x->r, err);
}

slu_rc together_row_end(struct app_unit *u, const struct app_repo *r, slu_str version, enum together_state state, slu_err *err)
{
	struct ending x = { version, state, r };
	return each(u, r->id, state_of[TOGETHER_LANDED], end, &x, err);
}

struct looking { slu_str version; uint64_t change; };

static slu_rc look(void *ctx, struct app_unit *u, const struct port_flow *f, slu_err *err)
{
	struct looking *x = ctx;
	struct together_row row;
	SLU_TRY(read_row(&row, u->a, f, err));
	if (slu_str_eq(f->name, x->version))
		x->change = row.change;
	return SLU_OK;
}

slu_rc together_change(uint64_t *change, struct app_unit *u, const struct app_repo *r, slu_str version, slu_err *err)
{
	struct looking x = { .version = version };
	SLU_TRY(each(u, r->id, state_of[TOGETHER_DONE], look, &x, err));
	SLU_TRY(each(u, r->id, state_of[TOGETHER_LANDED], look, &x, err));
	*change = x.change;
	return SLU_OK;
}

/* ---- deployments --------------------------------------------------------------------------------------------------------------------- */

struct holding {
	const char *why;
	struct app_repo *r;
	const struct port_deployment *d;
	bool followed;
	slu_str version;
	slu_oid commit;
};

/* It brings the release, and others do not have theirs. */
static slu_rc not_all_in(void *ctx, struct app_unit *u, const struct port_flow *f, slu_err *err)
{
	struct holding *x = ctx;
	struct together_row row;
	bool in = false;
	SLU_TRY(read_row(&row, u->a, f, err));
	SLU_TRY(x->r->git->ops->is_ancestor(x->r->git, &row.commit, &x->d->commit, &in, err));
	if (in)
		x->why = slu_printf(u->a, "release %.*s has not landed in all repositories of the ecosystem; whoever leads it goes on: sluice continue, or sluice ecosystem finish %.*s", SLU_FMT(f->name), SLU_FMT(f->name));
	return SLU_OK;
}

static slu_rc commit_of(void *ctx, struct app_unit *u, const struct port_flow *f, slu_err *err)
{
	struct holding *x = ctx;
	struct together_row row;
	SLU_TRY(read_row(&row, u->a, f, err));
	if (slu_str_eq(f->name, x->version))
		x->commit = row.commit;
	return SLU_OK;
}

/* Is it deployed to the same environment there, or about to be? */
static slu_rc is_busy(struct holding *x, struct app_unit *u, slu_str repo, slu_str version, slu_err *err)
{
	struct holding other = { .version = version, .commit = slu_oid_zero() };
	const struct port_deployment *list = NULL;
	struct port_repo row;
	slu_str owner, name = repo;
	size_t n = 0;
	if (!slu_str_split(&name, '/', &owner) || port_repo_get(u->store, u->a, owner, name, &row, NULL) != SLU_OK)
		return SLU_OK; /* on another server */
	SLU_TRY(each(u, row.id, state_of[TOGETHER_DONE], commit_of, &other, err));
	if (slu_oid_is_zero(&other.commit))
		return SLU_OK;
	const struct port_deployment_filter f = { .environment = x->d->environment, .commit = other.commit, .open_only = true };
	SLU_TRY(port_deployment_list(u->store, u->a, row.id, &f, NULL, &list, &n, err));
	for (size_t i = 0; i < n; i++)
		if (!slu_str_is(list[i].state, "success")) /* those only keep their old version */
			x->why = slu_printf(u->a, "%.*s comes before it in release %.*s of the ecosystem, and its deployment %llu to %.*s has not ended", SLU_FMT(repo), SLU_FMT(version), (unsigned long long)list[i].number,
			                    SLU_FMT(x->d->environment));
	return SLU_OK;
}

static slu_rc others_first(void *ctx, struct app_unit *u, const struct port_flow *f, slu_err *err)
{
	struct holding *x = ctx;
	struct together_row row;
	SLU_TRY(read_row(&row, u->a, f, err));
	if (x->why || !slu_oid_eq(&row.commit, &x->d->commit))
		return SLU_OK;
	if (!x->followed) {
		x->why = "what came before it in the log is looked at first";
		return SLU_OK;
	}
	for (size_t i = 0; !x->why && i < row.order_n && !slu_str_eq(row.order[i], x->r->full); i++)
		SLU_TRY(is_busy(x, u, row.order[i], f->name, err));
	return SLU_OK;
}

slu_rc app_together_holds(const char **why, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, bool followed, slu_err *err)
{
	struct holding x = { .r = r, .d = d, .followed = followed };
	SLU_TRY(each(u, r->id, state_of[TOGETHER_LANDED], not_all_in, &x, err));
	if (!x.why)
		SLU_TRY(each(u, r->id, state_of[TOGETHER_DONE], others_first, &x, err));
	*why = x.why;
	return SLU_OK;
}
