/* SPDX-License-Identifier: Apache-2.0 */
/* Verification of proofs, as RFC 9162 words it; the names fn and sn are the RFC's. */
#include "audit/tree.h"

#include <sodium.h>

static slu_rc not_shown(slu_err *err, const char *what)
{
	return slu_fail(err, SLU_E_CORRUPT, "%s", what);
}

slu_rc aud_inclusion_verify(uint64_t index, uint64_t size, const aud_hash *leaf, const struct aud_proof *proof, const aud_hash *root, slu_err *err)
{
	if (index >= size)
		return not_shown(err, "The proof is for a leaf behind the end of the tree.");
	uint64_t fn = index, sn = size - 1;
	aud_hash r = *leaf;
	for (size_t i = 0; i < proof->n; i++) {
		if (sn == 0)
			return not_shown(err, "The proof of inclusion is too long for its place in the tree.");
		if ((fn & 1) || fn == sn) {
			aud_node_hash(&r, &proof->hash[i], &r);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			aud_node_hash(&r, &r, &proof->hash[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return not_shown(err, "The proof of inclusion is too short for its place in the tree.");
	if (!aud_hash_eq(&r, root))
		return not_shown(err, "The proof of inclusion leads to another root: the event, its place or the tree is not what was recorded.");
	return SLU_OK;
}

/* The sizes are equal, or the earlier one is 0: nothing is to be hashed. */
static slu_rc verify_trivial(uint64_t from, const aud_hash *from_root, uint64_t to, const aud_hash *to_root, const struct aud_proof *proof, slu_err *err)
{
	aud_hash empty;
	(void)crypto_hash_sha256(empty.b, NULL, 0);
	if (from > to)
		return not_shown(err, "The earlier tree is larger than the later one.");
	if (proof->n > 0)
		return not_shown(err, "The proof of consistency is too long for its sizes.");
	if ((from == 0 && !aud_hash_eq(from_root, &empty)) || (to == 0 && !aud_hash_eq(to_root, &empty)))
		return not_shown(err, "The root of a tree without leaves is not the hash of nothing.");
	if (from == to && !aud_hash_eq(from_root, to_root))
		return not_shown(err, "Two trees of the same size have different roots: the history was changed.");
	return SLU_OK;
}

slu_rc aud_consistency_verify(uint64_t from, const aud_hash *from_root, uint64_t to, const aud_hash *to_root, const struct aud_proof *proof, slu_err *err)
{
	if (from == 0 || from >= to)
		return verify_trivial(from, from_root, to, to_root, proof, err);
	size_t at = 0;
	aud_hash fr;
	if ((from & (from - 1)) == 0) /* the earlier tree is one complete node of the later one, and not repeated in the proof */
		fr = *from_root;
	else if (proof->n > 0)
		fr = proof->hash[at++];
	else
		return not_shown(err, "The proof of consistency is empty.");
	uint64_t fn = from - 1, sn = to - 1;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	aud_hash sr = fr;
	for (; at < proof->n; at++) {
		const aud_hash *c = &proof->hash[at];
		if (sn == 0)
			return not_shown(err, "The proof of consistency is too long for its sizes.");
		if ((fn & 1) || fn == sn) {
			aud_node_hash(&fr, c, &fr);
			aud_node_hash(&sr, c, &sr);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			aud_node_hash(&sr, &sr, c);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return not_shown(err, "The proof of consistency is too short for its sizes.");
	if (!aud_hash_eq(&fr, from_root) || !aud_hash_eq(&sr, to_root))
		return not_shown(err, "The proof of consistency leads to other roots: the later tree is not a continuation of the earlier one.");
	return SLU_OK;
}
