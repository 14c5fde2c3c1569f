/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Commits as they were read, for a while: where the order of a history had to be found by its objects they need not be read again.
 * Only so many bytes are kept; what comes later is not. Filled by one thread; then any number may look.
 */
#ifndef GIT_KEPT_H
#define GIT_KEPT_H
#include "git/graph.h"

typedef struct git_kept git_kept;
git_kept *git_kept_new(size_t max_bytes);
void git_kept_free(git_kept *k); /* NULL is fine */
/** `bytes` are copied. An id comes once. */
void git_kept_add(git_kept *k, const struct git_raw *id, slu_str bytes);
/** p NULL: it is not kept. @param k  NULL: nothing is */
slu_str git_kept_find(const git_kept *k, const struct git_raw *id);
#endif
