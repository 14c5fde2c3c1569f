/* SPDX-License-Identifier: Apache-2.0 */
/** Checks of the strategy that are run here, in a work tree, for whoever wants to know now. What counts is what the server is told. */
#ifndef CMD_CHECK_RUN_H
#define CMD_CHECK_RUN_H
#include "cmd/cmd.h"

struct cmd_check_run {
	const strat *s;
	const char *dir;          /* where it is run */
	int kind;                 /* of branch: checks of a push to it are run */
	const char *const *env;   /* "NAME=value", NULL-terminated, besides each check's inputs */
};
/**
 * Each check after those that it needs; its output goes to standard error. Says how each ended.
 * @return 0: all passed (also when there is none, which is said), 1: one did not
 */
int cmd_check_run(struct cmd_ctx *c, const struct cmd_check_run *r);
/** Those that would be run, in order: indexes of checks. */
size_t cmd_check_runs(int **out, slu_arena *a, const strat *s, int kind);
#endif
