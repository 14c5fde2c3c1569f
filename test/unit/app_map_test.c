/* SPDX-License-Identifier: Apache-2.0 */
/* The map of very many branches: those that are not judged are not taken for ones that are in order. */
#include "app/map.h"

#include "app_world.h"

enum { MANY = APP_MAP_JUDGED + 2 };
static const char strategy[] = "strategy: 1\nbranches:\n  main: {type: production}\n  topic: {match: \"t/{name}\", type: work, base: main}\n";

T_TEST(of_very_many_branches_the_last_are_passed_over)
{
	struct app_world w;
	struct app_map m;
	struct port_git_update *x;
	port_git_txn *t = NULL;
	app_world_begin(&w);
	app_world_repo(&w, strategy, "ann=write");
	slu_oid none = slu_oid_zero(), head = app_world_commit(&w, &none, "a", "1", "chore: one");
	app_world_set(&w, "refs/heads/main", &head);
	x = SLU_NEW_N(w.a, struct port_git_update, MANY);
	for (size_t i = 0; i < MANY; i++)
		x[i] = (struct port_git_update){ .ref = slu_s(slu_printf(w.a, "refs/heads/t/b%03zu", i)), .old = none, .new_ = head };
	T_OK(w.r.git->ops->txn_prepare(w.r.git, &t, x, MANY, SLU_STR("test"), &w.err), w.err);
	T_OK(w.r.git->ops->txn_commit(t, &w.err), w.err);
	T_OK(app_map(&m, &w.u, &w.r, &w.err), w.err);
	T_EQ_INT(m.branch_n, MANY + 1);
	T_EQ_SLU(m.branch[0].name, "main");
	T_TRUE(!m.branch[0].judged && !m.branch[0].passed_over); /* it begins nowhere */
	for (size_t i = 1; i < m.branch_n; i++) {
		T_CASE("%.*s", SLU_FMT(m.branch[i].name));
		T_EQ_INT(m.branch[i].judged, i < APP_MAP_JUDGED);
		T_EQ_INT(m.branch[i].passed_over, i >= APP_MAP_JUDGED);
	}
	app_world_end(&w);
}

/* What a rule is about is told by the rule, not by names that people give to their kinds of branch. */
T_TEST(a_kind_may_be_called_like_a_rule)
{
	struct app_world w;
	struct app_map m;
	bool base = false, right = false;
	app_world_begin(&w);
	app_world_repo(&w, "strategy: 1\nbranches:\n  main: {type: production}\n  my.allow.kind: {match: \"t/{name}\", type: work, base: main}\n", "ann=write");
	slu_oid none = slu_oid_zero(), head = app_world_commit(&w, &none, "a", "1", "chore: one");
	app_world_set(&w, "refs/heads/main", &head);
	app_world_set(&w, "refs/heads/t/one", &head);
	T_OK(app_map(&m, &w.u, &w.r, &w.err), w.err);
	T_EQ_INT(m.branch_n, 2);
	for (size_t i = 0; i < m.branch[1].verdict.row.n; i++) {
		base = base || strcmp(m.branch[1].verdict.row.v[i].rule, "branches.my.allow.kind.base") == 0;
		right = right || strcmp(m.branch[1].verdict.row.v[i].rule, "branches.my.allow.kind.allow.create") == 0;
	}
	T_TRUE(base && !right);
	app_world_end(&w);
}
