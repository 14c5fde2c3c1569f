/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql.h"

#define EVENT "SELECT seq, time_ms, repo, actor, kind, ref, change, data FROM event "

static struct port_event event_row(struct store_q *q, slu_arena *a)
{
	struct port_event e = { 0 };
	e.seq = store_i(q);
	e.time_ms = store_i(q);
	e.repo = store_t(q, a);
	e.actor = store_t(q, a);
	e.kind = store_t(q, a);
	e.ref = store_t(q, a);
	e.change = (uint64_t)store_i(q);
	e.data = store_t(q, a);
	return e;
}

slu_rc port_event_count(port_store *s, int64_t *out, slu_err *err)
{
	return store_number(out, s, err, "SELECT coalesce(max(seq), 0) FROM event", "");
}

slu_rc port_event_add(port_store *s, struct port_event *e, slu_err *err)
{
	int64_t seq = 0;

	SLU_TRY(port_event_count(s, &seq, err));
	seq++;
	SLU_TRY(store_run(s, err, "INSERT INTO event(seq, time_ms, repo, actor, kind, ref, change, data) VALUES(?, ?, ?, ?, ?, ?, ?, ?)", "iittttit", seq, e->time_ms, e->repo, e->actor, e->kind, e->ref, (int64_t)e->change, e->data));
	e->seq = seq;
	return SLU_OK;
}

slu_rc port_event_get(port_store *s, slu_arena *a, int64_t seq, struct port_event *out, slu_err *err)
{
	struct store_q q;
	struct port_event e = { 0 };

	SLU_TRY(store_query(&q, s, err, EVENT "WHERE seq = ?", "i", seq));
	bool found = store_row(&q);
	if (found)
		e = event_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no event %lld.", (long long)seq));
	*out = e;
	return SLU_OK;
}

/* The planner uses an index only for a plain equation, so there is a text for each way to begin. */
#define REST                                                                                                                 \
	"seq >= ?2 AND (?3 = '' OR actor = ?3) AND (?4 = '' OR kind = ?4) AND (?5 = '' OR ref = ?5) "                            \
	"AND (?6 = 0 OR change = ?6) AND (?7 = 0 OR time_ms >= ?7) AND (?8 = 0 OR time_ms < ?8) AND (?9 = 0 OR repo = '') "
static const char *const list_sql[2][2] = { /* of one repository; oldest first */
	{ EVENT "WHERE ?1 = '' AND " REST "ORDER BY seq DESC LIMIT ?10 OFFSET ?11", EVENT "WHERE ?1 = '' AND " REST "ORDER BY seq LIMIT ?10 OFFSET ?11" },
	{ EVENT "WHERE repo = ?1 AND " REST "ORDER BY seq DESC LIMIT ?10 OFFSET ?11", EVENT "WHERE repo = ?1 AND " REST "ORDER BY seq LIMIT ?10 OFFSET ?11" },
};
static const char *const count_sql[2] = { "SELECT count(*) FROM event WHERE ?1 = '' AND " REST, "SELECT count(*) FROM event WHERE repo = ?1 AND " REST };

slu_rc port_event_list(port_store *s, slu_arena *a, const struct port_event_filter *f, struct port_page *page, const struct port_event **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_event) list = { 0 };
	bool one = f->repo.n > 0 || f->server_only; /* then repo = '' goes through the index too */

	SLU_TRY(store_query(&q, s, err, list_sql[one][f->oldest_first], "titttiiiiii", f->repo, f->from_seq, f->actor, f->kind, f->ref, (int64_t)f->change, f->since_ms, f->until_ms, (int64_t)f->server_only, store_limit(page), store_offset(page)));
	while (store_row(&q))
		*SLU_ADD(a, &list) = event_row(&q, a);
	SLU_TRY(store_end(&q, err));
	SLU_TRY(store_total(page, s, err, count_sql[one], "titttiiii", f->repo, f->from_seq, f->actor, f->kind, f->ref, (int64_t)f->change, f->since_ms, f->until_ms, (int64_t)f->server_only));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_event_each(port_store *s, int64_t from_seq, slu_rc (*each)(void *ctx, const struct port_event *e, slu_err *err), void *ctx, slu_err *err)
{
	struct store_q q;
	slu_rc rc = SLU_OK;

	SLU_TRY(store_query(&q, s, err, EVENT "WHERE seq >= ? ORDER BY seq", "i", from_seq));
	while (rc == SLU_OK && store_row(&q)) {
		slu_auto_arena *a = slu_arena_new();
		struct port_event e = event_row(&q, a);
		rc = each(ctx, &e, err);
	}
	return store_end_after(&q, rc, err);
}

/* ---- tree ------------------------------------------------------------------------------------------------------------------ */

slu_rc port_node_put(port_store *s, unsigned level, uint64_t index, const unsigned char hash[PORT_HASH], slu_err *err)
{
	return store_run(s, err, "INSERT INTO audit_node(level, at, hash) VALUES(?, ?, ?)", "iih", (int64_t)level, (int64_t)index, hash);
}

slu_rc port_node_get(port_store *s, unsigned level, uint64_t index, unsigned char hash[PORT_HASH], slu_err *err)
{
	struct store_q q;
	unsigned char got[PORT_HASH] = { 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT hash FROM audit_node WHERE level = ? AND at = ?", "ii", (int64_t)level, (int64_t)index));
	bool found = store_row(&q), whole = found && store_h(&q, got);
	SLU_TRY(store_end_one(&q, found, err, "The audit tree has no node %llu at level %u.", (unsigned long long)index, level));
	if (!whole)
		return slu_fail(err, SLU_E_CORRUPT, "Node %llu at level %u of the audit tree is not a hash.", (unsigned long long)index, level);
	memcpy(hash, got, sizeof(got));
	return SLU_OK;
}

static struct port_checkpoint checkpoint_row(struct store_q *q, slu_arena *a)
{
	struct port_checkpoint c = { 0 };
	c.size = store_i(q);
	c.at_s = store_i(q);
	c.text = store_t(q, a);
	return c;
}

slu_rc port_checkpoint_put(port_store *s, const struct port_checkpoint *c, slu_err *err)
{
	return store_run(s, err, "INSERT INTO audit_checkpoint(size, at_s, text) VALUES(?, ?, ?) ON CONFLICT(size) DO NOTHING", "iit", c->size, c->at_s, c->text);
}

slu_rc port_checkpoint_last(port_store *s, slu_arena *a, struct port_checkpoint *out, slu_err *err)
{
	struct store_q q;
	struct port_checkpoint c = { 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT size, at_s, text FROM audit_checkpoint ORDER BY size DESC LIMIT 1", ""));
	bool found = store_row(&q);
	if (found)
		c = checkpoint_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "No head of the audit tree has been signed yet."));
	*out = c;
	return SLU_OK;
}

slu_rc port_checkpoint_each(port_store *s, slu_rc (*each)(void *ctx, const struct port_checkpoint *c, slu_err *err), void *ctx, slu_err *err)
{
	struct store_q q;
	slu_rc rc = SLU_OK;

	SLU_TRY(store_query(&q, s, err, "SELECT size, at_s, text FROM audit_checkpoint ORDER BY size", ""));
	while (rc == SLU_OK && store_row(&q)) {
		slu_auto_arena *a = slu_arena_new();
		struct port_checkpoint c = checkpoint_row(&q, a);
		rc = each(ctx, &c, err);
	}
	return store_end_after(&q, rc, err);
}
