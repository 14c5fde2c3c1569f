/* SPDX-License-Identifier: Apache-2.0 */
/* What a push brings is the same whether Git is asked for all of it or only for what is not new to the repository. */
/* Requirement: PR-6 */
#include "app/git_facts.h"
#include "git/git.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t.h"

enum { COMMITS = 12 };
struct w {
	char dir[256], object_dir[300], objects[300];
	slu_arena *a;
	port_git *stored, *push;
	slu_err err;
	slu_oid tree, c[COMMITS];
};

static slu_oid made(struct w *w, port_git *g, const slu_oid *parent, size_t n, const char *message)
{
	const struct port_git_ident who = { SLU_STR("ann"), SLU_STR("ann@example.org"), 1700000000, 0 };
	slu_oid id;
	T_OK(g->ops->commit_make(g, &w->tree, parent, n, &who, &who, slu_s(message), &id, &w->err), w->err);
	return id;
}

/* Stored: 0 ← 1 ← 2 ← 3 and 1 ← 4. Pushed: 3 ← 5 ← 6; 4 ← 7; 8 merges 6 and 7; 9 alone on 2. */
static void begin(struct w *w)
{
	const char *tmp = getenv("TMPDIR");
	memset(w, 0, sizeof *w);
	w->a = slu_arena_new();
	(void)snprintf(w->dir, sizeof w->dir, "%s/facts-XXXXXX", tmp ? tmp : "/tmp");
	T_TRUE(mkdtemp(w->dir) != NULL);
	const char *repo = slu_printf(w->a, "%s/r.git", w->dir);
	T_OK(git_repo_init(repo, SLU_STR("main"), &w->err), w->err);
	(void)snprintf(w->object_dir, sizeof w->object_dir, "%s/quarantine", w->dir);
	(void)snprintf(w->objects, sizeof w->objects, "%s/objects", repo);
	T_TRUE(mkdir(w->object_dir, 0700) == 0);
	const struct port_git_open plain = { .path = repo, .lock_fd = -1 }, quarantine = { .path = repo, .object_dir = w->object_dir, .alternates = w->objects, .lock_fd = -1 };
	T_OK(git_cli_open(&w->stored, &plain, &w->err), w->err);
	T_OK(git_cli_open(&w->push, &quarantine, &w->err), w->err);
	T_OK(slu_oid_parse(&w->tree, SLU_STR("4b825dc642cb6eb9a060e54bf8d69288fbee4904"), &w->err), w->err);
	w->c[0] = made(w, w->stored, NULL, 0, "0");
	w->c[1] = made(w, w->stored, &w->c[0], 1, "1");
	w->c[2] = made(w, w->stored, &w->c[1], 1, "2");
	w->c[3] = made(w, w->stored, &w->c[2], 1, "3");
	w->c[4] = made(w, w->stored, &w->c[1], 1, "4");
	const struct port_git_update u[] = { { SLU_STR("refs/heads/main"), slu_oid_zero(), w->c[3] }, { SLU_STR("refs/heads/side"), slu_oid_zero(), w->c[4] } };
	port_git_txn *t = NULL;
	T_OK(w->stored->ops->txn_prepare(w->stored, &t, u, 2, SLU_STR("test"), &w->err), w->err);
	T_OK(w->stored->ops->txn_commit(t, &w->err), w->err);
	w->c[5] = made(w, w->push, &w->c[3], 1, "5");
	w->c[6] = made(w, w->push, &w->c[5], 1, "6");
	w->c[7] = made(w, w->push, &w->c[4], 1, "7");
	const slu_oid both[] = { w->c[6], w->c[7] };
	w->c[8] = made(w, w->push, both, 2, "8");
	w->c[9] = made(w, w->push, &w->c[2], 1, "9");
}

static void end(struct w *w)
{
	w->stored->ops->close(w->stored);
	w->push->ops->close(w->push);
	slu_arena_free(w->a);
}

static bool among(const slu_oid *id, const slu_oid *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slu_oid_eq(id, &list[i]))
			return true;
	return false;
}

static void same_range(struct w *w, const struct pol_facts *f, size_t tip, const slu_oid *not_, size_t not_n)
{
	const slu_oid *got = NULL, *want = NULL;
	size_t got_n = 0, want_n = 0;
	T_OK(f->range(f->ctx, w->a, &w->c[tip], not_, not_n, 100, &got, &got_n, &w->err), w->err);
	T_OK(w->push->ops->range(w->push, w->a, &w->c[tip], not_, not_n, 100, &want, &want_n, &w->err), w->err);
	T_EQ_INT(got_n, want_n);
	for (size_t i = 0; i < want_n; i++)
		T_TRUE(among(&want[i], got, got_n));
}

T_TEST(ranges_are_the_same_as_those_of_git)
{
	struct w w;
	struct pol_facts f = { 0 };
	begin(&w);
	struct app_git_facts ctx = { .git = w.push, .a = w.a, .stored = w.stored };
	app_git_facts_fill(&f);
	f.ctx = &ctx;
	for (size_t tip = 0; tip < 10; tip++)
		for (size_t set = 0; set < 64; set++) {
			slu_oid not_[8];
			size_t n = 0;
			for (size_t i = 0; i < 5; i++)
				if (set & (1u << i))
					not_[n++] = w.c[i];
			if (set & 32)
				not_[n++] = slu_oid_zero();
			T_CASE("tip %zu, set %zu", tip, set);
			same_range(&w, &f, tip, not_, n);
		}
	end(&w);
}

T_TEST(what_is_pending_in_the_same_push_counts_as_there)
{
	struct w w;
	struct pol_facts f = { 0 };
	begin(&w);
	const struct port_git_update pending[] = { { SLU_STR("refs/heads/main"), w.c[3], w.c[6] }, { SLU_STR("refs/heads/new"), slu_oid_zero(), w.c[7] }, { SLU_STR("refs/heads/side"), w.c[4], slu_oid_zero() } };
	struct app_git_facts ctx = { .git = w.push, .a = w.a, .stored = w.stored, .pending = pending, .pending_n = 3 };
	app_git_facts_fill(&f);
	f.ctx = &ctx;
	for (size_t tip = 5; tip < 10; tip++) {
		const slu_oid not_[] = { w.c[6], w.c[7], w.c[4] };
		T_CASE("tip %zu", tip);
		same_range(&w, &f, tip, not_, 3);
	}
	slu_oid id;
	const slu_str *name = NULL;
	const slu_oid *head = NULL;
	size_t n = 0;
	T_OK(f.ref(f.ctx, w.a, SLU_STR("refs/heads/main"), &id, &w.err), w.err);
	T_EQ_STR(id.hex, w.c[6].hex);
	T_OK(f.branches(f.ctx, w.a, &name, &head, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	ctx.pending_n = 0;
	T_OK(f.branches(f.ctx, w.a, &name, &head, &n, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_TRUE(slu_str_is(name[0], "main") && slu_oid_eq(&head[0], &w.c[3]));
	end(&w);
}
