/* SPDX-License-Identifier: Apache-2.0 */
/* Version lines, and the version that a merge is tagged with: told with the verdict, so that what follows can be judged and shown before it is done. */
#include "policy/rule.h"
#include "version/commit.h"

/* ---- lines ------------------------------------------------------------------------------------------------------------- */

slu_str pol_line_of(slu_arena *a, const struct strat_branch *b, const struct strat_captures *caps)
{
	static const struct { const char *name; enum strat_cap cap; } known[] = { { "{major}", STRAT_CAP_MAJOR }, { "{minor}", STRAT_CAP_MINOR }, { "{patch}", STRAT_CAP_PATCH },
		{ "{version}", STRAT_CAP_VERSION }, { "{name}", STRAT_CAP_NAME } };
	slu_str rest = b->versions;
	const char *out = "";
	while (rest.n) {
		size_t skip = 0;
		for (size_t i = 0; i < sizeof known / sizeof *known && !skip; i++)
			if (slu_str_starts(rest, known[i].name)) {
				skip = strlen(known[i].name);
				out = slu_printf(a, "%s%.*s", out, SLU_FMT(caps->v[known[i].cap]));
			}
		if (!skip) {
			skip = 1;
			out = slu_printf(a, "%s%c", out, rest.p[0]);
		}
		rest = (slu_str){ rest.p + skip, rest.n - skip };
	}
	return slu_s(out);
}

bool pol_release_tag(slu_str *version, const strat *s, slu_str line, slu_str tag)
{
	struct strat_captures caps;
	int cls = strat_tag_class(s, tag, &caps);
	slu_str v = cls == STRAT_NONE ? (slu_str){ 0 } : caps.v[STRAT_CAP_VERSION];
	struct ver_semver parsed;
	if (!v.p || s->tag[cls].type != STRAT_TAG_RELEASE || ver_parse(&parsed, v, NULL) != SLU_OK || (line.n && !pol_glob(line, v)))
		return false;
	*version = v;
	return true;
}

slu_rc pol_tag_name(char **out, slu_arena *a, const strat *s, int tag_class, slu_str version, slu_err *err)
{
	struct strat_captures caps = { 0 };
	struct ver_semver v;
	SLU_TRY(ver_parse(&v, version, err));
	caps.v[STRAT_CAP_VERSION] = version;
	caps.v[STRAT_CAP_MAJOR] = v.major;
	caps.v[STRAT_CAP_MINOR] = v.minor;
	caps.v[STRAT_CAP_PATCH] = v.patch;
	if (v.prerelease.n)
		caps.v[STRAT_CAP_PRE] = v.prerelease;
	return strat_pattern_make(out, a, s->tag[tag_class].match[0], &caps, err);
}

/* ---- the next one ------------------------------------------------------------------------------------------------------ */

static slu_rc highest(struct pol_judge *j, slu_str *out, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	slu_str line = pol_line_of(j->a, &j->s->branch[j->kind], &j->caps);
	SLU_TRY(j->f->tags(j->f->ctx, j->a, &name, &id, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str version;
		struct ver_semver v, best;
		if (pol_release_tag(&version, j->s, line, name[i]) && (!out->n || (ver_parse(&v, version, NULL) == SLU_OK && ver_parse(&best, *out, NULL) == SLU_OK && ver_cmp(&v, &best) > 0)))
			*out = version;
	}
	return SLU_OK;
}

/* The greatest part that the commits of the merge ask for; a patch when none asks for anything. */
static slu_rc part_of_commits(struct pol_judge *j, enum ver_part *part, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t n = 0;
	SLU_TRY(j->f->range(j->f->ctx, j->a, &j->change.head, &j->change.target_head, 1, SLU_MAX_PUSH_COMMITS, &id, &n, err));
	for (size_t i = 0; i < n && *part != VER_MAJOR; i++) {
		struct pol_commit c;
		struct ver_commit v;
		enum ver_part asks = VER_PATCH;
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &id[i], &c, err));
		if (ver_commit_parse(&v, j->a, c.message, NULL) == SLU_OK && ver_commit_part(&asks, &v) && asks < *part)
			*part = asks;
	}
	return SLU_OK;
}

static slu_rc part_of(struct pol_judge *j, enum ver_part *part, slu_err *err)
{
	enum strat_bump bump = j->s->branch[j->source_kind].bump;
	*part = bump == STRAT_BUMP_MAJOR ? VER_MAJOR : bump == STRAT_BUMP_MINOR ? VER_MINOR : VER_PATCH;
	return bump == STRAT_BUMP_COMMITS ? part_of_commits(j, part, err) : SLU_OK;
}

slu_rc pol_next_version(struct pol_judge *j, slu_str *out, slu_err *err)
{
	slu_str high = { 0 };
	struct ver_semver v;
	enum ver_part part;
	*out = j->act->version.n ? j->act->version : j->source_caps.v[STRAT_CAP_VERSION];
	if (out->n || j->s->releases.version_from == STRAT_VERSION_GIVEN || !j->f->tags || !j->f->range || !j->f->commit || !j->change.head_known || slu_oid_is_zero(&j->change.target_head))
		return SLU_OK;
	SLU_TRY(highest(j, &high, err));
	if (!high.n) {
		*out = SLU_STR("0.1.0");
		return SLU_OK;
	}
	SLU_TRY(part_of(j, &part, err));
	SLU_TRY(ver_parse(&v, high, err));
	char *next = ver_bump(j->a, &v, part, err);
	if (!next)
		return slu_fail(err, SLU_E_LIMIT, "The version after %.*s would be too long.", SLU_FMT(high));
	*out = slu_s(next);
	return SLU_OK;
}
