/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All objects of a repository, read in this process: packs and loose files of its own folder, of a push's quarantine, and of the
 * folders that these borrow from (info/alternates). For reading many; one handle, one thread at a time.
 *
 * Any bytes on disk are safe: what cannot be told from them is left to the caller, who asks git. Objects are not hashed again.
 */
#ifndef GIT_OBJECTS_H
#define GIT_OBJECTS_H
#include "git/packs.h"

typedef struct git_objects git_objects;
/** @param folder  its `objects` folders, the first ones looked into first @param hash  bytes of an id: 20 or 32 */
git_objects *git_objects_open(const char *const *folder, size_t n, uint8_t hash);
/** For another thread, which ends first. */
git_objects *git_objects_again(const git_objects *o);
void git_objects_close(git_objects *o); /* NULL is fine; every object must have been let go */

enum git_told {
	GIT_TOLD,
	GIT_ABSENT, /* it is in none of the folders */
	GIT_UNREAD, /* it is in a pack: damaged there, or too large for here */
	GIT_UNTOLD  /* a damaged or too large file, a form that is not read here, or a pack has just come */
};
/** An object that is held: good until it is let go. A NUL stands behind the bytes. */
struct git_found {
	enum git_kind kind;
	slu_str bytes;
	struct git_packed *packed;
	char *own;
};
enum git_told git_objects_hold(git_objects *o, const struct git_raw *id, struct git_found *out);
/** The same of an object that will hardly be asked for again; it is good until the next one is taken so. */
enum git_told git_objects_pass(git_objects *o, const struct git_raw *id, struct git_found *out);
void git_found_drop(struct git_found *f); /* all zero is fine */

/** A loose object's file. @return false: it is none, or larger than SLU_MAX_BLOB_BYTES */
bool git_loose_read(struct git_found *out, const uint8_t *file, size_t n);
/** The folders that such a file names, one by one; relative ones begin at `base`. @return false at the end; *odd: one is written in a way that is not read here */
bool git_alternate_next(slu_str *rest, slu_str *folder, bool *odd);
#endif
