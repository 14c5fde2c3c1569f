/* SPDX-License-Identifier: Apache-2.0 */
#include "git/own_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
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

static uint32_t add_sum(uint32_t sum, const void *bytes, uint64_t n)
{
	return n ? libdeflate_crc32(sum, bytes, (size_t)n) : sum;
}

/* Of the header: its own place counts as 0. */
static uint32_t header_sum(const struct git_own_form *f, const uint8_t *header)
{
	static const uint8_t none[sizeof(uint32_t)] = { 0 };
	size_t end = f->sum_at + sizeof none;
	return add_sum(add_sum(add_sum(0, header, f->sum_at), none, sizeof none), header + end, f->header - end);
}

static bool is_whole(const struct git_own_form *f, const uint8_t *bytes, size_t size)
{
	uint32_t sum;
	memcpy(&sum, bytes + f->sum_at, sizeof sum);
	return sum == add_sum(header_sum(f, bytes), bytes + f->header, size - f->header);
}

const uint8_t *git_own_file_map(const char *common, const struct git_own_form *f, size_t *size)
{
	char path[PATH_MAX];
	struct stat st;
	path_of(path, common, f->name, "");
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= (off_t)f->header && st.st_size <= GIT_OWN_FILE_MAX;
	void *map = fits ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : MAP_FAILED;
	(void)close(fd);
	if (map == MAP_FAILED)
		return NULL;
	*size = (size_t)st.st_size;
	if (is_whole(f, map, *size))
		return map;
	(void)munmap(map, *size);
	return NULL;
}

bool git_own_file_parts(const uint8_t **p, const struct git_own_form *f, const uint64_t *part_n, const uint8_t *bytes, size_t size)
{
	uint64_t at = f->header;
	for (size_t i = 0; i < f->parts; at += part_n[i++]) {
		if (part_n[i] > size - at)
			return false;
		p[i] = bytes + at;
	}
	return at == size;
}

bool git_own_file_goes_up(const uint32_t *at, size_t n, uint64_t end)
{
	bool good = at[0] == 0 && at[n] == end;
	for (size_t i = 0; i < n; i++)
		good &= at[i] <= at[i + 1];
	return good;
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

void git_own_file_write(const char *common, const struct git_own_form *f, void *header, const void *const *part, const uint64_t *part_n)
{
	char path[PATH_MAX], last[PATH_MAX];
	uint64_t all = f->header;
	uint32_t sum = header_sum(f, header);
	for (size_t i = 0; i < f->parts; i++) {
		all += part_n[i];
		sum = add_sum(sum, part[i], part_n[i]);
	}
	memcpy((uint8_t *)header + f->sum_at, &sum, sizeof sum);
	path_of(last, common, f->name, "");
	int fd = all > GIT_OWN_FILE_MAX ? -1 : begin(common, f->name, path);
	if (fd < 0)
		return;
	bool good = put(fd, header, f->header);
	for (size_t i = 0; i < f->parts && good; i++)
		good = put(fd, part[i], part_n[i]);
	good = close(fd) == 0 && good;
	if (!good || rename(path, last) != 0)
		(void)unlink(path);
}
