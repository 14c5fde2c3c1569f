/* SPDX-License-Identifier: Apache-2.0 */
/* Version lines, and the version that a merge is tagged with: told with the verdict, so that what follows can be judged and shown before it is done. */
#include "policy/next.h"
#include "policy/rule.h"

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

bool pol_tag_semver(struct ver_semver *out, slu_arena *a, const strat *s, int tag_class, const struct strat_captures *caps)
{
	const slu_str *v = caps->v;
	const struct strat_tag *t = &s->tag[tag_class];
	if (t->type == STRAT_TAG_LABEL || (t->type == STRAT_TAG_PRERELEASE && !v[STRAT_CAP_PRE].n))
		return false;
	const char *text = v[STRAT_CAP_VERSION].n ? slu_printf(a, "%.*s", SLU_FMT(v[STRAT_CAP_VERSION]))
						  : slu_printf(a, "%.*s.%.*s.%.*s", SLU_FMT(v[STRAT_CAP_MAJOR]), SLU_FMT(v[STRAT_CAP_MINOR]), SLU_FMT(v[STRAT_CAP_PATCH]));
	if (v[STRAT_CAP_PRE].n)
		text = slu_printf(a, "%s-%.*s%s%.*s", text, SLU_FMT(v[STRAT_CAP_PRE]), v[STRAT_CAP_N].n ? "." : "", SLU_FMT(v[STRAT_CAP_N]));
	return ver_parse(out, slu_s(text), NULL) == SLU_OK;
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

const char *pol_released_as(slu_arena *a, const strat *s, slu_str branch)
{
	struct strat_captures caps = { 0 };
	int kind = strat_branch_kind(s, branch, &caps);
	slu_str version = caps.v[STRAT_CAP_VERSION];
	if (kind < 0 || s->branch[kind].type != STRAT_RELEASE || !version.n)
		return "";
	for (size_t i = 0; i < s->branch[kind].edge_n; i++) {
		int cls = s->branch[kind].edge[i].tag;
		char *name = NULL;
		if (cls >= 0 && s->tag[cls].type == STRAT_TAG_RELEASE && pol_tag_name(&name, a, s, cls, version, NULL) == SLU_OK)
			return slu_printf(a, "refs/tags/%s", name);
	}
	return "";
}

/* ---- the next one ------------------------------------------------------------------------------------------------------ */

slu_rc pol_next_version(struct pol_judge *j, slu_str *out, slu_err *err)
{
	struct pol_next next;
	*out = j->act->version.n ? j->act->version : j->source_caps.v[STRAT_CAP_VERSION];
	if (out->n || j->s->releases.version_from == STRAT_VERSION_GIVEN || !j->f->tags || !j->f->range || !j->f->commit || !j->change.head_known ||
	    slu_oid_is_zero(&j->change.target_head))
		return SLU_OK;
	const struct pol_next_ask ask = {
		.line = pol_line_of(j->a, &j->s->branch[j->kind], &j->caps),
		.phase = j->source_caps.v[STRAT_CAP_PHASE],
		.bump = j->s->branch[j->source_kind].bump,
		.tip = j->change.head,
		.also = j->change.target_head,
		.at_least_patch = true,
	};
	slu_rc rc = pol_next(&next, j->a, j->s, j->f, &ask, err);
	if (rc == SLU_E_WAIT || rc == SLU_E_DENIED) /* no phase is left, or no name says it */
		return SLU_OK;
	SLU_TRY(rc);
	*out = next.version;
	return SLU_OK;
}
