/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the command framework: which server a command talks to. */
#ifndef CMD_CALL_H
#define CMD_CALL_H
#include "cmd/cmd.h"

/** "$XDG_DATA_HOME/sluice" or "~/.local/share/sluice"; NULL without a home folder. */
const char *cmd_default_home(struct cmd_ctx *c);
/** Server and token (NULL: none) in the address of this clone's remote. */
slu_rc cmd_remote_server(struct cmd_ctx *c, const char **server, const char **token, slu_err *err);
/** The same of that remote, with the repository (OWNER/NAME) that its address names. */
slu_rc cmd_remote_at(struct cmd_ctx *c, slu_str remote, const char **server, const char **repo, slu_err *err);
/**
 * Does a sluice server answer at this address ("https://HOST")? It is asked once, and what it says is remembered in the clone's settings by a command
 * that acts. Where it says nothing, that is said, and the answer is no.
 */
bool cmd_is_sluice(struct cmd_ctx *c, const char *server);
/** Is a server to be asked: by an option, the environment, or because this clone's remote is one? Else the work is done in the clone. */
bool cmd_asks_server(struct cmd_ctx *c);
bool cmd_in_a_clone(struct cmd_ctx *c);
/** OWNER/NAME at the end of a remote's address; NULL: there is none. */
const char *cmd_name_in_url(struct cmd_ctx *c, slu_str url);
/** As cmd_here, of the repository around another folder. */
slu_rc cmd_here_at(struct cmd_ctx *c, const char *dir, const struct port_git_here **out, slu_err *err);
#endif
