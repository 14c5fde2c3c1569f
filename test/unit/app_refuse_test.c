/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals are events, and a flood of them does not fill the log. Requirement: RC-3 */
#include "app_world.h"

#include "app/act.h"
#include "app/push.h"
#include "app/refuse.h"

static const char strategy[] = "strategy: 1\nbranches: {main: {type: production}, topic: {match: \"t/*\", type: work, base: main}}\n";

static int64_t newest(struct app_world *w)
{
	int64_t n = 0;

	T_OK(port_event_count(w->u.store, &n, &w->err), w->err);
	return n;
}

/** What bob is told when he pushes main as `commit`. */
static void refuse(struct app_world *w, const slu_oid *commit)
{
	struct pol_verdict v = { 0 };
	const struct pol_action act = { .verb = POL_CREATE, .ref = SLU_STR("refs/heads/main"), .old = slu_oid_zero(), .new_ = *commit };

	T_OK(app_decide(&v, &w->u, &w->r, &act, &w->err), w->err);
	T_RC(app_obey(&w->u, &w->r, &v, &w->err), SLU_E_DENIED);
}

T_TEST(the_same_refusals_in_turn_are_written_once_an_hour)
{
	struct app_world w;
	slu_oid none = slu_oid_zero(), c[2];

	app_world_begin(&w);
	app_world_repo(&w, strategy, "ann=admin bob=write eve=write");
	for (size_t i = 0; i < 2; i++)
		c[i] = app_world_commit(&w, &none, "a", i ? "1\n" : "0\n", "feat: a");
	app_world_as(&w, "bob");
	int64_t before = newest(&w);
	for (int i = 0; i < 10; i++)
		refuse(&w, &c[i % 2]);
	T_EQ_INT(newest(&w), before + 2);
	app_world_as(&w, "eve");
	refuse(&w, &c[0]);
	T_EQ_INT(newest(&w), before + 3);
	w.u.dry_run = true;
	refuse(&w, &c[1]);
	T_EQ_INT(newest(&w), before + 3);
	app_world_clock_ms += 3601 * 1000;
	app_world_as(&w, "bob");
	refuse(&w, &c[0]);
	T_EQ_INT(newest(&w), before + 4);
	app_world_end(&w);
}

/** A push of one person that is always another one. */
static void push(struct app_world *w, int i)
{
	slu_oid none = slu_oid_zero(), c = app_world_commit(w, &none, "a", slu_printf(w->a, "%d\n", i), "feat: a");
	const struct port_git_update one = { .ref = SLU_STR("refs/heads/main"), .old = none, .new_ = c };
	const struct app_push p = { .update = &one, .n = 1, .via = "http" };
	struct app_push_judged j = { 0 };

	T_OK(app_push_judge(&j, &w->u, &w->r, &p, &w->err), w->err);
	T_FALSE(j.allowed);
}

T_TEST(of_refusals_that_are_all_different_an_hour_has_a_bounded_number)
{
	struct app_world w;

	app_world_begin(&w);
	app_world_repo(&w, strategy, "ann=admin bob=write");
	app_world_as(&w, "bob");
	int64_t before = newest(&w);
	for (int i = 0; i < APP_EVENTS_BOUND + 5; i++)
		push(&w, i);
	T_EQ_INT(newest(&w), before + APP_EVENTS_BOUND);
	app_world_clock_ms += 3601 * 1000;
	app_world_as(&w, "bob");
	push(&w, 0);
	T_EQ_INT(newest(&w), before + APP_EVENTS_BOUND + 1);
	app_world_end(&w);
}

T_TEST(who_signs_in_leaves_an_event)
{
	struct app_world w;
	struct port_token t = { 0 };
	slu_str text = { 0 };

	app_world_begin(&w);
	app_world_repo(&w, strategy, "ann=admin");
	T_OK(app_token_create(&text, &t, &w.u, SLU_STR("ann"), (slu_str){ 0 }, APP_SCOPE_ALL, 0, &w.err), w.err);
	text = slu_s(slu_str_dup(w.a, text));
	int64_t before = newest(&w);
	for (int i = 0; i < 3; i++) {
		T_OK(app_authenticate(&w.u, text, (slu_str){ 0 }, &w.err), w.err);
		T_OK(app_session_begun(&w.u, &w.err), w.err);
	}
	T_EQ_INT(newest(&w), before + 1);
	const struct port_event *e = NULL;
	struct port_page one = { .limit = 1 };
	size_t n = 0;
	T_OK(port_event_list(w.u.store, w.u.a, &(struct port_event_filter){ .kind = SLU_STR("signed-in") }, &one, &e, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(e[0].actor, "ann");
	app_world_end(&w);
}
