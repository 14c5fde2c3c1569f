/* SPDX-License-Identifier: Apache-2.0 */
/* Several people at once: what one act rested on is not pulled away under it. Requirement: PR-2, PR-6, RC-3 */
#include "app_world.h"

#include "app/audit.h"
#include "app/changes.h"
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
