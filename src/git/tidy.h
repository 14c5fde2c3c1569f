/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Keeps repositories quick while they are used: after some pushes the commit-graph gets a layer, and when there are too many loose
 * objects or packs they are packed together. On a thread of its own; refs are never touched, so no push waits for it.
 */
#ifndef GIT_TIDY_H
#define GIT_TIDY_H
#include "base/rc.h"

typedef struct git_tidy git_tidy;

git_tidy *git_tidy_start(void);
/** Refs of the repository at `path` have moved. Cheap; any thread. */
void git_tidy_note(git_tidy *t, const char *path);
/** What is running ends first. NULL is fine. */
void git_tidy_stop(git_tidy *t);

/** Pack loose objects and packs together when there are many of either; else nothing. */
slu_rc git_repo_repack(const char *path, slu_err *err);
#endif
