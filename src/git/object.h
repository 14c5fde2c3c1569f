/* SPDX-License-Identifier: Apache-2.0 */
/** Raw commit and tag objects into their shapes. Any bytes are safe to parse. */
#ifndef GIT_OBJECT_H
#define GIT_OBJECT_H
#include "git/graph.h"
#include "port/git.h"

enum git_kind { GIT_MISSING, GIT_COMMIT, GIT_TREE, GIT_BLOB, GIT_TAG }; /* numbered as in a pack */

/** What walks and comparisons need of a commit. */
struct git_commit_head {
	struct git_raw tree;
	const struct git_raw *parent;
	size_t parent_n;
	uint64_t time_s; /* of the committer; 0: not said, or before 1970 */
};
/** Read only that of a header as Git writes it. @return false: it is another one, which git_commit_parse may still know */
bool git_commit_head_parse(struct git_commit_head *out, slu_arena *a, slu_str raw, size_t id_n);
/** The same of a commit that was parsed. */
struct git_commit_head git_commit_head_of(slu_arena *a, const struct pol_commit *c);

/** The same as git_commit_parse, but strings point into `raw`; only the list of parents lives in `a`. */
slu_rc git_commit_view(struct pol_commit *out, slu_arena *a, const slu_oid *id, slu_str raw, slu_err *err);
/** SLU_E_CORRUPT when it is no commit. `id` is filled in. */
slu_rc git_commit_parse(struct pol_commit *out, slu_arena *a, const slu_oid *id, slu_str raw, slu_err *err);
struct git_tag_raw {
	slu_oid object;
	slu_str type, name, message;
	slu_str tagger_name, tagger_email;
	int64_t tagger_time_s;
	bool signed_;
};
/** What it says of itself; the commit is for the caller to find. */
struct pol_tag git_tag_of(const struct git_tag_raw *raw);
slu_rc git_tag_parse(struct git_tag_raw *out, slu_arena *a, const slu_oid *id, slu_str raw, slu_err *err);
/** Text of a commit or tag object to be written. Identities lose what may not stand in them; the message gets a newline at its end. */
slu_rc git_commit_text(slu_buf *out, const slu_oid *tree, const slu_oid *parent, size_t parent_n, const struct port_git_ident *author, const struct port_git_ident *committer,
		       slu_str message, slu_err *err);
slu_rc git_tag_text(slu_buf *out, slu_str name, const slu_oid *commit, const struct port_git_ident *tagger, slu_str message, slu_err *err);
#endif
