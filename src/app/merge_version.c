/* SPDX-License-Identifier: Apache-2.0 */
/* The version that a merge is tagged with, and the commit that writes it into the files. */
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

/* ---- in its files -------------------------------------------------------------------------------------------------------- */

static const struct pol_follow *release_tag(const struct app_merging *m)
{
	const struct pol_verdict *v = &m->out->verdict;
	for (size_t i = 0; i < v->follow.n; i++)
		if (v->follow.v[i].kind == POL_FOLLOW_TAG && m->r->strategy->tag[v->follow.v[i].tag_class].type == STRAT_TAG_RELEASE)
			return &v->follow.v[i];
	return NULL;
}

/** As the tag's name says it, where the branch's name gives it; else the next one. */
static slu_rc version_of(slu_str *out, struct app_merging *m, const struct pol_follow *f, const slu_oid *merged, slu_err *err)
{
	struct strat_captures caps = { 0 };
	slu_str ref = slu_s(f->ref);
	if (!ref.n)
		return app_merge_version(out, m, merged, err);
	slu_str name = { ref.p + strlen("refs/tags/"), ref.n - strlen("refs/tags/") };
	(void)strat_tag_class(m->r->strategy, name, &caps);
	*out = caps.v[STRAT_CAP_VERSION];
	return SLU_OK;
}

static struct flow_plan plan_of(const struct app_merging *m, slu_str version)
{
	const strat *s = m->r->strategy;
	return (struct flow_plan){
		.kind = strat_branch_kind(s, m->change.source, NULL), .target = strat_branch_kind(s, m->change.target, NULL), .version = slu_str_dup(m->u->a, version),
	};
}

slu_rc app_merge_release(struct app_merging *m, slu_err *err)
{
	const struct pol_follow *f = release_tag(m);
	const struct strat_releases *rel = &m->r->strategy->releases;
	struct flow_refs refs;
	slu_str section = { 0 };
	slu_oid made = { 0 };

	if (!f)
		return SLU_OK;
	SLU_TRY(version_of(&m->version, m, f, &m->source, err));
	if (!m->version.n || (rel->version_file_n == 0 && rel->changelog.n == 0))
		return SLU_OK;
	const struct flow_plan p = plan_of(m, m->version);
	SLU_TRY(release_refs(&refs, m->u, m->r, err));
	SLU_TRY(release_commit(&made, &section, m->u, m->r, &p, &refs, &m->source, true, err));
	if (slu_oid_eq(&made, &m->source))
		return SLU_OK;
	m->source_was = m->source;
	m->source = made;
	return SLU_OK;
}

slu_rc app_merge_release_said(struct app_merging *m, const struct pol_follow *f, const slu_oid *merged, slu_err *err)
{
	bool says = false;
	slu_str version = { 0 };

	if (m->r->strategy->tag[f->tag_class].type != STRAT_TAG_RELEASE)
		return SLU_OK;
	SLU_TRY(version_of(&version, m, f, merged, err));
	m->version = version;
	if (!version.n)
		return SLU_OK;
	const struct flow_plan p = plan_of(m, version);
	SLU_TRY(release_says(&says, m->u, m->r, &p, merged, err));
	if (says)
		return SLU_OK;
	return slu_fail(err, SLU_E_DENIED, "This merge would be tagged %.*s, and its files of releases.version-files do not say so. Let the server merge, which writes them: sluice change merge %llu", SLU_FMT(version),
	                (unsigned long long)m->change.number);
}
