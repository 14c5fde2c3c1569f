/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refs move in this process, as Git moves them: a lock file NAME.lock for each ref, packed-refs.lock where that file changes, everything
 * on disk before anything is renamed. Where a transaction has many refs, their values go into packed-refs: one file and one fsync, and
 * all of them move with one rename. What is not as the server makes it (symbolic refs, reflogs, an old packed-refs) is left to git.
 */
#include "git/git_cli_impl.h"
#include "git/packed_refs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKED_FROM = 16, REF_WAIT_MS = 100, PACKED_WAIT_MS = 1000, LOCK_STEP_MS = 2, FOLDER_TRIES = 8, FOLDER_DEPTH = 64, PACKED_MAX = 1 << 30 };
static const char packed_file[] = "packed-refs", packed_lock[] = "packed-refs.lock";

struct move {
	struct port_git_update u;
	const char *path, *lock; /* below the repository */
	slu_oid peeled;
	bool locked, loose, gone; /* gone: the ref is to go */
};
struct ref_txn {
	struct port_git_txn base;
	struct git_cli *git;
	int dir;             /* of the repository */
	slu_str packed;      /* packed-refs, mapped */
	bool many;           /* new values go into packed-refs */
	bool packed_locked;
	bool unusual;        /* git must do it */
	struct move *move;   /* by name */
	size_t n;
};

/* ---- ending ------------------------------------------------------------------------------------------------------------- */

static void unmap(struct ref_txn *t)
{
	if (t->packed.n)
		(void)munmap((void *)(uintptr_t)t->packed.p, t->packed.n);
	t->packed = (slu_str){ 0 };
}

/** Folders above a ref that are empty now; refs/heads and its like stay. */
static void prune(struct ref_txn *t, const char *path)
{
	char *p = slu_strdup(t->base.a, path), *top = strchr(p + strlen("refs/"), '/');
	for (char *slash = strrchr(p, '/'); top && slash > top; slash = strrchr(p, '/')) {
		*slash = '\0';
		if (unlinkat(t->dir, p, AT_REMOVEDIR) != 0)
			return;
	}
}

static void txn_free(struct ref_txn *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!t->move[i].locked)
			continue;
		(void)unlinkat(t->dir, t->move[i].lock, 0);
		prune(t, t->move[i].path);
	}
	if (t->packed_locked)
		(void)unlinkat(t->dir, packed_lock, 0);
	unmap(t);
	run_close(&t->dir);
	slu_arena_free(t->base.a);
}

/* ---- locking ------------------------------------------------------------------------------------------------------------ */

static slu_rc moved(const struct move *m, const char *why, slu_err *err)
{
	return slu_fail(err, SLU_E_CONFLICT, "The ref %.*s is not where it was expected: somebody else moved it (%s).", SLU_FMT(m->u.ref), why);
}

static slu_rc failed(const char *what, slu_err *err)
{
	const char *why = strerrordesc_np(errno);
	slu_rc rc = slu_rc_io(why);
	return slu_fail(err, rc, "%sThe refs could not be moved: %s: %s.", rc == SLU_E_FULL ? "The disk is full. " : "", what, why);
}

static void make_folders(struct ref_txn *t, const char *path)
{
	char *p = slu_strdup(t->base.a, path);
	for (char *slash = strchr(p, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdirat(t->dir, p, 0777);
		*slash = '/';
	}
}

/** A file that must not be there; one that is held is waited for. @return -1: errno says why */
static int take(struct ref_txn *t, const char *lock, int wait_ms)
{
	int64_t until = run_now_ms() + wait_ms;
	for (int tries = 0;;) {
		int fd = openat(t->dir, lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0)
			return fd;
		if (errno == ENOENT && tries++ < FOLDER_TRIES)
			make_folders(t, lock); /* again when somebody has just removed an empty one */
		else if (errno == EEXIST && run_now_ms() < until)
			(void)poll(NULL, 0, LOCK_STEP_MS);
		else
			return -1;
	}
}

/**
 * Lock a ref; its new value is in the lock file already where that becomes the ref. Of many, nobody reads the files: they are names of
 * the first one, for to make and remove as many inodes costs more than all else.
 */
static slu_rc lock_ref(struct ref_txn *t, struct move *m, slu_err *err)
{
	if (t->many && t->move[0].locked && linkat(t->dir, t->move[0].lock, t->dir, m->lock, 0) == 0) {
		m->locked = true;
		return SLU_OK;
	}
	int fd = take(t, m->lock, REF_WAIT_MS);
	if (fd < 0 && errno == EEXIST)
		return moved(m, "it is locked", err);
	if (fd < 0 && errno == ENOTDIR)
		return moved(m, "a ref stands where its folder would be", err);
	if (fd < 0)
		return failed(m->lock, err);
	m->locked = true;
	slu_rc rc = SLU_OK;
	if (!m->gone && !t->many) {
		slu_auto_buf line;
		slu_buf_init(&line, SLU_OID_TEXT + 1);
		slu_buf_addf(&line, "%s\n", m->u.new_.hex);
		rc = run_write_all(fd, line.p, line.n, -1, NULL);
		if (rc != SLU_OK || fsync(fd) != 0)
			rc = failed(m->lock, err);
	}
	close(fd);
	return rc;
}

/* ---- what is there ------------------------------------------------------------------------------------------------------- */

static slu_rc map_packed(struct ref_txn *t, slu_err *err)
{
	struct stat st;
	unmap(t);
	int fd = openat(t->dir, packed_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? SLU_OK : failed(packed_file, err);
	void *map = fstat(fd, &st) == 0 && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	slu_rc rc = map == MAP_FAILED ? failed(packed_file, err) : SLU_OK;
	close(fd);
	if (rc == SLU_OK && map)
		t->packed = (slu_str){ map, (size_t)st.st_size };
	t->unusual = t->unusual || (rc == SLU_OK && !packed_refs_ok(t->packed));
	return rc;
}

/** Remove a folder that holds nothing but folders. @return false: there is something in it */
static bool remove_empty(int at, const char *name, unsigned depth)
{
	if (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT || errno == ENOTDIR)
		return true;
	int fd = depth ? openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		run_close(&fd);
		return false;
	}
	bool empty = true;
	for (const struct dirent *e; empty && (e = readdir(d));)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || (e->d_type != DT_REG && remove_empty(dirfd(d), e->d_name, depth - 1));
	closedir(d);
	return empty && unlinkat(at, name, AT_REMOVEDIR) == 0;
}

/** The value of the ref's own file; zero: it has none. */
static slu_rc read_loose(struct ref_txn *t, struct move *m, slu_oid *out, slu_err *err)
{
	char buf[256];
	*out = slu_oid_zero();
	int fd = openat(t->dir, m->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return SLU_OK;
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf);
	int e = errno;
	run_close(&fd);
	if (n < 0 && e == EISDIR)
		return remove_empty(t->dir, m->path, FOLDER_DEPTH) ? SLU_OK : moved(m, "there are refs below it", err);
	m->loose = true;
	if (n < 0 || slu_oid_parse(out, slu_str_trim((slu_str){ buf, (size_t)n }), NULL) != SLU_OK)
		t->unusual = true; /* a symbolic ref, a link, or damaged */
	return SLU_OK;
}

static slu_rc verify_old(struct ref_txn *t, struct move *m, slu_err *err)
{
	slu_oid now;
	SLU_TRY(read_loose(t, m, &now, err));
	if (!m->loose && packed_refs_value(t->packed, m->u.ref, &now) && slu_oid_is_zero(&now))
		t->unusual = true;
	if (t->unusual || slu_oid_eq(&now, &m->u.old) || (slu_oid_is_zero(&now) && slu_oid_is_zero(&m->u.old)))
		return SLU_OK;
	slu_auto_arena *a = slu_arena_new();
	return moved(m, slu_oid_is_zero(&now) ? "it is not there" : slu_printf(a, "it is at %s", now.hex), err);
}

static int by_name(const void *x, const void *y)
{
	const struct move *a = x, *b = y;
	return slu_str_cmp(a->u.ref, b->u.ref);
}

/** No ref at a folder of a new one's name, none below it: packed ones and those of this transaction (loose ones are met by their files). */
static slu_rc verify_free(struct ref_txn *t, const struct move *m, slu_err *err)
{
	slu_oid ignored;
	slu_auto_arena *a = slu_arena_new();
	slu_str below = slu_s(slu_printf(a, "%.*s/", SLU_FMT(m->u.ref)));
	for (size_t i = strlen("refs/"); i < m->u.ref.n; i++) {
		struct move above = { .u.ref = { m->u.ref.p, i } };
		if (m->u.ref.p[i] == '/' && (packed_refs_value(t->packed, above.u.ref, &ignored) || bsearch(&above, t->move, t->n, sizeof above, by_name)))
			return moved(m, "a ref stands where its folder would be", err);
	}
	return slu_str_starts(packed_refs_name(t->packed, packed_refs_find(t->packed, below)), below.p) ? moved(m, "there are refs below it", err) : SLU_OK;
}

/** Git never lets a ref name what is not there, nor a branch what is no commit. */
static slu_rc verify_new(struct ref_txn *t, struct move *m, const struct move *last, git_peel *peel, slu_err *err)
{
	enum git_kind kind = GIT_MISSING;
	bool branch = slu_str_starts(m->u.ref, "refs/heads/");
	if (last && !last->gone && slu_oid_eq(&last->u.new_, &m->u.new_) && branch == slu_str_starts(last->u.ref, "refs/heads/")) {
		m->peeled = last->peeled;
		return SLU_OK;
	}
	SLU_TRY(peel(t->git, &m->u.new_, &kind, &m->peeled, err));
	if (kind == GIT_MISSING)
		return slu_fail(err, SLU_E_NOT_FOUND, "The ref %.*s cannot name %s: there is no such object.", SLU_FMT(m->u.ref), m->u.new_.hex);
	if (branch && kind != GIT_COMMIT)
		return slu_fail(err, SLU_E_INVALID, "The branch %.*s cannot name %s: it is no commit.", SLU_FMT(m->u.ref), m->u.new_.hex);
	if (kind != GIT_TAG)
		m->peeled = slu_oid_zero();
	return SLU_OK;
}

static slu_rc verify(struct ref_txn *t, git_peel *peel, slu_err *err)
{
	for (size_t i = 0; i < t->n && !t->unusual; i++) {
		struct move *m = &t->move[i];
		SLU_TRY(verify_old(t, m, err));
		if (slu_oid_is_zero(&m->u.old))
			SLU_TRY(verify_free(t, m, err));
		if (!m->gone)
			SLU_TRY(verify_new(t, m, i ? m - 1 : NULL, peel, err));
	}
	return SLU_OK;
}

/* ---- preparing ------------------------------------------------------------------------------------------------------------ */

static bool packed_changes(const struct ref_txn *t)
{
	slu_oid ignored;
	bool changes = t->many;
	for (size_t i = 0; i < t->n && !changes; i++)
		changes = t->move[i].gone && packed_refs_value(t->packed, t->move[i].u.ref, &ignored);
	return changes;
}

static slu_rc write_packed(struct ref_txn *t, int fd, slu_err *err)
{
	slu_auto_buf text;
	struct packed_ref *c = SLU_NEW_N(t->base.a, struct packed_ref, t->n + 1);
	size_t n = 0;
	slu_buf_init(&text, PACKED_MAX);
	for (size_t i = 0; i < t->n; i++)
		if (t->many || t->move[i].gone)
			c[n++] = (struct packed_ref){ t->move[i].u.ref, t->move[i].gone ? slu_oid_zero() : t->move[i].u.new_, t->move[i].peeled };
	packed_refs_edit(&text, t->packed, c, n);
	if (text.over)
		return slu_fail(err, SLU_E_LIMIT, "The refs could not be moved: the file %s would be too large.", packed_file);
	if (run_write_all(fd, text.p, text.n, -1, NULL) != SLU_OK || fsync(fd) != 0)
		return failed(packed_lock, err);
	return SLU_OK;
}

static slu_rc prepare(struct ref_txn *t, git_peel *peel, slu_err *err)
{
	int fd = -1;
	for (size_t i = 0; i < t->n; i++)
		SLU_TRY(lock_ref(t, &t->move[i], err));
	SLU_TRY(map_packed(t, err));
	if (packed_changes(t)) {
		fd = take(t, packed_lock, PACKED_WAIT_MS);
		if (fd < 0)
			return failed(packed_lock, err);
		t->packed_locked = true;
	}
	slu_rc rc = t->packed_locked ? map_packed(t, err) : SLU_OK; /* nobody writes it from here on */
	t->unusual = t->unusual || (t->packed_locked && rc == SLU_OK && !packed_refs_whole(t->packed));
	if (rc == SLU_OK)
		rc = verify(t, peel, err);
	if (rc == SLU_OK && t->packed_locked && !t->unusual)
		rc = write_packed(t, fd, err);
	run_close(&fd);
	return rc;
}

static slu_rc take_updates(struct ref_txn *t, const struct port_git_update *u, size_t n, slu_err *err)
{
	slu_arena *a = t->base.a;
	t->move = SLU_NEW_N(a, struct move, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (!git_ref_name_ok(u[i].ref) || memmem(u[i].ref.p, u[i].ref.n, ".lock/", 6))
			return slu_fail(err, SLU_E_INVALID, "\"%.*s\" is no name that a ref can have.", SLU_FMT(u[i].ref));
		struct move m = { .u = u[i], .gone = slu_oid_is_zero(&u[i].new_) };
		if (m.gone && slu_oid_is_zero(&u[i].old))
			return slu_fail(err, SLU_E_INVALID, "The ref %.*s is neither made nor moved nor deleted.", SLU_FMT(u[i].ref));
		m.path = slu_str_dup(a, u[i].ref);
		m.u.ref = slu_s(m.path);
		m.lock = slu_printf(a, "%s.lock", m.path);
		t->move[i] = m;
	}
	qsort(t->move, n, sizeof *t->move, by_name);
	for (size_t i = 1; i < n; i++)
		if (by_name(&t->move[i - 1], &t->move[i]) == 0)
			return slu_fail(err, SLU_E_INVALID, "The ref %.*s is named twice.", SLU_FMT(t->move[i].u.ref));
	t->n = n;
	t->many = n >= PACKED_FROM;
	return SLU_OK;
}

static struct ref_txn *txn_new(struct git_cli *g)
{
	slu_arena *a = slu_arena_new();
	struct ref_txn *t = SLU_NEW(a, struct ref_txn);
	t->base.a = a;
	t->base.own = true;
	t->git = g;
	t->dir = open(g->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return t;
}

slu_rc git_ref_txn_prepare(port_git *base, git_peel *peel, port_git_txn **out, const struct port_git_update *u, size_t n, slu_str reflog, slu_err *err)
{
	struct ref_txn *t = txn_new(git_cli_of(base));
	slu_rc rc = t->dir < 0 ? failed(t->git->path, err) : take_updates(t, u, n, err);
	t->unusual = rc == SLU_OK && faccessat(t->dir, "logs", F_OK, 0) == 0; /* somebody wants to know how refs moved */
	if (rc == SLU_OK && !t->unusual)
		rc = prepare(t, peel, err);
	if (rc == SLU_OK && !t->unusual) {
		*out = &t->base;
		return SLU_OK;
	}
	bool unusual = rc == SLU_OK;
	txn_free(t);
	return unusual ? git_cli_txn_prepare(base, out, u, n, reflog, err) : rc;
}

/* ---- moving --------------------------------------------------------------------------------------------------------------- */

static bool move_one(struct ref_txn *t, struct move *m)
{
	if (!m->gone && !t->many) {
		if (renameat(t->dir, m->lock, t->dir, m->path) != 0)
			return false;
		m->locked = false;
		return true;
	}
	if (m->loose && unlinkat(t->dir, m->path, 0) != 0 && errno != ENOENT) /* it would hide what is packed */
		return false;
	if (unlinkat(t->dir, m->lock, 0) != 0)
		return false;
	m->locked = false;
	if (m->gone || m->loose)
		prune(t, m->path);
	return true;
}

slu_rc git_ref_txn_commit(port_git_txn *base, slu_err *err)
{
	if (!base->own)
		return git_cli_txn_commit(base, err);
	struct ref_txn *t = (struct ref_txn *)(void *)base;
	slu_rc rc = SLU_OK;
	if (t->packed_locked && renameat(t->dir, packed_lock, t->dir, packed_file) != 0)
		rc = failed(packed_file, err);
	t->packed_locked = t->packed_locked && rc != SLU_OK;
	for (size_t i = 0; i < t->n && rc == SLU_OK; i++)
		if (!move_one(t, &t->move[i]))
			rc = failed(t->move[i].path, err);
	txn_free(t);
	return rc;
}

void git_ref_txn_abort(port_git_txn *base)
{
	if (base && base->own)
		txn_free((struct ref_txn *)(void *)base);
	else
		git_cli_txn_abort(base);
}
