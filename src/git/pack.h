/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A pack and its index (version 2, SHA-1 or SHA-256), as bytes. Any bytes are safe: what cannot be told from them is answered
 * with false, and the caller asks somebody else.
 *
 * Objects are not hashed again: whoever wrote the index (git index-pack, before anything of a push is judged) has computed each
 * id from the very bytes that are read here, and nobody but the server writes to these folders.
 */
#ifndef GIT_PACK_H
#define GIT_PACK_H
#include "git/object.h"

struct git_pack {
	const uint8_t *pack, *idx; /* not owned */
	size_t pack_n, idx_n;
	const uint8_t *fan, *ids, *near, *far; /* of the index; `far`: offsets that need 64 bits */
	size_t far_n;
	uint32_t n;    /* objects */
	uint8_t hash;  /* bytes of an id: 20 or 32 */
};
/** @return false: they are no pack and index, or not of each other */
bool git_pack_parse(struct git_pack *out, const uint8_t *pack, size_t pack_n, const uint8_t *idx, size_t idx_n, uint8_t hash);
/** Where the object with this id begins. */
bool git_pack_find(const struct git_pack *p, const uint8_t *id, uint64_t *at);

/** The object at place `i` of the index, in the order of ids. */
bool git_pack_nth(const struct git_pack *p, uint32_t i, const uint8_t **id, uint64_t *at);

/** What stands at an offset. */
struct git_pack_entry {
	enum git_kind kind; /* GIT_MISSING: a delta on the object at `base`, which is in the same pack */
	uint64_t base;
	size_t size;        /* inflated; of a delta its own, not the object's */
	const uint8_t *data;
	size_t data_n;      /* up to the end of the pack: how much is used is known when it is inflated */
};
bool git_pack_entry_at(const struct git_pack *p, uint64_t at, struct git_pack_entry *out);

/** The sizes that an inflated delta begins with: of what it is for, and of what it makes. *ops is the rest. */
bool git_delta_sizes(slu_str delta, size_t *base_n, size_t *out_n, slu_str *ops);
/** Make `out` of exactly out_n bytes. */
bool git_delta_apply(char *out, size_t out_n, slu_str base, slu_str ops);
#endif
