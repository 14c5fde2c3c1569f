/* SPDX-License-Identifier: Apache-2.0 */
/* What the server knows of phases whose branches are gone: by the changes that it merged. Requirement: GT-2 */
#include "app_world.h"

#include "app/changes.h"

static const char strategy[] =
    "strategy: 1\n"
    "branches:\n"
    "  main: {type: production, allow: {merge: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}\n"
    "  develop: {type: integration, base: main, require: {approvals: 0, checks: []}, into: {main: {method: merge}}}\n"
    "  phase: {match: \"feature/{phase}\", type: work, base: develop, after-merge: delete, into: {develop: {method: squash}}}\n"
    "phases:\n"
    "  one: {require: {boxes: [Measured]}}\n"
    "  two: {after: [one]}\n";

static uint64_t open_change(struct app_world *w, const char *source, const char *into)
{
	const struct app_change_new n = { .title = SLU_STR("feat: a change"), .source = slu_s(source), .target = slu_s(into) };
	struct port_change c = { 0 };
	T_OK(app_change_open(&c, &w->u, &w->r, &n, &w->err), w->err);
	return c.number;
}

static bool merged(struct app_world *w, uint64_t number)
{
	struct app_merge_result res = { 0 };
	T_OK(app_change_merge(&res, &w->u, &w->r, number, &(struct app_merge_ask){ 0 }, &w->err), w->err);
	if (!res.merged)
		(void)!app_verdict_rc(&res.verdict, &w->err);
	return res.merged;
}

T_TEST(the_second_waits_for_the_first_and_production_for_its_gate)
{
	struct app_world w;
	slu_oid none = slu_oid_zero();

	app_world_begin(&w);
	app_world_repo(&w, strategy, "ann=write");
	slu_oid first = app_world_commit(&w, &none, "a", "1\n", "feat: first"), start = app_world_commit(&w, &first, "d", "1\n", "feat: d");
	slu_oid one = app_world_commit(&w, &start, "one", "1\n", "feat: one"), two = app_world_commit(&w, &start, "two", "1\n", "feat: two");
	app_world_set(&w, "refs/heads/main", &first);
	app_world_set(&w, "refs/heads/develop", &start);
	app_world_set(&w, "refs/heads/feature/one", &one);
	app_world_set(&w, "refs/heads/feature/two", &two);
	app_world_as(&w, "ann");
	uint64_t a = open_change(&w, "feature/one", "develop"), b = open_change(&w, "feature/two", "develop");
	T_FALSE(merged(&w, b));
	T_HAS(w.err.text, "phases.two.after");
	T_TRUE(merged(&w, a));
	slu_oid gone = app_world_ref(&w, "refs/heads/feature/one");
	T_TRUE(slu_oid_is_zero(&gone));
	T_TRUE(merged(&w, b));
	T_FALSE(merged(&w, open_change(&w, "develop", "main")));
	T_HAS(w.err.text, "phases.one.require.boxes");
	app_world_end(&w);
}
