/* SPDX-License-Identifier: Apache-2.0 */
#include "version/changelog.h"

#include "base/map.h"

/* ---- what a squashed change lists ---------------------------------------------------------------------------------------- */

/* Types that everybody knows: "* note: see below" in a body is a sentence. */
static bool is_known_type(const struct ver_commit *c)
{
	static const char *const types[] = { "feat", "fix", "perf", "revert", "docs", "style", "refactor", "test", "build", "ci", "chore" };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (ver_type_is(c, types[i]))
			return true;
	return false;
}

/* "---------", between what was squashed and the footers of the whole. */
static bool is_rule(slu_str line)
{
	slu_str s = slu_str_trim(line);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '-')
			return false;
	return s.n >= 3;
}

struct squashed {
	slu_arena *a;
	SLU_LIST(struct ver_commit) item;
	slu_str head; /* up to the first item */
	slu_str open; /* the item that is being read: from behind its "* " on */
};

static void end_item(struct squashed *q, const char *end)
{
	struct ver_commit c;
	slu_str text = { q->open.p, q->open.p ? (size_t)(end - q->open.p) : 0 };
	if (q->open.p && ver_commit_parse(&c, q->a, slu_str_trim(text), NULL) == SLU_OK && is_known_type(&c))
		*SLU_ADD(q->a, &q->item) = c;
	q->open.p = NULL;
}

static bool begins_item(struct squashed *q, slu_str line)
{
	struct ver_commit c;
	return slu_str_starts(line, "* ") && ver_commit_parse(&c, q->a, slu_str_trim((slu_str){ line.p + 2, line.n - 2 }), NULL) == SLU_OK && is_known_type(&c);
}

/*
 * The items, and in *rest what is left of the message without them. The same summary again is no item of its own: a change of one
 * commit has its words twice.
 */
static void read_items(struct squashed *q, slu_str message, slu_str *rest)
{
	slu_str left = message, line = { NULL, 0 };
	const char *tail = message.p + message.n;
	q->head = message;
	(void)slu_str_split(&left, '\n', &line);
	while (slu_str_split(&left, '\n', &line)) {
		if (q->head.n < message.n && is_rule(line)) {
			tail = line.p + line.n;
			end_item(q, line.p);
			break;
		}
		if (!begins_item(q, line))
			continue;
		if (q->head.n == message.n)
			q->head.n = (size_t)(line.p - message.p);
		end_item(q, line.p);
		q->open = (slu_str){ line.p + 2, line.n - 2 };
	}
	end_item(q, message.p + message.n);
	if (q->item.n == 0) {
		*rest = message;
		return;
	}
	size_t after = (size_t)(message.p + message.n - tail);
	char *joined = slu_alloc(q->a, q->head.n + after + 1);
	memcpy(joined, q->head.p, q->head.n);
	memcpy(joined + q->head.n, tail, after);
	*rest = (slu_str){ joined, q->head.n + after };
}

/* "login" and "login (#12)", of the same type. */
static bool says_the_same(const struct ver_commit *title, const struct ver_commit *item)
{
	slu_str t = title->description, i = item->description;
	if (item->breaking || !slu_str_eq(title->type, item->type) || !slu_str_eq(title->scope, item->scope))
		return false;
	return t.n >= i.n && memcmp(t.p, i.p, i.n) == 0 && (t.n == i.n || slu_str_starts((slu_str){ t.p + i.n, t.n - i.n }, " (#"));
}

static void drop_summary(struct ver_entry *e, struct squashed *q)
{
	size_t kept = 0;
	for (size_t i = 0; i < q->item.n; i++) {
		const struct ver_commit *c = &q->item.v[i];
		if (!e->conventional || !says_the_same(&e->commit, c))
			q->item.v[kept++] = *c;
	}
	e->item = q->item.v;
	e->item_n = kept;
}

/* ---- what is to be read instead ------------------------------------------------------------------------------------------ */

static slu_str first_paragraph(slu_str text)
{
	slu_str rest = slu_str_trim(text), line, out = { rest.p, 0 };
	while (slu_str_split(&rest, '\n', &line) && slu_str_trim(line).n)
		out.n = (size_t)(line.p + line.n - out.p);
	return out;
}

void ver_entry_correct(struct ver_entry *e, slu_arena *a, slu_str text)
{
	struct ver_commit *c = SLU_NEW(a, struct ver_commit);
	text = slu_str_trim(text);
	e->silent = slu_str_is(text, "none");
	if (text.n == 0 || e->silent)
		return;
	if (ver_commit_parse(c, a, text, NULL) != SLU_OK || !is_known_type(c)) {
		*c = e->conventional ? e->commit : (struct ver_commit){ 0 };
		bool same = slu_str_eq(c->breaking_note, c->description);
		c->description = ver_unfold(a, first_paragraph(text));
		if (same && c->breaking)
			c->breaking_note = c->description;
	}
	e->shown = c;
}

static void correct_by_trailer(struct ver_entry *e, slu_arena *a)
{
	ver_footers all = { 0 };
	slu_str value = { 0 };
	if (!memmem(e->message.p, e->message.n, "elease-", 7)) /* most have none */
		return;
	if (e->conventional)
		all = e->commit.footers;
	else
		ver_trailers(&all, a, e->message);
	for (size_t i = 0; i < all.n; i++)
		if (ver_footer_find(&(ver_footers){ .v = &all.v[i], .n = 1, .cap = 1 }, "Release-note"))
			value = all.v[i].value;
	if (value.n)
		ver_entry_correct(e, a, value);
}

static void read_one(struct ver_entry *e, slu_arena *a)
{
	struct squashed q = { .a = a };
	slu_str rest = e->message, line = { NULL, 0 };
	(void)slu_str_split(&rest, '\n', &line);
	e->subject = slu_str_trim(line);
	e->cancelled = e->silent = false;
	e->shown = NULL;
	rest = e->message;
	if (!e->merge)
		read_items(&q, e->message, &rest);
	e->conventional = ver_commit_parse(&e->commit, a, rest, NULL) == SLU_OK;
	drop_summary(e, &q);
	correct_by_trailer(e, a);
	if (!ver_reverts(&e->reverts, e->message))
		e->reverts = (slu_str){ NULL, 0 };
}

/* ---- what takes back what ---------------------------------------------------------------------------------------------------- */

/*
 * A commit stands unless one that stands takes it back. Who is taken back by nobody stands; from there on it follows for those that
 * they name. By the names alone, in whatever order the list is: dates of commits say what a clock said.
 */
static void cancel(struct ver_entry *e, size_t n, slu_arena *a)
{
	struct standing { struct ver_entry *target; size_t waits; bool gone; } *s = SLU_NEW_N(a, struct standing, n + 1);
	size_t *queue = SLU_NEW_N(a, size_t, n + 1), from = 0, to = 0;
	slu_map *by_oid = slu_map_new(a);
	for (size_t i = 0; i < n; i++)
		if (e[i].oid.n > 0)
			slu_map_put(by_oid, e[i].oid, &e[i]);
	for (size_t i = 0; i < n; i++) {
		struct ver_entry *target = e[i].reverts.n > 0 ? slu_map_get(by_oid, e[i].reverts) : NULL;
		if (!target || target == &e[i])
			continue;
		s[i].target = target;
		s[target - e].waits++;
	}
	for (size_t i = 0; i < n; i++)
		if (s[i].waits == 0)
			queue[to++] = i;
	for (; from < to; from++) {
		const struct standing *one = &s[queue[from]];
		size_t t = one->target ? (size_t)(one->target - e) : 0;
		if (!one->target)
			continue;
		if (!one->gone)
			s[t].gone = e[queue[from]].cancelled = e[t].cancelled = true;
		if (--s[t].waits == 0)
			queue[to++] = t;
	}
}

void ver_entries_read(struct ver_entry *e, size_t n, slu_arena *a)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		read_one(&e[i], a);
		any = any || e[i].reverts.n > 0;
	}
	if (any)
		cancel(e, n, a);
}

/* ---- what they ask for --------------------------------------------------------------------------------------------------------- */

static bool asks_for(enum ver_part *out, const struct ver_entry *e)
{
	enum ver_part part = VER_PATCH;
	bool asks = e->conventional ? ver_commit_part(&part, &e->commit) : e->reverts.n > 0;
	for (size_t i = 0; i < e->item_n; i++) {
		enum ver_part its = VER_PATCH;
		if (ver_commit_part(&its, &e->item[i])) {
			part = !asks || its < part ? its : part; /* VER_MAJOR is the first */
			asks = true;
		}
	}
	*out = part;
	return asks;
}

bool ver_entries_part(enum ver_part *out, const struct ver_entry **by, const struct ver_entry *e, size_t n)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		enum ver_part part;
		if (e[i].cancelled || e[i].merge || !asks_for(&part, &e[i]) || (any && part >= *out))
			continue;
		*out = part;
		any = true;
		if (by)
			*by = &e[i];
	}
	return any;
}

enum ver_part ver_part_of(const struct ver_semver *current, enum ver_part asked)
{
	return asked == VER_MAJOR && slu_str_is(current->major, "0") ? VER_MINOR : asked;
}

slu_rc ver_next(char **out, slu_arena *a, const struct ver_semver *current, const struct ver_entry *e, size_t n, slu_err *err)
{
	enum ver_part part;
	if (!ver_entries_part(&part, NULL, e, n))
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing since %s asks for a new version: no commit is a feature, a fix or breaking. A version can still be given by hand.",
				ver_text(a, current));
	char *next = ver_bump(a, current, ver_part_of(current, part), err);
	if (!next)
		return SLU_E_LIMIT;
	*out = next;
	return SLU_OK;
}

bool ver_picked(slu_str *oid, slu_str message)
{
	static const char before[] = "(cherry picked from commit ";
	slu_str line;
	bool found = false;
	while (slu_str_split(&message, '\n', &line)) {
		slu_str s = slu_str_trim(line);
		size_t skip = sizeof before - 1;
		if (!slu_str_starts(s, before) || s.n < skip + 2 || s.p[s.n - 1] != ')')
			continue;
		*oid = (slu_str){ s.p + skip, s.n - skip - 1 };
		found = true;
	}
	return found;
}
