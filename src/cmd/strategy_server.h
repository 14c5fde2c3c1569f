/* SPDX-License-Identifier: Apache-2.0 */
/** `sluice strategy show` and `check` with --repo: what counts on the server, with what the file extends of other repositories. */
#ifndef CMD_STRATEGY_SERVER_H
#define CMD_STRATEGY_SERVER_H
#include "cmd/strategy_file.h"

int cmd_strategy_show_there(struct cmd_ctx *c);
int cmd_strategy_check_there(struct cmd_ctx *c, const struct cmd_strategy *f);
#endif
