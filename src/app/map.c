/* SPDX-License-Identifier: Apache-2.0 */
#include "app/map.h"

#include "app/bases.h"

#include <stdlib.h>

static const char heads[] = "refs/heads/";

/* "release/v1.0 … into main (merge, 1 approval, tag)" */
static void ways(slu_buf *b, const strat *s, const struct strat_branch *k)
{
	for (size_t i = 0; i < k->edge_n; i++) {
		const struct strat_edge *e = &k->edge[i];
		const struct strat_require *t = &s->branch[e->into].require;
		unsigned n = t->approvals_any > e->require.approvals_any ? t->approvals_any : e->require.approvals_any;
		slu_buf_addf(b, "%s%.*s by %s", i ? "; or into " : " It goes into ", SLU_FMT(s->branch[e->into].name), strat_method_word(e->method));
		if (n)
			slu_buf_addf(b, " with %u approval%s", n, n == 1 ? "" : "s");
		if (e->tag != STRAT_NONE)
			slu_buf_addf(b, ", tagged as %.*s", SLU_FMT(s->tag[e->tag].name));
	}
	if (k->edge_n)
		slu_buf_addc(b, '.');
}

static const char *sentence(slu_arena *a, const strat *s, int kind)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4096);
	if (kind == STRAT_NONE) {
		slu_buf_adds(&b, "Of no kind: nothing may be pushed to it, and it may be merged nowhere. Rename it, or give it a kind.");
		return slu_str_dup(a, slu_buf_str(&b));
	}
	const struct strat_branch *k = &s->branch[kind];
	slu_buf_addf(&b, "%.*s (%s).", SLU_FMT(k->name), strat_type_word(k->type));
	if (k->allow[STRAT_VERB_PUSH].n == 0)
		slu_buf_adds(&b, " Nobody pushes to it: it takes merged changes only.");
	else
		slu_buf_addf(&b, " Pushed to by %s.", strat_who_text(a, &k->allow[STRAT_VERB_PUSH]));
	ways(&b, s, k);
	if (k->base != STRAT_NONE)
		slu_buf_addf(&b, " It begins at %.*s.", SLU_FMT(s->branch[k->base].name));
	return slu_str_dup(a, slu_buf_str(&b));
}

static int rank(const strat *s, int kind)
{
	static const int order[] = {
		[STRAT_PRODUCTION] = 0, [STRAT_INTEGRATION] = 1, [STRAT_RELEASE] = 2, [STRAT_HOTFIX] = 3, [STRAT_SUPPORT] = 4, [STRAT_WORK] = 5, [STRAT_THROWAWAY] = 6,
	};
	return kind == STRAT_NONE ? 7 : order[s->branch[kind].type];
}

static int by_rank(const void *x, const void *y, void *s)
{
	const struct app_map_branch *a = x, *b = y;
	int ra = rank(s, a->kind), rb = rank(s, b->kind);
	return ra != rb ? ra - rb : slu_str_cmp(a->name, b->name);
}

/* A branch of the kind that this one begins at: the exact one, else the first. */
static const struct port_git_ref *base_of(const strat *s, const struct port_git_ref *ref, size_t n, int base)
{
	for (size_t i = 0; i < n && base != STRAT_NONE; i++) {
		slu_str name = { ref[i].name.p + sizeof heads - 1, ref[i].name.n - (sizeof heads - 1) };
		if (strat_branch_kind(s, name, NULL) == base)
			return &ref[i];
	}
	return NULL;
}

static slu_rc compare(struct app_map_branch *b, struct app_unit *u, struct app_repo *r, const struct port_git_ref *base, slu_err *err)
{
	b->base = slu_str_dup(u->a, (slu_str){ base->name.p + sizeof heads - 1, base->name.n - (sizeof heads - 1) });
	SLU_TRY(r->git->ops->ahead_behind(r->git, &b->head, &base->id, &b->ahead, &b->behind, err));
	b->counted = true;
	return SLU_OK;
}

/*
 * The branch as it is, not its creation: who may create it says nothing of it, nor does, of a branch that stays, that others hold
 * its commits: they began at it.
 */
static void drop_creation(struct pol_verdict *v, const strat *s, int kind)
{
	enum strat_branch_type type = kind == STRAT_NONE ? STRAT_WORK : s->branch[kind].type;
	bool stays = type == STRAT_PRODUCTION || type == STRAT_INTEGRATION || type == STRAT_SUPPORT;
	size_t kept = 0;
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].about != POL_ABOUT_RIGHT && !(stays && v->row.v[i].about == POL_ABOUT_BASE))
			v->row.v[kept++] = v->row.v[i];
	v->row.n = kept;
}

static slu_rc judge(struct app_map_branch *b, struct app_unit *u, struct app_repo *r, const struct pol_facts *f, slu_err *err)
{
	struct pol_action act = { .verb = POL_CREATE, .actor = u->who.name, .old = slu_oid_zero(), .new_ = b->head };
	act.ref = slu_s(slu_printf(u->a, "%s%.*s", heads, SLU_FMT(b->name)));
	SLU_TRY(pol_decide(&b->verdict, u->a, r->strategy, f, &act, u->now_s, err));
	drop_creation(&b->verdict, r->strategy, b->kind);
	b->judged = true;
	return SLU_OK;
}

/* `f`: judge it by these; NULL: do not */
static slu_rc look(struct app_map_branch *b, struct app_unit *u, struct app_repo *r, const struct port_git_ref *ref, size_t n, const struct pol_facts *f, slu_err *err)
{
	const strat *s = r->strategy;
	struct pol_commit c;
	SLU_TRY(r->git->ops->commit(r->git, u->a, &b->head, &c, err));
	b->commit_s = c.commit_time_s;
	slu_str rest = c.message;
	(void)slu_str_split(&rest, '\n', &b->subject);
	b->says = sentence(u->a, s, b->kind);
	const struct port_git_ref *base = b->kind == STRAT_NONE ? NULL : base_of(s, ref, n, s->branch[b->kind].base);
	if (base)
		SLU_TRY(compare(b, u, r, base, err));
	if (!base && b->kind != STRAT_NONE)
		return SLU_OK; /* nothing that it should begin at */
	b->passed_over = !f || (b->counted && b->ahead > APP_MAP_COMMITS);
	return b->passed_over ? SLU_OK : judge(b, u, r, f, err);
}

slu_rc app_map(struct app_map *out, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct port_git_ref *ref;
	struct app_map m = { 0 };
	struct pol_facts f;
	size_t n;
	SLU_TRY(app_facts(&f, u, r, NULL, err));
	SLU_TRY(app_bases_trouble(&m.trouble, u, r, err));
	if (r->strategy_trouble)
		m.trouble = slu_printf(u->a, "%s%s%s", r->strategy_trouble, m.trouble ? " " : "", m.trouble ? m.trouble : "");
	SLU_TRY(r->git->ops->refs(r->git, u->a, SLU_STR("refs/heads/"), &ref, &n, err));
	struct app_map_branch *b = SLU_NEW_N(u->a, struct app_map_branch, n + 1);
	for (size_t i = 0; i < n; i++) {
		b[i] = (struct app_map_branch){ .name = { ref[i].name.p + sizeof heads - 1, ref[i].name.n - (sizeof heads - 1) }, .head = ref[i].id, .base = "" };
		b[i].kind = strat_branch_kind(r->strategy, b[i].name, NULL);
		m.kindless += b[i].kind == STRAT_NONE;
	}
	qsort_r(b, n, sizeof *b, by_rank, (void *)(uintptr_t)r->strategy); /* before they are judged: those that matter most are judged of very many */
	for (size_t i = 0; i < n; i++)
		SLU_TRY(look(&b[i], u, r, ref, n, i < APP_MAP_JUDGED ? &f : NULL, err));
	m.branch = b;
	m.branch_n = n;
	*out = m;
	return SLU_OK;
}
