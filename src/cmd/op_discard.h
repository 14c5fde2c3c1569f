/* SPDX-License-Identifier: Apache-2.0 */
/** sluice abort --discard: what is stored of the operation under way cannot be read. */
#ifndef CMD_OP_DISCARD_H
#define CMD_OP_DISCARD_H
#include "cmd/cmd.h"

/** It is put aside, and what hangs on it is told. @return the exit code */
int cmd_op_discard(struct cmd_ctx *c);
#endif
