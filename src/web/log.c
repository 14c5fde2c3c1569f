/* SPDX-License-Identifier: Apache-2.0 */
#include "web/log.h"

#include <stdarg.h>

static const char *const words[] = { "error", "warning", "info", "debug" };

bool web_log_level(enum web_level *out, const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], word) == 0) {
			*out = (enum web_level)i;
			return true;
		}
	return false;
}

void web_log(const struct web_log *log, enum web_level level, const char *part, const char *fmt, ...)
{
	if (level > log->level)
		return;
	struct timespec now;
	struct tm day;
	char line[2048];
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &day);
	size_t n = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &day);
	n += (size_t)snprintf(line + n, sizeof line - n, ".%03dZ %s %s: ", (int)(now.tv_nsec / 1000000), words[level], part);
	va_list ap;
	va_start(ap, fmt);
	int more = vsnprintf(line + n, sizeof line - n - 1, fmt, ap);
	va_end(ap);
	size_t end = more < 0 ? n : n + (size_t)more < sizeof line - 1 ? n + (size_t)more : sizeof line - 2;
	for (size_t i = 0; i < end; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
			line[i] = '?';
	line[end] = '\n';
	(void)!write(2, line, end + 1);
}
