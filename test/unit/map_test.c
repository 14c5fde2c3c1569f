/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "t.h"

T_TEST(keys_are_found_in_order_of_insertion)
{
	slu_auto_arena *a = slu_arena_new();
	slu_map *m = slu_map_new(a);
	static int values[5000];
	enum { N = 5000 };
	T_TRUE(slu_map_get(m, SLU_STR("k0")) == NULL);
	for (int i = 0; i < N; i++) {
		char key[] = "refs/heads/topic-00000";
		for (int v = i, at = 21; v; v /= 10)
			key[at--] = (char)('0' + v % 10);
		slu_map_put(m, slu_s(key), &values[i]);
		key[0] = 'X'; /* the key was copied */
	}
	T_EQ_INT(slu_map_size(m), N);
	for (size_t i = 0; i < N; i++) {
		T_TRUE(slu_map_value(m, i) == &values[i]);
		T_TRUE(slu_map_get(m, slu_map_key(m, i)) == &values[i]);
	}
	T_TRUE(slu_str_is(slu_map_key(m, 4321), "refs/heads/topic-04321"));
	T_TRUE(slu_map_get(m, SLU_STR("refs/heads/topic-05000")) == NULL);
}

T_TEST(a_second_put_replaces)
{
	slu_auto_arena *a = slu_arena_new();
	slu_map *m = slu_map_new(a);
	int one = 1, two = 2;
	slu_map_put(m, SLU_STR("a"), &one);
	slu_map_put(m, SLU_STR("b"), &one);
	slu_map_put(m, SLU_STR("a"), &two);
	slu_map_put(m, (slu_str){ NULL, 0 }, &one);
	slu_map_put(m, (slu_str){ "a\0", 2 }, NULL);
	T_EQ_INT(slu_map_size(m), 4);
	T_TRUE(slu_map_get(m, SLU_STR("a")) == &two);
	T_TRUE(slu_map_get(m, SLU_STR("")) == &one);
	T_TRUE(slu_map_value(m, 0) == &two);
}
