/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Name patterns as automata: exact, glob (`*` stops at `/`, `**` does not) or with captures
 * {name} {date} {phase} {tag} {version} {major} {minor} {patch} {pre} {n} {build}. A pattern recognises and makes names.
 * Matching is linear in the name; overlap and inclusion are answered on the product automaton, with a bound on its states.
 */
#ifndef STRATEGY_PATTERN_H
#define STRATEGY_PATTERN_H
#include "base/str.h"

typedef struct strat_pattern strat_pattern;

enum strat_cap { STRAT_CAP_NAME, STRAT_CAP_DATE, STRAT_CAP_PHASE, STRAT_CAP_TAG, STRAT_CAP_VERSION, STRAT_CAP_MAJOR, STRAT_CAP_MINOR, STRAT_CAP_PATCH, STRAT_CAP_PRE,
	STRAT_CAP_N, STRAT_CAP_BUILD, STRAT_CAP_COUNT };

/** What the captures stood for; a missing one has p == NULL. Borrowed from the matched name. */
struct strat_captures {
	slu_str v[STRAT_CAP_COUNT];
};

/** Words that {phase} and {pre} may stand for (empty list: any name, respectively any identifier). */
struct strat_pattern_words {
	const slu_str *phase;
	size_t phase_n;
	const slu_str *pre;
	size_t pre_n;
};

/**
 * Compile. @param err column within `text`, 1-based. SLU_E_SYNTAX, SLU_E_LIMIT (over SLU_MAX_PATTERN_BYTES),
 * SLU_E_INVALID (can match no ref name that Git accepts). `words` may be NULL. Lives in the arena.
 */
slu_rc strat_pattern_compile(strat_pattern **out, slu_arena *a, slu_str text, const struct strat_pattern_words *words, slu_err *err);
slu_str strat_pattern_text(const strat_pattern *p);
/** Does the pattern hold the capture? Is it one name, without `*` and captures? */
bool strat_pattern_has(const strat_pattern *p, enum strat_cap cap);
bool strat_pattern_is_exact(const strat_pattern *p);
/** "version" */
const char *strat_cap_word(enum strat_cap cap);
/** Would Git (and its porcelain) accept this as the name of a branch or tag? */
bool strat_ref_name_ok(slu_str name);
/** Whole-name match; `caps` may be NULL; set only on success. Of several readings, captures from the left take the shortest. */
bool strat_pattern_match(const strat_pattern *p, slu_str name, struct strat_captures *caps);
/** Make a name; {date} must be given as a capture. SLU_E_INVALID names the capture that is missing or does not fit. */
slu_rc strat_pattern_make(char **out, slu_arena *a, const strat_pattern *p, const struct strat_captures *caps, slu_err *err);
/** Set *shortest to a shortest name of both (NULL: none). SLU_E_LIMIT when the product is too big. */
slu_rc strat_pattern_overlap(char **shortest, slu_arena *a, const strat_pattern *p, const strat_pattern *q, slu_err *err);
/** Is every name of p one of q's? */
slu_rc strat_pattern_within(bool *out, slu_arena *a, const strat_pattern *p, const strat_pattern *q, slu_err *err);
#endif
