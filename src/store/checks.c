/* SPDX-License-Identifier: Apache-2.0 */
#include "port/store_change.h"
#include "store/sql.h"

#define NEWEST_EVENT "(SELECT coalesce(max(seq), 0) FROM event)"

/* ---- statuses ------------------------------------------------------------------------------------------------------------- */

slu_rc port_status_add(port_store *s, struct port_status *x, slu_err *err)
{
	SLU_TRY(store_run(s, err, "INSERT INTO status(repo, sha, state, context, description, url, creator, at_s, after_seq) VALUES(?, ?, ?, ?, ?, ?, ?, ?, " NEWEST_EVENT ")", "iottttti", x->repo_id, &x->sha, x->state, x->context, x->description, x->url, x->creator, x->at_s));
	x->id = store_last_id(s);
	return SLU_OK;
}

/* ?3: only the newest of each context */
#define STATUS_WHERE                                                                                                              \
	"FROM status WHERE repo = ?1 AND sha = ?2 AND (NOT ?3 OR id IN (SELECT max(id) FROM status WHERE repo = ?1 AND sha = ?2 GROUP BY context)) "

slu_rc port_status_list(port_store *s, slu_arena *a, int64_t repo_id, const slu_oid *sha, bool latest, struct port_page *page, const struct port_status **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_status) list = { 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT id, repo, sha, state, context, description, url, creator, at_s " STATUS_WHERE "ORDER BY id DESC LIMIT ?4 OFFSET ?5", "ioiii", repo_id, sha, (int64_t)latest, store_limit(page), store_offset(page)));
	while (store_row(&q)) {
		struct port_status *x = SLU_ADD(a, &list);
		x->id = store_i(&q);
		x->repo_id = store_i(&q);
		x->sha = store_o(&q);
		x->state = store_t(&q, a);
		x->context = store_t(&q, a);
		x->description = store_t(&q, a);
		x->url = store_t(&q, a);
		x->creator = store_t(&q, a);
		x->at_s = store_i(&q);
	}
	SLU_TRY(store_end(&q, err));
	SLU_TRY(store_total(page, s, err, "SELECT count(*) " STATUS_WHERE, "ioi", repo_id, sha, (int64_t)latest));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- check runs ------------------------------------------------------------------------------------------------------------ */

#define RUN                                                                                                                        \
	"SELECT id, repo, sha, name, status, conclusion, url, external_id, title, summary, creator, created_s, started_s, completed_s " \
	"FROM check_run "

static struct port_check_run run_row(struct store_q *q, slu_arena *a)
{
	struct port_check_run x = { 0 };
	x.id = store_i(q);
	x.repo_id = store_i(q);
	x.sha = store_o(q);
	x.name = store_t(q, a);
	x.status = store_t(q, a);
	x.conclusion = store_t(q, a);
	x.url = store_t(q, a);
	x.external_id = store_t(q, a);
	x.title = store_t(q, a);
	x.summary = store_t(q, a);
	x.creator = store_t(q, a);
	x.created_s = store_i(q);
	x.started_s = store_i(q);
	x.completed_s = store_i(q);
	return x;
}

slu_rc port_check_run_add(port_store *s, struct port_check_run *x, slu_err *err)
{
	SLU_TRY(store_run(s, err,
	                  "INSERT INTO check_run(repo, sha, name, status, conclusion, url, external_id, title, summary, creator, created_s, started_s, completed_s, after_seq) "
	                  "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " NEWEST_EVENT ")",
	                  "iottttttttiii", x->repo_id, &x->sha, x->name, x->status, x->conclusion, x->url, x->external_id, x->title, x->summary, x->creator, x->created_s, x->started_s,
	                  x->completed_s));
	x->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_check_run_update(port_store *s, const struct port_check_run *x, slu_err *err)
{
	return store_run_one(s, err, "There is no such check run.",
	                     "UPDATE check_run SET name = ?, status = ?, conclusion = ?, url = ?, external_id = ?, title = ?, summary = ?, creator = ?, started_s = ?, "
	                     "completed_s = ?, after_seq = " NEWEST_EVENT " WHERE id = ?",
	                     "ttttttttiii", x->name, x->status, x->conclusion, x->url, x->external_id, x->title, x->summary, x->creator, x->started_s, x->completed_s, x->id);
}

slu_rc port_check_run_get(port_store *s, slu_arena *a, int64_t repo_id, int64_t id, struct port_check_run *out, slu_err *err)
{
	struct store_q q;
	struct port_check_run x = { 0 };

	SLU_TRY(store_query(&q, s, err, RUN "WHERE repo = ? AND id = ?", "ii", repo_id, id));
	bool found = store_row(&q);
	if (found)
		x = run_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no check run %lld here.", (long long)id));
	*out = x;
	return SLU_OK;
}

#define RUN_WHERE                                                                                                                   \
	"WHERE repo = ?1 AND sha = ?2 AND (?3 = '' OR name = ?3) "                                                                      \
	"AND (NOT ?4 OR id IN (SELECT max(id) FROM check_run WHERE repo = ?1 AND sha = ?2 GROUP BY name)) "

slu_rc port_check_run_list(port_store *s, slu_arena *a, int64_t repo_id, const slu_oid *sha, slu_str name, bool latest, struct port_page *page, const struct port_check_run **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_check_run) list = { 0 };

	SLU_TRY(store_query(&q, s, err, RUN RUN_WHERE "ORDER BY id DESC LIMIT ?5 OFFSET ?6", "iotiii", repo_id, sha, name, (int64_t)latest, store_limit(page), store_offset(page)));
	while (store_row(&q))
		*SLU_ADD(a, &list) = run_row(&q, a);
	SLU_TRY(store_end(&q, err));
	SLU_TRY(store_total(page, s, err, "SELECT count(*) FROM check_run " RUN_WHERE, "ioti", repo_id, sha, name, (int64_t)latest));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- the newest word on a check ------------------------------------------------------------------------------------------------ */

static const struct {
	const char *word;
	enum pol_check_state state;
} words[] = {
	{ "success", POL_CHECK_SUCCESS },     { "failure", POL_CHECK_FAILURE },     { "error", POL_CHECK_FAILURE },          { "pending", POL_CHECK_PENDING },
	{ "cancelled", POL_CHECK_CANCELLED }, { "timed_out", POL_CHECK_FAILURE },   { "action_required", POL_CHECK_FAILURE }, { "neutral", POL_CHECK_NEUTRAL },
	{ "skipped", POL_CHECK_NEUTRAL },     { "stale", POL_CHECK_CANCELLED },     { "queued", POL_CHECK_PENDING },          { "in_progress", POL_CHECK_PENDING },
};

/** A word that is not known is no success. */
static enum pol_check_state state_of(slu_str word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slu_str_is(word, words[i].word))
			return words[i].state;
	return POL_CHECK_FAILURE;
}

slu_rc port_check_latest(port_store *s, slu_arena *a, int64_t repo_id, const slu_oid *sha, slu_str name, struct pol_check *out, slu_err *err)
{
	struct store_q q;
	struct pol_check c = { .state = POL_CHECK_MISSING };

	/* A run is as new as its last change. Those of before after_seq was kept are told by their times. */
	SLU_TRY(store_query(&q, s, err,
	                    "SELECT * FROM (SELECT state, creator, url, description, at_s AS at, after_seq AS seq, 0 AS run FROM status "
	                    "WHERE repo = ?1 AND sha = ?2 AND context = ?3 ORDER BY after_seq DESC, id DESC LIMIT 1) UNION ALL "
	                    "SELECT * FROM (SELECT CASE status WHEN 'completed' THEN conclusion ELSE status END, creator, url, title, "
	                    "max(created_s, started_s, completed_s), after_seq, 1 FROM check_run WHERE repo = ?1 AND sha = ?2 AND name = ?3 "
	                    "ORDER BY after_seq DESC, id DESC LIMIT 1) ORDER BY seq DESC, at DESC, run DESC LIMIT 1",
	                    "iot", repo_id, sha, name));
	if (store_row(&q)) {
		c.state = state_of(store_t(&q, a));
		c.reporter = store_t(&q, a);
		c.url = store_t(&q, a);
		c.description = store_t(&q, a);
		c.time_s = store_i(&q);
	}
	SLU_TRY(store_end(&q, err));
	*out = c;
	return SLU_OK;
}
