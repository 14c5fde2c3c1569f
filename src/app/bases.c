/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bases_impl.h"

#include "app/act.h"
#include "app/impl.h"
#include "app/person.h"
#include "app/repos.h"
#include "app/rounds.h"
#include "audit/tree.h"
#include "base/quantity.h"

#include <stdlib.h>

enum { DIGEST_SHOWN = 12, EVENTS_MS = 500, EVERY_MS = 30000 };
static const char strategy_file[] = ".sluice/strategy.yml";

/* ---- the file as it is now ------------------------------------------------------------------------------------------------- */

struct now {
	slu_str text, digest;
	slu_oid commit;
	const char *why; /* NULL: it is there; else why it cannot be looked at, a sentence */
	bool again;      /* it may be otherwise the next time, with the same commit */
};

/** The machine's fault, and not for long: nothing is to be said of the file. */
static bool passes(slu_rc rc)
{
	return rc == SLU_E_IO || rc == SLU_E_FULL || rc == SLU_E_TIMEOUT || rc == SLU_E_BUSY;
}

static slu_str digest_of(slu_arena *a, slu_str text)
{
	char hex[2 * AUD_HASH_BYTES + 1];
	aud_hash h;

	aud_leaf_hash(&h, text);
	return slu_s(slu_strdup(a, aud_hash_hex(&h, hex)));
}

static bool parse(slu_str what, slu_str *owner, slu_str *name, slu_str *file)
{
	*file = what;
	return slu_str_split(file, '/', owner) && slu_str_split(file, ':', name) && file->n > 0;
}

/** At out->commit; the one who reads has been let in. */
static slu_rc read_file(struct now *out, struct app_unit *u, struct app_repo *base, slu_str file, slu_err *err)
{
	bool found = false;

	if (!slu_oid_is_zero(&out->commit))
		SLU_TRY(base->git->ops->file_at(base->git, u->a, &out->commit, file, &out->text, &found, err));
	if (!found)
		return slu_fail(err, SLU_E_NOT_FOUND, slu_oid_is_zero(&out->commit) ? "There is no file %.*s in %.*s, which has no default branch yet." : "There is no file %.*s in %.*s at commit %.10s.", SLU_FMT(file), SLU_FMT(base->full),
		                out->commit.hex);
	if (out->text.n > SLU_MAX_STRATEGY_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "The file %.*s of %.*s has %zu bytes; at most %u are read.", SLU_FMT(file), SLU_FMT(base->full), out->text.n, SLU_MAX_STRATEGY_BYTES);
	out->digest = digest_of(u->a, out->text);
	return SLU_OK;
}

/** Whoever accepted it must still be let in: what he could no longer read does not reach him through his own repository. */
static slu_rc still_reads(bool *out, struct app_unit *u, const struct app_repo *base, slu_str by, slu_err *err)
{
	struct pol_person p = { 0 };

	SLU_TRY(app_person(&p, u, base->id, base->strategy, by, err));
	*out = p.known && !p.disabled && (base->row.public_ || p.level >= STRAT_READ);
	return SLU_OK;
}

static slu_rc read_opened(struct now *out, struct app_unit *u, struct app_repo *base, slu_str file, slu_str by, bool text, slu_err *err)
{
	bool may = false;
	slu_err e = { 0 };

	SLU_TRY(still_reads(&may, u, base, by, err));
	SLU_TRY(app_default_head(&out->commit, u, base, err));
	if (!may)
		out->why = slu_printf(u->a, "%.*s, who accepted it, may no longer read %.*s; somebody else who may must accept it.", SLU_FMT(by), SLU_FMT(base->full));
	else if (base->read_only) /* its refs may stand where nobody decided that they should */
		out->why = slu_printf(u->a, "%.*s is read-only: %.*s", SLU_FMT(base->full), SLU_FMT(base->row.read_only));
	if (out->why || !text)
		return SLU_OK;
	slu_rc rc = read_file(out, u, base, file, &e);
	if (passes(rc))
		return slu_fail(err, rc, "%s", e.text);
	if (rc != SLU_OK)
		out->why = slu_strdup(u->a, e.text);
	out->again = rc == SLU_E_CORRUPT;
	return SLU_OK;
}

/** What cannot be read is told in out->why; an error means that it should be tried again. Without `text` only where it stands. */
static slu_rc read_now(struct now *out, struct app_unit *u, const struct port_accept *x, bool text, slu_err *err)
{
	slu_str owner, name, file;
	struct port_repo row = { 0 };
	struct app_repo base = { 0 };
	slu_err e = { 0 };

	*out = (struct now){ .commit = slu_oid_zero() };
	slu_rc rc = parse(x->what, &owner, &name, &file) ? port_repo_get(u->store, u->a, owner, name, &row, &e) : SLU_E_NOT_FOUND;
	if (rc == SLU_E_NOT_FOUND) {
		out->why = slu_printf(u->a, "There is no repository %.*s/%.*s.", SLU_FMT(owner), SLU_FMT(name));
		return SLU_OK;
	}
	if (rc != SLU_OK)
		return slu_fail(err, rc, "%s", e.text);
	SLU_TRY(app_repo_lock(u->app, row.id, err)); /* refs follow what was decided: not in between */
	rc = app_repo_open_id(&base, u, row.id, &e);
	if (rc == SLU_OK) {
		rc = read_opened(out, u, &base, file, x->by, text, err);
	} else if (passes(rc)) {
		(void)slu_fail(err, rc, "%s", e.text);
	} else {
		out->why = slu_printf(u->a, "The repository %.*s/%.*s cannot be read: %s", SLU_FMT(owner), SLU_FMT(name), e.text);
		out->again = true;
		rc = SLU_OK;
	}
	app_repo_close(u, &base);
	app_repo_unlock(u->app, row.id);
	return rc;
}

/* ---- what it would change --------------------------------------------------------------------------------------------------- */

struct judged {
	struct app_held *held; /* what would be in force; NULL: it cannot be used */
	const char *why;       /* NULL: it loosens nothing */
	strat_differences differs;
};

/** One that is there of this path stays, unless only the other loosens. */
static void add_difference(slu_arena *a, strat_differences *d, const struct strat_difference *x)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->v[i].path, x->path) == 0) {
			if (x->loosens && !d->v[i].loosens)
				d->v[i] = *x;
			return;
		}
	*SLU_ADD(a, d) = *x;
}

/**
 * By itself, too: a rule that this repository's own file replaces today must not be looser when it no longer does.
 * @return whether both texts are strategies that can be compared
 */
static bool compare_alone(strat_differences *d, bool *only, struct app_unit *u, struct app_repo *r, const struct port_accept *was, const struct port_accept *now)
{
	const strat *before = NULL, *after = NULL;
	strat_differences own = { 0 };

	if (app_strategy_alone(&before, u, r, was, NULL) != SLU_OK || app_strategy_alone(&after, u, r, now, NULL) != SLU_OK)
		return false;
	*only = strat_compare(&own, u->a, before, after);
	for (size_t i = 0; i < own.n; i++)
		add_difference(u->a, d, &own.v[i]);
	return true;
}

static size_t loosening(const strat_differences *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		n += d->v[i].loosens;
	return n;
}

/** `r` is locked and as it is now. An error: what passes kept it from being judged. */
static slu_rc judge(struct judged *out, struct app_unit *u, struct app_repo *r, const struct port_accept *was, const struct port_accept *now, slu_err *err)
{
	slu_err e = { 0 };
	bool only = false;

	*out = (struct judged){ 0 };
	slu_rc rc = app_strategy_with(&out->held, u, r, now, &e);
	if (passes(rc))
		return slu_fail(err, rc, "%s", e.text);
	if (rc != SLU_OK) {
		out->why = slu_printf(u->a, "It cannot be used here: %s", e.text);
	} else if (out->held->trouble && !r->strategy_trouble) {
		out->why = slu_printf(u->a, "It cannot be used here. %s", out->held->trouble);
		app_held_drop(u->app, out->held);
		out->held = NULL;
	}
	if (out->why || !was)
		return SLU_OK;
	bool here = strat_compare(&out->differs, u->a, r->strategy, out->held->strategy);
	if (!compare_alone(&out->differs, &only, u, r, was, now))
		out->why = "It is no whole strategy by itself, so what it loosens cannot be told.";
	else if (!here || !only)
		out->why = slu_printf(u->a, "%zu of its differences loosen%s a rule, or cannot be shown to tighten one.", loosening(&out->differs), loosening(&out->differs) == 1 ? "s" : "");
	return SLU_OK;
}

static void differs_member(struct app_data *d, slu_arena *a, slu_str text)
{
	struct app_base b = { 0 };

	app_base_differs_read(&b, a, text);
	app_base_differs_json(&d->json, &b);
}

/* ---- acts ---------------------------------------------------------------------------------------------------------------------- */

struct taking {
	struct app_repo *r;
	struct port_accept x;      /* as it shall be */
	slu_str was;               /* digest that it replaces; "" whichever */
	const struct app_held *held;
	const char *event;
	slu_oid commit;
	slu_str differs;
	bool done;
};

/** The digest of the strategy is another one now, with the same file: so that what is in force stands in the log. */
static slu_rc remember(struct app_unit *u, struct app_repo *r, const struct app_held *h, slu_err *err)
{
	slu_oid commit = { 0 };
	slu_str text = { 0 };
	bool found = false;

	if (h->trouble || h->commit.n == 0)
		return SLU_OK;
	SLU_TRY(slu_oid_parse(&commit, h->commit, err));
	SLU_TRY(r->git->ops->file_at(r->git, u->a, &commit, slu_s(strategy_file), &text, &found, err));
	return found ? app_strategy_remember(u, r, h->strategy, &commit, text, err) : SLU_OK;
}

static slu_rc write_taken(struct app_unit *u, void *ctx, slu_err *err)
{
	struct taking *t = ctx;
	struct port_accept now = { 0 };
	struct app_data d;

	if (t->was.n) {
		SLU_TRY(port_accept_get(u->store, u->a, t->r->id, t->x.what, &now, err));
		if (!slu_str_eq(now.digest, t->was))
			return SLU_OK; /* an administrator was faster, and what was judged is not what is in force */
	}
	SLU_TRY(port_accept_put(u->store, &t->x, err));
	SLU_TRY(port_base_wait_drop(u->store, t->r->id, t->x.what, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "what", t->x.what);
	slu_json_kv_str(&d.json, "digest", t->x.digest);
	slu_json_kv_z(&d.json, "commit", t->commit.hex);
	if (t->was.n)
		slu_json_kv_str(&d.json, "was", t->was);
	differs_member(&d, u->a, t->differs);
	SLU_TRY(app_data_event(&d, u, t->r, t->event, (slu_str){ 0 }, 0, err));
	t->done = true;
	return t->held ? remember(u, t->r, t->held, err) : SLU_OK;
}

struct waiting {
	struct app_repo *r;
	struct port_base_wait w;
	bool over; /* it is again what was accepted */
};

static slu_rc write_wait(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct waiting *x = ctx;
	struct app_data d;

	if (x->over)
		SLU_TRY(port_base_wait_drop(u->store, x->r->id, x->w.what, err));
	else
		SLU_TRY(port_base_wait_put(u->store, &x->w, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "what", x->w.what);
	if (!x->over) {
		slu_json_kv_str(&d.json, "digest", x->w.digest);
		slu_json_kv_str(&d.json, "why", x->w.why);
		differs_member(&d, u->a, x->w.differs);
	}
	return app_data_event(&d, u, x->r, x->over ? "strategy-base-returned" : "strategy-base-waits", (slu_str){ 0 }, 0, err);
}

/** Written once for each thing that there is to say; since: when the file ceased to be what is in force. */
static slu_rc wait(struct app_unit *u, struct app_repo *r, slu_str what, slu_str digest, const char *why, slu_str differs, slu_err *err)
{
	struct port_base_wait there = { 0 };
	struct waiting x = { .r = r, .w = { r->id, what, digest, u->now_s, slu_s(why), differs } };
	slu_rc rc = port_base_wait_get(u->store, u->a, r->id, what, &there, err);

	if (rc == SLU_OK && slu_str_eq(there.digest, digest) && slu_str_is(there.why, why) && slu_str_eq(there.differs, differs))
		return SLU_OK;
	if (rc == SLU_OK)
		x.w.since_s = there.since_s;
	else if (rc != SLU_E_NOT_FOUND)
		return rc;
	return app_act(u, write_wait, &x, err);
}

static slu_rc wait_no_more(struct app_unit *u, struct app_repo *r, slu_str what, slu_err *err)
{
	struct port_base_wait there = { 0 };
	struct waiting x = { .r = r, .w = { .what = what }, .over = true };
	slu_rc rc = port_base_wait_get(u->store, u->a, r->id, what, &there, err);

	return rc == SLU_E_NOT_FOUND ? SLU_OK : rc != SLU_OK ? rc : app_act(u, write_wait, &x, err);
}

/* ---- looking ------------------------------------------------------------------------------------------------------------------- */

/** The file has another text than the one in force. `r` is locked: its own file does not move meanwhile. */
static slu_rc moved(struct app_unit *u, struct app_repo *r, slu_str what, const struct now *now, slu_err *err)
{
	struct port_accept was = { 0 };
	struct judged j;

	SLU_TRY(app_repo_refresh(u, r, err));
	SLU_TRY(port_accept_get(u->store, u->a, r->id, what, &was, err));
	if (slu_str_eq(was.digest, now->digest))
		return wait_no_more(u, r, what, err);
	struct taking t = { .r = r, .x = was, .was = was.digest, .event = "strategy-base-adopted", .commit = now->commit };
	t.x.text = now->text;
	t.x.digest = now->digest;
	t.x.at_s = u->now_s;
	SLU_TRY(judge(&j, u, r, &was, &t.x, err));
	if (was.held && !j.why)
		j.why = "It is held: it was accepted at a commit, and no other text takes force by itself.";
	t.held = j.held;
	t.differs = app_base_differs_text(u->a, &j.differs);
	slu_rc rc = j.why ? wait(u, r, what, j.held ? now->digest : (slu_str){ "", 0 }, j.why, t.differs, err) : app_act(u, write_taken, &t, err);
	app_held_drop(u->app, j.held);
	return rc;
}

static slu_rc look_at(bool *again, struct app_unit *u, struct app_repo *r, slu_str what, slu_err *err)
{
	struct port_accept x = { 0 };
	struct now now;
	slu_rc rc = port_accept_get(u->store, u->a, r->id, what, &x, err);

	if (rc == SLU_E_NOT_FOUND)
		return SLU_OK; /* never accepted: the strategy says so itself */
	SLU_TRY(rc);
	SLU_TRY(read_now(&now, u, &x, true, err));
	*again = *again || now.again;
	if (now.why)
		return wait(u, r, what, (slu_str){ "", 0 }, now.why, (slu_str){ "", 0 }, err);
	if (slu_str_eq(now.digest, x.digest))
		return wait_no_more(u, r, what, err);
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	rc = moved(u, r, what, &now, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}

/**
 * All that the outcome rests on, without reading or judging any text: whoever pushes to a base must not have the server do that, under the lock
 * of those who extend it, at every event.
 * @param again  set when one of them cannot be told
 */
static slu_rc stamp_of(const char **out, bool *again, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	slu_oid head = slu_oid_zero();
	slu_str accepted = { 0 };

	SLU_TRY(app_default_head(&head, u, r, err));
	SLU_TRY(port_accept_stamp(u->store, u->a, r->id, &accepted, err));
	const char *stamp = slu_printf(u->a, "%s %.*s", head.hex, SLU_FMT(accepted));
	for (size_t i = 0; i < r->strategy_base_n; i++) {
		struct port_accept x = { 0 };
		struct now now;
		slu_rc rc = port_accept_get(u->store, u->a, r->id, r->strategy_base[i], &x, err);
		if (rc == SLU_E_NOT_FOUND)
			continue;
		SLU_TRY(rc);
		*again = read_now(&now, u, &x, false, NULL) != SLU_OK || *again;
		stamp = slu_printf(u->a, "%s\n%s %s", stamp, now.commit.hex, now.why ? now.why : "");
	}
	*out = stamp;
	return SLU_OK;
}

static bool looked_already(struct app_slot *slot, const char *stamp)
{
	(void)pthread_mutex_lock(&slot->lock);
	bool same = slot->looked && strcmp(slot->looked, stamp) == 0;
	(void)pthread_mutex_unlock(&slot->lock);
	return same;
}

static void looked_now(struct app_slot *slot, const char *stamp)
{
	(void)pthread_mutex_lock(&slot->lock);
	free(slot->looked);
	slot->looked = strdup(stamp);
	(void)pthread_mutex_unlock(&slot->lock);
}

slu_rc app_bases_look(struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct app_slot *slot = app_slot_of(u->app, r->id);
	const slu_str *what = r->strategy_base; /* of the strategy held now; it stays held until the repository is closed */
	size_t n = r->strategy_base_n;
	const char *stamp = "";
	bool again = false;
	slu_rc first = SLU_OK;

	SLU_TRY(stamp_of(&stamp, &again, u, r, err));
	if (!again && looked_already(slot, stamp))
		return SLU_OK;
	for (size_t i = 0; i < n; i++) { /* one that cannot be looked at does not keep the others from taking force */
		slu_rc rc = look_at(&again, u, r, what[i], first == SLU_OK ? err : NULL);
		first = first == SLU_OK ? rc : first;
	}
	if (first == SLU_OK && !again)
		looked_now(slot, stamp);
	return first;
}

/** In a unit of its own: what is compiled and compared for one goes before the next. */
static void look_at_one(app *ap, int64_t repo)
{
	struct app_unit u = { 0 };
	struct app_repo r = { 0 };

	if (app_unit_begin(&u, ap, NULL) != SLU_OK)
		return;
	app_be_system(&u);
	if (app_repo_open_id(&r, &u, repo, NULL) == SLU_OK)
		(void)!app_bases_look(&u, &r, NULL);
	app_repo_close(&u, &r);
	app_unit_end(&u);
}

/** What cannot be looked at now is looked at the next time. */
static void look_at_all(app *ap, void *ctx)
{
	struct app_unit u = { 0 };
	const int64_t *repo = NULL;
	size_t n = 0;

	(void)ctx;
	if (app_unit_begin(&u, ap, NULL) != SLU_OK)
		return;
	if (port_accept_repos(u.store, u.a, &repo, &n, NULL) != SLU_OK)
		n = 0;
	for (size_t i = 0; i < n; i++)
		look_at_one(ap, repo[i]);
	app_unit_end(&u);
}

slu_rc app_bases_begin(app_rounds **out, app *ap, slu_err *err)
{
	const struct app_round round = { .look = look_at_all, .every_ms = EVERY_MS, .events_ms = EVENTS_MS, .what = "to look after what strategies extend" };
	return app_rounds_begin(out, ap, &round, err);
}

/* ---- accepting ------------------------------------------------------------------------------------------------------------------- */

static slu_rc read_as_asked(struct now *out, struct app_unit *u, slu_str what, slu_str commit, slu_err *err)
{
	slu_str owner, name, file;
	struct app_repo base = { 0 };

	*out = (struct now){ .commit = slu_oid_zero() };
	if (!parse(what, &owner, &name, &file))
		return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is not of the form OWNER/REPO:FILE.", SLU_FMT(what));
	SLU_TRY(app_repo_open(&base, u, owner, name, STRAT_READ, err));
	slu_rc rc = commit.n ? slu_oid_parse(&out->commit, commit, err) : app_default_head(&out->commit, u, &base, err);
	if (rc == SLU_OK)
		rc = read_file(out, u, &base, file, err);
	app_repo_close(u, &base);
	return rc;
}

static slu_rc accept_locked(struct taking *t, struct app_unit *u, slu_err *err)
{
	struct port_accept was = { 0 };
	struct judged j;

	SLU_TRY(app_repo_refresh(u, t->r, err));
	slu_rc rc = port_accept_get(u->store, u->a, t->r->id, t->x.what, &was, err);
	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND)
		return rc;
	SLU_TRY(judge(&j, u, t->r, rc == SLU_OK ? &was : NULL, &t->x, err));
	if (!j.held)
		return slu_fail(err, SLU_E_STRATEGY, "%.*s was not accepted. %s", SLU_FMT(t->x.what), j.why);
	t->held = j.held;
	t->differs = app_base_differs_text(u->a, &j.differs);
	rc = app_act(u, write_taken, t, err);
	app_held_drop(u->app, j.held);
	return rc;
}

slu_rc app_strategy_accept(struct app_accepted *out, struct app_unit *u, struct app_repo *r, const struct app_accepting *x, slu_err *err)
{
	slu_str what = x->what, digest = x->digest;
	struct taking t = { .r = r, .event = "strategy-accepted" };
	struct now now;

	SLU_TRY(app_need_scope(u, APP_SCOPE_ADMIN, err));
	if (r->level < STRAT_ADMIN)
		return slu_fail(err, SLU_E_DENIED, "Only administrators of %.*s may accept what its strategy extends.", SLU_FMT(r->full));
	SLU_TRY(read_as_asked(&now, u, what, x->commit, err));
	if (!slu_str_starts(now.digest, slu_str_dup(u->a, digest)))
		return slu_fail(err, SLU_E_CONFLICT, "%.*s has moved on: its digest is %.*s now, not %.*s. Read it again.", SLU_FMT(what), DIGEST_SHOWN, now.digest.p, SLU_FMT(digest));
	t.x = (struct port_accept){ .repo_id = r->id, .what = what, .text = now.text, .digest = now.digest, .by = u->who.name, .at_s = u->now_s, .held = x->commit.n > 0 };
	t.commit = now.commit;
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = accept_locked(&t, u, err);
	app_repo_unlock(u->app, r->id);
	SLU_TRY(rc);
	*out = (struct app_accepted){ t.x.what, t.x.digest, t.x.by, t.x.at_s };
	return SLU_OK;
}

/* ---- for whoever looks at the repository ------------------------------------------------------------------------------------------ */

static slu_rc add_wait(struct app_base *b, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	struct port_base_wait w = { 0 };
	slu_rc rc = port_base_wait_get(u->store, u->a, r->id, b->what, &w, err);

	b->command = "";
	if (rc == SLU_E_NOT_FOUND)
		return SLU_OK;
	SLU_TRY(rc);
	b->waits = true;
	b->since_s = w.since_s;
	b->next = w.digest;
	b->why = w.why;
	app_base_differs_read(b, u->a, w.differs);
	if (w.digest.n)
		b->command = slu_printf(u->a, "sluice strategy accept '%.*s' --digest %.*s --repo %.*s", SLU_FMT(b->what), DIGEST_SHOWN, w.digest.p, SLU_FMT(r->full));
	return SLU_OK;
}

slu_rc app_bases(const struct app_base **out, size_t *n, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct app_base *list = SLU_NEW_N(u->a, struct app_base, r->strategy_base_n + 1);
	size_t count = 0;

	for (size_t i = 0; i < r->strategy_base_n; i++) {
		struct port_accept x = { 0 };
		slu_rc rc = port_accept_get(u->store, u->a, r->id, r->strategy_base[i], &x, err);
		if (rc == SLU_E_NOT_FOUND)
			continue;
		SLU_TRY(rc);
		list[count] = (struct app_base){ .what = x.what, .text = x.text, .digest = x.digest, .by = x.by, .at_s = x.at_s, .held = x.held };
		SLU_TRY(add_wait(&list[count++], u, r, err));
	}
	*out = list;
	*n = count;
	return SLU_OK;
}

slu_rc app_bases_trouble(const char **out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct app_base *b = NULL;
	const char *says = NULL;
	char time[SLU_TIME_TEXT];
	size_t n = 0;

	SLU_TRY(app_bases(&b, &n, u, r, err));
	for (size_t i = 0; i < n; i++)
		if (b[i].waits)
			says = slu_printf(u->a, "%s%sSince %s, %.*s is not what is in force here: %.*s%s%s", says ? says : "", says ? " " : "", slu_time_text(b[i].since_s, time), SLU_FMT(b[i].what), SLU_FMT(b[i].why),
			                  *b[i].command ? " After reading it: " : "", b[i].command);
	*out = says;
	return SLU_OK;
}
