/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Heads of the audit log, published where everybody who clones gets them: refs/sluice/heads of each repository, a line of commits whose
 * file `checkpoint` is the signed head and whose file `key` checks it. Whoever fetched one can hold the server to it later.
 */
#ifndef APP_HEADS_H
#define APP_HEADS_H
#include "app/app.h"

/** Publish the present head in this repository, unless the newest published one covers its newest event. *done: it was. */
slu_rc app_heads_publish(bool *done, struct app_unit *u, struct app_repo *r, slu_err *err);

typedef struct app_heads app_heads;
/** Begin to publish from time to time, in a thread of its own. */
slu_rc app_heads_begin(app_heads **out, app *app, slu_err *err);
/** Publish a last time and end. NULL is fine. Before app_close. */
void app_heads_end(app_heads *h);
#endif
