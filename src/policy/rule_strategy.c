/* SPDX-License-Identifier: Apache-2.0 */
/* What would put an invalid strategy in force is refused: the file on the default branch is the one that counts. */
#include "policy/rule.h"

static const char strategy_file[] = ".sluice/strategy.yml";

struct source {
	struct pol_judge *j;
	const slu_oid *commit;
};

/* `extends`: a file of the same repository at the same commit, else another repository's copy in force. */
static slu_rc load(void *ctx, slu_arena *a, slu_str what, slu_str *text, slu_err *err)
{
	const struct source *from = ctx;
	const struct pol_facts *f = from->j->f;
	bool found = false;
	if (memchr(what.p, ':', what.n) == NULL && f->file_at)
		SLU_TRY(f->file_at(f->ctx, a, from->commit, what, text, &found, err));
	if (found)
		return SLU_OK;
	if (f->extends)
		return f->extends(f->ctx, a, what, text, err);
	return slu_fail(err, SLU_E_NOT_FOUND, "%.*s is not known here.", SLU_FMT(what));
}

/* One that says what the branch was called until now, and lets somebody make it, is brought in by `sluice adopt`. */
static bool renames(const strat *s, slu_str name)
{
	for (size_t i = 0; i < s->branch_n; i++)
		if (s->branch[i].was.n && slu_str_eq(s->branch[i].was, name) && s->branch[i].allow[STRAT_VERB_CREATE].n)
			return true;
	return false;
}

/* The file in force stands on the default branch: were that of no kind, nothing could ever move it again. */
static bool keeps_default_branch(struct pol_judge *j, const strat *s)
{
	slu_str name = j->f->default_branch.n ? j->f->default_branch : strat_default_branch(j->s);
	if (!name.n || strat_branch_kind(s, name, NULL) != STRAT_NONE || renames(s, name))
		return true;
	pol_add(j, NULL, (struct pol_row){ .rule = "strategy", .pos = pol_nowhere, .state = POL_FAILED, .wanted = POL_TEXT(j, "a kind of branch for %.*s, on which the file stands", SLU_FMT(name)),
		 .actual = POL_TEXT(j, "%.*s would be of no kind, and nothing could move it again", SLU_FMT(name)), .remedy = "sluice strategy check" });
	return false;
}

static void compile_row(struct pol_judge *j, const slu_oid *commit, slu_str text)
{
	const strat *s = NULL;
	strat_issues issues = { 0 };
	struct source from = { j, commit };
	slu_err why = { 0 };
	if (strat_compile(&s, &issues, j->a, text, strategy_file, load, &from, &why) == SLU_OK) {
		if (!keeps_default_branch(j, s))
			return;
		pol_add(j, NULL, (struct pol_row){ .rule = "strategy", .pos = pol_nowhere, .state = POL_PASSED, .wanted = "a valid strategy file", .actual = POL_TEXT(j, "it is valid, digest %.12s", s->digest) });
		return;
	}
	size_t shown = 0;
	for (size_t i = 0; i < issues.n && shown < 5; i++) {
		if (issues.v[i].warning)
			continue;
		shown++;
		const struct strat_pos *p = &issues.v[i].pos;
		pol_add(j, NULL, (struct pol_row){ .rule = "strategy", .pos = pol_nowhere, .state = POL_FAILED, .wanted = "a valid strategy file",
			 .actual = POL_TEXT(j, "%s:%u:%u: %s", p->file ? p->file : strategy_file, p->line, p->column, issues.v[i].text), .remedy = "sluice strategy check" });
	}
	if (shown == 0)
		pol_add(j, NULL, (struct pol_row){ .rule = "strategy", .pos = pol_nowhere, .state = POL_FAILED, .wanted = "a valid strategy file", .actual = slu_strdup(j->a, why.text),
			 .remedy = "sluice strategy check" });
}

static bool concerns(const struct pol_judge *j, const slu_oid *commit)
{
	if (!j->f->file_at || slu_oid_is_zero(commit))
		return false;
	slu_str in_force = j->f->default_branch.n ? j->f->default_branch : strat_default_branch(j->s);
	return j->act->verb == POL_STRATEGY || slu_str_eq(j->branch, in_force);
}

/* What it extends may have changed though the file itself has not. */
static bool extends(slu_str text)
{
	return text.n && memmem(text.p, text.n, "extends", strlen("extends"));
}

/* Does the merge leave the file as the target has it? The source may lie behind, with one that was in force once. */
static slu_rc is_left(bool *out, struct pol_judge *j, slu_str now, slu_str next, const slu_oid *source, slu_err *err)
{
	const slu_str *path = NULL;
	size_t n = 0;
	*out = false;
	if (j->act->verb != POL_MERGE || !j->f->paths || now.n == 0 || next.n == 0 || slu_str_eq(now, next) || extends(now) || extends(next))
		return SLU_OK;
	SLU_TRY(j->f->paths(j->f->ctx, j->a, &j->change.target_head, source, true, &path, &n, err));
	*out = true;
	for (size_t i = 0; i < n; i++)
		*out = *out && !slu_str_is(path[i], strategy_file);
	return SLU_OK;
}

static slu_rc judge_strategy(struct pol_judge *j, slu_err *err)
{
	slu_str now = { NULL, 0 }, next = { NULL, 0 };
	bool had = false, has = false, left = false, always = j->act->verb == POL_STRATEGY;
	slu_oid commit = slu_oid_is_zero(&j->head) ? j->act->new_ : j->head;
	slu_oid before = j->act->verb == POL_MERGE ? j->change.target_head : j->act->old;
	if (!concerns(j, &commit))
		return SLU_OK;
	SLU_TRY(j->f->file_at(j->f->ctx, j->a, &commit, slu_s(strategy_file), &next, &has, err));
	if (!slu_oid_is_zero(&before))
		SLU_TRY(j->f->file_at(j->f->ctx, j->a, &before, slu_s(strategy_file), &now, &had, err));
	SLU_TRY(is_left(&left, j, now, next, &commit, err));
	if (left)
		return SLU_OK;
	if (has && (always || !had || !slu_str_eq(now, next) || extends(next)))
		compile_row(j, &commit, next);
	else if (!has && (had || always))
		pol_add(j, NULL, (struct pol_row){ .rule = "strategy", .pos = pol_nowhere, .state = always ? POL_FAILED : POL_PASSED, .wanted = "a valid strategy file",
			 .actual = "the file goes: the repository's preset is in force again" });
	return SLU_OK;
}

const struct pol_rule rule_strategy = {
	.name = "strategy",
	.summary = "A push or merge that would put an invalid strategy in force is refused.",
	.verbs = POL_BRINGS | POL_VERB(POL_MERGE) | POL_VERB(POL_STRATEGY),
	.rank = 70,
	.builtin = true,
	.judge = judge_strategy,
};
