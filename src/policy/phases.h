/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Phases: which of them a merge brings, and which are there already.
 *
 * Git does not say whose a commit is. A phase's branches are those of a kind with {phase} in its pattern, but for throwaway ones. What they bring is told
 * by the changes that were merged from them, and by the first-parent lines of those that are still there. Source: requirements GT-2, RL-6.
 */
#ifndef POLICY_PHASES_H
#define POLICY_PHASES_H
#include "policy/pol.h"

/** Index of the phase that a branch of this name belongs to; STRAT_NONE: to none. */
int pol_phase_of(const strat *s, slu_str branch);
/** Index of the phase that a tag of this name is of: by its own name, by {phase} in it, or as a release of the phase's version; STRAT_NONE: of none. */
int pol_phase_of_tag(const strat *s, slu_str tag);
/**
 * Which phases merging `head` into `target` brings, in company: brought[i] is set for the i-th; the others stay as they are.
 * Nothing is where one of them is zero. Cost: two ranges for each branch of a phase that the target does not hold.
 */
slu_rc pol_phases_in(bool *brought, slu_arena *a, const strat *s, const struct pol_facts *f, const slu_oid *head, const slu_oid *target, slu_err *err);
/** Is the phase in this commit's history, or tagged? */
slu_rc pol_phase_there(bool *out, slu_arena *a, const strat *s, const struct pol_facts *f, int phase, const slu_oid *at, slu_err *err);
#endif
