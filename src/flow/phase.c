/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/phase.h"

#include "policy/phases.h"

int flow_phase_find(const strat *s, slu_str name)
{
	for (size_t i = 0; i < s->phase_n; i++)
		if (slu_str_eq(s->phase[i].name, name))
			return (int)i;
	return STRAT_NONE;
}

const char *flow_phases_text(slu_arena *a, const strat *s)
{
	const char *text = "";
	for (size_t i = 0; i < s->phase_n; i++)
		text = slu_printf(a, "%s%s%.*s", text, i ? ", " : "", SLU_FMT(s->phase[i].name));
	return text;
}

static bool has_phase(const struct strat_branch *b)
{
	for (size_t i = 0; i < b->match_n; i++)
		if (strat_pattern_has(b->match[i], STRAT_CAP_PHASE))
			return true;
	return false;
}

bool flow_is_phase_kind(const strat *s, int kind)
{
	return kind >= 0 && s->branch[kind].type != STRAT_THROWAWAY && has_phase(&s->branch[kind]);
}

bool flow_phases_are_told(const strat *s)
{
	bool told = s->phase_n > 0;
	for (size_t i = 0; i < s->branch_n; i++)
		for (size_t k = 0; flow_is_phase_kind(s, (int)i) && k < s->branch[i].edge_n; k++)
			told = told && s->branch[i].edge[k].method == STRAT_MERGE;
	return told;
}

slu_rc flow_phase_branch(char **out, slu_arena *a, const strat *s, int kind, int phase, slu_str name, slu_str today, slu_err *err)
{
	const struct strat_branch *b = &s->branch[kind];
	struct strat_captures caps = { 0 };
	slu_err why = { 0 };
	slu_str pattern = b->match_n ? strat_pattern_text(b->match[0]) : (slu_str){ 0 };
	caps.v[STRAT_CAP_PHASE] = s->phase[phase].name;
	caps.v[STRAT_CAP_DATE] = today;
	if (name.n)
		caps.v[STRAT_CAP_NAME] = caps.v[STRAT_CAP_TAG] = name;
	for (size_t i = 0; i < b->match_n; i++) {
		char *made = NULL;
		if (strat_pattern_has(b->match[i], STRAT_CAP_PHASE) && strat_pattern_make(&made, a, b->match[i], &caps, &why) == SLU_OK && pol_phase_of(s, slu_s(made)) == phase) {
			*out = made;
			return SLU_OK;
		}
	}
	if (name.n == 0)
		return slu_fail(err, SLU_E_USAGE, "A branch of %.*s is called %.*s. Say what else stands in its name: sluice phase start %.*s NAME", SLU_FMT(s->phase[phase].name), SLU_FMT(pattern), SLU_FMT(s->phase[phase].name));
	return slu_fail(err, SLU_E_INVALID, "\"%.*s\" makes no name of a branch of %.*s, which is called %.*s. %s", SLU_FMT(name), SLU_FMT(s->phase[phase].name), SLU_FMT(pattern), why.text);
}

size_t flow_phase_branches(const char ***out, slu_arena *a, const strat *s, int phase, const struct flow_refs *refs)
{
	static const char heads[] = "refs/heads/";
	SLU_LIST(const char *) list = { 0 };
	for (size_t i = 0; i < refs->n; i++) {
		slu_str name = refs->v[i].name;
		if (!slu_str_starts(name, heads))
			continue;
		name = (slu_str){ name.p + strlen(heads), name.n - strlen(heads) };
		if (pol_phase_of(s, name) == phase)
			*SLU_ADD(a, &list) = slu_str_dup(a, name);
	}
	*out = list.v;
	return list.n;
}

/* ---- order ----------------------------------------------------------------------------------------------------------------- */

bool flow_phase_comes_after(const strat *s, int phase, int before)
{
	const struct strat_set *after = &s->phase[phase].after; /* the reader has seen to it that it goes in no circle */
	for (size_t i = 0; i < after->n; i++)
		if (after->i[i] == before || flow_phase_comes_after(s, after->i[i], before))
			return true;
	return false;
}

static bool is_wanted(const strat *s, const bool *want, int phase, bool whole)
{
	bool is = want[phase];
	for (size_t i = 0; whole && !is && i < s->phase_n; i++)
		is = want[i] && flow_phase_comes_after(s, (int)i, phase);
	return is;
}

size_t flow_phase_order(int **out, slu_arena *a, const strat *s, const bool *want, bool whole)
{
	int *v = SLU_NEW_N(a, int, s->phase_n + 1);
	bool *done = SLU_NEW_N(a, bool, s->phase_n + 1);
	size_t n = 0;
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < s->phase_n; i++) {
			bool free = !done[i] && is_wanted(s, want, (int)i, whole);
			for (size_t k = 0; free && k < s->phase_n; k++)
				free = done[k] || !is_wanted(s, want, (int)k, whole) || !flow_phase_comes_after(s, (int)i, (int)k);
			if (!free)
				continue;
			v[n++] = (int)i;
			done[i] = more = true;
		}
	}
	*out = v;
	return n;
}

/* ---- tags, trials ---------------------------------------------------------------------------------------------------------- */

static bool may_stand(const struct strat_tag *t, int on)
{
	return t->branches.n == 0 || strat_set_has(&t->branches, on);
}

static slu_rc made_by(const char **tag, slu_arena *a, const strat *s, int cls, const struct strat_phase *p)
{
	struct strat_captures caps = { 0 };
	char *made = NULL;
	caps.v[STRAT_CAP_PHASE] = p->name;
	if (p->version.n)
		caps.v[STRAT_CAP_VERSION] = p->version;
	for (size_t i = 0; i < s->tag[cls].match_n; i++)
		if (strat_pattern_has(s->tag[cls].match[i], STRAT_CAP_PHASE) && strat_pattern_make(&made, a, s->tag[cls].match[i], &caps, NULL) == SLU_OK) {
			*tag = made;
			return SLU_OK;
		}
	return SLU_E_NOT_FOUND;
}

slu_rc flow_phase_tag(const char **tag, int *cls, slu_arena *a, const strat *s, int phase, int on, slu_err *err)
{
	const struct strat_phase *p = &s->phase[phase];
	*cls = STRAT_NONE;
	if (p->tag.n) {
		int of = strat_tag_class(s, p->tag, NULL);
		if (of < 0)
			return slu_fail(err, SLU_E_INVALID, "phases.%.*s.tag names %.*s, which is of no class of tags: nobody can make it.", SLU_FMT(p->name), SLU_FMT(p->tag));
		*tag = slu_str_dup(a, p->tag);
		*cls = may_stand(&s->tag[of], on) ? of : STRAT_NONE;
		return SLU_OK;
	}
	for (size_t i = 0; *cls == STRAT_NONE && i < s->tag_n; i++)
		if (may_stand(&s->tag[i], on) && made_by(tag, a, s, (int)i, p) == SLU_OK)
			*cls = (int)i;
	return SLU_OK;
}

/* Some kind's twins are of it. */
static bool holds_twins(const strat *s, int kind)
{
	for (size_t i = 0; i < s->branch_n; i++) {
		char *made = NULL;
		slu_arena *a = s->branch[i].twin ? slu_arena_new() : NULL;
		struct strat_captures caps = { 0 };
		bool is = false;
		caps.v[STRAT_CAP_NAME] = SLU_STR("x");
		caps.v[STRAT_CAP_PHASE] = s->phase_n ? s->phase[0].name : SLU_STR("x");
		if (a && strat_pattern_make(&made, a, s->branch[i].twin, &caps, NULL) == SLU_OK)
			is = strat_branch_kind(s, slu_s(made), NULL) == kind;
		slu_arena_free(a);
		if (is)
			return true;
	}
	return false;
}

int flow_phase_trial_kind(const strat *s)
{
	int found = strat_find_branch(s, SLU_STR("integration"));
	if (found >= 0 && s->branch[found].type == STRAT_THROWAWAY)
		return found;
	found = STRAT_NONE;
	for (size_t i = 0; i < s->branch_n; i++) {
		if (s->branch[i].type != STRAT_THROWAWAY || holds_twins(s, (int)i))
			continue;
		if (found >= 0)
			return STRAT_NONE;
		found = (int)i;
	}
	return found;
}
