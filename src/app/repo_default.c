/* SPDX-License-Identifier: Apache-2.0 */
/* The default branch of a repository: whose strategy file is in force. */
#include "app/act.h"
#include "app/repos.h"

struct moving {
	struct app_repo *r;
	slu_str branch;
};

static slu_rc write_default(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct moving *m = ctx;
	struct app_data d;

	SLU_TRY(port_repo_default_branch(u->store, m->r->id, m->branch, err));
	app_data_begin(&d);
	slu_json_kv_str(&d.json, "old", m->r->default_branch);
	slu_json_kv_str(&d.json, "new", m->branch);
	return app_data_event(&d, u, m->r, "default-branch-changed", slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(m->branch))), 0, err);
}

/** Whoever moves the default branch must not thereby choose the rules, nor who guards them. */
static slu_rc same_rules(struct app_unit *u, struct app_repo *r, slu_str branch, const slu_oid *head, slu_err *err)
{
	strat_issues issues = { 0 };
	const strat *s = NULL;
	slu_str own = strat_default_branch(r->strategy);
	int kind = strat_branch_kind(r->strategy, branch, NULL);

	if (kind < 0 || own.n == 0 || kind != strat_branch_kind(r->strategy, own, NULL))
		return slu_fail(err, SLU_E_CONFLICT, "The strategy in force has %.*s for the default branch, and %.*s is none of that kind.", SLU_FMT(own), SLU_FMT(branch));
	SLU_TRY(app_strategy_candidate(&s, u, r, NULL, head, &issues, err));
	if (s ? strcmp(s->digest, r->strategy->digest) == 0 : r->strategy_commit.n == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "The strategy file on %.*s is another one than that in force on %.*s: it would take force unseen. Bring them to one text by a change first.", SLU_FMT(branch), SLU_FMT(r->default_branch));
}

static slu_rc locked(struct app_unit *u, struct app_repo *r, slu_str branch, slu_err *err)
{
	struct moving m = { r, branch };
	slu_oid head;

	SLU_TRY(app_repo_refresh(u, r, err));
	SLU_TRY(r->git->ops->ref(r->git, slu_s(slu_printf(u->a, "refs/heads/%.*s", SLU_FMT(branch))), &head, err));
	if (slu_oid_is_zero(&head))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %.*s in %.*s.", SLU_FMT(branch), SLU_FMT(r->full));
	if (slu_str_eq(branch, r->default_branch))
		return SLU_OK;
	SLU_TRY(same_rules(u, r, branch, &head, err));
	if (u->dry_run)
		return SLU_OK;
	SLU_TRY(app_act(u, write_default, &m, err));
	SLU_TRY(app_ports_of(u->app)->git_set_default(r->path, branch, err)); /* cut off before: it is done at the next start */
	return app_repo_refresh(u, r, err);
}

slu_rc app_repo_default(struct app_unit *u, struct app_repo *r, slu_str branch, slu_err *err)
{
	if (r->level < STRAT_ADMIN)
		return slu_fail(err, SLU_E_DENIED, "Only administrators of %.*s may make another branch the default one.", SLU_FMT(r->full));
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = locked(u, r, branch, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}
