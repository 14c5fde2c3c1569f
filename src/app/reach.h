/* SPDX-License-Identifier: Apache-2.0 */
/** Which commits are in which branches, for many branches at once: the history is read once, and then nothing more. */
#ifndef APP_REACH_H
#define APP_REACH_H
#include "base/map.h"
#include "port/git.h"

struct app_reach {
	slu_arena *a;
	struct port_git_topology t;
	slu_map *number;        /* of each tip, by its bytes: its place in `t` and one more */
	slu_map *marked;        /* by the same: what that tip reaches */
	slu_map *patch;         /* of commits that were looked at: what they change, as an id */
};

enum app_within {
	APP_WITHIN_NOT,
	APP_WITHIN_ALONG,  /* on its line of first parents: a branch that has nothing of its own, or had it taken over as it was */
	APP_WITHIN_MERGED  /* brought in by a merge */
};

/** Of everything that these reach; what is asked later must be one of them. SLU_E_LIMIT over SLU_MAX_HISTORY_COMMITS */
slu_rc app_reach_open(struct app_reach *out, slu_arena *a, port_git *g, const slu_oid *tip, size_t n, slu_err *err);
enum app_within app_reach_within(struct app_reach *r, const slu_oid *tip, const slu_oid *into);
/** How far two tips are apart, and when the oldest commit was made that only `tip` has (0: it has none). Cost: one pass over the history. */
struct app_apart { uint64_t ahead, behind; int64_t began_s; };
struct app_apart app_reach_apart(struct app_reach *r, const slu_oid *tip, const slu_oid *base);
/**
 * The commit (zero: there is none) on the line of first parents of `into` that is what a branch changes, all of it together, made no earlier than its last. Told by the patch, of the
 * newest APP_REACH_PATCHES such commits: what was changed on the way is not found.
 */
enum { APP_REACH_PATCHES = 50 };
slu_rc app_reach_squashed(slu_oid *out, struct app_reach *r, port_git *g, const slu_oid *tip, const slu_oid *into, slu_err *err);
/** When that commit was made, by the committer's clock. */
int64_t app_reach_time(const struct app_reach *r, const slu_oid *tip);
#endif
