/* SPDX-License-Identifier: Apache-2.0 */
#include "strategy/compare.h"

#include "base/quantity.h"
#include "strategy/schema_impl.h"

struct compare {
	slu_arena *a;
	const strat *was, *now;
	strat_differences *out;
	slu_str part[SLU_MAX_STRATEGY_DEPTH + 2]; /* the path, from the root */
	size_t depth;
	bool loosens;
};

/* Whether going from `was` to `now` only tightens. Either may be NULL: not there. They differ. */
typedef bool tightens(const struct compare *c, const sn *was, const sn *now);

/* ---- values with a stricter side ----------------------------------------------------------------------------------------- */

static bool no_rule(const struct compare *c, const sn *was, const sn *now)
{
	(void)c, (void)was, (void)now;
	return true;
}

static bool number(const sn *n, uint64_t *out)
{
	return n->kind == SN_SCALAR && slu_parse_u64(out, n->text, NULL) == SLU_OK;
}

/* `true` is stricter; what is not there is false. */
static bool becomes_true(const struct compare *c, const sn *was, const sn *now)
{
	(void)c;
	return (!was || sn_is(was, "false")) && now && sn_is(now, "true");
}

/* Position of a word in what grows stricter; -1: it is none of them. */
static int rank(const sn *n, const char *const *word)
{
	for (int i = 0; word[i]; i++)
		if (sn_is(n, word[i]))
			return i;
	return -1;
}

static bool stricter_word(const sn *was, const sn *now, const char *const *word)
{
	int from = was ? rank(was, word) : 0, to = now ? rank(now, word) : -1;
	return from >= 0 && to >= from;
}

static bool enforced_more(const struct compare *c, const sn *was, const sn *now)
{
	static const char *const word[] = { "disabled", "evaluate", "active", NULL };
	(void)c;
	return was && stricter_word(was, now, word);
}

static bool scanned_more(const struct compare *c, const sn *was, const sn *now)
{
	static const char *const word[] = { "none", "secrets", NULL };
	(void)c;
	return stricter_word(was, now, word);
}

static bool required_more(const struct compare *c, const sn *was, const sn *now)
{
	static const char *const word[] = { "optional", "required", NULL };
	(void)c;
	return stricter_word(was, now, word);
}

/* A limit that comes, or becomes smaller. */
static bool smaller_size(const struct compare *c, const sn *was, const sn *now)
{
	int64_t from = 0, to = 0;
	(void)c;
	return now && now->kind == SN_SCALAR && slu_size_parse(&to, now->text, NULL) == SLU_OK && to > 0 &&
	       (!was || (was->kind == SN_SCALAR && slu_size_parse(&from, was->text, NULL) == SLU_OK && to <= from));
}

static bool smaller_number(const struct compare *c, const sn *was, const sn *now)
{
	uint64_t from = 0, to = 0;
	(void)c;
	return now && number(now, &to) && to > 0 && (!was || (number(was, &from) && to <= from));
}

static bool shorter(const struct compare *c, const sn *was, const sn *now)
{
	int64_t from = 0, to = 0;
	(void)c;
	return was && now && was->kind == SN_SCALAR && now->kind == SN_SCALAR && slu_duration_parse(&from, was->text, NULL) == SLU_OK && slu_duration_parse(&to, now->text, NULL) == SLU_OK && to <= from;
}

static bool same(const sn *x, const sn *y);

static bool has_item(const sn *list, const sn *item)
{
	for (size_t i = 0; i < sch_items(list); i++)
		if (same(sch_item(list, i), item))
			return true;
	return false;
}

static bool holds_all(const sn *list, const sn *of)
{
	for (size_t i = 0; i < sch_items(of); i++)
		if (!has_item(list, sch_item(of, i)))
			return false;
	return true;
}

/* A list of demands: nothing goes. */
static bool more_items(const struct compare *c, const sn *was, const sn *now)
{
	(void)c;
	return now && (!was || holds_all(now, was));
}

/* A list of what is let through: nothing comes, and something stays (an empty one may mean all). */
static bool fewer_items(const struct compare *c, const sn *was, const sn *now)
{
	(void)c;
	return was && now && sch_items(now) > 0 && holds_all(was, now);
}

/* `all` is what the checks say themselves, so a list neither holds it nor is held by it. */
static bool more_checks(const struct compare *c, const sn *was, const sn *now)
{
	if (!was)
		return now != NULL;
	return !sn_is(was, "all") && now && !sn_is(now, "all") && more_items(c, was, now);
}

/* ---- people ------------------------------------------------------------------------------------------------------------------ */

static int level_of(slu_str word)
{
	for (int l = STRAT_READ; l <= STRAT_ADMIN; l++)
		if (slu_str_is(word, strat_level_word((enum strat_level)l)))
			return l;
	return STRAT_LEVEL_NONE;
}

/* Whoever is `one` (a level, a role, "@person") was named already, or had the level that was. Roles differ in no way, or that is said of them. */
static bool was_named(const struct compare *c, const sn *was, slu_str one)
{
	int role = strat_find_role(c->now, one), level = role == STRAT_NONE ? level_of(one) : (int)c->now->role[role].level;
	for (size_t i = 0; i < sch_items(was); i++) {
		const sn *item = sch_item(was, i);
		int least = item->kind == SN_SCALAR ? level_of(item->text) : STRAT_LEVEL_NONE;
		if (item->kind == SN_SCALAR && (slu_str_eq(item->text, one) || (least != STRAT_LEVEL_NONE && level >= least)))
			return true;
	}
	return false;
}

static bool fewer_people(const struct compare *c, const sn *was, const sn *now)
{
	if (!was || !now)
		return false;
	for (size_t i = 0; i < sch_items(now); i++) {
		const sn *one = sch_item(now, i);
		if (one->kind != SN_SCALAR || (!sn_is(one, "nobody") && !was_named(c, was, one->text)))
			return false;
	}
	return true;
}

/* Who may report a check: people with write, unless it is said. */
static bool fewer_reporters(const struct compare *c, const sn *was, const sn *now)
{
	static const sn anyone = { .kind = SN_SCALAR, .plain = true, .text = { "write", 5 } };
	return fewer_people(c, was ? was : &anyone, now);
}

static uint64_t approvals_of(const sn *n, slu_str who)
{
	uint64_t count = 0;
	const struct sn_entry *e = n && n->kind == SN_MAP ? sn_find(n, who) : NULL;
	if (e)
		return number(e->value, &count) ? count : 0;
	return n && n->kind == SN_SCALAR && slu_str_is(who, "any") && number(n, &count) ? count : 0;
}

/* None becomes fewer. A role that is named lets its people's reviews count, so one that is new must be of people whose reviews count anyway. */
static bool more_approvals(const struct compare *c, const sn *was, const sn *now)
{
	if (!now || approvals_of(now, SLU_STR("any")) < approvals_of(was, SLU_STR("any")))
		return false;
	for (size_t i = 0; was && was->kind == SN_MAP && i < was->n; i++)
		if (approvals_of(now, was->entry[i].key) < approvals_of(was, was->entry[i].key))
			return false;
	for (size_t i = 0; now->kind == SN_MAP && i < now->n; i++) {
		int role = strat_find_role(c->now, now->entry[i].key);
		bool new_ = !was || was->kind != SN_MAP || !sn_find(was, now->entry[i].key);
		if (new_ && role != STRAT_NONE && c->now->role[role].level < STRAT_WRITE)
			return false;
	}
	return true;
}

/* A map that comes: each of its values is judged as one that comes. */
static bool parts(const struct compare *c, const sn *was, const sn *now)
{
	(void)c, (void)was, (void)now;
	return false;
}

/* ---- entries that come or go ------------------------------------------------------------------------------------------------- */

/* A gate holds where it is named, and nobody can have named it. */
static bool comes(const struct compare *c, const sn *was, const sn *now)
{
	(void)c;
	return !was && now;
}

static bool goes(const struct compare *c, const sn *was, const sn *now)
{
	(void)c;
	return was && !now;
}

/* A check that is reported from outside; one with a command is a command. */
static bool comes_idle(const struct compare *c, const sn *was, const sn *now)
{
	return comes(c, was, now) && now->kind == SN_MAP && !sn_find(now, SLU_STR("run"));
}

/* ---- the table ------------------------------------------------------------------------------------------------------------------ */

/* `*` is any one key. SET: a requirement set that stands at this path. */
#define SET(path)                                                                                                                                                                   \
	{ path ".approvals", more_approvals }, { path ".dismiss-stale", becomes_true }, { path ".last-push-approval", becomes_true }, { path ".code-owners", becomes_true },        \
	    { path ".threads-resolved", becomes_true }, { path ".up-to-date", becomes_true }, { path ".signed", becomes_true }, { path ".checks", more_checks },                    \
	    { path ".boxes", more_items }, { path ".gates", more_items }

static const struct sided {
	const char *path;
	tightens *only;
} table[] = {
	{ "name", no_rule },
	{ "title", no_rule },
	{ "branches.*.title", no_rule },
	{ "tags.*.title", no_rule },
	{ "checks.*.title", no_rule },
	{ "environments.*.title", no_rule },
	{ "enforcement", enforced_more },
	{ "branches.*.enforcement", enforced_more },
	{ "gates.*.enforcement", enforced_more },
	{ "environments.*.enforcement", enforced_more },
	{ "files", parts },
	{ "files.scan", scanned_more },
	{ "files.forbid", more_items },
	{ "files.max-size", smaller_size },
	{ "branches.*.allow.*", fewer_people },
	{ "tags.*.allow.*", fewer_people },
	{ "tags.*.annotated", becomes_true },
	{ "tags.*.signed", becomes_true },
	{ "commits.subject.max", smaller_number },
	{ "commits.scopes.use", required_more },
	{ "commits.references", required_more },
	{ "checks.*", comes_idle },
	{ "checks.*.allow", parts },
	{ "checks.*.allow.report", fewer_reporters },
	{ "gates.*", comes },
	{ "environments.*.from", fewer_items },
	{ "environments.*.allow.*", fewer_people },
	{ "emergency", goes },
	{ "emergency.by", fewer_people },
	{ "emergency.from", fewer_items },
	{ "emergency.into", fewer_items },
	{ "emergency.expires", shorter },
	{ "branches.*.require", parts },
	{ "branches.*.into.*.require", parts },
	{ "environments.*.require", parts },
	{ "emergency.require", parts },
	SET("branches.*.require"),
	SET("branches.*.into.*.require"),
	SET("gates.*"),
	SET("environments.*.require"),
	SET("emergency.require"),
};

static bool is_at(const struct compare *c, const char *path)
{
	slu_str rest = slu_s(path), part;
	size_t i = 0;
	while (slu_str_split(&rest, '.', &part))
		if (i == c->depth || (!slu_str_is(part, "*") && !slu_str_eq(part, c->part[i])))
			return false;
		else
			i++;
	return i == c->depth;
}

static tightens *side_here(const struct compare *c)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (is_at(c, table[i].path))
			return table[i].only;
	return NULL;
}

/* ---- the walk --------------------------------------------------------------------------------------------------------------------- */

static bool same(const sn *x, const sn *y)
{
	if (x->kind != y->kind || x->n != y->n)
		return false;
	if (x->kind == SN_SCALAR)
		return x->plain == y->plain && slu_str_eq(x->text, y->text);
	for (size_t i = 0; i < x->n; i++) {
		bool fine = x->kind == SN_LIST ? same(x->item[i], y->item[i]) : slu_str_eq(x->entry[i].key, y->entry[i].key) && same(x->entry[i].value, y->entry[i].value);
		if (!fine)
			return false;
	}
	return true;
}

static const char *line_of(slu_arena *a, const sn *n)
{
	slu_auto_buf b;
	slu_buf_init(&b, 16u * SLU_MAX_STRATEGY_BYTES);
	if (n)
		sn_line(&b, n);
	return slu_str_dup(a, slu_buf_str(&b));
}

static void differs(struct compare *c, const sn *was, const sn *now, bool loosens)
{
	slu_auto_buf path;
	slu_buf_init(&path, 2u * SLU_MAX_STRATEGY_BYTES);
	c->loosens = c->loosens || loosens;
	if (!c->out)
		return;
	for (size_t i = 0; i < c->depth; i++)
		slu_buf_addf(&path, "%s%.*s", i ? "." : "", SLU_FMT(c->part[i]));
	*SLU_ADD(c->a, c->out) = (struct strat_difference){ slu_str_dup(c->a, slu_buf_str(&path)), line_of(c->a, was), line_of(c->a, now), now ? now->pos : was->pos, loosens };
}

static void walk(struct compare *c, const sn *was, const sn *now);

static void step(struct compare *c, slu_str key, const struct sn_entry *was, const struct sn_entry *now)
{
	bool room = c->depth < sizeof c->part / sizeof *c->part;
	if (!room) /* no file is so deep */
		c->loosens = true;
	if (!room || (c->depth == 0 && slu_str_is(key, "extends"))) /* what it brings is all here */
		return;
	c->part[c->depth++] = key;
	walk(c, was ? was->value : NULL, now ? now->value : NULL);
	c->depth--;
}

/* First of several kinds, next of several stores: the order of names counts, that of keys does not. */
static bool order_counts(const struct compare *c)
{
	for (size_t i = 0; c->depth == 1 && i < sct_root.row_n; i++)
		if (slu_str_is(c->part[0], sct_root.row[i].key))
			return sct_root.row[i].type->kind == SCH_ENTRIES;
	return is_at(c, "branches.*.into") || is_at(c, "artifacts.*.stores");
}

static bool in_order(const sn *was, const sn *now)
{
	size_t next = 0;
	for (size_t i = 0; i < now->n; i++) {
		const struct sn_entry *e = sn_find(was, now->entry[i].key);
		if (e && (size_t)(e - was->entry) < next)
			return false;
		next = e ? (size_t)(e - was->entry) + 1 : next;
	}
	return true;
}

static void walk_maps(struct compare *c, const sn *was, const sn *now)
{
	for (size_t i = 0; i < now->n; i++)
		step(c, now->entry[i].key, sn_find(was, now->entry[i].key), &now->entry[i]);
	for (size_t i = 0; i < was->n; i++)
		if (!sn_find(now, was->entry[i].key))
			step(c, was->entry[i].key, &was->entry[i], NULL);
	if (order_counts(c) && !in_order(was, now))
		differs(c, was, now, true);
}

static void walk(struct compare *c, const sn *was, const sn *now)
{
	static const sn nothing = { .kind = SN_MAP };
	tightens *only = side_here(c);
	if (was && now && same(was, now))
		return;
	if (only && only(c, was, now))
		differs(c, was, now, false);
	else if (was && now && was->kind == SN_MAP && now->kind == SN_MAP && only != more_approvals)
		walk_maps(c, was, now);
	else if (!was && now->kind == SN_MAP && now->n && only == parts)
		walk_maps(c, &nothing, now);
	else
		differs(c, was, now, true);
}

bool strat_compare(strat_differences *out, slu_arena *a, const strat *was, const strat *now)
{
	struct compare c = { .a = a, .was = was, .now = now, .out = out };
	walk(&c, was->tree, now->tree);
	return !c.loosens;
}
