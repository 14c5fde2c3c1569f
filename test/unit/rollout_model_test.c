/* SPDX-License-Identifier: Apache-2.0 */
/* Every order of events that there is, for small plans: a world of two applications, a sluice of traffic and a rollout, explored state by
   state until nothing new turns up. In each state the caller may be killed before or after an effect, effects may fail with or without
   having worked, and persons may come at any moment. What must hold is looked at in every state and at every effect.
   Requirement: DP-3, DP-4, DP-5 */
#include "flow/rollout.h"

#include <stdlib.h>

#include "t.h"

struct world {
	struct flow_rollout r;
	int64_t new_runs, old_runs, new_pct; /* the world outside */
	int64_t good_since_start;            /* health results in a row since the new one was started */
	int64_t last_bad;                    /* the newest health result was not good */
	int64_t current_new;                 /* FINISH was done and not taken back */
};

/* ---- a set of states ------------------------------------------------------------------------------------------------- */

enum { SLOTS = 1 << 18 };
struct set {
	struct world *v;
	size_t n, slot[SLOTS];
};

static uint64_t hash(const struct world *w)
{
	const unsigned char *p = (const unsigned char *)w;
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < sizeof *w; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h ^ (h >> 31);
}

/* Time is relative: now is 0 in every state, what has passed is 0 as well, and what is far is a second away. */
static int64_t rebase(int64_t t, int64_t now)
{
	return t > now + 1000 ? 1000 : t > now ? t - now : 0;
}

static void add(struct set *s, struct world w, int64_t now)
{
	w.r.until_ms = rebase(w.r.until_ms, now);
	w.r.probe_ms = rebase(w.r.probe_ms, now);
	w.r.seq = 1;
	if (w.r.good > w.r.plan.successes)
		w.r.good = w.r.plan.successes;
	if (w.good_since_start > w.r.plan.successes)
		w.good_since_start = w.r.plan.successes;
	if (w.r.tries > 1) /* 4: the next one is the last of those that are given up */
		w.r.tries = 4;
	if (w.r.phase < FLOW_HELD || flow_rollout_ended(&w.r))
		w.r.held_in = 0;
	if (flow_rollout_ended(&w.r))
		w.r.until_ms = w.r.probe_ms = w.r.good = w.r.unknown = w.r.tries = 0;
	for (size_t i = hash(&w) % SLOTS;; i = (i + 1) % SLOTS) {
		if (s->slot[i] == 0) {
			if (s->n + 1 >= SLOTS / 2)
				T_FAIL("more states than expected: %zu", s->n);
			s->v[s->n++] = w;
			s->slot[i] = s->n;
			return;
		}
		if (memcmp(&s->v[s->slot[i] - 1], &w, sizeof w) == 0)
			return;
	}
}

/* ---- what an effect does outside, and what must hold when it does ------------------------------------------------------- */

static void carry_out(struct world *w, enum flow_effect e, int64_t pct)
{
	const struct flow_rollout_plan *p = &w->r.plan;
	switch (e) {
	case FLOW_START_NEW:
		if (!w->new_runs)
			w->good_since_start = 0;
		w->new_runs = 1;
		break;
	case FLOW_WEIGHT:
		if (pct > 0 && w->r.phase == FLOW_WEIGHING) {
			T_TRUE(w->good_since_start >= p->successes); /* health before traffic, and before more of it */
			T_FALSE(w->last_bad);
		}
		T_TRUE(pct == 0 || pct >= w->new_pct || !w->new_runs || !p->has_old); /* never a step down on the way up */
		if (pct < 100 && p->has_old && w->r.phase != FLOW_BACK_WEIGHT)
			T_TRUE(w->old_runs);
		w->new_pct = pct;
		break;
	case FLOW_FINISH:
		T_EQ_INT(w->new_pct, 100);
		T_FALSE(w->last_bad);
		w->current_new = 1;
		break;
	case FLOW_STOP_OLD: /* not before the new one took over, healthy, and is the current one */
		T_EQ_INT(w->new_pct, 100);
		T_TRUE(w->current_new);
		T_FALSE(flow_rollout_failed(&w->r));
		w->old_runs = 0;
		break;
	case FLOW_START_OLD:
		w->old_runs = 1;
		break;
	case FLOW_STOP_NEW:
		T_TRUE(!p->has_old || w->new_pct == 0); /* never with traffic on it, when another one could have it */
		w->new_runs = 0;
		w->new_pct = 0;
		w->current_new = 0;
		break;
	case FLOW_REVERT:
		T_TRUE(flow_rollout_failed(&w->r));
		T_EQ_INT(w->new_pct, 0);
		break;
	case FLOW_NONE: case FLOW_PREPARE: case FLOW_PROBE: break;
	}
}

static void must_hold(const struct world *w)
{
	const struct flow_rollout *r = &w->r;
	bool back = r->plan.on_failure != STRAT_PAUSE || r->aborting;
	T_TRUE(!r->plan.has_old || w->old_runs || w->new_pct == 100 || r->phase == FLOW_BACK_START); /* somebody answers */
	if ((r->phase == FLOW_FAILED || r->phase == FLOW_ABORTED) && !r->gave_up) {
		T_EQ_INT(w->new_pct, 0);
		T_TRUE(!r->plan.has_old || w->old_runs);
		T_FALSE(w->current_new);
	}
	if (back && flow_rollout_failed(r) && r->pending == FLOW_NONE) /* sick, nothing under way: it is going back */
		T_TRUE(r->phase >= FLOW_BACK_START);
	if (flow_rollout_succeeded(r)) {
		T_EQ_INT(w->new_pct, 100);
		T_TRUE(w->current_new && !w->last_bad);
		T_TRUE(w->good_since_start >= r->plan.successes);
		T_FALSE(flow_rollout_failed(r));
	}
	if (r->phase == FLOW_HELD)
		T_EQ_INT(r->plan.on_failure, STRAT_PAUSE);
	if (!flow_rollout_ended(r) && r->phase != FLOW_HELD && r->phase != FLOW_WAITING) /* something moves it on */
		T_TRUE(r->pending != FLOW_NONE || flow_rollout_wake(r) >= 0);
}

/* ---- all that can happen in a state ----------------------------------------------------------------------------------- */

static void happens(struct set *s, struct world w, enum flow_event ev, int64_t seq, int64_t now)
{
	struct flow_do d;
	struct flow_rollout before = w.r;
	bool counts = seq == w.r.seq;
	if (counts && ev == FLOW_HEALTH_GOOD) {
		w.good_since_start++;
		w.last_bad = 0;
	}
	if (counts && (ev == FLOW_HEALTH_SICK || ev == FLOW_HEALTH_UNKNOWN)) {
		w.last_bad = 1;
		w.good_since_start = 0;
	}
	if (flow_rollout_event(&w.r, &d, ev, seq, SLU_STR("x"), now, NULL) != SLU_OK) {
		T_EQ_MEM(&w.r, &before, sizeof before);
		return;
	}
	if (d.kind != FLOW_NONE) {
		T_EQ_INT(w.r.pending, d.kind);
		T_EQ_INT(d.seq, w.r.seq);
	}
	must_hold(&w);
	add(s, w, now);
}

static void results(struct set *s, const struct world *w)
{
	enum flow_effect e = (enum flow_effect)w->r.pending;
	if (e == FLOW_PROBE) {
		happens(s, *w, FLOW_HEALTH_GOOD, 1, 0);
		happens(s, *w, FLOW_HEALTH_SICK, 1, 0);
		happens(s, *w, FLOW_HEALTH_UNKNOWN, 1, 0);
		return;
	}
	struct world did = *w;
	carry_out(&did, e, w->r.pending_pct);
	struct world twice = did;
	carry_out(&twice, e, w->r.pending_pct);
	T_EQ_MEM(&twice, &did, sizeof did);
	happens(s, did, FLOW_EFFECT_DONE, 1, 0);
	happens(s, did, FLOW_EFFECT_FAILED, 1, 0);  /* it worked, and we were told that it did not */
	happens(s, *w, FLOW_EFFECT_FAILED, 1, 0);   /* it did not work */
	add(s, did, 0);                             /* killed after it ran, before its result was stored */
}

static size_t explore(const struct flow_rollout_plan *plan)
{
	static struct set s;
	memset(s.slot, 0, sizeof s.slot);
	s.n = 0;
	s.v = s.v ? s.v : calloc(SLOTS / 2, sizeof *s.v);
	struct world first = { .old_runs = plan->has_old };
	size_t ended = 0;
	flow_rollout_init(&first.r, plan);
	add(&s, first, 0);
	for (size_t i = 0; i < s.n; i++) {
		struct world w = s.v[i];
		static const enum flow_event any[] = { FLOW_BEGIN, FLOW_TICK, FLOW_RECOVER, FLOW_NEW_ENDED, FLOW_PAUSE, FLOW_RESUME, FLOW_PROMOTE, FLOW_ABORT, FLOW_SUPERSEDE, FLOW_TAKE_OVER };
		T_CASE("state %zu: %s, %s under way, weight %d", i, flow_phase_word((enum flow_phase)w.r.phase), flow_effect_word((enum flow_effect)w.r.pending), (int)w.new_pct);
		for (size_t e = 0; e < sizeof any / sizeof *any; e++)
			happens(&s, w, any[e], 0, 0);
		happens(&s, w, FLOW_TICK, 0, 500);
		happens(&s, w, FLOW_TICK, 0, 40000);
		happens(&s, w, FLOW_EFFECT_DONE, 0, 0);     /* a result that nobody waits for */
		happens(&s, w, FLOW_HEALTH_GOOD, -5, 0);
		if (w.r.pending != FLOW_NONE)
			results(&s, &w);
		ended += flow_rollout_ended(&w.r);
	}
	T_TRUE(ended > 0);
	return s.n;
}

static const struct flow_rollout_plan small = { .step_n = 2, .successes = 1, .retry_ms = 500, .interval_ms = 500, .step = { { 50, 1000 }, { 100, 0 } } };

T_TEST(every_order_of_events_keeps_the_traffic_on_what_is_healthy)
{
	size_t states = 0;
	for (int on_failure = STRAT_ROLL_BACK; on_failure <= STRAT_PAUSE; on_failure++)
		for (int variant = 0; variant < 8; variant++) {
			struct flow_rollout_plan p = small;
			p.on_failure = on_failure;
			p.has_old = variant & 1;
			p.watch_ms = variant & 2 ? 1000 : 0;
			p.keep_ms = variant & 4 ? 1000 : 0;
			states += explore(&p);
		}
	T_TRUE(states > 2000);
}

T_TEST(two_successes_and_three_steps)
{
	struct flow_rollout_plan p = small;
	p.has_old = 1;
	p.successes = 2;
	p.step_n = 3;
	p.step[0] = (struct flow_rollout_step){ 10, 500 };
	p.step[1] = (struct flow_rollout_step){ 50, 0 };
	p.step[2] = (struct flow_rollout_step){ 100, 500 };
	T_TRUE(explore(&p) > 500);
}
