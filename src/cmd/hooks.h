/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of `sluice hooks`: which hooks there are, and where they stand. */
#ifndef CMD_HOOKS_H
#define CMD_HOOKS_H
#include "cmd/check.h"

/** What was there before stands beside ours under this name, and goes first. */
#define HOOKS_BEFORE ".before-sluice"

struct hook {
	const char *name;
	const char *does;
	bool server;  /* of a bare repository: refuses when it cannot judge, and is never skipped */
	bool input;   /* Git writes to its standard input */
	int (*judge)(struct check *k, const char *const *arg, size_t n, slu_str input);
};
extern const struct hook hooks[]; /* one without a name ends them */

/** How refusals of updates are written by hooks: for each ref the rules that say no, in lines of 72 columns. */
extern const struct check_format check_format_hook;
#endif
