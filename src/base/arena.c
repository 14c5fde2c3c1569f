/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_EACH 1
#endif
#endif
#ifndef ONE_EACH
#define ONE_EACH 0 /* 1: an allocation each, so that the sanitizer sees overruns between neighbours */
#endif

enum { FIRST_CHUNK = 4096, LAST_CHUNK = 256 * 1024, SMALL_TEXT = 512 };

struct chunk {
	struct chunk *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

struct slu_arena {
	struct chunk *chunks; /* the first is the one being filled */
	size_t next_size;
};

slu_arena *slu_arena_new(void)
{
	slu_arena *a = calloc(1, sizeof *a);
	if (!a)
		abort();
	a->next_size = FIRST_CHUNK;
	return a;
}

void slu_arena_free(slu_arena *a)
{
	if (!a)
		return;
	for (struct chunk *c = a->chunks; c;) {
		struct chunk *next = c->next;
		free(c);
		c = next;
	}
	free(a);
}

static struct chunk *chunk_new(size_t size)
{
	size_t whole;
	if (__builtin_add_overflow(size, sizeof(struct chunk), &whole))
		abort();
	struct chunk *c = calloc(1, whole);
	if (!c)
		abort();
	c->size = size;
	return c;
}

/* A chunk for one allocation alone, put behind the one being filled. */
static void *alloc_alone(slu_arena *a, size_t size)
{
	struct chunk *c = chunk_new(size);
	c->used = size;
	if (a->chunks && !ONE_EACH) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c->bytes;
}

void *slu_alloc(slu_arena *a, size_t size)
{
	if (size == 0)
		size = 1;
	if (ONE_EACH)
		return alloc_alone(a, size);
	const size_t align = alignof(max_align_t);
	size_t need;
	if (__builtin_add_overflow(size, align - 1, &need))
		abort();
	need &= ~(align - 1);
	struct chunk *c = a->chunks;
	if (!c || c->size - c->used < need) {
		if (need > a->next_size / 2)
			return alloc_alone(a, need);
		c = chunk_new(a->next_size);
		c->next = a->chunks;
		a->chunks = c;
		if (a->next_size < LAST_CHUNK)
			a->next_size *= 2;
	}
	void *p = c->bytes + c->used;
	c->used += need;
	return p;
}

void *slu_calloc(slu_arena *a, size_t n, size_t size)
{
	size_t whole;
	if (__builtin_mul_overflow(n, size, &whole))
		abort();
	return slu_alloc(a, whole);
}

void *slu_grow(slu_arena *a, void *old, size_t old_n, size_t new_n, size_t size)
{
	void *p = slu_calloc(a, new_n, size);
	size_t keep = old_n < new_n ? old_n : new_n;
	if (old && keep)
		memcpy(p, old, keep * size); /* no overflow: keep <= new_n, which slu_calloc checked */
	return p;
}

char *slu_strndup(slu_arena *a, const char *s, size_t n)
{
	if (n == SIZE_MAX)
		abort();
	char *p = slu_alloc(a, n + 1);
	if (n)
		memcpy(p, s, n);
	return p;
}

char *slu_strdup(slu_arena *a, const char *s)
{
	return slu_strndup(a, s, strlen(s));
}

char *slu_vprintf(slu_arena *a, const char *fmt, va_list ap)
{
	char small[SMALL_TEXT]; /* most are, and are then written once */
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	if (n < 0)
		abort();
	char *p = slu_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof small)
		memcpy(p, small, (size_t)n + 1);
	else
		(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

char *slu_printf(slu_arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *p = slu_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}
