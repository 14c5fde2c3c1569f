/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Questions about history as Git answers them: merge-base --all, merge-base --is-ancestor, rev-list with several exclusions, with
 * --left-right --count and with --date-order. Asked on random histories (criss-cross merges, octopuses, many roots, clocks that lie) and on real
 * ones, where they lie beside the repository ($HISTORIES; all of them with $PEER_ALL, as test/long/walks.sh sets it); without a commit-graph, with one of either generation, and with a chain of layers
 * that commits stand above.
 *
 * One difference, on purpose: without --topo-order, rev-list leaves off looking where the clocks of what is excluded say that nothing can
 * follow, and where they lie it lists commits that are excluded. Our answers follow what the parents say, as its own do with
 * --topo-order on a commit-graph; so that is what is asked, and that the other one is never shorter. Requirement: BR-3, PR-3
 */
#include "git_each.h"
#include "git/git.h"
#include "run/proc.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

enum { COMMITS = 900, QUESTIONS = 24 /* of each kind */, WORDS = 4 };

static uint32_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

struct place {
	slu_arena *a;
	char dir[64];
	slu_str git; /* "git --git-dir=r.git" in `dir` */
	const slu_oid *commit;
	size_t n;
};

static slu_str sh(struct place *p, const char *script, slu_str input)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	struct run_result r = { 0 };
	slu_err err = { 0 };
	git_env_init(&e, p->a);
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = p->dir;
	s.input = input;
	s.max_out = 1u << 30;
	s.timeout_ms = 280000;
	T_OK(run_proc_ok(&r, p->a, &s, &err), err);
	return r.out;
}

static struct place *place_new(void)
{
	slu_arena *a = slu_arena_new();
	struct place *p = SLU_NEW(a, struct place);
	p->a = a;
	(void)snprintf(p->dir, sizeof p->dir, "/tmp/sluice-test-XXXXXX");
	T_TRUE(mkdtemp(p->dir) != NULL);
	(void)sh(p, "git init -q --bare r.git", (slu_str){ 0 });
	return p;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static void place_free(struct place *p)
{
	(void)nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	slu_arena_free(p->a);
}

static void know_commits(struct place *p)
{
	slu_err err = { 0 };
	slu_str all = sh(p, "git --git-dir=r.git rev-list --all", (slu_str){ 0 }), line;
	slu_oid *id = SLU_NEW_N(p->a, slu_oid, all.n / 41 + 1);
	p->n = 0;
	while (slu_str_split(&all, '\n', &line))
		T_OK(slu_oid_parse(&id[p->n++], line, &err), err);
	p->commit = id;
}

static const char *const graph[][2] = {
	{ "no graph", "rm -rf r.git/objects/info/commit-graph*" },
	{ "one graph", "git --git-dir=r.git commit-graph write --reachable" },
	{ "a graph without clocks", "git --git-dir=r.git -c commitGraph.generationVersion=1 commit-graph write --reachable" },
	{ "layers, commits above them", "rm -rf r.git/objects/info/commit-graph*; n=$(git --git-dir=r.git rev-list --all --count); for part in 3 2; do"
	  " git --git-dir=r.git rev-list --all --reverse | head -n $((n / part)) | git --git-dir=r.git commit-graph write --stdin-commits --split=no-merge; done" },
	{ "layers of either kind", "rm -rf r.git/objects/info/commit-graph*; git --git-dir=r.git rev-list --all --reverse | head -n 300 | git --git-dir=r.git -c commitGraph.generationVersion=1 commit-graph write --stdin-commits --split=no-merge;"
	  " git --git-dir=r.git commit-graph write --reachable --split=no-merge" },
};
enum { GRAPHS = sizeof graph / sizeof *graph };

/* ---- random histories ---------------------------------------------------------------------------------------------------- */

/* Two lines that merge each other over and over, with something beside them. */
static unsigned parents_of(unsigned i, unsigned out[WORDS])
{
	unsigned n = 0;
	if (i < 2 || below(40) == 0)
		return 0;
	out[n++] = below(4) ? i - 2 : below(i);
	if (below(3) == 0)
		out[n++] = below(3) ? i - 1 : below(i);
	for (unsigned k = 0; n == 2 && k < 2 && below(6) == 0; k++)
		out[n++] = below(i);
	unsigned used = 0;
	for (unsigned k = 0; k < n; k++) {
		bool twice = false;
		for (unsigned m = 0; m < used; m++)
			twice = twice || out[m] == out[k];
		if (!twice)
			out[used++] = out[k];
	}
	return used;
}

/* No two clocks say the same: then --date-order has one answer. */
static struct place *random_history(uint32_t from)
{
	struct place *p = place_new();
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 22);
	seed = from;
	for (unsigned i = 0; i < COMMITS; i++) {
		unsigned parent[WORDS], n = parents_of(i, parent);
		unsigned clock = 1700000000 + (below(3) ? i : below(COMMITS)) * COMMITS + i;
		slu_buf_addf(&b, "reset refs/heads/b%u\ncommit refs/heads/b%u\nmark :%u\ncommitter C <c@d> %u +0000\ndata 1\nx\n", i, i, i + 1, clock);
		for (unsigned k = 0; k < n; k++)
			slu_buf_addf(&b, "%s :%u\n", k ? "merge" : "from", parent[k] + 1);
		slu_buf_adds(&b, "\n");
	}
	slu_buf_adds(&b, "done\n");
	(void)sh(p, "git --git-dir=r.git fast-import --quiet --done", slu_buf_str(&b));
	(void)sh(p, graph[1][1], (slu_str){ 0 });
	know_commits(p);
	return p;
}

/* ---- questions ----------------------------------------------------------------------------------------------------------- */

static const char ask_git[] =
	"cd r.git; while read -r kind x y z; do case $kind in"
	" base) git merge-base --all $x $y || :;;"
	" in) git merge-base --is-ancestor $x $y && echo yes || echo no;;"
	" apart) git rev-list --topo-order --left-right --count $x...$y;;"
	" range) git rev-list --topo-order $x --not $y $z; git rev-list --count $x --not $y $z;;"
	" order) git rev-list --date-order $x $y --not $z;;"
	" esac; echo .; done";
static const char *const kind[] = { "base", "in", "apart", "range", "order" };
enum { BASE, IN, APART, RANGE, ORDER, KINDS };

struct question {
	int kind;
	slu_oid x, y, z;
	slu_str git; /* its answer */
};

static slu_oid any(const struct place *p)
{
	return p->commit[below(3) ? below((uint32_t)p->n) : below((uint32_t)(p->n / 20 + 1))];
}

static struct question *questions(struct place *p, size_t *n)
{
	struct question *q = SLU_NEW_N(p->a, struct question, KINDS * QUESTIONS);
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 22);
	*n = KINDS * QUESTIONS;
	for (size_t i = 0; i < *n; i++) {
		q[i] = (struct question){ .kind = (int)(i % KINDS), .x = any(p), .y = any(p), .z = any(p) };
		slu_buf_addf(&b, "%s %s %s %s\n", kind[q[i].kind], q[i].x.hex, q[i].y.hex, q[i].z.hex);
	}
	slu_str all = sh(p, ask_git, slu_buf_str(&b));
	for (size_t i = 0; i < *n; i++) {
		slu_str rest = all, line = { 0 };
		while (slu_str_split(&rest, '\n', &line) && !slu_str_is(line, "."))
			;
		T_TRUE(slu_str_is(line, "."));
		q[i].git = (slu_str){ all.p, (size_t)(line.p - all.p) };
		all = rest;
	}
	return q;
}

static int by_id(const void *x, const void *y)
{
	return strcmp(((const slu_oid *)x)->hex, ((const slu_oid *)y)->hex);
}

static void same_ids(slu_arena *a, slu_str want, const slu_oid *got, size_t n, bool in_order)
{
	slu_oid *id = SLU_NEW_N(a, slu_oid, want.n / 41 + 1), *own = SLU_NEW_N(a, slu_oid, n + 1);
	slu_err err = { 0 };
	slu_str line;
	size_t k = 0;
	while (slu_str_split(&want, '\n', &line))
		if (line.n)
			T_OK(slu_oid_parse(&id[k++], line, &err), err);
	T_EQ_INT(n, k);
	if (n)
		memcpy(own, got, n * sizeof *own);
	if (!in_order && n > 1) {
		qsort(id, n, sizeof *id, by_id);
		qsort(own, n, sizeof *own, by_id);
	}
	for (size_t i = 0; i < n; i++)
		T_EQ_STR(own[i].hex, id[i].hex);
}

struct list {
	slu_arena *a;
	SLU_LIST(slu_oid) id;
};

static slu_rc take(void *ctx, const struct pol_commit *c, slu_err *err)
{
	struct list *l = ctx;
	(void)err;
	*SLU_ADD(l->a, &l->id) = c->id;
	return SLU_OK;
}

static void answer(port_git *g, const struct question *q, bool one_order, size_t *lied)
{
	slu_auto_arena *a = slu_arena_new();
	struct list l = { .a = a };
	slu_err err = { 0 };
	const slu_oid *id = NULL, two[] = { q->x, q->y }, not_[] = { q->y, q->z };
	size_t n = 0;
	uint64_t ahead = 0, behind = 0;
	bool yes = false;
	switch (q->kind) {
	case BASE:
		T_OK(g->ops->merge_bases(g, a, &q->x, &q->y, &id, &n, &err), err);
		same_ids(a, q->git, id, n, false);
		return;
	case IN:
		T_OK(g->ops->is_ancestor(g, &q->x, &q->y, &yes, &err), err);
		T_EQ_SLU(q->git, yes ? "yes\n" : "no\n");
		return;
	case APART:
		T_OK(g->ops->ahead_behind(g, &q->x, &q->y, &ahead, &behind, &err), err);
		T_EQ_SLU(q->git, slu_printf(a, "%llu\t%llu\n", (unsigned long long)ahead, (unsigned long long)behind));
		return;
	case RANGE:
		T_OK(g->ops->range(g, a, &q->x, not_, 2, SIZE_MAX, &id, &n, &err), err);
		same_ids(a, (slu_str){ q->git.p, n * 41 < q->git.n ? n * 41 : q->git.n }, id, n, false);
		T_OK(slu_parse_u64(&ahead, slu_str_trim((slu_str){ q->git.p + n * 41, q->git.n - n * 41 }), &err), err);
		T_TRUE(ahead >= n); /* by the clocks */
		*lied += ahead > n;
		return;
	default:
		T_OK(git_each(g, two, 2, &q->z, 1, take, &l, &err), err);
		same_ids(a, q->git, l.id.v, l.id.n, one_order);
	}
}

/** @return how often clocks misled rev-list */
static size_t ask_all(struct place *p, const char *what, const struct question *q, size_t n, bool one_order)
{
	size_t lied = 0;
	static const struct { const char *name; slu_rc (*open)(port_git **, const struct port_git_open *, slu_err *); } by[] = { { "own", git_own_open }, { "git", git_cli_open }, { "libgit2", git_lg2_open } };
	for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
		port_git *g = NULL;
		slu_err err = { 0 };
		T_OK(by[i].open(&g, &(struct port_git_open){ .path = slu_printf(p->a, "%s/r.git", p->dir), .lock_fd = -1 }, &err), err);
		for (size_t k = 0; k < n; k++) {
			T_CASE("%s, %s: %s %s %s %s", what, by[i].name, kind[q[k].kind], q[k].x.hex, q[k].y.hex, q[k].z.hex);
			answer(g, &q[k], one_order, &lied);
		}
		g->ops->close(g);
	}
	return lied;
}

T_TEST(random_histories_as_git_reads_them)
{
	size_t lied = 0, many = 0;
	for (uint32_t from = 1; from <= 2; from++) {
		struct place *p = random_history(from);
		size_t n = 0;
		const struct question *q = questions(p, &n);
		for (size_t i = 0; i < n; i++)
			many += q[i].kind == BASE && q[i].git.n > 41;
		for (size_t k = 0; k < GRAPHS; k++) {
			(void)sh(p, graph[k][1], (slu_str){ 0 });
			lied += ask_all(p, graph[k][0], q, n, true);
		}
		place_free(p);
	}
	T_TRUE(many > 5 && lied > 5); /* several merge bases, clocks that mislead: that is what is hard */
}

/* They are not part of this repository. */
static void real_history(const char *name, size_t graphs)
{
	const char *top = getenv("TOP"), *dir = getenv("HISTORIES");
	slu_auto_arena *a = slu_arena_new();
	const char *file = slu_printf(a, "%s%s/%s.fi.zst", dir ? dir : top ? top : ".", dir ? "" : "/../shared/histories", name);
	if (access(file, R_OK) != 0) {
		(void)printf("  no %s\n", file);
		return;
	}
	struct place *p = place_new();
	(void)sh(p, slu_printf(a, "zstd -dc '%s' | git --git-dir=r.git fast-import --quiet --done; git --git-dir=r.git commit-graph write --reachable", file), (slu_str){ 0 });
	know_commits(p);
	seed = 5;
	size_t n = 0;
	const struct question *q = questions(p, &n);
	size_t lied = ask_all(p, name, q, n, false);
	for (size_t k = 0; graphs > 1 && k < graphs; k += k ? 1 : 2) {
		(void)sh(p, graph[k][1], (slu_str){ 0 });
		lied += ask_all(p, slu_printf(a, "%s, %s", name, graph[k][0]), q, n, false);
	}
	(void)printf("  %s: %zu answers, clocks misled rev-list in %zu of them\n", name, n * 3 * graphs, lied);
	place_free(p);
}

T_TEST(conventional)
{
	real_history("conventional", getenv("PEER_ALL") ? GRAPHS : 1);
}
T_TEST(the_other_histories)
{
	if (!getenv("PEER_ALL"))
		return;
	real_history("gitflow", GRAPHS);
	real_history("release-lines", 1);
	real_history("merges", 1);
}
