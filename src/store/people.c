/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql.h"

/* ---- people -------------------------------------------------------------------------------------------------------------- */

static struct port_person person_row(struct store_q *q, slu_arena *a)
{
	struct port_person p = { 0 };
	p.id = store_i(q);
	p.name = store_t(q, a);
	p.title = store_t(q, a);
	p.email = store_t(q, a);
	p.disabled = store_b(q);
	p.created_s = store_i(q);
	return p;
}

slu_rc port_person_add(port_store *s, struct port_person *p, slu_err *err)
{
	slu_rc rc = store_run(s, err, "INSERT INTO person(name, title, email, disabled, created_s) VALUES(?, ?, ?, ?, ?)", "tttii", p->name, p->title, p->email, (int64_t)p->disabled, p->created_s);
	if (rc == SLU_E_EXISTS)
		return slu_fail(err, rc, "There is already a person named %.*s.", SLU_FMT(p->name));
	SLU_TRY(rc);
	p->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_person_get(port_store *s, slu_arena *a, slu_str name, struct port_person *out, slu_err *err)
{
	struct store_q q;
	struct port_person p = { 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT id, name, title, email, disabled, created_s FROM person WHERE name = ?", "t", name));
	bool found = store_row(&q);
	if (found)
		p = person_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no person named %.*s.", SLU_FMT(name)));
	*out = p;
	return SLU_OK;
}

slu_rc port_person_list(port_store *s, slu_arena *a, const struct port_person **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_person) list = { 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT id, name, title, email, disabled, created_s FROM person ORDER BY name", ""));
	while (store_row(&q))
		*SLU_ADD(a, &list) = person_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_person_disable(port_store *s, int64_t id, bool disabled, slu_err *err)
{
	return store_run_one(s, err, "There is no such person.", "UPDATE person SET disabled = ? WHERE id = ?", "ii", (int64_t)disabled, id);
}

/* ---- tokens ---------------------------------------------------------------------------------------------------------------- */

#define TOKEN                                                                                                                  \
	"SELECT t.id, t.person, p.name, p.disabled, t.name, t.shown, t.scopes, t.created_s, t.expires_s, t.revoked_s, t.used_s, t.hash " \
	"FROM token t JOIN person p ON p.id = t.person "

static struct port_token token_row(struct store_q *q, slu_arena *a)
{
	struct port_token t = { 0 };
	t.id = store_i(q);
	t.person_id = store_i(q);
	t.person = store_t(q, a);
	t.person_disabled = store_b(q);
	t.name = store_t(q, a);
	t.shown = store_t(q, a);
	t.scopes = (unsigned)store_i(q);
	t.created_s = store_i(q);
	t.expires_s = store_i(q);
	t.revoked_s = store_i(q);
	t.used_s = store_i(q);
	(void)store_h(q, t.hash);
	return t;
}

slu_rc port_token_add(port_store *s, struct port_token *t, slu_err *err)
{
	SLU_TRY(store_run(s, err, "INSERT INTO token(person, name, shown, hash, scopes, created_s, expires_s) VALUES(?, ?, ?, ?, ?, ?, ?)", "itthiii", t->person_id, t->name, t->shown, t->hash, (int64_t)t->scopes, t->created_s, t->expires_s));
	t->id = store_last_id(s);
	return SLU_OK;
}

slu_rc port_token_by_hash(port_store *s, slu_arena *a, const unsigned char hash[PORT_TOKEN_HASH], struct port_token *out, slu_err *err)
{
	struct store_q q;
	struct port_token t = { 0 };

	SLU_TRY(store_query(&q, s, err, TOKEN "WHERE t.hash = ?", "h", hash));
	bool found = store_row(&q);
	if (found)
		t = token_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no such token."));
	*out = t;
	return SLU_OK;
}

slu_rc port_token_get(port_store *s, slu_arena *a, int64_t id, struct port_token *out, slu_err *err)
{
	struct store_q q;
	struct port_token t = { 0 };

	SLU_TRY(store_query(&q, s, err, TOKEN "WHERE t.id = ?", "i", id));
	bool found = store_row(&q);
	if (found)
		t = token_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no token %lld.", (long long)id));
	*out = t;
	return SLU_OK;
}

slu_rc port_token_list(port_store *s, slu_arena *a, int64_t person_id, const struct port_token **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_token) list = { 0 };

	SLU_TRY(store_query(&q, s, err, TOKEN "WHERE ?1 = 0 OR t.person = ?1 ORDER BY t.id", "i", person_id));
	while (store_row(&q))
		*SLU_ADD(a, &list) = token_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_token_revoke(port_store *s, int64_t id, int64_t now_s, slu_err *err)
{
	return store_run_one(s, err, "There is no such token, or it is revoked already.", "UPDATE token SET revoked_s = ? WHERE id = ? AND revoked_s = 0", "ii", now_s, id);
}

slu_rc port_token_used(port_store *s, int64_t id, int64_t now_s, slu_err *err)
{
	return store_run(s, err, "UPDATE token SET used_s = max(used_s, ?) WHERE id = ?", "ii", now_s, id);
}

/* ---- roles ------------------------------------------------------------------------------------------------------------------- */

slu_rc port_grant_add(port_store *s, const struct port_grant *g, slu_err *err)
{
	slu_rc rc = store_run(s, err, "INSERT INTO role_grant(repo, person, role, given_by, at_s) VALUES(?, ?, ?, ?, ?)", "iitti", g->repo_id, g->person_id, g->role, g->by, g->at_s);
	if (rc == SLU_E_EXISTS)
		return slu_fail(err, rc, "%.*s already has the role %.*s there.", SLU_FMT(g->person), SLU_FMT(g->role));
	return rc;
}

slu_rc port_grant_remove(port_store *s, int64_t repo_id, int64_t person_id, slu_str role, slu_err *err)
{
	return store_run_one(s, err, "That person does not have that role there.", "DELETE FROM role_grant WHERE repo = ? AND person = ? AND role = ?", "iit", repo_id, person_id, role);
}

slu_rc port_grant_list(port_store *s, slu_arena *a, int64_t repo_id, int64_t person_id, const struct port_grant **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_grant) list = { 0 };

	SLU_TRY(store_query(&q, s, err,
	                    "SELECT g.repo, g.person, p.name, g.role, g.given_by, g.at_s FROM role_grant g JOIN person p ON p.id = g.person "
	                    "WHERE (?1 < 0 OR g.repo = ?1) AND (?2 = 0 OR g.person = ?2) ORDER BY g.repo, p.name, g.role",
	                    "ii", repo_id, person_id));
	while (store_row(&q)) {
		struct port_grant *g = SLU_ADD(a, &list);
		g->repo_id = store_i(&q);
		g->person_id = store_i(&q);
		g->person = store_t(&q, a);
		g->role = store_t(&q, a);
		g->by = store_t(&q, a);
		g->at_s = store_i(&q);
	}
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}
