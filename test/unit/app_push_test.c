/* SPDX-License-Identifier: Apache-2.0 */
/* A push is judged whole and recorded. Requirement: PR-6, RC-3 */
#include "app_world.h"

static const char strategy[] =
    "strategy: 1\n"
    "branches:\n"
    "  main: {type: production, allow: {create: write}, require: {approvals: 1}}\n"
    "  feature: {match: \"feature/{name}\", type: work, base: main}\n"
    "tags: {release: {match: \"v{version}\", branches: main}}\n";

static const struct port_event *events(struct app_world *w, const char *kind, size_t *n)
{
	const struct port_event_filter f = { .kind = slu_s(kind) };
	const struct port_event *e = NULL;
	T_OK(port_event_list(w->u.store, w->u.a, &f, NULL, &e, n, &w->err), w->err);
	return e;
}

T_TEST(a_push_to_main_is_refused_and_one_to_a_feature_is_not)
{
	struct app_world w;
	slu_str refusal = { 0 };
	size_t n = 0;
	slu_oid none = slu_oid_zero();

	app_world_begin(&w);
	app_world_repo(&w, strategy, "ann=admin bob=write");
	app_world_as(&w, "bob");
	slu_oid first = app_world_commit(&w, &none, "a", "1\n", "feat: first"), second = app_world_commit(&w, &first, "a", "2\n", "feat: second");
	T_OK(app_world_push_one(&w, "refs/heads/main", &first, &refusal), w.err);
	T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, first.hex);
	T_RC(app_world_push_one(&w, "refs/heads/main", &second, &refusal), SLU_E_DENIED);
	T_HAS(refusal.p, "branches.main");
	T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, first.hex);
	T_OK(app_world_push_one(&w, "refs/heads/feature/x", &second, &refusal), w.err);
	T_EQ_STR(app_world_ref(&w, "refs/heads/feature/x").hex, second.hex);
	const struct port_event *e = events(&w, "branch-created", &n);
	T_EQ_INT(n, 2);
	T_EQ_SLU(e[0].actor, "bob");
	T_EQ_SLU(e[0].ref, "refs/heads/feature/x");
	T_EQ_SLU(e[0].repo, "ann/app");
	e = events(&w, "push-refused", &n);
	T_EQ_INT(n, 1);
	T_HAS(e[0].data.p, "\"verdict\":{\"verdict\":\"deny\"");
	app_world_end(&w);
}

T_TEST(a_push_is_all_or_nothing)
{
	struct app_world w;
	slu_str refusal = { 0 };
	slu_oid none = slu_oid_zero();

	app_world_begin(&w);
	app_world_repo(&w, strategy, "bob=write");
	app_world_as(&w, "bob");
	slu_oid first = app_world_commit(&w, &none, "a", "1\n", "feat: first");
	struct port_git_update x[] = { { SLU_STR("refs/heads/main"), none, first }, { SLU_STR("refs/heads/nonsense"), none, first } };
	T_RC(app_world_push(&w, x, 2, &refusal), SLU_E_DENIED);
	T_HAS(refusal.p, "refs/heads/nonsense");
	T_TRUE(slu_oid_is_zero(&(slu_oid){ 0 }));
	slu_oid now = app_world_ref(&w, "refs/heads/main");
	T_TRUE(slu_oid_is_zero(&now));
	x[1].ref = SLU_STR("refs/replace/0123456789012345678901234567890123456789");
	T_RC(app_world_push(&w, x, 2, &refusal), SLU_E_DENIED);
	T_HAS(refusal.p, "refs/replace/");
	/* a tag is judged as if the branch of the same push had moved */
	slu_oid tag = { 0 };
	T_OK(w.r.git->ops->tag_make(w.r.git, SLU_STR("v1.0.0"), &first, &(struct port_git_ident){ SLU_STR("B"), SLU_STR("b@x"), 1, 0 }, SLU_STR("one"), &tag, &w.err), w.err);
	x[1] = (struct port_git_update){ SLU_STR("refs/tags/v1.0.0"), none, tag };
	T_RC(app_world_push(&w, x, 2, &refusal), SLU_E_DENIED); /* tags: maintain */
	app_world_as(&w, "operator");
	T_OK(app_role_grant(&w.u, &w.r, SLU_STR("bob"), SLU_STR("maintain"), &w.err), w.err);
	app_world_as(&w, "bob");
	T_OK(app_world_push(&w, x, 2, &refusal), w.err);
	app_world_end(&w);
}

T_TEST(what_the_verdict_rested_on_is_looked_at_again)
{
	struct app_world w;
	slu_oid none = slu_oid_zero();
	struct app_push_judged j = { 0 };

	app_world_begin(&w);
	app_world_repo(&w, strategy, "bob=write");
	app_world_as(&w, "bob");
	slu_oid first = app_world_commit(&w, &none, "a", "1\n", "feat: first");
	struct port_git_update x = { SLU_STR("refs/heads/feature/x"), none, first };
	const struct app_push p = { .update = &x, .n = 1, .via = "test" };
	app_world_set(&w, "refs/heads/main", &first);
	T_OK(app_push_judge(&j, &w.u, &w.r, &p, &w.err), w.err);
	T_TRUE(j.allowed);
	/* between the answer and the deed somebody takes the right away */
	struct app_unit other;
	struct app_repo r = { 0 };
	T_OK(app_unit_begin(&other, w.ap, &w.err), w.err);
	app_be_operator(&other);
	T_OK(app_repo_open(&r, &other, SLU_STR("ann"), SLU_STR("app"), STRAT_ADMIN, &w.err), w.err);
	T_OK(app_role_revoke(&other, &r, SLU_STR("bob"), SLU_STR("write"), &w.err), w.err);
	app_repo_close(&other, &r);
	app_unit_end(&other);
	T_OK(app_begin(&w.u, &w.err), w.err);
	T_RC(app_push_record(&w.u, &w.r, &p, &j, &w.err), SLU_E_DENIED);
	app_rollback(&w.u);
	app_world_end(&w);
}

/* bob's push is judged; then his right goes without a word in the log, so that only asking again can notice, and `ref` moves. */
static slu_rc recorded_after(const char *kind, const char *ref)
{
	struct app_world w;
	slu_oid none = slu_oid_zero();
	struct app_push_judged j = { 0 };
	struct app_unit other;
	struct app_repo r = { 0 };
	struct port_person bob;

	app_world_begin(&w);
	app_world_repo(&w, strategy, "bob=write");
	app_world_as(&w, "bob");
	slu_oid first = app_world_commit(&w, &none, "a", "1\n", "feat: first");
	struct port_git_update x = { SLU_STR("refs/heads/feature/x"), none, first };
	const struct app_push p = { .update = &x, .n = 1, .via = "test" };
	app_world_set(&w, "refs/heads/main", &first);
	T_OK(app_push_judge(&j, &w.u, &w.r, &p, &w.err), w.err);
	T_TRUE(j.allowed);
	T_OK(app_unit_begin(&other, w.ap, &w.err), w.err);
	app_be_system(&other);
	T_OK(app_repo_open(&r, &other, SLU_STR("ann"), SLU_STR("app"), STRAT_READ, &w.err), w.err);
	T_OK(port_person_get(other.store, other.a, SLU_STR("bob"), &bob, &w.err), w.err);
	T_OK(app_begin(&other, &w.err), w.err);
	T_OK(port_grant_remove(other.store, r.id, bob.id, SLU_STR("write"), &w.err), w.err);
	T_OK(app_event(&other, &r, kind, slu_s(ref), 0, SLU_STR("{}"), &w.err), w.err);
	T_OK(app_commit(&other, &w.err), w.err);
	app_repo_close(&other, &r);
	app_unit_end(&other);
	T_OK(app_begin(&w.u, &w.err), w.err);
	slu_rc rc = app_push_record(&w.u, &w.r, &p, &j, &w.err);
	app_rollback(&w.u);
	app_world_end(&w);
	return rc;
}

T_TEST(another_work_branch_says_nothing_about_a_push_and_all_else_does)
{
	T_RC(recorded_after("push", "refs/heads/feature/y"), SLU_OK);
	T_RC(recorded_after("branch-created", "refs/heads/feature/y"), SLU_OK);
	T_RC(recorded_after("push", "refs/heads/feature/x"), SLU_E_DENIED);
	T_RC(recorded_after("push", "refs/heads/main"), SLU_E_DENIED);
	T_RC(recorded_after("push", "refs/heads/of-no-kind"), SLU_E_DENIED);
	T_RC(recorded_after("push", "refs/tags/v1.0.0"), SLU_E_DENIED);
	T_RC(recorded_after("force-push", "refs/heads/feature/y"), SLU_E_DENIED);
	T_RC(recorded_after("role-revoked", ""), SLU_E_DENIED);
}

T_TEST(the_strategy_of_the_default_branch_comes_into_force)
{
	struct app_world w;
	slu_str refusal = { 0 };
	slu_oid none = slu_oid_zero();
	size_t n = 0;

	app_world_begin(&w);
	app_world_repo(&w, strategy, "bob=write");
	T_EQ_SLU(w.r.strategy_file, "strategy given at repo create");
	app_world_as(&w, "bob");
	slu_oid bad = app_world_commit(&w, &none, ".sluice/strategy.yml", "strategy: 1\nbranchs: {}\n", "feat: bad");
	T_RC(app_world_push_one(&w, "refs/heads/main", &bad, &refusal), SLU_E_DENIED);
	T_HAS(refusal.p, "branchs");
	slu_oid good = app_world_commit(&w, &none, ".sluice/strategy.yml", "strategy: 1\nbranches: {main: {type: production}, topic: {match: \"t/*\", type: work, base: main}}\n", "feat: good");
	T_OK(app_world_push_one(&w, "refs/heads/main", &good, &refusal), w.err);
	(void)events(&w, "strategy-in-force", &n);
	T_EQ_INT(n, 1);
	app_world_as(&w, "bob");
	T_EQ_SLU(w.r.strategy_file, ".sluice/strategy.yml");
	T_EQ_SLU(w.r.strategy_commit, good.hex);
	slu_oid next = app_world_commit(&w, &good, "a", "1\n", "feat: next");
	T_RC(app_world_push_one(&w, "refs/heads/feature/x", &next, &refusal), SLU_E_DENIED);
	T_OK(app_world_push_one(&w, "refs/heads/t/x", &next, &refusal), w.err);
	/* damage behind the server's back: the last good one stays */
	slu_oid broken = app_world_commit(&w, &good, ".sluice/strategy.yml", "strategy: [\n", "feat: broken");
	app_world_set(&w, "refs/heads/main", &broken);
	app_world_as(&w, "bob");
	T_TRUE(w.r.strategy_trouble != NULL);
	T_EQ_SLU(w.r.strategy_commit, good.hex);
	T_RC(app_world_push_one(&w, "refs/heads/feature/x", &next, &refusal), SLU_E_DENIED);
	app_world_end(&w);
}
