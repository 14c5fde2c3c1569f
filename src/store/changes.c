/* SPDX-License-Identifier: Apache-2.0 */
#include "port/store_change.h"
#include "store/sql.h"

#define CHANGE                                                                                                                        \
	"SELECT id, repo, number, state, draft, title, body, author, source, target, last_pusher, labels, head, base, merged_as, merged_by, " \
	"method, created_s, updated_s, closed_s, merged_s, version FROM change "

static struct port_change change_row(struct store_q *q, slu_arena *a)
{
	struct port_change c = { 0 };
	c.id = store_i(q);
	c.repo_id = store_i(q);
	c.number = (uint64_t)store_i(q);
	c.state = (enum pol_change_state)store_i(q);
	c.draft = store_b(q);
	c.title = store_t(q, a);
	c.body = store_t(q, a);
	c.author = store_t(q, a);
	c.source = store_t(q, a);
	c.target = store_t(q, a);
	c.last_pusher = store_t(q, a);
	c.labels = store_t(q, a);
	c.head = store_o(q);
	c.base = store_o(q);
	c.merged_as = store_o(q);
	c.merged_by = store_t(q, a);
	c.method = store_t(q, a);
	c.created_s = store_i(q);
	c.updated_s = store_i(q);
	c.closed_s = store_i(q);
	c.merged_s = store_i(q);
	c.version = store_i(q);
	return c;
}

/** Numbers are shared by all that a repository numbers, as GitHub's issues and pull requests are. */
static slu_rc next_number(port_store *s, int64_t repo_id, uint64_t *out, slu_err *err)
{
	int64_t n = 0;

	SLU_TRY(store_run_one(s, err, "There is no such repository.", "UPDATE repo SET numbers = numbers + 1 WHERE id = ?", "i", repo_id));
	SLU_TRY(store_number(&n, s, err, "SELECT numbers FROM repo WHERE id = ?", "i", repo_id));
	*out = (uint64_t)n;
	return SLU_OK;
}

slu_rc port_change_add(port_store *s, struct port_change *c, slu_err *err)
{
	uint64_t number = 0;

	SLU_TRY(next_number(s, c->repo_id, &number, err));
	SLU_TRY(store_run(s, err,
	                  "INSERT INTO change(repo, number, state, draft, title, body, author, source, target, last_pusher, labels, head, base, created_s, updated_s) "
	                  "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                  "iiiitttttttooii", c->repo_id, (int64_t)number, (int64_t)c->state, (int64_t)c->draft, c->title, c->body, c->author, c->source, c->target, c->last_pusher,
	                  c->labels, &c->head, &c->base, c->created_s, c->updated_s));
	c->id = store_last_id(s);
	c->number = number;
	c->version = 1;
	return SLU_OK;
}

/** What the query that was begun finds. `what`: its number or id, for the sentence. */
static slu_rc one_change(struct store_q *q, slu_arena *a, unsigned long long what, struct port_change *out, slu_err *err)
{
	struct port_change c = { 0 };
	bool found = store_row(q);
	if (found)
		c = change_row(q, a);
	SLU_TRY(store_end_one(q, found, err, "There is no change %llu here.", what));
	*out = c;
	return SLU_OK;
}

slu_rc port_change_get(port_store *s, slu_arena *a, int64_t repo_id, uint64_t number, struct port_change *out, slu_err *err)
{
	struct store_q q;

	SLU_TRY(store_query(&q, s, err, CHANGE "WHERE repo = ? AND number = ?", "ii", repo_id, (int64_t)number));
	return one_change(&q, a, number, out, err);
}

slu_rc port_change_by_id(port_store *s, slu_arena *a, int64_t id, struct port_change *out, slu_err *err)
{
	struct store_q q;

	SLU_TRY(store_query(&q, s, err, CHANGE "WHERE id = ?", "i", id));
	return one_change(&q, a, (unsigned long long)id, out, err);
}

#define CHANGE_WHERE                                                                                                                  \
	"WHERE repo = ?1 AND ((state = 0 AND ?2) OR (state = 1 AND ?3) OR (state = 2 AND ?4)) AND (?5 = '' OR source = ?5) "               \
	"AND (?6 = '' OR target = ?6) AND (?7 = '' OR author = ?7) AND (?8 = '' OR merged_as = ?8) "
static const char *const list_sql[2][2] = { /* by when it was last touched; oldest first */
	{ CHANGE CHANGE_WHERE "ORDER BY number DESC LIMIT ?9 OFFSET ?10", CHANGE CHANGE_WHERE "ORDER BY number LIMIT ?9 OFFSET ?10" },
	{ CHANGE CHANGE_WHERE "ORDER BY updated_s DESC, number DESC LIMIT ?9 OFFSET ?10", CHANGE CHANGE_WHERE "ORDER BY updated_s, number LIMIT ?9 OFFSET ?10" },
};

slu_rc port_change_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_change_filter *f, struct port_page *page, const struct port_change **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_change) list = { 0 };
	bool any = !f->open && !f->merged && !f->closed;
	slu_str as = slu_oid_is_zero(&f->merged_as) ? (slu_str){ "", 0 } : slu_s(f->merged_as.hex);
	int64_t open = any || f->open, merged = any || f->merged, closed = any || f->closed;

	SLU_TRY(store_query(&q, s, err, list_sql[f->by_updated][f->oldest_first], "iiiittttii", repo_id, open, merged, closed, f->source, f->target, f->author, as, store_limit(page), store_offset(page)));
	while (store_row(&q))
		*SLU_ADD(a, &list) = change_row(&q, a);
	SLU_TRY(store_end(&q, err));
	SLU_TRY(store_total(page, s, err, "SELECT count(*) FROM change " CHANGE_WHERE, "iiiitttt", repo_id, open, merged, closed, f->source, f->target, f->author, as));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_change_update(port_store *s, const struct port_change *c, slu_err *err)
{
	return store_run_one(s, err, "There is no such change.",
	                     "UPDATE change SET title = ?, body = ?, draft = ?, labels = ?, source = ?, target = ?, state = ?, head = ?, last_pusher = ?, merged_as = ?, "
	                     "merged_by = ?, method = ?, closed_s = ?, merged_s = ?, updated_s = ?, version = version + 1 WHERE id = ?",
	                     "ttitttiotottiiii", c->title, c->body, (int64_t)c->draft, c->labels, c->source, c->target, (int64_t)c->state, &c->head, c->last_pusher, &c->merged_as, c->merged_by,
	                     c->method, c->closed_s, c->merged_s, c->updated_s, c->id);
}

static slu_rc touch(port_store *s, int64_t change_id, int64_t now_s, slu_err *err)
{
	return store_run_one(s, err, "There is no such change.", "UPDATE change SET version = version + 1, updated_s = max(updated_s, ?) WHERE id = ?", "ii", now_s, change_id);
}

/* ---- reviews --------------------------------------------------------------------------------------------------------------- */

#define REVIEW "SELECT id, change, person, state, head, patch_id, body, dismissed_by, dismissed_reason, at_s FROM review "

static struct port_review review_row(struct store_q *q, slu_arena *a)
{
	struct port_review r = { 0 };
	r.id = store_i(q);
	r.change_id = store_i(q);
	r.person = store_t(q, a);
	r.state = (enum pol_review_state)store_i(q);
	r.commit = store_o(q);
	r.patch_id = store_o(q);
	r.body = store_t(q, a);
	r.dismissed_by = store_t(q, a);
	r.dismissed_reason = store_t(q, a);
	r.at_s = store_i(q);
	return r;
}

slu_rc port_review_add(port_store *s, struct port_review *r, slu_err *err)
{
	SLU_TRY(touch(s, r->change_id, r->at_s, err));
	SLU_TRY(store_run(s, err, "INSERT INTO review(change, person, state, head, patch_id, body, at_s) VALUES(?, ?, ?, ?, ?, ?, ?)", "itiooti", r->change_id, r->person, (int64_t)r->state, &r->commit, &r->patch_id, r->body, r->at_s));
	r->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_review_get(port_store *s, slu_arena *a, int64_t id, struct port_review *out, slu_err *err)
{
	struct store_q q;
	struct port_review r = { 0 };

	SLU_TRY(store_query(&q, s, err, REVIEW "WHERE id = ?", "i", id));
	bool found = store_row(&q);
	if (found)
		r = review_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no review %lld.", (long long)id));
	*out = r;
	return SLU_OK;
}

slu_rc port_review_list(port_store *s, slu_arena *a, int64_t change_id, const struct port_review **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_review) list = { 0 };

	SLU_TRY(store_query(&q, s, err, REVIEW "WHERE change = ? ORDER BY id", "i", change_id));
	while (store_row(&q))
		*SLU_ADD(a, &list) = review_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_review_dismiss(port_store *s, int64_t id, slu_str by, slu_str reason, slu_err *err)
{
	SLU_TRY(store_run_one(s, err, "There is no such review, or it is dismissed already.", "UPDATE review SET dismissed_by = ?, dismissed_reason = ? WHERE id = ? AND dismissed_by = ''", "tti", by, reason, id));
	return store_run(s, err, "UPDATE change SET version = version + 1 WHERE id = (SELECT change FROM review WHERE id = ?)", "i", id);
}

/* ---- comments and threads ------------------------------------------------------------------------------------------------------ */

#define COMMENT "SELECT id, change, thread, person, body, path, line, head, resolved_by, at_s FROM comment "

static struct port_comment comment_row(struct store_q *q, slu_arena *a)
{
	struct port_comment c = { 0 };
	c.id = store_i(q);
	c.change_id = store_i(q);
	c.thread = store_i(q);
	c.person = store_t(q, a);
	c.body = store_t(q, a);
	c.path = store_t(q, a);
	c.line = store_i(q);
	c.commit = store_o(q);
	c.resolved_by = store_t(q, a);
	c.at_s = store_i(q);
	return c;
}

slu_rc port_comment_add(port_store *s, struct port_comment *c, bool begins_thread, slu_err *err)
{
	SLU_TRY(touch(s, c->change_id, c->at_s, err));
	SLU_TRY(store_run(s, err, "INSERT INTO comment(change, thread, person, body, path, line, head, at_s) VALUES(?, ?, ?, ?, ?, ?, ?, ?)", "iitttioi", c->change_id, begins_thread ? (int64_t)0 : c->thread, c->person, c->body, c->path, c->line, &c->commit, c->at_s));
	c->id = store_last_id(s);
	if (!begins_thread)
		return SLU_OK;
	c->thread = c->id;
	return store_run(s, err, "UPDATE comment SET thread = id WHERE id = ?", "i", c->id);
}

slu_rc port_comment_get(port_store *s, slu_arena *a, int64_t id, struct port_comment *out, slu_err *err)
{
	struct store_q q;
	struct port_comment c = { 0 };

	SLU_TRY(store_query(&q, s, err, COMMENT "WHERE id = ?", "i", id));
	bool found = store_row(&q);
	if (found)
		c = comment_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no comment %lld.", (long long)id));
	*out = c;
	return SLU_OK;
}

slu_rc port_comment_list(port_store *s, slu_arena *a, int64_t change_id, const struct port_comment **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_comment) list = { 0 };

	SLU_TRY(store_query(&q, s, err, COMMENT "WHERE change = ? ORDER BY id", "i", change_id));
	while (store_row(&q))
		*SLU_ADD(a, &list) = comment_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_thread_resolve(port_store *s, int64_t thread, slu_str by, slu_err *err)
{
	SLU_TRY(store_run_one(s, err, "There is no such thread.", "UPDATE comment SET resolved_by = ? WHERE id = ? AND thread = id", "ti", by, thread));
	return store_run(s, err, "UPDATE change SET version = version + 1 WHERE id = (SELECT change FROM comment WHERE id = ?)", "i", thread);
}

slu_rc port_threads_open(port_store *s, int64_t change_id, unsigned *out, slu_err *err)
{
	int64_t n = 0;

	SLU_TRY(store_number(&n, s, err, "SELECT count(*) FROM comment WHERE change = ? AND thread = id AND resolved_by = ''", "i", change_id));
	*out = (unsigned)n;
	return SLU_OK;
}
