/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Approvals: so many, and so many of a role; of write and up and of the roles named; never the author's, nor with
 * last-push-approval the last pusher's; none that a later push made stale, if stale ones are dismissed; none of somebody
 * who is disabled or may no longer. A request for changes that stands blocks.
 */
#include "policy/rule.h"

static const struct strat_who_item anybody = { .kind = STRAT_WHO_LEVEL, .level = STRAT_WRITE }; /* who may review at all */

struct reviews {
	struct pol_standing *v;
	size_t n;
	bool known;
};

static bool named_here(const struct pol_judge *j, const struct strat_require *r, const struct pol_person *p)
{
	for (size_t i = 0; i < r->approvals_role_n; i++)
		if (r->approvals_role[i].role >= 0 && pol_has_role(p, j->s->role[r->approvals_role[i].role].name))
			return true;
	return false;
}

/* NULL: it counts for this set. `role` STRAT_NONE: any. */
static const char *counts(struct pol_judge *j, const struct strat_require *r, const struct pol_standing *s, int role)
{
	if (s->review->state != POL_REVIEW_APPROVE)
		return POL_TEXT(j, "%.*s asks for changes", SLU_FMT(s->review->person));
	if (s->why_not)
		return s->why_not;
	if (role >= 0 && !pol_has_role(&s->person, j->s->role[role].name))
		return ""; /* somebody of another role: nothing to explain */
	if (s->person.level < STRAT_WRITE && !named_here(j, r, &s->person))
		return POL_TEXT(j, "%.*s has less than write", SLU_FMT(s->review->person));
	return NULL;
}

/* "1 of 2: bob; not counted: ann is the author" */
static const char *count(struct pol_judge *j, const struct pol_set *set, const struct reviews *rv, int role, unsigned want, bool *enough)
{
	const char *names = "", *not_ = "";
	unsigned have = 0;
	for (size_t i = 0; i < rv->n; i++) {
		const char *why = counts(j, set->r, &rv->v[i], role);
		if (why && *why)
			not_ = POL_TEXT(j, "%s; not counted: %s", not_, why);
		have += why == NULL;
		if (!why)
			names = POL_TEXT(j, "%s%s%.*s", names, *names ? ", " : "", SLU_FMT(rv->v[i].review->person));
	}
	*enough = want == 0 || (rv->known && have >= want);
	return rv->known ? POL_TEXT(j, "%u of %u%s%s%s", have, want, *names ? ": " : "", names, not_) : "reviews are not known here";
}

static void count_row(struct pol_judge *j, const struct pol_set *set, const struct reviews *rv, int role, unsigned want, struct strat_pos pos)
{
	bool enough = false;
	const char *actual = count(j, set, rv, role, want, &enough);
	const char *role_name = role >= 0 ? pol_z(j, j->s->role[role].name) : "";
	const char *rule = role >= 0 ? POL_TEXT(j, "%s.approvals.%s", set->path, role_name) : POL_PATH(j, set, "approvals");
	const char *wanted = POL_TEXT(j, "%u approval%s%s%s", want, want == 1 ? "" : "s", role >= 0 ? " by role " : "", role_name);
	enum pol_state st = enough ? POL_PASSED : POL_WAITING;
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = rule, .pos = pos, .state = st, .wanted = wanted, .actual = actual, .remedy = st == POL_PASSED ? "" : pol_suggest_review(j),
						   .unknown = !rv->known });
	if (st != POL_PASSED)
		pol_opens_item(j, row, role >= 0 ? (struct strat_who_item){ .kind = STRAT_WHO_ROLE, .name = j->s->role[role].name } : anybody);
}

static void last_push_row(struct pol_judge *j, const struct pol_set *set, const struct reviews *rv)
{
	const struct strat_require *r = set->r;
	const char *who = NULL;
	for (size_t i = 0; i < rv->n; i++)
		if (rv->v[i].fresh && counts(j, r, &rv->v[i], STRAT_NONE) == NULL && !slu_str_eq(rv->v[i].review->person, j->change.last_pusher))
			who = pol_z(j, rv->v[i].review->person);
	const char *actual = !rv->known ? "reviews are not known here"
			     : who      ? POL_TEXT(j, "%s approved it", who)
				        : POL_TEXT(j, "nobody but its pusher %.*s has seen %s", SLU_FMT(j->change.last_pusher), pol_short(j, &j->change.head));
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "last-push-approval"), .pos = r->last_push_approval_pos, .state = who && rv->known ? POL_PASSED : POL_WAITING,
						   .wanted = "the last push is approved by somebody else than its pusher", .actual = actual, .remedy = who ? "" : pol_suggest_review(j),
						   .unknown = !rv->known });
	if (!who)
		pol_opens_item(j, row, anybody);
}

static void requested_row(struct pol_judge *j, const struct pol_set *set, const struct reviews *rv)
{
	for (size_t i = 0; i < rv->n; i++) {
		const struct pol_standing *s = &rv->v[i];
		bool may = s->person.level >= STRAT_WRITE || named_here(j, set->r, &s->person);
		if (s->review->state != POL_REVIEW_REQUEST_CHANGES || s->why_not || !may)
			continue;
		struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "approvals.changes-requested"), .pos = set->r->approvals_pos, .state = POL_FAILED,
							   .wanted = "no request for changes stands", .actual = POL_TEXT(j, "%.*s asks for changes", SLU_FMT(s->review->person)),
							   .remedy = pol_suggest_review(j) });
		pol_opens_item(j, row, (struct strat_who_item){ .kind = STRAT_WHO_PERSON, .name = s->review->person });
	}
}

static void judge_set(struct pol_judge *j, const struct pol_set *set, const struct reviews *rv)
{
	const struct strat_require *r = set->r;
	bool wants = r->has_approvals && (r->approvals_any || r->approvals_role_n);
	if (wants)
		requested_row(j, set, rv);
	if (r->has_approvals && (r->approvals_any || !r->approvals_role_n))
		count_row(j, set, rv, STRAT_NONE, r->approvals_any, r->approvals_pos);
	for (size_t i = 0; r->has_approvals && i < r->approvals_role_n; i++)
		if (r->approvals_role[i].role >= 0)
			count_row(j, set, rv, r->approvals_role[i].role, r->approvals_role[i].count, r->approvals_role[i].pos);
	if (r->dismiss_stale && j->act->verb != POL_CREATE)
		pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "dismiss-stale"), .pos = r->dismiss_stale_pos, .state = POL_PASSED,
			 .wanted = "an approval counts for the commit it was given for, and a pure rebase of it", .actual = "stale approvals are not counted" });
	if (r->last_push_approval && j->has_change && j->environment < 0)
		last_push_row(j, set, rv);
}

static slu_rc judge_approvals(struct pol_judge *j, slu_err *err)
{
	struct reviews rv = { 0 };
	if (j->set.n)
		SLU_TRY(pol_standing_reviews(j, &rv.v, &rv.n, &rv.known, err));
	for (size_t i = 0; i < j->set.n; i++)
		judge_set(j, &j->set.v[i], &rv);
	return SLU_OK;
}

const struct pol_rule rule_approvals = {
	.name = "approvals",
	.summary = "So many approvals, by role; not the author's, not the last pusher's, none that is stale or of somebody who may no longer.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY) | POL_VERB(POL_CREATE),
	.rank = 40,
	.about = POL_ABOUT_APPROVAL,
	.judge = judge_approvals,
};
