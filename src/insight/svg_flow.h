/* SPDX-License-Identifier: Apache-2.0 */
/** The flow graph as inline SVG: classes only (a strict content policy allows no inline style), with a title; what it shows stands in words beside it. */
#ifndef INSIGHT_SVG_FLOW_H
#define INSIGHT_SVG_FLOW_H
#include "base/html.h"
#include "strategy/strat.h"

/** What a box says in place of its pattern: a text, and "" or a state's word (passed waiting failed) that colours its frame. */
struct svg_now {
	const char *text, *state;
};
/**
 * Branch kinds in columns by type, edges with their gates, back-merges dashed, environments at the right.
 * @param branch, environment  what each says, by index; NULL: what it is
 */
void svg_flow(html *h, slu_arena *a, const strat *s, const struct svg_now *branch, const struct svg_now *environment);
#endif
