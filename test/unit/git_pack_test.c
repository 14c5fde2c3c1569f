/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Our reader of packs: every object as git gives it, whatever way it is stored; and packs that lie. $PACK_REPOSITORY names
 * one more repository whose packs are read (test/long/packs.sh). Requirement: PR-6
 */
#include "git/git.h"
#include "git/packs.h"
#include "run/proc.h"

#include <ftw.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

/* ---- against git ------------------------------------------------------------------------------------------------------ */

static slu_str sh(slu_arena *a, const char *dir, const char *script)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	struct run_result r = { 0 };
	slu_err err = { 0 };
	git_env_init(&e, a);
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = dir;
	s.max_out = 1u << 30;
	s.timeout_ms = 300000;
	T_OK(run_proc_ok(&r, a, &s, &err), err);
	return r.out;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

/** One object of `cat-file --batch`: "ID KIND SIZE\n", its bytes, a newline. */
static void same_object(git_packs *p, slu_str *rest)
{
	static const char *const kinds[] = { "missing", "commit", "tree", "blob", "tag" };
	slu_str line, id, kind;
	uint64_t size = 0;
	size_t told = 0;
	struct git_raw raw;
	T_TRUE(slu_str_split(rest, '\n', &line) && slu_str_split(&line, ' ', &id) && slu_str_split(&line, ' ', &kind));
	T_CASE("%.*s", SLU_FMT(id));
	T_RC(slu_parse_u64(&size, line, NULL), SLU_OK);
	T_TRUE(git_raw_parse(&raw, id.p, id.n / 2));
	struct git_packed *o = git_packs_hold(p, raw.b);
	T_TRUE(o != NULL);
	T_EQ_SLU(kind, kinds[o->kind]);
	T_EQ_INT(o->bytes.n, size);
	T_TRUE(memcmp(o->bytes.p, rest->p, o->bytes.n) == 0);
	enum git_kind passing;
	slu_str bytes;
	if (git_packs_read(p, raw.b, &passing, &bytes))
		T_TRUE(passing == o->kind && slu_str_eq(bytes, o->bytes));
	T_TRUE(git_packs_size(p, raw.b, &told));
	T_EQ_INT(told, size);
	git_packed_drop(o);
	*rest = (slu_str){ rest->p + size + 1, rest->n - size - 1 };
}

static size_t same_as_git(const char *dir, const char *objects, uint8_t hash)
{
	slu_auto_arena *a = slu_arena_new();
	slu_str all = sh(a, dir, "git --git-dir=. cat-file --batch --batch-all-objects --unordered");
	git_packs *p = git_packs_open(slu_printf(a, "%s/%s", dir, objects), hash, NULL);
	size_t n = 0;
	T_TRUE(p != NULL);
	for (; all.n > 0; n++)
		same_object(p, &all);
	git_packs_close(p);
	return n;
}

/* Texts that deltas fit, and more of them than are kept: 60 of 400 kB, an empty file, merges, a tag, two packs in the end. */
static const char history[] =
	"git init -q --bare --object-format=$HASH r.git; cd r.git\n"
	"awk 'BEGIN { for (i = 1; i <= 60; i++) { printf \"commit refs/heads/main\\ncommitter C <c@d> %d +0000\\ndata <<E\\nstep %d\\nE\\n\", 1700000000 + i, i;\n"
	"  printf \"M 100644 inline big\\ndata <<E\\n\"; for (k = 0; k < 20000; k++) printf \"line %d of it\\n\", (k % (300 + i)) * k; printf \"E\\n\";\n"
	"  printf \"M 100644 inline d%d/f%d\\ndata <<E\\n%d\\nE\\nM 100644 inline empty\\ndata 0\\n\\n\", i % 7, i, i } print \"done\" }' | git --git-dir=. fast-import --quiet --done\n"
	"export GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@d; git --git-dir=. tag -a -m tag v1 main\n";

static void against_git(const char *hash, uint8_t hash_n, const char *packing)
{
	slu_auto_arena *a = slu_arena_new();
	char dir[] = "/tmp/sluice-test-XXXXXX";
	T_TRUE(mkdtemp(dir) != NULL);
	T_CASE("%s, %s", hash, packing);
	(void)sh(a, dir, slu_printf(a, "HASH=%s; %s%s", hash, history, packing));
	T_TRUE(same_as_git(slu_printf(a, "%s/r.git", dir), "objects", hash_n) > 250);
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

T_TEST(every_object_is_as_git_has_it)
{
	against_git("sha1", 20, "git --git-dir=. -c repack.useDeltaBaseOffset=true repack -adfq --depth=50 --window=20");
	against_git("sha1", 20, "git --git-dir=. -c repack.useDeltaBaseOffset=false repack -adfq --depth=4000 --window=4"); /* deltas that name their base, a long chain */
	against_git("sha256", 32, "git --git-dir=. repack -adfq");
}

T_TEST(offsets_of_64_bits_and_several_packs)
{
	against_git("sha1", 20,
		    "git --git-dir=. repack -adfq; for p in objects/pack/*.pack; do rm -f ${p%.pack}.idx ${p%.pack}.rev; git --git-dir=. index-pack --index-version=2,0x40 $p; done >/dev/null\n"
		    "echo more | git --git-dir=. hash-object -w --stdin | git --git-dir=. pack-objects -q objects/pack/pack >/dev/null; git --git-dir=. prune-packed -q");
}

T_TEST(a_repository_that_is_named)
{
	const char *dir = getenv("PACK_REPOSITORY");
	size_t n = dir ? same_as_git(dir, "objects", 20) : 0;
	if (dir)
		(void)printf("  %zu objects of %s\n", n, dir);
}

T_TEST(a_folder_without_packs)
{
	T_TRUE(git_packs_open("/nonexistent", 20, NULL) == NULL);
	git_packs_close(NULL);
	git_packed_drop(NULL);
}

/* ---- lies ------------------------------------------------------------------------------------------------------------- */

enum { HASH = 20, BUILT = 40 };
/** A pack that is written by hand; the i-th object's id is twenty times the byte 0x10 + i. */
struct built {
	slu_buf pack, idx;
	uint64_t at[BUILT];
	size_t n;
	struct git_pack p;
	git_packs *packs;
};

static const uint8_t *id_of(size_t i)
{
	static uint8_t id[HASH];
	memset(id, (int)(0x10 + i), sizeof id);
	return id;
}

static void add_u32(slu_buf *b, uint32_t v)
{
	const uint8_t bytes[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
	slu_buf_add(b, bytes, sizeof bytes);
}

static struct built built_new(void)
{
	struct built b = { .n = 0 };
	slu_buf_init(&b.pack, 64u << 20);
	slu_buf_init(&b.idx, 1u << 20);
	slu_buf_add(&b.pack, "PACK\0\0\0\2\0\0\0\0", 12);
	return b;
}

/** Type and size as an entry begins with them, then whatever the caller adds. */
static void entry(struct built *b, unsigned type, uint64_t size)
{
	b->at[b->n++] = b->pack.n;
	uint8_t c = (uint8_t)(type << 4 | (size & 15));
	for (size >>= 4; size; size >>= 7) {
		slu_buf_addc(&b->pack, (char)(c | 0x80));
		c = size & 0x7f;
	}
	slu_buf_addc(&b->pack, (char)c);
}

static void deflated(struct built *b, const void *bytes, size_t n)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t room = libdeflate_zlib_compress_bound(c, n);
	void *out = malloc(room);
	T_TRUE(out != NULL);
	slu_buf_add(&b->pack, out, libdeflate_zlib_compress(c, bytes, n, out, room));
	free(out);
	libdeflate_free_compressor(c);
}

/** A delta that names its base by its id. */
static void ref_delta(struct built *b, size_t base, const void *delta, size_t n)
{
	entry(b, 7, n);
	slu_buf_add(&b->pack, id_of(base), HASH);
	deflated(b, delta, n);
}

static void finish(struct built *b)
{
	const char n[4] = { 0, 0, (char)(b->n >> 8), (char)b->n };
	memcpy(b->pack.p + 8, n, sizeof n);
	slu_buf_add(&b->pack, id_of(0), HASH); /* in place of its hash: nobody computes it again */
	slu_buf_add(&b->idx, "\377tOc\0\0\0\2", 8);
	for (unsigned i = 0; i < 256; i++)
		add_u32(&b->idx, (uint32_t)(i < 0x10 ? 0 : i - 0x10 >= b->n ? b->n : i - 0x10 + 1));
	for (size_t i = 0; i < b->n; i++)
		slu_buf_add(&b->idx, id_of(i), HASH);
	for (size_t i = 0; i < b->n; i++)
		add_u32(&b->idx, 0);
	for (size_t i = 0; i < b->n; i++)
		add_u32(&b->idx, (uint32_t)b->at[i]);
	slu_buf_add(&b->idx, id_of(0), HASH);
	slu_buf_add(&b->idx, id_of(0), HASH);
	T_TRUE(git_pack_parse(&b->p, (const uint8_t *)b->pack.p, b->pack.n, (const uint8_t *)b->idx.p, b->idx.n, HASH));
	b->packs = git_packs_from(&b->p, 1);
}

static void built_free(struct built *b)
{
	git_packs_close(b->packs);
	slu_buf_release(&b->pack);
	slu_buf_release(&b->idx);
}

static void cannot_be_told(struct built *b, size_t i, const char *what)
{
	T_CASE("%s", what);
	T_TRUE(git_packs_hold(b->packs, id_of(i)) == NULL);
}

static void is_text(struct built *b, size_t i, const char *text)
{
	T_CASE("object %zu", i);
	struct git_packed *o = git_packs_hold(b->packs, id_of(i));
	T_TRUE(o != NULL);
	T_EQ_INT(o->kind, GIT_BLOB);
	T_EQ_SLU(o->bytes, text);
	git_packed_drop(o);
}

T_TEST(what_is_right_is_read)
{
	struct built b = built_new();
	entry(&b, 3, 5);
	deflated(&b, "hello", 5);
	ref_delta(&b, 0, "\5\13\220\5\6 world", 11);          /* all of the base, then six bytes */
	ref_delta(&b, 1, "\13\5\221\6\5", 5);                  /* five bytes from its sixth on */
	entry(&b, 3, 0);
	deflated(&b, "", 0);
	entry(&b, 6, 5);                                       /* the same as 2, by distance */
	slu_buf_addc(&b.pack, (char)(b.at[4] - b.at[1]));
	deflated(&b, "\13\5\221\6\5", 5);
	finish(&b);
	is_text(&b, 2, "world");
	is_text(&b, 1, "hello world");
	is_text(&b, 0, "hello");
	is_text(&b, 3, "");
	is_text(&b, 4, "world");
	cannot_be_told(&b, 5, "an id that is not in it");
	built_free(&b);
}

T_TEST(deltas_that_lie)
{
	struct built b = built_new();
	entry(&b, 3, 5);
	deflated(&b, "hello", 5);
	static const struct { const char *what, *delta; size_t n; } rows[] = {
		{ "a base of another size", "\6\5\220\5", 4 },          { "more than the base has", "\5\6\220\6", 4 },
		{ "from behind its end", "\5\1\221\6\1", 5 },           { "from far behind its end", "\5\1\237\377\377\377\377\1", 8 },
		{ "makes less than it says", "\5\6\220\5", 4 },         { "makes more than it says", "\5\4\220\5", 4 },
		{ "an operation that is none", "\5\5\0\5", 4 },         { "bytes that are not there", "\5\11\11abc", 6 },
		{ "an operand that is not there", "\5\5\221", 3 },      { "no operation", "\5\5", 2 },
		{ "nothing", "", 0 },                                   { "one size", "\5", 1 },
		{ "a size without an end", "\5\377\377\377\377\377\377\377\377\377\377\1", 12 },
		{ "makes four gigabytes", "\5\200\200\200\200\20\220\5", 8 },
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	for (size_t i = 0; i < ROWS; i++)
		ref_delta(&b, 0, rows[i].delta, rows[i].n);
	ref_delta(&b, 1 + ROWS, "\5\5\220\5", 4);              /* on itself */
	ref_delta(&b, 3 + ROWS, "\5\5\220\5", 4);              /* two on each other */
	ref_delta(&b, 2 + ROWS, "\5\5\220\5", 4);
	ref_delta(&b, 5 + ROWS, "\5\5\220\5", 4);              /* on one that is not there */
	finish(&b);
	for (size_t i = 0; i < ROWS; i++)
		cannot_be_told(&b, i + 1, rows[i].what);
	for (size_t i = ROWS + 1; i < b.n; i++)
		cannot_be_told(&b, i, "a chain that leads nowhere");
	is_text(&b, 0, "hello");
	built_free(&b);
}

T_TEST(entries_that_lie)
{
	struct built b = built_new();
	static char zeros[4 << 20];
	entry(&b, 3, 4);
	deflated(&b, "hello", 5); /* one byte too many */
	entry(&b, 3, 6);
	deflated(&b, "hello", 5);
	entry(&b, 3, 10);
	deflated(&b, zeros, sizeof zeros);
	entry(&b, 3, 1ull << 40);
	deflated(&b, zeros, sizeof zeros);
	entry(&b, 3, UINT64_MAX);
	entry(&b, 3, 5);
	slu_buf_adds(&b.pack, "hello"); /* not deflated */
	entry(&b, 5, 5);
	entry(&b, 0, 5);
	entry(&b, 6, 5);
	slu_buf_add(&b.pack, "\0", 1); /* a base at no distance */
	entry(&b, 6, 5);
	slu_buf_add(&b.pack, "\377\377\377\377\377\377\377\377\377\377\177", 11); /* a base before the pack */
	entry(&b, 7, 1ull << 33);
	slu_buf_add(&b.pack, id_of(0), HASH);
	entry(&b, 3, 100); /* and nothing follows */
	finish(&b);
	T_EQ_INT(b.n, 12);
	for (size_t i = 0; i < b.n; i++)
		cannot_be_told(&b, i, (const char *[]){ "too short", "too long", "a bomb", "a terabyte", "the largest size", "not deflated", "a kind that is none", "another", "no distance", "before the pack", "a long delta", "nothing" }[i]);
	built_free(&b);
}

T_TEST(a_chain_has_an_end)
{
	struct built b = built_new();
	entry(&b, 3, 5);
	deflated(&b, "hello", 5);
	uint64_t last = b.at[0];
	for (int i = 0; i < 5000; i++) { /* each on the one before */
		uint64_t at = b.pack.n;
		b.n = 1;
		entry(&b, 6, 4);
		T_TRUE(at - last < 128);
		slu_buf_addc(&b.pack, (char)(at - last));
		deflated(&b, "\5\5\220\5", 4);
		last = at;
		if (i == 4000)
			b.at[2] = at;
	}
	b.n = 3;
	b.at[1] = last;
	finish(&b);
	cannot_be_told(&b, 1, "5000 deltas");
	is_text(&b, 2, "hello");
	built_free(&b);
}

/** Every byte changed, one at a time: an answer or none, and nothing outside is read (the sanitizer's to tell). */
T_TEST(any_byte_may_be_wrong)
{
	struct built b = built_new();
	entry(&b, 3, 5);
	deflated(&b, "hello", 5);
	ref_delta(&b, 0, "\5\13\220\5\6 world", 11);
	ref_delta(&b, 1, "\13\5\221\6\5", 5);
	finish(&b);
	git_packs_close(b.packs);
	slu_buf *half[] = { &b.pack, &b.idx };
	size_t told = 0;
	for (size_t h = 0; h < 2; h++) {
		for (size_t i = 0; i < half[h]->n * 8; i++) {
			struct git_pack p;
			half[h]->p[i / 8] ^= (char)(1 << i % 8);
			bool good = git_pack_parse(&p, (const uint8_t *)b.pack.p, b.pack.n, (const uint8_t *)b.idx.p, b.idx.n, HASH);
			b.packs = good ? git_packs_from(&p, 1) : NULL;
			for (size_t k = 0; good && k < 4; k++) {
				struct git_packed *o = git_packs_hold(b.packs, id_of(k));
				told += o != NULL;
				git_packed_drop(o);
			}
			git_packs_close(b.packs);
			half[h]->p[i / 8] ^= (char)(1 << i % 8);
		}
	}
	T_TRUE(told > 1000);
	b.packs = NULL;
	built_free(&b);
}

T_TEST(files_that_are_cut_off)
{
	struct built b = built_new();
	struct git_pack p;
	entry(&b, 3, 5);
	deflated(&b, "hello", 5);
	finish(&b);
	const uint8_t *pack = (const uint8_t *)b.pack.p, *idx = (const uint8_t *)b.idx.p;
	for (size_t n = 0; n < b.pack.n; n++)
		T_FALSE(git_pack_parse(&p, pack, n, idx, b.idx.n, HASH));
	for (size_t n = 0; n < b.idx.n; n++)
		T_FALSE(git_pack_parse(&p, pack, b.pack.n, idx, n, HASH));
	T_FALSE(git_pack_parse(&p, pack, b.pack.n, idx, b.idx.n, 32));
	built_free(&b);
}
