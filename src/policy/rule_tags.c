/* SPDX-License-Identifier: Apache-2.0 */
/* Tags: who may, annotated, on a commit of the branches named, and a version that belongs to its line. */
#include "policy/rule.h"

static void allow_row(struct pol_judge *j, const struct strat_tag *t)
{
	static const char *const verb[POL_VERB_COUNT] = { [POL_TAG] = "create", [POL_TAG_MOVE] = "move", [POL_TAG_DELETE] = "delete" };
	static const enum strat_verb of[POL_VERB_COUNT] = { [POL_TAG] = STRAT_VERB_CREATE, [POL_TAG_MOVE] = STRAT_VERB_FORCE_PUSH, [POL_TAG_DELETE] = STRAT_VERB_DELETE };
	const char *word = verb[j->act->verb];
	const char *remedy = j->act->verb == POL_TAG ? pol_suggest_who(j) : "git tag -a NEW-NAME COMMIT";
	pol_add_allow(j, POL_TEXT(j, "tags.%.*s.allow.%s", SLU_FMT(t->name), word), &t->allow[of[j->act->verb]], POL_TEXT(j, "%s tag %.*s", word, SLU_FMT(j->tag)), remedy);
}

static void object_rows(struct pol_judge *j, const struct strat_tag *t, const struct pol_tag *obj)
{
	const char *name = pol_z(j, j->tag), *rule = POL_TEXT(j, "tags.%.*s", SLU_FMT(t->name));
	bool commit = !slu_oid_is_zero(&obj->commit), same = !obj->annotated || slu_str_eq(obj->name, j->tag), good = commit && same && !obj->of_tag;
	const char *to = commit ? pol_short(j, &obj->commit) : t->branches.n ? pol_kind_name(j, t->branches.i[0]) : "HEAD";
	const char *remedy = POL_TEXT(j, "git tag -a -f %s %s", pol_word(j, j->tag), to);
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.names", rule), .pos = t->pos, .state = good ? POL_PASSED : POL_FAILED, .wanted = POL_TEXT(j, "a tag that says %s and names a commit", name),
		 .actual = !commit ? "it names no commit" : !same ? POL_TEXT(j, "the tag object says %.*s", SLU_FMT(obj->name)) : obj->of_tag ? "it names another tag, not a commit" :
		 POL_TEXT(j, "it names %s", pol_short(j, &obj->commit)), .remedy = good ? "" : remedy });
	if (t->annotated)
		pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "%s.annotated", rule), .pos = t->annotated_pos.line ? t->annotated_pos : t->pos, .state = obj->annotated ? POL_PASSED : POL_FAILED,
			 .wanted = "an annotated tag", .actual = obj->annotated ? "it is annotated" : "it is a lightweight tag", .remedy = obj->annotated ? "" : remedy });
}

/* A branch of one of these kinds that holds the commit; "" when there is none. */
static slu_rc holder(struct pol_judge *j, const bool *want, slu_str *out, slu_err *err)
{
	slu_oid *head = NULL;
	slu_str *name = NULL;
	size_t n = 0;
	bool in = false;
	*out = SLU_STR("");
	SLU_TRY(pol_heads(j, want, SLU_STR(""), &head, &name, &n, err));
	for (size_t i = 0; i < n && !in; i++) {
		SLU_TRY(j->f->is_ancestor(j->f->ctx, j->a, &j->head, &head[i], &in, err));
		if (in)
			*out = name[i];
	}
	return SLU_OK;
}

static const char *kinds_of(struct pol_judge *j, const struct strat_set *set)
{
	const char *t = "";
	for (size_t i = 0; i < set->n; i++)
		t = POL_TEXT(j, "%s%s%s", t, *t ? ", " : "", pol_kind_name(j, set->i[i]));
	return t;
}

static slu_rc branch_row(struct pol_judge *j, const struct strat_tag *t, slu_err *err)
{
	slu_str on;
	if (t->branches.n == 0 || !j->f->is_ancestor || slu_oid_is_zero(&j->head))
		return SLU_OK;
	bool *want = SLU_NEW_N(j->a, bool, j->s->branch_n + 1);
	for (size_t i = 0; i < t->branches.n; i++)
		want[t->branches.i[i]] = true;
	SLU_TRY(holder(j, want, &on, err));
	const char *kinds = kinds_of(j, &t->branches);
	pol_add(j, NULL, (struct pol_row){ .rule = POL_TEXT(j, "tags.%.*s.branches", SLU_FMT(t->name)), .pos = t->branches.pos.line ? t->branches.pos : t->pos, .state = on.n ? POL_PASSED : POL_FAILED,
		 .wanted = POL_TEXT(j, "a commit on: %s", kinds), .actual = on.n ? POL_TEXT(j, "%s is on %.*s", pol_short(j, &j->head), SLU_FMT(on)) : POL_TEXT(j, "%s is on none of them", pol_short(j, &j->head)),
		 .remedy = on.n ? "" : POL_TEXT(j, "git tag -a -f %s %s", pol_word(j, j->tag), pol_kind_name(j, t->branches.i[0])) });
	return SLU_OK;
}

static slu_rc judge_tags(struct pol_judge *j, slu_err *err)
{
	if (j->tag_class < 0)
		return SLU_OK;
	const struct strat_tag *t = &j->s->tag[j->tag_class];
	allow_row(j, t);
	if (j->act->verb == POL_TAG_DELETE || !j->f->tag)
		return SLU_OK;
	struct pol_tag obj = { 0 };
	SLU_TRY(j->f->tag(j->f->ctx, j->a, &j->act->new_, &obj, err));
	object_rows(j, t, &obj);
	if (t->signed_)
		SLU_TRY(pol_tag_signed(j, t, obj.annotated, err));
	return branch_row(j, t, err);
}

const struct pol_rule rule_tags = {
	.name = "tags",
	.summary = "A tag is made by whom its class allows, annotated if the class says so, on a branch of the kinds named, and does not move.",
	.verbs = POL_TAG_VERBS,
	.rank = 25,
	.judge = judge_tags,
};
