/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two patterns and a name, on three lines. What the automata say must agree with what matching says: a shared name is a name of
 * both; a name of one that lies within the other is a name of the other; captures lie in the name; nothing crashes.
 */
#include "strategy/pattern.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const slu_str phase[] = { { "one", 3 }, { "one-two", 7 } };
	const struct strat_pattern_words words = { phase, 2, NULL, 0 };
	slu_auto_arena *a = slu_arena_new();
	slu_str rest = { (const char *)data, size }, line[3] = { { 0 } };
	for (size_t i = 0; i < 3; i++)
		if (!slu_str_split(&rest, '\n', &line[i]))
			break;
	strat_pattern *p = NULL, *q = NULL;
	if (strat_pattern_compile(&p, a, line[0], &words, NULL) != SLU_OK || strat_pattern_compile(&q, a, line[1], &words, NULL) != SLU_OK)
		return 0;
	struct strat_captures caps;
	bool in_p = strat_pattern_match(p, line[2], &caps), in_q = strat_pattern_match(q, line[2], NULL), within = false;
	for (size_t c = 0; in_p && c < STRAT_CAP_COUNT; c++)
		must(!caps.v[c].p || (caps.v[c].p >= line[2].p && caps.v[c].p + caps.v[c].n <= line[2].p + line[2].n));
	bool real = strat_ref_name_ok(line[2]);
	char *shared = NULL;
	if (strat_pattern_overlap(&shared, a, p, q, NULL) == SLU_OK) {
		must(shared != NULL || !(in_p && in_q && real));
		if (shared && strlen(shared) <= 255)
			must(strat_pattern_match(p, slu_s(shared), NULL) && strat_pattern_match(q, slu_s(shared), NULL) && strat_ref_name_ok(slu_s(shared)));
	}
	if (strat_pattern_within(&within, a, p, q, NULL) == SLU_OK && within && in_p && real)
		must(in_q);
	char *made = NULL;
	if (in_p && strat_pattern_make(&made, a, p, &caps, NULL) == SLU_OK)
		must(strat_pattern_match(p, slu_s(made), NULL));
	return 0;
}
