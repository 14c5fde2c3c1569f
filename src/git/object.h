/* SPDX-License-Identifier: Apache-2.0 */
/** Raw commit and tag objects into their shapes. Everything is copied into the arena. Any bytes are safe to parse. */
#ifndef GIT_OBJECT_H
#define GIT_OBJECT_H
#include "port/git.h"

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
