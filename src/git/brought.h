/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which files each commit of a history changes, as `files_of` told it once: sluice/files in the repository's common folder. Like what git/memory.h keeps it is in the objects and never
 * changes: no strategy has a part in it. What is not in it is read where it always was.
 *
 * Any bytes on disk are safe: a file that is damaged, of another form or too large is as none.
 */
#ifndef GIT_BROUGHT_H
#define GIT_BROUGHT_H
#include "base/arena.h"
#include "git/graph.h"
#include "port/git.h"

/** The file's parts. */
struct git_brought_view {
	uint32_t n, file_n, path_n;          /* commits, files that they change, different paths */
	uint8_t hash;
	const int64_t *size;                 /* of each file */
	const uint32_t *at;                  /* n + 1: where the files of a commit begin */
	const uint32_t *path, *path_at;      /* of each file its path; path_n + 1: where that begins in `paths` */
	const uint8_t *id, *blob, *kind;     /* of commits; of files: enum git_brought_kind */
	const char *paths;
	uint64_t paths_n;
};
enum git_brought_kind { GIT_BROUGHT_GONE, GIT_BROUGHT_FILE, GIT_BROUGHT_SUBMODULE, GIT_BROUGHT_KINDS };
/** Look at a file's bytes, aligned for 8; its checksum is not looked at. @return false: they are none that can be used */
bool git_brought_parse(struct git_brought_view *out, const uint8_t *bytes, size_t size);

typedef struct git_brought git_brought;
struct git_brought_list {
	struct pol_file *v;
	size_t n, cap;
};
/** @param common  the repository's common folder; where nothing was left it begins empty */
git_brought *git_brought_open(const char *common, uint8_t hash);
void git_brought_close(git_brought *b); /* NULL is fine */
/** Is it known what this commit changes? Then its files, sizes too, are added to the list; their paths live as long as `b`. */
bool git_brought_find(git_brought *b, slu_arena *a, const slu_oid *commit, struct git_brought_list *to);
/** What was read. */
void git_brought_add(git_brought *b, const slu_oid *commit, const struct pol_file *file, size_t n);
/** Those that are known beside those that are read now, in the order of the commits, with their sizes. @param g  of git_cli */
slu_rc git_brought_files_of(git_brought *b, port_git *g, slu_arena *a, const slu_oid *commit, size_t n, const struct pol_file **out, size_t *out_n, slu_err *err);
/** Leave for the next what was found and added, where that is news enough; what was not asked for goes. */
void git_brought_keep(git_brought *b, const char *common);
#endif
