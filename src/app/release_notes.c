/* SPDX-License-Identifier: Apache-2.0 */
#include "app/release_notes.h"

#include "app/act.h"
#include "app/refs.h"
#include "base/limits.h"

struct writing {
	struct app_repo *r;
	struct port_release x;
	const char *event; /* kind */
};

static slu_rc put(struct writing *w, struct app_unit *u, slu_err *err)
{
	struct app_data d;
	if (strcmp(w->event, "release-deleted") == 0)
		SLU_TRY(port_release_remove(u->store, w->x.id, err));
	else
		SLU_TRY(w->x.id ? port_release_update(u->store, &w->x, err) : port_release_add(u->store, &w->x, err));
	app_data_begin(&d);
	slu_json_kv_int(&d.json, "release", w->x.id);
	slu_json_kv_str(&d.json, "tag", w->x.tag);
	slu_json_kv_str(&d.json, "title", w->x.title);
	slu_json_kv_bool(&d.json, "draft", w->x.draft);
	slu_json_kv_bool(&d.json, "prerelease", w->x.prerelease);
	return app_data_event(&d, u, w->r, w->event, slu_s(slu_printf(u->a, "refs/tags/%.*s", SLU_FMT(w->x.tag))), 0, err);
}

static slu_rc write_alone(struct app_unit *u, void *ctx, slu_err *err)
{
	return put(ctx, u, err);
}

static slu_rc write_with_tag(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	(void)r;
	return put(ctx, u, err);
}

static slu_rc target_commit(slu_oid *out, struct app_unit *u, struct app_repo *r, slu_str target, slu_err *err)
{
	static const char *const before[] = { "refs/heads/", "refs/tags/" };
	port_git *g = r->git;
	slu_oid id;
	slu_str name = target.n ? target : r->default_branch;
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		slu_oid at = slu_oid_zero();
		SLU_TRY(g->ops->ref(g, slu_s(slu_printf(u->a, "%s%.*s", before[i], SLU_FMT(name))), &at, err));
		if (!slu_oid_is_zero(&at))
			return g->ops->resolve(g, slu_s(at.hex), out, err);
	}
	if (slu_oid_parse(&id, name, NULL) != SLU_OK)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch, tag or commit %.*s in %.*s.", SLU_FMT(name), SLU_FMT(r->full));
	return g->ops->resolve(g, slu_s(id.hex), out, err);
}

/* The tag and the words in one act. */
static slu_rc make_tag(struct app_notes_done *out, struct writing *w, struct app_unit *u, slu_str ref, slu_err *err)
{
	struct app_repo *r = w->r;
	struct port_git_ident who = app_ident(u);
	struct port_git_update x = { .ref = ref, .old = slu_oid_zero() };
	struct app_refs_moved m;
	slu_oid commit;
	SLU_TRY(target_commit(&commit, u, r, w->x.target, err));
	SLU_TRY(r->git->ops->tag_make(r->git, w->x.tag, &commit, &who, w->x.title.n ? w->x.title : w->x.tag, &x.new_, err));
	SLU_TRY(app_refs_move(&m, u, r, &x, 1, write_with_tag, w, err));
	out->done = m.moved;
	out->verdict = m.judged.ref[0].verdict;
	return SLU_OK;
}

static slu_rc check(struct app_unit *u, struct app_repo *r, const struct port_release *x, slu_str ref, slu_err *err)
{
	const char *bad = pol_ref_refused(ref);
	SLU_TRY(app_need_scope(u, APP_SCOPE_WRITE, err));
	if (r->level < STRAT_WRITE)
		return slu_fail(err, SLU_E_DENIED, "Releases are written down by those who may write to %.*s.", SLU_FMT(r->full));
	if (bad)
		return slu_fail(err, SLU_E_INVALID, "A tag cannot be called \"%.*s\": %s", SLU_FMT(x->tag), bad);
	if (x->title.n > SLU_MAX_TITLE_BYTES || x->body.n > SLU_MAX_TEXT_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "A title has at most %u bytes, a text at most %u.", SLU_MAX_TITLE_BYTES, SLU_MAX_TEXT_BYTES);
	return SLU_OK;
}

static slu_rc save(struct app_notes_done *out, struct writing *w, struct app_unit *u, slu_err *err)
{
	slu_str ref = slu_s(slu_printf(u->a, "refs/tags/%.*s", SLU_FMT(w->x.tag)));
	struct app_notes_done done = { .done = true };
	struct port_release other;
	slu_oid at = slu_oid_zero();
	SLU_TRY(check(u, w->r, &w->x, ref, err));
	slu_rc rc = port_release_by_tag(u->store, u->a, w->r->id, w->x.tag, &other, err);
	if (rc == SLU_OK && other.id != w->x.id)
		return slu_fail(err, SLU_E_EXISTS, "The tag %.*s already has a release.", SLU_FMT(w->x.tag));
	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND)
		return rc;
	SLU_TRY(w->r->git->ops->ref(w->r->git, ref, &at, err));
	if (!w->x.draft && w->x.published_s == 0)
		w->x.published_s = u->now_s;
	if (!w->x.draft && slu_oid_is_zero(&at))
		SLU_TRY(make_tag(&done, w, u, ref, err));
	else
		SLU_TRY(app_act(u, write_alone, w, err));
	done.release = w->x;
	*out = done;
	return SLU_OK;
}

slu_rc app_notes_add(struct app_notes_done *out, struct app_unit *u, struct app_repo *r, const struct port_release *x, slu_err *err)
{
	struct writing w = { .r = r, .x = *x, .event = x->draft ? "release-drafted" : "release-published" };
	w.x.id = 0;
	w.x.repo_id = r->id;
	w.x.author = u->who.name;
	w.x.created_s = u->now_s;
	w.x.published_s = 0;
	return save(out, &w, u, err);
}

slu_rc app_notes_change(struct app_notes_done *out, struct app_unit *u, struct app_repo *r, const struct port_release *x, slu_err *err)
{
	struct writing w = { .r = r, .x = *x, .event = !x->draft && x->published_s == 0 ? "release-published" : "release-edited" };
	return save(out, &w, u, err);
}

slu_rc app_notes_publish(struct app_unit *u, struct app_repo *r, const struct port_release *x, slu_err *err)
{
	struct writing w = { .r = r, .event = "release-published" };
	slu_rc rc = port_release_by_tag(u->store, u->a, r->id, x->tag, &w.x, err);
	if (rc == SLU_OK && !w.x.draft)
		return SLU_OK;
	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND)
		return rc;
	if (rc == SLU_E_NOT_FOUND) {
		w.x = *x;
		w.x.repo_id = r->id;
		w.x.author = u->who.name;
		w.x.created_s = u->now_s;
	}
	w.x.draft = false;
	w.x.published_s = u->now_s;
	return put(&w, u, err);
}

slu_rc app_notes_remove(struct app_unit *u, struct app_repo *r, int64_t id, slu_err *err)
{
	struct writing w = { .r = r, .event = "release-deleted" };
	SLU_TRY(port_release_get(u->store, u->a, r->id, id, &w.x, err));
	SLU_TRY(check(u, r, &w.x, slu_s(slu_printf(u->a, "refs/tags/%.*s", SLU_FMT(w.x.tag))), err));
	return app_act(u, write_alone, &w, err);
}

/* ---- seeing ---------------------------------------------------------------------------------------------------------------------- */

static bool seen(const struct app_repo *r, const struct port_release *x)
{
	return !x->draft || r->level >= STRAT_WRITE;
}

slu_rc app_notes_list(const struct port_release **out, size_t *n, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	struct port_page whole = { 0 };
	const struct port_release *v;
	size_t all, kept = 0;
	SLU_TRY(port_release_list(u->store, u->a, r->id, &whole, &v, &all, err));
	struct port_release *keep = SLU_NEW_N(u->a, struct port_release, all + 1);
	for (size_t i = 0; i < all; i++)
		if (seen(r, &v[i]))
			keep[kept++] = v[i];
	*out = keep;
	*n = kept;
	return SLU_OK;
}

slu_rc app_notes_get(struct port_release *out, struct app_unit *u, const struct app_repo *r, int64_t id, slu_err *err)
{
	struct port_release x;
	SLU_TRY(port_release_get(u->store, u->a, r->id, id, &x, err));
	if (!seen(r, &x))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no release %lld here.", (long long)id);
	*out = x;
	return SLU_OK;
}

slu_rc app_notes_of_tag(struct port_release *out, struct app_unit *u, const struct app_repo *r, slu_str tag, slu_err *err)
{
	struct port_release x;
	SLU_TRY(port_release_by_tag(u->store, u->a, r->id, tag, &x, err));
	if (x.draft)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no release of %.*s here.", SLU_FMT(tag));
	*out = x;
	return SLU_OK;
}

slu_rc app_notes_latest(struct port_release *out, struct app_unit *u, const struct app_repo *r, slu_err *err)
{
	const struct port_release *v, *best = NULL;
	size_t n;
	SLU_TRY(app_notes_list(&v, &n, u, r, err));
	for (size_t i = 0; i < n; i++)
		if (!v[i].draft && !v[i].prerelease && (!best || v[i].published_s > best->published_s))
			best = &v[i];
	if (!best)
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing was released here yet.");
	*out = *best;
	return SLU_OK;
}
