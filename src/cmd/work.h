/* SPDX-License-Identifier: Apache-2.0 */
/** Commands that plan an operation in a clone and carry it out: what they have in common. */
#ifndef CMD_WORK_H
#define CMD_WORK_H
#include "app/op.h"
#include "app/plan.h"
#include "cmd/offline.h"
#include "flow/name.h"

struct cmd_work {
	struct cmd_offline o;
	port_clone *clone;
	struct app_plan p;
	struct flow_op op;
	struct app_op_world w;
	struct flow_refs refs; /* branches here, and those that only the remote has, as branches; tags not */
	slu_str remote;        /* n == 0: none */
	slu_str changed;       /* cmd_work_open_changed: a file that is; n == 0: none */
};
#define CMD_WORK_OPTIONS                                                                                                                                               \
	{ "no-fetch", 0, NULL, "do not ask the remote first", CMD_FLAG, 0 }, { "no-push", 0, NULL, "leave the remote as it is", CMD_FLAG, 0 }, CMD_OFFLINE_AS, CMD_OFFLINE_LEVEL, CMD_OFFLINE_BY

/** Only the operation under way and those before: no strategy is read. cmd_work_close in every case. @return 0, or the exit code */
int cmd_work_begin(struct cmd_ctx *c, struct cmd_work *w);
/** All of it; nothing else is under way, and the clone is in order, without changed files. */
int cmd_work_open(struct cmd_ctx *c, struct cmd_work *w);
/** The same for what leaves the files alone: changed ones are no matter. */
int cmd_work_open_changed(struct cmd_ctx *c, struct cmd_work *w);
/** The same for what merges or counts: a shallow clone is refused. */
int cmd_work_open_whole(struct cmd_ctx *c, struct cmd_work *w);
/** The same, to follow what was judged elsewhere: no strategy need be known here. `changed`: &w->changed, or NULL: no file may be */
int cmd_work_open_any(struct cmd_ctx *c, struct cmd_work *w, slu_str *changed);
void cmd_work_close(struct cmd_work *w);
/** Branches here, and as branches those that only the remote (n == 0: none) has. */
slu_rc cmd_branches(struct cmd_ctx *c, struct flow_refs *out, struct app_git_facts *g, slu_str remote, slu_err *err);
/** Fetch, unless --no-fetch or there is no remote. */
int cmd_work_fetch(struct cmd_ctx *c, struct cmd_work *w);
/** A kind of branch by its key. STRAT_NONE after having said why, and *code is set. */
int cmd_work_kind(struct cmd_ctx *c, struct cmd_work *w, const char *word, int *code);
/** What no word says is told by the branch that is checked out: kept as this word, since who goes on may stand on another one by then. `told`: for the reader */
void cmd_work_meant(struct cmd_ctx *c, struct cmd_work *w, slu_str told, slu_str word);
/** The branch that a word means, or the one that is checked out. NULL: *code is set. */
const char *cmd_work_branch(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *word, int *code);
/** Plan the push of this branch, judged as the remote would judge it, and that it follows the remote's. `there`: where the remote has it; zero: nowhere */
slu_rc cmd_work_push(struct cmd_ctx *c, struct cmd_work *w, const char *branch, const slu_oid *there, const slu_oid *at, slu_err *err);
/** Have the remote, a sluice server, rename a branch: app_op_world.rename; ctx is the cmd_ctx. */
slu_rc cmd_rename_there(void *ctx, const struct flow_op_there *x, slu_err *err);
/** For tests: SLUICE_FAULT=WHERE ends the program there as a power cut would; WHERE@OWNER/REPO in that member of an ecosystem. */
void cmd_work_point(const char *where);
/** What a person solved rests on commits of this plan: remembered with it, to be the same when it is planned anew. */
void cmd_work_keep_made(struct cmd_ctx *c, const struct cmd_work *w, struct flow_op *op);
/** What stopped the plan: the rules that refuse, a conflict (which is laid out for a person to solve), or a sentence. @return the exit code */
int cmd_work_stopped(struct cmd_ctx *c, struct cmd_work *w, const slu_err *err);
/** Carry the plan out, or with --dry-run show it. `done`: said in the end. @return the exit code */
int cmd_work_carry_out(struct cmd_ctx *c, struct cmd_work *w, const char *done);
/** What an operation did: its steps, files that were kept aside. @return the exit code of printing it */
int cmd_work_told(struct cmd_ctx *c, struct cmd_work *w, const struct flow_op *op, const char *done);
#endif
