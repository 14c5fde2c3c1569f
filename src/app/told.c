/* SPDX-License-Identifier: Apache-2.0 */
#include "app/told.h"

#include "flow/phase.h"
#include "insight/merge_name.h"
#include "policy/phases.h"
#include "version/commit.h"

struct reading {
	slu_arena *a;
	const strat *s;
	struct app_told *out;
	slu_map *gone; /* what was taken back, to the commit that did it */
};

static slu_str subject_of(slu_str message)
{
	slu_str line = { "", 0 };
	(void)slu_str_split(&message, '\n', &line);
	return slu_str_trim(line);
}

/* Whose branch it is, merged into one that stays: into other work it came only to be tried, or to be up to date. */
static int phase_of(const strat *s, slu_str source, slu_str target)
{
	int into = target.n ? strat_branch_kind(s, target, NULL) : STRAT_NONE;
	bool stays = into < 0 || (s->branch[into].type != STRAT_WORK && s->branch[into].type != STRAT_THROWAWAY && s->branch[into].type != STRAT_HOTFIX);
	return stays ? pol_phase_of(s, source) : STRAT_NONE;
}

static struct app_told_merge merge_of(slu_arena *a, const struct pol_commit *c)
{
	return (struct app_told_merge){
		.id = c->id, .before = c->parent[0], .brought = c->parent_n == 2 ? c->parent[1] : c->id, .phase = STRAT_NONE, .subject = slu_s(slu_str_dup(a, subject_of(c->message))),
	};
}

static void add_merge(struct reading *r, const struct pol_commit *c)
{
	const struct ins_merge_name name = c->parent_n == 2 ? ins_merge_name(c->message) : ins_squash_name(c->message);
	const slu_oid *by = slu_map_get(r->gone, slu_s(c->id.hex));
	if (c->parent_n == 1 && name.what != INS_SAYS_BRANCH)
		return;
	struct app_told_merge *m = SLU_ADD(r->a, &r->out->merge);
	*m = merge_of(r->a, c);
	m->taken_back = by ? *by : slu_oid_zero();
	if (name.what != INS_SAYS_BRANCH || name.from_elsewhere)
		return;
	m->source = slu_s(slu_str_dup(r->a, name.source));
	m->phase = phase_of(r->s, m->source, name.into);
}

/* The line alone may stand in any message that tells of a revert: the subject says that this is one. */
static bool is_revert(slu_str *hex, slu_str message)
{
	static const char *const begins[] = { "Revert \"", "Reapply \"", "revert: ", "revert(" };
	slu_str subject = subject_of(message);
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (slu_str_starts(subject, begins[i]))
			return ver_reverts(hex, message);
	return false;
}

/* Newest first: whether a commit was taken back itself is known when it comes. */
static slu_rc read_one(void *ctx, const struct pol_commit *c, slu_err *err)
{
	struct reading *r = ctx;
	slu_str hex;
	slu_oid what;
	(void)err;
	if (is_revert(&hex, c->message) && c->parent_n == 1 && slu_oid_parse(&what, hex, NULL) == SLU_OK && !slu_map_get(r->gone, slu_s(c->id.hex))) {
		slu_oid *by = SLU_NEW(r->a, slu_oid);
		*by = c->id;
		if (!slu_map_get(r->gone, hex))
			slu_map_put(r->gone, hex, by);
		*SLU_ADD(r->a, &r->out->revert) = (struct app_told_revert){ c->id, c->parent[0], what };
	}
	if (c->parent_n == 1 || c->parent_n == 2)
		add_merge(r, c);
	return SLU_OK;
}

static slu_rc read_all(struct app_told *out, slu_arena *a, port_git *g, const strat *s, const slu_oid *tip, size_t tip_n, const slu_oid *not_, slu_err *err)
{
	struct reading r = { .a = a, .s = s, .out = out, .gone = slu_map_new(a) };
	const port_git_list *list = NULL;
	size_t n = 0;
	*out = (struct app_told){ 0 };
	SLU_TRY(g->ops->order(g, a, tip, tip_n, not_, 1, &list, &n, err));
	return n ? g->ops->read(g, list, 0, n, read_one, &r, err) : SLU_OK;
}

slu_rc app_told_of(struct app_told *out, slu_arena *a, port_git *g, const strat *s, const slu_oid *tip, const slu_oid *not_, slu_err *err)
{
	return read_all(out, a, g, s, tip, 1, not_, err);
}

/* ---- recorded elsewhere -------------------------------------------------------------------------------------------------------- */

static slu_oid taken_back(const struct app_told *t, const slu_oid *id)
{
	for (size_t i = 0; i < t->revert.n; i++)
		if (slu_oid_eq(&t->revert.v[i].what, id))
			return t->revert.v[i].id;
	return slu_oid_zero();
}

static struct app_told_merge *told_at(struct app_told *t, const slu_oid *id)
{
	for (size_t i = 0; i < t->merge.n; i++)
		if (slu_oid_eq(&t->merge.v[i].id, id))
			return &t->merge.v[i];
	return NULL;
}

/* The newest first, as they are told: before the first that it has in its history. */
static slu_rc place_of(size_t *out, const struct app_told *t, port_git *g, const slu_oid *id, slu_err *err)
{
	bool older = false;
	for (*out = 0; *out < t->merge.n; (*out)++) {
		SLU_TRY(g->ops->is_ancestor(g, &t->merge.v[*out].id, id, &older, err));
		if (older)
			break;
	}
	return SLU_OK;
}

slu_rc app_told_add(struct app_told *t, slu_arena *a, port_git *g, const strat *s, const struct app_told_landed *l, slu_err *err)
{
	slu_oid at = l->id;
	int phase = phase_of(s, l->source, l->into);
	for (bool more = phase >= 0; more && !slu_oid_eq(&at, &l->before);) {
		struct pol_commit c;
		size_t place = 0;
		SLU_TRY(g->ops->commit(g, a, &at, &c, err));
		if (c.parent_n != 1 && c.parent_n != 2)
			break;
		struct app_told_merge m = merge_of(a, &c), *there = told_at(t, &at);
		m.source = l->source;
		m.phase = phase;
		m.taken_back = taken_back(t, &at);
		more = c.parent_n == 1; /* what a merge brought hangs on it alone */
		at = m.before;
		if (there) {
			*there = m;
			continue;
		}
		SLU_TRY(place_of(&place, t, g, &m.id, err));
		(void)SLU_ADD(a, &t->merge);
		memmove(&t->merge.v[place + 1], &t->merge.v[place], (t->merge.n - 1 - place) * sizeof *t->merge.v);
		t->merge.v[place] = m;
	}
	return SLU_OK;
}

/* ---- as facts --------------------------------------------------------------------------------------------------------------- */

static slu_rc find_merged(struct app_offline *o, slu_arena *a, slu_err *err)
{
	port_git *g = o->git.git;
	const struct port_git_ref *ref = NULL;
	const slu_oid none = slu_oid_zero();
	struct app_told told;
	size_t n = 0;
	SLU_TRY(g->ops->refs(g, a, SLU_STR("refs/"), &ref, &n, err));
	slu_oid *tip = SLU_NEW_N(a, slu_oid, n + 1);
	size_t tip_n = 0;
	for (size_t i = 0; i < n; i++)
		if (slu_str_starts(ref[i].name, "refs/heads/") || slu_str_starts(ref[i].name, "refs/remotes/"))
			tip[tip_n++] = ref[i].peeled;
	SLU_TRY(read_all(&told, a, g, o->told_by, tip, tip_n, &none, err));
	struct pol_change *v = SLU_NEW_N(a, struct pol_change, told.merge.n + 1);
	for (size_t i = 0; i < told.merge.n; i++)
		if (told.merge.v[i].phase >= 0)
			v[o->merged_n++] = (struct pol_change){ .state = POL_CHANGE_MERGED, .source = told.merge.v[i].source, .merged_as = told.merge.v[i].id, .git_only = true };
	o->merged = v;
	return SLU_OK;
}

static slu_rc fact_merged(void *ctx, slu_arena *a, const struct pol_change **out, size_t *n, slu_err *err)
{
	struct app_offline *o = ctx;
	(void)a; /* it is kept as long as the context */
	if (!o->merged)
		SLU_TRY(find_merged(o, o->told_in, err));
	*out = o->merged;
	*n = o->merged_n;
	return SLU_OK;
}

void app_told_facts(struct pol_facts *f, struct app_offline *o, slu_arena *a, const strat *s)
{
	o->told_by = s;
	o->told_in = a;
	f->merged = fact_merged;
	f->merged_in_part = !flow_phases_are_told(s);
}
