/* SPDX-License-Identifier: Apache-2.0 */
/* What lands is what was judged: its message and its files. Requirement: PR-1, PR-6, BR-3 */
#include "app_world.h"

#include "app/changes.h"
#include "port/store_act.h"

static const char strategy[] =
    "strategy: 1\n"
    "branches:\n"
    "  main: {type: production, allow: {merge: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}\n"
    "  work: {match: \"work/{name}\", type: work, base: main, into: {main: {method: squash}}}\n"
    "  line: {match: \"line/{name}\", type: work, base: main, into: {main: {method: rebase}}}\n"
    "commits: {convention: conventional}\n";

static slu_oid begin(struct app_world *w)
{
	slu_oid none = slu_oid_zero();

	app_world_begin(w);
	app_world_repo(w, strategy, "ann=write");
	slu_oid first = app_world_commit(w, &none, "a", "1\n", "feat: first");
	app_world_set(w, "refs/heads/main", &first);
	app_world_as(w, "ann");
	return first;
}

static uint64_t open_change(struct app_world *w, const char *source)
{
	const struct app_change_new n = { .title = SLU_STR("feat: a change"), .source = slu_s(source), .target = SLU_STR("main") };
	struct port_change c = { 0 };
	T_OK(app_change_open(&c, &w->u, &w->r, &n, &w->err), w->err);
	return c.number;
}

T_TEST(a_squash_with_a_title_of_its_own_is_judged_by_that_title)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	slu_oid first = begin(&w), tip = app_world_commit(&w, &first, "b", "1\n", "feat: b");

	app_world_set(&w, "refs/heads/work/x", &tip);
	uint64_t number = open_change(&w, "work/x");
	struct app_merge_ask ask = { .title = SLU_STR("whatever I like") };
	T_OK(app_change_merge(&res, &w.u, &w.r, number, &ask, &w.err), w.err);
	T_FALSE(res.merged);
	T_RC(app_verdict_rc(&res.verdict, &w.err), SLU_E_DENIED);
	T_HAS(w.err.text, "commits.convention");
	T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, first.hex);
	ask.title = SLU_STR("feat: b, all of it");
	T_OK(app_change_merge(&res, &w.u, &w.r, number, &ask, &w.err), w.err);
	T_TRUE(res.merged);
	app_world_end(&w);
}

/** A merge in the change takes out what a commit before it brought; without that merge it would be back. */
T_TEST(a_rebase_brings_what_was_reviewed_or_nothing)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	slu_oid first = begin(&w), door = app_world_commit(&w, &first, "door", "open\n", "feat: door"), side = app_world_commit(&w, &first, "s", "1\n", "feat: side");
	const slu_oid parents[2] = { door, side };
	const struct port_git_ident who = { SLU_STR("Ann"), SLU_STR("a@x"), 5, 0 };
	const struct app_merge_ask ask = { 0 };
	struct pol_commit c;
	slu_oid made = { 0 };

	T_OK(w.r.git->ops->commit(w.r.git, w.a, &side, &c, &w.err), w.err);
	T_OK(w.r.git->ops->commit_make(w.r.git, &c.tree, parents, 2, &who, &who, SLU_STR("Merge, and close the door\n"), &made, &w.err), w.err);
	app_world_set(&w, "refs/heads/line/x", &made);
	uint64_t number = open_change(&w, "line/x");
	T_RC(app_change_merge(&res, &w.u, &w.r, number, &ask, &w.err), SLU_E_CONFLICT);
	T_HAS(w.err.text, "what was reviewed");
	T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, first.hex);
	app_world_set(&w, "refs/heads/line/y", &side);
	number = open_change(&w, "line/y");
	T_OK(app_change_merge(&res, &w.u, &w.r, number, &ask, &w.err), w.err);
	T_TRUE(res.merged);
	app_world_end(&w);
}

/* The class of the tag that a merge makes says what the release is. A draft for that tag is published as it was written. Requirement: PR-7 */
#define TAGGED \
	"strategy: 1\n" \
	"branches:\n" \
	"  main: {type: production, allow: {merge: write}, require: {approvals: 0, checks: [], up-to-date: false, last-push-approval: false}}\n" \
	"  try: {match: \"try/{name}\", type: work, base: main, into: {main: {method: merge, tag: %s}}}\n" \
	"tags:\n" \
	"  full: {match: \"v{version}\", type: release, branches: main}\n" \
	"  early: {match: \"early-{version}\", type: prerelease, branches: main}\n" \
	"  mark: {match: \"mark-{version}\", type: label, branches: main}\n"
T_TEST(a_tag_that_a_merge_makes_is_a_release)
{
	static const struct {
		const char *kind, *tag;
		bool prerelease;
		const char *body; /* NULL: it is no release */
	} rows[] = {
		{ "full", "v0.1.0", false, "feat: a change (change 1)" },
		{ "early", "early-0.1.0", true, "feat: a change (change 1)" },
		{ "mark", "mark-0.1.0", false, NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct app_world w;
		struct app_merge_result res = { 0 };
		struct port_release x = { 0 };
		struct app_merge_ask ask = { 0 };
		slu_oid none = slu_oid_zero();
		T_CASE("%s", rows[i].kind);
		app_world_begin(&w);
		app_world_repo(&w, slu_printf(w.a, TAGGED, rows[i].kind), "ann=write");
		slu_oid first = app_world_commit(&w, &none, "a", "1\n", "feat: first"), tip = app_world_commit(&w, &first, "b", "1\n", "feat: b");
		app_world_set(&w, "refs/heads/main", &first);
		app_world_set(&w, "refs/heads/try/x", &tip);
		app_world_as(&w, "ann");
		uint64_t number = open_change(&w, "try/x");
		T_OK(app_change_merge(&res, &w.u, &w.r, number, &ask, &w.err), w.err);
		T_TRUE(res.merged);
		T_RC(port_release_by_tag(w.u.store, w.u.a, w.r.id, slu_s(rows[i].tag), &x, &w.err), rows[i].body ? SLU_OK : SLU_E_NOT_FOUND);
		if (rows[i].body) {
			T_EQ_SLU(x.body, rows[i].body);
			T_EQ_INT(x.prerelease, rows[i].prerelease);
			T_FALSE(x.draft);
			T_EQ_INT(x.published_s, w.u.now_s);
		}
		app_world_end(&w);
	}
}
