/* SPDX-License-Identifier: Apache-2.0 */
#include "port/store_act.h"
#include "store/sql.h"

/* ---- ref intents ------------------------------------------------------------------------------------------------------------- */

enum { INTENT_MAX = 1024 * 1024 };

slu_rc port_intent_add(port_store *s, struct port_intent *i, slu_err *err)
{
	slu_auto_buf text;
	slu_buf_init(&text, INTENT_MAX);
	for (size_t k = 0; k < i->n; k++)
		slu_buf_addf(&text, "%.*s %s %s\n", SLU_FMT(i->update[k].ref), slu_oid_is_zero(&i->update[k].old) ? "-" : i->update[k].old.hex, slu_oid_is_zero(&i->update[k].new_) ? "-" : i->update[k].new_.hex);
	if (text.over)
		return slu_fail(err, SLU_E_LIMIT, "Too many refs move at once; push fewer.");
	SLU_TRY(store_run(s, err, "INSERT INTO intent(repo, decided, actor, reflog, updates, at_s) VALUES(?, ?, ?, ?, ?, ?)", "iittti", i->repo_id, (int64_t)i->decided, i->actor, i->reflog, slu_buf_str(&text), i->at_s));
	i->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_intent_decide(port_store *s, int64_t id, slu_err *err)
{
	return store_run_one(s, err, "The intent of this act is gone.", "UPDATE intent SET decided = 1 WHERE id = ?", "i", id);
}

slu_rc port_intent_done(port_store *s, int64_t id, slu_err *err)
{
	return store_run(s, err, "DELETE FROM intent WHERE id = ?", "i", id);
}

static slu_rc parse_updates(struct port_intent *i, slu_arena *a, slu_str text, slu_err *err)
{
	SLU_LIST(struct port_git_update) list = { 0 };
	slu_str line, ref, old, new_;

	while (slu_str_split(&text, '\n', &line)) {
		struct port_git_update *u = SLU_ADD(a, &list);
		if (!slu_str_split(&line, ' ', &ref) || !slu_str_split(&line, ' ', &old) || !slu_str_split(&line, ' ', &new_))
			return slu_fail(err, SLU_E_CORRUPT, "The stored intent %lld does not parse.", (long long)i->id);
		u->ref = ref;
		u->old = slu_oid_zero();
		u->new_ = slu_oid_zero();
		if (!slu_str_is(old, "-"))
			SLU_TRY(slu_oid_parse(&u->old, old, err));
		if (!slu_str_is(new_, "-"))
			SLU_TRY(slu_oid_parse(&u->new_, new_, err));
	}
	i->update = list.v;
	i->n = list.n;
	return SLU_OK;
}

slu_rc port_intent_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_intent **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_intent) list = { 0 };
	slu_rc rc = SLU_OK;

	SLU_TRY(store_query(&q, s, err, "SELECT id, repo, decided, actor, reflog, updates, at_s FROM intent WHERE ?1 = 0 OR repo = ?1 ORDER BY id", "i", repo_id));
	while (rc == SLU_OK && store_row(&q)) {
		struct port_intent *i = SLU_ADD(a, &list);
		i->id = store_i(&q);
		i->repo_id = store_i(&q);
		i->decided = store_b(&q);
		i->actor = store_t(&q, a);
		i->reflog = store_t(&q, a);
		rc = parse_updates(i, a, store_t(&q, a), err);
		i->at_s = store_i(&q);
	}
	SLU_TRY(store_end_after(&q, rc, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- flows ------------------------------------------------------------------------------------------------------------------- */

#define FLOW "SELECT id, repo, kind, name, actor, state, data, created_s, updated_s FROM flow "

static struct port_flow flow_row(struct store_q *q, slu_arena *a)
{
	struct port_flow f = { 0 };
	f.id = store_i(q);
	f.repo_id = store_i(q);
	f.kind = store_t(q, a);
	f.name = store_t(q, a);
	f.actor = store_t(q, a);
	f.state = store_t(q, a);
	f.data = store_t(q, a);
	f.created_s = store_i(q);
	f.updated_s = store_i(q);
	return f;
}

slu_rc port_flow_add(port_store *s, struct port_flow *f, slu_err *err)
{
	SLU_TRY(store_run(s, err, "INSERT INTO flow(repo, kind, name, actor, state, data, created_s, updated_s) VALUES(?, ?, ?, ?, ?, ?, ?, ?)", "itttttii", f->repo_id, f->kind, f->name, f->actor, f->state, f->data, f->created_s, f->updated_s));
	f->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_flow_update(port_store *s, const struct port_flow *f, slu_err *err)
{
	return store_run_one(s, err, "There is no such operation.", "UPDATE flow SET state = ?, data = ?, updated_s = ? WHERE id = ?", "ttii", f->state, f->data, f->updated_s, f->id);
}

slu_rc port_flow_get(port_store *s, slu_arena *a, int64_t id, struct port_flow *out, slu_err *err)
{
	struct store_q q;
	struct port_flow f = { 0 };

	SLU_TRY(store_query(&q, s, err, FLOW "WHERE id = ?", "i", id));
	bool found = store_row(&q);
	if (found)
		f = flow_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no operation %lld.", (long long)id));
	*out = f;
	return SLU_OK;
}

slu_rc port_flow_list(port_store *s, slu_arena *a, int64_t repo_id, slu_str state, const struct port_flow **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_flow) list = { 0 };

	SLU_TRY(store_query(&q, s, err, FLOW "WHERE (?1 = 0 OR repo = ?1) AND (?2 = '' OR state = ?2) ORDER BY id DESC", "it", repo_id, state));
	while (store_row(&q))
		*SLU_ADD(a, &list) = flow_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- emergencies ---------------------------------------------------------------------------------------------------------------- */

#define EMERGENCY "SELECT id, repo, change, by, reason, at_s, expires_s FROM emergency "

static struct port_emergency emergency_row(struct store_q *q, slu_arena *a)
{
	struct port_emergency e = { 0 };
	e.id = store_i(q);
	e.repo_id = store_i(q);
	e.change = (uint64_t)store_i(q);
	e.by = store_t(q, a);
	e.reason = store_t(q, a);
	e.at_s = store_i(q);
	e.expires_s = store_i(q);
	return e;
}

slu_rc port_emergency_add(port_store *s, struct port_emergency *e, slu_err *err)
{
	SLU_TRY(store_run(s, err, "UPDATE change SET version = version + 1 WHERE repo = ? AND number = ?", "ii", e->repo_id, (int64_t)e->change));
	SLU_TRY(store_run(s, err, "INSERT INTO emergency(repo, change, by, reason, at_s, expires_s) VALUES(?, ?, ?, ?, ?, ?)", "iittii", e->repo_id, (int64_t)e->change, e->by, e->reason, e->at_s, e->expires_s));
	e->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_emergency_of(port_store *s, slu_arena *a, int64_t repo_id, uint64_t change, struct port_emergency *out, slu_err *err)
{
	struct store_q q;
	struct port_emergency e = { 0 };

	SLU_TRY(store_query(&q, s, err, EMERGENCY "WHERE repo = ? AND change = ? ORDER BY id DESC LIMIT 1", "ii", repo_id, (int64_t)change));
	bool found = store_row(&q);
	if (found)
		e = emergency_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "No emergency was declared for change %llu.", (unsigned long long)change));
	*out = e;
	return SLU_OK;
}

slu_rc port_emergency_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_emergency **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_emergency) list = { 0 };

	SLU_TRY(store_query(&q, s, err, EMERGENCY "WHERE repo = ? ORDER BY id DESC", "i", repo_id));
	while (store_row(&q))
		*SLU_ADD(a, &list) = emergency_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_follow_up_add(port_store *s, struct port_follow_up *f, slu_err *err)
{
	SLU_TRY(store_run(s, err, "INSERT INTO follow_up(repo, emergency, of, name, note, done_by, due_s, done_s) VALUES(?, ?, ?, ?, ?, ?, ?, ?)", "iittttii", f->repo_id, f->emergency_id, f->of, f->name, f->note, f->done_by, f->due_s, f->done_s));
	f->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_follow_up_done(port_store *s, int64_t id, slu_str by, slu_str note, int64_t now_s, slu_err *err)
{
	return store_run_one(s, err, "There is no such open follow-up.", "UPDATE follow_up SET done_by = ?, note = ?, done_s = ? WHERE id = ? AND done_s = 0", "ttii", by, note, now_s, id);
}

slu_rc port_follow_up_list(port_store *s, slu_arena *a, int64_t repo_id, bool open_only, const struct port_follow_up **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_follow_up) list = { 0 };

	SLU_TRY(store_query(&q, s, err,
	                    "SELECT id, repo, emergency, of, name, note, done_by, due_s, done_s FROM follow_up "
	                    "WHERE (?1 = 0 OR repo = ?1) AND (NOT ?2 OR done_s = 0) ORDER BY due_s, id",
	                    "ii", repo_id, (int64_t)open_only));
	while (store_row(&q)) {
		struct port_follow_up *f = SLU_ADD(a, &list);
		f->id = store_i(&q);
		f->repo_id = store_i(&q);
		f->emergency_id = store_i(&q);
		f->of = store_t(&q, a);
		f->name = store_t(&q, a);
		f->note = store_t(&q, a);
		f->done_by = store_t(&q, a);
		f->due_s = store_i(&q);
		f->done_s = store_i(&q);
	}
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}
