/* SPDX-License-Identifier: Apache-2.0 */
/* History: ancestors, merge bases, ranges, and the files that a range brings. Walked here; by git where a clone is shallow. */
#include "base/limits.h"
#include "git/git_cli_impl.h"

slu_rc git_cli_is_ancestor(port_git *base, const slu_oid *anc, const slu_oid *of, bool *out, slu_err *err)
{
	git_walk *w = git_cli_walk(git_cli_of(base));
	if (w)
		return git_walk_is_ancestor(w, anc, of, out, err);
	slu_auto_arena *a = slu_arena_new();
	slu_str text, errs;
	int code = 0;
	struct git_call c = GIT_CALL("merge-base", "--is-ancestor", anc->hex, of->hex);
	SLU_TRY(git_cli_run(git_cli_of(base), a, &c, &text, &code, &errs, err));
	if (code > 1)
		return git_cli_fail("merge-base", errs, err);
	*out = code == 0;
	return SLU_OK;
}

static slu_rc oid_lines(slu_arena *a, slu_str text, const slu_oid **out, size_t *n, slu_err *err)
{
	SLU_LIST(slu_oid) list = { 0 };
	slu_str line;
	while (slu_str_split(&text, '\n', &line))
		SLU_TRY(slu_oid_parse(SLU_ADD(a, &list), line, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc git_cli_merge_bases(port_git *base, slu_arena *a, const slu_oid *x, const slu_oid *y, const slu_oid **out, size_t *n, slu_err *err)
{
	git_walk *w = git_cli_walk(git_cli_of(base));
	if (w)
		return git_walk_merge_bases(w, a, x, y, out, n, err);
	slu_str text, errs;
	int code = 0;
	struct git_call c = GIT_CALL("merge-base", "--all", x->hex, y->hex);
	SLU_TRY(git_cli_run(git_cli_of(base), a, &c, &text, &code, &errs, err));
	if (code > 1)
		return git_cli_fail("merge-base", errs, err);
	return oid_lines(a, text, out, n, err);
}

slu_rc git_cli_ahead_behind(port_git *base, const slu_oid *x, const slu_oid *from, uint64_t *ahead, uint64_t *behind, slu_err *err)
{
	git_walk *w = git_cli_walk(git_cli_of(base));
	if (w)
		return git_walk_ahead_behind(w, x, from, ahead, behind, err);
	slu_auto_arena *a = slu_arena_new();
	struct git_call c = GIT_CALL("rev-list", "--left-right", "--count", slu_printf(a, "%s...%s", x->hex, from->hex), "--");
	slu_str text, left = { 0 };
	SLU_TRY(git_cli_ok(git_cli_of(base), a, &c, &text, err));
	uint64_t l = 0, r = 0;
	text = slu_str_trim(text);
	(void)slu_str_split(&text, '\t', &left);
	SLU_TRY(slu_parse_u64(&l, left, err));
	SLU_TRY(slu_parse_u64(&r, text, err));
	*ahead = l;
	*behind = r;
	return SLU_OK;
}

static slu_rc range_text(struct git_cli *g, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, slu_str *out, slu_err *err)
{
	slu_auto_buf in;
	slu_buf_init(&in, (not_n + 2) * (SLU_OID_TEXT + 2));
	slu_buf_addf(&in, "%s\n", tip->hex);
	for (size_t i = 0; i < not_n; i++)
		if (!slu_oid_is_zero(&not_[i]))
			slu_buf_addf(&in, "^%s\n", not_[i].hex);
	struct git_call c = GIT_CALL("rev-list", slu_printf(a, "--max-count=%zu", max + 1), "--stdin");
	c.input = slu_buf_str(&in);
	c.max_out = (max + 2) * SLU_OID_TEXT;
	slu_str text;
	SLU_TRY(git_cli_ok(g, a, &c, &text, err));
	size_t lines = 0;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	if (lines > max)
		return slu_fail(err, SLU_E_LIMIT, "There are more than %zu commits in this range.", max);
	*out = text;
	return SLU_OK;
}

slu_rc git_cli_range(port_git *base, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	git_walk *w = git_cli_walk(git_cli_of(base));
	if (w)
		return git_walk_range(w, a, tip, not_, not_n, max, out, n, err);
	slu_str text;
	SLU_TRY(range_text(git_cli_of(base), a, tip, not_, not_n, max, &text, err));
	return oid_lines(a, text, out, n, err);
}

slu_rc git_cli_touching(port_git *base, slu_arena *a, const slu_oid *tip, slu_str path, size_t max, const slu_oid **out, size_t *n, slu_err *err)
{
	*out = NULL;
	*n = 0;
	if (!git_path_ok(path))
		return SLU_OK;
	struct git_call c = GIT_CALL("--literal-pathspecs", "rev-list", slu_printf(a, "--max-count=%zu", max), tip->hex, "--", slu_str_dup(a, path));
	c.max_out = (max + 1) * SLU_OID_TEXT;
	slu_str text;
	SLU_TRY(git_cli_ok(git_cli_of(base), a, &c, &text, err));
	return oid_lines(a, text, out, n, err);
}

/* ---- files ------------------------------------------------------------------------------------------------------------- */

/** By ":100644 100644 OLD NEW M" or "::100644 100644 100644 OLD OLD NEW MM". */
static struct pol_file new_file(slu_str meta, slu_oid commit)
{
	struct pol_file f = { .blob = slu_oid_zero(), .size = -1, .commit = commit };
	size_t parents = 0;
	while (parents < meta.n && meta.p[parents] == ':')
		parents++;
	meta.p += parents;
	meta.n -= parents;
	slu_str field;
	slu_oid got;
	bool file = false;
	for (size_t i = 0; slu_str_split(&meta, ' ', &field); i++) {
		if (i == parents) {
			file = slu_str_starts(field, "100") || slu_str_starts(field, "120");
			f.submodule = slu_str_starts(field, "160");
		}
		if (i == 2 * parents + 1 && file && slu_oid_parse(&got, field, NULL) == SLU_OK)
			f.blob = got;
	}
	return f;
}

/** Sizes of all blobs, each asked for once in a row of equal ones. */
static slu_rc sizes(struct git_cli *g, struct pol_file *f, size_t n, slu_err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (slu_oid_is_zero(&f[i].blob))
			continue;
		struct git_info info;
		SLU_TRY(git_cli_info(g, slu_s(f[i].blob.hex), &info, err));
		if (info.kind == GIT_BLOB)
			f[i].size = (int64_t)info.size;
	}
	return SLU_OK;
}

static slu_str lines_of(slu_arena *a, const slu_oid *id, size_t n)
{
	size_t width = strlen(id[0].hex);
	char *p = slu_alloc(a, n * (width + 1));
	for (size_t i = 0; i < n; i++) {
		memcpy(p + i * (width + 1), id[i].hex, width);
		p[i * (width + 1) + width] = '\n';
	}
	return (slu_str){ p, n * (width + 1) };
}

slu_rc git_cli_files_of(port_git *base, slu_arena *a, const slu_oid *commit, size_t commit_n, bool sized, const struct pol_file **out, size_t *n, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	slu_str text = { 0 }, token = { 0 };
	/* -c: of a merge only what differs from all its parents, so what the merge itself brings */
	struct git_call c = GIT_CALL("diff-tree", "--stdin", "-r", "-z", "--root", "-c", "--no-renames", "--raw", "--no-abbrev");
	SLU_LIST(struct pol_file) list = { 0 };
	slu_oid at = slu_oid_zero();
	c.max_out = GIT_BIG_OUTPUT;
	if (commit_n > 0) {
		c.input = lines_of(a, commit, commit_n);
		SLU_TRY(git_cli_ok(g, a, &c, &text, err));
	}
	while (slu_str_split(&text, 0, &token)) {
		if (token.n && token.p[0] == ':') {
			struct pol_file f = new_file(token, at);
			if (!slu_str_split(&text, 0, &f.path))
				break;
			*SLU_ADD(a, &list) = f;
		} else if (token.n) {
			SLU_TRY(slu_oid_parse(&at, token, err));
		}
	}
	if (sized)
		SLU_TRY(sizes(g, list.v, list.n, err));
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

slu_rc git_cli_files(port_git *base, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	const slu_oid *commit = NULL;
	size_t commit_n = 0;
	SLU_TRY(git_cli_range(base, a, tip, not_, not_n, SLU_MAX_PUSH_COMMITS, &commit, &commit_n, err));
	return git_cli_files_of(base, a, commit, commit_n, true, out, n, err);
}
