/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a range of commits brings. Trees are read raw: libgit2 keeps raw bytes of small objects, and a parsed
 * object would take the place of its bytes there; neighbours in a history share their trees, so most reads end in that cache.
 */
#include "git/git_lg2_impl.h"

#include "base/limits.h"

enum { TREE_DEPTH = 256, PARENTS = 64, ID_BYTES = GIT_OID_RAWSZ };

/** A tree's bytes, and the entry that is looked at. */
struct tree {
	git_odb_object *o; /* NULL: an empty tree */
	const char *at, *end;
};
struct entry {
	slu_str name; /* n == 0: there is none */
	uint32_t mode;
	git_oid id;
};
struct files {
	struct git_lg2 *g;
	slu_arena *a;
	SLU_LIST(struct pol_file) list;
	slu_oid commit;
	git_oid other[PARENTS]; /* trees of further parents */
	size_t other_n;
};

static bool is_tree(const struct entry *e)
{
	return (e->mode & 0170000) == 0040000;
}

static bool is_blob(const struct entry *e)
{
	return (e->mode & 0170000) == 0100000 || (e->mode & 0170000) == 0120000;
}

static slu_rc tree_open(struct tree *t, struct git_lg2 *g, const git_oid *id, slu_err *err)
{
	git_odb_object *o = NULL;
	int rc = git_odb_read(&o, g->odb, id);
	if (rc != 0)
		return git_lg2_fail(err, rc, git_lg2_hex(id).hex);
	if (git_odb_object_type(o) != GIT_OBJECT_TREE) {
		git_odb_object_free(o);
		return slu_fail(err, SLU_E_CORRUPT, "Object %s is no tree.", git_lg2_hex(id).hex);
	}
	const char *p = git_odb_object_data(o);
	*t = (struct tree){ o, p, p + git_odb_object_size(o) };
	return SLU_OK;
}

static void tree_close(struct tree *t)
{
	git_odb_object_free(t->o);
}

/** The next entry: "MODE NAME\0" and the bytes of an id; name.n == 0 at the end. */
static slu_rc tree_next(struct tree *t, struct entry *e, slu_err *err)
{
	*e = (struct entry){ 0 };
	if (t->at == t->end)
		return SLU_OK;
	uint32_t mode = 0;
	const char *p = t->at;
	for (; p < t->end && *p >= '0' && *p <= '7' && mode < 0100000u * 8; p++)
		mode = mode * 8 + (uint32_t)(*p - '0');
	const char *nul = p < t->end && *p == ' ' ? memchr(p, 0, (size_t)(t->end - p)) : NULL;
	if (!nul || nul == p + 1 || t->end - nul <= ID_BYTES)
		return slu_fail(err, SLU_E_CORRUPT, "A tree is not as Git writes it: %s.", git_lg2_hex(git_odb_object_id(t->o)).hex);
	e->name = (slu_str){ p + 1, (size_t)(nul - p - 1) };
	e->mode = mode;
	memcpy(e->id.id, nul + 1, ID_BYTES);
	t->at = nul + 1 + ID_BYTES;
	return SLU_OK;
}

/** Git's order: by bytes, a folder as if its name ended with '/'. No entry comes last. */
static int order(const struct entry *x, const struct entry *y)
{
	if (x->name.n == 0 || y->name.n == 0)
		return (x->name.n == 0) - (y->name.n == 0);
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int d = memcmp(x->name.p, y->name.p, n);
	if (d != 0)
		return d;
	unsigned char cx = n < x->name.n ? (unsigned char)x->name.p[n] : is_tree(x) ? '/' : 0;
	unsigned char cy = n < y->name.n ? (unsigned char)y->name.p[n] : is_tree(y) ? '/' : 0;
	return (int)cx - (int)cy;
}

/* ---- a merge's other parents ------------------------------------------------------------------------------------------ */

static slu_rc find(struct git_lg2 *g, const git_oid *tree, slu_str name, struct entry *out, slu_err *err)
{
	struct tree t = { 0 };
	SLU_TRY(tree_open(&t, g, tree, err));
	slu_rc rc;
	do
		rc = tree_next(&t, out, err);
	while (rc == SLU_OK && out->name.n > 0 && !slu_str_eq(out->name, name));
	tree_close(&t);
	return rc;
}

/** What a tree has at a path; mode 0: nothing. The name is not to be looked at. */
static slu_rc at_path(struct git_lg2 *g, const git_oid *root, slu_str path, struct entry *out, slu_err *err)
{
	slu_str part;
	git_oid at = *root;
	struct entry e = { 0 };
	while (slu_str_split(&path, '/', &part)) {
		SLU_TRY(find(g, &at, part, &e, err));
		if (e.name.n == 0 || (path.n > 0 && !is_tree(&e))) {
			e = (struct entry){ 0 };
			break;
		}
		at = e.id;
	}
	*out = e;
	out->name = (slu_str){ 0 };
	return SLU_OK;
}

/** A merge brings only what none of its other parents has at this path. */
static slu_rc other_has(struct files *f, slu_str path, const struct entry *now, bool *out, slu_err *err)
{
	*out = false;
	for (size_t i = 0; i < f->other_n && !*out; i++) {
		struct entry e;
		SLU_TRY(at_path(f->g, &f->other[i], path, &e, err));
		*out = e.mode ? now && git_oid_equal(&e.id, &now->id) : now == NULL;
	}
	return SLU_OK;
}

/* ---- two trees -------------------------------------------------------------------------------------------------------- */

static slu_rc add_file(struct files *f, const char *path, const struct entry *now, slu_err *err)
{
	bool has = false;
	SLU_TRY(other_has(f, slu_s(path), now, &has, err));
	if (has)
		return SLU_OK;
	struct pol_file x = { .path = slu_s(path), .blob = slu_oid_zero(), .size = -1, .commit = f->commit };
	if (now && is_blob(now)) {
		size_t len = 0;
		git_object_t type;
		int rc = git_odb_read_header(&len, &type, f->g->odb, &now->id);
		if (rc != 0)
			return git_lg2_fail(err, rc, path);
		x.blob = git_lg2_hex(&now->id);
		x.size = (int64_t)len;
	}
	*SLU_ADD(f->a, &f->list) = x;
	return SLU_OK;
}

static slu_rc tree_pair(struct files *f, const git_oid *was, const git_oid *now, const char *folder, unsigned depth, slu_err *err);

/** The same name on both sides, or on one (the other is NULL). */
static slu_rc entry_pair(struct files *f, const struct entry *was, const struct entry *now, const char *folder, unsigned depth, slu_err *err)
{
	if (was && now && was->mode == now->mode && git_oid_equal(&was->id, &now->id))
		return SLU_OK;
	const char *path = slu_printf(f->a, "%s%.*s", folder, SLU_FMT((now ? now : was)->name));
	if (is_tree(now ? now : was)) /* in Git's order a folder meets folders only */
		return tree_pair(f, was ? &was->id : NULL, now ? &now->id : NULL, slu_printf(f->a, "%s/", path), depth + 1, err);
	return add_file(f, path, now, err);
}

static slu_rc along(struct files *f, struct tree *was, struct tree *now, const char *folder, unsigned depth, slu_err *err)
{
	struct entry x, y;
	SLU_TRY(tree_next(was, &x, err));
	SLU_TRY(tree_next(now, &y, err));
	while (x.name.n > 0 || y.name.n > 0) {
		int d = order(&x, &y);
		SLU_TRY(entry_pair(f, d <= 0 ? &x : NULL, d >= 0 ? &y : NULL, folder, depth, err));
		if (d <= 0)
			SLU_TRY(tree_next(was, &x, err));
		if (d >= 0)
			SLU_TRY(tree_next(now, &y, err));
	}
	return SLU_OK;
}

/** NULL: an empty tree. */
static slu_rc tree_pair(struct files *f, const git_oid *was, const git_oid *now, const char *folder, unsigned depth, slu_err *err)
{
	struct tree a = { 0 }, b = { 0 };
	if (depth > TREE_DEPTH)
		return slu_fail(err, SLU_E_LIMIT, "Folders are nested deeper than %d in %s.", TREE_DEPTH, f->commit.hex);
	if (was && now && git_oid_equal(was, now))
		return SLU_OK;
	slu_rc rc = was ? tree_open(&a, f->g, was, err) : SLU_OK;
	if (rc == SLU_OK && now)
		rc = tree_open(&b, f->g, now, err);
	if (rc == SLU_OK)
		rc = along(f, &a, &b, folder, depth, err);
	tree_close(&a);
	tree_close(&b);
	return rc;
}

/* ---- commits ---------------------------------------------------------------------------------------------------------- */

static slu_rc tree_of(struct git_lg2 *g, const slu_oid *commit, git_oid *out, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_commit c;
	SLU_TRY(git_lg2_commit(&g->cli.base, a, commit, &c, err));
	return git_lg2_oid(out, &c.tree) ? SLU_OK : slu_fail(err, SLU_E_CORRUPT, "Commit %s names no tree.", commit->hex);
}

static slu_rc commit_files(struct files *f, const slu_oid *id, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_commit c;
	git_oid now, was;
	SLU_TRY(git_lg2_commit(&f->g->cli.base, a, id, &c, err));
	if (!git_lg2_oid(&now, &c.tree))
		return slu_fail(err, SLU_E_CORRUPT, "Commit %s names no tree.", id->hex);
	f->commit = *id;
	f->other_n = 0;
	if (c.parent_n > 0)
		SLU_TRY(tree_of(f->g, &c.parent[0], &was, err));
	for (size_t i = 1; i < c.parent_n && f->other_n < PARENTS; i++)
		SLU_TRY(tree_of(f->g, &c.parent[i], &f->other[f->other_n++], err));
	return tree_pair(f, c.parent_n ? &was : NULL, &now, "", 0, err);
}

slu_rc git_lg2_files(port_git *base, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	struct files f = { .g = lg2_of(base), .a = a };
	const slu_oid *commit = NULL;
	size_t commit_n = 0;
	SLU_TRY(git_cli_range(base, a, tip, not_, not_n, SLU_MAX_PUSH_COMMITS, &commit, &commit_n, err));
	for (size_t i = 0; i < commit_n; i++)
		SLU_TRY(commit_files(&f, &commit[i], err));
	*out = f.list.v;
	*n = f.list.n;
	return SLU_OK;
}
