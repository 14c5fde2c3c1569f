/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/roadmap.h"

#include "policy/pol.h"

static const char tags[] = "refs/tags/";

static slu_str tag_of(const strat *s, slu_str version, const struct flow_refs *refs)
{
	for (size_t i = 0; i < refs->n; i++) {
		slu_str name = refs->v[i].name, its;
		if (!slu_str_starts(name, tags))
			continue;
		name = (slu_str){ name.p + strlen(tags), name.n - strlen(tags) };
		if (pol_release_tag(&its, s, (slu_str){ 0 }, name) && slu_str_eq(its, version))
			return name;
	}
	return (slu_str){ 0 };
}

size_t flow_roadmap(const struct flow_goal **out, slu_arena *a, const strat *s, const struct flow_refs *refs, int64_t now_s)
{
	const int64_t day = 24 * 3600;
	struct flow_goal *v = SLU_NEW_N(a, struct flow_goal, s->releases.roadmap_n + 1);
	for (size_t i = 0; i < s->releases.roadmap_n; i++) {
		const struct strat_roadmap *r = &s->releases.roadmap[i];
		int64_t over = now_s - r->due_s - day;
		v[i] = (struct flow_goal){ .of = r, .tag = tag_of(s, r->version, refs) };
		v[i].state = v[i].tag.n ? FLOW_GOAL_DONE : !r->due_s ? FLOW_GOAL_PLANNED : over < 0 ? FLOW_GOAL_DUE : FLOW_GOAL_LATE;
		v[i].late_s = v[i].state == FLOW_GOAL_LATE ? over : 0;
	}
	*out = v;
	return s->releases.roadmap_n;
}

const char *flow_goal_word(enum flow_goal_state state)
{
	static const char *const word[] = { "done", "planned", "due", "late" };
	return word[state];
}
