/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Making the plan of an operation in a clone: every act is asked of decide() with what the plan has moved so far, every merge is computed,
 * nothing moves. What comes out is a struct flow_op that app/op.h carries out.
 */
#ifndef APP_PLAN_H
#define APP_PLAN_H
#include "app/join.h"
#include "app/offline_facts.h"
#include "flow/op.h"
#include "port/clone.h"
#include "port/git_here.h"

/** A check that a branch wants on what it gets, and only who tests it can tell. */
struct app_plan_want {
	slu_str branch, check;
	slu_oid on;   /* what the branch gets; set at the end of the plan, as `passed`, unless it begins with this */
	bool begins;
	bool passed;
};

struct app_plan_rename { slu_str from, to; }; /* full names */
struct app_plan {
	slu_arena *a;
	port_git *git;
	port_clone *clone;
	const struct port_git_here *here;
	const strat *s;
	struct app_offline *off;      /* facts of it are `facts`; it looks at the branches of the clone itself */
	struct pol_facts *facts;
	int64_t now_s;
	slu_str remote;               /* n == 0: none is concerned */
	struct flow_op *op;           /* what is being made; its `solved` is what a person has solved already */
	SLU_LIST(struct port_git_update) moved;
	SLU_LIST(struct app_plan_rename) renamed; /* HEADs that stand on `from` go to `to` */
	SLU_LIST(slu_oid) made, before; /* commits of this plan; of an earlier try, taken again where they would be the same */
	SLU_LIST(struct app_plan_want) want;
	slu_str released;             /* version that the merge of this plan is tagged with; n == 0: none */
	/* on failure */
	struct pol_verdict refused;   /* SLU_E_DENIED, SLU_E_WAIT: by these rules */
	bool has_conflict;            /* SLU_E_CONFLICT: of this merge, which a person can solve */
	slu_oid ours, theirs;
	slu_str pick;                 /* it is no merge: the commit `theirs` is put on top of `ours`, and is told so; n == 0: it is one */
	SLU_LIST(slu_str) conflict;
	SLU_LIST(const char *) owed;  /* what could not be merged and is left on a branch: sentences */
};

/** Where a ref stands in the plan. zero: not there */
slu_rc app_plan_at(slu_oid *out, struct app_plan *p, slu_str ref, slu_err *err);
/** It comes to be, moves, or (zero) goes. */
slu_rc app_plan_move(struct app_plan *p, slu_str ref, const slu_oid *to, slu_err *err);
void app_plan_says(struct app_plan *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Ask. What only a server knows is left out, as for a plain bare repository. SLU_E_DENIED, SLU_E_WAIT: p->refused. */
slu_rc app_plan_ask(struct pol_verdict *out, struct app_plan *p, const struct pol_action *act, slu_err *err);
/** Bring the branch `source` into the branch `target` by its method, and all that the strategy lets follow. */
struct app_plan_merge {
	slu_str source, target;  /* names of branches */
	slu_str message;         /* n == 0: as usual */
	slu_str version;         /* of the tag that follows; n == 0: as the strategy says */
	slu_str phase;           /* that is meant; n == 0: the one of the branch, if any */
	bool keep;               /* the source is not deleted */
};
slu_rc app_plan_merge(struct app_plan *p, const struct app_plan_merge *m, slu_err *err);
/** The refusal of one without commits of its own. */
slu_rc app_plan_nothing(slu_str source, slu_str target, slu_err *err);
/** The commit that brings the branch `source` up to date in the branch `target`: a merge, the source itself, or target's own commits on top of the source. */
enum app_plan_way { APP_PLAN_MERGE, APP_PLAN_FORWARD, APP_PLAN_REBASE };
slu_rc app_plan_bring(slu_oid *out, struct app_plan *p, slu_str source, slu_str target, enum app_plan_way way, slu_err *err);
/** The tree of merging two commits, by what a person solved where it conflicts. SLU_E_CONFLICT: p->conflict */
slu_rc app_plan_tree(slu_oid *tree, struct app_plan *p, const slu_oid *ours, const slu_oid *theirs, slu_err *err);
/** The last two: what the work trees do (`here` is switched to that branch; n == 0: it stays), then what the remote gets. */
slu_rc app_plan_trees(struct app_plan *p, slu_str here, slu_err *err);
slu_rc app_plan_push(struct app_plan *p, slu_err *err);

/** Before anything is planned: is Git itself at work, HEAD detached, are files changed? SLU_E_CONFLICT says what helps. `changed`: of a plan that leaves files alone: one that is changed; NULL: they must not be */
slu_rc app_plan_ready(struct app_plan *p, slu_str *changed, slu_err *err);
/** What gives up there what Git has under way: "git -C ../b rebase --abort". In p->a. */
const char *app_plan_give_up(struct app_plan *p, const struct port_clone_tree *t, const char *busy);
/** A branch that the plan builds on is where its remote has it, or ahead: SLU_E_CONFLICT when it is behind, or both have moved on. */
slu_rc app_plan_current(struct app_plan *p, slu_str branch, slu_err *err);
/** A branch that only the remote has so far is made here, as `git switch` does. */
slu_rc app_plan_have(bool *there, struct app_plan *p, slu_str branch, slu_err *err);
#endif
