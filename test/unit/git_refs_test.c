/* SPDX-License-Identifier: Apache-2.0 */
/* Refs move by each adapter of port/git.h as git itself would move them. Requirement: PR-6 */
#include <pthread.h>
#include <stdatomic.h>

#include "git_world.h"

T_TEST(refs_move_all_or_none)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid one = oid(&w, "one"), main_ = oid(&w, "main"), topic = oid(&w, "topic"), zero = slu_oid_zero(), id;
		struct port_git_update u[] = { { SLU_STR("refs/heads/main"), main_, one }, { SLU_STR("refs/heads/new"), zero, topic }, { SLU_STR("refs/tags/one"), one, zero } };
		port_git_txn *t = NULL;
		T_OK(w.g->ops->txn_prepare(w.g, &t, u, 3, SLU_STR("push by ann\nx"), &w.err), w.err);
		T_OK(w.g->ops->ref(w.g, u[0].ref, &id, &w.err), w.err);
		T_EQ_STR(id.hex, main_.hex); /* locked, not moved */
		port_git_txn *other = NULL;
		T_RC(w.g->ops->txn_prepare(w.g, &other, u, 1, SLU_STR("x"), &w.err), SLU_E_CONFLICT);
		T_HAS(w.err.text, "refs/heads/main");
		w.g->ops->txn_abort(t);
		T_EQ_SLU(sh(&w, "find bare.git -name '*.lock'"), "");
		T_OK(w.g->ops->txn_prepare(w.g, &t, u, 3, SLU_STR(""), &w.err), w.err);
		T_OK(w.g->ops->txn_commit(t, &w.err), w.err);
		for (size_t i = 0; i < 3; i++) {
			T_OK(w.g->ops->ref(w.g, u[i].ref, &id, &w.err), w.err);
			T_TRUE(slu_oid_eq(&id, &u[i].new_) || (slu_oid_is_zero(&id) && slu_oid_is_zero(&u[i].new_)));
		}
		/* one old value is wrong: nothing moves, and the ref is named */
		struct port_git_update bad[] = { { SLU_STR("refs/heads/topic"), topic, one }, { SLU_STR("refs/heads/main"), main_, topic } };
		T_RC(w.g->ops->txn_prepare(w.g, &t, bad, 2, SLU_STR(""), &w.err), SLU_E_CONFLICT);
		T_HAS(w.err.text, "refs/heads/main");
		T_OK(w.g->ops->ref(w.g, SLU_STR("refs/heads/topic"), &id, &w.err), w.err);
		T_EQ_STR(id.hex, topic.hex);
		struct port_git_update there[] = { { SLU_STR("refs/heads/topic"), zero, one } }, below[] = { { SLU_STR("refs/heads/topic/x"), zero, one } };
		T_RC(w.g->ops->txn_prepare(w.g, &t, there, 1, SLU_STR(""), &w.err), SLU_E_CONFLICT);
		T_RC(w.g->ops->txn_prepare(w.g, &t, below, 1, SLU_STR(""), &w.err), SLU_E_CONFLICT);
		struct port_git_update name[] = { { SLU_STR("refs/heads/a\n b"), zero, one } };
		T_RC(w.g->ops->txn_prepare(w.g, &t, name, 1, SLU_STR(""), &w.err), SLU_E_INVALID);
		T_TRUE(fcntl(0, F_GETFD) >= 0); /* one that never began has closed nothing of others */
	}
}

/** Move refs, and hold what is there then to what git says. */
static slu_rc move(struct world *w, const struct port_git_update *u, size_t n)
{
	port_git_txn *t = NULL;
	slu_rc rc = w->g->ops->txn_prepare(w->g, &t, u, n, SLU_STR("test"), &w->err);
	if (rc == SLU_OK)
		rc = w->g->ops->txn_commit(t, &w->err);
	for (size_t i = 0; rc == SLU_OK && i < n; i++) {
		slu_oid id;
		T_OK(w->g->ops->ref(w->g, u[i].ref, &id, &w->err), w->err);
		T_EQ_STR(slu_oid_is_zero(&id) ? "" : id.hex, slu_oid_is_zero(&u[i].new_) ? "" : u[i].new_.hex);
		slu_str said = sh(w, slu_printf(w->a, "git --git-dir=bare.git rev-parse -q --verify '%.*s' || :", SLU_FMT(u[i].ref)));
		T_EQ_SLU(said, slu_oid_is_zero(&u[i].new_) ? "" : u[i].new_.hex);
	}
	T_EQ_SLU(sh(w, "find bare.git -name '*.lock'"), "");
	return rc;
}

T_TEST(many_refs_move_as_one)
{
	enum { MANY = 40 };
	FOR_EACH_ADAPTER(w) {
		slu_oid one = oid(&w, "one"), topic = oid(&w, "topic"), zero = slu_oid_zero(), tag;
		struct port_git_ident who = { SLU_STR("Bob"), SLU_STR("bob@example.org"), 1700000600, 0 };
		struct port_git_update u[MANY];
		T_OK(w.g->ops->tag_make(w.g, SLU_STR("t"), &one, &who, SLU_STR("t"), &tag, &w.err), w.err);
		for (size_t i = 0; i < MANY; i++)
			u[i] = (struct port_git_update){ slu_s(slu_printf(w.a, "refs/%s/many/%zu/x", i % 4 ? "heads" : "tags", MANY - i)), zero, i % 4 ? topic : tag };
		T_OK(move(&w, u, MANY), w.err);
		T_EQ_SLU(sh(&w, "git --git-dir=bare.git for-each-ref --format='%(*objectname)' refs/tags/many | sort -u"), one.hex);
		/* each moves on, one that was loose among them; then all go, and no folder of theirs stays */
		T_OK(move(&w, (struct port_git_update[]){ { u[1].ref, topic, one } }, 1), w.err);
		for (size_t i = 0; i < MANY; i++)
			u[i] = (struct port_git_update){ u[i].ref, i == 1 ? one : u[i].new_, i == 1 ? topic : one };
		T_OK(move(&w, u, MANY), w.err);
		struct port_git_update below[] = { { SLU_STR("refs/heads/many/2/x/y"), zero, one } }, above[] = { { SLU_STR("refs/heads/many"), zero, one } };
		T_RC(move(&w, below, 1), SLU_E_CONFLICT);
		T_RC(move(&w, above, 1), SLU_E_CONFLICT);
		struct port_git_update wrong[MANY];
		memcpy(wrong, u, sizeof wrong);
		for (size_t i = 0; i < MANY; i++)
			wrong[i] = (struct port_git_update){ u[i].ref, i == 7 ? tag : u[i].new_, topic };
		T_RC(move(&w, wrong, MANY), SLU_E_CONFLICT);
		T_HAS(w.err.text, slu_str_dup(w.a, u[7].ref));
		for (size_t i = 0; i < MANY; i++)
			u[i] = (struct port_git_update){ u[i].ref, u[i].new_, zero };
		T_OK(move(&w, u, MANY), w.err);
		T_EQ_SLU(sh(&w, "find bare.git/refs -name many; grep many bare.git/packed-refs || :"), "");
		T_OK(move(&w, above, 1), w.err);
		(void)sh(&w, "git --git-dir=bare.git fsck --strict");
	}
}

T_TEST(refs_that_git_would_refuse_are_refused)
{
	FOR_EACH_ADAPTER(w) {
		slu_oid one = oid(&w, "one"), tree = oid(&w, "one^{tree}"), zero = slu_oid_zero(), none = { "1234567890123456789012345678901234567890" };
		struct port_git_update no_commit[] = { { SLU_STR("refs/heads/t"), zero, tree } }, missing[] = { { SLU_STR("refs/tags/t"), zero, none } };
		struct port_git_update tag_of_tree[] = { { SLU_STR("refs/tags/t"), zero, tree } };
		struct port_git_update pair[] = { { SLU_STR("refs/heads/p"), zero, one }, { SLU_STR("refs/heads/p/q"), zero, one } };
		struct port_git_update twice[] = { { SLU_STR("refs/heads/p"), zero, one }, { SLU_STR("refs/heads/p"), zero, one } };
		T_TRUE(move(&w, no_commit, 1) != SLU_OK);
		T_TRUE(move(&w, missing, 1) != SLU_OK);
		T_TRUE(move(&w, pair, 2) != SLU_OK);
		T_TRUE(move(&w, twice, 2) != SLU_OK);
		T_OK(move(&w, tag_of_tree, 1), w.err);
		/* an empty folder in the way of a ref is none */
		(void)sh(&w, "mkdir -p bare.git/refs/heads/deep/er/still");
		struct port_git_update deep[] = { { SLU_STR("refs/heads/deep"), zero, one } };
		T_OK(move(&w, deep, 1), w.err);
		/* one that is packed and loose, and one of a name that sorts between */
		(void)sh(&w, "git --git-dir=bare.git pack-refs --all");
		slu_oid topic = oid(&w, "topic");
		struct port_git_update packed[] = { { SLU_STR("refs/heads/deep"), one, topic }, { SLU_STR("refs/heads/deep-er"), zero, one } };
		T_OK(move(&w, packed, 2), w.err);
		struct port_git_update gone[] = { { SLU_STR("refs/heads/deep"), topic, zero }, { SLU_STR("refs/heads/deep-er"), one, zero } };
		T_OK(move(&w, gone, 2), w.err);
		/* a packed-refs that is damaged is not written anew from */
		(void)sh(&w, "cp bare.git/packed-refs keep; { head -n 2 keep; echo xyz; tail -n +3 keep; } >bare.git/packed-refs");
		struct port_git_update many[20];
		for (size_t i = 0; i < 20; i++)
			many[i] = (struct port_git_update){ slu_s(slu_printf(w.a, "refs/heads/damage/%zu", i)), zero, one };
		(void)sh(&w, "cp bare.git/packed-refs damaged");
		T_OK(move(&w, many, 20), w.err); /* git writes loose ones */
		(void)sh(&w, "cmp bare.git/packed-refs damaged; mv keep bare.git/packed-refs");
		/* symbolic refs and reflogs are git's */
		(void)sh(&w, "git --git-dir=bare.git update-ref refs/heads/real one; git --git-dir=bare.git symbolic-ref refs/heads/sym refs/heads/real");
		struct port_git_update sym[] = { { SLU_STR("refs/heads/sym"), one, topic } };
		T_OK(move(&w, sym, 1), w.err);
		T_TRUE(slu_oid_eq(&(slu_oid[]){ oid(&w, "refs/heads/real") }[0], &one));
		(void)sh(&w, "git --git-dir=bare.git config core.logAllRefUpdates always");
		(void)sh(&w, "git --git-dir=bare.git update-ref --create-reflog -m first refs/heads/logged one");
		struct port_git_update logged[] = { { SLU_STR("refs/heads/logged"), one, topic } };
		T_OK(move(&w, logged, 1), w.err);
		T_EQ_SLU(sh(&w, "git --git-dir=bare.git log -g -1 --format=%gs refs/heads/logged"), "test");
	}
}

/* ---- beside others -------------------------------------------------------------------------------------------------------- */

enum { BESIDE = 20, ROUNDS = 30 };
struct mover {
	const struct adapter *ad;
	const char *repo;
	slu_oid one, two;
	atomic_int rounds;
	atomic_bool failed;
};

/** Between one and two and back: a few at a time into files of their own, all at once into packed-refs. */
static void *move_all_the_time(void *ctx)
{
	struct mover *m = ctx;
	slu_auto_arena *a = slu_arena_new();
	struct port_git_update u[BESIDE];
	port_git *g = NULL;
	port_git_txn *t = NULL;
	m->failed = m->ad->open(&g, &(struct port_git_open){ .path = m->repo, .lock_fd = -1 }, NULL) != SLU_OK;
	for (int i = 0; i < BESIDE; i++)
		u[i] = (struct port_git_update){ slu_s(slu_printf(a, "refs/heads/beside/%02d", i)), m->one, m->two };
	for (; !m->failed && m->rounds < ROUNDS; m->rounds++) {
		for (int from = 0; from < BESIDE && !m->failed; from += 10) /* fewer than are packed */
			m->failed = g->ops->txn_prepare(g, &t, u + from, 10, SLU_STR(""), NULL) != SLU_OK || g->ops->txn_commit(t, NULL) != SLU_OK;
		for (int i = 0; i < BESIDE; i++)
			u[i] = (struct port_git_update){ u[i].ref, m->two, m->one };
		m->failed = m->failed || g->ops->txn_prepare(g, &t, u, BESIDE, SLU_STR(""), NULL) != SLU_OK || g->ops->txn_commit(t, NULL) != SLU_OK;
		for (int i = 0; i < BESIDE; i++)
			u[i] = (struct port_git_update){ u[i].ref, m->one, m->two };
	}
	if (g)
		g->ops->close(g);
	return NULL;
}

T_TEST(a_list_misses_no_ref_that_moves_meanwhile)
{
	struct world w = world_open(&adapters[1]);
	struct mover m = { .ad = &adapters[1], .repo = w.repo, .one = oid(&w, "one"), .two = oid(&w, "main") };
	const struct port_git_ref *ref = NULL;
	pthread_t t;
	size_t n = 0;
	(void)sh(&w, "for i in $(seq -w 0 19); do echo create refs/heads/beside/$i one; done | git --git-dir=bare.git update-ref --stdin");
	T_EQ_INT(pthread_create(&t, NULL, move_all_the_time, &m), 0);
	size_t fewest = BESIDE;
	while (!m.failed && m.rounds < ROUNDS) {
		slu_auto_arena *a = slu_arena_new();
		T_OK(w.g->ops->refs(w.g, a, SLU_STR("refs/heads/beside/"), &ref, &n, &w.err), w.err);
		fewest = n < fewest ? n : fewest;
	}
	(void)pthread_join(t, NULL);
	T_FALSE(m.failed);
	T_EQ_INT(fewest, BESIDE);
	world_close(&w);
}
