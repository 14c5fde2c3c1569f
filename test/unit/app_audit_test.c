/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is done to the log behind the server's back shows, and where. Requirement: RC-3 */
#include "app_world.h"

#include "app/audit.h"
#include "app/heads.h"
#include "audit/checkpoint.h"

#include <sqlite3.h>
#include <sys/stat.h>

static const char strategy[] = "strategy: 1\nbranches: {main: {type: production}}\n";

/** Seven events: two people, their roles, the repository, and one more person; a head given out after five. */
static slu_str begin(struct app_world *w)
{
	slu_str head = { 0 };
	struct port_person p = { 0 };

	app_world_begin(w);
	app_world_repo(w, strategy, "ann=admin bob=write");
	T_OK(app_begin(&w->u, &w->err), w->err);
	T_OK(app_audit_publish(&head, &w->u, &w->err), w->err);
	T_OK(app_commit(&w->u, &w->err), w->err);
	head = slu_s(slu_str_dup(w->a, head));
	T_OK(app_user_add(&p, &w->u, SLU_STR("eve"), (slu_str){ 0 }, (slu_str){ 0 }, &w->err), w->err);
	T_OK(app_user_add(&p, &w->u, SLU_STR("zoe"), (slu_str){ 0 }, (slu_str){ 0 }, &w->err), w->err);
	return head;
}

static void tamper(struct app_world *w, const char *sql)
{
	sqlite3 *db = NULL;
	char *says = NULL;

	T_EQ_INT(sqlite3_open(slu_printf(w->a, "%s/sluice.db", w->home), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &says) != SQLITE_OK)
		T_FAIL("%s: %s", sql, says);
	(void)sqlite3_close(db);
}

static struct app_audit_verdict verify(struct app_world *w, slu_str head)
{
	struct app_audit_verdict v = { 0 };
	T_OK(app_audit_verify(&v, &w->u, head, &w->err), w->err);
	return v;
}

T_TEST(an_untouched_log_is_good)
{
	struct app_world w;
	slu_str head = begin(&w);

	struct app_audit_verdict v = verify(&w, head);
	T_TRUE(v.good);
	T_EQ_INT(v.size, 7);
	T_TRUE(verify(&w, (slu_str){ 0 }).good);
	struct app_audit_verdict x = { 0 };
	T_RC(app_audit_verify(&x, &w.u, SLU_STR("nonsense"), &w.err), SLU_E_INVALID);
	app_world_end(&w);
}

static struct app_audit_seen look(struct app_world *w, int64_t at_once, bool now)
{
	struct app_audit_seen s = { 0 };
	T_OK(app_audit_look(&s, &w->u, at_once, now, &w->err), w->err);
	return s;
}

T_TEST(a_look_says_how_old_its_verification_is)
{
	struct app_world w;
	(void)begin(&w);
	T_FALSE(look(&w, 3, false).verified); /* too many to verify while one waits */
	int64_t begun = w.u.now_s;
	struct app_audit_seen s = look(&w, 3, true);
	T_TRUE(s.verified && s.verdict.good);
	T_EQ_INT(s.events, 7);
	tamper(&w, "UPDATE event SET actor = 'eve' WHERE seq = 3");
	w.u.now_s += 599;
	s = look(&w, 100, false); /* as it was found, and when */
	T_TRUE(s.verified && s.verdict.good);
	T_EQ_INT(s.at_s, begun);
	w.u.now_s += 2;
	T_FALSE(look(&w, 100, false).verdict.good);
	T_FALSE(look(&w, 100, false).verdict.good); /* what was found altered is not forgotten */
	T_FALSE(look(&w, 3, true).verdict.good);
	app_world_end(&w);
}

T_TEST(every_column_of_every_row_counts)
{
	static const struct {
		const char *sql;
		int64_t seq;
		const char *says;
	} rows[] = {
		{ "UPDATE event SET actor = 'eve' WHERE seq = 3", 3, "Event 3 is not" },
		{ "UPDATE event SET kind = 'role-revoked' WHERE seq = 5", 5, "Event 5 is not" },
		{ "UPDATE event SET time_ms = time_ms + 1 WHERE seq = 1", 1, "Event 1 is not" },
		{ "UPDATE event SET time_ms = time_ms + 1000 WHERE seq = 7", 7, "Event 7 is not" },
		{ "UPDATE event SET repo = 'ann/other' WHERE seq = 1", 1, "Event 1 is not" },
		{ "UPDATE event SET ref = 'refs/heads/x' WHERE seq = 4", 4, "Event 4 is not" },
		{ "UPDATE event SET change = 9 WHERE seq = 4", 4, "Event 4 is not" },
		{ "UPDATE event SET data = replace(data, 'bob', 'eve') WHERE seq = 5", 5, "Event 5 is not" },
		{ "UPDATE event SET data = '{' WHERE seq = 2", 2, "Event 2 is not" },
		{ "DELETE FROM event WHERE seq = 4", 4, "Event 4 is missing" },
		{ "DELETE FROM event WHERE seq = 7", 7, "Event 7 is missing" },
		{ "DELETE FROM event WHERE seq > 4; DELETE FROM audit_node WHERE level = 0 AND at > 3; DELETE FROM audit_node WHERE level > 0 AND (at + 1) << level > 4", 5, "cut off" },
		{ "UPDATE event SET seq = 99 WHERE seq = 2; UPDATE event SET seq = 2 WHERE seq = 3; UPDATE event SET seq = 3 WHERE seq = 99", 2, "Event 2 is not" },
		{ "INSERT INTO event(seq, time_ms, repo, actor, kind, ref, change, data) VALUES(8, 1, '', 'ann', 'x', '', 0, '{}')", 8, "no leaf for event 8" },
		{ "UPDATE audit_node SET hash = zeroblob(32) WHERE level = 1 AND at = 1", 0, "events 3 to 4 was edited" },
		{ "DELETE FROM audit_node WHERE level = 0 AND at = 5", 6, "no leaf for event 6" },
		{ "UPDATE audit_checkpoint SET text = replace(text, char(10) || '5' || char(10), char(10) || '4' || char(10))", 0, "given out was edited" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct app_world w;
		T_CASE("%s", rows[i].sql);
		(void)begin(&w);
		tamper(&w, rows[i].sql);
		struct app_audit_verdict v = verify(&w, (slu_str){ 0 });
		T_FALSE(v.good);
		T_HAS(v.what, rows[i].says);
		T_EQ_INT(v.bad_seq, rows[i].seq);
		app_world_end(&w);
	}
}

/** The nodes that the append of a leaf completes, kept as the server keeps them. */
static void keep_leaf(struct app_world *w, struct aud_frontier *f, aud_hash node)
{
	uint64_t index = f->size;

	for (unsigned level = 0;; level++, index >>= 1) {
		T_OK(port_node_put(w->u.store, level, index, node.b, &w->err), w->err);
		if (!(index & 1)) {
			f->node[level] = node;
			break;
		}
		aud_node_hash(&node, &f->node[level], &node);
	}
	f->size++;
}

static void forge_tree(struct app_world *w, int64_t events)
{
	struct aud_frontier f = { 0 };

	T_OK(port_store_begin(w->u.store, &w->err), w->err);
	for (int64_t seq = 1; seq <= events; seq++) {
		struct port_event e = { 0 };
		aud_hash leaf;
		slu_auto_buf text;
		slu_buf_init(&text, 1 << 20);
		T_OK(port_event_get(w->u.store, w->a, seq, &e, &w->err), w->err);
		T_OK(app_event_leaf(&text, &e, &w->err), w->err);
		aud_leaf_hash(&leaf, slu_buf_str(&text));
		keep_leaf(w, &f, leaf);
	}
	T_OK(port_store_commit(w->u.store, &w->err), w->err);
}

T_TEST(a_tree_that_was_computed_anew_is_not_the_one_that_was_signed)
{
	struct app_world w;
	slu_str head = begin(&w);

	tamper(&w, "UPDATE event SET data = replace(data, 'bob', 'eve') WHERE seq = 5; DELETE FROM audit_node");
	forge_tree(&w, 7);
	struct app_audit_verdict v = verify(&w, (slu_str){ 0 });
	T_FALSE(v.good);
	T_HAS(v.what, "head of 5 events was signed");
	/* and when the heads in the file are taken away too, one that was kept elsewhere tells */
	tamper(&w, "DELETE FROM audit_checkpoint");
	T_TRUE(verify(&w, (slu_str){ 0 }).good);
	v = verify(&w, head);
	T_FALSE(v.good);
	T_HAS(v.what, "head of 5 events was signed");
	app_world_end(&w);
}

T_TEST(proofs_hold_without_the_database)
{
	struct app_world w;
	slu_str head = begin(&w), text = { 0 }, key = { 0 };
	struct aud_proof_file f;
	struct aud_verifier v;
	struct aud_checkpoint c, old;
	struct port_event e = { 0 };
	aud_hash leaf;
	slu_auto_buf bytes;

	slu_buf_init(&bytes, 1 << 20);
	T_OK(app_audit_verifier(&key, &w.u, &w.err), w.err);
	T_OK(aud_verifier_parse(&v, key, &w.err), w.err);
	T_OK(app_audit_prove(&text, &w.u, 6, &w.err), w.err);
	T_OK(aud_inclusion_parse(&f, text, &w.err), w.err);
	T_OK(aud_checkpoint_open(&c, f.checkpoint, &v, &w.err), w.err);
	T_OK(port_event_get(w.u.store, w.a, 6, &e, &w.err), w.err);
	T_OK(app_event_leaf(&bytes, &e, &w.err), w.err);
	aud_leaf_hash(&leaf, slu_buf_str(&bytes));
	T_OK(aud_inclusion_verify(f.index, c.size, &leaf, &f.proof, &c.root, &w.err), w.err);
	T_RC(app_audit_prove(&text, &w.u, 8, &w.err), SLU_E_NOT_FOUND);
	T_RC(app_audit_prove(&text, &w.u, 0, &w.err), SLU_E_NOT_FOUND);

	T_OK(app_audit_consistency(&text, &w.u, 5, &w.err), w.err);
	T_OK(aud_consistency_parse(&f, text, &w.err), w.err);
	T_OK(aud_checkpoint_open(&c, f.checkpoint, &v, &w.err), w.err);
	T_OK(aud_checkpoint_open(&old, head, &v, &w.err), w.err);
	T_OK(aud_consistency_verify(old.size, &old.root, c.size, &c.root, &f.proof, &w.err), w.err);
	T_RC(app_audit_consistency(&text, &w.u, 8, &w.err), SLU_E_INVALID);
	app_world_end(&w);
}

static slu_rc collect(void *ctx, slu_str piece, slu_err *err)
{
	(void)err;
	slu_buf_addstr(ctx, piece);
	return SLU_OK;
}

T_TEST(an_export_shows_only_what_one_may_read)
{
	struct app_world w;
	slu_auto_buf all, some;

	(void)begin(&w);
	slu_buf_init(&all, 1 << 20);
	slu_buf_init(&some, 1 << 20);
	T_OK(app_audit_export(&w.u, collect, &all, &w.err), w.err);
	T_HAS(all.p, "\"zoe\"");
	app_world_as(&w, "bob");
	T_OK(app_audit_export(&w.u, collect, &some, &w.err), w.err);
	T_HAS(some.p, "\"kind\":\"repo-created\"");
	T_TRUE(strstr(some.p, "zoe") == NULL);
	T_HAS(some.p, "\n#");
	size_t lines = 0;
	for (const char *p = some.p; *p && *p != '\n'; p = strchr(p, '\n') + 1)
		lines++;
	T_EQ_INT(lines, 7);
	app_world_end(&w);
}

T_TEST(heads_are_published_in_the_repository)
{
	struct app_world w;
	struct port_person p = { 0 };
	slu_str text = { 0 };
	slu_oid at[2];
	bool done = false, found = false;

	(void)begin(&w);
	T_OK(app_heads_publish(&done, &w.u, &w.r, &w.err), w.err);
	T_TRUE(done);
	at[0] = app_world_ref(&w, "refs/sluice/heads");
	T_OK(w.r.git->ops->file_at(w.r.git, w.a, &at[0], SLU_STR("checkpoint"), &text, &found, &w.err), w.err);
	T_TRUE(found);
	T_TRUE(verify(&w, text).good);
	/* nothing new here: nothing published; then something is, on the one before */
	T_OK(app_heads_publish(&done, &w.u, &w.r, &w.err), w.err);
	T_FALSE(done);
	T_OK(app_user_add(&p, &w.u, SLU_STR("kim"), (slu_str){ 0 }, (slu_str){ 0 }, &w.err), w.err);
	T_OK(app_role_grant(&w.u, &w.r, SLU_STR("kim"), SLU_STR("read"), &w.err), w.err);
	T_OK(app_heads_publish(&done, &w.u, &w.r, &w.err), w.err);
	T_TRUE(done);
	at[1] = app_world_ref(&w, "refs/sluice/heads");
	T_OK(w.r.git->ops->is_ancestor(w.r.git, &at[0], &at[1], &found, &w.err), w.err);
	T_TRUE(found);
	tamper(&w, "UPDATE event SET actor = 'eve' WHERE seq = 3");
	T_FALSE(verify(&w, text).good);
	app_world_end(&w);
}

T_TEST(the_publisher_ends_with_everything_published)
{
	struct app_world w;
	struct app_recovered done = { 0 };
	app_heads *h = NULL;

	(void)begin(&w);
	/* one that was killed left its lock */
	const char *dir = slu_printf(w.a, "%s/repos/ann/app.git/refs/sluice", w.home), *lock = slu_printf(w.a, "%s/heads.lock", dir);
	T_EQ_INT(mkdir(dir, 0700), 0);
	T_EQ_INT(mknod(lock, S_IFREG | 0600, 0), 0);
	T_OK(app_land_recover(&done, w.ap, &w.err), w.err);
	T_EQ_INT(done.locks, 1);
	T_OK(app_heads_begin(&h, w.ap, &w.err), w.err);
	app_heads_end(h);
	slu_oid at = app_world_ref(&w, "refs/sluice/heads");
	T_FALSE(slu_oid_is_zero(&at));
	app_world_end(&w);
}
