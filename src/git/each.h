/* SPDX-License-Identifier: Apache-2.0 */
/** Which commits `each` of port/git.h gives, and in which order; for the adapters. */
#ifndef GIT_EACH_H
#define GIT_EACH_H
#include "git/git_cli_impl.h"

slu_rc git_each_order(struct git_cli *g, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const struct git_raw **out, size_t *n, slu_err *err);
#endif
