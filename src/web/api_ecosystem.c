/* SPDX-License-Identifier: Apache-2.0 */
/** One release of several repositories of this server: /api/sluice/ecosystem/prepare, land, complete. */
#include "app/together.h"
#include "web/merge_json.h"
#include "web/web.h"

#include <jansson.h>

static const char what[] = "Ecosystem";

/* ---- what is asked ------------------------------------------------------------------------------------------------------------------- */

static slu_str text(struct web_req *rq, const json_t *j, const char *field)
{
	if (!j || json_is_null(j))
		return (slu_str){ "", 0 };
	if (json_is_string(j) && json_string_length(j) <= SLU_MAX_NAME_BYTES)
		return (slu_str){ slu_strndup(rq->a, json_string_value(j), json_string_length(j)), json_string_length(j) };
	web_problem(rq, what, field, "invalid", "%s must be a text of at most %d bytes.", field, SLU_MAX_NAME_BYTES);
	return (slu_str){ "", 0 };
}

static void member(struct web_req *rq, struct app_together_member *m, const json_t *j)
{
	slu_str head = text(rq, json_object_get(j, "head"), "members.head");
	const json_t *change = json_object_get(j, "change");
	*m = (struct app_together_member){ .repo = text(rq, json_object_get(j, "repo"), "members.repo"), .kind = text(rq, json_object_get(j, "kind"), "members.kind"), .head = slu_oid_zero(), .commit = slu_oid_zero() };
	if (change && (!json_is_integer(change) || json_integer_value(change) < 0))
		web_problem(rq, what, "members.change", "invalid", "members.change must be a number.");
	m->change = (uint64_t)json_integer_value(change);
	if (head.n && slu_oid_parse(&m->head, head, NULL) != SLU_OK)
		web_problem(rq, what, "members.head", "invalid", "members.head must be the full id of a commit.");
}

static const slu_str *texts(struct web_req *rq, const char *field, size_t *n)
{
	const json_t *list = web_body_array(rq, what, field);
	slu_str *v = SLU_NEW_N(rq->a, slu_str, json_array_size(list) + 1);
	for (*n = 0; *n < json_array_size(list); (*n)++)
		v[*n] = text(rq, json_array_get(list, *n), field);
	return v;
}

static slu_rc ask(struct app_together *t, struct web_req *rq, slu_err *err)
{
	const json_t *list = web_body_array(rq, what, "members");
	*t = (struct app_together){ .version = web_body_str(rq, what, "version", WEB_REQUIRED, SLU_MAX_NAME_BYTES), .message = web_body_str(rq, what, "message", WEB_OPTIONAL, SLU_MAX_MESSAGE_BYTES),
		                    .dry_run = web_body_bool(rq, what, "dry_run", false), .alone = web_body_bool(rq, what, "alone", false), .n = json_array_size(list) };
	t->tag = texts(rq, "tags", &t->tag_n);
	t->check = texts(rq, "checks", &t->check_n);
	t->order = texts(rq, "order", &t->order_n);
	if (!list)
		web_problem(rq, what, "members", "missing_field", "members is missing: [{\"repo\": \"acme/app\"}, …]");
	t->m = SLU_NEW_N(rq->a, struct app_together_member, t->n + 1);
	for (size_t i = 0; i < t->n; i++)
		member(rq, &t->m[i], json_array_get(list, i));
	return web_body_check(rq, err);
}

/* ---- what is answered ------------------------------------------------------------------------------------------------------------------ */

static const char *state_of(const struct app_together_member *m)
{
	if (m->err.text[0])
		return m->err.code == SLU_E_WAIT ? "waits" : m->err.code == SLU_E_DENIED ? "refused" : "failed";
	return m->landed ? "landed" : m->change || m->as_is ? "ready" : "unopened";
}

static void member_json(slu_json *j, slu_arena *a, const struct app_together_member *m)
{
	slu_json_open(j, '{');
	slu_json_kv_str(j, "repo", m->repo);
	slu_json_kv_z(j, "state", state_of(m));
	slu_json_kv_bool(j, "as_is", m->as_is);
	slu_json_kv_str(j, "branch", m->branch);
	slu_json_kv_str(j, "target", m->target);
	if (m->change)
		slu_json_kv_int(j, "change", (int64_t)m->change);
	slu_json_kv_z(j, "head", slu_oid_is_zero(&m->head) ? NULL : m->head.hex);
	slu_json_kv_z(j, "commit", slu_oid_is_zero(&m->commit) ? NULL : m->commit.hex);
	slu_json_kv_z(j, "code", m->err.text[0] ? slu_rc_word(m->err.code) : NULL);
	slu_json_kv_z(j, "why", m->err.text[0] ? m->err.text : NULL);
	merge_json(j, "refs", &m->merge);
	if (m->judged) {
		slu_json_key(j, "verdict");
		pol_verdict_json(j, &m->merge.verdict, slu_str_dup(a, m->r.strategy_file), slu_str_dup(a, m->r.strategy_commit));
	}
	slu_json_close(j, '}');
}

static void answer(struct web_req *rq, struct web_res *rs, const struct app_together *t, bool done)
{
	slu_json *j = &rs->json;
	const struct app_together_member *first = NULL;
	for (size_t i = t->n; i-- > 0;)
		first = t->m[i].err.text[0] ? &t->m[i] : first;
	slu_json_open(j, '{');
	slu_json_kv_bool(j, "done", done && !t->dry_run);
	if (!done && first) {
		slu_json_kv_z(j, "message", slu_printf(rq->a, "%.*s: %s Nothing has landed in any of the %zu repositories.", SLU_FMT(first->repo), first->err.text, t->n));
		rs->status = web_status(first->err.code);
	}
	slu_json_key(j, "members");
	slu_json_open(j, '[');
	for (size_t i = 0; i < t->n; i++)
		member_json(j, rq->a, &t->m[i]);
	slu_json_close(j, ']');
	slu_json_close(j, '}');
}

/* ---- the three steps --------------------------------------------------------------------------------------------------------------------- */

static slu_rc prepare(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_together t;
	SLU_TRY(ask(&t, rq, err));
	slu_rc rc = app_together_prepare(&t, rq->unit, err);
	if (rc == SLU_OK)
		answer(rq, rs, &t, true);
	app_together_close(&t, rq->unit);
	return rc;
}

static slu_rc land(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_together t;
	bool done = false;
	SLU_TRY(ask(&t, rq, err));
	slu_rc rc = app_together_land(&done, &t, rq->unit, err);
	if (rc == SLU_OK)
		answer(rq, rs, &t, done);
	app_together_close(&t, rq->unit);
	return rc;
}

static slu_rc complete(struct web_req *rq, struct web_res *rs, slu_err *err)
{
	struct app_together t;
	SLU_TRY(ask(&t, rq, err));
	slu_rc rc = app_together_complete(&t, rq->unit, err);
	if (rc == SLU_OK)
		answer(rq, rs, &t, true);
	app_together_close(&t, rq->unit);
	return rc;
}

const struct web_api api_ecosystem_prepare = {
	.method = "POST", .pattern = "/api/sluice/ecosystem/prepare", .need = WEB_SIGNED_IN, .scopes = APP_SCOPE_WRITE, .run = prepare,
	.summary = "One release of several repositories: open their changes, and tell of each whether it may land now (version, members, tags, dry_run)",
};
const struct web_api api_ecosystem_land = {
	.method = "POST", .pattern = "/api/sluice/ecosystem/land", .need = WEB_SIGNED_IN, .scopes = APP_SCOPE_WRITE, .run = land,
	.summary = "Merge them all in one act, or none; their deployments are held (version, members, tags, order, dry_run)",
};
const struct web_api api_ecosystem_complete = {
	.method = "POST", .pattern = "/api/sluice/ecosystem/complete", .need = WEB_SIGNED_IN, .scopes = APP_SCOPE_WRITE, .run = complete,
	.summary = "Give them the tags that they have in common, and let their deployments go on (version, members, tags, message, alone, dry_run)",
};
