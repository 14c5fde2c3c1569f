/* SPDX-License-Identifier: Apache-2.0 */
/** What a connection is. Only for src/store/store.c and src/store/sql.c. */
#ifndef STORE_IMPL_H
#define STORE_IMPL_H
#include "store/sql.h"

enum { STORE_CACHE = 512 }; /* statements; a power of two, never nearly full */

struct store_cached {
	const char *sql;
	sqlite3_stmt *st;
	bool busy;
};
struct port_store {
	sqlite3 *db;
	char *path;
	bool writing, reading;
	unsigned cached_n;
	struct store_cached cache[STORE_CACHE];
};
/** Turn SQLite's last failure into a status and a sentence. */
slu_rc store_fail(port_store *s, int sqlite_rc, slu_err *err, const char *doing);
#endif
