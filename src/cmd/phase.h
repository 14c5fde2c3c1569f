/* SPDX-License-Identifier: Apache-2.0 */
/** Phases in a clone: what their commands have in common. */
#ifndef CMD_PHASE_H
#define CMD_PHASE_H
#include "cmd/work.h"

/** Index of the phase that a word means: its name, or a branch of it. STRAT_NONE after having said why, and *code is set. */
int cmd_phase_of(struct cmd_ctx *c, struct cmd_work *w, const char *word, int *code);
#endif
