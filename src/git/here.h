/* SPDX-License-Identifier: Apache-2.0 */
/** The repository around the current folder, found as Git finds it and without a process; in unusual places git is asked. */
#ifndef GIT_HERE_H
#define GIT_HERE_H
#include "port/git_here.h"

port_git_here_fn git_here;
/** The same, all by git: for the unusual, and for tests that compare. */
port_git_here_fn git_here_by_git;

/** A short text file (HEAD, gitdir, commondir), trimmed; n == 0: it cannot be read. */
slu_str git_small_file(slu_arena *a, const char *path);
/** The folder that has the objects, refs and settings of a repository: of a linked work tree's folder that of its repository, else itself. */
const char *git_common_dir(slu_arena *a, const char *git_dir);
#endif
