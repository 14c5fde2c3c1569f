/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finishing a branch whose remote is a sluice server: pushed, opened as a change, merged there by its rules; then the clone follows.
 *
 * Each of these is whole by itself, and the next looks at what is there: whoever is cut off types the command again, or `sluice continue`.
 * Nothing is under way in the clone while a change waits for people.
 */
#ifndef CMD_LANDING_H
#define CMD_LANDING_H
#include "cmd/work.h"

struct json_t;

/** Does a branch land on a server here? By an option, or because the remote is one; --local says no. It is the one that is called from then on. */
bool cmd_lands_there(struct cmd_ctx *c, struct cmd_work *w);
/** All of it. `phase` is marked on the server when the change has landed; NULL: none is. @return the exit code: 8 while the change waits */
int cmd_land(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *source, const char *phase);
/** The branch that it goes into: the one that is named, else the only one of the kind that the strategy leads to. */
slu_rc cmd_finish_target(const char **out, struct cmd_ctx *c, struct cmd_work *w, int kind, slu_err *err);

/** Try, and with --wait again at growing distances until it no longer waits, --timeout has passed, or somebody presses Ctrl-C. `what`: "Change 12". */
typedef slu_rc landing_try(void *ctx, struct cli_answer *an, slu_err *err);
slu_rc cmd_keep_trying(struct cmd_ctx *c, landing_try *try_, void *ctx, struct cli_answer *an, const char *what, slu_err *err);
/** Bring this clone along after the server finished a release of its remote, and answered so. @return the exit code */
int cmd_follow(struct cmd_ctx *c, struct cmd_work *w, const struct json_t *answer);

/* ---- the parts, for landing*.c ------------------------------------------------------------------------------------------------- */

struct landing {
	struct cmd_ctx *c;
	struct cmd_work *w;
	int kind;
	slu_str command;               /* as it is told of: "feature finish feature/login" */
	const char *source, *target;   /* branches */
	slu_oid at, there, base;       /* the source here and on the remote, the target there; zero: not there */
	slu_oid head;                  /* what lands */
	int64_t change;                /* 0: none yet */
	bool merged;
	const struct json_t *answer;   /* of the merge; NULL: it was merged before */
	const char *phase;             /* gets its tag there; NULL: none does */
	bool release;                  /* it was finished as one: that is what was told already */
};
/** Where source and target are, here and on the remote, which was fetched. */
slu_rc landing_look(struct landing *l, slu_err *err);
/** The change that is open, or the one by which what is here is merged already. @return 0, or the exit code */
int landing_find(struct landing *l);
int landing_open(struct landing *l, slu_str title);
/** Merge it on the server, as soon as its rules allow. @return 0: it is merged */
int landing_merge(struct landing *l);
/** The tag of l->phase, on the merge. @return 0, or the exit code */
int landing_mark(struct landing *l);
/** Of a change that is merged: the commit that its source had then. */
int landing_head(struct landing *l);
/** With --dry-run: what its rules say now. @return the exit code */
int landing_ask(struct landing *l);
/** Fetch; the target and those that got it too go forward here, the source goes when it is gone there. @return the exit code */
int landing_follow(struct landing *l);
/** The command that goes on: "sluice feature finish login". */
const char *landing_again(const struct landing *l);
#endif
