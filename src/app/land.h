/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Refs and the database move in one act.
 *
 * A durable intent, refs locked, the verdict asked again, event and state committed with the decision, refs moved. The commit of
 * the database is the decision: before it everything goes back, after it everything goes forward, also across a crash.
 */
#ifndef APP_LAND_H
#define APP_LAND_H
#include "app/app.h"

struct app_land {
	const struct port_git_update *update;
	size_t n;
	slu_str reflog;
	/**
	 * Within the deciding transaction: ask again if what the verdict rested on has changed, and write events and state.
	 * Anything but SLU_OK: nothing moves. app_push_record does both for a push.
	 */
	slu_rc (*record)(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err);
	void *ctx;
};
/**
 * Land. The caller holds app_repo_lock of the repository and has no transaction open; every object is in the repository.
 * @return SLU_OK: all refs stand. SLU_E_CONFLICT: a ref is not where it was expected. SLU_E_DENIED also when the repository is read-only.
 *         On any failure nothing has moved, unless the decision had fallen and a ref cannot follow: then the repository is
 *         made read-only and the code is SLU_E_CORRUPT.
 */
slu_rc app_land(struct app_unit *u, struct app_repo *r, const struct app_land *l, slu_err *err);
struct app_land_part {
	struct app_repo *r;
	const struct app_land *l;
};
/** The same of several repositories in one act: one commit of the database decides for all of them. The caller holds each one's lock, taken in the order of their ids. */
slu_rc app_land_all(struct app_unit *u, const struct app_land_part *part, size_t n, slu_err *err);

struct app_recovered {
	size_t back, forward; /* intents: not decided; decided, and refs moved now */
	size_t done;          /* decided, and every ref stood already */
	size_t locks;         /* stale lock files removed */
	size_t quarantines;   /* of pushes that were cut off, removed */
	size_t stuck;         /* repositories made read-only */
};
/** At the start of a server, before it answers anything and after app_open (which waits for Git children of an earlier one). */
slu_rc app_land_recover(struct app_recovered *out, app *app, slu_err *err);
/** At an orderly stop, after the last unit: intents that were carried out are forgotten, so that the next start finds none. */
slu_rc app_land_settle(app *app, slu_err *err);
#endif
