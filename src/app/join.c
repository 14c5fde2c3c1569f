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

static slu_rc beside(slu_oid *out, const struct app_join *j, const slu_oid *tree, const slu_oid *parent, slu_err *err)
{
	static const struct port_git_ident nobody = { .name = SLU_STR_INIT("sluice"), .email = SLU_STR_INIT("sluice@localhost") };
	return j->git->ops->commit_make(j->git, tree, parent, parent ? 1 : 0, &nobody, &nobody, SLU_STR("beside\n"), out, err);
}

/**
 * One commit on another tip. git 2.39's merge-tree takes no base, so three commits are made: the commit's parent's tree without
 * parents, and both sides on it; merging the last two is the cherry-pick.
 */
static slu_rc replay_one(slu_oid *tip, const struct app_join *j, struct app_join_pick *pick, slu_err *err)
{
	const struct pol_commit *c = pick->commit;
	const struct port_git_ident author = { c->author_name, c->author_email, c->author_time_s, c->author_zone };
	struct pol_commit parent, at;
	slu_oid base = { 0 }, ours = { 0 }, theirs = { 0 }, tree = { 0 };

	SLU_TRY(j->git->ops->commit(j->git, j->a, &c->parent[0], &parent, err));
	SLU_TRY(j->git->ops->commit(j->git, j->a, tip, &at, err));
	SLU_TRY(beside(&base, j, &parent.tree, NULL, err));
	SLU_TRY(beside(&ours, j, &at.tree, &base, err));
	SLU_TRY(beside(&theirs, j, &c->tree, &base, err));
	SLU_TRY(j->tree(j->ctx, &ours, &theirs, pick, &tree, err));
	return pick->empty ? SLU_OK : j->commit(j->ctx, &tree, tip, 1, &author, c->message, tip, err);
}

static slu_rc lost_merges(const struct app_join *j, slu_err *err)
{
	return slu_fail(err, SLU_E_CONFLICT, "%.*s has merges that change files themselves; its other commits alone do not come to what was reviewed. Rebase %.*s onto %.*s, and push.", SLU_FMT(j->source_name),
	                SLU_FMT(j->source_name), SLU_FMT(j->target_name));
}

/* What was reviewed and tested is the source's head: commits without its merges must come to the same files. */
static slu_rc same_as_merge(const struct app_join *j, const slu_oid *tip, slu_err *err)
{
	slu_oid tree = { 0 };
	struct pol_commit c;

	SLU_TRY(j->tree(j->ctx, &j->target, &j->source, NULL, &tree, err));
	SLU_TRY(j->git->ops->commit(j->git, j->a, tip, &c, err));
	return slu_oid_eq(&tree, &c.tree) ? SLU_OK : lost_merges(j, err);
}

/* All that the source has and the target has not, newest first; how many of them are no merges. */
static slu_rc commits_of(struct pol_commit **out, size_t *n, size_t *plain, const struct app_join *j, slu_err *err)
{
	const slu_oid *id = NULL;

	SLU_TRY(j->git->ops->range(j->git, j->a, &j->source, &j->target, 1, SLU_MAX_PUSH_COMMITS, &id, n, err));
	*out = SLU_NEW_N(j->a, struct pol_commit, *n + 1);
	*plain = 0;
	for (size_t i = 0; i < *n; i++) {
		SLU_TRY(j->git->ops->commit(j->git, j->a, &id[i], &(*out)[i], err));
		*plain += (*out)[i].parent_n == 1;
	}
	return SLU_OK;
}

slu_rc app_join_plain_merges(const struct app_join *j, slu_err *err)
{
	struct pol_commit *c = NULL;
	size_t n = 0, plain = 0;

	SLU_TRY(commits_of(&c, &n, &plain, j, err));
	for (size_t i = 0; i < n; i++) {
		const struct port_git_conflict *conflict = NULL;
		size_t conflicts = 0;
		slu_oid tree = { 0 };
		if (c[i].parent_n == 1)
			continue;
		if (c[i].parent_n == 2)
			SLU_TRY(j->git->ops->merge_tree(j->git, j->a, &c[i].parent[0], &c[i].parent[1], &tree, &conflict, &conflicts, err));
		if (c[i].parent_n != 2 || conflicts || !slu_oid_eq(&tree, &c[i].tree))
			return lost_merges(j, err);
	}
	return SLU_OK;
}

slu_rc app_join_rebase(slu_oid *out, const struct app_join *j, slu_err *err)
{
	struct pol_commit *c = NULL;
	size_t n = 0, plain = 0, nth = 0;
	bool solved = false;
	slu_oid tip = j->target;

	SLU_TRY(commits_of(&c, &n, &plain, j, err));
	while (n-- > 0) {
		struct app_join_pick pick = { .commit = &c[n], .on = tip, .nth = nth + 1, .of = plain };
		if (c[n].parent_n != 1)
			continue;
		SLU_TRY(replay_one(&tip, j, &pick, err));
		solved = solved || pick.solved;
		nth++;
	}
	SLU_TRY(solved ? app_join_plain_merges(j, err) : same_as_merge(j, &tip, err)); /* with what a person made of it, it comes to other files than a merge */
	*out = tip;
	return SLU_OK;
}
