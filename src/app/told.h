/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the messages of a history tell: whose branches its merges joined, or its squashes brought, and which commits were taken back since.
 *
 * It is a testimony (insight/merge_name.h): in a clone there is no other record. It serves plans that a person sees before they are
 * carried out, and lets nothing past a rule on a server.
 */
#ifndef APP_TOLD_H
#define APP_TOLD_H
#include "app/offline_facts.h"

struct app_told_merge {
	slu_oid id, before, brought; /* the commit, its first and its second parent; of one that is no merge brought is the commit itself */
	slu_str source;              /* branch that it says it merged; n == 0: it does not say */
	slu_str subject;
	int phase;                   /* whose branch that is, merged into one that stays; STRAT_NONE */
	slu_oid taken_back;          /* by this commit, which still holds; zero: not */
};
/** A commit that takes another one back, and was not taken back itself. */
struct app_told_revert {
	slu_oid id, before, what;
};
struct app_told {
	SLU_LIST(struct app_told_merge) merge;   /* newest first */
	SLU_LIST(struct app_told_revert) revert; /* the same */
};
/** Of what `tip` reaches and `not_` (zero: nothing) does not. In `a`. */
slu_rc app_told_of(struct app_told *out, slu_arena *a, port_git *g, const strat *s, const slu_oid *tip, const slu_oid *not_, slu_err *err);
/** What was recorded elsewhere of a landing: that the commits from `before` (not it) to `id`, which the history has, brought that branch into that one. */
struct app_told_landed { slu_str source, into; slu_oid before, id; };
slu_rc app_told_add(struct app_told *t, slu_arena *a, port_git *g, const strat *s, const struct app_told_landed *l, slu_err *err);
/** From now on the facts know branches of phases as merged by what the messages tell, found once, in `a`. `o` is their context. */
void app_told_facts(struct pol_facts *f, struct app_offline *o, slu_arena *a, const strat *s);
#endif
