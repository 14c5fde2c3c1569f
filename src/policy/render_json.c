/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as JSON: the same object from the command, the API, the pages and the event. */
#include "base/json.h"
#include "base/quantity.h"
#include "policy/rule.h"

static void kv_some(struct slu_json *j, const char *key, slu_str s)
{
	if (s.n)
		slu_json_kv_str(j, key, s);
}

static void kv_oid(struct slu_json *j, const char *key, const slu_oid *id)
{
	if (!slu_oid_is_zero(id))
		slu_json_kv_z(j, key, id->hex);
}

static void until(struct slu_json *j, int64_t s)
{
	char buf[SLU_TIME_TEXT];
	slu_json_key(j, "until");
	slu_json_z(j, s ? slu_time_text(s, buf) : NULL);
}

static void action(struct slu_json *j, const struct pol_action *a)
{
	static const char *const cause[] = { "person", "merge", "release", "roll-back", "schedule" };
	slu_json_key(j, "action");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "verb", pol_verb_word(a->verb));
	slu_json_kv_str(j, "actor", a->actor);
	kv_some(j, "ref", a->ref);
	kv_oid(j, "old", &a->old);
	kv_oid(j, "new", &a->new_);
	if (a->change)
		slu_json_kv_int(j, "change", (int64_t)a->change);
	kv_some(j, "source", a->source);
	kv_some(j, "target", a->target);
	kv_oid(j, "head", &a->head);
	if (a->has_method)
		slu_json_kv_z(j, "method", strat_method_word(a->method));
	kv_some(j, "environment", a->environment);
	kv_some(j, "version", a->version);
	kv_some(j, "check", a->check);
	if (a->emergency)
		slu_json_kv_bool(j, "emergency", true);
	kv_some(j, "reason", a->reason);
	slu_json_kv_z(j, "cause", (size_t)a->cause < sizeof cause / sizeof *cause ? cause[a->cause] : "");
	slu_json_close(j, '}');
}

static void row(struct slu_json *j, const struct pol_row *r)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "rule", r->rule);
	slu_json_kv_z(j, "file", r->pos.file ? r->pos.file : "");
	slu_json_kv_int(j, "line", r->pos.line);
	slu_json_kv_int(j, "column", r->pos.column);
	slu_json_kv_z(j, "state", pol_state_word(r->state));
	slu_json_kv_z(j, "wanted", r->wanted);
	slu_json_kv_z(j, "actual", r->actual);
	slu_json_key(j, "opens");
	slu_json_open(j, '[');
	for (size_t i = 0; i < r->opens_n; i++)
		slu_json_z(j, r->opens[i]);
	slu_json_close(j, ']');
	until(j, r->until_s);
	slu_json_kv_z(j, "remedy", r->remedy);
	slu_json_close(j, '}');
}

static void follows(struct slu_json *j, const struct pol_verdict *v)
{
	static const char *const kind[] = { "tag", "also-into", "back-merge", "delete" };
	slu_json_key(j, "follows");
	slu_json_open(j, '[');
	for (size_t i = 0; i < v->follow.n; i++) {
		const struct pol_follow *f = &v->follow.v[i];
		slu_json_open(j, '{');
		slu_json_kv_z(j, "act", kind[f->kind]);
		slu_json_kv_z(j, "ref", f->ref);
		slu_json_kv_z(j, "file", f->pos.file ? f->pos.file : "");
		slu_json_kv_int(j, "line", f->pos.line);
		slu_json_kv_int(j, "column", f->pos.column);
		slu_json_close(j, '}');
	}
	slu_json_close(j, ']');
}

void pol_rows_json(struct slu_json *j, const struct pol_verdict *v)
{
	slu_json_open(j, '[');
	for (size_t i = 0; i < v->row.n; i++)
		row(j, &v->row.v[i]);
	slu_json_close(j, ']');
}

void pol_verdict_json(struct slu_json *j, const struct pol_verdict *v, const char *strategy_file, const char *strategy_commit)
{
	slu_json_open(j, '{');
	slu_json_kv_z(j, "verdict", pol_answer_word(v->answer));
	until(j, v->until_s);
	action(j, &v->action);
	slu_json_key(j, "strategy");
	slu_json_open(j, '{');
	slu_json_kv_z(j, "file", strategy_file ? strategy_file : "");
	slu_json_kv_z(j, "commit", strategy_commit ? strategy_commit : "");
	slu_json_kv_z(j, "digest", v->digest ? v->digest : "");
	slu_json_close(j, '}');
	slu_json_key(j, "rules");
	pol_rows_json(j, v);
	follows(j, v);
	slu_json_close(j, '}');
}
