/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/release.h"

#include "policy/pol.h"
#include "version/semver.h"

static const char heads[] = "refs/heads/";

static slu_str short_name(slu_str full)
{
	size_t n = sizeof heads - 1;
	return slu_str_starts(full, heads) ? (slu_str){ full.p + n, full.n - n } : full;
}

const struct flow_ref *flow_ref_find(const struct flow_refs *refs, const char *full_name)
{
	for (size_t i = 0; i < refs->n; i++)
		if (slu_str_is(refs->v[i].name, full_name))
			return &refs->v[i];
	return NULL;
}

const char *flow_branch_of(slu_arena *a, const strat *s, int kind, const struct flow_refs *refs)
{
	for (size_t i = 0; i < refs->n; i++) {
		slu_str name = short_name(refs->v[i].name);
		if (slu_str_starts(refs->v[i].name, heads) && strat_branch_kind(s, name, NULL) == kind)
			return slu_str_dup(a, name);
	}
	return NULL;
}

/* ---- versions ---------------------------------------------------------------------------------------------------------- */

bool flow_highest(slu_str *version, slu_str *tag, slu_arena *a, const strat *s, const char *target, const struct flow_refs *refs)
{
	struct strat_captures caps = { 0 };
	struct ver_semver best = { 0 };
	int kind = strat_branch_kind(s, slu_s(target), &caps);
	slu_str line = kind == STRAT_NONE ? (slu_str){ 0 } : pol_line_of(a, &s->branch[kind], &caps);
	bool found = false;
	for (size_t i = 0; i < refs->n; i++) {
		slu_str name = refs->v[i].name, its;
		struct ver_semver v;
		if (!slu_str_starts(name, "refs/tags/"))
			continue;
		name = (slu_str){ name.p + 10, name.n - 10 };
		if (!pol_release_tag(&its, s, line, name) || ver_parse(&v, its, NULL) != SLU_OK || (found && ver_cmp(&v, &best) <= 0))
			continue;
		best = v;
		*version = its;
		if (tag)
			*tag = name;
		found = true;
	}
	return found;
}

/* ---- the kind and its branch ---------------------------------------------------------------------------------------------- */

static bool makes_version(slu_arena *a, const struct strat_branch *b, slu_str version, char **name)
{
	struct strat_captures caps = { 0 };
	struct ver_semver v;
	if (ver_parse(&v, version, NULL) != SLU_OK)
		return false;
	caps.v[STRAT_CAP_VERSION] = version;
	caps.v[STRAT_CAP_MAJOR] = v.major;
	caps.v[STRAT_CAP_MINOR] = v.minor;
	caps.v[STRAT_CAP_PATCH] = v.patch;
	for (size_t i = 0; i < b->match_n; i++)
		if (strat_pattern_make(name, a, b->match[i], &caps, NULL) == SLU_OK)
			return true;
	return false;
}

static slu_rc choose_kind(struct flow_plan *p, slu_arena *a, const strat *s, slu_str version, slu_str kind_name, slu_err *err)
{
	int found = STRAT_NONE;
	char *name = NULL;
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		char *made = NULL;
		bool wanted = kind_name.n ? slu_str_eq(b->name, kind_name) : b->type == STRAT_RELEASE;
		if (!wanted || b->edge_n == 0 || !makes_version(a, b, version, &made))
			continue;
		if (found != STRAT_NONE)
			return slu_fail(err, SLU_E_INVALID, "Both %.*s and %.*s can hold a release; say which: --kind %.*s", SLU_FMT(s->branch[found].name), SLU_FMT(b->name), SLU_FMT(b->name));
		found = (int)i;
		name = made;
	}
	struct ver_semver v;
	if (found == STRAT_NONE && ver_parse(&v, version, NULL) == SLU_OK && (v.prerelease.n || v.build.n))
		return slu_fail(err, SLU_E_INVALID, "A release branch holds a version such as %.*s.%.*s.%.*s: {version} in its pattern stands for three numbers. Tag %.*s on the branch instead.", SLU_FMT(v.major),
		                SLU_FMT(v.minor), SLU_FMT(v.patch), SLU_FMT(version));
	if (found == STRAT_NONE)
		return slu_fail(err, SLU_E_INVALID,
		                "The strategy has no kind of branch%s%.*s that holds a release: one of type release, with {version} in its pattern and a branch that it goes into.",
		                kind_name.n ? " called " : "", SLU_FMT(kind_name));
	p->kind = found;
	p->branch = name;
	p->target = s->branch[found].edge[0].into;
	for (size_t k = 0; k < s->branch[found].edge_n; k++)
		if (s->branch[s->branch[found].edge[k].into].type == STRAT_PRODUCTION)
			p->target = s->branch[found].edge[k].into;
	return SLU_OK;
}

static const struct strat_edge *edge_to(const strat *s, int kind, int into)
{
	for (size_t k = 0; k < s->branch[kind].edge_n; k++)
		if (s->branch[kind].edge[k].into == into)
			return &s->branch[kind].edge[k];
	return NULL;
}

static slu_rc begin(struct flow_plan *p, slu_arena *a, const strat *s, slu_str version, slu_str kind_name, const struct flow_refs *refs, slu_err *err)
{
	struct ver_semver v;
	*p = (struct flow_plan){ .kind = STRAT_NONE, .target = STRAT_NONE, .base = "" };
	SLU_TRY(ver_parse(&v, version, err));
	SLU_TRY(choose_kind(p, a, s, version, kind_name, err));
	p->version = slu_str_dup(a, version);
	p->target_branch = flow_branch_of(a, s, p->target, refs);
	if (!p->target_branch)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch of the kind %.*s to release into. In a clone, sluice adopt plan says what is missing.", SLU_FMT(s->branch[p->target].name));
	return SLU_OK;
}

static void add(struct flow_plan *p, slu_arena *a, enum flow_step_kind kind, const char *ref, const char *detail, struct strat_pos pos)
{
	*SLU_ADD(a, &p->step) = (struct flow_step){ .kind = kind, .ref = ref, .detail = detail, .pos = pos };
}

/* ---- start ------------------------------------------------------------------------------------------------------------------ */

static slu_rc version_is_new(const struct flow_plan *p, slu_arena *a, const strat *s, slu_str version, const struct flow_refs *refs, slu_err *err)
{
	const struct strat_edge *e = edge_to(s, p->kind, p->target);
	struct ver_semver v, highest;
	slu_str high, tag;
	char *name = NULL;
	if (e && e->tag != STRAT_NONE) {
		SLU_TRY(pol_tag_name(&name, a, s, e->tag, version, err));
		if (flow_ref_find(refs, slu_printf(a, "refs/tags/%s", name)))
			return slu_fail(err, SLU_E_EXISTS, "The tag %s is there already; a release is made once, choose a higher version. Which one is next: sluice next", name);
	}
	SLU_TRY(ver_parse(&v, version, err));
	if (flow_highest(&high, &tag, a, s, p->target_branch, refs) && ver_parse(&highest, high, NULL) == SLU_OK && ver_cmp(&v, &highest) <= 0)
		return slu_fail(err, SLU_E_INVALID, "%.*s is not above %.*s (tag %.*s), the highest version of %s. Which one is next: sluice next", SLU_FMT(version), SLU_FMT(high), SLU_FMT(tag), p->target_branch);
	return SLU_OK;
}

slu_rc flow_release_start(struct flow_plan *out, slu_arena *a, const strat *s, slu_str version, slu_str kind_name, const struct flow_refs *refs, slu_err *err)
{
	struct flow_plan p;
	SLU_TRY(begin(&p, a, s, version, kind_name, refs, err));
	const struct strat_branch *b = &s->branch[p.kind];
	const char *full = slu_printf(a, "%s%s", heads, p.branch);
	if (flow_ref_find(refs, full))
		return slu_fail(err, SLU_E_EXISTS, "The branch %s is there already. Work on it, or finish it: sluice release finish %.*s", p.branch, SLU_FMT(version));
	SLU_TRY(version_is_new(&p, a, s, version, refs, err));
	p.base = b->base == STRAT_NONE ? NULL : flow_branch_of(a, s, b->base, refs);
	if (!p.base)
		return slu_fail(err, SLU_E_NOT_FOUND, "%s begins at %s, and there is no such branch. In a clone, sluice adopt plan says what is missing.", p.branch, b->base == STRAT_NONE ? "a base that the strategy does not name" : slu_str_dup(a, s->branch[b->base].name));
	add(&p, a, FLOW_CREATE_BRANCH, full, p.base, b->base_pos);
	p.step.v[0].id = flow_ref_find(refs, slu_printf(a, "%s%s", heads, p.base))->id;
	for (size_t i = 0; i < s->releases.version_file_n; i++)
		add(&p, a, FLOW_VERSION_FILE, full, slu_str_dup(a, s->releases.version_file[i].file), s->releases.version_file[i].pos);
	if (s->releases.changelog.n)
		add(&p, a, FLOW_CHANGELOG, full, slu_str_dup(a, s->releases.changelog), s->releases.pos);
	add(&p, a, FLOW_OPEN_CHANGE, full, p.target_branch, edge_to(s, p.kind, p.target)->pos);
	*out = p;
	return SLU_OK;
}

/* ---- finish ------------------------------------------------------------------------------------------------------------------- */

static void others(struct flow_plan *p, slu_arena *a, const strat *s, enum flow_step_kind kind, const struct strat_set *to, const struct flow_refs *refs)
{
	for (size_t i = 0; i < refs->n; i++) {
		slu_str name = short_name(refs->v[i].name);
		if (!slu_str_starts(refs->v[i].name, heads) || slu_str_is(name, p->branch) || !strat_set_has(to, strat_branch_kind(s, name, NULL)))
			continue;
		if (!flow_ref_find(refs, pol_released_as(a, s, name))) /* one that is kept after its release gets nothing more */
			add(p, a, kind, slu_str_dup(a, refs->v[i].name), kind == FLOW_ALSO_INTO ? p->branch : p->target_branch, to->pos);
	}
}

static void deployments(struct flow_plan *p, slu_arena *a, const strat *s, const struct strat_edge *e)
{
	for (size_t i = 0; i < s->environment_n; i++) {
		const struct strat_environment *env = &s->environment[i];
		bool merge = (env->on.on & (1u << STRAT_ON_MERGE)) && strat_set_has(&env->on.set[STRAT_ON_MERGE], p->target);
		bool tag = (env->on.on & (1u << STRAT_ON_TAG)) && e->tag != STRAT_NONE && strat_set_has(&env->on.set[STRAT_ON_TAG], e->tag);
		if (merge || tag)
			add(p, a, FLOW_DEPLOY, "", slu_str_dup(a, env->name), env->on.pos);
	}
}

slu_rc flow_release_finish(struct flow_plan *out, slu_arena *a, const strat *s, slu_str version, slu_str kind_name, const struct flow_refs *refs, slu_err *err)
{
	struct flow_plan p;
	char *tag = NULL;
	SLU_TRY(begin(&p, a, s, version, kind_name, refs, err));
	const char *full = slu_printf(a, "%s%s", heads, p.branch);
	const struct strat_edge *e = edge_to(s, p.kind, p.target);
	if (e && e->tag != STRAT_NONE && !flow_ref_find(refs, full)) {
		SLU_TRY(pol_tag_name(&tag, a, s, e->tag, version, err));
		if (flow_ref_find(refs, slu_printf(a, "refs/tags/%s", tag)))
			return slu_fail(err, SLU_E_EXISTS, "Release %.*s is finished already: the tag %s is there, and the branch %s is gone.", SLU_FMT(version), tag, p.branch);
	}
	if (!flow_ref_find(refs, full))
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s. Fetch it, or begin it: sluice release start %.*s", p.branch, SLU_FMT(version));
	if (s->releases.changelog.n)
		add(&p, a, FLOW_CHANGELOG, full, slu_str_dup(a, s->releases.changelog), s->releases.pos);
	add(&p, a, FLOW_MERGE, slu_printf(a, "%s%s", heads, p.target_branch), strat_method_word(e->method), e->pos);
	if (e->tag != STRAT_NONE) {
		SLU_TRY(pol_tag_name(&tag, a, s, e->tag, version, err));
		add(&p, a, FLOW_TAG, slu_printf(a, "refs/tags/%s", tag), p.target_branch, e->pos);
	}
	others(&p, a, s, FLOW_ALSO_INTO, &e->also_into, refs);
	others(&p, a, s, FLOW_BACK_MERGE, &e->back_merge, refs);
	if (s->branch[p.kind].delete_after_merge)
		add(&p, a, FLOW_DELETE_BRANCH, full, "", s->branch[p.kind].pos);
	deployments(&p, a, s, e);
	*out = p;
	return SLU_OK;
}

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

const char *flow_step_word(enum flow_step_kind k)
{
	static const char *const words[] = {
		[FLOW_CREATE_BRANCH] = "create-branch", [FLOW_VERSION_FILE] = "version-file", [FLOW_CHANGELOG] = "changelog",
		[FLOW_OPEN_CHANGE] = "open-change",     [FLOW_MERGE] = "merge",               [FLOW_TAG] = "tag",
		[FLOW_ALSO_INTO] = "also-into",         [FLOW_BACK_MERGE] = "back-merge",     [FLOW_DELETE_BRANCH] = "delete-branch",
		[FLOW_DEPLOY] = "deploy",
	};
	return words[k];
}

char *flow_step_text(slu_arena *a, const struct flow_step *st)
{
	slu_str ref = short_name(slu_s(st->ref));
	if (slu_str_starts(ref, "refs/tags/"))
		ref = (slu_str){ ref.p + 10, ref.n - 10 };
	switch (st->kind) {
	case FLOW_CREATE_BRANCH: return slu_printf(a, "create branch %.*s from %s (%.10s)", SLU_FMT(ref), st->detail, st->id.hex);
	case FLOW_VERSION_FILE: return slu_printf(a, "write the version into %s", st->detail);
	case FLOW_CHANGELOG: return slu_printf(a, "bring %s up to date", st->detail);
	case FLOW_OPEN_CHANGE: return slu_printf(a, "open a change from %.*s into %s", SLU_FMT(ref), st->detail);
	case FLOW_MERGE: return slu_printf(a, "merge into %.*s (%s)", SLU_FMT(ref), st->detail);
	case FLOW_TAG: return slu_printf(a, "tag %.*s on %s", SLU_FMT(ref), st->detail);
	case FLOW_ALSO_INTO: return slu_printf(a, "merge %s into %.*s too", st->detail, SLU_FMT(ref));
	case FLOW_BACK_MERGE: return slu_printf(a, "merge %s back into %.*s", st->detail, SLU_FMT(ref));
	case FLOW_DELETE_BRANCH: return slu_printf(a, "delete branch %.*s", SLU_FMT(ref));
	case FLOW_DEPLOY: return slu_printf(a, "deploy to %s follows", st->detail);
	}
	return slu_strdup(a, "");
}
