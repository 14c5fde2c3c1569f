/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/rollout.h"

#include "base/utf8.h"

enum { UNKNOWN_MAX = 3, STOP_TRIES = 5, RETRY_FIRST_MS = 500, RETRY_LAST_MS = 30000, INTERVAL_MS = 5000, RETRY_MS = 500 };

/* An effect: asked for, with a number that its result must bear. */
static void ask(struct flow_rollout *r, struct flow_do *out, enum flow_phase phase, enum flow_effect kind, int64_t pct)
{
	r->phase = phase;
	r->pending = kind;
	r->pending_pct = pct;
	r->seq++;
	*out = (struct flow_do){ kind, r->seq, (unsigned)pct };
}

static void observe(struct flow_rollout *r, enum flow_phase phase, int64_t now_ms, int64_t for_ms)
{
	r->phase = phase;
	r->pending = FLOW_NONE;
	r->good = r->unknown = 0;
	r->probe_ms = now_ms;
	r->until_ms = now_ms + for_ms;
}

static void set_reason(struct flow_rollout *r, slu_str reason)
{
	slu_str cut = slu_utf8_cut(reason, FLOW_REASON - 1, true);
	memset(r->reason, 0, sizeof r->reason);
	if (cut.n > 0)
		memcpy(r->reason, cut.p, cut.n);
	for (size_t i = 0; i < cut.n; i++) /* one line of the text form */
		if ((unsigned char)r->reason[i] < 0x20)
			r->reason[i] = ' ';
}

static void end(struct flow_rollout *r)
{
	r->pending = FLOW_NONE;
	r->phase = r->failing ? FLOW_FAILED : r->aborting ? FLOW_ABORTED : FLOW_DONE;
}

static void go_back(struct flow_rollout *r, struct flow_do *out)
{
	r->tries = 0;
	r->paused = 0;
	if (r->plan.has_old && r->weight_pct > 0)
		ask(r, out, FLOW_BACK_START, FLOW_START_OLD, 0);
	else
		ask(r, out, FLOW_BACK_STOP, FLOW_STOP_NEW, 0);
}

/* It failed in a phase where nothing is under way any more. */
static void fail(struct flow_rollout *r, struct flow_do *out)
{
	r->pending = FLOW_NONE;
	if (r->plan.on_failure == STRAT_PAUSE && !r->aborting) {
		r->held_in = r->phase;
		r->phase = FLOW_HELD;
		r->paused = 0;
		return;
	}
	go_back(r, out);
}

static void next_step(struct flow_rollout *r, struct flow_do *out, int64_t step)
{
	r->step = step;
	r->weight_pct = r->plan.step[step].weight_pct; /* from now on it may have it: going back must take it away */
	ask(r, out, FLOW_WEIGHING, FLOW_WEIGHT, r->weight_pct);
}

/* In BEFORE, PAUSING, WATCHING with no probe under way: go on, probe, or wait. */
static void observed(struct flow_rollout *r, struct flow_do *out, int64_t now_ms)
{
	if (r->good < r->plan.successes || now_ms < r->until_ms || r->paused) {
		if (now_ms >= r->probe_ms)
			ask(r, out, (enum flow_phase)r->phase, FLOW_PROBE, 0);
		return;
	}
	if (r->phase == FLOW_BEFORE) {
		next_step(r, out, 0);
	} else if (r->phase == FLOW_PAUSING && r->step + 1 < r->plan.step_n) {
		next_step(r, out, r->step + 1);
	} else if (r->phase == FLOW_PAUSING && r->plan.watch_ms > 0) {
		observe(r, FLOW_WATCHING, now_ms, r->plan.watch_ms);
		ask(r, out, FLOW_WATCHING, FLOW_PROBE, 0);
	} else {
		ask(r, out, FLOW_FINISHING, FLOW_FINISH, 0);
	}
}

static void succeeded(struct flow_rollout *r, struct flow_do *out, int64_t now_ms)
{
	r->pending = FLOW_NONE;
	r->tries = 0;
	if (!r->plan.has_old) {
		end(r);
	} else if (r->plan.keep_ms > 0) {
		r->phase = FLOW_KEEPING;
		r->until_ms = now_ms + r->plan.keep_ms;
	} else {
		ask(r, out, FLOW_STOPPING_OLD, FLOW_STOP_OLD, 0);
	}
}

/* A phase of going back, or of ending the old one, has done its effect. */
static void went_back(struct flow_rollout *r, struct flow_do *out)
{
	r->pending = FLOW_NONE;
	r->tries = 0;
	if (r->phase == FLOW_BACK_STOP)
		r->weight_pct = 0; /* also where there was no old one to take it */
	if (r->phase == FLOW_BACK_START) {
		ask(r, out, FLOW_BACK_WEIGHT, FLOW_WEIGHT, 0);
	} else if (r->phase == FLOW_BACK_WEIGHT) {
		r->weight_pct = 0;
		ask(r, out, FLOW_BACK_STOP, FLOW_STOP_NEW, 0);
	} else if (r->phase == FLOW_BACK_STOP && r->plan.on_failure == STRAT_REVERT && r->failing) {
		ask(r, out, FLOW_BACK_REVERT, FLOW_REVERT, 0);
	} else {
		end(r);
	}
}

static void effect_done(struct flow_rollout *r, struct flow_do *out, int64_t now_ms)
{
	enum flow_phase phase = (enum flow_phase)r->phase;
	r->pending = FLOW_NONE;
	if (phase >= FLOW_KEEPING) {
		went_back(r, out);
	} else if (phase == FLOW_FINISHING && !r->failing && !r->aborting) {
		succeeded(r, out, now_ms);
	} else if (r->failing || r->aborting) {
		fail(r, out);
	} else if (phase == FLOW_PREPARING) {
		ask(r, out, FLOW_STARTING, FLOW_START_NEW, 0);
	} else if (phase == FLOW_STARTING) {
		observe(r, FLOW_BEFORE, now_ms, 0);
		observed(r, out, now_ms);
	} else {
		observe(r, FLOW_PAUSING, now_ms, r->plan.step[r->step].pause_ms);
		observed(r, out, now_ms);
	}
}

/* Going forward a failure turns it back. Going back is tried until it works or a person gives it up; the rest some times. */
static void effect_failed(struct flow_rollout *r, struct flow_do *out, slu_str reason, int64_t now_ms)
{
	r->pending = FLOW_NONE;
	if (r->phase < FLOW_KEEPING) {
		if (!r->failing)
			set_reason(r, reason);
		r->failing = 1;
		fail(r, out);
		return;
	}
	bool optional = r->phase == FLOW_STOPPING_OLD || r->phase == FLOW_BACK_REVERT;
	if (++r->tries >= STOP_TRIES && optional) {
		went_back(r, out);
		return;
	}
	int64_t wait = RETRY_FIRST_MS;
	for (int64_t i = 1; i < r->tries && wait < RETRY_LAST_MS; i++)
		wait *= 2;
	r->until_ms = now_ms + (wait < RETRY_LAST_MS ? wait : RETRY_LAST_MS);
}

static enum flow_effect effect_of(enum flow_phase phase)
{
	switch (phase) {
	case FLOW_STOPPING_OLD: return FLOW_STOP_OLD;
	case FLOW_BACK_START: return FLOW_START_OLD;
	case FLOW_BACK_WEIGHT: return FLOW_WEIGHT;
	case FLOW_BACK_STOP: return FLOW_STOP_NEW;
	case FLOW_BACK_REVERT: return FLOW_REVERT;
	case FLOW_WAITING: case FLOW_PREPARING: case FLOW_STARTING: case FLOW_BEFORE: case FLOW_WEIGHING: case FLOW_PAUSING: case FLOW_WATCHING:
	case FLOW_FINISHING: case FLOW_KEEPING: case FLOW_HELD: case FLOW_DONE: case FLOW_FAILED: case FLOW_ABORTED: case FLOW_PHASE_COUNT: break;
	}
	return FLOW_NONE;
}

static bool is_observing(const struct flow_rollout *r)
{
	return r->phase == FLOW_BEFORE || r->phase == FLOW_PAUSING || r->phase == FLOW_WATCHING;
}

static void tick(struct flow_rollout *r, struct flow_do *out, int64_t now_ms)
{
	enum flow_effect again = effect_of((enum flow_phase)r->phase);
	if (r->pending != FLOW_NONE)
		return;
	if (is_observing(r))
		observed(r, out, now_ms);
	else if (r->phase == FLOW_KEEPING && now_ms >= r->until_ms)
		ask(r, out, FLOW_STOPPING_OLD, FLOW_STOP_OLD, 0);
	else if (again != FLOW_NONE && now_ms >= r->until_ms)
		ask(r, out, (enum flow_phase)r->phase, again, 0);
}

static void health(struct flow_rollout *r, struct flow_do *out, enum flow_event ev, slu_str reason, int64_t now_ms)
{
	r->pending = FLOW_NONE;
	r->good = ev == FLOW_HEALTH_GOOD ? r->good + 1 : 0;
	r->unknown = ev == FLOW_HEALTH_UNKNOWN ? r->unknown + 1 : 0;
	if (!r->failing && (ev == FLOW_HEALTH_SICK || r->unknown >= UNKNOWN_MAX)) {
		set_reason(r, reason);
		r->failing = 1;
	}
	if (r->failing || r->aborting) {
		fail(r, out);
		return;
	}
	r->probe_ms = now_ms + (r->good < r->plan.successes ? r->plan.retry_ms : r->plan.interval_ms);
	observed(r, out, now_ms);
}

/* The process of the new version is gone. With an effect under way it is remembered until that has its result. */
static void new_ended(struct flow_rollout *r, struct flow_do *out, slu_str reason)
{
	if (r->phase < FLOW_STARTING || r->phase >= FLOW_KEEPING || r->failing || r->aborting)
		return;
	set_reason(r, reason);
	r->failing = 1;
	if (r->pending == FLOW_NONE)
		fail(r, out);
}

static slu_rc abort_it(struct flow_rollout *r, struct flow_do *out, slu_err *err)
{
	if (r->phase >= FLOW_BACK_START && r->phase <= FLOW_BACK_STOP && r->pending == FLOW_NONE && r->tries > 0) {
		r->gave_up = 1;
		end(r);
		return SLU_OK;
	}
	if (r->phase >= FLOW_FINISHING && r->phase != FLOW_HELD)
		return slu_fail(err, SLU_E_CONFLICT, "The rollout is %s: it can no longer be aborted; `sluice rollback` takes a version back", flow_phase_word((enum flow_phase)r->phase));
	if (r->phase != FLOW_HELD)
		r->aborting = 1;
	if (r->phase == FLOW_WAITING)
		end(r);
	else if (r->phase == FLOW_HELD || r->pending == FLOW_NONE)
		go_back(r, out);
	return SLU_OK;
}

/* Begin again where it was held. */
static void resume_held(struct flow_rollout *r, struct flow_do *out, int64_t now_ms)
{
	enum flow_phase in = (enum flow_phase)r->held_in;
	r->failing = 0;
	r->reason[0] = '\0';
	if (in <= FLOW_STARTING) {
		ask(r, out, FLOW_PREPARING, FLOW_PREPARE, 0);
	} else if (in == FLOW_WEIGHING) {
		next_step(r, out, r->step);
	} else {
		observe(r, in == FLOW_FINISHING ? FLOW_WATCHING : in, now_ms, 0);
		observed(r, out, now_ms);
	}
}

static slu_rc by_person(struct flow_rollout *r, struct flow_do *out, enum flow_event ev, int64_t now_ms, slu_err *err)
{
	const char *phase = flow_phase_word((enum flow_phase)r->phase);
	if (ev == FLOW_ABORT)
		return abort_it(r, out, err);
	if (ev == FLOW_RESUME && r->phase == FLOW_HELD) {
		resume_held(r, out, now_ms);
		return SLU_OK;
	}
	if (r->phase < FLOW_PREPARING || r->phase > FLOW_WATCHING || r->failing || r->aborting)
		return slu_fail(err, SLU_E_CONFLICT, "The rollout is %s: pause, resume and promote are for one that goes forward%s", phase,
		                r->phase == FLOW_HELD ? "; a held one is resumed or aborted" : "");
	if (ev == FLOW_RESUME && !r->paused)
		return slu_fail(err, SLU_E_CONFLICT, "The rollout is %s and not paused: there is nothing to resume", phase);
	r->paused = ev == FLOW_PAUSE;
	if (!is_observing(r))
		return SLU_OK;
	r->until_ms = ev == FLOW_PROMOTE ? now_ms : r->until_ms;
	if (!r->paused && r->pending == FLOW_NONE)
		observed(r, out, now_ms);
	return SLU_OK;
}

static void from_outside(struct flow_rollout *r, struct flow_do *out, enum flow_event ev, slu_str reason, int64_t now_ms)
{
	if (ev == FLOW_BEGIN && r->phase == FLOW_WAITING)
		ask(r, out, FLOW_PREPARING, FLOW_PREPARE, 0);
	else if (ev == FLOW_TICK)
		tick(r, out, now_ms);
	else if (ev == FLOW_RECOVER && r->pending != FLOW_NONE)
		*out = (struct flow_do){ (enum flow_effect)r->pending, r->seq, (unsigned)r->pending_pct };
	else if (ev == FLOW_RECOVER)
		tick(r, out, now_ms);
	else if (ev == FLOW_NEW_ENDED)
		new_ended(r, out, reason);
	else if (ev == FLOW_SUPERSEDE && r->phase == FLOW_KEEPING)
		ask(r, out, FLOW_STOPPING_OLD, FLOW_STOP_OLD, 0);
	else if (ev == FLOW_TAKE_OVER && r->phase == FLOW_KEEPING)
		end(r);
}

slu_rc flow_rollout_event(struct flow_rollout *r, struct flow_do *out, enum flow_event ev, int64_t seq, slu_str reason, int64_t now_ms, slu_err *err)
{
	struct flow_do next = { FLOW_NONE, 0, 0 };
	bool awaited = r->pending != FLOW_NONE && seq == r->seq;
	bool probing = r->pending == FLOW_PROBE;
	switch (ev) {
	case FLOW_EFFECT_DONE:
		if (awaited && !probing)
			effect_done(r, &next, now_ms);
		break;
	case FLOW_EFFECT_FAILED:
		if (awaited && !probing)
			effect_failed(r, &next, reason, now_ms);
		break;
	case FLOW_HEALTH_GOOD: case FLOW_HEALTH_SICK: case FLOW_HEALTH_UNKNOWN:
		if (awaited && probing)
			health(r, &next, ev, reason, now_ms);
		break;
	case FLOW_PAUSE: case FLOW_RESUME: case FLOW_PROMOTE: case FLOW_ABORT:
		SLU_TRY(by_person(r, &next, ev, now_ms, err));
		break;
	case FLOW_BEGIN: case FLOW_NEW_ENDED: case FLOW_TICK: case FLOW_RECOVER: case FLOW_SUPERSEDE: case FLOW_TAKE_OVER:
		from_outside(r, &next, ev, reason, now_ms);
		break;
	}
	*out = next;
	return SLU_OK;
}

int64_t flow_rollout_wake(const struct flow_rollout *r)
{
	if (r->pending != FLOW_NONE)
		return -1;
	if (is_observing(r))
		return r->good >= r->plan.successes && !r->paused && r->until_ms < r->probe_ms ? r->until_ms : r->probe_ms;
	return r->phase == FLOW_KEEPING || effect_of((enum flow_phase)r->phase) != FLOW_NONE ? r->until_ms : -1;
}

void flow_rollout_init(struct flow_rollout *r, const struct flow_rollout_plan *plan)
{
	*r = (struct flow_rollout){ .plan = *plan, .phase = FLOW_WAITING };
}

void flow_rollout_plan_make(struct flow_rollout_plan *out, const struct strat_environment *e, const struct strat_driver *d, bool has_old)
{
	bool at_once = e->style == STRAT_ALL_AT_ONCE;
	*out = (struct flow_rollout_plan){ .successes = e->probe_successes > 0 ? e->probe_successes : 1, .watch_ms = e->watch_s * 1000, .on_failure = e->on_failure,
		.keep_ms = at_once ? 0 : d->keep_s * 1000, .retry_ms = RETRY_MS, .interval_ms = INTERVAL_MS, .has_old = has_old };
	for (size_t i = 0; !at_once && i < e->step_n && out->step_n < FLOW_STEPS - 1; i++)
		if (e->step[i].weight_pct > 0 && (i + 1 == e->step_n || e->step[i].weight_pct < 100))
			out->step[out->step_n++] = (struct flow_rollout_step){ e->step[i].weight_pct, e->step[i].pause_s * 1000 };
	if (out->step_n == 0 || out->step[out->step_n - 1].weight_pct != 100)
		out->step[out->step_n++] = (struct flow_rollout_step){ 100, 0 };
}
