/* SPDX-License-Identifier: Apache-2.0 */
/** Parts of a change's page. Each writes a section with its heading, or nothing when there is nothing to say. */
#ifndef WEB_CHANGE_PARTS_H
#define WEB_CHANGE_PARTS_H
#include "app/view.h"
#include "web/shell.h"

const char *change_state_word(const struct port_change *c); /* open draft merged closed */
const char *change_review_word(const struct port_review *r); /* approved, changes requested, commented, dismissed */
void change_reviews(html *h, slu_arena *a, const struct app_change_view *v);
void change_checks(html *h, slu_arena *a, const struct app_change_view *v);
void change_commits(html *h, const struct web_req *rq, const struct app_change_view *v);
/** What follows from the merge, or followed from it. */
void change_follows(html *h, const struct web_req *rq, const strat *s, const struct app_change_view *v);
/** File by file; `whole`: patches open and no link to the page that has all. */
void change_diff(html *h, const struct web_req *rq, const struct app_change_view *v, bool whole);
void change_json(slu_json *j, const struct web_req *rq, const struct app_change_view *v);
/** One of a list; `merge` of those that are open. */
void change_row_json(slu_json *j, const struct port_change *c, const struct pol_verdict *merge);
/** What a person may do here, as a form; nothing for whoever is not signed in by a session. */
void change_act(html *h, const struct web_req *rq, const struct app_change_view *v);
/** With ?try=1: the dry run. */
void change_try(html *h, struct web_req *rq, const struct app_change_view *v);
/** Where an open change stands, in a line: a state, and the first thing that keeps it. */
void change_standing(html *h, const struct pol_verdict *v);
/** The first row of a verdict that keeps it; NULL: none. */
const struct pol_row *change_kept_by(const struct pol_verdict *v);
/** The form's other end: does it and goes back to the page. */
slu_rc change_post(struct web_req *rq, struct web_res *rs, slu_err *err);
#endif
