/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An operation in a clone: everything that it moves, with the value before and after. It is stored before its first step, so that whoever
 * finds it half-done can go on or go back, and so that a finished one can be taken back. Pure: the shape, its steps, its words.
 *
 * Steps, in this order, each only when there is something for it:
 *   keep       refs/sluice/moving/… hold what is named by nothing while a name gives place to another (below)
 *   there      the remote, a sluice server, renames branches
 *   room       the remote deletes what stands in the way of a new name there
 *   push       the remote moves, all or nothing (what cannot be pushed has not moved anything here)
 *   refs       all refs that come to be or move, in one transaction
 *   tree, head for each work tree concerned: files and index, then HEAD
 *   settings   of branches, and what refs/remotes/…/HEAD names
 *   logs       of renamed branches are put by, before they go with the old name
 *   deletions  refs that go, in one transaction: when no HEAD names them any more
 *   late       refs that come in the place of one that went, in one transaction
 *   land       for each work tree that goes to such a ref: HEAD, which was detached until then
 *   logs on    each before what the new name has logged since
 *   let go     what `keep` held
 * Going back takes the same steps in the other order. Source: adr/0025, adr/0028.
 *
 * Two names of which one is a folder of the other (release, release/v1) can never stand together, not even within a transaction. Where one goes and the
 * other comes, both are marked `clash`: it takes two transactions, and on the remote two pushes, with a moment between where neither is there.
 */
#ifndef FLOW_OP_H
#define FLOW_OP_H
#include "base/json.h"
#include "base/oid.h"

enum flow_op_state {
	FLOW_OP_RUNNING, /* under way: continue, or abort */
	FLOW_OP_SOLVING, /* nothing has moved; a person solves a conflict first */
	FLOW_OP_PREPARED, /* of several clones: nothing has moved anywhere, and it is not decided yet */
	FLOW_OP_DONE,
	FLOW_OP_ABORTED,
	FLOW_OP_UNDONE
};
struct flow_op_ref { slu_str name; slu_oid old, new_; bool clash; }; /* full name; zero: not there */
struct flow_op_tree {
	slu_str path, git_dir;
	slu_oid from, to;           /* commits whose files stand in it */
	slu_str head_old, head_new; /* a ref, or a commit's id */
};
struct flow_op_setting { slu_str key, old, new_; bool had, has; };
struct flow_op_rename { slu_str from, to; }; /* a branch's own log of where it stood goes with its name */
struct flow_op_there { slu_str from, to; slu_oid at; }; /* a branch that a sluice server renames, with all that goes by its name there; without refs/heads/ */
struct flow_op_link { slu_str name, old, new_; }; /* a symbolic ref, and what it names; n == 0: it is not there */
struct flow_op_solved { /* what conflicts, and what a person made of it */
	slu_oid ours, theirs, tree; /* tree zero: nothing yet */
	slu_str dir;                /* a work tree for it */
	slu_str pick;               /* `theirs` is put on top of `ours`: "commit 3 of 7, 1234567890 \"fix: it\""; n == 0: the two are merged */
	bool laid;                  /* the work tree is as it should be: it was laid out to its end */
};
struct flow_op_landed { slu_str source, into; slu_oid before, id; }; /* branches; what the second got is from `before` (not it) to `id` */
struct flow_op_member {
	slu_str repo, path; /* "acme/app", and where its clone is */
	slu_str server;     /* the address of the sluice server that does its part; n == 0: it is done in the clone */
	uint64_t change;    /* … by this change; 0: by none, or it is not known yet */
	slu_oid head;       /* … and what was looked at when it was prepared; zero: nothing yet */
};
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
	SLU_LIST(struct flow_op_link) link;
	SLU_LIST(struct flow_op_rename) rename;
	SLU_LIST(struct flow_op_there) there;
	SLU_LIST(struct flow_op_solved) solved;
	SLU_LIST(struct flow_op_landed) landed; /* branches that it merged, squashed or rebased into others */
	/* of several clones, see app/ecosystem.h */
	SLU_LIST(struct flow_op_member) member; /* in the home: all of them, in the order of deployment */
	slu_str home;               /* in a member: where the home is; n == 0: it is no member's part */
	uint64_t home_id;           /* … and the operation's number there */
	SLU_LIST(slu_oid) made;     /* while it waits: commits of the plan, in the home of all plans, taken again where they would be the same */
	slu_str version, words;     /* in the home: of the release, and of the message of tags that all get */
	SLU_LIST(slu_str) tag, check; /* … their classes, and checks that are wanted of each; by their keys */
	bool keep;                  /* in the home: what was pushed stays, all other parts go back */
	slu_str at;                 /* while a conflict is solved: the work tree in which the command was typed */
	bool untested;              /* of a part that was planned anew: what it pushes still wants checks */
	slu_str waiting;            /* what is pushed waits on the remote below this name; n == 0: nothing does */
};

enum flow_op_part {
	FLOW_OP_KEEP, FLOW_OP_THERE, FLOW_OP_ROOM, FLOW_OP_PUSH, FLOW_OP_REFS, FLOW_OP_TREE, FLOW_OP_HEAD, FLOW_OP_SETTINGS, FLOW_OP_LOGS, FLOW_OP_DELETIONS, FLOW_OP_LATE, FLOW_OP_LAND, FLOW_OP_LOGS_ON, FLOW_OP_LET_GO
};
struct flow_op_step { enum flow_op_part part; size_t i; /* of TREE, HEAD and LAND: which work tree */ };
/** The n-th step. @return false: there are no more */
bool flow_op_step(struct flow_op_step *out, const struct flow_op *op, unsigned n);
/** Is it refs/heads/NAME? */
bool flow_op_is_branch(slu_str ref, slu_str name);
/** Is one name a folder of the other? */
bool flow_op_clash(slu_str x, slu_str y);
/** Mark those that go or come where another one of them comes or goes. Once they are all there. */
void flow_op_mark(struct flow_op_ref *v, size_t n);
/** Is this one moved by that part (ROOM and PUSH: of op->push; REFS, DELETIONS and LATE: of op->ref)? */
bool flow_op_in(const struct flow_op_ref *r, enum flow_op_part part);
/** Does HEAD of this work tree go to a ref that comes late? Until then it is detached, at `to`. */
bool flow_op_lands(const struct flow_op *op, size_t tree);
/** Where op->step stands to the push. */
enum flow_op_when { FLOW_OP_NEVER, FLOW_OP_BEFORE, FLOW_OP_NOW, FLOW_OP_AFTER };
enum flow_op_when flow_op_pushed(const struct flow_op *op);
/** What takes back an operation that was pushed, as a sentence. In `a`. */
const char *flow_op_way_back(slu_arena *a, const struct flow_op *op);
/** In a few words: "push", "move the refs", "the files of /home/ann/app". In `a`. */
const char *flow_op_step_text(slu_arena *a, const struct flow_op *op, unsigned n);
const char *flow_op_state_word(enum flow_op_state s);
/** As it waits for a person, or with what he solved: planned anew then, so nothing that it would move. */
struct flow_op flow_op_waiting(const struct flow_op *op);
/** Does it wait with a conflict that is solved? */
bool flow_op_is_solved(const struct flow_op *op);
bool flow_op_state_of(enum flow_op_state *out, slu_str word);
/** A part of an operation over several clones, its home's own included. */
bool flow_op_is_part(const struct flow_op *op);
/** The ref of the remote on which a commit or tag waits until it is decided; n == 0: this one does not wait. In `a`. */
slu_str flow_op_waiting_ref(slu_arena *a, const struct flow_op *op, const struct flow_op_ref *r);
/** All of it as a JSON object; app/op.h reads it. */
void flow_op_json(slu_json *j, const struct flow_op *op);
#endif
