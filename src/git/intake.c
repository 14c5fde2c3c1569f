/* SPDX-License-Identifier: Apache-2.0 */
#include "git/intake.h"

#include "base/limits.h"
#include "git/git.h"
#include "git/packs.h"
#include "run/proc.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PACK_HEAD = 12,                  /* "PACK", version, number of objects */
	SAID_MAX = 64 * 1024,            /* of Git's words, kept until somebody takes them */
	HEARD = 4096,                    /* of them at once */
	WHY_MAX = 2 * HEARD,             /* the newest, at least HEARD of them if there are so many: they tell why it ended */
	IDLE_S = 600,
	UNPACK_MS = 3600 * 1000,         /* from the last byte of a pack */
	CHECK_MS = 1800 * 1000
};

struct git_intake {
	slu_arena *a;
	struct git_intake_how how;
	const char *objects;    /* of the repository */
	char *dir;              /* the quarantine; NULL: none was needed */
	const char *alternates;
	struct git_env env;
	unsigned char head[PACK_HEAD];
	size_t head_n;
	uint64_t taken;
	uint32_t count;         /* objects of the pack, by its head */
	struct run_child unpack, check;
	int64_t deadline_ms;    /* of unpack, once the pack has ended */
	int exit_code;
	slu_buf said, why;
	slu_err failed;         /* the first failure; code SLU_OK: none */
};

void git_intake_begin(git_intake **out, const struct git_intake_how *how)
{
	git_intake *in = calloc(1, sizeof *in);
	if (!in)
		abort();
	in->a = slu_arena_new();
	in->how = *how;
	in->how.repository = slu_strdup(in->a, how->repository);
	in->how.idle_s = how->idle_s ? how->idle_s : IDLE_S;
	in->objects = slu_printf(in->a, "%s/objects", how->repository);
	in->unpack = in->check = RUN_NO_CHILD;
	git_env_init(&in->env, in->a);
	slu_buf_init(&in->said, SAID_MAX);
	slu_buf_init(&in->why, WHY_MAX);
	*out = in;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

void git_intake_end(git_intake *in)
{
	if (!in)
		return;
	run_stop(&in->unpack, RUN_GRACE_MS);
	run_stop(&in->check, RUN_GRACE_MS);
	if (in->dir)
		(void)nftw(in->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	slu_buf_release(&in->said);
	slu_buf_release(&in->why);
	slu_arena_free(in->a);
	free(in);
}

const char *git_intake_objects(const git_intake *in)
{
	return in->dir;
}

const char *git_intake_alternates(const git_intake *in)
{
	return in->alternates;
}

/* ---- unpacking -------------------------------------------------------------------------------------------------------- */

static slu_rc fail(git_intake *in, slu_rc rc, const char *text)
{
	run_stop(&in->unpack, RUN_GRACE_MS);
	return slu_fail(&in->failed, rc, "%s", text);
}

static slu_rc told(const git_intake *in, slu_err *err)
{
	return in->failed.code == SLU_OK ? SLU_OK : slu_fail(err, in->failed.code, "%s", in->failed.text);
}

/** A path as Git reads it in its list of alternates: what would be taken for the list's own signs is quoted. */
static const char *alternate(slu_arena *a, const char *path)
{
	if (path[0] != '"' && !strpbrk(path, ":\n\\"))
		return path;
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	slu_buf_addc(&b, '"');
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if (c < 0x20)
			slu_buf_addf(&b, "\\%03o", c);
		else if (c == '"' || c == '\\')
			slu_buf_addf(&b, "\\%c", c);
		else
			slu_buf_addc(&b, *path);
	}
	slu_buf_addc(&b, '"');
	return slu_str_dup(a, slu_buf_str(&b));
}

static slu_rc quarantine(git_intake *in)
{
	char *dir = slu_printf(in->a, "%s/tmp_objdir-incoming-XXXXXX", in->objects);
	if (!mkdtemp(dir))
		return fail(in, slu_rc_io(strerrordesc_np(errno)), slu_printf(in->a, "No folder can be made in %s: %s.", in->objects, strerrordesc_np(errno)));
	in->dir = dir;
	in->alternates = alternate(in->a, in->objects);
	git_env_add(&in->env, in->a, "GIT_OBJECT_DIRECTORY", dir);
	git_env_add(&in->env, in->a, "GIT_ALTERNATE_OBJECT_DIRECTORIES", in->alternates);
	git_env_add(&in->env, in->a, "GIT_QUARANTINE_PATH", dir);
	return SLU_OK;
}

static slu_rc start(git_intake *in, struct run_child *c, const char *const *argv, unsigned pipes, slu_err *err)
{
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = in->env.v;
	s.cwd = "/";
	s.inherit = &in->how.lock_fd;
	s.inherit_n = in->how.lock_fd >= 0 ? 1 : 0;
	s.cancel_fd = in->how.cut_fd;
	return run_start(c, &s, pipes, err);
}

static slu_rc start_unpack(git_intake *in)
{
	const char *git_dir = slu_printf(in->a, "--git-dir=%s", in->how.repository), *max = slu_printf(in->a, "--max-input-size=%llu", SLU_MAX_PACK_BYTES);
	const char *argv[] = { "git", git_dir, "index-pack", "--stdin", "--fix-thin", "--strict", max, in->how.progress ? "--show-resolving-progress" : NULL, NULL };
	SLU_TRY(quarantine(in));
	if (start(in, &in->unpack, argv, RUN_PIPE_IN | RUN_PIPE_ERR, &in->failed) != SLU_OK)
		return in->failed.code;
	return SLU_OK;
}

static void hear(git_intake *in)
{
	char buf[HEARD];
	ssize_t n = read(in->unpack.err, buf, sizeof buf);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		run_close(&in->unpack.err);
		return;
	}
	if (in->said.n + (size_t)n <= SAID_MAX) /* else this piece is dropped: progress that nobody took */
		slu_buf_add(&in->said, buf, (size_t)n);
	if (in->why.n + (size_t)n > WHY_MAX)
		slu_buf_clear(&in->why);
	slu_buf_add(&in->why, buf, (size_t)n);
}

static slu_rc cut(git_intake *in)
{
	return fail(in, SLU_E_BUSY, "The server ends, and Git had not ended by itself. Nothing was changed; push again.");
}

static slu_rc give(git_intake *in, const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n > 0 && in->unpack.in >= 0) {
		struct pollfd ends[3] = { { in->unpack.in, POLLOUT, 0 }, { in->unpack.err, POLLIN, 0 }, { in->how.cut_fd > 0 ? in->how.cut_fd : -1, POLLIN, 0 } };
		int ready = poll(ends, 3, (int)in->how.idle_s * 1000);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return fail(in, SLU_E_TIMEOUT, slu_printf(in->a, "Git did not go on for %u s and was stopped.", in->how.idle_s));
		if (ends[2].revents)
			return cut(in);
		if (ends[1].revents)
			hear(in);
		if (!ends[0].revents)
			continue;
		ssize_t w = run_write(in->unpack.in, p, n);
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		} else if (errno != EINTR && errno != EAGAIN) {
			run_close(&in->unpack.in); /* it has ended, or wants no more: its words and its exit code tell */
		}
	}
	return SLU_OK;
}

/** The pack's head is there. One of no objects, as a push of what is here already has, needs no process. */
static slu_rc look_at_head(git_intake *in)
{
	uint32_t version;
	memcpy(&version, in->head + 4, sizeof version);
	memcpy(&in->count, in->head + 8, sizeof in->count);
	version = ntohl(version);
	in->count = ntohl(in->count);
	if (memcmp(in->head, "PACK", 4) != 0 || (version != 2 && version != 3))
		return fail(in, SLU_E_SYNTAX, "What follows the list of refs is no pack of Git's.");
	if (in->count == 0)
		return SLU_OK;
	SLU_TRY(start_unpack(in));
	return give(in, in->head, PACK_HEAD);
}

slu_rc git_intake_take(git_intake *in, const char *p, size_t n, slu_err *err)
{
	slu_rc rc = in->failed.code;
	in->taken += n;
	if (rc == SLU_OK && in->head_n < PACK_HEAD) {
		size_t fits = n < PACK_HEAD - in->head_n ? n : PACK_HEAD - in->head_n;
		memcpy(in->head + in->head_n, p, fits);
		in->head_n += fits;
		p += fits;
		n -= fits;
		if (in->head_n == PACK_HEAD)
			rc = look_at_head(in);
	}
	if (rc == SLU_OK && n > 0)
		rc = give(in, p, n);
	return told(in, err);
}

ptrdiff_t git_intake_says(git_intake *in, char *to, size_t cap, int wait_ms)
{
	run_close(&in->unpack.in);
	in->deadline_ms = in->deadline_ms ? in->deadline_ms : run_now_ms() + UNPACK_MS;
	while (in->said.n == 0 && in->unpack.err >= 0) {
		struct pollfd ends[2] = { { in->unpack.err, POLLIN, 0 }, { in->how.cut_fd > 0 ? in->how.cut_fd : -1, POLLIN, 0 } };
		int ready = poll(ends, 2, wait_ms);
		if (ready > 0 && ends[1].revents)
			(void)cut(in);
		else if (ready > 0)
			hear(in);
		else if (run_now_ms() > in->deadline_ms)
			(void)fail(in, SLU_E_TIMEOUT, "Git took more than an hour to unpack this push, and was stopped.");
		else if (ready == 0)
			return -1;
	}
	size_t n = in->said.n < cap ? in->said.n : cap;
	if (n > 0) {
		memcpy(to, in->said.p, n);
		memmove(in->said.p, in->said.p + n, in->said.n - n);
		in->said.n -= n;
	}
	return (ptrdiff_t)n;
}

/** It says nothing of this itself; mostly there was no memory left for it. */
static slu_rc killed(int sig, const char *while_, slu_err *err)
{
	return slu_fail(err, SLU_E_IO, "Git was ended by signal %d while it %s. Nothing was changed; push again, and when it happens again tell who runs the server.", sig, while_);
}

/* ---- commits and tags that are too large ------------------------------------------------------------------------------ */

static slu_rc too_large(slu_arena *a, const struct git_large *x, uint8_t hash, slu_err *err)
{
	const bool tag = x->kind == GIT_TAG;
	struct git_raw id = { 0 };
	memcpy(id.b, x->id, hash);
	const slu_oid oid = git_raw_hex(&id, hash);
	if (x->kind == GIT_MISSING)
		return slu_fail(err, SLU_E_CORRUPT, "Object %s of this push cannot be read, so how large it is is not known. Nothing was changed; push again.", oid.hex);
	const char *size = x->size ? slu_printf(a, "%zu bytes", x->size) : "far more";
	const char *helps = tag ? "make it again with a short message: git tag -f -a NAME" : slu_printf(a, "shorten its message: git commit --amend, or git rebase -i %.10s^", oid.hex);
	return slu_fail(err, SLU_E_LIMIT, "The %s %.10s has %s; with its message %s may have %u. Keep long texts in a file, and %s. Nothing was changed.", tag ? "tag" : "commit", oid.hex, size, tag ? "a tag" : "a commit",
	                SLU_MAX_COMMIT_BYTES, helps);
}

/** Whoever asks for a commit is given all of it, each time. */
static slu_rc sizes(git_intake *in, uint8_t hash, slu_err *err)
{
	struct git_large x;
	git_packs *p = git_packs_open(in->dir, hash, NULL);
	if (!p)
		return slu_fail(err, SLU_E_IO, "What Git made of this push cannot be read in %s. Nothing was changed; push again.", in->dir);
	git_packs_large(p, SLU_MAX_COMMIT_BYTES, &x);
	slu_rc rc = x.id ? too_large(in->a, &x, hash, err) : SLU_OK;
	git_packs_close(p);
	return rc;
}

/* ---- unpacked --------------------------------------------------------------------------------------------------------- */

slu_rc git_intake_unpacked(git_intake *in, const slu_oid *like, slu_err *err)
{
	const size_t sum = 20, sum_256 = 32; /* what a pack ends with */
	int sig = 0;
	SLU_TRY(told(in, err));
	if (in->head_n < PACK_HEAD || (in->count == 0 && in->taken != PACK_HEAD + sum && in->taken != PACK_HEAD + sum_256))
		return slu_fail(err, SLU_E_SYNTAX, "The pack is cut off.");
	if (in->count == 0)
		return SLU_OK;
	SLU_TRY(run_wait(&in->unpack, in->deadline_ms - run_now_ms(), &in->exit_code, &sig, err));
	if (sig)
		return killed(sig, "unpacked this push", err);
	if (in->exit_code == 0)
		return sizes(in, (uint8_t)(strlen(like->hex) / 2), err);
	if (slu_rc_io(in->why.p ? in->why.p : "") == SLU_E_FULL)
		return slu_fail(err, SLU_E_FULL, "The disk of the server is full; nothing was changed. Free some space there, or tell who runs it; then push again.");
	return slu_fail(err, SLU_E_INVALID, "Git does not take the objects of this push; what it says of them stands above. Nothing was changed.");
}

/* ---- is it whole? ------------------------------------------------------------------------------------------------------- */

/*
 * `index-pack --strict` has seen that whatever an object of the push names is here. What was here before is whole: it came by a pack that
 * was, in one step, or was written after what it names; and nothing is ever dropped. What is left to see, in case somebody did drop
 * objects by hand, is that the history leads to a ref; that needs no tree.
 */

slu_rc git_intake_check_begin(git_intake *in, const slu_oid *tip, size_t n, slu_err *err)
{
	const char *argv[] = { "git", slu_printf(in->a, "--git-dir=%s", in->how.repository), "rev-list", "--stdin", "--not", "--all", "--quiet", NULL };
	slu_auto_buf tips;
	slu_buf_init(&tips, (n + 1) * SLU_OID_TEXT);
	for (size_t i = 0; i < n; i++)
		if (!slu_oid_is_zero(&tip[i]))
			slu_buf_addf(&tips, "%s\n", tip[i].hex);
	if (tips.n == 0)
		return SLU_OK;
	SLU_TRY(start(in, &in->check, argv, RUN_PIPE_IN, err));
	/* it reads all of them before it begins; when it has ended already, its exit code tells */
	(void)!run_write_all(in->check.in, tips.p, tips.n, run_now_ms() + (int64_t)in->how.idle_s * 1000, NULL);
	run_close(&in->check.in);
	return SLU_OK;
}

slu_rc git_intake_check_end(git_intake *in, slu_err *err)
{
	int code = 0, sig = 0;
	if (in->check.pid == 0)
		return SLU_OK;
	SLU_TRY(run_wait(&in->check, CHECK_MS, &code, &sig, err));
	if (sig)
		return killed(sig, "looked whether any object is missing", err);
	if (code == 0)
		return SLU_OK;
	return slu_fail(err, SLU_E_INVALID, "The push needs objects that it does not bring and that are not here: fetch, then push again. Nothing was changed.");
}

/* ---- kept --------------------------------------------------------------------------------------------------------------- */

static slu_rc io(const char *path, slu_err *err)
{
	slu_rc rc = slu_rc_io(strerrordesc_np(errno));
	return slu_fail(err, rc, "The objects of the push cannot be kept in %s: %s.", path, strerrordesc_np(errno));
}

/** An object that is there already has the same bytes: it stays. */
static slu_rc move_file(const char *from, const char *to, slu_err *err)
{
	if (link(from, to) == 0 || errno == EEXIST)
		return SLU_OK; /* the other name goes with the quarantine */
	if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK) /* a file system without links */
		return io(to, err);
	return rename(from, to) == 0 ? SLU_OK : io(to, err);
}

/** Files of the pack, or its index: that makes all of its objects seen, at once, and comes last. */
static slu_rc move_files(slu_arena *a, const char *from, const char *to, bool index, slu_err *err)
{
	DIR *d = opendir(from);
	slu_rc rc = d ? SLU_OK : io(from, err);
	for (struct dirent *e = d ? readdir(d) : NULL; e && rc == SLU_OK; e = readdir(d))
		if (slu_str_starts(slu_s(e->d_name), "pack-") && slu_str_ends(slu_s(e->d_name), ".idx") == index)
			rc = move_file(slu_printf(a, "%s/%s", from, e->d_name), slu_printf(a, "%s/%s", to, e->d_name), err);
	if (d)
		(void)closedir(d);
	return rc;
}

slu_rc git_intake_keep(git_intake *in, slu_err *err)
{
	if (!in->dir)
		return SLU_OK;
	const char *from = slu_printf(in->a, "%s/pack", in->dir), *to = slu_printf(in->a, "%s/pack", in->objects);
	if (mkdir(to, 0777) != 0 && errno != EEXIST)
		return io(to, err);
	SLU_TRY(move_files(in->a, from, to, false, err));
	return move_files(in->a, from, to, true, err);
}
