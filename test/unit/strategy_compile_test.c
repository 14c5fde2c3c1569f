/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: BR-1, BR-2, PR-1 */
#include "strategy/strat.h"

#include <stdlib.h>

#include "t.h"

static const char ten_lines[] = "strategy: 1\n"
				"branches:\n"
				"  main: {type: production}\n"
				"  feature: {match: \"feature/{name}\", type: work, base: main}\n"
				"tags: {release: {match: \"v{version}\", branches: main}}\n"
				"checks: {test: {run: make test, on: {change: main}}}\n"
				"environments:\n"
				"  production: {from: main, on: {tag: release}, via: {run: scripts/deploy}}\n";

static const strat *compiled(slu_arena *a, const char *text)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	T_OK(strat_compile(&s, &issues, a, slu_s(text), "test.yml", NULL, NULL, &err), err);
	return s;
}

T_TEST(ten_lines_are_a_strategy)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = compiled(a, ten_lines);
	T_EQ_INT(s->branch_n, 3); /* with the built-in kind */
	T_EQ_SLU(strat_default_branch(s), "main");
	const struct strat_branch *main_ = &s->branch[strat_find_branch(s, SLU_STR("main"))];
	T_EQ_STR(strat_who_text(a, &main_->allow[STRAT_VERB_PUSH]), "nobody");
	T_EQ_STR(strat_who_text(a, &main_->allow[STRAT_VERB_MERGE]), "maintain");
	T_EQ_INT(main_->require.approvals_any, 1);
	T_TRUE(main_->require.dismiss_stale && main_->require.last_push_approval && main_->require.threads_resolved && main_->require.up_to_date && main_->require.checks_all);
	T_EQ_STR(main_->require.approvals_pos.file, "defaults");
	const struct strat_branch *feature = &s->branch[strat_find_branch(s, SLU_STR("feature"))];
	T_EQ_INT(feature->edge_n, 1);
	T_EQ_INT(feature->edge[0].into, strat_find_branch(s, SLU_STR("main")));
	T_EQ_INT(feature->edge[0].method, STRAT_MERGE);
	T_EQ_INT(feature->edge[0].tag, STRAT_NONE);
	T_EQ_INT(feature->pos.line, 4);
	T_EQ_INT(feature->pos.column, 3);
	T_FALSE(feature->require.has_approvals);
	T_EQ_INT(s->tag[0].type, STRAT_TAG_RELEASE);
	T_EQ_STR(strat_who_text(a, &s->tag[0].allow[STRAT_VERB_CREATE]), "maintain");
	const struct strat_environment *env = &s->environment[0];
	T_EQ_SLU(s->driver[env->driver].run_text, "scripts/deploy");
	T_EQ_INT(s->driver[env->driver].timeout_s, 600);
	T_EQ_INT(env->step_n, 1);
	T_EQ_INT(env->step[0].weight_pct, 100);
	T_EQ_INT(env->on.on, 1u << STRAT_ON_TAG);
	T_EQ_STR(strat_who_text(a, &env->allow_roll_back), "maintain");
	T_EQ_INT(strlen(s->digest), 64);
}

T_TEST(branches_have_exactly_one_kind)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = compiled(a, "strategy: 1\n"
				     "branches:\n"
				     "  main: {type: production}\n"
				     "  rest: {match: \"**\", type: throwaway}\n"
				     "  feature: {match: \"feature/**\", type: work, base: main}\n"
				     "  spike: {match: \"feature/spike-{name}\", type: work, base: main}\n");
	struct strat_captures caps;
	T_EQ_INT(strat_branch_kind(s, SLU_STR("main"), NULL), 0);
	T_EQ_INT(strat_branch_kind(s, SLU_STR("anything/else"), NULL), 1);
	T_EQ_INT(strat_branch_kind(s, SLU_STR("feature/a/b"), NULL), 2);
	T_EQ_INT(strat_branch_kind(s, SLU_STR("feature/spike-x"), &caps), 3);
	T_EQ_SLU(caps.v[STRAT_CAP_NAME], "x");
	T_EQ_INT(strat_branch_kind(s, SLU_STR("sluice/back-merge/1"), NULL), 4);
	T_TRUE(s->branch[4].builtin);
}

/* Quotes and folds as YAML has them; libfyaml loses memory over many quotes, so those are read here. Requirement: GT-2 */
T_TEST(texts_in_quotes)
{
	static const struct {
		const char *yaml, *text;
	} rows[] = {
		{ "'x''y'", "x'y" },
		{ "''''''''''''''''''''''''''''''''''''''''", "'''''''''''''''''''" },
		{ "'a\n  b\n\n\n  c '", "a b\n\nc " },
		{ "'a  \r\n  b'", "a b" },
		{ "\"a\\tb \\\"c\\\" \\u00e4\"", "a\tb \"c\" \xc3\xa4" },
		{ "|\n    one\n    two\n", "one\ntwo\n" },
		{ ">-\n    one\n    two\n", "one two" },
		{ "plain: no", NULL },
		{ "plain text  # comment", "plain text" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		slu_auto_arena *a = slu_arena_new();
		T_CASE("%s", rows[i].yaml);
		const strat *s = NULL;
		strat_issues issues = { 0 };
		slu_str text = slu_s(slu_printf(a, "strategy: 1\nbranches: {main: {type: production}}\ntitle: %s\n", rows[i].yaml));
		slu_rc rc = strat_compile(&s, &issues, a, text, "q.yml", NULL, NULL, NULL);
		T_EQ_INT(rc == SLU_OK, rows[i].text != NULL);
		if (rows[i].text)
			T_EQ_STR(slu_str_dup(a, s->title), rows[i].text);
	}
}

static const strat *every_key(slu_arena *a)
{
	const char *top = getenv("TOP");
	FILE *f = fopen(slu_printf(a, "%s/test/strategy/all.yml", top ? top : "."), "rbe");
	T_TRUE(f != NULL);
	char *text = slu_alloc(a, 1 << 20);
	size_t n = fread(text, 1, (1 << 20) - 1, f);
	(void)fclose(f);
	T_TRUE(n > 1000);
	return compiled(a, text);
}

/* Requirement: PR-1, PR-5, CM-1, CM-2, CM-4, RL-5 */
T_TEST(every_key_goes_to_its_place)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = every_key(a);
	T_EQ_SLU(s->name, "all");
	T_EQ_INT(s->enforcement, STRAT_EVALUATE);
	T_EQ_INT(s->role_n, 3);
	T_EQ_INT(s->role[2].level, STRAT_MAINTAIN);
	T_EQ_INT(s->role[2].member_n, 2);
	T_EQ_SLU(s->role[2].member[0], "ann");
	T_EQ_INT(s->files.forbid_n, 4);
	T_EQ_SLU(s->files.forbid[1].glob, ".env.*");
	T_TRUE(s->files.forbid[1].pos.line && s->files.scan_secrets);
	T_EQ_INT(s->files.max_size, 20000000);
	const struct strat_branch *b = &s->branch[strat_find_branch(s, SLU_STR("main"))];
	T_EQ_STR(strat_who_text(a, &b->allow[STRAT_VERB_MERGE]), "maintain, role owner, or @ann");
	const struct strat_require *q = &b->require;
	T_EQ_INT(q->approvals_any, 2);
	T_EQ_INT(q->approvals_role_n, 1);
	T_EQ_INT(q->approvals_role[0].role, strat_find_role(s, SLU_STR("qa")));
	T_TRUE(q->dismiss_stale && q->last_push_approval && q->code_owners && q->threads_resolved && q->up_to_date && q->up_to_date_queue && q->signed_);
	T_TRUE(q->has_checks && !q->checks_all && strat_set_has(&q->checks, strat_find_check(s, SLU_STR("bench"))));
	T_EQ_INT(q->runs[0].for_s, 86400);
	T_EQ_INT(q->boxes_n, 4);
	T_TRUE(q->boxes[1].has_by && q->boxes[2].kind == STRAT_BOX_ANY_OF && q->boxes[3].kind == STRAT_BOX_ALL_OF);
	T_EQ_SLU(q->boxes[3].text, "Security");
	T_EQ_INT(q->metrics_n, 3);
	T_TRUE(q->metrics[2].relative && q->metrics[2].value > 9.9 && q->metrics[2].value < 10.1);
	T_EQ_SLU(q->metrics[2].against, "v1.0.0");
	T_EQ_INT(q->metrics[1].over_s, 3600);
	T_TRUE(q->has_soak && q->soak.for_s == 48 * 3600 && q->soak.of.n == 1);
	T_TRUE(q->evaluate && q->evaluate->signed_ && q->evaluate->checks_all);
	T_EQ_INT(q->gates.n, 1);
	const struct strat_branch *hotfix = &s->branch[strat_find_branch(s, SLU_STR("hotfix"))];
	T_EQ_INT(hotfix->bump, STRAT_BUMP_PATCH);
	T_EQ_INT(hotfix->edge[0].tag, strat_find_tag(s, SLU_STR("release")));
	T_EQ_INT(hotfix->edge[0].back_merge.n, 2);
	const struct strat_branch *legacy = &s->branch[strat_find_branch(s, SLU_STR("legacy"))];
	T_EQ_INT(legacy->base_tag, strat_find_tag(s, SLU_STR("release")));
	T_EQ_INT(legacy->base, STRAT_NONE);
	T_TRUE(legacy->sunset_s > 0 && legacy->sunset_pos.line > 0);
	const struct strat_branch *feature = &s->branch[strat_find_branch(s, SLU_STR("feature"))];
	T_TRUE(feature->delete_after_merge && feature->lifespan_s == 14 * 86400 && feature->behind == 50 && feature->twin);
	T_EQ_INT(feature->edge[0].method, STRAT_SQUASH); /* into an integration branch */
	T_EQ_INT(s->tag[strat_find_tag(s, SLU_STR("candidate"))].keep, 20);
	T_EQ_INT(strat_tag_class(s, SLU_STR("v1.0.0-rc.2"), NULL), strat_find_tag(s, SLU_STR("candidate")));
	T_EQ_INT(strat_tag_class(s, SLU_STR("v1.0.0-gamma.2"), NULL), STRAT_NONE);
	T_EQ_INT(s->commits.convention, STRAT_CONVENTION_CONVENTIONAL);
	T_EQ_INT(s->commits.applies_to, 1u << STRAT_WORK | 1u << STRAT_HOTFIX | 1u << STRAT_RELEASE);
	T_TRUE(s->commits.scope_use == STRAT_USE_REQUIRED && s->commits.references == STRAT_USE_REQUIRED && s->commits.subject_max == 72 && !s->commits.subject_full_stop);
	T_EQ_INT(s->changes.review_checklist_n, 2);
	T_EQ_SLU(s->changes.review_checklist[0].item[0], "Input validation implemented");
	T_EQ_INT(s->releases.calendar.freeze_at_s, 14 * 86400);
	T_EQ_INT(s->releases.calendar.freeze_branches.n, 1);
	T_EQ_SLU(s->releases.roadmap[0].version, "2.4.0");
	T_TRUE(s->emergency.set && s->emergency.by.n == 2 && s->emergency.expires_s == 4 * 3600);
	T_EQ_INT(s->emergency.follow_up[0].due_s, 5 * 86400);
}

/* Requirement: GT-1 */
/* Requirement: RL-7 */
T_TEST(members_of_an_ecosystem_keep_their_order)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = every_key(a);
	T_TRUE(s->ecosystem.set && s->ecosystem.member_n == 2 && s->ecosystem.tag.n == 2 && s->ecosystem.pos.line > 0);
	T_EQ_SLU(s->ecosystem.member[0], "team/auth");
	T_EQ_SLU(s->ecosystem.member[1], "team/app");
	T_EQ_INT(s->ecosystem.tag.i[0], strat_find_tag(s, SLU_STR("release")));
	const strat *other = compiled(a, "strategy: 1\nextends: tower\n");
	T_TRUE(!other->ecosystem.set); /* it belongs to one repository */
}

T_TEST(checks_and_environments_go_to_their_place)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *s = every_key(a);
	const struct strat_check *c = &s->check[strat_find_check(s, SLU_STR("unit"))];
	T_EQ_INT(c->on.on, 1u << STRAT_ON_PUSH | 1u << STRAT_ON_CHANGE | 1u << STRAT_ON_MERGE | 1u << STRAT_ON_TAG | 1u << STRAT_ON_DEPLOY | 1u << STRAT_ON_SCHEDULE | 1u << STRAT_ON_MANUAL);
	T_EQ_INT(c->on.set[STRAT_ON_CHANGE].n, 2);
	T_EQ_INT(c->on.from.n, 4);
	T_EQ_SLU(c->on.title, "[full]");
	T_EQ_INT(c->needs.n, 1);
	T_TRUE(c->timeout_s == 600 && c->samples == 20 && c->inputs_n == 3 && c->report_comment && c->report_every_s == 900 && c->has_allow_report);
	T_EQ_SLU(c->inputs[0].value, "4h");
	T_EQ_INT(s->check[strat_find_check(s, SLU_STR("bench"))].timeout_s, 3600);
	const struct strat_environment *e = &s->environment[strat_find_environment(s, SLU_STR("production"))];
	T_EQ_SLU(s->driver[e->driver].name, "edge");
	T_EQ_INT(s->driver[e->driver].kind, STRAT_DRIVER_OTHER);
	T_EQ_SLU(e->artifact, "model");
	T_EQ_SLU(e->artifact_store, "registry");
	T_TRUE(e->window.set && e->window.days == 0xf && e->window.from_min == 540 && e->window.to_min == 960);
	T_TRUE(e->step_n == 2 && e->step[0].weight_pct == 10 && e->step[0].pause_s == 300 && e->step[0].pos.line);
	T_TRUE(e->probe_n == 5 && e->probe_successes == 3 && e->probe[0].expect == 200 && e->probe[0].within_ms == 2000 && e->probe[1].within_ms == 5000);
	T_EQ_INT(e->probe[3].kind, STRAT_PROBE_TCP);
	T_EQ_SLU(e->probe[3].target, "127.0.0.1:7000");
	T_TRUE(e->watch_s == 900 && e->watch_n == 1 && e->style == STRAT_BLUE_GREEN && e->quick_rollback_s == 3600);
	T_EQ_INT(e->require.approvals_role[0].role, strat_find_role(s, SLU_STR("devops")));
	T_EQ_INT(e->variables_n, 2);
	T_EQ_SLU(e->variables[1].value, "4");
	const struct strat_environment *staging = &s->environment[strat_find_environment(s, SLU_STR("staging"))];
	T_EQ_SLU(s->driver[staging->driver].run_text, "scripts/stage");
	T_EQ_INT(s->driver[staging->driver].timeout_s, 1200);
	const struct strat_environment *web = &s->environment[strat_find_environment(s, SLU_STR("web"))];
	const struct strat_driver *local = &s->driver[web->driver];
	T_TRUE(local->kind == STRAT_DRIVER_LOCAL && local->argv_n == 3 && local->ready_within_ms == 10000 && local->drain_s == 30 && local->keep_s == 3600);
	T_EQ_SLU(local->listen, "127.0.0.1:9000");
	T_EQ_SLU(s->gate[strat_find_gate(s, SLU_STR("ship"))].require.metrics[0].metric, "errors");
	T_EQ_INT(s->gate[strat_find_gate(s, SLU_STR("ship"))].includes.n, 1);
	T_TRUE(s->gate[1].require.evaluate && s->gate[1].require.evaluate->signed_);
}

static bool idle(const strat *s, const char *key)
{
	for (size_t i = 0; i < s->unenforced_n; i++)
		if (strcmp(s->unenforced[i].section, key) == 0)
			return s->unenforced[i].pos.line > 0;
	return false;
}

T_TEST(what_is_not_enforced_is_said_and_nothing_else)
{
	static const char *const yes[] = { "branches.main.require.metrics", "branches.main.require.up-to-date", "gates.ship.metrics",
					   "branches.main.require.runs", "branches.main.require.soak", "phases.phase2.watch", "phases.phase2.objectives", "incidents.collect", "incidents.restore", "notify", "drivers.edge.driver", "environments.production.window", "environments.web.on.schedule", "checks.unit.run", "releases.close.checks", "releases.start.threads-resolved" };
	static const char *const no[] = { "branches.main.require.approvals", "branches.main.require.boxes", "branches.feature.after-merge", "drivers.local.driver", "checks.unit.on", "checks.unit.on.schedule",
					  "releases.version-from", "releases.start.boxes", "releases.start.checks", "emergency", "environments.web.on.manual", "tags.release.keep", "tags.candidate.keep", "branches.main.was", "branches.feature.twin", "branches.feature.archive", "releases.calendar.major-every", "files.scan", "branches.main.require.signed", "branches.main.require.evaluate.signed", "branches.feature.lifespan",
					  "branches.feature.stale", "branches.feature.behind", "changes.template", "changes.review-checklist", "phases", "phases.phase2.after", "phases.phase2.undo", "incidents", "incidents.record", "incidents.follow-up", "ecosystem", "ecosystem.members", "ecosystem.tag", "ecosystem.require" };
	slu_auto_arena *a = slu_arena_new();
	const strat *s = every_key(a);
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		T_CASE("%s", yes[i]);
		T_TRUE(idle(s, yes[i]));
	}
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		T_CASE("%s", no[i]);
		T_FALSE(idle(s, no[i]));
	}
}

static slu_rc load(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	(void)a;
	const char *const *file = ctx; /* name, text, name, text … NULL */
	for (; *file; file += 2)
		if (slu_str_is(what, file[0])) {
			*text = slu_s(file[1]);
			return SLU_OK;
		}
	return slu_fail(err, SLU_E_NOT_FOUND, "there is no such file.");
}

T_TEST(what_is_extended_merges_and_keeps_its_place)
{
	static const char *const files[] = {
		"team.yml", "strategy: 1\nextends: company.yml\nbranches:\n  main:\n    require: {approvals: 2}\n  spike: {match: \"spike/{name}\", type: throwaway}\n",
		"company.yml", "strategy: 1\nbranches:\n  main: {type: production, require: {approvals: 1, up-to-date: false}}\n  feature: {match: [\"feature/{name}\", \"f/{name}\"], type: work, base: main}\n", NULL };
	slu_auto_arena *a = slu_arena_new();
	const strat *s = NULL, *other = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	const char *text = "strategy: 1\nextends: [team.yml]\nbranches:\n  spike: null\n  feature: {match: \"topic/{name}\"}\n";
	T_OK(strat_compile(&s, &issues, a, slu_s(text), "own.yml", load, (void *)(uintptr_t)files, &err), err);
	T_EQ_INT(strat_find_branch(s, SLU_STR("spike")), STRAT_NONE);
	const struct strat_branch *main_ = &s->branch[strat_find_branch(s, SLU_STR("main"))];
	T_EQ_INT(main_->require.approvals_any, 2);
	T_EQ_STR(main_->require.approvals_pos.file, "team.yml");
	T_EQ_INT(main_->require.approvals_pos.line, 5);
	T_FALSE(main_->require.up_to_date);
	T_EQ_STR(main_->require.up_to_date_pos.file, "company.yml");
	const struct strat_branch *feature = &s->branch[strat_find_branch(s, SLU_STR("feature"))];
	T_EQ_INT(feature->match_n, 1); /* a list is replaced, not added to */
	T_EQ_STR(feature->match_pos.file, "own.yml");
	T_EQ_INT(feature->edge_n, 1);
	/* the digest is of all texts: another company file, another strategy */
	const char *changed[] = { files[0], files[1], files[2], "strategy: 1\nbranches:\n  main: {type: production}\n  feature: {match: f, type: work, base: main}\n", NULL };
	issues = (strat_issues){ 0 };
	T_OK(strat_compile(&other, &issues, a, slu_s(text), "own.yml", load, (void *)(uintptr_t)changed, &err), err);
	T_TRUE(strcmp(s->digest, other->digest) != 0);
}

/* Large maps are looked up by hash; what null took out must not be found there. */
T_TEST(null_removes_from_a_large_map)
{
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf b, own;
	slu_buf_init(&b, 1 << 16);
	slu_buf_init(&own, 1 << 16);
	slu_buf_adds(&b, "strategy: 1\nbranches:\n  main: {type: production}\n");
	for (int i = 0; i < 40; i++)
		slu_buf_addf(&b, "  k%d: {match: \"k%d/{name}\", type: work, base: main}\n", i, i);
	slu_buf_adds(&own, "strategy: 1\nextends: many.yml\nbranches: {k0: null, k7: null, k39: null, new: {match: \"new/{name}\", type: work, base: main}}\n");
	const char *const files[] = { "many.yml", b.p, NULL };
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	T_OK(strat_compile(&s, &issues, a, slu_buf_str(&own), "own.yml", load, (void *)(uintptr_t)files, &err), err);
	T_EQ_INT(s->branch_n, 1 + 40 - 3 + 1 + 1);
	T_EQ_INT(strat_find_branch(s, SLU_STR("k7")), STRAT_NONE);
	T_EQ_INT(strat_branch_kind(s, SLU_STR("k8/x"), NULL), strat_find_branch(s, SLU_STR("k8")));
	T_EQ_INT(strat_branch_kind(s, SLU_STR("k39/x"), NULL), STRAT_NONE);
	slu_buf_clear(&own);
	slu_buf_adds(&own, "strategy: 1\nextends: many.yml\nbranches: {k7: null, new: {match: \"new/{name}\", type: work, base: k7}}\n");
	issues = (strat_issues){ 0 };
	T_EQ_INT(strat_compile(&s, &issues, a, slu_buf_str(&own), "own.yml", load, (void *)(uintptr_t)files, &err), SLU_E_STRATEGY);
	T_HAS(err.text, "names the branch kind \"k7\", which is declared nowhere");
}
