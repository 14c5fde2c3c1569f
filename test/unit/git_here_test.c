/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a command stands, found in this process, is where git says that it stands: in every kind of folder, under every kind of
 * settings and environment. Requirement: CM-1
 */
#include "git/config.h"
#include "git/git.h"
#include "git/here.h"
#include "run/proc.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t.h"

static char dir[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static slu_rc sh(slu_arena *a, const char *script, slu_err *err)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	struct run_result r = { 0 };
	git_env_init(&e, a);
	static const char *const who[] = { "GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Com", "GIT_COMMITTER_EMAIL=com@example.org" };
	for (size_t i = 0; i < sizeof who / sizeof *who; i++)
		e.v[e.n++] = who[i];
	e.v[e.n] = NULL;
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = dir;
	return run_proc_ok(&r, a, &s, err);
}

static void put(slu_buf *b, const struct port_git_here *h)
{
	slu_buf_addf(b, "dir %s\ntop %s\nbare %d shallow %d\nhead %.*s\n", h->git_dir, h->work_tree ? h->work_tree : "", h->bare, h->shallow, SLU_FMT(h->head));
	for (size_t i = 0; i < h->setting_n; i++)
		slu_buf_addf(b, "%.*s|%d|%.*s\n", SLU_FMT(h->setting[i].key), h->setting[i].has_value, SLU_FMT(h->setting[i].value));
}

/** In a process of its own, for it goes into a folder and sets variables. @return false: what we say and what git says differ; it is printed */
static bool same_there(const char *folder, const char *const *set)
{
	(void)fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		slu_arena *a = slu_arena_new();
		struct port_git_here ours, gits;
		slu_err err = { 0 };
		slu_buf x, y;
		slu_buf_init(&x, 1 << 20);
		slu_buf_init(&y, 1 << 20);
		for (; set && *set; set += 2)
			(void)setenv(set[0], set[1][0] == '@' ? slu_printf(a, "%s%s", dir, set[1] + 1) : set[1], 1);
		if (chdir(slu_printf(a, "%s/%s", dir, folder)) != 0)
			_exit(3);
		slu_rc rc = git_here(&ours, a, &err), want = git_here_by_git(&gits, a, &err);
		if (rc == SLU_OK)
			put(&x, &ours);
		if (want == SLU_OK)
			put(&y, &gits);
		bool same = rc == want && slu_str_eq(slu_buf_str(&x), slu_buf_str(&y));
		if (!same)
			(void)printf("ours (%d):\n%s\ngit's (%d):\n%s\n%s\n", (int)rc, x.p ? x.p : "", (int)want, y.p ? y.p : "", err.text);
		(void)fflush(stdout);
		_exit(!same);
	}
	int status = 1;
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static const char places[] =
	"mkdir none home xdg xdg/git\n"
	"git init -q -b main w; cd w; mkdir -p sub/deep; git commit -q --allow-empty -m one; git commit -q --allow-empty -m two; git branch side\n"
	"git config user.name 'A B'; git config branch.main.remote origin; git config remote.origin.url 'x y'; git config 'some.Sub Section.Key' v; git config a.b --add 'q\"uo\\te;#'\n"
	"cd ..; git clone -q --bare w bare.git; git -C w worktree add -q ../linked side; git -C bare.git worktree add -q ../of_bare side\n"
	"git clone -q --depth 1 file://$PWD/w shallow; git -C shallow checkout -q --detach\n"
	"git init -q -b main super; git -C super -c protocol.file.allow=always submodule --quiet add file://$PWD/w part\n"
	"git init -q --separate-git-dir=apart.git apart; git init -q --object-format=sha256 -b x long\n"
	"git clone -q w extra; git -C extra config extensions.worktreeConfig true; git -C extra config --worktree only.here yes; git -C extra config core.repositoryformatversion 1\n"
	"git clone -q w moved; git -C moved config core.worktree ../../linked; git clone -q w broken; echo '[oh' >>broken/.git/config\n"
	"git clone -q w newer; git -C newer config core.repositoryformatversion 9\n"
	"printf '[user]\\n\\tname = Home\\n[in]\\n\\tx=1' >home/.gitconfig; printf '[user]\\nname=Xdg ; c\\n[some]\\n\\tflag\\n' >xdg/git/config; printf '[include]\\npath=more\\n[a]\\nb\\n' >home/including; printf '[x]\\ny=z\\n' >home/more\n"
	"mkdir w/notagit; mkdir w/notagit/.git; echo junk >w/sub/.git\n";

T_TEST(it_is_where_git_says)
{
	static const char *const folders[] = {
		"w", "w/sub/deep", "w/.git", "w/.git/refs", "bare.git", "bare.git/objects", "linked", "of_bare", "shallow", "super", "super/part", "apart", "apart.git", "long", "extra", "moved", "broken", "newer",
		"none", "w/notagit", "w/sub",
	};
	static const char *const none[] = { NULL }, *const home[] = { "HOME", "@/home", NULL }, *const xdg[] = { "HOME", "@/home", "XDG_CONFIG_HOME", "@/xdg", NULL },
				 *const given[] = { "GIT_DIR", "@/w/.git", NULL }, *const given_bare[] = { "GIT_DIR", "@/bare.git", NULL }, *const given_none[] = { "GIT_DIR", "@/none", NULL },
				 *const tree[] = { "GIT_DIR", "@/w/.git", "GIT_WORK_TREE", "@/w/sub", NULL }, *const global[] = { "GIT_CONFIG_GLOBAL", "@/xdg/git/config", "GIT_CONFIG_NOSYSTEM", "1", NULL },
				 *const including[] = { "GIT_CONFIG_GLOBAL", "@/home/including", NULL }, *const machine[] = { "GIT_CONFIG_SYSTEM", "@/home/.gitconfig", NULL },
				 *const count[] = { "GIT_CONFIG_COUNT", "1", "GIT_CONFIG_KEY_0", "a.k", "GIT_CONFIG_VALUE_0", "v", NULL }, *const ceiling[] = { "GIT_CEILING_DIRECTORIES", "@/w/sub", NULL };
	static const char *const *const sets[] = { none, home, xdg, given, given_bare, given_none, tree, global, including, machine, count, ceiling };
	slu_auto_arena *a = slu_arena_new();
	slu_err err = { 0 };
	(void)snprintf(dir, sizeof dir, "/tmp/sluice-test-XXXXXX");
	T_TRUE(mkdtemp(dir) != NULL);
	T_OK(sh(a, places, &err), err);
	(void)setenv("HOME", slu_printf(a, "%s/none", dir), 1);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
			if (k > 2 && i > 6 && i != 10 && i != 18) /* the others say nothing more */
				continue;
			T_CASE("%s, settings %zu", folders[i], k);
			T_TRUE(same_there(folders[i], sets[k]));
		}
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* As `git config --list -z --file` prints them; NULL: it says that the file is bad. */
T_TEST(settings_are_read_as_git_reads_them)
{
	static const char *const files[] = {
		"[a]\nb=c\n", "[a]b=c", "[a] b = c ; d\n", "[a]\n\tb = \" x \"y  z \n", "[a]\nb = x \\\n  y\n", "[a]\nb = \\\"\\\\\\n\\t\\b\n", "[a]\nb\n", "[a]\nb =\n", "[a]\nb = # c\n", "[A \"S s\"]\nB-c1 = 1\n",
		"[a \"x\\\"y\\z\"]\nb=1\n", "[a.B]\nc=1\n", "\xef\xbb\xbf[a]\nb=1\n", "[a]\r\nb = c\r\nd = e \\\r\nf\r\n", "# c\n; d\n\n[a]\n  # e\nb=1", "[a]\nb=\"x\n", "[a\nb=1\n", "[a \"b]\n", "[a]\nb=\\x\n",
		"b=1\n", "[a]\n=1\n", "[a]\n1b=1\n", "[a]\nb c\n", "[a] [b] c=1\n", "[]\na=1\n", "[a b]\nc=1\n", "[a  \"b\"]\nc=1\n", "[a \"b\" ]\nc=1\n", "[a]\nb=1\tx \t y\t\n", "[a]\nb=\"#\";x\n", "[a \"\"]\nb=1\n", "",
		"[a]\nb_c=1\n", "[a-b]\nc=1\n", "[a_b]\nc=1\n", "[a]\nb=\\", "[a]\nb=\r", "[a]\nb=c\\\n", "[a]\nb = \"x\" \"y\"\n", "[a]b=1;[c]d=2\n",
	};
	char path[] = "/tmp/sluice-test-XXXXXX";
	int fd = mkstemp(path);
	T_TRUE(fd >= 0);
	(void)close(fd);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		slu_auto_arena *a = slu_arena_new();
		git_config ours = { .a = a }, gits = { .a = a };
		struct run_result r = { 0 };
		struct run_spec s = RUN_SPEC;
		struct git_env e;
		slu_err err = { 0 };
		FILE *f = fopen(path, "wbe");
		T_TRUE(f && fwrite(files[i], 1, strlen(files[i]), f) == strlen(files[i]) && fclose(f) == 0);
		const char *argv[] = { "git", "config", "--list", "-z", "--file", path, NULL };
		git_env_init(&e, a);
		s.argv = argv;
		s.env = e.v;
		T_OK(run_proc(&r, a, &s, &err), err);
		git_config_list(&gits, r.out);
		T_CASE("%s", files[i]);
		bool good = git_config_file(&ours, path);
		if (!good) /* who cannot tell asks git */
			continue;
		T_EQ_INT(r.exit_code, 0);
		T_EQ_INT(ours.list.n, gits.list.n);
		for (size_t k = 0; k < ours.list.n; k++)
			T_TRUE(slu_str_eq(ours.list.v[k].key, gits.list.v[k].key) && slu_str_eq(ours.list.v[k].value, gits.list.v[k].value) && ours.list.v[k].has_value == gits.list.v[k].has_value);
	}
	(void)unlink(path);
	slu_auto_arena *a = slu_arena_new();
	git_config c = { .a = a };
	T_TRUE(git_config_text(&c, SLU_STR("[remote \"o\"]\n\turl = x # y\n")) && c.list.n == 1);
}
