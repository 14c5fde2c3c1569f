/* SPDX-License-Identifier: Apache-2.0 */
#include "git/index.h"

#include "run/proc.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEADER = 12,
	STAT_BYTES = 40,
	ASSUMED = 0x8000,
	EXTENDED = 0x4000,
	STAGE = 0x3000,
	SPARSE = 0x4000,    /* of the second word of flags */
	ANNOUNCED = 0x2000,
	GITLINK = 0160000,
	INDEX_MAX = 256 << 20
};

static uint32_t word(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static const unsigned char *bytes_at(const struct git_index *x, size_t at)
{
	return (const unsigned char *)x->text.p + at;
}

/* ---- entries ---------------------------------------------------------------------------------------------------------------- */

bool git_index_open(struct git_index *x, slu_str text, uint8_t hash)
{
	if (text.n < HEADER + (size_t)hash || memcmp(text.p, "DIRC", 4) != 0)
		return false;
	x->text = (slu_str){ text.p, text.n - hash }; /* the last bytes are a sum that git does not look at either */
	x->at = HEADER;
	x->version = word(bytes_at(x, 4));
	x->left = word(bytes_at(x, 8));
	x->hash = hash;
	x->name_n = 0;
	return x->version >= 2 && x->version <= 4;
}

/* How many bytes of the name before are not in this one: seven bits a byte, the highest first, one added for each byte that follows. */
static bool dropped(const struct git_index *x, size_t *at, size_t *out)
{
	*out = 0;
	for (bool first = true;; first = false) {
		if (*at >= x->text.n || *out > sizeof x->name)
			return false;
		unsigned char c = *bytes_at(x, (*at)++);
		*out = (first ? 0 : (*out + 1) << 7) + (c & 0x7f);
		if (!(c & 0x80))
			return true;
	}
}

/* The name that begins at `at`; x->at is moved behind it. */
static bool read_name(struct git_index *x, size_t begin, size_t at)
{
	size_t keep = 0, drop = 0;
	if (x->version == 4) {
		if (!dropped(x, &at, &drop) || drop > x->name_n)
			return false;
		keep = x->name_n - drop;
	}
	const char *from = at < x->text.n ? x->text.p + at : NULL, *end = from ? memchr(from, 0, x->text.n - at) : NULL;
	size_t n = end ? (size_t)(end - from) : 0;
	if (!end || n == 0 || keep + n >= sizeof x->name)
		return false;
	memcpy(x->name + keep, from, n + 1);
	x->name_n = keep + n;
	at += n + 1;
	if (x->version < 4) /* zeros up to a multiple of eight */
		at = begin + ((at - begin + 7) & ~(size_t)7);
	x->at = at;
	return at <= x->text.n;
}

bool git_index_next(struct git_index *x, struct git_index_entry *out)
{
	size_t begin = x->at, fixed = STAT_BYTES + (size_t)x->hash + 2;
	if (x->left == 0 || x->text.n - begin < fixed + 2)
		return false;
	const unsigned char *p = bytes_at(x, begin);
	unsigned flags = (unsigned)p[fixed - 2] << 8 | p[fixed - 1], more = 0;
	if (flags & EXTENDED) {
		if (x->version < 3)
			return false;
		more = (unsigned)p[fixed] << 8 | p[fixed + 1];
		fixed += 2;
	}
	*out = (struct git_index_entry){
		.ctime_s = word(p), .ctime_ns = word(p + 4), .mtime_s = word(p + 8), .mtime_ns = word(p + 12),
		.ino = word(p + 20), .mode = word(p + 24), .uid = word(p + 28), .gid = word(p + 32), .size = word(p + 36),
		.id = p + STAT_BYTES, .settled = !(flags & STAGE) && !(more & ANNOUNCED), .assumed = flags & ASSUMED, .sparse = more & SPARSE,
	};
	if (!read_name(x, begin, begin + fixed))
		return false;
	out->path = x->name;
	x->left--;
	return true;
}

/* ---- what comes after them ---------------------------------------------------------------------------------------------------- */

/* "", NUL, the number of entries, a blank, the number of trees in it, a newline, the id. */
static bool root_of(slu_str text, uint8_t hash, slu_oid *out)
{
	const char *line = text.n ? memchr(text.p, '\n', text.n) : NULL;
	if (!line || text.p[0] != '\0' || text.p[1] == '-' || text.n - (size_t)(line + 1 - text.p) < hash)
		return false;
	*out = slu_oid_of_bytes((const unsigned char *)line + 1, hash);
	return true;
}

bool git_index_tree(const struct git_index *x, slu_oid *out)
{
	bool found = false;
	size_t at = x->at;
	while (x->text.n - at >= 8) {
		const char *name = x->text.p + at;
		size_t n = word(bytes_at(x, at + 4));
		if (name[0] < 'A' || name[0] > 'Z' || n > x->text.n - at - 8) /* others must be understood */
			return false;
		if (memcmp(name, "TREE", 4) == 0)
			found = root_of((slu_str){ name + 8, n }, x->hash, out);
		at += 8 + n;
	}
	return found && at == x->text.n;
}

/* ---- files -------------------------------------------------------------------------------------------------------------------- */

struct looking {
	int dir;             /* of the work tree */
	struct stat index;   /* of the index file */
	char above[PATH_MAX]; /* the last folder that was found to be one, with its slash */
	size_t above_n;
};

/* A folder on the way that is now a link would show other files than ours. */
static bool folders_stand(struct looking *l, const char *path)
{
	size_t same = 0;
	const char *last = strrchr(path, '/');
	size_t n = last ? (size_t)(last + 1 - path) : 0;
	if (n <= l->above_n && memcmp(path, l->above, n) == 0)
		return true;
	while (same < n && same < l->above_n && path[same] == l->above[same])
		same++;
	memcpy(l->above, path, n);
	l->above_n = n;
	for (size_t i = same; i < n; i++) {
		struct stat st;
		if (path[i] != '/')
			continue;
		l->above[i] = '\0';
		bool stands = fstatat(l->dir, l->above, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
		l->above[i] = '/';
		if (!stands) {
			l->above_n = 0;
			return false;
		}
	}
	return true;
}

/* A file that was written in the same moment as the index, or after it, may have changed without its times telling so. */
static bool is_later(const struct looking *l, const struct git_index_entry *e)
{
	return e->mtime_s > (uint32_t)l->index.st_mtim.tv_sec || (e->mtime_s == (uint32_t)l->index.st_mtim.tv_sec && e->mtime_ns >= (uint32_t)l->index.st_mtim.tv_nsec);
}

static bool is_empty(const unsigned char *id)
{
	/* of a blob without bytes, by SHA-1 and by SHA-256 */
	static const unsigned char one[20] = { 0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91 };
	static const unsigned char two[20] = { 0x47, 0x3a, 0x0f, 0x4c, 0x3b, 0xe8, 0xa9, 0x36, 0x81, 0xa2, 0x67, 0xe3, 0xb1, 0xe9, 0xa7, 0xdc, 0xda, 0x11, 0x85, 0x43 };
	return memcmp(id, one, sizeof one) == 0 || memcmp(id, two, sizeof two) == 0;
}

static bool is_same(const struct git_index_entry *e, const struct stat *st)
{
	uint32_t mode = S_ISLNK(st->st_mode) ? S_IFLNK : S_ISREG(st->st_mode) ? S_IFREG | (st->st_mode & S_IXUSR ? 0755 : 0644) : 0;
	return mode == e->mode && (uint32_t)st->st_size == e->size && (uint32_t)st->st_ino == e->ino && st->st_uid == e->uid && st->st_gid == e->gid && (uint32_t)st->st_mtim.tv_sec == e->mtime_s
	       && (uint32_t)st->st_mtim.tv_nsec == e->mtime_ns && (uint32_t)st->st_ctim.tv_sec == e->ctime_s && (uint32_t)st->st_ctim.tv_nsec == e->ctime_ns;
}

static bool stands(struct looking *l, const struct git_index_entry *e)
{
	struct stat st;
	if (!e->settled)
		return false;
	if (e->mode == GITLINK || e->assumed)
		return true;
	if (!folders_stand(l, e->path))
		return e->sparse;
	bool there = fstatat(l->dir, e->path, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (e->sparse)
		return !there;
	bool noted = e->size > 0 || is_empty(e->id); /* git notes no size for what it is not sure of */
	return there && noted && is_same(e, &st) && !is_later(l, e);
}

static bool all_stand(struct looking *l, slu_str text, const slu_oid *tree)
{
	struct git_index x;
	struct git_index_entry e;
	unsigned char id[32];
	slu_oid held;
	if (!git_index_open(&x, text, (uint8_t)slu_oid_bytes(id, tree)))
		return false;
	while (git_index_next(&x, &e))
		if (!stands(l, &e))
			return false;
	return x.left == 0 && git_index_tree(&x, &held) && slu_oid_eq(&held, tree);
}

bool git_index_clean(const char *git_dir, const char *work_tree, const slu_oid *tree)
{
	slu_auto_arena *a = slu_arena_new();
	struct looking l = { .dir = open(work_tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	int fd = open(slu_printf(a, "%s/index", git_dir), O_RDONLY | O_CLOEXEC);
	bool fits = l.dir >= 0 && fd >= 0 && fstat(fd, &l.index) == 0 && l.index.st_size > 0 && l.index.st_size <= INDEX_MAX;
	size_t n = fits ? (size_t)l.index.st_size : 0;
	void *map = fits ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED; /* git never writes into it, it renames another over it */
	bool clean = map != MAP_FAILED && all_stand(&l, (slu_str){ map, n }, tree);
	if (map != MAP_FAILED)
		(void)munmap(map, n);
	run_close(&fd);
	run_close(&l.dir);
	return clean;
}
