/* SPDX-License-Identifier: Apache-2.0 */
#include "git/own_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STALE_S = 600 };

static void path_of(char out[PATH_MAX], const char *common, const char *file, const char *end)
{
	if (snprintf(out, PATH_MAX, "%s/sluice%s%s", common, file, end) >= PATH_MAX)
		out[0] = '\0'; /* no file has that name */
}

const uint8_t *git_own_file_map(const char *common, const char *name, size_t least, size_t *size)
{
	char path[PATH_MAX];
	struct stat st;
	path_of(path, common, name, "");
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= (off_t)least && st.st_size <= GIT_OWN_FILE_MAX;
	void *map = fits ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : MAP_FAILED;
	(void)close(fd);
	*size = fits ? (size_t)st.st_size : 0;
	return map == MAP_FAILED ? NULL : map;
}

uint32_t git_own_file_sum(const struct git_own_part *part, size_t n)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum = part[i].n ? libdeflate_crc32(sum, part[i].bytes, (size_t)part[i].n) : sum;
	return sum;
}

static bool put(int fd, const void *bytes, uint64_t n)
{
	const char *p = bytes;
	while (n > 0) {
		ssize_t done = write(fd, p, n > INT_MAX ? INT_MAX : (size_t)n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (uint64_t)done;
	}
	return true;
}

/* The one that writes makes this file; where it is there already somebody else does, or was killed. */
static int begin(const char *common, const char *name, char path[PATH_MAX])
{
	struct stat st;
	path_of(path, common, "", "");
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return -1;
	path_of(path, common, name, ".new");
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST && lstat(path, &st) == 0 && (st.st_mtime > time(NULL) || st.st_mtime < time(NULL) - STALE_S))
		(void)unlink(path);
	return fd;
}

void git_own_file_write(const char *common, const char *name, const struct git_own_part *part, size_t n)
{
	char path[PATH_MAX], last[PATH_MAX];
	uint64_t all = 0;
	for (size_t i = 0; i < n; i++)
		all += part[i].n;
	path_of(last, common, name, "");
	int fd = all > GIT_OWN_FILE_MAX ? -1 : begin(common, name, path);
	if (fd < 0)
		return;
	bool good = true;
	for (size_t i = 0; i < n && good; i++)
		good = put(fd, part[i].bytes, part[i].n);
	good = close(fd) == 0 && good;
	if (!good || rename(path, last) != 0)
		(void)unlink(path);
}
