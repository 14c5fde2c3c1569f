/* SPDX-License-Identifier: Apache-2.0 */
#include "web/push_desk.h"

#include "app/fault.h"
#include "app/land.h"
#include "app/push.h"
#include "base/limits.h"
#include "web/hook_server.h"

#include <pthread.h>
#include <stdlib.h>

struct push {
	struct push *next;
	char *id, *owner, *name, *person;
	const char *via;
	struct app_who who;
	size_t commands;       /* that the client sent */
	bool busy;             /* a hook of it is being answered */
	/* between pre-receive and proc-receive */
	bool judged_ok;
	struct app_unit unit;
	struct app_repo repo;
	struct app_push what;
	struct app_push_judged judged;
};
struct push_desk {
	app *app;
	hook_server *hooks;
	pthread_mutex_t mu; /* of the list and of `busy` and `commands` in it */
	pthread_cond_t free_;
	struct push *push;
};

/* ---- the list --------------------------------------------------------------------------------------------------------- */

static struct push *find(push_desk *d, slu_str id)
{
	struct push *p = d->push;
	while (p && !slu_str_is(id, p->id))
		p = p->next;
	return p;
}

static char *dup_str(slu_str s)
{
	char *z = strndup(s.n ? s.p : "", s.n);
	if (!z)
		abort();
	return z;
}

void push_desk_add(push_desk *d, const char *id, const struct app_who *who, slu_str owner, slu_str name, const char *via)
{
	struct push *p = calloc(1, sizeof *p);
	if (!p)
		abort();
	p->id = dup_str(slu_s(id));
	p->owner = dup_str(owner);
	p->name = dup_str(name);
	p->person = dup_str(who->name);
	p->who = *who;
	p->who.name = slu_s(p->person);
	p->via = via;
	(void)pthread_mutex_lock(&d->mu);
	p->next = d->push;
	d->push = p;
	(void)pthread_mutex_unlock(&d->mu);
}

void push_desk_commands(push_desk *d, const char *id, size_t n)
{
	(void)pthread_mutex_lock(&d->mu);
	struct push *p = find(d, slu_s(id));
	if (p)
		p->commands = n;
	(void)pthread_mutex_unlock(&d->mu);
}

static void close_unit(struct push *p)
{
	if (p->unit.app) {
		app_repo_close(&p->unit, &p->repo);
		app_unit_end(&p->unit);
	}
	p->judged_ok = false;
}

static void push_free(struct push *p)
{
	close_unit(p);
	free(p->id);
	free(p->owner);
	free(p->name);
	free(p->person);
	free(p);
}

void push_desk_remove(push_desk *d, const char *id)
{
	(void)pthread_mutex_lock(&d->mu);
	struct push *p = find(d, slu_s(id));
	while (p && p->busy)
		(void)pthread_cond_wait(&d->free_, &d->mu);
	for (struct push **at = &d->push; p && *at; at = &(*at)->next) {
		if (*at == p) {
			*at = p->next;
			break;
		}
	}
	(void)pthread_mutex_unlock(&d->mu);
	if (p)
		push_free(p);
}

/* ---- pre-receive ------------------------------------------------------------------------------------------------------ */

static slu_str sentence(slu_arena *a, const slu_err *err)
{
	slu_auto_buf text;
	slu_buf_init(&text, SLU_ERR_TEXT * 2);
	pol_refusal_sentence(&text, slu_s(err->text));
	return slu_s(slu_str_dup(a, slu_buf_str(&text)));
}

static slu_rc same_number(const struct push *p, const struct hook_request *rq, slu_err *err)
{
	if (rq->told > SLU_MAX_PUSH_REFS)
		return slu_fail(err, SLU_E_LIMIT, "The push names %zu refs; at most %u are taken at once.", rq->told, SLU_MAX_PUSH_REFS);
	if (rq->told != p->commands)
		return slu_fail(err, SLU_E_DENIED, "A push is all or nothing, and Git refuses part of this one: see its other lines.");
	return SLU_OK;
}

static slu_rc judge(push_desk *d, struct push *p, const struct hook_request *rq, slu_err *err)
{
	close_unit(p);
	SLU_TRY(app_unit_begin(&p->unit, d->app, err));
	p->unit.who = p->who;
	SLU_TRY(same_number(p, rq, err));
	SLU_TRY(app_still_signed_in(&p->unit, err)); /* the pack may have taken its time */
	SLU_TRY(app_repo_open(&p->repo, &p->unit, slu_s(p->owner), slu_s(p->name), STRAT_READ, err));
	struct port_git_update *u = SLU_NEW_N(p->unit.a, struct port_git_update, rq->n + 1);
	for (size_t i = 0; i < rq->n; i++) {
		u[i] = rq->update[i];
		u[i].ref = slu_s(slu_str_dup(p->unit.a, u[i].ref));
	}
	p->what = (struct app_push){ .update = u, .n = rq->n, .via = p->via };
	p->what.object_dir = rq->object_dir;
	p->what.alternates = rq->alternates;
	slu_rc rc = app_push_judge(&p->judged, &p->unit, &p->repo, &p->what, err);
	p->what.object_dir = p->what.alternates = NULL; /* git keeps the objects next, and the paths are the hook's */
	return rc;
}

static void pre_receive(push_desk *d, struct push *p, const struct hook_request *rq, struct hook_reply *reply)
{
	slu_err err = { 0 };
	slu_rc rc = judge(d, p, rq, &err);
	p->judged_ok = rc == SLU_OK && p->judged.allowed;
	reply->yes = p->judged_ok;
	if (rc != SLU_OK)
		reply->text = sentence(rq->a, &err);
	else if (!p->judged.allowed)
		reply->text = slu_s(slu_str_dup(rq->a, p->judged.refusal));
	if (!p->judged_ok)
		close_unit(p);
	else
		app_fault(d->app, APP_FAULT_JUDGED);
}

/* ---- proc-receive ----------------------------------------------------------------------------------------------------- */

static bool same_commands(const struct push *p, const struct hook_request *rq)
{
	bool same = rq->told == p->what.n && rq->n == p->what.n;
	for (size_t i = 0; same && i < rq->n; i++) {
		const struct port_git_update *x = &rq->update[i], *y = &p->what.update[i];
		same = slu_str_eq(x->ref, y->ref) && slu_oid_eq(&x->old, &y->old) && slu_oid_eq(&x->new_, &y->new_);
	}
	return same;
}

static slu_rc record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct push *p = ctx;
	return app_push_record(u, r, &p->what, &p->judged, err);
}

static slu_rc land(struct push *p, const struct hook_request *rq, slu_str *text, slu_err *err)
{
	struct app_unit *u = &p->unit;
	if (!p->judged_ok || !same_commands(p, rq))
		return slu_fail(err, SLU_E_DENIED, "What git hands over is not what was judged.");
	struct app_land l = {
		.update = p->what.update,
		.n = p->what.n,
		.reflog = slu_s(slu_printf(rq->a, "push by %s", p->person)),
		.record = record,
		.ctx = p,
	};
	SLU_TRY(app_repo_lock(u->app, p->repo.id, err));
	slu_rc rc = app_push_follow(&l.update, &l.n, u, &p->repo, &p->what, &p->judged, err);
	if (rc == SLU_OK)
		rc = app_land(u, &p->repo, &l, err);
	app_repo_unlock(u->app, p->repo.id);
	if (rc == SLU_OK) {
		slu_str reply = { 0 };
		slu_err ignored = { 0 };
		if (app_push_reply(&reply, u, &p->repo, &p->what, &p->judged, &ignored) == SLU_OK) /* it stands; the reply is a courtesy */
			*text = slu_s(slu_str_dup(rq->a, reply));
	}
	return rc;
}

/* What the push was judged by has changed until it was to land: the rows of the new verdict. */
static slu_str refused_late(struct push *p, const struct hook_request *rq, slu_rc rc)
{
	slu_str text = { 0 };
	if (!p->judged_ok || (rc != SLU_E_DENIED && rc != SLU_E_WAIT))
		return text;
	if (app_push_refused(&text, &p->unit, &p->repo, &p->what, p->judged.ref, NULL) != SLU_OK)
		return (slu_str){ 0 };
	return slu_s(slu_str_dup(rq->a, text));
}

static void proc_receive(struct push *p, const struct hook_request *rq, struct hook_reply *reply)
{
	slu_err err = { 0 };
	slu_rc rc = land(p, rq, &reply->text, &err);
	reply->yes = rc == SLU_OK;
	if (rc != SLU_OK) {
		reply->text = refused_late(p, rq, rc);
		if (reply->text.n == 0)
			reply->text = sentence(rq->a, &err);
		reply->reason = rc == SLU_E_CONFLICT ? "somebody else moved it; fetch and try again" : "refused: see above";
	}
	close_unit(p);
}

/* ---- hooks ------------------------------------------------------------------------------------------------------------ */

static void ask(void *ctx, const struct hook_request *rq, struct hook_reply *reply)
{
	push_desk *d = ctx;
	(void)pthread_mutex_lock(&d->mu);
	struct push *p = find(d, rq->push);
	bool ours = p && !p->busy;
	if (ours)
		p->busy = true;
	(void)pthread_mutex_unlock(&d->mu);
	if (!ours) {
		reply->text = SLU_STR("sluice: this push is not known here: the server was started anew, or the client has gone.\n");
		return;
	}
	if (rq->proc)
		proc_receive(p, rq, reply);
	else
		pre_receive(d, p, rq, reply);
	(void)pthread_mutex_lock(&d->mu);
	p->busy = false;
	(void)pthread_cond_broadcast(&d->free_);
	(void)pthread_mutex_unlock(&d->mu);
}

static void told(void *ctx, const struct hook_request *rq)
{
	push_desk *d = ctx;
	if (rq->proc)
		app_fault(d->app, APP_FAULT_ACKNOWLEDGED);
}

slu_rc push_desk_start(push_desk **out, app *ap, const char *hook_socket, slu_err *err)
{
	push_desk *d = calloc(1, sizeof *d);
	if (!d)
		abort();
	d->app = ap;
	(void)pthread_mutex_init(&d->mu, NULL);
	(void)pthread_cond_init(&d->free_, NULL);
	struct hook_handler h = { ask, told, d };
	slu_rc rc = hook_server_start(&d->hooks, hook_socket, &h, err);
	if (rc == SLU_OK)
		*out = d;
	else
		push_desk_stop(d);
	return rc;
}

void push_desk_stop(push_desk *d)
{
	if (!d)
		return;
	hook_server_stop(d->hooks);
	while (d->push) {
		struct push *next = d->push->next;
		push_free(d->push);
		d->push = next;
	}
	(void)pthread_mutex_destroy(&d->mu);
	(void)pthread_cond_destroy(&d->free_);
	free(d);
}
