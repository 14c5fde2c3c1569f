/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A server home in a temporary folder with a clock of its own and real Git, for tests of the use cases.
 *
 * `w.u` is a unit of work as whoever is named last by app_world_as (begun as the operator). Checks that fail leave the folder to the test run.
 */
#ifndef TEST_UNIT_APP_WORLD_H
#define TEST_UNIT_APP_WORLD_H
#include "app/app.h"
#include "app/land.h"
#include "app/people.h"
#include "app/push.h"
#include "app/repos.h"
#include "git/git.h"

#include <stdlib.h>
#include <unistd.h>

#include "t.h"

static int64_t app_world_clock_ms = 1700000000000;
[[maybe_unused]] static int64_t app_world_now_ms(void)
{
	return app_world_clock_ms;
}

struct app_world {
	char home[256];
	app *ap;
	struct app_unit u;
	struct app_repo r;
	slu_arena *a; /* of the whole test */
	slu_err err;
	slu_str token;
};

[[maybe_unused]] static struct app_ports app_world_ports = {
	.git_open = git_cli_open, .git_init = git_repo_init, .git_import = git_repo_import, .git_default_branch = git_repo_default_branch, .git_set_default = git_repo_set_default,
	.git_clear_stale = git_repo_clear_stale, .now_ms = app_world_now_ms,
};

[[maybe_unused]] static void app_world_begin(struct app_world *w)
{
	const char *tmp = getenv("TMPDIR");

	memset(w, 0, sizeof(*w));
	(void)snprintf(w->home, sizeof(w->home), "%s/home-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(w->home))
		T_FAIL("no temporary folder");
	w->a = slu_arena_new();
	app_world_clock_ms = 1700000000000;
	T_OK(app_open(&w->ap, w->home, &app_world_ports, &w->err), w->err);
	T_OK(app_unit_begin(&w->u, w->ap, &w->err), w->err);
	app_be_operator(&w->u);
}

[[maybe_unused]] static void app_world_end(struct app_world *w)
{
	app_repo_close(&w->u, &w->r);
	app_unit_end(&w->u);
	app_close(w->ap);
	slu_arena_free(w->a);
}

/** A new unit of work as this person ("operator": the operator, "": nobody), with the repository ann/app opened when it is there. */
[[maybe_unused]] static void app_world_as(struct app_world *w, const char *name)
{
	struct port_person p = { 0 };

	app_repo_close(&w->u, &w->r);
	app_unit_end(&w->u);
	T_OK(app_unit_begin(&w->u, w->ap, &w->err), w->err);
	if (strcmp(name, "operator") == 0) {
		app_be_operator(&w->u);
	} else if (*name) {
		T_OK(port_person_get(w->u.store, w->u.a, slu_s(name), &p, &w->err), w->err);
		w->u.who = (struct app_who){ .signed_in = true, .name = p.name, .scopes = APP_SCOPE_ALL, .person_id = p.id };
	}
	(void)!app_repo_open(&w->r, &w->u, SLU_STR("ann"), SLU_STR("app"), STRAT_LEVEL_NONE, NULL);
}

/** Repository ann/app under this strategy (a preset's name when it has no line end) with people: `people` is "ann=admin bob=write". */
[[maybe_unused]] static void app_world_repo(struct app_world *w, const char *strategy, const char *people)
{
	struct app_repo_new n = { .owner = SLU_STR("ann"), .name = SLU_STR("app") };
	struct port_repo row = { 0 };
	struct port_person p = { 0 };
	slu_str rest = slu_s(people), one, name;

	if (strchr(strategy, '\n'))
		n.strategy_text = slu_s(strategy);
	else
		n.preset = slu_s(strategy);
	T_OK(app_repo_create(&row, &w->u, &n, &w->err), w->err);
	app_world_as(w, "operator");
	while (slu_str_split(&rest, ' ', &one)) {
		T_TRUE(slu_str_split(&one, '=', &name));
		T_OK(app_user_add(&p, &w->u, name, (slu_str){ 0 }, (slu_str){ 0 }, &w->err), w->err);
		T_OK(app_role_grant(&w->u, &w->r, name, one, &w->err), w->err);
	}
	app_world_as(w, "operator");
}

/** A commit on `parent` (zero: none) with one file changed; nothing refers to it. */
[[maybe_unused]] static slu_oid app_world_commit(struct app_world *w, const slu_oid *parent, const char *path, const char *text, const char *message)
{
	port_git *g = w->r.git;
	const struct port_git_file_edit edit = { .path = slu_s(path), .text = slu_s(text) };
	const struct port_git_ident who = { SLU_STR("Test"), SLU_STR("test@example.org"), app_world_clock_ms / 1000, 0 };
	slu_oid tree = { 0 }, commit = { 0 };
	bool root = slu_oid_is_zero(parent);
	slu_oid base = *parent, empty = { .hex = "4b825dc642cb6eb9a060e54bf8d69288fbee4904" };

	if (root)
		T_OK(g->ops->commit_make(g, &empty, NULL, 0, &who, &who, SLU_STR("empty"), &base, &w->err), w->err);
	T_OK(g->ops->tree_edit(g, w->a, &base, &edit, 1, &tree, &w->err), w->err);
	T_OK(g->ops->commit_make(g, &tree, parent, root ? 0 : 1, &who, &who, slu_s(message), &commit, &w->err), w->err);
	app_world_clock_ms += 1000;
	return commit;
}

/** Move refs without asking anybody: how the world was before. */
[[maybe_unused]] static void app_world_set(struct app_world *w, const char *ref, const slu_oid *to)
{
	port_git *g = w->r.git;
	port_git_txn *t = NULL;
	struct port_git_update x = { .ref = slu_s(ref), .new_ = *to };

	T_OK(g->ops->ref(g, x.ref, &x.old, &w->err), w->err);
	T_OK(g->ops->txn_prepare(g, &t, &x, 1, SLU_STR("test"), &w->err), w->err);
	T_OK(g->ops->txn_commit(t, &w->err), w->err);
}

[[maybe_unused]] static slu_oid app_world_ref(struct app_world *w, const char *ref)
{
	slu_oid o = { 0 };
	T_OK(w->r.git->ops->ref(w->r.git, slu_s(ref), &o, &w->err), w->err);
	return o;
}

struct app_world_pushing {
	const struct app_push *p;
	struct app_push_judged j;
};
[[maybe_unused]] static slu_rc app_world_record(void *ctx, struct app_unit *u, struct app_repo *r, slu_err *err)
{
	const struct app_world_pushing *x = ctx;
	return app_push_record(u, r, x->p, &x->j, err);
}

/** Push as the one who asks; *refusal is what would be shown. */
[[maybe_unused]] static slu_rc app_world_push(struct app_world *w, struct port_git_update *x, size_t n, slu_str *refusal)
{
	const struct app_push p = { .update = x, .n = n, .via = "test" };
	struct app_world_pushing ctx = { .p = &p };
	struct app_land l = { .update = x, .n = n, .reflog = SLU_STR("push"), .record = app_world_record, .ctx = &ctx };

	slu_rc rc = app_push_judge(&ctx.j, &w->u, &w->r, &p, &w->err);
	*refusal = ctx.j.refusal;
	if (rc == SLU_OK && !ctx.j.allowed)
		rc = SLU_E_DENIED;
	T_OK(app_repo_lock(w->ap, w->r.id, &w->err), w->err);
	if (rc == SLU_OK)
		rc = app_push_follow(&l.update, &l.n, &w->u, &w->r, &p, &ctx.j, &w->err);
	if (rc == SLU_OK)
		rc = app_land(&w->u, &w->r, &l, &w->err);
	app_repo_unlock(w->ap, w->r.id);
	if (rc == SLU_OK)
		rc = app_push_reply(refusal, &w->u, &w->r, &p, &ctx.j, &w->err);
	return rc;
}
/** The same for one branch or tag; old as it stands. */
[[maybe_unused]] static slu_rc app_world_push_one(struct app_world *w, const char *ref, const slu_oid *to, slu_str *refusal)
{
	struct port_git_update x = { .ref = slu_s(ref), .new_ = *to };
	T_OK(w->r.git->ops->ref(w->r.git, x.ref, &x.old, &w->err), w->err);
	return app_world_push(w, &x, 1, refusal);
}
#endif
