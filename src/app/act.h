/* SPDX-License-Identifier: Apache-2.0 */
/** An act: state and its event in one transaction, with the event's JSON built on the way. */
#ifndef APP_ACT_H
#define APP_ACT_H
#include "app/app.h"
#include "base/json.h"

/** Begin, `write`, commit; on any failure nothing stands. */
slu_rc app_act(struct app_unit *u, slu_rc (*write)(struct app_unit *u, void *ctx, slu_err *err), void *ctx, slu_err *err);

/** The data of one event: begin, write members into .json, end with app_data_event (which releases it in every case). */
struct app_data {
	slu_buf buf;
	slu_json json;
};
void app_data_begin(struct app_data *d);
slu_rc app_data_event(struct app_data *d, struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_err *err);
/** The same by app_event_bounded. */
slu_rc app_data_bounded(struct app_data *d, struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_err *err);
#endif
