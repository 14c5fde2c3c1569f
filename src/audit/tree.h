/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Merkle tree over the events, as RFC 9162 section 2.1 has it, with SHA-256.
 *
 * A node is named by its level and its index on that level: (0, i) is leaf i, (l, j) covers the leaves
 * j * 2^l up to (j + 1) * 2^l. Only complete nodes are stored, and a stored node never changes: appending leaf i emits
 * (0, i), and (l, i >> l) for every l where leaf i is the last one below it. That is less than two nodes per leaf in all.
 * Every root and every proof, also those of earlier sizes, is computed from stored nodes: at most 2 * 63 reads.
 * Nothing here keeps state: the store reads and writes nodes through the two callbacks.
 */
#ifndef AUDIT_TREE_H
#define AUDIT_TREE_H
#include "base/str.h"

enum {
	AUD_HASH_BYTES = 32,
	AUD_LEVELS = 63,     /* sizes stay below 2^63, as databases count */
	AUD_PROOF_MAX = 64   /* hashes in the longest proof */
};

typedef struct aud_hash {
	unsigned char b[AUD_HASH_BYTES];
} aud_hash;

/** The complete nodes that end a tree of `size` leaves: node[l] is meant when bit l of size is set. All zero: an empty tree. */
struct aud_frontier {
	uint64_t size;
	aud_hash node[AUD_LEVELS];
};

struct aud_proof {
	size_t n;
	aud_hash hash[AUD_PROOF_MAX];
};

/** Keep node (level, index). A failure ends the append; the same nodes come again when it is tried again. */
typedef slu_rc aud_write_fn(void *ctx, unsigned level, uint64_t index, const aud_hash *node, slu_err *err);
/** Fetch node (level, index), which was emitted before. */
typedef slu_rc aud_read_fn(void *ctx, unsigned level, uint64_t index, aud_hash *node, slu_err *err);

/** SHA-256(0x00 || leaf). */
void aud_leaf_hash(aud_hash *out, slu_str leaf);
/** SHA-256(0x01 || left || right). */
void aud_node_hash(aud_hash *out, const aud_hash *left, const aud_hash *right);
bool aud_hash_eq(const aud_hash *a, const aud_hash *b);
/** 64 lower-case hex digits. Returns buf. */
char *aud_hash_hex(const aud_hash *h, char buf[2 * AUD_HASH_BYTES + 1]);

/**
 * Add one leaf. O(log n) at worst, O(1) on average.
 * @param f     changed on success only
 * @param leaf  its leaf hash
 * @return SLU_OK; SLU_E_LIMIT at 2^63 - 1 leaves; what `write` returned
 */
slu_rc aud_append(struct aud_frontier *f, const aud_hash *leaf, aud_write_fn *write, void *ctx, slu_err *err);
/** Root of the whole tree; SHA-256 of nothing for an empty one. */
void aud_root(aud_hash *out, const struct aud_frontier *f);
/** The frontier of the first `size` leaves, from stored nodes: after a restart, or to look at an earlier tree. */
slu_rc aud_frontier_load(struct aud_frontier *out, uint64_t size, aud_read_fn *read, void *ctx, slu_err *err);

/**
 * Proof that leaf `index` is in the tree of the first `size` leaves (RFC 9162 section 2.1.3.1).
 * @return SLU_OK; SLU_E_INVALID unless index < size < 2^63; what `read` returned
 */
slu_rc aud_inclusion(struct aud_proof *out, uint64_t index, uint64_t size, aud_read_fn *read, void *ctx, slu_err *err);
/**
 * Proof that the tree of `from` leaves is a beginning of the tree of `to` leaves (section 2.1.4.1). Empty when from is 0 or `to`.
 * @return SLU_OK; SLU_E_INVALID unless from <= to < 2^63; what `read` returned
 */
slu_rc aud_consistency(struct aud_proof *out, uint64_t from, uint64_t to, aud_read_fn *read, void *ctx, slu_err *err);

/**
 * Check a proof of inclusion (section 2.1.3.2). Needs no database.
 * @return SLU_OK: the leaf is in the tree with this root; SLU_E_CORRUPT: the proof does not show it
 */
slu_rc aud_inclusion_verify(uint64_t index, uint64_t size, const aud_hash *leaf, const struct aud_proof *proof, const aud_hash *root, slu_err *err);
/** Check a proof of consistency (section 2.1.4.2): SLU_OK, SLU_E_CORRUPT. */
slu_rc aud_consistency_verify(uint64_t from, const aud_hash *from_root, uint64_t to, const aud_hash *to_root, const struct aud_proof *proof, slu_err *err);
#endif
