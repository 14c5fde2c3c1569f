/* SPDX-License-Identifier: Apache-2.0 */
/** What the files about changes share. */
#ifndef APP_CHANGES_IMPL_H
#define APP_CHANGES_IMPL_H
#include "app/changes.h"
#include "app/push.h"

/** "refs/heads/BRANCH" in u->a. */
slu_str app_branch_ref(struct app_unit *u, slu_str branch);
/** Valid UTF-8 of at most `max` bytes without NUL. */
slu_rc app_text_check(slu_str text, const char *what, size_t max, slu_err *err);
/** Load a change that its author, or others of this level, may act on. */
slu_rc app_change_own(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, enum strat_level others, slu_err *err);
/** Add the row and its event; within a transaction. SLU_E_EXISTS: the same is open already. */
slu_rc app_change_insert(struct app_unit *u, struct app_repo *r, struct port_change *c, slu_err *err);

/* ---- a merge being made ------------------------------------------------------------------------------------------------------ */

struct app_merging {
	struct app_unit *u;
	struct app_repo *r;
	const struct app_merge_ask *ask;
	struct port_change change;
	slu_oid source, target;       /* heads; source: with the release's commit, when there is one */
	slu_oid source_was;           /* zero: no commit was added to the source */
	enum strat_method method;
	slu_str rested;               /* what the verdict rests on … */
	int64_t at_s;                 /* … and since when */
	struct app_merge_result *out;
	size_t fixed;                 /* that many of `update` come from a client and stay as they are */
	SLU_LIST(struct port_git_update) update;
	SLU_LIST(struct app_push_ref) ref;      /* as update */
	SLU_LIST(struct port_change) left;      /* changes to be opened in the same transaction, for what a person must do or see first */
};
/**
 * Judge the merge of a change and, where it is allowed, compute all of it; else m->out->verdict says why. u, r, ask and out are set; the caller holds the
 * repository's lock.
 */
slu_rc app_merge_compute(struct app_merging *m, uint64_t number, slu_err *err);
/** What app_land writes down of it (`record`, of an app_merging), and after it has landed. */
slu_rc app_merge_record(void *merging, struct app_unit *u, struct app_repo *r, slu_err *err);
void app_merge_landed(struct app_merging *m);
/** The commit that the target gets, by the method. SLU_E_CONFLICT names the files. */
slu_rc app_merge_make(slu_oid *out, struct app_merging *m, slu_err *err);
/**
 * A merge that is tagged as a release brings the version in its files and the changelog: a commit of the server on the source, which follows from the
 * act as the tag does. Sets m->source and m->source_was; nothing when there is no such tag or all of it is written already.
 */
slu_rc app_merge_release(struct app_merging *m, slu_err *err);
/** The version that this merge is tagged with, as a release; n == 0: with none. */
slu_str app_merge_version(const struct app_merging *m);
/** What is said of a tag that a merge makes: a release by its class, with the changelog's section (n == 0: there is none); NULL: its class is no release. */
slu_rc app_merge_notes(struct port_release **out, slu_str *section, struct app_merging *m, slu_str tag, const slu_oid *merged, slu_err *err);
/** What follows: tag, also-into, back-merge, deletion; adds to m->update. */
slu_rc app_merge_follow(struct app_merging *m, const slu_oid *merged, slu_err *err);
/** Facts as they are once what is listed in m->update has moved. */
slu_rc app_facts_standing(struct pol_facts *out, struct app_merging *m, slu_err *err);
/** "a.c, b.c and 3 more" */
const char *app_conflict_text(slu_arena *a, const struct port_git_conflict *c, size_t n);
#endif
