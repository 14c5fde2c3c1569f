/* SPDX-License-Identifier: Apache-2.0 */
#include "git/topology.h"

#include "base/limits.h"

enum { NEW, OPEN, DONE }; /* `state` of a commit: DONE + its number */

struct beside { /* a commit that the graph does not have */
	struct git_raw id;
	struct git_commit_head head;
};
struct open {
	uint32_t at, next; /* a commit on the way, and which of its parents comes next */
};

/** Commits are named by their place in the memory, those beside it by the places of the graph after its end, the others by those after both. */
struct topology {
	slu_arena *a;
	const git_memory *memory;
	git_graph *graph;
	uint32_t memory_n, graph_n, known_n; /* known_n: both */
	size_t id_n;
	git_walk_load *load;
	void *ctx;
	struct beside *beside;
	size_t beside_n, beside_cap;
	uint32_t *slot; /* hash table of those beside: index + 1 */
	size_t slots;
	uint32_t *state, state_n;
	SLU_LIST(struct open) open; /* the way from a tip */
	size_t n, cap; /* commits that have a number, and for how many there is room */
	uint8_t *id, *tree;
	slu_str *first;
	size_t fresh;
	int64_t *time_s;
	uint32_t *parent_at;
	SLU_LIST(uint32_t) parent;
};

/* ---- commits beside the graph ---------------------------------------------------------------------------------------------- */

static size_t slot_of(const struct topology *t, const struct git_raw *id)
{
	size_t at;
	memcpy(&at, id->b, sizeof at);
	for (at &= t->slots - 1; t->slot[at]; at = (at + 1) & (t->slots - 1))
		if (memcmp(t->beside[t->slot[at] - 1].id.b, id->b, sizeof id->b) == 0)
			break;
	return at;
}

static void grow_slots(struct topology *t)
{
	t->slots = t->slots ? t->slots * 4 : 1024;
	t->slot = SLU_NEW_N(t->a, uint32_t, t->slots);
	for (size_t i = 0; i < t->beside_n; i++)
		t->slot[slot_of(t, &t->beside[i].id)] = (uint32_t)i + 1;
}

static void grow_state(struct topology *t, uint32_t at)
{
	uint32_t n = t->state_n;
	while (n <= at)
		n = n ? n * 2 : 1024;
	if (n > t->state_n) {
		t->state = slu_grow(t->a, t->state, t->state_n, n, sizeof *t->state);
		t->state_n = n;
	}
}

static slu_rc place_of(struct topology *t, const struct git_raw *id, uint32_t *out, slu_err *err)
{
	if (t->memory && git_memory_find(t->memory, id, out))
		return SLU_OK;
	if (t->graph && git_graph_find(t->graph, id, out)) {
		*out += t->memory_n;
		return SLU_OK;
	}
	if ((t->beside_n + 1) * 2 > t->slots)
		grow_slots(t);
	size_t slot = slot_of(t, id);
	if (!t->slot[slot]) {
		if (t->beside_n >= SLU_MAX_HISTORY_COMMITS)
			return slu_fail(err, SLU_E_LIMIT, "There are more than %u commits.", SLU_MAX_HISTORY_COMMITS);
		if (t->beside_n == t->beside_cap) {
			size_t cap = t->beside_cap ? t->beside_cap * 2 : 256;
			t->beside = slu_grow(t->a, t->beside, t->beside_n, cap, sizeof *t->beside);
			t->beside_cap = cap;
		}
		struct beside *b = &t->beside[t->beside_n];
		*b = (struct beside){ .id = *id };
		SLU_TRY(t->load(t->ctx, t->a, id, t->id_n, &b->head, err));
		t->slot[slot] = (uint32_t)++t->beside_n;
		grow_state(t, t->known_n + (uint32_t)t->beside_n);
	}
	*out = t->known_n + t->slot[slot] - 1;
	return SLU_OK;
}

/* ---- parents ------------------------------------------------------------------------------------------------------------------ */

static slu_rc damaged(const struct topology *t, uint32_t at, slu_err *err)
{
	struct git_raw id;
	git_graph_id(t->graph, at - t->memory_n, &id);
	return slu_fail(err, SLU_E_CORRUPT, "The commit-graph contradicts itself at %s: `git commit-graph write --reachable` makes it anew.", git_raw_hex(&id, t->id_n).hex);
}

/* The i-th parent; *none: there is no such. */
static slu_rc parent_of(struct topology *t, uint32_t at, uint32_t i, uint32_t *out, bool *none, slu_err *err)
{
	if (at < t->memory_n) {
		uint32_t from = t->memory->parent_at[at];
		*none = i >= t->memory->parent_at[at + 1] - from;
		if (!*none)
			*out = t->memory->parent[from + i];
		return SLU_OK;
	}
	if (at >= t->known_n) {
		const struct git_commit_head *head = &t->beside[at - t->known_n].head;
		*none = i >= head->parent_n;
		if (*none)
			return SLU_OK;
		struct git_raw id = head->parent[i];
		return place_of(t, &id, out, err);
	}
	struct git_graph_row row;
	if (!git_graph_row_at(t->graph, at - t->memory_n, &row))
		return damaged(t, at, err);
	*none = i >= row.parent_n;
	if (*none)
		return SLU_OK;
	if (row.parent_n <= 2)
		*out = row.parent[i];
	else if (!git_graph_parent(t->graph, at - t->memory_n, i, out))
		return damaged(t, at, err);
	if (t->memory) {
		struct git_raw id;
		git_graph_id(t->graph, *out, &id);
		return place_of(t, &id, out, err);
	}
	return SLU_OK;
}

static void enter(struct topology *t, uint32_t at)
{
	t->state[at] = OPEN;
	*SLU_ADD(t->a, &t->open) = (struct open){ .at = at };
}

/* For all of the graph at once: most often all of it is asked for. */
static void make_room(struct topology *t)
{
	size_t cap = t->cap ? t->cap * 2 : (size_t)(t->memory_n > t->graph_n ? t->memory_n : t->graph_n) + 256;
	t->id = slu_grow(t->a, t->id, t->n, cap, t->id_n);
	t->tree = slu_grow(t->a, t->tree, t->n, cap, t->id_n);
	t->time_s = slu_grow(t->a, t->time_s, t->n, cap, sizeof *t->time_s);
	if (t->memory)
		t->first = slu_grow(t->a, t->first, t->n, cap, sizeof *t->first);
	t->parent_at = slu_grow(t->a, t->parent_at, t->n, cap + 1, sizeof *t->parent_at);
	t->cap = cap;
}

struct row {
	const uint8_t *id, *tree;
	int64_t time_s;
};

static slu_rc row_of(struct topology *t, uint32_t at, struct row *out, slu_err *err)
{
	struct git_graph_row row;
	uint64_t time_s;
	if (at >= t->known_n) {
		const struct beside *b = &t->beside[at - t->known_n];
		*out = (struct row){ b->id.b, b->head.tree.b, 0 };
		time_s = b->head.time_s;
	} else {
		if (!git_graph_row_at(t->graph, at - t->memory_n, &row) || row.hash != t->id_n)
			return damaged(t, at, err);
		*out = (struct row){ row.id, row.tree, 0 };
		time_s = row.time_s;
	}
	out->time_s = time_s < INT64_MAX ? (int64_t)time_s : 0;
	return SLU_OK;
}

/* The same of one that is remembered, as nearly all are: nothing can fail there. */
static slu_rc finish_remembered(struct topology *t, uint32_t at, slu_err *err)
{
	const git_memory *m = t->memory;
	if (t->n >= SLU_MAX_HISTORY_COMMITS)
		return slu_fail(err, SLU_E_LIMIT, "There are more than %u commits.", SLU_MAX_HISTORY_COMMITS);
	if (t->n == t->cap)
		make_room(t);
	memcpy(t->id + t->n * t->id_n, m->id + (size_t)at * t->id_n, t->id_n);
	memcpy(t->tree + t->n * t->id_n, m->tree + (size_t)at * t->id_n, t->id_n);
	t->time_s[t->n] = m->time_s[at];
	t->parent_at[t->n] = (uint32_t)t->parent.n;
	(void)git_memory_line(m, at, &t->first[t->n]);
	for (uint32_t i = m->parent_at[at]; i < m->parent_at[at + 1]; i++)
		*SLU_ADD(t->a, &t->parent) = t->state[m->parent[i]] - DONE;
	t->state[at] = DONE + (uint32_t)t->n++;
	return SLU_OK;
}

/* All its parents have numbers. */
static slu_rc finish(struct topology *t, uint32_t at, slu_err *err)
{
	bool none = false;
	struct row row = { 0 };
	if (at < t->memory_n)
		return finish_remembered(t, at, err);
	if (t->n >= SLU_MAX_HISTORY_COMMITS)
		return slu_fail(err, SLU_E_LIMIT, "There are more than %u commits.", SLU_MAX_HISTORY_COMMITS);
	SLU_TRY(row_of(t, at, &row, err));
	if (t->n == t->cap)
		make_room(t);
	memcpy(t->id + t->n * t->id_n, row.id, t->id_n);
	memcpy(t->tree + t->n * t->id_n, row.tree, t->id_n);
	t->time_s[t->n] = row.time_s;
	t->parent_at[t->n] = (uint32_t)t->parent.n;
	t->fresh++;
	for (uint32_t i = 0; !none; i++) {
		uint32_t p = 0;
		SLU_TRY(parent_of(t, at, i, &p, &none, err));
		if (!none)
			*SLU_ADD(t->a, &t->parent) = t->state[p] - DONE;
	}
	t->state[at] = DONE + (uint32_t)t->n++;
	return SLU_OK;
}

/* The first parent from the i-th that has no number yet. @return false: there is none. None of a commit that is remembered is on the way: they come before it. */
static bool next_remembered(const struct topology *t, uint32_t at, uint32_t *i, uint32_t *out)
{
	const git_memory *m = t->memory;
	for (uint32_t from = m->parent_at[at], n = m->parent_at[at + 1] - from; *i < n; (*i)++)
		if (t->state[m->parent[from + *i]] == NEW) {
			*out = m->parent[from + (*i)++];
			return true;
		}
	return false;
}

/* A commit after its parents: down the first parents, and up again. */
static slu_rc visit(struct topology *t, uint32_t from, slu_err *err)
{
	if (t->state[from] == NEW)
		enter(t, from);
	while (t->open.n) {
		struct open *o = &t->open.v[t->open.n - 1];
		uint32_t p = 0;
		bool none = false;
		if (o->at < t->memory_n)
			none = !next_remembered(t, o->at, &o->next, &p);
		else
			SLU_TRY(parent_of(t, o->at, o->next++, &p, &none, err));
		if (none) {
			SLU_TRY(finish(t, o->at, err));
			t->open.n--;
		} else if (t->state[p] == OPEN) { /* no commit is behind itself */
			return slu_fail(err, SLU_E_CORRUPT, "A commit is its own ancestor: the commit-graph is damaged. `git commit-graph write --reachable` makes it anew.");
		} else if (t->state[p] == NEW) {
			enter(t, p);
		}
	}
	return SLU_OK;
}

slu_rc git_topology(struct port_git_topology *out, slu_arena *a, const char *objects, const git_memory *memory, git_walk_load *load, void *ctx, const slu_oid *tip, size_t n, slu_err *err)
{
	struct topology t = { .a = a, .graph = git_graph_open(objects), .load = load, .ctx = ctx };
	slu_rc rc = SLU_OK;
	t.graph_n = t.graph ? git_graph_size(t.graph) : 0;
	t.id_n = n ? strlen(tip[0].hex) / 2 : 20;
	t.memory = memory && memory->hash == t.id_n ? memory : NULL;
	t.memory_n = t.memory ? t.memory->n : 0;
	t.known_n = t.memory_n + t.graph_n;
	if (t.memory) { /* most often all of them come again */
		t.parent.cap = (size_t)t.memory->parent_n + 256;
		t.parent.v = SLU_NEW_N(a, uint32_t, t.parent.cap);
	}
	grow_state(&t, t.known_n + 1);
	for (size_t i = 0; i < n && rc == SLU_OK; i++) {
		struct git_raw id = git_raw_of(&tip[i]);
		uint32_t at = 0;
		rc = place_of(&t, &id, &at, err);
		if (rc == SLU_OK)
			rc = visit(&t, at, err);
	}
	git_graph_close(t.graph);
	if (rc != SLU_OK)
		return rc;
	if (t.cap == 0)
		make_room(&t);
	t.parent_at[t.n] = (uint32_t)t.parent.n;
	*out = (struct port_git_topology){ .n = t.n, .id = { t.id, t.id_n }, .tree = { t.tree, t.id_n }, .time_s = t.time_s, .parent_at = t.parent_at, .parent = t.parent.v, .first = t.first, .fresh = t.fresh };
	return SLU_OK;
}
