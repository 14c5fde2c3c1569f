/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A copy of the home while it serves: the database, the keys, every repository with exactly the refs that belong to that state.
 *
 * For the moment in which the database is copied and the refs are read no ref moves; objects, which are only ever added, are
 * copied after it. What was copied is opened again and compared before the backup counts: the file `manifest.json` is written last.
 */
#ifndef APP_BACKUP_H
#define APP_BACKUP_H
#include "app/app.h"

struct app_backup {
	size_t repositories, refs;
	int64_t events;
	slu_str head; /* signed head of the log that was copied */
};
/** By the operator or a server administrator. @param folder  absolute; not there, or empty. SLU_E_EXISTS; SLU_E_IO: what is written so far is no backup, and says so */
slu_rc app_backup(struct app_backup *out, struct app_unit *u, const char *folder, slu_err *err);
#endif
