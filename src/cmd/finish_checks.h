/* SPDX-License-Identifier: Apache-2.0 */
/** Finishing in a clone whose remote is no sluice server, where a branch wants checks: src/app/plan_checks.h. */
#ifndef CMD_FINISH_CHECKS_H
#define CMD_FINISH_CHECKS_H
#include "app/landing.h"
#include "cmd/work.h"

/** Before the plan: what is remembered of an earlier try. plan 0: there was none */
slu_rc cmd_finish_before(struct app_landing *out, struct cmd_ctx *c, struct cmd_work *w, const char *source, slu_err *err);
/** Has it landed, and only that was not written down? */
slu_rc cmd_finish_landed(bool *out, struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x, slu_err *err);
/** After the plan: 0, and it may land; else the exit code, and it waits on the remote. */
int cmd_finish_checks(struct cmd_ctx *c, struct cmd_work *w, struct app_landing *x, const char *source, const char *target);
/** `before`, and " --checked NAME" of each that is missing, or that the caller has just said: such words are not remembered. */
const char *cmd_finish_words(struct cmd_ctx *c, const char *before, const struct app_plan_want *v, size_t n);
/** Its refs on the remote go. w is as of cmd_work_begin. @return 0, or the exit code */
int cmd_finish_give_up(struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x);
#endif
