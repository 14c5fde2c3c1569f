/* SPDX-License-Identifier: Apache-2.0 */
/** Checks on the compiled whole: what no single value can show. */
#ifndef STRATEGY_WHOLE_H
#define STRATEGY_WHOLE_H
#include "strategy/schema_impl.h"

void whole_patterns(struct sch_reader *r);
void whole_graph(struct sch_reader *r);
void whole_checks(struct sch_reader *r);
void whole_phases(struct sch_reader *r);
/** What is no error of the file, and surely not meant. */
void whole_warn(struct sch_reader *r, struct strat_pos pos, const char *text);
#endif
