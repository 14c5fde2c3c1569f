/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One contract for every adapter of port/git.h. Each test runs over all of them on a repository that the real git made.
 * Timeout: 300
 * Requirement: BR-3, PR-3, PR-7, RL-2
 */
#include "git/tidy.h"

#include "git_world.h"

static void gather(void *ctx, slu_str piece, bool last)
{
	slu_buf *b = ctx;
	slu_buf_addstr(b, piece);
	if (last)
		slu_buf_addc(b, '.');
}

T_TEST(refs_and_names)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid id;
		T_OK(w.g->ops->ref(w.g, SLU_STR("refs/heads/main"), &id, &w.err), w.err);
		slu_oid want = oid(&w, "refs/heads/main");
		T_EQ_STR(id.hex, want.hex);
		static const char *const none[] = { "refs/heads/none", "refs/heads", "main", "HEAD", "", "refs/heads/ma\nin", "refs/heads/main^", "refs/heads/main ", "refs/../HEAD", "refs/heads/main~0" };
		for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
			T_OK(w.g->ops->ref(w.g, slu_s(none[i]), &id, &w.err), w.err);
			T_TRUE(slu_oid_is_zero(&id));
		}
		T_OK(w.g->ops->ref(w.g, SLU_STR("refs/tags/v1.0.0"), &id, &w.err), w.err);
		want = oid(&w, "v1.0.0");
		T_EQ_STR(id.hex, want.hex);
		T_OK(w.g->ops->resolve(w.g, SLU_STR("nested"), &id, &w.err), w.err);
		want = oid(&w, "one");
		T_EQ_STR(id.hex, want.hex);
		T_OK(w.g->ops->resolve(w.g, SLU_STR("main~1"), &id, &w.err), w.err);
		want = oid(&w, "base2");
		T_EQ_STR(id.hex, want.hex);
		T_RC(w.g->ops->resolve(w.g, SLU_STR("nothing"), &id, &w.err), SLU_E_NOT_FOUND);
		T_RC(w.g->ops->resolve(w.g, SLU_STR("main:a.txt"), &id, &w.err), SLU_E_NOT_FOUND);
		T_RC(w.g->ops->resolve(w.g, SLU_STR(":/."), &id, &w.err), SLU_E_NOT_FOUND);
		T_RC(w.g->ops->resolve(w.g, SLU_STR("main^{/.}"), &id, &w.err), SLU_E_NOT_FOUND);
		T_RC(w.g->ops->resolve(w.g, SLU_STR("--all"), &id, &w.err), SLU_E_NOT_FOUND);
		T_HAS(w.err.text, "--all");
	}
}

T_TEST(lists_of_refs_are_sorted_and_peeled)
{
	FOR_EACH_ADAPTER(w) {
		static const struct { const char *prefix, *names; } rows[] = {
			{ "refs/heads/", "refs/heads/base2 refs/heads/clash refs/heads/dir/sub refs/heads/lone refs/heads/main refs/heads/topic " },
			{ "refs/heads/d", "refs/heads/dir/sub " },
			{ "refs/heads/dir/", "refs/heads/dir/sub " },
			{ "refs/tags/", "refs/tags/nested refs/tags/one refs/tags/v1.0.0 " },
			{ "refs/none/", "" },
		};
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			const struct port_git_ref *r = NULL;
			size_t n = 0;
			T_OK(w.g->ops->refs(w.g, w.a, slu_s(rows[i].prefix), &r, &n, &w.err), w.err);
			slu_auto_buf names;
			slu_buf_init(&names, 4096);
			slu_buf_adds(&names, "");
			for (size_t k = 0; k < n; k++)
				slu_buf_addf(&names, "%.*s ", SLU_FMT(r[k].name));
			T_EQ_STR(names.p ? names.p : "", rows[i].names);
			slu_oid first = oid(&w, "one");
			for (size_t k = 0; k < n && slu_str_starts(r[k].name, "refs/tags/"); k++) {
				T_EQ_STR(r[k].peeled.hex, first.hex);
				T_TRUE(slu_oid_eq(&r[k].id, &first) == slu_str_ends(r[k].name, "/one"));
			}
		}
	}
}

T_TEST(a_commit_is_there_or_not)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid merge = oid(&w, "main"), zero = slu_oid_zero(), blob = oid(&w, "main:a.txt");
		bool has[3] = { false, true, true };
		const slu_oid *asked[3] = { &merge, &zero, &blob };
		for (size_t i = 0; i < 3; i++) {
			T_OK(w.g->ops->has_commit(w.g, asked[i], &has[i], &w.err), w.err);
			T_TRUE(has[i] == (i == 0));
		}
	}
}

T_TEST(commits_tags_and_files)
{
	FOR_EACH_ADAPTER(w) {
		struct pol_commit c;
		slu_oid one = oid(&w, "one"), merge = oid(&w, "main"), nested = oid(&w, "nested"), zero = slu_oid_zero(), blob = oid(&w, "main:a.txt");
		T_OK(w.g->ops->commit(w.g, w.a, &one, &c, &w.err), w.err);
		T_EQ_SLU(c.message, "feat: first\n\nBody.\n");
		T_EQ_SLU(c.author_name, "Ann");
		T_EQ_SLU(c.author_email, "ann@example.org");
		T_EQ_SLU(c.committer_email, "com@example.org");
		T_EQ_INT(c.author_time_s, 1700000000);
		T_EQ_INT(c.commit_time_s, 1700000100);
		T_EQ_INT(c.parent_n, 0);
		T_FALSE(c.signed_);
		slu_oid tree = oid(&w, "one^{tree}");
		T_EQ_STR(c.tree.hex, tree.hex);
		T_OK(w.g->ops->commit(w.g, w.a, &merge, &c, &w.err), w.err);
		T_EQ_INT(c.parent_n, 2);
		slu_oid second = oid(&w, "topic");
		T_EQ_STR(c.parent[1].hex, second.hex);
		T_RC(w.g->ops->commit(w.g, w.a, &zero, &c, &w.err), SLU_E_NOT_FOUND);
		T_RC(w.g->ops->commit(w.g, w.a, &blob, &c, &w.err), SLU_E_NOT_FOUND);
		struct pol_tag t;
		T_OK(w.g->ops->tag(w.g, w.a, &nested, &t, &w.err), w.err);
		T_TRUE(t.annotated);
		T_EQ_SLU(t.name, "nested");
		T_EQ_SLU(t.message, "nested\n");
		T_EQ_STR(t.commit.hex, one.hex);
		T_OK(w.g->ops->tag(w.g, w.a, &one, &t, &w.err), w.err);
		T_FALSE(t.annotated);
		T_EQ_STR(t.commit.hex, one.hex);
		T_OK(w.g->ops->tag(w.g, w.a, &blob, &t, &w.err), w.err);
		T_TRUE(slu_oid_is_zero(&t.commit));
		T_RC(w.g->ops->tag(w.g, w.a, &zero, &t, &w.err), SLU_E_NOT_FOUND);
		static const char *const kinds[] = { "commit", "tag", "blob", "tree" };
		struct pol_commit first;
		T_OK(w.g->ops->commit(w.g, w.a, &one, &first, &w.err), w.err);
		const slu_oid *const of_kind[] = { &one, &nested, &blob, &first.tree };
		for (size_t i = 0; i < 4; i++) {
			const char *kind = "";
			slu_str bytes = { 0 };
			T_OK(w.g->ops->object(w.g, w.a, of_kind[i], &kind, &bytes, &w.err), w.err);
			T_EQ_STR(kind, kinds[i]);
			T_TRUE(bytes.n > 0);
			T_RC(w.g->ops->object(w.g, w.a, &zero, &kind, &bytes, &w.err), SLU_E_NOT_FOUND);
		}
		slu_str text;
		bool found = true;
		T_OK(w.g->ops->file_at(w.g, w.a, &merge, SLU_STR("dir/b.txt"), &text, &found, &w.err), w.err);
		T_TRUE(found);
		T_EQ_SLU(text, "x\ny\nz\n");
		static const char *const none[] = { "dir", "nope", "", "dir/b.txt/x", "../a.txt", "/a.txt" };
		for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
			T_OK(w.g->ops->file_at(w.g, w.a, &merge, slu_s(none[i]), &text, &found, &w.err), w.err);
			T_FALSE(found);
		}
	}
}

T_TEST(the_bytes_of_a_file_in_pieces)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid blob = oid(&w, "main:dir/b.txt"), commit = oid(&w, "main"), tree = oid(&w, "main^{tree}"), zero = slu_oid_zero();
		slu_auto_buf pieces;
		slu_buf_init(&pieces, 1024);
		T_OK(w.g->ops->blob(w.g, &blob, gather, &pieces, &w.err), w.err);
		T_EQ_SLU(slu_buf_str(&pieces), "x\ny\nz\n.");
		T_RC(w.g->ops->blob(w.g, &commit, gather, &pieces, &w.err), SLU_E_NOT_FOUND);
		T_RC(w.g->ops->blob(w.g, &tree, gather, &pieces, &w.err), SLU_E_NOT_FOUND);
		T_RC(w.g->ops->blob(w.g, &zero, gather, &pieces, &w.err), SLU_E_NOT_FOUND);
		T_OK(w.g->ops->blob(w.g, &blob, gather, &pieces, &w.err), w.err); /* and goes on after what is no file */
		T_EQ_SLU(slu_buf_str(&pieces), "x\ny\nz\n.x\ny\nz\n.");
	}
}

T_TEST(history)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid one = oid(&w, "one"), main_ = oid(&w, "main"), topic = oid(&w, "topic"), base2 = oid(&w, "base2"), lone = oid(&w, "lone"), zero = slu_oid_zero();
		const struct { const slu_oid *anc, *of; bool yes; } rows[] = { { &one, &main_, true }, { &main_, &one, false }, { &topic, &main_, true }, { &one, &one, true },
			{ &base2, &topic, false }, { &lone, &main_, false } };
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			T_CASE("%s row %zu", adapters[ad_].name, i);
			bool yes = !rows[i].yes;
			T_OK(w.g->ops->is_ancestor(w.g, rows[i].anc, rows[i].of, &yes, &w.err), w.err);
			T_TRUE(yes == rows[i].yes);
		}
		bool yes = false;
		T_RC(w.g->ops->is_ancestor(w.g, &zero, &main_, &yes, &w.err), SLU_E_NOT_FOUND);
		const slu_oid *list = NULL;
		size_t n = 9;
		T_OK(w.g->ops->merge_bases(w.g, w.a, &base2, &topic, &list, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_EQ_STR(list[0].hex, one.hex);
		T_OK(w.g->ops->merge_bases(w.g, w.a, &base2, &lone, &list, &n, &w.err), w.err);
		T_EQ_INT(n, 0);
		uint64_t ahead = 9, behind = 9;
		T_OK(w.g->ops->ahead_behind(w.g, &topic, &base2, &ahead, &behind, &w.err), w.err);
		T_EQ_INT(ahead, 3);
		T_EQ_INT(behind, 1);
		T_OK(w.g->ops->range(w.g, w.a, &main_, &base2, 1, 10, &list, &n, &w.err), w.err);
		T_EQ_INT(n, 4);
		T_EQ_STR(list[0].hex, main_.hex);
		T_OK(w.g->ops->range(w.g, w.a, &main_, &(slu_oid[]){ topic, base2 }[0], 2, 1, &list, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_OK(w.g->ops->range(w.g, w.a, &one, &main_, 1, 1, &list, &n, &w.err), w.err);
		T_EQ_INT(n, 0);
		T_OK(w.g->ops->range(w.g, w.a, &one, &zero, 1, 1, &list, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_RC(w.g->ops->range(w.g, w.a, &main_, NULL, 0, 3, &list, &n, &w.err), SLU_E_LIMIT);
		T_RC(w.g->ops->range(w.g, w.a, &zero, NULL, 0, 3, &list, &n, &w.err), SLU_E_NOT_FOUND);
	}
}

static const struct pol_file *file_of(const struct pol_file *f, size_t n, const char *path, size_t skip)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(f[i].path, path) && skip-- == 0)
			return &f[i];
	return NULL;
}

T_TEST(files_of_a_range_include_what_came_and_went)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid topic = oid(&w, "topic"), one = oid(&w, "one"), main_ = oid(&w, "main"), t2 = oid(&w, "topic~1");
		const struct pol_file *f = NULL;
		size_t n = 0;
		T_OK(w.g->ops->files(w.g, w.a, &topic, &one, 1, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 3);
		const struct pol_file *key = file_of(f, n, "secrets/key", 0), *later = file_of(f, n, "secrets/key", 1), *a = file_of(f, n, "a.txt", 0);
		T_TRUE(key && later && a);
		T_EQ_INT(a->size, 8);
		T_TRUE(slu_oid_is_zero(&key->blob) != slu_oid_is_zero(&later->blob));
		if (slu_oid_is_zero(&key->blob))
			key = later;
		T_EQ_INT(key->size, 2);
		T_EQ_STR(key->commit.hex, t2.hex);
		T_OK(w.g->ops->files(w.g, w.a, &one, NULL, 0, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 3); /* a root commit brings all it has */
		slu_oid both[] = { topic, oid(&w, "base2") };
		T_OK(w.g->ops->files(w.g, w.a, &main_, both, 2, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 0); /* a clean merge brings nothing of its own */
		slu_oid bare = slu_oid_zero();
		T_OK(slu_oid_parse(&bare, slu_str_trim(sh(&w, "export GIT_DIR=$PWD/bare.git GIT_INDEX_FILE=$PWD/index; git read-tree one && git update-index --add --cacheinfo 160000,$(git rev-parse main),.env && git commit-tree -p one -m sub $(git write-tree)")), &w.err), w.err);
		T_OK(w.g->ops->files(w.g, w.a, &bare, &one, 1, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 1); /* a submodule is told from a file that went */
		T_TRUE(slu_str_is(f[0].path, ".env") && f[0].submodule && slu_oid_is_zero(&f[0].blob) && f[0].size == -1);
	}
}

T_TEST(diffs)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid one = oid(&w, "one"), main_ = oid(&w, "main"), topic = oid(&w, "topic"), lone = oid(&w, "lone");
		const struct port_git_diff_file *f = NULL;
		size_t n = 0;
		T_OK(w.g->ops->diff(w.g, w.a, &one, &main_, 1 << 20, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 2);
		T_EQ_SLU(f[0].new_path, "a.txt");
		T_EQ_INT(f[0].status, 'M');
		T_EQ_INT(f[0].added, 1);
		T_EQ_INT(f[0].removed, 0);
		T_FALSE(f[0].cut);
		T_HAS(slu_str_dup(w.a, f[0].patch), "\n+two\n");
		T_HAS(slu_str_dup(w.a, f[1].patch), "diff --git a/dir/b.txt b/dir/b.txt\n");
		T_TRUE(memmem(f[0].patch.p, f[0].patch.n, "b.txt", 5) == NULL);
		T_OK(w.g->ops->diff(w.g, w.a, &one, &main_, 20, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 2);
		T_TRUE(f[1].cut || f[0].cut);
		T_OK(w.g->ops->diff(w.g, w.a, &one, &lone, 1 << 20, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 4);
		T_EQ_INT(f[1].status, 'D');
		T_EQ_SLU(f[1].old_path, "bin");
		T_EQ_INT(f[1].removed, -1);
		if (ad_ == 0) { /* a small pack can name very many files: they are listed, and their lines neither counted nor shown */
			(void)sh(&w, "cd w; blob=$(echo x | git hash-object -w --stdin); t=$(for k in $(seq 3001); do printf '100644 blob %s\tf%d\n' $blob $k; done | git mktree);"
				     " c=$(git commit-tree -m many $t); git push -q ../bare.git $c:refs/heads/many");
			slu_oid many = oid(&w, "many");
			T_OK(w.g->ops->diff(w.g, w.a, &lone, &many, 1 << 20, &f, &n, &w.err), w.err);
			T_TRUE(n > 3000 && f[n - 1].cut && f[n - 1].added == -1 && f[n - 1].patch.n == 0 && f[n - 1].new_path.n > 0);
		}
		slu_oid id, same, none;
		T_OK(w.g->ops->patch_id(w.g, w.a, &one, &topic, &id, &w.err), w.err);
		T_FALSE(slu_oid_is_zero(&id));
		slu_oid base2 = oid(&w, "base2");
		T_OK(w.g->ops->patch_id(w.g, w.a, &base2, &main_, &same, &w.err), w.err);
		T_EQ_STR(same.hex, id.hex); /* the same change on another base */
		T_OK(w.g->ops->patch_id(w.g, w.a, &one, &one, &none, &w.err), w.err);
		T_TRUE(slu_oid_is_zero(&none));
	}
}

T_TEST(taken_along)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid one = oid(&w, "one"), main_ = oid(&w, "main"), none = slu_oid_zero();
		slu_str text = { 0 };
		const slu_oid *id = NULL;
		size_t n = 0;
		T_OK(w.g->ops->patch(w.g, w.a, &one, &main_, false, 1 << 20, &text, &w.err), w.err);
		T_TRUE(slu_str_starts(text, "diff --git a/a.txt b/a.txt\n"));
		T_RC(w.g->ops->patch(w.g, w.a, &one, &main_, false, 20, &text, &w.err), SLU_E_LIMIT);
		T_OK(w.g->ops->patch(w.g, w.a, &none, &one, true, 1 << 20, &text, &w.err), w.err);
		T_TRUE(slu_str_starts(text, slu_printf(w.a, "From %s ", one.hex)));
		T_HAS(slu_str_dup(w.a, text), "\ndiff --git ");
		T_OK(w.g->ops->archive(w.g, w.a, &one, false, SLU_STR("x/"), 1 << 20, &text, &w.err), w.err);
		T_TRUE(slu_str_starts(text, "\x1f\x8b"));
		T_OK(w.g->ops->archive(w.g, w.a, &one, true, SLU_STR("x/"), 1 << 20, &text, &w.err), w.err);
		T_TRUE(slu_str_starts(text, "PK"));
		T_OK(w.g->ops->touching(w.g, w.a, &main_, SLU_STR("dir/b.txt"), 10, &id, &n, &w.err), w.err);
		T_TRUE(n > 0);
		T_OK(w.g->ops->touching(w.g, w.a, &main_, SLU_STR("a.txt"), 1, &id, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_OK(w.g->ops->touching(w.g, w.a, &main_, SLU_STR("*.txt"), 10, &id, &n, &w.err), w.err);
		T_EQ_INT(n, 0); /* a path, no pattern */
		T_OK(w.g->ops->touching(w.g, w.a, &main_, SLU_STR("../a.txt"), 10, &id, &n, &w.err), w.err);
		T_EQ_INT(n, 0);
	}
}

static slu_oid commit_of(struct world *w, const slu_oid *tree, const slu_oid *parent, size_t n)
{
	struct port_git_ident who = { SLU_STR("Ann <x>"), SLU_STR("ann@example.org"), 1700000500, 0 };
	slu_oid id;
	T_OK(w->g->ops->commit_make(w->g, tree, parent, n, &who, &who, SLU_STR("Subject\n\nBody"), &id, &w->err), w->err);
	return id;
}

T_TEST(merges)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid base2 = oid(&w, "base2"), topic = oid(&w, "topic"), clash = oid(&w, "clash"), tree, want = oid(&w, "main^{tree}");
		const struct port_git_conflict *c = NULL;
		size_t n = 9;
		T_OK(w.g->ops->merge_tree(w.g, w.a, &base2, &topic, &tree, &c, &n, &w.err), w.err);
		T_EQ_INT(n, 0);
		T_EQ_STR(tree.hex, want.hex);
		T_OK(w.g->ops->merge_tree(w.g, w.a, &topic, &clash, &tree, &c, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_EQ_SLU(c[0].path, "a.txt");
		/* the target's attributes count, a driver from configuration does not */
		struct port_git_file_edit e = { SLU_STR(".gitattributes"), SLU_STR("a.txt merge=union\n"), false };
		T_OK(w.g->ops->tree_edit(w.g, w.a, &topic, &e, 1, &tree, &w.err), w.err);
		slu_oid with = commit_of(&w, &tree, &topic, 1);
		T_OK(w.g->ops->merge_tree(w.g, w.a, &with, &clash, &tree, &c, &n, &w.err), w.err);
		T_EQ_INT(n, 0);
		(void)sh(&w, "git --git-dir=bare.git config merge.evil.driver 'touch ran; exit 0'; git --git-dir=bare.git config merge.default evil");
		e.text = SLU_STR("a.txt merge=evil\n");
		T_OK(w.g->ops->tree_edit(w.g, w.a, &topic, &e, 1, &tree, &w.err), w.err);
		with = commit_of(&w, &tree, &topic, 1);
		T_OK(w.g->ops->merge_tree(w.g, w.a, &with, &clash, &tree, &c, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_EQ_SLU(sh(&w, "find . -name ran"), "");
	}
}

T_TEST(objects_that_are_made_are_whole)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid main_ = oid(&w, "main"), tree, tag;
		struct port_git_file_edit e[] = { { SLU_STR("VERSION"), SLU_STR("2.0.0\n"), false }, { SLU_STR("deep/er/file"), SLU_STR("x"), false }, { SLU_STR("bin"), SLU_STR(""), true } };
		T_OK(w.g->ops->tree_edit(w.g, w.a, &main_, e, 3, &tree, &w.err), w.err);
		slu_oid c = commit_of(&w, &tree, &main_, 1);
		T_EQ_SLU(sh(&w, slu_printf(w.a, "git --git-dir=bare.git log -1 --format='%%an|%%ae|%%at|%%s|%%b' %s", c.hex)), "Ann x|ann@example.org|1700000500|Subject|Body");
		T_EQ_SLU(sh(&w, slu_printf(w.a, "git --git-dir=bare.git diff --name-status %s~ %s | tr '\\t\\n' ' ,'", c.hex, c.hex)), "A VERSION,D bin,A deep/er/file,");
		struct port_git_ident who = { SLU_STR("Bob"), SLU_STR("bob@example.org"), 1700000600, 0 };
		T_OK(w.g->ops->tag_make(w.g, SLU_STR("v2.0.0"), &c, &who, SLU_STR("Version two"), &tag, &w.err), w.err);
		T_EQ_SLU(sh(&w, slu_printf(w.a, "git --git-dir=bare.git cat-file tag %s | tail -n +2", tag.hex)), "type commit\ntag v2.0.0\ntagger Bob <bob@example.org> 1700000600 +0000\n\nVersion two");
		(void)sh(&w, slu_printf(w.a, "git --git-dir=bare.git update-ref refs/tags/x %s; git --git-dir=bare.git fsck --strict", tag.hex));
		static const char *const bad[] = { "../x", ".git/config", "/etc/passwd", "a//b", "" };
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			e[0].path = slu_s(bad[i]);
			T_RC(w.g->ops->tree_edit(w.g, w.a, &main_, e, 1, &tree, &w.err), SLU_E_INVALID);
		}
		slu_oid out;
		T_RC(w.g->ops->commit_make(w.g, &tree, NULL, 0, &who, &who, (slu_str){ "a\0b", 3 }, &out, &w.err), SLU_E_INVALID);
	}
}

T_TEST(replace_refs_do_not_lie)
{
	FOR_EACH_ADAPTER(w) {
		(void)sh(&w, "GIT_NO_REPLACE_OBJECTS= git --git-dir=bare.git replace -f main lone");
		slu_oid main_ = oid(&w, "main"), topic = oid(&w, "topic");
		struct pol_commit c;
		bool yes = false;
		T_OK(w.g->ops->commit(w.g, w.a, &main_, &c, &w.err), w.err);
		T_EQ_SLU(c.message, "M\n");
		T_OK(w.g->ops->is_ancestor(w.g, &topic, &main_, &yes, &w.err), w.err);
		T_TRUE(yes);
	}
}

/** Git takes both in a push, also with receive.fsckObjects: what it reads of them is what counts. */
T_TEST(headers_that_git_passes_over_say_nothing)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid main_ = oid(&w, "main"), topic = oid(&w, "topic"), lone = oid(&w, "lone"), id = { 0 };
		struct pol_commit c;
		struct pol_tag t;
		bool yes = true;
		slu_str made = sh(&w, "cd bare.git; who='A <a@e> 1700000000 +0000'; git update-ref refs/heads/late $(printf 'tree %s\nparent %s\nauthor %s\ncommitter %s\nparent %s\n\nlate\n'"
				      " $(git rev-parse main^{tree} main) \"$who\" \"$who\" $(git rev-parse lone) | git hash-object -t commit -w --stdin);"
				      " git update-ref refs/tags/two $(printf 'object %s\ntype commit\ntag two\ntagger %s\nobject %s\ntype tree\ntag v1\n\ntwo\n'"
				      " $(git rev-parse topic) \"$who\" $(git rev-parse main^{tree}) | git hash-object -t tag -w --stdin); git rev-parse two^{commit}; git fsck --strict >&2");
		T_EQ_SLU(made, topic.hex);
		id = oid(&w, "late");
		T_OK(w.g->ops->commit(w.g, w.a, &id, &c, &w.err), w.err);
		T_EQ_INT(c.parent_n, 1);
		T_EQ_STR(c.parent[0].hex, main_.hex);
		T_OK(w.g->ops->is_ancestor(w.g, &lone, &id, &yes, &w.err), w.err);
		T_FALSE(yes);
		id = oid(&w, "two");
		T_OK(w.g->ops->tag(w.g, w.a, &id, &t, &w.err), w.err);
		T_EQ_STR(t.commit.hex, topic.hex);
		T_EQ_SLU(t.name, "two");
		T_OK(w.g->ops->resolve(w.g, SLU_STR("two"), &id, &w.err), w.err);
		T_EQ_STR(id.hex, topic.hex);
	}
}

T_TEST(a_quarantine_is_seen_through_its_handle_only)
{
	FOR_EACH_ADAPTER(w) {
		(void)sh(&w, "mkdir -p q/info q/pack; cd w; git checkout -q main; echo q > q\n"
			     "export GIT_OBJECT_DIRECTORY=$PWD/../q GIT_ALTERNATE_OBJECT_DIRECTORIES=$PWD/../bare.git/objects; git add q; git commit -qm quarantined; git rev-parse HEAD > ../q-head");
		slu_oid id, main_ = oid(&w, "main");
		T_OK(slu_oid_parse(&id, sh(&w, "cat q-head"), &w.err), w.err);
		struct pol_commit c;
		T_RC(w.g->ops->commit(w.g, w.a, &id, &c, &w.err), SLU_E_NOT_FOUND);
		port_git *q = NULL;
		struct port_git_open o = { .path = w.repo, .object_dir = slu_printf(w.a, "%s/q", w.dir), .alternates = slu_printf(w.a, "%s/objects", w.repo), .lock_fd = -1 };
		T_OK(adapters[ad_].open(&q, &o, &w.err), w.err);
		T_OK(q->ops->commit(q, w.a, &id, &c, &w.err), w.err);
		T_EQ_SLU(c.message, "quarantined\n");
		bool yes = false;
		T_OK(q->ops->is_ancestor(q, &main_, &id, &yes, &w.err), w.err);
		T_TRUE(yes);
		const slu_oid *list = NULL;
		const struct pol_file *f = NULL;
		size_t n = 0;
		T_OK(q->ops->range(q, w.a, &id, &main_, 1, 10, &list, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_OK(q->ops->files(q, w.a, &id, &main_, 1, &f, &n, &w.err), w.err);
		T_EQ_INT(n, 1);
		T_EQ_INT(f[0].size, 2);
		slu_oid tree, topic = oid(&w, "topic");
		const struct port_git_conflict *conflict = NULL;
		T_OK(q->ops->merge_tree(q, w.a, &id, &topic, &tree, &conflict, &n, &w.err), w.err);
		T_EQ_INT(n, 0);
		q->ops->close(q);
	}
}

T_TEST(a_damaged_object_is_told_from_one_that_is_not_there)
{
	FOR_EACH_ADAPTER(w) {
		struct port_git_ident who = { SLU_STR("Bob"), SLU_STR("bob@example.org"), 1, 0 };
		slu_oid tree = oid(&w, "main^{tree}"), id;
		T_OK(w.g->ops->commit_make(w.g, &tree, NULL, 0, &who, &who, SLU_STR("x"), &id, &w.err), w.err);
		char *path = slu_printf(w.a, "%s/objects/%.2s/%s", w.repo, id.hex, id.hex + 2);
		(void)chmod(path, 0600);
		int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		T_TRUE(fd >= 0 && write(fd, "x\234garbage", 9) == 9);
		close(fd);
		struct pol_commit c;
		T_RC(w.g->ops->commit(w.g, w.a, &id, &c, &w.err), SLU_E_CORRUPT);
		slu_oid main_ = oid(&w, "main");
		T_OK(w.g->ops->commit(w.g, w.a, &main_, &c, &w.err), w.err); /* the handle still works */
	}
}

T_TEST(there_is_no_repository)
{
	for (size_t i = 0; i < ADAPTERS; i++) {
		port_git *g = NULL;
		slu_err err = { 0 };
		T_RC(adapters[i].open(&g, &(struct port_git_open){ .path = "/nonexistent/x.git", .lock_fd = -1 }, &err), SLU_E_NOT_FOUND);
		T_HAS(err.text, "/nonexistent/x.git");
		T_TRUE(g == NULL);
	}
}

T_TEST(repositories_are_made_imported_and_unlocked)
{
	struct world w = world_open(&adapters[0]);
	const char *made = slu_printf(w.a, "%s/deep/er/made.git", w.dir), *copy = slu_printf(w.a, "%s/copy.git", w.dir);
	T_OK(git_repo_init(made, SLU_STR("trunk"), &w.err), w.err);
	T_RC(git_repo_init(made, SLU_STR("trunk"), &w.err), SLU_E_EXISTS);
	slu_str branch = { 0 };
	T_OK(git_repo_default_branch(&branch, w.a, made, &w.err), w.err);
	T_EQ_SLU(branch, "trunk");
	T_EQ_SLU(sh(&w, "git --git-dir=deep/er/made.git config receive.procReceiveRefs; git --git-dir=deep/er/made.git config core.fsync; ls deep/er/made.git/hooks 2>/dev/null | wc -l"), "refs/\nall\n0");
	(void)sh(&w, "git --git-dir=w/.git update-ref refs/notes/x one; printf '#!/bin/sh\\ntouch ran\\n' > w/.git/hooks/post-checkout; git --git-dir=w/.git symbolic-ref HEAD refs/heads/topic");
	T_OK(git_repo_import(copy, slu_printf(w.a, "%s/w", w.dir), &w.err), w.err);
	T_EQ_SLU(sh(&w, "git --git-dir=w/.git for-each-ref refs/heads refs/tags > a; git --git-dir=copy.git for-each-ref > b; cmp a b && wc -l < b | tr -d ' '"), "9");
	T_OK(git_repo_default_branch(&branch, w.a, copy, &w.err), w.err);
	T_EQ_SLU(branch, "topic");
	T_RC(git_repo_import(slu_printf(w.a, "%s/no.git", w.dir), slu_printf(w.a, "%s/absent", w.dir), &w.err), SLU_E_NOT_FOUND);
	T_RC(git_repo_import(slu_printf(w.a, "%s/no.git", w.dir), slu_printf(w.a, "%s/a", w.dir), &w.err), SLU_E_INVALID);
	T_EQ_SLU(sh(&w, "ls -d no.git 2>/dev/null || echo gone"), "gone");
	(void)sh(&w, "git --git-dir=w/.git symbolic-ref HEAD refs/heads/none");
	const char *likely = slu_printf(w.a, "%s/likely.git", w.dir);
	T_OK(git_repo_import(likely, slu_printf(w.a, "%s/w", w.dir), &w.err), w.err);
	T_OK(git_repo_default_branch(&branch, w.a, likely, &w.err), w.err);
	T_EQ_SLU(branch, "main");
	size_t n = 9, quarantines = 9;
	T_OK(git_repo_clear_stale(copy, &n, &quarantines, &w.err), w.err);
	T_EQ_INT(n, 0);
	(void)sh(&w, "mkdir -p copy.git/refs/heads/x; touch copy.git/refs/heads/x/y.lock copy.git/packed-refs.lock copy.git/packed-refs.new copy.git/HEAD.lock");
	(void)sh(&w, "mkdir -p copy.git/objects/tmp_objdir-incoming-A1b2C3/17 copy.git/objects/incoming-x; touch copy.git/objects/tmp_objdir-incoming-A1b2C3/17/half");
	T_EQ_INT(quarantines, 0);
	T_OK(git_repo_clear_stale(copy, &n, &quarantines, &w.err), w.err);
	T_EQ_INT(n, 4);
	T_EQ_INT(quarantines, 2);
	T_EQ_SLU(sh(&w, "find copy.git -name '*.lock' -o -name '*.new' -o -name '*incoming*' | wc -l; git --git-dir=copy.git fsck --connectivity-only >/dev/null && echo whole"), "0\nwhole");
	T_OK(git_repo_clear_stale(slu_printf(w.a, "%s/absent.git", w.dir), &n, &quarantines, &w.err), w.err);
	T_EQ_INT(n + quarantines, 0);
	world_close(&w);
}

/** A handle that is kept sees the commits of packs that came since it was opened. */
T_TEST(a_pack_that_comes_later_is_seen)
{
	FOR_EACH_ADAPTER(w) {
		bool there = true;
		slu_oid id = { 0 };
		slu_str text = sh(&w, "cd w; git commit-tree -m later -p main main^{tree}");
		T_OK(slu_oid_parse(&id, text, &w.err), w.err);
		T_OK(w.g->ops->has_commit(w.g, &id, &there, &w.err), w.err);
		T_FALSE(there);
		(void)sh(&w, slu_printf(w.a, "echo %s | git -C w pack-objects -q --stdout | git --git-dir=bare.git index-pack --stdin >/dev/null", id.hex));
		T_OK(w.g->ops->has_commit(w.g, &id, &there, &w.err), w.err);
		T_TRUE(there);
	}
}

/** Pushes are taken because whatever lies in a repository is whole: a bundle brings nothing beside the history of its refs. */
T_TEST(a_bundle_brings_nothing_that_its_refs_do_not_need)
{
	struct world w = world_open(&adapters[0]);
	const char *copy = slu_printf(w.a, "%s/from-bundle.git", w.dir);
	slu_str beside = sh(&w, "cd w; git bundle create -q ../all.bundle --branches --tags; sed '/^$/q' ../all.bundle > ../crafted.bundle;"
				"x=$(printf 'tree 1111111111111111111111111111111111111111\nauthor A <a@e> 1 +0000\ncommitter A <a@e> 1 +0000\n\nhalf\n' | git hash-object -t commit -w --stdin);"
				"{ git rev-list --objects --branches --tags | cut -d' ' -f1; echo $x; } | git pack-objects -q --stdout >> ../crafted.bundle; echo $x");
	(void)sh(&w, slu_printf(w.a, "git clone -q --bare crafted.bundle plain.git && git --git-dir=plain.git cat-file -e %.*s", SLU_FMT(beside))); /* Git itself takes it */
	T_OK(git_repo_import(copy, slu_printf(w.a, "%s/crafted.bundle", w.dir), &w.err), w.err);
	T_EQ_SLU(sh(&w, slu_printf(w.a, "git --git-dir=from-bundle.git cat-file -e %.*s 2>/dev/null && echo there || echo gone", SLU_FMT(beside))), "gone");
	T_EQ_SLU(sh(&w, "git --git-dir=from-bundle.git for-each-ref refs/heads > b; git --git-dir=w/.git for-each-ref refs/heads > a; cmp a b && git --git-dir=from-bundle.git fsck --strict >/dev/null 2>&1 && echo whole"), "whole");
	world_close(&w);
}

/** A push may be about to need again what no ref needs, and events name commits of branches that are gone. */
T_TEST(tidying_drops_no_object_however_old)
{
	struct world w = world_open(&adapters[0]);
	const char *path = slu_printf(w.a, "%s/many.git", w.dir);
	T_OK(git_repo_init(path, SLU_STR("main"), &w.err), w.err);
	/* 52 packs of one object each that no ref needs, and a loose one, a month old */
	(void)sh(&w, "cd many.git && for i in $(seq 52); do echo $i | git hash-object -w --stdin | tee -a ../ids | git pack-objects -q objects/pack/pack; done && git prune-packed");
	(void)sh(&w, "cd many.git && echo loose | git hash-object -w --stdin >> ../ids; find objects -type f | xargs touch -d '1 month ago'");
	T_EQ_SLU(sh(&w, "ls many.git/objects/pack/*.pack | wc -l"), "52");
	T_OK(git_repo_tidy(path, -1, -1, &w.err), w.err);
	T_EQ_SLU(sh(&w, "ls many.git/objects/pack/*.pack | wc -l"), "1");
	T_EQ_SLU(sh(&w, "git --git-dir=many.git cat-file --batch-check < ids | grep -c missing || true; git --git-dir=many.git fsck >/dev/null && echo whole"), "0\nwhole");
	T_EQ_SLU(sh(&w, "wc -l < ids | tr -d ' '"), "53");
	/* half-written packs of one that was killed, and its lock */
	(void)sh(&w, "mkdir -p many.git/objects/info/commit-graphs; touch many.git/objects/pack/tmp_pack_x many.git/objects/pack/.tmp-1-pack-x.pack many.git/objects/info/commit-graphs/commit-graph-chain.lock");
	T_OK(git_repo_tidy(path, -1, -1, &w.err), w.err);
	T_EQ_SLU(sh(&w, "ls -A many.git/objects/pack | grep -c tmp || true; find many.git -name '*.lock' | wc -l"), "0\n0");
	world_close(&w);
}

T_TEST(tidying_ends_when_the_server_does)
{
	struct world w = world_open(&adapters[0]);
	int ends[2];
	const char *path = slu_printf(w.a, "%s/w/.git", w.dir);
	T_EQ_INT(pipe2(ends, O_CLOEXEC), 0);
	T_EQ_INT(write(ends[1], "x", 1), 1);
	T_RC(git_repo_tidy(path, -1, ends[0], &w.err), SLU_E_TIMEOUT);
	(void)close(ends[0]);
	(void)close(ends[1]);
	world_close(&w);
}
