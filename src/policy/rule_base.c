/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A branch may carry only its base's commits and its own: a hotfix that holds unreleased work is refused.
 *
 * Git does not say whose a commit is. What can be told: a commit that is brought now and that another branch already holds
 * is not the branch's own (create, push). For a merge the branch may itself have gone into another one meanwhile; there a
 * commit counts as the other's when it stands on the other's first-parent line, which a merged branch's commits never do.
 */
#include "policy/rule.h"

enum { MANY = 256 }; /* own commits, from which on the other branches are looked at instead */

struct bounds {
	bool *mine;   /* kinds whose commits may be carried */
	bool *others; /* kinds whose commits may not */
};

static bool keeps_to_base(const struct strat_branch *b)
{
	return b->type == STRAT_WORK || b->type == STRAT_HOTFIX || b->type == STRAT_RELEASE;
}

static bool is_released(const struct strat_branch *b)
{
	return b->type == STRAT_PRODUCTION || b->type == STRAT_SUPPORT;
}

static bool is_also_into(const strat *s, int from, int into)
{
	for (size_t i = 0; i < s->branch[from].edge_n; i++)
		if (strat_set_has(&s->branch[from].edge[i].also_into, into))
			return true;
	return false;
}

/* Besides the base: what the strategy itself merges into this kind, and released targets, to be up to date with them. */
static struct bounds bounds_of(struct pol_judge *j, int kind, bool create)
{
	const strat *s = j->s;
	const struct strat_branch *b = &s->branch[kind];
	struct bounds o = { SLU_NEW_N(j->a, bool, s->branch_n + 1), SLU_NEW_N(j->a, bool, s->branch_n + 1) };
	bool careful = b->type == STRAT_HOTFIX || b->type == STRAT_RELEASE;
	for (int i = 0; i < (int)s->branch_n; i++) {
		const struct strat_branch *k = &s->branch[i];
		bool comes_in = pol_edge(s, i, kind) || is_also_into(s, i, kind);
		bool goes_to = pol_edge(s, kind, i) && is_released(k);
		o.mine[i] = i == b->base || (!create && (comes_in || goes_to));
		bool light = (k->type == STRAT_WORK || k->type == STRAT_THROWAWAY) && !careful;
		o.others[i] = !o.mine[i] && i != kind && !light && !k->builtin;
	}
	return o;
}

static slu_rc count(struct pol_judge *j, const slu_oid *tip, const slu_oid *not_, size_t n, const slu_oid **ids, size_t *out, slu_err *err)
{
	return j->f->range(j->f->ctx, j->a, tip, not_, n, SLU_MAX_PUSH_COMMITS, ids, out, err);
}

static bool among(const slu_oid *id, const slu_oid *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slu_oid_eq(id, &list[i]))
			return true;
	return false;
}

/* Is one of the suspects on the first-parent line of the other branch, beyond the base? */
static slu_rc on_line(struct pol_judge *j, const slu_oid *head, const slu_oid *base, size_t base_n, slu_map *suspects, slu_oid *hit, bool *found, slu_err *err)
{
	const slu_oid *all = NULL;
	size_t n = 0;
	SLU_TRY(count(j, head, base, base_n, &all, &n, err));
	slu_map *beyond = slu_map_new(j->a);
	for (size_t i = 0; i < n; i++)
		slu_map_put(beyond, slu_s(all[i].hex), beyond);
	slu_oid at = *head;
	while (slu_map_get(beyond, slu_s(at.hex))) {
		struct pol_commit c;
		if (slu_map_get(suspects, slu_s(at.hex))) {
			*hit = at;
			*found = true;
			return SLU_OK;
		}
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &at, &c, err));
		if (c.parent_n == 0)
			break;
		at = c.parent[0];
	}
	return SLU_OK;
}

struct foreign {
	bool found;
	slu_oid commit;
	slu_str of;
};

/* One other branch: does the tip carry commits of it that are not the base's? */
static slu_rc compare(struct pol_judge *j, const slu_oid *tip, slu_oid *not_, size_t n, slu_str name, const slu_oid *head, bool line_only, struct foreign *out, slu_err *err)
{
	const slu_oid *with = NULL, *without = NULL;
	size_t with_n = 0, without_n = 0;
	SLU_TRY(count(j, tip, not_, n, &with, &with_n, err));
	not_[n] = *head;
	SLU_TRY(count(j, tip, not_, n + 1, &without, &without_n, err));
	if (with_n == without_n)
		return SLU_OK;
	slu_map *own = slu_map_new(j->a), *suspects = slu_map_new(j->a);
	for (size_t i = 0; i < without_n; i++)
		slu_map_put(own, slu_s(without[i].hex), own);
	slu_oid hit = slu_oid_zero();
	for (size_t i = 0; i < with_n; i++) {
		if (slu_map_get(own, slu_s(with[i].hex)))
			continue;
		slu_map_put(suspects, slu_s(with[i].hex), suspects);
		hit = with[i];
	}
	bool found = !line_only;
	if (line_only)
		SLU_TRY(on_line(j, head, not_, n, suspects, &hit, &found, err));
	if (found)
		*out = (struct foreign){ true, hit, name };
	return SLU_OK;
}

/* Of many own commits: what each other branch has beyond the base is mostly less. *told false: it is not. */
static slu_rc others_hold_none(struct pol_judge *j, const slu_oid *own, size_t own_n, const slu_oid *mine, size_t mine_n, const slu_oid *others, size_t others_n, bool *told, slu_err *err)
{
	slu_map *set = slu_map_new(j->a);
	size_t seen = 0;
	for (size_t i = 0; i < own_n; i++)
		slu_map_put(set, slu_s(own[i].hex), set);
	*told = true;
	for (size_t i = 0; i < others_n && *told; i++) {
		const slu_oid *ids = NULL;
		size_t n = 0;
		slu_rc rc = j->f->range(j->f->ctx, j->a, &others[i], mine, mine_n, own_n, &ids, &n, err);
		if (rc != SLU_OK && rc != SLU_E_LIMIT)
			return rc;
		seen += n;
		*told = rc == SLU_OK && seen <= own_n;
		for (size_t k = 0; k < n && *told; k++)
			*told = slu_map_get(set, slu_s(ids[k].hex)) == NULL;
	}
	return SLU_OK;
}

static slu_rc find_foreign(struct pol_judge *j, const struct bounds *b, slu_str self, bool line_only, struct foreign *out, slu_err *err)
{
	slu_oid *mine = NULL, *others = NULL;
	slu_str *names = NULL;
	size_t mine_n = 0, others_n = 0, own_n = 0, rest_n = 0;
	const slu_oid *ids = NULL;
	SLU_TRY(pol_heads(j, b->mine, self, &mine, NULL, &mine_n, err));
	SLU_TRY(pol_heads(j, b->others, self, &others, &names, &others_n, err));
	if (!slu_oid_is_zero(&j->act->old))
		mine[mine_n++] = j->act->old;
	if (others_n == 0)
		return SLU_OK;
	SLU_TRY(count(j, &j->head, mine, mine_n, &ids, &own_n, err));
	if (own_n == 0)
		return SLU_OK;
	bool told = false;
	if (own_n > MANY)
		SLU_TRY(others_hold_none(j, ids, own_n, mine, mine_n, others, others_n, &told, err));
	if (told)
		return SLU_OK;
	slu_oid *both = SLU_NEW_N(j->a, slu_oid, mine_n + others_n + 1);
	memcpy(both, mine, mine_n * sizeof *both);
	memcpy(both + mine_n, others, others_n * sizeof *both);
	SLU_TRY(count(j, &j->head, both, mine_n + others_n, &ids, &rest_n, err));
	for (size_t i = 0; i < others_n && rest_n < own_n && !out->found; i++)
		if (!among(&others[i], mine, mine_n))
			SLU_TRY(compare(j, &j->head, both, mine_n, names[i], &others[i], line_only, out, err));
	return SLU_OK;
}

/* What is made or put in its place anew: a history that begins by itself has no commit whose parent the base holds. */
static slu_rc is_apart(struct pol_judge *j, const struct bounds *b, slu_str self, bool *out, slu_err *err)
{
	slu_oid *mine = NULL;
	const slu_oid *ids = NULL;
	size_t mine_n = 0, n = 0;
	*out = false;
	if ((j->act->verb != POL_CREATE && j->act->verb != POL_FORCE_PUSH) || !j->f->commit)
		return SLU_OK;
	SLU_TRY(pol_heads(j, b->mine, self, &mine, NULL, &mine_n, err));
	if (mine_n == 0)
		return SLU_OK;
	SLU_TRY(count(j, &j->head, mine, mine_n, &ids, &n, err));
	slu_map *own = slu_map_new(j->a);
	for (size_t i = 0; i < n; i++)
		slu_map_put(own, slu_s(ids[i].hex), own);
	*out = n > 0;
	for (size_t i = n; i > 0 && *out; i--) { /* the oldest first: it is mostly the one */
		struct pol_commit c;
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &ids[i - 1], &c, err));
		for (size_t k = 0; k < c.parent_n && *out; k++)
			*out = slu_map_get(own, slu_s(c.parent[k].hex)) != NULL;
	}
	return SLU_OK;
}

static void add_base_row(struct pol_judge *j, int kind, slu_str name, bool apart, const struct foreign *f)
{
	const struct strat_branch *b = &j->s->branch[kind];
	const char *base = pol_kind_name(j, b->base);
	struct strat_pos pos = b->base_pos.line ? b->base_pos : b->pos;
	const char *wanted = POL_TEXT(j, "only commits of its base %s and its own", base);
	if (apart) {
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.base", SLU_FMT(b->name)), .pos = pos, .state = POL_FAILED, .wanted = wanted,
			 .actual = POL_TEXT(j, "%.*s has no commit in common with it", SLU_FMT(name)), .remedy = POL_TEXT(j, "git rebase --onto %s --root %s", base, pol_word(j, name)) });
		return;
	}
	if (!f->found) {
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.base", SLU_FMT(b->name)), .pos = pos, .state = POL_PASSED, .wanted = wanted,
			 .actual = POL_TEXT(j, "%.*s carries nothing else", SLU_FMT(name)) });
		return;
	}
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.base", SLU_FMT(b->name)), .pos = pos, .state = POL_FAILED, .wanted = wanted,
		 .actual = POL_TEXT(j, "%.*s carries %s of %.*s", SLU_FMT(name), pol_short(j, &f->commit), SLU_FMT(f->of)),
		 .remedy = POL_TEXT(j, "git rebase --onto %s %s %s", base, pol_word(j, f->of), pol_word(j, name)) });
}

/* While the base has no branch yet, what it would itself be made from stands for it: both would be the same. */
static slu_rc allow_bases_of_base(struct pol_judge *j, int kind, struct bounds *b, slu_err *err)
{
	slu_oid *head = NULL;
	size_t n = 0;
	int base = j->s->branch[kind].base;
	for (size_t depth = 0; base >= 0 && depth < j->s->branch_n; depth++) {
		bool *want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
		want[base] = true;
		b->mine[base] = true;
		b->others[base] = false;
		SLU_TRY(pol_heads(j, want, SLU_STR(""), &head, NULL, &n, err));
		if (n)
			return SLU_OK;
		base = j->s->branch[base].base;
	}
	return SLU_OK;
}

/* Tags of the class that are in the branch's history. */
static slu_rc tags_below(struct pol_judge *j, int cls, slu_oid **out, size_t *out_n, slu_err *err)
{
	const slu_str *name = NULL;
	const slu_oid *id = NULL;
	size_t n = 0;
	*out_n = 0;
	SLU_TRY(j->f->tags(j->f->ctx, j->a, &name, &id, &n, err));
	*out = SLU_NEW_N(j->a, slu_oid, n + 2);
	for (size_t i = 0; i < n; i++) {
		bool below = false;
		if (strat_tag_class(j->s, name[i], NULL) == cls)
			SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &id[i], &j->head, &below, err));
		if (below)
			(*out)[(*out_n)++] = id[i];
	}
	return SLU_OK;
}

/* What came to another branch after the tag is not released, and not this branch's. */
static slu_rc beyond_tags(struct pol_judge *j, int kind, slu_oid *tags, size_t n, struct foreign *f, slu_err *err)
{
	slu_oid *others = NULL;
	slu_str *names = NULL;
	size_t others_n = 0;
	struct bounds bounds = bounds_of(j, kind, true);
	SLU_TRY(pol_heads(j, bounds.others, j->branch, &others, &names, &others_n, err));
	for (size_t i = 0; i < others_n && !f->found; i++)
		SLU_TRY(compare(j, &j->head, tags, n, names[i], &others[i], false, f, err));
	return SLU_OK;
}

/* A branch that starts from a tag of a class. */
static slu_rc judge_base_tag(struct pol_judge *j, int kind, slu_err *err)
{
	const struct strat_branch *b = &j->s->branch[kind];
	const char *cls = pol_z(j, j->s->tag[b->base_tag].name), *actual = "tags are not known here";
	enum pol_state st = POL_WAITING;
	slu_oid *tags = NULL;
	struct foreign f = { 0 };
	size_t n = 0;
	if (j->f->tags) {
		SLU_TRY(tags_below(j, b->base_tag, &tags, &n, err));
		if (n)
			SLU_TRY(beyond_tags(j, kind, tags, n, &f, err));
		st = n && !f.found ? POL_PASSED : POL_FAILED;
		actual = !n ? POL_TEXT(j, "no %s tag is in its history", cls) : f.found ? POL_TEXT(j, "it carries %s of %.*s, which no %s tag holds", pol_short(j, &f.commit), SLU_FMT(f.of), cls) : "it does";
	}
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.base", SLU_FMT(b->name)), .pos = b->base_pos.line ? b->base_pos : b->pos, .state = st,
		 .wanted = POL_TEXT(j, "it starts from a %s tag", cls), .actual = actual, .remedy = st == POL_PASSED ? "" : POL_TEXT(j, "git branch %s TAG", pol_word(j, j->branch)) });
	return SLU_OK;
}

static slu_rc judge_base(struct pol_judge *j, slu_err *err)
{
	bool ref = (POL_VERB(j->act->verb) & POL_REF_VERBS) != 0, create = j->act->verb == POL_CREATE;
	int kind = ref ? j->kind : j->source_kind;
	slu_str name = ref ? j->branch : j->source;
	if (kind < 0 || j->act->cause != POL_BY_PERSON || slu_oid_is_zero(&j->head) || !j->f->range)
		return SLU_OK;
	const struct strat_branch *b = &j->s->branch[kind];
	if (b->base_tag >= 0 && create)
		return judge_base_tag(j, kind, err);
	if (b->base < 0 || (!create && !keeps_to_base(b)))
		return SLU_OK;
	struct foreign f = { 0 };
	bool apart = false;
	struct bounds bounds = bounds_of(j, kind, create);
	SLU_TRY(allow_bases_of_base(j, kind, &bounds, err));
	if (!ref && j->kind >= 0 && is_released(&j->s->branch[j->kind]))
		bounds.mine[j->kind] = true, bounds.others[j->kind] = false;
	SLU_TRY(find_foreign(j, &bounds, name, !ref, &f, err));
	SLU_TRY(is_apart(j, &bounds, name, &apart, err));
	add_base_row(j, kind, name, apart, &f);
	return SLU_OK;
}

const struct pol_rule rule_base = {
	.name = "base",
	.summary = "A branch carries only its base's commits and its own; a new branch starts from its base.",
	.verbs = POL_BRINGS | POL_VERB(POL_OPEN) | POL_VERB(POL_MERGE),
	.rank = 30,
	.about = POL_ABOUT_BASE,
	.judge = judge_base,
};
