/* SPDX-License-Identifier: Apache-2.0 */
/** What is where, and what the strategy says of each branch: the map of a repository. */
#ifndef APP_MAP_H
#define APP_MAP_H
#include "app/app.h"

enum { APP_MAP_JUDGED = 200, APP_MAP_COMMITS = 5000 }; /* branches that are judged, and commits of one at most */

struct app_map_branch {
	slu_str name;             /* without refs/heads/ */
	slu_oid head;
	int kind;                 /* STRAT_NONE: of no kind */
	int64_t commit_s;         /* time of the last commit */
	slu_str subject;          /* its first line */
	const char *base;         /* branch that it is compared with; "" none */
	bool counted;             /* ahead and behind are known */
	uint64_t ahead, behind;
	bool judged;              /* verdict is set: would this branch be let in as it is? */
	bool passed_over;         /* it could have been: there are too many, or it has too many commits */
	struct pol_verdict verdict;
	const char *says;         /* one sentence: what it is, where it may go, what that takes */
};
struct app_map {
	const struct app_map_branch *branch; /* production first, then integration, release, hotfix, support, work, throwaway, of no kind; by name */
	size_t branch_n;
	size_t kindless;          /* of no kind */
	const char *trouble;      /* NULL; else that another strategy is in force than its files say now, and why: sentences */
};
slu_rc app_map(struct app_map *out, struct app_unit *u, struct app_repo *r, slu_err *err);
#endif
