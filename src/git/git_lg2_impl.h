/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the adapter by libgit2; its parts stand in git_lg2.c and files_lg2.c. */
#ifndef GIT_GIT_LG2_IMPL_H
#define GIT_GIT_LG2_IMPL_H
#include "git/git_cli_impl.h"
#include "git/packs.h"

#include <git2.h>
#include <time.h>

struct git_lg2 {
	struct git_cli cli;
	git_repository *repo;
	git_odb *odb;
	git_packs *packs; /* of a push's quarantine; NULL: there is none, or it has no pack */
	const char *packs_dir; /* of the repository */
	struct timespec packs_time; /* of it, when libgit2 looked into it last */
};

static inline struct git_lg2 *lg2_of(port_git *g)
{
	return (struct git_lg2 *)(void *)g;
}

/** libgit2's words for the last failure of this thread. */
slu_rc git_lg2_fail(slu_err *err, int rc, const char *what);
slu_oid git_lg2_hex(const git_oid *id);
/** @return false: no id of the hash that libgit2 has */
bool git_lg2_oid(git_oid *out, const slu_oid *id);
/** An object that is held until it is let go: by our own reader when it came with the push, else by libgit2. */
struct git_held {
	enum git_kind kind;
	slu_str bytes;
	struct git_packed *packed;
	git_odb_object *object;
};
/** SLU_E_NOT_FOUND, SLU_E_CORRUPT */
slu_rc git_lg2_hold(struct git_held *out, struct git_lg2 *g, const git_oid *id, slu_err *err);
void git_lg2_drop(struct git_held *h); /* all zero is fine */
slu_rc git_lg2_head(struct git_lg2 *g, slu_arena *a, const git_oid *id, struct git_commit_head *out, slu_err *err);
static inline git_oid git_lg2_of_raw(const struct git_raw *r)
{
	git_oid id;
	memcpy(id.id, r->b, sizeof id.id);
	return id;
}

slu_rc git_lg2_commit(port_git *base, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err);
slu_rc git_lg2_files(port_git *base, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err);
#endif
