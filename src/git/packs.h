/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The objects in the packs of one folder, for reading many of them: each is inflated by libdeflate, once as long as it is kept
 * among those read lately. What is not told here (not in these packs, damaged, too large, deltas too deep) is for the caller
 * to ask of somebody slower. One handle, one thread at a time.
 */
#ifndef GIT_PACKS_H
#define GIT_PACKS_H
#include "git/pack.h"

typedef struct git_packs git_packs;
/**
 * The packs below an `objects` folder as they are now; NULL when there is none.
 * @param whole  false: there is a pack that could not be opened, so what is not found here may be in it. NULL: nobody asks
 */
git_packs *git_packs_open(const char *objects, uint8_t hash, bool *whole);
/** Over bytes in memory (not copied); for tests. */
git_packs *git_packs_from(const struct git_pack *pack, size_t n);
/** The same packs for another thread, which ends first; nothing is mapped twice. */
git_packs *git_packs_again(const git_packs *p);
void git_packs_close(git_packs *p); /* NULL is fine; every object must have been let go */

/** An object that is held: good until it is let go. */
struct git_packed {
	enum git_kind kind;
	slu_str bytes;
};
/** @param id  as many bytes as an id has here. NULL: it cannot be told here */
struct git_packed *git_packs_hold(git_packs *p, const uint8_t *id);
void git_packed_drop(struct git_packed *o); /* NULL is fine */
/**
 * For one that will hardly be asked for again: read past those that are kept. Its bytes are good until the next one is read so.
 * @return false: it is a delta, or cannot be told here; git_packs_hold may know more
 */
bool git_packs_read(git_packs *p, const uint8_t *id, enum git_kind *kind, slu_str *bytes);
/** Does an index name it? That does not say that it can be read. */
bool git_packs_has(git_packs *p, const uint8_t *id);
/** Its size, without making it. */
bool git_packs_size(git_packs *p, const uint8_t *id, size_t *out);

/** A commit or tag that is larger than `max`. */
struct git_large {
	const uint8_t *id;   /* as long as the packs are open; NULL: there is none */
	enum git_kind kind;  /* GIT_MISSING: not to be told, nor is the size */
	size_t size;         /* 0: more than is inflated to learn it */
};
/** Looks at each object of these packs; whole ones by their head alone. One that cannot be told is given too. */
void git_packs_large(git_packs *p, size_t max, struct git_large *out);
#endif
