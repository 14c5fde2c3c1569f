/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

bool slu_str_in(slu_str a, const char *words)
{
	slu_str rest = slu_s(words), part;
	while (slu_str_split(&rest, ' ', &part))
		if (slu_str_eq(part, a))
			return true;
	return false;
}

int slu_str_cmp(slu_str a, slu_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? (c < 0 ? -1 : 1) : (a.n > b.n) - (a.n < b.n);
}

bool slu_str_ends(slu_str a, const char *suffix)
{
	size_t n = strlen(suffix);
	return n == 0 || (n <= a.n && slu_str_eq((slu_str){ a.p + a.n - n, n }, (slu_str){ suffix, n }));
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

slu_str slu_str_trim(slu_str a)
{
	while (a.n && is_space(a.p[0])) {
		a.p++;
		a.n--;
	}
	while (a.n && is_space(a.p[a.n - 1]))
		a.n--;
	return a;
}

bool slu_str_split(slu_str *rest, char sep, slu_str *part)
{
	if (rest->n == 0)
		return false;
	const char *end = memchr(rest->p, sep, rest->n);
	size_t n = end ? (size_t)(end - rest->p) : rest->n;
	size_t used = end ? n + 1 : n;
	*part = (slu_str){ rest->p, n };
	*rest = (slu_str){ rest->p + used, rest->n - used };
	return true;
}

char *slu_str_dup(slu_arena *a, slu_str s)
{
	return slu_strndup(a, s.p, s.n);
}

slu_rc slu_parse_u64(uint64_t *out, slu_str text, slu_err *err)
{
	uint64_t v = 0;
	if (text.n == 0)
		return slu_fail_at(err, SLU_E_SYNTAX, NULL, 0, 1, "A whole number is expected, not nothing.");
	for (size_t i = 0; i < text.n; i++) {
		unsigned digit = (unsigned char)text.p[i] - (unsigned)'0';
		if (digit > 9)
			return slu_fail_at(err, SLU_E_SYNTAX, NULL, 0, (uint32_t)i + 1, "\"%.*s\" is not a whole number: only digits may stand in it.",
					   SLU_FMT(text));
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) || __builtin_add_overflow(v, (uint64_t)digit, &v))
			return slu_fail_at(err, SLU_E_LIMIT, NULL, 0, 1, "%.*s is too large: the largest number is 18446744073709551615.", SLU_FMT(text));
	}
	*out = v;
	return SLU_OK;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t slu_str_distance(slu_str a, slu_str b, size_t max)
{
	enum { LONGEST = 128 };
	size_t gap = a.n > b.n ? a.n - b.n : b.n - a.n;
	if (gap > max)
		return max + 1;
	if (a.n > LONGEST || b.n > LONGEST)
		return slu_str_eq(a, b) ? 0 : max + 1;
	/* optimal string alignment; three rows are enough */
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b.n; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t change = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
			row[j] = least(change, least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return least(last[b.n], max + 1);
}

const char *slu_nearest(slu_str word, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t allowed = word.n / 3 ? word.n / 3 : 1;
	size_t best_distance = allowed + 1;
	for (size_t i = 0; i < n; i++) {
		size_t d = slu_str_distance(word, slu_s(names[i]), allowed);
		if (d < best_distance) {
			best_distance = d;
			best = names[i];
		}
	}
	return best;
}

void slu_buf_init(slu_buf *b, size_t max)
{
	*b = (slu_buf){ .max = max };
	b->cap = max < 63 ? max + 1 : 64;
	b->p = malloc(b->cap);
	if (!b->p)
		abort();
	b->p[0] = '\0';
}

void slu_buf_release(slu_buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
	b->over = false;
}

void slu_buf_clear(slu_buf *b)
{
	b->n = 0;
	b->over = false;
	if (b->p)
		b->p[0] = '\0';
}

/* Room for n more bytes and the NUL; false (and `over`) when the maximum does not allow it. */
static bool reserve(slu_buf *b, size_t n)
{
	if (b->over || n > b->max - b->n) {
		b->over = true;
		return false;
	}
	size_t need = b->n + n + 1;
	if (need > b->cap) {
		size_t cap = b->cap > SIZE_MAX / 2 || b->cap * 2 < need ? need : b->cap * 2;
		if (cap - 1 > b->max)
			cap = b->max + 1;
		char *p = realloc(b->p, cap);
		if (!p)
			abort();
		b->p = p;
		b->cap = cap;
	}
	return true;
}

void slu_buf_add(slu_buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void slu_buf_adds(slu_buf *b, const char *z)
{
	slu_buf_add(b, z, strlen(z));
}

void slu_buf_addstr(slu_buf *b, slu_str s)
{
	slu_buf_add(b, s.p, s.n);
}

void slu_buf_addc(slu_buf *b, char c)
{
	slu_buf_add(b, &c, 1);
}

void slu_buf_addf(slu_buf *b, const char *fmt, ...)
{
	va_list ap, again;
	if (b->over || !reserve(b, 0))
		return;
	va_start(ap, fmt);
	va_copy(again, ap);
	size_t room = b->cap - b->n; /* it may fit at once */
	int n = vsnprintf(b->p + b->n, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if ((size_t)n >= room) {
		b->p[b->n] = '\0';
		if (reserve(b, (size_t)n))
			(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
	}
	b->n += b->over ? 0 : (size_t)n;
	va_end(again);
}
