/* SPDX-License-Identifier: Apache-2.0 */
/** A strategy file read from the work tree: what the commands that speak of strategies share. */
#ifndef CMD_STRATEGY_FILE_H
#define CMD_STRATEGY_FILE_H
#include "cmd/cmd.h"
#include "strategy/strat.h"

#define CMD_STRATEGY_PATH ".sluice/strategy.yml"

struct cmd_strategy {
	const char *file;      /* as it is called in messages */
	slu_str text;
	const strat *strategy; /* NULL: it has errors */
	strat_issues issues;
	slu_err first;         /* the first error */
	const char *top;       /* the work tree that `extends` is looked up in; NULL: not asked yet */
};

/**
 * Read and compile. Errors inside the file are no failure: they are in f->issues, and f->strategy is NULL.
 * @param path  NULL: .sluice/strategy.yml of the work tree around; "-": standard input
 */
slu_rc cmd_strategy_read(struct cmd_ctx *c, struct cmd_strategy *f, const char *path, slu_err *err);
/** All that is wrong with the file, each with its line, to `to`. */
void cmd_strategy_issues(struct cmd_ctx *c, FILE *to, const struct cmd_strategy *f);
/** The line of a place, also in files that were extended; empty: not to be had. */
slu_str cmd_strategy_line(struct cmd_ctx *c, const struct cmd_strategy *f, const struct strat_pos *pos);
#endif
