/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What every page has around its answer: head, way to the other pages, who is signed in, the question, the address of its data.
 *
 *     html h;
 *     shell_begin(&h, rq, rs, "Change 7: title", "Why can't this merge, and what opens it?", "changes");
 *     … html_lit, html_text …
 *     return shell_end(&h, rq, rs, err);
 */
#ifndef WEB_SHELL_H
#define WEB_SHELL_H
#include "web/html.h"
#include "web/web.h"

/** `section`: the entry of the navigation that the page belongs to ("" none): map changes environments deployments strategy audit. */
void shell_begin(html *h, struct web_req *rq, struct web_res *rs, const char *title, const char *question, const char *section);
slu_rc shell_end(html *h, struct web_req *rq, struct web_res *rs, slu_err *err);
/** "/OWNER/NAME" with both percent-encoded, and what follows: shell_path(rq, "/changes/7"). In rq->a. */
char *shell_path(const struct web_req *rq, const char *tail_fmt, ...) __attribute__((format(printf, 2, 3)));
/** A box that says what is missing and the command that brings it. */
void shell_empty(html *h, const char *what, const char *command);
/** <form method=post action=path> with the session's csrf value; the caller writes fields and html_lit(h, "</form>"). */
void shell_form(html *h, const struct web_req *rq, const char *path);
/** A button of a form: its name is "do". class_: "", "plain", "danger". */
void shell_button(html *h, const char *value, const char *class_, const char *text);
/** html_oid that leads to the page of the commit. */
void shell_commit(html *h, const struct web_req *rq, const slu_oid *id);
/** Links to the pages before and after, when there are any. */
void shell_paging(html *h, const struct web_req *rq, const struct web_paging *p, size_t total);
#endif
