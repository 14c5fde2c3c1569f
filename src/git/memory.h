/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What one replay has read of a history, kept for the next: sluice/history in the repository's common folder.
 *
 * It holds what lies in the objects and nothing that was made of it: ids, trees, times and parents of commits, parents first; first lines of
 * messages, as far as they were asked for; tag objects whole. Objects never change, so nothing in it can be out of date, and what is
 * not in it is read where it always was. No strategy, ref or option has a part in it.
 *
 * Any bytes on disk are safe: a file that is damaged, of another form or larger than GIT_OWN_FILE_MAX is as none, and is made anew.
 */
#ifndef GIT_MEMORY_H
#define GIT_MEMORY_H
#include "base/map.h"
#include "git/graph.h"
#include "git/id_table.h"
#include "port/git.h"

enum { GIT_MEMORY_LEAST = 256 /* commits: fewer are read sooner than looked up */, GIT_MEMORY_LINE = 4096, GIT_MEMORY_TAG = 65536 };

typedef struct git_memory {
	uint32_t n, parent_n, tag_n;
	uint8_t hash;              /* bytes of an id */
	const int64_t *time_s;
	const uint32_t *parent_at, *parent; /* as of struct port_git_topology */
	const uint32_t *line_at, *tag_at;   /* n + 1, tag_n + 1 places: where each begins in `lines` and `tags` */
	const uint8_t *id, *tree, *tag_id;  /* tag ids ascending */
	const char *lines;         /* each ended by a line feed; of no length: not known */
	const char *tags;          /* each ended by a NUL */
	uint64_t lines_n, tags_n;
	/* of one that is open */
	const uint8_t *map;
	size_t size;
	struct git_id_table place; /* of each id */
} git_memory;

/** Look at a file's bytes, aligned for 8; its checksum is not looked at. @return false: they are none that can be used */
bool git_memory_parse(git_memory *out, const uint8_t *bytes, size_t size);
/** @param common  the repository's common folder @return NULL: there is none that can be used */
git_memory *git_memory_open(const char *common, uint8_t hash);
void git_memory_close(git_memory *m); /* NULL is fine */
bool git_memory_find(const git_memory *m, const struct git_raw *id, uint32_t *place);
/** First line of a message, without its end. @return false: it is not known */
bool git_memory_line(const git_memory *m, uint32_t place, slu_str *out);
/** A tag object's bytes; a NUL stands behind them. @return false: it is not there */
bool git_memory_tag(const git_memory *m, const struct git_raw *id, slu_str *out);
/**
 * Write what the first part of `m` says in the place of what is there, whole or not at all. What cannot be written is not: a folder that is
 * read only, a full disk, or somebody else who writes now. A file that a killed writer left is taken away when it is old.
 */
void git_memory_write(const char *common, const git_memory *m);
/**
 * The same of what was read now, where that is news enough.
 * @param old      what was remembered when it began; NULL: nothing
 * @param tags     objects of tags by id: slu_str
 * @param message  of each commit of `t`; p NULL: not known
 */
void git_memory_keep(const char *common, uint8_t hash, const git_memory *old, const slu_map *tags, const struct port_git_topology *t, const slu_str *message);
#endif
