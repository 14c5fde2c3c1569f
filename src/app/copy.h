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
/** *out: true when `path` is not there or is a folder with nothing in it. */
slu_rc app_is_empty(bool *out, const char *path, slu_err *err);
#endif
