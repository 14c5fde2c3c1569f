/* SPDX-License-Identifier: Apache-2.0 */
/** Bringing one branch into another without moving anything: what the server's merges and those in a clone have in common. */
#ifndef APP_JOIN_H
#define APP_JOIN_H
#include "port/git.h"

/** One commit of a rebase. */
struct app_join_pick {
	const struct pol_commit *commit;
	slu_oid on;     /* what it is put on top of */
	size_t nth, of; /* which of the branch's it is, from 1 */
	bool solved;    /* set by `tree`: a person said what comes of it */
	bool empty;     /* … which is nothing: it is left out */
};

struct app_join {
	slu_arena *a;
	port_git *git;
	slu_oid target, source;
	slu_str target_name, source_name;
	/** The tree of merging the two, or why there is none (SLU_E_CONFLICT). `pick`: merging them puts this commit on top; NULL: it is a merge. */
	slu_rc (*tree)(void *ctx, const slu_oid *ours, const slu_oid *theirs, struct app_join_pick *pick, slu_oid *tree, slu_err *err);
	/** `author` NULL: whoever acts. */
	slu_rc (*commit)(void *ctx, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, slu_str message, slu_oid *out, slu_err *err);
	void *ctx;
};
/** The source itself, when the target has nothing that it does not have; else SLU_E_CONFLICT. */
slu_rc app_join_forward(slu_oid *out, const struct app_join *j, slu_err *err);
/** The source's commits one by one on the target, their authors kept; merges are left out. SLU_E_CONFLICT also when that does not come to the files of a merge. */
slu_rc app_join_rebase(slu_oid *out, const struct app_join *j, slu_err *err);
/** SLU_E_CONFLICT: the source has merges that change files themselves, and a rebase, which leaves merges out, would lose that. */
slu_rc app_join_plain_merges(const struct app_join *j, slu_err *err);
#endif
