/* SPDX-License-Identifier: Apache-2.0 */
/* Merges that wait for checks before they come into another branch: looked at when something happened in their repository, and when the server begins. */
#include "app/bring.h"
#include "app/deploy_impl.h"

enum { EVENTS = 500 };

static slu_rc look_at(struct app_engine *e, struct app_unit *u, int64_t repo_id, slu_err *err)
{
	struct app_repo r = { 0 };
	slu_rc rc = app_repo_open_id(&r, u, repo_id, err);
	if (rc == SLU_OK)
		rc = app_bring_waiting(&e->bring_at_s, u, &r, err);
	app_repo_close(u, &r);
	if (rc == SLU_OK || rc == SLU_E_BUSY || rc == SLU_E_IO || rc == SLU_E_FULL)
		return rc;
	app_engine_say(e, true, "what waits to be merged back in repository %lld does not come: %s", (long long)repo_id, err->text);
	return SLU_OK;
}

static slu_rc all(struct app_engine *e, struct app_unit *u, slu_err *err)
{
	const struct port_repo *row = NULL;
	size_t n = 0;
	SLU_TRY(port_repo_list(u->store, u->a, &row, &n, err));
	for (size_t i = 0; i < n; i++)
		SLU_TRY(look_at(e, u, row[i].id, err));
	return SLU_OK;
}

/* The repositories of events since the last look. What was cut off is looked at again: what has landed waits no more. */
static slu_rc since(struct app_engine *e, struct app_unit *u, bool *more, slu_err *err)
{
	const struct port_event *list = NULL;
	struct port_page page = { .limit = EVENTS };
	slu_str last = { "", 0 };
	size_t n = 0;
	SLU_TRY(port_event_list(u->store, u->a, &(struct port_event_filter){ .from_seq = e->brought, .oldest_first = true }, &page, &list, &n, err));
	for (size_t i = 0; i < n; i++) {
		slu_str owner, name = list[i].repo;
		struct port_repo row;
		if (slu_str_eq(list[i].repo, last) || !slu_str_split(&name, '/', &owner))
			continue;
		last = list[i].repo;
		slu_rc rc = port_repo_get(u->store, u->a, owner, name, &row, err);
		if (rc == SLU_OK)
			rc = look_at(e, u, row.id, err);
		if (rc != SLU_E_NOT_FOUND)
			SLU_TRY(rc);
	}
	if (n)
		e->brought = list[n - 1].seq + 1;
	*more = *more || n == EVENTS;
	return SLU_OK;
}

slu_rc app_engine_bring(struct app_engine *e, bool *more, slu_err *err)
{
	struct app_unit u;
	const struct port_event *newest = NULL;
	size_t n = 0;
	SLU_TRY(app_unit_begin(&u, e->app, err));
	app_be_system(&u);
	slu_rc rc = SLU_OK;
	if (u.now_s >= e->bring_at_s)
		e->brought = 0;
	if (e->brought == 0) { /* the server has begun, or what waits for a time may land */
		e->bring_at_s = INT64_MAX;
		rc = port_event_list(u.store, u.a, &(struct port_event_filter){ 0 }, &(struct port_page){ .limit = 1 }, &newest, &n, err);
		if (rc == SLU_OK)
			rc = all(e, &u, err);
		if (rc == SLU_OK)
			e->brought = n ? newest[0].seq + 1 : 1;
	} else {
		rc = since(e, &u, more, err);
	}
	app_unit_end(&u);
	return rc;
}
