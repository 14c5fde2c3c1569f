/* SPDX-License-Identifier: Apache-2.0 */
#include "app/heads.h"

#include "app/act.h"
#include "app/audit.h"
#include "app/rounds.h"
#include "audit/checkpoint.h"

#include <stdlib.h>

enum { EVERY_MS = 30000 };
static const char ref_name[] = "refs/sluice/heads";

/* ---- one repository ----------------------------------------------------------------------------------------------------------- */

static slu_rc newest_event(int64_t *out, struct app_unit *u, slu_str repo, slu_err *err)
{
	const struct port_event_filter f = { .repo = repo };
	struct port_page page = { .limit = 1 };
	const struct port_event *e = NULL;
	size_t n = 0;

	SLU_TRY(port_event_list(u->store, u->a, &f, &page, &e, &n, err));
	*out = n ? e[0].seq : 0;
	return SLU_OK;
}

/** Events that the newest published head covers; 0: none is published, or it cannot be read. */
static slu_rc covered(uint64_t *out, struct app_unit *u, struct app_repo *r, const slu_oid *at, slu_err *err)
{
	slu_str text = { 0 };
	bool found = false;
	struct aud_checkpoint c;

	*out = 0;
	if (slu_oid_is_zero(at))
		return SLU_OK;
	SLU_TRY(r->git->ops->file_at(r->git, u->a, at, SLU_STR("checkpoint"), &text, &found, err));
	if (found && aud_checkpoint_parse(&c, text, NULL) == SLU_OK)
		*out = c.size;
	return SLU_OK;
}

static slu_rc write_head(struct app_unit *u, void *ctx, slu_err *err)
{
	return app_audit_publish(ctx, u, err);
}

/** The commit with the head, on the one before. */
static slu_rc make_commit(slu_oid *out, struct app_unit *u, struct app_repo *r, const slu_oid *before, slu_err *err)
{
	port_git *g = r->git;
	const struct port_git_ident who = app_server_ident(u);
	struct port_git_file_edit edit[2] = { { .path = SLU_STR("checkpoint") }, { .path = SLU_STR("key") } };
	const slu_oid empty = { .hex = "4b825dc642cb6eb9a060e54bf8d69288fbee4904" };
	slu_oid base = *before, tree = { 0 };
	slu_str key = { 0 };
	bool first = slu_oid_is_zero(before);

	SLU_TRY(app_act(u, write_head, &edit[0].text, err));
	SLU_TRY(app_audit_verifier(&key, u, err));
	edit[1].text = slu_s(slu_printf(u->a, "%.*s\n", SLU_FMT(key)));
	if (first)
		SLU_TRY(g->ops->commit_make(g, &empty, NULL, 0, &who, &who, SLU_STR("empty\n"), &base, err));
	SLU_TRY(g->ops->tree_edit(g, u->a, &base, edit, 2, &tree, err));
	return g->ops->commit_make(g, &tree, before, first ? 0 : 1, &who, &who, SLU_STR("Head of the audit log\n"), out, err);
}

/** No app_land: it is no act of anybody and rests on nothing. The lock is held, so that a backup sees refs and database as one state. */
static slu_rc move_ref(struct app_unit *u, struct app_repo *r, const struct port_git_update *x, slu_err *err)
{
	port_git_txn *t = NULL;

	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = r->git->ops->txn_prepare(r->git, &t, x, 1, SLU_STR("head of the audit log"), err);
	if (rc == SLU_OK)
		rc = r->git->ops->txn_commit(t, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}

slu_rc app_heads_publish(bool *done, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_git_update x = { .ref = SLU_STR(ref_name), .old = slu_oid_zero() };
	int64_t newest = 0;
	uint64_t size = 0;

	SLU_TRY(newest_event(&newest, u, r->full, err));
	SLU_TRY(r->git->ops->ref(r->git, x.ref, &x.old, err));
	SLU_TRY(covered(&size, u, r, &x.old, err));
	*done = false;
	if (r->read_only || (uint64_t)newest <= size)
		return SLU_OK;
	SLU_TRY(make_commit(&x.new_, u, r, &x.old, err));
	SLU_TRY(move_ref(u, r, &x, err));
	*done = true;
	return SLU_OK;
}

/* ---- from time to time --------------------------------------------------------------------------------------------------------- */

struct app_heads {
	app_rounds *rounds;
	int64_t seen; /* newest event when it last published */
};

/** What cannot be published now is tried again the next time: heads stand on every push's reply as well. */
static void publish_all(app *ap, void *ctx)
{
	struct app_heads *h = ctx;
	struct app_unit u = { 0 };
	const struct port_repo *row = NULL;
	size_t n = 0;
	int64_t now = app_events_now(ap);
	bool all = true, done = false;

	if (now <= h->seen || app_unit_begin(&u, ap, NULL) != SLU_OK)
		return;
	app_be_system(&u);
	if (port_repo_list(u.store, u.a, &row, &n, NULL) != SLU_OK)
		all = false;
	for (size_t i = 0; i < n; i++) {
		struct app_repo r = { 0 };
		int64_t newest = 0;
		slu_str full = slu_s(slu_printf(u.a, "%.*s/%.*s", SLU_FMT(row[i].owner), SLU_FMT(row[i].name)));
		bool asked = newest_event(&newest, &u, full, NULL) == SLU_OK;
		if (asked && newest <= h->seen)
			continue;
		all = asked && app_repo_open_id(&r, &u, row[i].id, NULL) == SLU_OK && app_heads_publish(&done, &u, &r, NULL) == SLU_OK && all;
		app_repo_close(&u, &r);
	}
	app_unit_end(&u);
	if (all)
		h->seen = now;
}

slu_rc app_heads_begin(app_heads **out, app *ap, slu_err *err)
{
	app_heads *h = calloc(1, sizeof(*h));
	if (!h)
		abort();
	const struct app_round round = { .look = publish_all, .ctx = h, .every_ms = EVERY_MS, .what = "to publish heads of the log" };
	slu_rc rc = app_rounds_begin(&h->rounds, ap, &round, err);
	if (rc == SLU_OK)
		*out = h;
	else
		free(h);
	return rc;
}

void app_heads_end(app_heads *h)
{
	if (!h)
		return;
	app_rounds_end(h->rounds);
	free(h);
}
