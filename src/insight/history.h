/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A history as it lies in a repository: commits by number, parents before children, and the lines of its branches.
 *
 * A branch's line is what its first parents say: the commits that it was at, one after the other. Where the lines of two branches
 * meet, what lies before belongs to one of them only: to the one that comes first in the list that they are made from.
 */
#ifndef INSIGHT_HISTORY_H
#define INSIGHT_HISTORY_H
#include "base/oid.h"

#include <stdint.h>

#define INS_NONE UINT32_MAX

/** A branch of today. Its commits are numbered from the oldest one that is its own. */
struct ins_line {
	slu_str name;
	int kind;             /* of the strategy; STRAT_NONE: of none */
	uint32_t head;
	const uint32_t *at;   /* own commits, oldest first */
	size_t n;
	uint32_t from;        /* commit of another line that it begins at; INS_NONE: it begins with a root */
	const int64_t *until_s; /* for at[k] the latest time that at[0..k] say: times that do not go back */
	uint32_t *reach;      /* of each commit: 1 + the place on this line by which it had come in; 0: it had with `from`, or not at all. NULL: not asked yet */
};

/** What the lists hold is borrowed; what is made lives in the arena. */
typedef struct ins_history {
	slu_arena *a;
	size_t n;
	slu_oids id, tree;
	const int64_t *time_s;
	const uint32_t *parent_at, *parent; /* parents of i: parent[parent_at[i]] up to parent[parent_at[i + 1]], each less than i */
	struct ins_line *line;
	size_t line_n;
	uint32_t *line_of, *place_of;       /* of each commit; INS_NONE: on no line */
	uint32_t *slot;                     /* hash table over ids: number + 1 */
	size_t slots;
	uint32_t *mark;                     /* of each commit: what a walk says of it */
	uint32_t epoch;
	uint32_t *queue;
	size_t queue_n, queue_cap;
} ins_history;

/** First of all: the graph's fields (n, id … parent) are set by the caller. */
void ins_history_begin(ins_history *h, slu_arena *a);
/** Then names and heads of the branches, the most important first. Again for other lines. */
void ins_history_lines(ins_history *h, const slu_str *name, const uint32_t *head, const int *kind, size_t n);
/** Number of a commit; INS_NONE: not one of these. */
uint32_t ins_find(const ins_history *h, const slu_oid *id);
/** Line of a branch by name; INS_NONE. */
uint32_t ins_find_line(const ins_history *h, slu_str name);
/** Where a line was at that time: a commit; INS_NONE: it had not begun. */
uint32_t ins_line_at(const ins_history *h, const struct ins_line *l, int64_t time_s);
/** Is `c` the commit `of` or behind it? */
bool ins_covers(ins_history *h, uint32_t of, uint32_t c);
/** Commits that `tip` reaches and none of `not_` does, newest first. @return false: more than max */
bool ins_range(ins_history *h, slu_arena *a, uint32_t tip, const uint32_t *not_, size_t not_n, size_t max, const uint32_t **out, size_t *n);

static inline uint32_t ins_parent_n(const ins_history *h, uint32_t c)
{
	return h->parent_at[c + 1] - h->parent_at[c];
}
static inline uint32_t ins_parent(const ins_history *h, uint32_t c, uint32_t i)
{
	return h->parent[h->parent_at[c] + i];
}
#endif
