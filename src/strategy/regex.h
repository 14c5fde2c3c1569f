/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A team's own form of a message: a regular expression of PCRE2 (UTF-8, unanchored). Compiled once, with the strategy, in its arena;
 * shared freely between threads. Patterns of refs and paths are not these: they are automata (strategy/pattern.h).
 */
#ifndef STRATEGY_REGEX_H
#define STRATEGY_REGEX_H
#include "base/arena.h"
#include "base/rc.h"
#include "base/str.h"

struct strat_regex;

/** @return SLU_E_INVALID with what is wrong and where, in PCRE2's words */
slu_rc strat_regex_compile(struct strat_regex **out, slu_arena *a, slu_str pattern, slu_err *err);
/** @return SLU_E_LIMIT: it cannot be told within bounded work */
slu_rc strat_regex_matches(bool *out, const struct strat_regex *re, slu_str text, slu_err *err);
#endif
