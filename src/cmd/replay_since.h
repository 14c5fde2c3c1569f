/* SPDX-License-Identifier: Apache-2.0 */
/** The date of `replay --since`. */
#ifndef CMD_REPLAY_SINCE_H
#define CMD_REPLAY_SINCE_H
#include "cmd/cmd.h"

/**
 * A day or time ("2024-01-31", "2024-01", "2024", "2024-01-31T10:00:00Z"; a day begins at midnight, UTC), else what Git understands: "1 year ago",
 * "last friday". Git takes a word that it does not know for now; here such a text is refused.
 * @param out  seconds since 1970; INT64_MIN without the option
 * @return SLU_E_USAGE: it is no date
 */
slu_rc cmd_replay_since(struct cmd_ctx *c, int64_t *out, slu_err *err);
#endif
