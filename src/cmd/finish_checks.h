/* SPDX-License-Identifier: Apache-2.0 */
/** Finishing in a clone whose remote is no sluice server, where a branch wants checks: src/app/plan_checks.h. */
#ifndef CMD_FINISH_CHECKS_H
#define CMD_FINISH_CHECKS_H
#include "app/landing.h"
#include "cmd/work.h"

/** What every finish that may land elsewhere takes. */
#define CMD_FINISH_OPTIONS \
	{ "keep", 'k', NULL, "do not delete the branch; when it lands on a server: not here", CMD_FLAG, 0 }, \
	{ "checked", 0, "CHECK", "without a server: this check passed on what would land", CMD_TEXT, CMD_REPEAT }, \
	{ "wait", 0, NULL, "on a server: stay until it has landed, or cannot", CMD_FLAG, 0 }, \
	{ "timeout", 0, "DURATION", "with --wait: at most so long, such as 30m; default 1h", CMD_DURATION, 0 }, \
	{ "local", 0, NULL, "in this clone, though its remote is a sluice server", CMD_FLAG, 0 }, \
	{ "no-fetch", 0, NULL, "in a clone: do not ask the remote first", CMD_FLAG, 0 }, \
	{ "no-push", 0, NULL, "in a clone: leave the remote as it is", CMD_FLAG, 0 }, \
	CMD_OFFLINE_LEVEL, \
	CMD_OFFLINE_BY

/** Before the plan: what is remembered of an earlier try. plan 0: there was none */
slu_rc cmd_finish_before(struct app_landing *out, struct cmd_ctx *c, struct cmd_work *w, const char *source, slu_err *err);
/** Has it landed, and only that was not written down? */
slu_rc cmd_finish_landed(bool *out, struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x, slu_err *err);
/** After the plan: 0, and it may land; else the exit code, and it waits on the remote. */
int cmd_finish_checks(struct cmd_ctx *c, struct cmd_work *w, struct app_landing *x, const char *source, const char *target);
/** Where a finish ended so because the remote has refused the push, and has not got the branch as it stands here: say how it gets it. */
void cmd_finish_publish(struct cmd_ctx *c, struct cmd_work *w, const char *source, int code);
/** `before`, and " --checked NAME" of each that is missing, or that the caller has just said: such words are not remembered. */
const char *cmd_finish_words(struct cmd_ctx *c, const char *before, const struct app_plan_want *v, size_t n);
/** Of what a release begins with: SLU_E_WAIT where a check that `releases.start` wants is not said to have passed on the commit that is there. */
slu_rc cmd_start_checks(struct cmd_ctx *c, struct cmd_work *w, slu_err *err);
/** Its refs on the remote go. w is as of cmd_work_begin. @return 0, or the exit code */
int cmd_finish_give_up(struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x);
/** Of one that waits: each check by its name, and whether the remote says that it passed. Nothing is changed. */
void cmd_finish_say_wants(struct cmd_ctx *c, const struct app_landing *x);
#endif
