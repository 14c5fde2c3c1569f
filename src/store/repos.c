/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql.h"

#define REPO                                                                                                                            \
	"SELECT id, owner, name, default_branch, preset, base_text, good_text, good_commit, good_digest, title, read_only, public, created_s " \
	"FROM repo "

static struct port_repo repo_row(struct store_q *q, slu_arena *a)
{
	struct port_repo r = { 0 };
	r.id = store_i(q);
	r.owner = store_t(q, a);
	r.name = store_t(q, a);
	r.default_branch = store_t(q, a);
	r.preset = store_t(q, a);
	r.base_text = store_t(q, a);
	r.good_text = store_t(q, a);
	r.good_commit = store_t(q, a);
	r.good_digest = store_t(q, a);
	r.title = store_t(q, a);
	r.read_only = store_t(q, a);
	r.public_ = store_b(q);
	r.created_s = store_i(q);
	return r;
}

slu_rc port_repo_add(port_store *s, struct port_repo *r, slu_err *err)
{
	slu_rc rc = store_run(s, err,
	                      "INSERT INTO repo(owner, name, default_branch, preset, base_text, title, public, created_s) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
	                      "ttttttii", r->owner, r->name, r->default_branch, r->preset, r->base_text, r->title, (int64_t)r->public_, r->created_s);
	if (rc == SLU_E_EXISTS)
		return slu_fail(err, rc, "There is already a repository %.*s/%.*s.", SLU_FMT(r->owner), SLU_FMT(r->name));
	SLU_TRY(rc);
	r->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_repo_get(port_store *s, slu_arena *a, slu_str owner, slu_str name, struct port_repo *out, slu_err *err)
{
	struct store_q q;
	struct port_repo r = { 0 };

	SLU_TRY(store_query(&q, s, err, REPO "WHERE owner = ? AND name = ?", "tt", owner, name));
	bool found = store_row(&q);
	if (found)
		r = repo_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no repository %.*s/%.*s.", SLU_FMT(owner), SLU_FMT(name)));
	*out = r;
	return SLU_OK;
}

slu_rc port_repo_by_id(port_store *s, slu_arena *a, int64_t id, struct port_repo *out, slu_err *err)
{
	struct store_q q;
	struct port_repo r = { 0 };

	SLU_TRY(store_query(&q, s, err, REPO "WHERE id = ?", "i", id));
	bool found = store_row(&q);
	if (found)
		r = repo_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no repository with the number %lld.", (long long)id));
	*out = r;
	return SLU_OK;
}

slu_rc port_repo_list(port_store *s, slu_arena *a, const struct port_repo **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_repo) list = { 0 };

	SLU_TRY(store_query(&q, s, err, REPO "ORDER BY owner, name", ""));
	while (store_row(&q))
		*SLU_ADD(a, &list) = repo_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

static const char none[] = "There is no such repository.";

slu_rc port_repo_good(port_store *s, int64_t id, slu_str text, slu_str commit, slu_str digest, slu_err *err)
{
	return store_run_one(s, err, none, "UPDATE repo SET good_text = ?, good_commit = ?, good_digest = ? WHERE id = ?", "ttti", text, commit, digest, id);
}

slu_rc port_repo_read_only(port_store *s, int64_t id, slu_str why, slu_err *err)
{
	return store_run_one(s, err, none, "UPDATE repo SET read_only = ? WHERE id = ?", "ti", why, id);
}

slu_rc port_repo_default_branch(port_store *s, int64_t id, slu_str branch, slu_err *err)
{
	return store_run_one(s, err, none, "UPDATE repo SET default_branch = ? WHERE id = ?", "ti", branch, id);
}

/* ---- accepted files of other repositories ------------------------------------------------------------------------------------- */

slu_rc port_accept_put(port_store *s, const struct port_accept *x, slu_err *err)
{
	return store_run(s, err, "INSERT OR REPLACE INTO accepted(repo, what, text, digest, by, at_s, held) VALUES(?, ?, ?, ?, ?, ?, ?)", "ittttii", x->repo_id, x->what, x->text, x->digest, x->by, x->at_s,
	                 (int64_t)x->held);
}

slu_rc port_accept_get(port_store *s, slu_arena *a, int64_t repo_id, slu_str what, struct port_accept *out, slu_err *err)
{
	struct store_q q;
	struct port_accept x = { .repo_id = repo_id };

	SLU_TRY(store_query(&q, s, err, "SELECT what, text, digest, by, at_s, held FROM accepted WHERE repo = ? AND what = ?", "it", repo_id, what));
	bool found = store_row(&q);
	if (found) {
		x.what = store_t(&q, a);
		x.text = store_t(&q, a);
		x.digest = store_t(&q, a);
		x.by = store_t(&q, a);
		x.at_s = store_i(&q);
		x.held = store_b(&q);
	}
	SLU_TRY(store_end_one(&q, found, err, "Nobody has accepted %.*s for this repository.", SLU_FMT(what)));
	*out = x;
	return SLU_OK;
}

slu_rc port_accept_stamp(port_store *s, slu_arena *a, int64_t repo_id, slu_str *out, slu_err *err)
{
	struct store_q q;
	slu_str stamp = { "", 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT coalesce(group_concat(what || ' ' || digest || ' ' || held, char(10)), '') FROM accepted WHERE repo = ?", "i", repo_id));
	if (store_row(&q))
		stamp = store_t(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = stamp;
	return SLU_OK;
}

slu_rc port_accept_repos(port_store *s, slu_arena *a, const int64_t **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(int64_t) list = { 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT DISTINCT repo FROM accepted ORDER BY repo", ""));
	while (store_row(&q))
		*SLU_ADD(a, &list) = store_i(&q);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_base_wait_put(port_store *s, const struct port_base_wait *x, slu_err *err)
{
	return store_run(s, err, "INSERT OR REPLACE INTO base_wait(repo, what, digest, since_s, why, differs) VALUES(?, ?, ?, ?, ?, ?)", "ittitt", x->repo_id, x->what, x->digest, x->since_s, x->why,
	                 x->differs);
}

slu_rc port_base_wait_drop(port_store *s, int64_t repo_id, slu_str what, slu_err *err)
{
	return store_run(s, err, "DELETE FROM base_wait WHERE repo = ? AND what = ?", "it", repo_id, what);
}

slu_rc port_base_wait_get(port_store *s, slu_arena *a, int64_t repo_id, slu_str what, struct port_base_wait *out, slu_err *err)
{
	struct store_q q;
	struct port_base_wait x = { .repo_id = repo_id };

	SLU_TRY(store_query(&q, s, err, "SELECT what, digest, since_s, why, differs FROM base_wait WHERE repo = ? AND what = ?", "it", repo_id, what));
	bool found = store_row(&q);
	if (found) {
		x.what = store_t(&q, a);
		x.digest = store_t(&q, a);
		x.since_s = store_i(&q);
		x.why = store_t(&q, a);
		x.differs = store_t(&q, a);
	}
	SLU_TRY(store_end_one(&q, found, err, "%.*s waits for nobody.", SLU_FMT(what)));
	*out = x;
	return SLU_OK;
}
