/* SPDX-License-Identifier: Apache-2.0 */
/** Parts that the pages of environments and of deployments share. */
#ifndef WEB_DEPLOY_PARTS_H
#define WEB_DEPLOY_PARTS_H
#include "app/deploy.h"
#include "web/shell.h"

/** "✓ success", "◷ running", "✗ failure" … */
void deploy_state(html *h, slu_str state);
/** A table of deployments, newest first. `with_environment`: name it in each row. */
void deploy_table(html *h, const struct web_req *rq, const struct port_deployment *d, size_t n, bool with_environment);
void deploy_json(slu_json *j, const struct port_deployment *d); /* members of an object */
#endif
