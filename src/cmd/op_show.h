/* SPDX-License-Identifier: Apache-2.0 */
/** An operation of this clone, as `status` tells it. */
#ifndef CMD_OP_SHOW_H
#define CMD_OP_SHOW_H
#include "cmd/cmd.h"
#include "flow/op.h"

/** What it does, where it stands, why it waits, what comes next. @return the exit code */
int cmd_op_show(struct cmd_ctx *c, const struct flow_op *op);
/** As JSON. */
int cmd_op_put(struct cmd_ctx *c, const struct flow_op *op);
#endif
