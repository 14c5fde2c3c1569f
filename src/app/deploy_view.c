/* SPDX-License-Identifier: Apache-2.0 */
/* What is deployed where; which commit a version is. */
#include "app/deploy_impl.h"
#include "version/semver.h"

enum { NEWEST = 20 };

slu_rc app_environment_find(const struct strat_environment **out, slu_arena *a, const struct app_repo *r, slu_str name, slu_err *err)
{
	int i = strat_find_environment(r->strategy, name);
	slu_auto_buf names = { 0 };
	if (i >= 0) {
		*out = &r->strategy->environment[i];
		return SLU_OK;
	}
	slu_buf_init(&names, SLU_ERR_TEXT / 2);
	for (size_t k = 0; k < r->strategy->environment_n; k++)
		slu_buf_addf(&names, "%s%.*s", k ? ", " : "", SLU_FMT(r->strategy->environment[k].name));
	if (r->strategy->environment_n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "The strategy of %.*s has no environments.", SLU_FMT(r->full));
	return slu_fail(err, SLU_E_NOT_FOUND, "There is no environment \"%.*s\"; the strategy has %s.", SLU_FMT(name), slu_strdup(a, names.p ? names.p : ""));
}

slu_rc app_environment_can(const struct app_repo *r, const struct strat_environment *e, slu_err *err)
{
	const struct strat_driver *d = e->driver >= 0 ? &r->strategy->driver[e->driver] : NULL;
	if (!d)
		return slu_fail_at(err, SLU_E_INVALID, e->pos.file, e->pos.line, e->pos.column, "The environment %.*s has no `via`: nothing says how to deploy to it.", SLU_FMT(e->name));
	if (d->kind == STRAT_DRIVER_OTHER)
		return slu_fail_at(err, SLU_E_INVALID, d->pos.file, d->pos.line, d->pos.column, "The driver \"%.*s\" is read and not carried out by this version; it has local and command.", SLU_FMT(d->driver));
	if (e->watch_n > 0) /* no data is never a success: said before anything moves */
		return slu_fail_at(err, SLU_E_INVALID, e->watch[0].pos.file, e->watch[0].pos.line, e->watch[0].pos.column,
		                   "The rollout watches %.*s, and this version measures no metrics: without data it could never succeed.", SLU_FMT(e->watch[0].metric));
	return SLU_OK;
}

/* ---- versions and commits ------------------------------------------------------------------------------------------------------ */

slu_str app_deploy_tag_version(const struct app_repo *r, slu_str tag)
{
	struct strat_captures caps = { 0 };
	if (strat_tag_class(r->strategy, tag, &caps) >= 0 && caps.v[STRAT_CAP_VERSION].n > 0 && !caps.v[STRAT_CAP_PRE].p && !caps.v[STRAT_CAP_BUILD].p)
		return caps.v[STRAT_CAP_VERSION];
	if (tag.n > 1 && tag.p[0] == 'v' && tag.p[1] >= '0' && tag.p[1] <= '9')
		return (slu_str){ tag.p + 1, tag.n - 1 };
	return tag;
}

static slu_str tag_name(const struct port_git_ref *ref)
{
	return (slu_str){ ref->name.p + strlen("refs/tags/"), ref->name.n - strlen("refs/tags/") };
}

slu_rc app_deploy_version_of(slu_str *out, struct app_unit *u, struct app_repo *r, const slu_oid *commit, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	slu_str found = { 0 };
	bool release = false;
	size_t n = 0;
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/tags/"), &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (!slu_oid_eq(&ref[i].peeled, commit))
			continue;
		int class = strat_tag_class(r->strategy, tag_name(&ref[i]), NULL);
		bool is_release = class >= 0 && r->strategy->tag[class].type == STRAT_TAG_RELEASE;
		if (found.n == 0 || (is_release && !release))
			found = app_deploy_tag_version(r, tag_name(&ref[i]));
		release = release || is_release;
	}
	*out = found.n > 0 && found.n <= SLU_MAX_NAME_BYTES && !memchr(found.p, '/', found.n) ? found : slu_s(slu_strndup(u->a, commit->hex, 12));
	return SLU_OK;
}

/* The newest tag of the classes that the environment deploys. */
static slu_rc newest_tag(struct app_deploy_what *out, bool *found, struct app_unit *u, struct app_repo *r, const struct strat_environment *e, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	struct ver_semver best = { 0 }, v;
	size_t n = 0;
	*found = false;
	if (!(e->on.on & (1u << STRAT_ON_TAG)))
		return SLU_OK;
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/tags/"), &ref, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str version = app_deploy_tag_version(r, tag_name(&ref[i]));
		if (!strat_set_has(&e->on.set[STRAT_ON_TAG], strat_tag_class(r->strategy, tag_name(&ref[i]), NULL)) || ver_parse(&v, version, NULL) != SLU_OK)
			continue;
		if (*found && ver_cmp(&v, &best) <= 0)
			continue;
		best = v;
		*found = true;
		*out = (struct app_deploy_what){ .version = version, .ref = ref[i].name, .commit = ref[i].peeled };
	}
	return SLU_OK;
}

/* The first branch of the kinds that it comes from. */
static slu_rc branch_of(const struct port_git_ref **out, struct app_unit *u, struct app_repo *r, const struct strat_environment *e, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/heads/"), &ref, &n, err));
	*out = NULL;
	for (size_t k = 0; k < e->from.n && !*out; k++)
		for (size_t i = 0; i < n && !*out; i++) {
			slu_str name = { ref[i].name.p + strlen("refs/heads/"), ref[i].name.n - strlen("refs/heads/") };
			*out = strat_branch_kind(r->strategy, name, NULL) == e->from.i[k] ? &ref[i] : NULL;
		}
	return SLU_OK;
}

static slu_rc newest(struct app_deploy_what *out, struct app_unit *u, struct app_repo *r, const struct strat_environment *e, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	bool found = false;
	SLU_TRY(newest_tag(out, &found, u, r, e, err));
	if (found)
		return SLU_OK;
	SLU_TRY(branch_of(&ref, u, r, e, err));
	if (ref) {
		*out = (struct app_deploy_what){ .ref = ref->name, .commit = ref->id };
		return app_deploy_version_of(&out->version, u, r, &out->commit, err);
	}
	return slu_fail(err, SLU_E_NOT_FOUND, "There is nothing to deploy to %.*s yet; name a version.", SLU_FMT(e->name));
}

slu_rc app_deploy_resolve(struct app_deploy_what *out, struct app_unit *u, struct app_repo *r, const struct strat_environment *e, slu_str version, slu_err *err)
{
	static const char *const as[] = { "refs/tags/", "refs/tags/v", "refs/heads/" };
	struct app_deploy_what w = { 0 };
	if (version.n == 0)
		return newest(out, u, r, e, err);
	if (version.n > SLU_MAX_REF_BYTES)
		return slu_fail(err, SLU_E_LIMIT, "A version has at most %u bytes.", SLU_MAX_REF_BYTES);
	for (size_t i = 0; i < sizeof as / sizeof *as && slu_oid_is_zero(&w.commit); i++) {
		slu_oid id = { 0 };
		slu_str name = slu_s(slu_printf(u->a, "%s%.*s", as[i], SLU_FMT(version)));
		if (pol_ref_refused(name))
			continue;
		SLU_TRY(r->git->ops->ref(r->git, name, &id, err));
		if (slu_oid_is_zero(&id))
			continue;
		w.ref = name;
		SLU_TRY(r->git->ops->resolve(r->git, name, &w.commit, err));
		w.version = i < 2 ? app_deploy_tag_version(r, (slu_str){ name.p + strlen("refs/tags/"), name.n - strlen("refs/tags/") }) : (slu_str){ 0 };
	}
	if (slu_oid_is_zero(&w.commit) && slu_oid_begins(version, 7) && r->git->ops->resolve(r->git, version, &w.commit, NULL) != SLU_OK)
		w.commit = slu_oid_zero(); /* none begins so, or several do */
	if (slu_oid_is_zero(&w.commit))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no tag, branch or commit \"%.*s\" in %.*s.", SLU_FMT(version), SLU_FMT(r->full));
	if (w.version.n == 0 || memchr(w.version.p, '/', w.version.n) || w.version.n > SLU_MAX_NAME_BYTES)
		SLU_TRY(app_deploy_version_of(&w.version, u, r, &w.commit, err));
	*out = w;
	return SLU_OK;
}

/* ---- views -------------------------------------------------------------------------------------------------------------------- */

slu_rc app_environment(struct app_environment_view *out, struct app_unit *u, struct app_repo *r, slu_str name, slu_err *err)
{
	struct app_environment_view v = { 0 };
	const struct port_deployment *list = NULL;
	size_t n = 0;
	struct port_page page = { .limit = NEWEST };
	SLU_TRY(app_environment_find(&v.environment, u->a, r, name, err));
	v.driver = v.environment->driver >= 0 ? &r->strategy->driver[v.environment->driver] : NULL;
	const struct port_deployment_filter live = { .environment = name, .live_only = true }, open = { .environment = name, .open_only = true, .oldest_first = true }, all = { .environment = name };
	SLU_TRY(port_deployment_list(u->store, u->a, r->id, &live, NULL, &list, &n, err));
	v.has_live = n > 0;
	if (n > 0)
		v.live = list[0];
	SLU_TRY(port_deployment_list(u->store, u->a, r->id, &open, NULL, &list, &n, err));
	for (size_t i = 0; i < n && !v.has_under_way; i++) {
		v.has_under_way = !slu_str_is(list[i].state, "success");
		v.under_way = list[i];
	}
	SLU_TRY(port_deployment_list(u->store, u->a, r->id, &all, &page, &v.newest, &v.newest_n, err));
	SLU_TRY(port_incident_list(u->store, u->a, r->id, name, true, &v.incident, &v.incident_n, err));
	*out = v;
	return SLU_OK;
}

bool app_deployment_paused(const struct port_deployment *d)
{
	struct flow_rollout flow;
	return slu_str_is(d->state, "running") && d->flow.n > 0 && flow_rollout_load(&flow, d->flow, NULL) == SLU_OK && flow.paused;
}

bool app_deployment_held(const struct port_deployment *d)
{
	return slu_str_is(d->state, "held") || app_deployment_paused(d);
}

slu_rc app_environment_drift(struct app_drift *out, bool *found, struct app_unit *u, struct app_repo *r, const struct app_environment_view *e, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	struct app_drift d;
	if (e->has_live)
		SLU_TRY(branch_of(&ref, u, r, e->environment, err));
	*found = ref != NULL;
	if (!ref)
		return SLU_OK;
	d.branch = (slu_str){ ref->name.p + strlen("refs/heads/"), ref->name.n - strlen("refs/heads/") };
	d.head = ref->id;
	SLU_TRY(r->git->ops->ahead_behind(r->git, &ref->id, &e->live.commit, &d.ahead, &d.behind, err));
	*out = d;
	return SLU_OK;
}

slu_rc app_environments(struct app_unit *u, struct app_repo *r, const struct app_environment_view **out, size_t *n, slu_err *err)
{
	struct app_environment_view *v = SLU_NEW_N(u->a, struct app_environment_view, r->strategy->environment_n + 1);
	for (size_t i = 0; i < r->strategy->environment_n; i++)
		SLU_TRY(app_environment(&v[i], u, r, r->strategy->environment[i].name, err));
	*out = v;
	*n = r->strategy->environment_n;
	return SLU_OK;
}

slu_rc app_deployment(struct app_deployment_view *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err)
{
	struct app_deployment_view v = { 0 };
	SLU_TRY(port_deployment_get(u->store, u->a, r->id, number, &v.deployment, err));
	SLU_TRY(port_deploy_step_list(u->store, u->a, v.deployment.id, &v.step, &v.step_n, err));
	v.has_old = v.deployment.old_number > 0;
	if (v.has_old)
		SLU_TRY(port_deployment_get(u->store, u->a, r->id, v.deployment.old_number, &v.old, err));
	*out = v;
	return SLU_OK;
}

slu_rc app_deployment_fact(struct app_unit *u, int64_t repo_id, slu_str environment, slu_str version, struct pol_deployment *out, slu_err *err)
{
	const struct port_deployment *list = NULL;
	const struct port_deployment_filter f = { .environment = environment, .version = version, .state = version.n > 0 ? (slu_str){ 0 } : SLU_STR("success") };
	struct port_page page = { .limit = 1 };
	struct port_incident incident;
	size_t n = 0;
	bool held = false;
	SLU_TRY(port_deployment_list(u->store, u->a, repo_id, &f, &page, &list, &n, err));
	if (version.n > 0)
		SLU_TRY(port_incident_open(u->store, u->a, repo_id, environment, version, &incident, &held, err));
	struct pol_deployment d = { .found = n > 0, .blocked = held };
	if (n > 0) {
		d.number = held ? incident.deployment : list[0].number;
		d.version = list[0].version;
		d.state = list[0].state;
		d.commit = list[0].commit;
		d.at_s = list[0].finished_s;
	}
	*out = d;
	return SLU_OK;
}

slu_rc app_deployment_list(const struct port_deployment **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const struct port_deployment_filter *f, slu_err *err)
{
	return port_deployment_list(u->store, u->a, r->id, f, page, out, n, err);
}
