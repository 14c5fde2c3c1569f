/* SPDX-License-Identifier: Apache-2.0 */
/** Log lines of the server, on standard error: "2026-01-05T09:00:00.123Z info http: text". One write a line, control bytes shown as '?'. */
#ifndef WEB_LOG_H
#define WEB_LOG_H
#include "base/str.h"

enum web_level { WEB_LOG_ERROR, WEB_LOG_WARNING, WEB_LOG_INFO, WEB_LOG_DEBUG };
struct web_log { enum web_level level; };

/** "error" "warning" "info" "debug". */
bool web_log_level(enum web_level *out, const char *word);
/** `part`: who says it: http, git, once, main … */
void web_log(const struct web_log *log, enum web_level level, const char *part, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
#endif
