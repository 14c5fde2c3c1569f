/* SPDX-License-Identifier: Apache-2.0 */
/** Parts that the GitHub shapes of /api/v3 share. Members that we have nothing for are left out or null; ours go under "sluice". */
#ifndef WEB_V3_H
#define WEB_V3_H
#include "port/store_change.h"
#include "web/web.h"

/** Address below this repository: v3_url(rq, "/pulls/7") → "http://…/api/v3/repos/OWNER/NAME/pulls/7". */
char *v3_url(const struct web_req *rq, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** The same of its page: "http://…/OWNER/NAME/changes/7". */
char *v3_html_url(const struct web_req *rq, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void v3_user(slu_json *j, const char *key, slu_str name); /* null when n == 0 */
void v3_repo(slu_json *j, const char *key, const struct web_req *rq, const struct port_repo *row, enum strat_level level); /* key NULL: the value alone */
/** The commit that a name, "refs/…", branch, tag or id in the address means. SLU_E_NOT_FOUND; SLU_E_INVALID for what cannot be one (422, as GitHub has it). */
slu_rc v3_commit_of(const struct web_req *rq, const char *text, slu_oid *out, slu_err *err);
/** A member of the body that must be a whole object id. Zero when a problem was noted. */
slu_oid v3_body_oid(struct web_req *rq, const char *resource, const char *field, unsigned required);
/** {"sha","commit":{…},"parents":[…],…} */
void v3_commit(slu_json *j, const struct web_req *rq, const struct pol_commit *c);
/** Commits of a list, one page of it. */
slu_rc v3_commit_page(struct web_req *rq, struct web_res *rs, const slu_oid *id, size_t n, slu_err *err);
/** 405 with GitHub's message and the verdict: what a merge says that is not allowed. */
void v3_refused(struct web_req *rq, struct web_res *rs, unsigned status, const struct pol_verdict *v, const char *message);
/** "verdict": {…} */
void v3_verdict(slu_json *j, const struct web_req *rq, const struct pol_verdict *v);
#endif
