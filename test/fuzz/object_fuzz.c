/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits and tags of any bytes: no crash; the reader for many (git_commit_head_parse) says of a commit what the reader for one says, and
 * a tag names what its first line does, as for Git. Requirement: BR-3, CM-1
 */
#include "git/object.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void same(slu_arena *a, const struct git_commit_head *h, slu_str raw, const slu_oid *id)
{
	struct pol_commit c = { .parent_n = 0 };
	must(git_commit_view(&c, a, id, raw, NULL) == SLU_OK);
	struct git_commit_head other = git_commit_head_of(a, &c);
	must(other.parent_n == h->parent_n && other.time_s == h->time_s && memcmp(&other.tree, &h->tree, sizeof h->tree) == 0);
	for (size_t i = 0; i < h->parent_n; i++)
		must(memcmp(&other.parent[i], &h->parent[i], sizeof h->parent[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slu_auto_arena *a = slu_arena_new();
	slu_str raw = { slu_str_dup(a, (slu_str){ (const char *)data, size }), size };
	slu_oid id = slu_oid_zero();
	struct git_commit_head h;
	struct git_tag_raw t;
	for (size_t id_n = 20; id_n <= 32; id_n += 12)
		if (git_commit_head_parse(&h, a, raw, id_n))
			same(a, &h, raw, &id);
	if (slu_str_starts(raw, "object ") && git_tag_parse(&t, a, &id, raw, NULL) == SLU_OK) {
		slu_str rest = raw, line;
		slu_oid first;
		(void)slu_str_split(&rest, '\n', &line);
		if (slu_oid_parse(&first, (slu_str){ line.p + strlen("object "), line.n - strlen("object ") }, NULL) == SLU_OK)
			must(slu_oid_eq(&first, &t.object));
	}
	return 0;
}
