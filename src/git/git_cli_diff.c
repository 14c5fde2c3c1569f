/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two commits or trees, for people and as a patch-id. */
#include "git/git_cli_impl.h"

enum {
	COUNTED_MAX = 3000,                 /* files whose lines are counted and shown: a small pack can name a million */
	PATCH_ID_BYTES = 16 * 1024 * 1024   /* of a patch that is told again by its id */
};
#define DIFF_OPTIONS "--no-ext-diff", "--no-textconv", "--no-color", "-r", "-M"

/** ":100644 100644 OLD NEW R100": the letter, and the blob that is shown. */
static void meta_of(slu_str meta, struct port_git_diff_file *f)
{
	slu_str field[5] = { 0 };
	for (size_t i = 0; i < 5 && slu_str_split(&meta, ' ', &field[i]); i++)
		;
	f->status = field[4].n ? field[4].p[0] : 'M';
	f->blob = slu_oid_zero();
	if (slu_oid_parse(&f->blob, field[f->status == 'D' ? 2 : 3], NULL) != SLU_OK)
		f->blob = slu_oid_zero();
}

static bool renamed(char status)
{
	return status == 'R' || status == 'C';
}

/** The names: one record a file, NUL-separated. */
static void raw_part(slu_arena *a, slu_str *text, size_t *n, struct port_git_diff_file **files)
{
	SLU_LIST(struct port_git_diff_file) list = { 0 };
	slu_str token = { 0 };
	while (text->n && text->p[0] == ':' && slu_str_split(text, 0, &token)) {
		struct port_git_diff_file f = { .added = -1, .removed = -1 };
		meta_of(token, &f);
		(void)slu_str_split(text, 0, &f.old_path);
		f.new_path = f.old_path;
		if (renamed(f.status))
			(void)slu_str_split(text, 0, &f.new_path);
		*SLU_ADD(a, &list) = f;
	}
	*files = list.v;
	*n = list.n;
}

static void count_of(slu_str *text, int64_t *out)
{
	slu_str field = { 0 };
	uint64_t v = 0;
	(void)slu_str_split(text, '\t', &field);
	if (slu_parse_u64(&v, field, NULL) == SLU_OK && v <= INT64_MAX)
		*out = (int64_t)v;
}

/** "3\t1\tPATH\0", of renames "3\t1\t\0OLD\0NEW\0", in the order of the names; "-" for binary files. */
static void numbers_part(slu_str *text, struct port_git_diff_file *f, size_t n)
{
	for (size_t i = 0; i < n && text->n; i++) {
		slu_str skip = { 0 };
		count_of(text, &f[i].added);
		count_of(text, &f[i].removed);
		(void)slu_str_split(text, 0, &skip);
		if (renamed(f[i].status)) {
			(void)slu_str_split(text, 0, &skip);
			(void)slu_str_split(text, 0, &skip);
		}
	}
}

/** Where the next "diff --git" line begins after the first byte; the end when there is none. No line of a patch's content begins so. */
static size_t next_patch(slu_str text)
{
	const char *p = text.n > 1 ? memmem(text.p + 1, text.n - 1, "\ndiff --git ", 12) : NULL;
	return p ? (size_t)(p + 1 - text.p) : text.n;
}

static void patch_part(slu_str text, bool cut, struct port_git_diff_file *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = text.n ? next_patch(text) : 0;
		if (f[i].status == 'T' && len < text.n) /* a changed type is shown as a deletion and an addition */
			len += next_patch((slu_str){ text.p + len, text.n - len });
		f[i].patch = (slu_str){ text.p, len };
		text.p += len;
		text.n -= len;
		f[i].cut = cut && text.n == 0;
		if (f[i].status == 'T')
			f[i].status = 'M';
		if (f[i].status == 'C')
			f[i].status = 'A';
	}
}

slu_rc git_cli_diff(port_git *base, slu_arena *a, const slu_oid *from, const slu_oid *to, size_t max_bytes, const struct port_git_diff_file **out, size_t *n, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	struct git_call names = GIT_CALL("diff-tree", DIFF_OPTIONS, "-z", "--raw", "--no-abbrev", from->hex, to->hex, "--");
	struct git_call numbers = GIT_CALL("diff-tree", DIFF_OPTIONS, "-z", "--numstat", from->hex, to->hex, "--");
	names.max_out = numbers.max_out = GIT_BIG_OUTPUT;
	slu_str text;
	SLU_TRY(git_cli_ok(g, a, &names, &text, err));
	struct port_git_diff_file *f = NULL;
	size_t count = 0;
	raw_part(a, &text, &count, &f);
	bool counted = count > 0 && count <= COUNTED_MAX;
	for (size_t i = 0; i < count; i++)
		f[i].cut = !counted;
	if (counted) {
		SLU_TRY(git_cli_ok(g, a, &numbers, &text, err));
		numbers_part(&text, f, count);
	}
	if (counted && max_bytes > 0) {
		struct git_call patch = GIT_CALL("diff-tree", DIFF_OPTIONS, "-p", "--full-index", from->hex, to->hex, "--");
		patch.max_out = max_bytes;
		int code = 0;
		slu_str errs, shown = { 0 };
		slu_err why = { 0 };
		slu_rc rc = git_cli_run(g, a, &patch, &shown, &code, &errs, &why);
		if (rc != SLU_OK && rc != SLU_E_LIMIT)
			return slu_fail(err, rc, "%s", why.text);
		patch_part(shown, rc == SLU_E_LIMIT, f, count);
	}
	*out = f;
	*n = count;
	return SLU_OK;
}

slu_rc git_cli_patch(port_git *base, slu_arena *a, const slu_oid *from, const slu_oid *to, bool mail, size_t max_bytes, slu_str *out, slu_err *err)
{
	struct git_call diff = GIT_CALL("diff-tree", DIFF_OPTIONS, "-p", "--full-index", "--binary", from->hex, to->hex, "--");
	struct git_call range = GIT_CALL("format-patch", "--stdout", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index", "--binary", slu_printf(a, "%s..%s", from->hex, to->hex), "--");
	struct git_call alone = GIT_CALL("format-patch", "--stdout", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index", "--binary", "-1", to->hex, "--");
	struct git_call *c = !mail ? &diff : slu_oid_is_zero(from) ? &alone : &range;
	c->max_out = max_bytes;
	return git_cli_ok(git_cli_of(base), a, c, out, err);
}

slu_rc git_cli_archive(port_git *base, slu_arena *a, const slu_oid *commit, bool zip, slu_str prefix, size_t max_bytes, slu_str *out, slu_err *err)
{
	struct git_call c = GIT_CALL("archive", zip ? "--format=zip" : "--format=tar.gz", slu_printf(a, "--prefix=%.*s", SLU_FMT(prefix)), commit->hex);
	c.max_out = max_bytes;
	return git_cli_ok(git_cli_of(base), a, &c, out, err);
}

slu_rc git_cli_patch_id(port_git *base, slu_arena *a, const slu_oid *from, const slu_oid *tip, slu_oid *out, slu_err *err)
{
	struct git_cli *g = git_cli_of(base);
	slu_str patch, text, id = { 0 };
	struct git_call diff = GIT_CALL("diff-tree", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "-r", "-p", "--full-index", "--binary", from->hex, tip->hex, "--");
	diff.max_out = PATCH_ID_BYTES;
	SLU_TRY(git_cli_ok(g, a, &diff, &patch, err));
	slu_oid result = slu_oid_zero();
	if (patch.n) {
		struct git_call call = GIT_CALL("patch-id", "--verbatim"); /* blanks are meaning: to a Makefile, to Python */
		call.input = patch;
		SLU_TRY(git_cli_ok(g, a, &call, &text, err));
		(void)slu_str_split(&text, ' ', &id);
		SLU_TRY(slu_oid_parse(&result, id, err));
	}
	*out = result;
	return SLU_OK;
}
