/* SPDX-License-Identifier: Apache-2.0 */
/** sluice KIND list: the branches of a kind in a clone. */
#ifndef CMD_KIND_LIST_H
#define CMD_KIND_LIST_H
#include "cmd/cmd.h"

int cmd_kind_list(struct cmd_ctx *c, const char *kind);
#endif
