/* SPDX-License-Identifier: Apache-2.0 */
/* Requirement: BR-1, BR-2, PR-1 */
#include "strategy/strat.h"
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
