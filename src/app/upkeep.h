/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Upkeep of a clone as a plan: branches that are merged go, idle ones become tags, old tags go. Nothing goes whose commits are not in a branch where
 * the strategy takes them, or in the tag that it becomes; what is checked out stays, and so does what a rule refuses. Requirement RC-2.
 */
#ifndef APP_UPKEEP_H
#define APP_UPKEEP_H
#include "app/plan.h"
#include "app/reach.h"

enum {
	APP_UPKEEP_PUSHED = 90,   /* refs of the remote that go or come at once */
	APP_UPKEEP_PLAN_DAYS = 30 /* how long a plan that nobody lands may wait for its checks */
};

struct app_upkeep_branch {
	slu_str name;
	int kind;
	slu_oid here, there; /* zero: not there */
	bool goes;
};
struct app_upkeep {
	struct app_plan *p;
	bool push;                   /* the remote's branches and tags, too */
	SLU_LIST(const char *) left; /* what stays although its time has come: sentences */
	size_t later;                /* what waits for the next time, because a push takes no more */
	/* own */
	SLU_LIST(struct app_upkeep_branch) branch;
	struct app_reach reach;
	const struct port_clone_tree *tree;
	size_t tree_n;
	const struct port_git_ref *remote;
	size_t remote_n;
};

/** `p` is open, `push` is set, all else zero. With `push` the remote is asked what it has. */
slu_rc app_upkeep_open(struct app_upkeep *u, slu_err *err);
/** Merged branches of kinds with after-merge: delete. By the graph: one without commits of its own stays. Their twins go with them. */
slu_rc app_upkeep_branches(struct app_upkeep *u, slu_err *err);
/** Branches that have not moved for the time that their kind's `archive` names. */
slu_rc app_upkeep_archive(struct app_upkeep *u, slu_err *err);
/** Tags of classes with `keep`, but the newest so many, the newest of each line of versions, and those that environments are deployed from. */
slu_rc app_upkeep_tags(struct app_upkeep *u, slu_err *err);
/** Plans that wait for checks, adr/0029, and what was said of them, when their commits are that old: on the remote, with `push`. Their commits have been fetched. */
void app_upkeep_plans(struct app_upkeep *u);
/** The end of the plan. */
slu_rc app_upkeep_end(struct app_upkeep *u, slu_err *err);
#endif
