/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The server's end of a push: commands and packs as Git sends them and as nobody should, however the bytes are cut; what is asked of
 * those who decide, what stays of it and what is reported. Requirement: PR-6
 */
#include "git/git.h"
#include "run/proc.h"
#include "web/git_receive.h"

#include <errno.h>
#include <ftw.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

#define ZERO "0000000000000000000000000000000000000000"

struct world {
	slu_arena *a;
	char dir[64];
	const char *repo;
	slu_str one, two, pack, empty; /* two commits; a pack of the second; one of nothing */
	/* what the one who decides says, and was asked */
	bool unwanted, allow, stand;
	unsigned expected, judged, landed, told;
	size_t updates;
	bool quarantined;
	int client_fd, alive_ms;
	sem_t *wait_for; /* the one who decides does, until signs of life have come */
	unsigned signs;
	int cut_fd; /* > 0: the server has begun to end when this is readable */
};

static slu_str sh(struct world *w, const char *script)
{
	const char *argv[] = { "/bin/sh", "-ec", script, NULL };
	struct git_env e;
	struct run_result r = { 0 };
	slu_err err = { 0 };
	git_env_init(&e, w->a);
	git_env_add(&e, w->a, "GIT_AUTHOR_NAME", "Ann");
	git_env_add(&e, w->a, "GIT_AUTHOR_EMAIL", "ann@example.org");
	git_env_add(&e, w->a, "GIT_COMMITTER_NAME", "Ann");
	git_env_add(&e, w->a, "GIT_COMMITTER_EMAIL", "ann@example.org");
	struct run_spec s = RUN_SPEC;
	s.argv = argv;
	s.env = e.v;
	s.cwd = w->dir;
	T_OK(run_proc_ok(&r, w->a, &s, &err), err);
	return r.out;
}

/** The repository's folder has what Git's list of folders takes for its own signs. */
static void world(struct world *w)
{
	*w = (struct world){ .a = slu_arena_new(), .allow = true, .stand = true };
	(void)snprintf(w->dir, sizeof w->dir, "/tmp/sluice-receive.XXXXXX");
	T_TRUE(mkdtemp(w->dir) != NULL);
	(void)sh(w, "git init -q --bare 'a:b \"c\".git'; git init -q -b main w; cd w; echo 1 >a; git add a; git commit -qm one; echo 2 >a; git commit -qam two; git push -q '../a:b \"c\".git' main~1:refs/heads/main");
	w->repo = slu_printf(w->a, "%s/a:b \"c\".git", w->dir);
	w->one = slu_str_trim(sh(w, "git -C w rev-parse main~1"));
	w->two = slu_str_trim(sh(w, "git -C w rev-parse main"));
	w->pack = sh(w, "printf 'main\\n^main~1\\n' | git -C w pack-objects -q --revs --stdout");
	w->empty = sh(w, "git -C w pack-objects -q --stdout </dev/null");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static void end(struct world *w)
{
	(void)nftw(w->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	slu_arena_free(w->a);
}

/* ---- who decides ------------------------------------------------------------------------------------------------------ */

static bool expect(void *ctx, const struct port_git_update *u, size_t n, slu_str *text)
{
	struct world *w = ctx;
	w->expected++;
	T_TRUE(n > 0 && u[0].ref.n > 0);
	T_EQ_SLU(slu_str_trim(sh(w, "find . -name '*incoming*' | wc -l")), "0");
	if (w->unwanted)
		*text = SLU_STR("sluice: you may bring nothing.\n");
	return !w->unwanted;
}

static bool judge(void *ctx, const struct port_git_update *u, size_t n, const char *object_dir, const char *alternates, slu_str *text)
{
	struct world *w = ctx;
	w->judged++;
	for (struct timespec until = { .tv_sec = time(NULL) + 60 }; w->wait_for && sem_timedwait(w->wait_for, &until) != 0;)
		T_TRUE(errno == EINTR); /* else nobody has heard anything for a minute */
	w->updates = n;
	w->quarantined = object_dir && access(object_dir, F_OK) == 0;
	T_TRUE(n > 0 && u[0].ref.n > 0);
	T_TRUE((object_dir == NULL) == (alternates == NULL));
	if (!w->allow)
		*text = SLU_STR("sluice: no, for a reason.\n");
	return w->allow;
}

static bool land(void *ctx, slu_str *text, const char **reason)
{
	struct world *w = ctx;
	w->landed++;
	*text = SLU_STR("sluice: a word at the end.\n");
	*reason = "somebody else moved it";
	return w->stand;
}

static void told(void *ctx)
{
	((struct world *)ctx)->told++;
}

/* ---- a push ------------------------------------------------------------------------------------------------------------- */

static void packet(slu_buf *b, const char *text, const char *can)
{
	slu_buf_addf(b, "%04zx%s", 4 + strlen(text) + (can ? 1 + strlen(can) : 0), text);
	if (can) {
		slu_buf_addc(b, '\0');
		slu_buf_adds(b, can);
	}
}

/** Send it in pieces; what comes back. */
static slu_rc push(struct world *w, slu_str bytes, size_t piece, slu_str *answer, slu_err *err)
{
	git_receive *r;
	char out[700];
	size_t n;
	slu_auto_buf all;
	slu_buf_init(&all, 1 << 20);
	w->expected = w->judged = w->landed = w->told = 0;
	w->quarantined = false;
	const struct git_receive_how how = {
		.repository = w->repo, .lock_fd = -1, .cut_fd = w->cut_fd, .client_fd = w->client_fd, .idle_s = 20, .alive_ms = w->alive_ms,
		.decide = { .expect = expect, .judge = judge, .land = land, .told = told, .ctx = w },
	};
	git_receive_begin(&r, &how);
	slu_rc rc = SLU_OK;
	for (size_t at = 0; at < bytes.n && rc == SLU_OK; at += piece)
		rc = git_receive_take(r, bytes.p + at, bytes.n - at < piece ? bytes.n - at : piece, err);
	if (rc == SLU_OK)
		rc = git_receive_taken(r, err);
	while (rc == SLU_OK && (n = git_receive_read(r, out, sizeof out)) > 0) {
		bool sign = n == 5 && memcmp(out, "0005\1", n) == 0;
		w->signs += sign;
		if (sign && w->wait_for && w->signs == 3)
			(void)sem_post(w->wait_for);
		slu_buf_add(&all, out, n);
	}
	git_receive_end(r);
	*answer = (slu_str){ slu_strndup(w->a, all.p ? all.p : "", all.n), all.n };
	T_EQ_SLU(slu_str_trim(sh(w, "find . -name '*incoming*' | wc -l")), "0");
	return rc;
}

static slu_str request(struct world *w, const char *can, slu_str pack, const char *first, const char *second)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 20);
	packet(&b, first, can);
	if (second)
		packet(&b, second, NULL);
	slu_buf_adds(&b, "0000");
	slu_buf_addstr(&b, pack);
	return (slu_str){ slu_strndup(w->a, b.p, b.n), b.n };
}

/** Bytes of a band, put together. */
static slu_str band(struct world *w, slu_str answer, char which)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 20);
	while (answer.n >= 4) {
		char digits[5] = { answer.p[0], answer.p[1], answer.p[2], answer.p[3] };
		size_t n = strtoul(digits, NULL, 16);
		if (n == 0)
			break;
		T_TRUE(n > 4 && n <= answer.n);
		if (answer.p[4] == which)
			slu_buf_add(&b, answer.p + 5, n - 5);
		answer.p += n;
		answer.n -= n;
	}
	T_EQ_SLU(answer, "0000");
	return (slu_str){ slu_strndup(w->a, b.p ? b.p : "", b.n), b.n };
}

static bool has_two(struct world *w)
{
	return slu_str_is(slu_str_trim(sh(w, slu_printf(w->a, "git --git-dir='a:b \"c\".git' cat-file -e %.*s 2>/dev/null && echo yes || echo no", SLU_FMT(w->two)))), "yes");
}

static const char bands[] = " report-status side-band-64k quiet agent=test\n", plain[] = "report-status";

T_TEST(what_is_allowed_is_kept_and_told)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	for (size_t piece = 1; piece < 2000; piece = piece * 13 + 1) {
		world(&w);
		T_CASE("in pieces of %zu", piece);
		slu_str rq = request(&w, bands, w.pack, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), slu_printf(w.a, "%.*s %.*s refs/heads/main\n", SLU_FMT(w.one), SLU_FMT(w.two)));
		T_OK(push(&w, rq, piece, &answer, &err), err);
		T_EQ_SLU(band(&w, answer, 1), "000eunpack ok\n0014ok refs/heads/x\n0017ok refs/heads/main\n0000");
		T_EQ_SLU(band(&w, answer, 2), "sluice: a word at the end.\n");
		T_TRUE(w.judged == 1 && w.landed == 1 && w.told == 1 && w.updates == 2 && w.quarantined);
		T_TRUE(has_two(&w));
		T_EQ_SLU(sh(&w, "git --git-dir='a:b \"c\".git' fsck --strict >log 2>&1 && echo whole || cat log"), "whole\n");
		end(&w);
	}
}

T_TEST(what_is_refused_leaves_nothing)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	slu_str rq = request(&w, bands, w.pack, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), NULL);
	w.allow = false;
	T_OK(push(&w, rq, 100, &answer, &err), err);
	T_EQ_SLU(band(&w, answer, 1), "000eunpack ok\n0027ng refs/heads/x refused: see above\n0000");
	T_EQ_SLU(band(&w, answer, 2), "sluice: no, for a reason.\n");
	T_TRUE(w.judged == 1 && w.landed == 0 && w.told == 1 && !has_two(&w));
	w.allow = true;
	w.stand = false;
	T_OK(push(&w, request(&w, plain, w.pack, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), NULL), 100, &answer, &err), err);
	T_EQ_SLU(answer, "000eunpack ok\n002bng refs/heads/x somebody else moved it\n0000");
	end(&w);
}

/** Not a byte of its pack is looked at, and it is told why as ever. */
T_TEST(what_nobody_may_bring_is_not_unpacked)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	w.unwanted = true;
	slu_str rq = request(&w, bands, SLU_STR("no pack, and nobody sees that"), slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), NULL);
	T_OK(push(&w, rq, 7, &answer, &err), err);
	T_EQ_SLU(band(&w, answer, 1), "000eunpack ok\n0027ng refs/heads/x refused: see above\n0000");
	T_EQ_SLU(band(&w, answer, 2), "sluice: you may bring nothing.\n");
	T_TRUE(w.expected == 1 && w.judged == 0 && w.landed == 0 && w.told == 1);
	rq = request(&w, bands, (slu_str){ "", 0 }, slu_printf(w.a, "%.*s " ZERO " refs/heads/main", SLU_FMT(w.one)), NULL);
	T_OK(push(&w, rq, 7, &answer, &err), err);
	T_TRUE(w.expected == 0 && w.judged == 1); /* a deletion brings no objects: it is judged at once */
	end(&w);
}

/** A client that wants no report is told nothing, and its push is judged like any other. */
T_TEST(without_a_report)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	T_OK(push(&w, request(&w, "", w.pack, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), NULL), 9, &answer, &err), err);
	T_TRUE(answer.n == 0 && w.judged == 1 && w.landed == 1);
	end(&w);
}

T_TEST(objects_that_are_not_whole_are_never_judged_to_land)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	const char *two = slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two));
	const struct { const char *what; slu_str pack; const char *command; unsigned judged; const char *said; } row[] = {
		{ "cut off", { w.pack.p, w.pack.n - 1 }, two, 0, "unpacker error" },
		{ "cut off in its head", { w.pack.p, 11 }, two, 0, "unpacker error" },
		{ "none", { "", 0 }, two, 0, "unpacker error" },
		{ "something else", SLU_STR("not a pack of any kind"), two, 0, "unpacker error" },
		{ "an empty one that is cut off", { w.empty.p, w.empty.n - 1 }, two, 0, "unpacker error" },
		{ "an empty one and more", { slu_printf(w.a, "%*s", (int)w.empty.n + 1, ""), w.empty.n + 1 }, two, 0, "unpacker error" },
		{ "not what is named", w.empty, two, 1, "missing necessary objects" },
		{ "nobody's id", w.pack, ZERO " 1111111111111111111111111111111111111111 refs/heads/x", 1, "missing necessary objects" },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		T_CASE("%s", row[i].what);
		T_OK(push(&w, request(&w, plain, row[i].pack, row[i].command, NULL), 50, &answer, &err), err);
		T_TRUE(strstr(answer.p, row[i].said) && strstr(answer.p, "ng refs/heads/x"));
		T_EQ_INT(w.judged, row[i].judged);
		T_TRUE(w.landed == 0 && !has_two(&w));
	}
	end(&w);
}

/** A commit lies in the repository without the one before it, as somebody who prunes by hand leaves it: nothing is built on it. */
T_TEST(what_was_left_half_pruned_is_nothing_to_build_on)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	slu_str bad = slu_str_trim(sh(&w, "cd w; t=$(git rev-parse main^{tree}); printf 'tree %s\nparent 1111111111111111111111111111111111111111\nauthor A <a@e> 1 +0000\ncommitter A <a@e> 1 +0000\n\nhalf\n' $t |"
				      " git hash-object -t commit -w --stdin; printf 'main^{tree}\n' | git pack-objects -q --revs --stdout | git --git-dir='../a:b \"c\".git' unpack-objects -q;"
				      " git cat-file commit $(printf 'tree %s\nparent 1111111111111111111111111111111111111111\nauthor A <a@e> 1 +0000\ncommitter A <a@e> 1 +0000\n\nhalf\n' $t | git hash-object -t commit --stdin) |"
				      " git --git-dir='../a:b \"c\".git' hash-object -t commit -w --stdin >/dev/null"));
	slu_str child = slu_str_trim(sh(&w, slu_printf(w.a, "cd w; git commit-tree -p %.*s -m child main^{tree}", SLU_FMT(bad))));
	slu_str pack = sh(&w, slu_printf(w.a, "echo %.*s | git -C w pack-objects -q --stdout", SLU_FMT(child)));
	T_OK(push(&w, request(&w, plain, pack, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(child)), NULL), 50, &answer, &err), err);
	T_TRUE(strstr(answer.p, "ng refs/heads/x missing necessary objects") && w.landed == 0);
	end(&w);
}

/** The server ends and has waited long enough: Git is not waited for, wherever it is. */
T_TEST(what_is_cut_off_leaves_nothing)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	w.cut_fd = eventfd(1, EFD_CLOEXEC);
	T_TRUE(w.cut_fd > 0);
	T_OK(push(&w, request(&w, bands, w.pack, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), NULL), 1000, &answer, &err), err);
	T_EQ_SLU(band(&w, answer, 1), "0026unpack its objects were not taken\n0023ng refs/heads/x unpacker error\n0000");
	T_TRUE(strstr(band(&w, answer, 2).p, "The server ends") && w.judged == 0 && w.landed == 0 && !has_two(&w));
	(void)close(w.cut_fd);
	end(&w);
}

/** With a `git` of this text, where $real is the true one's PATH. */
static void push_by(struct world *w, const char *can, const char *script, slu_str *answer)
{
	slu_err err = { 0 };
	const char *path = getenv("PATH"), *before = slu_strdup(w->a, path ? path : "/usr/bin:/bin");
	(void)sh(w, slu_printf(w->a, "mkdir -p bin; cat >bin/git <<'END'\n#!/bin/sh\nreal=%s\n%s\nEND\nchmod +x bin/git", before, script));
	slu_str bytes = request(w, can, w->pack, slu_printf(w->a, ZERO " %.*s refs/heads/x", SLU_FMT(w->two)), NULL);
	T_TRUE(setenv("PATH", slu_printf(w->a, "%s/bin:%s", w->dir, before), 1) == 0);
	slu_rc rc = push(w, bytes, 50, answer, &err);
	T_TRUE(setenv("PATH", before, 1) == 0);
	T_OK(rc, err);
	T_TRUE(w->landed == 0 && !has_two(w));
}

/** Why Git gave up is told as it is: it tells of its progress first, and why it ends last; when it is killed it tells nothing. */
T_TEST(how_git_ended_is_told)
{
	static const struct { const char *what, *script, *said, *report; } row[] = {
		{ "a full disk", "cat >/dev/null\nfor i in $(seq 3000); do echo \"Resolving deltas: $i\" >&2; done\necho 'fatal: write error: No space left on device' >&2\nexit 128", "The disk of the server is full",
		  "ng refs/heads/x unpacker error" },
		{ "killed while it unpacks", "cat >/dev/null\nkill -KILL $$", "ended by signal 9 while it unpacked", "ng refs/heads/x unpacker error" },
		{ "killed while it looks", "case \"$*\" in *rev-list*) kill -KILL $$;; esac\nPATH=$real exec git \"$@\"", "ended by signal 9 while it looked", "ng refs/heads/x refused: see above" },
	};
	struct world w;
	slu_str answer;
	world(&w);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		T_CASE("%s", row[i].what);
		push_by(&w, bands, row[i].script, &answer);
		T_HAS(band(&w, answer, 2).p, row[i].said);
		T_HAS(band(&w, answer, 1).p, row[i].report);
	}
	end(&w);
}

/** Git would take ten minutes over it; whoever pushed is gone, with packets for signs of life and without. */
T_TEST(nobody_waits_for_a_client_that_went_away)
{
	const char *const can[] = { bands, plain };
	for (size_t i = 0; i < sizeof can / sizeof *can; i++) {
		struct world w;
		slu_str answer;
		int socket[2];
		world(&w);
		T_CASE("%s", can[i]);
		T_TRUE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socket) == 0);
		(void)close(socket[1]);
		w.client_fd = socket[0];
		w.alive_ms = 20;
		int64_t began_ms = run_now_ms();
		push_by(&w, can[i], "cat >/dev/null\nexec sleep 600", &answer);
		T_TRUE(run_now_ms() - began_ms < 300000 && w.judged == 0 && w.told == 0 && answer.n == 0);
		(void)close(socket[0]);
		end(&w);
	}
}

/** The one who decides waits until three of them have come. */
T_TEST(there_are_signs_of_life_while_it_is_decided)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	sem_t heard;
	world(&w);
	T_TRUE(sem_init(&heard, 0, 0) == 0);
	w.alive_ms = 5;
	w.wait_for = &heard;
	T_OK(push(&w, request(&w, bands, w.pack, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), NULL), 1000, &answer, &err), err);
	T_EQ_SLU(band(&w, answer, 1), "000eunpack ok\n0014ok refs/heads/x\n0000");
	T_TRUE(w.signs >= 3 && w.judged == 1 && w.landed == 1 && w.told == 1);
	(void)sem_destroy(&heard);
	end(&w);
}

T_TEST(a_push_without_new_objects_needs_no_quarantine)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	T_OK(push(&w, request(&w, plain, w.empty, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.one)), NULL), 50, &answer, &err), err);
	T_EQ_SLU(answer, "000eunpack ok\n0014ok refs/heads/x\n0000");
	T_TRUE(!w.quarantined && w.judged == 1);
	T_OK(push(&w, request(&w, plain, SLU_STR(""), slu_printf(w.a, "%.*s " ZERO " refs/heads/main", SLU_FMT(w.one)), NULL), 50, &answer, &err), err);
	T_EQ_SLU(answer, "000eunpack ok\n0017ok refs/heads/main\n0000");
	end(&w);
}

T_TEST(refused_by_its_commands_alone)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	const char *one = slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two));
	T_OK(push(&w, request(&w, bands, w.pack, one, one), 50, &answer, &err), err);
	T_TRUE(strstr(band(&w, answer, 2).p, "names refs/heads/x twice") && w.judged == 0);
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 20);
	packet(&b, one, bands);
	for (unsigned i = 0; i < SLU_MAX_PUSH_REFS; i++)
		packet(&b, slu_printf(w.a, "%s%u", one, i), NULL);
	slu_buf_adds(&b, "0000");
	T_OK(push(&w, slu_buf_str(&b), 4000, &answer, &err), err);
	T_TRUE(strstr(band(&w, answer, 2).p, "names 2001 refs; at most 2000") && w.judged == 0);
	end(&w);
}

T_TEST(options_are_passed_over)
{
	struct world w;
	slu_err err = { 0 };
	slu_str answer;
	world(&w);
	slu_auto_buf b;
	slu_buf_init(&b, 1 << 20);
	packet(&b, "shallow 1111111111111111111111111111111111111111", NULL);
	packet(&b, slu_printf(w.a, ZERO " %.*s refs/heads/x", SLU_FMT(w.two)), "report-status push-options");
	slu_buf_adds(&b, "0000");
	packet(&b, "ci.skip", NULL);
	slu_buf_adds(&b, "0000");
	slu_buf_addstr(&b, w.pack);
	T_OK(push(&w, slu_buf_str(&b), 5, &answer, &err), err);
	T_EQ_SLU(answer, "000eunpack ok\n0014ok refs/heads/x\n0000");
	end(&w);
}

T_TEST(what_is_no_push)
{
	struct world w;
	slu_str answer;
	world(&w);
	static const slu_str row[] = {
		SLU_STR_INIT(""), SLU_STR_INIT("0"), SLU_STR_INIT("00"), SLU_STR_INIT("0001"), SLU_STR_INIT("0003"), SLU_STR_INIT("ffff"), SLU_STR_INIT("fff1"), SLU_STR_INIT("xyzw"),
		SLU_STR_INIT("-001"), SLU_STR_INIT("0004"), SLU_STR_INIT("0005x0000"), SLU_STR_INIT("0005"), SLU_STR_INIT("\0\0\0\0"), SLU_STR_INIT("000dpush-cert0000"),
		SLU_STR_INIT("0064" ZERO " " ZERO " refs/heads/x"),
		SLU_STR_INIT("0056" ZERO " " ZERO "x"), SLU_STR_INIT("0057" ZERO "  " ZERO " 0000"), SLU_STR_INIT("0059" ZERO " 000000000000000000000000000000000000000G refs0000"),
		SLU_STR_INIT("0056" ZERO " " ZERO " 0000"),
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		slu_err err = { 0 };
		T_CASE("row %zu", i);
		T_RC(push(&w, row[i], 3, &answer, &err), SLU_E_SYNTAX);
		T_TRUE(strstr(err.text, "no push as Git makes it") && w.judged == 0 && w.told == 0);
	}
	slu_err err = { 0 };
	T_OK(push(&w, SLU_STR("0000"), 1, &answer, &err), err); /* Git asks so whether it may send a large body */
	T_TRUE(answer.n == 0 && w.judged == 0 && w.told == 0);
	end(&w);
}
