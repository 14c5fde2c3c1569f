/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What follows from a merge, where nothing but pushes moves branches: the merge back into development, the merge of the same source into another branch, and the
 * branch sluice/… that owes one. The act that it follows from allows it; here commits tell that it is that, never the words of a message.
 */
#ifndef APP_FOLLOWS_H
#define APP_FOLLOWS_H
#include "policy/pol.h"

/**
 * @param push   a branch that comes to be, or moves; what else comes with it is seen by the facts
 * @param out    it brings one commit, the merge of a branch that the strategy has go there after another merge; as Git makes it, or with its conflicts solved;
 *               or it is the branch on which such a merge is owed
 */
slu_rc app_follows(bool *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_action *push, slu_err *err);
#endif
