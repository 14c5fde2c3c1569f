/* SPDX-License-Identifier: Apache-2.0 */
/** A repository that the real git made, opened by each adapter of port/git.h in turn. */
#ifndef TEST_UNIT_GIT_WORLD_H
#define TEST_UNIT_GIT_WORLD_H
#include "git/git.h"
#include "run/proc.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

static inline slu_rc repack(const struct port_git_open *o, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct git_env e;
	struct run_result r = { 0 };
	struct run_spec s = RUN_SPEC;
	const char *argv[] = { "git", "--git-dir", o->path, "repack", "-adfq", NULL };
	if (o->object_dir || access(o->path, F_OK) != 0)
		return SLU_OK;
	git_env_init(&e, a);
	s.argv = argv;
	s.env = e.v;
	s.cwd = "/";
	return run_proc_ok(&r, a, &s, err);
}

/** As in a push whose quarantine holds everything, in a pack. */
static inline slu_rc open_packed(port_git **out, const struct port_git_open *o, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct port_git_open quarantine = *o;
	SLU_TRY(repack(o, err));
	if (!o->object_dir && access(o->path, F_OK) == 0)
		quarantine.object_dir = slu_printf(a, "%s/objects", o->path);
	return git_lg2_open(out, &quarantine, err);
}

static inline slu_rc open_own_packed(port_git **out, const struct port_git_open *o, slu_err *err)
{
	SLU_TRY(repack(o, err));
	return git_own_open(out, o, err);
}

static const struct adapter {
	const char *name;
	slu_rc (*open)(port_git **out, const struct port_git_open *o, slu_err *err);
} adapters[] = { { "git", git_cli_open }, { "libgit2", git_lg2_open }, { "packs", open_packed }, { "own", git_own_open }, { "own packed", open_own_packed } };
enum { ADAPTERS = sizeof adapters / sizeof *adapters };

struct world {
	slu_arena *a;
	char dir[256];
	const char *repo;
	port_git *g;
	slu_err err;
};

/** Run a script with git in the repository's clone; what it prints, trimmed. */
static inline slu_str sh(struct world *w, const char *script)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	git_env_init(&e, w->a);
	git_env_add(&e, w->a, "GIT_AUTHOR_NAME", "Ann");
	git_env_add(&e, w->a, "GIT_AUTHOR_EMAIL", "ann@example.org");
	git_env_add(&e, w->a, "GIT_COMMITTER_NAME", "Com");
	git_env_add(&e, w->a, "GIT_COMMITTER_EMAIL", "com@example.org");
	git_env_add(&e, w->a, "GIT_AUTHOR_DATE", "1700000000 +0000");
	git_env_add(&e, w->a, "GIT_COMMITTER_DATE", "1700000100 +0100");
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = w->dir;
	s.max_out = 64u << 20;
	struct run_result r = { 0 };
	T_OK(run_proc_ok(&r, w->a, &s, &w->err), w->err);
	return slu_str_trim(r.out);
}

static inline slu_oid oid(struct world *w, const char *rev)
{
	slu_str text = sh(w, slu_printf(w->a, "git --git-dir=bare.git rev-parse --verify '%s'", rev));
	slu_oid id = { 0 };
	T_OK(slu_oid_parse(&id, text, &w->err), w->err);
	return id;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

/* main: 1 - 2 - M(merge of topic); topic: 1 - T1 - T2; lone: a root of its own. Files as the names say. */
static const char history[] =
	"git init -q -b main w; cd w\n"
	"mkdir dir; echo one > a.txt; printf 'x\\ny\\n' > dir/b.txt; printf 'a\\0b' > bin; git add .; git commit -qm 'feat: first' -m 'Body.'\n"
	"git tag one; git tag -a -m 'Version one' v1.0.0; git tag -a -m nested nested v1.0.0\n"
	"git checkout -q -b topic; echo two >> a.txt; git commit -qam T1; mkdir secrets; echo s > secrets/key; git add .; git commit -qm T2\n"
	"git rm -q secrets/key; git commit -qm T3\n"
	"git checkout -q main; printf 'x\\ny\\nz\\n' > dir/b.txt; git commit -qam 2\n"
	"git branch base2; git checkout -q -b clash one; echo other >> a.txt; git commit -qam clash\n"
	"git checkout -q main; git merge -q --no-ff -m M topic\n"
	"git checkout -q --orphan lone; git rm -qrf .; echo l > l; git add l; git commit -qm lone\n"
	"git branch dir/sub; cd ..; git clone -q --bare w bare.git\n";

static inline struct world world_open(const struct adapter *ad)
{
	struct world w = { .a = slu_arena_new() };
	const char *tmp = getenv("TMPDIR");
	(void)snprintf(w.dir, sizeof(w.dir), "%s/git-XXXXXX", tmp ? tmp : "/tmp");
	T_CASE("%s", ad->name);
	T_TRUE(mkdtemp(w.dir) != NULL);
	w.repo = slu_printf(w.a, "%s/bare.git", w.dir);
	(void)sh(&w, history);
	T_OK(ad->open(&w.g, &(struct port_git_open){ .path = w.repo, .lock_fd = -1 }, &w.err), w.err);
	return w;
}

static inline void world_close(struct world *w)
{
	w->g->ops->close(w->g);
	(void)nftw(w->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	slu_arena_free(w->a);
}

#define FOR_EACH_ADAPTER(w)                                                                                            \
	for (size_t ad_ = 0; ad_ < ADAPTERS; ad_++)                                                                    \
		for (struct world w = world_open(&adapters[ad_]), *once_ = &w; once_; world_close(&w), once_ = NULL)
#endif
