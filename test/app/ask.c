/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ask a keeper: ask DIR LINE…  The lines are joined by newlines and sent; the answer is printed. Exit code 0 when it
 * begins with "ok", 1 when it says something else, 5 when no keeper answers.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char text[65536] = "";
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = 0;
	for (int i = 2; i < argc && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i > 2 ? "\n" : "", argv[i]);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (argc < 3 || n >= sizeof text || chdir(argv[1]) != 0 || fd < 0)
		return 2;
	snprintf(at.sun_path, sizeof at.sun_path, "socket");
	if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0 || send(fd, text, n, MSG_NOSIGNAL) < 0)
		return 5;
	ssize_t got = recv(fd, text, sizeof text - 1, 0);
	if (got <= 0)
		return 5;
	text[got] = '\0';
	fputs(text, stdout);
	return strncmp(text, "ok", 2) == 0 ? 0 : 1;
}
