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
/** What runs in an environment, and what is wrong or under way there. */
void deploy_runs(html *h, const struct app_environment_view *e);
void deploy_trouble(html *h, const struct app_environment_view *e);
/** Since when it has had the traffic. */
int64_t deploy_since(const struct port_deployment *d);
/** How long what runs in the environment before has been there of the time that this one asks for; nothing when it asks for none. `all`: in the file's order. */
void deploy_soak(html *h, const struct app_environment_view *all, size_t n, const struct app_environment_view *e);
/** A card for each environment, under its heading. */
void deploy_cards(html *h, const struct web_req *rq, const struct app_environment_view *e, size_t n);
void deploy_environment_json(slu_json *j, const struct app_environment_view *e);
void deploy_json(slu_json *j, const struct port_deployment *d); /* members of an object */
#endif
