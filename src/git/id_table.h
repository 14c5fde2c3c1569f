/* SPDX-License-Identifier: Apache-2.0 */
/** Where an id stands in a list of ids: a hash table of places. Looked into at random, so it is small; inline, as whole histories ask it. */
#ifndef GIT_ID_TABLE_H
#define GIT_ID_TABLE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct git_id_table {
	const uint8_t *id; /* borrowed */
	uint8_t hash;      /* bytes of one: 20 or 32 */
	uint32_t *slot;    /* place + 1; free() it */
	size_t slots;
};

/* Ids are as good as random: their first bytes are the hash. */
static inline size_t git_id_slot(const struct git_id_table *t, const uint8_t *id)
{
	size_t x;
	memcpy(&x, id, sizeof x);
	return x & (t->slots - 1);
}

/** @return false: there is no memory for it */
static inline bool git_id_table_make(struct git_id_table *t, const uint8_t *id, uint32_t n, uint8_t hash)
{
	*t = (struct git_id_table){ .id = id, .hash = hash, .slots = 16 };
	while (t->slots < (size_t)n + n / 2)
		t->slots *= 2;
	t->slot = calloc(t->slots, sizeof *t->slot);
	for (uint32_t i = 0; t->slot && i < n; i++) {
		size_t s = git_id_slot(t, id + (size_t)i * hash);
		while (t->slot[s])
			s = (s + 1) & (t->slots - 1);
		t->slot[s] = i + 1;
	}
	return t->slot != NULL;
}

/** @param out  its place, the first where it stands twice. @return false: it is not there */
static inline bool git_id_table_find(uint32_t *out, const struct git_id_table *t, const uint8_t *id)
{
	for (size_t s = git_id_slot(t, id); t->slot[s]; s = (s + 1) & (t->slots - 1))
		if (memcmp(t->id + (size_t)(t->slot[s] - 1) * t->hash, id, t->hash) == 0) {
			*out = t->slot[s] - 1;
			return true;
		}
	return false;
}
#endif
