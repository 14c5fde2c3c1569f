/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Loaded before the C library into a server: writes a line to SYNC_TRACE for what decides whether a name outlasts a power cut:
 *
 *   rename FOLDER NAME      something got this name in this folder
 *   folder FOLDER           the folder is on the disk
 *   all                     everything is
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void note(const char *what, const char *folder, const char *name)
{
	char line[8300];
	const char *file = getenv("SYNC_TRACE");
	int fd = file ? open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
	int n = snprintf(line, sizeof line, "%s %s %s\n", what, folder, name);
	if (fd >= 0 && n > 0 && (size_t)n < sizeof line && write(fd, line, (size_t)n) != n)
		abort();
	if (fd >= 0)
		(void)close(fd);
}

static void note_name(int at, const char *path)
{
	char whole[8200], folder[4096] = "", self[64];
	if (path[0] != '/' && at != AT_FDCWD) {
		(void)snprintf(self, sizeof self, "/proc/self/fd/%d", at);
		ssize_t n = readlink(self, folder, sizeof folder - 1);
		folder[n > 0 ? n : 0] = '\0';
	}
	(void)snprintf(whole, sizeof whole, "%s%s%s", folder, folder[0] ? "/" : "", path);
	char *slash = strrchr(whole, '/');
	if (!slash)
		return;
	*slash = '\0';
	char *real = realpath(whole, NULL);
	note("rename", real ? real : whole, slash + 1);
	free(real);
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int from_at, const char *from, int to_at, const char *to)
{
	int rc = (int)syscall(SYS_renameat2, from_at, from, to_at, to, 0);
	if (rc == 0)
		note_name(to_at, to);
	return rc;
}

int fsync(int fd)
{
	char self[64], path[4096];
	struct stat st;
	int rc = (int)syscall(SYS_fsync, fd);
	(void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(self, path, sizeof path - 1);
	if (rc == 0 && n > 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		path[n] = '\0';
		note("folder", path, "");
	}
	return rc;
}

int syncfs(int fd)
{
	int rc = (int)syscall(SYS_syncfs, fd);
	if (rc == 0)
		note("all", "", "");
	return rc;
}
