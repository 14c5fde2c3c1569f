/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The adapter by libgit2, for the server: refs, single objects and the files of a range are read in this process. Walks over history are
 * the same as in the other adapter; diffs, merges and everything that writes are the git program's. The handle begins with
 * that of the other adapter, so its functions work on it.
 */
#include "git/git_lg2_impl.h"
#include "git/object.h"

#include "base/limits.h"

#include <git2.h>
#include <git2/sys/repository.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { CACHE_BYTES = 16 * 1024 * 1024 };

slu_rc git_lg2_fail(slu_err *err, int rc, const char *what)
{
	const git_error *e = git_error_last();
	slu_rc code = rc == GIT_ENOTFOUND ? SLU_E_NOT_FOUND : rc == GIT_EAMBIGUOUS || rc == GIT_EINVALIDSPEC ? SLU_E_INVALID : SLU_E_CORRUPT;
	return slu_fail(err, code, "%s cannot be read: %s.", what, e && e->message ? e->message : "no reason is known");
}

slu_oid git_lg2_hex(const git_oid *id)
{
	slu_oid o = { "" };
	(void)git_oid_tostr(o.hex, GIT_OID_HEXSZ + 1, id);
	return o;
}

bool git_lg2_oid(git_oid *out, const slu_oid *id)
{
	struct git_raw r;
	if (id->hex[GIT_OID_HEXSZ] != '\0' || !git_raw_parse(&r, id->hex, GIT_OID_RAWSZ))
		return false;
	*out = git_lg2_of_raw(&r);
	return true;
}

/* ---- refs ------------------------------------------------------------------------------------------------------------- */

static slu_rc lg2_ref(port_git *base, slu_str name, slu_oid *out, slu_err *err)
{
	struct git_lg2 *g = lg2_of(base);
	char z[1100];
	git_oid id;
	if (!git_ref_name_ok(name)) {
		*out = slu_oid_zero();
		return SLU_OK;
	}
	(void)snprintf(z, sizeof z, "%.*s", SLU_FMT(name));
	int rc = git_reference_name_to_id(&id, g->repo, z);
	if (rc == GIT_EINVALIDSPEC)
		rc = GIT_ENOTFOUND;
	if (rc != 0 && rc != GIT_ENOTFOUND) {
		/* a folder where the ref would be reads as an error: git knows better what that means */
		return git_cli_ref(base, name, out, err);
	}
	*out = rc == 0 ? git_lg2_hex(&id) : slu_oid_zero();
	return SLU_OK;
}

/** What a tag finally names; the id itself of anything else. */
static slu_rc peel(struct git_lg2 *g, const git_oid *id, git_oid *out, slu_err *err)
{
	git_object *o = NULL, *p = NULL;
	size_t len;
	git_object_t type;
	int rc = git_odb_read_header(&len, &type, g->odb, id);
	*out = *id;
	if (rc != 0)
		return git_lg2_fail(err, rc, "The object of a ref");
	if (type != GIT_OBJECT_TAG)
		return SLU_OK;
	rc = git_object_lookup(&o, g->repo, id, GIT_OBJECT_TAG);
	if (rc == 0)
		rc = git_object_peel(&p, o, GIT_OBJECT_ANY);
	if (rc == 0)
		*out = *git_object_id(p);
	git_object_free(p);
	git_object_free(o);
	return rc == 0 ? SLU_OK : git_lg2_fail(err, rc, "A tag");
}

static slu_rc lg2_peel(struct git_cli *cli, const slu_oid *id, enum git_kind *kind, slu_oid *peeled, slu_err *err)
{
	static const enum git_kind of[] = { [GIT_OBJECT_COMMIT] = GIT_COMMIT, [GIT_OBJECT_TREE] = GIT_TREE, [GIT_OBJECT_BLOB] = GIT_BLOB, [GIT_OBJECT_TAG] = GIT_TAG };
	struct git_lg2 *g = lg2_of(&cli->base);
	git_oid oid, to;
	size_t len;
	git_object_t type;
	*kind = GIT_MISSING;
	int rc = git_lg2_oid(&oid, id) ? git_odb_read_header(&len, &type, g->odb, &oid) : GIT_ENOTFOUND;
	if (rc == GIT_ENOTFOUND)
		return SLU_OK;
	if (rc != 0)
		return git_lg2_fail(err, rc, id->hex);
	SLU_TRY(peel(g, &oid, &to, err));
	*kind = type >= GIT_OBJECT_COMMIT && type <= GIT_OBJECT_TAG ? of[type] : GIT_MISSING;
	*peeled = git_lg2_hex(&to);
	return SLU_OK;
}

static int by_name(const void *x, const void *y)
{
	const struct port_git_ref *a = x, *b = y;
	return slu_str_cmp(a->name, b->name);
}

static slu_rc one_ref(struct git_lg2 *g, slu_arena *a, git_reference *r, struct port_git_ref *out, slu_err *err)
{
	git_reference *direct = NULL;
	git_oid peeled;
	int rc = git_reference_resolve(&direct, r);
	if (rc != 0)
		return git_lg2_fail(err, rc, git_reference_name(r));
	const git_oid *id = git_reference_target(direct), *known = git_reference_target_peel(direct);
	slu_rc done = SLU_OK;
	if (known)
		peeled = *known;
	else
		done = peel(g, id, &peeled, err);
	if (done == SLU_OK)
		*out = (struct port_git_ref){ slu_s(slu_strdup(a, git_reference_name(r))), git_lg2_hex(id), git_lg2_hex(&peeled) };
	git_reference_free(direct);
	return done;
}

static slu_rc lg2_refs(port_git *base, slu_arena *a, slu_str prefix, const struct port_git_ref **out, size_t *n, slu_err *err)
{
	struct git_lg2 *g = lg2_of(base);
	if (git_refs_read(&g->cli, lg2_peel, a, prefix, out, n))
		return SLU_OK;
	SLU_LIST(struct port_git_ref) list = { 0 };
	git_reference_iterator *it = NULL;
	git_reference *r = NULL;
	slu_rc done = SLU_OK;
	int rc = git_reference_iterator_new(&it, g->repo);
	while (rc == 0 && done == SLU_OK && (rc = git_reference_next(&r, it)) == 0) {
		slu_str name = slu_s(git_reference_name(r));
		if (name.n >= prefix.n && (prefix.n == 0 || memcmp(name.p, prefix.p, prefix.n) == 0))
			done = one_ref(g, a, r, SLU_ADD(a, &list), err);
		git_reference_free(r);
	}
	git_reference_iterator_free(it);
	if (done != SLU_OK)
		return done;
	if (rc != GIT_ITEROVER)
		return git_lg2_fail(err, rc, "The list of refs");
	if (list.n > 1)
		qsort(list.v, list.n, sizeof *list.v, by_name);
	*out = list.v;
	*n = list.n;
	return SLU_OK;
}

/* ---- objects ---------------------------------------------------------------------------------------------------------- */

slu_rc git_lg2_hold(struct git_held *out, struct git_lg2 *g, const git_oid *id, slu_err *err)
{
	struct git_packed *p = g->packs ? git_packs_hold(g->packs, id->id) : NULL;
	if (p) {
		*out = (struct git_held){ .kind = p->kind, .bytes = p->bytes, .packed = p };
		return SLU_OK;
	}
	git_odb_object *o = NULL;
	int rc = git_odb_read(&o, g->odb, id);
	if (rc != 0)
		return git_lg2_fail(err, rc, git_lg2_hex(id).hex);
	*out = (struct git_held){ .kind = (enum git_kind)git_odb_object_type(o), .bytes = { git_odb_object_data(o), git_odb_object_size(o) }, .object = o };
	return SLU_OK;
}

void git_lg2_drop(struct git_held *h)
{
	git_packed_drop(h->packed);
	git_odb_object_free(h->object);
}

static slu_rc small_enough(const struct git_held *h, const slu_oid *id, slu_err *err)
{
	if (h->bytes.n <= SLU_MAX_BLOB_BYTES)
		return SLU_OK;
	return slu_fail(err, SLU_E_LIMIT, "Object %s has %zu bytes, more than the %u that are read at once.", id->hex, h->bytes.n, SLU_MAX_BLOB_BYTES);
}

/** Raw bytes into the arena. GIT_MISSING: not there. */
static slu_rc raw(struct git_lg2 *g, slu_arena *a, const slu_oid *id, enum git_kind *kind, slu_str *bytes, slu_err *err)
{
	git_oid oid;
	struct git_held h;
	*kind = GIT_MISSING;
	if (!git_lg2_oid(&oid, id))
		return SLU_OK;
	slu_rc rc = git_lg2_hold(&h, g, &oid, err);
	if (rc != SLU_OK)
		return rc == SLU_E_NOT_FOUND ? SLU_OK : rc;
	rc = small_enough(&h, id, err);
	if (rc == SLU_OK) {
		*bytes = (slu_str){ slu_str_dup(a, h.bytes), h.bytes.n };
		*kind = h.kind;
	}
	git_lg2_drop(&h);
	return rc;
}

static slu_rc not_there(slu_err *err, const slu_oid *id)
{
	return slu_fail(err, SLU_E_NOT_FOUND, "Object %s is not in the repository.", id->hex);
}

slu_rc git_lg2_commit(port_git *base, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	git_oid oid;
	struct git_held h;
	if (!git_lg2_oid(&oid, id))
		return not_there(err, id);
	slu_rc rc = git_lg2_hold(&h, lg2_of(base), &oid, err);
	if (rc != SLU_OK)
		return rc == SLU_E_NOT_FOUND ? not_there(err, id) : rc;
	if (h.kind != GIT_COMMIT)
		rc = slu_fail(err, SLU_E_NOT_FOUND, "Object %s is no commit.", id->hex);
	if (rc == SLU_OK)
		rc = small_enough(&h, id, err);
	if (rc == SLU_OK)
		rc = git_commit_parse(out, a, id, h.bytes, err);
	git_lg2_drop(&h);
	return rc;
}

slu_rc git_lg2_head(struct git_lg2 *g, slu_arena *a, const git_oid *id, struct git_commit_head *out, slu_err *err)
{
	struct git_held h;
	SLU_TRY(git_lg2_hold(&h, g, id, err));
	bool read = h.kind == GIT_COMMIT && git_commit_head_parse(out, a, h.bytes, GIT_OID_RAWSZ);
	git_lg2_drop(&h);
	if (read)
		return SLU_OK;
	slu_auto_arena *own = slu_arena_new();
	slu_oid hex = git_lg2_hex(id);
	struct pol_commit c;
	SLU_TRY(git_lg2_commit(&g->cli.base, own, &hex, &c, err));
	*out = git_commit_head_of(a, &c);
	return SLU_OK;
}

static slu_rc load_by_lg2(void *ctx, slu_arena *a, const struct git_raw *id, size_t id_n, struct git_commit_head *out, slu_err *err)
{
	git_oid oid = git_lg2_of_raw(id);
	(void)id_n; /* libgit2 has one hash */
	return git_lg2_head(ctx, a, &oid, out, err);
}

static slu_rc lg2_tag(port_git *base, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	struct git_lg2 *g = lg2_of(base);
	enum git_kind kind;
	slu_str bytes = { 0 };
	struct pol_tag t = { .commit = slu_oid_zero() };
	SLU_TRY(raw(g, a, id, &kind, &bytes, err));
	if (kind == GIT_MISSING)
		return not_there(err, id);
	slu_oid at = *id;
	for (int depth = 0; kind == GIT_TAG && depth < 16; depth++) {
		struct git_tag_raw r;
		SLU_TRY(git_tag_parse(&r, a, &at, bytes, err));
		if (depth == 0)
			t = git_tag_of(&r);
		t.of_tag = t.of_tag || depth > 0; /* whatever the first one calls it */
		at = r.object;
		SLU_TRY(raw(g, a, &at, &kind, &bytes, err));
	}
	if (kind == GIT_COMMIT)
		t.commit = at;
	*out = t;
	return SLU_OK;
}

enum { CLOCK_MS = 20 }; /* the file system's may stand so long */

/** Packs that came since this handle looked last: libgit2 would look at each commit that is not here. A time so new may stand for two packs. */
static bool more_packs(struct git_lg2 *g)
{
	struct stat st;
	struct timespec now;
	if (stat(g->packs_dir, &st) != 0 || memcmp(&st.st_mtim, &g->packs_time, sizeof st.st_mtim) == 0)
		return false;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	bool settled = (now.tv_sec - st.st_mtim.tv_sec) * 1000 + (now.tv_nsec - st.st_mtim.tv_nsec) / 1000000 > CLOCK_MS;
	g->packs_time = settled ? st.st_mtim : (struct timespec){ 0 };
	return git_odb_refresh(g->odb) == 0;
}

/** Most that are asked for are not there: the folders of packs are not looked through again for each. */
static slu_rc lg2_has_commit(port_git *base, const slu_oid *id, bool *out, slu_err *err)
{
	struct git_lg2 *g = lg2_of(base);
	git_oid oid;
	git_object_t type = GIT_OBJECT_INVALID;
	size_t len = 0;
	bool known = git_lg2_oid(&oid, id), there = known && git_odb_exists_ext(g->odb, &oid, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
	if (known && !there && more_packs(g))
		there = git_odb_exists_ext(g->odb, &oid, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
	if (there) {
		int rc = git_odb_read_header(&len, &type, g->odb, &oid);
		if (rc != 0)
			return git_lg2_fail(err, rc, id->hex);
	}
	*out = type == GIT_OBJECT_COMMIT;
	return SLU_OK;
}

static slu_rc lg2_object(port_git *base, slu_arena *a, const slu_oid *id, const char **kind, slu_str *bytes, slu_err *err)
{
	static const char *const word[] = { [GIT_COMMIT] = "commit", [GIT_TREE] = "tree", [GIT_BLOB] = "blob", [GIT_TAG] = "tag" };
	enum git_kind k;
	slu_str b = { 0 };
	SLU_TRY(raw(lg2_of(base), a, id, &k, &b, err));
	if (k == GIT_MISSING)
		return not_there(err, id);
	*kind = word[k];
	*bytes = b;
	return SLU_OK;
}

/** Of the push's own packs, or small: it is here at once. libgit2 would take as much memory as the object has bytes. */
static slu_rc lg2_blob(port_git *base, const slu_oid *id, port_git_take *take, void *ctx, slu_err *err)
{
	struct git_lg2 *g = lg2_of(base);
	git_oid oid;
	git_object_t type;
	struct git_held h;
	size_t n = 0;
	if (!git_lg2_oid(&oid, id))
		return git_cli_blob(base, id, take, ctx, err);
	if (!(g->packs && git_packs_size(g->packs, oid.id, &n)) && git_odb_read_header(&n, &type, g->odb, &oid) != 0)
		return git_cli_blob(base, id, take, ctx, err);
	if (n > SLU_MAX_BLOB_BYTES)
		return git_cli_blob(base, id, take, ctx, err);
	SLU_TRY(git_lg2_hold(&h, g, &oid, err));
	slu_rc rc = h.kind == GIT_BLOB ? SLU_OK : slu_fail(err, SLU_E_NOT_FOUND, "Object %s is no file.", id->hex);
	if (rc == SLU_OK)
		take(ctx, h.bytes, true);
	git_lg2_drop(&h);
	return rc;
}

static slu_rc lg2_file_at(port_git *base, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err)
{
	struct git_lg2 *g = lg2_of(base);
	git_oid id;
	git_object *tree = NULL, *o = NULL;
	git_tree_entry *e = NULL;
	*found = false;
	*text = (slu_str){ 0 };
	if (!git_path_ok(path) || !git_lg2_oid(&id, commit))
		return SLU_OK;
	int rc = git_object_lookup(&o, g->repo, &id, GIT_OBJECT_ANY);
	if (rc == 0)
		rc = git_object_peel(&tree, o, GIT_OBJECT_TREE);
	if (rc == 0)
		rc = git_tree_entry_bypath(&e, (const git_tree *)tree, slu_str_dup(a, path));
	slu_rc done = SLU_OK;
	if (rc == 0 && git_tree_entry_type(e) == GIT_OBJECT_BLOB) {
		enum git_kind kind;
		slu_oid blob = git_lg2_hex(git_tree_entry_id(e));
		done = raw(g, a, &blob, &kind, text, err);
		*found = done == SLU_OK && kind == GIT_BLOB;
	} else if (rc != 0 && rc != GIT_ENOTFOUND && rc != GIT_EPEEL) {
		done = git_lg2_fail(err, rc, commit->hex);
	}
	git_tree_entry_free(e);
	git_object_free(tree);
	git_object_free(o);
	return done;
}

/* ---- refs move ----------------------------------------------------------------------------------------------------------- */

static slu_rc lg2_txn_prepare(port_git *base, port_git_txn **out, const struct port_git_update *u, size_t n, slu_str reflog, slu_err *err)
{
	return git_ref_txn_prepare(base, lg2_peel, out, u, n, reflog, err);
}

/* ---- handles ---------------------------------------------------------------------------------------------------------- */

static void lg2_close(port_git *base)
{
	struct git_lg2 *g = lg2_of(base);
	git_packs_close(g->packs);
	git_odb_free(g->odb);
	git_repository_free(g->repo);
	git_cli_free(&g->cli);
	(void)git_libgit2_shutdown();
}

static const struct port_git_ops ops = {
	.close = lg2_close,
	.ref = lg2_ref,
	.refs = lg2_refs,
	.resolve = git_cli_resolve,
	.commit = git_lg2_commit,
	.tag = lg2_tag,
	.is_ancestor = git_cli_is_ancestor,
	.merge_bases = git_cli_merge_bases,
	.ahead_behind = git_cli_ahead_behind,
	.range = git_cli_range,
	.topology = git_cli_topology,
	.messages = git_cli_messages,
	.order = git_cli_order,
	.read = git_cli_read,
	.symbolic = git_cli_symbolic,
	.files = git_lg2_files,
	.files_of = git_cli_files_of,
	.diff = git_cli_diff,
	.patch = git_cli_patch,
	.archive = git_cli_archive,
	.touching = git_cli_touching,
	.patch_id = git_cli_patch_id,
	.file_at = lg2_file_at,
	.has_commit = lg2_has_commit,
	.object = lg2_object,
	.blob = lg2_blob,
	.signature = git_cli_signature,
	.merge_tree = git_cli_merge_tree,
	.commit_make = git_cli_commit_make,
	.tag_make = git_cli_tag_make,
	.tree_edit = git_cli_tree_edit,
	.txn_prepare = lg2_txn_prepare,
	.txn_commit = git_ref_txn_commit,
	.txn_abort = git_ref_txn_abort,
};

/** Nobody's configuration but the repository's; no check of hashes at each read (git checked them when they came). */
static void settle(void)
{
	static const git_config_level_t level[] = { GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_PROGRAMDATA };
	for (size_t i = 0; i < sizeof level / sizeof *level; i++)
		(void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level[i], "");
	(void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	(void)git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	(void)git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES);
}

/** The quarantine first, then the repository's own objects (with their alternates). */
static int open_quarantine(struct git_lg2 *g, const struct port_git_open *o)
{
	int rc = git_odb_open(&g->odb, o->object_dir);
	if (rc == 0)
		rc = git_odb_add_disk_alternate(g->odb, g->cli.main_objects);
	slu_str rest = slu_s(o->alternates), part;
	while (rc == 0 && slu_str_split(&rest, ':', &part))
		if (part.n > 0 && part.p[0] == '/' && !slu_str_is(part, g->cli.main_objects))
			rc = git_odb_add_disk_alternate(g->odb, slu_str_dup(g->cli.own, part));
	return rc == 0 ? git_repository_set_odb(g->repo, g->odb) : rc;
}

static int open_all(struct git_lg2 *g, const struct port_git_open *o)
{
	int rc = git_repository_open_ext(&g->repo, o->path, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT, NULL);
	if (rc == 0 && git_repository_is_shallow(g->repo))
		rc = GIT_ENOTFOUND;
	if (rc == 0)
		rc = o->object_dir ? open_quarantine(g, o) : git_repository_odb(&g->odb, g->repo);
	if (rc == 0 && o->object_dir)
		g->packs = git_packs_open(o->object_dir, GIT_OID_RAWSZ, NULL);
	return rc;
}

slu_rc git_lg2_open(port_git **out, const struct port_git_open *o, slu_err *err)
{
	if (git_libgit2_init() < 0)
		return git_cli_open(out, o, err);
	settle();
	struct git_lg2 *g = (struct git_lg2 *)(void *)git_cli_new(o, sizeof(struct git_lg2));
	if (open_all(g, o) != 0) {
		lg2_close(&g->cli.base);
		return git_cli_open(out, o, err);
	}
	g->cli.base.ops = &ops;
	g->cli.load = load_by_lg2;
	g->packs_dir = slu_printf(g->cli.own, "%s/pack", g->cli.main_objects);
	*out = &g->cli.base;
	return SLU_OK;
}
