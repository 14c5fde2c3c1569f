/* SPDX-License-Identifier: Apache-2.0 */
/* Source: proc(5) "/proc/pid/maps", signal-safety(7): in the handler only open, read, write, close, _exit. */
#include "run/mapped.h"

#include "base/str.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

enum { LINE = 4096 };

/* "55d0c0000000-55d0c0021000 r--p 00000000 fe:00 1234   /path": the path when `at` lies in it; n == 0: it does not, or has none. */
static slu_str path_of(slu_str line, uintptr_t at)
{
	uintptr_t end[2] = { 0, 0 };
	size_t i = 0, side = 0;
	for (; i < line.n && line.p[i] != ' '; i++) {
		char c = line.p[i];
		if (c == '-')
			side = 1;
		else
			end[side] = end[side] * 16 + (uintptr_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	while (i < line.n && line.p[i] != '/')
		i++;
	return at >= end[0] && at < end[1] ? (slu_str){ line.p + i, line.n - i } : (slu_str){ line.p, 0 };
}

/* Longer lines than LINE are passed over. */
static slu_str find(char line[LINE], uintptr_t at)
{
	char piece[LINE];
	size_t used = 0;
	slu_str found = { line, 0 };
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	for (ssize_t n = 1; fd >= 0 && found.n == 0 && n > 0;) {
		n = read(fd, piece, sizeof piece);
		for (ssize_t i = 0; i < n && found.n == 0; i++) {
			if (piece[i] != '\n') {
				if (used < LINE)
					line[used] = piece[i];
				used++;
				continue;
			}
			if (used <= LINE)
				found = path_of((slu_str){ line, used }, at);
			used = 0;
		}
	}
	if (fd >= 0)
		(void)close(fd);
	return found;
}

static void say(slu_str text)
{
	while (text.n) {
		ssize_t n = write(STDERR_FILENO, text.p, text.n);
		if (n <= 0)
			return;
		text = (slu_str){ text.p + n, text.n - (size_t)n };
	}
}

static void gone(int sig, siginfo_t *info, void *context)
{
	char line[LINE];
	slu_str path = find(line, (uintptr_t)info->si_addr);
	(void)sig, (void)context;
	say(SLU_STR("\nsluice: "));
	say(path.n ? path : SLU_STR("A file"));
	say(SLU_STR(" became shorter while it was read, or its disk cannot be read: nothing that was said is to be relied on. If something rewrites it, try again when that is done; "
		    "`git fsck` tells whether the repository is whole.\n"));
	_exit(7);
}

void run_mapped_guard(void)
{
	struct sigaction a = { .sa_sigaction = gone, .sa_flags = SA_SIGINFO };
	(void)sigemptyset(&a.sa_mask);
	(void)sigaction(SIGBUS, &a, NULL);
}
