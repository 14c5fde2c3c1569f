/* SPDX-License-Identifier: Apache-2.0 */
/** For tests: all commits of a list, one after the other, by one handle. */
#ifndef TEST_GIT_EACH_H
#define TEST_GIT_EACH_H
#include "port/git.h"

static inline slu_rc git_each(port_git *g, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, port_git_each *take, void *ctx, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const port_git_list *list;
	size_t n;
	SLU_TRY(g->ops->order(g, a, tip, tip_n, not_, not_n, &list, &n, err));
	return g->ops->read(g, list, 0, n, take, ctx, err);
}
#endif
