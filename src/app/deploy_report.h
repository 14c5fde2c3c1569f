/* SPDX-License-Identifier: Apache-2.0 */
/** What others report of a deployment that the server carries out. It is kept and shown, and decides nothing. */
#ifndef APP_DEPLOY_REPORT_H
#define APP_DEPLOY_REPORT_H
#include "app/app.h"
#include "port/store_deploy.h"

/** `x`: state, description, url, log_url; the rest is set. Needs the scope deploy and the level write. SLU_E_NOT_FOUND: no such deployment. */
slu_rc app_deploy_report(struct port_deploy_report *x, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err);
slu_rc app_deploy_report_list(const struct port_deploy_report **out, size_t *n, struct app_unit *u, const struct port_deployment *d, slu_err *err); /* oldest first */
#endif
