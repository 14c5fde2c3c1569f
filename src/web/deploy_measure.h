/* SPDX-License-Identifier: Apache-2.0 */
/** What a rollout's probes measured, read from its journal. */
#ifndef WEB_DEPLOY_MEASURE_H
#define WEB_DEPLOY_MEASURE_H
#include "app/deploy.h"
#include "web/shell.h"
#include "web/svg.h"

struct deploy_probe {
	slu_str name;       /* "http /health" */
	const char *wanted; /* "HTTP 200 within 2s"; "" when the strategy has it no more */
	slu_str last;       /* "HTTP 500 (1 ms)" */
	int64_t limit_ms;   /* 0: none is known */
	size_t bad;
	SLU_LIST(struct svg_measure) at;
};
enum { DEPLOY_PROBES = 6 };
struct deploy_measured {
	struct deploy_probe probe[DEPLOY_PROBES];
	size_t n;
};
/** @param e  of the strategy in force; NULL: it has it no more */
struct deploy_measured deploy_measured(slu_arena *a, const struct strat_environment *e, const struct port_deploy_step *step, size_t n);
/** Measurements against limits, as a table; nothing when nothing was measured. */
void deploy_measured_table(html *h, const struct deploy_measured *m);
void deploy_measured_json(slu_json *j, const struct deploy_measured *m);
#endif
