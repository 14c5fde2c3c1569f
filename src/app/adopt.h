/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From any repository to a strategy, as a plan: branches that are called otherwise today get their name, long-lived ones that are missing are made from their
 * base, here and on the remote. What stands as the strategy says is left alone, so that planning again after anything (a setting on the host, a colleague's
 * push) gives what is still to do. Requirement BR-5, adr/0028.
 */
#ifndef APP_ADOPT_H
#define APP_ADOPT_H
#include "app/plan.h"

struct app_adopt_name {
	slu_str old, now;
	bool here, there; /* where it is renamed; there: on the remote */
	bool known;       /* the remote has today's name, or will: what followed the old one follows it */
	bool both;        /* today's name is there already and has all of it: the old one only goes */
	uint64_t more;    /* … and so many commits besides, which whoever made it brought */
	bool stays;       /* the old name is left on the remote for the next time */
};
struct app_adopt {
	struct app_plan *p;
	bool push;              /* the remote, too */
	bool by_server;         /* a sluice server renames there itself, its default branch and its changes with it; where both names are there the old one stays until they have moved */
	slu_str default_branch; /* of the remote; n == 0: it tells none */
	/* what comes out, besides the plan */
	slu_str wanted;         /* what the remote's default branch has to become; n == 0: it is right */
	SLU_LIST(struct app_adopt_name) name;
	SLU_LIST(const char *) left; /* what is not done, and why: sentences */
	/* own */
	const struct port_clone_tree *tree;
	size_t tree_n;
	const struct port_git_ref *remote;
	size_t remote_n;
	bool *done; /* by kind */
};

/** `p` is open, `push` and `by_server` are set, all else zero. It ends the plan (app_plan_trees). */
slu_rc app_adopt_plan(struct app_adopt *u, slu_err *err);

/**
 * The way back: of the last adoption in the log that was not taken back, as an operation of its own that is carried out like any other. What was pushed is
 * pushed back, as long as everything stands where the adoption left it, so that no commit of anybody goes.
 * @param by_server  the remote is a sluice server: what its rules let nobody delete stays there, and is said
 * @return SLU_E_NOT_FOUND: nothing was adopted here; SLU_E_CONFLICT: others have gone on from it
 */
slu_rc app_adopt_back(struct app_plan *p, bool by_server, slu_err *err);
#endif
