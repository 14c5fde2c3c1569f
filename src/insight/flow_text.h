/* SPDX-License-Identifier: Apache-2.0 */
/** The flow graph in words, and for programs that draw graphs. The picture is svg_flow's; all say the same of an edge. */
#ifndef INSIGHT_FLOW_TEXT_H
#define INSIGHT_FLOW_TEXT_H
#include "strategy/strat.h"

/** How an edge is merged, "merge, tag", and what it takes, "1 approval, 3 checks" or "". */
void ins_edge_words(slu_arena *a, const strat *s, const struct strat_edge *e, const char **how, const char **gates);

void ins_flow_text(slu_buf *out, slu_arena *a, const strat *s);
void ins_flow_dot(slu_buf *out, slu_arena *a, const strat *s);
void ins_flow_mermaid(slu_buf *out, slu_arena *a, const strat *s);
/** A file of its own: the picture with its colours, light and dark. */
void ins_flow_svg(slu_buf *out, slu_arena *a, const strat *s);
#endif
