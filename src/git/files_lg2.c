/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a range of commits brings. Each tree is compared with its parent's, down into the folders that differ. Neighbours in a
 * history share their trees, so each is mostly read once: those read lately are kept where they are read.
 */
#include "git/git_lg2_impl.h"

#include "base/limits.h"

enum { TREE_DEPTH = 256, PARENTS = 64, PATH_BYTES = 1024 * 1024, ID_BYTES = GIT_OID_RAWSZ };

/** A tree's bytes, and the entry that is looked at. */
struct tree {
	struct git_held held; /* nothing: an empty tree */
	const char *at, *end;
};
struct entry {
	slu_str name; /* n == 0: there is none */
	uint32_t mode;
	const char *id; /* ID_BYTES of them, in the tree's bytes */
};
struct passed {
	struct tree tree; /* at NULL: there is none */
	git_oid id;
};
struct files {
	struct git_lg2 *g;
	slu_arena *a;
	SLU_LIST(struct pol_file) list;
	size_t looked, path_bytes; /* entries that differ from their neighbours; names in the list */
	slu_oid commit;
	git_oid other[PARENTS]; /* trees of further parents */
	size_t other_n;
	slu_buf path;   /* of the entry that is looked at */
	struct passed passed[TREE_DEPTH];
	git_oid parent; /* the first one of the commit before: mostly the commit that comes next */
	struct git_commit_head parent_head;
};

static bool is_tree(const struct entry *e)
{
	return (e->mode & 0170000) == 0040000;
}

static bool is_submodule(const struct entry *e)
{
	return (e->mode & 0170000) == 0160000;
}

static bool is_blob(const struct entry *e)
{
	return (e->mode & 0170000) == 0100000 || (e->mode & 0170000) == 0120000;
}

static git_oid id_of(const struct entry *e)
{
	git_oid id;
	memcpy(id.id, e->id, ID_BYTES);
	return id;
}

static slu_rc tree_open(struct tree *t, struct git_lg2 *g, const git_oid *id, slu_err *err)
{
	struct git_held h;
	SLU_TRY(git_lg2_hold(&h, g, id, err));
	if (h.kind != GIT_TREE) {
		git_lg2_drop(&h);
		return slu_fail(err, SLU_E_CORRUPT, "Object %s is no tree.", git_lg2_hex(id).hex);
	}
	*t = (struct tree){ h, h.bytes.p, h.bytes.p + h.bytes.n };
	return SLU_OK;
}

static void tree_close(struct tree *t)
{
	git_lg2_drop(&t->held);
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
		return slu_fail(err, SLU_E_CORRUPT, "A tree is not as Git writes it, at its byte %zu.", (size_t)(t->at - t->held.bytes.p));
	e->name = (slu_str){ p + 1, (size_t)(nul - p - 1) };
	e->mode = mode;
	e->id = nul + 1;
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

static slu_rc find(struct git_lg2 *g, const git_oid *tree, slu_str name, uint32_t *mode, git_oid *id, slu_err *err)
{
	struct tree t = { 0 };
	struct entry e;
	SLU_TRY(tree_open(&t, g, tree, err));
	slu_rc rc;
	do
		rc = tree_next(&t, &e, err);
	while (rc == SLU_OK && e.name.n > 0 && !slu_str_eq(e.name, name));
	*mode = e.mode;
	if (rc == SLU_OK && e.name.n > 0)
		*id = id_of(&e);
	tree_close(&t);
	return rc;
}

/** What a tree has at a path; mode 0: nothing. */
static slu_rc at_path(struct git_lg2 *g, const git_oid *root, slu_str path, uint32_t *mode, git_oid *id, slu_err *err)
{
	slu_str part;
	*id = *root;
	*mode = 0;
	while (slu_str_split(&path, '/', &part)) {
		git_oid at = *id;
		SLU_TRY(find(g, &at, part, mode, id, err));
		if (*mode == 0 || path.n == 0)
			return SLU_OK;
		if ((*mode & 0170000) != 0040000) {
			*mode = 0;
			return SLU_OK;
		}
	}
	return SLU_OK;
}

/** A merge brings only what none of its other parents has at this path. */
static slu_rc other_has(struct files *f, slu_str path, const struct entry *now, bool *out, slu_err *err)
{
	*out = false;
	for (size_t i = 0; i < f->other_n && !*out; i++) {
		uint32_t mode;
		git_oid id;
		SLU_TRY(at_path(f->g, &f->other[i], path, &mode, &id, err));
		*out = mode ? now && memcmp(id.id, now->id, ID_BYTES) == 0 : now == NULL;
	}
	return SLU_OK;
}

/* ---- two trees -------------------------------------------------------------------------------------------------------- */

static slu_rc size_of(struct files *f, const git_oid *id, int64_t *out, slu_err *err)
{
	size_t n = 0;
	git_object_t type;
	if (!f->g->packs || !git_packs_size(f->g->packs, id->id, &n)) {
		int rc = git_odb_read_header(&n, &type, f->g->odb, id);
		if (rc != 0)
			return git_lg2_fail(err, rc, git_lg2_hex(id).hex);
	}
	*out = (int64_t)n;
	return SLU_OK;
}

/** The file at f->path; `now` NULL: it is there no more. */
static slu_rc add_file(struct files *f, const struct entry *now, slu_err *err)
{
	bool has = false;
	SLU_TRY(other_has(f, slu_buf_str(&f->path), now, &has, err));
	if (has)
		return SLU_OK;
	struct pol_file x = { .path = { slu_str_dup(f->a, slu_buf_str(&f->path)), f->path.n }, .blob = slu_oid_zero(), .size = -1, .commit = f->commit };
	x.submodule = now && is_submodule(now);
	if (now && is_blob(now)) {
		git_oid id = id_of(now);
		SLU_TRY(size_of(f, &id, &x.size, err));
		x.blob = git_lg2_hex(&id);
	}
	*SLU_ADD(f->a, &f->list) = x;
	f->path_bytes += f->path.n;
	return SLU_OK;
}

static slu_rc tree_pair(struct files *f, const git_oid *was, const git_oid *now, unsigned depth, slu_err *err);

static slu_rc folder_pair(struct files *f, const struct entry *was, const struct entry *now, unsigned depth, slu_err *err)
{
	git_oid x = was ? id_of(was) : (git_oid){ { 0 } }, y = now ? id_of(now) : (git_oid){ { 0 } };
	slu_buf_addc(&f->path, '/');
	return tree_pair(f, was ? &x : NULL, now ? &y : NULL, depth + 1, err);
}

/** Folders that have each other many times over make a million files out of a few bytes: nobody goes through all of them. */
static slu_rc bounded(struct files *f, slu_err *err)
{
	if (++f->looked <= SLU_MAX_PUSH_ENTRIES && f->list.n < SLU_MAX_PUSH_FILES && f->path_bytes < SLU_MAX_PUSH_PATHS)
		return SLU_OK;
	return slu_fail(err, SLU_E_LIMIT, "What is new up to %s changes more files than are looked at in one go: %u, or %u bytes of their names. Bring it in several pushes.", f->commit.hex, SLU_MAX_PUSH_FILES,
	                SLU_MAX_PUSH_PATHS);
}

/** The same name on both sides, or on one (the other is NULL). */
static slu_rc entry_pair(struct files *f, const struct entry *was, const struct entry *now, unsigned depth, slu_err *err)
{
	if (was && now && was->mode == now->mode && memcmp(was->id, now->id, ID_BYTES) == 0)
		return SLU_OK;
	SLU_TRY(bounded(f, err));
	size_t folder_n = f->path.n;
	slu_buf_addstr(&f->path, (now ? now : was)->name);
	/* in Git's order a folder meets folders only */
	slu_rc rc = is_tree(now ? now : was) ? folder_pair(f, was, now, depth, err) : add_file(f, now, err);
	if (f->path.over)
		return slu_fail(err, SLU_E_LIMIT, "A path in %s is longer than %d bytes.", f->commit.hex, PATH_BYTES);
	f->path.n = folder_n;
	return rc;
}

/** Pass over the entries that stand in both with the same bytes. Whether they are entries is looked at where they differ from something. */
static void skip_equal(struct tree *was, struct tree *now)
{
	size_t n = (size_t)(was->end - was->at), m = (size_t)(now->end - now->at), same = 0;
	n = n < m ? n : m;
	for (uint64_t x, y; same + sizeof x <= n; same += sizeof x) {
		memcpy(&x, was->at + same, sizeof x);
		memcpy(&y, now->at + same, sizeof y);
		if (x != y)
			break;
	}
	while (same < n && was->at[same] == now->at[same])
		same++;
	const char *end = now->at + same, *nul;
	while ((nul = memchr(now->at, 0, (size_t)(end - now->at))) && end - nul > ID_BYTES) {
		was->at += nul + 1 + ID_BYTES - now->at;
		now->at = nul + 1 + ID_BYTES;
	}
}

static slu_rc along(struct files *f, struct tree *was, struct tree *now, unsigned depth, slu_err *err)
{
	struct entry x, y;
	for (;;) {
		if (was->at && now->at)
			skip_equal(was, now);
		struct tree a = *was, b = *now;
		SLU_TRY(tree_next(&a, &x, err));
		SLU_TRY(tree_next(&b, &y, err));
		if (x.name.n == 0 && y.name.n == 0)
			return SLU_OK;
		int d = order(&x, &y);
		SLU_TRY(entry_pair(f, d <= 0 ? &x : NULL, d >= 0 ? &y : NULL, depth, err));
		if (d <= 0)
			was->at = a.at;
		if (d >= 0)
			now->at = b.at;
	}
}

/** The tree that was the older one at this depth before is mostly the newer one now: then it need not be looked for. */
static slu_rc newer(struct files *f, struct tree *t, const git_oid *id, unsigned depth, slu_err *err)
{
	struct passed *p = &f->passed[depth];
	if (!p->tree.at || !git_oid_equal(&p->id, id))
		return tree_open(t, f->g, id, err);
	*t = p->tree;
	t->at = t->held.bytes.p;
	*p = (struct passed){ .tree = { .at = NULL } };
	return SLU_OK;
}

/** NULL: an empty tree. */
static slu_rc tree_pair(struct files *f, const git_oid *was, const git_oid *now, unsigned depth, slu_err *err)
{
	struct tree a = { 0 }, b = { 0 };
	if (depth >= TREE_DEPTH)
		return slu_fail(err, SLU_E_LIMIT, "Folders are nested deeper than %d in %s.", TREE_DEPTH, f->commit.hex);
	if (was && now && git_oid_equal(was, now))
		return SLU_OK;
	slu_rc rc = now ? newer(f, &b, now, depth, err) : SLU_OK;
	if (rc == SLU_OK && was)
		rc = tree_open(&a, f->g, was, err);
	if (rc == SLU_OK)
		rc = along(f, &a, &b, depth, err);
	tree_close(&b);
	if (was && a.at) {
		tree_close(&f->passed[depth].tree);
		f->passed[depth] = (struct passed){ a, *was };
	}
	return rc;
}

/* ---- commits ---------------------------------------------------------------------------------------------------------- */

static slu_rc tree_of(struct files *f, slu_arena *a, const struct git_raw *commit, git_oid *out, slu_err *err)
{
	struct git_commit_head h;
	git_oid id = git_lg2_of_raw(commit);
	SLU_TRY(git_lg2_head(f->g, a, &id, &h, err));
	*out = git_lg2_of_raw(&h.tree);
	return SLU_OK;
}

static slu_rc head_of(struct files *f, slu_arena *a, const slu_oid *hex, struct git_commit_head *out, slu_err *err)
{
	git_oid id;
	if (!git_lg2_oid(&id, hex))
		return slu_fail(err, SLU_E_INVALID, "%s is no id of an object here.", hex->hex);
	if (!git_oid_equal(&id, &f->parent))
		return git_lg2_head(f->g, a, &id, out, err);
	*out = f->parent_head;
	return SLU_OK;
}

static slu_rc commit_files(struct files *f, slu_arena *a, const slu_oid *hex, slu_err *err)
{
	struct git_commit_head h;
	SLU_TRY(head_of(f, a, hex, &h, err));
	git_oid now = git_lg2_of_raw(&h.tree), was;
	f->commit = *hex;
	f->path.n = 0;
	f->other_n = 0;
	for (size_t i = 1; i < h.parent_n && f->other_n < PARENTS; i++)
		SLU_TRY(tree_of(f, a, &h.parent[i], &f->other[f->other_n++], err));
	if (h.parent_n == 0)
		return tree_pair(f, NULL, &now, 0, err);
	f->parent = git_lg2_of_raw(&h.parent[0]);
	SLU_TRY(git_lg2_head(f->g, a, &f->parent, &f->parent_head, err));
	was = git_lg2_of_raw(&f->parent_head.tree);
	return tree_pair(f, &was, &now, 0, err);
}

slu_rc git_lg2_files(port_git *base, slu_arena *a, const slu_oid *tip, const slu_oid *not_, size_t not_n, const struct pol_file **out, size_t *n, slu_err *err)
{
	struct files f = { .g = lg2_of(base), .a = a }; /* 25 kB */
	const slu_oid *commit = NULL;
	size_t commit_n = 0;
	slu_auto_arena *own = slu_arena_new();
	SLU_TRY(git_cli_range(base, own, tip, not_, not_n, SLU_MAX_PUSH_COMMITS, &commit, &commit_n, err));
	slu_buf_init(&f.path, PATH_BYTES);
	f.list.v = SLU_NEW_N(a, struct pol_file, commit_n + 1); /* most bring one or a few */
	f.list.cap = commit_n + 1;
	slu_rc rc = SLU_OK;
	for (size_t i = 0; i < commit_n && rc == SLU_OK; i++)
		rc = commit_files(&f, own, &commit[i], err);
	slu_buf_release(&f.path);
	for (size_t i = 0; i < TREE_DEPTH; i++)
		tree_close(&f.passed[i].tree);
	if (rc != SLU_OK)
		return rc;
	*out = f.list.v;
	*n = f.list.n;
	return SLU_OK;
}
