/* SPDX-License-Identifier: Apache-2.0 */
/* Events: written with the state they change, each a leaf of the audit tree. */
#include "app/audit.h"
#include "app/impl.h"
#include "audit/leaf.h"
#include "base/json.h"

#include <errno.h>
#include <time.h>

enum { DATA_MAX = 64 * 1024, LOOK_BACK = 2000, WHILE_MS = 3600 * 1000 };

slu_rc app_event_leaf(slu_buf *out, const struct port_event *e, slu_err *err)
{
	slu_auto_buf data;
	slu_buf_init(&data, AUD_LEAF_MAX);
	slu_json j = slu_json_to(&data);

	/* What has a column of its own is part of the leaf too, else it could be edited unseen. */
	slu_json_open(&j, '{');
	slu_json_kv_int(&j, "change", (int64_t)e->change);
	slu_json_key(&j, "data");
	slu_json_raw(&j, e->data);
	slu_json_kv_int(&j, "ms", e->time_ms % 1000);
	slu_json_kv_str(&j, "ref", e->ref);
	slu_json_close(&j, '}');
	const struct aud_event leaf = {
		.seq = (uint64_t)e->seq, .time = e->time_ms / 1000, .repo = e->repo, .actor = e->actor, .kind = e->kind, .data = slu_buf_str(&data),
	};
	return aud_leaf(out, &leaf, err);
}

slu_rc app_tree_read(void *ctx, unsigned level, uint64_t index, aud_hash *node, slu_err *err)
{
	return port_node_get(ctx, level, index, node->b, err);
}

static slu_rc tree_write(void *ctx, unsigned level, uint64_t index, const aud_hash *node, slu_err *err)
{
	return port_node_put(ctx, level, index, node->b, err);
}

static slu_rc append(struct app_unit *u, const struct port_event *e, slu_err *err)
{
	aud_hash leaf;
	slu_auto_buf text;
	slu_buf_init(&text, AUD_LEAF_MAX);

	SLU_TRY(app_event_leaf(&text, e, err));
	aud_leaf_hash(&leaf, slu_buf_str(&text));
	if (!u->tail) {
		struct aud_frontier *f = SLU_NEW(u->a, struct aud_frontier);
		SLU_TRY(aud_frontier_load(f, (uint64_t)e->seq - 1, app_tree_read, u->store, err));
		u->tail = f;
	}
	return aud_append(u->tail, &leaf, tree_write, u->store, err);
}

slu_rc app_event(struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_str data, slu_err *err)
{
	struct port_event e = {
		.time_ms = u->now_ms, .repo = r ? r->full : (slu_str){ 0 }, .actor = u->who.name, .kind = slu_s(kind), .ref = ref, .change = change, .data = data.n ? data : SLU_STR("{}"),
	};

	if (e.data.n > DATA_MAX)
		return slu_fail(err, SLU_E_LIMIT, "The event %s would carry more than %d bytes.", kind, DATA_MAX);
	SLU_TRY(port_event_add(u->store, &e, err));
	return append(u, &e, err);
}

slu_rc app_event_bounded(struct app_unit *u, const struct app_repo *r, const char *kind, slu_str ref, uint64_t change, slu_str data, slu_err *err)
{
	struct port_event_filter f = { .repo = r ? r->full : (slu_str){ 0 }, .actor = u->who.name, .kind = slu_s(kind), .server_only = !r, .since_ms = u->now_ms - WHILE_MS };
	struct port_page newest = { .limit = APP_EVENTS_BOUND };
	const struct port_event *e = NULL;
	int64_t seq = 0;
	size_t n = 0;

	SLU_TRY(port_event_count(u->store, &seq, err));
	f.from_seq = seq > LOOK_BACK ? seq - LOOK_BACK : 0; /* a long log is not searched for what is not in it */
	SLU_TRY(port_event_list(u->store, u->a, &f, &newest, &e, &n, err));
	for (size_t i = 0; i < n; i++)
		if (e[i].change == change && slu_str_eq(e[i].ref, ref) && slu_str_eq(e[i].data, data))
			return SLU_OK;
	return n < APP_EVENTS_BOUND ? app_event(u, r, kind, ref, change, data, err) : SLU_OK;
}

slu_rc app_commit(struct app_unit *u, slu_err *err)
{
	int64_t newest = 0;
	app *ap = u->app;

	if (u->dry_run)
		return SLU_OK; /* the end of the unit takes it back */
	SLU_TRY(port_event_count(u->store, &newest, err));
	u->tail = NULL;
	SLU_TRY(port_store_commit(u->store, err));
	(void)pthread_mutex_lock(&ap->mu);
	if (newest > ap->events)
		ap->events = newest;
	(void)pthread_cond_broadcast(&ap->woke);
	(void)pthread_mutex_unlock(&ap->mu);
	return SLU_OK;
}

int64_t app_events_now(app *ap)
{
	(void)pthread_mutex_lock(&ap->mu);
	int64_t n = ap->events;
	(void)pthread_mutex_unlock(&ap->mu);
	return n;
}

int64_t app_events_wait(app *ap, int64_t after, int timeout_ms)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	(void)pthread_mutex_lock(&ap->mu);
	while (ap->events <= after && pthread_cond_timedwait(&ap->woke, &ap->mu, &until) != ETIMEDOUT)
		;
	int64_t n = ap->events;
	(void)pthread_mutex_unlock(&ap->mu);
	return n;
}
