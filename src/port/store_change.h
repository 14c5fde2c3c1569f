/* SPDX-License-Identifier: Apache-2.0 */
/** Port to the store, second part: changes with their reviews and threads; statuses and check runs of commits. Rules as in port/store.h. */
#ifndef PORT_STORE_CHANGE_H
#define PORT_STORE_CHANGE_H
#include "policy/pol.h"
#include "port/store.h"

struct port_change {
	int64_t id, repo_id;
	uint64_t number;       /* per repository, from 1 */
	enum pol_change_state state;
	bool draft;
	slu_str title, body, author, source, target, last_pusher, labels;
	slu_oid head;          /* of the source when it was last seen */
	slu_oid base;          /* of the target when it was opened */
	slu_oid merged_as;
	slu_str merged_by, method;
	int64_t created_s, updated_s, closed_s, merged_s;
	int64_t version;       /* grows with every write to the change, its reviews, threads, emergencies */
};
slu_rc port_change_add(port_store *s, struct port_change *c, slu_err *err); /* sets id, number, version */
slu_rc port_change_get(port_store *s, slu_arena *a, int64_t repo_id, uint64_t number, struct port_change *out, slu_err *err);
slu_rc port_change_by_id(port_store *s, slu_arena *a, int64_t id, struct port_change *out, slu_err *err); /* SLU_E_NOT_FOUND */
struct port_change_filter {
	bool open, merged, closed;    /* none set: all */
	slu_str source, target, author;
	slu_oid merged_as;            /* zero: any */
	bool by_updated, oldest_first; /* default: newest number first */
};
slu_rc port_change_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_change_filter *f, struct port_page *page, const struct port_change **out, size_t *n, slu_err *err);
/** Writes title, body, draft, labels, source, target, state, head, last_pusher, merged_*, closed_s, updated_s, method. Bumps version. */
slu_rc port_change_update(port_store *s, const struct port_change *c, slu_err *err);

struct port_review {
	int64_t id, change_id;
	slu_str person;
	enum pol_review_state state;
	slu_oid commit, patch_id; /* patch_id: of merge base..commit when it was given; zero: not computed */
	slu_str body;
	slu_str dismissed_by, dismissed_reason; /* "" not dismissed */
	int64_t at_s;
};
slu_rc port_review_add(port_store *s, struct port_review *r, slu_err *err); /* sets id */
slu_rc port_review_get(port_store *s, slu_arena *a, int64_t id, struct port_review *out, slu_err *err);
slu_rc port_review_list(port_store *s, slu_arena *a, int64_t change_id, const struct port_review **out, size_t *n, slu_err *err); /* oldest first */
slu_rc port_review_dismiss(port_store *s, int64_t id, slu_str by, slu_str reason, slu_err *err);

struct port_comment {
	int64_t id, change_id;
	int64_t thread;       /* id of the comment that began it; its own id for the first; 0: not a thread (plain comment) */
	slu_str person, body;
	slu_str path;         /* of a thread on a line */
	int64_t line;         /* 0: whole file or none */
	slu_oid commit;
	slu_str resolved_by;  /* of the first comment of a thread; "" open */
	int64_t at_s;
};
slu_rc port_comment_add(port_store *s, struct port_comment *c, bool begins_thread, slu_err *err);
slu_rc port_comment_get(port_store *s, slu_arena *a, int64_t id, struct port_comment *out, slu_err *err);
slu_rc port_comment_list(port_store *s, slu_arena *a, int64_t change_id, const struct port_comment **out, size_t *n, slu_err *err);
slu_rc port_thread_resolve(port_store *s, int64_t thread, slu_str by, slu_err *err); /* by "": open again */
slu_rc port_threads_open(port_store *s, int64_t change_id, unsigned *out, slu_err *err);

/** A commit status as GitHub has it. The newest of a context counts. */
struct port_status {
	int64_t id, repo_id;
	slu_oid sha;
	slu_str state; /* "success" "failure" "error" "pending" */
	slu_str context, description, url, creator;
	int64_t at_s;
};
slu_rc port_status_add(port_store *s, struct port_status *x, slu_err *err);
slu_rc port_status_list(port_store *s, slu_arena *a, int64_t repo_id, const slu_oid *sha, bool latest, struct port_page *page, const struct port_status **out, size_t *n, slu_err *err); /* newest first */

struct port_check_run {
	int64_t id, repo_id;
	slu_oid sha;
	slu_str name, status, conclusion; /* status: queued in_progress completed; conclusion "" until completed */
	slu_str url, external_id, title, summary, creator;
	int64_t created_s, started_s, completed_s;
};
slu_rc port_check_run_add(port_store *s, struct port_check_run *x, slu_err *err);
slu_rc port_check_run_update(port_store *s, const struct port_check_run *x, slu_err *err);
slu_rc port_check_run_get(port_store *s, slu_arena *a, int64_t repo_id, int64_t id, struct port_check_run *out, slu_err *err);
slu_rc port_check_run_list(port_store *s, slu_arena *a, int64_t repo_id, const slu_oid *sha, slu_str name, bool latest, struct port_page *page, const struct port_check_run **out, size_t *n, slu_err *err);
/** Newest word on a check for this commit, status or run; state MISSING when there is none. */
slu_rc port_check_latest(port_store *s, slu_arena *a, int64_t repo_id, const slu_oid *sha, slu_str name, struct pol_check *out, slu_err *err);
#endif
