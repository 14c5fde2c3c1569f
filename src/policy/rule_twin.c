/* SPDX-License-Identifier: Apache-2.0 */
/* A branch and its twin are made and go together: one without the other is reported, and a merge that deletes the branch deletes both. */
#include "policy/rule.h"

struct twin {
	const char *name; /* "": there is none */
	const char *ref;
	bool there;
};

/* The name is made of the branch's; where it comes out as one that people protect, there is no twin. */
static slu_rc find_twin(struct twin *out, struct pol_judge *j, int kind, slu_str branch, const struct strat_captures *caps, slu_err *err)
{
	const struct strat_branch *b = &j->s->branch[kind];
	char *name = NULL;
	slu_oid head = slu_oid_zero();
	*out = (struct twin){ .name = "", .ref = "" };
	if (!b->twin || !j->f->ref || strat_pattern_make(&name, j->a, b->twin, caps, NULL) != SLU_OK || slu_str_is(branch, name))
		return SLU_OK;
	int of = strat_branch_kind(j->s, slu_s(name), NULL);
	if (of < 0 || (j->s->branch[of].type != STRAT_WORK && j->s->branch[of].type != STRAT_THROWAWAY))
		return SLU_OK;
	out->name = name;
	out->ref = POL_TEXT(j, "refs/heads/%s", name);
	SLU_TRY(j->f->ref(j->f->ctx, j->a, slu_s(out->ref), &head, err));
	out->there = !slu_oid_is_zero(&head);
	return SLU_OK;
}

/* Work that is under review stays, whatever its name. */
static slu_rc has_change(bool *out, struct pol_judge *j, const char *name, slu_err *err)
{
	const uint64_t *number = NULL;
	size_t n = 0;
	*out = false;
	if (!j->f->open_changes || !j->f->change)
		return SLU_OK;
	SLU_TRY(j->f->open_changes(j->f->ctx, j->a, SLU_STR(""), &number, &n, err));
	for (size_t i = 0; i < n && !*out; i++) {
		struct pol_change c;
		SLU_TRY(j->f->change(j->f->ctx, j->a, number[i], &c, err));
		*out = slu_str_is(c.source, name);
	}
	return SLU_OK;
}

slu_rc pol_twin_goes(struct pol_judge *j, const char **ref, slu_err *err)
{
	struct twin t;
	bool wanted = false;
	*ref = "";
	if (!j->s->branch[j->source_kind].delete_after_merge)
		return SLU_OK;
	SLU_TRY(find_twin(&t, j, j->source_kind, j->source, &j->source_caps, err));
	if (t.there)
		SLU_TRY(has_change(&wanted, j, t.name, err));
	if (t.there && !wanted)
		*ref = t.ref;
	return SLU_OK;
}

static void row(struct pol_judge *j, const struct strat_branch *b, bool fine, const char *wanted, const char *actual, const char *remedy)
{
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.twin", SLU_FMT(b->name)), .pos = b->pos, .state = fine ? POL_PASSED : POL_EVALUATED, .wanted = wanted,
		 .actual = fine ? actual : POL_TEXT(j, "reported: %s", actual), .remedy = fine ? "" : remedy });
}

static slu_rc judge_twin(struct pol_judge *j, slu_err *err)
{
	bool merge = j->act->verb == POL_MERGE;
	int kind = merge ? j->source_kind : j->kind;
	slu_str name = merge ? j->source : j->branch;
	struct twin t;
	const char *goes = "";
	if (kind < 0)
		return SLU_OK;
	const struct strat_branch *b = &j->s->branch[kind];
	SLU_TRY(find_twin(&t, j, kind, name, merge ? &j->source_caps : &j->caps, err));
	if (!*t.name)
		return SLU_OK;
	if (merge)
		SLU_TRY(pol_twin_goes(j, &goes, err));
	if (j->act->verb == POL_DELETE || (merge && b->delete_after_merge))
		row(j, b, !t.there || *goes, POL_TEXT(j, "%s goes with it", t.name), *goes ? "the merge deletes both" : POL_TEXT(j, t.there ? "%s is left" : "%s is not there", t.name),
		    POL_TEXT(j, "git push origin --delete %s", pol_word(j, slu_s(t.name))));
	else
		row(j, b, t.there, POL_TEXT(j, "%s stands beside it", t.name), POL_TEXT(j, t.there ? "%s is there" : "%s is not there", t.name),
		    POL_TEXT(j, "git push origin %s:refs/heads/%s", pol_word(j, name), pol_word(j, slu_s(t.name))));
	return SLU_OK;
}

const struct pol_rule rule_twin = {
	.name = "twin",
	.summary = "A branch whose twin is missing, or left when it goes, is reported; a merge that deletes the branch deletes its twin.",
	.verbs = POL_REF_VERBS | POL_VERB(POL_MERGE),
	.rank = 86,
	.about = POL_ABOUT_HEALTH,
	.judge = judge_twin,
};
