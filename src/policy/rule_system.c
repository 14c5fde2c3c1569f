/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Branches sluice/… go everywhere without an edge; so the system alone makes them and opens changes from them. What a person may
 * push to one is the merge of its target that resolves the conflict it was made for: sluice/also-into/7-into-dev. To all others,
 * such as sluice/revert-3, nobody pushes: there is nothing in them to resolve.
 */
#include "policy/rule.h"

enum { MERGES_MAX = 16 };

static const char named[] = "branches sluice/… are made, and changes from them opened, by the system";

static void own_row(struct pol_judge *j, slu_str branch, bool fine, const char *wanted, const char *actual, const char *remedy)
{
	pol_add(j, NULL, (struct pol_row){ .rule = "branches.sluice", .pos = j->s->branch[strat_branch_kind(j->s, branch, NULL)].pos, .state = fine ? POL_PASSED : POL_FAILED, .wanted = wanted,
		 .actual = actual, .remedy = fine ? "" : remedy });
}

bool pol_owed_of(struct pol_owed *out, slu_str branch)
{
	static const slu_str how[] = { { "also-into", 9 }, { "back-merge", 10 } };
	slu_str rest = branch, part;
	if (!slu_str_split(&rest, '/', &part) || !slu_str_is(part, "sluice") || !slu_str_split(&rest, '/', &part))
		return false;
	for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
		size_t digits = 0;
		while (digits < rest.n && rest.p[digits] >= '0' && rest.p[digits] <= '9')
			digits++;
		slu_str number = { rest.p, digits }, tail = { rest.p + digits, rest.n - digits };
		if (!slu_str_eq(part, how[i]) || !slu_str_starts(tail, "-into-") || slu_parse_u64(&out->change, number, NULL) != SLU_OK)
			continue;
		out->how = how[i];
		out->into = (slu_str){ tail.p + 6, tail.n - 6 };
		return true;
	}
	return false;
}

/* A merge of the two lines; where Git finds no conflict, exactly what Git makes of it. */
static slu_rc is_resolution(bool *out, struct pol_judge *j, const slu_oid *id, const slu_oid *target, slu_err *err)
{
	struct pol_commit c;
	bool of_target[2], clean = false;
	slu_oid tree;
	*out = false;
	SLU_TRY(j->f->commit(j->f->ctx, j->a, id, &c, err));
	if (c.parent_n != 2)
		return SLU_OK;
	for (size_t i = 0; i < 2; i++)
		SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &c.parent[i], target, &of_target[i], err));
	if (of_target[0] == of_target[1])
		return SLU_OK;
	SLU_TRY(j->f->merge_tree(j->f->ctx, j->a, &c.parent[0], &c.parent[1], &tree, &clean, err));
	*out = !clean || slu_oid_eq(&tree, &c.tree);
	return SLU_OK;
}

/* What the push brings besides the target's commits: merges that resolve, nothing else. *other: the first that is something else. */
static slu_rc only_resolutions(bool *out, struct pol_judge *j, const slu_oid *target, slu_oid *other, slu_err *err)
{
	const slu_oid not_[2] = { j->act->old, *target }, *id = NULL;
	size_t n = 0;
	slu_rc rc = j->f->range(j->f->ctx, j->a, &j->act->new_, not_, 2, MERGES_MAX, &id, &n, err);
	*other = j->act->new_;
	*out = rc == SLU_OK;
	if (rc != SLU_OK)
		return rc == SLU_E_LIMIT ? SLU_OK : rc;
	for (size_t i = 0; i < n && *out; i++) {
		SLU_TRY(is_resolution(out, j, &id[i], target, err));
		*other = id[i];
	}
	return SLU_OK;
}

static slu_rc judge_push(struct pol_judge *j, slu_err *err)
{
	struct pol_owed owed = { 0 };
	slu_str into = pol_owed_of(&owed, j->branch) ? owed.into : (slu_str){ "", 0 };
	slu_oid target = slu_oid_zero(), other;
	bool fine = false;
	if (into.n == 0) {
		own_row(j, j->branch, false, "nobody pushes to it but the system", "a person's own push", pol_suggest_rename(j, j->branch));
		return SLU_OK;
	}
	if (!j->f->ref || !j->f->range || !j->f->is_ancestor || !j->f->merge_tree || !j->f->commit)
		return slu_fail(err, SLU_E_INTERNAL, "What the push brings to %.*s cannot be told here.", SLU_FMT(j->branch));
	SLU_TRY(j->f->ref(j->f->ctx, j->a, slu_s(POL_TEXT(j, "refs/heads/%.*s", SLU_FMT(into))), &target, err));
	const char *wanted = POL_TEXT(j, "the merge of %.*s that resolves the conflict, and nothing else", SLU_FMT(into));
	if (slu_oid_is_zero(&target)) {
		own_row(j, j->branch, false, wanted, POL_TEXT(j, "there is no %.*s any more", SLU_FMT(into)), POL_TEXT(j, "git push origin --delete %s", pol_word(j, j->branch)));
		return SLU_OK;
	}
	SLU_TRY(only_resolutions(&fine, j, &target, &other, err));
	own_row(j, j->branch, fine, wanted, fine ? "it brings nothing else" : POL_TEXT(j, "%s is no such merge", pol_short(j, &other)),
		POL_TEXT(j, "git merge %s", pol_word(j, slu_s(POL_TEXT(j, "origin/%.*s", SLU_FMT(into))))));
	return SLU_OK;
}

static slu_rc judge_system(struct pol_judge *j, slu_err *err)
{
	bool open = j->act->verb == POL_OPEN;
	int kind = open ? j->source_kind : j->kind;
	if (kind < 0 || !j->s->branch[kind].builtin)
		return SLU_OK;
	slu_str branch = open ? j->source : j->branch;
	if (j->act->cause != POL_BY_PERSON)
		own_row(j, branch, true, named, pol_cause_text(j->act->cause), "");
	else if (open || j->act->verb == POL_CREATE)
		own_row(j, branch, false, named, "a person's own act", pol_suggest_rename(j, branch));
	else
		return judge_push(j, err);
	return SLU_OK;
}

const struct pol_rule rule_system = {
	.name = "system",
	.summary = "The system alone makes branches sluice/…; a person pushes to one only the merge that resolves its conflict.",
	.verbs = POL_BRINGS | POL_VERB(POL_OPEN),
	.rank = 12,
	.judge = judge_system,
};
