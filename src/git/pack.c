/* SPDX-License-Identifier: Apache-2.0 */
/* Source: git's Documentation/gitformat-pack.txt. Test: test/unit/git_pack_test.c, test/fuzz/pack_fuzz.c */
#include "git/pack.h"

enum { HEAD = 8, FAN = 256 * 4, PACK_HEAD = 12, OFS_DELTA = 6, REF_DELTA = 7, DELTA_COPY_MAX = 0x10000, GUESSES = 3 };
#define FAR_OFFSET 0x80000000u

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool fan_ok(const uint8_t *fan)
{
	for (size_t i = 1; i < 256; i++)
		if (u32(fan + 4 * i) < u32(fan + 4 * i - 4))
			return false;
	return true;
}

static bool heads_ok(const uint8_t *pack, size_t pack_n, const uint8_t *idx, size_t idx_n, uint8_t hash)
{
	static const uint8_t idx_head[HEAD] = { 0xff, 't', 'O', 'c', 0, 0, 0, 2 };
	if (pack_n < PACK_HEAD + (size_t)hash || idx_n < HEAD + FAN + 2 * (size_t)hash)
		return false;
	if (memcmp(pack, "PACK", 4) != 0 || (u32(pack + 4) != 2 && u32(pack + 4) != 3) || memcmp(idx, idx_head, HEAD) != 0)
		return false;
	return memcmp(pack + pack_n - hash, idx + idx_n - 2 * (size_t)hash, hash) == 0;
}

bool git_pack_parse(struct git_pack *out, const uint8_t *pack, size_t pack_n, const uint8_t *idx, size_t idx_n, uint8_t hash)
{
	if (!heads_ok(pack, pack_n, idx, idx_n, hash))
		return false;
	struct git_pack p = { .pack = pack, .pack_n = pack_n, .idx = idx, .idx_n = idx_n, .hash = hash, .fan = idx + HEAD };
	p.n = u32(p.fan + FAN - 4);
	size_t row = hash + 4u + 4u, room = idx_n - HEAD - FAN - 2 * (size_t)hash; /* id, CRC, offset */
	if (!fan_ok(p.fan) || p.n != u32(pack + 8) || room / row < p.n)
		return false;
	p.ids = p.fan + FAN;
	p.near = p.ids + (size_t)p.n * (hash + 4u);
	p.far = p.near + (size_t)p.n * 4;
	p.far_n = (room - (size_t)p.n * row) / 8;
	*out = p;
	return true;
}

static bool offset_of(const struct git_pack *p, uint32_t i, uint64_t *at)
{
	uint32_t word = u32(p->near + 4 * (size_t)i), k = word & ~FAR_OFFSET;
	if ((word & FAR_OFFSET) && k >= p->far_n)
		return false;
	*at = word & FAR_OFFSET ? (uint64_t)u32(p->far + 8 * (size_t)k) << 32 | u32(p->far + 8 * (size_t)k + 4) : word;
	return *at < p->pack_n;
}

bool git_pack_nth(const struct git_pack *p, uint32_t i, const uint8_t **id, uint64_t *at)
{
	if (i >= p->n || !offset_of(p, i, at))
		return false;
	*id = p->ids + (size_t)i * p->hash;
	return true;
}

/** The bytes of an id behind its first one, as a number: in one bucket of the fan they tell nearly all apart. */
static uint32_t second(const uint8_t *id)
{
	return u32(id + 1);
}

bool git_pack_find(const struct git_pack *p, const uint8_t *id, uint64_t *at)
{
	uint32_t lo = id[0] ? u32(p->fan + 4 * (id[0] - 1)) : 0, hi = u32(p->fan + 4 * id[0]);
	const uint32_t want = second(id);
	uint64_t low = 0, high = (uint64_t)UINT32_MAX + 1; /* what stands before lo, and at hi */
	for (int tries = 0; lo < hi; tries++) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (tries < GUESSES && want >= low && want < high) /* ids are hashes, spread evenly: it stands about there */
			mid = lo + (uint32_t)((hi - lo) * (want - low) / (high - low));
		const uint8_t *row = p->ids + (size_t)mid * p->hash;
		uint32_t is = second(row);
		int c = is == want ? memcmp(row, id, p->hash) : is < want ? -1 : 1;
		if (c == 0)
			return offset_of(p, mid, at);
		if (c < 0) {
			lo = mid + 1;
			low = is;
		} else {
			hi = mid;
			high = is;
		}
	}
	return false;
}

/* ---- entries ---------------------------------------------------------------------------------------------------------- */

/** A size in groups of seven bits, the lowest first; `shift` bits of it are there already. */
static bool more_size(const uint8_t **p, const uint8_t *end, unsigned shift, uint64_t *size)
{
	uint8_t c;
	do {
		if (*p == end || shift > 56)
			return false;
		c = *(*p)++;
		*size |= (uint64_t)(c & 0x7f) << shift;
		shift += 7;
	} while (c & 0x80);
	return true;
}

/** How far before the delta its base begins: groups of seven bits, the highest first, each but the last one too small by one. */
static bool distance(const uint8_t **p, const uint8_t *end, uint64_t *out)
{
	uint64_t d = 0;
	uint8_t c;
	do {
		if (*p == end || d >> 56)
			return false;
		c = *(*p)++;
		d = d << 7 | (c & 0x7f);
		d += c >> 7;
	} while (c & 0x80);
	*out = d;
	return true;
}

static bool find_base(const struct git_pack *p, unsigned type, uint64_t at, const uint8_t **from, const uint8_t *end, uint64_t *base)
{
	uint64_t back = 0;
	if (type == OFS_DELTA) {
		*base = distance(from, end, &back) && back > 0 && back < at ? at - back : 0;
		return *base > 0;
	}
	if (end - *from < p->hash || !git_pack_find(p, *from, base))
		return false;
	*from += p->hash;
	return true;
}

bool git_pack_entry_at(const struct git_pack *p, uint64_t at, struct git_pack_entry *out)
{
	const uint8_t *end = p->pack + p->pack_n - p->hash;
	if (at < PACK_HEAD || at >= p->pack_n - p->hash)
		return false;
	const uint8_t *from = p->pack + at;
	struct git_pack_entry e = { .kind = GIT_MISSING };
	uint8_t c = *from++;
	unsigned type = c >> 4 & 7;
	uint64_t size = c & 15;
	if ((c & 0x80) && !more_size(&from, end, 4, &size))
		return false;
	if (type >= GIT_COMMIT && type <= GIT_TAG)
		e.kind = (enum git_kind)type;
	else if ((type != OFS_DELTA && type != REF_DELTA) || !find_base(p, type, at, &from, end, &e.base))
		return false;
	e.size = (size_t)size;
	e.data = from;
	e.data_n = (size_t)(end - from);
	*out = e;
	return true;
}

/* ---- deltas ----------------------------------------------------------------------------------------------------------- */

bool git_delta_sizes(slu_str delta, size_t *base_n, size_t *out_n, slu_str *ops)
{
	const uint8_t *p = (const uint8_t *)delta.p, *end = p + delta.n;
	uint64_t base = 0, out = 0;
	if (!more_size(&p, end, 0, &base) || !more_size(&p, end, 0, &out))
		return false;
	*base_n = (size_t)base;
	*out_n = (size_t)out;
	*ops = (slu_str){ (const char *)p, (size_t)(end - p) };
	return true;
}

/** The little-endian number whose bytes `mask` says are there. */
static bool operand(const uint8_t **p, const uint8_t *end, unsigned mask, size_t *out)
{
	size_t v = 0;
	for (unsigned i = 0; mask >> i; i++) {
		if (!(mask >> i & 1))
			continue;
		if (*p == end)
			return false;
		v |= (size_t)*(*p)++ << (8 * i);
	}
	*out = v;
	return true;
}

bool git_delta_apply(char *out, size_t out_n, slu_str base, slu_str ops)
{
	const uint8_t *p = (const uint8_t *)ops.p, *end = p + ops.n;
	size_t done = 0;
	while (p < end) {
		uint8_t op = *p++;
		const char *from = (const char *)p;
		size_t at = 0, n = op;
		if (op & 0x80) { /* a piece of the base */
			if (!operand(&p, end, op & 15, &at) || !operand(&p, end, op >> 4 & 7, &n))
				return false;
			n = n ? n : DELTA_COPY_MAX;
			if (at > base.n || n > base.n - at)
				return false;
			from = base.p + at;
		} else { /* bytes that follow; 0 is not used */
			if (n == 0 || n > (size_t)(end - p))
				return false;
			p += n;
		}
		if (n > out_n - done)
			return false;
		memcpy(out + done, from, n);
		done += n;
	}
	return done == out_n;
}
