/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commit messages of what a push brings to the branch types named; on a squash edge the change's title.
 * A merge commit is told by its parents and a revert by the commit that it names, never by words. What the system commits
 * is exempt by the act's cause, never by a message that looks like the system's.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "policy/rule.h"
#include "strategy/regex.h"
#include "version/commit.h"

enum { MAX_BAD = 5, MAX_MATCHED = 1024 };

static bool in_list(slu_str word, const slu_str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(list[i], word))
			return true;
	return n == 0;
}

static const char *list_text(struct pol_judge *j, const slu_str *list, size_t n)
{
	size_t size = 1, at = 0;
	for (size_t i = 0; i < n; i++)
		size += list[i].n + strlen(", ");
	char *t = slu_alloc(j->a, size);
	for (size_t i = 0; i < n; at += list[i++].n) {
		if (i) {
			memcpy(t + at, ", ", 2);
			at += 2;
		}
		memcpy(t + at, list[i].p, list[i].n);
	}
	return t;
}

struct complaint {
	const char *rule, *wanted, *actual;
	struct strat_pos pos;
};

static bool bad_type(struct pol_judge *j, const struct ver_commit *m, const slu_err *why, struct complaint *c)
{
	const struct strat_commits *k = &j->s->commits;
	if (!m->conventional) {
		*c = (struct complaint){ "commits.convention", "type(scope): description", POL_TEXT(j, "%s\"%.*s\"", why->line == 2 ? "no empty line behind " : "", SLU_FMT(m->header)), k->pos };
		return true;
	}
	if (!in_list(m->type, k->types, k->types_n)) {
		*c = (struct complaint){ "commits.types", POL_TEXT(j, "a type of: %s", list_text(j, k->types, k->types_n)), POL_TEXT(j, "type %.*s", SLU_FMT(m->type)), k->types_pos };
		return true;
	}
	return false;
}

static bool bad_scope(struct pol_judge *j, const struct ver_commit *m, struct complaint *c)
{
	const struct strat_commits *k = &j->s->commits;
	const char *wanted = NULL;
	if (m->scope.n == 0 && k->scope_use == STRAT_USE_REQUIRED)
		wanted = POL_TEXT(j, "a scope of: %s", list_text(j, k->scopes, k->scopes_n));
	else if (m->scope.n && k->scope_use == STRAT_USE_FORBIDDEN)
		wanted = "no scope";
	else if (m->scope.n && !in_list(m->scope, k->scopes, k->scopes_n))
		wanted = POL_TEXT(j, "a scope of: %s", list_text(j, k->scopes, k->scopes_n));
	if (wanted)
		*c = (struct complaint){ "commits.scopes", wanted, m->scope.n ? POL_TEXT(j, "scope %.*s", SLU_FMT(m->scope)) : "no scope", k->scopes_pos };
	return wanted != NULL;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool bad_subject(struct pol_judge *j, const struct ver_commit *m, struct complaint *c)
{
	const struct strat_commits *k = &j->s->commits;
	size_t chars = slu_utf8_count(m->header);
	char first = m->description.n ? m->description.p[0] : 'a';
	const char *wanted = NULL, *actual = NULL;
	if (k->subject_max && chars > k->subject_max) {
		wanted = POL_TEXT(j, "a first line of at most %u characters", k->subject_max);
		actual = POL_TEXT(j, "%zu characters", chars);
	} else if (k->subject_case == STRAT_CASE_LOWER && is_upper(first)) {
		wanted = "a description that begins in lower case";
	} else if (k->subject_case == STRAT_CASE_SENTENCE && first >= 'a' && first <= 'z') {
		wanted = "a description that begins with a capital";
	} else if (!k->subject_full_stop && slu_str_ends(m->header, ".") && !slu_str_ends(m->header, "...")) {
		wanted = "no full stop at the end";
	}
	if (wanted)
		*c = (struct complaint){ "commits.subject", wanted, actual ? actual : POL_TEXT(j, "\"%.*s\"", SLU_FMT(m->description)), k->subject_pos };
	return wanted != NULL;
}

static bool bad_reference(struct pol_judge *j, slu_str text, struct complaint *c)
{
	const struct strat_commits *k = &j->s->commits;
	if (k->references != STRAT_USE_REQUIRED && k->references != STRAT_USE_FORBIDDEN)
		return false;
	ver_reference_list found = { 0 };
	ver_references_find(&found, j->a, text, true);
	bool has = found.n > 0;
	const char *wanted = NULL;
	if (!has && k->references == STRAT_USE_REQUIRED)
		wanted = "a reference, such as Closes #123";
	else if (has && k->references == STRAT_USE_FORBIDDEN)
		wanted = "no reference";
	*c = (struct complaint){ "commits.references", wanted, has ? "there is one" : "there is none", k->references_pos };
	return wanted != NULL;
}

static slu_rc bad_pattern(struct pol_judge *j, slu_str first, struct complaint *c, bool *bad, slu_err *err)
{
	const struct strat_commits *k = &j->s->commits;
	bool fits = true;
	if (k->convention == STRAT_CONVENTION_PATTERN && first.n > MAX_MATCHED) { /* looking for a match begins at each byte: the time is its square */
		*c = (struct complaint){ "commits.convention", POL_TEXT(j, "a first line of at most %d bytes", (int)MAX_MATCHED), POL_TEXT(j, "%zu bytes", first.n), k->pos };
		*bad = true;
		return SLU_OK;
	}
	if (k->convention == STRAT_CONVENTION_PATTERN)
		SLU_TRY(strat_regex_matches(&fits, k->regex, first, err));
	if (!fits)
		*c = (struct complaint){ "commits.convention", POL_TEXT(j, "a message that matches %.*s", SLU_FMT(k->pattern)), POL_TEXT(j, "\"%.*s\"", SLU_FMT(first)), k->pos };
	*bad = !fits;
	return SLU_OK;
}

static slu_rc complain(struct pol_judge *j, slu_str text, struct complaint *c, bool *bad, slu_err *err)
{
	if (text.n > SLU_MAX_MESSAGE_BYTES) {
		*c = (struct complaint){ "commits.size", POL_TEXT(j, "a message of at most %u bytes", SLU_MAX_MESSAGE_BYTES), "it has more", j->s->commits.pos };
		*bad = true;
		return SLU_OK;
	}
	struct ver_commit m;
	slu_err why = { 0 };
	(void)!ver_commit_title(&m, text, &why);
	bool conventional = j->s->commits.convention == STRAT_CONVENTION_CONVENTIONAL;
	*bad = true;
	if (m.description.n == 0 || m.header.p != text.p) {
		*c = (struct complaint){ "commits.convention", "a message", m.description.n ? "its first line is empty" : "the message is empty", j->s->commits.pos };
		return SLU_OK;
	}
	SLU_TRY(bad_pattern(j, m.header, c, bad, err));
	if (!*bad)
		*bad = (conventional && (bad_type(j, &m, &why, c) || bad_scope(j, &m, c))) || bad_subject(j, &m, c) || bad_reference(j, text, c);
	return SLU_OK;
}

/* What Git calls the subject: the first paragraph, on one line. */
static slu_str subject_of(slu_arena *a, slu_str message)
{
	char *text = slu_alloc(a, message.n + 1);
	size_t n = 0;
	slu_str line;
	while (slu_str_split(&message, '\n', &line)) {
		line = slu_str_trim(line);
		if (line.n == 0 && n)
			break;
		if (line.n && n)
			text[n++] = ' ';
		memcpy(text + n, line.n ? line.p : "", line.n);
		n += line.n;
	}
	return (slu_str){ text, n };
}

/* " (#12)", as hosts put it behind the title of what they squash. */
static bool is_number_of_change(slu_str rest)
{
	if (rest.n < 5 || !slu_str_starts(rest, " (") || (rest.p[2] != '#' && rest.p[2] != '!') || rest.p[rest.n - 1] != ')')
		return false;
	for (size_t i = 3; i + 1 < rest.n; i++)
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return false;
	return true;
}

/*
 * What a revert is called comes from the commit that it takes back, as `git revert` writes it, or behind the type `revert`. With other words it is
 * judged like any commit: else a line in the body would get each message past this rule.
 */
static bool is_revert_of(struct pol_judge *j, slu_str message, slu_str reverted)
{
	static const char first[] = "Revert \"";
	slu_str is = subject_of(j->a, message), was = subject_of(j->a, reverted);
	const char *const forms[] = {
		POL_TEXT(j, "Revert \"%.*s\"", SLU_FMT(was)),
		POL_TEXT(j, "revert: %.*s", SLU_FMT(was)),
		slu_str_starts(was, first) ? POL_TEXT(j, "Reapply \"%.*s", (int)(was.n - (sizeof first - 1)), was.p + sizeof first - 1) : NULL,
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t n = forms[i] ? strlen(forms[i]) : 0;
		if (n && slu_str_starts(is, forms[i]) && (is.n == n || is_number_of_change((slu_str){ is.p + n, is.n - n })))
			return true;
	}
	return false;
}

/* A merge by its parents, a revert by the commit that it names. */
static slu_rc is_exempt(struct pol_judge *j, const struct pol_commit *c, bool *out, slu_err *err)
{
	slu_oid named;
	slu_str hex;
	*out = c->parent_n > 1;
	if (*out || c->message.n > SLU_MAX_MESSAGE_BYTES || !ver_reverts(&hex, c->message) || slu_oid_parse(&named, hex, NULL) != SLU_OK)
		return SLU_OK;
	struct pol_commit reverted;
	slu_rc rc = j->f->commit(j->f->ctx, j->a, &named, &reverted, NULL);
	if (rc != SLU_OK && rc != SLU_E_NOT_FOUND)
		return j->f->commit(j->f->ctx, j->a, &named, &reverted, err);
	*out = rc == SLU_OK && is_revert_of(j, c->message, reverted.message);
	return SLU_OK;
}

struct bad {
	struct complaint c[MAX_BAD];
	slu_oid id[MAX_BAD];
	size_t n, judged;
};

static slu_rc walk(struct pol_judge *j, const slu_oid *id, size_t n, struct bad *out, slu_err *err)
{
	*out = (struct bad){ 0 };
	for (size_t i = 0; i < n && out->n < MAX_BAD; i++) {
		struct pol_commit c;
		bool exempt = false, bad = false;
		SLU_TRY(j->f->commit(j->f->ctx, j->a, &id[i], &c, err));
		SLU_TRY(is_exempt(j, &c, &exempt, err));
		if (exempt)
			continue;
		out->judged++;
		SLU_TRY(complain(j, c.message, &out->c[out->n], &bad, err));
		if (bad)
			out->id[out->n++] = id[i];
	}
	return SLU_OK;
}

static void bad_row(struct pol_judge *j, const struct complaint *c, const char *what, const char *remedy)
{
	pol_add(j, NULL, (struct pol_row){ .rule = c->rule, .pos = c->pos.line ? c->pos : j->s->commits.pos, .state = POL_FAILED, .wanted = c->wanted, .actual = POL_TEXT(j, "%s: %s", what, c->actual),
		 .remedy = remedy });
}

static struct pol_row *fine_row(struct pol_judge *j, enum pol_state st, const char *actual)
{
	return pol_add(j, NULL, (struct pol_row){ .rule = "commits", .pos = j->s->commits.pos, .state = st, .wanted = "messages as the strategy has them", .actual = actual });
}

static slu_rc judge_push(struct pol_judge *j, slu_err *err)
{
	slu_oid *not_ = NULL;
	const slu_oid *id = NULL;
	size_t not_n = 0, n = 0;
	struct bad bad = { 0 };
	for (int exact = 0; exact < 2; exact++) {
		SLU_TRY(pol_known_heads(j, exact, &not_, &not_n, err));
		SLU_TRY(j->f->range(j->f->ctx, j->a, &j->act->new_, not_, not_n, SLU_MAX_PUSH_COMMITS, &id, &n, err));
		SLU_TRY(walk(j, id, n, &bad, err));
		if (bad.n == 0)
			break;
	}
	for (size_t i = 0; i < bad.n; i++) {
		bool tip = slu_oid_eq(&bad.id[i], &j->act->new_);
		bad_row(j, &bad.c[i], pol_short(j, &bad.id[i]), tip ? "git commit --amend" : POL_TEXT(j, "git rebase -i %s^", pol_short(j, &bad.id[i])));
	}
	if (bad.n == 0)
		fine_row(j, POL_PASSED, POL_TEXT(j, "%zu judged", bad.judged));
	return SLU_OK;
}

static bool applies(const struct pol_judge *j, int kind)
{
	const struct strat_commits *k = &j->s->commits;
	return k->convention != STRAT_CONVENTION_NONE && kind >= 0 && (k->applies_to & (1u << j->s->branch[kind].type));
}

slu_rc pol_judge_text(struct pol_judge *j, const struct pol_commit *c, slu_err *err)
{
	struct complaint why;
	bool exempt = false, bad = false;
	SLU_TRY(is_exempt(j, c, &exempt, err));
	if (exempt) {
		fine_row(j, POL_NOT_APPLICABLE, c->parent_n > 1 ? "a merge" : "it reverts another commit");
		return SLU_OK;
	}
	SLU_TRY(complain(j, c->message, &why, &bad, err));
	if (bad)
		bad_row(j, &why, slu_oid_is_zero(&c->id) ? "the message" : pol_short(j, &c->id), "");
	else
		fine_row(j, POL_PASSED, "it is");
	return SLU_OK;
}

slu_rc pol_judge_message(struct pol_judge *j, const struct pol_commit *c, slu_err *err)
{
	return applies(j, j->kind) ? pol_judge_text(j, c, err) : SLU_OK;
}

static slu_str first_line(slu_str text)
{
	struct ver_commit m;
	(void)!ver_commit_title(&m, text, NULL);
	return m.header;
}

static slu_rc judge_title(struct pol_judge *j, slu_err *err)
{
	struct complaint c;
	bool bad = false, own = j->act->message.n > 0;
	slu_str text = own ? j->act->message : j->change.title;
	const char *what = own ? "the message that was given" : "the change's title becomes the message";
	if (j->change.git_only && !own && j->change.title.n == 0) {
		fine_row(j, POL_WAITING, "the change's title becomes the message; it is not known here")->unknown = true;
		return SLU_OK;
	}
	SLU_TRY(complain(j, text, &c, &bad, err));
	if (bad && j->change.git_only && !own)
		bad_row(j, &c, what, "sluice commit lint");
	else if (bad)
		bad_row(j, &c, what, own ? POL_TEXT(j, "sluice change show %s", pol_change_word(j)) : POL_TEXT(j, "sluice change edit %s --title TEXT", pol_change_word(j)));
	else
		fine_row(j, POL_PASSED, POL_TEXT(j, "%s: \"%.*s\"", what, SLU_FMT(first_line(text))));
	return SLU_OK;
}

static slu_rc judge_commits(struct pol_judge *j, slu_err *err)
{
	bool merge = j->act->verb == POL_MERGE;
	if (!applies(j, merge ? j->source_kind : j->kind))
		return SLU_OK;
	if (merge)
		return j->edge && j->edge->method == STRAT_SQUASH ? judge_title(j, err) : SLU_OK;
	if (j->act->cause != POL_BY_PERSON) {
		fine_row(j, POL_NOT_APPLICABLE, POL_TEXT(j, "the system's own commits: the act %s", pol_cause_text(j->act->cause)));
		return SLU_OK;
	}
	return j->f->range && j->f->commit ? judge_push(j, err) : SLU_OK;
}

const struct pol_rule rule_commits = {
	.name = "commits",
	.summary = "Commit messages follow the convention; merges are told by parents, reverts by the commit they name.",
	.verbs = POL_BRINGS | POL_VERB(POL_MERGE),
	.rank = 65,
	.judge = judge_commits,
};
