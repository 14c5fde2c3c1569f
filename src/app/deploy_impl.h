/* SPDX-License-Identifier: Apache-2.0 */
/** Shared by src/app/deploy*.c and engine*.c. */
#ifndef APP_DEPLOY_IMPL_H
#define APP_DEPLOY_IMPL_H
#include "app/act.h"
#include "app/deploy.h"
#include "flow/rollout.h"

#include <stdatomic.h>

/** What shall be deployed: a version with its commit. */
struct app_deploy_what {
	slu_str version, ref; /* ref: where it was found; "" by commit */
	slu_oid commit;
};
/** See app_deploy. SLU_E_NOT_FOUND says what was looked for. */
slu_rc app_deploy_resolve(struct app_deploy_what *out, struct app_unit *u, struct app_repo *r, const struct strat_environment *e, slu_str version, slu_err *err);
/** The version that a commit is known by: its tag of a release class, else of any, else its first twelve digits. */
slu_rc app_deploy_version_of(slu_str *out, struct app_unit *u, struct app_repo *r, const slu_oid *commit, slu_err *err);
/** "2.1.0" of the tag "v2.1.0". */
slu_str app_deploy_tag_version(const struct app_repo *r, slu_str tag);
/** The change that was merged as this commit; 0: none was. */
slu_rc app_deploy_change(uint64_t *number, struct app_unit *u, const struct app_repo *r, const slu_oid *commit, slu_err *err);
/** The environment, or SLU_E_NOT_FOUND with those there are. */
slu_rc app_environment_find(const struct strat_environment **out, slu_arena *a, const struct app_repo *r, slu_str name, slu_err *err);
/** What this version of sluice cannot carry out for an environment; SLU_E_INVALID with the place. */
slu_rc app_environment_can(const struct app_repo *r, const struct strat_environment *e, slu_err *err);
/** Store it, with the event `deployment-asked`; in a transaction. */
slu_rc app_deployment_store(struct port_deployment *d, struct app_unit *u, struct app_repo *r, slu_err *err);
/** Event about a deployment: environment, version, commit, number, and `reason` where it is not empty. In a transaction. */
slu_rc app_deployment_event(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, const char *kind, slu_str reason, slu_err *err);
/** Judge it as the one who asked for it. */
slu_rc app_deployment_judge(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_err *err);

/* ---- the engine's parts --------------------------------------------------------------------------------------------------------- */

enum { ENGINE_WORKERS = 8, ENGINE_LOOK_MS = 2000, ENGINE_IDLE_MS = 1000, ENGINE_BUSY_MS = 200, ENGINE_GATHER_MS = 50, ENGINE_TEXT = 60 * 1024 };

struct app_engine {
	app *app;
	struct app_deploy_ports ports;
	atomic_bool stop;
	struct app_engine_crew *crew; /* engine.c */
	int64_t brought;              /* the next event that engine_bring.c looks at; 0: all is looked at first. The chief's */
	int64_t bring_at_s;           /* when all is looked at again */
};
bool app_engine_stopped(void *ctx);
void app_engine_say(struct app_engine *e, bool trouble, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** Deployments that events since the last look ask for (engine_trigger.c). *more: there are further ones. */
slu_rc app_engine_triggers(struct app_engine *e, bool *more, slu_err *err);
/** Has every event so far become the deployments that it asks for? */
slu_rc app_engine_followed(bool *all, struct app_unit *u, slu_err *err);
/** Merges that wait in repositories in which something happened (engine_bring.c). */
slu_rc app_engine_bring(struct app_engine *e, bool *more, slu_err *err);
/** One deployment as far as it goes now (engine_step.c). `recover`: it was not looked at since the server began. */
slu_rc app_engine_work(struct app_engine *e, struct app_unit *u, struct app_repo *r, struct port_deployment *d, bool recover, slu_err *err);
/** Its turn has come: judge it again and make its rollout, or leave it waiting, or refuse it (engine_begin.c). *begun: d->flow is set */
slu_rc app_engine_begin_one(struct app_engine *e, struct app_unit *u, struct app_repo *r, struct port_deployment *d, bool *begun, slu_err *err);
/** Store what a step left, with its events, and the journal's row of the next effect (engine_save.c); in a transaction. */
slu_rc app_engine_save(struct app_unit *u, struct app_repo *r, struct port_deployment *d, const struct flow_rollout *before, const struct flow_rollout *now, const struct flow_do *next, int64_t *step_id, slu_err *err);
/** Carry out one effect; what happened, as the event that the rollout is told (engine_effect.c). false: interrupted, nothing is told. */
bool app_engine_effect(struct app_engine *e, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, const struct flow_do *what, enum flow_event *ev, slu_buf *log, slu_err *err);
/** Open the change that reverts what a deployment brought (deploy_revert.c). Again: nothing. */
slu_rc app_deploy_revert(struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_buf *log, slu_err *err);
/** See that what has the traffic runs (engine_tend.c). */
slu_rc app_engine_tend(struct app_engine *e, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_err *err);
/** What a driver is told of a deployment. */
slu_rc app_engine_describe(struct port_deploy *out, const struct port_deployer **driver, struct app_engine *e, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, slu_buf *log, slu_err *err);
#endif
