/* SPDX-License-Identifier: Apache-2.0 */
/** Shared by release*.c and flows.c; nothing else includes it. */
#ifndef APP_RELEASE_IMPL_H
#define APP_RELEASE_IMPL_H
#include "app/release.h"

/** What a stored flow carries as JSON. Empty ids are zero. */
struct release_data {
	slu_str version, kind, branch, step; /* step: "begun" "branch" "changelog" "merged" */
	slu_oid before, after;               /* of the release branch; before zero: it was not there */
	uint64_t change;
};
enum release_keep { RELEASE_RUNNING, RELEASE_STOPPED, RELEASE_DONE, RELEASE_ABORTED };

slu_rc release_data_read(struct release_data *out, const struct port_flow *f, slu_err *err);
/** Write data and state; must stand in a transaction. flow->id 0: it is added. */
slu_rc release_data_put(struct port_flow *f, struct app_unit *u, const struct app_repo *r, const struct release_data *d, enum release_keep state, slu_err *err);
/** The same in a transaction of its own. */
slu_rc release_data_save(struct port_flow *f, struct app_unit *u, const struct app_repo *r, const struct release_data *d, enum release_keep state, slu_err *err);
/** SLU_E_CONFLICT when a flow is running or stopped. */
slu_rc release_none_under_way(struct app_unit *u, struct app_repo *r, slu_err *err);

/** All heads and tags, for the plan. */
slu_rc release_refs(struct flow_refs *out, struct app_unit *u, struct app_repo *r, slu_err *err);
/**
 * A commit on `parent` with the version files and the changelog as they shall be.
 * @param out      `parent` itself when nothing differs
 * @param section  the changelog's section of this version, Markdown; "" when the strategy names no changelog
 */
slu_rc release_commit(slu_oid *out, slu_str *section, struct app_unit *u, struct app_repo *r, const struct flow_plan *p, const slu_oid *parent, bool version_files,
		      slu_err *err);
/** Move the release branch and keep the flow in one act. The caller holds the repository's lock. */
slu_rc release_move(struct port_flow *f, struct app_unit *u, struct app_repo *r, const struct release_data *d, enum release_keep state, const slu_oid *old, const slu_oid *new_, const char *kind,
		    slu_err *err);
/** The open change from d->branch into that branch, as d->change; 0: there is none. */
slu_rc release_find_change(struct app_unit *u, const struct app_repo *r, struct release_data *d, const char *target, slu_err *err);
/** The same, opened where there is none. */
slu_rc release_open_change(struct app_unit *u, struct app_repo *r, struct release_data *d, const char *target, slu_err *err);
/** From where the data says that it stands to its end, or to where it must wait. */
slu_rc release_go_on_start(struct app_release_result *out, struct app_unit *u, struct app_repo *r, struct port_flow *f, struct release_data *d, slu_err *err);
/** What going on would do: the steps that are left, and of a finish the verdict on its merge. */
slu_rc release_would(struct app_release_result *out, struct app_unit *u, struct app_repo *r, const struct port_flow *f, const struct release_data *d, slu_err *err);
slu_rc release_go_on_finish(struct app_release_result *out, struct app_unit *u, struct app_repo *r, struct port_flow *f, struct release_data *d, slu_err *err);
#endif
