/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the command framework: finding the command, reading its options, help. */
#ifndef CMD_PARSE_H
#define CMD_PARSE_H
#include "cmd/cmd.h"

/** Options that every command takes, ended by a NULL name. */
extern const struct cmd_opt cmd_common[];
/** Which of them this command takes. */
bool cmd_takes_common(const struct cmd_desc *d, const struct cmd_opt *o);

/** The command that the first words name, the longest name wins. *words: how many words. NULL: none. */
const struct cmd_desc *cmd_find(const char *const *word, size_t n, size_t *words);
/** Some command begins with this noun. */
bool cmd_is_noun(const char *word);

/** Fill c->arg, c->given and what common options say. @return 0, or the exit code after the sentence was printed */
int cmd_parse(struct cmd_ctx *c, const char *const *word, size_t n);

/** A line over the commands of a group. */
const char *cmd_group_title(enum cmd_group group);
/** The codes that a command ends with, and what each says. */
unsigned cmd_exits(const struct cmd_desc *d);
const char *cmd_exit_text(unsigned code);

void cmd_help_overview(FILE *to, bool colour);
void cmd_help_noun(FILE *to, const char *noun);
void cmd_help_kind(FILE *to, const char *kind);
void cmd_help_one(FILE *to, const struct cmd_desc *d, bool colour);
/** The command whose name such words come near to, as "chnage list" does. NULL: none */
const char *cmd_near(const char *given);
/** "sluice: there is no command …" with the nearest one. @return 2 */
int cmd_unknown(FILE *to, const char *const *word, size_t n);
#endif
