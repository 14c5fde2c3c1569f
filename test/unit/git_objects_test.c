/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading a repository without a process: every object, ref and name as git gives it, wherever it is stored; what is damaged or not
 * ours to read is said by git. $OWN_REPOSITORY names one more repository that is read (test/long/packs.sh). Requirement: CM-1
 */
#include "git/git.h"
#include "git/objects.h"
#include "run/proc.h"
#include "git_each.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

struct place {
	slu_arena *a;
	char dir[64];
};

static slu_str sh(struct place *p, const char *script)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	struct run_result r = { 0 };
	slu_err err = { 0 };
	git_env_init(&e, p->a);
	static const char *const who[] = { "GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Com", "GIT_COMMITTER_EMAIL=com@example.org" };
	for (size_t i = 0; i < sizeof who / sizeof *who; i++)
		e.v[e.n++] = who[i];
	e.v[e.n] = NULL;
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = p->dir;
	s.max_out = 1u << 30;
	s.timeout_ms = 300000;
	T_OK(run_proc_ok(&r, p->a, &s, &err), err);
	return r.out;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static struct place place_new(void)
{
	struct place p = { .a = slu_arena_new() };
	(void)snprintf(p.dir, sizeof p.dir, "/tmp/sluice-test-XXXXXX");
	T_TRUE(mkdtemp(p.dir) != NULL);
	return p;
}

static void place_free(struct place *p)
{
	(void)nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	slu_arena_free(p->a);
}

static port_git *opened(struct place *p, const char *git_dir)
{
	port_git *g = NULL;
	slu_err err = { 0 };
	T_OK(git_own_open(&g, &(struct port_git_open){ .path = git_dir[0] == '/' ? git_dir : slu_printf(p->a, "%s/%s", p->dir, git_dir), .lock_fd = -1 }, &err), err);
	return g;
}

/** All that `cat-file --batch --batch-all-objects` prints: "ID KIND SIZE\n", the bytes, a newline. @return how many */
static size_t all_objects_same(struct place *p, port_git *g, slu_str rest)
{
	size_t n = 0;
	slu_str line, id, kind;
	slu_err err = { 0 };
	for (; rest.n > 0; n++) {
		uint64_t size = 0;
		slu_oid oid;
		const char *is = "";
		slu_str bytes;
		slu_auto_arena *a = slu_arena_new();
		T_TRUE(slu_str_split(&rest, '\n', &line) && slu_str_split(&line, ' ', &id) && slu_str_split(&line, ' ', &kind));
		T_CASE("%.*s", SLU_FMT(id));
		T_RC(slu_parse_u64(&size, line, NULL), SLU_OK);
		T_OK(slu_oid_parse(&oid, id, &err), err);
		T_OK(g->ops->object(g, a, &oid, &is, &bytes, &err), err);
		T_EQ_SLU(kind, is);
		T_TRUE(bytes.n == size && memcmp(bytes.p, rest.p, size) == 0);
		rest = (slu_str){ rest.p + size + 1, rest.n - size - 1 };
	}
	(void)p;
	return n;
}

static const char commits[] =
	"cd w; mkdir -p a/b; for i in 1 2 3 4 5 6; do seq $i 400 >a/b/f; echo $i >g; git add .; git commit -qm \"feat: number $i\" -m \"$(seq 1 60)\"; done\n"
	"git tag one HEAD~3; git tag -a -m 'A tag' v1.0.0; git tag -a -m nested nested v1.0.0; git branch side HEAD~2; git checkout -q --orphan lone; git commit -qm lone; git checkout -q main\n";

static void make(struct place *p, const char *how, const char *then)
{
	(void)sh(p, slu_printf(p->a, "git init -q -b main %s w; %s%s", how, commits, then));
}

static const char *const stores[][3] = { /* what it is called, how it is made, and then */
	{ "loose", "", "" },
	{ "packed", "", "git repack -adq; git pack-refs --all" },
	{ "both, and deltas by id", "", "git rev-list --objects HEAD~1 | cut -d' ' -f1 | git pack-objects -q --depth=50 --window=50 .git/objects/pack/pack >/dev/null; git prune-packed; git pack-refs --all; git branch -f side HEAD" },
	{ "many packs", "", "for c in $(git rev-list --all); do echo $c | git pack-objects -q --revs .git/objects/pack/pack >/dev/null; done; git prune-packed" },
	{ "multi-pack-index", "", "git repack -q; git commit -q --allow-empty -m more; git repack -q; git multi-pack-index write" },
	{ "sha256", "--object-format=sha256", "git repack -adq; git commit -q --allow-empty -m more" },
};

T_TEST(every_object_as_git_gives_it)
{
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
		struct place p = place_new();
		make(&p, stores[i][1], stores[i][2]);
		port_git *g = opened(&p, "w/.git");
		T_TRUE(all_objects_same(&p, g, sh(&p, "git -C w cat-file --batch --batch-all-objects")) > 20);
		g->ops->close(g);
		place_free(&p);
	}
}

T_TEST(every_ref_and_name_as_git_gives_it)
{
	static const char *const names[] = { "HEAD", "main", "side", "one", "v1.0.0", "nested", "refs/tags/nested", "tags/one", "heads/main", "main~1", "main^{tree}", "main^0", "nowhere", "origin/main",
					     "refs/heads/main", "@", "main@{0}", "v1.0.0^{}", "-x", "..", "config", "w" };
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
		struct place p = place_new();
		make(&p, stores[i][1], stores[i][2]);
		(void)sh(&p, "cd w; git branch config side; git update-ref refs/remotes/origin/main HEAD~1; git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main");
		port_git *g = opened(&p, "w/.git");
		slu_err err = { 0 };
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			slu_oid id;
			slu_str want = slu_str_trim(sh(&p, slu_printf(p.a, "git -C w rev-parse -q --verify --end-of-options '%s^{commit}' 2>/dev/null || :", names[k])));
			T_CASE("%s: %s", stores[i][0], names[k]);
			slu_rc rc = g->ops->resolve(g, slu_s(names[k]), &id, &err);
			T_TRUE(want.n ? rc == SLU_OK && slu_str_is(want, id.hex) : rc == SLU_E_NOT_FOUND);
		}
		const struct port_git_ref *ref = NULL;
		size_t n = 0;
		slu_auto_buf text;
		slu_buf_init(&text, 1 << 20);
		T_OK(g->ops->refs(g, p.a, SLU_STR("refs/"), &ref, &n, &err), err);
		for (size_t k = 0; k < n; k++) {
			slu_oid id;
			T_OK(g->ops->ref(g, ref[k].name, &id, &err), err);
			T_TRUE(slu_oid_eq(&id, &ref[k].id));
			slu_buf_addf(&text, "%s %.*s\n", ref[k].peeled.hex, SLU_FMT(ref[k].name));
		}
		slu_str want = sh(&p, "cd w; git for-each-ref --format='%(refname)' | while read r; do echo \"$(git rev-parse $r^{}) $r\"; done");
		T_TRUE(slu_str_eq(want, slu_buf_str(&text)));
		/* names for other refs, and for names; what is packed below one is hidden by it */
		static const char *const prefixes[] = { "refs/", "refs/remotes/origin/", "refs/remotes/other/" };
		static const char *const names_for[] = { "", "git symbolic-ref refs/remotes/origin/AGAIN refs/remotes/origin/HEAD", "git symbolic-ref -d refs/remotes/origin/AGAIN",
			"git symbolic-ref refs/remotes/other/HEAD refs/heads/main", "git update-ref refs/remotes/other/x HEAD; git pack-refs --all; git symbolic-ref refs/remotes/other/x refs/remotes/other/HEAD",
			"git update-ref refs/remotes/other/y HEAD; git update-ref refs/remotes/other/z HEAD~1; git pack-refs --all; git symbolic-ref refs/remotes/other/y refs/remotes/other/z",
			"git symbolic-ref refs/remotes/other/b refs/remotes/other/none" };
		for (size_t k = 0; k < sizeof names_for / sizeof *names_for * 3; k++) {
			const char *prefix = prefixes[k % 3];
			if (k % 3 == 0)
				(void)sh(&p, slu_printf(p.a, "cd w; %s", names_for[k / 3]));
			T_CASE("%s: %s: %s", stores[i][0], names_for[k / 3], prefix);
			slu_buf_clear(&text);
			T_OK(g->ops->refs(g, p.a, slu_s(prefix), &ref, &n, &err), err);
			for (size_t at = 0; at < n; at++)
				slu_buf_addf(&text, "%s %.*s\n", ref[at].id.hex, SLU_FMT(ref[at].name));
			T_EQ_SLU(slu_buf_str(&text), slu_str_dup(p.a, sh(&p, slu_printf(p.a, "git -C w for-each-ref --format='%%(objectname) %%(refname)' %s 2>/dev/null", prefix))));
		}
		slu_str to;
		T_OK(g->ops->symbolic(g, p.a, SLU_STR("refs/remotes/origin/HEAD"), &to, &err), err);
		T_EQ_SLU(to, "refs/remotes/origin/main");
		T_OK(g->ops->symbolic(g, p.a, SLU_STR("HEAD"), &to, &err), err);
		T_EQ_SLU(to, "refs/heads/main");
		T_OK(g->ops->symbolic(g, p.a, SLU_STR("refs/heads/main"), &to, &err), err);
		T_EQ_INT(to.n, 0);
		g->ops->close(g);
		place_free(&p);
	}
}

T_TEST(borrowed_objects_and_linked_work_trees_are_read)
{
	static const char *const rows[][2] = {
		{ "git clone -q -s w borrower", "borrower/.git" },
		{ "git clone -q -s w one; git clone -q -s one borrower", "borrower/.git" },
		{ "git clone -q -s w one; (cd one/.git/objects/info; echo '../../../w/.git/objects' >alternates)", "one/.git" },
		{ "git -C w worktree add -q ../linked side", "w/.git/worktrees/linked" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct place p = place_new();
		slu_err err = { 0 };
		make(&p, "", "git repack -adq; git commit -q --allow-empty -m loose");
		(void)sh(&p, rows[i][0]);
		T_CASE("%s", rows[i][0]);
		port_git *g = opened(&p, rows[i][1]);
		slu_str want = slu_str_trim(sh(&p, slu_printf(p.a, "git --git-dir=%s rev-parse HEAD", rows[i][1])));
		slu_oid id;
		T_OK(g->ops->resolve(g, SLU_STR("HEAD"), &id, &err), err);
		T_TRUE(slu_str_is(want, id.hex));
		T_TRUE(all_objects_same(&p, g, sh(&p, "git -C w cat-file --batch --batch-all-objects")) > 20);
		g->ops->close(g);
		place_free(&p);
	}
}

static slu_rc count(void *ctx, const struct pol_commit *c, slu_err *err)
{
	(void)c;
	(void)err;
	++*(size_t *)ctx;
	return SLU_OK;
}

T_TEST(a_history_that_ends_early_ends_where_git_says)
{
	struct place p = place_new();
	slu_err err = { 0 };
	size_t n = 0;
	slu_oid id;
	make(&p, "", "cd ..; git clone -q --depth 2 file://$PWD/w shallow; cd w; echo \"$(git rev-parse HEAD) $(git rev-parse HEAD~3)\" >.git/info/grafts");
	static const char *const rows[] = { "shallow/.git", "w/.git" };
	for (size_t i = 0; i < 2; i++, n = 0) {
		T_CASE("%s", rows[i]);
		port_git *g = opened(&p, rows[i]);
		T_OK(g->ops->resolve(g, SLU_STR("HEAD"), &id, &err), err);
		T_OK(git_each(g, &id, 1, NULL, 0, count, &n, &err), err);
		T_EQ_INT(n, i == 0 ? 2 : 4);
		g->ops->close(g);
	}
	place_free(&p);
}

/* A file is cut off, is something else, or lies about what it is. */
static const char *const damage[] = {
	"truncate -s 20 \"$f\"", "printf 'no zlib' >\"$f\"", ": >\"$f\"", "printf 'blob 3\\0abcdef' | pigz -z >\"$f\" 2>/dev/null || printf x >\"$f\"", "dd if=/dev/urandom of=\"$f\" bs=100 count=1 2>/dev/null",
	"rm -f \"$f\"; mkdir \"$f\"",
};

T_TEST(a_damaged_object_is_an_error_that_names_it)
{
	for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
		struct place p = place_new();
		slu_err err = { 0 };
		slu_oid id;
		struct pol_commit c;
		size_t n = 0;
		T_CASE("%s", damage[i]);
		make(&p, "", "");
		slu_str hex = slu_str_trim(sh(&p, "git -C w rev-parse HEAD~1"));
		T_OK(slu_oid_parse(&id, hex, &err), err);
		(void)sh(&p, slu_printf(p.a, "f=w/.git/objects/%.2s/%s; chmod u+w $f; %s", id.hex, id.hex + 2, damage[i]));
		port_git *g = opened(&p, "w/.git");
		slu_rc rc = g->ops->commit(g, p.a, &id, &c, &err);
		T_TRUE(rc == SLU_E_CORRUPT || rc == SLU_E_IO || rc == SLU_E_NOT_FOUND);
		T_HAS(err.text, id.hex);
		T_OK(slu_oid_parse(&id, slu_str_trim(sh(&p, "cat w/.git/refs/heads/main")), &err), err);
		T_TRUE(git_each(g, &id, 1, NULL, 0, count, &n, &err) != SLU_OK);
		g->ops->close(g);
		place_free(&p);
	}
}

T_TEST(a_damaged_pack_is_an_error_and_no_absence)
{
	struct place p = place_new();
	slu_err err = { 0 };
	slu_oid id;
	struct pol_commit c;
	size_t n = 0;
	make(&p, "", "git rev-parse HEAD >../head; git repack -adq; f=$(ls .git/objects/pack/*.pack); chmod u+w $f; head -c $(($(stat -c %s $f) - 32)) /dev/zero | tr '\\0' x | dd of=$f bs=1 seek=12 conv=notrunc 2>/dev/null");
	T_OK(slu_oid_parse(&id, slu_str_trim(sh(&p, "cat head")), &err), err);
	port_git *g = opened(&p, "w/.git");
	slu_rc rc = g->ops->commit(g, p.a, &id, &c, &err);
	T_TRUE(rc == SLU_E_CORRUPT || rc == SLU_E_IO);
	T_HAS(err.text, id.hex);
	T_TRUE(git_each(g, &id, 1, NULL, 0, count, &n, &err) != SLU_OK);
	g->ops->close(g);
	place_free(&p);
}

T_TEST(what_is_not_there_is_not_found_and_what_comes_later_is)
{
	struct place p = place_new();
	slu_err err = { 0 };
	struct pol_commit c;
	slu_oid id;
	bool there = true;
	make(&p, "", "git repack -adq");
	T_OK(slu_oid_parse(&id, SLU_STR("0123456789012345678901234567890123456789"), &err), err);
	port_git *g = opened(&p, "w/.git");
	T_RC(g->ops->commit(g, p.a, &id, &c, &err), SLU_E_NOT_FOUND);
	T_OK(g->ops->has_commit(g, &id, &there, &err), err);
	T_FALSE(there);
	T_OK(slu_oid_parse(&id, slu_str_trim(sh(&p, "cd w; git commit -q --allow-empty -m later; git repack -adq; git rev-parse HEAD")), &err), err);
	T_OK(g->ops->commit(g, p.a, &id, &c, &err), err);
	T_EQ_SLU(c.message, "later\n");
	g->ops->close(g);
	place_free(&p);
}

T_TEST(a_repository_of_a_form_that_is_not_known_is_git_s)
{
	struct place p = place_new();
	slu_err err = { 0 };
	slu_oid id;
	make(&p, "", "git config core.repositoryformatversion 1; git config extensions.somethingNew true");
	port_git *g = opened(&p, "w/.git");
	T_TRUE(g->ops->resolve(g, SLU_STR("HEAD"), &id, &err) != SLU_OK); /* this git does not know it either */
	g->ops->close(g);
	place_free(&p);
}

/** All commits by `each`, against what git prints of them. */
T_TEST(a_repository_that_is_named)
{
	const char *repository = getenv("OWN_REPOSITORY");
	struct place p = place_new();
	slu_err err = { 0 };
	if (repository) {
		port_git *g = opened(&p, repository);
		size_t n = all_objects_same(&p, g, sh(&p, slu_printf(p.a, "git --git-dir='%s' cat-file --batch --batch-all-objects", repository))), each = 0;
		const struct port_git_ref *ref = NULL;
		size_t ref_n = 0;
		T_OK(g->ops->refs(g, p.a, SLU_STR("refs/"), &ref, &ref_n, &err), err);
		slu_oid *tip = SLU_NEW_N(p.a, slu_oid, ref_n + 1);
		for (size_t i = 0; i < ref_n; i++)
			tip[i] = ref[i].peeled;
		T_OK(git_each(g, tip, ref_n, NULL, 0, count, &each, &err), err);
		uint64_t want = 0;
		T_OK(slu_parse_u64(&want, slu_str_trim(sh(&p, slu_printf(p.a, "git --git-dir='%s' rev-list --all --count", repository))), &err), err);
		T_EQ_INT(each, want);
		(void)printf("%zu objects, %zu commits: ", n, each);
		g->ops->close(g);
	}
	place_free(&p);
}
