/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code owners: of each changed path one of its owners approved. Who owns what is said by CODEOWNERS as it stands on the target, so
 * that no change makes its own judge. Somebody who left, or may no longer write, owns nothing, and the row says so.
 */
#include "base/limits.h"
#include "policy/owners.h"
#include "policy/rule.h"

#include <stdlib.h>

enum { MAX_ROWS = 10, MAX_PATHS = 3, MAX_OWNERS = 5 };

/** One line of the file that concerns the act. */
struct asked {
	const struct pol_owners_rule *rule;
	slu_str path[MAX_PATHS];
	size_t path_n;
	const char *approved, *why_not; /* by whom; else why not yet */
	struct strat_who_item opens[MAX_OWNERS]; /* who can */
	size_t opens_n;
	const char *remedy;
};
struct owned {
	const char *unknown; /* why it cannot be told here; NULL: it can */
	const char *file;    /* NULL: there is none */
	slu_str branch;      /* on which it stands */
	struct pol_owners owners, next; /* next: what the change makes of it */
	const char *broken;  /* why the file as a whole cannot be read; NULL */
	const char *next_file;
	SLU_LIST(struct asked) ask;
	size_t path_n;
	struct pol_standing *review;
	size_t review_n;
	bool reviews_known;
};

static bool same_word(slu_str x, slu_str y)
{
	size_t i = 0;
	while (x.n == y.n && i < x.n && (x.p[i] == y.p[i] || ((x.p[i] | 0x20) == (y.p[i] | 0x20) && (x.p[i] | 0x20) >= 'a' && (x.p[i] | 0x20) <= 'z')))
		i++;
	return x.n == y.n && i == x.n;
}

/* ---- an owner -------------------------------------------------------------------------------------------------------- */

struct owner {
	int role;             /* STRAT_NONE: people */
	const slu_str *person;
	size_t person_n;
	const char *why_not;  /* NULL: an approval can come from here */
	const char *remedy;   /* when not */
};

static slu_rc find_people(struct pol_judge *j, struct owner *o, slu_str word, slu_str name, enum pol_owner_kind kind, slu_err *err)
{
	slu_str *one = SLU_NEW(j->a, slu_str);
	*one = name;
	if (kind == POL_OWNER_NAME) {
		o->person = one;
		o->person_n = 1;
	} else if (kind == POL_OWNER_EMAIL && j->f->by_email) {
		SLU_TRY(j->f->by_email(j->f->ctx, j->a, word, &o->person, &o->person_n, err));
	}
	if (o->person_n == 0)
		o->why_not = kind == POL_OWNER_EMAIL ? POL_TEXT(j, "%.*s is nobody's address here", SLU_FMT(word)) : POL_TEXT(j, "%.*s is no role of the strategy", SLU_FMT(word));
	return SLU_OK;
}

static const char *person_why_not(struct pol_judge *j, slu_str name, const struct pol_person *p, const char **remedy)
{
	if (!p->known) {
		*remedy = POL_TEXT(j, "sluice user add %s", pol_word(j, name));
		return pol_person_text(j, name, p);
	}
	if (p->disabled) {
		*remedy = POL_TEXT(j, "sluice user enable %s", pol_word(j, name));
		return pol_person_text(j, name, p);
	}
	if (p->level < STRAT_WRITE) {
		*remedy = POL_TEXT(j, "sluice role grant %s write", pol_word(j, name));
		return POL_TEXT(j, "%.*s has less than write", SLU_FMT(name));
	}
	if (j->environment < 0 && same_word(name, j->change.author))
		return POL_TEXT(j, "%.*s is the author", SLU_FMT(name));
	if (j->environment >= 0 && same_word(name, j->act->actor))
		return POL_TEXT(j, "%.*s asked for the deployment", SLU_FMT(name));
	return NULL;
}

/** A role of the strategy comes before a person of the same name: who may write the one decides more than who adds the other. */
static slu_rc find_owner(struct pol_judge *j, struct owner *out, slu_str word, slu_err *err)
{
	slu_str name;
	enum pol_owner_kind kind = pol_owner_kind(word, &name);
	struct owner o = { .role = kind == POL_OWNER_EMAIL ? STRAT_NONE : strat_find_role(j->s, name) };
	if (o.role < 0)
		SLU_TRY(find_people(j, &o, word, name, kind, err));
	for (size_t i = 0; i < o.person_n; i++) {
		struct pol_person p;
		bool here = false;
		SLU_TRY(pol_person_get(j, o.person[i], &p, &here, err));
		o.why_not = person_why_not(j, o.person[i], &p, &o.remedy);
		if (!o.why_not)
			break;
	}
	*out = o;
	return SLU_OK;
}

static bool is_owner(const struct pol_judge *j, const struct owner *o, const struct pol_standing *s)
{
	if (o->role >= 0)
		return pol_has_role(&s->person, j->s->role[o->role].name);
	for (size_t i = 0; i < o->person_n; i++)
		if (same_word(o->person[i], s->review->person))
			return true;
	return false;
}

/** NULL: this review is an approval for what the owner has. */
static const char *review_why_not(struct pol_judge *j, const struct owner *o, const struct pol_standing *s)
{
	if (s->why_not)
		return s->why_not;
	if (s->review->state != POL_REVIEW_APPROVE)
		return POL_TEXT(j, "%.*s asks for changes", SLU_FMT(s->review->person));
	return o->role < 0 && s->person.level < STRAT_WRITE ? POL_TEXT(j, "%.*s has less than write", SLU_FMT(s->review->person)) : NULL;
}

/* ---- one line of the file ---------------------------------------------------------------------------------------------- */

static void not_counted(struct pol_judge *j, struct asked *q, const char *why)
{
	if (why && !strstr(q->why_not, why))
		q->why_not = POL_TEXT(j, "%s; not counted: %s", q->why_not, why);
}

static void look_at_reviews(struct pol_judge *j, const struct owned *w, struct asked *q, const struct owner *o)
{
	for (size_t i = 0; i < w->review_n && !q->approved; i++) {
		const struct pol_standing *s = &w->review[i];
		const char *why = is_owner(j, o, s) ? review_why_not(j, o, s) : "";
		if (!why)
			q->approved = pol_z(j, s->review->person);
		else if (*why)
			not_counted(j, q, why);
	}
}

static void can_open(struct pol_judge *j, struct asked *q, const struct owner *o)
{
	if (o->role >= 0 && q->opens_n < MAX_OWNERS)
		q->opens[q->opens_n++] = (struct strat_who_item){ .kind = STRAT_WHO_ROLE, .name = j->s->role[o->role].name };
	for (size_t i = 0; i < o->person_n && q->opens_n < MAX_OWNERS; i++)
		q->opens[q->opens_n++] = (struct strat_who_item){ .kind = STRAT_WHO_PERSON, .name = o->person[i] };
}

static slu_rc ask_owners(struct pol_judge *j, const struct owned *w, struct asked *q, slu_err *err)
{
	q->why_not = "none of them has approved";
	for (size_t i = 0; i < q->rule->owner_n && !q->approved; i++) {
		struct owner o;
		SLU_TRY(find_owner(j, &o, q->rule->owner[i], err));
		look_at_reviews(j, w, q, &o);
		if (!o.why_not)
			can_open(j, q, &o);
		else if (i < MAX_OWNERS)
			not_counted(j, q, o.why_not);
		q->remedy = q->remedy ? q->remedy : o.remedy;
	}
	return SLU_OK;
}

static const char *owners_text(struct pol_judge *j, const struct pol_owners_rule *r)
{
	const char *text = "";
	for (size_t i = 0; i < r->owner_n && i < MAX_OWNERS; i++)
		text = POL_TEXT(j, "%s%s%.*s", text, *text ? " or " : "", SLU_FMT(r->owner[i]));
	return r->owner_n > MAX_OWNERS ? POL_TEXT(j, "%s or one of %zu more", text, r->owner_n - MAX_OWNERS) : text;
}

static const char *paths_text(struct pol_judge *j, const struct asked *q)
{
	const char *text = "";
	for (size_t i = 0; i < q->path_n && i < MAX_PATHS; i++)
		text = POL_TEXT(j, "%s%s%s", text, *text ? ", " : "", pol_word(j, q->path[i]));
	return q->path_n > MAX_PATHS ? POL_TEXT(j, "%s and %zu more", text, q->path_n - MAX_PATHS) : text;
}

/** Who may end it is somebody else than the author; where nobody is left, only whoever sees to the file or the people can. */
static void asked_row(struct pol_judge *j, const struct pol_set *set, const struct owned *w, const struct asked *q)
{
	bool stuck = w->reviews_known && q->opens_n == 0;
	const char *see = POL_TEXT(j, "sluice owners --at %s -- %s", pol_word(j, w->branch), pol_word(j, q->path[0]));
	const char *remedy = !stuck ? pol_suggest_review(j) : q->remedy ? q->remedy : see;
	struct pol_row *row = pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "code-owners"), .pos = set->r->code_owners_pos, .state = stuck ? POL_FAILED : POL_WAITING,
		 .wanted = POL_TEXT(j, "an approval by %s for %s (%s:%u)", owners_text(j, q->rule), paths_text(j, q), w->file, q->rule->line),
		 .actual = w->reviews_known ? q->why_not : "reviews are not known here", .remedy = remedy, .unknown = !w->reviews_known });
	for (size_t i = 0; i < q->opens_n; i++)
		pol_opens_item(j, row, q->opens[i]);
}

/* ---- what is changed, and whose it is ------------------------------------------------------------------------------------ */

static void add_as(struct pol_judge *j, struct owned *w, int *at, const struct pol_owners_rule *r, slu_str path)
{
	if (!r || r->owner_n == 0)
		return;
	int *slot = &at[r - w->owners.rule.v];
	if (*slot == 0) {
		*SLU_ADD(j->a, &w->ask) = (struct asked){ .rule = r };
		*slot = (int)w->ask.n;
	}
	struct asked *q = &w->ask.v[*slot - 1];
	if (q->path_n < MAX_PATHS)
		q->path[q->path_n] = path;
	q->path_n++;
}

static void add_path(struct pol_judge *j, struct owned *w, int *at, slu_str path)
{
	add_as(j, w, at, pol_owners_of(&w->owners, path), path);
}

static bool is_place(slu_str path)
{
	for (size_t i = 0; pol_owners_place[i]; i++)
		if (slu_str_is(path, pol_owners_place[i]))
			return true;
	return false;
}

static slu_rc read_file(struct pol_judge *j, const slu_oid *at, const char **file, struct pol_owners *out, const char **broken, slu_err *err)
{
	slu_str text;
	bool found = false;
	for (size_t i = 0; pol_owners_place[i] && !found; i++) {
		SLU_TRY(j->f->file_at(j->f->ctx, j->a, at, slu_s(pol_owners_place[i]), &text, &found, err));
		*file = found ? pol_owners_place[i] : *file;
	}
	slu_err why = { 0 };
	if (found && pol_owners_read(out, j->a, text, &why) != SLU_OK)
		*broken = slu_strdup(j->a, why.text);
	return SLU_OK;
}

static int by_line(const void *x, const void *y)
{
	const struct asked *a = x, *b = y;
	return (a->rule->line > b->rule->line) - (a->rule->line < b->rule->line);
}

static slu_rc find_changed(struct pol_judge *j, struct owned *w, const slu_oid *from, const slu_oid *to, slu_err *err)
{
	const slu_str *path = NULL;
	bool merge = j->act->verb == POL_MERGE, touched = false;
	SLU_TRY(j->f->paths(j->f->ctx, j->a, from, to, merge, &path, &w->path_n, err));
	if (w->path_n && w->owners.rule.n > SLU_MAX_OWNERS_WORK / w->path_n) {
		w->broken = POL_TEXT(j, "%zu patterns and %zu changed paths are more than is held against one another", w->owners.rule.n, w->path_n);
		return SLU_OK;
	}
	int *at = SLU_NEW_N(j->a, int, w->owners.rule.n + 1);
	for (size_t i = 0; i < w->path_n; i++) {
		bool place = is_place(path[i]);
		add_path(j, w, at, path[i]);
		if (place && w->file && !slu_str_is(path[i], w->file)) /* it may come before the one in force, which has owners for that */
			add_as(j, w, at, pol_owners_of(&w->owners, slu_s(w->file)), path[i]);
		touched = touched || place;
	}
	if (w->ask.n)
		qsort(w->ask.v, w->ask.n, sizeof *w->ask.v, by_line);
	const char *broken = NULL;
	if (merge && touched)
		SLU_TRY(read_file(j, to, &w->next_file, &w->next, &broken, err));
	if (broken)
		*SLU_ADD(j->a, &w->next.issue) = (struct pol_owners_issue){ 1, 1, broken };
	return SLU_OK;
}

static slu_rc head_of_default(struct pol_judge *j, struct owned *w, slu_oid *out, slu_err *err)
{
	w->branch = j->f->default_branch.n ? j->f->default_branch : strat_default_branch(j->s);
	return j->f->ref(j->f->ctx, j->a, slu_s(POL_TEXT(j, "refs/heads/%.*s", SLU_FMT(w->branch))), out, err);
}

/* A merge: what it changes, by the file on its target. A deployment: what differs from what runs there, by the file on the default branch. */
static slu_rc find_ends(struct pol_judge *j, struct owned *w, slu_oid *file_at, slu_oid *from, slu_oid *to, slu_err *err)
{
	struct pol_deployment now = { 0 };
	*to = j->head;
	if (j->act->verb == POL_MERGE) {
		w->branch = j->change.target;
		*file_at = *from = j->change.target_head;
		return SLU_OK;
	}
	if (j->f->deployment)
		SLU_TRY(j->f->deployment(j->f->ctx, j->a, j->act->environment, SLU_STR(""), &now, err));
	*from = now.found ? now.commit : slu_oid_zero();
	return head_of_default(j, w, file_at, err);
}

static slu_rc find_owned(struct pol_judge *j, struct owned *w, slu_err *err)
{
	slu_oid file_at = slu_oid_zero(), from = slu_oid_zero(), to = slu_oid_zero();
	if (!j->f->file_at || !j->f->paths || !j->f->ref) {
		w->unknown = "which paths are changed is not known here";
		return SLU_OK;
	}
	SLU_TRY(find_ends(j, w, &file_at, &from, &to, err));
	if (slu_oid_is_zero(&file_at) || slu_oid_is_zero(&to)) {
		w->unknown = POL_TEXT(j, "%s is not there", slu_oid_is_zero(&to) ? "the commit" : pol_z(j, w->branch));
		return SLU_OK;
	}
	SLU_TRY(read_file(j, &file_at, &w->file, &w->owners, &w->broken, err));
	if (w->broken)
		return SLU_OK;
	SLU_TRY(find_changed(j, w, &from, &to, err));
	SLU_TRY(pol_standing_reviews(j, &w->review, &w->review_n, &w->reviews_known, err));
	for (size_t i = 0; i < w->ask.n && w->reviews_known; i++)
		SLU_TRY(ask_owners(j, w, &w->ask.v[i], err));
	return SLU_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

static struct pol_row *row(struct pol_judge *j, const struct pol_set *set, enum pol_state state, const char *actual, const char *remedy)
{
	return pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "code-owners"), .pos = set->r->code_owners_pos, .state = state,
		 .wanted = "an approval by an owner of each changed path", .actual = actual, .remedy = remedy });
}

/** Lines that count for nothing: those in force are said, and none is let in. */
static void issue_rows(struct pol_judge *j, const struct pol_set *set, const struct owned *w)
{
	const struct pol_owners *o[] = { &w->owners, &w->next };
	for (size_t i = 0; i < 2; i++) {
		if (o[i]->issue.n == 0)
			continue;
		const struct pol_owners_issue *first = o[i]->issue.v;
		const char *more = o[i]->issue.n > 1 ? POL_TEXT(j, " (and %zu more)", o[i]->issue.n - 1) : "";
		pol_add(j, set, (struct pol_row){ .rule = POL_PATH(j, set, "code-owners.file"), .pos = set->r->code_owners_pos, .state = i ? POL_FAILED : POL_EVALUATED,
			 .wanted = POL_TEXT(j, "each line of %s can be read%s", i ? w->next_file : w->file, i ? " after the merge" : ""),
			 .actual = POL_TEXT(j, "line %u%s%s: %s", first->line, i ? "" : " counts for nothing", more, first->text),
			 .remedy = POL_TEXT(j, "sluice owners --at %s", pol_word(j, i ? j->source : w->branch)) });
	}
}

static void judge_set(struct pol_judge *j, const struct pol_set *set, const struct owned *w)
{
	const char *by = "";
	size_t open = 0, met = 0;
	for (size_t i = 0; i < w->ask.n; i++) {
		const struct asked *q = &w->ask.v[i];
		if (!q->approved && open++ < MAX_ROWS)
			asked_row(j, set, w, q);
		if (q->approved && met++ < MAX_OWNERS)
			by = POL_TEXT(j, "%s%s%s for %s (line %u)", by, *by ? ", " : "", q->approved, paths_text(j, q), q->rule->line);
	}
	if (open > MAX_ROWS)
		row(j, set, POL_WAITING, POL_TEXT(j, "%zu more lines of %s await an approval", open - MAX_ROWS, w->file), POL_TEXT(j, "sluice owners --at %s", pol_word(j, w->branch)))->unknown = !w->reviews_known;
	if (met)
		row(j, set, POL_PASSED, met > MAX_OWNERS ? POL_TEXT(j, "%s, and for %zu lines more", by, met - MAX_OWNERS) : by, "");
	if (!open && !met)
		row(j, set, POL_PASSED, POL_TEXT(j, "by %s on %.*s, %zu changed path%s, none of them owned", w->file, SLU_FMT(w->branch), w->path_n, w->path_n == 1 ? "" : "s"), "");
}

static void judge_whole(struct pol_judge *j, const struct pol_set *set, const struct owned *w)
{
	if (w->unknown)
		row(j, set, POL_WAITING, w->unknown, "sluice owners")->unknown = true;
	else if (w->broken)
		row(j, set, POL_FAILED, POL_TEXT(j, "%s cannot be judged by: %s", w->file, w->broken), "sluice owners");
	else if (!w->file)
		row(j, set, POL_NOT_APPLICABLE, POL_TEXT(j, "there is no CODEOWNERS on %.*s: nothing is owned", SLU_FMT(w->branch)), "");
	else
		judge_set(j, set, w);
	issue_rows(j, set, w);
}

static slu_rc judge_code_owners(struct pol_judge *j, slu_err *err)
{
	struct owned w = { 0 };
	bool asked = false;
	for (size_t i = 0; i < j->set.n; i++) {
		if (!j->set.v[i].r->code_owners)
			continue;
		if (!asked)
			SLU_TRY(find_owned(j, &w, err));
		asked = true;
		judge_whole(j, &j->set.v[i], &w);
	}
	return SLU_OK;
}

const struct pol_rule rule_code_owners = {
	.name = "code-owners",
	.summary = "Of each changed path one of its owners approved: by CODEOWNERS on the target, never by what the change makes of it.",
	.verbs = POL_VERB(POL_MERGE) | POL_VERB(POL_DEPLOY),
	.rank = 42,
	.about = POL_ABOUT_APPROVAL,
	.judge = judge_code_owners,
};
