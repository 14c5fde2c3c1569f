/* SPDX-License-Identifier: Apache-2.0 */
/* The rollout's way, by tables: each row is an event and what the machine must answer to it.
   Requirement: DP-3, DP-4, DP-5, DP-8 */
#include "flow/rollout.h"

#include "t.h"

struct row {
	enum flow_event ev;
	int64_t after_ms; /* since the row before */
	enum flow_phase phase;
	enum flow_effect effect;
	unsigned weight;
};
#define DONE FLOW_EFFECT_DONE
#define BAD FLOW_EFFECT_FAILED
#define GOOD FLOW_HEALTH_GOOD
#define SICK FLOW_HEALTH_SICK
#define UNKNOWN FLOW_HEALTH_UNKNOWN

static const struct flow_rollout_plan ramp = { .step_n = 3, .successes = 2, .watch_ms = 4000, .keep_ms = 10000, .on_failure = STRAT_ROLL_BACK, .retry_ms = 500, .interval_ms = 1000, .has_old = 1,
	.step = { { 10, 2000 }, { 50, 0 }, { 100, 0 } } };

static struct flow_rollout play(const struct flow_rollout_plan *plan, const struct row *row)
{
	struct flow_rollout r;
	int64_t now = 1000000;
	slu_err err = { 0 };
	flow_rollout_init(&r, plan);
	for (int i = 0; i == 0 || row[i].ev || row[i].phase; i++) {
		struct flow_do d;
		slu_auto_buf text;
		slu_buf_init(&text, FLOW_ROLLOUT_TEXT);
		now += row[i].after_ms;
		T_CASE("row %d", i);
		T_OK(flow_rollout_event(&r, &d, row[i].ev, r.seq, SLU_STR("because"), now, &err), err);
		T_EQ_STR(flow_phase_word((enum flow_phase)r.phase), flow_phase_word(row[i].phase));
		T_EQ_STR(flow_effect_word(d.kind), flow_effect_word(row[i].effect));
		T_EQ_INT(d.weight_pct, row[i].weight);
		struct flow_rollout again; /* what is stored is what goes on */
		flow_rollout_save(&text, &r);
		T_FALSE(text.over);
		T_OK(flow_rollout_load(&again, slu_buf_str(&text), &err), err);
		T_EQ_MEM(&again, &r, sizeof r);
		r = again;
	}
	t_case[0] = '\0';
	return r;
}

T_TEST(a_good_rollout_goes_up_step_by_step)
{
	struct flow_rollout r = play(&ramp, (struct row[]){
		{ FLOW_BEGIN, 0, FLOW_PREPARING, FLOW_PREPARE, 0 },
		{ DONE, 10, FLOW_STARTING, FLOW_START_NEW, 0 },
		{ DONE, 10, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ GOOD, 10, FLOW_BEFORE, FLOW_NONE, 0 },
		{ FLOW_TICK, 100, FLOW_BEFORE, FLOW_NONE, 0 },
		{ FLOW_TICK, 400, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_WEIGHING, FLOW_WEIGHT, 10 },
		{ DONE, 0, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_PAUSING, FLOW_NONE, 0 },
		{ FLOW_TICK, 500, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_PAUSING, FLOW_NONE, 0 },       /* healthy, but the pause is not over */
		{ FLOW_TICK, 1000, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 500, FLOW_WEIGHING, FLOW_WEIGHT, 50 }, /* 2 s after */
		{ DONE, 0, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_PAUSING, FLOW_NONE, 0 },
		{ FLOW_TICK, 500, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_WEIGHING, FLOW_WEIGHT, 100 },
		{ DONE, 0, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ UNKNOWN, 0, FLOW_PAUSING, FLOW_NONE, 0 },    /* begins to count again */
		{ FLOW_TICK, 500, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_PAUSING, FLOW_NONE, 0 },
		{ FLOW_TICK, 500, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_WATCHING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_WATCHING, FLOW_NONE, 0 },
		{ FLOW_TICK, 500, FLOW_WATCHING, FLOW_PROBE, 0 },
		{ GOOD, 3500, FLOW_FINISHING, FLOW_FINISH, 0 },
		{ DONE, 0, FLOW_KEEPING, FLOW_NONE, 0 },
		{ FLOW_TICK, 9999, FLOW_KEEPING, FLOW_NONE, 0 },
		{ FLOW_TICK, 1, FLOW_STOPPING_OLD, FLOW_STOP_OLD, 0 },
		{ DONE, 0, FLOW_DONE, FLOW_NONE, 0 },
		{ 0 } });
	T_TRUE(flow_rollout_ended(&r) && flow_rollout_succeeded(&r) && !flow_rollout_failed(&r));
}

T_TEST(a_sick_version_gets_no_traffic)
{
	struct flow_rollout r = play(&ramp, (struct row[]){
		{ FLOW_BEGIN, 0, FLOW_PREPARING, FLOW_PREPARE, 0 },
		{ DONE, 10, FLOW_STARTING, FLOW_START_NEW, 0 },
		{ DONE, 10, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ SICK, 0, FLOW_BACK_STOP, FLOW_STOP_NEW, 0 },
		{ DONE, 0, FLOW_FAILED, FLOW_NONE, 0 },
		{ 0 } });
	T_EQ_STR(r.reason, "because");
}

T_TEST(sick_with_traffic_goes_back_and_the_old_one_is_started_where_it_is_not_there)
{
	struct flow_rollout_plan plan = ramp;
	plan.successes = 1;
	plan.on_failure = STRAT_REVERT;
	play(&plan, (struct row[]){
		{ FLOW_BEGIN, 0, FLOW_PREPARING, FLOW_PREPARE, 0 },
		{ DONE, 0, FLOW_STARTING, FLOW_START_NEW, 0 },
		{ DONE, 0, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_WEIGHING, FLOW_WEIGHT, 10 },
		{ DONE, 0, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_PAUSING, FLOW_NONE, 0 },
		{ FLOW_NEW_ENDED, 0, FLOW_BACK_START, FLOW_START_OLD, 0 },
		{ BAD, 0, FLOW_BACK_START, FLOW_NONE, 0 },
		{ FLOW_TICK, 100, FLOW_BACK_START, FLOW_NONE, 0 },
		{ FLOW_TICK, 400, FLOW_BACK_START, FLOW_START_OLD, 0 },
		{ FLOW_RECOVER, 0, FLOW_BACK_START, FLOW_START_OLD, 0 },
		{ DONE, 0, FLOW_BACK_WEIGHT, FLOW_WEIGHT, 0 },
		{ BAD, 0, FLOW_BACK_WEIGHT, FLOW_NONE, 0 },
		{ FLOW_RECOVER, 500, FLOW_BACK_WEIGHT, FLOW_WEIGHT, 0 },
		{ DONE, 0, FLOW_BACK_STOP, FLOW_STOP_NEW, 0 },
		{ DONE, 0, FLOW_BACK_REVERT, FLOW_REVERT, 0 },
		{ DONE, 0, FLOW_FAILED, FLOW_NONE, 0 },
		{ 0 } });
}

T_TEST(no_answer_is_not_health)
{
	play(&ramp, (struct row[]){
		{ FLOW_BEGIN, 0, FLOW_PREPARING, FLOW_PREPARE, 0 },
		{ DONE, 0, FLOW_STARTING, FLOW_START_NEW, 0 },
		{ DONE, 0, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ UNKNOWN, 0, FLOW_BEFORE, FLOW_NONE, 0 },
		{ FLOW_TICK, 500, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ UNKNOWN, 0, FLOW_BEFORE, FLOW_NONE, 0 },
		{ FLOW_TICK, 500, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ UNKNOWN, 0, FLOW_BACK_STOP, FLOW_STOP_NEW, 0 },
		{ 0 } });
}

T_TEST(held_until_a_person_decides)
{
	struct flow_rollout_plan plan = ramp;
	plan.successes = 1;
	plan.on_failure = STRAT_PAUSE;
	static const struct row to_held[] = {
		{ FLOW_BEGIN, 0, FLOW_PREPARING, FLOW_PREPARE, 0 },
		{ DONE, 0, FLOW_STARTING, FLOW_START_NEW, 0 },
		{ DONE, 0, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_WEIGHING, FLOW_WEIGHT, 10 },
		{ DONE, 0, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ SICK, 0, FLOW_HELD, FLOW_NONE, 0 },
		{ 0 } };
	struct flow_do d;
	slu_err err = { 0 };
	struct flow_rollout r = play(&plan, to_held);
	T_RC(flow_rollout_event(&r, &d, FLOW_PROMOTE, 0, SLU_STR(""), 0, &err), SLU_E_CONFLICT);
	T_OK(flow_rollout_event(&r, &d, FLOW_RESUME, 0, SLU_STR(""), 2000000, &err), err);
	T_EQ_INT(d.kind, FLOW_PROBE);
	T_OK(flow_rollout_event(&r, &d, FLOW_HEALTH_GOOD, d.seq, SLU_STR(""), 2000000, &err), err);
	T_EQ_INT(d.weight_pct, 50);
	r = play(&plan, to_held);
	T_OK(flow_rollout_event(&r, &d, FLOW_ABORT, 0, SLU_STR(""), 2000000, &err), err);
	T_EQ_INT(d.kind, FLOW_START_OLD);
}

T_TEST(abort_pause_promote)
{
	struct flow_rollout_plan plan = ramp;
	plan.successes = 1;
	play(&plan, (struct row[]){
		{ FLOW_BEGIN, 0, FLOW_PREPARING, FLOW_PREPARE, 0 },
		{ DONE, 0, FLOW_STARTING, FLOW_START_NEW, 0 },
		{ DONE, 0, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ FLOW_PAUSE, 0, FLOW_BEFORE, FLOW_NONE, 0 },
		{ GOOD, 0, FLOW_BEFORE, FLOW_NONE, 0 },
		{ FLOW_TICK, 100000, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_BEFORE, FLOW_NONE, 0 },
		{ FLOW_RESUME, 0, FLOW_WEIGHING, FLOW_WEIGHT, 10 },
		{ DONE, 0, FLOW_PAUSING, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_PAUSING, FLOW_NONE, 0 },
		{ FLOW_PROMOTE, 1, FLOW_WEIGHING, FLOW_WEIGHT, 50 },
		{ FLOW_ABORT, 0, FLOW_WEIGHING, FLOW_NONE, 0 }, /* the effect under way has its result first */
		{ DONE, 0, FLOW_BACK_START, FLOW_START_OLD, 0 },
		{ DONE, 0, FLOW_BACK_WEIGHT, FLOW_WEIGHT, 0 },
		{ DONE, 0, FLOW_BACK_STOP, FLOW_STOP_NEW, 0 },
		{ BAD, 0, FLOW_BACK_STOP, FLOW_NONE, 0 },
		{ FLOW_TICK, 500, FLOW_BACK_STOP, FLOW_STOP_NEW, 0 },
		{ DONE, 0, FLOW_ABORTED, FLOW_NONE, 0 },
		{ 0 } });
}

T_TEST(the_first_version_of_all_has_no_way_back_but_off)
{
	struct flow_rollout_plan plan = ramp;
	plan.has_old = 0;
	plan.successes = 1;
	play(&plan, (struct row[]){
		{ FLOW_BEGIN, 0, FLOW_PREPARING, FLOW_PREPARE, 0 },
		{ DONE, 0, FLOW_STARTING, FLOW_START_NEW, 0 },
		{ DONE, 0, FLOW_BEFORE, FLOW_PROBE, 0 },
		{ GOOD, 0, FLOW_WEIGHING, FLOW_WEIGHT, 10 },
		{ BAD, 0, FLOW_BACK_STOP, FLOW_STOP_NEW, 0 },
		{ DONE, 0, FLOW_FAILED, FLOW_NONE, 0 },
		{ 0 } });
}

T_TEST(the_plan_of_each_style)
{
	static const struct strat_step steps[] = { { .weight_pct = 10, .pause_s = 300 }, { .weight_pct = 100 } };
	struct strat_environment e = { .style = STRAT_CANARY, .step = steps, .step_n = 2, .watch_s = 60, .probe_successes = 3 };
	struct strat_driver d = { .keep_s = 3600 };
	struct flow_rollout_plan p;
	flow_rollout_plan_make(&p, &e, &d, true);
	T_EQ_INT(p.step_n, 2);
	T_EQ_INT(p.step[0].pause_ms, 300000);
	T_EQ_INT(p.successes, 3);
	T_EQ_INT(p.keep_ms, 3600000);
	e.style = STRAT_ALL_AT_ONCE;
	flow_rollout_plan_make(&p, &e, &d, true);
	T_EQ_INT(p.step_n, 1);
	T_EQ_INT(p.step[0].weight_pct, 100);
	T_EQ_INT(p.keep_ms, 0);
	e = (struct strat_environment){ .style = STRAT_BLUE_GREEN };
	flow_rollout_plan_make(&p, &e, &d, false);
	T_EQ_INT(p.step_n, 1);
	T_EQ_INT(p.successes, 1);
}

T_TEST(what_is_stored_wrongly_is_refused)
{
	static const char *const bad[] = { "", "phase=1\n", "reason=\n", "nonsense" };
	struct flow_rollout r, out = { .seq = 7 };
	slu_err err = { 0 };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		T_RC(flow_rollout_load(&out, slu_s(bad[i]), &err), SLU_E_CORRUPT);
	flow_rollout_init(&r, &ramp);
	slu_auto_buf text;
	slu_buf_init(&text, FLOW_ROLLOUT_TEXT);
	flow_rollout_save(&text, &r);
	for (size_t cut = 0; cut + 1 < text.n; cut++) /* each beginning of it; the last byte is the end of the last line */
		T_RC(flow_rollout_load(&out, (slu_str){ text.p, cut > 8 ? cut - 8 : 0 }, &err), SLU_E_CORRUPT);
	T_EQ_INT(out.seq, 7);
}
