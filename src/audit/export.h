/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The log as text, which needs neither server nor database to be verified: a line for each event, a blank line, the signed head, a blank
 * line, and the hash of each leaf as the tree has it. The hashes are believed only when they give the root that was signed; then
 * they tell which line is not what was recorded.
 */
#ifndef AUDIT_EXPORT_H
#define AUDIT_EXPORT_H
#include "audit/tree.h"

struct aud_export {
	const aud_hash *leaf; /* of the lines, in the arena */
	size_t leaf_n;
	const aud_hash *kept; /* those at its end; none: a head and nothing after it */
	size_t kept_n;
	slu_str head; /* the signed note; points into the text */
};

/** A line that stands for a leaf that the reader may not see: "#" and its hash. Adds no line end. */
void aud_export_hash_line(slu_buf *out, const aud_hash *leaf);
/** @return SLU_OK, SLU_E_CORRUPT: a line that is no event and no hash */
slu_rc aud_export_read(struct aud_export *out, slu_arena *a, slu_str text, slu_err *err);
/** The root of the first `n` lines. */
void aud_export_root(aud_hash *out, const struct aud_export *e, size_t n);
/**
 * Which event differs from the tree of the signed `root`, and how. Only when the lines do not give that root.
 * @param seq  the event; 0: the place cannot be told
 * @return a sentence
 */
const char *aud_export_differs(uint64_t *seq, slu_arena *a, const struct aud_export *e, const aud_hash *root);
#endif
