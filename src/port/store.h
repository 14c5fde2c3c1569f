/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Port to the store: what the server remembers besides Git's objects and refs. Adapter: src/store (SQLite).
 *
 * A handle is one connection and is used by one thread at a time; any number may be open on one file. What is read lives in the
 * arena that is passed; no string is ever NULL (n is 0 instead). Writers must stand between port_store_begin and port_store_commit,
 * else SLU_E_INTERNAL; reads may stand anywhere. Outside a transaction each read sees what is committed; inside one they see one state.
 * SLU_E_BUSY: another writer held the file longer than the time-out. SLU_E_IO: disk. SLU_E_CORRUPT: the file is damaged.
 * Changes, reviews, statuses: port/store_change.h. Intents, flows, emergencies, releases: port/store_act.h.
 * A module of its own tables adds src/store/schema/NNNN_name.sql (a step of the schema, applied once, never edited afterwards) and src/store/NAME.c with store/sql.h.
 */
#ifndef PORT_STORE_H
#define PORT_STORE_H
#include "base/oid.h"
#include "base/str.h"
#include "strategy/strat.h"

typedef struct port_store port_store;

/**
 * Open the file, making it and bringing its schema forward where needed.
 * @param path  of the database
 * @return SLU_E_CORRUPT, SLU_E_IO: also when its schema is newer than this program (it is left untouched)
 */
slu_rc port_store_open(port_store **out, const char *path, slu_err *err);
void port_store_close(port_store *s); /* NULL is fine; an open transaction is rolled back */
slu_rc port_store_begin(port_store *s, slu_err *err); /* takes the write lock at once */
/** Durable when it returns SLU_OK. On failure nothing of the transaction stands. */
slu_rc port_store_commit(port_store *s, slu_err *err);
void port_store_rollback(port_store *s); /* without a transaction: nothing */
bool port_store_in_transaction(const port_store *s);
/** One state for all reads until port_store_read_end. Not nested, not with begin. */
slu_rc port_store_read(port_store *s, slu_err *err);
void port_store_read_end(port_store *s);
/** A consistent copy of the whole file at `path` (must not be there), while others write. */
slu_rc port_store_copy(port_store *s, const char *path, slu_err *err);
/** SLU_E_CORRUPT with what SQLite found. */
slu_rc port_store_check(port_store *s, slu_err *err);
/** Small values of the server itself: origin name, public key. *out.n is 0 when there is none. */
slu_rc port_setting_get(port_store *s, slu_arena *a, slu_str key, slu_str *out, slu_err *err);
slu_rc port_setting_put(port_store *s, slu_str key, slu_str value, slu_err *err);

/** A page of a list. `limit` 0: all. `total` is set by the call when `want_total`. */
struct port_page {
	size_t offset, limit;
	bool want_total;
	size_t total;
};

/* ---- people, tokens, roles -------------------------------------------------------------------------------------------- */

struct port_person {
	int64_t id;
	slu_str name, title, email; /* title: full name */
	bool disabled;
	int64_t created_s;
};
/** SLU_E_EXISTS; sets p->id. */
slu_rc port_person_add(port_store *s, struct port_person *p, slu_err *err);
slu_rc port_person_get(port_store *s, slu_arena *a, slu_str name, struct port_person *out, slu_err *err); /* SLU_E_NOT_FOUND */
slu_rc port_person_list(port_store *s, slu_arena *a, const struct port_person **out, size_t *n, slu_err *err); /* by name */
slu_rc port_person_disable(port_store *s, int64_t id, bool disabled, slu_err *err);

enum { PORT_TOKEN_HASH = 32 };
struct port_token {
	int64_t id, person_id;
	slu_str person;  /* name; set by reads */
	bool person_disabled; /* set by reads */
	slu_str name;    /* what its owner calls it */
	slu_str shown;   /* first characters, to recognise it by */
	unsigned scopes;
	int64_t created_s, expires_s, revoked_s, used_s; /* 0: never */
	unsigned char hash[PORT_TOKEN_HASH];
};
slu_rc port_token_add(port_store *s, struct port_token *t, slu_err *err); /* sets t->id */
slu_rc port_token_by_hash(port_store *s, slu_arena *a, const unsigned char hash[PORT_TOKEN_HASH], struct port_token *out, slu_err *err); /* SLU_E_NOT_FOUND */
slu_rc port_token_get(port_store *s, slu_arena *a, int64_t id, struct port_token *out, slu_err *err);
slu_rc port_token_list(port_store *s, slu_arena *a, int64_t person_id, const struct port_token **out, size_t *n, slu_err *err); /* 0: all; oldest first */
slu_rc port_token_revoke(port_store *s, int64_t id, int64_t now_s, slu_err *err);
slu_rc port_token_used(port_store *s, int64_t id, int64_t now_s, slu_err *err);

/** A role of a person in a repository; repo_id 0: of the server (level words only). `role` is a level word or a role of the strategy. */
struct port_grant {
	int64_t repo_id, person_id;
	slu_str person, role, by;
	int64_t at_s;
};
slu_rc port_grant_add(port_store *s, const struct port_grant *g, slu_err *err); /* SLU_E_EXISTS */
slu_rc port_grant_remove(port_store *s, int64_t repo_id, int64_t person_id, slu_str role, slu_err *err); /* SLU_E_NOT_FOUND */
/** repo_id < 0: everywhere; person_id 0: everybody. */
slu_rc port_grant_list(port_store *s, slu_arena *a, int64_t repo_id, int64_t person_id, const struct port_grant **out, size_t *n, slu_err *err);

/* ---- repositories ------------------------------------------------------------------------------------------------------ */

struct port_repo {
	int64_t id;
	slu_str owner, name, default_branch;
	slu_str preset;       /* "" when a file was given */
	slu_str base_text;    /* strategy in force until .sluice/strategy.yml lands */
	slu_str good_text;    /* last good file of the default branch; "" none yet */
	slu_str good_commit;  /* where it stood */
	slu_str good_digest;
	slu_str title;
	slu_str read_only;    /* why nothing may move; "" it is writable */
	bool public_;         /* anyone may read */
	int64_t created_s;
};
slu_rc port_repo_add(port_store *s, struct port_repo *r, slu_err *err); /* SLU_E_EXISTS; sets r->id */
slu_rc port_repo_get(port_store *s, slu_arena *a, slu_str owner, slu_str name, struct port_repo *out, slu_err *err);
slu_rc port_repo_by_id(port_store *s, slu_arena *a, int64_t id, struct port_repo *out, slu_err *err);
slu_rc port_repo_list(port_store *s, slu_arena *a, const struct port_repo **out, size_t *n, slu_err *err); /* by owner, name */
slu_rc port_repo_good(port_store *s, int64_t id, slu_str text, slu_str commit, slu_str digest, slu_err *err);
slu_rc port_repo_read_only(port_store *s, int64_t id, slu_str why, slu_err *err);
slu_rc port_repo_default_branch(port_store *s, int64_t id, slu_str branch, slu_err *err);

/** What `extends` names outside the repository, as an administrator accepted it. */
struct port_accept {
	int64_t repo_id;
	slu_str what;  /* OWNER/REPO:FILE */
	slu_str text, digest, by;
	int64_t at_s;
	bool held;     /* no other text takes its place by itself */
};
slu_rc port_accept_put(port_store *s, const struct port_accept *x, slu_err *err); /* replaces */
slu_rc port_accept_get(port_store *s, slu_arena *a, int64_t repo_id, slu_str what, struct port_accept *out, slu_err *err); /* SLU_E_NOT_FOUND */
/** One text that differs whenever what is accepted for this repository does: names, digests, what is held. */
slu_rc port_accept_stamp(port_store *s, slu_arena *a, int64_t repo_id, slu_str *out, slu_err *err);
/** Repositories for which something is accepted. */
slu_rc port_accept_repos(port_store *s, slu_arena *a, const int64_t **out, size_t *n, slu_err *err);

/** Such a file that is no longer what was accepted, and waits for somebody. */
struct port_base_wait {
	int64_t repo_id;
	slu_str what, digest; /* digest: of the text that it has now; "" it has none */
	int64_t since_s;
	slu_str why;          /* a sentence */
	slu_str differs;      /* the use case's; see app/bases.h */
};
slu_rc port_base_wait_put(port_store *s, const struct port_base_wait *x, slu_err *err); /* replaces */
slu_rc port_base_wait_drop(port_store *s, int64_t repo_id, slu_str what, slu_err *err); /* none is fine */
slu_rc port_base_wait_get(port_store *s, slu_arena *a, int64_t repo_id, slu_str what, struct port_base_wait *out, slu_err *err); /* SLU_E_NOT_FOUND */

/* ---- events and the audit tree -------------------------------------------------------------------------------------------- */

struct port_event {
	int64_t seq;       /* 1, 2, 3 … without a gap: its leaf has the index seq - 1 */
	int64_t time_ms;
	slu_str repo;      /* OWNER/NAME, "" of the server */
	slu_str actor;     /* person; "operator"; "system" */
	slu_str kind;      /* "push", "change-opened" … */
	slu_str ref;       /* full ref, or "" */
	uint64_t change;   /* 0: none */
	slu_str data;      /* a JSON object */
};
/** Sets e->seq: one more than the last. */
slu_rc port_event_add(port_store *s, struct port_event *e, slu_err *err);
slu_rc port_event_get(port_store *s, slu_arena *a, int64_t seq, struct port_event *out, slu_err *err);
struct port_event_filter {
	slu_str repo, actor, kind, ref; /* n == 0: any */
	bool server_only;               /* repo must be "" */
	uint64_t change;
	int64_t from_seq;               /* at least */
	int64_t since_ms, until_ms;     /* 0: any */
	bool oldest_first;
};
slu_rc port_event_list(port_store *s, slu_arena *a, const struct port_event_filter *f, struct port_page *page, const struct port_event **out, size_t *n, slu_err *err);
slu_rc port_event_count(port_store *s, int64_t *out, slu_err *err); /* seq of the newest; 0: there is none */
/**
 * Rows as they lie in the file, in the order of seq, gaps included: for verifying.
 * @param each  called once a row; stops at the first that is not SLU_OK
 */
slu_rc port_event_each(port_store *s, int64_t from_seq, slu_rc (*each)(void *ctx, const struct port_event *e, slu_err *err), void *ctx, slu_err *err);

/** Hashes of the tree: (0, i) the leaf of event i, (l, i) the root of the 2^l leaves from i * 2^l. Only whole subtrees are kept. */
enum { PORT_HASH = 32 };
slu_rc port_node_put(port_store *s, unsigned level, uint64_t index, const unsigned char hash[PORT_HASH], slu_err *err);
slu_rc port_node_get(port_store *s, unsigned level, uint64_t index, unsigned char hash[PORT_HASH], slu_err *err); /* SLU_E_NOT_FOUND */
/** Signed heads that were given out. */
struct port_checkpoint {
	int64_t size, at_s;
	slu_str text; /* C2SP signed note */
};
slu_rc port_checkpoint_put(port_store *s, const struct port_checkpoint *c, slu_err *err);
slu_rc port_checkpoint_last(port_store *s, slu_arena *a, struct port_checkpoint *out, slu_err *err); /* SLU_E_NOT_FOUND */
slu_rc port_checkpoint_each(port_store *s, slu_rc (*each)(void *ctx, const struct port_checkpoint *c, slu_err *err), void *ctx, slu_err *err);
#endif
