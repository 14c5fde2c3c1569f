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
};
/** Fill `host` and `clones`, after the plan. */
void cmd_adopt_words(struct cmd_adopt *x);
/** The whole plan, or what was done. @return as cmd_put */
int cmd_adopt_put(struct cmd_adopt *x);
#endif
