/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Status of a fallible call, and the sentence that goes with a failure.
 *
 * A fallible function returns slu_rc and takes `slu_err *err` last. Outputs are untouched on failure and always
 * set on success. The finder of a failure writes the sentence (what, where, what helps); callers may add context.
 * `err` may be NULL where the caller does not want the sentence.
 */
#ifndef BASE_RC_H
#define BASE_RC_H
#include <stdarg.h>
#include <stdint.h>

typedef enum [[nodiscard]] slu_rc {
	SLU_OK = 0,
	SLU_E_SYNTAX,    /* text that does not parse */
	SLU_E_LIMIT,     /* a documented bound is exceeded */
	SLU_E_NOT_FOUND, /* what was named is not there */
	SLU_E_EXISTS,    /* what should be made is there already */
	SLU_E_INVALID,   /* parses, but cannot be meant (HTTP 422) */
	SLU_E_CONFLICT,  /* what is there stands in the way, and a person must settle it: it moved, does not merge, is held by another */
	SLU_E_AUTH,      /* not signed in (HTTP 401) */
	SLU_E_DENIED,    /* signed in, a rule says no (HTTP 403) */
	SLU_E_WAIT,      /* not yet: a rule opens by itself */
	SLU_E_STRATEGY,  /* the strategy file is invalid */
	SLU_E_IO,        /* system call, disk, network */
	SLU_E_FULL,      /* no room on the disk (HTTP 507) */
	SLU_E_TIMEOUT,   /* a deadline passed */
	SLU_E_BUSY,      /* locked, or too many at once: try again */
	SLU_E_CORRUPT,   /* stored data is not what was stored */
	SLU_E_USAGE,     /* the command line is wrong */
	SLU_E_INTERNAL   /* a bug, or a state that must not be */
} slu_rc;

enum { SLU_ERR_TEXT = 1024, SLU_ERR_FILE = 256 };

struct slu_err {
	slu_rc code;
	uint32_t line;   /* 1-based; 0: no place */
	uint32_t column; /* 1-based byte; 0: no place */
	char file[SLU_ERR_FILE];
	char text[SLU_ERR_TEXT];
};
typedef struct slu_err slu_err;

/** Fill *err (when not NULL) and return `code`. Long text is cut at a UTF-8 boundary. */
slu_rc slu_fail(slu_err *err, slu_rc code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** The same with a place. `file` may be NULL. */
slu_rc slu_fail_at(slu_err *err, slu_rc code, const char *file, uint32_t line, uint32_t column, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/** Put "context: " before the sentence that is there. Returns err->code (SLU_E_INTERNAL without err). */
slu_rc slu_err_context(slu_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** SLU_E_FULL when this text, strerror's or a child's, says that there is no room; else SLU_E_IO. */
slu_rc slu_rc_io(const char *text);
/** A word for the code ("not-found"), for logs and JSON. */
const char *slu_rc_word(slu_rc rc);
/** The process exit code of docs (0 yes, 1 no, 2 usage, 3 strategy, 4 auth, 5 host, 7 internal, 8 wait, 9 conflict). */
int slu_rc_exit(slu_rc rc);

#define SLU_TRY(call)                                                                                                                                                  \
	do {                                                                                                                                                           \
		slu_rc slu_try_rc_ = (call);                                                                                                                           \
		if (slu_try_rc_ != SLU_OK)                                                                                                                             \
			return slu_try_rc_;                                                                                                                            \
	} while (0)
#endif
