/* SPDX-License-Identifier: Apache-2.0 */
/* Source: git's Documentation/gitrepository-layout.txt. Test: test/unit/git_objects_test.c, test/fuzz/loose_fuzz.c */
#include "git/objects.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	FOLDERS_MAX = 32,
	DEPTH_MAX = 5,               /* of folders that borrow from folders, as in git */
	ALTERNATES_MAX = 64 * 1024,
	HEAD_MAX = 32,               /* "commit 1234" and its NUL */
	LOOSE_START = 16 * 1024,
	CLOCK_MS = 20,               /* the file system's may stand so long */
};

struct folder {
	const char *path;
	git_packs *packs;
	struct timespec packs_time; /* of its folder pack/ when it was read; zero: too new to tell */
};
struct git_objects {
	slu_arena *a;
	struct folder folder[FOLDERS_MAX];
	size_t n;
	uint8_t hash;
	bool whole; /* no folder and no pack was left out */
};

/* ---- loose objects ----------------------------------------------------------------------------------------------------- */

static bool kind_of(enum git_kind *out, slu_str word)
{
	static const char *const words[] = { [GIT_COMMIT] = "commit", [GIT_TREE] = "tree", [GIT_BLOB] = "blob", [GIT_TAG] = "tag" };
	for (int k = GIT_COMMIT; k <= GIT_TAG; k++) {
		if (slu_str_is(word, words[k])) {
			*out = (enum git_kind)k;
			return true;
		}
	}
	return false;
}

/** "KIND SIZE" and a NUL, then that many bytes. */
static bool read_head(struct git_found *out, char *text, size_t n)
{
	uint64_t size = 0;
	const char *nul = memchr(text, 0, n < HEAD_MAX ? n : HEAD_MAX);
	slu_str head = { text, nul ? (size_t)(nul - text) : 0 }, word = { 0 };
	struct git_found f = { .own = text };
	if (!nul || !slu_str_split(&head, ' ', &word) || !kind_of(&f.kind, word) || slu_parse_u64(&size, head, NULL) != SLU_OK || size != n - (size_t)(nul + 1 - text))
		return false;
	f.bytes = (slu_str){ nul + 1, (size_t)size };
	*out = f;
	return true;
}

/** Its size stands inside, so room is made until it fits; libdeflate never writes more than there is, and a bomb ends at the limit. */
static char *inflate(const uint8_t *file, size_t n, size_t *made)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	enum libdeflate_result rc = LIBDEFLATE_INSUFFICIENT_SPACE;
	char *out = NULL;
	if (!d)
		abort();
	for (size_t room = LOOSE_START; rc == LIBDEFLATE_INSUFFICIENT_SPACE && room <= 2 * (size_t)SLU_MAX_BLOB_BYTES; room *= 4) {
		size_t used = 0;
		free(out);
		out = malloc(room + 1);
		if (!out)
			abort();
		rc = libdeflate_zlib_decompress_ex(d, file, n, out, room, &used, made);
		if (rc == LIBDEFLATE_SUCCESS && used != n)
			rc = LIBDEFLATE_BAD_DATA;
	}
	libdeflate_free_decompressor(d);
	if (rc == LIBDEFLATE_SUCCESS)
		return out;
	free(out);
	return NULL;
}

bool git_loose_read(struct git_found *out, const uint8_t *file, size_t n)
{
	size_t made = 0;
	char *text = inflate(file, n, &made);
	if (!text)
		return false;
	text[made] = '\0';
	if (read_head(out, text, made) && out->bytes.n <= SLU_MAX_BLOB_BYTES)
		return true;
	free(text);
	return false;
}

/** A small file whole; NULL: it cannot be read, and errno says why. */
static char *read_file(const char *path, size_t max, size_t *n)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), why = 0;
	if (fd < 0)
		return NULL;
	char *text = NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uintmax_t)st.st_size > max)
		why = EFBIG;
	else if (!(text = malloc((size_t)st.st_size + 1)))
		abort();
	ssize_t got = text ? read(fd, text, (size_t)st.st_size) : -1;
	if (text && got != st.st_size) {
		why = EIO;
		free(text);
		text = NULL;
	}
	close(fd);
	*n = text ? (size_t)got : 0;
	errno = why;
	return text;
}

static enum git_told hold_loose(const git_objects *o, const char *folder, const struct git_raw *id, struct git_found *out)
{
	char path[4096];
	size_t n = 0;
	slu_oid hex = git_raw_hex(id, o->hash);
	int length = snprintf(path, sizeof path, "%s/%.2s/%s", folder, hex.hex, hex.hex + 2);
	if (length < 0 || (size_t)length >= sizeof path)
		return GIT_UNTOLD;
	char *file = read_file(path, SLU_MAX_BLOB_BYTES, &n);
	if (!file)
		return errno == ENOENT ? GIT_ABSENT : GIT_UNTOLD;
	bool read = git_loose_read(out, (const uint8_t *)file, n);
	free(file);
	return read ? GIT_TOLD : GIT_UNTOLD;
}

/* ---- folders ------------------------------------------------------------------------------------------------------------ */

static struct timespec time_of_packs(const char *folder)
{
	char path[4096];
	struct stat st;
	(void)snprintf(path, sizeof path, "%s/pack", folder);
	return stat(path, &st) == 0 ? st.st_mtim : (struct timespec){ 0 };
}

/** A time so new may stand for two packs. */
static bool is_settled(const struct timespec *t)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - t->tv_sec) * 1000 + (now.tv_nsec - t->tv_nsec) / 1000000 > CLOCK_MS;
}

bool git_alternate_next(slu_str *rest, slu_str *folder, bool *odd)
{
	slu_str line;
	while (slu_str_split(rest, '\n', &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		*odd = line.p[0] == '"' || memchr(line.p, 0, line.n) || line.n > 4000;
		*folder = line;
		return true;
	}
	return false;
}

static void add_folder(git_objects *o, const char *path, unsigned depth);

static void add_alternates(git_objects *o, const char *path, unsigned depth)
{
	size_t n = 0;
	slu_str folder;
	bool odd = false;
	char *text = read_file(slu_printf(o->a, "%s/info/alternates", path), ALTERNATES_MAX, &n);
	o->whole = o->whole && (text || errno == ENOENT || errno == ENOTDIR);
	slu_str rest = { text, n };
	while (text && git_alternate_next(&rest, &folder, &odd)) {
		if (odd || depth == 0)
			o->whole = false;
		else
			add_folder(o, slu_printf(o->a, "%s%s%.*s", folder.p[0] == '/' ? "" : path, folder.p[0] == '/' ? "" : "/", SLU_FMT(folder)), depth - 1);
	}
	free(text);
}

static void add_folder(git_objects *o, const char *path, unsigned depth)
{
	bool whole = true;
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->folder[i].path, path) == 0)
			return;
	if (o->n == FOLDERS_MAX) {
		o->whole = false;
		return;
	}
	struct folder *f = &o->folder[o->n++];
	f->path = slu_strdup(o->a, path);
	f->packs_time = time_of_packs(path);
	if (!is_settled(&f->packs_time))
		f->packs_time = (struct timespec){ 0 };
	f->packs = git_packs_open(path, o->hash, &whole);
	o->whole = o->whole && whole;
	add_alternates(o, f->path, depth);
}

static git_objects *objects_new(uint8_t hash)
{
	git_objects *o = calloc(1, sizeof *o);
	if (!o)
		abort();
	o->a = slu_arena_new();
	o->hash = hash;
	o->whole = true;
	return o;
}

git_objects *git_objects_again(const git_objects *of)
{
	git_objects *o = objects_new(of->hash);
	o->n = of->n;
	o->whole = of->whole;
	for (size_t i = 0; i < of->n; i++) {
		const struct folder *f = &of->folder[i];
		o->folder[i] = (struct folder){ slu_strdup(o->a, f->path), f->packs ? git_packs_again(f->packs) : NULL, f->packs_time };
	}
	return o;
}

git_objects *git_objects_open(const char *const *folder, size_t n, uint8_t hash)
{
	git_objects *o = objects_new(hash);
	for (size_t i = 0; i < n; i++)
		add_folder(o, folder[i], DEPTH_MAX);
	return o;
}

void git_objects_close(git_objects *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++)
		git_packs_close(o->folder[i].packs);
	slu_arena_free(o->a);
	free(o);
}

/* ---- objects ------------------------------------------------------------------------------------------------------------ */

/** Nobody brought a pack since they were opened. */
static bool as_they_were(const git_objects *o)
{
	for (size_t i = 0; i < o->n; i++) {
		struct timespec now = time_of_packs(o->folder[i].path);
		const struct timespec *was = &o->folder[i].packs_time;
		if (now.tv_sec != was->tv_sec || now.tv_nsec != was->tv_nsec)
			return false;
	}
	return true;
}

enum git_told git_objects_hold(git_objects *o, const struct git_raw *id, struct git_found *out)
{
	*out = (struct git_found){ 0 };
	for (size_t i = 0; i < o->n; i++) {
		struct git_packed *p = o->folder[i].packs ? git_packs_hold(o->folder[i].packs, id->b) : NULL;
		if (p) {
			*out = (struct git_found){ .kind = p->kind, .bytes = p->bytes, .packed = p };
			return GIT_TOLD;
		}
	}
	for (size_t i = 0; i < o->n; i++) {
		enum git_told told = hold_loose(o, o->folder[i].path, id, out);
		if (told != GIT_ABSENT)
			return told;
	}
	for (size_t i = 0; i < o->n; i++)
		if (o->folder[i].packs && git_packs_has(o->folder[i].packs, id->b))
			return GIT_UNREAD;
	return o->whole && as_they_were(o) ? GIT_ABSENT : GIT_UNTOLD;
}

enum git_told git_objects_pass(git_objects *o, const struct git_raw *id, struct git_found *out)
{
	*out = (struct git_found){ 0 };
	for (size_t i = 0; i < o->n; i++)
		if (o->folder[i].packs && git_packs_read(o->folder[i].packs, id->b, &out->kind, &out->bytes))
			return GIT_TOLD;
	return git_objects_hold(o, id, out);
}

void git_found_drop(struct git_found *f)
{
	git_packed_drop(f->packed);
	free(f->own);
	*f = (struct git_found){ 0 };
}
