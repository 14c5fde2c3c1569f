/* SPDX-License-Identifier: Apache-2.0 */
/** Changes: opened, edited, reviewed, merged, closed. Each act asks decide(), writes its event with the state, and commits. */
#ifndef APP_CHANGES_H
#define APP_CHANGES_H
#include "app/app.h"
#include "port/store_act.h"
#include "port/store_change.h"

struct app_change_new {
	slu_str title, body, source, target; /* target n == 0: the first branch that the source's kind goes into */
	slu_str labels;                      /* comma-separated */
	bool draft;
};
/** SLU_E_NOT_FOUND: a branch is not there; SLU_E_EXISTS: an open one from that source into that target; SLU_E_INVALID: nothing to merge. */
slu_rc app_change_open(struct port_change *out, struct app_unit *u, struct app_repo *r, const struct app_change_new *n, slu_err *err);

/** What is NULL stays as it is. By the author, and whoever may triage. */
struct app_change_edit {
	const slu_str *title, *body, *labels, *target;
	const bool *draft;
};
slu_rc app_change_edit(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_change_edit *e, slu_err *err);
/** By the author, and whoever may triage. SLU_E_INVALID when it is merged. */
slu_rc app_change_close(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err);
slu_rc app_change_reopen(struct port_change *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_err *err);

struct app_comment_new {
	slu_str body, path;   /* path n == 0: about the whole change */
	int64_t line;
	int64_t thread;       /* answer in this thread; 0: none */
	bool begins_thread;   /* a thread has to be resolved where threads-resolved is required */
};
struct app_review_new {
	enum pol_review_state state;
	slu_str body;
	slu_oid commit;                        /* the head that was looked at; zero: the present one */
	const struct app_comment_new *comment; /* on files and lines; each begins a thread */
	size_t comment_n;
};
/** The review and its comments in one act. SLU_E_CONFLICT when the commit is no longer the head (approve). */
slu_rc app_change_review(struct port_review *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_review_new *n, slu_err *err);
slu_rc app_review_dismiss(struct port_review *out, struct app_unit *u, struct app_repo *r, uint64_t number, int64_t review_id, slu_str reason, slu_err *err);

slu_rc app_change_comment(struct port_comment *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_comment_new *n, slu_err *err);
/** By the author, who began the thread, and whoever may write. */
slu_rc app_thread_resolve(struct app_unit *u, struct app_repo *r, uint64_t number, int64_t thread, bool resolved, slu_err *err);

/** The tag that marks a phase, on the merge of the change that brought it. Asked again it changes nothing. SLU_E_INVALID: it brought no such phase */
struct app_change_mark {
	const char *tag;  /* "": the strategy has none for it there */
	bool made;        /* now */
	const char *left; /* a branch of the phase that is not in yet: then it is not made; "": none */
};
slu_rc app_change_mark(struct app_change_mark *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_str phase, slu_err *err);

struct app_merge_ask {
	slu_oid head;              /* zero: whatever it is; else SLU_E_CONFLICT when the head is another one */
	bool has_method;
	enum strat_method method;  /* absent: the edge's */
	slu_str title, message;    /* of the commit; n == 0: made from the change */
	slu_str version;           /* for the tag that follows, when the branch's name gives none; n == 0: none */
	bool dry_run;              /* judge and compute, move nothing */
	enum pol_cause cause;      /* what the merge is part of: POL_BY_PERSON, POL_BY_RELEASE */
};
struct app_merge_followed {
	const char *ref;           /* full name */
	slu_oid old, new_;
	const char *what;          /* "merge" "tag" "also-into" "back-merge" "delete", and "waits": it is left to a change */
	uint64_t change;           /* of "waits": the change that was opened; 0 in a dry run */
	const char *into, *why;    /* of "waits": the branch that does not have it yet, and a sentence; else NULL */
};
struct app_merge_result {
	bool merged;               /* false: the verdict says why (or dry_run) */
	struct pol_verdict verdict;
	slu_oid commit;            /* the target's new head */
	SLU_LIST(struct app_merge_followed) act;
};
/**
 * Merge in memory and move all refs that belong to it in one transaction. A verdict that is not allow is SLU_OK with merged == false.
 * @return SLU_E_CONFLICT: the head is another one, or the merge conflicts (the sentence names the files)
 */
slu_rc app_change_merge(struct app_merge_result *out, struct app_unit *u, struct app_repo *r, uint64_t number, const struct app_merge_ask *ask, slu_err *err);

/** Declare an emergency for a change: `emergency` of the strategy stands in place of what else is required until it expires. */
slu_rc app_emergency(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, uint64_t number, slu_str reason, slu_err *err);
/** What emergencies have left to be written down. */
slu_rc app_follow_up_list(const struct port_follow_up **out, size_t *n, struct app_unit *u, const struct app_repo *r, bool open_only, slu_err *err);
/** Write down what a follow-up asks for: it stays open until then. */
slu_rc app_follow_up_done(struct app_unit *u, struct app_repo *r, int64_t id, slu_str note, slu_err *err);
#endif
