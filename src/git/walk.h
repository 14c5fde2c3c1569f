/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Questions about history, answered in this process: by the commit-graph where a commit is in it, by its object where not.
 *
 * Commits are visited by level (their date, but always above that of their parents), so every child comes before its parents whatever
 * dates say, and each answer is exact. What was loaded once is kept for the life of the walk: commits never change.
 */
#ifndef GIT_WALK_H
#define GIT_WALK_H
#include "git/object.h"

typedef struct git_walk git_walk;

/** Read a commit that the graph does not have, its parents into `a`; id_n: bytes of an id. SLU_E_NOT_FOUND, SLU_E_CORRUPT */
typedef slu_rc git_walk_load(void *ctx, slu_arena *a, const struct git_raw *id, size_t id_n, struct git_commit_head *out, slu_err *err);

/** @param objects  the repository's own objects folder, where the graph is looked for */
git_walk *git_walk_new(const char *objects, git_walk_load *load, void *ctx);
void git_walk_free(git_walk *w); /* NULL is fine */

slu_rc git_walk_is_ancestor(git_walk *w, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err);
slu_rc git_walk_merge_bases(git_walk *w, slu_arena *a, const slu_oid *x, const slu_oid *y, const slu_oid **out, size_t *n, slu_err *err);
slu_rc git_walk_ahead_behind(git_walk *w, const slu_oid *x, const slu_oid *base, uint64_t *ahead, uint64_t *behind, slu_err *err);
/**
 * Children before parents, by their level, then the newer first. SLU_E_LIMIT over max. Asked again and again with a list not_ that only grows
 * (what is in each release of many), all questions together cost as much as one.
 */
slu_rc git_walk_range(git_walk *w, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err);
/**
 * Every commit that a tip reaches and none of not_, a child before its parents, of those that do not know each other the newer first by the
 * committer's clock (of two at the same second, by id).
 */
slu_rc git_walk_order(git_walk *w, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const struct git_raw **out, size_t *n, slu_err *err);
/** What was loaded is kept however much it becomes: for a program that ends after its questions. */
void git_walk_keep(git_walk *w);
/** Commits that had to be read as objects so far: many mean that the graph should be written anew. */
size_t git_walk_loaded(const git_walk *w);
#endif
