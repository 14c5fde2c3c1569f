/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

struct entry {
	slu_str key;
	void *value;
	uint64_t hash;
};

struct slu_map {
	slu_arena *arena;
	SLU_LIST(struct entry) entries;
	uint32_t *slots; /* open addressing: index of an entry plus one; 0: free */
	size_t n_slots;  /* a power of two, at least twice the entries */
};

/* FNV-1a, 64 bit */
static uint64_t hash_of(slu_str key)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

slu_map *slu_map_new(slu_arena *a)
{
	slu_map *m = SLU_NEW(a, slu_map);
	m->arena = a;
	m->n_slots = 16;
	m->slots = SLU_NEW_N(a, uint32_t, m->n_slots);
	return m;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t slot_of(const slu_map *m, slu_str key, uint64_t hash)
{
	size_t at = (size_t)hash & (m->n_slots - 1);
	while (m->slots[at]) {
		const struct entry *e = &m->entries.v[m->slots[at] - 1];
		if (e->hash == hash && slu_str_eq(e->key, key))
			break;
		at = (at + 1) & (m->n_slots - 1);
	}
	return at;
}

static void rehash(slu_map *m)
{
	m->n_slots *= 2;
	m->slots = SLU_NEW_N(m->arena, uint32_t, m->n_slots);
	for (size_t i = 0; i < m->entries.n; i++)
		m->slots[slot_of(m, m->entries.v[i].key, m->entries.v[i].hash)] = (uint32_t)i + 1;
}

void slu_map_put(slu_map *m, slu_str key, void *value)
{
	uint64_t hash = hash_of(key);
	size_t at = slot_of(m, key, hash);
	if (m->slots[at]) {
		m->entries.v[m->slots[at] - 1].value = value;
		return;
	}
	struct entry *e = SLU_ADD(m->arena, &m->entries);
	*e = (struct entry){ { slu_str_dup(m->arena, key), key.n }, value, hash };
	m->slots[at] = (uint32_t)m->entries.n;
	if (m->entries.n * 2 > m->n_slots)
		rehash(m);
}

void *slu_map_get(const slu_map *m, slu_str key)
{
	size_t at = slot_of(m, key, hash_of(key));
	return m->slots[at] ? m->entries.v[m->slots[at] - 1].value : NULL;
}

size_t slu_map_size(const slu_map *m)
{
	return m->entries.n;
}

slu_str slu_map_key(const slu_map *m, size_t i)
{
	return m->entries.v[i].key;
}

void *slu_map_value(const slu_map *m, size_t i)
{
	return m->entries.v[i].value;
}
