/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Releases as stored flows: begun, finished, gone on with, taken back. One flow is under way in a repository at a time.
 *
 * A flow is stored before its first step. Every step moves all of its refs in one act with what it writes down, so that a flow that
 * was cut off stands between two steps: `continue` goes on from there, `abort` puts every ref back where it was.
 */
#ifndef APP_RELEASE_H
#define APP_RELEASE_H
#include "app/changes.h"
#include "flow/release.h"
#include "port/store_act.h"

struct app_release_ask {
	slu_str version; /* "2.1.0" */
	slu_str kind;    /* key of a branch kind; n == 0: the only one that fits */
	bool dry_run;    /* plan and judge; move nothing, store nothing */
};
struct app_release_result {
	struct flow_plan plan;
	struct port_flow flow;         /* flow.id 0: none was stored */
	uint64_t change;               /* that brings the release branch into its target; 0: not opened yet */
	bool judged;                   /* verdict is set */
	struct pol_verdict verdict;    /* of the first act that is not (or, dry, would not be) allowed, else of the last */
	bool done;                     /* every step was carried out */
	struct app_merge_result merge; /* of a finish that is done */
	const char *next;              /* what a person does next; "" */
};

/** A refusal is SLU_OK with done == false. SLU_E_BUSY: a flow is under way (the sentence names it). Other errors as flow_release_start. */
slu_rc app_release_start(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct app_release_ask *ask, slu_err *err);
slu_rc app_release_finish(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct app_release_ask *ask, slu_err *err);

/** The flow under way, else the last one. *found false: there was none yet. */
slu_rc app_flow_status(struct port_flow *out, bool *found, struct app_unit *u, struct app_repo *r, slu_err *err);
/** Go on from the step where it stands. SLU_E_NOT_FOUND: none is under way. */
slu_rc app_flow_continue(struct app_release_result *out, struct app_unit *u, struct app_repo *r, slu_err *err);
/** Every ref as before. SLU_E_CONFLICT: somebody has moved one since (the sentence names it); nothing is touched then. */
slu_rc app_flow_abort(struct port_flow *out, struct app_unit *u, struct app_repo *r, slu_err *err);
/** Take back the last flow that is done, when its refs stand where it left them: a start. A finish is not taken back: its tag does not move. */
slu_rc app_flow_undo(struct port_flow *out, struct app_unit *u, struct app_repo *r, slu_err *err);
#endif
