/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files that commands keep for the next ones, in the folder `sluice` of a repository's common folder. What is in them can be read anew: one that cannot be written is not, and one that is
 * damaged is as none.
 */
#ifndef GIT_OWN_FILE_H
#define GIT_OWN_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GIT_OWN_FILE_MAX = 512 * 1024 * 1024 };

/** @param name  "/history" @param least  bytes, at least @return NULL: there is none of such a size; else munmap it */
const uint8_t *git_own_file_map(const char *common, const char *name, size_t least, size_t *size);

struct git_own_part {
	const void *bytes;
	uint64_t n;
};
/** CRC-32 of them, one behind the other. */
uint32_t git_own_file_sum(const struct git_own_part *part, size_t n);
/**
 * Write them in the place of what is there, whole or not at all: beside it, and renamed. Only one writes at a time; what a killed one left is taken away when it is old. Nothing is written
 * over GIT_OWN_FILE_MAX bytes.
 */
void git_own_file_write(const char *common, const char *name, const struct git_own_part *part, size_t n);
#endif
