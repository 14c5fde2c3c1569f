/* SPDX-License-Identifier: Apache-2.0 */
/* A whole repository: made, imported, kept. */
#include "base/limits.h"
#include "git/git_cli_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IMPORT_MS = 3600 * 1000 };

/* What every repository of the server is set to. The server takes pushes itself; `receive.procReceiveRefs = refs/` hands each command
   of somebody else's receive-pack to a hook that is not there, so that a push around the server moves nothing. */
static const char settings[] = "[core]\n"
			       "\tfsync = all\n"
			       "\tlogAllRefUpdates = false\n"
			       "\thooksPath = /dev/null\n"
			       "[receive]\n"
			       "\tautogc = false\n"
			       "\tfsckObjects = true\n"
			       "\tprocReceiveRefs = refs/\n"
			       "\tmaxInputSize = %llu\n"
			       "\tdenyCurrentBranch = ignore\n"
			       "\tdenyDeleteCurrent = ignore\n"
			       "\tadvertisePushOptions = true\n"
			       "\tadvertiseAtomic = true\n"
			       "[transfer]\n"
			       "\thideRefs = refs/sluice\n"
			       "\thideRefs = !refs/sluice/heads\n"
			       "[uploadpack]\n"
			       "\tallowFilter = true\n"
			       "[gc]\n"
			       "\tauto = 0\n"
			       "[maintenance]\n"
			       "\tauto = false\n"
			       "[protocol]\n"
			       "\tversion = 2\n";

static slu_rc make_parents(slu_arena *a, const char *path, slu_err *err)
{
	char *p = slu_strdup(a, path);
	for (char *c = p + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(p, 0700) != 0 && errno != EEXIST)
			return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "The folder %s cannot be made: %s.", p, strerrordesc_np(errno));
		*c = '/';
	}
	return SLU_OK;
}

static slu_rc append_settings(slu_arena *a, const char *path, slu_err *err)
{
	const char *config = slu_printf(a, "%s/config", path);
	int fd = open(config, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "The file %s cannot be written: %s.", config, strerrordesc_np(errno));
	const char *text = slu_printf(a, settings, SLU_MAX_PACK_BYTES);
	slu_rc rc = run_write_all(fd, text, strlen(text), -1, err);
	if (rc == SLU_OK && fsync(fd) != 0)
		rc = slu_fail(err, slu_rc_io(strerrordesc_np(errno)), "The file %s cannot be written: %s.", config, strerrordesc_np(errno));
	close(fd);
	return rc;
}

static slu_rc init(slu_arena *a, const char *path, slu_str branch, const char *format, slu_err *err)
{
	struct stat st;
	if (lstat(path, &st) == 0)
		return slu_fail(err, SLU_E_EXISTS, "There is something at %s already.", path);
	SLU_TRY(make_parents(a, path, err));
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = path, .lock_fd = -1 }, sizeof(struct git_cli));
	slu_str text;
	struct git_call c = GIT_CALL("init", "--quiet", "--bare", "--template=", slu_printf(a, "--object-format=%s", format), slu_printf(a, "--initial-branch=%.*s", SLU_FMT(branch)), "--", path);
	c.no_repository = true;
	slu_rc rc = git_cli_ok(g, a, &c, &text, err);
	git_cli_free(g);
	return rc == SLU_OK ? append_settings(a, path, err) : rc;
}

/** All of it, and its name, outlast a power cut: a row in the database will say that it is there. */
static slu_rc on_disk(const char *path, slu_err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	slu_rc rc = fd >= 0 && syncfs(fd) == 0 ? SLU_OK : slu_fail(err, SLU_E_IO, "%s cannot be written to the disk: %s.", path, strerrordesc_np(errno));
	run_close(&fd);
	return rc;
}

slu_rc git_repo_init(const char *path, slu_str default_branch, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	SLU_TRY(init(a, path, default_branch.n ? default_branch : SLU_STR("main"), "sha1", err));
	return on_disk(path, err);
}

slu_rc git_repo_default_branch(slu_str *out, slu_arena *a, const char *path, slu_err *err)
{
	char buf[1200];
	const char *file = slu_printf(a, "%s/HEAD", path);
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof buf);
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return slu_fail(err, SLU_E_IO, "The file %s cannot be read: %s.", file, strerrordesc_np(errno));
	slu_str text = slu_str_trim((slu_str){ buf, (size_t)n });
	if (!slu_str_starts(text, "ref: refs/heads/"))
		return slu_fail(err, SLU_E_NOT_FOUND, "HEAD of %s names no branch.", path);
	*out = slu_s(slu_strndup(a, text.p + 16, text.n - 16));
	return SLU_OK;
}

slu_rc git_repo_set_default(const char *path, slu_str branch, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	slu_str now = { 0 }, text;
	if (git_repo_default_branch(&now, a, path, NULL) == SLU_OK && slu_str_eq(now, branch))
		return SLU_OK;
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = path, .lock_fd = -1 }, sizeof(struct git_cli));
	struct git_call c = GIT_CALL("symbolic-ref", "HEAD", slu_printf(a, "refs/heads/%.*s", SLU_FMT(branch)));
	slu_rc rc = git_cli_ok(g, a, &c, &text, err);
	git_cli_free(g);
	return rc == SLU_OK ? on_disk(path, err) : rc;
}

/* ---- import ----------------------------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

/** How good a branch is to be HEAD where the source's HEAD names none that is there. */
static int rank(slu_str branch)
{
	static const char *const known[] = { "main", "master", "develop", "development", "trunk" };
	enum { KNOWN = sizeof known / sizeof *known };
	for (int i = 0; i < KNOWN; i++)
		if (slu_str_is(branch, known[i]))
			return KNOWN + 1 - i;
	return 1;
}

/** What HEAD names at the source (the likeliest branch where it names none that is there), and the hash its ids are of. */
static slu_rc look_at_source(struct git_cli *g, slu_arena *a, const char *from, slu_str *branch, const char **format, slu_err *err)
{
	struct git_call c = GIT_CALL("ls-remote", "--symref", "--", from, "HEAD", "refs/heads/*");
	c.no_repository = true;
	c.max_out = GIT_BIG_OUTPUT;
	slu_str text, line, errs;
	int code = 0, best = 0;
	SLU_TRY(git_cli_run(g, a, &c, &text, &code, &errs, err));
	if (code != 0) {
		(void)slu_str_split(&errs, '\n', &line);
		return slu_fail(err, SLU_E_INVALID, "%s is no Git repository and no bundle that can be read. Git says: %.*s", from, SLU_FMT(line));
	}
	while (slu_str_split(&text, '\n', &line)) {
		slu_str first = { 0 };
		bool symbolic = slu_str_starts(line, "ref: refs/heads/");
		(void)slu_str_split(&line, '\t', &first);
		slu_str name = symbolic ? first : line;
		size_t skip = symbolic ? strlen("ref: refs/heads/") : strlen("refs/heads/");
		if (!symbolic)
			*format = first.n == 64 ? "sha256" : "sha1";
		if (!symbolic && !slu_str_starts(name, "refs/heads/"))
			continue;
		name = (slu_str){ name.p + skip, name.n - skip };
		if ((symbolic ? 100 : rank(name)) > best) {
			best = symbolic ? 100 : rank(name);
			*branch = name;
		}
	}
	return SLU_OK;
}

static slu_rc fetch(struct git_cli *g, slu_arena *a, const char *from, slu_err *err)
{
	/* One fsync at the end in place of one for each ref. What runs at the source is its upload-pack alone. */
	struct git_call steps[] = {
		GIT_CALL("-c", "core.fsync=none", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--", from,
			 "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"),
		GIT_CALL("-c", "core.fsync=none", "pack-refs", "--all", "--prune"),
		/* Whatever lies here must be whole: see intake.c. A bundle's pack may hold what its refs do not need, and what lacks parts. */
		GIT_CALL("-c", "core.fsync=none", "repack", "-a", "-d", "-q"),
	};
	struct stat st;
	bool bundle = stat(from, &st) == 0 && S_ISREG(st.st_mode);
	slu_str text;
	for (size_t i = 0; i < sizeof steps / sizeof *steps - !bundle; i++) {
		steps[i].max_out = GIT_BIG_OUTPUT;
		steps[i].timeout_ms = IMPORT_MS;
		SLU_TRY(git_cli_ok(g, a, &steps[i], &text, err));
	}
	int fd = open(g->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || syncfs(fd) != 0) {
		int e = errno;
		run_close(&fd);
		return slu_fail(err, slu_rc_io(strerrordesc_np(e)), "The imported repository cannot be written to disk: %s.", strerrordesc_np(e));
	}
	close(fd);
	return SLU_OK;
}

static slu_rc is_there(const char *from, slu_err *err)
{
	struct stat st;
	if (from[0] != '/' || stat(from, &st) != 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no repository at %s; give the absolute path of one on this machine.", from);
	return SLU_OK;
}

slu_rc git_repo_source(slu_str *default_branch, slu_arena *a, const char *from, slu_err *err)
{
	slu_str branch = SLU_STR("main");
	const char *format = "sha1";
	SLU_TRY(is_there(from, err));
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = from, .lock_fd = -1 }, sizeof(struct git_cli));
	slu_rc rc = look_at_source(g, a, from, &branch, &format, err);
	if (rc == SLU_OK)
		*default_branch = slu_s(slu_str_dup(a, branch));
	git_cli_free(g);
	return rc;
}

slu_rc git_repo_import(const char *path, const char *from, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	SLU_TRY(is_there(from, err));
	slu_str branch = SLU_STR("main");
	const char *format = "sha1";
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = path, .lock_fd = -1 }, sizeof(struct git_cli));
	slu_rc rc = look_at_source(g, a, from, &branch, &format, err);
	bool made = false;
	if (rc == SLU_OK) {
		rc = init(a, path, branch, format, err);
		made = rc != SLU_E_EXISTS;
	}
	if (rc == SLU_OK)
		rc = fetch(g, a, from, err);
	if (rc == SLU_OK)
		rc = git_repo_commit_graph(path, err);
	if (rc == SLU_OK)
		rc = on_disk(path, err);
	if (rc != SLU_OK && made)
		(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	git_cli_free(g);
	return rc;
}

/* ---- keeping ---------------------------------------------------------------------------------------------------------------- */

slu_rc git_repo_commit_graph(const char *path, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = path, .lock_fd = -1 }, sizeof(struct git_cli));
	struct git_call c = GIT_CALL("commit-graph", "write", "--reachable", "--split", "--no-progress");
	slu_str text;
	slu_rc rc = git_cli_ok(g, a, &c, &text, err);
	git_cli_free(g);
	return rc;
}

slu_rc git_repo_check(const char *path, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = path, .lock_fd = -1 }, sizeof(struct git_cli));
	struct git_call c = GIT_CALL("fsck", "--connectivity-only", "--no-dangling", "--no-progress");
	slu_str text;
	slu_err why = { 0 };
	slu_rc rc = git_cli_ok(g, a, &c, &text, &why);
	git_cli_free(g);
	return rc == SLU_OK ? rc : slu_fail(err, SLU_E_CORRUPT, "%s: %s", path, why.text);
}

/** Call `each` with the names of a folder's entries. @return false: it cannot be read, errno says why */
static bool each_entry(int dir_fd, void (*each)(void *ctx, int dir_fd, const struct dirent *e), void *ctx)
{
	DIR *d = dir_fd >= 0 ? fdopendir(dir_fd) : NULL;
	if (!d) {
		int why = errno;
		run_close(&dir_fd);
		errno = why;
		return false;
	}
	for (struct dirent *e = readdir(d); e; e = readdir(d))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			each(ctx, dirfd(d), e);
	closedir(d);
	return true;
}

static int open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

struct stale_locks {
	size_t n;
	unsigned depth;
};

/** No ref can be called *.lock, so each such file is a lock. */
static void unlock_entry(void *ctx, int dir_fd, const struct dirent *e)
{
	struct stale_locks *x = ctx;
	if (slu_str_ends(slu_s(e->d_name), ".lock") && unlinkat(dir_fd, e->d_name, 0) == 0) {
		x->n++;
	} else if ((e->d_type == DT_DIR || e->d_type == DT_UNKNOWN) && x->depth < 64) {
		x->depth++;
		(void)each_entry(open_folder(dir_fd, e->d_name), unlock_entry, x);
		x->depth--;
	}
}

struct quarantines {
	const char *objects;
	size_t n;
};

static void quarantine_entry(void *ctx, int dir_fd, const struct dirent *e)
{
	struct quarantines *x = ctx;
	slu_auto_arena *a = slu_arena_new();
	(void)dir_fd;
	if (slu_str_starts(slu_s(e->d_name), "tmp_objdir-") || slu_str_starts(slu_s(e->d_name), "incoming-")) /* git from 2.35 on, and before */
		x->n += nftw(slu_printf(a, "%s/%s", x->objects, e->d_name), remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

slu_rc git_repo_clear_stale(const char *path, size_t *locks, size_t *quarantines, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct stale_locks l = { 0 };
	struct quarantines q = { .objects = slu_printf(a, "%s/objects", path) };
	if (access(path, F_OK) == 0) {
		if (!each_entry(open_folder(AT_FDCWD, slu_printf(a, "%s/refs", path)), unlock_entry, &l) || !each_entry(open_folder(AT_FDCWD, q.objects), quarantine_entry, &q))
			return slu_fail(err, SLU_E_IO, "The folders of %s cannot be read: %s.", path, strerrordesc_np(errno));
		static const char *const files[] = { "packed-refs.lock", "packed-refs.new", "HEAD.lock" };
		for (size_t i = 0; i < sizeof files / sizeof *files; i++)
			l.n += unlink(slu_printf(a, "%s/%s", path, files[i])) == 0;
	}
	*locks = l.n;
	*quarantines = q.n;
	return SLU_OK;
}
