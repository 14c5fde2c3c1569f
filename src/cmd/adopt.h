/* SPDX-License-Identifier: Apache-2.0 */
/** sluice adopt: what it shows besides the steps. */
#ifndef CMD_ADOPT_H
#define CMD_ADOPT_H
#include "app/adopt.h"
#include "cmd/work.h"

struct cmd_adopt {
	struct cmd_ctx *c;
	struct cmd_work w;
	struct app_adopt u;
	SLU_LIST(const char *) host;   /* what a person sets where the remote lies: sentences */
	SLU_LIST(const char *) clones; /* commands for every other clone */
	bool back;                     /* it is taken back */
	const char *repo;              /* OWNER/NAME where the remote is a sluice server; NULL: it is none */
	const struct json_t *change;   /* open changes there */
};
/** What the server does between two pushes: its default branch, and changes into a branch that is renamed. Ask what there is, and say it; then do it. @return the exit code */
int cmd_adopt_server_plan(struct cmd_adopt *x);
int cmd_adopt_server_apply(struct cmd_adopt *x);
/** Has it anything to do? */
bool cmd_adopt_server_has(const struct cmd_adopt *x);
/** Fill `host` and `clones`, after the plan. */
void cmd_adopt_words(struct cmd_adopt *x);
/** The whole plan, or what was done. @return as cmd_put */
int cmd_adopt_put(struct cmd_adopt *x);
#endif
