/* SPDX-License-Identifier: Apache-2.0 */
/** Everything that one look at a change needs, gathered at once: for its page, its JSON, and the terminal. */
#ifndef APP_VIEW_H
#define APP_VIEW_H
#include "app/app.h"
#include "port/store_change.h"

enum { APP_VIEW_COMMITS = 100, APP_VIEW_DIFF_BYTES = 8 * 1024, APP_VIEW_DIFF_ALL = 4 * 1024 * 1024 };

struct app_change_view {
	struct port_change change;
	struct pol_verdict merge;            /* of the one who asks; meaningless unless the change is open */
	const struct port_review *review;    /* oldest first */
	size_t review_n;
	const struct port_comment *comment;
	size_t comment_n;
	const struct pol_commit *commit;     /* newest first, at most APP_VIEW_COMMITS */
	size_t commit_n;
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
