/* SPDX-License-Identifier: Apache-2.0 */
/** Port to the store, third part: ref intents, flows, emergencies, releases. Rules as in port/store.h. */
#ifndef PORT_STORE_ACT_H
#define PORT_STORE_ACT_H
#include "port/git.h"
#include "port/store.h"

/* ---- ref intents: "Refs and the database: one act" ------------------------------------------------------------------------- */

struct port_intent {
	int64_t id, repo_id;
	bool decided;      /* the transaction with its events and state is committed: refs must follow */
	slu_str actor, reflog;
	const struct port_git_update *update;
	size_t n;
	int64_t at_s;
};
slu_rc port_intent_add(port_store *s, struct port_intent *i, slu_err *err); /* sets id; decided as given */
slu_rc port_intent_decide(port_store *s, int64_t id, slu_err *err);         /* within the deciding transaction */
slu_rc port_intent_done(port_store *s, int64_t id, slu_err *err);           /* refs stand, or it went back: forgotten */
slu_rc port_intent_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_intent **out, size_t *n, slu_err *err); /* 0: of all; oldest first */

/* ---- flows: ordered steps stored before the first ------------------------------------------------------------------------------ */

struct port_flow {
	int64_t id, repo_id;
	slu_str kind, name, actor;   /* "release-finish", "2.1.0" */
	slu_str state;               /* "running" "stopped" "done" "aborted" */
	slu_str data;                /* JSON: steps, where it stands, refs before */
	int64_t created_s, updated_s;
};
slu_rc port_flow_add(port_store *s, struct port_flow *f, slu_err *err);
slu_rc port_flow_update(port_store *s, const struct port_flow *f, slu_err *err); /* state, data, updated_s */
slu_rc port_flow_get(port_store *s, slu_arena *a, int64_t id, struct port_flow *out, slu_err *err);
/** `state` "" any; newest first. */
slu_rc port_flow_list(port_store *s, slu_arena *a, int64_t repo_id, slu_str state, const struct port_flow **out, size_t *n, slu_err *err);

/* ---- emergencies and what they leave behind ------------------------------------------------------------------------------------- */

struct port_emergency {
	int64_t id, repo_id;
	uint64_t change;
	slu_str by, reason;
	int64_t at_s, expires_s;
};
slu_rc port_emergency_add(port_store *s, struct port_emergency *e, slu_err *err);
slu_rc port_emergency_of(port_store *s, slu_arena *a, int64_t repo_id, uint64_t change, struct port_emergency *out, slu_err *err); /* newest; SLU_E_NOT_FOUND */
slu_rc port_emergency_list(port_store *s, slu_arena *a, int64_t repo_id, const struct port_emergency **out, size_t *n, slu_err *err);
struct port_follow_up {
	int64_t id, repo_id, emergency_id; /* emergency_id 0: of something else, see `of` */
	slu_str of, name, note, done_by;   /* `of`: "emergency", "incident 4" */
	int64_t due_s, done_s;
};
slu_rc port_follow_up_add(port_store *s, struct port_follow_up *f, slu_err *err);
slu_rc port_follow_up_done(port_store *s, int64_t id, slu_str by, slu_str note, int64_t now_s, slu_err *err);
slu_rc port_follow_up_list(port_store *s, slu_arena *a, int64_t repo_id, bool open_only, const struct port_follow_up **out, size_t *n, slu_err *err);

/* ---- releases: notes of a tag ------------------------------------------------------------------------------------------------------- */

struct port_release {
	int64_t id, repo_id;
	slu_str tag, title, body, author, target;
	bool draft, prerelease;
	int64_t created_s, published_s;
};
slu_rc port_release_add(port_store *s, struct port_release *r, slu_err *err); /* SLU_E_EXISTS: that tag has one */
slu_rc port_release_update(port_store *s, const struct port_release *r, slu_err *err);
slu_rc port_release_remove(port_store *s, int64_t id, slu_err *err);
slu_rc port_release_get(port_store *s, slu_arena *a, int64_t repo_id, int64_t id, struct port_release *out, slu_err *err);
slu_rc port_release_by_tag(port_store *s, slu_arena *a, int64_t repo_id, slu_str tag, struct port_release *out, slu_err *err);
slu_rc port_release_list(port_store *s, slu_arena *a, int64_t repo_id, struct port_page *page, const struct port_release **out, size_t *n, slu_err *err); /* newest first */
#endif
