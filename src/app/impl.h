/* SPDX-License-Identifier: Apache-2.0 */
/** What an app is. Only for files of src/app that open, lock or share what belongs to the process. */
#ifndef APP_IMPL_H
#define APP_IMPL_H
#include "app/app.h"
#include "app/seen.h"

#include <pthread.h>

enum { APP_STORES = 32, APP_GITS = 16 }; /* idle handles that are kept */

typedef SLU_LIST(slu_str) app_names;

/** A compiled strategy that repositories share by counting. */
struct app_held {
	slu_arena *a; /* holds everything below and itself */
	const strat *strategy;
	slu_str file, commit;
	slu_str accepted;  /* port_accept_stamp when it was compiled */
	app_names outside; /* files of other repositories that it extends, by themselves or through one another */
	const char *trouble;
	unsigned used;
};

/** What the process remembers of one repository; never freed before the app. */
struct app_slot {
	int64_t repo_id;
	pthread_mutex_t act;   /* held while refs move */
	pthread_mutex_t lock;  /* of what follows */
	slu_oid commit;        /* of the default branch when `held` was compiled */
	struct app_held *held; /* counts one */
	char *looked;          /* what the bases were looked at by (app/bases.c); NULL: not yet */
	struct app_slot *next;
};

struct app {
	char *home;
	struct app_ports ports;
	int server_fd, lock_fd;
	pthread_mutex_t mu; /* of all below */
	pthread_cond_t woke;
	int64_t events;
	port_store *store[APP_STORES];
	size_t store_n;
	struct {
		int64_t repo_id;
		port_git *git;
	} git[APP_GITS];
	size_t git_n;
	struct app_slot *slot;
	unsigned char seed[32]; /* of the audit key */
	char *origin;           /* name of the log */
	uint64_t db_dev, db_ino; /* the database file that was opened */
	int64_t verified_s, verified_size; /* when the log was last found to be what was recorded, and its size then; 0: never */
	unsigned char ssh_seed[32]; /* of the key that commits and tags are signed with */
	struct port_git_signer signer;
	app_seen *seen;
};

/** A flock on HOME/run/NAME, waited for `wait_ms`; then `late` with the sentence `held`. Given up by close(*out). */
slu_rc app_take_lock(int *out, const char *home, const char *name, int wait_ms, slu_rc late, const char *held, slu_err *err);
struct app_slot *app_slot_of(app *app, int64_t repo_id);
/** Head of the default branch; zero: it has none yet. */
slu_rc app_default_head(slu_oid *out, struct app_unit *u, struct app_repo *r, slu_err *err);
/** The strategy in force for this repository; counts one for the caller (app_held_drop). */
slu_rc app_strategy_in_force(struct app_held **out, struct app_unit *u, struct app_repo *r, slu_err *err);
/** What would be in force if this text were accepted under its name; not kept. One for the caller (app_held_drop). */
slu_rc app_strategy_with(struct app_held **out, struct app_unit *u, struct app_repo *r, const struct port_accept *instead, slu_err *err);
/** A base by itself, as if it were the file: with this text under its name. In u->a. */
slu_rc app_strategy_alone(const strat **out, struct app_unit *u, struct app_repo *r, const struct port_accept *base, slu_err *err);
void app_held_drop(app *app, struct app_held *h); /* NULL is fine */
/** Load HOME/keys/audit.seed, making it first; fills seed and origin. */
slu_rc app_audit_open(app *app, port_store *store, slu_err *err);
/** Load HOME/keys/signing.seed, making it first, and write HOME/keys/allowed-signers; fills ssh_seed and signer. */
slu_rc app_signer_open(app *app, slu_err *err);
/** A key of 32 bytes. SLU_E_NOT_FOUND (without words): there is none. `what`: "audit key". */
slu_rc app_seed_read(const char *path, unsigned char seed[32], const char *what, slu_err *err);
/** Written whole, or not at all. */
slu_rc app_key_file_write(const char *path, const void *bytes, size_t n, slu_err *err);
#endif
