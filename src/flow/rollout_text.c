/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/rollout.h"

#include <stddef.h>

bool flow_rollout_ended(const struct flow_rollout *r)
{
	return r->phase >= FLOW_DONE;
}

bool flow_rollout_over(const struct flow_rollout *r)
{
	return flow_rollout_ended(r) || r->phase == FLOW_KEEPING;
}

bool flow_rollout_succeeded(const struct flow_rollout *r)
{
	return r->phase == FLOW_KEEPING || r->phase == FLOW_STOPPING_OLD || r->phase == FLOW_DONE;
}

bool flow_rollout_failed(const struct flow_rollout *r)
{
	return r->failing != 0;
}

const char *flow_phase_word(enum flow_phase p)
{
	static const char *const word[FLOW_PHASE_COUNT] = {
		[FLOW_WAITING] = "waiting", [FLOW_PREPARING] = "preparing", [FLOW_STARTING] = "starting", [FLOW_BEFORE] = "checking",
		[FLOW_WEIGHING] = "shifting", [FLOW_PAUSING] = "pausing", [FLOW_WATCHING] = "watching", [FLOW_FINISHING] = "finishing",
		[FLOW_KEEPING] = "keeping", [FLOW_STOPPING_OLD] = "stopping-old", [FLOW_HELD] = "held", [FLOW_BACK_START] = "back-starting",
		[FLOW_BACK_WEIGHT] = "back-shifting", [FLOW_BACK_STOP] = "back-stopping", [FLOW_BACK_REVERT] = "back-reverting",
		[FLOW_DONE] = "done", [FLOW_FAILED] = "failed", [FLOW_ABORTED] = "aborted",
	};
	return p < FLOW_PHASE_COUNT ? word[p] : "unknown";
}

const char *flow_effect_word(enum flow_effect e)
{
	static const char *const word[] = {
		[FLOW_NONE] = "none", [FLOW_PREPARE] = "prepare", [FLOW_START_NEW] = "start-new", [FLOW_PROBE] = "probe", [FLOW_WEIGHT] = "weight",
		[FLOW_FINISH] = "finish", [FLOW_STOP_OLD] = "stop-old", [FLOW_START_OLD] = "start-old", [FLOW_STOP_NEW] = "stop-new", [FLOW_REVERT] = "revert",
	};
	return e <= FLOW_REVERT ? word[e] : "unknown";
}

/* ---- text form -------------------------------------------------------------------------------------------------------- */

static const struct field {
	const char *name;
	size_t at;
	int64_t max; /* 0 <= value <= max */
} fields[] = {
#define FIELD(name, member, max) { name, offsetof(struct flow_rollout, member), max }
	FIELD("steps", plan.step_n, FLOW_STEPS),
	FIELD("successes", plan.successes, 1000),
	FIELD("watch", plan.watch_ms, INT64_MAX),
	FIELD("keep", plan.keep_ms, INT64_MAX),
	FIELD("on-failure", plan.on_failure, STRAT_PAUSE),
	FIELD("retry", plan.retry_ms, INT64_MAX),
	FIELD("interval", plan.interval_ms, INT64_MAX),
	FIELD("has-old", plan.has_old, 1),
	FIELD("phase", phase, FLOW_PHASE_COUNT - 1),
	FIELD("step", step, FLOW_STEPS - 1),
	FIELD("weight", weight_pct, 100),
	FIELD("good", good, INT64_MAX),
	FIELD("unknown", unknown, INT64_MAX),
	FIELD("until", until_ms, INT64_MAX),
	FIELD("probe", probe_ms, INT64_MAX),
	FIELD("pending", pending, FLOW_REVERT),
	FIELD("pending-weight", pending_pct, 100),
	FIELD("seq", seq, INT64_MAX),
	FIELD("tries", tries, INT64_MAX),
	FIELD("paused", paused, 1),
	FIELD("failing", failing, 1),
	FIELD("aborting", aborting, 1),
	FIELD("gave-up", gave_up, 1),
	FIELD("held-in", held_in, FLOW_PHASE_COUNT - 1),
#undef FIELD
};
enum { FIELDS = sizeof fields / sizeof *fields };

void flow_rollout_save(slu_buf *out, const struct flow_rollout *r)
{
	for (size_t i = 0; i < FIELDS; i++) {
		int64_t v;
		memcpy(&v, (const char *)r + fields[i].at, sizeof v);
		slu_buf_addf(out, "%s=%lld\n", fields[i].name, (long long)v);
	}
	for (int64_t i = 0; i < r->plan.step_n; i++)
		slu_buf_addf(out, "to=%lld:%lld\n", (long long)r->plan.step[i].weight_pct, (long long)r->plan.step[i].pause_ms);
	slu_buf_addf(out, "reason=%s\n", r->reason);
}

static bool number(int64_t *out, slu_str text, int64_t max)
{
	uint64_t v;
	if (slu_parse_u64(&v, text, NULL) != SLU_OK || v > (uint64_t)max)
		return false;
	*out = (int64_t)v;
	return true;
}

static bool load_step(struct flow_rollout *r, int64_t *n, slu_str value)
{
	slu_str weight;
	if (*n >= FLOW_STEPS || !slu_str_split(&value, ':', &weight))
		return false;
	struct flow_rollout_step *s = &r->plan.step[(*n)++];
	return number(&s->weight_pct, weight, 100) && number(&s->pause_ms, value, INT64_MAX);
}

static bool load_field(struct flow_rollout *r, slu_str key, slu_str value, unsigned *seen)
{
	for (size_t i = 0; i < FIELDS; i++) {
		int64_t v;
		if (!slu_str_is(key, fields[i].name))
			continue;
		if ((*seen & (1u << i)) || !number(&v, value, fields[i].max))
			return false;
		*seen |= 1u << i;
		memcpy((char *)r + fields[i].at, &v, sizeof v);
		return true;
	}
	return false;
}

static bool load_reason(struct flow_rollout *r, bool *seen, slu_str value)
{
	if (*seen || value.n >= FLOW_REASON)
		return false;
	*seen = true;
	if (value.n > 0)
		memcpy(r->reason, value.p, value.n);
	return true;
}

slu_rc flow_rollout_load(struct flow_rollout *out, slu_str text, slu_err *err)
{
	struct flow_rollout r = { 0 };
	slu_str line, key;
	unsigned seen = 0;
	int64_t steps = 0;
	bool fine = true, reason = false;
	while (fine && slu_str_split(&text, '\n', &line)) {
		fine = slu_str_split(&line, '=', &key);
		if (fine)
			fine = slu_str_is(key, "to")     ? load_step(&r, &steps, line) :
			       slu_str_is(key, "reason") ? load_reason(&r, &reason, line) : load_field(&r, key, line, &seen);
	}
	if (!fine || !reason || seen != (1u << FIELDS) - 1 || steps != r.plan.step_n || steps == 0 || r.step >= steps)
		return slu_fail(err, SLU_E_CORRUPT, "the stored state of a rollout is not one");
	*out = r;
	return SLU_OK;
}
