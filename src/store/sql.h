/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Statements for the files of src/store: constant SQL with bound parameters, prepared once a connection.
 *
 *     struct store_q q;
 *     SLU_TRY(store_query(&q, s, err, "SELECT id, name FROM person WHERE disabled = ?", "i", (int64_t)0));
 *     while (store_row(&q)) {
 *         int64_t id = store_i(&q);        // columns from the left, each read once
 *         slu_str name = store_t(&q, a);
 *     }
 *     return store_end(&q, err);
 *
 * Parameters by `types`, one letter each: i int64_t, t slu_str, z const char *, o const slu_oid *, h 32 bytes (const unsigned char *).
 * The SQL must be a string literal: it is known again by its address.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H
#include "port/store.h"

#include <sqlite3.h>

struct store_q {
	port_store *s;
	sqlite3_stmt *st;
	int slot;   /* in the cache; -1: not of the cache */
	int column; /* to be read next */
	int rc;     /* SQLite's */
};

/** A write; SLU_E_INTERNAL outside a transaction, SLU_E_EXISTS when a key is there already. */
slu_rc store_run(port_store *s, slu_err *err, const char *sql, const char *types, ...);
/** As store_run; SLU_E_NOT_FOUND with the sentence `none` when no row was touched. */
slu_rc store_run_one(port_store *s, slu_err *err, const char *none, const char *sql, const char *types, ...);
int64_t store_last_id(port_store *s);
/** Begin a read; on success store_end must follow. */
slu_rc store_query(struct store_q *q, port_store *s, slu_err *err, const char *sql, const char *types, ...);
bool store_row(struct store_q *q); /* false: no more, or failed (store_end tells) */
slu_rc store_end(struct store_q *q, slu_err *err);
/** End of a read that wanted one row: `found` is what store_row said. SLU_E_NOT_FOUND with the sentence otherwise. */
slu_rc store_end_one(struct store_q *q, bool found, slu_err *err, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/** End of a read whose rows were used while it ran: what using them came to, and if that is SLU_OK, what reading them did. */
slu_rc store_end_after(struct store_q *q, slu_rc rc, slu_err *err);
/** The number that a query of one row and column gives; 0 without a row. */
slu_rc store_number(int64_t *out, port_store *s, slu_err *err, const char *sql, const char *types, ...);
/** The same as page->total, where that is wanted; page may be NULL. */
slu_rc store_total(struct port_page *page, port_store *s, slu_err *err, const char *sql, const char *types, ...);
int64_t store_i(struct store_q *q);
bool store_b(struct store_q *q);
slu_str store_t(struct store_q *q, slu_arena *a);
slu_oid store_o(struct store_q *q);
bool store_h(struct store_q *q, unsigned char hash[32]); /* false: not 32 bytes; hash is zeroed */
/** LIMIT of a page: -1 for all. */
int64_t store_limit(const struct port_page *page);
int64_t store_offset(const struct port_page *page);
#endif
