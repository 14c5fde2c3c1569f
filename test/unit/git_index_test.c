/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A work tree is taken for unchanged without asking git only where git says the same: every form of an index that git 2.39 writes, and every
 * way to change a file, its mode, its folder, the index or HEAD. Requirement: BR-5
 */
#include "git/index.h"
#include "git/git.h"
#include "run/proc.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

/* Each in a repository of its own: files a, d/b, d/e/c, an empty one, a link, an executable; all older than the index. */
static const struct {
	const char *name, *script;
	bool sure; /* it must be told without git, or this is never quick */
} situations[] = {
	{ "as it was committed", ":", true },
	{ "version 2", "git update-index --index-version 2", true },
	{ "version 4, whose names share their beginnings", "git update-index --index-version 4", true },
	{ "a submodule", "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub && git commit -qm sub", true },
	{ "after a switch", "git switch -qc other && git switch -q main", true },
	{ "after a merge", "git switch -qc other && echo 2 >d/b && git commit -qam o && git switch -q main && echo 2 >a && git commit -qam m && git merge -q other", false },
	{ "an untracked file", "echo 1 >new", true },
	{ "assumed to be unchanged", "git update-index --assume-unchanged a", false },
	{ "a file that is not wanted here", "git update-index --skip-worktree d/b && rm d/b", false },
	{ "one that is not wanted and is there, changed", "git update-index --skip-worktree d/b && echo 9 >d/b", false },
	{ "an index in two files", "git update-index --split-index", false },
	{ "a sparse index", "git sparse-checkout init --cone --sparse-index && git sparse-checkout set d/e", false },
	{ "a file of another size", "echo more >>a", false },
	{ "a file of the same size", "printf '2\\n' >a", false },
	{ "of the same size and time", "touch -r a t && printf '2\\n' >a && touch -r t a", false },
	{ "of the same size and time, the clock not trusted", "git config core.trustctime false && touch -r a t && printf '2\\n' >a && touch -r t a", false },
	{ "written in the moment of the index", "printf '3\\n' >a && git add a && printf '4\\n' >a && touch -r .git/index a", false },
	{ "only touched", "touch a", false },
	{ "a mode", "chmod +x a", false },
	{ "a mode that does not count", "git config core.fileMode false && chmod +x a", false },
	{ "a file that is gone", "rm d/e/c", false },
	{ "a folder that is gone", "rm -r d", false },
	{ "a folder that is a link now, to itself elsewhere", "mv d elsewhere && ln -s elsewhere d", false },
	{ "a folder on the way that is a link now", "mv d/e elsewhere && ln -s ../elsewhere d/e", false },
	{ "a file that is a link now", "mv a z && ln -s z a", false },
	{ "a link elsewhere", "ln -sf b link", false },
	{ "a file in place of a folder", "rm -r d && echo 1 >d", false },
	{ "added and not committed", "echo 2 >a && git add a", false },
	{ "a new file is added", "echo 2 >n && git add n", false },
	{ "one is only announced", "echo 2 >n && git add -N n", false },
	{ "one is taken out of the index", "git rm -q --cached a", false },
	{ "HEAD moved under the index", "git commit -q --allow-empty -m x && echo 2 >a && git commit -qam y && git reset -q --soft HEAD^", false },
	{ "a merge in conflict", "git switch -qc other && echo 2 >a && git commit -qam o && git switch -q main && echo 3 >a && git commit -qam m && ! git merge -q other >/dev/null 2>&1", false },
	{ "the index is cut off", "head -c 100 .git/index >i && mv i .git/index", false },
	{ "the index is empty", ": >.git/index", false },
	{ "there is none", "rm .git/index", false },
};

static slu_str sh(slu_arena *a, const char *dir, const char *script, int *code)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	struct run_result r = { 0 };
	slu_err err = { 0 };
	git_env_init(&e, a);
	git_env_add(&e, a, "GIT_CONFIG_GLOBAL", "/dev/null");
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = dir;
	s.timeout_ms = 60000;
	T_OK(run_proc(&r, a, &s, &err), err);
	*code = r.exit_code;
	return r.out;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static void look(const char *format, size_t i)
{
	slu_auto_arena *a = slu_arena_new();
	char dir[] = "/tmp/sluice-test-XXXXXX";
	slu_err err = { 0 };
	slu_oid tree;
	int code = 0;
	T_TRUE(mkdtemp(dir) != NULL);
	(void)sh(a, dir, slu_printf(a, "git init -q -b main --object-format=%s . && git config user.name ann && git config user.email ann@example.org && mkdir -p d/e && echo 1 >a && echo 1 >d/b && echo 1 >d/e/c &&"
	                               " : >empty && ln -s a link && echo 1 >run && chmod +x run && touch -h -d '1 hour ago' a d/b d/e/c empty link run && git add . && git commit -qm begin", format), &code);
	T_EQ_INT(code, 0);
	T_CASE("%s (%s)", situations[i].name, format);
	(void)sh(a, dir, situations[i].script, &code);
	T_EQ_INT(code, 0);
	T_OK(slu_oid_parse(&tree, slu_str_trim(sh(a, dir, "git rev-parse HEAD^{tree}", &code)), &err), err);
	bool ours = git_index_clean(slu_printf(a, "%s/.git", dir), dir, &tree); /* first: git status notes what it has found */
	slu_str said = sh(a, dir, "git status --porcelain --untracked-files=no --ignore-submodules=all", &code);
	T_FALSE(ours && (code != 0 || said.n)); /* git says that it is changed */
	T_FALSE(situations[i].sure && !ours);   /* it is not told without git */
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

T_TEST(only_what_git_calls_clean)
{
	for (size_t i = 0; i < sizeof situations / sizeof *situations; i++) {
		look("sha1", i);
		look("sha256", i);
	}
}
