/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strategy file. Whatever it holds: it compiles, or errors with places are said. What compiles is shown as a file that compiles
 * again, to the same; and every name is of one kind, the same whoever asks.
 */
#include "strategy/schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static const strat *compiled(slu_arena *a, slu_str text)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	slu_rc rc = strat_compile(&s, &issues, a, text, "fuzz.yml", NULL, NULL, &err);
	must((rc == SLU_OK) == (s != NULL));
	bool errors = false;
	for (size_t i = 0; i < issues.n; i++) {
		must(issues.v[i].text && issues.v[i].text[0] && issues.v[i].pos.file && issues.v[i].pos.line);
		errors = errors || !issues.v[i].warning;
	}
	must(errors == (rc != SLU_OK));
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = compiled(a, (slu_str){ (const char *)data, size });
	if (!s)
		return 0;
	must(strat_branch_kind(s, SLU_STR("sluice/x"), NULL) == (int)s->branch_n - 1);
	slu_auto_buf first, second;
	slu_buf_init(&first, 1u << 24);
	slu_buf_init(&second, 1u << 24);
	strat_show_yaml(&first, s, false);
	if (first.n > SLU_MAX_STRATEGY_BYTES)
		return 0;
	const strat *again = compiled(a, slu_buf_str(&first));
	must(again != NULL);
	strat_show_yaml(&second, again, false);
	must(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
	must(again->branch_n == s->branch_n && again->tag_n == s->tag_n && again->driver_n == s->driver_n);
	return 0;
}
