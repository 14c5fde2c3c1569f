/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An operation in a clone: everything that it moves, with the value before and after. It is stored before its first step, so that whoever
 * finds it half-done can go on or go back, and so that a finished one can be taken back. Pure: the shape, its steps, its words.
 *
 * Steps, in this order, each only when there is something for it:
 *   push       the remote moves, all or nothing (what cannot be pushed has not moved anything here)
 *   refs       all refs that come to be or move, in one transaction
 *   tree, head for each work tree concerned: files and index, then HEAD
 *   settings   of branches
 *   deletions  refs that go, in one transaction: last, when no HEAD names them any more
 * Going back takes the same steps in the other order. Source: adr/0025.
 */
#ifndef FLOW_OP_H
#define FLOW_OP_H
#include "base/json.h"
#include "base/oid.h"

enum flow_op_state {
	FLOW_OP_RUNNING, /* under way: continue, or abort */
	FLOW_OP_SOLVING, /* nothing has moved; a person solves a conflict first */
	FLOW_OP_DONE,
	FLOW_OP_ABORTED,
	FLOW_OP_UNDONE
};
struct flow_op_ref { slu_str name; slu_oid old, new_; }; /* full name; zero: not there */
struct flow_op_tree {
	slu_str path, git_dir;
	slu_oid from, to;           /* commits whose files stand in it */
	slu_str head_old, head_new; /* a ref, or a commit's id */
};
struct flow_op_setting { slu_str key, old, new_; bool had, has; };
struct flow_op_solved { slu_oid ours, theirs, tree; slu_str dir; }; /* tree zero: not yet */
struct flow_op {
	uint64_t id;
	slu_str command;            /* "feature finish login": as a person would type it, without the program's name */
	slu_str by, digest;         /* who; of the strategy that allowed it */
	int64_t begun_s, ended_s;
	enum flow_op_state state;
	bool back;                  /* it is on its way back */
	bool undo;                  /* … after it had been done: aborting that means to do it again */
	unsigned step;              /* how many steps are done (forwards), or left to take back */
	slu_str remote;             /* that `push` goes to */
	SLU_LIST(slu_str) says;     /* what it does, in the words of the plan */
	SLU_LIST(slu_str) arg;      /* the command's words, to plan it anew */
	SLU_LIST(struct flow_op_ref) push, ref;
	SLU_LIST(struct flow_op_tree) tree;
	SLU_LIST(struct flow_op_setting) setting;
	SLU_LIST(struct flow_op_solved) solved;
};

enum flow_op_part { FLOW_OP_PUSH, FLOW_OP_REFS, FLOW_OP_TREE, FLOW_OP_HEAD, FLOW_OP_SETTINGS, FLOW_OP_DELETIONS };
struct flow_op_step { enum flow_op_part part; size_t i; /* of TREE and HEAD: which work tree */ };
/** The n-th step. @return false: there are no more */
bool flow_op_step(struct flow_op_step *out, const struct flow_op *op, unsigned n);
/** In a few words: "push", "move the refs", "the files of /home/ann/app". In `a`. */
const char *flow_op_step_text(slu_arena *a, const struct flow_op *op, unsigned n);
const char *flow_op_state_word(enum flow_op_state s);
bool flow_op_state_of(enum flow_op_state *out, slu_str word);
/** All of it as a JSON object; app/op.h reads it. */
void flow_op_json(slu_json *j, const struct flow_op *op);
#endif
