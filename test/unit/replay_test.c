/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A replay that judges one of several acts which rest on the same facts comes to the same as one that judges each: under every preset, and
 * where times, messages and tags have a say. Requirement: BR-3
 */
#include "app/replay.h"
#include "git_world.h"
#include "strategy/preset.h"

#include "t.h"

static const char busy[] =
	"git init -q -b main busy.git; cd busy.git; n=0\n"
	"c() { n=$((n + 1)); echo $n >n$n; git add .; GIT_COMMITTER_DATE=\"$((1700000000 + n * 86400)) +0000\" git commit -q -m \"$1\"; }\n"
	"m() { n=$((n + 1)); GIT_COMMITTER_DATE=\"$((1700000000 + n * 86400)) +0000\" git merge -q --no-ff --no-edit \"$1\"; }\n"
	"c begin; git branch develop\n"
	"for i in 1 2 3 4 5 6; do\n"
	"  git checkout -q -b fix-$i main; c 'wip'; git checkout -q main; [ $i = 3 ] || c \"feat: a (#$i)\"; m fix-$i; c 'straight on'\n"
	"  git checkout -q -b feature/$i develop; echo $i >f$i; git add .; c \"feat: $i\"; git checkout -q develop; m feature/$i; c 'straight on develop'\n"
	"  m fix-$i; git branch -qD fix-$i\n"
	"done\n"
	"git checkout -q main; git merge -q --no-ff --no-edit develop; git tag v1.0.0; git tag -a -m x v1.1.0; git tag odd\n";

static bool same_rules(const struct ins_rule *x, const struct ins_rule *y, size_t n, size_t months)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(x[i].rule, y[i].rule) != 0 || x[i].all != y[i].all || memcmp(x[i].n, y[i].n, sizeof x[i].n) != 0 || memcmp(x[i].month, y[i].month, months * sizeof *x[i].month) != 0 ||
		    strcmp(x[i].example.what, y[i].example.what) != 0 || strcmp(x[i].example.actual, y[i].example.actual) != 0)
			return false;
	return true;
}

static void compare(struct world *w, slu_arena *a, struct app_history *h, slu_str text, const char *name)
{
	struct app_replay_ask ask = { .since_s = INT64_MIN };
	struct ins_replay quick = { 0 }, slow = { 0 };
	strat_issues issues = { 0 };
	T_CASE("%s", name);
	T_OK(strat_compile(&ask.s, &issues, a, text, name, NULL, NULL, &w->err), w->err);
	T_OK(app_replay(&quick, a, h, &ask, &w->err), w->err);
	ask.one_by_one = true;
	T_OK(app_replay(&slow, a, h, &ask, &w->err), w->err);
	T_TRUE(slow.all.judged > 10);
	T_EQ_MEM(quick.sum, slow.sum, sizeof slow.sum);
	T_EQ_INT(quick.month_n, slow.month_n);
	T_EQ_MEM(quick.month, slow.month, slow.month_n * sizeof *slow.month);
	T_EQ_INT(quick.refuses.n, slow.refuses.n);
	T_EQ_INT(quick.waits.n, slow.waits.n);
	T_TRUE(same_rules(quick.refuses.v, slow.refuses.v, slow.refuses.n, slow.month_n));
	T_TRUE(same_rules(quick.waits.v, slow.waits.v, slow.waits.n, slow.month_n));
	T_EQ_INT(quick.worst_n, slow.worst_n);
	for (size_t i = 0; i < slow.worst_n; i++)
		T_EQ_STR(quick.worst[i].what, slow.worst[i].what);
}

T_TEST(one_of_many_alike_stands_for_all)
{
	static const char *const more[] = {
		"strategy: 1\nextends: gitflow\nbranches:\n  main: {sunset: 2023-12-01}\n",
		"strategy: 1\nextends: gitflow\ncommits: {convention: conventional}\n",
		"strategy: 1\nextends: gitflow\nreleases: {calendar: {start: 2023-11-01, cycle: 2w, freeze: {at: 1w, branches: [main], types: [fix]}}}\n",
		"strategy: 1\nextends: github-flow\nbranches:\n  work: {stale: 1d}\n",
	};
	struct world w = world_open(&adapters[3]);
	struct app_offline o = { .git.git = w.g };
	struct app_history h;
	size_t n;
	const struct strat_preset *p = strat_presets(&n);
	(void)sh(&w, busy);
	w.g->ops->close(w.g);
	T_OK(git_own_open(&w.g, &(struct port_git_open){ .path = slu_printf(w.a, "%s/busy.git/.git", w.dir), .lock_fd = -1 }, &w.err), w.err);
	o.git.git = w.g;
	T_OK(app_history_load(&h, w.a, &o, SLU_STR("main"), false, &w.err), w.err);
	for (size_t i = 0; i < n; i++)
		compare(&w, w.a, &h, (slu_str){ p[i].text, p[i].size }, p[i].name);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		compare(&w, w.a, &h, slu_s(more[i]), more[i]);
	world_close(&w);
}
