/* SPDX-License-Identifier: Apache-2.0 */
/** Port to the store, fourth part: deployments with their journal, incidents, versions that failed. Rules as in port/store.h. */
#ifndef PORT_STORE_DEPLOY_H
#define PORT_STORE_DEPLOY_H
#include "port/store.h"

struct port_deployment {
	int64_t id, repo_id;
	uint64_t number;       /* per repository, from 1 */
	slu_str environment, version, ref, actor;
	slu_str cause;         /* "manual" "push" "merge" "tag" "roll-back" */
	slu_oid commit;
	slu_str state;         /* "waiting" "running" "held" "success" "failure" "aborted" "superseded" */
	slu_str phase;         /* flow_phase_word: what it does right now */
	slu_str reason;        /* why it failed */
	int64_t weight_pct;    /* of the traffic, as was last asked for */
	int64_t color;         /* 0 blue, 1 green */
	uint64_t old_number;   /* deployment that had the traffic when it began; 0 none */
	bool live;             /* it has the traffic of its environment, as far as rollouts that ended tell */
	bool open;             /* the engine has still something to do for it */
	slu_str url, flow;     /* flow: flow_rollout_save; "" not begun */
	slu_str asked;         /* a person's word that the engine has not heard yet: "pause" "resume" "promote" "abort" "supersede"; "" */
	int64_t wake_ms;       /* when the engine is to look again; -1: when something happens */
	int64_t created_s, started_s, finished_s, updated_s;
};
slu_rc port_deployment_add(port_store *s, struct port_deployment *d, slu_err *err); /* sets id, number */
slu_rc port_deployment_update(port_store *s, const struct port_deployment *d, slu_err *err); /* all from state on but asked, created_s */
slu_rc port_deployment_ask(port_store *s, int64_t id, slu_str word, slu_err *err);  /* sets asked, and wakes */
slu_rc port_deployment_get(port_store *s, slu_arena *a, int64_t repo_id, uint64_t number, struct port_deployment *out, slu_err *err); /* SLU_E_NOT_FOUND */
slu_rc port_deployment_by_id(port_store *s, slu_arena *a, int64_t id, struct port_deployment *out, slu_err *err);
struct port_deployment_filter {
	slu_str environment, version, state; /* n == 0: any */
	slu_oid commit;                      /* zero: any */
	bool live_only, open_only, oldest_first;
};
/** Newest first. */
slu_rc port_deployment_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_deployment_filter *f, struct port_page *page, const struct port_deployment **out, size_t *n, slu_err *err);
/** What is open, of all repositories, oldest first. */
slu_rc port_deployment_open(port_store *s, slu_arena *a, const struct port_deployment **out, size_t *n, slu_err *err);
/** Those that have the traffic of their environments, of all repositories. */
slu_rc port_deployment_lives(port_store *s, slu_arena *a, const struct port_deployment **out, size_t *n, slu_err *err);
/** It no longer has the traffic, and no other one has it. */
slu_rc port_deployment_over(port_store *s, int64_t id, slu_err *err);
/** This one has the traffic, no other one of its environment. */
slu_rc port_deployment_live(port_store *s, const struct port_deployment *d, slu_err *err);

/** The journal: a row per effect, written before it runs. */
struct port_deploy_step {
	int64_t id, deployment_id, seq;
	slu_str effect;        /* flow_effect_word; and of persons: "pause" … */
	int64_t weight_pct;    /* of "weight" */
	slu_str result;        /* "" under way; "done" "failed" "good" "sick" "unknown" */
	slu_str text;          /* output, or what was seen; bounded */
	int64_t at_ms, ended_ms;
};
slu_rc port_deploy_step_begin(port_store *s, struct port_deploy_step *x, slu_err *err); /* the same deployment and seq: begun again, same row; sets id */
slu_rc port_deploy_step_end(port_store *s, const struct port_deploy_step *x, slu_err *err); /* result, text, ended_ms by id */
slu_rc port_deploy_step_list(port_store *s, slu_arena *a, int64_t deployment_id, const struct port_deploy_step **out, size_t *n, slu_err *err); /* oldest first */

/** What others report of a deployment, in GitHub's words; it changes nothing of what the server does. */
struct port_deploy_report {
	int64_t id, deployment_id;
	slu_str state, description, url, log_url, creator;
	int64_t at_s;
};
slu_rc port_deploy_report_add(port_store *s, struct port_deploy_report *x, slu_err *err); /* sets id */
slu_rc port_deploy_report_list(port_store *s, slu_arena *a, int64_t deployment_id, const struct port_deploy_report **out, size_t *n, slu_err *err); /* oldest first */

/** A person's word that a commit may go into an environment. */
struct port_deploy_approval {
	int64_t repo_id;
	slu_str environment, person;
	slu_oid commit;
	int64_t at_s;
};
slu_rc port_deploy_approval_add(port_store *s, const struct port_deploy_approval *x, slu_err *err); /* said twice is said once */
slu_rc port_deploy_approval_list(port_store *s, slu_arena *a, int64_t repo_id, slu_str environment, const slu_oid *commit, const struct port_deploy_approval **out, size_t *n, slu_err *err);

struct port_incident {
	int64_t id, repo_id;
	uint64_t deployment;   /* number */
	slu_str environment, version, text, closed_by;
	int64_t opened_s, closed_s; /* closed_s 0: open */
};
slu_rc port_incident_add(port_store *s, struct port_incident *i, slu_err *err);
/** `environment` "" any. Newest first. */
slu_rc port_incident_list(port_store *s, slu_arena *a, int64_t repo_id, slu_str environment, bool open_only, const struct port_incident **out, size_t *n, slu_err *err);
/** Close those of a version in an environment. *n: how many were open. */
slu_rc port_incident_close(port_store *s, int64_t repo_id, slu_str environment, slu_str version, slu_str by, int64_t now_s, size_t *n, slu_err *err);
/** The newest open incident of the version there: then its next rollout is refused. *found false: none. */
slu_rc port_incident_open(port_store *s, slu_arena *a, int64_t repo_id, slu_str environment, slu_str version, struct port_incident *out, bool *found, slu_err *err);
#endif
