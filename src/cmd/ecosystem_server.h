/* SPDX-License-Identifier: Apache-2.0 */
/** Members of an ecosystem that a sluice server serves: what is asked of each server, for all of its members at once. Source: adr/0032. */
#ifndef CMD_ECOSYSTEM_SERVER_H
#define CMD_ECOSYSTEM_SERVER_H
#include "cmd/ecosystem.h"

/** Which members a server serves; of them their part is done there. */
void cmd_served_find(struct cmd_ecosystem *e);
/** What a member's server would do to begin it, judged there. */
slu_rc cmd_served_plan_start(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err);
/** What is known of them goes into the operation of the home, which leads them from then on; the latter also of one that is stored. */
void cmd_served_keep(struct cmd_ecosystem *e);
void cmd_served_lead(struct cmd_ecosystem *e);
/** Ask each server whether its members may land now, opening their changes (not with --dry-run); how many wait. @return 0, or the exit code after having said what is in the way */
int cmd_served_ask(struct cmd_ecosystem *e, size_t *waiting);
/** What is in the way of this one, of those that were asked; "" : nothing is. */
const char *cmd_served_missing(const struct cmd_ecosystem *e, const struct cmd_member *m);
/** A line for each that waits, with what it waits for, and what helps. */
void cmd_served_tell(struct cmd_ecosystem *e);
/** The same of what is stored, without locking anything, in a few words; `why`: what it waits for, "" : nothing. */
const char *cmd_served_state(const char **why, struct cmd_ctx *c, const struct flow_op *op, size_t member);
/** Stay until none of them waits any more; the clones are free meanwhile. e is closed. @return 0, or the exit code */
int cmd_served_wait(struct cmd_ecosystem *e);
/** Has its change landed? SLU_E_IO: nobody tells. */
slu_rc cmd_served_landed(bool *out, struct cmd_ecosystem *e, size_t at, slu_err *err);
/** Their clones follow. */
int cmd_served_follow(struct cmd_ecosystem *e);
#endif
