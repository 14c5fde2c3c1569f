/* SPDX-License-Identifier: Apache-2.0 */
/** The roadmap of a strategy, held against the tags that there are. Pure. */
#ifndef FLOW_ROADMAP_H
#define FLOW_ROADMAP_H
#include "flow/release.h"

enum flow_goal_state { FLOW_GOAL_DONE, FLOW_GOAL_PLANNED, FLOW_GOAL_DUE, FLOW_GOAL_LATE };
struct flow_goal {
	const struct strat_roadmap *of;
	enum flow_goal_state state; /* PLANNED: it has no day; LATE: its day is over */
	slu_str tag;                /* DONE: of the release */
	int64_t late_s;             /* LATE: since when its day is over */
};
/** All of it, in the strategy's order; of the refs only tags count. @return how many */
size_t flow_roadmap(const struct flow_goal **out, slu_arena *a, const strat *s, const struct flow_refs *refs, int64_t now_s);
const char *flow_goal_word(enum flow_goal_state state);
#endif
