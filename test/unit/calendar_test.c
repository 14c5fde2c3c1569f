/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RL-5 */
#include "base/quantity.h"
#include "flow/roadmap.h"
#include "policy/pol.h"
#include "t.h"

static const strat *compiled(slu_arena *a, const char *releases)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	const char *text = slu_printf(a, "strategy: 1\nbranches:\n  main: {type: production}\n  develop: {type: integration, base: main, into: {main: {tag: release}}}\n"
					 "tags: {release: {match: \"v{version}\", branches: main}}\nreleases: {%s}\n", releases);
	T_OK(strat_compile(&s, &issues, a, slu_s(text), "test.yml", NULL, NULL, &err), err);
	return s;
}

static int64_t at(const char *text)
{
	int64_t t = 0;
	slu_err err = { 0 };
	T_OK(slu_time_parse(&t, slu_s(text), &err), err);
	return t;
}

static const char *text_of(slu_arena *a, int64_t t)
{
	char buf[SLU_TIME_TEXT];
	return t ? slu_printf(a, "%.10s", slu_time_text(t, buf)) : "-";
}

T_TEST(a_moment_in_the_calendar)
{
	static const char four[] = "calendar: {start: 2026-01-05, cycle: 4w, sprint: 2w, freeze: {at: 2w, branches: [develop], types: [fix]}, ship: {at: 3w}, major-every: 3}";
	static const char leap[] = "calendar: {start: 2028-02-01, cycle: 4w, sprint: 12d}"; /* 2028 has a 29th of February; the last sprint is cut short */
	static const struct { const char *releases, *now; int64_t number; const char *from, *until; int64_t sprint, sprints; const char *sprint_until, *ship; int64_t ships; bool major; } rows[] = {
		{ four, "2025-06-01T00:00:00Z", 0, "2026-01-05", "2026-02-02", 0, 2, "-", "2026-01-26", 1, false },
		{ four, "2026-01-04T23:59:59Z", 0, "2026-01-05", "2026-02-02", 0, 2, "-", "2026-01-26", 1, false },
		{ four, "2026-01-05T00:00:00Z", 1, "2026-01-05", "2026-02-02", 1, 2, "2026-01-19", "2026-01-26", 1, false },
		{ four, "2026-01-18T23:59:59Z", 1, "2026-01-05", "2026-02-02", 1, 2, "2026-01-19", "2026-01-26", 1, false },
		{ four, "2026-01-19T00:00:00Z", 1, "2026-01-05", "2026-02-02", 2, 2, "2026-02-02", "2026-01-26", 1, false },
		{ four, "2026-01-26T23:59:59Z", 1, "2026-01-05", "2026-02-02", 2, 2, "2026-02-02", "2026-01-26", 1, false }, /* the day itself */
		{ four, "2026-01-27T00:00:00Z", 1, "2026-01-05", "2026-02-02", 2, 2, "2026-02-02", "2026-02-23", 2, false },
		{ four, "2026-02-01T23:59:59Z", 1, "2026-01-05", "2026-02-02", 2, 2, "2026-02-02", "2026-02-23", 2, false },
		{ four, "2026-02-02T00:00:00Z", 2, "2026-02-02", "2026-03-02", 1, 2, "2026-02-16", "2026-02-23", 2, false },
		{ four, "2026-02-24T00:00:00Z", 2, "2026-02-02", "2026-03-02", 2, 2, "2026-03-02", "2026-03-23", 3, true },
		{ leap, "2028-02-28T12:00:00Z", 1, "2028-02-01", "2028-02-29", 3, 3, "2028-02-29", "2028-02-29", 1, false },
		{ leap, "2028-02-29T00:00:00Z", 2, "2028-02-29", "2028-03-28", 1, 3, "2028-03-12", "2028-02-29", 1, false },
		{ leap, "2028-03-01T00:00:00Z", 2, "2028-02-29", "2028-03-28", 1, 3, "2028-03-12", "2028-03-28", 2, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		slu_auto_arena *a = slu_arena_new();
		struct pol_cycle c;
		T_CASE("%s", rows[i].now);
		T_TRUE(pol_cycle(compiled(a, rows[i].releases), at(rows[i].now), &c));
		T_EQ_INT(c.number, rows[i].number);
		T_EQ_STR(text_of(a, c.from_s), rows[i].from);
		T_EQ_STR(text_of(a, c.until_s), rows[i].until);
		T_EQ_INT(c.sprint, rows[i].sprint);
		T_EQ_INT(c.sprints, rows[i].sprints);
		T_EQ_STR(text_of(a, c.sprint_until_s), rows[i].sprint_until);
		T_EQ_STR(text_of(a, c.ship_s), rows[i].ship);
		T_EQ_INT(c.ships, rows[i].ships);
		T_EQ_INT(c.ships_major, rows[i].major);
	}
}

T_TEST(without_cycles_there_is_none)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_cycle c;
	T_FALSE(pol_cycle(compiled(a, "changelog: CHANGELOG.md"), 0, &c));
	T_FALSE(pol_cycle(compiled(a, "calendar: {start: 2026-01-05}"), at("2026-02-01T00:00:00Z"), &c));
	T_FALSE(pol_cycle_major(compiled(a, "calendar: {start: 2026-01-05, cycle: 4w}"), 3));
}

T_TEST(a_freeze_at_its_edges)
{
	static const char with[] = "calendar: {start: 2026-01-05, cycle: 4w, freeze: {at: 2w, branches: [develop], types: [fix]}, ship: {at: 3w}}";
	static const struct { const char *now; bool holds; const char *from; } rows[] = {
		{ "2025-01-01T00:00:00Z", false, "2026-01-19" }, { "2026-01-18T23:59:59Z", false, "2026-01-19" }, { "2026-01-19T00:00:00Z", true, "2026-01-19" },
		{ "2026-01-25T23:59:59Z", true, "2026-01-19" }, { "2026-01-26T00:00:00Z", false, "2026-02-16" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		slu_auto_arena *a = slu_arena_new();
		struct pol_freeze f;
		T_CASE("%s", rows[i].now);
		T_TRUE(pol_freeze(compiled(a, with), at(rows[i].now), &f));
		T_EQ_INT(f.holds, rows[i].holds);
		T_EQ_STR(text_of(a, f.from_s), rows[i].from);
	}
}

T_TEST(a_roadmap_against_the_tags)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = compiled(a, "roadmap: {1.0.0: {title: One, due: 2026-01-05}, 1.1.0: {title: Two, due: 2026-02-28}, 1.2.0: {title: Three}, 1.3.0: {title: Four, due: 2026-01-04}}");
	static const char *const words[][2] = { { "2026-02-28T23:59:59Z", "done due planned late" }, { "2026-03-01T00:00:00Z", "done late planned late" } };
	const struct flow_ref v[] = { { SLU_STR("refs/heads/v1.1.0"), slu_oid_zero() }, { SLU_STR("refs/tags/1.2.0"), slu_oid_zero() }, { SLU_STR("refs/tags/v1.0.0"), slu_oid_zero() }, { SLU_STR("refs/tags/v1.3.0-rc.1"), slu_oid_zero() } };
	const struct flow_refs refs = { v, sizeof v / sizeof *v };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const struct flow_goal *g = NULL;
		const char *all = "";
		T_CASE("%s", words[i][0]);
		T_EQ_INT(flow_roadmap(&g, a, s, &refs, at(words[i][0])), 4);
		for (size_t k = 0; k < 4; k++)
			all = slu_printf(a, "%s%s%s", all, k ? " " : "", flow_goal_word(g[k].state));
		T_EQ_STR(all, words[i][1]);
		T_EQ_SLU(g[0].tag, "v1.0.0");
	}
}
