/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rc.h"

#include "base/str.h"
#include "base/utf8.h"

#include <stdio.h>

static const struct {
	const char *word;
	int exit_code;
} codes[] = {
	[SLU_OK] = { "ok", 0 },
	[SLU_E_SYNTAX] = { "syntax", 2 },
	[SLU_E_LIMIT] = { "limit", 2 },
	[SLU_E_NOT_FOUND] = { "not-found", 2 },
	[SLU_E_EXISTS] = { "exists", 2 },
	[SLU_E_INVALID] = { "invalid", 2 },
	[SLU_E_CONFLICT] = { "conflict", 9 },
	[SLU_E_AUTH] = { "auth", 4 },
	[SLU_E_DENIED] = { "denied", 1 },
	[SLU_E_WAIT] = { "wait", 8 },
	[SLU_E_STRATEGY] = { "strategy", 3 },
	[SLU_E_IO] = { "io", 5 },
	[SLU_E_FULL] = { "full", 5 },
	[SLU_E_TIMEOUT] = { "timeout", 5 },
	[SLU_E_BUSY] = { "busy", 5 },
	[SLU_E_CORRUPT] = { "corrupt", 7 },
	[SLU_E_USAGE] = { "usage", 2 },
	[SLU_E_INTERNAL] = { "internal", 7 },
};
enum { N_CODES = sizeof codes / sizeof *codes };

/* Format into err->text; what does not fit is cut between code points. */
static void __attribute__((format(printf, 2, 0))) format_cut(char to[SLU_ERR_TEXT], const char *fmt, va_list ap)
{
	char made[SLU_ERR_TEXT]; /* an argument may be the text that is replaced */
	int n = vsnprintf(made, sizeof made, fmt, ap);
	if (n < 0)
		made[n = 0] = '\0';
	else if ((size_t)n >= sizeof made)
		made[n = (int)slu_utf8_cut((slu_str){ made, sizeof made - 1 }, sizeof made, true).n] = '\0';
	memcpy(to, made, (size_t)n + 1);
}

static void copy_cut(char *to, size_t size, const char *from)
{
	slu_str s = slu_utf8_cut(slu_s(from), size - 1, false);
	if (s.n)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

slu_rc slu_fail(slu_err *err, slu_rc code, const char *fmt, ...)
{
	if (err) {
		va_list ap;
		va_start(ap, fmt);
		format_cut(err->text, fmt, ap);
		va_end(ap);
		err->code = code;
		err->line = err->column = 0;
		err->file[0] = '\0';
	}
	return code;
}

slu_rc slu_fail_at(slu_err *err, slu_rc code, const char *file, uint32_t line, uint32_t column, const char *fmt, ...)
{
	if (err) {
		/* `file` may be err->file itself, when a caller adds a line to it */
		char name[SLU_ERR_FILE];
		copy_cut(name, sizeof name, file);
		va_list ap;
		va_start(ap, fmt);
		format_cut(err->text, fmt, ap);
		va_end(ap);
		err->code = code;
		err->line = line;
		err->column = column;
		memcpy(err->file, name, sizeof name);
	}
	return code;
}

slu_rc slu_err_context(slu_err *err, const char *fmt, ...)
{
	if (!err)
		return SLU_E_INTERNAL;
	char was[SLU_ERR_TEXT];
	memcpy(was, err->text, sizeof was);
	va_list ap;
	va_start(ap, fmt);
	format_cut(err->text, fmt, ap);
	va_end(ap);
	size_t n = strlen(err->text);
	if (n + 2 < sizeof err->text) {
		memcpy(err->text + n, ": ", 2);
		copy_cut(err->text + n + 2, sizeof err->text - n - 2, was);
	}
	return err->code;
}

slu_rc slu_rc_io(const char *text)
{
	bool full = strstr(text, "No space left on device") || strstr(text, "Disk quota exceeded");
	return full ? SLU_E_FULL : SLU_E_IO;
}

const char *slu_rc_word(slu_rc rc)
{
	return (unsigned)rc < N_CODES ? codes[rc].word : "internal";
}

int slu_rc_exit(slu_rc rc)
{
	return (unsigned)rc < N_CODES ? codes[rc].exit_code : codes[SLU_E_INTERNAL].exit_code;
}
