/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/tree.h"

#include <sodium.h>

void aud_leaf_hash(aud_hash *out, slu_str leaf)
{
	static const unsigned char mark = 0;
	crypto_hash_sha256_state s;
	(void)crypto_hash_sha256_init(&s);
	(void)crypto_hash_sha256_update(&s, &mark, 1);
	(void)crypto_hash_sha256_update(&s, (const unsigned char *)leaf.p, leaf.n);
	(void)crypto_hash_sha256_final(&s, out->b);
}

void aud_node_hash(aud_hash *out, const aud_hash *left, const aud_hash *right)
{
	unsigned char both[1 + 2 * AUD_HASH_BYTES] = { 1 };
	memcpy(both + 1, left->b, AUD_HASH_BYTES);
	memcpy(both + 1 + AUD_HASH_BYTES, right->b, AUD_HASH_BYTES);
	(void)crypto_hash_sha256(out->b, both, sizeof both);
}

bool aud_hash_eq(const aud_hash *a, const aud_hash *b)
{
	return memcmp(a->b, b->b, AUD_HASH_BYTES) == 0;
}

char *aud_hash_hex(const aud_hash *h, char buf[2 * AUD_HASH_BYTES + 1])
{
	return sodium_bin2hex(buf, 2 * AUD_HASH_BYTES + 1, h->b, AUD_HASH_BYTES);
}

slu_rc aud_append(struct aud_frontier *f, const aud_hash *leaf, aud_write_fn *write, void *ctx, slu_err *err)
{
	if (f->size >= INT64_MAX)
		return slu_fail(err, SLU_E_LIMIT, "The audit tree is full: it holds at most 9223372036854775807 events.");
	aud_hash node = *leaf;
	unsigned level = 0;
	SLU_TRY(write(ctx, level, f->size, &node, err));
	/* like a carry in binary addition: a set bit is a complete left sibling */
	for (; f->size >> level & 1; ) {
		aud_node_hash(&node, &f->node[level], &node);
		level++;
		SLU_TRY(write(ctx, level, f->size >> level, &node, err));
	}
	f->node[level] = node;
	f->size++;
	return SLU_OK;
}

void aud_root(aud_hash *out, const struct aud_frontier *f)
{
	if (f->size == 0) {
		(void)crypto_hash_sha256(out->b, NULL, 0);
		return;
	}
	unsigned level = (unsigned)__builtin_ctzll(f->size);
	aud_hash root = f->node[level];
	for (level++; level < AUD_LEVELS; level++)
		if (f->size >> level & 1)
			aud_node_hash(&root, &f->node[level], &root);
	*out = root;
}

slu_rc aud_frontier_load(struct aud_frontier *out, uint64_t size, aud_read_fn *read, void *ctx, slu_err *err)
{
	struct aud_frontier f = { .size = size };
	if (size > INT64_MAX)
		return slu_fail(err, SLU_E_INVALID, "An audit tree has no %llu leaves.", (unsigned long long)size);
	for (unsigned level = 0; level < AUD_LEVELS; level++)
		if (size >> level & 1) /* the node before those that the lower bits stand for */
			SLU_TRY(read(ctx, level, (size >> level) - 1, &f.node[level], err));
	*out = f;
	return SLU_OK;
}

/* Largest power of two below n; n >= 2. */
static uint64_t split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/*
 * Root of the leaves [from, to). RFC 9162 splits so that `from` is a multiple of the power of two that is not less
 * than to - from: hence its complete parts are stored nodes, one for each bit of to - from.
 */
static slu_rc range_root(aud_hash *out, uint64_t from, uint64_t to, aud_read_fn *read, void *ctx, slu_err *err)
{
	aud_hash root = { { 0 } };
	uint64_t n = to - from, end = to;
	bool first = true;
	for (unsigned level = 0; level < AUD_LEVELS; level++) {
		aud_hash node;
		if (!(n >> level & 1))
			continue;
		end -= UINT64_C(1) << level;
		SLU_TRY(read(ctx, level, end >> level, &node, err));
		if (first)
			root = node;
		else
			aud_node_hash(&root, &node, &root);
		first = false;
	}
	*out = root;
	return SLU_OK;
}

/* Both proofs are found from the root downwards and written from the leaf upwards. */
static void reverse(struct aud_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		aud_hash h = p->hash[i];
		p->hash[i] = p->hash[p->n - 1 - i];
		p->hash[p->n - 1 - i] = h;
	}
}

slu_rc aud_inclusion(struct aud_proof *out, uint64_t index, uint64_t size, aud_read_fn *read, void *ctx, slu_err *err)
{
	struct aud_proof p = { .n = 0 };
	uint64_t from = 0, to = size;
	if (index >= size || size > INT64_MAX)
		return slu_fail(err, SLU_E_INVALID, "There is no leaf %llu in a tree of %llu.", (unsigned long long)index, (unsigned long long)size);
	while (to - from > 1) {
		uint64_t middle = from + split(to - from);
		aud_hash *h = &p.hash[p.n++];
		if (index < middle) {
			SLU_TRY(range_root(h, middle, to, read, ctx, err));
			to = middle;
		} else {
			SLU_TRY(range_root(h, from, middle, read, ctx, err));
			from = middle;
		}
	}
	reverse(&p);
	*out = p;
	return SLU_OK;
}

slu_rc aud_consistency(struct aud_proof *out, uint64_t from, uint64_t to, aud_read_fn *read, void *ctx, slu_err *err)
{
	struct aud_proof p = { .n = 0 };
	uint64_t low = 0, high = to;
	if (from > to || to > INT64_MAX)
		return slu_fail(err, SLU_E_INVALID, "A tree of %llu leaves is no beginning of a tree of %llu.", (unsigned long long)from, (unsigned long long)to);
	while (from > 0 && from != high) {
		uint64_t middle = low + split(high - low);
		aud_hash *h = &p.hash[p.n++];
		if (from <= middle) {
			SLU_TRY(range_root(h, middle, high, read, ctx, err));
			high = middle;
		} else {
			SLU_TRY(range_root(h, low, middle, read, ctx, err));
			low = middle;
		}
	}
	if (from > 0 && low > 0) /* else the verifier knows it: it is the earlier root itself */
		SLU_TRY(range_root(&p.hash[p.n++], low, high, read, ctx, err));
	reverse(&p);
	*out = p;
	return SLU_OK;
}
