/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Arena: memory of one unit of work (a request, a push, a command), freed at once.
 *
 * Allocation never fails: running out of memory aborts, because input is bounded before it is stored.
 * Memory is zeroed, aligned for any type. Not thread-safe: one arena, one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stdarg.h>
#include <stddef.h>

typedef struct slu_arena slu_arena;

slu_arena *slu_arena_new(void);
void slu_arena_free(slu_arena *a); /* NULL is fine */
void *slu_alloc(slu_arena *a, size_t size);
/** n * size with overflow check (aborts). */
void *slu_calloc(slu_arena *a, size_t n, size_t size);
/** Grow an array kept in the arena; the old copy stays until the arena goes. */
void *slu_grow(slu_arena *a, void *old, size_t old_n, size_t new_n, size_t size);
char *slu_strdup(slu_arena *a, const char *s);
char *slu_strndup(slu_arena *a, const char *s, size_t n);
char *slu_printf(slu_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *slu_vprintf(slu_arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

static inline void slu_arena_freep(slu_arena **a)
{
	slu_arena_free(*a);
}
#define slu_auto_arena __attribute__((cleanup(slu_arena_freep))) slu_arena

#define SLU_NEW(a, type) ((type *)slu_alloc((a), sizeof(type)))
#define SLU_NEW_N(a, type, n) ((type *)slu_calloc((a), (n), sizeof(type)))

/**
 * Growing array in an arena: struct { T *v; size_t n, cap; }. Declare with SLU_LIST(T), add with SLU_ADD.
 * SLU_ADD returns a pointer to the new zeroed element.
 */
#define SLU_LIST(T)                                                                                                                                                    \
	struct {                                                                                                                                                       \
		T *v;                                                                                                                                                  \
		size_t n, cap;                                                                                                                                         \
	}
#define SLU_ADD(a, list)                                                                                                                                               \
	((list)->n == (list)->cap                                                                                                                                      \
	     ? (void)((list)->v = slu_grow((a), (list)->v, (list)->n, (list)->cap ? (list)->cap * 2 : 8, sizeof *(list)->v), (list)->cap = (list)->cap ? (list)->cap * 2 : 8) \
	     : (void)0,                                                                                                                                                \
	 &(list)->v[(list)->n++])
#endif
