/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql.h"

#include "store/impl.h"

#include <errno.h>
#include <stdarg.h>

static slu_rc code_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return SLU_E_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return SLU_E_CORRUPT;
	case SQLITE_CONSTRAINT:
		return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ? SLU_E_EXISTS : SLU_E_INVALID;
	case SQLITE_FULL:
		return SLU_E_FULL;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return SLU_E_IO;
	default:
		return SLU_E_INTERNAL;
	}
}

slu_rc store_fail(port_store *s, int sqlite_rc, slu_err *err, const char *doing)
{
	bool io_full = (sqlite_rc & 0xff) == SQLITE_IOERR && s->db && (sqlite3_system_errno(s->db) == ENOSPC || sqlite3_system_errno(s->db) == EDQUOT);
	slu_rc code = io_full ? SLU_E_FULL : code_of(sqlite_rc);
	const char *says = s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(sqlite_rc);

	if (code == SLU_E_BUSY)
		return slu_fail(err, code, "The database is locked by another process and could not be %s in time; try again.", doing);
	if (code == SLU_E_FULL) /* of queries that only read, VACUUM INTO alone can meet this */
		return slu_fail(err, code, "The disk is full: the database %s could not be %s. Free some space and try again.", s->path ? s->path : "", strcmp(doing, "read") == 0 ? "copied" : doing);
	return slu_fail(err, code, "The database %s could not be %s: %s.", s->path ? s->path : "", doing, says);
}

/** Slot of this SQL in the cache, prepared; -1: must be prepared for this use only. */
static int slot_of(port_store *s, const char *sql)
{
	unsigned at = (unsigned)(((uintptr_t)sql >> 3) * 2654435761u) & (STORE_CACHE - 1);

	while (s->cache[at].sql && s->cache[at].sql != sql)
		at = (at + 1) & (STORE_CACHE - 1);
	if (s->cache[at].sql)
		return s->cache[at].busy ? -1 : (int)at;
	if (s->cached_n >= STORE_CACHE * 3 / 4)
		return -1;
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->cache[at].st, NULL) != SQLITE_OK)
		return -1;
	s->cache[at].sql = sql;
	s->cached_n++;
	return (int)at;
}

static int bind_one(sqlite3_stmt *st, int at, char type, va_list *ap)
{
	switch (type) {
	case 'i':
		return sqlite3_bind_int64(st, at, va_arg(*ap, int64_t));
	case 't': {
		slu_str t = va_arg(*ap, slu_str);
		return sqlite3_bind_text64(st, at, t.p ? t.p : "", t.n, SQLITE_STATIC, SQLITE_UTF8);
	}
	case 'z':
		return sqlite3_bind_text(st, at, va_arg(*ap, const char *), -1, SQLITE_STATIC);
	case 'o': {
		const slu_oid *o = va_arg(*ap, const slu_oid *);
		return sqlite3_bind_text(st, at, slu_oid_is_zero(o) ? "" : o->hex, -1, SQLITE_STATIC);
	}
	case 'h':
		return sqlite3_bind_blob(st, at, va_arg(*ap, const unsigned char *), 32, SQLITE_STATIC);
	default:
		return SQLITE_MISUSE;
	}
}

static slu_rc prepare(struct store_q *q, port_store *s, slu_err *err, const char *sql, const char *types, va_list *ap)
{
	int rc = SQLITE_OK;

	*q = (struct store_q){ .s = s, .slot = slot_of(s, sql) };
	if (q->slot >= 0) {
		q->st = s->cache[q->slot].st;
		s->cache[q->slot].busy = true;
	} else {
		rc = sqlite3_prepare_v2(s->db, sql, -1, &q->st, NULL);
	}
	for (int i = 0; rc == SQLITE_OK && types[i]; i++)
		rc = bind_one(q->st, i + 1, types[i], ap);
	q->rc = rc;
	if (rc == SQLITE_OK)
		return SLU_OK;
	slu_rc code = store_fail(s, rc, err, "asked");
	q->rc = SQLITE_OK;
	(void)!store_end(q, NULL);
	return code;
}

slu_rc store_query(struct store_q *q, port_store *s, slu_err *err, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	slu_rc rc = prepare(q, s, err, sql, types, &ap);
	va_end(ap);
	return rc;
}

bool store_row(struct store_q *q)
{
	q->column = 0;
	q->rc = sqlite3_step(q->st);
	return q->rc == SQLITE_ROW;
}

slu_rc store_end(struct store_q *q, slu_err *err)
{
	slu_rc code = SLU_OK;

	if (q->rc != SQLITE_OK && q->rc != SQLITE_ROW && q->rc != SQLITE_DONE)
		code = store_fail(q->s, sqlite3_extended_errcode(q->s->db), err, "read");
	if (q->slot >= 0) {
		(void)sqlite3_reset(q->st);
		(void)sqlite3_clear_bindings(q->st);
		q->s->cache[q->slot].busy = false;
	} else {
		(void)sqlite3_finalize(q->st);
	}
	q->st = NULL;
	return code;
}

slu_rc store_end_one(struct store_q *q, bool found, slu_err *err, const char *fmt, ...)
{
	SLU_TRY(store_end(q, err));
	if (found)
		return SLU_OK;
	char text[SLU_ERR_TEXT];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return slu_fail(err, SLU_E_NOT_FOUND, "%s", text);
}

slu_rc store_end_after(struct store_q *q, slu_rc rc, slu_err *err)
{
	if (rc == SLU_OK)
		return store_end(q, err);
	(void)!store_end(q, NULL);
	return rc;
}

static slu_rc number(int64_t *out, port_store *s, slu_err *err, const char *sql, const char *types, va_list *ap)
{
	struct store_q q;
	SLU_TRY(prepare(&q, s, err, sql, types, ap));
	int64_t n = store_row(&q) ? store_i(&q) : 0;
	SLU_TRY(store_end(&q, err));
	*out = n;
	return SLU_OK;
}

slu_rc store_number(int64_t *out, port_store *s, slu_err *err, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	slu_rc rc = number(out, s, err, sql, types, &ap);
	va_end(ap);
	return rc;
}

slu_rc store_total(struct port_page *page, port_store *s, slu_err *err, const char *sql, const char *types, ...)
{
	int64_t n = 0;
	va_list ap;
	if (!page || !page->want_total)
		return SLU_OK;
	va_start(ap, types);
	slu_rc rc = number(&n, s, err, sql, types, &ap);
	va_end(ap);
	if (rc == SLU_OK)
		page->total = (size_t)n;
	return rc;
}

static slu_rc run(port_store *s, slu_err *err, const char *sql, const char *types, va_list *ap)
{
	struct store_q q;

	if (!s->writing)
		return slu_fail(err, SLU_E_INTERNAL, "A write to the database was tried outside a transaction.");
	SLU_TRY(prepare(&q, s, err, sql, types, ap));
	(void)store_row(&q);
	slu_rc code = SLU_OK;
	if (q.rc != SQLITE_DONE && q.rc != SQLITE_ROW)
		code = store_fail(s, sqlite3_extended_errcode(s->db), err, "written");
	q.rc = SQLITE_OK;
	(void)!store_end(&q, NULL);
	return code;
}

slu_rc store_run(port_store *s, slu_err *err, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	slu_rc rc = run(s, err, sql, types, &ap);
	va_end(ap);
	return rc;
}

slu_rc store_run_one(port_store *s, slu_err *err, const char *none, const char *sql, const char *types, ...)
{
	va_list ap;
	va_start(ap, types);
	slu_rc rc = run(s, err, sql, types, &ap);
	va_end(ap);
	if (rc == SLU_OK && sqlite3_changes(s->db) == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "%s", none);
	return rc;
}

int64_t store_last_id(port_store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

int64_t store_i(struct store_q *q)
{
	return sqlite3_column_int64(q->st, q->column++);
}

bool store_b(struct store_q *q)
{
	return sqlite3_column_int64(q->st, q->column++) != 0;
}

slu_str store_t(struct store_q *q, slu_arena *a)
{
	const void *p = sqlite3_column_blob(q->st, q->column);
	size_t n = (size_t)sqlite3_column_bytes(q->st, q->column);

	q->column++;
	return (slu_str){ slu_strndup(a, p ? p : "", p ? n : 0), p ? n : 0 };
}

slu_oid store_o(struct store_q *q)
{
	const void *p = sqlite3_column_blob(q->st, q->column);
	size_t n = (size_t)sqlite3_column_bytes(q->st, q->column);
	slu_oid o = { 0 };

	q->column++;
	if (!p || n == 0 || slu_oid_parse(&o, (slu_str){ p, n }, NULL) != SLU_OK)
		return slu_oid_zero();
	return o;
}

bool store_h(struct store_q *q, unsigned char hash[32])
{
	const void *p = sqlite3_column_blob(q->st, q->column);
	int n = sqlite3_column_bytes(q->st, q->column);

	q->column++;
	memset(hash, 0, 32);
	if (!p || n != 32)
		return false;
	memcpy(hash, p, 32);
	return true;
}

int64_t store_limit(const struct port_page *page)
{
	return !page || page->limit == 0 ? -1 : (int64_t)page->limit;
}

int64_t store_offset(const struct port_page *page)
{
	return page ? (int64_t)page->offset : 0;
}
