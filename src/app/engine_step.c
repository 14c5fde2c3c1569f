/* SPDX-License-Identifier: Apache-2.0 */
/* One deployment as far as it goes: stored, then done, then told, again and again. */
#include "app/deploy_impl.h"
#include "app/fault.h"

static void look_at_the_clock(struct app_engine *e, struct app_unit *u)
{
	u->now_ms = app_ports_of(e->app)->now_ms();
	u->now_s = u->now_ms / 1000;
}

static enum flow_event asked_event(slu_str word)
{
	return slu_str_is(word, "pause") ? FLOW_PAUSE : slu_str_is(word, "resume") ? FLOW_RESUME : slu_str_is(word, "promote") ? FLOW_PROMOTE :
	       slu_str_is(word, "abort") ? FLOW_ABORT : slu_str_is(word, "take-over") ? FLOW_TAKE_OVER : FLOW_SUPERSEDE;
}

struct told { /* what the rollout is told, and what came before it */
	enum flow_event ev;
	int64_t seq, step_id; /* of the effect it is the result of; 0 none */
	const char *result, *text;
	slu_str reason;
};

static slu_rc write_step(struct app_unit *u, struct app_repo *r, struct port_deployment *d, const struct told *t, struct flow_do *next, int64_t *step_id, slu_err *err)
{
	struct port_deployment now;
	struct flow_rollout flow, before;
	SLU_TRY(flow_rollout_load(&flow, d->flow, err));
	before = flow;
	if (t->step_id)
		SLU_TRY(port_deploy_step_end(u->store, &(struct port_deploy_step){ .id = t->step_id, .result = slu_s(t->result), .text = slu_s(t->text), .ended_ms = u->now_ms }, err));
	SLU_TRY(flow_rollout_event(&flow, next, t->ev, t->seq, t->reason, u->now_ms, err));
	SLU_TRY(port_deployment_by_id(u->store, u->a, d->id, &now, err)); /* a person may have spoken meanwhile */
	if (now.asked.n > 0 && !slu_str_is(now.asked, "stop")) { /* stop: when this has ended (engine_tend.c) */
		struct flow_do by_person = { FLOW_NONE, 0, 0 };
		if (flow_rollout_event(&flow, &by_person, asked_event(now.asked), 0, (slu_str){ 0 }, u->now_ms, NULL) == SLU_OK && by_person.kind != FLOW_NONE)
			*next = by_person;
		SLU_TRY(port_deployment_ask(u->store, d->id, (slu_str){ 0 }, err));
		d->asked = (slu_str){ 0 };
	}
	return app_engine_save(u, r, d, &before, &flow, next, step_id, err);
}

static slu_rc step(struct app_unit *u, struct app_repo *r, struct port_deployment *d, const struct told *t, struct flow_do *next, int64_t *step_id, slu_err *err)
{
	SLU_TRY(app_begin(u, err));
	slu_rc rc = write_step(u, r, d, t, next, step_id, err);
	if (rc == SLU_OK)
		rc = app_commit(u, err);
	if (rc != SLU_OK)
		app_rollback(u);
	return rc;
}

static const char *result_word(enum flow_event ev)
{
	return ev == FLOW_EFFECT_DONE ? "done" : ev == FLOW_EFFECT_FAILED ? "failed" : ev == FLOW_HEALTH_GOOD ? "good" : ev == FLOW_HEALTH_SICK ? "sick" : "unknown";
}

/* An effect and what it leads to. false in *on: nothing more to do now. */
static slu_rc one_effect(struct app_engine *e, struct app_unit *u, struct app_repo *r, struct port_deployment *d, struct flow_do *next, int64_t *step_id, bool *on, slu_err *err)
{
	slu_err why = { 0 };
	struct told t = { .seq = next->seq, .step_id = *step_id };
	slu_auto_buf log;
	slu_buf_init(&log, ENGINE_TEXT);
	const char *effect = flow_effect_word(next->kind);
	app_fault(e->app, slu_printf(u->a, "deploy-stored-%s", effect));
	if (!app_engine_effect(e, u, r, d, next, &t.ev, &log, &why)) {
		*on = false;
		return SLU_OK;
	}
	app_fault(e->app, slu_printf(u->a, "deploy-done-%s", effect));
	if (why.text[0])
		slu_buf_addf(&log, "%s\n", why.text);
	t.result = result_word(t.ev);
	t.text = slu_strndup(u->a, log.p ? log.p : "", log.n);
	t.reason = slu_s(slu_strdup(u->a, why.text));
	look_at_the_clock(e, u);
	SLU_TRY(step(u, r, d, &t, next, step_id, err));
	app_engine_say(e, t.ev == FLOW_EFFECT_FAILED || t.ev == FLOW_HEALTH_SICK, "%.*s %.*s, deployment %llu: %s: %s%s%s", SLU_FMT(r->full), SLU_FMT(d->environment), (unsigned long long)d->number, effect,
	               t.result, why.text[0] ? ": " : "", why.text);
	*on = next->kind != FLOW_NONE && !app_engine_stopped(e);
	return SLU_OK;
}

slu_rc app_engine_work(struct app_engine *e, struct app_unit *u, struct app_repo *r, struct port_deployment *d, bool recover, slu_err *err)
{
	struct flow_do next = { FLOW_NONE, 0, 0 };
	int64_t step_id = 0;
	struct told first = { .ev = recover ? FLOW_RECOVER : FLOW_TICK };
	if (!d->open)
		return SLU_OK;
	if (slu_str_is(d->state, "waiting")) {
		bool begun = false;
		SLU_TRY(app_engine_begin_one(e, u, r, d, &begun, err));
		if (!begun)
			return SLU_OK;
		first.ev = FLOW_BEGIN;
	}
	SLU_TRY(step(u, r, d, &first, &next, &step_id, err));
	for (bool on = next.kind != FLOW_NONE; on;)
		SLU_TRY(one_effect(e, u, r, d, &next, &step_id, &on, err));
	return SLU_OK;
}
