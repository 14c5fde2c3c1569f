/* SPDX-License-Identifier: Apache-2.0 */
/** What pages of the server write besides text: links, times, states, the gate ladder. */
#ifndef WEB_HTML_H
#define WEB_HTML_H
#include "base/html.h"
#include "policy/pol.h"

/** <a href="PATH">text</a>; `path` is a path of ours that is escaped already but for &quot; */
void html_link(html *h, const char *path, slu_str text);
/** <time datetime=…>2026-01-05 09:00 UTC (3 h ago)</time>; 0: an en dash. */
void html_time(html *h, int64_t unix_s);
/** <time datetime=…>09:00:07 UTC</time>: of a row whose day is said elsewhere. */
void html_clock(html *h, int64_t unix_s);
/** "3 h", "12 min", "5 d": one unit, rounded down. */
void html_age(html *h, int64_t seconds);
/** <code> of the first 10 digits with the whole id as title. */
void html_oid(html *h, const slu_oid *id);
/** State as symbol and word, with a class of that name: passed waiting failed overridden not-applicable evaluated. */
void html_state(html *h, const char *symbol, const char *word);
/** Where a rule stands, FILE:LINE:COLUMN, with a link to that line: of the repository's own file, a preset, or another repository's file. Nothing for what is built in. */
void html_place(html *h, const struct strat_pos *pos, const char *file_base);
/** The gate ladder: every row of a verdict, what is blocked first. `file_base`: address of the strategy page, for line links. */
void html_ladder(html *h, const struct pol_verdict *v, const char *file_base);
/** One sentence that answers the page's question: "Blocked: …, opened by …" or "Nothing stands in the way." */
void html_answer(html *h, const struct pol_verdict *v);
#endif
