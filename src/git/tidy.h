/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Keeps repositories quick while they are used: after some pushes the commit-graph gets a layer, and when there are too many loose
 * objects or packs they are packed together. On a thread of its own; refs are never touched and no object is ever dropped, so no push
 * waits for it, and a child that outlives a killed server does no harm.
 */
#ifndef GIT_TIDY_H
#define GIT_TIDY_H
#include "base/rc.h"

typedef struct git_tidy git_tidy;

/** `lock`: file whose flock the one who tidies holds, and each of its Git children; a backup takes it to copy in quiet. */
git_tidy *git_tidy_start(const char *lock);
/** Refs of the repository at `path` have moved. Cheap; any thread. */
void git_tidy_note(git_tidy *t, const char *path);
/** What is running is ended: it is begun again another time. NULL is fine. */
void git_tidy_stop(git_tidy *t);

/**
 * Bring the commit-graph up to date, and pack loose objects and packs together when there are many of either.
 * @param hold_fd    > 0: a flock that the Git children keep
 * @param cancel_fd  > 0: when it becomes readable they are ended
 */
slu_rc git_repo_tidy(const char *path, int hold_fd, int cancel_fd, slu_err *err);
#endif
