/* SPDX-License-Identifier: Apache-2.0 */
/** What the server answers of a release or of an operation under way. */
#ifndef CMD_FLOW_H
#define CMD_FLOW_H
#include "cmd/cmd.h"

/** Steps, refs and what comes next; with --dry-run what would be done. @return the exit code */
int cmd_flow_show(struct cmd_ctx *c, const struct cli_answer *answer, const char *done);
/** As cmd_refused, with what comes next. */
int cmd_flow_refused(struct cmd_ctx *c, const struct cli_answer *answer, const slu_err *err);
#endif
