/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Operations in a clone: stored, carried out step by step, taken up again after a kill, taken back. What they move stands in flow/op.h.
 *
 * Nothing has moved until app_op_begin has stored the operation and every work tree has proved that it can follow. From then on any
 * interruption leaves something that app_op_continue brings to its end and app_op_abort back to where it began. Source: adr/0025.
 */
#ifndef APP_OP_H
#define APP_OP_H
#include "flow/op.h"
#include "port/clone.h"

enum { APP_OPS_KEPT = 200 }; /* ended operations that are remembered */

struct app_op_world {
	slu_arena *a;
	port_git *git;
	port_clone *clone;
	int64_t now_s;
	void (*point)(void *ctx, const char *where); /* "refs:before", "refs:after" …, in the end "end:after"; NULL: nobody is told */
	void *ctx;
	slu_rc (*rename)(void *ctx, const struct flow_op_there *x, slu_err *err); /* have the remote, a sluice server, rename a branch; NULL: it cannot be asked */
	void *rename_ctx;
	SLU_LIST(struct port_clone_kept) kept; /* told to the user: files that were kept aside */
};

/** The one under way. *found false: there is none. SLU_E_CORRUPT: what is stored cannot be read. */
slu_rc app_op_load(struct flow_op *out, bool *found, slu_arena *a, port_clone *c, slu_err *err);
/** Ended ones, the newest last; of one that was undone its last state. */
slu_rc app_op_log(const struct flow_op **out, size_t *n, slu_arena *a, port_clone *c, slu_err *err);

/**
 * Store and carry out. op->id is given here unless it has one. The clone must be locked (clone->ops->lock).
 * @return SLU_E_CONFLICT, SLU_E_BUSY …: before anything moved it is forgotten again; after that it stays, and the sentence says how to go on
 */
slu_rc app_op_begin(struct flow_op *op, struct app_op_world *w, slu_err *err);
/** A conflict of this plan waits for a person: store it and lay out the work tree for the last of op->solved. */
slu_rc app_op_wait(struct flow_op *op, struct app_op_world *w, slu_err *err);
/** What the person made of it, into op->solved. SLU_E_CONFLICT names the files that are open. A work tree that is not there, or only in part, is laid out anew. */
slu_rc app_op_solved(struct flow_op *op, struct app_op_world *w, slu_err *err);
/** The files that are still in conflict there. */
slu_rc app_op_open(const slu_str **path, size_t *n, slu_arena *a, const struct flow_op_solved *s, port_clone *c, slu_err *err);
/** Bring one that is running to its end. */
slu_rc app_op_continue(struct flow_op *op, struct app_op_world *w, slu_err *err);
/** Every ref, tag, file and setting as before. SLU_E_CONFLICT: it was pushed, or others have moved on from it. */
slu_rc app_op_abort(struct flow_op *op, struct app_op_world *w, slu_err *err);
/** Take a finished one back. The same codes. */
slu_rc app_op_undo(struct flow_op *op, struct app_op_world *w, slu_err *err);

struct app_op_aside_moved { slu_str branch; slu_oid old, now; slu_str by; }; /* by: the command */
/** Of one that cannot be read: where it is kept, and what hangs on it, which stays as it is. */
struct app_op_aside {
	const char *kept;
	SLU_LIST(struct app_op_aside_moved) moved; /* branches that were moved last by a command which has not ended */
	SLU_LIST(struct port_git_ref) ref;         /* what refs held for it, under new names */
	SLU_LIST(slu_str) tree;                    /* work trees in which a conflict was to be solved */
};
/** It makes room for the next one. `by`: who says so. With `dry` it is only looked at. */
slu_rc app_op_set_aside(struct app_op_aside *out, bool dry, slu_str by, struct app_op_world *w, slu_err *err);

/*
 * One part of an operation over several clones (app/ecosystem.h): the same in pieces, each of which can be repeated. `again`: an earlier try may
 * have been cut off anywhere.
 */
slu_rc app_op_keep(const struct flow_op *op, struct app_op_world *w, slu_err *err); /* stored as it is */
slu_rc app_op_number(struct flow_op *op, struct app_op_world *w, slu_err *err); /* give it its id, unless it has one */
slu_rc app_op_prepare(struct flow_op *op, struct app_op_world *w, slu_err *err); /* stored; nothing has moved */
/** Could all of it be done now? Refs here and on the remote stand where they should, files can follow. */
slu_rc app_op_prove(const struct flow_op *op, struct app_op_world *w, slu_err *err);
/** What will be pushed waits on the remote, below refs/sluice/plan or, where that is not taken, on branches: it is reached, takes our objects, and lets us write. */
slu_rc app_op_push_waiting(struct flow_op *op, struct app_op_world *w, slu_str name, slu_err *err);
slu_rc app_op_drop_waiting(const struct flow_op *op, struct app_op_world *w, slu_err *err);
slu_rc app_op_send(struct flow_op *op, struct app_op_world *w, bool again, slu_err *err); /* the remote's step */
slu_rc app_op_sent(struct flow_op *op, struct app_op_world *w, slu_err *err); /* it is known that the remote has got it */
slu_rc app_op_rest(struct flow_op *op, struct app_op_world *w, bool again, slu_err *err); /* all other steps */
slu_rc app_op_close(struct flow_op *op, struct app_op_world *w, enum flow_op_state state, slu_err *err); /* it has ended so */
/** Has the remote got it? *built_on: others have moved on from there. */
slu_rc app_op_was_sent(bool *sent, bool *built_on, const struct flow_op *op, struct app_op_world *w, slu_err *err);
slu_rc app_op_recall(struct flow_op *op, struct app_op_world *w, slu_err *err); /* the remote back to where it was, while nobody has moved on */
slu_rc app_op_return(struct flow_op *op, struct app_op_world *w, slu_err *err); /* all other steps back */
/** A finished part will be taken back: could it? Nothing is changed. */
slu_rc app_op_may_undo(const struct flow_op *op, struct app_op_world *w, slu_err *err);
slu_rc app_op_turn(struct flow_op *op, struct app_op_world *w, bool undo, slu_err *err); /* from here on it goes back; a finished one too */
slu_rc app_op_discard(struct flow_op *op, struct app_op_world *w, slu_err *err); /* it never began: forgotten, with what was laid out for it */
#endif
