/* SPDX-License-Identifier: Apache-2.0 */
/* What is staged, judged as if it were committed. */
#include "cmd/check.h"
#include "cmd/records.h"
#include "cmd/staged.h"

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
	struct pol_file *file = NULL;
	size_t n = 0;
	SLU_TRY(cmd_staged_files(k->c, &file, &n, err));
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
