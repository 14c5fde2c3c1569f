/* SPDX-License-Identifier: Apache-2.0 */
#include "app/git_known.h"

enum { WALK_MAX = 256 }; /* new commits that are walked one by one; Git is quicker with more */

struct walk { /* from one tip: the new commits, and the stored ones that they stand on */
	slu_oid tip;
	bool whole; /* false: more than WALK_MAX */
	SLU_LIST(slu_oid) fresh;
	SLU_LIST(slu_oid) edge;
};
struct listed {
	const char *prefix;
	const struct port_git_ref *ref;
	size_t n;
};
struct asked { /* a whole answer of Git */
	slu_oid tip;
	const slu_oid *not_, *out;
	size_t not_n, n, max;
};
struct asked_files {
	slu_oid tip;
	const slu_oid *not_;
	size_t not_n;
	const struct pol_file *out;
	size_t n;
};
enum { ASKED_MAX = 8 };
struct app_git_known {
	SLU_LIST(struct asked) asked;
	SLU_LIST(struct asked_files) files;
	SLU_LIST(struct listed) refs;
	SLU_LIST(struct walk *) walk;
	slu_map *covered; /* "^NOT…EDGE" → the context itself for yes, the map for no */
};

static struct app_git_known *known_of(struct app_git_facts *g)
{
	if (!g->known) {
		g->known = SLU_NEW(g->a, struct app_git_known);
		g->known->covered = slu_map_new(g->a);
	}
	return g->known;
}

slu_rc app_git_refs(struct app_git_facts *g, slu_arena *a, const char *prefix, const struct port_git_ref **out, size_t *n, slu_err *err)
{
	if (!g->a)
		return g->git->ops->refs(g->git, a, slu_s(prefix), out, n, err);
	struct app_git_known *k = known_of(g);
	for (size_t i = 0; i < k->refs.n; i++)
		if (strcmp(k->refs.v[i].prefix, prefix) == 0) {
			*out = k->refs.v[i].ref;
			*n = k->refs.v[i].n;
			return SLU_OK;
		}
	SLU_TRY(g->git->ops->refs(g->git, g->a, slu_s(prefix), out, n, err));
	*SLU_ADD(g->a, &k->refs) = (struct listed){ slu_strdup(g->a, prefix), *out, *n };
	return SLU_OK;
}

static slu_rc is_stored(struct app_git_facts *g, const slu_oid *id, bool *out, slu_err *err)
{
	return g->stored->ops->has_commit(g->stored, id, out, err);
}

static bool among(const slu_oid *id, const slu_oid *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slu_oid_eq(id, &list[i]))
			return true;
	return false;
}

/* Breadth first, so that the order is newest first for what is linear. */
static slu_rc walk_from(struct app_git_facts *g, struct walk *w, slu_err *err)
{
	SLU_LIST(slu_oid) todo = { 0 };
	slu_map *seen = slu_map_new(g->a);
	*SLU_ADD(g->a, &todo) = w->tip;
	w->whole = true;
	for (size_t i = 0; i < todo.n; i++) {
		slu_oid id = todo.v[i];
		bool stored = false;
		struct pol_commit c;
		if (slu_map_get(seen, slu_s(id.hex)))
			continue;
		slu_map_put(seen, slu_s(id.hex), seen);
		SLU_TRY(is_stored(g, &id, &stored, err));
		if (stored) {
			*SLU_ADD(g->a, &w->edge) = id;
			continue;
		}
		if (w->fresh.n == WALK_MAX) {
			w->whole = false;
			return SLU_OK;
		}
		SLU_TRY(g->git->ops->commit(g->git, g->a, &id, &c, err));
		*SLU_ADD(g->a, &w->fresh) = id;
		for (size_t p = 0; p < c.parent_n; p++)
			*SLU_ADD(g->a, &todo) = c.parent[p];
	}
	return SLU_OK;
}

static slu_rc find_walk(struct app_git_facts *g, const slu_oid *tip, const struct walk **out, slu_err *err)
{
	struct app_git_known *k = known_of(g);
	for (size_t i = 0; i < k->walk.n; i++)
		if (slu_oid_eq(&k->walk.v[i]->tip, tip)) {
			*out = k->walk.v[i];
			return SLU_OK;
		}
	struct walk *w = SLU_NEW(g->a, struct walk);
	w->tip = *tip;
	SLU_TRY(walk_from(g, w, err));
	*SLU_ADD(g->a, &k->walk) = w;
	*out = w;
	return SLU_OK;
}

/* Is everything behind the stored commits reachable from `not_`? Members of it are; of the others Git is asked, once. */
static slu_rc are_covered(struct app_git_facts *g, const struct walk *w, const slu_oid *not_, size_t not_n, bool *out, slu_err *err)
{
	struct app_git_known *k = known_of(g);
	slu_auto_buf key;
	const slu_oid *ids = NULL;
	size_t n = 0;
	*out = true;
	slu_buf_init(&key, 16u * 1024 * 1024);
	for (size_t i = 0; i < not_n; i++)
		slu_buf_addf(&key, "^%s", not_[i].hex);
	size_t not_bytes = key.n;
	for (size_t i = 0; i < w->edge.n && *out; i++) {
		if (among(&w->edge.v[i], not_, not_n))
			continue;
		key.n = not_bytes;
		slu_buf_adds(&key, w->edge.v[i].hex);
		const void *answer = slu_map_get(k->covered, slu_buf_str(&key));
		if (!answer) {
			slu_rc rc = g->git->ops->range(g->git, g->a, &w->edge.v[i], not_, not_n, 1, &ids, &n, NULL);
			if (rc != SLU_OK && rc != SLU_E_LIMIT)
				return g->git->ops->range(g->git, g->a, &w->edge.v[i], not_, not_n, 1, &ids, &n, err);
			void *found = rc == SLU_OK && n == 0 ? (void *)k : (void *)k->covered;
			slu_map_put(k->covered, slu_buf_str(&key), found);
			answer = found;
		}
		*out = answer == k;
	}
	return SLU_OK;
}

/* New commits in `not_` (another ref of the same push) would need Git's own walk. */
static slu_rc all_stored(struct app_git_facts *g, const slu_oid *not_, size_t not_n, bool *out, slu_err *err)
{
	*out = true;
	for (size_t i = 0; i < g->pending_n && *out; i++)
		if (!slu_oid_is_zero(&g->pending[i].new_) && among(&g->pending[i].new_, not_, not_n))
			SLU_TRY(is_stored(g, &g->pending[i].new_, out, err));
	return SLU_OK;
}

static const slu_oid *copy_of(slu_arena *a, const slu_oid *list, size_t n)
{
	slu_oid *copy = SLU_NEW_N(a, slu_oid, n + 1);
	memcpy(copy, list, n * sizeof *copy);
	return copy;
}

/* Several rules ask for the same: what a push brings beyond its base. */
static slu_rc ask_git(struct app_git_facts *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	if (!g->a)
		return g->git->ops->range(g->git, a, tip, not_, not_n, max, out, n, err);
	struct app_git_known *k = known_of(g);
	for (size_t i = 0; i < k->asked.n; i++) {
		const struct asked *s = &k->asked.v[i];
		if (s->not_n != not_n || s->max != max || !slu_oid_eq(&s->tip, tip) || memcmp(s->not_, not_, not_n * sizeof *not_) != 0)
			continue;
		*out = s->out;
		*n = s->n;
		return SLU_OK;
	}
	bool keep = k->asked.n < ASKED_MAX;
	SLU_TRY(g->git->ops->range(g->git, keep ? g->a : a, tip, not_, not_n, max, out, n, err));
	if (keep)
		*SLU_ADD(g->a, &k->asked) = (struct asked){ *tip, copy_of(g->a, not_, not_n), *out, not_n, *n, max };
	return SLU_OK;
}

slu_rc app_git_files(struct app_git_facts *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	if (!g->a)
		return g->git->ops->files(g->git, a, tip, not_, not_n, out, n, err);
	struct app_git_known *k = known_of(g);
	for (size_t i = 0; i < k->files.n; i++) {
		const struct asked_files *s = &k->files.v[i];
		if (s->not_n != not_n || !slu_oid_eq(&s->tip, tip) || memcmp(s->not_, not_, not_n * sizeof *not_) != 0)
			continue;
		*out = s->out;
		*n = s->n;
		return SLU_OK;
	}
	SLU_TRY(g->git->ops->files(g->git, g->a, tip, not_, not_n, out, n, err));
	if (k->files.n < ASKED_MAX)
		*SLU_ADD(g->a, &k->files) = (struct asked_files){ *tip, copy_of(g->a, not_, not_n), not_n, *out, *n };
	return SLU_OK;
}

slu_rc app_git_range(struct app_git_facts *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	const struct walk *w = NULL;
	bool known = false;
	if (among(tip, not_, not_n)) {
		*out = NULL;
		*n = 0;
		return SLU_OK;
	}
	if (g->a && g->stored)
		SLU_TRY(all_stored(g, not_, not_n, &known, err));
	if (known)
		SLU_TRY(find_walk(g, tip, &w, err));
	if (w && w->whole && w->fresh.n <= max)
		SLU_TRY(are_covered(g, w, not_, not_n, &known, err));
	if (!w || !w->whole || w->fresh.n > max || !known)
		return ask_git(g, a, tip, not_, not_n, max, out, n, err);
	*out = w->fresh.v;
	*n = w->fresh.n;
	return SLU_OK;
}
