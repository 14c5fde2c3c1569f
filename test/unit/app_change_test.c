/* SPDX-License-Identifier: Apache-2.0 */
/* A change from opening to merge. Requirement: PR-1, PR-2, PR-3, BR-3, RC-3, RC-5 */
#include "app_world.h"

#include "app/audit.h"
#include "app/changes.h"
#include "app/checks.h"
#include "port/store_act.h"

static const char strategy[] =
    "strategy: 1\n"
    "branches:\n"
    "  main: {type: production, require: {approvals: 1, dismiss-stale: true, last-push-approval: true, threads-resolved: true, up-to-date: true, checks: [test]}}\n"
    "  dev: {type: integration, base: main, require: {approvals: 0, checks: []}}\n"
    "  feature: {match: \"feature/{name}\", type: work, base: dev, into: {dev: {method: squash}}}\n"
    "  release: {match: \"release/{version}\", type: release, base: dev, into: {main: {tag: release, also-into: [dev]}}, after-merge: delete}\n"
    "  hotfix: {match: \"hotfix/{name}\", type: hotfix, base: main, into: {main: {}, dev: {}}}\n"
    "tags: {release: {match: \"v{version}\", branches: main}}\n"
    "checks: {test: {on: {change: main}}}\n"
    "emergency: {by: maintain, from: [hotfix], into: [main], require: {approvals: 0}, expires: 4h, follow-up: {retrospective: 5d}}\n";

/** main and dev at one commit; release/1.0.0 one ahead. */
static slu_oid begin(struct app_world *w)
{
	slu_oid none = slu_oid_zero();

	app_world_begin(w);
	app_world_repo(w, strategy, "ann=maintain bob=maintain eve=write");
	slu_oid first = app_world_commit(w, &none, "a", "1\n", "feat: first");
	app_world_set(w, "refs/heads/main", &first);
	app_world_set(w, "refs/heads/dev", &first);
	slu_oid tip = app_world_commit(w, &first, "b", "1\n", "feat: second");
	app_world_set(w, "refs/heads/release/1.0.0", &tip);
	app_world_as(w, "ann");
	return tip;
}

static uint64_t open_change(struct app_world *w, const char *source, const char *target)
{
	const struct app_change_new n = { .title = SLU_STR("A change"), .source = slu_s(source), .target = slu_s(target) };
	struct port_change c = { 0 };
	T_OK(app_change_open(&c, &w->u, &w->r, &n, &w->err), w->err);
	return c.number;
}

static void report(struct app_world *w, const slu_oid *sha, const char *state)
{
	struct port_status x = { .sha = *sha, .state = slu_s(state), .context = SLU_STR("test") };
	T_OK(app_status_report(&x, &w->u, &w->r, &w->err), w->err);
}

static slu_rc review(struct app_world *w, uint64_t number, enum pol_review_state state)
{
	struct port_review v = { 0 };
	return app_change_review(&v, &w->u, &w->r, number, &(struct app_review_new){ .state = state }, &w->err);
}

static bool merge(struct app_world *w, uint64_t number, struct app_merge_result *res)
{
	const struct app_merge_ask ask = { 0 };
	T_OK(app_change_merge(res, &w->u, &w->r, number, &ask, &w->err), w->err);
	return res->merged;
}

T_TEST(a_change_waits_for_approval_and_check_and_then_lands_with_what_follows)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	slu_oid tip = begin(&w), tag = { 0 };

	uint64_t number = open_change(&w, "release/1.0.0", "main");
	T_FALSE(merge(&w, number, &res));
	T_EQ_INT(res.verdict.answer, POL_WAIT);
	T_RC(review(&w, number, POL_REVIEW_APPROVE), SLU_E_DENIED); /* one's own */
	report(&w, &tip, "success");
	app_world_as(&w, "bob");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	T_TRUE(merge(&w, number, &res));
	T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, res.commit.hex);
	struct pol_commit c;
	T_OK(w.r.git->ops->commit(w.r.git, w.a, &res.commit, &c, &w.err), w.err);
	T_EQ_INT(c.parent_n, 2);
	T_EQ_STR(c.parent[1].hex, tip.hex);
	slu_oid gone = app_world_ref(&w, "refs/heads/release/1.0.0");
	T_TRUE(slu_oid_is_zero(&gone));
	tag = app_world_ref(&w, "refs/tags/v1.0.0");
	struct pol_tag t;
	T_OK(w.r.git->ops->tag(w.r.git, w.a, &tag, &t, &w.err), w.err);
	T_TRUE(t.annotated);
	T_EQ_STR(t.commit.hex, res.commit.hex);
	bool inside = false;
	slu_oid dev = app_world_ref(&w, "refs/heads/dev");
	T_OK(w.r.git->ops->is_ancestor(w.r.git, &tip, &dev, &inside, &w.err), w.err);
	T_TRUE(inside);
	T_EQ_INT(res.act.n, 4);
	struct port_change row = { 0 };
	T_OK(port_change_get(w.u.store, w.u.a, w.r.id, number, &row, &w.err), w.err);
	T_EQ_INT(row.state, POL_CHANGE_MERGED);
	T_EQ_SLU(row.merged_by, "bob");
	struct app_audit_verdict v = { 0 };
	T_OK(app_audit_verify(&v, &w.u, (slu_str){ 0 }, &w.err), w.err);
	T_TRUE(v.good);
	app_world_end(&w);
}

T_TEST(an_approval_of_an_older_head_does_not_count)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	slu_str refusal = { 0 };
	slu_oid tip = begin(&w);

	uint64_t number = open_change(&w, "release/1.0.0", "main");
	app_world_as(&w, "bob");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	app_world_as(&w, "eve");
	slu_oid next = app_world_commit(&w, &tip, "b", "2\n", "feat: sneaked in");
	T_OK(app_world_push_one(&w, "refs/heads/release/1.0.0", &next, &refusal), w.err);
	report(&w, &next, "success");
	struct port_change row = { 0 };
	T_OK(port_change_get(w.u.store, w.u.a, w.r.id, number, &row, &w.err), w.err);
	T_EQ_STR(row.head.hex, next.hex);
	T_EQ_SLU(row.last_pusher, "eve");
	app_world_as(&w, "bob");
	T_FALSE(merge(&w, number, &res));
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	T_TRUE(merge(&w, number, &res));
	app_world_end(&w);
}

T_TEST(an_approval_of_somebody_disabled_does_not_count)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	slu_oid tip = begin(&w);

	uint64_t number = open_change(&w, "release/1.0.0", "main");
	report(&w, &tip, "success");
	app_world_as(&w, "bob");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	app_world_as(&w, "operator");
	T_OK(app_user_disable(&w.u, SLU_STR("bob"), true, &w.err), w.err);
	app_world_as(&w, "ann");
	T_FALSE(merge(&w, number, &res));
	app_world_end(&w);
}

T_TEST(a_push_that_is_exactly_the_merge_is_the_merge)
{
	struct app_world w;
	slu_str refusal = { 0 };
	slu_oid tip = begin(&w), tree = { 0 }, made = { 0 }, main_ = app_world_ref(&w, "refs/heads/main");
	const slu_oid parents[2] = { main_, tip };
	const struct port_git_conflict *c = NULL;
	const struct port_git_ident who = { SLU_STR("Bob"), SLU_STR("b@x"), 5, 0 };
	size_t n = 0;

	uint64_t number = open_change(&w, "release/1.0.0", "main");
	report(&w, &tip, "success");
	app_world_as(&w, "bob");
	T_OK(w.r.git->ops->merge_tree(w.r.git, w.a, &main_, &tip, &tree, &c, &n, &w.err), w.err);
	T_OK(w.r.git->ops->commit_make(w.r.git, &tree, parents, 2, &who, &who, SLU_STR("Merge it\n"), &made, &w.err), w.err);
	T_RC(app_world_push_one(&w, "refs/heads/main", &made, &refusal), SLU_E_DENIED);
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	T_OK(app_world_push_one(&w, "refs/heads/main", &made, &refusal), w.err);
	struct port_change row = { 0 };
	T_OK(port_change_get(w.u.store, w.u.a, w.r.id, number, &row, &w.err), w.err);
	T_EQ_INT(row.state, POL_CHANGE_MERGED);
	T_EQ_STR(row.merged_as.hex, made.hex);
	/* and what follows from the merge follows from the push, in the same act */
	slu_oid gone = app_world_ref(&w, "refs/heads/release/1.0.0"), tag = app_world_ref(&w, "refs/tags/v1.0.0"), dev = app_world_ref(&w, "refs/heads/dev");
	T_TRUE(slu_oid_is_zero(&gone));
	T_FALSE(slu_oid_is_zero(&tag));
	T_FALSE(slu_oid_eq(&dev, &main_));
	T_HAS(refusal.p, "refs/tags/v1.0.0 followed");
	app_world_end(&w);
}

/** A branch one commit ahead of dev. */
static void feature(struct app_world *w, const char *ref, const char *text)
{
	slu_oid dev = app_world_ref(w, "refs/heads/dev");
	slu_oid tip = app_world_commit(w, &dev, "c", text, "feat: more");
	app_world_set(w, ref, &tip);
}

T_TEST(what_is_no_way_of_the_strategy_is_refused)
{
	struct app_world w;
	struct port_change c = { 0 };
	const struct app_change_new wrong = { .title = SLU_STR("x"), .source = SLU_STR("feature/x"), .target = SLU_STR("main") };
	struct app_change_new good = { .title = SLU_STR("feat: y"), .source = SLU_STR("feature/x") };
	(void)begin(&w);
	feature(&w, "refs/heads/feature/x", "1\n");
	T_RC(app_change_open(&c, &w.u, &w.r, &wrong, &w.err), SLU_E_DENIED);
	T_HAS(w.err.text, "dev");
	T_OK(app_change_open(&c, &w.u, &w.r, &good, &w.err), w.err);
	T_EQ_SLU(c.target, "dev");
	T_RC(app_change_open(&c, &w.u, &w.r, &good, &w.err), SLU_E_EXISTS);
	good.source = SLU_STR("feature/none");
	T_RC(app_change_open(&c, &w.u, &w.r, &good, &w.err), SLU_E_NOT_FOUND);
	good.source = SLU_STR("main");
	good.target = SLU_STR("dev");
	T_RC(app_change_open(&c, &w.u, &w.r, &good, &w.err), SLU_E_INVALID);
	app_world_end(&w);
}

T_TEST(a_squash_is_one_commit_and_a_conflict_moves_nothing)
{
	struct app_world w;
	struct app_merge_result res = { 0 };

	(void)begin(&w);
	feature(&w, "refs/heads/feature/x", "1\n");
	feature(&w, "refs/heads/feature/y", "otherwise\n");
	uint64_t number = open_change(&w, "feature/x", "dev");
	T_TRUE(merge(&w, number, &res));
	struct pol_commit c;
	T_OK(w.r.git->ops->commit(w.r.git, w.a, &res.commit, &c, &w.err), w.err);
	T_EQ_INT(c.parent_n, 1);
	number = open_change(&w, "feature/y", "dev");
	slu_oid dev = app_world_ref(&w, "refs/heads/dev");
	T_EQ_STR(dev.hex, res.commit.hex);
	const struct app_merge_ask plain = { 0 };
	T_RC(app_change_merge(&res, &w.u, &w.r, number, &plain, &w.err), SLU_E_CONFLICT);
	T_HAS(w.err.text, "both changed c");
	slu_oid now = app_world_ref(&w, "refs/heads/dev");
	T_EQ_STR(now.hex, dev.hex);
	app_world_end(&w);
}

T_TEST(a_conflict_on_the_way_into_another_branch_becomes_a_change)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	struct port_change c = { 0 };
	slu_oid tip = begin(&w), main_ = app_world_ref(&w, "refs/heads/main");

	slu_oid other = app_world_commit(&w, &main_, "b", "otherwise\n", "feat: other");
	app_world_set(&w, "refs/heads/dev", &other);
	uint64_t number = open_change(&w, "release/1.0.0", "main");
	report(&w, &tip, "success");
	app_world_as(&w, "bob");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	T_TRUE(merge(&w, number, &res));
	T_EQ_STR(app_world_ref(&w, "refs/heads/dev").hex, other.hex);
	uint64_t left = 0;
	for (size_t i = 0; i < res.act.n; i++)
		left = res.act.v[i].change ? res.act.v[i].change : left;
	T_TRUE(left != 0);
	T_OK(port_change_get(w.u.store, w.u.a, w.r.id, left, &c, &w.err), w.err);
	T_EQ_SLU(c.target, "dev");
	T_TRUE(slu_str_starts(c.source, "sluice/"));
	app_world_end(&w);
}

T_TEST(threads_objections_and_dismissal)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	struct port_comment k = { 0 };
	struct port_review v = { 0 };
	slu_oid tip = begin(&w);

	uint64_t number = open_change(&w, "release/1.0.0", "main");
	report(&w, &tip, "success");
	app_world_as(&w, "bob");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	const struct app_comment_new n = { .body = SLU_STR("why?"), .begins_thread = true };
	T_OK(app_change_comment(&k, &w.u, &w.r, number, &n, &w.err), w.err);
	T_FALSE(merge(&w, number, &res));
	T_OK(app_thread_resolve(&w.u, &w.r, number, k.thread, true, &w.err), w.err);
	app_world_as(&w, "eve");
	T_OK(app_change_review(&v, &w.u, &w.r, number, &(struct app_review_new){ .state = POL_REVIEW_REQUEST_CHANGES, .body = SLU_STR("no") }, &w.err), w.err);
	app_world_as(&w, "ann");
	T_RC(app_review_dismiss(&v, &w.u, &w.r, number, v.id, SLU_STR("I disagree"), &w.err), SLU_E_DENIED);
	app_world_as(&w, "bob");
	T_FALSE(merge(&w, number, &res));
	T_OK(app_review_dismiss(&v, &w.u, &w.r, number, v.id, SLU_STR("settled"), &w.err), w.err);
	T_TRUE(merge(&w, number, &res));
	app_world_end(&w);
}

T_TEST(an_emergency_leaves_a_follow_up)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	struct pol_verdict v;
	const struct port_follow_up *f = NULL;
	size_t n = 0;
	slu_oid main_ = slu_oid_zero();

	(void)begin(&w);
	main_ = app_world_ref(&w, "refs/heads/main");
	slu_oid fix = app_world_commit(&w, &main_, "a", "fixed\n", "fix: it");
	app_world_set(&w, "refs/heads/hotfix/x", &fix);
	uint64_t number = open_change(&w, "hotfix/x", "main");
	T_FALSE(merge(&w, number, &res));
	T_OK(app_emergency(&v, &w.u, &w.r, number, SLU_STR(" "), &w.err), w.err);
	T_EQ_INT(v.answer, POL_DENY);
	T_OK(app_emergency(&v, &w.u, &w.r, number, SLU_STR("production is down"), &w.err), w.err);
	T_EQ_INT(v.answer, POL_ALLOW);
	T_TRUE(merge(&w, number, &res));
	T_EQ_INT(res.act.n, 1);
	T_OK(port_follow_up_list(w.u.store, w.u.a, w.r.id, true, &f, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(f[0].name, "retrospective");
	T_RC(app_follow_up_done(&w.u, &w.r, f[0].id, SLU_STR(""), &w.err), SLU_E_INVALID);
	T_OK(app_follow_up_done(&w.u, &w.r, f[0].id, SLU_STR("it was the cache"), &w.err), w.err);
	app_world_end(&w);
}

T_TEST(an_emergency_that_is_pushed_as_a_merge_leaves_its_follow_up_too)
{
	struct app_world w;
	struct pol_verdict v;
	const struct port_follow_up *f = NULL;
	const struct port_git_conflict *c = NULL;
	const struct port_git_ident who = { SLU_STR("Ann"), SLU_STR("a@x"), 5, 0 };
	slu_oid tree = { 0 }, made = { 0 };
	slu_str refusal = { 0 };
	size_t n = 0;

	(void)begin(&w);
	slu_oid main_ = app_world_ref(&w, "refs/heads/main"), fix = app_world_commit(&w, &main_, "a", "fixed\n", "fix: it");
	const slu_oid parents[2] = { main_, fix };
	app_world_set(&w, "refs/heads/hotfix/x", &fix);
	uint64_t number = open_change(&w, "hotfix/x", "main");
	T_OK(app_emergency(&v, &w.u, &w.r, number, SLU_STR("production is down"), &w.err), w.err);
	T_EQ_INT(v.answer, POL_ALLOW);
	T_OK(w.r.git->ops->merge_tree(w.r.git, w.a, &main_, &fix, &tree, &c, &n, &w.err), w.err);
	T_OK(w.r.git->ops->commit_make(w.r.git, &tree, parents, 2, &who, &who, SLU_STR("Merge it\n"), &made, &w.err), w.err);
	T_OK(app_world_push_one(&w, "refs/heads/main", &made, &refusal), w.err);
	T_OK(port_follow_up_list(w.u.store, w.u.a, w.r.id, true, &f, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(f[0].name, "retrospective");
	app_world_end(&w);
}

/** The one who pushed the commits has somebody else open the change, and approves it. */
T_TEST(the_last_pusher_is_who_pushed_not_who_opened)
{
	struct app_world w;
	struct app_merge_result res = { 0 };
	slu_str refusal = { 0 };
	slu_oid tip = begin(&w);

	app_world_as(&w, "bob");
	slu_oid mine = app_world_commit(&w, &tip, "b", "2\n", "feat: mine");
	T_OK(app_world_push_one(&w, "refs/heads/release/1.0.0", &mine, &refusal), w.err);
	app_world_as(&w, "eve");
	uint64_t number = open_change(&w, "release/1.0.0", "main");
	report(&w, &mine, "success");
	struct port_change row = { 0 };
	T_OK(port_change_get(w.u.store, w.u.a, w.r.id, number, &row, &w.err), w.err);
	T_EQ_SLU(row.last_pusher, "bob");
	app_world_as(&w, "bob");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	T_FALSE(merge(&w, number, &res));
	app_world_as(&w, "ann");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	T_TRUE(merge(&w, number, &res));
	app_world_end(&w);
}

T_TEST(approvals_do_not_follow_a_change_to_another_target)
{
	struct app_world w;
	struct port_change c = { 0 };
	const struct port_review *v = NULL;
	const slu_str dev = SLU_STR("dev");
	const struct app_change_edit e = { .target = &dev };
	size_t n = 0;
	(void)begin(&w);
	slu_oid main_ = app_world_ref(&w, "refs/heads/main");
	slu_oid fix = app_world_commit(&w, &main_, "a", "fixed\n", "fix: it");
	app_world_set(&w, "refs/heads/hotfix/x", &fix);
	uint64_t number = open_change(&w, "hotfix/x", "main");
	app_world_as(&w, "bob");
	T_OK(review(&w, number, POL_REVIEW_APPROVE), w.err);
	T_OK(app_change_edit(&c, &w.u, &w.r, number, &e, &w.err), w.err);
	T_EQ_SLU(c.target, "dev");
	T_OK(port_review_list(w.u.store, w.u.a, c.id, &v, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(v[0].dismissed_by, "bob");
	app_world_end(&w);
}

T_TEST(a_push_while_it_was_closed_counts_when_it_is_opened_again)
{
	struct app_world w;
	struct port_change c = { 0 };
	slu_str refusal = { 0 };
	slu_oid tip = begin(&w);

	uint64_t number = open_change(&w, "release/1.0.0", "main");
	T_OK(app_change_close(&c, &w.u, &w.r, number, &w.err), w.err);
	T_EQ_INT(c.state, POL_CHANGE_CLOSED);
	app_world_as(&w, "eve");
	slu_oid next = app_world_commit(&w, &tip, "b", "2\n", "feat: meanwhile");
	T_OK(app_world_push_one(&w, "refs/heads/release/1.0.0", &next, &refusal), w.err);
	app_world_as(&w, "ann");
	T_OK(app_change_reopen(&c, &w.u, &w.r, number, &w.err), w.err);
	T_EQ_SLU(c.last_pusher, "eve");
	T_EQ_STR(c.head.hex, next.hex);
	app_world_end(&w);
}
