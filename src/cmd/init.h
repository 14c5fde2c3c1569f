/* SPDX-License-Identifier: Apache-2.0 */
/** What `sluice init` writes: a preset, or one with what is different here. */
#ifndef CMD_INIT_H
#define CMD_INIT_H
#include "cmd/strategy_file.h"
#include "strategy/preset.h"

/** A preset by name; NULL: there is none, *rc is the exit code after having said so. */
const struct strat_preset *cmd_preset_find(struct cmd_ctx *c, const char *name, int *rc);
/** The file that takes over what `git flow init` has set. SLU_E_NOT_FOUND: nothing is set. */
slu_rc cmd_init_gitflow(struct cmd_ctx *c, slu_buf *out, slu_err *err);
/** The file that fits the history best, and what of it does not fit. @return 0, or the exit code after having said why */
int cmd_init_detect(struct cmd_ctx *c, slu_buf *out);
/** A double-quoted YAML scalar. */
void cmd_yaml_quoted(slu_buf *out, slu_str s);
#endif
