/* SPDX-License-Identifier: Apache-2.0 */
/** Where a command is: the clone around it, the repository that its remote names, and Git. */
#include "cmd/call.h"
#include "cmd/records.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GIT_OUTPUT_MAX = 256 * 1024 * 1024 }; /* the files of a large repository are named in 40 MiB */
extern char **environ;

static slu_rc spawn_git(pid_t *child, int *from, int in, const char *const *argv, bool quiet, slu_err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return slu_fail(err, SLU_E_IO, "No pipe: %s.", strerror(errno));
	posix_spawn_file_actions_t actions;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	if (in >= 0)
		(void)posix_spawn_file_actions_adddup2(&actions, in, 0);
	if (quiet)
		(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	union { const char *const *from; char *const *to; } words = { .from = argv };
	int why = posix_spawnp(child, "git", &actions, NULL, words.to, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	if (why != 0) {
		(void)close(ends[0]);
		return slu_fail(err, SLU_E_IO, "git could not be started: %s.", strerror(why));
	}
	*from = ends[0];
	return SLU_OK;
}

slu_rc cmd_git_start(pid_t *child, int *from, const char *const *argv, slu_err *err)
{
	return spawn_git(child, from, -1, argv, false, err);
}

static slu_rc read_all(slu_buf *b, int fd, slu_err *err)
{
	char piece[16 * 1024];
	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n == 0)
			return SLU_OK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return slu_fail(err, SLU_E_IO, "The output of git could not be read: %s.", strerror(errno));
		slu_buf_add(b, piece, (size_t)n);
		if (b->over)
			return slu_fail(err, SLU_E_LIMIT, "git printed more than %d bytes.", GIT_OUTPUT_MAX);
	}
}

static slu_rc run_git(struct cmd_ctx *c, const char *dir, int in, const char *const *args, bool quiet, slu_str *out, slu_err *err)
{
	SLU_LIST(const char *) argv = { 0 };
	*SLU_ADD(c->a, &argv) = "git";
	if (dir) {
		*SLU_ADD(c->a, &argv) = "-C";
		*SLU_ADD(c->a, &argv) = dir;
	}
	for (size_t i = 0; args[i]; i++)
		*SLU_ADD(c->a, &argv) = args[i];
	*SLU_ADD(c->a, &argv) = NULL;
	pid_t child;
	int fd = -1, status = 0;
	SLU_TRY(spawn_git(&child, &fd, in, argv.v, quiet, err));
	slu_auto_buf b;
	slu_buf_init(&b, GIT_OUTPUT_MAX);
	slu_rc rc = read_all(&b, fd, err);
	(void)close(fd);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	SLU_TRY(rc);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "git %s failed with code %d.", args[0], WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	size_t n = b.n;
	while (n && b.p[n - 1] == '\n')
		n--;
	*out = (slu_str){ slu_strndup(c->a, b.p ? b.p : "", n), n };
	return SLU_OK;
}

slu_rc cmd_git(struct cmd_ctx *c, const char *dir, const char *const *args, bool quiet, slu_str *out, slu_err *err)
{
	return run_git(c, dir, -1, args, quiet, out, err);
}

/* From a file that has no name: both ends may be slow, and neither waits for the other. */
slu_rc cmd_git_fed(struct cmd_ctx *c, const char *const *args, slu_str input, slu_str *out, slu_err *err)
{
	int fd = memfd_create("sluice", MFD_CLOEXEC);
	for (size_t at = 0; fd >= 0 && at < input.n;) {
		ssize_t n = write(fd, input.p + at, input.n - at);
		if (n <= 0 && errno != EINTR)
			break;
		at += n > 0 ? (size_t)n : 0;
	}
	bool kept = fd >= 0 && lseek(fd, 0, SEEK_CUR) == (off_t)input.n && lseek(fd, 0, SEEK_SET) == 0;
	slu_rc rc = kept ? run_git(c, NULL, fd, args, false, out, err) : slu_fail(err, SLU_E_IO, "What git shall read cannot be kept: %s.", strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

slu_rc cmd_here(struct cmd_ctx *c, const struct port_git_here **out, slu_err *err)
{
	if (!c->here) {
		struct port_git_here *h = SLU_NEW(c->a, struct port_git_here);
		SLU_TRY(c->ports->git_here(h, c->a, err));
		c->here = h;
	}
	*out = c->here;
	return SLU_OK;
}

/* A repository is found from where the program stands: it goes there, and comes back. */
slu_rc cmd_here_at(struct cmd_ctx *c, const char *dir, const struct port_git_here **out, slu_err *err)
{
	if (getenv("GIT_DIR") || getenv("GIT_WORK_TREE"))
		return slu_fail(err, SLU_E_USAGE, "GIT_DIR or GIT_WORK_TREE names one repository, and this is about several. Unset it.");
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (here < 0)
		return slu_fail(err, SLU_E_IO, "The current folder cannot be opened: %s.", strerror(errno));
	struct port_git_here *h = SLU_NEW(c->a, struct port_git_here);
	slu_rc rc = chdir(dir) == 0 ? c->ports->git_here(h, c->a, err) : slu_fail(err, SLU_E_NOT_FOUND, "%s cannot be entered: %s.", dir, strerror(errno));
	if (fchdir(here) != 0 && rc == SLU_OK)
		rc = slu_fail(err, SLU_E_IO, "There is no way back to the folder where this began: %s.", strerror(errno));
	(void)close(here);
	if (rc == SLU_OK)
		*out = h;
	return rc;
}

slu_rc cmd_whole(struct cmd_ctx *c, const char *so, slu_err *err)
{
	const struct port_git_here *here;
	SLU_TRY(cmd_here(c, &here, err));
	if (!here->shallow)
		return SLU_OK;
	return slu_fail(err, SLU_E_USAGE, "This clone holds a part of the history only (it is shallow)%s. The rest comes with: git fetch --unshallow --tags", so);
}

slu_str cmd_here_branch(struct cmd_ctx *c)
{
	static const char heads[] = "refs/heads/";
	const struct port_git_here *h;
	if (cmd_here(c, &h, NULL) != SLU_OK || !slu_str_starts(h->head, heads))
		return (slu_str){ 0 };
	return (slu_str){ h->head.p + sizeof heads - 1, h->head.n - (sizeof heads - 1) };
}

slu_str cmd_setting(struct cmd_ctx *c, const char *key)
{
	const struct port_git_here *h;
	for (size_t i = cmd_here(c, &h, NULL) == SLU_OK ? h->setting_n : 0; i-- > 0;)
		if (slu_str_is(h->setting[i].key, key))
			return h->setting[i].value;
	return (slu_str){ 0 };
}

slu_rc cmd_worktree(struct cmd_ctx *c, const char **out, slu_err *err)
{
	const struct port_git_here *h;
	slu_rc rc = cmd_here(c, &h, err);
	if (rc == SLU_OK && h->work_tree)
		*out = h->work_tree;
	else if (rc == SLU_OK || rc == SLU_E_NOT_FOUND)
		return slu_fail(err, SLU_E_NOT_FOUND, "This folder is in no Git work tree.");
	return rc;
}

/* "http://HOST:PORT/OWNER/NAME.git" or "…:OWNER/NAME.git" → OWNER/NAME */
const char *cmd_name_in_url(struct cmd_ctx *c, slu_str url)
{
	while (url.n && url.p[url.n - 1] == '/')
		url.n--;
	if (slu_str_ends(url, ".git"))
		url.n -= 4;
	size_t at = url.n, slashes = 0;
	while (at > 0) {
		char ch = url.p[at - 1];
		if (ch == ':' || (ch == '/' && ++slashes == 2))
			break;
		at--;
	}
	slu_str name = { url.p + at, url.n - at };
	const char *slash = memchr(name.p, '/', name.n);
	return slash && slash != name.p && slash + 1 < name.p + name.n ? slu_str_dup(c->a, name) : NULL;
}

/* Where no setting names one, Git need not be asked. */
static bool may_have_remote(const struct port_git_here *here)
{
	for (size_t i = 0; here && i < here->setting_n; i++)
		if (slu_str_starts(here->setting[i].key, "remote."))
			return true;
	return !here;
}

static slu_rc remote_url(struct cmd_ctx *c, slu_str *out, slu_err *err)
{
	slu_str names = { 0 };
	const char *const origin[] = { "remote", "get-url", "origin", NULL }, *const list[] = { "remote", NULL };
	const char *dir = c->here ? c->here->work_tree : NULL; /* it may be another clone than the one around */
	bool may = may_have_remote(c->here);
	if (may && cmd_git(c, dir, origin, true, out, err) == SLU_OK)
		return SLU_OK;
	if (!may || cmd_git(c, dir, list, true, &names, err) != SLU_OK || names.n == 0 || memchr(names.p, '\n', names.n))
		return slu_fail(err, SLU_E_USAGE, "Which repository? Give --repo OWNER/NAME, or run this in a clone whose remote \"origin\" names it.");
	const char *const only[] = { "remote", "get-url", names.p, NULL };
	return cmd_git(c, dir, only, true, out, err);
}

slu_rc cmd_repo(struct cmd_ctx *c, const char **out, slu_err *err)
{
	if (!c->repo)
		c->repo = cmd_opt(c, "repo");
	if (!c->repo) {
		slu_str url;
		SLU_TRY(remote_url(c, &url, err));
		c->repo = cmd_name_in_url(c, url);
		if (!c->repo)
			return slu_fail(err, SLU_E_USAGE, "The remote's address %.*s names no OWNER/NAME. Give --repo OWNER/NAME.", SLU_FMT(url));
	}
	*out = c->repo;
	return SLU_OK;
}

/* Scheme, host and token (of "NAME:TOKEN@HOST") of an address. SLU_E_USAGE: it is none of a server. */
static slu_rc server_of(struct cmd_ctx *c, slu_str url, const char **server, const char **token, slu_err *err)
{
	size_t scheme = slu_str_starts(url, "http://") ? 7 : slu_str_starts(url, "https://") ? 8 : 0;
	if (scheme == 0)
		return slu_fail(err, SLU_E_USAGE, "The remote's address %.*s is no http:// address of a server.", SLU_FMT(url));
	slu_str rest = { url.p + scheme, url.n - scheme };
	const char *slash = memchr(rest.p, '/', rest.n);
	if (slash)
		rest.n = (size_t)(slash - rest.p);
	const char *at = memrchr(rest.p, '@', rest.n);
	if (at) {
		const char *colon = memchr(rest.p, ':', (size_t)(at - rest.p));
		if (colon)
			*token = slu_strndup(c->a, colon + 1, (size_t)(at - colon) - 1);
		rest = (slu_str){ at + 1, (size_t)(rest.p + rest.n - at) - 1 };
	}
	*server = slu_printf(c->a, "%.*s%.*s", (int)scheme, url.p, SLU_FMT(rest));
	return SLU_OK;
}

slu_rc cmd_remote_server(struct cmd_ctx *c, const char **server, const char **token, slu_err *err)
{
	slu_str url;
	SLU_TRY(remote_url(c, &url, err));
	return server_of(c, url, server, token, err);
}

slu_rc cmd_remote_at(struct cmd_ctx *c, slu_str remote, const char **server, const char **repo, slu_err *err)
{
	const char *const ask[] = { "remote", "get-url", slu_str_dup(c->a, remote), NULL }, *token = NULL;
	const struct port_git_here *here;
	slu_str url;
	SLU_TRY(cmd_here(c, &here, err));
	SLU_TRY(cmd_git(c, here->work_tree, ask, true, &url, err));
	SLU_TRY(server_of(c, url, server, &token, err));
	*repo = cmd_name_in_url(c, url);
	return *repo ? SLU_OK : slu_fail(err, SLU_E_USAGE, "The remote's address %.*s names no OWNER/NAME.", SLU_FMT(url));
}

bool cmd_in_a_clone(struct cmd_ctx *c)
{
	const struct port_git_here *here;
	return cmd_here(c, &here, NULL) == SLU_OK && !here->bare;
}
