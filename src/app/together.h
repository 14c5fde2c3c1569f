/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One release of several repositories of this server: their merges land in one act, or none does; then the tags that they have in common.
 *
 *   prepare   the change of each is there (opened, where nobody has), and is judged and computed as if it were merged now. No ref moves
 *   land      those that are not merged yet, under the locks of all of them, in one act. From then on their deployments are held
 *   complete  the tags, in one act; the deployments go on, in the order of the members. With `alone` without tags: the others do not come
 *
 * Each can be repeated. Between the last two each repository has a stored flow "ecosystem-finish VERSION" in the state "landed": who leads it may
 * be gone, and another one goes on. Members on other servers are told of by `order` alone. Source: adr/0032.
 */
#ifndef APP_TOGETHER_H
#define APP_TOGETHER_H
#include "app/changes.h"
#include "port/store_deploy.h"

enum { APP_TOGETHER_MAX = 64 };

struct app_together_member {
	/* asked */
	slu_str repo;     /* "acme/app" */
	slu_str kind;     /* of the branch that holds its release; n == 0: the only one */
	uint64_t change;  /* that brings it; 0: found by the version */
	slu_oid head;     /* what is to land, or, without a branch for releases, to be tagged; zero: what is there */
	/* found */
	struct app_repo r;
	bool as_is;       /* it has no branch for releases, and is tagged as it is */
	bool landed;      /* its change is merged */
	slu_str branch, target;
	slu_oid commit;   /* its merge, or what it would be; of as_is what is tagged */
	bool judged;      /* merge.verdict is set */
	struct app_merge_result merge;
	slu_err err;      /* what is in its way; no text: nothing is */
};
struct app_together {
	slu_str version;
	const slu_str *tag;   /* classes of tags that all get, by their keys */
	size_t tag_n;
	const slu_str *check; /* that must have passed on what lands, by their keys */
	size_t check_n;
	slu_str message;      /* of those tags */
	const slu_str *order; /* all members, in the order of deployment */
	size_t order_n;
	struct app_together_member *m;
	size_t n;
	bool dry_run;         /* prepare: open no change. land, complete: move nothing */
	bool alone;
};

/** What fails of one member is in its `err`. */
slu_rc app_together_prepare(struct app_together *t, struct app_unit *u, slu_err *err);
/** SLU_OK with *done false: one may not, see its `err`; nothing has moved then. */
slu_rc app_together_land(bool *done, struct app_together *t, struct app_unit *u, slu_err *err);
slu_rc app_together_complete(struct app_together *t, struct app_unit *u, slu_err *err);
void app_together_close(struct app_together *t, struct app_unit *u);

/** Why a deployment waits for other members; NULL: for none. `followed`: every event so far has become its deployments. */
slu_rc app_together_holds(const char **why, struct app_unit *u, struct app_repo *r, const struct port_deployment *d, bool followed, slu_err *err);
#endif
