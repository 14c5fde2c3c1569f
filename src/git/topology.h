/* SPDX-License-Identifier: Apache-2.0 */
/** A whole history as bare structure, from the commit-graph where a commit is in it, from its object where not. */
#ifndef GIT_TOPOLOGY_H
#define GIT_TOPOLOGY_H
#include "git/walk.h"

/**
 * @param objects  the repository's own objects folder, where the graph is looked for
 * @param load     reads a commit that the graph does not have
 * Cost: one visit of each commit and each parent. Test: test/unit/git_walk_test.c
 */
slu_rc git_topology(struct port_git_topology *out, slu_arena *a, const char *objects, git_walk_load *load, void *ctx, const slu_oid *tip, size_t n, slu_err *err);
#endif
