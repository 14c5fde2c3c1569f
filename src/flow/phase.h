/* SPDX-License-Identifier: Apache-2.0 */
/** Phases of a plan: their branches, their order, their tags. Pure. Source: adr/0027. */
#ifndef FLOW_PHASE_H
#define FLOW_PHASE_H
#include "flow/release.h"

/** Index of the phase of this name; STRAT_NONE: the strategy has none. */
int flow_phase_find(const strat *s, slu_str name);
/** Their names, for a sentence: "phase1, phase2". */
const char *flow_phases_text(slu_arena *a, const strat *s);
/** Do branches of this kind belong to a phase? Those of a kind with {phase} in its pattern do, but for throwaway ones. */
bool flow_is_phase_kind(const strat *s, int kind);
/** Are branches of phases only merged by commits that say so? Then a history tells which are in it. */
bool flow_phases_are_told(const strat *s);
/**
 * The branch of a phase in a kind: "feature/phase1-bridge" of feature/{phase}-{name}.
 * @param name  what else stands in the pattern; n == 0: nothing was typed
 * @return SLU_E_USAGE: the pattern wants a name; SLU_E_INVALID: it makes none of what was typed
 */
slu_rc flow_phase_branch(char **out, slu_arena *a, const strat *s, int kind, int phase, slu_str name, slu_str today, slu_err *err);
/** Branches of a phase among the refs, short names. */
size_t flow_phase_branches(const char ***out, slu_arena *a, const strat *s, int phase, const struct flow_refs *refs);
/** Does the one come after the other, at once or by others between? */
bool flow_phase_comes_after(const strat *s, int phase, int before);
/** All that is wanted, each after those of them that it comes after; with `whole` also what any of them comes after. @return how many */
size_t flow_phase_order(int **out, slu_arena *a, const strat *s, const bool *want, bool whole);
/**
 * The tag that marks a phase on a branch of the kind `on`: the one that the phase names, else what a class with {phase} makes.
 * *cls STRAT_NONE: none can stand there.
 */
slu_rc flow_phase_tag(const char **tag, int *cls, slu_arena *a, const strat *s, int phase, int on, slu_err *err);
/** The kind that holds several phases together to try them: throwaway, no twin of another kind. STRAT_NONE: there is none, or none stands out. */
int flow_phase_trial_kind(const strat *s);
#endif
