/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One operation over several clones: a home that leads, and members that each carry out a part. All, or none.
 *
 *   prepared  each part is stored in its clone; every ref, file and remote is proved, and what will be pushed waits on its remote
 *   running   written down in the home: the decision. From here on it goes on, or it is turned back
 *   done
 *
 * Remotes go first, one after the other in the members' order; then sluice servers, which take nothing back; then all that is local. A part that was cut off is found in its clone by the home's
 * path and the operation's number there: under way, or in the log of what has ended. Source: adr/0032.
 */
#ifndef APP_ECOSYSTEM_H
#define APP_ECOSYSTEM_H
#include "app/op.h"

struct app_eco_part {
	slu_str repo;           /* "acme/app", for sentences */
	struct flow_op *op;
	struct app_op_world *w;
	bool is_home;           /* op and w are the home's own */
	bool none;              /* nothing of this operation is known there */
	bool ended;             /* op is of the log */
	bool served;            /* a sluice server does its part: nothing of it is done in its clone */
};
/** What is done of those that are served. Each can be repeated. */
enum app_eco_there {
	APP_ECO_ASK,  /* could it be done now? */
	APP_ECO_DO,   /* all of it */
	APP_ECO_KEEP, /* the others do not come: what is there stays, by itself */
	APP_ECO_BACK  /* take it back */
};
struct app_eco {
	slu_arena *a;
	struct flow_op *op;     /* of the home; its `member` names the parts */
	struct app_op_world *w;
	slu_str where;          /* the home's path */
	struct app_eco_part *part; /* in the order of deployment */
	size_t n;
	slu_rc (*there)(void *ctx, enum app_eco_there what, slu_err *err); /* NULL: none is served */
	void *there_ctx;
	bool moved_there;       /* set by it: a server has got something */
	bool refused_there;     /* it said no, and nothing has moved by that */
	bool returns;           /* what a server has done can be taken back */
	SLU_LIST(const char *) left; /* told in the end: what could not be cleared away, sentences */
};

/** What an operation of the home with this number has in a member's clone, into part->op and the flags. SLU_E_CONFLICT: something else is under way there. */
slu_rc app_eco_find(struct app_eco_part *part, const struct app_eco *e, slu_err *err);
/** All parts are planned: store, prove, decide, carry out. What fails before anything has moved is forgotten everywhere, but for what people solved. `name` of what waits on the remotes. */
slu_rc app_eco_begin(struct app_eco *e, slu_str name, slu_err *err);
/** The same up to the decision: it stays prepared, and what would land waits on the remotes. */
slu_rc app_eco_park(struct app_eco *e, slu_str name, slu_err *err);
/** Of one that is decided: to its end, forwards or back. */
slu_rc app_eco_continue(struct app_eco *e, slu_err *err);
/** Turn it back. Whether the remotes of those that have moved may go back was asked before. SLU_E_CONFLICT: somebody has built on it. */
slu_rc app_eco_abort(struct app_eco *e, slu_err *err);
/** Give up what has not been pushed: parts whose remote has theirs are brought to their end, the others go back. The way out when neither all nor none can be had. */
slu_rc app_eco_settle(struct app_eco *e, slu_err *err);
/** Take a finished one back, unless it was pushed. */
slu_rc app_eco_undo(struct app_eco *e, slu_err *err);
/** Of one that was not decided, before it is planned anew: nothing waits on the remotes any more. What is stored stays until it is replaced. */
void app_eco_clear(struct app_eco *e);
/** It was not decided: forget it everywhere. `log`: it is remembered as given up. */
slu_rc app_eco_forget(struct app_eco *e, bool log, slu_err *err);
#endif
