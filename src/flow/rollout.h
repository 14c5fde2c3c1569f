/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A rollout as a state machine: (state, event, now) → (state, effect). Pure: it never looks at a clock or runs anything.
 *
 * The caller stores the state that a step left before it runs the effect that the step asked for, runs it, and feeds the
 * result back; after a crash it loads the state and feeds FLOW_RECOVER, which asks for the same effect again. So each
 * effect may run more than once and must do no harm the second time. At most one effect is under way.
 *
 * The way: prepare → start the new version → healthy `successes` times → for each step: weight, pause, healthy → watch →
 * finish (`current`, restart) → the old one is kept for a while → the old one is stopped. Whatever is not a clear success
 * (sick, terminated, no answer, no data, an effect that failed) is a failure, and then: the old one is started where it
 * no longer runs → weight back → the new one is stopped; or, with on-failure: pause, it is held until a person decides.
 * The old version is never stopped before the new one has all traffic and has been found healthy with it.
 */
#ifndef FLOW_ROLLOUT_H
#define FLOW_ROLLOUT_H
#include "base/str.h"
#include "strategy/strat.h"

enum { FLOW_STEPS = 32, FLOW_REASON = 240, FLOW_ROLLOUT_TEXT = 4096 };

struct flow_rollout_plan { /* what the strategy said when the rollout began; times in milliseconds */
	int64_t step_n, successes, watch_ms, keep_ms, on_failure; /* on_failure: enum strat_on_failure */
	int64_t retry_ms;    /* between probes until there are `successes` */
	int64_t interval_ms; /* between probes during a pause or a watch */
	int64_t has_old;     /* another version has the traffic now */
	struct flow_rollout_step { int64_t weight_pct, pause_ms; } step[FLOW_STEPS];
};

enum flow_phase {
	FLOW_WAITING,     /* stored, not begun: another rollout of the environment runs */
	FLOW_PREPARING,   /* effect PREPARE */
	FLOW_STARTING,    /* effect START_NEW */
	FLOW_BEFORE,      /* observed, without traffic */
	FLOW_WEIGHING,    /* effect WEIGHT */
	FLOW_PAUSING,     /* observed, at the weight of a step */
	FLOW_WATCHING,    /* observed, with all traffic */
	FLOW_FINISHING,   /* effect FINISH */
	FLOW_KEEPING,     /* succeeded; the old one still runs */
	FLOW_STOPPING_OLD,/* succeeded; effect STOP_OLD */
	FLOW_HELD,        /* failed, on-failure: pause; a person decides */
	FLOW_BACK_START,  /* going back: effect START_OLD */
	FLOW_BACK_WEIGHT, /* going back: effect WEIGHT 0 */
	FLOW_BACK_STOP,   /* going back: effect STOP_NEW */
	FLOW_BACK_REVERT, /* went back: effect REVERT (on-failure: revert) */
	FLOW_DONE,        /* succeeded, and nothing is left to do */
	FLOW_FAILED,      /* failed; the old one has the traffic (or see gave_up) */
	FLOW_ABORTED,     /* a person ended it; the old one has the traffic */
	FLOW_PHASE_COUNT
};

enum flow_effect {
	FLOW_NONE,
	FLOW_PREPARE,   /* lay out the version's files */
	FLOW_START_NEW, /* run it, without traffic, until it says it is ready */
	FLOW_PROBE,     /* look at its health; the result is an event FLOW_HEALTH_… */
	FLOW_WEIGHT,    /* weight_pct of the traffic to the new one, the rest to the old one */
	FLOW_FINISH,    /* it is the current one */
	FLOW_STOP_OLD,  /* drain, then end it */
	FLOW_START_OLD, /* run the old one again, where it does not run any more */
	FLOW_STOP_NEW,  /* the old one is the current one; drain the new one, then end it */
	FLOW_REVERT     /* open the change that reverts what was deployed */
};

enum flow_event {
	FLOW_BEGIN,           /* it is this rollout's turn */
	FLOW_EFFECT_DONE,     /* seq: of the effect */
	FLOW_EFFECT_FAILED,   /* seq, reason */
	FLOW_HEALTH_GOOD,     /* seq */
	FLOW_HEALTH_SICK,     /* seq, reason */
	FLOW_HEALTH_UNKNOWN,  /* seq, reason: no answer that could be judged, no data */
	FLOW_NEW_ENDED,       /* the new version's process ended by itself; reason */
	FLOW_TICK,            /* time passed */
	FLOW_RECOVER,         /* the caller was interrupted: say the effect again */
	/* a person's; promote ends a pause or a watch now, not the health that it needs; abort gives up a going back that has failed */
	FLOW_PAUSE, FLOW_RESUME, FLOW_PROMOTE, FLOW_ABORT,
	FLOW_SUPERSEDE,       /* a newer rollout needs the place of the kept old version */
	FLOW_TAKE_OVER        /* a newer rollout brings the kept old version itself: it is left as it is */
};

struct flow_rollout {
	struct flow_rollout_plan plan;
	int64_t phase;        /* enum flow_phase */
	int64_t step;         /* index of the step under way */
	int64_t weight_pct;   /* highest that was asked for and not taken back: the new one may have it */
	int64_t good, unknown;/* health results of that kind in a row */
	int64_t until_ms;     /* end of a pause, a watch, the keeping */
	int64_t probe_ms;     /* when to probe next */
	int64_t pending;      /* enum flow_effect that was asked for and has no result yet */
	int64_t pending_pct;  /* of WEIGHT */
	int64_t seq;          /* of the newest effect */
	int64_t tries;        /* of an effect that must succeed in the end */
	int64_t paused;       /* by a person */
	int64_t failing;      /* it failed while an effect was under way, or is going back since it failed */
	int64_t aborting;     /* the same by a person */
	int64_t held_in;      /* phase it was held in */
	int64_t gave_up;      /* a person ended the going back, which did not work: what has the traffic is not known */
	char reason[FLOW_REASON]; /* why it failed; "" */
};

struct flow_do {
	enum flow_effect kind;
	int64_t seq;
	unsigned weight_pct; /* of WEIGHT */
};

/** The plan of an environment. all-at-once: one step, no pause, nothing kept; the others take the strategy's steps. */
void flow_rollout_plan_make(struct flow_rollout_plan *out, const struct strat_environment *e, const struct strat_driver *d, bool has_old);
/** A rollout that waits for its turn. */
void flow_rollout_init(struct flow_rollout *r, const struct flow_rollout_plan *plan);
/**
 * One step.
 * @param seq     of the effect that the event is the result of; else 0. A result that nobody waits for changes nothing
 * @param reason  of a failure; may be empty. Cut to FLOW_REASON - 1 bytes
 * @param out     what to do now; FLOW_NONE: nothing until flow_rollout_wake
 * @return SLU_OK, SLU_E_CONFLICT: a person's event that does not fit the phase, with what does. The state is untouched then.
 */
slu_rc flow_rollout_event(struct flow_rollout *r, struct flow_do *out, enum flow_event ev, int64_t seq, slu_str reason, int64_t now_ms, slu_err *err);
/** When a FLOW_TICK is due; -1: only an event from outside moves it. */
int64_t flow_rollout_wake(const struct flow_rollout *r);
/** The environment is free for the next one: it has ended, or only keeps the old version. */
bool flow_rollout_over(const struct flow_rollout *r);
bool flow_rollout_ended(const struct flow_rollout *r); /* nothing will ever be asked for again */
bool flow_rollout_succeeded(const struct flow_rollout *r);
/** It is a failure, also while it still goes back. */
bool flow_rollout_failed(const struct flow_rollout *r);
/** For people and the database: "waiting" "starting" "pausing" … */
const char *flow_phase_word(enum flow_phase p);
const char *flow_effect_word(enum flow_effect e);
/** Text form, one `key=value` a line; what is loaded from it is equal. */
void flow_rollout_save(slu_buf *out, const struct flow_rollout *r);
/** SLU_E_CORRUPT: not such a text. */
slu_rc flow_rollout_load(struct flow_rollout *out, slu_str text, slu_err *err);
#endif
