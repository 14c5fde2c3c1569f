/* SPDX-License-Identifier: Apache-2.0 */
/* Values that are kept in a way of their own: branches, tags, messages, roles, environments. */
#include "strategy/regex.h"
#include "strategy/schema_impl.h"

void sch_store_base(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_branch *b = base;
	(void)row;
	const sn *tag = sn_get(e->value, "tag");
	b->base = e->value->kind == SN_SCALAR ? sch_find(r, REF_BRANCH, e->value->text) : STRAT_NONE;
	b->base_tag = tag && tag->kind == SN_SCALAR ? sch_find(r, REF_TAG, tag->text) : STRAT_NONE;
}

/* The defaults have made a map of it. Edges to nowhere are left out: an error has been said. */
void sch_store_into(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_branch *b = base;
	(void)row;
	if (e->value->kind != SN_MAP)
		return;
	struct strat_edge *edge = SLU_NEW_N(r->a, struct strat_edge, e->value->n + 1);
	for (size_t i = 0; i < e->value->n; i++) {
		const struct sn_entry *one = &e->value->entry[i];
		int to = sch_find(r, REF_BRANCH, one->key);
		if (to == STRAT_NONE)
			continue;
		struct strat_edge *g = &edge[b->edge_n++];
		g->pos = one->pos;
		g->into = to;
		g->tag = STRAT_NONE;
		if (one->value->kind == SN_MAP)
			sch_fill(r, one->value, &sct_edge, g);
	}
	b->edge = edge;
}

void sch_store_delete(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)r, (void)row;
	((struct strat_branch *)base)->delete_after_merge = sn_is(e->value, "delete");
}

void sch_store_keep(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)r, (void)row;
	uint64_t v = 0;
	if (e->value->kind == SN_SCALAR && slu_parse_u64(&v, e->value->text, NULL) == SLU_OK)
		((struct strat_tag *)base)->keep = (unsigned)v;
}

/* {pre} stands for the words of the same class. */
void sch_store_tag_match(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_tag *t = base;
	(void)row;
	const struct sn_entry *class = r->depth > 1 ? sn_find(sn_get(r->root, "tags"), r->path[1]) : NULL;
	const sn *pre = class ? sn_get(class->value, "pre") : NULL;
	r->tag_words = (struct strat_pattern_words){ 0 };
	if (pre && pre->kind != SN_MAP)
		r->tag_words.pre = sch_texts(r, pre, &r->tag_words.pre_n);
	strat_pattern **match = SLU_NEW_N(r->a, strat_pattern *, sch_items(e->value) + 1);
	for (size_t i = 0; i < sch_items(e->value) && e->value->kind != SN_MAP; i++) {
		const sn *one = sch_item(e->value, i);
		strat_pattern *p = one->kind == SN_SCALAR && !one->bad ? sch_pattern_of(r, one) : NULL;
		if (p)
			match[t->match_n++] = p;
	}
	t->match = match;
	r->tag_words = (struct strat_pattern_words){ 0 };
}

void sch_store_convention(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat *s = base;
	s->commits.convention = sn_is(e->value, "conventional") ? STRAT_CONVENTION_CONVENTIONAL : e->value->kind == SN_MAP ? STRAT_CONVENTION_PATTERN : STRAT_CONVENTION_NONE;
	if (e->value->kind != SN_MAP)
		return;
	sch_fill(r, e->value, row->type->alt[1], base);
	(void)!strat_regex_compile(&s->commits.regex, r->a, s->commits.pattern, NULL); /* one that is wrong has been said */
}

void sch_store_types(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat *s = base;
	(void)r, (void)row;
	for (size_t i = 0; e->value->kind != SN_MAP && i < sch_items(e->value); i++) {
		const sn *one = sch_item(e->value, i);
		int type = one->kind == SN_SCALAR ? sch_word(&sct_branch_type, one->text) : -1;
		if (type >= 0)
			s->commits.applies_to |= 1u << type;
	}
}

static enum strat_level level_of(const sn *n)
{
	for (unsigned l = STRAT_READ; n && n->kind == SN_SCALAR && l <= STRAT_ADMIN; l++)
		if (sn_is(n, strat_level_word((enum strat_level)l)))
			return (enum strat_level)l;
	return STRAT_LEVEL_NONE;
}

void sch_store_role(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat *s = base;
	(void)row;
	if (e->value->kind != SN_MAP)
		return;
	struct strat_role *role = SLU_NEW_N(r->a, struct strat_role, e->value->n + 1);
	for (size_t i = 0; i < e->value->n; i++) {
		const struct sn_entry *one = &e->value->entry[i];
		const sn *members = sn_get(one->value, "members");
		role[i] = (struct strat_role){ .name = one->key, .pos = one->pos, .level = level_of(one->value->kind == SN_MAP ? sn_get(one->value, "level") : one->value) };
		if (!members || members->kind == SN_MAP)
			continue;
		slu_str *people = sch_texts(r, members, &role[i].member_n);
		for (size_t k = 0; k < role[i].member_n; k++)
			if (slu_str_starts(people[k], "@"))
				people[k] = (slu_str){ people[k].p + 1, people[k].n - 1 };
		role[i].member = people;
	}
	s->role = role;
	s->role_n = e->value->n;
}

void sch_check_role_name(struct sch_reader *r, const struct sn_entry *e)
{
	static const char *const taken[] = { "read", "triage", "write", "maintain", "admin", "nobody", "any", "author", "reviewers" };
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (slu_str_is(e->key, taken[i]))
			sch_fail(r, e->pos, "A role must not be called \"%s\": the word has a meaning of its own.", taken[i]);
}

void sch_check_release(struct sch_reader *r, const struct sn_entry *e)
{
	sn key = { .kind = SN_SCALAR, .plain = true, .text = e->key, .pos = e->pos };
	(void)sch_check_scalar(r, &key, &sct_version);
}

void sch_store_scan(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)r, (void)row;
	((struct strat *)base)->files.scan_secrets = sn_is(e->value, "secrets");
}

void sch_store_artifact(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_environment *env = base;
	(void)r, (void)row;
	if (e->value->kind != SN_MAP || e->value->n == 0)
		return;
	env->artifact = e->value->entry[0].key;
	env->artifact_store = e->value->entry[0].value->text;
}

static int day_of(slu_str word)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	for (int i = 0; i < 7; i++)
		if (slu_str_is(word, days[i]))
			return i;
	return -1;
}

/* mon-thu or mon,wed,fri; a range may go over Sunday */
void sch_store_days(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_environment *env = base;
	(void)row;
	slu_str rest = e->value->text, part;
	while (e->value->kind == SN_SCALAR && slu_str_split(&rest, ',', &part)) {
		slu_str last = part, first;
		(void)slu_str_split(&last, '-', &first);
		int from = day_of(slu_str_trim(first)), to = last.n ? day_of(slu_str_trim(last)) : from;
		if (from < 0 || to < 0) {
			sch_fail(r, e->value->pos, "%s must be days such as mon-thu or mon,wed,fri; here is \"%s\".", sch_path(r), e->value->text.p);
			return;
		}
		for (int d = from;; d = (d + 1) % 7) {
			env->window.days |= 1u << d;
			if (d == to)
				break;
		}
	}
}

void sch_store_clock(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)r;
	uint64_t h = 0, m = 0;
	slu_str t = e->value->text;
	if (t.n != 5 || slu_parse_u64(&h, (slu_str){ t.p, 2 }, NULL) != SLU_OK || slu_parse_u64(&m, (slu_str){ t.p + 3, 2 }, NULL) != SLU_OK)
		return;
	int minutes = (int)(h * 60 + m);
	memcpy((char *)base + row->at - 1, &minutes, sizeof minutes);
}
