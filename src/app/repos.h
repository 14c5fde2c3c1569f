/* SPDX-License-Identifier: Apache-2.0 */
/** Repositories of the server: made, imported, listed. */
#ifndef APP_REPOS_H
#define APP_REPOS_H
#include "app/app.h"

struct app_repo_new {
	slu_str owner, name, title;
	slu_str preset;        /* one of the two; neither: gitflow */
	slu_str strategy_text; /* text of a strategy file */
	slu_str import_from;   /* absolute path of a repository on the server's machine; "" an empty one. Only for the operator */
	slu_str default_branch; /* "" the strategy's (of an import: the one its HEAD names) */
	bool public_;
	strat_issues *issues;  /* filled with all that is wrong with the strategy; may be NULL */
};
/** By server administrators. SLU_E_STRATEGY: the first error of the text. */
slu_rc app_repo_create(struct port_repo *out, struct app_unit *u, const struct app_repo_new *n, slu_err *err);
/** Those that the one who asks may read, with the level held. */
struct app_repo_seen { struct port_repo row; enum strat_level level; };
slu_rc app_repo_list(const struct app_repo_seen **out, size_t *n, struct app_unit *u, slu_err *err);
/**
 * Another branch is the default one: of the kind that the strategy itself has for it, with the strategy file that is in force, so that no rule changes by it.
 * By administrators of the repository.
 * @return SLU_E_NOT_FOUND: there is no such branch; SLU_E_CONFLICT: another strategy would be in force
 */
slu_rc app_repo_default(struct app_unit *u, struct app_repo *r, slu_str branch, slu_err *err);
/**
 * A branch gets the name that the strategy has for it (`was`), or the one that it had back, in one act with the default branch and the open changes into it and from
 * it, which keep their number, reviews and verdicts: their commits are the same. Two names that Git cannot have together go by one between, sluice/adopting/KIND, in two
 * acts; cut off there, the same call goes on. By whom the branch may be created; of the default branch by administrators.
 * @return SLU_E_CONFLICT: the strategy does not call them one branch, it is not at `at`, or the other name is there
 */
struct app_rename {
	slu_str from, to; /* branches */
	slu_oid at;       /* where it is */
};
struct app_renamed {
	bool moved, default_branch;  /* false: it had that name already */
	SLU_LIST(uint64_t) change;   /* that go with it */
};
slu_rc app_branch_rename(struct app_renamed *out, struct app_unit *u, struct app_repo *r, const struct app_rename *ask, slu_err *err);
/** Remember the strategy file at the head of the default branch as the last good one; within a transaction. Nothing when it is the one already. */
slu_rc app_strategy_remember(struct app_unit *u, struct app_repo *r, const strat *s, const slu_oid *commit, slu_str text, slu_err *err);
#endif
