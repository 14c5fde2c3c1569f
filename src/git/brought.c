/* SPDX-License-Identifier: Apache-2.0 */
#include "git/brought.h"

#include "base/map.h"
#include "git/git_cli_impl.h"
#include "git/id_table.h"
#include "git/own_file.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { PARTS = 8, LEAST = 256 /* commits */, NEWS = 256 /* all is written anew when the news are this part of it */ };

struct header {
	char magic[8];
	uint32_t order, hash, n, file_n, path_n, sum;
	uint64_t paths_n;
};
static const char magic[8] = { 'S', 'L', 'F', 'I', 'L', 'E', '1', '\n' };
static const struct git_own_form form = { "/files", sizeof(struct header), offsetof(struct header, sum), PARTS };

struct git_brought {
	struct git_brought_view old;
	const uint8_t *map;
	size_t map_n;
	struct git_id_table place; /* of each old id */
	uint8_t hash;
	SLU_LIST(uint32_t) asked; /* old ones that were found */
	/* what is left for the next one */
	slu_arena *a;
	slu_map *path_of; /* number of each path: uint32_t */
	SLU_LIST(slu_str) path;
	SLU_LIST(struct git_raw) id;
	SLU_LIST(uint32_t) end; /* of each commit: where its files end */
	SLU_LIST(uint32_t) file_path;
	SLU_LIST(int64_t) size;
	SLU_LIST(struct git_raw) blob;
	SLU_LIST(uint8_t) kind;
};

/* ---- its form ------------------------------------------------------------------------------------------------------------- */

static void sizes(const struct header *h, uint64_t size[PARTS])
{
	const uint64_t n = h->n, m = h->file_n, all[PARTS] = { m * 8, (n + 1) * 4, m * 4, ((uint64_t)h->path_n + 1) * 4, n * h->hash, m * h->hash, m, h->paths_n };
	memcpy(size, all, sizeof all);
}

static bool is_sound(const struct git_brought_view *v)
{
	bool good = git_own_file_goes_up(v->at, v->n, v->file_n) && git_own_file_goes_up(v->path_at, v->path_n, v->paths_n);
	for (uint32_t i = 0; i < v->file_n; i++)
		good &= v->path[i] < v->path_n && v->kind[i] < GIT_BROUGHT_KINDS;
	for (uint32_t i = 0; good && i < v->path_n; i++)
		good &= v->path_at[i + 1] > v->path_at[i] && v->paths[v->path_at[i + 1] - 1] == '\0';
	return good;
}

bool git_brought_parse(struct git_brought_view *out, const uint8_t *bytes, size_t size)
{
	struct header h;
	uint64_t part[PARTS];
	const uint8_t *p[PARTS];
	if (size < sizeof h || size > GIT_OWN_FILE_MAX)
		return false;
	memcpy(&h, bytes, sizeof h);
	if (memcmp(h.magic, magic, sizeof magic) != 0 || h.order != GIT_OWN_FILE_ORDER || (h.hash != 20 && h.hash != 32) || h.paths_n > size)
		return false;
	sizes(&h, part);
	if (!git_own_file_parts(p, &form, part, bytes, size))
		return false;
	struct git_brought_view v = { .n = h.n, .file_n = h.file_n, .path_n = h.path_n, .hash = (uint8_t)h.hash, .id = p[4], .blob = p[5], .kind = p[6], .paths_n = h.paths_n };
	v.size = (const int64_t *)(const void *)p[0];
	v.at = (const uint32_t *)(const void *)p[1];
	v.path = (const uint32_t *)(const void *)p[2];
	v.path_at = (const uint32_t *)(const void *)p[3];
	v.paths = (const char *)p[7];
	if (!is_sound(&v))
		return false;
	*out = v;
	return true;
}

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

git_brought *git_brought_open(const char *common, uint8_t hash)
{
	git_brought *b = calloc(1, sizeof *b);
	if (!b)
		abort();
	b->a = slu_arena_new();
	b->path_of = slu_map_new(b->a);
	b->hash = hash;
	b->map = git_own_file_map(common, &form, &b->map_n);
	if (b->map && (!git_brought_parse(&b->old, b->map, b->map_n) || b->old.hash != hash))
		b->old = (struct git_brought_view){ .n = 0 };
	if (!git_id_table_make(&b->place, b->old.id, b->old.n, hash))
		abort();
	return b;
}

void git_brought_close(git_brought *b)
{
	if (!b)
		return;
	if (b->map)
		(void)munmap((void *)(uintptr_t)b->map, b->map_n);
	slu_arena_free(b->a);
	free(b->place.slot);
	free(b);
}

static struct pol_file file_at(const struct git_brought_view *v, uint32_t i, const slu_oid *commit)
{
	const char *path = v->paths + v->path_at[v->path[i]];
	bool file = v->kind[i] == GIT_BROUGHT_FILE;
	return (struct pol_file){ .path = { path, v->path_at[v->path[i] + 1] - v->path_at[v->path[i]] - 1 }, .blob = file ? slu_oid_of_bytes(v->blob + (size_t)i * v->hash, v->hash) : slu_oid_zero(),
		.size = v->size[i], .commit = *commit, .submodule = v->kind[i] == GIT_BROUGHT_SUBMODULE };
}

bool git_brought_find(git_brought *b, slu_arena *a, const slu_oid *commit, struct git_brought_list *to)
{
	const struct git_brought_view *v = &b->old;
	const struct git_raw id = git_raw_of(commit);
	uint32_t c;
	if (v->n == 0 || strlen(commit->hex) != 2u * b->hash || !git_id_table_find(&c, &b->place, id.b))
		return false;
	for (uint32_t i = v->at[c]; i < v->at[c + 1]; i++)
		*SLU_ADD(a, to) = file_at(v, i, commit);
	*SLU_ADD(b->a, &b->asked) = c;
	return true;
}

slu_rc git_brought_files_of(git_brought *b, port_git *g, slu_arena *a, const slu_oid *commit, size_t n, const struct pol_file **out, size_t *out_n, slu_err *err)
{
	struct git_brought_list known = { 0 }, list = { 0 };
	const struct pol_file *read = NULL;
	size_t *end = SLU_NEW_N(a, size_t, n + 1), new_n = 0, read_n = 0, at = 0; /* end: of the known ones of each commit */
	slu_oid *fresh = SLU_NEW_N(a, slu_oid, n + 1);
	for (size_t i = 0; i < n; end[i++] = known.n)
		if (!git_brought_find(b, a, &commit[i], &known))
			fresh[new_n++] = commit[i];
	SLU_TRY(git_cli_files_of(g, a, fresh, new_n, true, &read, &read_n, err));
	for (size_t i = 0, k = 0; i < n; i++) {
		bool is_new = k < new_n && slu_oid_eq(&fresh[k], &commit[i]);
		size_t from = at;
		for (size_t m = i ? end[i - 1] : 0; m < end[i]; m++)
			*SLU_ADD(a, &list) = known.v[m];
		for (; is_new && at < read_n && slu_oid_eq(&read[at].commit, &commit[i]); at++)
			*SLU_ADD(a, &list) = read[at];
		if (is_new)
			git_brought_add(b, &commit[i], at > from ? read + from : NULL, at - from);
		k += is_new;
	}
	*out = list.v;
	*out_n = list.n;
	return SLU_OK;
}

/* ---- what is left --------------------------------------------------------------------------------------------------------- */

static uint32_t number_of(git_brought *b, slu_str path)
{
	const uint32_t *known = slu_map_get(b->path_of, path);
	if (known)
		return *known;
	uint32_t *number = SLU_NEW(b->a, uint32_t);
	slu_str own = { slu_str_dup(b->a, path), path.n };
	*number = (uint32_t)b->path.n;
	*SLU_ADD(b->a, &b->path) = own;
	slu_map_put(b->path_of, own, number);
	return *number;
}

void git_brought_add(git_brought *b, const slu_oid *commit, const struct pol_file *file, size_t n)
{
	if (b->kind.n + n > UINT32_MAX / 2)
		return;
	*SLU_ADD(b->a, &b->id) = git_raw_of(commit);
	for (size_t i = 0; i < n; i++) {
		bool gone = slu_oid_is_zero(&file[i].blob);
		*SLU_ADD(b->a, &b->file_path) = number_of(b, file[i].path);
		*SLU_ADD(b->a, &b->size) = file[i].size;
		*SLU_ADD(b->a, &b->blob) = gone ? (struct git_raw){ { 0 } } : git_raw_of(&file[i].blob);
		*SLU_ADD(b->a, &b->kind) = file[i].submodule ? GIT_BROUGHT_SUBMODULE : gone ? GIT_BROUGHT_GONE : GIT_BROUGHT_FILE;
	}
	*SLU_ADD(b->a, &b->end) = (uint32_t)b->kind.n;
}

static uint8_t *packed(git_brought *b, const struct git_raw *id, size_t n)
{
	uint8_t *out = slu_calloc(b->a, n + 1, b->hash);
	for (size_t i = 0; i < n; i++)
		memcpy(out + i * b->hash, id[i].b, b->hash);
	return out;
}

/* With what was there before and is still of use. */
static void add_old(git_brought *b)
{
	const struct git_brought_view *v = &b->old;
	for (size_t k = 0; k < b->asked.n; k++) {
		slu_auto_arena *a = slu_arena_new();
		struct git_brought_list files = { 0 };
		uint32_t c = b->asked.v[k];
		const slu_oid commit = slu_oid_of_bytes(v->id + (size_t)c * v->hash, v->hash);
		for (uint32_t i = v->at[c]; i < v->at[c + 1]; i++)
			*SLU_ADD(a, &files) = file_at(v, i, &commit);
		git_brought_add(b, &commit, files.v, files.n);
	}
}

void git_brought_keep(git_brought *b, const char *common)
{
	slu_auto_buf paths;
	slu_buf_init(&paths, GIT_OWN_FILE_MAX);
	size_t all = b->id.n + b->asked.n;
	if (all < LEAST || all > UINT32_MAX / 2 || (b->id.n * NEWS <= all && b->old.n / 2 <= all))
		return;
	add_old(b);
	struct header h = { .order = GIT_OWN_FILE_ORDER, .hash = b->hash, .n = (uint32_t)b->id.n, .file_n = (uint32_t)b->kind.n, .path_n = (uint32_t)b->path.n };
	uint32_t *at = SLU_NEW_N(b->a, uint32_t, b->id.n + 1), *path_at = SLU_NEW_N(b->a, uint32_t, b->path.n + 1);
	for (size_t i = 0; i < b->id.n; i++)
		at[i + 1] = b->end.v[i];
	for (size_t i = 0; i < b->path.n; i++) {
		slu_buf_addstr(&paths, b->path.v[i]);
		slu_buf_addc(&paths, '\0');
		path_at[i + 1] = (uint32_t)paths.n;
	}
	if (paths.over)
		return;
	memcpy(h.magic, magic, sizeof magic);
	h.paths_n = paths.n;
	const void *const bytes[PARTS] = { b->size.v, at, b->file_path.v, path_at, packed(b, b->id.v, b->id.n), packed(b, b->blob.v, b->blob.n), b->kind.v, paths.p };
	uint64_t size[PARTS];
	sizes(&h, size);
	git_own_file_write(common, &form, &h, bytes, size);
}
