/* SPDX-License-Identifier: Apache-2.0 */
#include "git/walk_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { TABLE_START = 1024, NODES_KEPT = 400000, LOOK_AFTER = 256 /* commits read as objects */ };

/* ---- nodes ------------------------------------------------------------------------------------------------------------ */

static void graph_times(const git_walk *w, struct timespec out[2])
{
	static const char *const name[] = { "info/commit-graph", "info/commit-graphs/commit-graph-chain" };
	for (int i = 0; i < 2; i++) {
		struct stat st;
		char path[4096];
		(void)snprintf(path, sizeof path, "%s/%s", w->objects, name[i]);
		out[i] = stat(path, &st) == 0 ? st.st_mtim : (struct timespec){ 0 };
	}
}

static void start(git_walk *w)
{
	w->a = slu_arena_new();
	graph_times(w, w->graph_time);
	w->graph = git_graph_open(w->objects);
	if (w->graph && !(w->by_pos = calloc(git_graph_size(w->graph) + 1u, sizeof *w->by_pos)))
		abort();
	w->slots = TABLE_START;
	w->slot = calloc(w->slots, sizeof *w->slot);
	if (!w->slot)
		abort();
}

static void stop(git_walk *w)
{
	git_graph_close(w->graph);
	slu_arena_free(w->a);
	free(w->slot);
	free(w->node);
	free(w->by_pos);
	w->node = NULL;
	w->by_pos = NULL;
	w->n = w->cap = w->edges = w->slots_used = w->read = w->read_then = 0;
	w->grown.n = w->grown.marked = w->grown.times = 0;
}

git_walk *git_walk_new(const char *objects, git_walk_load *load, void *ctx)
{
	git_walk *w = calloc(1, sizeof *w);
	if (!w || !(w->objects = strdup(objects)))
		abort();
	w->load = load;
	w->ctx = ctx;
	start(w);
	return w;
}

void git_walk_free(git_walk *w)
{
	if (!w)
		return;
	stop(w);
	free(w->heap);
	free(w->grown.v);
	free(w->objects);
	free(w);
}

void git_walk_keep(git_walk *w)
{
	w->keep = true;
}

size_t git_walk_loaded(const git_walk *w)
{
	return w->read;
}

static size_t home_of(const git_walk *w, const struct git_raw *id)
{
	uint64_t h; /* ids are hashes already */
	memcpy(&h, id->b, sizeof h);
	return (size_t)h & (w->slots - 1);
}

struct git_raw walk_id(const git_walk *w, uint32_t i)
{
	struct git_raw id;
	if (w->node[i].id)
		return *w->node[i].id;
	git_graph_id(w->graph, w->node[i].pos, &id);
	return id;
}

static void rehash(git_walk *w)
{
	free(w->slot);
	w->slots *= 2;
	w->slot = calloc(w->slots, sizeof *w->slot);
	if (!w->slot)
		abort();
	for (size_t i = 0; i < w->n; i++) {
		if (!w->node[i].id)
			continue;
		size_t s = home_of(w, w->node[i].id);
		while (w->slot[s])
			s = (s + 1) & (w->slots - 1);
		w->slot[s] = (uint32_t)i + 1;
	}
}

static uint32_t add_node(git_walk *w, const struct git_raw *id, uint32_t pos)
{
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 512;
		w->node = realloc(w->node, w->cap * sizeof *w->node);
		if (!w->node)
			abort();
	}
	w->node[w->n] = (struct node){ .id = id, .pos = pos };
	return (uint32_t)w->n++;
}

/** Of a commit of the graph. */
static uint32_t node_at(git_walk *w, uint32_t pos)
{
	if (!w->by_pos[pos])
		w->by_pos[pos] = add_node(w, NULL, pos) + 1;
	return w->by_pos[pos] - 1;
}

static uint32_t node_of(git_walk *w, const struct git_raw *id)
{
	uint32_t pos;
	if (w->graph && git_graph_find(w->graph, id, &pos))
		return node_at(w, pos);
	size_t s = home_of(w, id);
	for (; w->slot[s]; s = (s + 1) & (w->slots - 1))
		if (memcmp(w->node[w->slot[s] - 1].id->b, id->b, GIT_RAW_MAX) == 0)
			return w->slot[s] - 1;
	struct git_raw *own = SLU_NEW(w->a, struct git_raw);
	*own = *id;
	uint32_t i = add_node(w, own, 0);
	w->slot[s] = i + 1;
	if (++w->slots_used * 2 > w->slots)
		rehash(w);
	return i;
}

static void set_parent(struct node *n, uint32_t k, uint32_t parent)
{
	if (k < 2)
		n->parent[k] = parent;
	else
		n->more[k - 2] = parent;
}

static bool from_graph(git_walk *w, uint32_t i)
{
	struct git_graph_commit c;
	uint32_t pos = w->node[i].pos;
	if (w->node[i].id || !git_graph_commit_at(w->graph, pos, &c))
		return false;
	uint32_t *more = c.parent_n > 2 ? SLU_NEW_N(w->a, uint32_t, c.parent_n - 2) : NULL;
	w->node[i].more = more;
	for (uint32_t k = 0; k < c.parent_n; k++) {
		uint32_t at = k < 2 ? c.parent[k] : 0;
		if (k >= 2 && !git_graph_parent(w->graph, pos, k, &at))
			return false;
		at = node_at(w, at); /* which may move the nodes */
		set_parent(&w->node[i], k, at);
	}
	struct node *n = &w->node[i];
	n->parent_n = (uint32_t)c.parent_n;
	n->level = c.level;
	n->time_s = c.time_s;
	n->loaded = true;
	w->edges += c.parent_n;
	return true;
}

slu_rc walk_load(git_walk *w, uint32_t i, slu_err *err)
{
	if (w->node[i].loaded || from_graph(w, i))
		return SLU_OK;
	struct git_commit_head c = { .parent_n = 0 };
	struct git_raw id = walk_id(w, i);
	SLU_TRY(w->load(w->ctx, w->a, &id, w->id_n, &c, err));
	uint32_t *more = c.parent_n > 2 ? SLU_NEW_N(w->a, uint32_t, c.parent_n - 2) : NULL;
	w->node[i].more = more;
	for (uint32_t k = 0; k < c.parent_n; k++) {
		uint32_t p = node_of(w, &c.parent[k]);
		set_parent(&w->node[i], k, p);
	}
	struct node *n = &w->node[i];
	n->parent_n = (uint32_t)c.parent_n;
	n->time_s = c.time_s;
	n->loaded = true;
	w->edges += c.parent_n;
	w->read++;
	return SLU_OK;
}

static slu_oid hex_of(const git_walk *w, uint32_t i)
{
	struct git_raw id = walk_id(w, i);
	return git_raw_hex(&id, w->id_n);
}

/**
 * Load a commit and give it its level, and those of its ancestors that have none: depth first, without recursion.
 * No history has a cycle (an id is a hash of its parents), but a damaged graph might: levels only ever come from loaded parents.
 */
slu_rc walk_level(git_walk *w, uint32_t from, slu_err *err)
{
	SLU_TRY(walk_load(w, from, err));
	if (w->node[from].level)
		return SLU_OK;
	SLU_LIST(uint32_t) todo = { 0 };
	slu_auto_arena *a = slu_arena_new();
	*SLU_ADD(a, &todo) = from;
	while (todo.n > 0) {
		uint32_t i = todo.v[todo.n - 1];
		uint64_t high = w->node[i].time_s;
		bool ready = true;
		for (uint32_t k = 0; k < w->node[i].parent_n; k++) {
			uint32_t p = walk_parent(&w->node[i], k);
			SLU_TRY(walk_load(w, p, err));
			if (w->node[p].level == 0) {
				*SLU_ADD(a, &todo) = p;
				ready = false;
			} else if (w->node[p].level > high) {
				high = w->node[p].level;
			}
		}
		if (todo.n > w->edges + 1) /* each commit puts its parents here once */
			return slu_fail(err, SLU_E_CORRUPT, "The history of %s contradicts itself.", hex_of(w, from).hex);
		if (ready) {
			w->node[i].level = high + 1;
			todo.n--;
		}
	}
	return SLU_OK;
}

/* ---- a question ------------------------------------------------------------------------------------------------------- */

uint8_t *walk_flags(git_walk *w, uint32_t i)
{
	struct node *n = &w->node[i];
	if (n->epoch != w->epoch) {
		n->epoch = w->epoch;
		n->flags = 0;
	}
	return &n->flags;
}

void walk_begin(git_walk *w, const slu_oid *any, uint8_t boring)
{
	bool anew = !w->keep && w->n > NODES_KEPT;
	if (w->read - w->read_then > LOOK_AFTER) { /* has somebody written a graph with more in it? */
		struct timespec now[2];
		graph_times(w, now);
		anew = anew || memcmp(now, w->graph_time, sizeof now) != 0;
		w->read_then = w->read;
	}
	if (anew) {
		stop(w);
		start(w);
	}
	walk_go_on(w, any, boring);
}

void walk_go_on(git_walk *w, const slu_oid *any, uint8_t boring)
{
	w->epoch++;
	w->heap_n = 0;
	w->live = 0;
	w->boring = boring;
	w->by_time = false;
	w->id_n = strlen(any->hex) / 2;
}

uint32_t walk_named(git_walk *w, const slu_oid *id)
{
	struct git_raw r = git_raw_of(id);
	return node_of(w, &r);
}

static bool before(const git_walk *w, uint32_t x, uint32_t y)
{
	const struct node *a = &w->node[x], *b = &w->node[y];
	if (a->level != b->level && !w->by_time)
		return a->level > b->level;
	if (a->time_s != b->time_s)
		return a->time_s > b->time_s;
	struct git_raw i = walk_id(w, x), k = walk_id(w, y);
	return memcmp(i.b, k.b, GIT_RAW_MAX) < 0;
}

void walk_heap_add(git_walk *w, uint32_t i)
{
	if (w->heap_n == w->heap_cap) {
		w->heap_cap = w->heap_cap ? w->heap_cap * 2 : 256;
		w->heap = realloc(w->heap, w->heap_cap * sizeof *w->heap);
		if (!w->heap)
			abort();
	}
	size_t at = w->heap_n++;
	for (; at > 0 && before(w, i, w->heap[(at - 1) / 2]); at = (at - 1) / 2)
		w->heap[at] = w->heap[(at - 1) / 2];
	w->heap[at] = i;
}

uint32_t walk_heap_take(git_walk *w)
{
	uint32_t top = w->heap[0], last = w->heap[--w->heap_n];
	size_t at = 0;
	for (size_t kid = 1; kid < w->heap_n; kid = 2 * at + 1) {
		if (kid + 1 < w->heap_n && before(w, w->heap[kid + 1], w->heap[kid]))
			kid++;
		if (!before(w, w->heap[kid], last))
			break;
		w->heap[at] = w->heap[kid];
		at = kid;
	}
	if (w->heap_n > 0)
		w->heap[at] = last;
	return top;
}

/** Add flags to a commit, and the commit to the queue when it was never in it. */
static void push(git_walk *w, uint32_t i, uint8_t give)
{
	uint8_t *f = walk_flags(w, i);
	bool waited = *f & WAITS, was_boring = (*f & w->boring) == w->boring;
	*f |= give;
	bool boring = (*f & w->boring) == w->boring;
	if (waited && !was_boring && boring)
		w->live--;
	if (*f & SEEN)
		return;
	*f |= SEEN | WAITS;
	w->live += !boring;
	walk_heap_add(w, i);
}

uint32_t walk_pop(git_walk *w)
{
	uint32_t top = walk_heap_take(w);
	uint8_t *f = walk_flags(w, top);
	*f &= (uint8_t)~WAITS;
	w->live -= (*f & w->boring) != w->boring;
	return top;
}

slu_rc walk_add(git_walk *w, const slu_oid *id, uint8_t flag, slu_err *err)
{
	uint32_t i = walk_named(w, id);
	SLU_TRY(walk_level(w, i, err));
	push(w, i, flag);
	return SLU_OK;
}

/** Give a commit's flags to its parents, which are queued. */
slu_rc walk_spread(git_walk *w, uint32_t i, uint8_t give, slu_err *err)
{
	for (uint32_t k = 0; k < w->node[i].parent_n; k++) {
		uint32_t p = walk_parent(&w->node[i], k);
		SLU_TRY(walk_level(w, p, err));
		if (w->node[p].level >= w->node[i].level)
			return slu_fail(err, SLU_E_CORRUPT, "The commit-graph contradicts itself at %s; write it anew: git commit-graph write --reachable.", hex_of(w, i).hex);
		push(w, p, give);
	}
	return SLU_OK;
}

slu_rc git_walk_is_ancestor(git_walk *w, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err)
{
	walk_begin(w, of, 0);
	uint32_t a = walk_named(w, anc), from = walk_named(w, of);
	SLU_TRY(walk_load(w, a, err));
	SLU_TRY(walk_load(w, from, err));
	if (!w->node[a].id)
		SLU_TRY(walk_level(w, a, err));
	/* Breadth first. Who has a level not above the ancestor's cannot reach it. Who has one has none but such above it, so an ancestor without is not among them. */
	slu_auto_arena *mem = slu_arena_new();
	SLU_LIST(uint32_t) todo = { 0 };
	*SLU_ADD(mem, &todo) = from;
	bool found = a == from;
	for (size_t at = 0; !found && at < todo.n; at++) {
		uint32_t i = todo.v[at];
		SLU_TRY(walk_load(w, i, err));
		if (w->node[i].level && (!w->node[a].level || w->node[i].level <= w->node[a].level))
			continue;
		for (uint32_t k = 0; k < w->node[i].parent_n; k++) {
			uint32_t p = walk_parent(&w->node[i], k);
			found = found || p == a;
			if (!(*walk_flags(w, p) & SEEN)) {
				*walk_flags(w, p) |= SEEN;
				*SLU_ADD(mem, &todo) = p;
			}
		}
	}
	*out = found;
	return SLU_OK;
}

/** Of commits that are all common ancestors, drop those that another of them reaches. */
static slu_rc independent(git_walk *w, slu_oid *list, size_t *n, slu_err *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++) {
		bool reached = false;
		for (size_t k = 0; k < *n && !reached; k++)
			if (k != i)
				SLU_TRY(git_walk_is_ancestor(w, &list[i], &list[k], &reached, err));
		if (!reached)
			list[kept++] = list[i];
	}
	*n = kept;
	return SLU_OK;
}

slu_rc git_walk_merge_bases(git_walk *w, slu_arena *a, const slu_oid *x, const slu_oid *y, const slu_oid **out, size_t *n, slu_err *err)
{
	SLU_LIST(slu_oid) list = { 0 };
	walk_begin(w, x, STALE);
	SLU_TRY(walk_add(w, x, ONE, err));
	SLU_TRY(walk_add(w, y, TWO, err));
	while (w->live > 0) {
		uint32_t i = walk_pop(w);
		uint8_t f = *walk_flags(w, i), give = f & (ONE | TWO | STALE);
		if ((f & (ONE | TWO)) == (ONE | TWO)) {
			if (!(f & STALE))
				*SLU_ADD(a, &list) = hex_of(w, i);
			give |= STALE;
		}
		SLU_TRY(walk_spread(w, i, give, err));
	}
	if (list.n > 1)
		SLU_TRY(independent(w, list.v, &list.n, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc git_walk_ahead_behind(git_walk *w, const slu_oid *x, const slu_oid *base, uint64_t *ahead, uint64_t *behind, slu_err *err)
{
	uint64_t one = 0, two = 0;
	walk_begin(w, x, ONE | TWO);
	SLU_TRY(walk_add(w, x, ONE, err));
	SLU_TRY(walk_add(w, base, TWO, err));
	while (w->live > 0) {
		uint32_t i = walk_pop(w);
		uint8_t f = *walk_flags(w, i) & (ONE | TWO);
		one += f == ONE;
		two += f == TWO;
		SLU_TRY(walk_spread(w, i, f, err));
	}
	*ahead = one;
	*behind = two;
	return SLU_OK;
}

