/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/staged.h"

#include "cmd/records.h"

/* ":100644 100644 OLD NEW M" NUL PATH NUL … */
static slu_rc read_raw(struct cmd_ctx *c, slu_str text, struct pol_file **out, size_t *n, slu_err *err)
{
	SLU_LIST(struct pol_file) list = { 0 };
	slu_str meta, path, word[5];
	while (slu_str_split(&text, 0, &meta) && slu_str_split(&text, 0, &path)) {
		size_t w = 0;
		while (w < 5 && slu_str_split(&meta, ' ', &word[w]))
			w++;
		if (w < 5)
			return slu_fail(err, SLU_E_INTERNAL, "git diff-index gave a line that is not understood.");
		bool submodule = slu_str_starts(word[1], "160");
		if (submodule || slu_str_starts(word[1], "100") || slu_str_starts(word[1], "120")) {
			struct pol_file *f = SLU_ADD(c->a, &list);
			*f = (struct pol_file){ .path = path, .blob = slu_oid_zero(), .size = -1, .commit = slu_oid_zero(), .submodule = submodule };
			if (!submodule)
				SLU_TRY(slu_oid_parse(&f->blob, word[3], err));
		}
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc cmd_staged_files(struct cmd_ctx *c, struct pol_file **out, size_t *n, slu_err *err)
{
	const char *const head[] = { "rev-parse", "--verify", "--quiet", "HEAD^{commit}", NULL };
	const char *const tree[] = { "hash-object", "-t", "tree", "--stdin", NULL };
	const char *top; /* a bare repository has no index, which to Git is as good as an empty one */
	slu_str base, raw;
	SLU_TRY(cmd_worktree(c, &top, err));
	if (cmd_git(c, NULL, head, true, &base, NULL) != SLU_OK) /* without a commit yet, everything that is in the index is new */
		SLU_TRY(cmd_git_fed(c, tree, SLU_STR(""), &base, err));
	const char *const diff[] = { "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=dirty", base.p, "--", NULL };
	SLU_TRY(cmd_git(c, NULL, diff, false, &raw, err));
	return read_raw(c, raw, out, n, err);
}
