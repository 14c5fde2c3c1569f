/* SPDX-License-Identifier: Apache-2.0 */
#include "strategy/preset.h"

const struct strat_preset *strat_preset_find(slu_str name)
{
	size_t n;
	const struct strat_preset *all = strat_presets(&n);
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(name, all[i].name))
			return &all[i];
	return NULL;
}

slu_str strat_preset_summary(const struct strat_preset *p)
{
	slu_str rest = { p->text, p->size }, line = { 0 };
	if (!slu_str_split(&rest, '\n', &line) || !slu_str_starts(line, "# "))
		return SLU_STR("");
	return (slu_str){ line.p + 2, line.n - 2 };
}
