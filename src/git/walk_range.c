/* SPDX-License-Identifier: Apache-2.0 */
/* What lies between commits: many commits, in an order. */
#include "git/walk_impl.h"

#include <stdlib.h>

enum { GROWS_AFTER = 8 /* questions */ };

typedef SLU_LIST(uint32_t) node_list;

/** From the tips down to what not_ reaches, in order of levels. */
static slu_rc walk_down(git_walk *w, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, size_t max, node_list *list, slu_err *err)
{
	walk_begin(w, tip, TWO);
	for (size_t i = 0; i < tip_n; i++)
		SLU_TRY(walk_add(w, &tip[i], ONE, err));
	for (size_t i = 0; i < not_n; i++)
		if (!slu_oid_is_zero(&not_[i]))
			SLU_TRY(walk_add(w, &not_[i], TWO, err));
	while (w->live > 0) {
		uint32_t i = walk_pop(w);
		uint8_t f = *walk_flags(w, i) & TWO;
		if (!f) {
			if (list->n == max)
				return slu_fail(err, SLU_E_LIMIT, "There are more than %zu commits in this range.", max);
			*SLU_ADD(a, list) = i;
		}
		SLU_TRY(walk_spread(w, i, f ? TWO : ONE, err));
	}
	return SLU_OK;
}

/** What list->v reaches and is neither `behind` nor seen before, behind what is in the list already; then `behind` too, if `mark`. Ends when there are more than max. */
static slu_rc flood(git_walk *w, slu_arena *a, node_list *list, bool mark, size_t max, slu_err *err)
{
	for (size_t at = 0; at < list->n && list->n <= max; at++) {
		uint32_t i = list->v[at];
		SLU_TRY(walk_load(w, i, err));
		w->node[i].behind = mark;
		for (uint32_t k = 0; k < w->node[i].parent_n; k++) {
			uint32_t p = walk_parent(&w->node[i], k);
			if (w->node[p].behind || (*walk_flags(w, p) & SEEN))
				continue;
			*walk_flags(w, p) |= SEEN;
			*SLU_ADD(a, list) = p;
		}
	}
	return SLU_OK;
}

static void begin_flood(git_walk *w, slu_arena *a, node_list *list, const slu_oid *from)
{
	uint32_t i = walk_named(w, from);
	if (w->node[i].behind || (*walk_flags(w, i) & SEEN))
		return;
	*walk_flags(w, i) |= SEEN;
	*SLU_ADD(a, list) = i;
}

static void forget(git_walk *w)
{
	for (size_t i = 0; w->grown.times > 0 && i < w->n; i++)
		w->node[i].behind = false;
	w->grown.n = w->grown.marked = w->grown.times = 0;
}

/**
 * Does this list not_ begin with the one of the last question? Of a list that did nothing but grow for a while, all that it reaches is marked for good.
 * @return whether it is marked now
 */
static bool grows(git_walk *w, const slu_oid *not_, size_t n)
{
	size_t was = w->grown.n;
	bool begins = was > 0 && n >= was && memcmp(w->grown.v, not_, was * sizeof *not_) == 0, longer = begins && n > was;
	if (!begins)
		forget(w);
	if (n > w->grown.cap) {
		w->grown.cap = n * 2;
		w->grown.v = realloc(w->grown.v, w->grown.cap * sizeof *w->grown.v);
		if (!w->grown.v)
			abort();
	}
	if (n > w->grown.n)
		memcpy(w->grown.v + w->grown.n, not_ + w->grown.n, (n - w->grown.n) * sizeof *not_);
	w->grown.n = n;
	w->grown.times += longer || (begins && w->keep);
	return w->grown.times >= GROWS_AFTER;
}

static slu_rc mark_grown(git_walk *w, slu_arena *a, slu_err *err)
{
	for (; w->grown.marked < w->grown.n; w->grown.marked++) {
		node_list list = { 0 };
		if (!slu_oid_is_zero(&w->grown.v[w->grown.marked]))
			begin_flood(w, a, &list, &w->grown.v[w->grown.marked]);
		SLU_TRY(flood(w, a, &list, true, SIZE_MAX, err));
	}
	return SLU_OK;
}

/** In the order of levels, when what is not wanted is marked. */
static slu_rc walk_marked(git_walk *w, slu_arena *a, const slu_oid *tip, size_t max, node_list *list, slu_err *err)
{
	node_list found = { 0 };
	begin_flood(w, a, &found, tip);
	SLU_TRY(flood(w, a, &found, false, max, err));
	if (found.n > max)
		return slu_fail(err, SLU_E_LIMIT, "There are more than %zu commits in this range.", max);
	for (size_t i = 0; i < found.n; i++) {
		SLU_TRY(walk_level(w, found.v[i], err));
		walk_heap_add(w, found.v[i]);
	}
	while (w->heap_n > 0)
		*SLU_ADD(a, list) = walk_heap_take(w);
	return SLU_OK;
}

slu_rc git_walk_range(git_walk *w, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	slu_auto_arena *own = slu_arena_new();
	node_list list = { 0 };
	walk_begin(w, tip, TWO);
	if (grows(w, not_, not_n)) {
		slu_rc rc = mark_grown(w, own, err);
		if (rc != SLU_OK) {
			forget(w); /* some are marked whose parents are not */
			return rc;
		}
		walk_go_on(w, tip, TWO);
		SLU_TRY(walk_marked(w, own, tip, max, &list, err));
	} else {
		SLU_TRY(walk_down(w, own, tip, 1, not_, not_n, max, &list, err));
	}
	slu_oid *ids = SLU_NEW_N(a, slu_oid, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		struct git_raw id = walk_id(w, list.v[i]);
		ids[i] = git_raw_hex(&id, w->id_n);
	}
	*out = ids;
	*n = list.n;
	return SLU_OK;
}

/** Each when all its children are out; of those that may come, the newest. `found` has them all. */
static void put_by_time(git_walk *w, slu_arena *a, const node_list *found, struct git_raw *out)
{
	uint32_t *kids = SLU_NEW_N(a, uint32_t, w->n); /* that are not out yet, + 1; 0: not among those found */
	for (size_t i = 0; i < found->n; i++)
		kids[found->v[i]] = 1;
	for (size_t i = 0; i < found->n; i++)
		for (uint32_t k = 0; k < w->node[found->v[i]].parent_n; k++)
			kids[walk_parent(&w->node[found->v[i]], k)] += kids[walk_parent(&w->node[found->v[i]], k)] > 0;
	w->by_time = true;
	w->heap_n = 0;
	for (size_t i = 0; i < found->n; i++)
		if (kids[found->v[i]] == 1)
			walk_heap_add(w, found->v[i]);
	for (size_t n = 0; w->heap_n > 0; n++) {
		uint32_t i = walk_heap_take(w);
		out[n] = walk_id(w, i);
		for (uint32_t k = 0; k < w->node[i].parent_n; k++) {
			uint32_t p = walk_parent(&w->node[i], k);
			if (kids[p] > 0 && --kids[p] == 1)
				walk_heap_add(w, p);
		}
	}
}

slu_rc git_walk_order(git_walk *w, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const struct git_raw **out, size_t *n, slu_err *err)
{
	slu_auto_arena *own = slu_arena_new();
	node_list found = { 0 };
	if (tip_n > 0 && not_n > 0) {
		SLU_TRY(walk_down(w, own, tip, tip_n, not_, not_n, SIZE_MAX, &found, err));
	} else if (tip_n > 0) { /* all that there is: levels are of no use, and without a graph each commit would have to be read for them first */
		walk_begin(w, tip, 0);
		(void)grows(w, NULL, 0);
		for (size_t i = 0; i < tip_n; i++)
			begin_flood(w, own, &found, &tip[i]);
		SLU_TRY(flood(w, own, &found, false, SIZE_MAX, err));
	}
	struct git_raw *ids = SLU_NEW_N(a, struct git_raw, found.n + 1);
	if (found.n > 0)
		put_by_time(w, own, &found, ids);
	*out = ids;
	*n = found.n;
	return SLU_OK;
}
