/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind a deployment: the change that brought its commit, and people's word that it may go into this environment. */
#include "app/act.h"
#include "app/deploy_impl.h"
#include "port/store_change.h"

slu_rc app_deploy_change(uint64_t *number, struct app_unit *u, const struct app_repo *r, const slu_oid *commit, slu_err *err)
{
	const struct port_change_filter f = { .merged = true, .merged_as = *commit };
	const struct port_change *c = NULL;
	struct port_page page = { .limit = 1 };
	size_t n = 0;
	SLU_TRY(port_change_list(u->store, u->a, r->id, &f, &page, &c, &n, err));
	*number = n ? c[0].number : 0;
	return SLU_OK;
}

struct approving {
	struct app_repo *r;
	slu_str environment;
	struct app_deploy_what what;
};

static slu_rc approve(struct app_unit *u, void *ctx, slu_err *err)
{
	const struct approving *x = ctx;
	const struct port_deployment d = { .environment = x->environment, .version = x->what.version, .ref = x->what.ref, .commit = x->what.commit, .actor = u->who.name, .cause = SLU_STR("manual") };
	const struct port_deploy_approval a = { .repo_id = x->r->id, .environment = x->environment, .commit = x->what.commit, .person = u->who.name, .at_s = u->now_s };
	SLU_TRY(port_deploy_approval_add(u->store, &a, err));
	return app_deployment_event(u, x->r, &d, "deployment-approved", (slu_str){ 0 }, err);
}

slu_rc app_deployment_approve(struct app_deploy_approved *out, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err)
{
	const struct strat_environment *e;
	struct approving x = { .r = r, .environment = environment };
	SLU_TRY(app_need_scope(u, APP_SCOPE_DEPLOY, err));
	SLU_TRY(app_environment_find(&e, u->a, r, environment, err));
	SLU_TRY(app_deploy_resolve(&x.what, u, r, e, version, err));
	SLU_TRY(app_act(u, approve, &x, err));
	*out = (struct app_deploy_approved){ x.what.version, x.what.commit };
	return SLU_OK;
}
