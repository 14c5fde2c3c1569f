/* SPDX-License-Identifier: Apache-2.0 */
/** Phases in a clone: what their commands have in common. */
#ifndef CMD_PHASE_H
#define CMD_PHASE_H
#include "cmd/work.h"

/** Index of the phase that a word means: its name, or a branch of it. STRAT_NONE after having said why, and *code is set. */
int cmd_phase_of(struct cmd_ctx *c, struct cmd_work *w, const char *word, int *code);
/** What it comes after still holds there: SLU_E_CONFLICT when one of those was taken back, though it is in the history. */
slu_rc cmd_phase_stands(struct cmd_ctx *c, struct cmd_work *w, int phase, const slu_oid *at, const char *where, slu_err *err);
#endif
