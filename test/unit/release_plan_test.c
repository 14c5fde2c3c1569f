/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RL-2, DP-1 */
#include "flow/release.h"
#include "strategy/strat.h"

#include "t.h"

static const char text[] =
    "strategy: 1\n"
    "branches:\n"
    "  main: {type: production}\n"
    "  development: {type: integration, base: main}\n"
    "  release: {match: \"release/v{version}\", type: release, base: development, after-merge: delete,\n"
    "    into: {main: {method: merge, tag: release, also-into: [development]}}}\n"
    "  hotfix: {match: \"hotfix/{name}\", type: hotfix, base: main, into: {main: {tag: release, back-merge: [development, release]}}}\n"
    "tags: {release: {match: \"v{version}\", type: release, branches: main, annotated: true}, eco: {match: \"v{version}-eco\", type: label}}\n"
    "environments: {production: {from: main, on: {tag: release}, via: {run: scripts/deploy}}, staging: {from: development, on: {merge: development}, via: {run: scripts/deploy}}}\n"
    "releases: {version-files: [{file: VERSION, text: \"{version}\"}], changelog: CHANGELOG.md}\n";

static const strat *compiled(slu_arena *a)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	T_OK(strat_compile(&s, &issues, a, SLU_STR(text), ".sluice/strategy.yml", NULL, NULL, &err), err);
	return s;
}

#define TEN(d) d d d d d d d d d d
#define REF(n, d) { { "refs/" n, sizeof("refs/" n) - 1 }, { TEN(d) TEN(d) TEN(d) TEN(d) } }
static const struct flow_ref refs_v[] = {
	REF("heads/development", "2"), REF("heads/main", "1"), REF("heads/release/v2.1.0", "3"),
	REF("tags/v1.9.0", "4"), REF("tags/v2.0.0", "1"), REF("tags/v9.0.0-eco", "1"),
};
static const struct flow_refs refs = { refs_v, sizeof refs_v / sizeof refs_v[0] };

static char *steps(slu_arena *a, const struct flow_plan *p)
{
	char *all = slu_strdup(a, "");
	for (size_t i = 0; i < p->step.n; i++)
		all = slu_printf(a, "%s%s\n", all, flow_step_text(a, &p->step.v[i]));
	return all;
}

T_TEST(start_is_branch_version_changelog_change)
{
	slu_auto_arena *a = slu_arena_new();
	struct flow_plan p;
	slu_err err = { 0 };
	T_OK(flow_release_start(&p, a, compiled(a), SLU_STR("2.2.0"), SLU_STR(""), &refs, &err), err);
	T_EQ_STR(p.branch, "release/v2.2.0");
	T_EQ_STR(steps(a, &p), "create branch release/v2.2.0 from development (2222222222)\nwrite the version into VERSION\nbring CHANGELOG.md up to date\n"
	                       "open a change from release/v2.2.0 into main\n");
}

T_TEST(finish_is_merge_tag_back_delete_deploy)
{
	slu_auto_arena *a = slu_arena_new();
	struct flow_plan p;
	slu_err err = { 0 };
	T_OK(flow_release_finish(&p, a, compiled(a), SLU_STR("2.1.0"), SLU_STR("release"), &refs, &err), err);
	T_EQ_STR(steps(a, &p), "bring CHANGELOG.md up to date\nmerge into main (merge)\ntag v2.1.0 on main\nmerge release/v2.1.0 into development too\ndelete branch release/v2.1.0\n"
	                       "deploy to production follows\n");
}

T_TEST(what_cannot_be_released_is_refused_with_its_reason)
{
	static const struct {
		const char *version, *kind, *says;
		slu_rc rc;
	} rows[] = {
		{ "2.1.0", "", "is there already", SLU_E_EXISTS },      { "2.0.0", "", "The tag v2.0.0", SLU_E_EXISTS },
		{ "1.9.1", "", "not above 2.0.0", SLU_E_INVALID },      { "v2.2.0", "", "", SLU_E_SYNTAX },
		{ "2.2", "", "", SLU_E_SYNTAX },                        { "2.2.0-rc.1", "", "such as 2.2.0", SLU_E_INVALID },
		{ "2.2.0", "feature", "called feature", SLU_E_INVALID }, { "", "", "", SLU_E_SYNTAX },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slu_auto_arena *a = slu_arena_new();
		struct flow_plan p;
		slu_err err = { 0 };
		T_CASE("%s", rows[i].version);
		T_RC(flow_release_start(&p, a, compiled(a), slu_s(rows[i].version), slu_s(rows[i].kind), &refs, &err), rows[i].rc);
		T_HAS(err.text, rows[i].says);
	}
}

T_TEST(finish_of_what_was_not_begun_says_how_to_begin)
{
	slu_auto_arena *a = slu_arena_new();
	struct flow_plan p;
	slu_err err = { 0 };
	T_RC(flow_release_finish(&p, a, compiled(a), SLU_STR("3.0.0"), SLU_STR(""), &refs, &err), SLU_E_NOT_FOUND);
	T_HAS(err.text, "sluice release start 3.0.0");
	T_RC(flow_release_finish(&p, a, compiled(a), SLU_STR("2.0.0"), SLU_STR(""), &refs, &err), SLU_E_EXISTS);
	T_HAS(err.text, "finished already: the tag v2.0.0 is there");
}

T_TEST(the_highest_version_is_of_release_classes_only)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = compiled(a);
	slu_str version = { 0 }, tag = { 0 };
	T_TRUE(flow_highest(&version, &tag, a, s, "main", &refs));
	T_EQ_SLU(version, "2.0.0");
	T_EQ_SLU(tag, "v2.0.0");
}
