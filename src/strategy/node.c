/* SPDX-License-Identifier: Apache-2.0 */
#include "strategy/node.h"

enum { INDEX_FROM = 16 }; /* maps of that many entries are looked up by hash */

sn *sn_scalar(slu_arena *a, slu_str text, struct strat_pos pos)
{
	sn *n = SLU_NEW(a, sn);
	n->kind = SN_SCALAR;
	n->text = (slu_str){ slu_strndup(a, text.p ? text.p : "", text.n), text.n };
	n->pos = pos;
	return n;
}

static sn *collection(slu_arena *a, enum sn_kind kind, struct strat_pos pos)
{
	sn *n = SLU_NEW(a, sn);
	n->kind = kind;
	n->pos = pos;
	return n;
}

sn *sn_map(slu_arena *a, struct strat_pos pos)
{
	return collection(a, SN_MAP, pos);
}

sn *sn_list(slu_arena *a, struct strat_pos pos)
{
	return collection(a, SN_LIST, pos);
}

static size_t room(const sn *n)
{
	return n->cap ? n->cap * 2 : 8;
}

void sn_push(slu_arena *a, sn *list, sn *item)
{
	if (list->n == list->cap) {
		list->item = slu_grow(a, list->item, list->n, room(list), sizeof(sn *));
		list->cap = room(list);
	}
	list->item[list->n++] = item;
}

static void index_entry(sn *map, size_t i)
{
	slu_map_put(map->index, map->entry[i].key, (void *)(uintptr_t)(i + 1));
}

struct sn_entry *sn_put(slu_arena *a, sn *map, slu_str key, struct strat_pos pos, sn *value)
{
	if (map->n == map->cap) {
		map->entry = slu_grow(a, map->entry, map->n, room(map), sizeof *map->entry);
		map->cap = room(map);
	}
	map->entry[map->n] = (struct sn_entry){ key, pos, value };
	if (map->n + 1 == INDEX_FROM) {
		map->index = slu_map_new(a);
		for (size_t i = 0; i < map->n; i++)
			index_entry(map, i);
	}
	if (map->index)
		index_entry(map, map->n);
	return &map->entry[map->n++];
}

struct sn_entry *sn_find(const sn *map, slu_str key)
{
	if (!map || map->kind != SN_MAP)
		return NULL;
	if (map->index) {
		size_t i = (size_t)(uintptr_t)slu_map_get(map->index, key);
		/* what was taken out is still in the index, and its number is now another's */
		return i && i <= map->n && slu_str_eq(map->entry[i - 1].key, key) ? &map->entry[i - 1] : NULL;
	}
	for (size_t i = 0; i < map->n; i++)
		if (slu_str_eq(map->entry[i].key, key))
			return &map->entry[i];
	return NULL;
}

bool sn_is_null(const sn *n)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };
	if (n->kind != SN_SCALAR || !n->plain)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slu_str_is(n->text, words[i]))
			return true;
	return false;
}

sn *sn_get(const sn *map, const char *key)
{
	struct sn_entry *e = sn_find(map, slu_s(key));
	return e && !sn_is_null(e->value) ? e->value : NULL;
}

bool sn_is(const sn *n, const char *word)
{
	return n && n->kind == SN_SCALAR && slu_str_is(n->text, word);
}

sn *sn_copy(slu_arena *a, const sn *n)
{
	sn *c = SLU_NEW(a, sn);
	*c = *n;
	c->item = NULL;
	c->entry = NULL;
	c->index = NULL;
	c->n = c->cap = 0;
	for (size_t i = 0; n->kind == SN_LIST && i < n->n; i++)
		sn_push(a, c, sn_copy(a, n->item[i]));
	for (size_t i = 0; n->kind == SN_MAP && i < n->n; i++)
		(void)sn_put(a, c, n->entry[i].key, n->entry[i].pos, sn_copy(a, n->entry[i].value));
	return c;
}

sn *sn_merge(slu_arena *a, sn *under, sn *over)
{
	if (!under || under->kind != SN_MAP || over->kind != SN_MAP)
		return over;
	sn *m = sn_map(a, over->pos);
	m->flow = over->flow;
	m->bad = under->bad || over->bad;
	for (size_t i = 0; i < under->n; i++) {
		const struct sn_entry *u = &under->entry[i], *o = sn_find(over, u->key);
		(void)sn_put(a, m, u->key, o ? o->pos : u->pos, o ? sn_merge(a, u->value, o->value) : u->value);
	}
	for (size_t i = 0; i < over->n; i++)
		if (!sn_find(under, over->entry[i].key))
			(void)sn_put(a, m, over->entry[i].key, over->entry[i].pos, over->entry[i].value);
	return m;
}

void sn_prune(sn *n)
{
	for (size_t i = 0; n->kind == SN_LIST && i < n->n; i++)
		sn_prune(n->item[i]);
	if (n->kind != SN_MAP)
		return;
	size_t kept = 0;
	for (size_t i = 0; i < n->n; i++) {
		if (sn_is_null(n->entry[i].value))
			continue;
		sn_prune(n->entry[i].value);
		n->entry[kept++] = n->entry[i];
	}
	bool moved = kept != n->n;
	n->n = kept;
	for (size_t i = 0; moved && n->index && i < kept; i++)
		index_entry(n, i);
}
