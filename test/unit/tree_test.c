/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: RC-3 */
#include "audit/tree.h"

#include "t.h"

enum { N = 64, LEVELS = 7 };

/* What a database would hold. */
struct nodes {
	aud_hash at[LEVELS][N];
	bool there[LEVELS][N];
	size_t written, fail_at;
};

static slu_rc put(void *ctx, unsigned level, uint64_t index, const aud_hash *node, slu_err *err)
{
	struct nodes *s = ctx;
	if (s->written == s->fail_at)
		return slu_fail(err, SLU_E_IO, "The disk is full.");
	s->at[level][index] = *node;
	s->there[level][index] = true;
	s->written++;
	return SLU_OK;
}

static slu_rc get(void *ctx, unsigned level, uint64_t index, aud_hash *node, slu_err *err)
{
	const struct nodes *s = ctx;
	if (level >= LEVELS || index >= N || !s->there[level][index])
		return slu_fail(err, SLU_E_NOT_FOUND, "Node %u/%llu was never written.", level, (unsigned long long)index);
	*node = s->at[level][index];
	return SLU_OK;
}

/* The definitions of RFC 9162, word for word and recursively: slow, and written apart from the code under test. */
static aud_hash leaf_of(size_t i)
{
	char text[] = { 'e', 'v', 'e', 'n', 't', (char)i };
	aud_hash h;
	aud_leaf_hash(&h, (slu_str){ text, sizeof text });
	return h;
}

static size_t k_of(size_t n)
{
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	return k;
}

static aud_hash mth(const aud_hash *d, size_t n)
{
	if (n == 1)
		return d[0];
	aud_hash left = mth(d, k_of(n)), right = mth(d + k_of(n), n - k_of(n)), both;
	aud_node_hash(&both, &left, &right);
	return both;
}

static void path(struct aud_proof *p, size_t m, const aud_hash *d, size_t n)
{
	size_t k = k_of(n);
	if (n == 1)
		return;
	if (m < k) {
		path(p, m, d, k);
		p->hash[p->n++] = mth(d + k, n - k);
	} else {
		path(p, m - k, d + k, n - k);
		p->hash[p->n++] = mth(d, k);
	}
}

static void subproof(struct aud_proof *p, size_t m, const aud_hash *d, size_t n, bool b)
{
	size_t k = k_of(n);
	if (m == n) {
		if (!b)
			p->hash[p->n++] = mth(d, n);
	} else if (m <= k) {
		subproof(p, m, d, k, b);
		p->hash[p->n++] = mth(d + k, n - k);
	} else {
		subproof(p, m - k, d + k, n - k, false);
		p->hash[p->n++] = mth(d, k);
	}
}

static bool same(const struct aud_proof *a, const struct aud_proof *b)
{
	return a->n == b->n && memcmp(a->hash, b->hash, a->n * sizeof *a->hash) == 0;
}

static void fill(struct nodes *s, struct aud_frontier *f, aud_hash leaves[N], aud_hash roots[N + 1])
{
	*s = (struct nodes){ .fail_at = SIZE_MAX };
	*f = (struct aud_frontier){ .size = 0 };
	aud_root(&roots[0], f);
	for (size_t i = 0; i < N; i++) {
		leaves[i] = leaf_of(i);
		T_EQ_INT(aud_append(f, &leaves[i], put, s, NULL), SLU_OK);
		aud_root(&roots[i + 1], f);
	}
}

/* The tree that Certificate Transparency's own implementations are tested with. */
T_TEST(known_roots)
{
	static const slu_str leaves[] = { { "", 0 },
					  { "\x00", 1 },
					  { "\x10", 1 },
					  { "\x20\x21", 2 },
					  { "\x30\x31", 2 },
					  { "\x40\x41\x42\x43", 4 },
					  { "\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
					  { "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 } };
	static const char *const roots[] = { "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
					     "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
					     "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
					     "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
					     "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
					     "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
					     "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
					     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
					     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" };
	struct nodes s = { .fail_at = SIZE_MAX };
	struct aud_frontier f = { .size = 0 };
	for (size_t i = 0; i <= 8; i++) {
		T_CASE("%zu leaves", i);
		char hex[65];
		aud_hash h;
		aud_root(&h, &f);
		T_EQ_STR(aud_hash_hex(&h, hex), roots[i]);
		if (i < 8) {
			aud_leaf_hash(&h, leaves[i]);
			T_EQ_INT(aud_append(&f, &h, put, &s, NULL), SLU_OK);
		}
	}
	T_EQ_INT(s.written, 15);
	struct aud_proof p;
	char hex[65];
	T_EQ_INT(aud_inclusion(&p, 5, 8, get, &s, NULL), SLU_OK);
	T_EQ_INT(p.n, 3);
	T_EQ_STR(aud_hash_hex(&p.hash[0], hex), "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
	T_EQ_STR(aud_hash_hex(&p.hash[1], hex), "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
	T_EQ_STR(aud_hash_hex(&p.hash[2], hex), roots[4]);
}

T_TEST(every_inclusion_up_to_64_leaves)
{
	struct nodes s;
	struct aud_frontier f;
	aud_hash leaves[N], roots[N + 1];
	fill(&s, &f, leaves, roots);
	for (size_t n = 1; n <= N; n++) {
		aud_hash want = mth(leaves, n);
		T_TRUE(aud_hash_eq(&want, &roots[n]));
		for (size_t i = 0; i < n; i++) {
			T_CASE("leaf %zu of %zu", i, n);
			struct aud_proof p, naive = { .n = 0 };
			T_EQ_INT(aud_inclusion(&p, i, n, get, &s, NULL), SLU_OK);
			path(&naive, i, leaves, n);
			T_TRUE(same(&p, &naive));
			T_EQ_INT(aud_inclusion_verify(i, n, &leaves[i], &p, &roots[n], NULL), SLU_OK);
			/* no other leaf, place, size or length */
			for (size_t j = n > 16 ? n % 5 : 0; j <= N; j += n > 16 ? 5 : 1) {
				if (j != i)
					T_EQ_INT(aud_inclusion_verify(j, n, &leaves[i], &p, &roots[n], NULL), SLU_E_CORRUPT);
				if (j != i && j < N)
					T_EQ_INT(aud_inclusion_verify(i, n, &leaves[j], &p, &roots[n], NULL), SLU_E_CORRUPT);
				if (j != n)
					T_EQ_INT(aud_inclusion_verify(i, n, &leaves[i], &p, &roots[j], NULL), SLU_E_CORRUPT);
			}
			p.n++;
			p.hash[p.n - 1] = leaves[0];
			T_EQ_INT(aud_inclusion_verify(i, n, &leaves[i], &p, &roots[n], NULL), SLU_E_CORRUPT);
			if (n > 1) {
				p.n -= 2;
				T_EQ_INT(aud_inclusion_verify(i, n, &leaves[i], &p, &roots[n], NULL), SLU_E_CORRUPT);
			}
		}
	}
}

T_TEST(every_consistency_up_to_64_leaves)
{
	struct nodes s;
	struct aud_frontier f;
	aud_hash leaves[N], roots[N + 1];
	fill(&s, &f, leaves, roots);
	for (size_t n = 0; n <= N; n++) {
		for (size_t m = 0; m <= n; m++) {
			T_CASE("%zu to %zu", m, n);
			struct aud_proof p, naive = { .n = 0 };
			T_EQ_INT(aud_consistency(&p, m, n, get, &s, NULL), SLU_OK);
			if (m > 0)
				subproof(&naive, m, leaves, n, true);
			T_TRUE(same(&p, &naive));
			T_EQ_INT(aud_consistency_verify(m, &roots[m], n, &roots[n], &p, NULL), SLU_OK);
			for (size_t j = n > 16 ? n % 5 : 0; j <= N; j += n > 16 ? 5 : 1) {
				if (j != m)
					T_EQ_INT(aud_consistency_verify(m, &roots[j], n, &roots[n], &p, NULL), SLU_E_CORRUPT);
				if (j != n && m > 0) /* a beginning without leaves says nothing of what follows */
					T_EQ_INT(aud_consistency_verify(m, &roots[m], n, &roots[j], &p, NULL), SLU_E_CORRUPT);
			}
			p.n++;
			p.hash[p.n - 1] = roots[n];
			T_EQ_INT(aud_consistency_verify(m, &roots[m], n, &roots[n], &p, NULL), SLU_E_CORRUPT);
			if (p.n > 1) {
				p.n -= 2;
				T_EQ_INT(aud_consistency_verify(m, &roots[m], n, &roots[n], &p, NULL), SLU_E_CORRUPT);
			}
			if (m < n)
				T_EQ_INT(aud_consistency_verify(n, &roots[n], m, &roots[m], &p, NULL), SLU_E_CORRUPT);
		}
	}
}

T_TEST(every_flipped_bit_is_seen)
{
	struct nodes s;
	struct aud_frontier f;
	aud_hash leaves[N], roots[N + 1];
	fill(&s, &f, leaves, roots);
	size_t flips = 0, missed = 0;
	for (size_t n = 1; n <= N; n += 7) {
		for (size_t m = 1; m <= n; m += 3) {
			struct aud_proof in, con;
			T_EQ_INT(aud_inclusion(&in, m - 1, n, get, &s, NULL), SLU_OK);
			T_EQ_INT(aud_consistency(&con, m, n, get, &s, NULL), SLU_OK);
			for (size_t bit = 0; bit < in.n * 256; bit++, flips++) {
				unsigned char *b = &in.hash[bit / 256].b[bit % 256 / 8];
				*b ^= (unsigned char)(1u << bit % 8);
				missed += aud_inclusion_verify(m - 1, n, &leaves[m - 1], &in, &roots[n], NULL) != SLU_E_CORRUPT;
				*b ^= (unsigned char)(1u << bit % 8);
			}
			for (size_t bit = 0; bit < con.n * 256; bit++, flips++) {
				unsigned char *b = &con.hash[bit / 256].b[bit % 256 / 8];
				*b ^= (unsigned char)(1u << bit % 8);
				missed += aud_consistency_verify(m, &roots[m], n, &roots[n], &con, NULL) != SLU_E_CORRUPT;
				*b ^= (unsigned char)(1u << bit % 8);
			}
		}
	}
	T_EQ_INT(missed, 0);
	T_TRUE(flips > 200000);
}

T_TEST(only_complete_nodes_are_written_and_each_once)
{
	struct nodes s;
	struct aud_frontier f;
	aud_hash leaves[N], roots[N + 1];
	fill(&s, &f, leaves, roots);
	T_EQ_INT(s.written, 2 * N - 1);
	for (unsigned level = 0; level < LEVELS; level++)
		for (size_t i = 0; i < N; i++) {
			T_TRUE(s.there[level][i] == (i < (size_t)N >> level));
			if (s.there[level][i]) {
				aud_hash want = mth(leaves + (i << level), (size_t)1 << level);
				T_TRUE(aud_hash_eq(&s.at[level][i], &want));
			}
		}
}

T_TEST(a_frontier_comes_back_from_the_store)
{
	struct nodes s;
	struct aud_frontier f;
	aud_hash leaves[N], roots[N + 1];
	fill(&s, &f, leaves, roots);
	for (size_t n = 0; n <= N; n++) {
		aud_hash root;
		T_EQ_INT(aud_frontier_load(&f, n, get, &s, NULL), SLU_OK);
		aud_root(&root, &f);
		T_TRUE(aud_hash_eq(&root, &roots[n]));
		if (n < N) {
			T_EQ_INT(aud_append(&f, &leaves[n], put, &s, NULL), SLU_OK);
			aud_root(&root, &f);
			T_TRUE(aud_hash_eq(&root, &roots[n + 1]));
		}
	}
}

T_TEST(a_failed_write_leaves_the_tree_as_it_was)
{
	struct nodes s = { .fail_at = SIZE_MAX };
	struct aud_frontier f = { .size = 0 };
	aud_hash leaf = leaf_of(0), before, after;
	for (int i = 0; i < 7; i++)
		T_EQ_INT(aud_append(&f, &leaf, put, &s, NULL), SLU_OK);
	aud_root(&before, &f);
	size_t done = s.written;
	for (size_t more = 0; more < 4; more++) {
		slu_err err = { 0 };
		s.fail_at = done + more;
		s.written = done;
		T_EQ_INT(aud_append(&f, &leaf, put, &s, &err), SLU_E_IO);
		T_EQ_STR(err.text, "The disk is full.");
		T_EQ_INT(f.size, 7);
		aud_root(&after, &f);
		T_TRUE(aud_hash_eq(&before, &after));
	}
	s.fail_at = SIZE_MAX;
	s.written = done;
	T_EQ_INT(aud_append(&f, &leaf, put, &s, NULL), SLU_OK);
	T_EQ_INT(f.size, 8);
}

T_TEST(what_cannot_be_asked)
{
	struct nodes s = { .fail_at = SIZE_MAX };
	struct aud_proof p = { .n = 77 };
	struct aud_frontier f = { .size = INT64_MAX };
	aud_hash leaf = leaf_of(0);
	T_EQ_INT(aud_inclusion(&p, 0, 0, get, &s, NULL), SLU_E_INVALID);
	T_EQ_INT(aud_inclusion(&p, 8, 8, get, &s, NULL), SLU_E_INVALID);
	T_EQ_INT(aud_inclusion(&p, 1, UINT64_MAX, get, &s, NULL), SLU_E_INVALID);
	T_EQ_INT(aud_consistency(&p, 9, 8, get, &s, NULL), SLU_E_INVALID);
	T_EQ_INT(aud_consistency(&p, 1, UINT64_MAX, get, &s, NULL), SLU_E_INVALID);
	T_EQ_INT(aud_inclusion(&p, 0, 2, get, &s, NULL), SLU_E_NOT_FOUND);
	T_EQ_INT(p.n, 77);
	T_EQ_INT(aud_append(&f, &leaf, put, &s, NULL), SLU_E_LIMIT);
	T_EQ_INT(aud_frontier_load(&f, UINT64_MAX, get, &s, NULL), SLU_E_INVALID);
}

static slu_rc made_up(void *ctx, unsigned level, uint64_t index, aud_hash *node, slu_err *err)
{
	(void)err;
	size_t *reads = ctx;
	++*reads;
	memset(node, (int)(level ^ (unsigned)(index & 0xFF)), sizeof *node);
	return SLU_OK;
}

/* Nodes that do not hang together are enough to see that the largest trees fit. */
T_TEST(the_largest_tree_fits)
{
	static const uint64_t places[] = { 0, 1, INT64_MAX / 2, INT64_MAX - 2, INT64_MAX - 1 };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct aud_proof p;
		size_t reads = 0;
		T_EQ_INT(aud_inclusion(&p, places[i], INT64_MAX, made_up, &reads, NULL), SLU_OK);
		T_TRUE(p.n <= AUD_PROOF_MAX && reads <= 126);
		T_EQ_INT(aud_consistency(&p, places[i], INT64_MAX, made_up, &reads, NULL), SLU_OK);
		T_TRUE(p.n <= AUD_PROOF_MAX);
	}
}
