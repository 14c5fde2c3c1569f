/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The walk over history against what the definitions say, on random histories with octopus merges, several roots and dates that lie:
 * without a commit-graph, with one, with a chain of layers and commits above it. Requirement: BR-3, PR-3
 */
#include "git/git.h"
#include "git/walk.h"
#include "run/proc.h"
#include "git_each.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

enum { N = 70, HALF = 45 };

struct history {
	slu_arena *a;
	char dir[64];
	slu_oid id[N];
	unsigned parent[N][4], parent_n[N];
	bool reach[N][N]; /* [of][ancestor], itself included */
	port_git *g;
};

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static slu_str sh(struct history *h, const char *script, slu_str input)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	struct run_result r = { 0 };
	slu_err err = { 0 };
	git_env_init(&e, h->a);
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = h->dir;
	s.input = input;
	T_OK(run_proc_ok(&r, h->a, &s, &err), err);
	return r.out;
}

static void shape(struct history *h, uint32_t seed, slu_buf *stream)
{
	for (unsigned i = 0; i < N; i++) {
		unsigned want = i == 0 || next(&seed) % 15 == 0 ? 0 : 1 + next(&seed) % 10 / 7 + (next(&seed) % 20 == 0 ? 2u : 0u);
		for (unsigned k = 0; k < want && k < i && k < 4; k++) {
			unsigned p = next(&seed) % 3 ? i - 1 - next(&seed) % (i < 6 ? i : 6) : next(&seed) % i;
			bool twice = false;
			for (unsigned m = 0; m < h->parent_n[i]; m++)
				twice = twice || h->parent[i][m] == p;
			if (!twice)
				h->parent[i][h->parent_n[i]++] = p;
		}
		h->reach[i][i] = true;
		for (unsigned k = 0; k < h->parent_n[i]; k++)
			for (unsigned m = 0; m < N; m++)
				h->reach[i][m] = h->reach[i][m] || h->reach[h->parent[i][k]][m];
		slu_buf_addf(stream, "reset refs/heads/b%u\n", i);
		slu_buf_addf(stream, "commit refs/heads/b%u\nmark :%u\ncommitter C <c@d> %u +0000\ndata 1\n%c\n", i, i + 1, 1700000000 + next(&seed) % 5000 * 3, 'a' + (char)(i % 20));
		for (unsigned k = 0; k < h->parent_n[i]; k++)
			slu_buf_addf(stream, "%s :%u\n", k ? "merge" : "from", h->parent[i][k] + 1);
		slu_buf_adds(stream, "\n");
	}
	slu_buf_adds(stream, "done\n");
}

static const char *const modes[] = {
	"no graph", ":",
	"one graph", "git --git-dir=r.git commit-graph write --reachable",
	"a chain and commits above it",
	"for top in 20 45; do for i in $(seq 0 $top); do git --git-dir=r.git rev-parse b$i; done | git --git-dir=r.git commit-graph write --stdin-commits --split=no-merge; done",
};

static struct history *history_new(uint32_t seed, const char *mode)
{
	slu_arena *a = slu_arena_new();
	struct history *h = SLU_NEW(a, struct history);
	slu_err err = { 0 };
	h->a = a;
	(void)snprintf(h->dir, sizeof h->dir, "/tmp/sluice-test-XXXXXX");
	T_TRUE(mkdtemp(h->dir) != NULL);
	slu_auto_buf stream;
	slu_buf_init(&stream, 1 << 20);
	shape(h, seed, &stream);
	slu_str ids = sh(h, "git init -q --bare r.git; git --git-dir=r.git fast-import --quiet --done --export-marks=marks; sort -t: -k2 -n marks | cut -d' ' -f2", slu_buf_str(&stream)), line;
	for (unsigned i = 0; i < N && slu_str_split(&ids, '\n', &line); i++)
		T_OK(slu_oid_parse(&h->id[i], line, &err), err);
	(void)sh(h, mode, (slu_str){ 0 });
	T_OK(git_cli_open(&h->g, &(struct port_git_open){ .path = slu_printf(a, "%s/r.git", h->dir), .lock_fd = -1 }, &err), err);
	return h;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static void history_free(struct history *h)
{
	h->g->ops->close(h->g);
	(void)nftw(h->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	slu_arena_free(h->a);
}

/** A common ancestor that no other common ancestor reaches. */
static bool is_base(const struct history *h, unsigned x, unsigned y, unsigned c)
{
	if (!h->reach[x][c] || !h->reach[y][c])
		return false;
	for (unsigned d = 0; d < N; d++)
		if (d != c && h->reach[x][d] && h->reach[y][d] && h->reach[d][c])
			return false;
	return true;
}

static bool among(const slu_oid *list, size_t n, const slu_oid *id)
{
	for (size_t i = 0; i < n; i++)
		if (slu_oid_eq(&list[i], id))
			return true;
	return false;
}

static void check_pair(struct history *h, unsigned x, unsigned y)
{
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	bool yes = false;
	T_OK(h->g->ops->is_ancestor(h->g, &h->id[y], &h->id[x], &yes, &err), err);
	T_TRUE(yes == h->reach[x][y]);
	const slu_oid *list = NULL;
	size_t n = 0, bases = 0, only_x = 0, only_y = 0;
	T_OK(h->g->ops->merge_bases(h->g, a, &h->id[x], &h->id[y], &list, &n, &err), err);
	for (unsigned c = 0; c < N; c++) {
		bool base = is_base(h, x, y, c);
		bases += base;
		T_TRUE(among(list, n, &h->id[c]) == base);
		only_x += h->reach[x][c] && !h->reach[y][c];
		only_y += h->reach[y][c] && !h->reach[x][c];
	}
	T_EQ_INT(n, bases);
	uint64_t ahead = 0, behind = 0;
	T_OK(h->g->ops->ahead_behind(h->g, &h->id[x], &h->id[y], &ahead, &behind, &err), err);
	T_EQ_INT(ahead, only_x);
	T_EQ_INT(behind, only_y);
	T_OK(h->g->ops->range(h->g, a, &h->id[x], &h->id[y], 1, N, &list, &n, &err), err);
	T_EQ_INT(n, only_x);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			for (unsigned c = 0; c < N; c++)
				for (unsigned d = 0; d < N && slu_oid_eq(&list[i], &h->id[c]); d++)
					T_TRUE(!slu_oid_eq(&list[k], &h->id[d]) || c == d || !h->reach[d][c]); /* children first */
	if (only_x > 0)
		T_RC(h->g->ops->range(h->g, a, &h->id[x], &h->id[y], 1, only_x - 1, &list, &n, &err), SLU_E_LIMIT);
}

T_TEST(answers_are_those_of_the_definitions)
{
	for (size_t m = 0; m < sizeof modes / sizeof *modes; m += 2) {
		for (uint32_t seed = 1; seed <= 4; seed++) {
			struct history *h = history_new(seed, modes[m + 1]);
			for (unsigned x = 0; x < N; x += 1 + seed % 2)
				for (unsigned y = 0; y < N; y += 3) {
					T_CASE("%s, seed %u, %u against %u", modes[m], seed, x, y);
					check_pair(h, x, y);
				}
			history_free(h);
		}
	}
}

struct seen {
	struct history *h;
	unsigned v[N];
	size_t n;
};

static slu_rc see(void *ctx, const struct pol_commit *c, slu_err *err)
{
	struct seen *s = ctx;
	unsigned i = 0;
	while (i < N && !slu_oid_eq(&s->h->id[i], &c->id))
		i++;
	if (i == N || s->n == N || c->parent_n != s->h->parent_n[i] || c->message.n != 1)
		return slu_fail(err, SLU_E_INTERNAL, "%s is not one of those that were made, or not as it was made", c->id.hex);
	s->v[s->n++] = i;
	return SLU_OK;
}

/** Everything from two tips without what two others reach, a child before its parents. */
static void check_each(struct history *h, port_git *g, const unsigned tip[2], const unsigned not_[2], size_t not_n)
{
	struct seen s = { .h = h };
	slu_err err = { 0 };
	size_t want = 0;
	const slu_oid tips[] = { h->id[tip[0]], h->id[tip[1]] }, nots[] = { h->id[not_[0]], h->id[not_[1]] };
	T_OK(git_each(g, tips, 2, nots, not_n, see, &s, &err), err);
	for (unsigned c = 0; c < N; c++) {
		bool wanted = h->reach[tip[0]][c] || h->reach[tip[1]][c];
		for (size_t k = 0; k < not_n; k++)
			wanted = wanted && !h->reach[not_[k]][c];
		want += wanted;
		size_t at = 0;
		while (at < s.n && s.v[at] != c)
			at++;
		T_TRUE((at < s.n) == wanted);
		for (size_t k = 0; k < at && wanted; k++)
			T_FALSE(h->reach[c][s.v[k]]);
	}
	T_EQ_INT(s.n, want);
}

T_TEST(each_commit_comes_once_and_before_its_parents)
{
	static slu_rc (*const open[])(port_git **, const struct port_git_open *, slu_err *) = { git_cli_open, git_own_open };
	for (size_t m = 0; m < 2 * sizeof modes / sizeof *modes; m++) {
		struct history *h = history_new(11 + (uint32_t)m, modes[m / 4 * 2 + 1]);
		slu_err err = { 0 };
		port_git *g = NULL;
		T_CASE("%s, %s", modes[m / 4 * 2], m % 2 ? "own" : "git");
		if (m % 4 / 2)
			(void)sh(h, "for i in $(seq 0 69); do git --git-dir=r.git rev-parse b$i^@; done | sort -u | head -n 3 >/dev/null; git --git-dir=r.git repack -adq", (slu_str){ 0 });
		T_OK(open[m % 2](&g, &(struct port_git_open){ .path = slu_printf(h->a, "%s/r.git", h->dir), .lock_fd = -1 }, &err), err);
		for (unsigned i = 0; i + 9 < N; i += 5)
			for (size_t not_n = 0; not_n <= 2; not_n++)
				check_each(h, g, (unsigned[]){ N - 1 - i, (i * 7 + 3) % N }, (unsigned[]){ i, (i * 3 + 1) % N }, not_n);
		T_OK(git_each(g, NULL, 0, NULL, 0, see, NULL, &err), err);
		g->ops->close(g);
		history_free(h);
	}
}

/** As for every release of a line: what it has and none below it. The list of those below only grows, and is then marked once. */
T_TEST(a_list_that_only_grows_gives_the_same_answers)
{
	for (size_t m = 0; m < sizeof modes / sizeof *modes; m += 2) {
		struct history *h = history_new(21 + (uint32_t)m, modes[m + 1]);
		slu_err err = { 0 };
		for (unsigned round = 0; round < 2; round++) { /* the second list is another one, after a question in between */
			slu_oid not_[N];
			for (unsigned n = 0; n < N; n++) {
				unsigned tip = (n * 13 + round) % N;
				slu_auto_arena *a = slu_arena_new();
				const slu_oid *list = NULL;
				size_t list_n = 0, want = 0;
				T_CASE("%s, round %u, %u below", modes[m], round, n);
				T_OK(h->g->ops->range(h->g, a, &h->id[tip], not_, n, N, &list, &list_n, &err), err);
				for (unsigned c = 0; c < N; c++) {
					bool wanted = h->reach[tip][c];
					for (unsigned k = 0; k < n && wanted; k++)
						wanted = !h->reach[(k * 13 + round) % N][c];
					want += wanted;
					T_TRUE(among(list, list_n, &h->id[c]) == wanted);
				}
				T_EQ_INT(list_n, want);
				for (size_t i = 0; i < list_n; i++)
					for (unsigned x = 0; x < N; x++)
						for (unsigned y = 0; y < N && slu_oid_eq(&list[i], &h->id[x]); y++)
							T_TRUE(x == y || !h->reach[y][x] || !among(list + i, list_n - i, &h->id[y]));
				if (want > 0)
					T_RC(h->g->ops->range(h->g, a, &h->id[tip], not_, n, want - 1, &list, &list_n, &err), SLU_E_LIMIT);
				not_[n] = h->id[tip];
			}
			check_pair(h, N - 1, 3);
		}
		history_free(h);
	}
}

T_TEST(a_chain_is_read_and_only_what_is_above_it_is_loaded)
{
	struct history *h = history_new(7, modes[5]);
	slu_auto_arena *a = slu_arena_new();
	git_graph *g = git_graph_open(slu_printf(a, "%s/r.git/objects", h->dir));
	T_TRUE(g != NULL);
	T_TRUE(git_graph_size(g) > 20 && git_graph_size(g) <= HALF + 1);
	struct git_raw raw = git_raw_of(&h->id[0]);
	uint32_t pos = 0;
	T_TRUE(git_graph_find(g, &raw, &pos));
	raw.b[0] ^= 1;
	T_FALSE(git_graph_find(g, &raw, &pos));
	struct git_graph_commit c;
	T_FALSE(git_graph_commit_at(g, git_graph_size(g), &c));
	git_graph_close(g);
	history_free(h);
}

static unsigned number_of(const struct history *h, const slu_oid *id)
{
	unsigned i = 0;
	while (i < N && !slu_oid_eq(&h->id[i], id))
		i++;
	return i;
}

static void count_message(void *ctx, size_t i, slu_str message)
{
	unsigned *told = ctx;
	T_TRUE(message.n == 1 || message.n == 2); /* git ends it with a line end */
	T_EQ_INT(message.p[0], 'a' + (int)(told[i] % 20));
	told[i] = N;
}

/* Each commit once, after its parents, with the parents in their order, its clock and its tree; and its message. */
static void check_structure(struct history *h, port_git *g, unsigned tips)
{
	slu_auto_arena *a = slu_arena_new();
	struct port_git_topology t = { 0 };
	slu_err err = { 0 };
	unsigned want = 0, told[N];
	slu_oid all[N];
	T_OK(g->ops->topology(g, a, &h->id[N - tips], tips, &t, &err), err);
	for (unsigned i = 0; i < N; i++)
		for (unsigned k = N - tips; k < N; k++)
			if (h->reach[k][i]) {
				want++;
				break;
			}
	T_EQ_INT(t.n, want);
	for (size_t c = 0; c < t.n; c++) {
		struct pol_commit as;
		slu_oid id = slu_oids_at(&t.id, c), tree = slu_oids_at(&t.tree, c);
		unsigned i = number_of(h, &id);
		all[c] = id;
		T_TRUE(i < N);
		told[c] = i;
		T_OK(h->g->ops->commit(h->g, a, &id, &as, &err), err);
		T_EQ_INT(t.time_s[c], as.commit_time_s);
		T_TRUE(slu_oid_eq(&tree, &as.tree));
		T_EQ_INT(t.parent_at[c + 1] - t.parent_at[c], as.parent_n);
		for (size_t k = 0; k < as.parent_n; k++) {
			T_TRUE(t.parent[t.parent_at[c] + k] < c);
			slu_oid parent = slu_oids_at(&t.id, t.parent[t.parent_at[c] + k]);
			T_TRUE(slu_oid_eq(&parent, &as.parent[k]));
		}
	}
	T_OK(g->ops->messages(g, all, t.n, count_message, told, &err), err);
	for (size_t c = 0; c < t.n; c++)
		T_EQ_INT(told[c], N);
}

T_TEST(a_whole_history_is_as_it_was_made)
{
	for (size_t m = 0; m < sizeof modes / sizeof *modes; m += 2)
		for (uint32_t seed = 1; seed <= 4; seed++) {
			struct history *h = history_new(seed, modes[m + 1]);
			port_git *own = NULL;
			slu_err err = { 0 };
			T_OK(git_own_open(&own, &(struct port_git_open){ .path = slu_printf(h->a, "%s/r.git", h->dir), .lock_fd = -1 }, &err), err);
			for (unsigned tips = 1; tips <= N; tips += 13) {
				T_CASE("%s, seed %u, %u tips, by git", modes[m], seed, tips);
				check_structure(h, h->g, tips);
				T_CASE("%s, seed %u, %u tips, by ourselves", modes[m], seed, tips);
				check_structure(h, own, tips);
			}
			own->ops->close(own);
			history_free(h);
		}
}

/* ---- histories that are nowhere but here: commit n is the id whose first bytes are n + 1 ------------------------------------ */

struct made {
	const char *graph; /* a file that is written when commit `at` is read; NULL: none */
	uint32_t at;
	uint32_t wide;     /* how many commits before it are parents of each */
};

static struct git_raw id_of(uint32_t n)
{
	n++; /* an id of zeros is none */
	return (struct git_raw){ { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16) } };
}

static slu_oid hex_of(uint32_t n)
{
	struct git_raw id = id_of(n);
	return git_raw_hex(&id, 20);
}

static slu_rc load_made(void *ctx, slu_arena *a, const struct git_raw *id, size_t id_n, struct git_commit_head *out, slu_err *err)
{
	const struct made *m = ctx;
	uint32_t n = ((uint32_t)id->b[0] | (uint32_t)id->b[1] << 8 | (uint32_t)id->b[2] << 16) - 1, parents = n < m->wide ? n : m->wide;
	(void)id_n;
	(void)err;
	struct git_raw *parent = SLU_NEW_N(a, struct git_raw, parents + 1);
	for (uint32_t i = 0; i < parents; i++)
		parent[i] = id_of(n - 1 - i);
	if (m->graph && n == m->at) {
		FILE *f = fopen(m->graph, "w");
		T_TRUE(f != NULL && fputs("no graph", f) >= 0 && fclose(f) == 0);
	}
	*out = (struct git_commit_head){ .parent = parent, .parent_n = parents, .time_s = 1700000000 + n };
	return SLU_OK;
}

/** A program that runs for long looks whether there is a better graph now, but never between the two halves of one question. */
T_TEST(a_graph_that_comes_in_the_midst_of_a_question_changes_no_answer)
{
	char dir[64] = "/tmp/sluice-test-XXXXXX";
	T_TRUE(mkdtemp(dir) != NULL);
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	T_TRUE(mkdir(slu_printf(a, "%s/info", dir), 0700) == 0);
	struct made m = { .graph = slu_printf(a, "%s/info/commit-graph", dir), .at = 500, .wide = 1 };
	git_walk *w = git_walk_new(dir, load_made, &m);
	slu_oid not_[10];
	for (uint32_t n = 0; n < 10; n++) {
		const slu_oid *list = NULL;
		size_t list_n = 0;
		slu_oid tip = hex_of(n < 9 ? 20 : 1020);
		T_CASE("%u below", n);
		T_OK(git_walk_range(w, a, &tip, not_, n, SIZE_MAX, &list, &list_n, &err), err);
		T_EQ_INT(list_n, n == 0 ? 21 : n < 9 ? 21 - n : 20);
		not_[n] = hex_of(n < 8 ? n : 1000);
	}
	T_TRUE(access(m.graph, F_OK) == 0);
	git_walk_free(w);
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

T_TEST(a_history_of_wide_merges_does_not_contradict_itself)
{
	struct made m = { .wide = 40 };
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	git_walk *w = git_walk_new("/nowhere", load_made, &m);
	slu_oid tip = hex_of(3000), low = hex_of(2000);
	const slu_oid *list = NULL;
	size_t n = 0;
	T_OK(git_walk_range(w, a, &tip, &low, 1, SIZE_MAX, &list, &n, &err), err);
	T_EQ_INT(n, 1000);
	git_walk_free(w);
}
