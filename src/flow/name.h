/* SPDX-License-Identifier: Apache-2.0 */
/** Names of branches, from what a person types. Pure. */
#ifndef FLOW_NAME_H
#define FLOW_NAME_H
#include "flow/release.h"

/**
 * The branch of this kind that is meant by a word: the name itself ("feature/login"), or what stands in its pattern ("login").
 * @param today  "2026-01-05", for {date}
 * @return SLU_E_INVALID: no pattern of the kind makes a name of it; the sentence shows one that would
 */
slu_rc flow_branch_name(char **out, slu_arena *a, const strat *s, int kind, slu_str word, slu_str today, slu_err *err);
/** Branches of a kind among the refs, short names. */
size_t flow_branches_of(const char ***out, slu_arena *a, const strat *s, int kind, const struct flow_refs *refs);
/** Kinds that a branch can be started of, for a sentence: "feature, bugfix or hotfix". */
const char *flow_kinds_text(slu_arena *a, const strat *s);
/** The way that a branch of this kind takes when it is done: into production first where it is a release or hotfix, else into its base, else the only one. NULL: there is none, or it must be said. */
const struct strat_edge *flow_edge_of(const strat *s, int kind);
#endif
