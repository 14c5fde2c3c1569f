/* SPDX-License-Identifier: Apache-2.0 */
#include "git/packs.h"

#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PACKS_MAX = 1024,
	CHAIN_MAX = 4096,                /* deltas on deltas: git's own packs stop at 4095 */
	KEPT_BYTES = 8 * 1024 * 1024,    /* of a generation */
	TABLE_START = 1024,
	PASSING_START = 64 * 1024,
	SMALL_DELTA = 64 * 1024,         /* inflated only to learn a size */
};

/** What git_packed is in truth. */
struct object {
	struct git_packed packed;
	struct generation *of;
	uint32_t pack;
	uint64_t at;
	char bytes[];
};
/** The key stands in the slot, so that looking on does not touch the objects. */
struct slot {
	uint64_t key;
	struct object *o; /* NULL: free */
};
/** Objects that were made at about the same time, found by pack and offset (open addressing), and let go together. */
struct generation {
	slu_arena *a;
	struct slot *slot;
	size_t slots, n, bytes;
	unsigned holders; /* of its objects; and git_packs, as long as they may be asked for */
};
struct git_packs {
	struct git_pack *pack;
	size_t n, cap, last; /* last: where an object was found */
	bool mapped;
	struct libdeflate_decompressor *inflater;
	/* When the young have become too many they are the old, and the old ones go. An old one that is asked for is made young again. */
	struct generation *young, *old;
	char *delta; /* inflated deltas */
	size_t delta_cap;
	char *passing; /* see git_packs_read */
	size_t passing_cap;
	uint64_t chain[CHAIN_MAX];
};

/* ---- objects that are kept -------------------------------------------------------------------------------------------- */

static struct generation *generation_new(void)
{
	struct generation *g = calloc(1, sizeof *g);
	if (!g || !(g->slot = calloc(TABLE_START, sizeof *g->slot)))
		abort();
	g->a = slu_arena_new();
	g->slots = TABLE_START;
	g->holders = 1;
	return g;
}

static void let_go(struct generation *g)
{
	if (!g || --g->holders > 0)
		return;
	slu_arena_free(g->a);
	free(g->slot);
	free(g);
}

static struct git_packed *held(struct object *o)
{
	o->of->holders++;
	return &o->packed;
}

void git_packed_drop(struct git_packed *o)
{
	if (o)
		let_go(((struct object *)(void *)o)->of);
}

/** A pack's offsets stay below 2^54: git_pack_find gives none outside its file. */
static uint64_t key_of(uint32_t pack, uint64_t at)
{
	return at * PACKS_MAX + pack;
}

/** The place of an object, or the free one where it belongs. */
static struct slot *place(const struct generation *g, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (g->slots - 1);
	while (g->slot[i].o && g->slot[i].key != key)
		i = (i + 1) & (g->slots - 1);
	return &g->slot[i];
}

static void widen(struct generation *g)
{
	struct generation wide = { .slots = g->slots * 2 };
	wide.slot = calloc(wide.slots, sizeof *wide.slot);
	if (!wide.slot)
		abort();
	for (size_t i = 0; i < g->slots; i++)
		if (g->slot[i].o)
			*place(&wide, g->slot[i].key) = g->slot[i];
	free(g->slot);
	g->slot = wide.slot;
	g->slots = wide.slots;
}

static struct object *object_new(git_packs *p, enum git_kind kind, size_t size, uint32_t pack, uint64_t at)
{
	if (p->young->bytes > KEPT_BYTES) {
		let_go(p->old);
		p->old = p->young;
		p->young = generation_new();
	}
	struct object *o = slu_alloc(p->young->a, sizeof *o + size + 1);
	*o = (struct object){ .packed = { kind, { o->bytes, size } }, .of = p->young, .pack = pack, .at = at };
	p->young->bytes += sizeof *o + size;
	return o;
}

static struct object *keep(struct object *o)
{
	struct generation *g = o->of;
	uint64_t key = key_of(o->pack, o->at);
	*place(g, key) = (struct slot){ key, o };
	if (++g->n * 4 > g->slots * 3)
		widen(g);
	return o;
}

/** One that was made before; NULL: it is not kept. */
static struct object *kept(git_packs *p, uint32_t pack, uint64_t at)
{
	uint64_t key = key_of(pack, at);
	struct object *o = place(p->young, key)->o;
	if (o || !p->old || !(o = place(p->old, key)->o))
		return o;
	struct git_packed *was = held(o); /* making room may let the old ones go */
	struct object *young = object_new(p, o->packed.kind, o->packed.bytes.n, pack, at);
	memcpy(young->bytes, o->bytes, o->packed.bytes.n);
	git_packed_drop(was);
	return keep(young);
}

/* ---- making them ------------------------------------------------------------------------------------------------------ */

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
	struct object *o = object_new(p, e->kind, e->size, pack, at);
	return inflate(p, e, o->bytes) ? keep(o) : NULL;
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
	struct object *o = object_new(p, base->packed.kind, out_n, base->pack, at);
	return git_delta_apply(o->bytes, out_n, base->packed.bytes, ops) ? keep(o) : NULL;
}

/** Down the chain of deltas to an object that is kept or whole, then up again. A chain that turns back on itself ends at its limit. */
static struct object *make(git_packs *p, uint32_t pack, uint64_t at)
{
	size_t n = 0;
	struct object *o = NULL;
	while (!(o = kept(p, pack, at))) {
		struct git_pack_entry e;
		if (!git_pack_entry_at(&p->pack[pack], at, &e) || n == CHAIN_MAX)
			return NULL;
		if (e.kind != GIT_MISSING) {
			o = whole(p, pack, at, &e);
			break;
		}
		p->chain[n++] = at;
		at = e.base;
	}
	while (o && n-- > 0) {
		struct git_packed *base = held(o);
		o = on_base(p, o, p->chain[n]);
		git_packed_drop(base);
	}
	return o;
}

static bool find(git_packs *p, const uint8_t *id, uint32_t *pack, uint64_t *at)
{
	for (size_t k = 0; k < p->n; k++) { /* neighbours in a history are neighbours in a pack */
		size_t i = p->last + k < p->n ? p->last + k : p->last + k - p->n;
		if (git_pack_find(&p->pack[i], id, at)) {
			*pack = (uint32_t)i;
			p->last = i;
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
	return o ? held(o) : NULL;
}

static bool delta_makes(git_packs *p, const struct git_pack_entry *e, size_t *out)
{
	slu_str delta, ops;
	size_t base_n;
	return inflate_delta(p, e, &delta) && git_delta_sizes(delta, &base_n, out, &ops);
}

bool git_packs_read(git_packs *p, const uint8_t *id, enum git_kind *kind, slu_str *bytes)
{
	uint32_t pack = 0;
	uint64_t at = 0;
	struct git_pack_entry e;
	if (!find(p, id, &pack, &at) || !git_pack_entry_at(&p->pack[pack], at, &e) || e.kind == GIT_MISSING || e.size > SLU_MAX_BLOB_BYTES)
		return false;
	if (e.size >= p->passing_cap) {
		free(p->passing);
		p->passing_cap = e.size + PASSING_START;
		p->passing = malloc(p->passing_cap);
		if (!p->passing)
			abort();
	}
	if (!inflate(p, &e, p->passing))
		return false;
	p->passing[e.size] = '\0';
	*kind = e.kind;
	*bytes = (slu_str){ p->passing, e.size };
	return true;
}

bool git_packs_has(git_packs *p, const uint8_t *id)
{
	uint32_t pack;
	uint64_t at;
	return find(p, id, &pack, &at);
}

bool git_packs_size(git_packs *p, const uint8_t *id, size_t *out)
{
	uint32_t pack = 0;
	uint64_t at = 0;
	struct git_pack_entry e;
	if (!find(p, id, &pack, &at) || !git_pack_entry_at(&p->pack[pack], at, &e))
		return false;
	if (e.kind == GIT_MISSING)
		return e.size <= SMALL_DELTA && delta_makes(p, &e, out);
	*out = e.size;
	return true;
}

/* ---- large ones ------------------------------------------------------------------------------------------------------- */

static enum git_kind kind_below(const struct git_pack *p, struct git_pack_entry e)
{
	for (size_t n = 0; e.kind == GIT_MISSING; n++)
		if (n == CHAIN_MAX || !git_pack_entry_at(p, e.base, &e))
			return GIT_MISSING;
	return e.kind;
}

/** The chain of a delta is gone down only when what it makes is large: that costs less than to have made it, as whoever wrote the index did. */
static bool is_large(git_packs *p, const struct git_pack *pack, uint64_t at, size_t max, struct git_large *out)
{
	struct git_pack_entry e;
	*out = (struct git_large){ .kind = GIT_MISSING };
	if (!git_pack_entry_at(pack, at, &e))
		return true;
	if (e.kind != GIT_MISSING)
		*out = (struct git_large){ .kind = e.kind, .size = e.size };
	else if (delta_makes(p, &e, &out->size) && out->size <= max)
		return false;
	else
		out->kind = kind_below(pack, e);
	return out->kind == GIT_MISSING || ((out->kind == GIT_COMMIT || out->kind == GIT_TAG) && (out->size > max || out->size == 0));
}

void git_packs_large(git_packs *p, size_t max, struct git_large *out)
{
	*out = (struct git_large){ .id = NULL };
	for (size_t i = 0; i < p->n && !out->id; i++) {
		const uint8_t *id = NULL;
		uint64_t at = 0;
		for (uint32_t k = 0; k < p->pack[i].n && !out->id; k++) {
			struct git_large one;
			bool there = git_pack_nth(&p->pack[i], k, &id, &at);
			if (is_large(p, &p->pack[i], there ? at : 0, max, &one)) {
				*out = one;
				out->id = there ? id : p->pack[i].ids + (size_t)k * p->pack[i].hash;
			}
		}
	}
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
	p->young = generation_new();
	return p;
}

static bool add_pack(git_packs *p, const struct git_pack *one)
{
	if (p->n == PACKS_MAX)
		return false;
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 4;
		p->pack = realloc(p->pack, p->cap * sizeof *p->pack);
		if (!p->pack)
			abort();
	}
	p->pack[p->n++] = *one;
	return true;
}

git_packs *git_packs_from(const struct git_pack *pack, size_t n)
{
	git_packs *p = packs_new();
	for (size_t i = 0; i < n && add_pack(p, &pack[i]); i++)
		;
	return p;
}

git_packs *git_packs_again(const git_packs *p)
{
	return git_packs_from(p->pack, p->n);
}

/** @return false: it is there, and cannot be used */
static bool take_pack(git_packs **p, const char *objects, const char *name, uint8_t hash)
{
	char path[4096];
	struct git_pack one;
	int n = snprintf(path, sizeof path - sizeof ".pack", "%s/pack/%s", objects, name);
	if (n < 0 || (size_t)n >= sizeof path - sizeof ".pack" || !open_pack(&one, path, hash))
		return false;
	if (!*p) {
		*p = packs_new();
		(*p)->mapped = true;
	}
	if (add_pack(*p, &one))
		return true;
	unmap(one.pack, one.pack_n);
	unmap(one.idx, one.idx_n);
	return false;
}

git_packs *git_packs_open(const char *objects, uint8_t hash, bool *whole)
{
	char path[4096];
	git_packs *p = NULL;
	bool all = true;
	(void)snprintf(path, sizeof path, "%s/pack", objects);
	DIR *d = opendir(path);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
		if (slu_str_ends(slu_s(e->d_name), ".idx") && !take_pack(&p, objects, e->d_name, hash))
			all = false;
	if (d)
		(void)closedir(d);
	if (whole)
		*whole = all && (d || errno == ENOENT);
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
	let_go(p->young);
	let_go(p->old);
	libdeflate_free_decompressor(p->inflater);
	free(p->pack);
	free(p->delta);
	free(p->passing);
	free(p);
}
