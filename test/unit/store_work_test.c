/* SPDX-License-Identifier: Apache-2.0 */
/* Contract of the store port: changes, checks, and what is under way. */
#include "store_world.h"

static struct port_change new_change(int64_t repo, const char *source)
{
	return (struct port_change){ .repo_id = repo, .title = SLU_STR("Title"), .body = SLU_STR("Body"), .author = SLU_STR("ann"), .source = slu_s(source), .target = SLU_STR("main"), .last_pusher = SLU_STR("bob"), .labels = SLU_STR("x,y"), .head = oid('a'), .base = oid('b'), .created_s = 100, .updated_s = 100 };
}

T_TEST(changes_are_numbered_per_repository)
{
	struct world w;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t one = add_repo(&w, "one"), two = add_repo(&w, "two");
	struct port_change c = new_change(one, "f/1"), d = new_change(two, "f/1"), e = new_change(one, "f/2");
	T_OK(port_change_add(w.s, &c, &w.err), w.err);
	T_OK(port_change_add(w.s, &d, &w.err), w.err);
	T_OK(port_change_add(w.s, &e, &w.err), w.err);
	T_EQ_INT(c.number, 1);
	T_EQ_INT(d.number, 1);
	T_EQ_INT(e.number, 2);
	c.state = POL_CHANGE_MERGED;
	c.draft = true;
	c.title = SLU_STR("New");
	c.head = oid('c');
	c.merged_as = oid('d');
	c.merged_by = SLU_STR("eve");
	c.method = SLU_STR("squash");
	c.merged_s = 200;
	c.closed_s = 201;
	c.updated_s = 202;
	T_OK(port_change_update(w.s, &c, &w.err), w.err);
	T_OK(port_store_commit(w.s, &w.err), w.err);

	struct port_change got = { 0 };
	T_OK(port_change_get(w.s, w.a, one, 1, &got, &w.err), w.err);
	T_EQ_INT(got.state, POL_CHANGE_MERGED);
	T_TRUE(got.draft);
	T_EQ_SLU(got.title, "New");
	T_EQ_SLU(got.body, "Body");
	T_EQ_SLU(got.labels, "x,y");
	T_EQ_SLU(got.last_pusher, "bob");
	T_EQ_STR(got.head.hex, oid('c').hex);
	T_EQ_STR(got.base.hex, oid('b').hex);
	T_EQ_STR(got.merged_as.hex, oid('d').hex);
	T_EQ_SLU(got.merged_by, "eve");
	T_EQ_SLU(got.method, "squash");
	T_EQ_INT(got.merged_s, 200);
	T_EQ_INT(got.closed_s, 201);
	T_EQ_INT(got.updated_s, 202);
	T_EQ_INT(got.version, 2);
	T_RC(port_change_get(w.s, w.a, two, 2, &got, &w.err), SLU_E_NOT_FOUND);
	world_end(&w);
}

T_TEST(changes_are_listed)
{
	struct world w;
	const struct port_change *list = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t one = add_repo(&w, "one");
	struct port_change c = new_change(one, "f/1"), e = new_change(one, "f/2");
	e.updated_s = 90;
	T_OK(port_change_add(w.s, &c, &w.err), w.err);
	T_OK(port_change_add(w.s, &e, &w.err), w.err);
	c.state = POL_CHANGE_CLOSED;
	T_OK(port_change_update(w.s, &c, &w.err), w.err);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	struct port_change_filter f = { .open = true };
	struct port_page page = { .limit = 1, .want_total = true };
	T_OK(port_change_list(w.s, w.a, one, &f, &page, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_INT(page.total, 1);
	T_EQ_INT(list[0].number, 2);
	f = (struct port_change_filter){ .by_updated = true };
	T_OK(port_change_list(w.s, w.a, one, &f, NULL, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_EQ_INT(list[0].number, 1);
	f = (struct port_change_filter){ .source = SLU_STR("f/2"), .target = SLU_STR("main"), .author = SLU_STR("ann"), .oldest_first = true };
	T_OK(port_change_list(w.s, w.a, one, &f, NULL, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	world_end(&w);
}

T_TEST(reviews_and_threads_bump_the_version)
{
	struct world w;
	const struct port_review *review = NULL;
	const struct port_comment *comment = NULL;
	size_t n = 0;
	unsigned open = 9;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	struct port_change c = new_change(add_repo(&w, "one"), "f");
	T_OK(port_change_add(w.s, &c, &w.err), w.err);
	struct port_review r = { .change_id = c.id, .person = SLU_STR("bob"), .state = POL_REVIEW_APPROVE, .commit = oid('a'), .patch_id = oid('e'), .body = SLU_STR("fine"), .at_s = 300 };
	T_OK(port_review_add(w.s, &r, &w.err), w.err);
	T_OK(port_review_dismiss(w.s, r.id, SLU_STR("ann"), SLU_STR("stale"), &w.err), w.err);
	T_RC(port_review_dismiss(w.s, r.id, SLU_STR("ann"), SLU_STR("stale"), &w.err), SLU_E_NOT_FOUND);
	struct port_comment t = { .change_id = c.id, .person = SLU_STR("bob"), .body = SLU_STR("why?"), .path = SLU_STR("a.c"), .line = 3, .commit = oid('a'), .at_s = 301 };
	T_OK(port_comment_add(w.s, &t, true, &w.err), w.err);
	T_EQ_INT(t.thread, t.id);
	struct port_comment reply = { .change_id = c.id, .thread = t.thread, .person = SLU_STR("ann"), .body = SLU_STR("so"), .at_s = 302 };
	T_OK(port_comment_add(w.s, &reply, false, &w.err), w.err);
	T_OK(port_threads_open(w.s, c.id, &open, &w.err), w.err);
	T_EQ_INT(open, 1);
	T_RC(port_thread_resolve(w.s, reply.id, SLU_STR("ann"), &w.err), SLU_E_NOT_FOUND);
	T_OK(port_thread_resolve(w.s, t.id, SLU_STR("ann"), &w.err), w.err);
	T_OK(port_threads_open(w.s, c.id, &open, &w.err), w.err);
	T_EQ_INT(open, 0);
	T_OK(port_store_commit(w.s, &w.err), w.err);

	T_OK(port_review_list(w.s, w.a, c.id, &review, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(review[0].dismissed_by, "ann");
	T_EQ_SLU(review[0].dismissed_reason, "stale");
	T_EQ_STR(review[0].patch_id.hex, oid('e').hex);
	struct port_review one = { 0 };
	T_OK(port_review_get(w.s, w.a, r.id, &one, &w.err), w.err);
	T_EQ_SLU(one.body, "fine");
	T_OK(port_comment_list(w.s, w.a, c.id, &comment, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_EQ_SLU(comment[0].resolved_by, "ann");
	T_EQ_SLU(comment[0].path, "a.c");
	T_EQ_INT(comment[0].line, 3);
	T_EQ_INT(comment[1].thread, t.id);
	struct port_comment got = { 0 };
	T_OK(port_comment_get(w.s, w.a, reply.id, &got, &w.err), w.err);
	T_EQ_SLU(got.body, "so");
	T_OK(port_change_get(w.s, w.a, c.repo_id, 1, &c, &w.err), w.err);
	T_EQ_INT(c.version, 6);
	T_EQ_INT(c.updated_s, 302);
	world_end(&w);
}

static void add_status(struct world *w, int64_t repo, const char *context, const char *state, int64_t at_s)
{
	struct port_status x = { .repo_id = repo, .sha = oid('a'), .state = slu_s(state), .context = slu_s(context), .description = SLU_STR("d"), .url = SLU_STR("u"), .creator = SLU_STR("ci"), .at_s = at_s };
	T_OK(port_status_add(w->s, &x, &w->err), w->err);
}

static enum pol_check_state latest(struct world *w, int64_t repo, const char *name)
{
	slu_oid a = oid('a');
	struct pol_check c = { 0 };
	T_OK(port_check_latest(w->s, w->a, repo, &a, slu_s(name), &c, &w->err), w->err);
	return c.state;
}

T_TEST(the_newest_word_on_a_check_counts)
{
	struct world w;
	const struct port_status *status = NULL;
	const struct port_check_run *run = NULL;
	size_t n = 0;
	slu_oid a = oid('a');

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t repo = add_repo(&w, "one");
	T_EQ_INT(latest(&w, repo, "test"), POL_CHECK_MISSING);
	add_status(&w, repo, "test", "pending", 10);
	add_status(&w, repo, "test", "success", 11);
	add_status(&w, repo, "lint", "error", 11);
	T_EQ_INT(latest(&w, repo, "test"), POL_CHECK_SUCCESS);
	T_EQ_INT(latest(&w, repo, "lint"), POL_CHECK_FAILURE);
	struct port_check_run x = { .repo_id = repo, .sha = a, .name = SLU_STR("test"), .status = SLU_STR("queued"), .conclusion = SLU_STR(""), .creator = SLU_STR("ci"), .created_s = 12 };
	T_OK(port_check_run_add(w.s, &x, &w.err), w.err);
	T_EQ_INT(latest(&w, repo, "test"), POL_CHECK_PENDING);
	static const struct {
		const char *word;
		enum pol_check_state state;
	} rows[] = { { "success", POL_CHECK_SUCCESS }, { "failure", POL_CHECK_FAILURE }, { "cancelled", POL_CHECK_CANCELLED }, { "skipped", POL_CHECK_NEUTRAL }, { "timed_out", POL_CHECK_FAILURE }, { "what is this", POL_CHECK_FAILURE } };
	x.status = SLU_STR("completed");
	x.completed_s = 13;
	x.title = SLU_STR("t");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		T_CASE("%s", rows[i].word);
		x.conclusion = slu_s(rows[i].word);
		T_OK(port_check_run_update(w.s, &x, &w.err), w.err);
		T_EQ_INT(latest(&w, repo, "test"), rows[i].state);
	}
	add_status(&w, repo, "test", "failure", 14);
	T_EQ_INT(latest(&w, repo, "test"), POL_CHECK_FAILURE);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	struct port_page page = { .want_total = true, .limit = 1 };
	T_OK(port_status_list(w.s, w.a, repo, &a, true, &page, &status, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_INT(page.total, 2);
	T_EQ_SLU(status[0].state, "failure");
	T_OK(port_status_list(w.s, w.a, repo, &a, false, NULL, &status, &n, &w.err), w.err);
	T_EQ_INT(n, 4);
	T_OK(port_check_run_list(w.s, w.a, repo, &a, SLU_STR("test"), true, &page, &run, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_INT(page.total, 1);
	T_EQ_SLU(run[0].conclusion, "what is this");
	T_OK(port_check_run_get(w.s, w.a, repo, x.id, &x, &w.err), w.err);
	T_EQ_INT(x.completed_s, 13);
	T_RC(port_check_run_get(w.s, w.a, repo + 1, x.id, &x, &w.err), SLU_E_NOT_FOUND);
	world_end(&w);
}

T_TEST(ref_intents)
{
	struct world w;
	const struct port_intent *intent = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t repo = add_repo(&w, "one");
	struct port_git_update u[] = { { SLU_STR("refs/heads/a"), slu_oid_zero(), oid('1') }, { SLU_STR("refs/heads/b"), oid('2'), slu_oid_zero() } };
	struct port_intent i = { .repo_id = repo, .actor = SLU_STR("ann"), .reflog = SLU_STR("push"), .update = u, .n = 2, .at_s = 4 };
	T_OK(port_intent_add(w.s, &i, &w.err), w.err);
	T_OK(port_intent_list(w.s, w.a, 0, &intent, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_FALSE(intent[0].decided);
	T_EQ_INT(intent[0].n, 2);
	T_EQ_SLU(intent[0].update[1].ref, "refs/heads/b");
	T_EQ_STR(intent[0].update[1].old.hex, oid('2').hex);
	T_TRUE(slu_oid_is_zero(&intent[0].update[1].new_));
	T_TRUE(slu_oid_is_zero(&intent[0].update[0].old));
	T_OK(port_intent_decide(w.s, i.id, &w.err), w.err);
	T_OK(port_intent_list(w.s, w.a, repo, &intent, &n, &w.err), w.err);
	T_TRUE(intent[0].decided);
	T_OK(port_intent_done(w.s, i.id, &w.err), w.err);
	T_RC(port_intent_decide(w.s, i.id, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_intent_list(w.s, w.a, repo, &intent, &n, &w.err), w.err);
	T_EQ_INT(n, 0);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	world_end(&w);
}

T_TEST(flows)
{
	struct world w;
	const struct port_flow *flow = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t repo = add_repo(&w, "one");
	struct port_flow f = { .repo_id = repo, .kind = SLU_STR("release-finish"), .name = SLU_STR("1.0.0"), .actor = SLU_STR("ann"), .state = SLU_STR("running"), .data = SLU_STR("{}"), .created_s = 1, .updated_s = 1 };
	T_OK(port_flow_add(w.s, &f, &w.err), w.err);
	f.state = SLU_STR("done");
	f.updated_s = 2;
	T_OK(port_flow_update(w.s, &f, &w.err), w.err);
	T_OK(port_flow_list(w.s, w.a, repo, SLU_STR("running"), &flow, &n, &w.err), w.err);
	T_EQ_INT(n, 0);
	T_OK(port_flow_get(w.s, w.a, f.id, &f, &w.err), w.err);
	T_EQ_SLU(f.kind, "release-finish");
	T_EQ_INT(f.updated_s, 2);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	world_end(&w);
}

T_TEST(emergencies_and_what_they_leave)
{
	struct world w;
	const struct port_emergency *emergency = NULL;
	const struct port_follow_up *follow = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t repo = add_repo(&w, "one");
	struct port_emergency e = { .repo_id = repo, .change = 4, .by = SLU_STR("ann"), .reason = SLU_STR("fire"), .at_s = 5, .expires_s = 6 };
	T_OK(port_emergency_add(w.s, &e, &w.err), w.err);
	T_OK(port_emergency_of(w.s, w.a, repo, 4, &e, &w.err), w.err);
	T_EQ_SLU(e.reason, "fire");
	T_RC(port_emergency_of(w.s, w.a, repo, 5, &e, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_emergency_list(w.s, w.a, repo, &emergency, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	struct port_follow_up p = { .repo_id = repo, .emergency_id = e.id, .of = SLU_STR("emergency"), .name = SLU_STR("retrospective"), .due_s = 50 };
	T_OK(port_follow_up_add(w.s, &p, &w.err), w.err);
	T_OK(port_follow_up_list(w.s, w.a, repo, true, &follow, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(follow[0].name, "retrospective");
	T_OK(port_follow_up_done(w.s, p.id, SLU_STR("bob"), SLU_STR("written"), 51, &w.err), w.err);
	T_RC(port_follow_up_done(w.s, p.id, SLU_STR("bob"), SLU_STR("written"), 51, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_follow_up_list(w.s, w.a, 0, false, &follow, &n, &w.err), w.err);
	T_EQ_SLU(follow[0].note, "written");
	T_EQ_INT(follow[0].done_s, 51);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	world_end(&w);
}

T_TEST(releases_of_tags)
{
	struct world w;
	const struct port_release *release = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t repo = add_repo(&w, "one");
	struct port_release r = { .repo_id = repo, .tag = SLU_STR("v1"), .title = SLU_STR("One"), .body = SLU_STR("b"), .author = SLU_STR("ann"), .target = SLU_STR("main"), .draft = true, .created_s = 9 };
	T_OK(port_release_add(w.s, &r, &w.err), w.err);
	struct port_release twice = r;
	T_RC(port_release_add(w.s, &twice, &w.err), SLU_E_EXISTS);
	r.draft = false;
	r.published_s = 10;
	T_OK(port_release_update(w.s, &r, &w.err), w.err);
	T_OK(port_release_by_tag(w.s, w.a, repo, SLU_STR("v1"), &r, &w.err), w.err);
	T_FALSE(r.draft);
	T_EQ_INT(r.published_s, 10);
	struct port_page page = { .limit = 5, .want_total = true };
	T_OK(port_release_list(w.s, w.a, repo, &page, &release, &n, &w.err), w.err);
	T_EQ_INT(page.total, 1);
	T_OK(port_release_get(w.s, w.a, repo, r.id, &r, &w.err), w.err);
	T_OK(port_release_remove(w.s, r.id, &w.err), w.err);
	T_RC(port_release_get(w.s, w.a, repo, r.id, &r, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	world_end(&w);
}
