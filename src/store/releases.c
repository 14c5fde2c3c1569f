/* SPDX-License-Identifier: Apache-2.0 */
#include "port/store_act.h"
#include "store/sql.h"

#define RELEASE "SELECT id, repo, tag, title, body, author, target, draft, prerelease, created_s, published_s FROM release "

static struct port_release release_row(struct store_q *q, slu_arena *a)
{
	struct port_release r = { 0 };
	r.id = store_i(q);
	r.repo_id = store_i(q);
	r.tag = store_t(q, a);
	r.title = store_t(q, a);
	r.body = store_t(q, a);
	r.author = store_t(q, a);
	r.target = store_t(q, a);
	r.draft = store_b(q);
	r.prerelease = store_b(q);
	r.created_s = store_i(q);
	r.published_s = store_i(q);
	return r;
}

slu_rc port_release_add(port_store *s, struct port_release *r, slu_err *err)
{
	slu_rc rc = store_run(s, err, "INSERT INTO release(repo, tag, title, body, author, target, draft, prerelease, created_s, published_s) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "itttttiiii", r->repo_id, r->tag, r->title, r->body, r->author, r->target, (int64_t)r->draft, (int64_t)r->prerelease, r->created_s, r->published_s);
	if (rc == SLU_E_EXISTS)
		return slu_fail(err, rc, "The tag %.*s already has a release.", SLU_FMT(r->tag));
	SLU_TRY(rc);
	r->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_release_update(port_store *s, const struct port_release *r, slu_err *err)
{
	slu_rc rc = store_run_one(s, err, "There is no such release.",
	                          "UPDATE release SET tag = ?, title = ?, body = ?, target = ?, draft = ?, prerelease = ?, published_s = ? WHERE id = ?",
	                          "ttttiiii", r->tag, r->title, r->body, r->target, (int64_t)r->draft, (int64_t)r->prerelease, r->published_s, r->id);
	if (rc == SLU_E_EXISTS)
		return slu_fail(err, rc, "The tag %.*s already has a release.", SLU_FMT(r->tag));
	return rc;
}

slu_rc port_release_remove(port_store *s, int64_t id, slu_err *err)
{
	return store_run_one(s, err, "There is no such release.", "DELETE FROM release WHERE id = ?", "i", id);
}

slu_rc port_release_get(port_store *s, slu_arena *a, int64_t repo_id, int64_t id, struct port_release *out, slu_err *err)
{
	struct store_q q;
	struct port_release r = { 0 };

	SLU_TRY(store_query(&q, s, err, RELEASE "WHERE repo = ? AND id = ?", "ii", repo_id, id));
	bool found = store_row(&q);
	if (found)
		r = release_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no release %lld here.", (long long)id));
	*out = r;
	return SLU_OK;
}

slu_rc port_release_by_tag(port_store *s, slu_arena *a, int64_t repo_id, slu_str tag, struct port_release *out, slu_err *err)
{
	struct store_q q;
	struct port_release r = { 0 };

	SLU_TRY(store_query(&q, s, err, RELEASE "WHERE repo = ? AND tag = ?", "it", repo_id, tag));
	bool found = store_row(&q);
	if (found)
		r = release_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "The tag %.*s has no release.", SLU_FMT(tag)));
	*out = r;
	return SLU_OK;
}

slu_rc port_release_list(port_store *s, slu_arena *a, int64_t repo_id, struct port_page *page, const struct port_release **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_release) list = { 0 };

	SLU_TRY(store_query(&q, s, err, RELEASE "WHERE repo = ? ORDER BY id DESC LIMIT ? OFFSET ?", "iii", repo_id, store_limit(page), store_offset(page)));
	while (store_row(&q))
		*SLU_ADD(a, &list) = release_row(&q, a);
	SLU_TRY(store_end(&q, err));
	SLU_TRY(store_total(page, s, err, "SELECT count(*) FROM release WHERE repo = ?", "i", repo_id));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}
