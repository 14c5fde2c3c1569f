/* SPDX-License-Identifier: Apache-2.0 */
/* The strategy in force: compiled once for each commit of the default branch, shared by counting. */
#include "app/impl.h"
#include "app/owners.h"

#include "strategy/preset.h"

static const char file_name[] = ".sluice/strategy.yml";

/* ---- what `extends` names ---------------------------------------------------------------------------------------------------- */

struct loader {
	struct app_unit *u;
	struct app_repo *r;
	port_git *git;
	const slu_oid *commit; /* NULL: the text stands in no commit, so there are no files beside it */
	const struct port_accept *instead; /* of what is accepted under its name; NULL: nothing */
	app_names *outside;    /* what was asked for of other repositories; NULL: nobody wants to know */
};

static bool is_outside(slu_str what)
{
	const char *colon = memchr(what.p ? what.p : "", ':', what.n), *slash = memchr(what.p ? what.p : "", '/', what.n);
	return colon && slash && slash < colon;
}

static bool in_names(const app_names *list, slu_str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (slu_str_eq(list->v[i], name))
			return true;
	return false;
}

/** As it was accepted. */
static slu_rc load_outside(const struct loader *l, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	struct port_accept x = { 0 };

	if (l->outside && !in_names(l->outside, what))
		*SLU_ADD(a, l->outside) = slu_s(slu_str_dup(a, what));
	if (l->instead && slu_str_eq(l->instead->what, what)) {
		*text = l->instead->text;
		return SLU_OK;
	}
	slu_rc rc = port_accept_get(l->u->store, a, l->r->id, what, &x, err);
	if (rc == SLU_E_NOT_FOUND)
		return slu_fail(err, rc, "No administrator of %.*s has accepted %.*s yet; after reading it: `sluice strategy accept '%.*s' --repo %.*s`.", SLU_FMT(l->r->full), SLU_FMT(what), SLU_FMT(what), SLU_FMT(l->r->full));
	SLU_TRY(rc);
	*text = x.text;
	return SLU_OK;
}

static slu_rc load(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	const struct loader *l = ctx;
	bool found = false;
	slu_str got = { 0 };

	if (is_outside(what))
		return load_outside(l, a, what, text, err);
	if (l->commit)
		SLU_TRY(l->git->ops->file_at(l->git, a, l->commit, what, &got, &found, err));
	if (!found)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no built-in preset and no file \"%.*s\" in the repository.", SLU_FMT(what));
	*text = got;
	return SLU_OK;
}

static slu_rc compile(const strat **out, strat_issues *issues, slu_arena *a, const struct loader *l, slu_str text, const char *file, slu_err *err)
{
	struct loader copy = *l;

	if (text.n > SLU_MAX_STRATEGY_BYTES)
		return slu_fail_at(err, SLU_E_STRATEGY, file, 1, 1, "The strategy file has %zu bytes; at most %u are read.", text.n, SLU_MAX_STRATEGY_BYTES);
	return strat_compile(out, issues, a, text, file, load, &copy, err);
}

slu_rc app_strategy_candidate(const strat **out, struct app_unit *u, struct app_repo *r, port_git *git, const slu_oid *commit, strat_issues *issues, slu_err *err)
{
	const struct loader l = { .u = u, .r = r, .git = git ? git : r->git, .commit = commit };
	const strat *s = NULL;
	slu_str text = { 0 };
	bool found = false;

	SLU_TRY(l.git->ops->file_at(l.git, u->a, commit, slu_s(file_name), &text, &found, err));
	if (found)
		SLU_TRY(compile(&s, issues, u->a, &l, text, file_name, err));
	*out = s;
	return SLU_OK;
}

/* ---- in force ------------------------------------------------------------------------------------------------------------------ */

static struct app_held *held_new(void)
{
	slu_arena *a = slu_arena_new();
	struct app_held *h = SLU_NEW(a, struct app_held);

	h->a = a;
	h->used = 1;
	return h;
}

void app_held_drop(app *ap, struct app_held *h)
{
	if (!h)
		return;
	(void)pthread_mutex_lock(&ap->mu);
	bool last = --h->used == 0;
	(void)pthread_mutex_unlock(&ap->mu);
	if (last)
		slu_arena_free(h->a);
}

static void held_take(app *ap, struct app_held *h)
{
	(void)pthread_mutex_lock(&ap->mu);
	h->used++;
	(void)pthread_mutex_unlock(&ap->mu);
}

/** The file of the default branch. SLU_E_NOT_FOUND: it has none; any other failure: it cannot be used. */
static slu_rc from_branch(struct app_held *h, const struct loader *l, slu_err *err)
{
	strat_issues issues = { 0 };
	slu_str text = { 0 };
	bool found = false;

	SLU_TRY(l->git->ops->file_at(l->git, h->a, l->commit, slu_s(file_name), &text, &found, err));
	if (!found)
		return SLU_E_NOT_FOUND;
	SLU_TRY(compile(&h->strategy, &issues, h->a, l, text, file_name, err));
	h->file = slu_s(file_name);
	h->commit = slu_s(slu_strdup(h->a, l->commit->hex));
	return SLU_OK;
}

/** What `repo create` was given. */
static slu_rc from_base(struct app_held *h, const struct loader *l, slu_err *err)
{
	strat_issues issues = { 0 };
	struct loader outside = *l;
	const struct port_repo *row = &l->r->row;
	const char *file = row->preset.n ? slu_printf(h->a, "preset:%.*s", SLU_FMT(row->preset)) : "strategy given at repo create";

	outside.commit = NULL;
	SLU_TRY(compile(&h->strategy, &issues, h->a, &outside, row->base_text, file, err));
	h->file = slu_s(file);
	return SLU_OK;
}

/** The last good file, when the one in force cannot be read or does not compile any more. */
static slu_rc from_good(struct app_held *h, const struct loader *l, const char *why, slu_err *err)
{
	strat_issues issues = { 0 };
	struct loader at = *l;
	slu_oid commit = { 0 };
	const struct port_repo *row = &l->r->row;

	if (!row->good_text.n) {
		SLU_TRY(from_base(h, l, err));
		h->trouble = slu_printf(h->a, "The strategy file on %.*s cannot be used (%s); the strategy of `repo create` stays in force.", SLU_FMT(row->default_branch), why);
		return SLU_OK;
	}
	if (slu_oid_parse(&commit, row->good_commit, NULL) == SLU_OK)
		at.commit = &commit;
	SLU_TRY(compile(&h->strategy, &issues, h->a, &at, row->good_text, file_name, err));
	h->file = slu_s(file_name);
	h->commit = slu_s(slu_str_dup(h->a, row->good_commit));
	h->trouble = slu_printf(h->a, "The strategy file on %.*s cannot be used (%s); the last good one, of commit %.10s, stays in force.", SLU_FMT(row->default_branch), why, h->commit.p);
	return SLU_OK;
}

static slu_rc build(struct app_held **out, struct app_unit *u, struct app_repo *r, const slu_oid *commit, const struct port_accept *instead, slu_err *err)
{
	struct app_held *h = held_new();
	const struct loader from = { .u = u, .r = r, .git = r->git, .commit = slu_oid_is_zero(commit) ? NULL : commit, .instead = instead, .outside = &h->outside }, *l = &from;
	slu_rc rc = l->commit ? from_branch(h, l, err) : SLU_E_NOT_FOUND;

	if (rc == SLU_E_NOT_FOUND) {
		rc = from_base(h, l, err);
	} else if (rc != SLU_OK) {
		char why[SLU_ERR_TEXT] = "";
		if (err)
			(void)snprintf(why, sizeof(why), "%s", err->text);
		rc = from_good(h, l, why, err);
	}
	if (rc == SLU_OK)
		*out = h;
	else
		slu_arena_free(h->a);
	return rc;
}

slu_rc app_default_head(slu_oid *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	return r->git->ops->ref(r->git, slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(r->default_branch))), out, err);
}

slu_rc app_strategy_with(struct app_held **out, struct app_unit *u, struct app_repo *r, const struct port_accept *instead, slu_err *err)
{
	slu_oid commit = slu_oid_zero();

	SLU_TRY(app_default_head(&commit, u, r, err));
	return build(out, u, r, &commit, instead, err);
}

/** As the file, at the head of the default branch. */
static slu_rc compile_there(const strat **out, strat_issues *issues, struct app_unit *u, struct app_repo *r, slu_str text, const char *file, const struct port_accept *instead, slu_err *err)
{
	slu_oid commit = slu_oid_zero();

	SLU_TRY(app_default_head(&commit, u, r, err));
	const struct loader l = { .u = u, .r = r, .git = r->git, .commit = slu_oid_is_zero(&commit) ? NULL : &commit, .instead = instead };
	return compile(out, issues, u->a, &l, text, file, err);
}

slu_rc app_strategy_check(const strat **out, strat_issues *issues, struct app_unit *u, struct app_repo *r, slu_str text, slu_err *err)
{
	SLU_TRY(compile_there(out, issues, u, r, text, file_name, NULL, err));
	return app_owners_check(issues, u, r, *out, err);
}

slu_rc app_strategy_alone(const strat **out, struct app_unit *u, struct app_repo *r, const struct port_accept *base, slu_err *err)
{
	strat_issues issues = { 0 };
	return compile_there(out, &issues, u, r, base->text, slu_str_dup(u->a, base->what), base, err);
}

/** What the strategy rests on besides its commit. What was accepted is asked of the database each time: whoever decides within a transaction sees what that one sees. */
static bool stands(const struct app_slot *slot, const slu_oid *commit, slu_str accepted)
{
	return slot->held && slu_oid_eq(&slot->commit, commit) && slu_str_eq(slot->held->accepted, accepted);
}

slu_rc app_strategy_in_force(struct app_held **out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	app *ap = u->app;
	struct app_slot *slot = app_slot_of(ap, r->id);
	slu_oid commit = slu_oid_zero();
	slu_str accepted = { 0 };
	slu_rc rc = SLU_OK;

	SLU_TRY(app_default_head(&commit, u, r, err));
	SLU_TRY(port_accept_stamp(u->store, u->a, r->id, &accepted, err));
	(void)pthread_mutex_lock(&slot->lock);
	if (!stands(slot, &commit, accepted)) {
		struct app_held *h = NULL;
		rc = build(&h, u, r, &commit, NULL, err);
		if (rc == SLU_OK) {
			h->accepted = slu_s(slu_str_dup(h->a, accepted));
			app_held_drop(ap, slot->held);
			slot->held = h;
			slot->commit = commit;
		}
	}
	if (rc == SLU_OK) {
		held_take(ap, slot->held);
		*out = slot->held;
	}
	(void)pthread_mutex_unlock(&slot->lock);
	return rc;
}
