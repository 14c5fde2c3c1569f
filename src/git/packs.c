/* SPDX-License-Identifier: Apache-2.0 */
#include "git/packs.h"

#include "base/limits.h"

#include <dirent.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PACKS_MAX = 64,
	CHAIN_MAX = 4096,                /* deltas on deltas: git's own packs stop at 4095 */
	KEPT_BYTES = 8 * 1024 * 1024,    /* of a generation */
	TABLE_START = 1024,
	SMALL_DELTA = 64 * 1024,         /* inflated only to learn a size */
};

/** What git_packed is in truth. */
struct object {
	struct git_packed packed;
	unsigned holders; /* those who hold it, and the tables that it is in */
	uint32_t pack;
	uint64_t at;
	char bytes[];
};
/** Objects by pack and offset: open addressing. The key stands in the slot, so that looking on does not touch the objects. */
struct slot {
	uint64_t key;
	struct object *o; /* NULL: free */
};
struct table {
	struct slot *slot;
	size_t slots, n, bytes;
};
struct git_packs {
	struct git_pack pack[PACKS_MAX];
	size_t n;
	bool mapped;
	struct libdeflate_decompressor *inflater;
	/* What was read lately: when the young are too many they become the old, and the old are dropped; an old one that is asked for is young again. */
	struct table young, old;
	char *delta; /* inflated deltas */
	size_t delta_cap;
	uint64_t chain[CHAIN_MAX];
};

/* ---- objects that are kept -------------------------------------------------------------------------------------------- */

static struct object *object_of(struct git_packed *o)
{
	return (struct object *)(void *)o;
}

static void let_go(struct object *o)
{
	if (--o->holders == 0)
		free(o);
}

void git_packed_drop(struct git_packed *o)
{
	if (o)
		let_go(object_of(o));
}

static void table_init(struct table *t, size_t slots)
{
	*t = (struct table){ .slot = calloc(slots, sizeof *t->slot), .slots = slots };
	if (!t->slot)
		abort();
}

static void table_release(struct table *t)
{
	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].o)
			let_go(t->slot[i].o);
	free(t->slot);
	*t = (struct table){ 0 };
}

/** A pack's offsets stay below 2^58: SLU_MAX_PACK_BYTES is less. */
static uint64_t key_of(uint32_t pack, uint64_t at)
{
	return at * PACKS_MAX + pack;
}

/** The place of an object, or the free one where it belongs. */
static struct slot *place(const struct table *t, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (t->slots - 1);
	while (t->slot[i].o && t->slot[i].key != key)
		i = (i + 1) & (t->slots - 1);
	return &t->slot[i];
}

static void table_double(struct table *t)
{
	struct table wide;
	table_init(&wide, t->slots * 2);
	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].o)
			*place(&wide, t->slot[i].key) = t->slot[i];
	free(t->slot);
	t->slot = wide.slot;
	t->slots = wide.slots;
}

static void keep(git_packs *p, struct object *o)
{
	if (p->young.bytes > KEPT_BYTES) {
		table_release(&p->old);
		p->old = p->young;
		table_init(&p->young, TABLE_START);
	}
	struct table *t = &p->young;
	uint64_t key = key_of(o->pack, o->at);
	struct slot *s = place(t, key);
	if (s->o)
		return;
	o->holders++;
	*s = (struct slot){ key, o };
	t->bytes += sizeof *o + o->packed.bytes.n;
	if (++t->n * 2 > t->slots)
		table_double(t);
}

/** One that is kept, held once more; NULL: it is not. */
static struct object *kept(git_packs *p, uint32_t pack, uint64_t at)
{
	uint64_t key = key_of(pack, at);
	struct object *o = place(&p->young, key)->o;
	bool young = o != NULL;
	if (!o && p->old.slots)
		o = place(&p->old, key)->o;
	if (!o)
		return NULL;
	o->holders++;
	if (!young)
		keep(p, o);
	return o;
}

/* ---- making them ------------------------------------------------------------------------------------------------------ */

static struct object *object_new(enum git_kind kind, size_t size, uint32_t pack, uint64_t at)
{
	struct object *o = malloc(sizeof *o + size + 1);
	if (!o)
		abort();
	*o = (struct object){ .packed = { kind, { o->bytes, size } }, .holders = 1, .pack = pack, .at = at };
	o->bytes[size] = '\0';
	return o;
}

/** libdeflate never writes more than it is given room for: a bomb ends here. */
static bool inflate(git_packs *p, const struct git_pack_entry *e, char *out)
{
	size_t used = 0, made = 0;
	return libdeflate_zlib_decompress_ex(p->inflater, e->data, e->data_n, out, e->size, &used, &made) == LIBDEFLATE_SUCCESS && made == e->size;
}

static bool inflate_delta(git_packs *p, const struct git_pack_entry *e, slu_str *out)
{
	if (e->size > SLU_MAX_BLOB_BYTES)
		return false;
	if (e->size > p->delta_cap || !p->delta) {
		free(p->delta);
		p->delta_cap = e->size < 4096 ? 4096 : e->size;
		p->delta = malloc(p->delta_cap);
		if (!p->delta)
			abort();
	}
	*out = (slu_str){ p->delta, e->size };
	return inflate(p, e, p->delta);
}

static struct object *whole(git_packs *p, uint32_t pack, uint64_t at, const struct git_pack_entry *e)
{
	if (e->size > SLU_MAX_BLOB_BYTES)
		return NULL;
	struct object *o = object_new(e->kind, e->size, pack, at);
	if (inflate(p, e, o->bytes))
		return o;
	free(o);
	return NULL;
}

static struct object *on_base(git_packs *p, const struct object *base, uint64_t at)
{
	struct git_pack_entry e;
	slu_str delta, ops = { 0 };
	size_t base_n = 0, out_n = 0;
	if (!git_pack_entry_at(&p->pack[base->pack], at, &e) || !inflate_delta(p, &e, &delta) || !git_delta_sizes(delta, &base_n, &out_n, &ops))
		return NULL;
	if (base_n != base->packed.bytes.n || out_n > SLU_MAX_BLOB_BYTES)
		return NULL;
	struct object *o = object_new(base->packed.kind, out_n, base->pack, at);
	if (git_delta_apply(o->bytes, out_n, base->packed.bytes, ops))
		return o;
	free(o);
	return NULL;
}

/** Down the chain of deltas to an object that is kept or whole, then up again. A chain that turns back on itself ends at its limit. */
static struct object *make(git_packs *p, uint32_t pack, uint64_t at)
{
	size_t n = 0;
	struct object *o = NULL;
	while (!(o = kept(p, pack, at))) {
		struct git_pack_entry e;
		if (!git_pack_entry_at(&p->pack[pack], at, &e))
			return NULL;
		if (e.kind != GIT_MISSING) {
			o = whole(p, pack, at, &e);
			if (!o)
				return NULL;
			keep(p, o);
			break;
		}
		if (n == CHAIN_MAX)
			return NULL;
		p->chain[n++] = at;
		at = e.base;
	}
	while (o && n-- > 0) {
		struct object *base = o;
		o = on_base(p, base, p->chain[n]);
		let_go(base);
		if (o)
			keep(p, o);
	}
	return o;
}

static bool find(const git_packs *p, const uint8_t *id, uint32_t *pack, uint64_t *at)
{
	for (size_t i = 0; i < p->n; i++) {
		if (git_pack_find(&p->pack[i], id, at)) {
			*pack = (uint32_t)i;
			return true;
		}
	}
	return false;
}

struct git_packed *git_packs_hold(git_packs *p, const uint8_t *id)
{
	uint32_t pack = 0;
	uint64_t at = 0;
	struct object *o = find(p, id, &pack, &at) ? make(p, pack, at) : NULL;
	return o ? &o->packed : NULL;
}

bool git_packs_size(git_packs *p, const uint8_t *id, size_t *out)
{
	uint32_t pack = 0;
	uint64_t at = 0;
	struct git_pack_entry e;
	slu_str delta, ops;
	size_t base_n, out_n;
	if (!find(p, id, &pack, &at) || !git_pack_entry_at(&p->pack[pack], at, &e))
		return false;
	if (e.kind == GIT_MISSING) {
		if (e.size > SMALL_DELTA || !inflate_delta(p, &e, &delta) || !git_delta_sizes(delta, &base_n, &out_n, &ops))
			return false;
		e.size = out_n;
	}
	*out = e.size;
	return true;
}

/* ---- a folder --------------------------------------------------------------------------------------------------------- */

static const uint8_t *map_file(const char *path, size_t *size)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *m = MAP_FAILED;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		m = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (m == MAP_FAILED)
		return NULL;
	*size = (size_t)st.st_size;
	return m;
}

static void unmap(const uint8_t *m, size_t size)
{
	if (m)
		(void)munmap((void *)(uintptr_t)m, size);
}

/** `path` ends in ".idx". */
static bool open_pack(struct git_pack *out, char *path, uint8_t hash)
{
	size_t idx_n = 0, pack_n = 0;
	const uint8_t *idx = map_file(path, &idx_n);
	memcpy(strrchr(path, '.'), ".pack", sizeof ".pack");
	const uint8_t *pack = idx ? map_file(path, &pack_n) : NULL;
	if (pack && git_pack_parse(out, pack, pack_n, idx, idx_n, hash))
		return true;
	unmap(idx, idx_n);
	unmap(pack, pack_n);
	return false;
}

static git_packs *packs_new(void)
{
	git_packs *p = calloc(1, sizeof *p);
	if (!p || !(p->inflater = libdeflate_alloc_decompressor()))
		abort();
	table_init(&p->young, TABLE_START);
	return p;
}

git_packs *git_packs_from(const struct git_pack *pack, size_t n)
{
	git_packs *p = packs_new();
	for (; p->n < n && p->n < PACKS_MAX; p->n++)
		p->pack[p->n] = pack[p->n];
	return p;
}

git_packs *git_packs_open(const char *objects, uint8_t hash)
{
	char path[4096];
	git_packs *p = NULL;
	(void)snprintf(path, sizeof path, "%s/pack", objects);
	DIR *d = opendir(path);
	for (struct dirent *e = d ? readdir(d) : NULL; e && (!p || p->n < PACKS_MAX); e = readdir(d)) {
		struct git_pack one;
		int n = snprintf(path, sizeof path - sizeof ".pack", "%s/pack/%s", objects, e->d_name);
		if (n < 0 || (size_t)n >= sizeof path - sizeof ".pack" || !slu_str_ends(slu_s(e->d_name), ".idx") || !open_pack(&one, path, hash))
			continue;
		p = p ? p : packs_new();
		p->mapped = true;
		p->pack[p->n++] = one;
	}
	if (d)
		(void)closedir(d);
	return p;
}

void git_packs_close(git_packs *p)
{
	if (!p)
		return;
	for (size_t i = 0; p->mapped && i < p->n; i++) {
		unmap(p->pack[i].pack, p->pack[i].pack_n);
		unmap(p->pack[i].idx, p->pack[i].idx_n);
	}
	table_release(&p->young);
	table_release(&p->old);
	libdeflate_free_decompressor(p->inflater);
	free(p->delta);
	free(p);
}
