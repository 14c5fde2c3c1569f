/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Facts in a clone, without a server: what Git knows, and who the caller says he is. Reviews, checks, changes and
 * deployments are not known here, and the rules that need them say so.
 *
 * Branches are seen as the remote has them: refs/heads/X is answered from refs/remotes/REMOTE/X. Tags are the clone's own.
 * Without a remote the clone's branches are taken as they are.
 */
#ifndef APP_OFFLINE_FACTS_H
#define APP_OFFLINE_FACTS_H
#include "app/git_facts.h"
#include "base/map.h"

struct app_offline {
	struct app_git_facts git; /* first; its `git` must be set */
	slu_str remote;           /* "origin"; "": none */
	slu_str hidden;           /* branch that is not there yet: without a remote, the one whose push is judged; "": none */
	slu_str person;           /* who acts; every other person is unknown here */
	enum strat_level level;
	const slu_str *role;      /* roles held besides those of the strategy file */
	size_t role_n;
	/* a merge that is asked about, as change 0: branches only */
	slu_str source, target;
	slu_str title;            /* of that change; n == 0: not known */
	bool again;               /* its work comes back into the target, which took it back */
	slu_oid source_head;      /* of the local branch, that would be pushed */
	const strat *merging;     /* branches count as open changes into where they may be merged, for a push that is their merge; NULL: they do not */
	slu_oid pushed;           /* that push's commit */
	slu_str merged_into;      /* where it goes; set here */
	bool solves;              /* conflicts are for a person to solve: a merge that has some is judged as if it had none */
	const struct pol_tag *planned; /* of a tag that is not made yet: what is asked of its commit is answered by this; NULL: none */
	/* of app/told.h: the merges that messages tell of; told_by NULL: nobody is asked */
	const strat *told_by;
	slu_arena *told_in;
	const struct pol_change *merged;
	size_t merged_n;
	slu_map *files;           /* while files of single commits are asked for: struct app_offline_files by commit; NULL: Git is asked */
};

struct app_offline_files {
	const struct pol_file *v;
	size_t n;
};
/** Find the files of each commit of a range in one go, for o->files. */
slu_rc app_offline_files_of(slu_map **out, slu_arena *a, struct app_offline *o, const slu_oid *tip, const slu_oid *not_, size_t not_n, slu_err *err);

/** Fill the whole table. `o` must live as long as the facts are used. */
void app_offline_facts(struct pol_facts *out, struct app_offline *o);
/** Where a branch is in the clone: "refs/remotes/origin/main", or refs/heads/main without a remote. In `a`. */
slu_str app_offline_ref(slu_arena *a, const struct app_offline *o, slu_str branch);
/**
 * The strategy in force, as a clone can tell: .sluice/strategy.yml on the default branch.
 * @param file    where it was found, for messages and verdicts; untouched when there is none
 * @param commit  of the default branch
 * @return SLU_OK, SLU_E_NOT_FOUND (no such file there), SLU_E_STRATEGY with every error in *issues
 */
slu_rc app_offline_strategy(const strat **out, strat_issues *issues, slu_arena *a, const struct app_offline *o, slu_str default_branch, slu_oid *commit, slu_err *err);
#endif
