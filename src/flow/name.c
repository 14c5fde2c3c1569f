/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/name.h"

#include "version/semver.h"

static const char heads[] = "refs/heads/";

/* The word stands for whatever the pattern asks for: a version for {version}, a phase for {phase}, else a name. */
static struct strat_captures captures_of(slu_str word, slu_str today)
{
	struct strat_captures caps = { 0 };
	struct ver_semver v;
	slu_str plain = slu_str_starts(word, "v") ? (slu_str){ word.p + 1, word.n - 1 } : word;
	caps.v[STRAT_CAP_NAME] = caps.v[STRAT_CAP_PHASE] = caps.v[STRAT_CAP_TAG] = caps.v[STRAT_CAP_BUILD] = word;
	caps.v[STRAT_CAP_DATE] = today;
	if (ver_parse(&v, plain, NULL) == SLU_OK) {
		caps.v[STRAT_CAP_VERSION] = plain;
		caps.v[STRAT_CAP_MAJOR] = v.major;
		caps.v[STRAT_CAP_MINOR] = v.minor;
		caps.v[STRAT_CAP_PATCH] = v.patch;
	}
	return caps;
}

/* What stands before the stars that a pattern ends with, where nothing else is open in it. */
static slu_str before_stars(const strat_pattern *p)
{
	slu_str text = strat_pattern_text(p);
	size_t n = 0, stars = 0;
	while (n < text.n && !strchr("{*?[", text.p[n]))
		n++;
	while (n + stars < text.n && text.p[n + stars] == '*')
		stars++;
	return n + stars == text.n && stars ? (slu_str){ text.p, n } : (slu_str){ 0 };
}

slu_rc flow_branch_name(char **out, slu_arena *a, const strat *s, int kind, slu_str word, slu_str today, slu_err *err)
{
	const struct strat_branch *b = &s->branch[kind];
	const struct strat_captures caps = captures_of(word, today);
	slu_err why = { 0 }, unused;
	if (strat_branch_kind(s, word, NULL) == kind) {
		*out = slu_str_dup(a, word);
		return SLU_OK;
	}
	for (size_t i = 0; i < b->match_n; i++) {
		char *made = NULL;
		if (strat_pattern_make(&made, a, b->match[i], &caps, i ? &unused : &why) == SLU_OK && strat_branch_kind(s, slu_s(made), NULL) == kind) {
			*out = made;
			return SLU_OK;
		}
	}
	for (size_t i = 0; i < b->match_n; i++) { /* one that ends with stars takes any name: login/form */
		slu_str start = before_stars(b->match[i]);
		const char *made = slu_printf(a, "%.*s%.*s", SLU_FMT(start), SLU_FMT(word));
		if (start.n && strat_ref_name_ok(slu_s(made)) && strat_branch_kind(s, slu_s(made), NULL) == kind) {
			*out = slu_strdup(a, made);
			return SLU_OK;
		}
	}
	slu_str pattern = b->match_n ? strat_pattern_text(b->match[0]) : (slu_str){ 0 };
	return slu_fail(err, SLU_E_INVALID, "\"%.*s\" makes no name of the kind %.*s, whose branches are called %.*s.%s%s", SLU_FMT(word), SLU_FMT(b->name), SLU_FMT(pattern), *why.text ? " " : "", why.text);
}

size_t flow_branches_of(const char ***out, slu_arena *a, const strat *s, int kind, const struct flow_refs *refs)
{
	SLU_LIST(const char *) list = { 0 };
	for (size_t i = 0; i < refs->n; i++) {
		slu_str name = refs->v[i].name;
		if (!slu_str_starts(name, heads))
			continue;
		name = (slu_str){ name.p + strlen(heads), name.n - strlen(heads) };
		if (strat_branch_kind(s, name, NULL) == kind)
			*SLU_ADD(a, &list) = slu_str_dup(a, name);
	}
	*out = list.v;
	return list.n;
}

const char *flow_kinds_text(slu_arena *a, const strat *s)
{
	const char *text = "";
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		bool made = !b->builtin && b->match_n && !strat_pattern_is_exact(b->match[0]);
		if (made)
			text = slu_printf(a, "%s%s%.*s", text, *text ? ", " : "", SLU_FMT(b->name));
	}
	return text;
}

const struct strat_edge *flow_edge_of(const strat *s, int kind)
{
	const struct strat_branch *b = &s->branch[kind];
	bool outwards = b->type == STRAT_RELEASE || b->type == STRAT_HOTFIX;
	for (size_t i = 0; i < b->edge_n; i++)
		if (outwards ? s->branch[b->edge[i].into].type == STRAT_PRODUCTION : b->edge[i].into == b->base)
			return &b->edge[i];
	return b->edge_n == 1 ? &b->edge[0] : NULL;
}
