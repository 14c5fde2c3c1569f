/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar's major versions: every so many cycles the release is one, and in between none is. Reported: what breaks cannot always wait. */
#include "policy/next.h"
#include "policy/rule.h"

static slu_rc judge_major(struct pol_judge *j, slu_err *err)
{
	const struct strat_releases *r = &j->s->releases;
	struct ver_semver v;
	struct pol_cycle at;
	(void)err;
	if (!pol_cycle(j->s, j->now_s, &at) || !r->calendar.major_every || at.number == 0 || j->tag_class < 0)
		return SLU_OK;
	if (j->s->tag[j->tag_class].type != STRAT_TAG_RELEASE || !pol_tag_semver(&v, j->a, j->s, j->tag_class, &j->tag_caps) || v.prerelease.n || !slu_str_is(v.patch, "0"))
		return SLU_OK;
	bool wanted = pol_cycle_major(j->s, at.number), is = slu_str_is(v.minor, "0");
	const char *actual = POL_TEXT(j, "%.*s is %s", SLU_FMT(j->tag), is ? "one" : "none");
	pol_add(j, NULL, (struct pol_row){ .rule = "releases.calendar.major-every", .pos = r->calendar.pos, .state = wanted == is ? POL_PASSED : POL_EVALUATED,
		 .wanted = POL_TEXT(j, "cycle %lld ships %s major version", (long long)at.number, wanted ? "a" : "no"), .actual = wanted == is ? actual : POL_TEXT(j, "reported: %s", actual),
		 .remedy = wanted == is ? "" : "sluice next --why" });
	return SLU_OK;
}

const struct pol_rule rule_major = {
	.name = "major",
	.summary = "A release that is a major version in another cycle than the calendar has them, or is none in theirs, is reported.",
	.verbs = POL_VERB(POL_TAG),
	.rank = 88,
	.judge = judge_major,
};
