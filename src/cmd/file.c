/* SPDX-License-Identifier: Apache-2.0 */
/** Files that commands read and write whole. */
#include "cmd/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

slu_rc cmd_read_file(struct cmd_ctx *c, const char *path, size_t max, slu_str *out, slu_err *err)
{
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? "standard input" : path;
	FILE *f = standard ? stdin : fopen(path, "re");
	if (!f)
		return slu_fail(err, errno == ENOENT ? SLU_E_NOT_FOUND : SLU_E_USAGE, "%s cannot be read: %s.", name, strerror(errno));
	slu_auto_buf b;
	slu_buf_init(&b, max);
	char piece[64 * 1024];
	size_t n;
	while (!b.over && (n = fread(piece, 1, sizeof piece, f)) > 0)
		slu_buf_add(&b, piece, n);
	int why = ferror(f) ? errno : 0;
	if (!standard)
		(void)fclose(f);
	if (why) /* a folder is a wrong word; anything else is the disk's */
		return slu_fail(err, why == EISDIR ? SLU_E_USAGE : SLU_E_IO, "%s cannot be read: %s.", name, strerror(why));
	if (b.over)
		return slu_fail(err, SLU_E_LIMIT, "%s is larger than %zu bytes.", name, max);
	*out = (slu_str){ slu_strndup(c->a, b.p ? b.p : "", b.n), b.n };
	return SLU_OK;
}

static bool write_whole(int fd, slu_str text)
{
	for (size_t at = 0; at < text.n;) {
		ssize_t n = write(fd, text.p + at, text.n - at);
		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

slu_rc cmd_replace_file(struct cmd_ctx *c, const char *path, slu_str text, unsigned mode, slu_err *err)
{
	const char *beside = slu_printf(c->a, "%s.sluice-new", path);
	struct stat was;
	bool keep = mode == 0 && stat(path, &was) == 0;
	(void)unlink(beside);
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ? (mode_t)mode : 0666);
	bool fine = fd >= 0 && write_whole(fd, text) && (!keep || fchmod(fd, was.st_mode & 07777) == 0);
	int why = errno;
	if (fd >= 0 && close(fd) != 0 && fine) {
		why = errno;
		fine = false;
	}
	if (fine && rename(beside, path) == 0)
		return SLU_OK;
	why = fine ? errno : why;
	if (fd >= 0)
		(void)unlink(beside);
	return slu_fail(err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(why));
}
