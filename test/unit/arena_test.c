/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "t.h"

#include <stdint.h>
#include <string.h>

T_TEST(memory_is_zeroed_aligned_and_apart)
{
	static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 100, 2047, 2048, 4096, 70000, 300000, 3, 40 };
	enum { N = sizeof sizes / sizeof *sizes, ROUNDS = 20 };
	unsigned char *got[N * ROUNDS];
	slu_auto_arena *a = slu_arena_new();
	for (size_t i = 0; i < (size_t)N * ROUNDS; i++) {
		size_t size = sizes[i % N];
		got[i] = slu_alloc(a, size);
		T_TRUE((uintptr_t)got[i] % _Alignof(max_align_t) == 0);
		size_t zeros = 0;
		for (size_t k = 0; k < size; k++)
			zeros += got[i][k] == 0;
		T_EQ_INT(zeros, size);
		memset(got[i], (int)(i % 255 + 1), size);
	}
	for (size_t i = 0; i < (size_t)N * ROUNDS; i++) {
		size_t size = sizes[i % N], kept = 0;
		for (size_t k = 0; k < size; k++)
			kept += got[i][k] == i % 255 + 1;
		T_EQ_INT(kept, size);
	}
}

T_TEST(text_is_copied_and_formatted)
{
	slu_auto_arena *a = slu_arena_new();
	char from[] = "branch";
	char *copy = slu_strdup(a, from), *part = slu_strndup(a, from, 3);
	from[0] = 'B';
	T_EQ_STR(copy, "branch");
	T_EQ_STR(part, "bra");
	T_EQ_STR(slu_strndup(a, NULL, 0), "");
	T_EQ_STR(slu_printf(a, "%s-%d", "v", 12), "v-12");
	char *wide = slu_printf(a, "%9000d", 7);
	T_EQ_INT(strlen(wide), 9000);
	T_EQ_INT(wide[8999], '7');
}

T_TEST(lists_grow_and_keep_their_elements)
{
	slu_auto_arena *a = slu_arena_new();
	SLU_LIST(int) list = { 0 };
	for (int i = 0; i < 1000; i++) {
		int *p = SLU_ADD(a, &list);
		T_EQ_INT(*p, 0);
		*p = i;
	}
	T_EQ_INT(list.n, 1000);
	for (int i = 0; i < 1000; i++)
		T_EQ_INT(list.v[i], i);
}

T_TEST(growing_keeps_what_fits)
{
	slu_auto_arena *a = slu_arena_new();
	int *two = SLU_NEW_N(a, int, 2);
	two[0] = 5;
	two[1] = 6;
	int *four = slu_grow(a, two, 2, 4, sizeof *two);
	T_EQ_INT(four[0], 5);
	T_EQ_INT(four[1], 6);
	T_EQ_INT(four[2], 0);
	T_EQ_INT(((int *)slu_grow(a, NULL, 0, 1, sizeof *two))[0], 0);
	slu_arena_free(NULL);
}
