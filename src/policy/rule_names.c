/* SPDX-License-Identifier: Apache-2.0 */
/* Every branch is of exactly one kind and every tag of exactly one class; names that Git's own commands refuse never come in. */
#include "policy/rule.h"

static const char *kinds_text(struct pol_judge *j)
{
	const char *list = "";
	for (size_t i = 0; i < j->s->branch_n; i++) {
		const struct strat_branch *b = &j->s->branch[i];
		if (!b->builtin && b->match_n)
			list = POL_TEXT(j, "%s%s%.*s", list, *list ? ", " : "", SLU_FMT(strat_pattern_text(b->match[0])));
	}
	return list;
}

static const char *classes_text(struct pol_judge *j)
{
	const char *list = "";
	for (size_t i = 0; i < j->s->tag_n; i++)
		if (j->s->tag[i].match_n)
			list = POL_TEXT(j, "%s%s%.*s", list, *list ? ", " : "", SLU_FMT(strat_pattern_text(j->s->tag[i].match[0])));
	return *list ? list : "none";
}

/* The kind whose branch had this name; NULL: none had. */
static const struct strat_branch *renamed(const struct pol_judge *j, slu_str name)
{
	for (size_t i = 0; i < j->s->branch_n; i++)
		if (j->s->branch[i].was.n && slu_str_eq(j->s->branch[i].was, name))
			return &j->s->branch[i];
	return NULL;
}

static struct pol_row former_row(struct pol_judge *j, const struct strat_branch *b, enum pol_state state, const char *wanted, const char *actual, const char *remedy)
{
	return (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.was", SLU_FMT(b->name)), .pos = b->pos, .state = state, .wanted = wanted, .actual = actual, .remedy = remedy };
}

/* release and release/v1: Git cannot have both, the former name goes before today's comes. */
static bool cannot_both_be(slu_str x, slu_str y)
{
	slu_str shorter = x.n < y.n ? x : y, longer = x.n < y.n ? y : x;
	return shorter.n < longer.n && longer.p[shorter.n] == '/' && slu_str_eq(shorter, (slu_str){ longer.p, shorter.n });
}

/* What is left under the former name of a branch goes when the branch has all of it; by whom the branch itself may be made: it is one half of the renaming. */
static slu_rc judge_former_goes(struct pol_judge *j, const struct strat_branch *b, slu_str name, slu_err *err)
{
	slu_str now = strat_pattern_text(b->match[0]);
	const char *word = pol_z(j, now);
	slu_oid head = slu_oid_zero();
	bool within = false;
	(void)pol_add_allow(j, POL_TEXT(j, "branches.%.*s.allow.create", SLU_FMT(b->name)), &b->allow[STRAT_VERB_CREATE], POL_TEXT(j, "delete %.*s, which is called %s now", SLU_FMT(name), word), pol_suggest_who(j));
	if (slu_str_eq(name, j->f->default_branch)) {
		pol_add(j, NULL, former_row(j, b, POL_FAILED, "another default branch first, whose strategy file is in force then", POL_TEXT(j, "%.*s is the default branch", SLU_FMT(name)), POL_TEXT(j, "%s%s", j->f->by_push ? "git symbolic-ref HEAD refs/heads/" : "sluice repo default ", pol_word(j, now))));
		return SLU_OK;
	}
	if (cannot_both_be(name, now)) {
		pol_add(j, NULL, former_row(j, b, POL_PASSED, "the branch has all of it, or cannot be beside it", POL_TEXT(j, "%.*s gives place to %s", SLU_FMT(name), word), ""));
		return SLU_OK;
	}
	SLU_TRY(j->f->ref(j->f->ctx, j->a, slu_s(POL_TEXT(j, "refs/heads/%s", word)), &head, err));
	if (!slu_oid_is_zero(&head))
		SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &j->act->old, &head, &within, err));
	const char *actual = slu_oid_is_zero(&head) ? POL_TEXT(j, "there is no %s yet", word) : POL_TEXT(j, "%s has %s of it", word, within ? "all" : "not all");
	const char *remedy = within ? "" : slu_oid_is_zero(&head) ? POL_TEXT(j, "git push origin %s:refs/heads/%s", pol_word(j, name), pol_word(j, now)) : POL_TEXT(j, "git log %s..%s", pol_word(j, now), pol_word(j, name));
	pol_add(j, NULL, former_row(j, b, within ? POL_PASSED : POL_FAILED, POL_TEXT(j, "all of it in %s", word), actual, remedy));
	return SLU_OK;
}

/* Work that goes on under the former name would stand beside the branch's rules. What is left of it may go. */
static slu_rc judge_former(bool *judged, struct pol_judge *j, slu_str name, int kind, slu_err *err)
{
	const struct strat_branch *b = renamed(j, name);
	*judged = false;
	if (!b || j->act->verb == POL_MERGE || j->act->verb == POL_EMERGENCY || (j->act->verb == POL_DELETE && kind >= 0)) /* of a kind: that says who may delete it */
		return SLU_OK;
	*judged = true;
	if (j->act->verb == POL_DELETE)
		return judge_former_goes(j, b, name, err);
	const char *now = pol_z(j, strat_pattern_text(b->match[0]));
	pol_add(j, NULL, former_row(j, b, POL_FAILED, "the name that the branch has today", POL_TEXT(j, "%.*s is called %s now", SLU_FMT(name), now),
	                            POL_TEXT(j, "git branch -m %s %s", pol_word(j, name), pol_word(j, slu_s(now)))));
	return SLU_OK;
}

static slu_rc judge_branch(struct pol_judge *j, slu_str name, int kind, slu_err *err)
{
	bool judged = name.n == 0;
	if (!judged)
		SLU_TRY(judge_former(&judged, j, name, kind, err));
	if (judged)
		return SLU_OK;
	if (kind >= 0) {
		const struct strat_branch *b = &j->s->branch[kind];
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "branches.%.*s.match", SLU_FMT(b->name)), .pos = b->match_pos, .state = POL_PASSED,
			 .wanted = "a branch of one of the kinds", .actual = POL_TEXT(j, "%.*s is a %s branch", SLU_FMT(name), pol_z(j, b->name)) });
		return SLU_OK;
	}
	pol_add(j, NULL, (struct pol_row){ .rule = "branches", .pos = pol_branches_pos(j->s), .state = POL_FAILED,
		 .wanted = POL_TEXT(j, "a branch of one of the kinds: %s", kinds_text(j)), .actual = POL_TEXT(j, "%.*s is of no kind", SLU_FMT(name)), .remedy = pol_suggest_rename(j, name) });
	return SLU_OK;
}

static void judge_tag(struct pol_judge *j)
{
	const char *name = pol_z(j, j->tag);
	if (j->tag_class >= 0) {
		const struct strat_tag *t = &j->s->tag[j->tag_class];
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "tags.%.*s.match", SLU_FMT(t->name)), .pos = t->pos, .state = POL_PASSED, .wanted = "a tag of one of the classes",
			 .actual = POL_TEXT(j, "%s is a %s tag", name, pol_z(j, t->name)) });
		return;
	}
	struct strat_pos pos = j->s->tag_n ? j->s->tag[0].pos : pol_branches_pos(j->s);
	pol_add(j, NULL, (struct pol_row){ .rule = "tags", .pos = pos, .state = POL_FAILED, .wanted = POL_TEXT(j, "a tag of one of the classes: %s", classes_text(j)),
		 .actual = POL_TEXT(j, "%s is of no class", name), .remedy = POL_TEXT(j, "git tag -d %s", pol_word(j, j->tag)) });
}

static struct pol_row name_row(slu_arena *a, slu_str ref, const char *why)
{
	bool outside = !slu_str_starts(ref, "refs/heads/") && !slu_str_starts(ref, "refs/tags/");
	return (struct pol_row){ .rule = "ref-name", .pos = pol_nowhere, .state = POL_FAILED, .wanted = "a branch or tag name that every Git command accepts",
		.actual = slu_printf(a, "%.*s: %s", SLU_FMT(ref), why), .remedy = outside ? "git push REMOTE COMMIT:refs/heads/NAME" : "git check-ref-format --branch NAME" };
}

bool pol_ref_verdict(struct pol_verdict *out, slu_arena *a, const strat *s, slu_str full_name)
{
	const char *why = pol_ref_refused(full_name);
	if (!why)
		return false;
	struct pol_verdict v = { .answer = POL_DENY, .digest = s->digest };
	*SLU_ADD(a, &v.row) = name_row(a, full_name, why);
	*out = v;
	return true;
}

slu_rc pol_object_verdict(bool *refused, struct pol_verdict *out, slu_arena *a, const strat *s, const struct pol_facts *f, slu_str full_name, const slu_oid *new_, slu_err *err)
{
	struct pol_commit commit;
	struct pol_tag tag = { 0 };
	*refused = false;
	if (!slu_str_starts(full_name, "refs/heads/") || slu_oid_is_zero(new_) || !f->commit || !f->tag)
		return SLU_OK;
	slu_rc rc = f->commit(f->ctx, a, new_, &commit, err);
	if (rc != SLU_E_NOT_FOUND)
		return rc;
	if (f->tag(f->ctx, a, new_, &tag, NULL) != SLU_OK) /* whoever needs the object says that it is not there */
		return SLU_OK;
	const char *what = tag.annotated ? slu_printf(a, "the tag %.*s", SLU_FMT(tag.name)) : "a file or a folder", *to = slu_oid_is_zero(&tag.commit) ? "HEAD" : slu_strndup(a, tag.commit.hex, 10);
	struct pol_verdict v = { .answer = POL_DENY, .digest = s->digest };
	*SLU_ADD(a, &v.row) = (struct pol_row){ .rule = "ref-commit", .pos = pol_nowhere, .state = POL_FAILED, .wanted = "a branch that names a commit",
		.actual = slu_printf(a, "%s names %s, %.10s", full_name.p + strlen("refs/heads/"), what, new_->hex), .remedy = slu_printf(a, "git push origin %s:%.*s", to, SLU_FMT(full_name)) };
	*out = v;
	*refused = true;
	return SLU_OK;
}

static slu_rc judge_names(struct pol_judge *j, slu_err *err)
{
	if (j->act->ref.n) {
		const char *why = pol_ref_refused(j->act->ref);
		struct pol_row row = name_row(j->a, j->act->ref, why ? why : "");
		if (!why) {
			row.state = POL_PASSED;
			row.actual = pol_z(j, j->act->ref);
			row.remedy = "";
		}
		pol_add(j, NULL, row);
		if (why)
			return SLU_OK;
	}
	if (j->enforcement == STRAT_DISABLED)
		return SLU_OK;
	if (POL_VERB(j->act->verb) & POL_TAG_VERBS) {
		judge_tag(j);
		return SLU_OK;
	}
	SLU_TRY(judge_branch(j, j->branch, j->kind, err));
	return judge_branch(j, j->source, j->source_kind, err);
}

const struct pol_rule rule_names = {
	.name = "names",
	.summary = "A branch of no kind or that names no commit, a tag of no class, and names that Git's commands refuse do not come in.",
	.verbs = POL_REF_VERBS | POL_TAG_VERBS | POL_VERB(POL_OPEN) | POL_VERB(POL_MERGE) | POL_VERB(POL_EMERGENCY),
	.rank = 10,
	.builtin = true,
	.judge = judge_names,
};
