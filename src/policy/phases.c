/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/phases.h"

#include "base/map.h"

enum { MAX_BEYOND = 200000 };

static int find_phase(const strat *s, slu_str name)
{
	for (size_t i = 0; name.n && i < s->phase_n; i++)
		if (slu_str_eq(s->phase[i].name, name))
			return (int)i;
	return STRAT_NONE;
}

int pol_phase_of(const strat *s, slu_str branch)
{
	struct strat_captures caps = { 0 };
	int kind = s->phase_n ? strat_branch_kind(s, branch, &caps) : STRAT_NONE;
	return kind >= 0 && s->branch[kind].type != STRAT_THROWAWAY ? find_phase(s, caps.v[STRAT_CAP_PHASE]) : STRAT_NONE;
}

int pol_phase_of_tag(const strat *s, slu_str tag)
{
	struct strat_captures caps = { 0 };
	int cls = s->phase_n ? strat_tag_class(s, tag, &caps) : STRAT_NONE;
	bool release = cls >= 0 && s->tag[cls].type == STRAT_TAG_RELEASE && caps.v[STRAT_CAP_VERSION].n;
	for (size_t i = 0; i < s->phase_n; i++)
		if (s->phase[i].tag.n && slu_str_eq(s->phase[i].tag, tag))
			return (int)i;
	int named = find_phase(s, caps.v[STRAT_CAP_PHASE]);
	for (size_t i = 0; named < 0 && release && i < s->phase_n; i++)
		if (slu_str_eq(s->phase[i].version, caps.v[STRAT_CAP_VERSION]))
			return (int)i;
	return named;
}

struct looking {
	slu_arena *a;
	const strat *s;
	const struct pol_facts *f;
};

/* What one commit reaches and the other does not, as a set. */
static slu_rc beyond(slu_map **out, const struct looking *l, const slu_oid *tip, const slu_oid *not_, slu_err *err)
{
	const slu_oid *id = NULL;
	size_t n = 0;
	SLU_TRY(l->f->range(l->f->ctx, l->a, tip, not_, 1, MAX_BEYOND, &id, &n, err));
	*out = slu_map_new(l->a);
	for (size_t i = 0; i < n; i++)
		slu_map_put(*out, slu_s(id[i].hex), *out);
	return SLU_OK;
}

/* The next one of a first-parent line; zero: it was the last. */
static slu_rc step(slu_oid *at, const struct looking *l, slu_err *err)
{
	struct pol_commit c;
	SLU_TRY(l->f->commit(l->f->ctx, l->a, at, &c, err));
	*at = c.parent_n ? c.parent[0] : slu_oid_zero();
	return SLU_OK;
}

/* Does the branch have a commit on its own line that is in `brought`, and not on the line of what is merged? */
static slu_rc brings(bool *out, const struct looking *l, const slu_oid *branch, const slu_oid *target, const slu_map *brought, const slu_map *line, slu_err *err)
{
	slu_map *own;
	slu_oid at = *branch;
	*out = false;
	SLU_TRY(beyond(&own, l, branch, target, err));
	while (!*out && slu_map_get(own, slu_s(at.hex)) && !slu_map_get(line, slu_s(at.hex))) {
		*out = slu_map_get(brought, slu_s(at.hex)) != NULL;
		SLU_TRY(step(&at, l, err));
	}
	return SLU_OK;
}

static slu_rc line_of(slu_map **out, const struct looking *l, const slu_oid *tip, const slu_map *within, slu_err *err)
{
	slu_oid at = *tip;
	*out = slu_map_new(l->a);
	while (slu_map_get(within, slu_s(at.hex))) {
		slu_map_put(*out, slu_s(at.hex), *out);
		SLU_TRY(step(&at, l, err));
	}
	return SLU_OK;
}

static slu_rc by_branches(bool *brought, const struct looking *l, const slu_oid *head, const slu_oid *target, const slu_map *set, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	slu_map *line;
	if (!l->f->branches || !l->f->commit)
		return SLU_OK;
	SLU_TRY(l->f->branches(l->f->ctx, l->a, &name, &id, &n, err));
	SLU_TRY(line_of(&line, l, head, set, err));
	for (size_t i = 0; i < n; i++) {
		int phase = pol_phase_of(l->s, name[i]);
		if (phase >= 0 && !brought[phase] && !slu_oid_is_zero(&id[i]))
			SLU_TRY(brings(&brought[phase], l, &id[i], target, set, line, err));
	}
	return SLU_OK;
}

slu_rc pol_phases_in(bool *brought, slu_arena *a, const strat *s, const struct pol_facts *f, const slu_oid *head, const slu_oid *target, slu_err *err)
{
	const struct looking l = { a, s, f };
	const struct pol_change *c = NULL;
	size_t n = 0;
	slu_map *set;
	if (s->phase_n == 0 || !f->range || slu_oid_is_zero(head) || slu_oid_is_zero(target))
		return SLU_OK;
	SLU_TRY(beyond(&set, &l, head, target, err));
	if (f->merged)
		SLU_TRY(f->merged(f->ctx, a, &c, &n, err));
	for (size_t i = 0; i < n; i++) {
		int phase = pol_phase_of(s, c[i].source);
		if (phase >= 0 && slu_map_get(set, slu_s(c[i].merged_as.hex)))
			brought[phase] = true;
	}
	return by_branches(brought, &l, head, target, set, err);
}

/* ---- what is there ------------------------------------------------------------------------------------------------------ */

static slu_rc is_tagged(bool *out, const struct looking *l, int phase, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	if (l->f->tags)
		SLU_TRY(l->f->tags(l->f->ctx, l->a, &name, &id, &n, err));
	for (size_t i = 0; i < n && !*out; i++)
		*out = pol_phase_of_tag(l->s, name[i]) == phase;
	return SLU_OK;
}

static slu_rc was_merged(bool *out, const struct looking *l, int phase, const slu_oid *at, slu_err *err)
{
	const struct pol_change *c = NULL;
	size_t n = 0;
	if (l->f->merged)
		SLU_TRY(l->f->merged(l->f->ctx, l->a, &c, &n, err));
	for (size_t i = 0; i < n && !*out; i++)
		if (pol_phase_of(l->s, c[i].source) == phase && !slu_oid_is_zero(&c[i].merged_as))
			SLU_TRY(l->f->is_ancestor(l->f->ctx, l->a, &c[i].merged_as, at, out, err));
	return SLU_OK;
}

/* A branch that only begins somewhere on this line has nothing of its own yet. */
static slu_rc has_begun_on(bool *out, const struct looking *l, const slu_oid *branch, const slu_oid *tip, slu_err *err)
{
	slu_map *set;
	slu_oid at = *tip;
	SLU_TRY(beyond(&set, l, tip, branch, err));
	while (slu_map_get(set, slu_s(at.hex)))
		SLU_TRY(step(&at, l, err));
	*out = slu_oid_eq(&at, branch);
	return SLU_OK;
}

static slu_rc is_held(bool *out, const struct looking *l, int phase, const slu_oid *at, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	if (!l->f->branches || !l->f->range || !l->f->commit)
		return SLU_OK;
	SLU_TRY(l->f->branches(l->f->ctx, l->a, &name, &id, &n, err));
	for (size_t i = 0; i < n && !*out; i++) {
		bool in = false, empty = true;
		if (slu_oid_is_zero(&id[i]) || pol_phase_of(l->s, name[i]) != phase)
			continue;
		SLU_TRY(l->f->is_ancestor(l->f->ctx, l->a, &id[i], at, &in, err));
		if (in)
			SLU_TRY(has_begun_on(&empty, l, &id[i], at, err));
		*out = in && !empty;
	}
	return SLU_OK;
}

slu_rc pol_phase_there(bool *out, slu_arena *a, const strat *s, const struct pol_facts *f, int phase, const slu_oid *at, slu_err *err)
{
	const struct looking l = { a, s, f };
	bool there = false;
	SLU_TRY(is_tagged(&there, &l, phase, err));
	if (!there && f->is_ancestor && !slu_oid_is_zero(at))
		SLU_TRY(was_merged(&there, &l, phase, at, err));
	if (!there && f->is_ancestor && !slu_oid_is_zero(at))
		SLU_TRY(is_held(&there, &l, phase, at, err));
	*out = there;
	return SLU_OK;
}
