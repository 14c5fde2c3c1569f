/* SPDX-License-Identifier: Apache-2.0 */
/** What is reported about commits: statuses and check runs. */
#ifndef APP_CHECKS_H
#define APP_CHECKS_H
#include "app/app.h"
#include "port/store_change.h"

/* GitHub's words. */
#define APP_STATUS_STATES "success failure error pending"
#define APP_RUN_STATUSES "queued in_progress completed"
#define APP_RUN_CONCLUSIONS "success failure neutral cancelled skipped timed_out action_required stale"

/** `x`: sha, state (one of APP_STATUS_STATES), context, description, url; the rest is set. Needs the scope repo:status. */
slu_rc app_status_report(struct port_status *x, struct app_unit *u, struct app_repo *r, slu_err *err);
/** `x`: sha, name, status, conclusion, url, external_id, title, summary, started_s, completed_s; the rest is set. */
slu_rc app_check_run_report(struct port_check_run *x, struct app_unit *u, struct app_repo *r, slu_err *err);
/** The same for a run that is there (x->id), all of its fields as they shall be. */
slu_rc app_check_run_change(struct port_check_run *x, struct app_unit *u, struct app_repo *r, slu_err *err);

/** Of a commit, newest first; `latest`: the newest of each context or name. */
slu_rc app_status_list(const struct port_status **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const slu_oid *sha, bool latest, slu_err *err);
/** @param name  n == 0: of any */
slu_rc app_check_run_list(const struct port_check_run **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const slu_oid *sha, slu_str name, bool latest, slu_err *err);
slu_rc app_check_run_get(struct port_check_run *out, struct app_unit *u, const struct app_repo *r, int64_t id, slu_err *err); /* SLU_E_NOT_FOUND */
#endif
