/* SPDX-License-Identifier: Apache-2.0 */
/* From the checked tree into the compiled strategy, by the places that the schema table names. */
#include "base/quantity.h"
#include "strategy/schema_impl.h"

static void *place(void *base, size_t at)
{
	return (char *)base + at - 1;
}

static void put_int(void *base, size_t at, int v)
{
	memcpy(place(base, at), &v, sizeof v);
}

static void put_i64(void *base, size_t at, int64_t v)
{
	memcpy(place(base, at), &v, sizeof v);
}

static void put_pos(void *base, size_t at, struct strat_pos pos)
{
	if (at)
		memcpy(place(base, at), &pos, sizeof pos);
}

static int64_t number_of(const sn *n, enum sch_kind kind)
{
	int64_t v = 0;
	uint64_t u = 0;
	if (kind == SCH_DURATION || kind == SCH_MILLIS)
		return sch_duration_of(n) * (kind == SCH_MILLIS ? 1000 : 1);
	if (kind == SCH_SIZE)
		return slu_size_parse(&v, n->text, NULL) == SLU_OK ? v : 0;
	if (kind == SCH_DATE)
		return slu_date_parse(&v, n->text, NULL) == SLU_OK ? v : 0;
	return slu_parse_u64(&u, n->text, NULL) == SLU_OK ? (int64_t)u : 0;
}

static void fill_number(const sn *n, const struct sch_type *t, void *base, size_t at)
{
	double share = 0;
	if (t->kind == SCH_INT)
		put_int(base, at, (int)number_of(n, SCH_INT));
	else if (t->kind != SCH_SHARE)
		put_i64(base, at, number_of(n, t->kind));
	else if (slu_share_parse(&share, n->text, NULL) == SLU_OK)
		put_int(base, at, (int)share);
}

static void fill_parsed(struct sch_reader *r, const sn *n, const struct sch_type *t, void *base, size_t at)
{
	struct strat_expr e;
	const char *why;
	strat_pattern *p = t->kind == SCH_PATTERN ? sch_pattern_of(r, n) : NULL;
	if (p)
		memcpy(place(base, at), &p, sizeof p);
	else if (t->kind == SCH_EXPR && sch_expr_parse(&e, r, n, &why))
		memcpy(place(base, at), &e, sizeof e);
}

static void fill_scalar(struct sch_reader *r, const sn *n, const struct sch_type *t, void *base, size_t at)
{
	bool yes = sch_bool_of(n);
	switch (t->kind) {
	case SCH_BOOL:
		memcpy(place(base, at), &yes, sizeof yes);
		break;
	case SCH_INT: case SCH_DURATION: case SCH_MILLIS: case SCH_SIZE: case SCH_DATE: case SCH_SHARE:
		fill_number(n, t, base, at);
		break;
	case SCH_WORD:
		put_int(base, at, sch_word(t, n->text) < 0 ? 0 : sch_word(t, n->text));
		break;
	case SCH_REF:
		put_int(base, at, sch_find(r, t->ref, n->text));
		break;
	case SCH_EXPR: case SCH_PATTERN:
		fill_parsed(r, n, t, base, at);
		break;
	case SCH_TEXT: case SCH_COMMAND: case SCH_SCALAR: case SCH_NAME: case SCH_OFFSET: case SCH_CLOCK: case SCH_SCHEDULE: case SCH_VERSION: case SCH_REGEX: case SCH_PATH: case SCH_GLOB: case SCH_PERSON:
		memcpy(place(base, at), &n->text, sizeof n->text);
		break;
	case SCH_WHO: case SCH_LIST: case SCH_MAP: case SCH_ENTRIES: case SCH_EITHER:
		break;
	}
}

/* Elements of a list; those with an error inside are left out. */
static void fill_list(struct sch_reader *r, const sn *n, const struct sch_type *t, void *base, size_t at, size_t n_at)
{
	if (t->item->kind == SCH_REF && !t->size) {
		struct strat_set set = sch_set(r, n, t->item->ref);
		memcpy(place(base, at), &set, sizeof set);
		return;
	}
	char *array = slu_calloc(r->a, sch_items(n) + 1, t->size);
	size_t count = 0;
	for (size_t i = 0; i < sch_items(n); i++) {
		const sn *item = sch_item(n, i);
		void *slot = array + count * t->size;
		if (item->bad || (item->kind == SN_MAP) != (t->item->kind == SCH_MAP))
			continue;
		count++;
		if (item->kind == SN_MAP) {
			put_pos(slot, t->item->pos, item->pos);
			sch_fill(r, item, t->item, slot);
		} else {
			if (t->item->kind == SCH_REF) /* a name that is kept as such */
				memcpy(slot, &item->text, sizeof item->text);
			else
				fill_scalar(r, item, t->item, slot, 1);
			if (t->item->kind == SCH_GLOB)
				put_pos(slot, SCH_AT(struct strat_forbid, pos), item->pos);
		}
	}
	memcpy(place(base, at), &array, sizeof array);
	memcpy(place(base, n_at), &count, sizeof count);
}

/* All entries, in order: their numbers are what other entries refer to, so that one with errors keeps its place. */
static void fill_entries(struct sch_reader *r, const sn *n, const struct sch_type *t, void *base, size_t at, size_t n_at)
{
	char *array = slu_calloc(r->a, n->n + 2, t->size);
	size_t count = n->n;
	memcpy(place(base, at), &array, sizeof array);
	memcpy(place(base, n_at), &count, sizeof count);
	for (size_t i = 0; i < n->n; i++) {
		const struct sn_entry *e = &n->entry[i];
		void *slot = array + i * t->size;
		memcpy(place(slot, t->key), &e->key, sizeof e->key);
		put_pos(slot, t->pos, e->pos);
		r->path[r->depth++] = e->key;
		if (t->item->kind == SCH_MAP && e->value->kind == SN_MAP)
			sch_fill(r, e->value, t->item, slot);
		else if (t->item->kind == SCH_LIST && e->value->kind != SN_MAP)
			fill_list(r, e->value, t->item, slot, t->value, t->value_n);
		else if (t->item->kind != SCH_MAP && e->value->kind == SN_SCALAR)
			fill_scalar(r, e->value, t->item, slot, t->value);
		r->depth--;
	}
}

void sch_fill_value(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	const struct sch_type *t = row->type;
	const sn *n = e->value;
	if (t->kind == SCH_MAP && n->kind == SN_MAP)
		sch_fill(r, n, t, (row->flags & SCH_FLAT) ? base : place(base, row->at));
	else if (t->kind == SCH_ENTRIES && n->kind == SN_MAP)
		fill_entries(r, n, t, base, row->at, row->n);
	else if (t->kind == SCH_LIST)
		fill_list(r, n, t, base, row->at, row->n);
	else if (t->kind == SCH_WHO && n->kind != SN_MAP) {
		struct strat_who who = sch_read_who(r, n);
		who.pos = e->pos;
		memcpy(place(base, row->at), &who, sizeof who);
	} else if (n->kind == SN_SCALAR && !n->bad)
		fill_scalar(r, n, t, base, row->at);
}

static void fill_row(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	void *inner = (char *)base + row->inner;
	bool yes = true;
	put_pos(inner, row->pos, e->pos);
	if (row->has)
		memcpy(place(inner, row->has), &yes, sizeof yes);
	if (row->store)
		row->store(r, e, row, inner);
	else if (row->at || (row->flags & SCH_FLAT))
		sch_fill_value(r, e, row, inner);
}

static const struct sch_row *row_of(const struct sch_type *t, slu_str key)
{
	for (size_t i = 0; i < t->row_n; i++)
		if (slu_str_is(key, t->row[i].key))
			return &t->row[i];
	return NULL;
}

void sch_fill(struct sch_reader *r, const sn *map, const struct sch_type *t, void *base)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct sn_entry *e = &map->entry[i];
		const struct sch_row *row = row_of(t, e->key);
		if (!row || sn_is_null(e->value))
			continue;
		r->path[r->depth++] = e->key;
		fill_row(r, e, row, base);
		r->depth--;
	}
}
