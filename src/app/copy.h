/* SPDX-License-Identifier: Apache-2.0 */
/** Copies folders of a home, durably: each file is on the disk when the call returns. Symbolic links and other kinds of file are refused. */
#ifndef APP_COPY_H
#define APP_COPY_H
#include "base/str.h"

/** Folders are made, files must not be there. `skip` (may be NULL) says which entries stay behind, by their path below `from`. */
slu_rc app_copy_tree(slu_arena *a, const char *from, const char *to, bool (*skip)(const char *below), slu_err *err);
slu_rc app_copy_file(const char *from, const char *to, slu_err *err);
/** A new file with this text, durably. */
slu_rc app_write_file(const char *path, slu_str text, slu_err *err);
/** Make a folder and those above it. Fine when it is there. */
slu_rc app_make_folders(slu_arena *a, const char *path, slu_err *err);
/** What was made or renamed at `path` is there for good: its folder is on the disk. */
slu_rc app_sync_parent(const char *path, slu_err *err);

/* ---- a folder that is filled, or not there ------------------------------------------------------------------------------------ */

/** Name of the file that marks a folder whose filling was not finished; it is the first that is made and the last that goes. */
#define APP_UNFINISHED "sluice-unfinished"
struct app_filling {
	const char *folder;
	int lock_fd; /* of the mark: one fills at a time */
	bool made;   /* the folder was not there */
};
/**
 * Begin to fill a folder: one that is not there, or is empty, or holds only what an earlier filling left that was cut off (it is removed).
 * SLU_E_EXISTS: there is something else in it. SLU_E_BUSY: another process fills it. After SLU_OK, end or undo.
 */
slu_rc app_fill_begin(struct app_filling *out, slu_arena *a, const char *folder, slu_err *err);
/** Would it begin? Nothing is made. */
slu_rc app_fill_may(const char *folder, slu_err *err);
/** It is whole: the mark goes. */
slu_rc app_fill_end(struct app_filling *f, slu_err *err);
/** It failed: everything in it goes, and the folder too when it was not there before. */
void app_fill_undo(struct app_filling *f);
#endif
