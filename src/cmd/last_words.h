/* SPDX-License-Identifier: Apache-2.0 */
/** What a command says when Ctrl-C or SIGTERM ends it: where things stand, and what helps. It then ends by that signal, as whoever started it expects. */
#ifndef CMD_LAST_WORDS_H
#define CMD_LAST_WORDS_H
#include "cmd/cmd.h"

enum cmd_stage {
	CMD_BEFORE, /* nothing has moved */
	CMD_PUSHES, /* what the remote has got is not known */
	CMD_MOVES,  /* some steps are done */
	CMD_MOVED,  /* all are; what comes after may be long, too */
	CMD_STAGES
};
/** From now on these, by the stage: whole sentences, which live until the next call. The first stage is CMD_BEFORE. */
void cmd_last_words(struct cmd_ctx *c, const char *const text[CMD_STAGES]);
void cmd_last_words_stage(enum cmd_stage stage);
/** The same at any stage, as the last part of a command. */
void cmd_last_words_only(struct cmd_ctx *c, const char *text);
/** From now on nothing is said. */
void cmd_last_words_none(void);
#endif
