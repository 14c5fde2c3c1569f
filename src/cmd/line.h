/* SPDX-License-Identifier: Apache-2.0 */
/** Where one stands in a clone, for commands about versions: the branch, its version line, and the commit it is at. */
#ifndef CMD_LINE_H
#define CMD_LINE_H
#include "cmd/offline.h"
#include "policy/next.h"

#define CMD_LINE_OPTIONS                                                                                                                                               \
	{ "branch", 'b', "NAME", "as if this branch were checked out; default: the one that is", CMD_TEXT, 0 },                                                       \
	    { "into", 'i', "BRANCH", "as merged into this branch: its version line counts, as at the server's merge", CMD_TEXT, 0 },                                     \
	    { "strategy", 0, "FILE", "by this file, not by the one in force", CMD_PATH, 0 },                                                                           \
	    { "preset", 0, "NAME", "by this preset", CMD_TEXT, 0 }

struct cmd_line {
	slu_str branch;             /* n == 0: none is checked out, and the default branch stands for it */
	int kind;                   /* STRAT_NONE: of no kind */
	struct strat_captures caps; /* of its name */
	slu_str line;               /* "1.*"; n == 0: any version */
	slu_oid tip, into;          /* into zero: nothing that it is merged into is named */
};
/**
 * Open the clone (cmd_offline_close in every case) and find the line.
 * @return 0, or the exit code after having said why: also where the clone holds a part of the history only
 */
int cmd_line_open(struct cmd_ctx *c, struct cmd_offline *o, struct cmd_line *l);
/** What pol_next() is asked there: a version given by a person (NULL: none) and the label of a prerelease (NULL: none). */
struct pol_next_ask cmd_line_ask(const struct cmd_offline *o, const struct cmd_line *l, const char *given, const char *pre);
#endif
