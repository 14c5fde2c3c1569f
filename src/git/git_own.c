/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The adapter by our own readers, for commands: refs, commits, tags, trees and files are read in this process. What is stored in a way that
 * is not read here, and everything that writes, is the git program's. The handle begins with that of the other adapter, so its functions work on it.
 */
#include "base/map.h"
#include "git/brought.h"
#include "git/config.h"
#include "git/each.h"
#include "git/here.h"
#include "git/kept.h"
#include "git/memory.h"
#include "git/objects.h"
#include "git/packed_refs.h"
#include "git/topology.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAG_DEPTH = 16, REF_DEPTH = 5, EACH_ARENA = 256 /* commits that share one */, KEPT_BYTES = 32 * 1024 * 1024 };

struct git_own {
	struct git_cli cli;
	git_objects *objects;
	git_kept *kept;              /* read for a list; NULL: none was made yet */
	struct git_own *first;       /* of which this is another handle, whose `kept` it is; NULL: of none */
	struct port_git_open open;
	uint8_t hash;
	bool listing, remembers; /* what is read is kept, for this list; for the next command */
	unsigned giving;         /* commits that somebody looks at now */
	git_memory *memory; /* NULL: nothing is remembered */
	git_brought *brought; /* NULL: nobody asked */
	slu_map *tags;      /* tag objects that were looked at, by id: slu_str */
};

static struct git_own *own_of(port_git *g)
{
	return (struct git_own *)(void *)g;
}

/* ---- objects ------------------------------------------------------------------------------------------------------------ */

/** Objects never change: a tag that was looked at is not read again. */
static enum git_told hold_tag(struct git_own *g, const slu_oid *id, const struct git_raw *raw, struct git_found *out)
{
	slu_str key = slu_s(id->hex), bytes, *known = slu_map_get(g->tags, key);
	enum git_told told = GIT_TOLD;
	if (known || (g->memory && git_memory_tag(g->memory, raw, &bytes))) {
		*out = (struct git_found){ .kind = GIT_TAG, .bytes = known ? *known : bytes };
	} else {
		told = git_objects_hold(g->objects, raw, out);
		bytes = out->bytes;
	}
	if (known || told != GIT_TOLD || out->kind != GIT_TAG || bytes.n > GIT_MEMORY_TAG)
		return told;
	slu_str *own = SLU_NEW(g->cli.own, slu_str);
	*own = out->packed || out->own ? (slu_str){ slu_str_dup(g->cli.own, bytes), bytes.n } : bytes;
	slu_map_put(g->tags, key, own);
	return told;
}

static enum git_told hold(struct git_own *g, const slu_oid *id, struct git_found *out)
{
	struct git_raw raw;
	*out = (struct git_found){ 0 };
	if (strlen(id->hex) != 2u * g->hash || !git_raw_parse(&raw, id->hex, g->hash))
		return GIT_ABSENT;
	return g->remembers ? hold_tag(g, id, &raw, out) : git_objects_hold(g->objects, &raw, out);
}

/** The same in passing: until the next one. While somebody looks at such a one, others are held. */
static enum git_told pass(struct git_own *g, const struct git_raw *id, struct git_found *out)
{
	return g->giving > 0 ? git_objects_hold(g->objects, id, out) : git_objects_pass(g->objects, id, out);
}

/** One that is not read here. Git calls an object that is damaged in its pack missing. */
static slu_rc by_git(struct git_own *g, slu_arena *a, const slu_oid *id, enum git_told told, struct pol_commit *out, slu_err *err)
{
	if (told == GIT_ABSENT)
		return slu_fail(err, SLU_E_NOT_FOUND, "Object %s is not in the repository.", id->hex);
	slu_rc rc = git_cli_commit(&g->cli.base, a, id, out, err);
	return rc == SLU_E_NOT_FOUND && told == GIT_UNREAD ? slu_fail(err, SLU_E_CORRUPT, "Object %s is damaged in its pack. Restore the repository from a backup.", id->hex) : rc;
}

static slu_rc own_commit(port_git *base, slu_arena *a, const slu_oid *id, struct pol_commit *out, slu_err *err)
{
	struct git_found f;
	enum git_told told = hold(own_of(base), id, &f);
	if (told != GIT_TOLD)
		return by_git(own_of(base), a, id, told, out, err);
	slu_rc rc = f.kind == GIT_COMMIT ? git_commit_parse(out, a, id, f.bytes, err) : slu_fail(err, SLU_E_NOT_FOUND, "Object %s is no commit.", id->hex);
	git_found_drop(&f);
	return rc;
}

static slu_rc load_own(void *ctx, slu_arena *a, const struct git_raw *id, size_t id_n, struct git_commit_head *out, slu_err *err)
{
	struct git_own *g = ctx;
	struct git_found f;
	struct pol_commit c;
	slu_oid hex = git_raw_hex(id, id_n);
	enum git_told told = id_n == g->hash ? pass(g, id, &f) : hold(g, &hex, &f);
	bool commit = told == GIT_TOLD && f.kind == GIT_COMMIT, read = commit && git_commit_head_parse(out, a, f.bytes, id_n);
	if (commit && g->listing)
		git_kept_add(g->kept, id, f.bytes);
	slu_rc rc = SLU_OK;
	if (!read) {
		rc = told == GIT_TOLD ? git_commit_view(&c, a, &hex, f.bytes, err) : by_git(g, a, &hex, told, &c, err);
		if (rc == SLU_OK)
			*out = git_commit_head_of(a, &c);
	}
	git_found_drop(&f);
	return rc;
}

/** Is it remembered as one? */
static bool is_commit(const struct git_own *g, const slu_oid *id)
{
	struct git_raw raw;
	uint32_t place;
	return g->memory && strlen(id->hex) == 2u * g->hash && git_raw_parse(&raw, id->hex, g->hash) && git_memory_find(g->memory, &raw, &place);
}

/** What an object is, and what it finally names. GIT_MISSING: git must be asked. */
static enum git_kind peel(struct git_own *g, const slu_oid *id, slu_oid *peeled)
{
	slu_auto_arena *a = slu_arena_new();
	enum git_kind first = GIT_MISSING;
	slu_oid at = *id;
	for (int depth = 0; depth < TAG_DEPTH; depth++) {
		struct git_found f;
		struct git_tag_raw tag;
		if (is_commit(g, &at)) {
			*peeled = at;
			return first == GIT_MISSING ? GIT_COMMIT : first;
		}
		if (hold(g, &at, &f) != GIT_TOLD)
			return GIT_MISSING;
		enum git_kind kind = f.kind;
		bool read = kind != GIT_TAG || git_tag_parse(&tag, a, &at, f.bytes, NULL) == SLU_OK;
		git_found_drop(&f);
		first = first == GIT_MISSING ? kind : first;
		if (kind != GIT_TAG) {
			*peeled = at;
			return first;
		}
		if (!read)
			return GIT_MISSING;
		at = tag.object;
		if (!slu_str_is(tag.type, "tag")) { /* it says what that is */
			*peeled = at;
			return first;
		}
	}
	return GIT_MISSING;
}

static slu_rc own_peel(struct git_cli *cli, const slu_oid *id, enum git_kind *kind, slu_oid *peeled, slu_err *err)
{
	struct git_info i;
	slu_auto_arena *a = slu_arena_new();
	*kind = peel(own_of(&cli->base), id, peeled);
	if (*kind != GIT_MISSING)
		return SLU_OK;
	SLU_TRY(git_cli_info(cli, slu_s(id->hex), &i, err));
	*kind = i.kind;
	SLU_TRY(git_cli_info(cli, slu_s(slu_printf(a, "%s^{}", id->hex)), &i, err));
	*peeled = i.id;
	*kind = i.kind == GIT_MISSING ? GIT_MISSING : *kind;
	return SLU_OK;
}

static slu_rc own_tag(port_git *base, slu_arena *a, const slu_oid *id, struct pol_tag *out, slu_err *err)
{
	struct git_own *g = own_of(base);
	struct git_found f;
	struct git_tag_raw raw;
	struct pol_tag t = { .commit = slu_oid_zero() };
	slu_oid to;
	enum git_kind last;
	if (hold(g, id, &f) != GIT_TOLD)
		return git_cli_tag(base, a, id, out, err);
	slu_rc rc = SLU_OK;
	if (f.kind == GIT_TAG) {
		rc = git_tag_parse(&raw, a, id, f.bytes, err);
		t = rc == SLU_OK ? git_tag_of(&raw) : t;
	}
	git_found_drop(&f);
	SLU_TRY(rc);
	if (peel(g, id, &to) == GIT_MISSING || (last = peel(g, &to, &to)) == GIT_MISSING)
		return git_cli_tag(base, a, id, out, err);
	t.commit = last == GIT_COMMIT ? to : slu_oid_zero();
	*out = t;
	return SLU_OK;
}

static slu_rc own_has_commit(port_git *base, const slu_oid *id, bool *out, slu_err *err)
{
	struct git_found f;
	enum git_told told = hold(own_of(base), id, &f);
	if (told == GIT_UNREAD || told == GIT_UNTOLD)
		return git_cli_has_commit(base, id, out, err);
	*out = told == GIT_TOLD && f.kind == GIT_COMMIT;
	git_found_drop(&f);
	return SLU_OK;
}

static slu_rc own_object(port_git *base, slu_arena *a, const slu_oid *id, const char **kind, slu_str *bytes, slu_err *err)
{
	static const char *const words[] = { [GIT_COMMIT] = "commit", [GIT_TREE] = "tree", [GIT_BLOB] = "blob", [GIT_TAG] = "tag" };
	struct git_found f;
	if (hold(own_of(base), id, &f) != GIT_TOLD)
		return git_cli_object(base, a, id, kind, bytes, err);
	*kind = words[f.kind];
	*bytes = (slu_str){ slu_str_dup(a, f.bytes), f.bytes.n };
	git_found_drop(&f);
	return SLU_OK;
}

static slu_rc own_blob(port_git *base, const slu_oid *id, port_git_take *take, void *ctx, slu_err *err)
{
	struct git_found f;
	bool here = hold(own_of(base), id, &f) == GIT_TOLD && f.kind == GIT_BLOB;
	if (here)
		take(ctx, f.bytes, true);
	git_found_drop(&f);
	return here ? SLU_OK : git_cli_blob(base, id, take, ctx, err);
}

/* ---- files -------------------------------------------------------------------------------------------------------------- */

/** The entry of this name in a tree: "MODE NAME", a NUL, and the bytes of an id, again and again. @return false: the tree is damaged */
static bool entry_of(slu_str tree, slu_str name, uint8_t hash, slu_str *mode, struct git_raw *id, bool *found)
{
	*found = false;
	while (tree.n > 0) {
		const char *nul = memchr(tree.p, 0, tree.n);
		size_t head = nul ? (size_t)(nul - tree.p) : 0;
		slu_str file = { tree.p, head };
		if (head == 0 || tree.n - head - 1 < hash || !slu_str_split(&file, ' ', mode))
			return false;
		if (slu_str_eq(file, name)) {
			*id = (struct git_raw){ { 0 } };
			memcpy(id->b, nul + 1, hash);
			*found = true;
			return true;
		}
		tree = (slu_str){ nul + 1 + hash, tree.n - head - 1 - hash };
	}
	return true;
}

/** Down the folders of a path. @return false: git must be asked. *found: to a file, whose id is *at */
static bool walk_path(struct git_own *g, struct git_raw *at, slu_str path, bool *found)
{
	slu_str part, mode = { 0 };
	*found = true;
	while (*found && slu_str_split(&path, '/', &part)) {
		struct git_found f;
		if (git_objects_hold(g->objects, at, &f) != GIT_TOLD)
			return false;
		bool read = f.kind == GIT_TREE && entry_of(f.bytes, part, g->hash, &mode, at, found), folder = read && *found && slu_str_in(mode, "40000 040000"), last = path.n == 0;
		bool file = read && *found && (slu_str_starts(mode, "100") || slu_str_starts(mode, "120"));
		git_found_drop(&f);
		if (!read)
			return false;
		*found = last ? file : folder;
	}
	return true;
}

static slu_rc own_file_at(port_git *base, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err)
{
	struct git_own *g = own_of(base);
	struct git_found f;
	struct pol_commit c;
	slu_auto_arena *own = slu_arena_new();
	if (!git_path_ok(path) || hold(g, commit, &f) != GIT_TOLD)
		return git_cli_file_at(base, a, commit, path, text, found, err);
	slu_rc rc = f.kind == GIT_COMMIT ? git_commit_view(&c, own, commit, f.bytes, NULL) : SLU_E_NOT_FOUND;
	git_found_drop(&f);
	struct git_raw at = rc == SLU_OK ? git_raw_of(&c.tree) : (struct git_raw){ { 0 } };
	if (rc != SLU_OK || !walk_path(g, &at, path, found) || (*found && git_objects_hold(g->objects, &at, &f) != GIT_TOLD))
		return git_cli_file_at(base, a, commit, path, text, found, err);
	*text = (slu_str){ 0 };
	if (*found) {
		*text = (slu_str){ slu_str_dup(a, f.bytes), f.bytes.n };
		git_found_drop(&f);
	}
	return SLU_OK;
}

/* ---- refs --------------------------------------------------------------------------------------------------------------- */

/** Refs below these are a linked work tree's own. */
static bool is_apart(const struct git_own *g, slu_str name)
{
	return strcmp(g->cli.common, g->cli.path) != 0 && (slu_str_starts(name, "refs/bisect/") || slu_str_starts(name, "refs/worktree/") || slu_str_starts(name, "refs/rewritten/"));
}

/** A loose file first, then packed-refs: a ref that is packed meanwhile is seen. @return false: git must be asked */
static bool ref_value(const struct git_own *g, slu_arena *a, slu_str name, slu_oid *out)
{
	struct stat st;
	if (is_apart(g, name))
		return false;
	for (int depth = 0; depth < REF_DEPTH; depth++) {
		const char *file = slu_printf(a, "%s/%.*s", g->cli.common, SLU_FMT(name));
		if (lstat(file, &st) != 0 || S_ISDIR(st.st_mode))
			return git_packed_value(&g->cli, a, name, out);
		slu_str text = S_ISREG(st.st_mode) ? git_small_file(a, file) : (slu_str){ 0 };
		if (!slu_str_starts(text, "ref:"))
			return slu_oid_parse(out, text, NULL) == SLU_OK && text.n == 2u * g->hash;
		name = slu_str_trim((slu_str){ text.p + 4, text.n - 4 });
		if (!git_ref_name_ok(name) || is_apart(g, name))
			return false;
	}
	return false;
}

static slu_rc own_ref(port_git *base, slu_str name, slu_oid *out, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	if (git_ref_name_ok(name) && ref_value(own_of(base), a, name, out))
		return SLU_OK;
	return git_cli_ref(base, name, out, err);
}

static slu_rc own_refs(port_git *base, slu_arena *a, slu_str prefix, const struct port_git_ref **out, size_t *n, slu_err *err)
{
	return git_refs_read(git_cli_of(base), own_peel, a, prefix, out, n) ? SLU_OK : git_cli_refs(base, a, prefix, out, n, err);
}

/** A name without signs that mean something else to Git ("main~1", "main@{1}", "v1-2-gabcdef" may be one). */
static bool is_plain(slu_str rev)
{
	for (size_t i = 0; i < rev.n; i++)
		if (!((rev.p[i] >= 'a' && rev.p[i] <= 'z') || (rev.p[i] >= 'A' && rev.p[i] <= 'Z') || (rev.p[i] >= '0' && rev.p[i] <= '9') || strchr("/._-", rev.p[i])))
			return false;
	return rev.n > 0 && rev.n < 200;
}

/** By Git's rules for names of refs; *out zero: it is none of those. @return false: git must be asked */
static bool named_value(const struct git_own *g, slu_arena *a, slu_str rev, slu_oid *out)
{
	static const char *const below[] = { "refs/", "refs/tags/", "refs/heads/", "refs/remotes/" };
	struct stat st;
	*out = slu_oid_zero();
	if (slu_str_is(rev, "HEAD")) {
		slu_str text = git_small_file(a, slu_printf(a, "%s/HEAD", g->cli.path));
		slu_str name = slu_str_starts(text, "ref:") ? slu_str_trim((slu_str){ text.p + 4, text.n - 4 }) : (slu_str){ 0 };
		return name.n ? git_ref_name_ok(name) && ref_value(g, a, name, out) : slu_oid_parse(out, text, NULL) == SLU_OK;
	}
	if (lstat(slu_printf(a, "%s/%.*s", g->cli.path, SLU_FMT(rev)), &st) == 0 || lstat(slu_printf(a, "%s/%.*s", g->cli.common, SLU_FMT(rev)), &st) == 0)
		return slu_str_starts(rev, "refs/") && git_ref_name_ok(rev) && ref_value(g, a, rev, out);
	for (size_t i = slu_str_starts(rev, "refs/") ? 0 : 1; i < sizeof below / sizeof *below && slu_oid_is_zero(out); i++) {
		slu_str name = slu_s(slu_printf(a, "%s%.*s", slu_str_starts(rev, "refs/") ? "" : below[i], SLU_FMT(rev)));
		if (!git_ref_name_ok(name) || !ref_value(g, a, name, out))
			return false;
	}
	return true;
}

static slu_rc own_resolve(port_git *base, slu_str rev, slu_oid *out, slu_err *err)
{
	struct git_own *g = own_of(base);
	slu_auto_arena *a = slu_arena_new();
	slu_oid id = slu_oid_zero(), to;
	bool known = is_plain(rev) && ((rev.n == 2u * g->hash && slu_oid_parse(&id, rev, NULL) == SLU_OK) || named_value(g, a, rev, &id));
	if (known && !slu_oid_is_zero(&id) && peel(g, &id, &to) != GIT_MISSING && peel(g, &to, &to) == GIT_COMMIT) {
		*out = to;
		return SLU_OK;
	}
	return git_cli_resolve(base, rev, out, err);
}

/* ---- many ---------------------------------------------------------------------------------------------------------------- */

static slu_rc give(struct git_own *g, slu_arena *a, const struct git_raw *id, port_git_each *take, void *ctx, slu_err *err)
{
	struct git_found f = { .kind = GIT_COMMIT, .bytes = git_kept_find(g->kept, id) };
	struct pol_commit c;
	slu_oid hex = git_raw_hex(id, g->hash);
	enum git_told told = f.bytes.p ? GIT_TOLD : pass(g, id, &f);
	slu_rc rc = told == GIT_TOLD ? git_commit_view(&c, a, &hex, f.bytes, err) : by_git(g, a, &hex, told, &c, err);
	g->giving++;
	if (rc == SLU_OK)
		rc = take(ctx, &c, err);
	g->giving--;
	git_found_drop(&f);
	return rc;
}

static slu_rc own_order(port_git *base, slu_arena *a, const slu_oid *tip, size_t tip_n, const slu_oid *not_, size_t not_n, const port_git_list **out, size_t *n, slu_err *err)
{
	struct git_own *g = own_of(base);
	if (!g->kept)
		g->kept = git_kept_new(KEPT_BYTES);
	g->listing = true;
	slu_rc rc = git_cli_order(base, a, tip, tip_n, not_, not_n, out, n, err);
	g->listing = false;
	return rc;
}

static slu_rc own_read(port_git *base, const port_git_list *l, size_t from, size_t n, port_git_each *take, void *ctx, slu_err *err)
{
	for (size_t i = from, end = n < l->n - from ? from + n : l->n; i < end;) {
		slu_auto_arena *some = slu_arena_new();
		for (size_t some_n = 0; i < end && some_n < EACH_ARENA; i++, some_n++)
			SLU_TRY(give(own_of(base), some, &l->id[i], take, ctx, err));
	}
	return SLU_OK;
}

static slu_rc own_topology(port_git *base, slu_arena *a, const slu_oid *tip, size_t n, struct port_git_topology *out, slu_err *err)
{
	struct git_own *g = own_of(base);
	if (!git_cli_walk(&g->cli)) /* git knows where the history of a shallow clone ends */
		return git_cli_topology(base, a, tip, n, out, err);
	return git_topology(out, a, g->cli.main_objects, g->memory, load_own, g, tip, n, err);
}

static slu_rc own_messages(port_git *base, const slu_oid *id, size_t n, port_git_message *each, void *ctx, slu_err *err)
{
	struct git_own *g = own_of(base);
	for (size_t i = 0; i < n; i++) {
		slu_auto_arena *a = NULL;
		struct git_found f;
		struct pol_commit c;
		struct git_raw raw = git_raw_of(&id[i]);
		enum git_told told = pass(g, &raw, &f);
		const char *body = told == GIT_TOLD && f.kind == GIT_COMMIT ? memmem(f.bytes.p, f.bytes.n, "\n\n", 2) : NULL;
		slu_rc rc = SLU_OK;
		g->giving++;
		if (body) {
			each(ctx, i, (slu_str){ body + 2, f.bytes.n - (size_t)(body + 2 - f.bytes.p) });
		} else {
			a = slu_arena_new();
			rc = base->ops->commit(base, a, &id[i], &c, err);
			if (rc == SLU_OK)
				each(ctx, i, c.message);
		}
		g->giving--;
		git_found_drop(&f);
		SLU_TRY(rc);
	}
	return SLU_OK;
}

/* ---- what is remembered ---------------------------------------------------------------------------------------------------- */

static void own_recall(port_git *base)
{
	struct git_own *g = own_of(base);
	if (g->remembers || !git_cli_walk(&g->cli)) /* of a shallow clone git tells the history */
		return;
	g->remembers = true;
	g->tags = slu_map_new(g->cli.own);
	g->memory = git_memory_open(g->cli.common, g->hash);
}

static slu_rc own_files_of(port_git *base, slu_arena *a, const slu_oid *commit, size_t n, bool sized, const struct pol_file **out, size_t *out_n, slu_err *err)
{
	struct git_own *g = own_of(base);
	if (!g->remembers)
		return git_cli_files_of(base, a, commit, n, sized, out, out_n, err);
	if (!g->brought)
		g->brought = git_brought_open(g->cli.common, g->hash);
	return git_brought_files_of(g->brought, base, a, commit, n, out, out_n, err);
}

static void own_remember(port_git *base, const struct port_git_topology *t, const slu_str *message)
{
	struct git_own *g = own_of(base);
	if (g->brought)
		git_brought_keep(g->brought, g->cli.common);
	if (g->remembers)
		git_memory_keep(g->cli.common, g->hash, g->memory, g->tags, t, message);
}

/* ---- handles ------------------------------------------------------------------------------------------------------------- */

static void own_close(port_git *base)
{
	struct git_own *g = own_of(base);
	git_objects_close(g->objects);
	git_memory_close(g->memory);
	git_brought_close(g->brought);
	if (!g->first)
		git_kept_free(g->kept);
	git_cli_free(&g->cli);
}

static slu_rc own_again(port_git *base, port_git **out, slu_err *err);

static const struct port_git_ops ops = {
	.close = own_close,
	.ref = own_ref,
	.refs = own_refs,
	.symbolic = git_cli_symbolic,
	.resolve = own_resolve,
	.commit = own_commit,
	.tag = own_tag,
	.is_ancestor = git_cli_is_ancestor,
	.merge_bases = git_cli_merge_bases,
	.ahead_behind = git_cli_ahead_behind,
	.range = git_cli_range,
	.order = own_order,
	.read = own_read,
	.again = own_again,
	.topology = own_topology,
	.recall = own_recall,
	.remember = own_remember,
	.messages = own_messages,
	.blob = own_blob,
	.files = git_cli_files,
	.files_of = own_files_of,
	.diff = git_cli_diff,
	.patch = git_cli_patch,
	.archive = git_cli_archive,
	.touching = git_cli_touching,
	.patch_id = git_cli_patch_id,
	.file_at = own_file_at,
	.has_commit = own_has_commit,
	.object = own_object,
	.signature = git_cli_signature,
	.merge_tree = git_cli_merge_tree,
	.commit_make = git_cli_commit_make,
	.tag_make = git_cli_tag_make,
	.tree_edit = git_cli_tree_edit,
	.txn_prepare = git_cli_txn_prepare,
	.txn_commit = git_cli_txn_commit,
	.txn_abort = git_cli_txn_abort,
};

/** Its folders: of a push the quarantine, and what that borrows from. */
static git_objects *open_objects(const struct git_cli *g, slu_arena *a, const char *alternates, uint8_t hash)
{
	SLU_LIST(const char *) folder = { 0 };
	slu_str rest = slu_s(alternates), one;
	*SLU_ADD(a, &folder) = g->objects;
	*SLU_ADD(a, &folder) = g->main_objects;
	while (slu_str_split(&rest, ':', &one))
		if (one.n)
			*SLU_ADD(a, &folder) = slu_str_dup(a, one);
	return git_objects_open(folder.v, folder.n, hash);
}

static struct git_own *own_new(const struct port_git_open *o, uint8_t hash)
{
	struct git_own *g = (struct git_own *)(void *)git_cli_new(o, sizeof *g);
	g->cli.base.ops = &ops;
	g->cli.load = load_own;
	g->cli.keep = true;
	g->hash = hash;
	g->open = *o;
	g->open.path = g->cli.path;
	g->open.object_dir = o->object_dir ? slu_strdup(g->cli.own, o->object_dir) : NULL;
	g->open.alternates = o->alternates ? slu_strdup(g->cli.own, o->alternates) : NULL;
	return g;
}

static slu_rc own_again(port_git *base, port_git **out, slu_err *err)
{
	(void)err;
	struct git_own *first = own_of(base), *g = own_new(&first->open, first->hash);
	g->objects = git_objects_again(first->objects);
	g->first = first;
	g->kept = first->kept;
	*out = &g->cli.base;
	return SLU_OK;
}

slu_rc git_own_open(port_git **out, const struct port_git_open *o, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct stat st;
	git_config c = { .a = a };
	uint8_t hash = 0;
	bool partial = false;
	if (lstat(slu_printf(a, "%s/HEAD", o->path), &st) != 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no Git repository at %s.", o->path);
	bool quoted = o->alternates && strchr(o->alternates, '"');
	if (quoted || !git_config_file(&c, slu_printf(a, "%s/config", git_common_dir(a, o->path))) || !git_config_format(&c, &hash, &partial) || partial)
		return git_cli_open(out, o, err);
	struct git_own *g = own_new(o, hash);
	g->objects = open_objects(&g->cli, a, o->alternates, hash);
	*out = &g->cli.base;
	return SLU_OK;
}
