/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks on the exact commit. Missing and pending are waited for; cancelled, neutral and failed do not pass.
 * What the system lands by itself (also-into, back-merge) needs the target's checks on its result; there a commit that
 * it comes from with exactly the same tree speaks for it (a merge of the merge that was tested), because then what was tested is what lands.
 */
#include "policy/rule.h"

enum { SAME_TREES = 16 }; /* looked at; a back-merge of a release needs two */

static const char *state_text(enum pol_check_state s)
{
	static const char *const word[] = { "not reported", "running", "passed", "failed", "cancelled", "neither passed nor failed" };
	return (size_t)s < sizeof word / sizeof *word ? word[s] : "";
}

static slu_rc get(struct pol_judge *j, const slu_oid *commit, slu_str name, struct pol_check *out, slu_err *err)
{
	*out = (struct pol_check){ 0 };
	return j->f->check(j->f->ctx, j->a, commit, name, out, err);
}

/* Parents, and theirs, as long as nothing changed. */
static slu_rc from_same_tree(struct pol_judge *j, slu_str name, struct pol_check *out, slu_oid *on, slu_err *err)
{
	slu_oid same[SAME_TREES] = { j->head };
	struct pol_commit c, parent;
	size_t n = 1;
	for (size_t at = 0; at < n; at++) {
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &same[at], &c, err));
		for (size_t i = 0; i < c.parent_n && n < SAME_TREES; i++) {
			struct pol_check found;
			SLU_TRY(j->f->commit(j->f->ctx, j->a, &c.parent[i], &parent, err));
			if (!slu_oid_eq(&parent.tree, &c.tree))
				continue;
			SLU_TRY(get(j, &c.parent[i], name, &found, err));
			same[n++] = c.parent[i];
			if (found.state != POL_CHECK_SUCCESS)
				continue;
			*out = found;
			*on = c.parent[i];
			return SLU_OK;
		}
	}
	return SLU_OK;
}

static bool is_open(enum pol_check_state s)
{
	return s == POL_CHECK_MISSING || s == POL_CHECK_PENDING;
}

static slu_rc ask(struct pol_judge *j, slu_str name, struct pol_check *k, slu_oid *on, slu_err *err)
{
	if (!j->f->check)
		return SLU_OK;
	SLU_TRY(get(j, &j->head, name, k, err));
	if (j->act->cause != POL_BY_PERSON && is_open(k->state) && j->f->commit)
		SLU_TRY(from_same_tree(j, name, k, on, err));
	return SLU_OK;
}

static slu_rc check_row(struct pol_judge *j, const struct pol_set *set, int i, slu_err *err)
{
	const struct strat_check *c = &j->s->check[i];
	struct pol_check k = { 0 };
	slu_oid on = j->head;
	bool known = j->f->check != NULL;
	SLU_TRY(ask(j, c->name, &k, &on, err));
	enum pol_state st = is_open(k.state) ? POL_WAITING : k.state == POL_CHECK_SUCCESS ? POL_PASSED : POL_FAILED;
	const char *by = k.reporter.n ? POL_TEXT(j, ", by %.*s", SLU_FMT(k.reporter)) : "";
	const char *actual = !known ? "checks are not known here" : POL_TEXT(j, "%s on %s%s%s", state_text(k.state), pol_short(j, &on), by, slu_oid_eq(&on, &j->head) ? "" : ", which has the same tree");
	const char *name = pol_z(j, c->name);
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_TEXT(j, "%s.checks.%s", set->path, name), .pos = set->r->checks_pos, .state = st,
						   .wanted = POL_TEXT(j, "check %s passes on %s", name, pol_short(j, &j->head)), .actual = actual,
						   .remedy = st == POL_PASSED ? "" : POL_TEXT(j, "sluice commit status %s -c %s -s success", pol_short(j, &j->head), pol_word(j, c->name)),
						   .unknown = !known });
	if (st == POL_PASSED)
		return SLU_OK;
	if (c->has_allow_report)
		pol_opens_who(j, row, &c->allow_report);
	else
		pol_opens_item(j, row, (struct strat_who_item){ .kind = STRAT_WHO_LEVEL, .level = STRAT_WRITE });
	return SLU_OK;
}

static slu_rc judge_set(struct pol_judge *j, const struct pol_set *set, slu_err *err)
{
	const struct strat_require *r = set->r;
	size_t n = 0;
	if (!r->has_checks)
		return SLU_OK;
	for (size_t i = 0; !r->checks_all && i < r->checks.n; i++, n++)
		SLU_TRY(check_row(j, set, r->checks.i[i], err));
	for (size_t i = 0; r->checks_all && i < j->s->check_n; i++) {
		const struct strat_check *c = &j->s->check[i];
		bool wanted = j->environment >= 0 ? (c->on.on & (1u << STRAT_ON_DEPLOY)) && strat_set_has(&c->on.set[STRAT_ON_DEPLOY], j->environment) : pol_check_concerns(j, c);
		if (!wanted)
			continue;
		n++;
		SLU_TRY(check_row(j, set, (int)i, err));
	}
	if (n == 0)
		pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "checks"), .pos = r->checks_pos, .state = POL_NOT_APPLICABLE, .wanted = "the checks that are required",
			 .actual = r->checks_all ? "the strategy declares none for it" : "none is named" });
	return SLU_OK;
}

static slu_rc judge_checks(struct pol_judge *j, slu_err *err)
{
	if (j->act->verb == POL_PUSH && j->act->cause == POL_BY_PERSON)
		return SLU_OK;
	for (size_t i = 0; i < j->set.n; i++)
		SLU_TRY(judge_set(j, &j->set.v[i], err));
	return SLU_OK;
}

const struct pol_rule rule_checks = {
	.name = "checks",
	.summary = "The checks pass on the exact commit; `all` is every check with `on: change` into the branch.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY) | POL_VERB(POL_PUSH) | POL_VERB(POL_CREATE),
	.rank = 45,
	.about = POL_ABOUT_CHECK,
	.judge = judge_checks,
};
