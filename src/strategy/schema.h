/* SPDX-License-Identifier: Apache-2.0 */
/** What is made from the schema table for other readers: editors, the manual, and people who ask what is in force. */
#ifndef STRATEGY_SCHEMA_H
#define STRATEGY_SCHEMA_H
#include "strategy/strat.h"

/** JSON Schema draft 7 of the strategy file, with descriptions (for yaml-language-server). */
void strat_json_schema(slu_buf *out);
/** The reference page of the manual, docs/strategy-reference.md. */
void strat_reference_markdown(slu_buf *out);
/** The effective strategy with its defaults, as YAML that compiles to the same; `origin`: each line says where its value is from. */
void strat_show_yaml(slu_buf *out, const strat *s, bool origin);
/** The same as {"strategy":{…},"digest":"…"}; `origin`: also {"origins":{"branches.main.type":"FILE:LINE:COLUMN"}}. */
void strat_show_json(slu_buf *out, const strat *s, bool origin);
#endif
