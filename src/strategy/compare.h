/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What differs between two compiled strategies, and whether it can only tighten.
 *
 * Compared is what is in force: the whole tree with its defaults, so that nothing can be forgotten. A table says which values have a
 * stricter side (more approvals, fewer people who may); a difference anywhere else, or towards the other side, counts as one that
 * loosens. Titles are nobody's rule. Comments and the order of people in a list are no difference; the order of entries is one.
 */
#ifndef STRATEGY_COMPARE_H
#define STRATEGY_COMPARE_H
#include "strategy/strat.h"

/** One value that differs. */
struct strat_difference {
	const char *path;      /* "branches.main.require.approvals" */
	const char *was, *now; /* as YAML on one line; "" absent */
	struct strat_pos pos;  /* of the value now; of the one before where it went */
	bool loosens;          /* or cannot be shown not to */
};
typedef SLU_LIST(struct strat_difference) strat_differences;

/**
 * @param out  every difference, in the order of the later file; in `a`, may be NULL
 * @return whether `now` refuses all that `was` refuses: no difference loosens
 * Cost: O(values of both). Test: test/unit/strategy_compare_test.c
 */
bool strat_compare(strat_differences *out, slu_arena *a, const strat *was, const strat *now);
#endif
