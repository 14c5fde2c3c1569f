/* SPDX-License-Identifier: Apache-2.0 */
#include "port/store_deploy.h"
#include "store/sql.h"

#define DEPLOYMENT                                                                                                                                                     \
	"SELECT id, repo, number, environment, version, ref, actor, cause, sha, state, phase, reason, weight_pct, color, old_number, live, open, url, flow, asked, "  \
	"wake_ms, created_s, started_s, finished_s, updated_s FROM deployment "

static struct port_deployment deployment_row(struct store_q *q, slu_arena *a)
{
	struct port_deployment d = { 0 };
	d.id = store_i(q);
	d.repo_id = store_i(q);
	d.number = (uint64_t)store_i(q);
	d.environment = store_t(q, a);
	d.version = store_t(q, a);
	d.ref = store_t(q, a);
	d.actor = store_t(q, a);
	d.cause = store_t(q, a);
	d.commit = store_o(q);
	d.state = store_t(q, a);
	d.phase = store_t(q, a);
	d.reason = store_t(q, a);
	d.weight_pct = store_i(q);
	d.color = store_i(q);
	d.old_number = (uint64_t)store_i(q);
	d.live = store_b(q);
	d.open = store_b(q);
	d.url = store_t(q, a);
	d.flow = store_t(q, a);
	d.asked = store_t(q, a);
	d.wake_ms = store_i(q);
	d.created_s = store_i(q);
	d.started_s = store_i(q);
	d.finished_s = store_i(q);
	d.updated_s = store_i(q);
	return d;
}

slu_rc port_deployment_add(port_store *s, struct port_deployment *d, slu_err *err)
{
	int64_t number = 0;
	SLU_TRY(store_number(&number, s, err, "SELECT coalesce(max(number), 0) + 1 FROM deployment WHERE repo = ?", "i", d->repo_id));
	SLU_TRY(store_run(s, err,
	                  "INSERT INTO deployment(repo, number, environment, version, ref, actor, cause, sha, state, phase, reason, weight_pct, color, old_number, live, open, "
	                  "url, flow, wake_ms, created_s, started_s, finished_s, updated_s) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                  "iitttttotttiiiiittiiiii", d->repo_id, number, d->environment, d->version, d->ref, d->actor, d->cause, &d->commit, d->state, d->phase, d->reason,
	                  d->weight_pct, d->color, (int64_t)d->old_number, (int64_t)d->live, (int64_t)d->open, d->url, d->flow, d->wake_ms, d->created_s, d->started_s,
	                  d->finished_s, d->updated_s));
	d->id = store_last_id(s);
	d->number = (uint64_t)number;
	return SLU_OK;
}

slu_rc port_deployment_update(port_store *s, const struct port_deployment *d, slu_err *err)
{
	return store_run_one(s, err, "There is no such deployment.",
	                     "UPDATE deployment SET state = ?, phase = ?, reason = ?, weight_pct = ?, color = ?, old_number = ?, open = ?, url = ?, flow = ?, wake_ms = ?, "
	                     "started_s = ?, finished_s = ?, updated_s = ? WHERE id = ?",
	                     "tttiiiittiiiii", d->state, d->phase, d->reason, d->weight_pct, d->color, (int64_t)d->old_number, (int64_t)d->open, d->url, d->flow, d->wake_ms,
	                     d->started_s, d->finished_s, d->updated_s, d->id);
}

slu_rc port_deployment_ask(port_store *s, int64_t id, slu_str word, slu_err *err)
{
	return store_run_one(s, err, "There is no such deployment.", "UPDATE deployment SET asked = ? WHERE id = ?", "ti", word, id);
}

slu_rc port_deployment_get(port_store *s, slu_arena *a, int64_t repo_id, uint64_t number, struct port_deployment *out, slu_err *err)
{
	struct store_q q;
	struct port_deployment d = { 0 };
	SLU_TRY(store_query(&q, s, err, DEPLOYMENT "WHERE repo = ? AND number = ?", "ii", repo_id, (int64_t)number));
	bool found = store_row(&q);
	if (found)
		d = deployment_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no deployment %llu here.", (unsigned long long)number));
	*out = d;
	return SLU_OK;
}

slu_rc port_deployment_by_id(port_store *s, slu_arena *a, int64_t id, struct port_deployment *out, slu_err *err)
{
	struct store_q q;
	struct port_deployment d = { 0 };
	SLU_TRY(store_query(&q, s, err, DEPLOYMENT "WHERE id = ?", "i", id));
	bool found = store_row(&q);
	if (found)
		d = deployment_row(&q, a);
	SLU_TRY(store_end_one(&q, found, err, "There is no deployment with the id %lld.", (long long)id));
	*out = d;
	return SLU_OK;
}

static slu_rc all_rows(struct store_q *q, slu_arena *a, const struct port_deployment **out, size_t *n, slu_err *err)
{
	SLU_LIST(struct port_deployment) list = { 0 };
	while (store_row(q))
		*SLU_ADD(a, &list) = deployment_row(q, a);
	SLU_TRY(store_end(q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

#define MATCHES                                                                                                                                                        \
	"WHERE repo = ?1 AND (?2 = '' OR environment = ?2) AND (?3 = '' OR version = ?3) AND (?4 = '' OR state = ?4) AND (?5 = '' OR sha = ?5) "                     \
	"AND (?6 = 0 OR live = 1) AND (?7 = 0 OR open = 1) "

slu_rc port_deployment_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_deployment_filter *f, struct port_page *page, const struct port_deployment **out, size_t *n, slu_err *err)
{
	static const struct port_deployment_filter every = { 0 };
	struct store_q q;
	f = f ? f : &every;
	const char *sha = slu_oid_is_zero(&f->commit) ? "" : f->commit.hex;
	SLU_TRY(store_total(page, s, err, "SELECT count(*) FROM deployment " MATCHES, "itttzii", repo_id, f->environment, f->version, f->state, sha, (int64_t)f->live_only, (int64_t)f->open_only));
	if (f->oldest_first)
		SLU_TRY(store_query(&q, s, err, DEPLOYMENT MATCHES "ORDER BY number LIMIT ?8 OFFSET ?9", "itttziiii", repo_id, f->environment, f->version, f->state, sha,
		                    (int64_t)f->live_only, (int64_t)f->open_only, store_limit(page), store_offset(page)));
	else
		SLU_TRY(store_query(&q, s, err, DEPLOYMENT MATCHES "ORDER BY number DESC LIMIT ?8 OFFSET ?9", "itttziiii", repo_id, f->environment, f->version, f->state, sha,
		                    (int64_t)f->live_only, (int64_t)f->open_only, store_limit(page), store_offset(page)));
	return all_rows(&q, a, out, n, err);
}

slu_rc port_deployment_open(port_store *s, slu_arena *a, const struct port_deployment **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_TRY(store_query(&q, s, err, DEPLOYMENT "WHERE open = 1 ORDER BY id", ""));
	return all_rows(&q, a, out, n, err);
}

slu_rc port_deployment_lives(port_store *s, slu_arena *a, const struct port_deployment **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_TRY(store_query(&q, s, err, DEPLOYMENT "WHERE live = 1 ORDER BY id", ""));
	return all_rows(&q, a, out, n, err);
}

slu_rc port_deployment_over(port_store *s, int64_t id, slu_err *err)
{
	return store_run_one(s, err, "There is no such deployment.", "UPDATE deployment SET live = 0 WHERE id = ?", "i", id);
}

slu_rc port_deployment_live(port_store *s, const struct port_deployment *d, slu_err *err)
{
	SLU_TRY(store_run(s, err, "UPDATE deployment SET live = 0 WHERE repo = ? AND environment = ? AND live = 1", "it", d->repo_id, d->environment));
	return store_run_one(s, err, "There is no such deployment.", "UPDATE deployment SET live = 1 WHERE id = ?", "i", d->id);
}

/* ---- journal ------------------------------------------------------------------------------------------------------------------ */

slu_rc port_deploy_step_begin(port_store *s, struct port_deploy_step *x, slu_err *err)
{
	struct store_q q;
	SLU_TRY(store_run(s, err,
	                  "INSERT INTO deploy_step(deployment, seq, effect, weight_pct, result, text, at_ms, ended_ms) VALUES(?, ?, ?, ?, '', '', ?, 0) "
	                  "ON CONFLICT(deployment, seq) DO UPDATE SET result = '', ended_ms = 0",
	                  "iitii", x->deployment_id, x->seq, x->effect, x->weight_pct, x->at_ms));
	SLU_TRY(store_query(&q, s, err, "SELECT id FROM deploy_step WHERE deployment = ? AND seq = ?", "ii", x->deployment_id, x->seq));
	bool found = store_row(&q);
	int64_t id = found ? store_i(&q) : 0;
	SLU_TRY(store_end_one(&q, found, err, "A step of a deployment was not stored."));
	x->id = id;
	return SLU_OK;
}

slu_rc port_deploy_step_end(port_store *s, const struct port_deploy_step *x, slu_err *err)
{
	return store_run_one(s, err, "There is no such step of a deployment.", "UPDATE deploy_step SET result = ?, text = ?, ended_ms = ? WHERE id = ?", "ttii", x->result, x->text, x->ended_ms, x->id);
}

slu_rc port_deploy_step_list(port_store *s, slu_arena *a, int64_t deployment_id, const struct port_deploy_step **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_deploy_step) list = { 0 };
	SLU_TRY(store_query(&q, s, err, "SELECT id, deployment, seq, effect, weight_pct, result, text, at_ms, ended_ms FROM deploy_step WHERE deployment = ? ORDER BY seq", "i", deployment_id));
	while (store_row(&q)) {
		struct port_deploy_step *x = SLU_ADD(a, &list);
		x->id = store_i(&q);
		x->deployment_id = store_i(&q);
		x->seq = store_i(&q);
		x->effect = store_t(&q, a);
		x->weight_pct = store_i(&q);
		x->result = store_t(&q, a);
		x->text = store_t(&q, a);
		x->at_ms = store_i(&q);
		x->ended_ms = store_i(&q);
	}
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- incidents ----------------------------------------------------------------------------------------------------------------- */

slu_rc port_incident_add(port_store *s, struct port_incident *i, slu_err *err)
{
	SLU_TRY(store_run(s, err, "INSERT INTO incident(repo, deployment, environment, version, text, opened_s) VALUES(?, ?, ?, ?, ?, ?)", "iittti", i->repo_id,
	                  (int64_t)i->deployment, i->environment, i->version, i->text, i->opened_s));
	i->id = store_last_id(s);
	return SLU_OK;
}

#define INCIDENT "SELECT id, repo, deployment, environment, version, text, closed_by, opened_s, closed_s FROM incident "

static struct port_incident incident_row(struct store_q *q, slu_arena *a)
{
	struct port_incident i = { 0 };
	i.id = store_i(q);
	i.repo_id = store_i(q);
	i.deployment = (uint64_t)store_i(q);
	i.environment = store_t(q, a);
	i.version = store_t(q, a);
	i.text = store_t(q, a);
	i.closed_by = store_t(q, a);
	i.opened_s = store_i(q);
	i.closed_s = store_i(q);
	return i;
}

slu_rc port_incident_list(port_store *s, slu_arena *a, int64_t repo_id, slu_str environment, bool open_only, const struct port_incident **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_incident) list = { 0 };
	SLU_TRY(store_query(&q, s, err, INCIDENT "WHERE repo = ?1 AND (?2 = '' OR environment = ?2) AND (?3 = 0 OR closed_s = 0) ORDER BY id DESC", "iti", repo_id, environment, (int64_t)open_only));
	while (store_row(&q))
		*SLU_ADD(a, &list) = incident_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc port_incident_close(port_store *s, int64_t repo_id, slu_str environment, slu_str version, slu_str by, int64_t now_s, size_t *n, slu_err *err)
{
	int64_t open = 0;
	SLU_TRY(store_number(&open, s, err, "SELECT count(*) FROM incident WHERE repo = ? AND environment = ? AND version = ? AND closed_s = 0", "itt", repo_id, environment, version));
	SLU_TRY(store_run(s, err, "UPDATE incident SET closed_s = ?, closed_by = ? WHERE repo = ? AND environment = ? AND version = ? AND closed_s = 0", "ititt", now_s, by, repo_id, environment, version));
	*n = (size_t)open;
	return SLU_OK;
}

slu_rc port_incident_open(port_store *s, slu_arena *a, int64_t repo_id, slu_str environment, slu_str version, struct port_incident *out, bool *found, slu_err *err)
{
	struct store_q q;
	struct port_incident i = { 0 };
	SLU_TRY(store_query(&q, s, err, INCIDENT "WHERE repo = ? AND environment = ? AND version = ? AND closed_s = 0 ORDER BY id DESC LIMIT 1", "itt", repo_id, environment, version));
	bool there = store_row(&q);
	if (there)
		i = incident_row(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = i;
	*found = there;
	return SLU_OK;
}

/* ---- approvals --------------------------------------------------------------------------------------------------------- */

slu_rc port_deploy_approval_add(port_store *s, const struct port_deploy_approval *x, slu_err *err)
{
	return store_run(s, err, "INSERT OR IGNORE INTO deploy_approval(repo, environment, sha, person, at_s) VALUES(?, ?, ?, ?, ?)", "itoti", x->repo_id, x->environment, &x->commit, x->person, x->at_s);
}

slu_rc port_deploy_approval_list(port_store *s, slu_arena *a, int64_t repo_id, slu_str environment, const slu_oid *commit, const struct port_deploy_approval **out, size_t *n, slu_err *err)
{
	struct store_q q;
	SLU_LIST(struct port_deploy_approval) list = { 0 };
	SLU_TRY(store_query(&q, s, err, "SELECT person, at_s FROM deploy_approval WHERE repo = ? AND environment = ? AND sha = ? ORDER BY id", "ito", repo_id, environment, commit));
	while (store_row(&q)) {
		struct port_deploy_approval *x = SLU_ADD(a, &list);
		*x = (struct port_deploy_approval){ .repo_id = repo_id, .environment = environment, .commit = *commit };
		x->person = store_t(&q, a);
		x->at_s = store_i(&q);
	}
	SLU_TRY(store_end(&q, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}
