/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tidy.h"

#include "git/git_cli_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { TIDY_AFTER = 25 /* pushes */, TIDY_WITHIN_S = 300 /* of the first */, LOOSE_IN_ONE = 27 /* of 256 folders */, PACKS_MAX = 50, TIDY_MS = 3600 * 1000 };

struct noted {
	struct noted *next;
	char *path;
	unsigned pushes;
	time_t since;
};
struct git_tidy {
	pthread_t thread;
	pthread_mutex_t mu;
	pthread_cond_t woke;
	struct noted *noted;
	char *lock;    /* file with the flock of whoever tidies */
	int cancel_fd; /* readable at the stop: what is running ends */
	bool stop;
};

/* ---- packing ---------------------------------------------------------------------------------------------------------- */

static size_t files_in(const char *folder, const char *end)
{
	size_t n = 0;
	DIR *d = opendir(folder);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
		n += e->d_name[0] != '.' && slu_str_ends(slu_s(e->d_name), end);
	if (d)
		closedir(d);
	return n;
}

/** Lock and half-written packs of a tidying that was killed. Whoever holds the flock is the only one who makes such files. */
static void clear_half(const char *path)
{
	slu_auto_arena *a = slu_arena_new();
	const char *packs = slu_printf(a, "%s/objects/pack", path);
	(void)unlink(slu_printf(a, "%s/objects/info/commit-graphs/commit-graph-chain.lock", path));
	DIR *d = opendir(packs);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
		if (slu_str_starts(slu_s(e->d_name), "tmp_") || slu_str_starts(slu_s(e->d_name), ".tmp-"))
			(void)unlink(slu_printf(a, "%s/%s", packs, e->d_name));
	if (d)
		closedir(d);
}

static slu_rc git_in(const char *path, struct git_call c, int hold_fd, int cancel_fd, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = path, .lock_fd = -1 }, sizeof(struct git_cli));
	slu_str text;
	c.timeout_ms = TIDY_MS;
	c.hold_fd = hold_fd;
	c.cancel_fd = cancel_fd;
	slu_rc rc = git_cli_ok(g, a, &c, &text, err);
	git_cli_free(g);
	return rc;
}

slu_rc git_repo_tidy(const char *path, int hold_fd, int cancel_fd, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	clear_half(path);
	SLU_TRY(git_in(path, GIT_CALL("commit-graph", "write", "--reachable", "--split", "--no-progress"), hold_fd, cancel_fd, err));
	/* One of the 256 folders stands for all: ids are spread evenly */
	bool loose = files_in(slu_printf(a, "%s/objects/17", path), "") > LOOSE_IN_ONE;
	if (!loose && files_in(slu_printf(a, "%s/objects/pack", path), ".pack") <= PACKS_MAX)
		return SLU_OK;
	/* Of the packs, which every push adds one to, only so many are put together that each is half as large as the next. All that is in
	   them is kept, also what no ref needs: a push may be about to need it again, and events name commits of branches that are gone. */
	return git_in(path, GIT_CALL("repack", "--geometric=2", "-d", "-l", "-q"), hold_fd, cancel_fd, err);
}

/* ---- the thread ------------------------------------------------------------------------------------------------------- */

/** Take out what is due; NULL: nothing. *wait_s: until something may be. */
static struct noted *due(git_tidy *t, time_t *wait_s)
{
	time_t now = time(NULL);
	*wait_s = TIDY_WITHIN_S;
	for (struct noted **at = &t->noted; *at; at = &(*at)->next) {
		struct noted *n = *at;
		time_t left = n->since + TIDY_WITHIN_S - now;
		if (n->pushes >= TIDY_AFTER || left <= 0) {
			*at = n->next;
			return n;
		}
		if (left < *wait_s)
			*wait_s = left;
	}
	return NULL;
}

/** Put off: somebody else tidies, or a backup copies. */
static void again(git_tidy *t, struct noted *n)
{
	n->pushes = 0;
	n->since = time(NULL);
	n->next = t->noted; /* beside one that was noted meanwhile: then it is tidied twice */
	t->noted = n;
}

static void noted_free(struct noted *n)
{
	free(n->path);
	free(n);
}

/** @return false: it could not be begun, because somebody else holds the lock */
static bool tidy_one(const git_tidy *t, const char *path)
{
	int fd = open(t->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool mine = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (mine)
		(void)!git_repo_tidy(path, fd, t->cancel_fd, NULL); /* nothing rests on it: a later push asks again */
	run_close(&fd);
	return mine;
}

static void *tidy_main(void *arg)
{
	git_tidy *t = arg;
	(void)pthread_mutex_lock(&t->mu);
	while (!t->stop) {
		time_t wait_s = 0;
		struct noted *n = due(t, &wait_s);
		if (!n) {
			struct timespec until;
			(void)clock_gettime(CLOCK_REALTIME, &until);
			until.tv_sec += wait_s;
			(void)pthread_cond_timedwait(&t->woke, &t->mu, &until);
			continue;
		}
		(void)pthread_mutex_unlock(&t->mu);
		bool done = tidy_one(t, n->path);
		(void)pthread_mutex_lock(&t->mu);
		if (done)
			noted_free(n);
		else
			again(t, n);
	}
	(void)pthread_mutex_unlock(&t->mu);
	return NULL;
}

git_tidy *git_tidy_start(const char *lock)
{
	git_tidy *t = calloc(1, sizeof *t);
	if (!t || !(t->lock = strdup(lock)) || (t->cancel_fd = eventfd(0, EFD_CLOEXEC)) < 0)
		abort();
	(void)pthread_mutex_init(&t->mu, NULL);
	(void)pthread_cond_init(&t->woke, NULL);
	if (pthread_create(&t->thread, NULL, tidy_main, t) != 0)
		abort();
	return t;
}

void git_tidy_note(git_tidy *t, const char *path)
{
	(void)pthread_mutex_lock(&t->mu);
	struct noted *n = t->noted;
	while (n && strcmp(n->path, path) != 0)
		n = n->next;
	if (!n) {
		n = calloc(1, sizeof *n);
		if (!n || !(n->path = strdup(path)))
			abort();
		n->since = time(NULL);
		n->next = t->noted;
		t->noted = n;
	}
	if (++n->pushes == 1 || n->pushes == TIDY_AFTER)
		(void)pthread_cond_signal(&t->woke);
	(void)pthread_mutex_unlock(&t->mu);
}

void git_tidy_stop(git_tidy *t)
{
	if (!t)
		return;
	(void)pthread_mutex_lock(&t->mu);
	t->stop = true;
	(void)eventfd_write(t->cancel_fd, 1);
	(void)pthread_cond_signal(&t->woke);
	(void)pthread_mutex_unlock(&t->mu);
	(void)pthread_join(t->thread, NULL);
	while (t->noted) {
		struct noted *next = t->noted->next;
		noted_free(t->noted);
		t->noted = next;
	}
	(void)pthread_mutex_destroy(&t->mu);
	(void)pthread_cond_destroy(&t->woke);
	run_close(&t->cancel_fd);
	free(t->lock);
	free(t);
}
