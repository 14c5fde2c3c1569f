/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of `sluice check` and of the hooks: the refs of one push. */
#ifndef CMD_CHECK_UPDATES_H
#define CMD_CHECK_UPDATES_H
#include "cmd/check.h"

struct check_update {
	slu_str ref;
	slu_oid old, new_;
	bool assumed;   /* nobody pushes it: a merge that comes is judged as if its branch had come with it */
	int kind;
	unsigned turn;
	slu_oid brings; /* second parent of a merge; zero: it is none */
};
struct check_push {
	struct check *k;
	const char *where; /* before names in what is said: "plan 3: " */
	SLU_LIST(struct check_update) u;
	SLU_LIST(struct port_git_update) moved; /* branches that count as moved: of those that were judged, what was allowed */
};
/** Judge these as one push; those that count as moved have been judged before. @return 0, or the exit code when one cannot be judged */
int check_push_judge(struct check_push *p);

/**
 * Refs of our own in that push, below refs/sluice/: plans that wait for their checks, what was said of them, and boxes of releases. Source: adr/0033.
 * Judged after all else, which p->moved has.
 */
int check_own_refs(struct check_push *p, const struct check_update *u, size_t n);
#endif
