/* SPDX-License-Identifier: Apache-2.0 */
#include "app/act.h"

enum { DATA_MAX = 64 * 1024 };

slu_rc app_act(struct app_unit *u, slu_rc (*write)(struct app_unit *u, void *ctx, slu_err *err), void *ctx, slu_err *err)
{
	SLU_TRY(app_begin(u, err));
	slu_rc rc = write(u, ctx, err);
	if (rc == SLU_OK)
		rc = app_commit(u, err);
	if (rc != SLU_OK)
		app_rollback(u);
	return rc;
}

void app_data_begin(struct app_data *d)
{
	slu_buf_init(&d->buf, DATA_MAX);
	d->json = slu_json_to(&d->buf);
	slu_json_open(&d->json, '{');
}

typedef slu_rc event_fn(struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_str data, slu_err *err);

static slu_rc end(struct app_data *d, event_fn *write, struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_err *err)
{
	slu_json_close(&d->json, '}');
	slu_rc rc = d->buf.over ? slu_fail(err, SLU_E_LIMIT, "The event %s would carry more than %d bytes.", kind, DATA_MAX)
	                        : write(u, r, kind, ref, change, slu_buf_str(&d->buf), err);
	slu_buf_release(&d->buf);
	return rc;
}

slu_rc app_data_event(struct app_data *d, struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_err *err)
{
	return end(d, app_event, u, r, kind, ref, change, err);
}

slu_rc app_data_bounded(struct app_data *d, struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_err *err)
{
	return end(d, app_event_bounded, u, r, kind, ref, change, err);
}
