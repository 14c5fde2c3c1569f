/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the command framework: which server a command talks to. */
#ifndef CMD_CALL_H
#define CMD_CALL_H
#include "cmd/cmd.h"

/** "$XDG_DATA_HOME/sluice" or "~/.local/share/sluice"; NULL without a home folder. */
const char *cmd_default_home(struct cmd_ctx *c);
/** Server and token (NULL: none) in the address of this clone's remote. */
slu_rc cmd_remote_server(struct cmd_ctx *c, const char **server, const char **token, slu_err *err);
/** Is a server to be asked: by an option, the environment, or because this clone's remote is one? Else the work is done in the clone. */
bool cmd_asks_server(struct cmd_ctx *c);
bool cmd_in_a_clone(struct cmd_ctx *c);
#endif
