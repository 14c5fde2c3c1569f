/* SPDX-License-Identifier: Apache-2.0 */
/* What a check of a strategy says of the owners that CODEOWNERS names. Requirement: PR-2 */
#include "app/owners.h"

#include "app/people.h"
#include "app_world.h"

static const char strategy[] = "strategy: 1\nroles: {qa: read, sec: {level: read, members: [\"@bob\"]}}\nbranches: {main: {type: production, require: {code-owners: true}}}\n";

static const char *said(struct app_world *w)
{
	strat_issues issues = { 0 };
	const char *all = "";
	T_OK(app_owners_check(&issues, &w->u, &w->r, w->r.strategy, &w->err), w->err);
	for (size_t i = 0; i < issues.n; i++)
		all = slu_printf(w->a, "%s%u %s\n", all, issues.v[i].pos.line, issues.v[i].text);
	return all;
}

T_TEST(a_role_that_nobody_holds_is_said)
{
	struct app_world w;
	app_world_begin(&w);
	app_world_repo(&w, strategy, "ann=admin bob=read");
	slu_oid none = slu_oid_zero(), head = app_world_commit(&w, &none, "CODEOWNERS", "* @ann\n/a @acme/qa\n/b @sec\n/c @gone\n", "chore: owners");
	app_world_set(&w, "refs/heads/main", &head);
	T_EQ_STR(said(&w), "2 nobody holds the role qa: this owner can approve nothing.\n4 gone is not known here: this owner can approve nothing.\n");
	app_world_as(&w, "operator");
	T_OK(app_role_grant(&w.u, &w.r, SLU_STR("bob"), SLU_STR("qa"), &w.err), w.err);
	T_EQ_STR(said(&w), "4 gone is not known here: this owner can approve nothing.\n");
	app_world_end(&w);
}
