/* SPDX-License-Identifier: Apache-2.0 */
/* Source: git(1) "ENVIRONMENT VARIABLES", gitrepository-layout(5), git-config(1) "FILES". Test: test/unit/git_here_test.c */
#include "git/here.h"

#include "git/config.h"
#include "run/proc.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL_FILE = 4096 };
extern char **environ;

struct place {
	const char *git_dir, *common, *work_tree;
	bool unusual; /* only git can tell */
};

/* ---- files ------------------------------------------------------------------------------------------------------------- */

slu_str git_small_file(slu_arena *a, const char *path)
{
	char text[SMALL_FILE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	if (fd >= 0)
		close(fd);
	slu_str s = slu_str_trim((slu_str){ text, n > 0 && n < SMALL_FILE ? (size_t)n : 0 });
	return (slu_str){ slu_strndup(a, s.p, s.n), s.n };
}

static const char *below(slu_arena *a, const char *dir, slu_str path)
{
	return path.n && path.p[0] == '/' ? slu_str_dup(a, path) : slu_printf(a, "%s/%.*s", dir, SLU_FMT(path));
}

const char *git_common_dir(slu_arena *a, const char *git_dir)
{
	slu_str common = git_small_file(a, slu_printf(a, "%s/commondir", git_dir));
	return common.n ? below(a, git_dir, common) : git_dir;
}

static bool is_there(slu_arena *a, const char *dir, const char *name)
{
	return access(slu_printf(a, "%s/%s", dir, name), F_OK) == 0;
}

/** As Git tells a repository from any other folder. */
static bool is_git_dir(slu_arena *a, const char *dir)
{
	slu_str head = git_small_file(a, slu_printf(a, "%s/HEAD", dir));
	bool ref = slu_str_starts(head, "ref:"), id = (head.n == 40 || head.n == 64) && strspn(head.p, "0123456789abcdef") == head.n;
	const char *common = ref || id ? git_common_dir(a, dir) : dir;
	return (ref || id) && is_there(a, common, "objects") && is_there(a, common, "refs");
}

/* ---- which repository -------------------------------------------------------------------------------------------------- */

/** What Git would do otherwise with one of these set is left to git. */
static bool unusual_environment(void)
{
	static const char *const names[] = {
		"GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_SHALLOW_FILE", "GIT_CONFIG", "GIT_CONFIG_COUNT",
		"GIT_CONFIG_PARAMETERS", "GIT_NAMESPACE",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (getenv(names[i]))
			return true;
	return false;
}

/** Git trusts only what is the caller's; of anything else it has more to ask (safe.directory). */
static bool is_own(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && st.st_uid == geteuid();
}

static void take(struct place *p, slu_arena *a, const char *git_dir, const char *work_tree)
{
	char real[PATH_MAX];
	if (!realpath(git_dir, real)) {
		p->unusual = true;
		return;
	}
	p->git_dir = slu_strdup(a, real);
	p->common = git_common_dir(a, p->git_dir);
	p->work_tree = work_tree;
}

/** What `dir`/.git is, or `dir` itself. @return whether something was found, also something unusual */
static bool look_in(struct place *p, slu_arena *a, const char *dir)
{
	struct stat st;
	const char *dot = slu_printf(a, "%s/.git", strcmp(dir, "/") == 0 ? "" : dir);
	if (lstat(dot, &st) == 0) {
		const char *git_dir = dot;
		if (S_ISREG(st.st_mode)) {
			slu_str text = git_small_file(a, dot);
			slu_str to = slu_str_starts(text, "gitdir: ") ? (slu_str){ text.p + 8, text.n - 8 } : (slu_str){ 0 };
			git_dir = to.n ? below(a, dir, to) : dot;
		}
		if ((S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) && is_git_dir(a, git_dir)) {
			p->unusual = !is_own(dot) || !is_own(dir) || !is_own(git_dir);
			take(p, a, git_dir, dir);
			return true;
		}
		p->unusual = !S_ISDIR(st.st_mode);
		if (p->unusual)
			return true;
	}
	if (!is_git_dir(a, dir))
		return false;
	p->unusual = !is_own(dir);
	take(p, a, dir, NULL);
	return true;
}

static bool search_up(struct place *p, slu_arena *a)
{
	char dir[PATH_MAX];
	struct stat first, st;
	if (!getcwd(dir, sizeof dir) || stat(dir, &first) != 0) {
		p->unusual = true;
		return true;
	}
	for (;;) {
		if (stat(dir, &st) != 0 || st.st_dev != first.st_dev) {
			p->unusual = true; /* the end of a file system: git says so */
			return true;
		}
		if (look_in(p, a, slu_strdup(a, dir)))
			return true;
		if (strcmp(dir, "/") == 0)
			return false;
		char *slash = strrchr(dir, '/');
		slash[slash == dir] = '\0';
	}
}

static bool find_place(struct place *p, slu_arena *a)
{
	const char *given = getenv("GIT_DIR");
	char here[PATH_MAX];
	p->unusual = unusual_environment();
	if (p->unusual)
		return true;
	if (!given)
		return search_up(p, a);
	if (!getcwd(here, sizeof here) || !is_git_dir(a, given))
		p->unusual = true;
	else
		take(p, a, given, slu_strdup(a, here));
	return true;
}

/* ---- settings ----------------------------------------------------------------------------------------------------------- */

/** Where the git that would be run looks for the settings of the machine; NULL: it is one that we do not know. */
static const char *system_file(slu_arena *a)
{
	const char *given = getenv("GIT_CONFIG_SYSTEM"), *path = getenv("PATH");
	slu_str rest = slu_s(path ? path : "/usr/bin:/bin"), dir;
	if (given)
		return given;
	while (slu_str_split(&rest, ':', &dir))
		if (access(slu_printf(a, "%.*s/git", SLU_FMT(dir)), X_OK) == 0)
			return slu_str_in(dir, "/usr/bin /bin") ? "/etc/gitconfig" : NULL;
	return NULL;
}

static bool read_personal(git_config *c)
{
	const char *given = getenv("GIT_CONFIG_GLOBAL"), *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	if (given)
		return git_config_file(c, given);
	if (xdg && *xdg && !git_config_file(c, slu_printf(c->a, "%s/git/config", xdg)))
		return false;
	if (!(xdg && *xdg) && home && !git_config_file(c, slu_printf(c->a, "%s/.config/git/config", home)))
		return false;
	return !home || git_config_file(c, slu_printf(c->a, "%s/.gitconfig", home));
}

static bool is_set(const git_config *c, const char *key)
{
	slu_str v;
	bool yes = false;
	return git_config_get(c, key, &v) && (!git_config_bool(v, true, &yes) || yes);
}

static bool read_settings(git_config *c, const struct place *p)
{
	slu_str v;
	uint8_t hash;
	bool partial, none = false;
	const char *no_system = getenv("GIT_CONFIG_NOSYSTEM"), *machine = system_file(c->a);
	if (no_system && !git_config_bool(slu_s(no_system), true, &none))
		return false;
	if (!none && (!machine || !git_config_file(c, machine)))
		return false;
	if (!read_personal(c) || git_config_get(c, "safe.barerepository", &v))
		return false;
	git_config own = { .a = c->a };
	if (!git_config_file(&own, slu_printf(c->a, "%s/config", p->common)) || !git_config_format(&own, &hash, &partial) || git_config_get(&own, "core.worktree", &v))
		return false;
	if (is_set(&own, "extensions.worktreeconfig") && !git_config_file(&own, slu_printf(c->a, "%s/config.worktree", p->git_dir)))
		return false;
	for (size_t i = 0; i < own.list.n; i++)
		*SLU_ADD(c->a, &c->list) = own.list.v[i];
	return !git_config_get(&own, "core.worktree", &v);
}

/* ---- the answer ---------------------------------------------------------------------------------------------------------- */

static slu_str head_of(slu_arena *a, const char *git_dir)
{
	slu_str head = git_small_file(a, slu_printf(a, "%s/HEAD", git_dir));
	if (!slu_str_starts(head, "ref:"))
		return (slu_str){ 0 };
	return slu_str_trim((slu_str){ head.p + 4, head.n - 4 });
}

slu_rc git_here(struct port_git_here *out, slu_arena *a, slu_err *err)
{
	struct place p = { .git_dir = NULL };
	git_config c = { .a = a };
	if (!find_place(&p, a))
		return slu_fail(err, SLU_E_NOT_FOUND, "This folder is in no Git repository. Go to one (cd), or make one: git init");
	if (p.unusual || !read_settings(&c, &p))
		return git_here_by_git(out, a, err);
	*out = (struct port_git_here){
		.git_dir = p.git_dir,
		.bare = strcmp(p.common, p.git_dir) == 0 && is_set(&c, "core.bare"),
		.shallow = is_there(a, p.common, "shallow"),
		.head = head_of(a, p.git_dir),
		.setting = c.list.v,
		.setting_n = c.list.n,
	};
	out->work_tree = out->bare ? NULL : p.work_tree;
	return SLU_OK;
}

/** Lines of `git ARGS`, as the caller's own git prints them. @return false: it failed */
static bool ask(slu_arena *a, const char *const *argv, struct run_result *r)
{
	struct run_spec s = RUN_SPEC;
	slu_err err = { 0 };
	s.argv = argv;
	s.env = (const char *const *)environ;
	s.max_out = 16u << 20;
	return run_proc(r, a, &s, &err) == SLU_OK && r->exit_code == 0;
}

slu_rc git_here_by_git(struct port_git_here *out, slu_arena *a, slu_err *err)
{
	static const char *const where[] = { "git", "rev-parse", "--absolute-git-dir", "--is-bare-repository", "--is-shallow-repository", NULL };
	static const char *const top[] = { "git", "rev-parse", "--show-toplevel", NULL }, *const head[] = { "git", "symbolic-ref", "--quiet", "HEAD", NULL };
	static const char *const list[] = { "git", "config", "--list", "-z", NULL };
	struct run_result r = { .exit_code = 0 };
	struct port_git_here h = { .git_dir = NULL };
	slu_str line = { 0 };
	git_config c = { .a = a };
	if (!ask(a, where, &r)) {
		slu_str why = r.err;
		(void)slu_str_split(&why, '\n', &line);
		return slu_fail(err, SLU_E_NOT_FOUND, "This folder is in no Git repository%s%.*s.", line.n ? ": git says: " : "", SLU_FMT(line));
	}
	(void)slu_str_split(&r.out, '\n', &line);
	h.git_dir = slu_str_dup(a, line);
	(void)slu_str_split(&r.out, '\n', &line);
	h.bare = slu_str_is(line, "true");
	h.shallow = slu_str_is(slu_str_trim(r.out), "true");
	if (!h.bare && ask(a, top, &r))
		h.work_tree = slu_str_dup(a, slu_str_trim(r.out));
	if (ask(a, head, &r))
		h.head = slu_str_trim(r.out);
	if (ask(a, list, &r))
		git_config_list(&c, r.out);
	h.setting = c.list.v;
	h.setting_n = c.list.n;
	*out = h;
	return SLU_OK;
}
