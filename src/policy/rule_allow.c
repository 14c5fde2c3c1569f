/* SPDX-License-Identifier: Apache-2.0 */
/* Who may create, push, force-push, delete a branch, and who may merge into it: `allow` alone says so. */
#include "policy/rule.h"

static enum strat_verb verb_of(enum pol_verb v)
{
	static const enum strat_verb of[POL_VERB_COUNT] = { [POL_CREATE] = STRAT_VERB_CREATE, [POL_PUSH] = STRAT_VERB_PUSH, [POL_FORCE_PUSH] = STRAT_VERB_FORCE_PUSH,
		[POL_DELETE] = STRAT_VERB_DELETE, [POL_MERGE] = STRAT_VERB_MERGE };
	return of[v];
}

static const char *remedy_of(struct pol_judge *j)
{
	const char *into = pol_z(j, j->branch);
	enum pol_verb v = j->act->verb;
	if (v == POL_PUSH)
		return pol_suggest_push(j);
	if (v == POL_MERGE)
		return POL_TEXT(j, "sluice change merge %s", pol_change_word(j)); /* by one of those who may */
	if (v == POL_FORCE_PUSH)
		return POL_TEXT(j, "git pull --rebase origin %s", into);
	return pol_suggest_who(j);
}

static void forbid(struct pol_judge *j, const char *rule, const struct strat_who *w, const char *verb)
{
	const char *what = j->act->verb == POL_MERGE ? POL_TEXT(j, "merge into %.*s", SLU_FMT(j->branch)) : POL_TEXT(j, "%s %.*s", verb, SLU_FMT(j->branch));
	struct pol_row *row = pol_add_allow(j, rule, w, what, remedy_of(j));
	if (row->state != POL_PASSED && j->act->verb == POL_PUSH)
		pol_opens(j, row, POL_TEXT(j, "a change from: %s", pol_ways_into(j, j->kind)));
}

/* Rows of the merge, but for those that the push has given already. */
static void add_rows(struct pol_judge *j, const struct pol_verdict *merge)
{
	for (size_t i = 0; i < merge->row.n; i++) {
		const struct pol_row *r = &merge->row.v[i];
		bool twice = false;
		for (size_t k = 0; k < j->v->row.n; k++)
			twice = twice || (strcmp(j->v->row.v[k].rule, r->rule) == 0 && strcmp(j->v->row.v[k].actual, r->actual) == 0);
		if (!twice)
			*SLU_ADD(j->a, &j->v->row) = *r;
	}
}

static struct pol_row *merge_row(struct pol_judge *j, const struct strat_who *push, uint64_t change, enum pol_state state, const char *actual)
{
	return pol_add(j, NULL, (struct pol_row){ .rule = "push-is-merge", .pos = push->pos, .state = state, .wanted = j->f->by_push ? "the exact merge of a branch that may be merged" : "the exact merge of an open change that may be merged", .actual = actual,
		 .remedy = change ? POL_TEXT(j, "sluice why merge %llu", (unsigned long long)change) : "" });
}

/* "change 12"; where changes are not known, the branch that stands for one, which no command knows by a number. */
static slu_rc change_text(struct pol_judge *j, uint64_t *number, const char **out, slu_err *err)
{
	struct pol_change c;
	*out = "";
	if (*number == 0)
		return SLU_OK;
	SLU_TRY(j->f->change(j->f->ctx, j->a, *number, &c, err));
	*out = c.git_only ? pol_z(j, c.source) : POL_TEXT(j, "change %llu", (unsigned long long)*number);
	*number = c.git_only ? 0 : *number;
	return SLU_OK;
}

/* A push whose result is exactly the merge of a change that may be merged is that merge. */
static slu_rc judge_push(struct pol_judge *j, const char *rule, const struct strat_who *w, slu_err *err)
{
	uint64_t number = 0, near = 0;
	enum strat_method method = STRAT_MERGE;
	const char *why = "";
	bool may = pol_who_has(w, j->act->actor, &j->actor);
	if (w->n && !j->actor_known) { /* who may push may, merge or not; who that is, nothing here knows */
		forbid(j, rule, w, "push");
		return SLU_OK;
	}
	SLU_TRY(pol_find_merge(j, &number, &near, &method, &why, err));
	if (number == 0) {
		enum pol_state state = near || j->f->by_push ? POL_FAILED : POL_NOT_APPLICABLE;
		const char *ignored = "";
		SLU_TRY(change_text(j, &near, &ignored, err));
		if (!may)
			merge_row(j, w, near, state, why);
		forbid(j, rule, w, "push");
		return SLU_OK;
	}
	const char *what = "";
	uint64_t shown = number;
	SLU_TRY(change_text(j, &shown, &what, err));
	struct pol_action act = { .verb = POL_MERGE, .actor = j->act->actor, .change = number, .new_ = j->act->new_, .has_method = true, .method = method, .emergency = j->act->emergency,
		.reason = j->act->reason };
	struct pol_verdict merge = { 0 };
	if (method == STRAT_SQUASH) { /* what lands says what was pushed, not the change's title */
		struct pol_commit tip;
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &j->act->new_, &tip, err));
		act.message = tip.message;
	}
	SLU_TRY(pol_judge_action(&merge, j, &act, err));
	if (merge.answer == POL_ALLOW) {
		merge_row(j, w, shown, POL_PASSED, POL_TEXT(j, "it is exactly the merge of %s", what));
		j->v->merges_change = shown;
		j->v->follow.v = merge.follow.v;
		j->v->follow.n = merge.follow.n;
		j->v->follow.cap = merge.follow.cap;
		add_rows(j, &merge);
		return SLU_OK;
	}
	if (may) {
		merge_row(j, w, shown, POL_NOT_APPLICABLE,
			  POL_TEXT(j, "it is the merge of %s, which may not be merged yet: judged as a plain push", what));
		forbid(j, rule, w, "push");
		return SLU_OK;
	}
	struct pol_row *row = merge_row(j, w, shown, merge.answer == POL_DENY ? POL_FAILED : POL_WAITING,
					POL_TEXT(j, "it is the merge of %s, which may not be merged yet", what));
	row->unknown = merge.answer == POL_WAIT && pol_verdict_of(j->a, &merge, pol_row_known).answer == POL_ALLOW;
	add_rows(j, &merge);
	return SLU_OK;
}

static slu_rc judge_allow(struct pol_judge *j, slu_err *err)
{
	if (j->kind < 0)
		return SLU_OK;
	const struct strat_branch *b = &j->s->branch[j->kind];
	enum strat_verb verb = verb_of(j->act->verb);
	const struct strat_who *w = &b->allow[verb];
	const char *rule = POL_TEXT(j, "branches.%.*s.allow.%s", SLU_FMT(b->name), strat_verb_word(verb));
	if (j->act->verb == POL_PUSH && j->act->cause == POL_BY_PERSON)
		return judge_push(j, rule, w, err);
	forbid(j, rule, w, strat_verb_word(verb));
	return SLU_OK;
}

const struct pol_rule rule_allow = {
	.name = "allow",
	.summary = "No verb on a branch is allowed by anything but `allow`; a push that is exactly an admissible merge is that merge.",
	.verbs = POL_REF_VERBS | POL_VERB(POL_MERGE),
	.rank = 20,
	.about = POL_ABOUT_RIGHT,
	.judge = judge_allow,
};
