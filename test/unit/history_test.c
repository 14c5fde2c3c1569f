/* SPDX-License-Identifier: Apache-2.0 */
/** Lines, ancestors and ranges against what the definitions say, on random histories with several roots and octopus merges. Requirement: BR-3 */
#include "insight/history.h"

#include "t.h"

enum { N = 80, LINES = 5, WANT_MAX = 4 };

struct world {
	slu_arena *a;
	ins_history h;
	slu_oid id[N];
	unsigned char bytes[N][20];
	int64_t time_s[N];
	uint32_t at[N + 1], parent[N * WANT_MAX], head[LINES];
	slu_str name[LINES];
	int kind[LINES];
	bool reach[N][N];
};

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void add_commit(struct world *w, uint32_t i, uint32_t *seed)
{
	uint32_t n = w->at[i], want = i == 0 || next(seed) % 20 == 0 ? 0 : 1 + next(seed) % 10 / 7 + next(seed) % 20 / 19 * 2;
	w->reach[i][i] = true;
	for (uint32_t k = 0; k < want && k < i; k++) {
		uint32_t p = next(seed) % 3 ? i - 1 - next(seed) % (i < 6 ? i : 6) : next(seed) % i;
		bool twice = false;
		for (uint32_t m = w->at[i]; m < n; m++)
			twice = twice || w->parent[m] == p;
		if (twice)
			continue;
		w->parent[n++] = p;
		for (uint32_t c = 0; c < N; c++)
			w->reach[i][c] = w->reach[i][c] || w->reach[p][c];
	}
	w->at[i + 1] = n;
	w->time_s[i] = 1000 + (int64_t)i * 10 - (next(seed) % 9 == 0 ? 50 : 0);
	(void)snprintf(w->id[i].hex, sizeof w->id[i].hex, "%08x%032x", next(seed) * 2654435761u, i);
	unsigned char raw[32];
	(void)slu_oid_bytes(raw, &w->id[i]);
	memcpy(w->bytes[i], raw, sizeof w->bytes[i]);
}

static struct world *make(uint32_t seed)
{
	static const char *const names[LINES] = { "main", "develop", "a", "b", "c" };
	slu_arena *a = slu_arena_new();
	struct world *w = SLU_NEW(a, struct world);
	w->a = a;
	for (uint32_t i = 0; i < N; i++)
		add_commit(w, i, &seed);
	for (int i = 0; i < LINES; i++) {
		w->head[i] = i == 0 ? N - 1 : next(&seed) % N;
		w->name[i] = slu_s(names[i]);
	}
	w->h = (ins_history){ .n = N, .id = { w->bytes[0], 20 }, .tree = { w->bytes[0], 20 }, .time_s = w->time_s, .parent_at = w->at, .parent = w->parent };
	ins_history_begin(&w->h, a);
	ins_history_lines(&w->h, w->name, w->head, w->kind, LINES);
	return w;
}

static void check_range(struct world *w, uint32_t tip, const uint32_t *not_, size_t n)
{
	const uint32_t *list = NULL;
	size_t have = 0, want = 0;
	T_TRUE(ins_range(&w->h, w->a, tip, not_, n, N, &list, &have));
	for (uint32_t c = N; c-- > 0;) {
		bool in = w->reach[tip][c];
		for (size_t i = 0; i < n; i++)
			in = in && !w->reach[not_[i]][c];
		if (!in)
			continue;
		T_TRUE(want < have);
		T_EQ_INT(list[want], c);
		want++;
	}
	T_EQ_INT(have, want);
	if (want)
		T_FALSE(ins_range(&w->h, w->a, tip, not_, n, want - 1, &list, &have));
}

T_TEST(ancestors_and_ranges_are_those_of_the_definition)
{
	for (uint32_t seed = 1; seed <= 60; seed++) {
		struct world *w = make(seed);
		uint32_t s = seed * 77;
		for (uint32_t of = 0; of < N; of++)
			for (uint32_t c = 0; c < N; c++) {
				T_CASE("seed %u: is %u behind %u", seed, c, of);
				T_EQ_INT(ins_covers(&w->h, of, c), w->reach[of][c]);
			}
		for (int i = 0; i < 300; i++) {
			uint32_t not_[3] = { next(&s) % N, next(&s) % N, next(&s) % N }, tip = next(&s) % N;
			T_CASE("seed %u: %u not %u %u %u", seed, tip, not_[0], not_[1], not_[2]);
			check_range(w, tip, not_, next(&s) % 4);
		}
		slu_arena_free(w->a);
	}
}

T_TEST(a_line_is_what_the_first_parents_say)
{
	for (uint32_t seed = 1; seed <= 60; seed++) {
		struct world *w = make(seed);
		bool taken[N] = { false };
		T_CASE("seed %u", seed);
		for (int i = 0; i < LINES; i++) {
			const struct ins_line *l = &w->h.line[i];
			uint32_t c = w->head[i];
			size_t k = l->n;
			while (c != INS_NONE && !taken[c]) {
				taken[c] = true;
				T_TRUE(k > 0);
				T_EQ_INT(l->at[--k], c);
				T_EQ_INT(w->h.line_of[c], i);
				c = ins_parent_n(&w->h, c) ? ins_parent(&w->h, c, 0) : INS_NONE;
			}
			T_EQ_INT(k, 0);
			T_EQ_INT(l->from, c);
		}
		slu_arena_free(w->a);
	}
}

T_TEST(a_line_stands_where_its_clock_says)
{
	struct world *w = make(3);
	const struct ins_line *l = &w->h.line[0];
	T_EQ_INT(ins_line_at(&w->h, l, 0), INS_NONE);
	T_EQ_INT(ins_line_at(&w->h, l, INT64_MAX), l->head);
	for (size_t k = 0; k < l->n; k++) {
		uint32_t at = ins_line_at(&w->h, l, l->until_s[k]);
		T_TRUE(w->h.place_of[at] >= k);
		T_TRUE(k == 0 || l->until_s[k] >= l->until_s[k - 1]);
	}
	slu_arena_free(w->a);
}

T_TEST(commits_and_lines_are_found_by_name)
{
	struct world *w = make(5);
	slu_oid other = slu_oid_zero();
	for (uint32_t i = 0; i < N; i++)
		T_EQ_INT(ins_find(&w->h, &w->id[i]), i);
	T_EQ_INT(ins_find(&w->h, &other), INS_NONE);
	T_EQ_INT(ins_find_line(&w->h, SLU_STR("develop")), 1);
	T_EQ_INT(ins_find_line(&w->h, SLU_STR("nothing")), INS_NONE);
	slu_arena_free(w->a);
}
