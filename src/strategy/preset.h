/* SPDX-License-Identifier: Apache-2.0 */
/** The built-in presets, embedded from the folder presets when the program is built. */
#ifndef STRATEGY_PRESET_H
#define STRATEGY_PRESET_H
#include "base/str.h"

struct strat_preset {
	const char *name; /* "gitflow" */
	const char *text;
	size_t size;
};
const struct strat_preset *strat_presets(size_t *count);
const struct strat_preset *strat_preset_find(slu_str name); /* NULL: none */
/** What it is for, in one sentence: the comment that is its first line. */
slu_str strat_preset_summary(const struct strat_preset *p);
#endif
