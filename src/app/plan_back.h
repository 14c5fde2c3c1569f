/* SPDX-License-Identifier: Apache-2.0 */
/** What is to be taken back from a branch: the merges of a phase, some that were named, or all since a tag. */
#ifndef APP_PLAN_BACK_H
#define APP_PLAN_BACK_H
#include "app/plan_revert.h"

struct app_back {
	slu_str on;                     /* branch */
	slu_oid tip;                    /* of it */
	struct app_told told;           /* of its history */
	bool *phase;                    /* by index: its merges go */
	SLU_LIST(struct app_take) take; /* in the order in which they are taken back: the newest first */
};
/** Read the branch's history, and what this clone remembers of what it landed there. */
slu_rc app_back_look(struct app_back *b, struct app_plan *p, slu_str on, slu_err *err);
/** What is recorded elsewhere of a landing there; what is not in its history counts for nothing. */
slu_rc app_back_landed(struct app_back *b, struct app_plan *p, const struct app_told_landed *l, slu_err *err);
/**
 * The merges of a phase that still hold there, and no others.
 * @param later  what comes after it, or was begun with it and changes the same files, goes first; else it is refused
 * @return SLU_E_NOT_FOUND, SLU_E_EXISTS (it has been taken back), SLU_E_CONFLICT (others build on it)
 */
slu_rc app_back_phase(struct app_back *b, struct app_plan *p, int phase, bool later, slu_err *err);
/** One more: a commit of the branch's history. */
slu_rc app_back_commit(struct app_back *b, struct app_plan *p, slu_str rev, slu_err *err);
/** What took merges of this phase back there: taking that back brings them again. */
slu_rc app_back_again(struct app_back *b, struct app_plan *p, int phase, slu_err *err);
/** One commit on *at with the files of the tag, which the branch has in its history. */
slu_rc app_back_to_tag(slu_oid *at, const struct app_back *b, struct app_plan *p, slu_str tag, slu_str message, slu_err *err);
/** One commit on *at that writes this file; the text is *at's own when nothing differs, and then there is none. */
slu_rc app_back_write(slu_oid *at, struct app_plan *p, slu_str path, slu_str text, slu_str message, slu_err *err);
#endif
