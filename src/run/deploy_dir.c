/* SPDX-License-Identifier: Apache-2.0 */
#include "run/deploy_dir.h"

#include "base/limits.h"
#include "keeper/protocol.h"
#include "run/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GIT_MS = 300000 };

static slu_rc make_dirs(const char *path, mode_t last, slu_err *err)
{
	char text[4096];
	if ((size_t)snprintf(text, sizeof text, "%s", path) >= sizeof text)
		return slu_fail(err, SLU_E_LIMIT, "the path %s is too long", path);
	for (char *p = strchr(text + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(text, 0755) != 0 && errno != EEXIST)
			return slu_fail(err, SLU_E_IO, "%s cannot be made: %s", text, strerror(errno));
		*p = '/';
	}
	if (mkdir(text, last) != 0 && errno != EEXIST)
		return slu_fail(err, SLU_E_IO, "%s cannot be made: %s", text, strerror(errno));
	return SLU_OK;
}

/* The way from the home down to it may be gone, not looked about on. */
static slu_rc open_to_user(const struct port_deploy *d, const char *path, slu_err *err)
{
	char *text = slu_strdup(d->a, path);
	for (size_t n = strlen(text), home = strlen(d->home); n >= home; n = (size_t)(strrchr(text, '/') - text)) {
		text[n] = '\0';
		if (chmod(text, 0711) != 0)
			return slu_fail(err, SLU_E_IO, "%s cannot be opened to the user of the deployments: %s", text, strerror(errno));
	}
	return SLU_OK;
}

slu_rc run_deploy_dir(const struct port_deploy *d, const char **out, slu_err *err)
{
	const char *path = slu_printf(d->a, "%s/work/%.*s/%.*s/%.*s", d->home, SLU_FMT(d->owner), SLU_FMT(d->name), SLU_FMT(d->environment->name));
	SLU_TRY(make_dirs(path, 0700, err));
	if (d->user)
		SLU_TRY(open_to_user(d, path, err));
	*out = path;
	return SLU_OK;
}

slu_rc run_release_name(const struct port_deploy *d, const struct port_deploy_version *v, const char **out, slu_err *err)
{
	const char *name = slu_printf(d->a, "%.*s-%.12s", SLU_FMT(v->version), v->commit.hex);
	if (strlen(name) >= KEEPER_TAG || strpbrk(name, "/ \n") || name[0] == '.' || slu_oid_is_zero(&v->commit))
		return slu_fail(err, SLU_E_INVALID, "a release cannot be called %s", name);
	*out = name;
	return SLU_OK;
}

slu_rc run_release_path(const struct port_deploy *d, const struct port_deploy_version *v, const char **out, slu_err *err)
{
	const char *dir, *name;
	SLU_TRY(run_deploy_dir(d, &dir, err));
	SLU_TRY(run_release_name(d, v, &name, err));
	*out = slu_printf(d->a, "%s/releases/%s", dir, name);
	return SLU_OK;
}

/* Trees that their user may change meanwhile: these tools go by descriptors, and follow no link out of the tree. */
static slu_rc run_tool(const struct port_deploy *d, const char *const *argv, slu_err *err)
{
	const char *env[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };
	struct run_spec spec = RUN_SPEC;
	struct run_result res;
	spec.argv = argv;
	spec.env = env;
	spec.timeout_ms = GIT_MS;
	return run_proc_ok(&res, d->a, &spec, err);
}

static void remove_tree(const struct port_deploy *d, const char *path)
{
	const char *argv[] = { "rm", "-rf", "--", path, NULL };
	(void)!run_tool(d, argv, NULL);
}

static slu_rc give_tree(const struct port_deploy *d, const char *path, slu_err *err)
{
	if (!d->user)
		return SLU_OK;
	const char *argv[] = { "chown", "-RhP", slu_printf(d->a, "%u:%u", (unsigned)d->user->uid, (unsigned)d->user->gid), "--", path, NULL };
	return run_tool(d, argv, err);
}

slu_rc run_as_owner(const char *const **out, slu_arena *a, const char *path, const char *const *argv, slu_err *err)
{
	struct stat st;
	SLU_LIST(const char *) list = { 0 };
	if (stat(path, &st) != 0)
		return slu_fail(err, SLU_E_IO, "whose release %s is cannot be told: %s", path, strerror(errno));
	if (st.st_uid == geteuid()) {
		*out = argv;
		return SLU_OK;
	}
	*SLU_ADD(a, &list) = "/usr/bin/setpriv";
	*SLU_ADD(a, &list) = slu_printf(a, "--reuid=%u", (unsigned)st.st_uid);
	*SLU_ADD(a, &list) = slu_printf(a, "--regid=%u", (unsigned)st.st_gid);
	*SLU_ADD(a, &list) = "--clear-groups";
	*SLU_ADD(a, &list) = "--";
	for (; *argv; argv++)
		*SLU_ADD(a, &list) = *argv;
	*SLU_ADD(a, &list) = NULL;
	*out = list.v;
	return SLU_OK;
}

/* By an index of its own: the repository is bare, and nothing in it moves. No filter or hook of a configuration runs. */
static slu_rc check_out(const struct port_deploy *d, const char *commit, const char *to, const char *index, slu_err *err)
{
	const char *env[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_NO_REPLACE_OBJECTS=1",
		              "GIT_TERMINAL_PROMPT=0", "GIT_ATTR_NOSYSTEM=1", slu_printf(d->a, "GIT_INDEX_FILE=%s", index), slu_printf(d->a, "GIT_DIR=%s", d->git_dir),
		              slu_printf(d->a, "GIT_WORK_TREE=%s", to), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", NULL };
	const char *read_tree[] = { "git", "-c", "core.bare=false", "read-tree", commit, NULL };
	const char *checkout[] = { "git", "-c", "core.bare=false", "-c", "core.hooksPath=/dev/null", "checkout-index", "--all", "--force", NULL };
	struct run_spec spec = RUN_SPEC;
	struct run_result res;
	spec.env = env;
	spec.cwd = to;
	spec.timeout_ms = GIT_MS;
	spec.argv = read_tree;
	SLU_TRY(run_proc_ok(&res, d->a, &spec, err));
	spec.argv = checkout;
	return run_proc_ok(&res, d->a, &spec, err);
}

/* With fsync, names that were given or changed in the folder stay so, also after a power cut; with syncfs, all that was written to its
   file system is there: a release that has its name is whole. */
static slu_rc on_disk(const char *folder, int (*sync)(int), slu_err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && sync(fd) == 0;
	int why = errno;
	run_close(&fd);
	return good ? SLU_OK : slu_fail(err, SLU_E_IO, "the folder %s cannot be written to the disk: %s", folder, strerror(why));
}

slu_rc run_release_make(const struct port_deploy *d, const struct port_deploy_version *v, slu_err *err)
{
	const char *path;
	SLU_TRY(run_release_path(d, v, &path, err));
	struct stat st;
	if (lstat(path, &st) == 0)
		return d->user && st.st_uid != d->user->uid ? give_tree(d, path, err) : SLU_OK;
	const char *half = slu_printf(d->a, "%s.half", path), *index = slu_printf(d->a, "%s.index", path);
	remove_tree(d, half); /* of an attempt that was interrupted */
	(void)unlink(index);
	SLU_TRY(make_dirs(half, 0755, err));
	if (d->user)
		SLU_TRY(open_to_user(d, slu_strndup(d->a, half, (size_t)(strrchr(half, '/') - half)), err));
	slu_rc rc = check_out(d, v->commit.hex, half, index, err);
	(void)unlink(index);
	if (rc == SLU_OK)
		rc = give_tree(d, half, err);
	if (rc == SLU_OK)
		rc = on_disk(half, syncfs, err);
	if (rc == SLU_OK && rename(half, path) != 0)
		rc = slu_fail(err, SLU_E_IO, "%s cannot be put in its place: %s", path, strerror(errno));
	else if (rc == SLU_OK)
		rc = on_disk(slu_printf(d->a, "%s/..", path), fsync, err);
	if (rc != SLU_OK) {
		remove_tree(d, half);
		return slu_err_context(err, "laying out %.12s", v->commit.hex);
	}
	return SLU_OK;
}

slu_rc run_release_current(const struct port_deploy *d, const struct port_deploy_version *v, slu_err *err)
{
	const char *dir, *name;
	SLU_TRY(run_deploy_dir(d, &dir, err));
	SLU_TRY(run_release_name(d, v, &name, err));
	const char *link = slu_printf(d->a, "%s/current", dir), *next = slu_printf(d->a, "%s.next", link);
	(void)unlink(next);
	if (symlink(slu_printf(d->a, "releases/%s", name), next) != 0 || rename(next, link) != 0)
		return slu_fail(err, SLU_E_IO, "%s cannot be set: %s", link, strerror(errno));
	return on_disk(dir, fsync, err);
}

struct found {
	char *path;
	int64_t at;
};

static int newest_first(const void *x, const void *y)
{
	const struct found *a = x, *b = y;
	return a->at < b->at ? 1 : a->at > b->at ? -1 : 0;
}

void run_releases_prune(const struct port_deploy *d)
{
	const char *dir, *new_ = "", *old = "";
	SLU_LIST(struct found) list = { 0 };
	if (run_deploy_dir(d, &dir, NULL) != SLU_OK || run_release_name(d, &d->new_, &new_, NULL) != SLU_OK)
		return;
	if (d->has_old && run_release_name(d, &d->old, &old, NULL) != SLU_OK)
		return;
	DIR *f = opendir(slu_printf(d->a, "%s/releases", dir));
	for (struct dirent *e = f ? readdir(f) : NULL; e; e = readdir(f)) {
		struct stat st;
		char *path = slu_printf(d->a, "%s/releases/%s", dir, e->d_name);
		if (e->d_name[0] != '.' && strcmp(e->d_name, new_) != 0 && strcmp(e->d_name, old) != 0 && lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			*SLU_ADD(d->a, &list) = (struct found){ path, (int64_t)st.st_ctim.tv_sec };
	}
	if (f)
		(void)closedir(f);
	if (list.n > RUN_RELEASES_KEPT)
		qsort(list.v, list.n, sizeof *list.v, newest_first);
	for (size_t i = RUN_RELEASES_KEPT; i < list.n; i++)
		remove_tree(d, list.v[i].path);
}

bool run_stopped(const struct port_deploy *d)
{
	return d->stopped && d->stopped(d->stop_ctx);
}
