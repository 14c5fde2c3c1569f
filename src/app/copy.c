/* SPDX-License-Identifier: Apache-2.0 */
#include "app/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static slu_rc failed(slu_err *err, const char *path)
{
	return slu_fail(err, errno == EEXIST ? SLU_E_EXISTS : slu_rc_io(strerror(errno)), "%s: %s.", path, strerror(errno));
}

static slu_rc sync_folder(const char *path, slu_err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(err, path);
	slu_rc rc = fsync(fd) == 0 ? SLU_OK : failed(err, path);
	(void)close(fd);
	return rc;
}

static slu_rc write_all(int fd, const char *path, const char *p, size_t n, slu_err *err)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return failed(err, path);
		p += k;
		n -= (size_t)k;
	}
	return SLU_OK;
}

static slu_rc copy_bytes(int in, int out, const char *from, const char *to, slu_err *err)
{
	char piece[64 * 1024];
	for (;;) {
		ssize_t n = read(in, piece, sizeof piece);
		if (n == 0)
			return fsync(out) == 0 ? SLU_OK : failed(err, to);
		if (n < 0 && errno != EINTR)
			return failed(err, from);
		if (n > 0)
			SLU_TRY(write_all(out, to, piece, (size_t)n, err));
	}
}

slu_rc app_copy_file(const char *from, const char *to, slu_err *err)
{
	struct stat st;
	int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (in < 0)
		return failed(err, from);
	if (fstat(in, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(in);
		return slu_fail(err, SLU_E_INVALID, "%s is no plain file.", from);
	}
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st.st_mode & 0700);
	slu_rc rc = out >= 0 ? copy_bytes(in, out, from, to, err) : failed(err, to);
	if (out >= 0 && close(out) != 0 && rc == SLU_OK)
		rc = failed(err, to);
	(void)close(in);
	return rc;
}

slu_rc app_write_file(const char *path, slu_str text, slu_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(err, path);
	slu_rc rc = write_all(fd, path, text.p, text.n, err);
	if (rc == SLU_OK && fsync(fd) != 0)
		rc = failed(err, path);
	if (close(fd) != 0 && rc == SLU_OK)
		rc = failed(err, path);
	return rc;
}

slu_rc app_make_folders(slu_arena *a, const char *path, slu_err *err)
{
	char *p = slu_strdup(a, path);
	for (char *at = p + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = 0;
		if (mkdir(p, 0700) != 0 && errno != EEXIST)
			return failed(err, p);
		*at = '/';
	}
	return mkdir(p, 0700) == 0 || errno == EEXIST ? SLU_OK : failed(err, p);
}

slu_rc app_sync_parent(const char *path, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *slash = strrchr(path, '/');
	return sync_folder(!slash ? "." : slash == path ? "/" : slu_strndup(a, path, (size_t)(slash - path)), err);
}

/* ---- filling -------------------------------------------------------------------------------------------------------------------- */

/* The folder itself and the mark in it stay: the mark goes last. */
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (ftw->level == 0 || (ftw->level == 1 && strcmp(path + ftw->base, APP_UNFINISHED) == 0))
		return 0;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* *out NULL: there are no more. A folder that cannot be read to its end is not taken for one with less in it. */
static slu_rc next_entry(const struct dirent **out, DIR *d, const char *folder, slu_err *err)
{
	const struct dirent *e;
	do {
		errno = 0;
		e = readdir(d);
		if (!e && errno)
			return failed(err, folder);
	} while (e && is_dots(e->d_name));
	*out = e;
	return SLU_OK;
}

/** *n: entries; *marked: the mark is one of them. SLU_E_NOT_FOUND: there is no such folder. */
static slu_rc look(const char *folder, size_t *n, bool *marked, slu_err *err)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	slu_rc rc;
	*n = 0;
	*marked = false;
	if (!d)
		return errno == ENOENT ? SLU_E_NOT_FOUND : failed(err, folder);
	while ((rc = next_entry(&e, d, folder, err)) == SLU_OK && e) {
		*n += 1;
		*marked = *marked || strcmp(e->d_name, APP_UNFINISHED) == 0;
	}
	(void)closedir(d);
	return rc;
}

static slu_rc is_free(const char *folder, bool *there, bool *marked, slu_err *err)
{
	size_t n = 0;
	slu_rc rc = look(folder, &n, marked, err);
	*there = rc != SLU_E_NOT_FOUND;
	if (*there)
		SLU_TRY(rc);
	if (n > 0 && !*marked)
		return slu_fail(err, SLU_E_EXISTS, "%s is not empty; what is there stays as it is. Name a folder that is not there, or is empty.", folder);
	return SLU_OK;
}

slu_rc app_fill_may(const char *folder, slu_err *err)
{
	bool there, marked;
	return is_free(folder, &there, &marked, err);
}

slu_rc app_fill_begin(struct app_filling *out, slu_arena *a, const char *folder, slu_err *err)
{
	struct app_filling f = { .folder = folder, .lock_fd = -1 };
	const char *mark = slu_printf(a, "%s/" APP_UNFINISHED, folder);
	bool there, marked;
	SLU_TRY(is_free(folder, &there, &marked, err));
	f.made = !there;
	SLU_TRY(app_make_folders(a, folder, err));
	f.lock_fd = open(mark, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f.lock_fd < 0)
		return failed(err, mark);
	if (flock(f.lock_fd, LOCK_EX | LOCK_NB) != 0) {
		(void)close(f.lock_fd);
		return slu_fail(err, SLU_E_BUSY, "Another process is filling %s at this moment.", folder);
	}
	slu_rc rc = marked && nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 ? failed(err, folder) : app_sync_parent(mark, err);
	if (rc == SLU_OK)
		*out = f;
	else
		(void)close(f.lock_fd); /* the mark stays, so that it can be begun again */
	return rc;
}

slu_rc app_fill_end(struct app_filling *f, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	const char *mark = slu_printf(a, "%s/" APP_UNFINISHED, f->folder);
	slu_rc rc = unlink(mark) == 0 ? app_sync_parent(mark, err) : failed(err, mark);
	(void)close(f->lock_fd);
	return rc == SLU_OK ? app_sync_parent(f->folder, err) : rc;
}

void app_fill_undo(struct app_filling *f)
{
	slu_auto_arena *a = slu_arena_new();
	(void)nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	(void)unlink(slu_printf(a, "%s/" APP_UNFINISHED, f->folder));
	(void)close(f->lock_fd);
	if (f->made)
		(void)rmdir(f->folder);
}

/* ---- trees ---------------------------------------------------------------------------------------------------------------------- */

struct job {
	slu_arena *a;
	bool (*skip)(const char *below);
	const char *from, *to;
};

static slu_rc copy_below(const struct job *j, const char *below, slu_err *err);

static slu_rc copy_entry(const struct job *j, const char *below, slu_err *err)
{
	struct stat st;
	const char *from = slu_printf(j->a, "%s/%s", j->from, below), *to = slu_printf(j->a, "%s/%s", j->to, below);
	if (lstat(from, &st) != 0)
		return errno == ENOENT ? SLU_OK : failed(err, from); /* gone meanwhile: nobody needed it */
	if (S_ISDIR(st.st_mode))
		return copy_below(j, below, err);
	return app_copy_file(from, to, err);
}

static slu_rc copy_below(const struct job *j, const char *below, slu_err *err)
{
	const char *from = *below ? slu_printf(j->a, "%s/%s", j->from, below) : j->from, *to = *below ? slu_printf(j->a, "%s/%s", j->to, below) : j->to;
	SLU_TRY(app_make_folders(j->a, to, err));
	DIR *d = opendir(from);
	const struct dirent *e;
	slu_rc rc = SLU_OK;
	if (!d)
		return failed(err, from);
	while (rc == SLU_OK && (rc = next_entry(&e, d, from, err)) == SLU_OK && e) {
		const char *entry = *below ? slu_printf(j->a, "%s/%s", below, e->d_name) : slu_strdup(j->a, e->d_name);
		if (!j->skip || !j->skip(entry))
			rc = copy_entry(j, entry, err);
	}
	(void)closedir(d);
	return rc == SLU_OK ? sync_folder(to, err) : rc;
}

slu_rc app_copy_tree(slu_arena *a, const char *from, const char *to, bool (*skip)(const char *below), slu_err *err)
{
	const struct job j = { a, skip, from, to };
	return copy_below(&j, "", err);
}
