/* SPDX-License-Identifier: Apache-2.0 */
/* The server home, the pool of store connections, units of work. */
#include "app/copy.h"
#include "app/impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { LOCK_WAIT_MS = 20000, LOCK_STEP_MS = 20, LEAST_FREE = 1 << 20 };

/* ---- folders and locks --------------------------------------------------------------------------------------------------- */

static slu_rc make_folder(const char *path, slu_err *err)
{
	if (mkdir(path, 0700) == 0)
		return app_sync_parent(path, err);
	if (errno == EEXIST)
		return SLU_OK;
	return slu_fail(err, slu_rc_io(strerror(errno)), "The folder %s could not be made: %s.", path, strerror(errno));
}

static slu_rc make_folders(const char *home, slu_err *err)
{
	static const char *const names[] = { "repos", "keys", "secrets", "work", "run" };
	slu_auto_arena *a = slu_arena_new();
	char *path = slu_strdup(a, home);

	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		SLU_TRY(make_folder(path, err));
		*p = '/';
	}
	SLU_TRY(make_folder(path, err));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		SLU_TRY(make_folder(slu_printf(a, "%s/%s", home, names[i]), err));
	return SLU_OK;
}

slu_rc app_take_lock(int *out, const char *home, const char *name, int wait_ms, slu_rc late, const char *held, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *path = slu_printf(a, "%s/run/%s", home, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return slu_fail(err, SLU_E_IO, "The file %s could not be opened: %s.", path, strerror(errno));
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += LOCK_STEP_MS) {
		if (waited >= wait_ms) {
			(void)close(fd);
			return slu_fail(err, late, "%s (%s).", held, path);
		}
		(void)usleep(LOCK_STEP_MS * 1000);
	}
	*out = fd;
	return SLU_OK;
}

static slu_rc take_locks(app *ap, slu_err *err)
{
	SLU_TRY(app_take_lock(&ap->server_fd, ap->home, "server.lock", 0, SLU_E_CONFLICT, "Another server runs on this home; stop it first, or let commands go through its socket", err));
	/* Git children of a server that was killed hold this one until they are done. */
	return app_take_lock(&ap->lock_fd, ap->home, "lock", LOCK_WAIT_MS, SLU_E_TIMEOUT, "Git processes of an earlier server still work on this home; wait until they end", err);
}

/* ---- the database's file --------------------------------------------------------------------------------------------------- */

static bool has_files(const char *folder)
{
	DIR *d = opendir(folder);
	bool any = !d && errno != ENOENT; /* what cannot be looked into is not taken for empty */

	for (const struct dirent *e; d && !any && (e = readdir(d));)
		any = e->d_name[0] != '.';
	if (d)
		(void)closedir(d);
	return any;
}

/** A home that has keys or repositories has had a database: a new, empty one beside them would forget everybody and every event. */
static slu_rc not_lost(const char *home, const char *db, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct stat st;

	if ((stat(db, &st) == 0 && st.st_size > 0) || (!has_files(slu_printf(a, "%s/keys", home)) && !has_files(slu_printf(a, "%s/repos", home))))
		return SLU_OK;
	return slu_fail(err, SLU_E_CORRUPT, "The database %s is missing or empty, though the home holds keys or repositories. Put it back, or make a new home from a backup: sluice restore BACKUP --home DIR.", db);
}

/** A restore that was cut off left a part of a home. */
static slu_rc not_unfinished(const char *home, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();

	if (access(slu_printf(a, "%s/" APP_UNFINISHED, home), F_OK) != 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_CORRUPT, "The home %s is not whole: the restore that fills it was cut off, or is under way. Repeat it: sluice restore BACKUP --home %s", home, home);
}

/** What is written to a file that has been removed or replaced beneath the server is lost with its last descriptor. */
static slu_rc still_there(const app *ap, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *db = slu_printf(a, "%s/sluice.db", ap->home);
	struct stat st;

	if (stat(db, &st) == 0 && (uint64_t)st.st_ino == ap->db_ino && (uint64_t)st.st_dev == ap->db_dev)
		return SLU_OK;
	return slu_fail(err, SLU_E_IO, "The database %s was removed or replaced while the server runs: nothing is written any more. Stop the server and put the file back, or restore a backup.", db);
}

static slu_rc open_store(app *ap, port_store **out, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *db = slu_printf(a, "%s/sluice.db", ap->home);
	struct stat st;

	SLU_TRY(not_lost(ap->home, db, err));
	SLU_TRY(port_store_open(out, db, err));
	if (stat(db, &st) != 0) {
		port_store_close(*out);
		return slu_fail(err, SLU_E_IO, "The database %s could not be looked at: %s.", db, strerror(errno));
	}
	ap->db_ino = (uint64_t)st.st_ino;
	ap->db_dev = (uint64_t)st.st_dev;
	return SLU_OK;
}

/** NULL, or that the disk is full: what Git and the database need for the smallest push is not there. */
static const char *disk_full(const app *ap, slu_arena *a)
{
	struct statvfs fs;

	if (statvfs(ap->home, &fs) != 0 || fs.f_blocks == 0 || (uint64_t)fs.f_bavail * fs.f_frsize >= LEAST_FREE)
		return NULL;
	return slu_printf(a, "The disk that holds %s is full; free some space.", ap->home);
}

/* ---- open and close -------------------------------------------------------------------------------------------------------- */

static slu_rc open_parts(app *ap, slu_err *err)
{
	port_store *s = NULL;

	SLU_TRY(not_unfinished(ap->home, err));
	SLU_TRY(make_folders(ap->home, err));
	SLU_TRY(take_locks(ap, err));
	SLU_TRY(open_store(ap, &s, err));
	ap->store[ap->store_n++] = s;
	SLU_TRY(app_audit_open(ap, s, err));
	SLU_TRY(app_signer_open(ap, err));
	return port_event_count(s, &ap->events, err);
}

slu_rc app_open(app **out, const char *home, const struct app_ports *ports, slu_err *err)
{
	app *ap = calloc(1, sizeof(*ap));
	if (!ap || !(ap->home = strdup(home)))
		abort();
	ap->ports = *ports;
	ap->server_fd = ap->lock_fd = -1;
	(void)pthread_mutex_init(&ap->mu, NULL);
	ap->seen = app_seen_new();
	pthread_condattr_t attr;
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&ap->woke, &attr);
	(void)pthread_condattr_destroy(&attr);
	slu_rc rc = home[0] == '/' ? open_parts(ap, err) : slu_fail(err, SLU_E_INVALID, "The server home %s is not an absolute path.", home);
	if (rc == SLU_OK)
		*out = ap;
	else
		app_close(ap);
	return rc;
}

void app_close(app *ap)
{
	if (!ap)
		return;
	for (size_t i = 0; i < ap->git_n; i++)
		ap->git[i].git->ops->close(ap->git[i].git);
	for (size_t i = 0; i < ap->store_n; i++)
		port_store_close(ap->store[i]);
	while (ap->slot) {
		struct app_slot *next = ap->slot->next;
		app_held_drop(ap, ap->slot->held);
		free(ap->slot->looked);
		(void)pthread_mutex_destroy(&ap->slot->act);
		(void)pthread_mutex_destroy(&ap->slot->lock);
		free(ap->slot);
		ap->slot = next;
	}
	if (ap->lock_fd >= 0)
		(void)close(ap->lock_fd);
	if (ap->server_fd >= 0)
		(void)close(ap->server_fd);
	(void)pthread_mutex_destroy(&ap->mu);
	(void)pthread_cond_destroy(&ap->woke);
	explicit_bzero(ap->seed, sizeof(ap->seed));
	explicit_bzero(ap->ssh_seed, sizeof(ap->ssh_seed));
	app_seen_free(ap->seen);
	free(ap->origin);
	free(ap->home);
	free(ap);
}

const char *app_home(const app *ap)
{
	return ap->home;
}

int app_lock_fd(const app *ap)
{
	return ap->lock_fd;
}

const struct app_ports *app_ports_of(const app *ap)
{
	return &ap->ports;
}

const char *app_not_ready(app *ap, slu_arena *a)
{
	struct app_unit u;
	slu_err err = { 0 };
	const struct port_repo *repo = NULL;
	size_t n = 0;
	const char *why = disk_full(ap, a);

	if (why)
		return why;
	if (still_there(ap, &err) != SLU_OK || app_unit_begin(&u, ap, &err) != SLU_OK)
		return slu_strdup(a, err.text);
	if (port_repo_list(u.store, u.a, &repo, &n, &err) != SLU_OK)
		why = slu_strdup(a, err.text);
	for (size_t i = 0; !why && i < n; i++)
		if (repo[i].read_only.n)
			why = slu_printf(a, "The repository %.*s/%.*s is read-only: %.*s", SLU_FMT(repo[i].owner), SLU_FMT(repo[i].name), SLU_FMT(repo[i].read_only));
	app_unit_end(&u);
	return why;
}

/* ---- units of work ------------------------------------------------------------------------------------------------------------ */

static port_store *idle_store(app *ap)
{
	port_store *s = NULL;

	(void)pthread_mutex_lock(&ap->mu);
	if (ap->store_n)
		s = ap->store[--ap->store_n];
	(void)pthread_mutex_unlock(&ap->mu);
	return s;
}

slu_rc app_unit_begin(struct app_unit *u, app *ap, slu_err *err)
{
	port_store *s = idle_store(ap);

	if (!s) {
		slu_auto_arena *a = slu_arena_new();
		SLU_TRY(still_there(ap, err));
		SLU_TRY(port_store_open(&s, slu_printf(a, "%s/sluice.db", ap->home), err));
	}
	*u = (struct app_unit){ .app = ap, .a = slu_arena_new(), .store = s, .now_ms = ap->ports.now_ms() };
	u->now_s = u->now_ms / 1000;
	return SLU_OK;
}

void app_unit_end(struct app_unit *u)
{
	port_store *s = u->store;

	if (!u->app)
		return;
	port_store_rollback(s);
	port_store_read_end(s);
	(void)pthread_mutex_lock(&u->app->mu);
	if (u->app->store_n < APP_STORES) {
		u->app->store[u->app->store_n++] = s;
		s = NULL;
	}
	(void)pthread_mutex_unlock(&u->app->mu);
	port_store_close(s);
	slu_arena_free(u->a);
	*u = (struct app_unit){ 0 };
}

slu_rc app_begin(struct app_unit *u, slu_err *err)
{
	SLU_TRY(still_there(u->app, err));
	if (u->dry_begun)
		return SLU_OK;
	u->tail = NULL;
	SLU_TRY(port_store_begin(u->store, err));
	u->dry_begun = u->dry_run;
	return SLU_OK;
}

void app_rollback(struct app_unit *u)
{
	u->tail = NULL;
	u->dry_begun = false;
	port_store_rollback(u->store);
}

/* ---- repositories' slots ------------------------------------------------------------------------------------------------------- */

struct app_slot *app_slot_of(app *ap, int64_t repo_id)
{
	struct app_slot *s;

	(void)pthread_mutex_lock(&ap->mu);
	for (s = ap->slot; s && s->repo_id != repo_id; s = s->next)
		;
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			abort();
		s->repo_id = repo_id;
		(void)pthread_mutex_init(&s->act, NULL);
		(void)pthread_mutex_init(&s->lock, NULL);
		s->next = ap->slot;
		ap->slot = s;
	}
	(void)pthread_mutex_unlock(&ap->mu);
	return s;
}

slu_rc app_repo_lock(app *ap, int64_t repo_id, slu_err *err)
{
	int64_t wait_ms = ap->ports.repo_wait_ms ? ap->ports.repo_wait_ms : APP_REPO_WAIT_MS;
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	if (pthread_mutex_clocklock(&app_slot_of(ap, repo_id)->act, CLOCK_MONOTONIC, &until) == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_BUSY, "Another act of this repository has not ended for %lld ms, and refs move one act at a time. Nothing was changed; try again.", (long long)wait_ms);
}

void app_repo_unlock(app *ap, int64_t repo_id)
{
	(void)pthread_mutex_unlock(&app_slot_of(ap, repo_id)->act);
}
