/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the walk: commits, the queue of a question, and what its parts (walk.c, walk_range.c) share. */
#ifndef GIT_WALK_IMPL_H
#define GIT_WALK_IMPL_H
#include "git/walk.h"

#include <time.h>

enum { ONE = 1, TWO = 2, STALE = 4, SEEN = 8, WAITS = 16 }; /* WAITS: in the queue now */

/** A commit. Parents are indexes of nodes; `level` (see graph.h) 0: not known yet. */
struct node {
	uint32_t parent[2], *more; /* more: the third and so on, see walk_parent */
	const struct git_raw *id;  /* NULL: it is in the graph, at `pos` */
	uint64_t time_s, level;
	uint32_t parent_n, pos;
	uint32_t epoch;  /* of the question that `flags` belongs to */
	uint8_t flags;
	bool loaded;     /* parents and time_s are set */
	bool behind;     /* reached from a commit of `grown` */
};
static inline uint32_t walk_parent(const struct node *n, uint32_t k)
{
	return k < 2 ? n->parent[k] : n->more[k - 2];
}

struct git_walk {
	slu_arena *a;
	char *objects;
	git_graph *graph;
	uint32_t *by_pos; /* of the graph's commits: index of the node + 1 */
	struct timespec graph_time[2]; /* of the files that name it */
	size_t read_then; /* `read` when they were looked at */
	git_walk_load *load;
	void *ctx;
	struct node *node;
	size_t n, cap;
	size_t edges;    /* parents of those that are loaded */
	uint32_t *slot;  /* hash table of the others: index + 1 */
	size_t slots, slots_used;
	uint32_t epoch;
	size_t id_n, read; /* bytes of an id; commits read as objects */
	uint32_t *heap;
	size_t heap_n, heap_cap;
	uint8_t boring; /* of this question: a commit with all these flags leads to nothing new */
	bool by_time;   /* the queue's order: by time, not by level */
	size_t live;    /* commits in the queue that are not boring */
	bool keep;
	struct { /* the list not_ of the questions so far: see git_walk_range */
		slu_oid *v;
		size_t n, cap, marked; /* marked: of so many, all that they reach is `behind` */
		unsigned times;        /* that it grew in a row */
	} grown;
};

/** Begin a question. @param any  an id, for how long they are @param boring  a commit with all these flags leads to nothing new */
void walk_begin(git_walk *w, const slu_oid *any, uint8_t boring);
/** Begin its next part: flags and queue are empty again, but what was learnt and marked so far stays. */
void walk_go_on(git_walk *w, const slu_oid *any, uint8_t boring);
/** Its id. */
struct git_raw walk_id(const git_walk *w, uint32_t i);
uint32_t walk_named(git_walk *w, const slu_oid *id);
slu_rc walk_load(git_walk *w, uint32_t i, slu_err *err);
slu_rc walk_level(git_walk *w, uint32_t from, slu_err *err);
uint8_t *walk_flags(git_walk *w, uint32_t i);
/** Queue a commit with its level, and take the first one out. */
slu_rc walk_add(git_walk *w, const slu_oid *id, uint8_t flag, slu_err *err);
uint32_t walk_pop(git_walk *w);
slu_rc walk_spread(git_walk *w, uint32_t i, uint8_t give, slu_err *err);
/** The queue alone. */
void walk_heap_add(git_walk *w, uint32_t i);
uint32_t walk_heap_take(git_walk *w);
#endif
