/* SPDX-License-Identifier: Apache-2.0 */
/* Bases that move on: what takes force by itself, what waits, under which locks. Requirement: PR-6, BR-3 */
#include "app/bases.h"
#include "app/rounds.h"

#include <stdatomic.h>

#include "app_world.h"

static const char open_[] = "strategy: 1\nbranches: {main: {type: production, allow: {create: write, push: write}}}\n";
static const char loose[] = "strategy: 1\nbranches: {main: {type: production, allow: {create: write, push: write}}}\n# loose\n";
static const char tight[] = "strategy: 1\nbranches: {main: {type: production, allow: {create: write, push: admin}}}\n";
static const char extending[] = "strategy: 1\nextends: [\"ann/base:rules.yml\"]\n";

/* The file of a repository at the head of its main. */
static void put(struct app_world *w, const char *name, const char *path, const char *text)
{
	struct app_repo before = w->r;
	T_OK(app_repo_open(&w->r, &w->u, SLU_STR("ann"), slu_s(name), STRAT_READ, &w->err), w->err);
	slu_oid head = app_world_ref(w, "refs/heads/main"), made = app_world_commit(w, &head, path, text, "chore: put");
	app_world_set(w, "refs/heads/main", &made);
	app_repo_close(&w->u, &w->r);
	w->r = before;
}

static slu_rc accept(struct app_world *w, const char *what, const char *digest)
{
	const struct app_accepting x = { .what = slu_s(what), .digest = slu_s(digest) };
	struct app_accepted got = { 0 };
	return app_strategy_accept(&got, &w->u, &w->r, &x, &w->err);
}

/* ann/app extends ann/base:rules.yml, accepted by ann with this text. */
static void begin(struct app_world *w, const char *text)
{
	struct app_repo_new n = { .owner = SLU_STR("ann"), .name = SLU_STR("base"), .strategy_text = slu_s(open_) };
	struct port_repo row = { 0 };

	app_world_begin(w);
	app_world_repo(w, open_, "ann=admin bob=write");
	T_OK(app_repo_create(&row, &w->u, &n, &w->err), w->err);
	put(w, "base", "rules.yml", text);
	T_OK(accept(w, "ann/base:rules.yml", ""), w->err);
	put(w, "app", ".sluice/strategy.yml", extending);
	app_world_as(w, "operator");
	T_EQ_INT(w->r.strategy_base_n, 1);
	T_EQ_SLU(w->r.strategy_base[0], "ann/base:rules.yml");
}

static const char *push_level(struct app_world *w)
{
	app_world_as(w, "operator");
	return strat_who_text(w->u.a, &w->r.strategy->branch[strat_find_branch(w->r.strategy, SLU_STR("main"))].allow[STRAT_VERB_PUSH]);
}

static const struct app_base *base(struct app_world *w)
{
	const struct app_base *b = NULL;
	size_t n = 0;
	T_OK(app_bases(&b, &n, &w->u, &w->r, &w->err), w->err);
	T_EQ_INT(n, 1);
	return b;
}

T_TEST(one_that_tightens_takes_force_and_the_way_back_waits)
{
	struct app_world w;
	const char *says = NULL;
	begin(&w, loose);
	T_EQ_STR(push_level(&w), "write");
	put(&w, "base", "rules.yml", tight);
	T_OK(app_bases_look(&w.u, &w.r, &w.err), w.err);
	T_EQ_STR(push_level(&w), "admin");
	T_FALSE(base(&w)->waits);
	T_OK(app_bases_trouble(&says, &w.u, &w.r, &w.err), w.err);
	T_TRUE(says == NULL);
	put(&w, "base", "rules.yml", loose);
	T_OK(app_bases_look(&w.u, &w.r, &w.err), w.err);
	T_EQ_STR(push_level(&w), "admin");
	const struct app_base *b = base(&w);
	T_TRUE(b->waits && b->since_s > 0);
	T_EQ_INT(b->differs_n, 1);
	T_EQ_SLU(b->differs[0].path, "branches.main.allow.push");
	T_EQ_SLU(b->differs[0].was, "admin");
	T_EQ_SLU(b->differs[0].now, "write");
	T_TRUE(b->differs[0].loosens);
	T_HAS(b->command, "sluice strategy accept 'ann/base:rules.yml' --digest ");
	T_OK(app_bases_trouble(&says, &w.u, &w.r, &w.err), w.err);
	T_HAS(says, "is not what is in force here");
	app_world_end(&w);
}

/* Of two bases the later hides the earlier: what goes from it tightens here, and loosens by itself. That is what is said. */
T_TEST(a_value_that_loosens_only_by_itself_is_said_to_loosen)
{
	static const char first[] = "strategy: 1\nbranches: {main: {type: production, require: {approvals: 3, boxes: [Read]}, allow: {create: write, push: write}}}\n";
	static const char later[] = "strategy: 1\nbranches: {main: {type: production, require: {approvals: 2, boxes: [Read]}}}\n";
	static const char without[] = "strategy: 1\nbranches: {main: {type: production, require: {boxes: [Read]}}}\n";
	struct app_world w;
	const struct app_base *b = NULL;
	size_t n = 0;
	begin(&w, first);
	put(&w, "base", "later.yml", later);
	T_OK(accept(&w, "ann/base:later.yml", ""), w.err);
	put(&w, "app", ".sluice/strategy.yml", "strategy: 1\nextends: [\"ann/base:rules.yml\", \"ann/base:later.yml\"]\n");
	app_world_as(&w, "operator");
	put(&w, "base", "later.yml", without);
	T_OK(app_bases_look(&w.u, &w.r, &w.err), w.err);
	T_OK(app_bases(&b, &n, &w.u, &w.r, &w.err), w.err);
	T_EQ_INT(n, 2);
	T_TRUE(b[1].waits && b[1].differs_n == 1);
	T_EQ_SLU(b[1].differs[0].path, "branches.main.require.approvals");
	T_EQ_SLU(b[1].differs[0].was, "2");
	T_TRUE(b[1].differs[0].loosens);
	T_TRUE(slu_str_starts(b[1].why, "1 of its differences loosens a rule"));
	app_world_end(&w);
}

/* Whoever pushes to a base that waits does not have it judged again, under the lock of who extends it, at every event. */
T_TEST(what_was_looked_at_is_not_looked_at_again)
{
	struct app_world w;
	app_world_ports.repo_wait_ms = 1;
	begin(&w, tight);
	put(&w, "base", "rules.yml", loose);
	T_OK(app_repo_lock(w.ap, w.r.id, &w.err), w.err);
	T_RC(app_bases_look(&w.u, &w.r, &w.err), SLU_E_BUSY); /* it is the first look: it judges, and waits for the lock */
	app_repo_unlock(w.ap, w.r.id);
	T_FALSE(base(&w)->waits);
	T_OK(app_bases_look(&w.u, &w.r, &w.err), w.err);
	T_TRUE(base(&w)->waits);
	int64_t events = app_events_now(w.ap);
	T_OK(app_repo_lock(w.ap, w.r.id, &w.err), w.err);
	T_OK(app_bases_look(&w.u, &w.r, &w.err), w.err);
	put(&w, "base", "other.yml", "x");
	T_RC(app_bases_look(&w.u, &w.r, &w.err), SLU_E_BUSY);
	app_repo_unlock(w.ap, w.r.id);
	T_OK(app_bases_look(&w.u, &w.r, &w.err), w.err);
	T_EQ_INT(app_events_now(w.ap), events);
	app_world_ports.repo_wait_ms = 0;
	app_world_end(&w);
}

static bool disk_fails;
static const struct port_git_ops *real_git;
static slu_rc failing_file_at(port_git *g, slu_arena *a, const slu_oid *commit, slu_str path, slu_str *text, bool *found, slu_err *err)
{
	if (disk_fails && slu_str_is(path, "rules.yml"))
		return slu_fail(err, SLU_E_IO, "The disk does not answer.");
	return real_git->file_at(g, a, commit, path, text, found, err);
}
static slu_rc open_failing(port_git **out, const struct port_git_open *how, slu_err *err)
{
	static struct port_git_ops ops;
	SLU_TRY(git_cli_open(out, how, err));
	real_git = (*out)->ops;
	ops = *real_git;
	ops.file_at = failing_file_at;
	(*out)->ops = &ops;
	return SLU_OK;
}

/* It is the machine's fault, not that of the file: nothing is said of it, the next look finds it, and the other bases are looked at. */
T_TEST(a_disk_that_fails_for_a_while_is_not_remembered)
{
	struct app_world w;
	const struct app_base *b = NULL;
	size_t n = 0;
	app_world_ports.git_open = open_failing;
	begin(&w, loose);
	put(&w, "base", "later.yml", loose);
	T_OK(accept(&w, "ann/base:later.yml", ""), w.err);
	put(&w, "app", ".sluice/strategy.yml", "strategy: 1\nextends: [\"ann/base:rules.yml\", \"ann/base:later.yml\"]\n");
	app_world_as(&w, "operator");
	put(&w, "base", "rules.yml", tight);
	put(&w, "base", "later.yml", "nonsense");
	disk_fails = true;
	T_RC(app_bases_look(&w.u, &w.r, &w.err), SLU_E_IO);
	disk_fails = false;
	T_OK(app_bases(&b, &n, &w.u, &w.r, &w.err), w.err);
	T_TRUE(n == 2 && !b[0].waits && b[1].waits);
	T_OK(app_bases_look(&w.u, &w.r, &w.err), w.err);
	T_OK(app_bases(&b, &n, &w.u, &w.r, &w.err), w.err);
	T_TRUE(n == 2 && !b[0].waits && b[1].waits);
	T_TRUE(strstr(slu_str_dup(w.a, b[0].text), "admin") != NULL);
	app_world_end(&w);
	app_world_ports.git_open = git_cli_open;
}

/* What an administrator accepts while a text was judged stands; the other is judged again, against it. */
T_TEST(accepting_is_seen_within_a_transaction_at_once)
{
	struct app_world w;
	struct app_unit other;
	struct app_repo r = { 0 };
	begin(&w, tight);
	T_OK(app_unit_begin(&other, w.ap, &w.err), w.err);
	app_be_operator(&other);
	T_OK(app_repo_open(&r, &other, SLU_STR("ann"), SLU_STR("app"), STRAT_READ, &w.err), w.err);
	const strat *before = r.strategy;
	put(&w, "base", "rules.yml", loose);
	T_OK(accept(&w, "ann/base:rules.yml", ""), w.err);
	T_OK(app_begin(&other, &w.err), w.err);
	T_OK(app_repo_refresh(&other, &r, &w.err), w.err);
	T_TRUE(strcmp(before->digest, r.strategy->digest) != 0);
	app_rollback(&other);
	app_repo_close(&other, &r);
	app_unit_end(&other);
	app_world_end(&w);
}

T_TEST(what_cannot_be_used_is_not_accepted)
{
	struct app_world w;
	begin(&w, tight);
	put(&w, "base", "rules.yml", "strategy: 1\nbranches: {}\nnonsense: 1\n");
	T_RC(accept(&w, "ann/base:rules.yml", ""), SLU_E_STRATEGY);
	T_HAS(w.err.text, "was not accepted");
	T_EQ_STR(push_level(&w), "admin");
	put(&w, "base", "rules.yml", loose);
	T_RC(accept(&w, "ann/base:rules.yml", "0000"), SLU_E_CONFLICT);
	T_RC(accept(&w, "ann/base", ""), SLU_E_INVALID);
	T_RC(accept(&w, "ann/none:rules.yml", ""), SLU_E_NOT_FOUND);
	app_world_as(&w, "bob");
	T_RC(accept(&w, "ann/base:rules.yml", ""), SLU_E_DENIED);
	app_world_end(&w);
}

static void look_round(app *ap, void *ctx)
{
	(void)ap;
	*(atomic_int *)ctx += 1;
}

T_TEST(rounds_look_at_once_and_at_events_and_a_last_time)
{
	struct app_world w;
	app_rounds *rounds = NULL;
	atomic_int looks = 0;
	const struct app_round round = { .look = look_round, .ctx = &looks, .every_ms = 60000, .events_ms = 1, .what = "to test" };
	app_world_begin(&w);
	T_OK(app_rounds_begin(&rounds, w.ap, &round, &w.err), w.err);
	for (int i = 0; i < 2000 && looks < 1; i++)
		(void)usleep(5000);
	T_EQ_INT(looks, 1);
	app_world_repo(&w, open_, "ann=admin");
	for (int i = 0; i < 2000 && looks < 2; i++)
		(void)usleep(5000);
	T_TRUE(looks >= 2);
	int before = looks;
	app_rounds_end(rounds);
	T_TRUE(looks > before);
	app_world_end(&w);
}
