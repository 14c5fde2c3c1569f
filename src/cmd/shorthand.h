/* SPDX-License-Identifier: Apache-2.0 */
/** Kinds of branches as words of the command line. */
#ifndef CMD_SHORTHAND_H
#define CMD_SHORTHAND_H
#include "cmd/cmd.h"

/** `sluice finish [BRANCH]` and its like: the same verb of the kind that the branch is of, which is the one that is checked out unless its whole name is said. */
int cmd_shorthand(struct cmd_ctx *c);
/** Has the strategy here a kind of this name? What stands in the way of knowing is not told. */
bool cmd_is_kind(struct cmd_ctx *c, const char *name);
#endif
