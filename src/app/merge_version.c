/* SPDX-License-Identifier: Apache-2.0 */
/* The version that a merge is tagged with when neither the branch's name nor a person gives one. */
#include "app/changes_impl.h"
#include "app/release_impl.h"
#include "base/limits.h"
#include "version/commit.h"

/** The greatest part that the commits of the merge ask for; a patch when none asks for anything. */
static slu_rc part_of_commits(enum ver_part *out, struct app_merging *m, const slu_oid *merged, slu_err *err)
{
	port_git *g = m->r->git;
	const slu_oid *id = NULL;
	size_t n = 0;
	enum ver_part part = VER_PATCH;

	SLU_TRY(g->ops->range(g, m->u->a, merged, &m->target, 1, SLU_MAX_PUSH_COMMITS, &id, &n, err));
	for (size_t i = 0; i < n && part != VER_MAJOR; i++) {
		struct pol_commit c;
		struct ver_commit v;
		enum ver_part asks = VER_PATCH;
		SLU_TRY(g->ops->commit(g, m->u->a, &id[i], &c, err));
		if (ver_commit_parse(&v, m->u->a, c.message, NULL) == SLU_OK && ver_commit_part(&asks, &v) && asks < part)
			part = asks;
	}
	*out = part;
	return SLU_OK;
}

static slu_rc part_of(enum ver_part *out, struct app_merging *m, const slu_oid *merged, slu_err *err)
{
	int kind = strat_branch_kind(m->r->strategy, m->change.source, NULL);
	enum strat_bump bump = kind == STRAT_NONE ? STRAT_BUMP_COMMITS : m->r->strategy->branch[kind].bump;

	if (bump == STRAT_BUMP_COMMITS)
		return part_of_commits(out, m, merged, err);
	*out = bump == STRAT_BUMP_MAJOR ? VER_MAJOR : bump == STRAT_BUMP_MINOR ? VER_MINOR : VER_PATCH;
	return SLU_OK;
}

slu_rc app_merge_version(slu_str *out, struct app_merging *m, const slu_oid *merged, slu_err *err)
{
	const strat *s = m->r->strategy;
	struct flow_refs refs;
	struct ver_semver v;
	enum ver_part part = VER_PATCH;
	slu_str version = { 0 }, tag = { 0 };

	if (m->ask->version.n) {
		*out = m->ask->version;
		return SLU_OK;
	}
	SLU_TRY(release_refs(&refs, m->u, m->r, err));
	if (!flow_highest(&version, &tag, s, strat_branch_kind(s, m->change.target, NULL), &refs)) {
		*out = SLU_STR("0.1.0");
		return SLU_OK;
	}
	SLU_TRY(ver_parse(&v, version, err));
	SLU_TRY(part_of(&part, m, merged, err));
	char *next = ver_bump(m->u->a, &v, part, err);
	if (!next)
		return slu_fail(err, SLU_E_LIMIT, "The version after %.*s would be too long.", SLU_FMT(version));
	*out = slu_s(next);
	return SLU_OK;
}
