/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Use cases of the server: gather facts, ask decide(), carry out through ports. Here: the process, a unit of work, a repository in it.
 *
 * One `app` per server process, shared by all threads. Each request (API call, page, push, scheduler's tick) is one `app_unit` on one
 * thread: an arena, a store connection from the pool, who asks, and the time. Whatever is read or returned lives in u->a.
 * The use cases stand in app/people.h, app/repos.h, app/changes.h, app/checks.h, app/push.h, app/audit.h, app/why.h …
 */
#ifndef APP_APP_H
#define APP_APP_H
#include "policy/pol.h"
#include "port/git.h"
#include "port/store.h"

typedef struct app app;

enum { APP_REPO_WAIT_MS = 60000 };

/** What the server gives the use cases of the outside world. Every function may be called by several threads at once. */
struct app_ports {
	slu_rc (*git_open)(port_git **out, const struct port_git_open *o, slu_err *err);
	slu_rc (*git_init)(const char *path, slu_str default_branch, slu_err *err); /* bare, with the server's settings; makes parents */
	slu_rc (*git_import)(const char *path, const char *from, slu_err *err);     /* bare copy of all heads and tags of `from`, its HEAD too */
	slu_rc (*git_source)(slu_str *default_branch, slu_arena *a, const char *from, slu_err *err); /* what an import from there would find; for a dry run */
	slu_rc (*git_default_branch)(slu_str *out, slu_arena *a, const char *path, slu_err *err); /* SLU_E_NOT_FOUND: HEAD is detached */
	slu_rc (*git_set_default)(const char *path, slu_str branch, slu_err *err); /* HEAD names it; nothing happens when it does already */
	slu_rc (*git_clear_stale)(const char *path, size_t *locks, size_t *quarantines, slu_err *err); /* remove what killed processes left; nothing may run on it */
	slu_rc (*git_check)(const char *path, slu_err *err); /* SLU_E_CORRUPT: an object that a ref needs is missing or damaged */
	bool (*secret)(const char *home, slu_str owner, slu_str name, slu_str secret); /* has it a value that a deployment would get? NULL: none has */
	int64_t (*now_ms)(void); /* wall clock, milliseconds since 1970 */
	void (*landed)(void *ctx, const char *path); /* refs of the repository at `path` have moved; NULL: nobody wants to know */
	void *landed_ctx;
	void (*fault)(const char *point); /* called at the points of app/fault.h; NULL outside fault tests */
	int64_t repo_wait_ms; /* how long app_repo_lock waits; 0: APP_REPO_WAIT_MS */
};

/**
 * Open a server home, making what is not there: sluice.db, repos/, keys/, work/, run/.
 * SLU_E_CONFLICT when another server holds it (a lock on HOME/run/server.lock that lasts as long as the process). SLU_E_TIMEOUT when Git
 * children of one that has gone still work on it (they hold HOME/run/lock) and did not end in time.
 */
slu_rc app_open(app **out, const char *home, const struct app_ports *ports, slu_err *err);
void app_close(app *app); /* NULL is fine; after the last unit has ended */
const char *app_home(const app *app);
/** A descriptor with a flock that every Git child which may move refs must inherit: while one lives, no server begins to recover. */
int app_lock_fd(const app *app);
const struct app_ports *app_ports_of(const app *app);
/** NULL: ready. Else why not, a sentence (a read-only repository, a database that does not answer); lives in `a`. */
const char *app_not_ready(app *app, slu_arena *a);

/* ---- who asks --------------------------------------------------------------------------------------------------------- */

enum app_scope {
	APP_SCOPE_READ = 1,    /* repo:read: clone, pages, API reads */
	APP_SCOPE_WRITE = 2,   /* repo:write: push, changes, reviews, merges */
	APP_SCOPE_STATUS = 4,  /* repo:status: statuses and check runs */
	APP_SCOPE_DEPLOY = 8,  /* deploy */
	APP_SCOPE_ADMIN = 16,  /* admin: people, roles, repositories, settings */
	APP_SCOPE_ALL = 31
};
/** "repo:read,repo:status" ↔ bits. SLU_E_INVALID names the word that is not one. `repo:write` brings read and status; `admin` all. */
slu_rc app_scopes_parse(unsigned *out, slu_str text, slu_err *err);
char *app_scopes_text(slu_arena *a, unsigned scopes);

struct app_who {
	bool signed_in;
	bool operator_;  /* came through the home's socket: level admin everywhere, recorded as "operator" */
	slu_str name;    /* "" when not signed in */
	unsigned scopes; /* bits of app_scope */
	int64_t person_id, token_id; /* 0 for the operator */
};

struct app_unit {
	app *app;
	slu_arena *a;
	port_store *store;
	struct app_who who;
	int64_t now_s;
	int64_t now_ms;
	struct aud_frontier *tail; /* of the log, as the transaction under way has it; NULL: not looked at yet */
	bool dry_run;              /* what is written is seen by this unit until it ends, and by nobody else ever; no ref moves */
	bool dry_begun;            /* app_begin's */
	const struct pol_verdict *judged; /* the verdict that was obeyed last (app/refuse.h); NULL: none */
};
/** Begin: nobody is signed in. Every begin needs an end, which rolls back what was not committed. */
slu_rc app_unit_begin(struct app_unit *u, app *app, slu_err *err);
void app_unit_end(struct app_unit *u);
/**
 * Sign in by a token. The checksum is looked at before the database; the rest takes the same time for any wrong one.
 * @param token   as sent
 * @param person  a user name that came with it and must then be the token's; n == 0: none came
 * @return SLU_E_AUTH: malformed, unknown, expired, revoked, or its person is disabled; the sentence says which of malformed, expired, revoked, disabled
 */
slu_rc app_authenticate(struct app_unit *u, slu_str token, slu_str person, slu_err *err);
/** Somebody who authenticated begins a session in a browser: an event, bounded. */
slu_rc app_session_begun(struct app_unit *u, slu_err *err);
/** Of an act that took long: the token it came with was not revoked meanwhile, nor expired, nor its person disabled. SLU_E_AUTH */
slu_rc app_still_signed_in(struct app_unit *u, slu_err *err);
void app_be_operator(struct app_unit *u);
/** A part of the server acts by itself (scheduler, recovery); recorded as "system". */
void app_be_system(struct app_unit *u);
/** SLU_E_AUTH when nobody is signed in, SLU_E_DENIED when the token has none of these scopes. */
slu_rc app_need_scope(struct app_unit *u, unsigned any_of, slu_err *err);
/** Level of the one who asks on the whole server; admin for the operator and for server administrators with the scope. */
slu_rc app_need_server_admin(struct app_unit *u, slu_err *err);

/* ---- a repository ------------------------------------------------------------------------------------------------------ */

struct app_repo {
	struct port_repo row;
	int64_t id;
	slu_str owner, name, full; /* full: OWNER/NAME */
	slu_str default_branch;
	const char *path;          /* of the bare repository */
	port_git *git;             /* of this unit; back to the pool at close */
	const strat *strategy;     /* in force; shared, immutable, alive until app_repo_close */
	slu_str strategy_file;     /* ".sluice/strategy.yml", "preset:gitflow", "the file given at repo create" */
	slu_str strategy_commit;   /* "" when it comes from no commit */
	const char *strategy_trouble; /* NULL; else why the last good one is in force, a sentence */
	const slu_str *strategy_base; /* files of other repositories that it extends (app/bases.h) */
	size_t strategy_base_n;
	bool read_only;            /* row.read_only says why */
	enum strat_level level;    /* of the one who asks */
	void *hold;                /* the app's */
};
/**
 * Open a repository for the one who asks.
 * Without `need`: SLU_E_NOT_FOUND when not even read is held (the same as for one that is not there), SLU_E_AUTH when nobody is signed in
 * and more than reading is asked, else SLU_E_DENIED. A token's scope bounds the level: without write at most read (with repo:status triage).
 */
slu_rc app_repo_open(struct app_repo *out, struct app_unit *u, slu_str owner, slu_str name, enum strat_level need, slu_err *err);
/** The same as the system sees it, without asking for a right. */
slu_rc app_repo_open_id(struct app_repo *out, struct app_unit *u, int64_t id, slu_err *err);
void app_repo_close(struct app_unit *u, struct app_repo *r); /* a zeroed one is fine */
/** The strategy in force and the row may have changed since it was opened: take them as they are now. */
slu_rc app_repo_refresh(struct app_unit *u, struct app_repo *r, slu_err *err);
/** A git handle for the objects of a push that lie in a quarantine; closed by the caller with ops->close. */
slu_rc app_repo_quarantine(port_git **out, struct app_unit *u, const struct app_repo *r, const char *object_dir, const char *alternates, slu_err *err);
/**
 * One at a time may move refs of a repository. Taken before port_store_begin, never after.
 * @return SLU_E_BUSY: another act has not given it up for APP_REPO_WAIT_MS (app_ports.repo_wait_ms); it is not held then
 */
slu_rc app_repo_lock(app *app, int64_t repo_id, slu_err *err);
void app_repo_unlock(app *app, int64_t repo_id);
/** Compile the file at this commit as it would be in force (extends resolved, outside files only as accepted). SLU_E_STRATEGY: the first error. NULL strategy: the commit has no file. */
slu_rc app_strategy_candidate(const strat **out, struct app_unit *u, struct app_repo *r, port_git *git, const slu_oid *commit, strat_issues *issues, slu_err *err);

/** The same of a text that stands nowhere yet, beside the files of the default branch. */
slu_rc app_strategy_check(const strat **out, strat_issues *issues, struct app_unit *u, struct app_repo *r, slu_str text, slu_err *err);

/** Facts for decide(): Git's half (app/git_facts.h) over `r->git` or, when not NULL, `git` (a quarantine), and the database's. */
slu_rc app_facts(struct pol_facts *out, struct app_unit *u, struct app_repo *r, port_git *git, slu_err *err);
/** pol_decide with them, as the one who asks (action.actor is filled in when empty). */
slu_rc app_decide(struct pol_verdict *out, struct app_unit *u, struct app_repo *r, const struct pol_action *action, slu_err *err);
/** SLU_OK, or SLU_E_DENIED / SLU_E_WAIT with a sentence that names the first failing rule, its place and what opens it. */
slu_rc app_verdict_rc(const struct pol_verdict *v, slu_err *err);

/* ---- acts: state and event in one transaction ------------------------------------------------------------------------------ */

/** port_store_begin / commit / rollback of the unit; app_commit also wakes those who wait for events. */
slu_rc app_begin(struct app_unit *u, slu_err *err);
slu_rc app_commit(struct app_unit *u, slu_err *err);
void app_rollback(struct app_unit *u);

/**
 * Record what was done; a leaf of the audit tree. Must stand in a transaction.
 * @param r     NULL: an event of the server
 * @param kind  one of the words in docs/events.md: lower case, hyphens
 * @param ref   full ref or ""
 * @param data  a JSON object, at most 64 KiB; "" means {}
 */
slu_rc app_event(struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_str data, slu_err *err);
/**
 * The same for what changes nothing, and so could be had any number of times: the log is not filled by it. What the same person did already
 * in the hour before is not written again, and no more than APP_EVENTS_BOUND of the kind by one person in a repository (or the server).
 */
enum { APP_EVENTS_BOUND = 64 };
slu_rc app_event_bounded(struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_str data, slu_err *err);
/** Number of the newest event; waits until it exceeds `after` or `timeout_ms` passed. For live updates. */
int64_t app_events_wait(app *app, int64_t after, int timeout_ms);
/** The number of the newest committed event, without waiting. */
int64_t app_events_now(app *app);

/** Name, e-mail and time that commits and tags made for the one who asks carry. */
struct port_git_ident app_ident(struct app_unit *u);
/** "SLUICE <sluice@localhost>": the committer of what the server makes. */
struct port_git_ident app_server_ident(struct app_unit *u);
/** What checks the signatures on commits and tags that the server makes: lines for gpg.ssh.allowedSignersFile. In u->a. */
slu_str app_allowed_signers(struct app_unit *u);
#endif
