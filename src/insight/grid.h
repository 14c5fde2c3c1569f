/* SPDX-License-Identifier: Apache-2.0 */
/** A small made-up repository in which any act of the grid can be judged: private to strategy_diff. */
#ifndef INSIGHT_GRID_H
#define INSIGHT_GRID_H
#include "policy/pol.h"

enum { GRID_NAMES = 48, GRID_ROLES = 48 };

struct grid_names { slu_str v[GRID_NAMES]; size_t n; };
struct grid {
	slu_arena *a;
	struct grid_names branch, tag, environment, role;
	const char *body; /* of a change in which every box of both is ticked */
};
/** What is so when it is asked. */
struct grid_cell {
	enum pol_verb verb;
	int branch, source;   /* of grid.branch; -1 none. `branch` is also where a tag stands and what is deployed */
	int tag, environment; /* -1 none */
	int level, role;      /* who acts: a level and up to it nothing more, or a role; both -1: an administrator with every role */
	bool light;           /* a tag without an object of its own */
	bool has_method;
	enum strat_method method;
	unsigned approvals;   /* by people with write */
	bool by_roles;        /* and by three people of each role */
	bool checks, boxes, updated;
	unsigned threads;
	const char *message, *file; /* NULL: a usual one; none */
	const char *how;      /* what is special about it, for the sentence */
};
slu_rc grid_judge(struct pol_verdict *out, const struct grid *g, slu_arena *a, const struct grid_cell *c, const strat *s, int64_t now_s, slu_err *err);
#endif
