/* SPDX-License-Identifier: Apache-2.0 */
/* Contract of the store port, over the adapter that is linked. Requirement: RC-3, PR-5 */
#include "store_world.h"

#include <pthread.h>
#include <sqlite3.h>

T_TEST(writes_need_a_transaction)
{
	struct world w;
	world_begin(&w);
	T_RC(port_setting_put(w.s, SLU_STR("k"), SLU_STR("v"), &w.err), SLU_E_INTERNAL);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	T_RC(port_store_begin(w.s, &w.err), SLU_E_INTERNAL);
	T_OK(port_setting_put(w.s, SLU_STR("k"), SLU_STR("v"), &w.err), w.err);
	port_store_rollback(w.s);
	slu_str v = SLU_STR("?");
	T_OK(port_setting_get(w.s, w.a, SLU_STR("k"), &v, &w.err), w.err);
	T_EQ_INT(v.n, 0);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	T_OK(port_setting_put(w.s, SLU_STR("k"), SLU_STR("v"), &w.err), w.err);
	T_OK(port_setting_put(w.s, SLU_STR("k"), SLU_STR("v2"), &w.err), w.err);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	T_OK(port_setting_get(w.s, w.a, SLU_STR("k"), &v, &w.err), w.err);
	T_EQ_SLU(v, "v2");
	T_RC(port_store_commit(w.s, &w.err), SLU_E_INTERNAL);
	world_end(&w);
}

T_TEST(people_and_tokens)
{
	struct world w;
	struct port_person p = { 0 };
	const struct port_person *people = NULL;
	const struct port_token *token = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t ann = add_person(&w, "ann"), bob = add_person(&w, "bob");
	struct port_person again = { .name = SLU_STR("ANN") };
	T_RC(port_person_add(w.s, &again, &w.err), SLU_E_EXISTS);
	T_OK(port_person_disable(w.s, bob, true, &w.err), w.err);
	T_RC(port_person_disable(w.s, 999, true, &w.err), SLU_E_NOT_FOUND);

	struct port_token t = { .person_id = ann, .name = SLU_STR("laptop"), .shown = SLU_STR("slu_ab"), .scopes = 3, .created_s = 10, .expires_s = 99 };
	memset(t.hash, 7, sizeof(t.hash));
	T_OK(port_token_add(w.s, &t, &w.err), w.err);
	T_OK(port_token_used(w.s, t.id, 50, &w.err), w.err);
	struct port_token got = { 0 };
	T_OK(port_token_by_hash(w.s, w.a, t.hash, &got, &w.err), w.err);
	T_EQ_INT(got.id, t.id);
	T_EQ_SLU(got.person, "ann");
	T_EQ_SLU(got.name, "laptop");
	T_EQ_SLU(got.shown, "slu_ab");
	T_EQ_INT(got.scopes, 3);
	T_EQ_INT(got.expires_s, 99);
	T_EQ_INT(got.used_s, 50);
	T_EQ_INT(got.revoked_s, 0);
	T_OK(port_token_revoke(w.s, t.id, 60, &w.err), w.err);
	T_RC(port_token_revoke(w.s, t.id, 61, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_token_get(w.s, w.a, t.id, &got, &w.err), w.err);
	T_EQ_INT(got.revoked_s, 60);
	T_EQ_MEM(got.hash, t.hash, 32);
	memset(t.hash, 8, sizeof(t.hash));
	T_RC(port_token_by_hash(w.s, w.a, t.hash, &got, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_token_list(w.s, w.a, bob, &token, &n, &w.err), w.err);
	T_EQ_INT(n, 0);
	T_OK(port_token_list(w.s, w.a, 0, &token, &n, &w.err), w.err);
	T_EQ_INT(n, 1);

	T_OK(port_store_commit(w.s, &w.err), w.err);

	T_OK(port_person_get(w.s, w.a, SLU_STR("bob"), &p, &w.err), w.err);
	T_TRUE(p.disabled);
	T_EQ_SLU(p.title, "T");
	T_EQ_SLU(p.email, "e@x");
	T_EQ_INT(p.created_s, 7);
	T_RC(port_person_get(w.s, w.a, SLU_STR("eve"), &p, &w.err), SLU_E_NOT_FOUND);
	T_HAS(w.err.text, "eve");
	T_OK(port_person_list(w.s, w.a, &people, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_EQ_SLU(people[0].name, "ann");
	world_end(&w);
}

T_TEST(roles)
{
	struct world w;
	const struct port_grant *grant = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t ann = add_person(&w, "ann"), repo = add_repo(&w, "app");
	struct port_grant g = { .repo_id = repo, .person_id = ann, .person = SLU_STR("ann"), .role = SLU_STR("maintain"), .by = SLU_STR("operator"), .at_s = 3 };
	T_OK(port_grant_add(w.s, &g, &w.err), w.err);
	T_RC(port_grant_add(w.s, &g, &w.err), SLU_E_EXISTS);
	g.repo_id = 0;
	g.role = SLU_STR("admin");
	T_OK(port_grant_add(w.s, &g, &w.err), w.err);
	T_OK(port_grant_list(w.s, w.a, repo, ann, &grant, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_SLU(grant[0].role, "maintain");
	T_EQ_SLU(grant[0].by, "operator");
	T_OK(port_grant_list(w.s, w.a, -1, 0, &grant, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_OK(port_grant_remove(w.s, repo, ann, SLU_STR("maintain"), &w.err), w.err);
	T_RC(port_grant_remove(w.s, repo, ann, SLU_STR("maintain"), &w.err), SLU_E_NOT_FOUND);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	world_end(&w);
}

T_TEST(repositories)
{
	struct world w;
	struct port_repo r = { 0 };
	const struct port_repo *list = NULL;
	size_t n = 0;

	world_begin(&w);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t id = add_repo(&w, "zeta");
	(void)add_repo(&w, "alpha");
	struct port_repo again = { .owner = SLU_STR("Ann"), .name = SLU_STR("ZETA") };
	T_RC(port_repo_add(w.s, &again, &w.err), SLU_E_EXISTS);
	T_OK(port_repo_good(w.s, id, SLU_STR("text"), SLU_STR("c1"), SLU_STR("d1"), &w.err), w.err);
	T_OK(port_repo_read_only(w.s, id, SLU_STR("a ref is odd"), &w.err), w.err);
	T_OK(port_repo_default_branch(w.s, id, SLU_STR("trunk"), &w.err), w.err);
	struct port_accept x = { .repo_id = id, .what = SLU_STR("o/r:f"), .text = SLU_STR("t"), .digest = SLU_STR("d"), .by = SLU_STR("ann"), .at_s = 4 };
	T_OK(port_accept_put(w.s, &x, &w.err), w.err);
	x.digest = SLU_STR("d2");
	T_OK(port_accept_put(w.s, &x, &w.err), w.err);
	T_OK(port_store_commit(w.s, &w.err), w.err);

	T_OK(port_repo_get(w.s, w.a, SLU_STR("ann"), SLU_STR("Zeta"), &r, &w.err), w.err);
	T_EQ_INT(r.id, id);
	T_EQ_SLU(r.name, "zeta");
	T_EQ_SLU(r.good_text, "text");
	T_EQ_SLU(r.good_commit, "c1");
	T_EQ_SLU(r.good_digest, "d1");
	T_EQ_SLU(r.read_only, "a ref is odd");
	T_EQ_SLU(r.default_branch, "trunk");
	T_EQ_SLU(r.base_text, "strategy: 1\n");
	T_OK(port_repo_by_id(w.s, w.a, id, &r, &w.err), w.err);
	T_EQ_SLU(r.preset, "tower");
	T_RC(port_repo_by_id(w.s, w.a, 99, &r, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_repo_list(w.s, w.a, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_EQ_SLU(list[0].name, "alpha");
	struct port_accept got = { 0 };
	T_OK(port_accept_get(w.s, w.a, id, SLU_STR("o/r:f"), &got, &w.err), w.err);
	T_EQ_SLU(got.digest, "d2");
	T_EQ_SLU(got.by, "ann");
	T_RC(port_accept_get(w.s, w.a, id, SLU_STR("o/r:g"), &got, &w.err), SLU_E_NOT_FOUND);
	world_end(&w);
}

T_TEST(what_is_accepted_has_a_stamp_and_what_waits_a_reason)
{
	struct world w;
	world_begin(&w);
	slu_str stamp[3];
	const int64_t *of = NULL;
	size_t n = 0;
	T_OK(port_store_begin(w.s, &w.err), w.err);
	int64_t id = add_repo(&w, "zeta"), other = add_repo(&w, "alpha");
	struct port_accept x = { .repo_id = id, .what = SLU_STR("o/r:f"), .text = SLU_STR("t"), .digest = SLU_STR("d"), .by = SLU_STR("ann"), .at_s = 4 };
	T_OK(port_accept_stamp(w.s, w.a, id, &stamp[0], &w.err), w.err);
	T_OK(port_accept_put(w.s, &x, &w.err), w.err);
	T_OK(port_accept_stamp(w.s, w.a, id, &stamp[1], &w.err), w.err);
	x.digest = SLU_STR("d2");
	T_OK(port_accept_put(w.s, &x, &w.err), w.err);
	T_OK(port_accept_stamp(w.s, w.a, id, &stamp[2], &w.err), w.err);
	T_EQ_SLU(stamp[0], "");
	T_FALSE(slu_str_eq(stamp[1], stamp[2]));
	x.held = true;
	T_OK(port_accept_put(w.s, &x, &w.err), w.err);
	T_OK(port_accept_stamp(w.s, w.a, id, &stamp[1], &w.err), w.err);
	T_FALSE(slu_str_eq(stamp[1], stamp[2]));
	T_OK(port_accept_get(w.s, w.a, id, x.what, &x, &w.err), w.err);
	T_TRUE(x.held);
	T_OK(port_accept_stamp(w.s, w.a, other, &stamp[1], &w.err), w.err);
	T_EQ_SLU(stamp[1], "");
	T_OK(port_accept_repos(w.s, w.a, &of, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	T_EQ_INT(of[0], id);
	struct port_base_wait got = { 0 }, wait = { .repo_id = id, .what = x.what, .digest = SLU_STR("d3"), .since_s = 5, .why = SLU_STR("it loosens"), .differs = SLU_STR("a") };
	T_RC(port_base_wait_get(w.s, w.a, id, x.what, &got, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_base_wait_put(w.s, &wait, &w.err), w.err);
	wait.digest = SLU_STR("d4");
	T_OK(port_base_wait_put(w.s, &wait, &w.err), w.err);
	T_OK(port_base_wait_get(w.s, w.a, id, x.what, &got, &w.err), w.err);
	T_EQ_SLU(got.digest, "d4");
	T_EQ_SLU(got.why, "it loosens");
	T_EQ_SLU(got.differs, "a");
	T_EQ_INT(got.since_s, 5);
	T_RC(port_base_wait_get(w.s, w.a, other, x.what, &got, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_base_wait_drop(w.s, id, x.what, &w.err), w.err);
	T_OK(port_base_wait_drop(w.s, id, x.what, &w.err), w.err);
	T_RC(port_base_wait_get(w.s, w.a, id, x.what, &got, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	world_end(&w);
}

static slu_rc count_event(void *ctx, const struct port_event *e, slu_err *err)
{
	int64_t *next = ctx;
	if (e->seq != *next)
		return slu_fail(err, SLU_E_CORRUPT, "gap");
	(*next)++;
	return SLU_OK;
}

static void eleven_events(struct world *w)
{
	T_OK(port_store_begin(w->s, &w->err), w->err);
	for (int i = 0; i < 10; i++) {
		struct port_event e = { .time_ms = 1000 + i, .repo = i % 2 ? SLU_STR("a/b") : SLU_STR(""), .actor = SLU_STR("ann"), .kind = i < 5 ? SLU_STR("push") : SLU_STR("tag"), .ref = SLU_STR("refs/heads/x"), .change = i == 3 ? 7 : 0, .data = SLU_STR("{\"a\":1}") };
		T_OK(port_event_add(w->s, &e, &w->err), w->err);
		T_EQ_INT(e.seq, i + 1);
	}
	T_OK(port_store_commit(w->s, &w->err), w->err);
	/* what is rolled back leaves no gap */
	T_OK(port_store_begin(w->s, &w->err), w->err);
	struct port_event lost = { .kind = SLU_STR("lost"), .data = SLU_STR("{}") };
	T_OK(port_event_add(w->s, &lost, &w->err), w->err);
	port_store_rollback(w->s);
	T_OK(port_store_begin(w->s, &w->err), w->err);
	T_OK(port_event_add(w->s, &lost, &w->err), w->err);
	T_EQ_INT(lost.seq, 11);
	T_OK(port_store_commit(w->s, &w->err), w->err);
}

T_TEST(events_are_numbered_without_gaps)
{
	struct world w;
	int64_t count = -1;

	world_begin(&w);
	T_OK(port_event_count(w.s, &count, &w.err), w.err);
	T_EQ_INT(count, 0);
	eleven_events(&w);
	T_OK(port_event_count(w.s, &count, &w.err), w.err);
	T_EQ_INT(count, 11);
	world_end(&w);
}

T_TEST(events_are_filtered)
{
	struct world w;
	const struct port_event *list = NULL;
	size_t n = 0;

	world_begin(&w);
	eleven_events(&w);
	struct port_event_filter f = { .repo = SLU_STR("a/b") };
	struct port_page page = { .limit = 2, .offset = 1, .want_total = true };
	T_OK(port_event_list(w.s, w.a, &f, &page, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_EQ_INT(page.total, 5);
	T_EQ_INT(list[0].seq, 8);
	T_EQ_SLU(list[0].data, "{\"a\":1}");
	f.oldest_first = true;
	T_OK(port_event_list(w.s, w.a, &f, NULL, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 5);
	T_EQ_INT(list[0].seq, 2);
	T_EQ_INT(list[1].change, 7);
	f = (struct port_event_filter){ .kind = SLU_STR("push"), .actor = SLU_STR("ann"), .from_seq = 2, .since_ms = 1003, .until_ms = 1005 };
	T_OK(port_event_list(w.s, w.a, &f, NULL, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	f = (struct port_event_filter){ .change = 7 };
	T_OK(port_event_list(w.s, w.a, &f, NULL, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 1);
	f = (struct port_event_filter){ .server_only = true };
	T_OK(port_event_list(w.s, w.a, &f, NULL, &list, &n, &w.err), w.err);
	T_EQ_INT(n, 6);
	struct port_event e = { 0 };
	T_OK(port_event_get(w.s, w.a, 4, &e, &w.err), w.err);
	T_EQ_INT(e.time_ms, 1003);
	T_RC(port_event_get(w.s, w.a, 12, &e, &w.err), SLU_E_NOT_FOUND);
	int64_t next = 4;
	T_OK(port_event_each(w.s, 4, count_event, &next, &w.err), w.err);
	T_EQ_INT(next, 12);
	next = 0;
	T_RC(port_event_each(w.s, 4, count_event, &next, &w.err), SLU_E_CORRUPT);
	world_end(&w);
}

static slu_rc one_checkpoint(void *ctx, const struct port_checkpoint *c, slu_err *err)
{
	(void)err;
	*(int64_t *)ctx += c->size;
	return SLU_OK;
}

T_TEST(audit_nodes_and_checkpoints)
{
	struct world w;
	unsigned char h[PORT_HASH], got[PORT_HASH] = { 0 };
	struct port_checkpoint c = { .size = 3, .at_s = 9, .text = SLU_STR("note") };

	world_begin(&w);
	memset(h, 0xab, sizeof(h));
	T_RC(port_checkpoint_last(w.s, w.a, &c, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	T_OK(port_node_put(w.s, 2, 5, h, &w.err), w.err);
	T_RC(port_node_put(w.s, 2, 5, h, &w.err), SLU_E_EXISTS);
	T_OK(port_checkpoint_put(w.s, &c, &w.err), w.err);
	c.size = 8;
	T_OK(port_checkpoint_put(w.s, &c, &w.err), w.err);
	T_OK(port_store_commit(w.s, &w.err), w.err);
	T_OK(port_node_get(w.s, 2, 5, got, &w.err), w.err);
	T_EQ_MEM(got, h, sizeof(h));
	T_RC(port_node_get(w.s, 2, 6, got, &w.err), SLU_E_NOT_FOUND);
	T_OK(port_checkpoint_last(w.s, w.a, &c, &w.err), w.err);
	T_EQ_INT(c.size, 8);
	T_EQ_SLU(c.text, "note");
	int64_t sum = 0;
	T_OK(port_checkpoint_each(w.s, one_checkpoint, &sum, &w.err), w.err);
	T_EQ_INT(sum, 11);
	world_end(&w);
}

static void *adds_events(void *ctx)
{
	const struct world *w = ctx;
	port_store *s = NULL;
	slu_err err = { 0 };
	intptr_t bad = 0;

	if (port_store_open(&s, w->path, &err) != SLU_OK)
		return (void *)1;
	for (int i = 0; i < 50 && !bad; i++) {
		struct port_event e = { .kind = SLU_STR("push"), .data = SLU_STR("{}") };
		bad = port_store_begin(s, &err) != SLU_OK || port_event_add(s, &e, &err) != SLU_OK || port_store_commit(s, &err) != SLU_OK;
	}
	port_store_close(s);
	return (void *)bad;
}

T_TEST(writers_at_once_leave_no_gap)
{
	struct world w;
	pthread_t t[4];
	int64_t next = 1;

	world_begin(&w);
	for (size_t i = 0; i < 4; i++)
		T_EQ_INT(pthread_create(&t[i], NULL, adds_events, &w), 0);
	for (size_t i = 0; i < 4; i++) {
		void *bad = NULL;
		(void)pthread_join(t[i], &bad);
		T_TRUE(bad == NULL);
	}
	T_OK(port_event_each(w.s, 0, count_event, &next, &w.err), w.err);
	T_EQ_INT(next, 201);
	world_end(&w);
}

T_TEST(a_read_sees_one_state)
{
	struct world w;
	port_store *other = NULL;
	int64_t before = -1, during = -1, after = -1;

	world_begin(&w);
	T_OK(port_store_open(&other, w.path, &w.err), w.err);
	T_OK(port_store_read(w.s, &w.err), w.err);
	T_OK(port_event_count(w.s, &before, &w.err), w.err);
	T_OK(port_store_begin(other, &w.err), w.err);
	struct port_event e = { .kind = SLU_STR("push"), .data = SLU_STR("{}") };
	T_OK(port_event_add(other, &e, &w.err), w.err);
	T_OK(port_store_commit(other, &w.err), w.err);
	T_OK(port_event_count(w.s, &during, &w.err), w.err);
	port_store_read_end(w.s);
	T_OK(port_event_count(w.s, &after, &w.err), w.err);
	T_EQ_INT(before, 0);
	T_EQ_INT(during, 0);
	T_EQ_INT(after, 1);
	port_store_close(other);
	world_end(&w);
}

T_TEST(a_copy_is_whole_and_a_newer_schema_is_refused)
{
	struct world w;
	char copy[320];
	port_store *s = NULL;
	sqlite3 *db = NULL;

	world_begin(&w);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", w.dir);
	T_OK(port_store_begin(w.s, &w.err), w.err);
	(void)add_person(&w, "ann");
	T_OK(port_store_commit(w.s, &w.err), w.err);
	T_OK(port_store_copy(w.s, copy, &w.err), w.err);
	T_RC(port_store_copy(w.s, copy, &w.err), SLU_E_EXISTS);
	T_OK(port_store_check(w.s, &w.err), w.err);
	T_OK(port_store_open(&s, copy, &w.err), w.err);
	struct port_person p = { 0 };
	T_OK(port_person_get(s, w.a, SLU_STR("ann"), &p, &w.err), w.err);
	port_store_close(s);

	T_EQ_INT(sqlite3_open(copy, &db), SQLITE_OK);
	T_EQ_INT(sqlite3_exec(db, "INSERT INTO schema_step(name) VALUES('9999_future')", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
	T_RC(port_store_open(&s, copy, &w.err), SLU_E_IO);
	T_HAS(w.err.text, "9999_future");

	FILE *f = fopen(copy, "wb");
	T_TRUE(f != NULL);
	(void)fputs("this is no database, and it is long enough to have a header of one hundred bytes, which SQLite looks at first of all", f);
	(void)fclose(f);
	T_RC(port_store_open(&s, copy, &w.err), SLU_E_CORRUPT);
	(void)unlink(copy);
	world_end(&w);
}
