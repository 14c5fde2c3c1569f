/* SPDX-License-Identifier: Apache-2.0 */
/** Changes as they are seen: lists and parts, and everything that one look at a change needs, gathered at once. Who opened the repository may see them. */
#ifndef APP_VIEW_H
#define APP_VIEW_H
#include "app/app.h"
#include "port/store_change.h"

slu_rc app_change_get(struct port_change *out, struct app_unit *u, const struct app_repo *r, uint64_t number, slu_err *err); /* SLU_E_NOT_FOUND */
slu_rc app_change_list(const struct port_change **out, size_t *n, struct port_page *page, struct app_unit *u, const struct app_repo *r, const struct port_change_filter *f, slu_err *err);
/** What a merge by the one who asks would be told. */
slu_rc app_change_judge(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err);
/** The same of each that is open; what judging them needs is found out once. */
slu_rc app_change_judge_all(const struct pol_verdict **out, struct app_unit *u, struct app_repo *r, const struct port_change *c, size_t n, slu_err *err);
slu_rc app_review_list(const struct port_review **out, size_t *n, struct app_unit *u, const struct port_change *c, slu_err *err); /* oldest first */
slu_rc app_review_get(struct port_review *out, struct app_unit *u, const struct port_change *c, int64_t id, slu_err *err); /* SLU_E_NOT_FOUND: also when it is of another change */
slu_rc app_comment_list(const struct port_comment **out, size_t *n, struct app_unit *u, const struct port_change *c, slu_err *err); /* oldest first */
/** @param of  the change that it stands on. SLU_E_NOT_FOUND: also when that is in another repository */
slu_rc app_comment_get(struct port_comment *out, struct port_change *of, struct app_unit *u, const struct app_repo *r, int64_t id, slu_err *err);

enum { APP_VIEW_COMMITS = 100, APP_VIEW_DIFF_BYTES = 8 * 1024, APP_VIEW_DIFF_ALL = 4 * 1024 * 1024 };

struct app_change_view {
	struct port_change change;
	struct pol_verdict merge;            /* open: of the one who asks; merged: by which it landed; closed: meaningless */
	slu_str merged_by_rules;             /* of a merged one: that verdict as its event has it, JSON; n == 0: it was too long for an event */
	const struct port_review *review;    /* oldest first */
	size_t review_n;
	const struct port_comment *comment;
	size_t comment_n;
	const struct pol_commit *commit;     /* newest first, at most APP_VIEW_COMMITS */
	const struct pol_verdict *commit_rules; /* of each: what the rules in force say of its message and its files */
	size_t commit_n;
	size_t commit_total;                 /* of all, SLU_MAX_PUSH_COMMITS when there are more */
	bool commits_cut;
	const struct port_git_diff_file *file;
	size_t file_n;
	const struct port_status *status;    /* newest of each context, on the head */
	size_t status_n;
	const struct port_check_run *run;    /* newest of each name, on the head */
	size_t run_n;
	slu_oid base;                        /* merge base with the target; zero: none, or the branches are gone */
};
/** @param diff_bytes  of patch text at most; files past it come with their counts only */
slu_rc app_change_view(struct app_change_view *out, struct app_unit *u, struct app_repo *r, uint64_t number, size_t diff_bytes, slu_err *err);
#endif
