/* SPDX-License-Identifier: Apache-2.0 */
/** Taking back in a clone: where what takes it back stands, and what offers it. */
#ifndef CMD_REVERT_H
#define CMD_REVERT_H
#include "app/plan_back.h"
#include "cmd/work.h"

/**
 * The branch that carries a revert into another one, by the strategy's own ways: a kind for rollbacks, else that of the emergency, else a hotfix, else
 * other work; each begins at that branch and goes into it.
 * @param into  the kind of the branch where it has to come
 * @param word  what the branch is called, where its kind leaves that open: "revert-phase2"; `tag`: the tag that is returned to, or NULL
 */
slu_rc cmd_revert_branch(const char **name, int *kind, struct cmd_ctx *c, struct cmd_work *w, int into, const char *on, const slu_oid *tip, const char *word, const char *tag, slu_err *err);
/** What the changes of the server tell of a phase's branches that landed there, into *back. */
slu_rc cmd_revert_landed(struct cmd_ctx *c, struct cmd_work *w, struct app_back *back, int phase, slu_err *err);
/** How a commit of ours is headed: as the strategy's convention has it, by the first of these types that it allows ("revert", "fix"). */
slu_str cmd_revert_message(struct cmd_ctx *c, const strat *s, const char *const *type, const char *text);
/** So long after a merge into a branch of this kind the way back is offered; 0: it is not. */
int64_t cmd_revert_window(const strat *s, int kind);
/** After a merge: the command that takes it back, when the remote has it and the strategy wants it offered. `phase` n == 0: none */
void cmd_revert_offer(struct cmd_ctx *c, const strat *s, const struct flow_op *op, slu_str phase);
/** The same of a merge that a server made: of this commit. */
void cmd_revert_offer_at(struct cmd_ctx *c, const strat *s, slu_str branch, const char *commit, slu_str phase);
/** The same of one that ended a while ago. */
void cmd_revert_offer_still(struct cmd_ctx *c, const struct flow_op *op);
#endif
