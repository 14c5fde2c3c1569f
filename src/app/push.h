/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A push, judged and recorded. Moving the refs stands between the two (app/land.h).
 *
 *   app_push_judge → app_repo_lock → app_push_follow → refs prepared → app_begin → app_push_record → (intent decided) app_commit → refs committed → app_repo_unlock
 *
 * Merges, tags and branch moves made by the server go the same way with `by` telling what they follow from.
 */
#ifndef APP_PUSH_H
#define APP_PUSH_H
#include "app/app.h"

struct port_release;
struct app_push {
	const struct port_git_update *update;
	size_t n;
	const char *object_dir, *alternates; /* quarantine; NULL: the objects are in the repository */
	const char *via;                     /* "http" "ssh" "api" */
};
struct app_push_ref {
	struct pol_verdict verdict;
	uint64_t merges_change;              /* 0: it is no merge of a change */
	struct port_release *release;        /* comes to be with this tag; NULL: none */
};
struct app_push_judged {
	bool allowed;
	struct app_push_ref *ref;            /* as p->update */
	size_t n;
	slu_str refusal;                     /* for the client's terminal when !allowed: what pol_refusal_text says, once a ref */
	slu_str rested;                      /* what the verdicts rested on; compared by app_push_record */
	struct app_push_followed *followed;  /* set by app_push_follow; NULL: nothing follows */
};
/**
 * What can be told before any object has come: may this person bring anything, to these names? A refusal is SLU_OK with allowed == false, and an
 * event, as below. Allowed means only that it is judged next.
 */
slu_rc app_push_expect(struct app_push_judged *out, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_err *err);
/**
 * Judge all refs of a push; all or nothing. A refusal is SLU_OK with allowed == false (and recorded as an event "push-refused").
 * An error: it could not be judged, and the push must be refused with that sentence.
 */
slu_rc app_push_judge(struct app_push_judged *out, struct app_unit *u, struct app_repo *r, const struct app_push *p, slu_err *err);
/** Verdicts of which one is no longer yes: the refusal's text, and the event. text->n == 0: all are yes. */
slu_rc app_push_refused(slu_str *text, struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_ref *ref, slu_err *err);
/**
 * What follows from the merges of changes in this push (tag, other branches, deletion): made in memory, to be landed with it in one act.
 * The caller holds app_repo_lock; all objects are in the repository.
 * @param all  the updates to land: those of the push first, as they are. In u->a
 * @return SLU_E_DENIED / SLU_E_WAIT: what the verdicts rested on has changed, and the answer is no longer yes
 */
slu_rc app_push_follow(const struct port_git_update **all, size_t *n, struct app_unit *u, struct app_repo *r, const struct app_push *p, struct app_push_judged *j, slu_err *err);
/**
 * Within the deciding transaction: has anything changed that the verdicts rested on (approvals, checks, roles, strategy, the clock past
 * `until`)? Then they are asked again. SLU_E_DENIED / SLU_E_WAIT: the answer is no longer yes. Else writes the events and the state that
 * follows: merged changes, moved heads of open changes, dismissed approvals.
 */
slu_rc app_push_record(struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_judged *j, slu_err *err);
/** After the refs stand: what the push reply ends with (the audit tree's signed head and the addresses of changes), lines. */
slu_rc app_push_reply(slu_str *out, struct app_unit *u, struct app_repo *r, const struct app_push *p, const struct app_push_judged *j, slu_err *err);
#endif
