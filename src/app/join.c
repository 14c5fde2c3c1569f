/* SPDX-License-Identifier: Apache-2.0 */
#include "app/join.h"

#include "base/limits.h"

slu_rc app_join_forward(slu_oid *out, const struct app_join *j, slu_err *err)
{
	bool inside = false;
	SLU_TRY(j->git->ops->is_ancestor(j->git, &j->target, &j->source, &inside, err));
	if (!inside)
		return slu_fail(err, SLU_E_CONFLICT, "%.*s cannot be fast-forwarded: it has commits that %.*s does not have. Rebase %.*s onto it, and push.", SLU_FMT(j->target_name), SLU_FMT(j->source_name), SLU_FMT(j->source_name));
	*out = j->source;
	return SLU_OK;
}

/**
 * One commit on another tip. git 2.39's merge-tree takes no base, so three commits are made: the commit's parent's tree without
 * parents, and both sides on it; merging the last two is the cherry-pick.
 */
static slu_rc replay_one(slu_oid *tip, const struct app_join *j, const struct pol_commit *c, slu_err *err)
{
	const struct port_git_ident author = { c->author_name, c->author_email, c->author_time_s };
	struct pol_commit parent, at;
	slu_oid base = { 0 }, ours = { 0 }, theirs = { 0 }, tree = { 0 };

	SLU_TRY(j->git->ops->commit(j->git, j->a, &c->parent[0], &parent, err));
	SLU_TRY(j->git->ops->commit(j->git, j->a, tip, &at, err));
	SLU_TRY(j->commit(j->ctx, &parent.tree, NULL, 0, NULL, SLU_STR("base\n"), &base, err));
	SLU_TRY(j->commit(j->ctx, &at.tree, &base, 1, NULL, SLU_STR("ours\n"), &ours, err));
	SLU_TRY(j->commit(j->ctx, &c->tree, &base, 1, NULL, SLU_STR("theirs\n"), &theirs, err));
	SLU_TRY(j->tree(j->ctx, &ours, &theirs, &tree, err));
	return j->commit(j->ctx, &tree, tip, 1, &author, c->message, tip, err);
}

/* What was reviewed and tested is the source's head: commits without its merges must come to the same files. */
static slu_rc same_as_merge(const struct app_join *j, const slu_oid *tip, slu_err *err)
{
	slu_oid tree = { 0 };
	struct pol_commit c;

	SLU_TRY(j->tree(j->ctx, &j->target, &j->source, &tree, err));
	SLU_TRY(j->git->ops->commit(j->git, j->a, tip, &c, err));
	if (slu_oid_eq(&tree, &c.tree))
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%.*s has merges that change files themselves; its other commits alone do not come to what was reviewed. Rebase %.*s onto %.*s, and push.", SLU_FMT(j->source_name),
	                SLU_FMT(j->source_name), SLU_FMT(j->target_name));
}

slu_rc app_join_rebase(slu_oid *out, const struct app_join *j, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t n = 0;
	slu_oid tip = j->target;

	SLU_TRY(j->git->ops->range(j->git, j->a, &j->source, &j->target, 1, SLU_MAX_PUSH_COMMITS, &id, &n, err));
	while (n-- > 0) {
		struct pol_commit c;
		SLU_TRY(j->git->ops->commit(j->git, j->a, &id[n], &c, err));
		if (c.parent_n == 1)
			SLU_TRY(replay_one(&tip, j, &c, err));
	}
	SLU_TRY(same_as_merge(j, &tip, err));
	*out = tip;
	return SLU_OK;
}
