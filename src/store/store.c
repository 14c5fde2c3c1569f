/* SPDX-License-Identifier: Apache-2.0 */
#include "port/store.h"

#include "store/impl.h"
#include "store/schema.h"

#include <sys/stat.h>

enum { BUSY_MS = 10000 };

static slu_rc exec(port_store *s, const char *sql, const char *doing, slu_err *err)
{
	int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? SLU_OK : store_fail(s, sqlite3_extended_errcode(s->db), err, doing);
}

/* ---- the schema comes forward ------------------------------------------------------------------------------------------ */

static slu_rc refuse_newer(port_store *s, const struct store_schema *step, size_t n, slu_err *err)
{
	struct store_q q;
	char unknown[128] = "";

	SLU_TRY(store_query(&q, s, err, "SELECT name FROM schema_step ORDER BY name", ""));
	while (!unknown[0] && store_row(&q)) {
		const char *name = (const char *)sqlite3_column_text(q.st, 0);
		bool known = false;
		for (size_t i = 0; name && i < n; i++)
			known = known || strcmp(step[i].name, name) == 0;
		if (!known)
			(void)snprintf(unknown, sizeof(unknown), "%s", name ? name : "?");
	}
	SLU_TRY(store_end(&q, err));
	if (unknown[0])
		return slu_fail(err, SLU_E_IO, "The database %s was written by a newer version (it has the schema step %s, which this program does not know); use that version.", s->path, unknown);
	return SLU_OK;
}

static slu_rc apply(port_store *s, const struct store_schema *step, slu_err *err)
{
	int64_t there = 0;

	SLU_TRY(store_number(&there, s, err, "SELECT count(*) FROM schema_step WHERE name = ?", "z", step->name));
	if (there)
		return SLU_OK;
	if (exec(s, step->text, "brought to the present schema", err) != SLU_OK)
		return slu_err_context(err, "Schema step %s", step->name);
	return store_run(s, err, "INSERT INTO schema_step(name) VALUES(?)", "z", step->name);
}

static slu_rc migrate(port_store *s, slu_err *err)
{
	size_t n = 0;
	const struct store_schema *step = store_schemas(&n);
	int64_t there = 0, applied = 0;

	SLU_TRY(store_number(&there, s, err, "SELECT count(*) FROM sqlite_master WHERE name = 'schema_step'", ""));
	if (there) {
		SLU_TRY(refuse_newer(s, step, n, err));
		SLU_TRY(store_number(&applied, s, err, "SELECT count(*) FROM schema_step", ""));
		if ((size_t)applied == n)
			return SLU_OK;
	}
	SLU_TRY(port_store_begin(s, err));
	slu_rc rc = exec(s, "CREATE TABLE IF NOT EXISTS schema_step(name TEXT PRIMARY KEY) WITHOUT ROWID", "prepared", err);
	for (size_t i = 0; rc == SLU_OK && i < n; i++)
		rc = apply(s, &step[i], err);
	if (rc == SLU_OK)
		return port_store_commit(s, err);
	port_store_rollback(s);
	return rc;
}

/* ---- open and close ------------------------------------------------------------------------------------------------------ */

slu_rc port_store_open(port_store **out, const char *path, slu_err *err)
{
	port_store *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	s->path = strdup(path);
	int rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	slu_rc code = rc == SQLITE_OK ? SLU_OK : store_fail(s, rc, err, "opened");
	if (code == SLU_OK) {
		(void)sqlite3_extended_result_codes(s->db, 1);
		(void)sqlite3_busy_timeout(s->db, BUSY_MS);
		(void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		code = exec(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-2048; PRAGMA trusted_schema=OFF", "opened", err);
	}
	if (code == SLU_OK)
		code = migrate(s, err);
	if (code == SLU_OK)
		*out = s;
	else
		port_store_close(s);
	return code;
}

void port_store_close(port_store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < STORE_CACHE; i++)
		if (s->cache[i].st)
			(void)sqlite3_finalize(s->cache[i].st);
	(void)sqlite3_close(s->db);
	free(s->path);
	free(s);
}

/* ---- transactions ---------------------------------------------------------------------------------------------------------- */

slu_rc port_store_begin(port_store *s, slu_err *err)
{
	if (s->writing || s->reading)
		return slu_fail(err, SLU_E_INTERNAL, "A transaction was begun inside another one.");
	SLU_TRY(exec(s, "BEGIN IMMEDIATE", "written", err));
	s->writing = true;
	return SLU_OK;
}

slu_rc port_store_commit(port_store *s, slu_err *err)
{
	if (!s->writing)
		return slu_fail(err, SLU_E_INTERNAL, "A transaction was committed that had not been begun.");
	slu_rc rc = exec(s, "COMMIT", "written", err);
	if (rc != SLU_OK)
		port_store_rollback(s);
	s->writing = false;
	return rc;
}

void port_store_rollback(port_store *s)
{
	if (!s->writing)
		return;
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	s->writing = false;
}

bool port_store_in_transaction(const port_store *s)
{
	return s->writing;
}

slu_rc port_store_read(port_store *s, slu_err *err)
{
	if (s->writing || s->reading)
		return slu_fail(err, SLU_E_INTERNAL, "A transaction was begun inside another one.");
	SLU_TRY(exec(s, "BEGIN", "read", err));
	s->reading = true;
	return SLU_OK;
}

void port_store_read_end(port_store *s)
{
	if (!s->reading)
		return;
	(void)sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	s->reading = false;
}

/* ---- whole file ---------------------------------------------------------------------------------------------------------------- */

slu_rc port_store_copy(port_store *s, const char *path, slu_err *err)
{
	struct stat st;
	struct store_q q;

	if (stat(path, &st) == 0)
		return slu_fail(err, SLU_E_EXISTS, "There is already a file %s.", path);
	/* VACUUM INTO is one read transaction: the copy is one state, whoever writes meanwhile. */
	SLU_TRY(store_query(&q, s, err, "VACUUM INTO ?", "z", path));
	(void)store_row(&q);
	return store_end(&q, err);
}

slu_rc port_store_check(port_store *s, slu_err *err)
{
	struct store_q q;
	char says[512] = "";

	SLU_TRY(store_query(&q, s, err, "PRAGMA integrity_check(1)", ""));
	if (store_row(&q)) {
		const char *t = (const char *)sqlite3_column_text(q.st, 0);
		(void)snprintf(says, sizeof(says), "%s", t ? t : "");
	}
	SLU_TRY(store_end(&q, err));
	if (strcmp(says, "ok") != 0)
		return slu_fail(err, SLU_E_CORRUPT, "The database %s is damaged: %s. Restore a backup (`sluice restore`).", s->path, says);
	return SLU_OK;
}

slu_rc port_setting_get(port_store *s, slu_arena *a, slu_str key, slu_str *out, slu_err *err)
{
	struct store_q q;
	slu_str value = { 0 };

	SLU_TRY(store_query(&q, s, err, "SELECT value FROM setting WHERE key = ?", "t", key));
	if (store_row(&q))
		value = store_t(&q, a);
	SLU_TRY(store_end(&q, err));
	*out = value;
	return SLU_OK;
}

slu_rc port_setting_put(port_store *s, slu_str key, slu_str value, slu_err *err)
{
	return store_run(s, err, "INSERT INTO setting(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", "tt", key, value);
}
