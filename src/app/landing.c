/* SPDX-License-Identifier: Apache-2.0 */
#include "app/landing.h"

#include "base/json.h"

#include <jansson.h>

static const char name[] = "landing.json";
enum { LANDINGS_MAX = 100, LANDING_BYTES = 1024 * 1024 };

static slu_str text_of(slu_arena *a, const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);
	return json_is_string(v) ? (slu_str){ slu_strndup(a, json_string_value(v), json_string_length(v)), json_string_length(v) } : (slu_str){ "", 0 };
}

static bool oid_of(slu_oid *out, const json_t *j)
{
	return json_is_string(j) && slu_oid_parse(out, slu_s(json_string_value(j)), NULL) == SLU_OK;
}

static bool read_one(struct app_landing *x, slu_arena *a, const json_t *j)
{
	size_t i;
	const json_t *e;
	slu_oid id;
	json_int_t change = json_integer_value(json_object_get(j, "change"));
	x->source = text_of(a, j, "source");
	x->target = text_of(a, j, "target");
	x->where = text_of(a, j, "where");
	x->change = change > 0 ? (uint64_t)change : 0;
	x->plan = (uint64_t)json_integer_value(json_object_get(j, "plan"));
	x->begun_s = json_integer_value(json_object_get(j, "begun"));
	json_array_foreach(json_object_get(j, "args"), i, e) if (json_is_string(e)) *SLU_ADD(a, &x->arg) = slu_s(slu_strdup(a, json_string_value(e)));
	json_array_foreach(json_object_get(j, "made"), i, e) if (oid_of(&id, e)) *SLU_ADD(a, &x->made) = id;
	json_array_foreach(json_object_get(j, "wants"), i, e) {
		struct app_landing_want w = { .branch = text_of(a, e, "branch"), .check = text_of(a, e, "check") };
		if (oid_of(&w.on, json_object_get(e, "on")))
			*SLU_ADD(a, &x->want) = w;
	}
	json_array_foreach(json_object_get(j, "solved"), i, e) {
		struct flow_op_solved s = { .dir = { "", 0 } };
		if (oid_of(&s.ours, json_object_get(e, "ours")) && oid_of(&s.theirs, json_object_get(e, "theirs")) && oid_of(&s.tree, json_object_get(e, "tree")))
			*SLU_ADD(a, &x->solved) = s;
	}
	return x->source.n && x->target.n && x->arg.n;
}

slu_rc app_landings(const struct app_landing **out, size_t *n, slu_arena *a, port_clone *c, slu_err *err)
{
	SLU_LIST(struct app_landing) list = { 0 };
	slu_str text = { 0 };
	bool found = false;
	size_t i;
	const json_t *e;
	SLU_TRY(c->ops->get(c, a, name, &text, &found, err));
	json_auto_t *j = found ? json_loadb(text.p, text.n, 0, NULL) : NULL;
	json_array_foreach(j, i, e) {
		struct app_landing x = { 0 };
		if (list.n < LANDINGS_MAX && read_one(&x, a, e))
			*SLU_ADD(a, &list) = x;
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

static void put_one(slu_json *j, const struct app_landing *x)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "source", x->source);
	slu_json_kv_str(j, "target", x->target);
	slu_json_kv_str(j, "where", x->where);
	slu_json_kv_int(j, "change", (int64_t)x->change);
	slu_json_kv_int(j, "plan", (int64_t)x->plan);
	slu_json_kv_int(j, "begun", x->begun_s);
	slu_json_key(j, "args");
	slu_json_open(j, '[');
	for (size_t i = 0; i < x->arg.n; i++)
		slu_json_str(j, x->arg.v[i]);
	slu_json_close(j, ']');
	slu_json_key(j, "made");
	slu_json_open(j, '[');
	for (size_t i = 0; i < x->made.n; i++)
		slu_json_z(j, x->made.v[i].hex);
	slu_json_close(j, ']');
	slu_json_key(j, "wants");
	slu_json_open(j, '[');
	for (size_t i = 0; i < x->want.n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_str(j, "branch", x->want.v[i].branch);
		slu_json_kv_str(j, "check", x->want.v[i].check);
		slu_json_kv_z(j, "on", x->want.v[i].on.hex);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_key(j, "solved");
	slu_json_open(j, '[');
	for (size_t i = 0; i < x->solved.n; i++) {
		slu_json_open(j, '{');
		slu_json_kv_z(j, "ours", x->solved.v[i].ours.hex);
		slu_json_kv_z(j, "theirs", x->solved.v[i].theirs.hex);
		slu_json_kv_z(j, "tree", x->solved.v[i].tree.hex);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}

/* All but that of this source, and `x` unless it is NULL. */
static slu_rc replace(slu_str source, const struct app_landing *x, slu_arena *a, port_clone *c, slu_err *err)
{
	const struct app_landing *v = NULL;
	size_t n = 0, left = 0;
	slu_auto_buf b;
	slu_buf_init(&b, LANDING_BYTES);
	slu_json j = slu_json_to(&b);
	SLU_TRY(app_landings(&v, &n, a, c, err));
	slu_json_open(&j, '[');
	for (size_t i = n >= LANDINGS_MAX ? n - LANDINGS_MAX + 1 : 0; i < n; i++) { /* the oldest are forgotten */
		if (slu_str_eq(v[i].source, source))
			continue;
		put_one(&j, &v[i]);
		left++;
	}
	if (x)
		put_one(&j, x);
	slu_json_close(&j, ']');
	if (left == 0 && !x)
		return c->ops->drop(c, name, err);
	return b.over ? slu_fail(err, SLU_E_LIMIT, "What waits on the server is too much to be remembered.") : c->ops->put(c, name, slu_buf_str(&b), err);
}

slu_rc app_landing_put(const struct app_landing *x, slu_arena *a, port_clone *c, slu_err *err)
{
	return replace(x->source, x, a, c, err);
}

slu_rc app_landing_drop(slu_str source, slu_arena *a, port_clone *c, slu_err *err)
{
	return replace(source, NULL, a, c, err);
}
