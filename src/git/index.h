/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The index of a work tree (gitformat-index(5), versions 2 to 4), read to be sure of one thing: that nothing is changed. Any bytes are safe;
 * what cannot be told from them is left to git.
 */
#ifndef GIT_INDEX_H
#define GIT_INDEX_H
#include "base/oid.h"

#include <limits.h>
#include <stdint.h>

struct git_index {
	slu_str text;     /* borrowed */
	size_t at;        /* where the next entry begins; after the last one, the extensions */
	uint32_t version, left;
	uint8_t hash;     /* bytes of an id: 20 or 32 */
	char name[PATH_MAX]; /* of the last entry that was read */
	size_t name_n;
};
struct git_index_entry {
	uint32_t ctime_s, ctime_ns, mtime_s, mtime_ns, ino, mode, uid, gid, size;
	const unsigned char *id;
	bool settled;     /* of a merge without a conflict, and not only announced */
	bool assumed;     /* git is told not to look at the file */
	bool sparse;      /* there is no file, and none is missed */
	const char *path; /* until the next entry is read */
};
/** @return false: it is of no form that is read here */
bool git_index_open(struct git_index *x, slu_str text, uint8_t hash);
/** The next entry, in order of paths. @return false: there is none, and x->left is 0; or it is damaged */
bool git_index_next(struct git_index *x, struct git_index_entry *out);
/** Of all entries together, when git has noted it. Only after the last one. @return false: it is not known, or something there changes what the entries mean */
bool git_index_tree(const struct git_index *x, slu_oid *out);

/**
 * Whether every file below `work_tree` stands as the index of `git_dir` last saw it, and the index holds `tree`.
 * @return false: something is changed, or only git can tell
 */
bool git_index_clean(const char *git_dir, const char *work_tree, const slu_oid *tree);
#endif
