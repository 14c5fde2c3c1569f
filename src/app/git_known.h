/* SPDX-License-Identifier: Apache-2.0 */
/** Inside of the Git half of the facts: what was asked before, and what a push brings that the repository never had. */
#ifndef APP_GIT_KNOWN_H
#define APP_GIT_KNOWN_H
#include "app/git_facts.h"

/** Refs below a prefix, listed once for each context that has an arena. */
slu_rc app_git_refs(struct app_git_facts *g, slu_arena *a, const char *prefix, const struct port_git_ref **out, size_t *n, slu_err *err);
/**
 * The fact `range`. A commit that the repository did not have before the push is on none of its branches: such commits are
 * walked here, object by object, and Git is asked only whether the stored commits that they stand on are covered by `not_`,
 * once for each set of them. What cannot be told so is asked of Git as a whole.
 */
slu_rc app_git_range(struct app_git_facts *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err);
/** The fact `files`; the same question again has the same answer. */
slu_rc app_git_files(struct app_git_facts *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err);
/** The fact `secrets`: each blob is looked through once. */
slu_rc app_git_secrets(struct app_git_facts *g, slu_arena *a, const struct pol_file *file, size_t file_n, const struct pol_secret **out, size_t *n, slu_err *err);
#endif
