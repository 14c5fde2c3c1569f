/* SPDX-License-Identifier: Apache-2.0 */
/** A whole history as bare structure, from what is remembered of it, the commit-graph, or the objects. */
#ifndef GIT_TOPOLOGY_H
#define GIT_TOPOLOGY_H
#include "git/memory.h"
#include "git/walk.h"

/**
 * @param objects  the repository's own objects folder, where the graph is looked for
 * @param load     reads a commit that neither has
 * @param memory   of the repository; NULL: none
 * Cost: one visit of each commit and each parent. Test: test/unit/git_walk_test.c
 */
slu_rc git_topology(struct port_git_topology *out, slu_arena *a, const char *objects, const git_memory *memory, git_walk_load *load, void *ctx, const slu_oid *tip, size_t n, slu_err *err);
#endif
