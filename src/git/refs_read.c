/* SPDX-License-Identifier: Apache-2.0 */
/* All refs below a prefix: the loose files first, then packed-refs, so that one that is packed meanwhile is seen. */
#include "git/git_cli_impl.h"
#include "git/packed_refs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REF_FILE_MAX = 256, FOLDER_DEPTH = 64 };

struct alias { /* refs/remotes/origin/HEAD: what it names has its value */
	slu_str name, target;
};
struct reading {
	struct git_cli *git;
	slu_arena *a;
	slu_str prefix;
	bool unusual; /* somebody else must read them */
	SLU_LIST(struct port_git_ref) loose;
	SLU_LIST(struct alias) alias;
};

/* ---- loose --------------------------------------------------------------------------------------------------------------- */

static void take_file(struct reading *r, int dir, const char *file, slu_str name)
{
	char buf[REF_FILE_MAX];
	struct port_git_ref ref = { .name = name };
	if (slu_str_ends(name, ".lock") || name.n < r->prefix.n || memcmp(name.p, r->prefix.p, r->prefix.n) != 0)
		return;
	int fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) /* it is packed by now, or gone */
		return;
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf);
	run_close(&fd);
	slu_str text = slu_str_trim((slu_str){ buf, n > 0 && n < REF_FILE_MAX ? (size_t)n : 0 });
	if (slu_str_starts(text, "ref: ") && git_ref_name_ok(name))
		*SLU_ADD(r->a, &r->alias) = (struct alias){ name, slu_s(slu_strndup(r->a, text.p + 5, text.n - 5)) };
	else if (!git_ref_name_ok(name) || slu_oid_parse(&ref.id, text, NULL) != SLU_OK)
		r->unusual = true; /* a link, or damaged */
	else
		*SLU_ADD(r->a, &r->loose) = ref;
}

/** @param fd  of the folder, taken over @param path  of it, ending in a slash */
static void take_folder(struct reading *r, int fd, const char *path, unsigned depth)
{
	DIR *d = fdopendir(fd);
	if (!d || depth == 0) {
		if (d)
			closedir(d);
		else
			close(fd);
		r->unusual = true;
		return;
	}
	for (const struct dirent *e; !r->unusual && (e = readdir(d));) {
		const char *name = slu_printf(r->a, "%s%s", path, e->d_name);
		if (e->d_name[0] == '.')
			continue;
		int below = e->d_type == DT_REG ? -1 : openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0)
			take_folder(r, below, slu_printf(r->a, "%s/", name), depth - 1);
		else
			take_file(r, dirfd(d), e->d_name, slu_s(name));
	}
	closedir(d);
}

static int by_name(const void *x, const void *y)
{
	const struct port_git_ref *a = x, *b = y;
	return slu_str_cmp(a->name, b->name);
}

static void read_loose(struct reading *r)
{
	const char *slash = memrchr(r->prefix.p, '/', r->prefix.n);
	const char *folder = slash ? slu_strndup(r->a, r->prefix.p, (size_t)(slash - r->prefix.p) + 1) : "refs/";
	int fd = open(slu_printf(r->a, "%s/%s", r->git->common, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		take_folder(r, fd, folder, FOLDER_DEPTH);
	else if (errno != ENOENT && errno != ENOTDIR)
		r->unusual = true;
	if (r->loose.n > 1)
		qsort(r->loose.v, r->loose.n, sizeof *r->loose.v, by_name);
}

/* ---- packed -------------------------------------------------------------------------------------------------------------- */

static slu_str map_packed(struct reading *r)
{
	struct stat st;
	slu_str text = { 0 };
	int fd = open(slu_printf(r->a, "%s/packed-refs", r->git->common), O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		r->unusual = r->unusual || errno != ENOENT;
		return text;
	}
	void *map = fstat(fd, &st) == 0 && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	close(fd);
	if (map && map != MAP_FAILED)
		text = (slu_str){ map, (size_t)st.st_size };
	r->unusual = r->unusual || map == MAP_FAILED || !packed_refs_ok(text);
	return text;
}

bool git_packed_value(const struct git_cli *g, slu_arena *a, slu_str name, slu_oid *out)
{
	struct stat st;
	int fd = open(slu_printf(a, "%s/packed-refs", g->common), O_RDONLY | O_CLOEXEC);
	*out = slu_oid_zero();
	if (fd < 0)
		return errno == ENOENT;
	void *map = fstat(fd, &st) == 0 && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	close(fd);
	if (map == MAP_FAILED)
		return false;
	slu_str text = { map, map ? (size_t)st.st_size : 0 };
	bool good = packed_refs_ok(text);
	if (good)
		(void)packed_refs_value(text, name, out);
	if (map)
		(void)munmap(map, text.n);
	return good;
}

/** The loose refs that stand before `name` (all, when its n is 0), then whether one of that name is among them. */
static bool merge_loose(struct reading *r, size_t *at, slu_str name, struct port_git_ref *out, size_t *n)
{
	int c = -1;
	while (*at < r->loose.n && (name.n == 0 || (c = slu_str_cmp(r->loose.v[*at].name, name)) <= 0)) {
		out[(*n)++] = r->loose.v[(*at)++];
		if (name.n && c == 0)
			return true;
	}
	return false;
}

/* Where the lines with the prefix end. */
static size_t end_of(const struct reading *r, slu_str packed)
{
	if (r->prefix.n == 0)
		return packed.n;
	char *next = slu_str_dup(r->a, r->prefix);
	next[r->prefix.n - 1]++; /* a byte of a name of a ref is never the highest one */
	return packed_refs_find(packed, (slu_str){ next, r->prefix.n });
}

static const struct port_git_ref *merge(struct reading *r, slu_str packed, size_t *n)
{
	slu_str last = { 0 };
	size_t lines = 0, at = 0, begin = packed_refs_find(packed, r->prefix), behind = end_of(r, packed);
	*n = 0;
	for (const char *p = packed.p + begin, *end = packed.p + behind; begin < behind && p && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	struct port_git_ref *out = slu_alloc(r->a, (lines + r->loose.n + 1) * sizeof *out);
	for (size_t p = begin; p < behind; p = packed_refs_next(packed, p)) {
		struct port_git_ref ref;
		slu_str name = packed_refs_name(packed, p);
		if (name.n < r->prefix.n || (r->prefix.n && memcmp(name.p, r->prefix.p, r->prefix.n) != 0))
			break;
		if (name.n == 0 || (*n && slu_str_cmp(last, name) >= 0) || !packed_refs_at(packed, p, &ref.id, &ref.peeled)) {
			r->unusual = true;
			break;
		}
		last = name;
		ref.name = (slu_str){ slu_strndup(r->a, name.p, name.n), name.n };
		if (!merge_loose(r, &at, ref.name, out, n))
			out[(*n)++] = ref;
	}
	(void)merge_loose(r, &at, (slu_str){ 0 }, out, n);
	return out;
}

static size_t find_ref(const struct port_git_ref *list, size_t n, slu_str name)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (slu_str_cmp(list[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Each takes its place with the value of what it names; one that names something else, nothing, or another such one is for somebody else. */
static const struct port_git_ref *add_aliases(struct reading *r, const struct port_git_ref *list, size_t *n)
{
	struct port_git_ref *out = SLU_NEW_N(r->a, struct port_git_ref, *n + r->alias.n + 1);
	size_t real = *n;
	memcpy(out, list, real * sizeof *out);
	for (size_t i = 0; i < r->alias.n && !r->unusual; i++) {
		const struct alias *alias = &r->alias.v[i];
		size_t from = find_ref(list, real, alias->target), at = find_ref(out, *n, alias->name);
		bool known = from < real && slu_str_eq(list[from].name, alias->target), packed = at < *n && slu_str_eq(out[at].name, alias->name);
		if (!known) {
			r->unusual = true;
			break;
		}
		if (!packed) {
			memmove(out + at + 1, out + at, (*n - at) * sizeof *out);
			(*n)++;
		}
		out[at] = list[from];
		out[at].name = alias->name;
	}
	return out;
}

bool git_refs_read(struct git_cli *g, git_peel *peel, slu_arena *a, slu_str prefix, const struct port_git_ref **out, size_t *n)
{
	struct reading r = { .git = g, .a = a, .prefix = prefix };
	if (strcmp(g->common, g->path) != 0 && !slu_str_starts(prefix, "refs/heads/") && !slu_str_starts(prefix, "refs/tags/") && !slu_str_starts(prefix, "refs/remotes/"))
		return false; /* a linked work tree has some refs of its own */
	read_loose(&r);
	for (size_t i = 0; i < r.loose.n && !r.unusual; i++) {
		struct port_git_ref *ref = &r.loose.v[i];
		enum git_kind kind = GIT_COMMIT;
		ref->peeled = ref->id;
		if (!slu_str_starts(ref->name, "refs/heads/")) /* a branch names a commit */
			r.unusual = peel(g, &ref->id, &kind, &ref->peeled, NULL) != SLU_OK || kind == GIT_MISSING;
	}
	slu_str packed = r.unusual ? (slu_str){ 0 } : map_packed(&r);
	size_t count = 0;
	const struct port_git_ref *list = r.unusual ? NULL : merge(&r, packed, &count);
	if (packed.n)
		(void)munmap((void *)(uintptr_t)packed.p, packed.n);
	if (r.alias.n && !r.unusual)
		list = add_aliases(&r, list, &count);
	if (r.unusual)
		return false;
	*out = list;
	*n = count;
	return true;
}
