/* SPDX-License-Identifier: Apache-2.0 */
#include "git/kept.h"

#include <stdlib.h>

enum { TABLE_START = 1024 };

struct one {
	struct git_raw id;
	size_t n;
	char bytes[];
};
struct git_kept {
	slu_arena *a;
	struct one **slot; /* open addressing */
	size_t slots, n, bytes, max;
};

git_kept *git_kept_new(size_t max_bytes)
{
	git_kept *k = calloc(1, sizeof *k);
	if (!k || !(k->slot = calloc(TABLE_START, sizeof(struct one *))))
		abort();
	k->a = slu_arena_new();
	k->slots = TABLE_START;
	k->max = max_bytes;
	return k;
}

void git_kept_free(git_kept *k)
{
	if (!k)
		return;
	slu_arena_free(k->a);
	free(k->slot);
	free(k);
}

/** Where it is, or the free place where it belongs. */
static struct one **place(struct one **slot, size_t slots, const struct git_raw *id)
{
	uint64_t h; /* ids are hashes already */
	memcpy(&h, id->b, sizeof h);
	size_t i = (size_t)h & (slots - 1);
	while (slot[i] && memcmp(slot[i]->id.b, id->b, GIT_RAW_MAX) != 0)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

static void widen(git_kept *k)
{
	struct one **wide = calloc(k->slots * 2, sizeof *wide);
	if (!wide)
		abort();
	for (size_t i = 0; i < k->slots; i++)
		if (k->slot[i])
			*place(wide, k->slots * 2, &k->slot[i]->id) = k->slot[i];
	free(k->slot);
	k->slot = wide;
	k->slots *= 2;
}

void git_kept_add(git_kept *k, const struct git_raw *id, slu_str bytes)
{
	struct one **at = place(k->slot, k->slots, id);
	if (*at || bytes.n > k->max - k->bytes)
		return;
	*at = slu_alloc(k->a, sizeof(struct one) + bytes.n + 1);
	(*at)->id = *id;
	(*at)->n = bytes.n;
	memcpy((*at)->bytes, bytes.p, bytes.n);
	k->bytes += bytes.n;
	if (++k->n * 2 > k->slots)
		widen(k);
}

slu_str git_kept_find(const git_kept *k, const struct git_raw *id)
{
	const struct one *o = k ? *place(k->slot, k->slots, id) : NULL;
	return o ? (slu_str){ o->bytes, o->n } : (slu_str){ 0 };
}
