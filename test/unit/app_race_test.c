/* SPDX-License-Identifier: Apache-2.0 */
/* Several people at once: what one act rested on is not pulled away under it. Requirement: PR-2, PR-6, RC-3 */
#include "app_world.h"

#include "app/audit.h"
#include "app/changes.h"
#include "port/store_act.h"
#include "port/store_change.h"

#include <pthread.h>
#include <stdatomic.h>

static const char strategy[] =
    "strategy: 1\n"
    "branches:\n"
    "  main: {type: production, allow: {merge: write}, require: {approvals: 1, dismiss-stale: true, checks: []}}\n"
    "  topic: {match: \"t/{name}\", type: work, base: main, into: {main: {}}}\n";

enum { ROUNDS = 12 };

struct race {
	app *ap;
	const char *who;
	uint64_t number;
	int64_t review;
	pthread_barrier_t *gate;
	slu_rc rc;
	bool done;
	char says[SLU_ERR_TEXT];
	slu_rc (*act)(struct race *x, struct app_unit *u, struct app_repo *r, slu_err *err);
};

static void *run(void *ctx)
{
	struct race *x = ctx;
	struct app_unit u = { 0 };
	struct app_repo r = { 0 };
	struct port_person p = { 0 };
	slu_err err = { 0 };

	x->rc = app_unit_begin(&u, x->ap, &err);
	if (x->rc == SLU_OK)
		x->rc = port_person_get(u.store, u.a, slu_s(x->who), &p, &err);
	if (x->rc == SLU_OK) {
		u.who = (struct app_who){ .signed_in = true, .name = p.name, .scopes = APP_SCOPE_ALL, .person_id = p.id };
		x->rc = app_repo_open(&r, &u, SLU_STR("ann"), SLU_STR("app"), STRAT_READ, &err);
	}
	(void)pthread_barrier_wait(x->gate);
	if (x->rc == SLU_OK)
		x->rc = x->act(x, &u, &r, &err);
	(void)snprintf(x->says, sizeof(x->says), "%s", err.text);
	app_repo_close(&u, &r);
	app_unit_end(&u);
	return NULL;
}

static void together(struct app_world *w, struct race *x, size_t n)
{
	pthread_t t[8];
	pthread_barrier_t gate;

	(void)pthread_barrier_init(&gate, NULL, (unsigned)n);
	for (size_t i = 0; i < n; i++) {
		x[i].ap = w->ap;
		x[i].gate = &gate;
		T_EQ_INT(pthread_create(&t[i], NULL, run, &x[i]), 0);
	}
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(t[i], NULL);
	(void)pthread_barrier_destroy(&gate);
}

static slu_rc do_merge(struct race *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct app_merge_ask ask = { 0 };
	struct app_merge_result res = { 0 };
	slu_rc rc = app_change_merge(&res, u, r, x->number, &ask, err);
	x->done = rc == SLU_OK && res.merged;
	return rc;
}

static slu_rc do_dismiss(struct race *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_review v = { 0 };
	slu_rc rc = app_review_dismiss(&v, u, r, x->number, x->review, SLU_STR("no longer"), err);
	x->done = rc == SLU_OK;
	return rc;
}

static slu_rc do_edit(struct race *x, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	struct port_change c = { 0 };
	const slu_str title = SLU_STR("Another title");
	const struct app_change_edit e = { .title = &title };
	slu_rc rc = app_change_edit(&c, u, r, x->number, &e, err);
	x->done = rc == SLU_OK;
	return rc;
}

/** A change with an approval of bob's. */
static void one_change(struct app_world *w, int round, uint64_t *number, int64_t *review)
{
	slu_oid main_ = app_world_ref(w, "refs/heads/main");
	const char *branch = slu_printf(w->a, "t/n%d", round);
	slu_oid tip = app_world_commit(w, &main_, branch + 2, "1\n", "feat: more");
	const struct app_change_new n = { .title = SLU_STR("More"), .source = slu_s(branch), .target = SLU_STR("main") };
	struct port_change c = { 0 };
	struct port_review v = { 0 };

	app_world_set(w, slu_printf(w->a, "refs/heads/%s", branch), &tip);
	app_world_as(w, "ann");
	T_OK(app_change_open(&c, &w->u, &w->r, &n, &w->err), w->err);
	app_world_as(w, "bob");
	T_OK(app_change_review(&v, &w->u, &w->r, c.number, &(struct app_review_new){ .state = POL_REVIEW_APPROVE }, &w->err), w->err);
	*number = c.number;
	*review = v.id;
	app_world_as(w, "operator");
}

static void begin(struct app_world *w)
{
	slu_oid none = slu_oid_zero();

	app_world_begin(w);
	app_world_repo(w, strategy, "ann=write bob=maintain eve=write");
	slu_oid first = app_world_commit(w, &none, "a", "1\n", "feat: first");
	app_world_set(w, "refs/heads/main", &first);
	app_world_as(w, "operator");
}

/** seq of the first event of this kind about the change; 0: none */
static int64_t seq_of(struct app_world *w, const char *kind, uint64_t change)
{
	const struct port_event_filter f = { .kind = slu_s(kind), .change = change, .oldest_first = true };
	const struct port_event *e = NULL;
	size_t n = 0;
	T_OK(port_event_list(w->u.store, w->u.a, &f, NULL, &e, &n, &w->err), w->err);
	return n ? e[0].seq : 0;
}

T_TEST(a_merge_never_follows_the_dismissal_that_forbids_it)
{
	struct app_world w;
	begin(&w);

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t number = 0;
		int64_t review = 0;
		T_CASE("round %d", i);
		one_change(&w, i, &number, &review);
		struct race x[2] = { { .who = "eve", .number = number, .act = do_merge }, { .who = "bob", .number = number, .review = review, .act = do_dismiss } };
		together(&w, x, 2);
		app_world_as(&w, "operator");
		int64_t merged = seq_of(&w, "change-merged", number), dismissed = seq_of(&w, "review-dismissed", number);
		T_EQ_INT(merged > 0, x[0].done);
		if (merged && dismissed)
			T_TRUE(merged < dismissed);
	}
	app_world_end(&w);
}

T_TEST(of_two_merges_one_lands_and_an_edit_undoes_none)
{
	struct app_world w;
	struct port_change c = { 0 };
	struct app_audit_verdict v = { 0 };
	begin(&w);

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t number = 0;
		int64_t review = 0;
		T_CASE("round %d", i);
		one_change(&w, i, &number, &review);
		struct race x[3] = { { .who = "eve", .number = number, .act = do_merge }, { .who = "bob", .number = number, .act = do_merge }, { .who = "ann", .number = number, .act = do_edit } };
		together(&w, x, 3);
		app_world_as(&w, "operator");
		T_EQ_INT((int)x[0].done + (int)x[1].done, 1);
		T_TRUE(x[2].done);
		T_OK(port_change_get(w.u.store, w.u.a, w.r.id, number, &c, &w.err), w.err);
		T_EQ_INT(c.state, POL_CHANGE_MERGED);
		T_EQ_SLU(c.title, "Another title");
		T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, c.merged_as.hex);
	}
	T_OK(app_audit_verify(&v, &w.u, (slu_str){ 0 }, &w.err), w.err);
	T_TRUE(v.good);
	app_world_end(&w);
}

T_TEST(an_act_that_waits_too_long_is_refused_and_changes_nothing)
{
	struct app_world w;
	uint64_t number = 0;
	int64_t review = 0;
	app_world_ports.repo_wait_ms = 200;
	begin(&w);
	app_world_ports.repo_wait_ms = 0;

	one_change(&w, 0, &number, &review);
	slu_oid before = app_world_ref(&w, "refs/heads/main");
	T_OK(app_repo_lock(w.ap, w.r.id, &w.err), w.err); /* as an act that hangs */
	struct race x = { .who = "eve", .number = number, .act = do_merge };
	together(&w, &x, 1);
	T_EQ_INT(x.rc, SLU_E_BUSY);
	T_HAS(x.says, "try again");
	T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, before.hex);
	app_repo_unlock(w.ap, w.r.id);
	together(&w, &x, 1);
	T_TRUE(x.done);
	app_world_end(&w);
}

static size_t intents(struct app_world *w)
{
	const struct port_intent *list = NULL;
	size_t n = 9;
	T_OK(port_intent_list(w->u.store, w->u.a, 0, &list, &n, &w->err), w->err);
	return n;
}

static slu_rc says_no(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	(void)ctx, (void)u, (void)r;
	return slu_fail(err, SLU_E_DENIED, "The answer is no longer yes.");
}

T_TEST(an_act_that_does_not_land_leaves_neither_intent_nor_lock)
{
	struct app_world w;
	begin(&w);
	slu_oid main_ = app_world_ref(&w, "refs/heads/main"), next = app_world_commit(&w, &main_, "b", "2\n", "feat: next");
	struct port_git_update x = { .ref = SLU_STR("refs/heads/main"), .old = next, .new_ = main_ };
	struct app_land l = { .update = &x, .n = 1, .reflog = SLU_STR("test") };

	T_OK(app_repo_lock(w.ap, w.r.id, &w.err), w.err);
	T_RC(app_land(&w.u, &w.r, &l, &w.err), SLU_E_CONFLICT); /* the ref is not where it is expected */
	T_EQ_INT(intents(&w), 0);
	x = (struct port_git_update){ .ref = SLU_STR("refs/heads/main"), .old = main_, .new_ = next };
	l.record = says_no;
	T_RC(app_land(&w.u, &w.r, &l, &w.err), SLU_E_DENIED); /* asked again with the ref locked */
	T_EQ_INT(intents(&w), 0);
	T_EQ_STR(app_world_ref(&w, "refs/heads/main").hex, main_.hex);
	l.record = NULL;
	T_OK(app_land(&w.u, &w.r, &l, &w.err), w.err);
	T_EQ_INT(intents(&w), 1); /* it stays, decided, until the next act */
	app_repo_unlock(w.ap, w.r.id);
	app_world_end(&w);
}

T_TEST(a_clock_that_jumps_changes_neither_order_nor_log)
{
	static const int64_t jump_ms[] = { 0, -3600 * 1000, -10LL * 366 * 86400 * 1000, 20LL * 366 * 86400 * 1000, -1, 1 };
	struct app_world w;
	struct app_audit_verdict v = { 0 };
	const struct port_event *e = NULL;
	size_t n = 0;
	const struct port_event_filter f = { .kind = SLU_STR("change-merged"), .oldest_first = true };
	begin(&w);

	for (int i = 0; i < (int)(sizeof jump_ms / sizeof *jump_ms); i++) {
		uint64_t number = 0;
		int64_t review = 0;
		T_CASE("jump %d", i);
		app_world_clock_ms += jump_ms[i];
		one_change(&w, i, &number, &review);
		app_world_clock_ms += jump_ms[i]; /* between the approval and the merge, too */
		struct race x = { .who = "eve", .number = number, .act = do_merge };
		together(&w, &x, 1);
		T_TRUE(x.done);
	}
	T_CASE("after all");
	app_world_as(&w, "operator");
	T_OK(port_event_list(w.u.store, w.u.a, &f, NULL, &e, &n, &w.err), w.err);
	T_EQ_INT(n, 6);
	for (size_t i = 0; i < n; i++)
		T_EQ_INT(e[i].change, i + 1); /* in the order in which they were done */
	T_OK(app_audit_verify(&v, &w.u, (slu_str){ 0 }, &w.err), w.err);
	T_TRUE(v.good);
	app_world_end(&w);
}
