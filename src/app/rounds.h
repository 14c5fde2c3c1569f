/* SPDX-License-Identifier: Apache-2.0 */
/** A thread of the server that looks after something from time to time. */
#ifndef APP_ROUNDS_H
#define APP_ROUNDS_H
#include "app/app.h"

struct app_round {
	void (*look)(app *app, void *ctx);
	void *ctx;
	int every_ms;  /* at the latest */
	int events_ms; /* when events have come, so long after the last look at the earliest, and at once to begin with; 0: they do not matter */
	const char *what; /* "to publish heads of the log", for the error */
};
typedef struct app_rounds app_rounds;
slu_rc app_rounds_begin(app_rounds **out, app *app, const struct app_round *round, slu_err *err);
/** Look a last time and end. NULL is fine. Before app_close. */
void app_rounds_end(app_rounds *r);
#endif
