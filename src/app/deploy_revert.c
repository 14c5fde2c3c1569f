/* SPDX-License-Identifier: Apache-2.0 */
/* on-failure: revert. The change that takes a merge back, open for people to judge; the branch itself is not touched. */
#include "app/changes_impl.h"
#include "app/deploy_impl.h"
#include "app/land.h"

struct reverting {
	struct port_change change;
	slu_oid new_;
	const char *ref;
};

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct reverting *x = ctx;
	struct app_data d;
	const slu_oid none = slu_oid_zero();
	app_data_begin(&d);
	slu_json_kv_z(&d.json, "old", none.hex);
	slu_json_kv_z(&d.json, "new", x->new_.hex);
	slu_json_kv_z(&d.json, "via", "deploy");
	SLU_TRY(app_data_event(&d, u, r, "branch-created", slu_s(x->ref), 0, err));
	return app_change_insert(u, r, &x->change, err);
}

/* The branch that the deployed commit stands on: where the way back must go. */
static slu_rc branch_of(slu_oid *head, slu_str *name, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_err *err)
{
	const struct strat_environment *e;
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	SLU_TRY(app_environment_find(&e, u->a, r, d->environment, err));
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/heads/"), &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str branch = { ref[i].name.p + strlen("refs/heads/"), ref[i].name.n - strlen("refs/heads/") };
		bool on = false;
		if (!strat_set_has(&e->from, strat_branch_kind(r->strategy, branch, NULL)))
			continue;
		SLU_TRY(r->git->ops->is_ancestor(r->git, &d->commit, &ref[i].id, &on, err));
		if (!on)
			continue;
		*head = ref[i].id;
		*name = branch;
		return SLU_OK;
	}
	return slu_fail(err, SLU_E_NOT_FOUND, "No branch of %.*s holds %.12s any more", SLU_FMT(d->environment), d->commit.hex);
}

/* As `git revert -m 1`: the deployed commit's tree is the base of a merge of the head with the tree before it. git's merge-tree takes no base of
   its own, so commits are made that have it as their parent. */
static slu_rc revert_commit(slu_oid *out, bool *clean, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, const slu_oid *head, slu_err *err)
{
	const struct port_git_ident who = app_server_ident(u);
	const struct port_git_conflict *conflict = NULL;
	struct pol_commit bad, before, top;
	slu_oid base, ours, theirs, tree;
	size_t n = 0;
	port_git *g = r->git;
	SLU_TRY(g->ops->commit(g, u->a, &d->commit, &bad, err));
	if (bad.parent_n == 0)
		return slu_fail(err, SLU_E_INVALID, "%.12s is the first commit: there is nothing before it", d->commit.hex);
	SLU_TRY(g->ops->commit(g, u->a, &bad.parent[0], &before, err));
	SLU_TRY(g->ops->commit(g, u->a, head, &top, err));
	SLU_TRY(g->ops->commit_make(g, &bad.tree, NULL, 0, &who, &who, SLU_STR("base\n"), &base, err));
	SLU_TRY(g->ops->commit_make(g, &top.tree, &base, 1, &who, &who, SLU_STR("ours\n"), &ours, err));
	SLU_TRY(g->ops->commit_make(g, &before.tree, &base, 1, &who, &who, SLU_STR("theirs\n"), &theirs, err));
	SLU_TRY(g->ops->merge_tree(g, u->a, &ours, &theirs, &tree, &conflict, &n, err));
	*clean = n == 0;
	if (!*clean)
		return SLU_OK;
	slu_str subject = { bad.message.p, bad.message.n ? strcspn(slu_str_dup(u->a, bad.message), "\n") : 0 };
	const char *message = slu_printf(u->a, "revert: %.*s\n\nDeployment %llu of it to %.*s failed.\nThis reverts commit %s.\n", SLU_FMT(subject), (unsigned long long)d->number, SLU_FMT(d->environment), d->commit.hex);
	return g->ops->commit_make(g, &tree, head, 1, &who, &who, slu_s(message), out, err);
}

static slu_rc locked(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_buf *log, slu_err *err)
{
	slu_oid head = { 0 }, there = { 0 };
	slu_str branch = { 0 };
	bool clean = false;
	struct reverting x = { .ref = slu_printf(u->a, "refs/heads/sluice/revert-%llu", (unsigned long long)d->number) };
	SLU_TRY(r->git->ops->ref(r->git, slu_s(x.ref), &there, err));
	if (!slu_oid_is_zero(&there))
		return SLU_OK;
	SLU_TRY(branch_of(&head, &branch, u, r, d, err));
	SLU_TRY(revert_commit(&x.new_, &clean, u, r, d, &head, err));
	if (!clean) {
		slu_buf_addf(log, "%.*s has gone on, and the revert conflicts with it: a person has to make it\n", SLU_FMT(branch));
		return SLU_OK;
	}
	slu_str source = { x.ref + strlen("refs/heads/"), strlen(x.ref) - strlen("refs/heads/") };
	x.change = (struct port_change){ .repo_id = r->id, .author = u->who.name, .source = source, .target = branch, .last_pusher = u->who.name, .head = x.new_, .base = head,
		.created_s = u->now_s, .updated_s = u->now_s,
		.title = slu_s(slu_printf(u->a, "revert: %.*s, whose deployment %llu failed", SLU_FMT(d->version), (unsigned long long)d->number)),
		.body = slu_s(slu_printf(u->a, "Deployment %llu of %.*s to %.*s failed: %.*s", (unsigned long long)d->number, SLU_FMT(d->version), SLU_FMT(d->environment), SLU_FMT(d->reason))) };
	const struct port_git_update update = { .ref = slu_s(x.ref), .old = slu_oid_zero(), .new_ = x.new_ };
	const struct app_land l = { .update = &update, .n = 1, .reflog = SLU_STR("revert after a failed deployment"), .record = record, .ctx = &x };
	SLU_TRY(app_land(u, r, &l, err));
	slu_buf_addf(log, "change %llu takes it back\n", (unsigned long long)x.change.number);
	return SLU_OK;
}

slu_rc app_deploy_revert(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_buf *log, slu_err *err)
{
	SLU_TRY(app_repo_lock(u->app, r->id, err));
	slu_rc rc = locked(u, r, d, log, err);
	app_repo_unlock(u->app, r->id);
	return rc;
}
