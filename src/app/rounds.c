/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rounds.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { SLICE_MS = 100 }; /* an end is heard soon */

struct app_rounds {
	app *app;
	struct app_round round;
	pthread_t thread;
	atomic_bool ending;
};

static void wait_for_next(struct app_rounds *r, int64_t seen)
{
	const struct app_round *x = &r->round;
	for (int waited = 0; waited < x->every_ms && !atomic_load(&r->ending); waited += SLICE_MS) {
		bool heard = x->events_ms && waited >= x->events_ms;
		if (heard && app_events_now(r->app) > seen)
			return;
		(void)app_events_wait(r->app, heard ? seen : INT64_MAX, SLICE_MS);
	}
}

static void *work(void *ctx)
{
	struct app_rounds *r = ctx;
	bool ending = false;

	if (!r->round.events_ms)
		wait_for_next(r, 0);
	while (!ending) {
		int64_t seen = app_events_now(r->app);
		ending = atomic_load(&r->ending);
		r->round.look(r->app, r->round.ctx);
		if (!ending)
			wait_for_next(r, seen);
	}
	return NULL;
}

slu_rc app_rounds_begin(app_rounds **out, app *ap, const struct app_round *round, slu_err *err)
{
	struct app_rounds *r = calloc(1, sizeof(*r));
	if (!r)
		abort();
	r->app = ap;
	r->round = *round;
	if (pthread_create(&r->thread, NULL, work, r) != 0) {
		free(r);
		return slu_fail(err, SLU_E_IO, "No thread could be started %s.", round->what);
	}
	*out = r;
	return SLU_OK;
}

void app_rounds_end(app_rounds *r)
{
	if (!r)
		return;
	atomic_store(&r->ending, true);
	(void)pthread_join(r->thread, NULL);
	free(r);
}
