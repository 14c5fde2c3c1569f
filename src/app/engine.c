/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's threads: a chief who sees what is due, and workers who each carry out one deployment as far as it goes. */
#include "app/deploy_impl.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct job {
	bool taken, tend, recover;
	int64_t id, repo_id;
	char environment[SLU_MAX_NAME_BYTES + 1];
};
struct hand {
	struct app_engine_crew *crew;
	pthread_t thread;
	struct job job; /* his own when taken */
};
struct app_engine_crew {
	struct app_engine *engine;
	pthread_t chief;
	struct hand hand[ENGINE_WORKERS];
	size_t hands;
	bool has_chief;
	pthread_mutex_t mu; /* of all jobs */
	pthread_cond_t work;
	slu_arena *a;                /* of `seen` */
	SLU_LIST(int64_t) seen;      /* deployments that were looked at since the begin; the chief's */
	int64_t tended_ms, events;
};

bool app_engine_stopped(void *ctx)
{
	struct app_engine *e = ctx;
	return atomic_load(&e->stop);
}

void app_engine_say(struct app_engine *e, bool trouble, const char *fmt, ...)
{
	char text[SLU_ERR_TEXT + 128];
	va_list ap;
	if (!e->ports.say)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	e->ports.say(e->ports.ctx, trouble, text);
}

/* ---- workers --------------------------------------------------------------------------------------------------------------------- */

/* By a unit of the worker's own. */
static slu_rc carry_out(struct app_engine *e, const struct job *job, slu_err *err)
{
	struct app_unit u;
	struct app_repo r = { 0 };
	struct port_deployment d;
	SLU_TRY(app_unit_begin(&u, e->app, err));
	app_be_system(&u);
	slu_rc rc = port_deployment_by_id(u.store, u.a, job->id, &d, err);
	if (rc == SLU_OK && slu_str_is(d.state, "waiting")) { /* its event was written before the refs moved: let them stand */
		rc = app_repo_lock(e->app, d.repo_id, err);
		if (rc == SLU_OK)
			app_repo_unlock(e->app, d.repo_id);
	}
	if (rc == SLU_OK)
		rc = app_repo_open_id(&r, &u, d.repo_id, err);
	if (rc == SLU_OK)
		rc = job->tend ? app_engine_tend(e, &u, &r, &d, err) : app_engine_work(e, &u, &r, &d, job->recover, err);
	app_repo_close(&u, &r);
	app_unit_end(&u);
	return rc;
}

static void *work(void *ctx)
{
	struct hand *me = ctx;
	struct app_engine_crew *c = me->crew;
	(void)pthread_mutex_lock(&c->mu);
	while (!app_engine_stopped(c->engine)) {
		if (!me->job.taken) {
			(void)pthread_cond_wait(&c->work, &c->mu);
			continue;
		}
		slu_err err = { 0 };
		(void)pthread_mutex_unlock(&c->mu);
		slu_rc rc = carry_out(c->engine, &me->job, &err);
		if (rc != SLU_OK && rc != SLU_E_BUSY)
			app_engine_say(c->engine, true, "%s: %s", me->job.environment, err.text);
		(void)pthread_mutex_lock(&c->mu);
		me->job.taken = false;
	}
	(void)pthread_mutex_unlock(&c->mu);
	return NULL;
}

/* Give it to a worker who is free, unless one is busy with that environment. */
static bool give(struct app_engine_crew *c, const struct port_deployment *d, bool tend, bool recover)
{
	struct hand *free_ = NULL;
	bool busy = d->environment.n > SLU_MAX_NAME_BYTES;
	(void)pthread_mutex_lock(&c->mu);
	for (size_t i = 0; i < c->hands; i++) {
		const struct job *j = &c->hand[i].job;
		busy = busy || (j->taken && j->repo_id == d->repo_id && slu_str_is(d->environment, j->environment));
		free_ = j->taken ? free_ : &c->hand[i];
	}
	bool given = !busy && free_;
	if (given) {
		free_->job = (struct job){ .taken = true, .tend = tend, .recover = recover, .id = d->id, .repo_id = d->repo_id };
		memcpy(free_->job.environment, d->environment.p, d->environment.n);
		(void)pthread_cond_broadcast(&c->work);
	}
	(void)pthread_mutex_unlock(&c->mu);
	return given;
}

/* ---- the chief --------------------------------------------------------------------------------------------------------------------- */

static bool was_seen(const struct app_engine_crew *c, int64_t id)
{
	for (size_t i = 0; i < c->seen.n; i++)
		if (c->seen.v[i] == id)
			return true;
	return false;
}

static bool same_place(const struct port_deployment *x, const struct port_deployment *y)
{
	return x->repo_id == y->repo_id && slu_str_eq(x->environment, y->environment);
}

/* Whose turn it is in the environment of list[at]: what runs or is held; else the newest that waits; else what keeps its old version. */
static const struct port_deployment *turn(const struct port_deployment *list, size_t n, size_t at)
{
	const struct port_deployment *waits = NULL, *keeps = NULL;
	for (size_t i = 0; i < n; i++) {
		const struct port_deployment *d = &list[i];
		if (!same_place(d, &list[at]))
			continue;
		if (slu_str_is(d->state, "waiting"))
			waits = d;
		else if (slu_str_is(d->state, "success"))
			keeps = d;
		else
			return d;
	}
	return waits ? waits : keeps;
}

static void look_at_open(struct app_engine_crew *c, struct app_unit *u, const struct port_deployment *list, size_t n, int64_t *wake)
{
	for (size_t i = 0; i < n; i++) {
		const struct port_deployment *d = &list[i];
		bool seen = was_seen(c, d->id), told = d->asked.n > 0;
		if (slu_str_is(d->asked, "stop")) /* is for those who tend */
			continue;
		if (turn(list, n, i) != d && !told)
			continue;
		if (!seen || told || (d->wake_ms >= 0 && d->wake_ms <= u->now_ms)) {
			if (give(c, d, false, !seen) && !seen)
				*SLU_ADD(c->a, &c->seen) = d->id;
		} else if (d->wake_ms > u->now_ms && d->wake_ms < *wake) {
			*wake = d->wake_ms;
		}
	}
}

static void look_at_live(struct app_engine_crew *c, struct app_unit *u, const struct port_deployment *open, size_t open_n)
{
	const struct port_deployment *list = NULL;
	size_t n = 0;
	bool all = u->now_ms - c->tended_ms >= ENGINE_LOOK_MS;
	if (port_deployment_lives(u->store, u->a, &list, &n, NULL) != SLU_OK)
		return;
	c->tended_ms = all ? u->now_ms : c->tended_ms;
	for (size_t i = 0; i < n; i++) {
		bool rolling = !all && !slu_str_is(list[i].asked, "stop");
		for (size_t k = 0; k < open_n; k++)
			rolling = rolling || (same_place(&list[i], &open[k]) && (slu_str_is(open[k].state, "running") || slu_str_is(open[k].state, "held")));
		if (!rolling)
			(void)give(c, &list[i], true, false);
	}
}

static void look(struct app_engine_crew *c, int64_t *wait_ms)
{
	struct app_unit u;
	slu_err err = { 0 };
	const struct port_deployment *open = NULL;
	size_t n = 0;
	bool more = false;
	*wait_ms = ENGINE_IDLE_MS;
	c->events = app_events_now(c->engine->app);
	if (app_engine_triggers(c->engine, &more, &err) != SLU_OK)
		app_engine_say(c->engine, true, "%s", err.text);
	if (app_engine_bring(c->engine, &more, &err) != SLU_OK)
		app_engine_say(c->engine, true, "%s", err.text);
	if (app_unit_begin(&u, c->engine->app, &err) != SLU_OK) {
		app_engine_say(c->engine, true, "%s", err.text);
		return;
	}
	slu_rc rc = port_deployment_open(u.store, u.a, &open, &n, &err);
	int64_t wake = u.now_ms + (n > 0 ? ENGINE_BUSY_MS : ENGINE_IDLE_MS);
	if (rc == SLU_OK) {
		look_at_open(c, &u, open, n, &wake);
		look_at_live(c, &u, open, n);
	} else {
		app_engine_say(c->engine, true, "%s", err.text);
	}
	*wait_ms = more ? 0 : wake > u.now_ms ? wake - u.now_ms : 1;
	app_unit_end(&u);
}

static void *lead(void *ctx)
{
	struct app_engine_crew *c = ctx;
	while (!app_engine_stopped(c->engine)) {
		int64_t wait_ms;
		look(c, &wait_ms);
		for (int64_t slice; wait_ms > 0 && !app_engine_stopped(c->engine) && app_events_now(c->engine->app) <= c->events; wait_ms -= slice) {
			slice = wait_ms < 100 ? wait_ms : 100; /* an end is heard soon */
			(void)app_events_wait(c->engine->app, c->events, (int)slice);
		}
		if (wait_ms > 0) /* events came: others may follow, and are looked at in one transaction */
			(void)app_events_wait(c->engine->app, INT64_MAX, ENGINE_GATHER_MS);
	}
	return NULL;
}

/* ---- begin and end -------------------------------------------------------------------------------------------------------------------- */

slu_rc app_engine_begin(struct app_engine **out, app *of, const struct app_deploy_ports *ports, slu_err *err)
{
	slu_arena *a = slu_arena_new();
	struct app_engine *e = SLU_NEW(a, struct app_engine);
	struct app_engine_crew *c = SLU_NEW(a, struct app_engine_crew);
	*e = (struct app_engine){ .app = of, .ports = *ports, .crew = c };
	c->engine = e;
	c->a = a;
	(void)pthread_mutex_init(&c->mu, NULL);
	(void)pthread_cond_init(&c->work, NULL);
	bool fine = true;
	for (size_t i = 0; i < ENGINE_WORKERS && fine; i++) {
		c->hand[i].crew = c;
		fine = pthread_create(&c->hand[i].thread, NULL, work, &c->hand[i]) == 0;
		c->hands += fine;
	}
	c->has_chief = fine && pthread_create(&c->chief, NULL, lead, c) == 0;
	if (!c->has_chief) {
		app_engine_end(e);
		return slu_fail(err, SLU_E_IO, "The threads that carry out deployments could not be started.");
	}
	*out = e;
	return SLU_OK;
}

void app_engine_end(struct app_engine *e)
{
	if (!e)
		return;
	struct app_engine_crew *c = e->crew;
	atomic_store(&e->stop, true);
	if (c->has_chief)
		(void)pthread_join(c->chief, NULL);
	(void)pthread_mutex_lock(&c->mu);
	(void)pthread_cond_broadcast(&c->work);
	(void)pthread_mutex_unlock(&c->mu);
	for (size_t i = 0; i < c->hands; i++)
		(void)pthread_join(c->hand[i].thread, NULL);
	(void)pthread_cond_destroy(&c->work);
	(void)pthread_mutex_destroy(&c->mu);
	slu_arena_free(c->a);
}
