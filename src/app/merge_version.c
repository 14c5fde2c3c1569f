/* SPDX-License-Identifier: Apache-2.0 */
/* The commit that writes the version of a tagged merge into its files. */
#include "app/changes_impl.h"
#include "app/release_impl.h"

/* ---- in its files -------------------------------------------------------------------------------------------------------- */

static const struct pol_follow *release_tag(const struct app_merging *m)
{
	const struct pol_verdict *v = &m->out->verdict;
	for (size_t i = 0; i < v->follow.n; i++)
		if (v->follow.v[i].kind == POL_FOLLOW_TAG && m->r->strategy->tag[v->follow.v[i].tag_class].type == STRAT_TAG_RELEASE)
			return &v->follow.v[i];
	return NULL;
}

slu_str app_merge_version(const struct app_merging *m)
{
	const struct pol_follow *f = release_tag(m);
	struct strat_captures caps = { 0 };
	if (f && *f->ref)
		(void)strat_tag_class(m->r->strategy, slu_s(f->ref + strlen("refs/tags/")), &caps);
	return caps.v[STRAT_CAP_VERSION];
}

static struct flow_plan plan_of(const struct app_merging *m, slu_str version)
{
	const strat *s = m->r->strategy;
	return (struct flow_plan){
		.kind = strat_branch_kind(s, m->change.source, NULL), .target = strat_branch_kind(s, m->change.target, NULL), .version = slu_str_dup(m->u->a, version),
		.target_branch = slu_str_dup(m->u->a, m->change.target),
	};
}

slu_rc app_merge_release(struct app_merging *m, slu_err *err)
{
	const struct strat_releases *rel = &m->r->strategy->releases;
	slu_str section = { 0 };
	slu_oid made = { 0 };

	slu_str version = app_merge_version(m);
	if (!version.n || (rel->version_file_n == 0 && rel->changelog.n == 0))
		return SLU_OK;
	const struct flow_plan p = plan_of(m, version);
	SLU_TRY(release_commit(&made, &section, m->u, m->r, &p, &m->source, true, err));
	if (slu_oid_eq(&made, &m->source))
		return SLU_OK;
	m->source_was = m->source;
	m->source = made;
	return SLU_OK;
}
