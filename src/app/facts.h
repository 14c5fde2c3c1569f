/* SPDX-License-Identifier: Apache-2.0 */
/** Both halves of the facts. */
#ifndef APP_FACTS_H
#define APP_FACTS_H
#include "app/app.h"
#include "app/git_facts.h"

struct app_facts_ctx {
	struct app_git_facts git; /* must be the first: the Git half looks for itself here */
	struct app_unit *u;
	struct app_repo *r;
	const struct pol_facts *table;
	struct pol_person person; /* the one who was last asked about: each ref of a push asks for its pusher */
	slu_str person_name;
};
/** Updates of the same push that count as done (see app_git_facts). */
void app_facts_pending(struct pol_facts *f, const struct port_git_update *update, size_t n);
#endif
