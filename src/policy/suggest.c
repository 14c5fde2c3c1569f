/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a refusal proposes: whole commands help, and one with a gap to be filled does not. */
#include "policy/rule.h"
#include "version/commit.h"

enum { NAME_MAX_BYTES = 30 };

const char *pol_word(struct pol_judge *j, slu_str name)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/@+-";
	size_t i = 0;
	while (i < name.n && memchr(fine, name.p[i], sizeof fine - 1))
		i++;
	if (i == name.n && name.n)
		return pol_z(j, name);
	slu_auto_buf b;
	slu_buf_init(&b, name.n * 4 + 2);
	slu_buf_addc(&b, '\'');
	for (i = 0; i < name.n; i++)
		slu_buf_adds(&b, name.p[i] == '\'' ? "'\\''" : (char[]){ name.p[i], 0 });
	slu_buf_addc(&b, '\'');
	return slu_str_dup(j->a, slu_buf_str(&b));
}

const char *pol_merge_target(struct pol_judge *j)
{
	const struct pol_change *c = &j->change;
	const char *merge = POL_TEXT(j, "git merge %s", pol_word(j, slu_s(POL_TEXT(j, "origin/%.*s", SLU_FMT(c->target)))));
	return c->source.n ? POL_TEXT(j, "git switch %s && %s", pol_word(j, c->source), merge) : merge;
}

/* The name under the first kind that people begin by themselves and that goes into `into`; "": none has a fitting pattern. */
static const char *named(struct pol_judge *j, slu_str name, int into)
{
	for (size_t i = 0; i < j->s->branch_n; i++) {
		const struct strat_branch *b = &j->s->branch[i];
		struct strat_captures caps = { 0 };
		char *made = NULL;
		if (b->builtin || (b->type != STRAT_WORK && b->type != STRAT_HOTFIX) || (into >= 0 && !pol_edge(j->s, (int)i, into)))
			continue;
		caps.v[STRAT_CAP_NAME] = name;
		if (b->match_n && strat_pattern_make(&made, j->a, b->match[0], &caps, NULL) == SLU_OK && strat_branch_kind(j->s, slu_s(made), NULL) == (int)i)
			return made;
	}
	return "";
}

static char name_byte(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
}

/* A subject line as part of a name: "No time, none!" gives "no-time-none". */
static slu_str slug(struct pol_judge *j, slu_str subject)
{
	char *to = SLU_NEW_N(j->a, char, NAME_MAX_BYTES);
	size_t n = 0, i = 0;
	for (; i < subject.n && n < NAME_MAX_BYTES; i++) {
		char c = name_byte(subject.p[i]);
		if (c != '-' || (n && to[n - 1] != '-'))
			to[n++] = c;
	}
	slu_str whole = { to, n };
	while (i < subject.n && whole.n && whole.p[whole.n - 1] != '-') /* no half a word at the end */
		whole.n--;
	whole.n = whole.n ? whole.n : n;
	while (whole.n && whole.p[whole.n - 1] == '-')
		whole.n--;
	return whole;
}

const char *pol_suggest_rename(struct pol_judge *j, slu_str branch)
{
	if (j->f->no_remedies)
		return "";
	const char *slash = memrchr(branch.p, '/', branch.n), *from = slash ? slash + 1 : branch.p;
	const char *made = named(j, (slu_str){ from, (size_t)(branch.p + branch.n - from) }, STRAT_NONE);
	return *made ? POL_TEXT(j, "git branch -m %s %s", pol_word(j, branch), pol_word(j, slu_s(made))) : "sluice strategy show";
}

/* A branch that stands there already and goes into the pushed one; "": none does. */
static const char *branch_at(struct pol_judge *j, const slu_oid *tip)
{
	slu_oid *id = NULL;
	slu_str *name = NULL;
	size_t n = 0;
	if (pol_heads(j, NULL, j->branch, &id, &name, &n, NULL) != SLU_OK)
		return "";
	for (size_t i = 0; i < n; i++)
		if (slu_oid_eq(&id[i], tip) && pol_edge(j->s, strat_branch_kind(j->s, name[i], NULL), j->kind))
			return pol_z(j, name[i]);
	return "";
}

/* By hand, as the way there has it. */
static const char *suggest_merge(struct pol_judge *j, const char *source)
{
	const struct strat_edge *e = pol_edge(j->s, strat_branch_kind(j->s, slu_s(source), NULL), j->kind);
	const char *how = e && e->method == STRAT_SQUASH ? "--squash" : e && e->method == STRAT_FAST_FORWARD ? "--ff-only" : "--no-ff";
	const char *word = pol_word(j, slu_s(source)), *into = pol_word(j, j->branch);
	if (e && e->method == STRAT_REBASE)
		return POL_TEXT(j, "git rebase %s %s", into, word);
	return POL_TEXT(j, "git switch %s && git merge %s %s", into, how, word);
}

const char *pol_suggest_push(struct pol_judge *j)
{
	struct pol_commit tip = { 0 };
	if (j->f->no_remedies)
		return "";
	const char *there = branch_at(j, &j->act->new_);
	if (*there && j->f->by_push)
		return suggest_merge(j, there);
	if (*there)
		return POL_TEXT(j, "sluice change open %s --into %s", pol_word(j, slu_s(there)), pol_word(j, j->branch));
	if (!j->f->commit || j->f->commit(j->f->ctx, j->a, &j->act->new_, &tip, NULL) != SLU_OK)
		return POL_TEXT(j, "sluice change open --into %s", pol_word(j, j->branch));
	if (j->f->by_push && tip.parent_n == 2 && *named(j, slu_s(pol_short(j, &tip.parent[1])), j->kind)) /* what it merges first */
		return POL_TEXT(j, "git push origin %s:refs/heads/%s", pol_short(j, &tip.parent[1]), named(j, slu_s(pol_short(j, &tip.parent[1])), j->kind));
	struct ver_commit title;
	(void)!ver_commit_title(&title, tip.message, NULL);
	slu_str name = slug(j, title.description);
	const char *made = named(j, name.n ? name : slu_s(pol_short(j, &j->act->new_)), j->kind);
	return *made ? POL_TEXT(j, "git push origin HEAD:%s", made) : POL_TEXT(j, "sluice change open --into %s", pol_word(j, j->branch));
}

const char *pol_suggest_who(struct pol_judge *j)
{
	return j->f->no_server ? "sluice strategy show" : "sluice role list";
}

const char *pol_suggest_review(struct pol_judge *j)
{
	if (j->environment >= 0)
		return POL_TEXT(j, "sluice env approve %s %s", pol_word(j, j->act->environment), j->act->version.n ? pol_word(j, j->act->version) : pol_short(j, &j->head));
	if (j->act->verb == POL_CREATE)
		return POL_TEXT(j, "sluice release tick %s %s", pol_word(j, j->caps.v[STRAT_CAP_VERSION]), POL_RELEASE_APPROVAL);
	return POL_TEXT(j, "sluice change review %s --approve", pol_change_word(j));
}
