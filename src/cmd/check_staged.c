/* SPDX-License-Identifier: Apache-2.0 */
/* What is staged: the files by which the index differs from the commit that it stands on. */
#include "cmd/check.h"
#include "cmd/records.h"

/* Files of ":100644 100644 OLD NEW M" NUL PATH NUL …; symbolic links count, submodules do not. */
static slu_rc read_raw(struct check *k, slu_str text, struct pol_file **out, size_t *n, slu_err *err)
{
	SLU_LIST(struct pol_file) list = { 0 };
	slu_str meta, path, word[5];
	while (slu_str_split(&text, 0, &meta) && slu_str_split(&text, 0, &path)) {
		size_t w = 0;
		while (w < 5 && slu_str_split(&meta, ' ', &word[w]))
			w++;
		if (w < 5)
			return slu_fail(err, SLU_E_INTERNAL, "git diff-index gave a line that is not understood.");
		if (slu_str_starts(word[1], "100") || slu_str_starts(word[1], "120")) {
			struct pol_file *f = SLU_ADD(k->c->a, &list);
			*f = (struct pol_file){ .path = path, .size = -1, .commit = slu_oid_zero() };
			SLU_TRY(slu_oid_parse(&f->blob, word[3], err));
		}
	}
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* Without a commit yet, everything that is in the index is new. */
static slu_rc read_index(struct check *k, slu_str *raw, slu_err *err)
{
	const char *const head[] = { "rev-parse", "--verify", "--quiet", "HEAD^{commit}", NULL };
	const char *const tree[] = { "hash-object", "-t", "tree", "--stdin", NULL };
	slu_str base;
	if (cmd_git(k->c, NULL, head, true, &base, NULL) != SLU_OK)
		SLU_TRY(cmd_git_fed(k->c, tree, SLU_STR(""), &base, err));
	const char *const diff[] = { "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules", base.p, "--", NULL };
	return cmd_git(k->c, NULL, diff, false, raw, err);
}

static slu_rc add_sizes(struct check *k, struct pol_file *f, size_t n, slu_err *err)
{
	const char *const sizes[] = { "cat-file", "--batch-check=%(objectsize)", NULL };
	slu_auto_buf ids;
	slu_str text, line;
	uint64_t size;
	slu_buf_init(&ids, (n + 1) * (SLU_OID_TEXT + 1));
	for (size_t i = 0; i < n; i++)
		slu_buf_addf(&ids, "%s\n", f[i].blob.hex);
	SLU_TRY(cmd_git_fed(k->c, sizes, slu_buf_str(&ids), &text, err));
	for (size_t i = 0; i < n && slu_str_split(&text, '\n', &line); i++)
		if (slu_parse_u64(&size, line, NULL) == SLU_OK && size <= INT64_MAX)
			f[i].size = (int64_t)size;
	return SLU_OK;
}

static slu_rc judge(struct check *k, struct pol_verdict *v, slu_err *err)
{
	slu_str raw;
	const char *top; /* a bare repository has no index, which to Git is as good as an empty one */
	struct pol_file *file = NULL;
	size_t n = 0;
	SLU_TRY(cmd_worktree(k->c, &top, err));
	SLU_TRY(read_index(k, &raw, err));
	SLU_TRY(read_raw(k, raw, &file, &n, err));
	if (n && k->o.strategy->files.max_size)
		SLU_TRY(add_sizes(k, file, n, err));
	struct app_offline_files all = { file, n };
	k->o.ctx.files = slu_map_new(k->c->a);
	slu_map_put(k->o.ctx.files, slu_s(slu_oid_zero().hex), &all);
	slu_rc rc = pol_judge_staged(v, k->a, k->o.strategy, &k->o.facts, k->o.now_s, err);
	k->o.ctx.files = NULL;
	return rc;
}

int check_staged(struct check *k)
{
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	if (judge(k, &v, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	return check_add(k, (struct check_subject){ .kind = "staged", .name = "files", .title = "", .commit = slu_oid_zero() }, &v);
}
