/* SPDX-License-Identifier: Apache-2.0 */
/* One commit by itself, or only its message: for whoever looks at it, where no act is judged. */
#include "policy/rule.h"

slu_rc pol_judge_commit(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, slu_str branch, const struct pol_commit *c, int64_t now_s, slu_err *err)
{
	const struct pol_action act = { .verb = POL_PUSH, .new_ = c->id };
	struct pol_verdict v = { .digest = s->digest };
	struct pol_judge j = { .a = a, .s = s, .f = f, .act = &act, .now_s = now_s, .v = &v, .enforcement = s->enforcement, .branch = branch, .head = c->id };
	j.tag_class = j.source_kind = j.environment = STRAT_NONE;
	j.kind = strat_branch_kind(s, branch, &j.caps);
	if (j.kind >= 0 && s->branch[j.kind].enforcement > j.enforcement)
		j.enforcement = s->branch[j.kind].enforcement;
	if (j.enforcement != STRAT_DISABLED) {
		SLU_TRY(pol_judge_message(&j, c, err));
		SLU_TRY(pol_judge_paths(&j, c, err));
		SLU_TRY(pol_judge_secrets(&j, c, err));
	}
	pol_conclude(&v);
	v.evaluate_only = j.enforcement != STRAT_ACTIVE;
	v.action = act;
	*out = v;
	return SLU_OK;
}

slu_rc pol_lint(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, const struct pol_commit *c, int64_t now_s, slu_err *err)
{
	const struct pol_action act = { .verb = POL_PUSH, .new_ = c->id };
	struct pol_verdict v = { .digest = s->digest, .row = { .v = SLU_NEW(a, struct pol_row), .cap = 1 } }; /* it has one row, and there are many commits */
	struct pol_judge j = { .a = a, .s = s, .f = f, .act = &act, .now_s = now_s, .v = &v, .enforcement = s->enforcement, .head = c->id };
	j.tag_class = j.source_kind = j.environment = j.kind = STRAT_NONE;
	if (s->enforcement != STRAT_DISABLED && s->commits.convention != STRAT_CONVENTION_NONE)
		SLU_TRY(pol_judge_text(&j, c, err));
	pol_conclude(&v);
	v.evaluate_only = s->enforcement != STRAT_ACTIVE;
	v.action = act;
	*out = v;
	return SLU_OK;
}

slu_rc pol_judge_staged(struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, int64_t now_s, slu_err *err)
{
	const struct pol_action act = { .verb = POL_PUSH };
	const struct pol_commit none = { .id = slu_oid_zero() };
	struct pol_verdict v = { .digest = s->digest };
	struct pol_judge j = { .a = a, .s = s, .f = f, .act = &act, .now_s = now_s, .v = &v, .enforcement = s->enforcement };
	j.tag_class = j.source_kind = j.environment = j.kind = STRAT_NONE;
	if (s->enforcement != STRAT_DISABLED) {
		SLU_TRY(pol_judge_paths(&j, &none, err));
		SLU_TRY(pol_judge_secrets(&j, &none, err));
	}
	pol_conclude(&v);
	v.evaluate_only = s->enforcement != STRAT_ACTIVE;
	v.action = act;
	*out = v;
	return SLU_OK;
}
