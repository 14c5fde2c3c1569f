/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Parts that the GitHub shapes of /api/v3 share.
 *
 * Every member that GitHub's schema requires is there; where it has no meaning here it carries GitHub's neutral value (null, [], 0, false).
 * What only we have to say stands in members of our own, of which "verdict" is the one that matters. docs/github-api.md is for readers.
 */
#ifndef WEB_V3_H
#define WEB_V3_H
#include "app/view.h"
#include "web/web.h"

/** Address below this repository: v3_url(rq, "/pulls/7") → "http://…/api/v3/repos/OWNER/NAME/pulls/7". */
char *v3_url(const struct web_req *rq, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** The same of its page: "http://…/OWNER/NAME/changes/7". */
char *v3_html_url(const struct web_req *rq, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** A path of refs or files in an address: encoded, but for its slashes. */
char *v3_path(const struct web_req *rq, slu_str path);

/** Members as they are, with constant values: v3_members(j, "\"locked\":false,\"milestone\":null"). */
void v3_members(slu_json *j, const char *constant);
/** A string, or null when n == 0. */
void v3_text(slu_json *j, const char *key, slu_str text);
/** "id" and "node_id" of what has a number; GitHub's node id is opaque, ours says what it is: "Change:7". */
void v3_id(slu_json *j, const struct web_req *rq, const char *type, int64_t id);

/** GitHub's clients want a number for a name: FNV-1a of it, positive. It stands for nothing else. */
int64_t v3_id_of_name(slu_str name);
/** A person; null when n == 0. key NULL: the value alone. */
void v3_user(slu_json *j, const char *key, const struct web_req *rq, slu_str name);
void v3_user_members(slu_json *j, const struct web_req *rq, slu_str name);
/** A repository; key NULL: the value alone. */
void v3_repo(slu_json *j, const char *key, const struct web_req *rq, const struct port_repo *row, enum strat_level level);
/** {"href": …} */
void v3_href(slu_json *j, const char *key, const char *url);

/**
 * The commit that a name, "refs/…", branch, tag or id in the address means.
 * SLU_E_NOT_FOUND; SLU_E_INVALID for a whole id that is not there (422, as GitHub has it).
 */
slu_rc v3_commit_of(const struct web_req *rq, const char *text, slu_oid *out, slu_err *err);
/** A member of the body that must be a whole object id. Zero when a problem was noted. */
slu_oid v3_body_oid(struct web_req *rq, const char *resource, const char *field, unsigned required);
/** The branch of the repository, else SLU_E_NOT_FOUND "Branch not found". */
slu_rc v3_branch_of(const struct web_req *rq, slu_str branch, slu_oid *out, slu_err *err);

/** "author": {"name","email","date"} */
void v3_signature(slu_json *j, const char *key, slu_str name, slu_str email, int64_t at_s);
/** "verification": {…}: signatures of people are not judged here. */
void v3_verification(slu_json *j, bool signed_);
void v3_commit_members(slu_json *j, const struct web_req *rq, const struct pol_commit *c);
/** {"sha","commit":{…},"parents":[…],…} */
void v3_commit(slu_json *j, const struct web_req *rq, const struct pol_commit *c);
/** Commits of a list, one page of it. */
slu_rc v3_commit_page(struct web_req *rq, struct web_res *rs, const slu_oid *id, size_t n, slu_err *err);
/** What a commit is compared with: its first parent, of a root the empty tree. */
const slu_oid *v3_before(const struct pol_commit *c);
struct v3_two {
	slu_oid base, head, merge_base;
	uint64_t ahead, behind;
	const slu_oid *commit; /* head ^base, newest first */
	size_t commit_n;
	const struct port_git_diff_file *file;
	size_t file_n;
};
/** "BASE...HEAD". SLU_E_NOT_FOUND: one is not there, or they have nothing in common. */
slu_rc v3_compare(struct v3_two *out, const struct web_req *rq, const char *basehead, size_t patch_bytes, slu_err *err);
/** The Link header of a list whose end is not known: first, prev, next. */
void v3_link_more(const struct web_req *rq, struct web_res *rs, const struct web_paging *p, bool more);
/** Files of a diff, from..to of them; `at`: the commit where they stand. */
void v3_files(slu_json *j, const struct web_req *rq, const slu_oid *at, const struct port_git_diff_file *f, size_t n);

/** What the Accept header asks for: application/vnd.github.diff, .patch, .raw, .sha, with "v3." or without; of a page what its address ends with. */
enum v3_form { V3_JSON, V3_DIFF, V3_PATCH, V3_RAW, V3_SHA };
enum v3_form v3_form_of(const struct web_req *rq);
/** From one commit (zero: that before `to`, of a root none) to another as V3_DIFF or V3_PATCH. */
slu_rc v3_patch(struct web_req *rq, struct web_res *rs, const slu_oid *from, const slu_oid *to, enum v3_form form, slu_err *err);
/** Bytes of a file, as text where they are text. */
void v3_raw(struct web_res *rs, slu_str bytes);

/** The answer that a rule gave: the status, GitHub's error shape with a sentence of the first rule that fails, and the whole verdict. */
void v3_refused(struct web_req *rq, struct web_res *rs, unsigned status, const struct pol_verdict *v, const char *message);
/** "verdict": {…} */
void v3_verdict(slu_json *j, const struct web_req *rq, const struct pol_verdict *v);
#endif
