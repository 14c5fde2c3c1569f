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

enum { GIT_OWN_FILE_ORDER = 0x01020304 /* numbers are the machine's own; a file of another kind of machine is none */ };

/** A file's form: a header, then so many parts whose sizes the header tells. In the header stands the CRC-32 of the whole file, counted with 0 in its own place. */
struct git_own_form {
	const char *name; /* "/history" */
	size_t header, sum_at, parts; /* bytes; how many */
};

/** @return NULL: there is none, or its sum is wrong; else munmap *size bytes */
const uint8_t *git_own_file_map(const char *common, const struct git_own_form *f, size_t *size);
/** Where each part begins. @return false: they do not end where the bytes do */
bool git_own_file_parts(const uint8_t **p, const struct git_own_form *f, const uint64_t *part_n, const uint8_t *bytes, size_t size);
/** Do n + 1 places go up from 0 to the end? */
bool git_own_file_goes_up(const uint32_t *at, size_t n, uint64_t end);
/**
 * Write it in the place of what is there, whole or not at all: beside it, and renamed. Only one writes at a time; what a killed one left is taken away when it is old. Nothing is written
 * over GIT_OWN_FILE_MAX bytes. Its sum is put into the header.
 */
void git_own_file_write(const char *common, const struct git_own_form *f, void *header, const void *const *part, const uint64_t *part_n);
#endif
