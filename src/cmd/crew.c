/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/crew.h"

#include <pthread.h>
#include <sched.h>

enum { SLOTS = 4 * CMD_CREW_MAX };

struct cmd_crew_piece {
	struct crew *of;
	slu_buf out;
	unsigned thread;
	bool done, full; /* full: there is more to come when what is there is out */
	slu_rc rc;
	slu_err err;
};
struct crew {
	const struct cmd_crew_job *job;
	/* below: under the lock, but what a piece holds is its thread's until it is done or full */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t pieces, taken, written;
	struct cmd_crew_piece slot[SLOTS]; /* of pieces that are taken and not written yet */
	bool stop;
	int code;
	slu_rc rc;
	slu_err err;
};
struct worker {
	struct crew *of;
	unsigned thread;
	pthread_t id;
};

static struct cmd_crew_piece *head(struct crew *w)
{
	return &w->slot[w->written % SLOTS];
}

static void put_out(struct crew *w, struct cmd_crew_piece *p)
{
	pthread_mutex_unlock(&w->lock);
	int code = w->job->put(w->job->ctx, &p->out);
	slu_buf_clear(&p->out);
	pthread_mutex_lock(&w->lock);
	w->code = code;
	w->stop = w->stop || code;
}

/** By the caller's thread: the first one that is not out, as far as it is there; else something will change. */
static void write_or_wait(struct crew *w)
{
	struct cmd_crew_piece *p = head(w);
	if (!p->done && !p->full) {
		pthread_cond_wait(&w->changed, &w->lock);
		return;
	}
	put_out(w, p);
	if (p->full) {
		p->full = false;
	} else {
		p->done = false;
		w->written++;
		w->rc = p->rc;
		w->err = p->err;
		w->stop = w->stop || p->rc != SLU_OK;
	}
	pthread_cond_broadcast(&w->changed);
}

static bool may_take(const struct crew *w)
{
	return !w->stop && w->taken < w->pieces && w->taken - w->written < SLOTS;
}

static void take(struct crew *w, unsigned thread)
{
	size_t from = w->taken * CMD_CREW_PIECE, left = w->job->things - from;
	struct cmd_crew_piece *p = &w->slot[w->taken++ % SLOTS];
	p->thread = thread;
	p->err = (slu_err){ 0 };
	pthread_mutex_unlock(&w->lock);
	slu_rc rc = w->job->work(w->job->ctx, thread, from, left < CMD_CREW_PIECE ? left : CMD_CREW_PIECE, p, &p->err);
	pthread_mutex_lock(&w->lock);
	p->rc = rc;
	p->done = true;
	pthread_cond_broadcast(&w->changed);
}

slu_buf *cmd_crew_out(cmd_crew_piece *p)
{
	return &p->out;
}

void cmd_crew_flush(cmd_crew_piece *p)
{
	struct crew *w = p->of;
	if (p->out.n < CMD_CREW_FULL)
		return;
	pthread_mutex_lock(&w->lock);
	if (p->thread == 0) {
		while (!w->stop && head(w) != p)
			write_or_wait(w);
		if (!w->stop)
			put_out(w, p);
	} else {
		p->full = true;
		pthread_cond_broadcast(&w->changed);
		while (p->full && !w->stop)
			pthread_cond_wait(&w->changed, &w->lock);
	}
	if (w->stop)
		slu_buf_clear(&p->out); /* nobody will read it */
	pthread_mutex_unlock(&w->lock);
}

static void *help(void *arg)
{
	struct worker *me = arg;
	struct crew *w = me->of;
	pthread_mutex_lock(&w->lock);
	while (!w->stop && w->taken < w->pieces) {
		if (may_take(w))
			take(w, me->thread);
		else
			pthread_cond_wait(&w->changed, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void lead(struct crew *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->stop && w->written < w->pieces) {
		if (!head(w)->done && !head(w)->full && may_take(w))
			take(w, 0);
		else
			write_or_wait(w);
	}
	w->stop = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

unsigned cmd_crew_size(size_t things)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	if (n < 1 || things < 2 * CMD_CREW_PIECE)
		return 1;
	return n < CMD_CREW_MAX ? (unsigned)n : CMD_CREW_MAX;
}

slu_rc cmd_crew_run(const struct cmd_crew_job *job, unsigned threads, size_t out_max, int *code, slu_err *err)
{
	struct crew w = { .job = job, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .pieces = (job->things + CMD_CREW_PIECE - 1) / CMD_CREW_PIECE };
	struct worker worker[CMD_CREW_MAX];
	unsigned n = 1;
	for (size_t i = 0; i < SLOTS; i++) {
		w.slot[i].of = &w;
		slu_buf_init(&w.slot[i].out, out_max);
	}
	for (; n < threads; n++) { /* with those that begin */
		worker[n] = (struct worker){ .of = &w, .thread = n };
		if (pthread_create(&worker[n].id, NULL, help, &worker[n]) != 0)
			break;
	}
	lead(&w);
	while (--n > 0)
		(void)pthread_join(worker[n].id, NULL);
	for (size_t i = 0; i < SLOTS; i++)
		slu_buf_release(&w.slot[i].out);
	*code = w.code;
	if (w.rc != SLU_OK)
		*err = w.err;
	return w.rc;
}
