/* SPDX-License-Identifier: Apache-2.0 */
/** Borrowed strings (pointer and length) and growing buffers with a maximum. */
#ifndef BASE_STR_H
#define BASE_STR_H
#include "base/arena.h"
#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Borrowed: lives as long as what it points into. Not NUL-terminated in general; p may be NULL when n is 0. */
typedef struct slu_str {
	const char *p;
	size_t n;
} slu_str;

#define SLU_STR(lit) ((slu_str){ (lit), sizeof(lit) - 1 })
#define SLU_STR_INIT(lit) { (lit), sizeof(lit) - 1 } /* in static tables */
#define SLU_FMT(s) (int)(s).n, ((s).p ? (s).p : "") /* for "%.*s" */

static inline slu_str slu_s(const char *z)
{
	return (slu_str){ z, z ? strlen(z) : 0 };
}
/* Here, so that what is compared with a word in the source costs a few instructions. */
static inline bool slu_str_eq(slu_str a, slu_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool slu_str_is(slu_str a, const char *z)
{
	return slu_str_eq(a, slu_s(z));
}
static inline bool slu_str_starts(slu_str a, const char *prefix)
{
	size_t n = strlen(prefix);
	return n <= a.n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}
bool slu_str_in(slu_str a, const char *words); /* is it one of "a b c"? */
int slu_str_cmp(slu_str a, slu_str b); /* bytes, shorter first */
bool slu_str_ends(slu_str a, const char *suffix);
slu_str slu_str_trim(slu_str a); /* ASCII white space at both ends */
/** Cut off and return what stands before `sep`; *rest continues after it. Returns false when *rest was used up; a separator at its very end begins no further part. */
bool slu_str_split(slu_str *rest, char sep, slu_str *part);
/** NUL-terminated copy. */
char *slu_str_dup(slu_arena *a, slu_str s);
/** Decimal digits only, whole text; SLU_E_SYNTAX, SLU_E_LIMIT. */
slu_rc slu_parse_u64(uint64_t *out, slu_str text, slu_err *err);
/** Levenshtein distance with transpositions, at most `max` + 1. Texts over 128 bytes are equal or far. */
size_t slu_str_distance(slu_str a, slu_str b, size_t max);
/** Nearest of `names` by distance (at most a third of the length, at least 1); NULL when none is near. */
const char *slu_nearest(slu_str word, const char *const *names, size_t n);

/** Growing byte buffer; always NUL-terminated; refuses to grow past `max`: a piece that does not fit and all after it are dropped, and `over` stays set until it is cleared. */
typedef struct slu_buf {
	char *p;
	size_t n, cap, max;
	bool over;
} slu_buf;

void slu_buf_init(slu_buf *b, size_t max);
void slu_buf_release(slu_buf *b);
void slu_buf_clear(slu_buf *b); /* keeps the memory */
void slu_buf_add(slu_buf *b, const void *p, size_t n);
void slu_buf_adds(slu_buf *b, const char *z);
void slu_buf_addstr(slu_buf *b, slu_str s);
void slu_buf_addc(slu_buf *b, char c);
void slu_buf_addf(slu_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline slu_str slu_buf_str(const slu_buf *b)
{
	return (slu_str){ b->p, b->n };
}
#define slu_auto_buf __attribute__((cleanup(slu_buf_release))) slu_buf
#endif
