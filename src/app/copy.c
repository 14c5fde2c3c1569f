/* SPDX-License-Identifier: Apache-2.0 */
#include "app/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

slu_rc app_is_empty(bool *out, const char *path, slu_err *err)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	size_t n = 0;
	if (!d && errno == ENOENT) {
		*out = true;
		return SLU_OK;
	}
	if (!d)
		return failed(err, path);
	while ((e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	(void)closedir(d);
	*out = n == 0;
	return SLU_OK;
}

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
	while (rc == SLU_OK && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
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
