/* SPDX-License-Identifier: Apache-2.0 */
/** What waits for the one who asks: what they could do now that somebody, or they themselves, cannot go on without. */
#ifndef APP_NEEDS_H
#define APP_NEEDS_H
#include "app/deploy.h"
#include "app/view.h"

struct app_need {
	const char *what;     /* "Merge", "Approve: 1 approval": what is to be done, without what it is done to */
	const char *about;    /* "#7 Greet people", "0.2.0 in production" */
	const char *path;     /* of its page, below the repository's: "/changes/7" */
	const char *command;  /* that does it; "" none */
	bool urgent;          /* an incident */
};
/** What was looked at for a page already: these are not judged again. */
struct app_seen {
	const struct port_change *change; /* open ones */
	const struct pol_verdict *merge;  /* of each, as the one who asks */
	size_t change_n;
	const struct app_environment_view *environment;
	size_t environment_n;
	const struct port_follow_up *debt; /* open ones */
	size_t debt_n;
};
/** Incidents first, then rollouts, changes, debts. Nobody signed in: nothing. */
slu_rc app_needs(const struct app_need **out, size_t *n, struct app_unit *u, struct app_repo *r, const struct app_seen *seen, slu_err *err);

enum { APP_SEEN_CHANGES = 20 };
/** Everything of it: the newest APP_SEEN_CHANGES open changes. *open: how many there are. */
slu_rc app_look(struct app_seen *out, size_t *open, struct app_unit *u, struct app_repo *r, slu_err *err);
#endif
