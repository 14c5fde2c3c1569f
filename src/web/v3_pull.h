/* SPDX-License-Identifier: Apache-2.0 */
/** A change in GitHub's shape, shared by the files of pulls. */
#ifndef WEB_V3_PULL_H
#define WEB_V3_PULL_H
#include "web/v3.h"

/** The change that {number} names, else SLU_E_NOT_FOUND. */
slu_rc v3_pull_get(struct web_req *rq, struct port_change *out, slu_err *err);
/** Where what it brings begins: the merge base with its target, of a closed one what it was opened on. */
slu_rc v3_pull_base(struct web_req *rq, const struct port_change *c, slu_oid *out, slu_err *err);
/** Notes what is wrong with where a comment in the body stands: `line` counts from 1, and side LEFT is not kept. */
void v3_comment_place(struct web_req *rq, int64_t line);
/** What the query asks for: state (open, closed, all), head, base, sort, direction. */
slu_rc v3_pull_list(struct web_req *rq, const struct web_paging *p, const struct port_change **out, size_t *n, size_t *total, slu_err *err);
void v3_label(slu_json *j, const struct web_req *rq, slu_str name);
/** The list of labels of a change, one page of it; p NULL: all. @return how many there are */
size_t v3_labels(slu_json *j, const struct web_req *rq, slu_str list, const struct web_paging *p);
/** Members that a change and the issue of it share. */
void v3_pull_common(slu_json *j, const struct web_req *rq, const struct port_change *c);
/** Its members, without the braces. */
void v3_pull(slu_json *j, const struct web_req *rq, const struct port_change *c);
#endif
