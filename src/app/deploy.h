/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Environments and deployments: asking for one, what there is, a person's word to one that runs, and the engine that carries them out.
 *
 * A deployment is stored first; the engine carries it out in its own threads. One rollout at a time per environment: a newer one waits, and
 * of those that wait only the newest goes on, the others are superseded (docs/adr/0012). A version that failed in an environment is refused
 * there until somebody clears it.
 */
#ifndef APP_DEPLOY_H
#define APP_DEPLOY_H
#include "app/app.h"
#include "port/deployer.h"
#include "port/store_deploy.h"

/* ---- asking ----------------------------------------------------------------------------------------------------------------- */

/**
 * Deploy to an environment as the one who asks; judged by decide() (POL_DEPLOY).
 * @param version  "2.1.0" or "v2.1.0": the tag of that version; a full commit id, a branch, a tag; "" the newest that the environment's
 *                 trigger would bring: its newest tag of the class, else the head of its first branch
 * @param out      the stored deployment; untouched on refusal
 * @param verdict  set when it was judged, also on refusal (SLU_E_DENIED, SLU_E_WAIT)
 */
slu_rc app_deploy(struct port_deployment *out, struct pol_verdict *verdict, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err);
/** What app_deploy would be told now; whoever may read may ask, and nothing is recorded. */
slu_rc app_deploy_judge(struct pol_verdict *verdict, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err);
/** Back to the version before (or `to`), judged as POL_ROLL_BACK. A rollout under way is aborted instead, when no `to` is given. */
slu_rc app_roll_back(struct port_deployment *out, struct pol_verdict *verdict, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str to, slu_err *err);
/** "pause" "resume" "promote" "abort": level as for deploy (abort: as for roll-back). SLU_E_CONFLICT: it does not fit what the rollout does. */
slu_rc app_deployment_tell(struct app_unit *u, struct app_repo *r, uint64_t number, slu_str word, slu_err *err);
/** A person clears a version that failed: its incidents are closed. Who may deploy there may. SLU_E_NOT_FOUND: nothing is held against it. */
slu_rc app_environment_clear(struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err);

struct app_deploy_approved {
	slu_str version;
	slu_oid commit;
};
/** Would the one who asks be let deploy here, whatever the version? For what is offered; nothing is recorded. */
slu_rc app_environment_may(bool *out, struct app_unit *u, struct app_repo *r, slu_str environment, slu_err *err);

/**
 * Say that a version may go into an environment; counts towards its `require: {approvals}` by the same rules as a review, and never for one's own deployment.
 * Said before or while the deployment waits. @param version  as in app_deploy
 */
slu_rc app_deployment_approve(struct app_deploy_approved *out, struct app_unit *u, struct app_repo *r, slu_str environment, slu_str version, slu_err *err);

/**
 * End what runs in an environment, as who may deploy there: the engine drains and ends it; afterwards nothing has the traffic.
 * SLU_E_NOT_FOUND: nothing runs; SLU_E_CONFLICT: a rollout is under way.
 */
slu_rc app_environment_stop(struct app_unit *u, struct app_repo *r, slu_str environment, slu_err *err);

/* ---- seeing ----------------------------------------------------------------------------------------------------------------- */

struct app_environment_view {
	const struct strat_environment *environment;
	const struct strat_driver *driver;
	bool has_live, has_under_way;
	struct port_deployment live;       /* has the traffic */
	struct port_deployment under_way;  /* waits, runs or is held; the oldest of these */
	const struct port_deployment *newest; /* newest first, at most 20, whatever became of them */
	size_t newest_n;
	const struct port_incident *incident; /* open ones */
	size_t incident_n;
};
slu_rc app_environments(struct app_unit *u, struct app_repo *r, const struct app_environment_view **out, size_t *n, slu_err *err); /* in the file's order */
slu_rc app_environment(struct app_environment_view *out, struct app_unit *u, struct app_repo *r, slu_str name, slu_err *err); /* SLU_E_NOT_FOUND names those there are */

/** Paused by a person. */
bool app_deployment_paused(const struct port_deployment *d);
/** It goes on only by a person's word: paused by one, or held for one after it failed. */
bool app_deployment_held(const struct port_deployment *d);
/** How what runs there stands to the branch that it comes from. *found false: nothing runs, or no branch of its kinds is there. */
struct app_drift {
	slu_str branch;
	slu_oid head;
	uint64_t ahead, behind; /* commits that the branch has and what runs has not; and the other way round */
};
slu_rc app_environment_drift(struct app_drift *out, bool *found, struct app_unit *u, struct app_repo *r, const struct app_environment_view *e, slu_err *err);

slu_rc app_deployment_list(const struct port_deployment **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const struct port_deployment_filter *f, slu_err *err); /* newest first; page NULL: all */
struct app_deployment_view {
	struct port_deployment deployment;
	const struct port_deploy_step *step; /* the journal */
	size_t step_n;
	bool has_old;
	struct port_deployment old;          /* what had the traffic when it began */
};
slu_rc app_deployment(struct app_deployment_view *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err);
/** For decide(): newest deployment of a version (or, version "", the newest successful), and whether an incident holds it. Fits pol_facts.deployment through app_facts. */
slu_rc app_deployment_fact(struct app_unit *u, int64_t repo_id, slu_str environment, slu_str version, struct pol_deployment *out, slu_err *err);

/* ---- the engine ------------------------------------------------------------------------------------------------------------- */

struct app_deploy_ports {
	port_deployer_find *driver;
	port_probe *probe;
	const struct port_deploy_user *user; /* of applications and scripts; NULL: the server's own */
	void (*say)(void *ctx, bool trouble, const char *text); /* one line for the log; NULL: none */
	void *ctx;
};
struct app_engine;
/**
 * Begin: triggers of what was pushed since it last ran are looked at, and every rollout that was interrupted goes on.
 * After app_open, before the first request. The engine's threads end with app_engine_end, which must stand before app_close.
 */
slu_rc app_engine_begin(struct app_engine **out, app *app, const struct app_deploy_ports *ports, slu_err *err);
void app_engine_end(struct app_engine *e); /* NULL is fine. Rollouts stay as they are, and go on at the next begin */
#endif
