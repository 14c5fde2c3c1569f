/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tidy.h"

#include "git/git_cli_impl.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIDY_AFTER = 25 /* pushes */, TIDY_WITHIN_S = 300 /* of the first */, LOOSE_IN_ONE = 27 /* of 256 folders */, PACKS_MAX = 50, REPACK_MS = 3600 * 1000 };

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

slu_rc git_repo_repack(const char *path, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	/* One of the 256 folders stands for all: ids are spread evenly */
	bool loose = files_in(slu_printf(a, "%s/objects/17", path), "") > LOOSE_IN_ONE;
	if (!loose && files_in(slu_printf(a, "%s/objects/pack", path), ".pack") <= PACKS_MAX)
		return SLU_OK;
	struct git_cli *g = git_cli_new(&(struct port_git_open){ .path = path, .lock_fd = -1 }, sizeof(struct git_cli));
	struct git_call c = GIT_CALL("repack", "-A", "-d", "-l", "-q", "--unpack-unreachable=2.weeks.ago");
	c.timeout_ms = REPACK_MS;
	slu_str text;
	slu_rc rc = git_cli_ok(g, a, &c, &text, err);
	git_cli_free(g);
	return rc;
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

static void noted_free(struct noted *n)
{
	free(n->path);
	free(n);
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
		if (git_repo_commit_graph(n->path, NULL) == SLU_OK) /* nothing rests on either: the next push asks again */
			(void)!git_repo_repack(n->path, NULL);
		noted_free(n);
		(void)pthread_mutex_lock(&t->mu);
	}
	(void)pthread_mutex_unlock(&t->mu);
	return NULL;
}

git_tidy *git_tidy_start(void)
{
	git_tidy *t = calloc(1, sizeof *t);
	if (!t)
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
	free(t);
}
