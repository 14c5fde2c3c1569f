/* SPDX-License-Identifier: Apache-2.0 */
/** What a shell asks while somebody types: the kinds of the strategy, and their branches. One name a line. */
#ifndef CMD_COMPLETION_NAMES_H
#define CMD_COMPLETION_NAMES_H
#include "cmd/cmd.h"

/** Kinds that are commands: not those that are called like one. */
int cmd_completion_kinds(struct cmd_ctx *c);
/** All kinds that branches are begun of; with a kind (NULL: none) its branches, here and on the remote. */
int cmd_completion_names(struct cmd_ctx *c, const char *kind);
/** The phases of that strategy. */
int cmd_completion_phases(struct cmd_ctx *c);
#endif
