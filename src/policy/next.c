/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/next.h"

#include "base/map.h"
#include "policy/phases.h"
#include "policy/rule.h"

#include <stdlib.h>

/* ---- what was released ---------------------------------------------------------------------------------------------------- */

static int by_version(const void *x, const void *y)
{
	const struct pol_release *a = x, *b = y;
	return ver_cmp(&a->v, &b->v);
}

static slu_str core_of(slu_arena *a, const struct ver_semver *v)
{
	return slu_s(slu_printf(a, "%.*s.%.*s.%.*s", SLU_FMT(v->major), SLU_FMT(v->minor), SLU_FMT(v->patch)));
}

static bool is_on(slu_arena *a, slu_str line, const struct ver_semver *v)
{
	return line.n == 0 || pol_glob(line, core_of(a, v));
}

/* The version that a tag of this type stands for; false: it is of another type, or of no version. */
static bool read_tag(struct pol_release *out, slu_arena *a, const strat *s, enum strat_tag_type type, slu_str tag)
{
	struct strat_captures caps;
	int cls = strat_tag_class(s, tag, &caps);
	slu_str version = cls == STRAT_NONE ? (slu_str){ 0 } : caps.v[STRAT_CAP_VERSION], pre = caps.v[STRAT_CAP_PRE], n = caps.v[STRAT_CAP_N];
	if (!version.n || s->tag[cls].type != type)
		return false;
	if (type == STRAT_TAG_PRERELEASE && pre.n)
		version = slu_s(slu_printf(a, "%.*s-%.*s%s%.*s", SLU_FMT(version), SLU_FMT(pre), n.n ? "." : "", SLU_FMT(n)));
	*out = (struct pol_release){ .tag = tag, .version = version };
	return ver_parse(&out->v, version, NULL) == SLU_OK;
}

slu_rc pol_releases(struct pol_releases *out, slu_arena *a, const strat *s, const struct pol_facts *f, enum strat_tag_type type, slu_str line, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0, used = 0;
	SLU_TRY(f->tags(f->ctx, a, &name, &id, &n, err));
	struct pol_release *v = SLU_NEW_N(a, struct pol_release, n + 1), one;
	for (size_t i = 0; i < n; i++) {
		if (!read_tag(&one, a, s, type, name[i]) || !is_on(a, line, &one.v))
			continue;
		one.commit = id[i];
		v[used++] = one;
	}
	if (used > 1)
		qsort(v, used, sizeof *v, by_version);
	*out = (struct pol_releases){ v, used };
	return SLU_OK;
}

/* ---- what came since -------------------------------------------------------------------------------------------------------- */

/* Is it the copy of a commit that was released? Told by the id that `git cherry-pick -x` wrote down. */
static slu_rc is_copy(bool *out, slu_arena *a, const struct pol_facts *f, const slu_oid *not_, size_t not_n, slu_str message, slu_err *err)
{
	struct pol_commit c;
	const slu_oid *new_;
	size_t n;
	slu_str hex;
	slu_oid id;
	*out = false;
	if (not_n == 0 || !ver_picked(&hex, message) || slu_oid_parse(&id, hex, NULL) != SLU_OK)
		return SLU_OK;
	slu_rc rc = f->commit(f->ctx, a, &id, &c, err);
	if (rc == SLU_E_NOT_FOUND)
		return SLU_OK;
	SLU_TRY(rc);
	rc = f->range(f->ctx, a, &id, not_, not_n, 0, &new_, &n, err); /* one that is not released leads to more than none */
	*out = rc == SLU_OK;
	return rc == SLU_E_LIMIT ? SLU_OK : rc;
}

static slu_rc add_range(struct pol_since *s, slu_arena *a, const struct pol_facts *f, const struct pol_releases *released, const slu_oid *tip, const slu_oid *not_, size_t not_n, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t n = 0, used = s->n;
	SLU_TRY(f->range(f->ctx, a, tip, not_, not_n, POL_MAX_SINCE, &id, &n, err));
	struct ver_entry *e = SLU_NEW_N(a, struct ver_entry, s->n + n + 1);
	if (s->n)
		memcpy(e, s->e, s->n * sizeof *e);
	for (size_t i = 0; i < n; i++) {
		struct pol_commit c;
		bool copy;
		SLU_TRY(f->commit(f->ctx, a, &id[i], &c, err));
		SLU_TRY(is_copy(&copy, a, f, not_, released->n, c.message, err));
		if (!copy)
			e[used++] = (struct ver_entry){ .oid = slu_s(slu_strdup(a, id[i].hex)), .message = c.message, .merge = c.parent_n > 1 };
	}
	s->e = e;
	s->n = used;
	return SLU_OK;
}

slu_rc pol_since(struct pol_since *out, slu_arena *a, const struct pol_facts *f, const struct pol_releases *released, const slu_oid *tip, const slu_oid *also, slu_err *err)
{
	struct pol_since s = { .base = released->n ? &released->v[released->n - 1] : NULL };
	slu_oid *not_ = SLU_NEW_N(a, slu_oid, released->n + 2);
	for (size_t i = 0; i < released->n; i++)
		not_[i] = released->v[i].commit;
	SLU_TRY(add_range(&s, a, f, released, tip, not_, released->n, err));
	not_[released->n] = *tip;
	if (also && !slu_oid_is_zero(also))
		SLU_TRY(add_range(&s, a, f, released, also, not_, released->n + 1, err));
	ver_entries_read(s.e, s.n, a);
	*out = s;
	return SLU_OK;
}

struct ver_changelog pol_changelog(slu_arena *a, const strat *s, slu_str version, slu_str date)
{
	const struct strat_releases *r = &s->releases;
	struct ver_heading *v = SLU_NEW_N(a, struct ver_heading, r->group_n + 1);
	for (size_t i = 0; i < r->group_n; i++)
		v[i] = (struct ver_heading){ r->group[i].heading, r->group[i].type, r->group[i].type_n };
	return (struct ver_changelog){
		.version = version, .date = date, .types = s->commits.types, .type_n = s->commits.types_n, .heading = v, .heading_n = r->group_n, .entry = r->entry,
	};
}

/* ---- what comes next ----------------------------------------------------------------------------------------------------------- */

struct finding {
	slu_arena *a;
	const strat *s;
	const struct pol_facts *f;
	const struct pol_next_ask *ask;
	struct pol_releases released, pre;
	struct pol_next next;
};

static bool same_core(const struct ver_semver *a, const struct ver_semver *b)
{
	return slu_str_eq(a->major, b->major) && slu_str_eq(a->minor, b->minor) && slu_str_eq(a->patch, b->patch);
}

static slu_rc is_in(const struct finding *x, bool *out, const slu_oid *commit, slu_err *err)
{
	*out = false;
	if (x->f->is_ancestor)
		SLU_TRY(x->f->is_ancestor(x->f->ctx, x->a, commit, &x->ask->tip, out, err));
	return SLU_OK;
}

/* A prerelease says which release it comes before. What contains one does not fall back below it. */
static slu_rc follow_plan(struct finding *x, slu_err *err)
{
	struct ver_semver now, core;
	SLU_TRY(ver_parse(&now, x->next.version, err));
	for (size_t i = x->pre.n; i-- > 0;) {
		slu_str text = core_of(x->a, &x->pre.v[i].v);
		bool inside;
		if (ver_parse(&core, text, NULL) != SLU_OK || ver_cmp(&core, &now) <= 0)
			return SLU_OK;
		SLU_TRY(is_in(x, &inside, &x->pre.v[i].commit, err));
		if (!inside)
			continue;
		x->next.version = text;
		x->next.plan = &x->pre.v[i];
		return SLU_OK;
	}
	return SLU_OK;
}

static slu_rc from_commits(struct finding *x, slu_err *err)
{
	struct pol_next *n = &x->next;
	const struct pol_release *base = n->since.base;
	enum strat_bump bump = x->ask->bump;
	n->part = bump == STRAT_BUMP_MAJOR ? VER_MAJOR : bump == STRAT_BUMP_MINOR ? VER_MINOR : VER_PATCH;
	bool asked = bump == STRAT_BUMP_COMMITS ? ver_entries_part(&n->part, &n->decides, n->since.e, n->since.n) : n->since.n > 0;
	if (!base) {
		n->version = SLU_STR("0.1.0");
		return follow_plan(x, err);
	}
	if (!asked && !x->ask->at_least_patch)
		return slu_fail(err, SLU_E_WAIT, "Nothing since %.*s asks for a new version: of %zu commit%s none is a feature, a fix or breaking.", SLU_FMT(base->tag), n->since.n,
				n->since.n == 1 ? "" : "s");
	if (bump == STRAT_BUMP_COMMITS)
		n->part = ver_part_of(&base->v, n->part);
	char *text = ver_bump(x->a, &base->v, n->part, err);
	if (!text)
		return slu_fail(err, SLU_E_LIMIT, "The version after %.*s would be too long.", SLU_FMT(base->version));
	n->version = slu_s(text);
	return bump == STRAT_BUMP_COMMITS ? follow_plan(x, err) : SLU_OK;
}

/* The highest of those that come into the target; NULL: none does, or no target is named. */
static slu_rc last_brought(const struct strat_phase **out, struct finding *x, slu_err *err)
{
	bool *brought = SLU_NEW_N(x->a, bool, x->s->phase_n + 1);
	struct ver_semver highest, v;
	*out = NULL;
	SLU_TRY(pol_phases_in(brought, x->a, x->s, x->f, &x->ask->tip, &x->ask->also, err));
	for (size_t i = 0; i < x->s->phase_n; i++) {
		bool released = ver_parse(&v, x->s->phase[i].version, NULL) != SLU_OK || (x->next.since.base && ver_cmp(&v, &x->next.since.base->v) <= 0);
		if (!brought[i] || released || (*out && ver_cmp(&v, &highest) < 0))
			continue;
		*out = &x->s->phase[i];
		highest = v;
	}
	return SLU_OK;
}

/* Of the branch's phase; else the lowest that is not released yet. NULL: there is none. */
static const struct strat_phase *first_left(const struct finding *x)
{
	const struct strat_phase *best = NULL;
	struct ver_semver lowest, v;
	for (size_t i = 0; i < x->s->phase_n; i++) {
		const struct strat_phase *p = &x->s->phase[i];
		bool own = x->ask->phase.n && slu_str_eq(p->name, x->ask->phase);
		if (ver_parse(&v, p->version, NULL) != SLU_OK || (x->ask->phase.n && !own))
			continue;
		if (!own && x->next.since.base && ver_cmp(&v, &x->next.since.base->v) <= 0)
			continue;
		if (!best || ver_cmp(&v, &lowest) < 0) {
			best = p;
			lowest = v;
		}
	}
	return best;
}

static slu_rc from_phases(struct finding *x, slu_err *err)
{
	const struct strat_phase *p = NULL;
	if (!x->ask->phase.n)
		SLU_TRY(last_brought(&p, x, err));
	if (!p)
		p = first_left(x);
	if (!p && x->ask->phase.n)
		return slu_fail(err, SLU_E_DENIED, "The strategy gives the phase %.*s no version.", SLU_FMT(x->ask->phase));
	if (!p)
		return slu_fail(err, SLU_E_WAIT, "Every phase that has a version is released: none is above %.*s.", SLU_FMT(x->next.since.base ? x->next.since.base->version : SLU_STR("0.0.0")));
	x->next.version = p->version;
	x->next.source = POL_FROM_PHASES;
	return SLU_OK;
}

static slu_rc find_version(struct finding *x, slu_err *err)
{
	if (x->ask->given.n || x->ask->branch.n) {
		x->next.source = x->ask->given.n ? POL_FROM_PERSON : POL_FROM_BRANCH;
		x->next.version = x->ask->given.n ? x->ask->given : x->ask->branch;
		return SLU_OK;
	}
	if (x->ask->bump != STRAT_BUMP_COMMITS && x->s->releases.version_from != STRAT_VERSION_GIVEN) /* the kind says it: a hotfix is a patch */
		return from_commits(x, err);
	switch (x->s->releases.version_from) {
	case STRAT_VERSION_PHASES: return from_phases(x, err);
	case STRAT_VERSION_BRANCH:
		return slu_fail(err, SLU_E_DENIED, "The strategy takes versions from the names of branches (releases.version-from), and the name of this one holds none.");
	case STRAT_VERSION_GIVEN: return slu_fail(err, SLU_E_DENIED, "The strategy wants a version that a person gives (releases.version-from).");
	case STRAT_VERSION_COMMITS: break;
	}
	return from_commits(x, err);
}

/* ---- prereleases ----------------------------------------------------------------------------------------------------------------- */

static bool may_be_called(const struct strat_tag *t, slu_str label)
{
	for (size_t i = 0; i < t->pre_n; i++)
		if (slu_str_eq(t->pre[i], label))
			return true;
	return t->pre_n == 0;
}

static slu_rc label_is_known(const struct finding *x, slu_err *err)
{
	const struct strat_tag *class = NULL;
	for (size_t i = 0; i < x->s->tag_n; i++) {
		if (x->s->tag[i].type != STRAT_TAG_PRERELEASE)
			continue;
		class = &x->s->tag[i];
		if (may_be_called(class, x->ask->pre))
			return SLU_OK;
	}
	if (!class)
		return slu_fail(err, SLU_E_DENIED, "The strategy has no class of tags for prereleases.");
	const char *words = "";
	for (size_t i = 0; i < class->pre_n; i++)
		words = slu_printf(x->a, "%s%s%.*s", words, i ? ", " : "", SLU_FMT(class->pre[i]));
	return slu_fail(err, SLU_E_DENIED, "No prerelease is called %.*s; the class %.*s has %s.", SLU_FMT(x->ask->pre), SLU_FMT(class->name), words);
}

/* The one after the highest there is of that release: numbers and labels go up only, whatever was deleted or moved below. */
static slu_rc to_prerelease(struct finding *x, slu_err *err)
{
	const struct pol_release *last = NULL;
	struct ver_semver core;
	slu_err why = { 0 };
	bool held = false;
	SLU_TRY(label_is_known(x, err));
	SLU_TRY(ver_parse(&core, x->next.version, err));
	for (size_t i = 0; i < x->pre.n; i++)
		if (same_core(&x->pre.v[i].v, &core))
			last = &x->pre.v[i];
	char *text = ver_bump_prerelease(x->a, last ? &last->v : &core, x->ask->pre, &why);
	if (!text)
		return slu_fail(err, SLU_E_DENIED, "%s", why.text);
	if (last && x->f->is_ancestor && slu_str_starts(last->v.prerelease, slu_printf(x->a, "%.*s.", SLU_FMT(x->ask->pre))))
		SLU_TRY(x->f->is_ancestor(x->f->ctx, x->a, &x->ask->tip, &last->commit, &held, err));
	if (held)
		return slu_fail(err, SLU_E_WAIT, "Nothing came since %.*s: it holds this commit already.", SLU_FMT(last->tag));
	x->next.version = slu_s(text);
	return SLU_OK;
}

/* ---- the tag ---------------------------------------------------------------------------------------------------------------------- */

static struct strat_captures captures_of(slu_arena *a, const struct ver_semver *v)
{
	struct strat_captures caps = { 0 };
	slu_str pre = v->prerelease;
	uint64_t number;
	const char *dot = pre.n ? memrchr(pre.p, '.', pre.n) : NULL;
	slu_str last = dot ? (slu_str){ dot + 1, (size_t)(pre.p + pre.n - dot) - 1 } : (slu_str){ 0 };
	caps.v[STRAT_CAP_VERSION] = core_of(a, v);
	caps.v[STRAT_CAP_MAJOR] = v->major;
	caps.v[STRAT_CAP_MINOR] = v->minor;
	caps.v[STRAT_CAP_PATCH] = v->patch;
	if (dot && slu_parse_u64(&number, last, NULL) == SLU_OK) {
		caps.v[STRAT_CAP_N] = last;
		pre.n = (size_t)(dot - pre.p);
	}
	if (pre.n)
		caps.v[STRAT_CAP_PRE] = pre;
	return caps;
}

static slu_str tag_of(slu_arena *a, const strat *s, slu_str version)
{
	struct ver_semver v;
	if (ver_parse(&v, version, NULL) != SLU_OK)
		return (slu_str){ 0 };
	const struct strat_captures caps = captures_of(a, &v);
	enum strat_tag_type type = v.prerelease.n ? STRAT_TAG_PRERELEASE : STRAT_TAG_RELEASE;
	for (size_t i = 0; i < s->tag_n; i++) {
		struct pol_release back;
		char *made = NULL;
		for (size_t k = 0; s->tag[i].type == type && k < s->tag[i].match_n; k++)
			if (strat_pattern_make(&made, a, s->tag[i].match[k], &caps, NULL) == SLU_OK && read_tag(&back, a, s, type, slu_s(made)) && ver_cmp(&back.v, &v) == 0)
				return slu_s(made);
	}
	return (slu_str){ 0 };
}

slu_rc pol_next(struct pol_next *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_next_ask *ask, slu_err *err)
{
	struct finding x = { .a = a, .s = s, .f = f, .ask = ask };
	struct ver_semver v;
	SLU_TRY(pol_releases(&x.released, a, s, f, STRAT_TAG_RELEASE, ask->line, err));
	SLU_TRY(pol_releases(&x.pre, a, s, f, STRAT_TAG_PRERELEASE, ask->line, err));
	SLU_TRY(pol_since(&x.next.since, a, f, &x.released, &ask->tip, &ask->also, err));
	SLU_TRY(find_version(&x, err));
	SLU_TRY(ver_parse(&v, x.next.version, err));
	if (ask->pre.n && !v.prerelease.n)
		SLU_TRY(to_prerelease(&x, err));
	x.next.tag = tag_of(a, s, x.next.version);
	*out = x.next;
	return SLU_OK;
}

/* ---- may it be ---------------------------------------------------------------------------------------------------------------------- */

static slu_rc is_new(slu_arena *a, const strat *s, const struct pol_facts *f, slu_str line, enum strat_tag_type type, const struct ver_semver *v, slu_err *err)
{
	struct pol_releases all;
	const struct pol_release *above = NULL;
	SLU_TRY(pol_releases(&all, a, s, f, type, line, err));
	for (size_t i = all.n; i-- > 0;) {
		const struct pol_release *r = &all.v[i];
		int cmp = ver_cmp(v, &r->v);
		if (cmp == 0)
			return slu_fail(err, SLU_E_DENIED, "The version %s is there already: the tag %.*s. A version is released once.", ver_text(a, v), SLU_FMT(r->tag));
		if (cmp < 0 && !above && (type == STRAT_TAG_RELEASE || (v->prerelease.n && same_core(v, &r->v))))
			above = r;
	}
	if (above)
		return slu_fail(err, SLU_E_DENIED, "%s is not above %.*s (tag %.*s), the highest version%s%.*s.", ver_text(a, v), SLU_FMT(above->version), SLU_FMT(above->tag),
				line.n ? " of the line " : "", SLU_FMT(line));
	return SLU_OK;
}

slu_rc pol_next_allowed(const struct pol_next *n, slu_arena *a, const strat *s, const struct pol_facts *f, slu_str line, slu_err *err)
{
	struct ver_semver v;
	SLU_TRY(ver_parse(&v, n->version, err));
	if (!is_on(a, line, &v))
		return slu_fail(err, SLU_E_DENIED, "%.*s would leave the version line %.*s of this branch%s%.10s%s.", SLU_FMT(n->version), SLU_FMT(line), n->decides ? " (commit " : "",
				n->decides ? n->decides->oid.p : "", n->decides ? " asks for it)" : "");
	SLU_TRY(is_new(a, s, f, line, STRAT_TAG_RELEASE, &v, err));
	SLU_TRY(is_new(a, s, f, line, STRAT_TAG_PRERELEASE, &v, err));
	if (!n->tag.n)
		return slu_fail(err, SLU_E_DENIED, "The strategy has no class of tags whose pattern makes a tag of %.*s.", SLU_FMT(n->version));
	return SLU_OK;
}

const char *pol_source_word(enum pol_source s)
{
	static const char *const words[] = { [POL_FROM_COMMITS] = "commits", [POL_FROM_PHASES] = "phases", [POL_FROM_BRANCH] = "branch", [POL_FROM_PERSON] = "given" };
	return words[s];
}
