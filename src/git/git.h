/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Adapters of port/git.h, and what is done to a whole repository.
 *
 * Every Git process of ours runs without the user's and the system's configuration, without hooks, without replace refs
 * and in the C locale, so that it does the same for everybody.
 */
#ifndef GIT_GIT_H
#define GIT_GIT_H
#include "port/git.h"

/** By the `git` program: works everywhere. Processes start when they are first needed. */
slu_rc git_cli_open(port_git **out, const struct port_git_open *o, slu_err *err);
/**
 * By our own readers, and the `git` program for what they do not know and for all that writes: nothing is started for a question about refs, commits, tags,
 * history or one file. For commands. What was learnt of the history is kept as long as the handle.
 */
slu_rc git_own_open(port_git **out, const struct port_git_open *o, slu_err *err);
/**
 * By libgit2 for reads, the `git` program for walks over much history and for all that writes. A repository that libgit2 cannot
 * read (SHA-256, shallow, an extension it does not know) is opened as git_cli_open does. Only in the server.
 */
slu_rc git_lg2_open(port_git **out, const struct port_git_open *o, slu_err *err);

/** Make an empty bare repository of the server (and the folders above it). SLU_E_EXISTS when something is there already. */
slu_rc git_repo_init(const char *path, slu_str default_branch, slu_err *err);
/**
 * Make a bare repository at `path` with all branches and tags of the one at `from` (absolute path of a repository or bundle),
 * nothing else of it; HEAD as there. Nothing of the source runs. On failure nothing is left at `path`.
 */
slu_rc git_repo_import(const char *path, const char *from, slu_err *err);
/** What an import of it would have as its default branch. SLU_E_NOT_FOUND, SLU_E_IO: there is no repository or bundle. */
slu_rc git_repo_source(slu_str *default_branch, slu_arena *a, const char *from, slu_err *err);
/** Branch that HEAD names, without "refs/heads/". SLU_E_NOT_FOUND when HEAD is detached. */
slu_rc git_repo_default_branch(slu_str *out, slu_arena *a, const char *path, slu_err *err);
/** HEAD names this branch from now on, which need not be there. Nothing happens when it does already. */
slu_rc git_repo_set_default(const char *path, slu_str branch, slu_err *err);
/** Is every object there that a ref needs? SLU_E_CORRUPT says what is not. Reads all of the repository's commits and trees. */
slu_rc git_repo_check(const char *path, slu_err *err);
/** Bring the commit-graph up to date (an incremental layer); cheap when there is nothing new. */
slu_rc git_repo_commit_graph(const char *path, slu_err *err);

/**
 * Remove what killed processes left: lock files below refs/, HEAD.lock, packed-refs.lock and the half-written packed-refs.new, and
 * quarantines of pushes. Only when nothing that moves refs or takes pushes runs on it. A repository that is not there has nothing.
 */
slu_rc git_repo_clear_stale(const char *path, size_t *locks, size_t *quarantines, slu_err *err);

/** Environment and leading arguments that every Git child of ours gets. */
enum { GIT_ENV_MAX = 24 };
struct git_env {
	const char *v[GIT_ENV_MAX]; /* NULL-terminated */
	size_t n;
};
/** PATH and the settings named above; strings live in `a`. */
void git_env_init(struct git_env *e, slu_arena *a);
void git_env_add(struct git_env *e, slu_arena *a, const char *key, const char *value); /* NULL value: nothing */
#endif
