/* SPDX-License-Identifier: Apache-2.0 */
/* The effects of a rollout, through the environment's driver. */
#include "app/deploy_impl.h"

static struct port_deploy_version version_of(const struct port_deployment *d)
{
	return (struct port_deploy_version){ .version = d->version, .commit = d->commit, .color = (int)d->color & 1, .number = d->number };
}

slu_rc app_engine_describe(struct port_deploy *out, const struct port_deployer **driver, struct app_engine *e, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_buf *log, slu_err *err)
{
	const struct strat_environment *env;
	struct port_deployment old = { 0 };
	SLU_TRY(app_environment_find(&env, u->a, r, d->environment, err));
	SLU_TRY(app_environment_can(r, env, err));
	const struct strat_driver *via = &r->strategy->driver[env->driver];
	const struct port_deployer *found = e->ports.driver(via->kind == STRAT_DRIVER_LOCAL ? SLU_STR("local") : SLU_STR("command"));
	if (!found)
		return slu_fail(err, SLU_E_INVALID, "There is no driver for %.*s.", SLU_FMT(env->name));
	if (d->old_number > 0)
		SLU_TRY(port_deployment_get(u->store, u->a, r->id, d->old_number, &old, err));
	*out = (struct port_deploy){ .a = u->a, .strategy = r->strategy, .environment = env, .driver = via, .home = app_home(e->app), .user = e->ports.user, .git_dir = r->path, .owner = r->owner, .name = r->name,
		.new_ = version_of(d), .old = version_of(&old), .has_old = d->old_number > 0, .rollback = slu_str_is(d->cause, "roll-back"), .actor = d->actor, .ref = d->ref, .url = env->url,
		.stopped = app_engine_stopped, .stop_ctx = e, .log = log };
	*driver = found;
	return SLU_OK;
}

/* Everything must be good: the application lives, and each probe says so. One that is sick outweighs one that cannot be judged. */
static enum flow_event probe(struct app_engine *e, const struct port_deploy *d, const struct port_deployer *driver, slu_buf *log, slu_err *err)
{
	struct port_deploy_look seen;
	slu_err why = { 0 };
	enum port_health worst = PORT_HEALTH_GOOD;
	if (driver->look(d, &seen, &why) != SLU_OK) {
		(void)!slu_fail(err, SLU_E_IO, "it cannot be seen whether it runs: %s", why.text);
		return FLOW_HEALTH_UNKNOWN;
	}
	if (seen.new_ == PORT_LIFE_ENDED) {
		(void)!slu_fail(err, SLU_E_IO, "%s", seen.new_text);
		return FLOW_HEALTH_SICK;
	}
	for (size_t i = 0; i < d->environment->probe_n; i++) {
		const struct strat_probe *p = &d->environment->probe[i];
		struct port_probe_result res;
		e->ports.probe(d, driver, p, &res);
		static const char *const kind[] = { "http", "tcp", "command", "postgres", "redis" };
		slu_str shown = p->kind == STRAT_PROBE_POSTGRES || p->kind == STRAT_PROBE_REDIS ? SLU_STR("") : p->target; /* may hold a password */
		slu_buf_addf(log, "%s %.*s: %s (%lld ms)\n", kind[p->kind], SLU_FMT(shown), res.text, (long long)res.took_ms);
		bool worse = res.health == PORT_HEALTH_SICK ? worst != PORT_HEALTH_SICK : res.health == PORT_HEALTH_UNKNOWN && worst == PORT_HEALTH_GOOD;
		if (worse) {
			(void)!slu_fail(err, SLU_E_IO, "%s %.*s: %s", kind[p->kind], SLU_FMT(shown), res.text);
			worst = res.health;
		}
	}
	return worst == PORT_HEALTH_GOOD ? FLOW_HEALTH_GOOD : worst == PORT_HEALTH_SICK ? FLOW_HEALTH_SICK : FLOW_HEALTH_UNKNOWN;
}

static slu_rc run(const struct port_deploy *d, const struct port_deployer *driver, struct app_unit *u, struct app_repo *r, const struct port_deployment *row, const struct flow_do *what, slu_err *err)
{
	switch (what->kind) {
	case FLOW_PREPARE: return driver->prepare(d, err);
	case FLOW_START_NEW: return driver->start(d, false, err);
	case FLOW_START_OLD: return driver->start(d, true, err);
	case FLOW_WEIGHT: return driver->weight(d, what->weight_pct, err);
	case FLOW_FINISH: return driver->finish(d, err);
	case FLOW_STOP_OLD: return driver->stop(d, true, err);
	case FLOW_STOP_NEW: return driver->stop(d, false, err);
	case FLOW_REVERT: return app_deploy_revert(u, r, row, d->log, err);
	case FLOW_NONE: case FLOW_PROBE: break;
	}
	return SLU_OK;
}

bool app_engine_effect(struct app_engine *e, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, const struct flow_do *what, enum flow_event *ev, slu_buf *log, slu_err *err)
{
	struct port_deploy x;
	const struct port_deployer *driver = NULL;
	slu_rc rc = app_engine_describe(&x, &driver, e, u, r, d, log, err);
	if (rc == SLU_OK && what->kind == FLOW_PROBE) {
		*ev = probe(e, &x, driver, log, err);
		return !app_engine_stopped(e) || *ev == FLOW_HEALTH_GOOD; /* an end of ours is no sickness of theirs */
	}
	if (rc == SLU_OK)
		rc = run(&x, driver, u, r, d, what, err);
	if (rc == SLU_E_BUSY && app_engine_stopped(e))
		return false;
	*ev = rc == SLU_OK ? FLOW_EFFECT_DONE : what->kind == FLOW_PROBE ? FLOW_HEALTH_UNKNOWN : FLOW_EFFECT_FAILED;
	return true;
}
