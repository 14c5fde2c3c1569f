/* SPDX-License-Identifier: Apache-2.0 */
/* One value without structure: is it what its key wants? Each kind of quantity has its one parser. */
#include "base/quantity.h"
#include "strategy/regex.h"
#include "strategy/schema_impl.h"

int sch_word(const struct sch_type *t, slu_str word)
{
	for (int i = 0; t->word[i]; i++)
		if (slu_str_is(word, t->word[i]))
			return i;
	return -1;
}

bool sch_bool_of(const sn *n)
{
	return n && n->plain && slu_str_is(n->text, "true");
}

int64_t sch_duration_of(const sn *n)
{
	int64_t s = 0;
	return n && slu_duration_parse(&s, n->text, NULL) == SLU_OK ? s : 0;
}

static bool is_bool(const sn *n)
{
	return n->plain && (slu_str_is(n->text, "true") || slu_str_is(n->text, "false"));
}

static bool is_int(const sn *n, const struct sch_type *t)
{
	uint64_t v = 0;
	return slu_parse_u64(&v, n->text, NULL) == SLU_OK && v <= INT64_MAX && (int64_t)v >= t->min && (int64_t)v <= t->max;
}

static bool is_duration(slu_str text)
{
	int64_t s = 0;
	return slu_duration_parse(&s, text, NULL) == SLU_OK;
}

/* -24h 0h 2h */
static bool is_offset(slu_str t)
{
	bool sign = t.n && (t.p[0] == '-' || t.p[0] == '+');
	return is_duration(sign ? (slu_str){ t.p + 1, t.n - 1 } : t);
}

static bool is_number_list(slu_str t, int64_t low, int64_t high)
{
	slu_str part;
	while (slu_str_split(&t, ',', &part)) {
		slu_str step = part, range;
		(void)slu_str_split(&step, '/', &range);
		slu_str rest = range, end;
		for (bool more = !slu_str_is(range, "*"); more && slu_str_split(&rest, '-', &end);) {
			uint64_t v = 0;
			if (slu_parse_u64(&v, end, NULL) != SLU_OK || (int64_t)v < low || (int64_t)v > high)
				return false;
		}
	}
	return true;
}

/* Five fields of cron, numbers only; or a duration. */
static bool is_schedule(slu_str t)
{
	static const int64_t low[] = { 0, 0, 1, 1, 0 }, high[] = { 59, 23, 31, 12, 7 };
	if (is_duration(t))
		return true;
	size_t n = 0;
	slu_str rest = t, field;
	while (slu_str_split(&rest, ' ', &field)) {
		if (field.n == 0)
			continue;
		if (n == 5 || !is_number_list(field, low[n], high[n]))
			return false;
		n++;
	}
	return n == 5;
}

static bool is_clock(slu_str t)
{
	uint64_t h = 0, m = 0;
	return t.n == 5 && t.p[2] == ':' && slu_parse_u64(&h, (slu_str){ t.p, 2 }, NULL) == SLU_OK && slu_parse_u64(&m, (slu_str){ t.p + 3, 2 }, NULL) == SLU_OK && m < 60 &&
	       (h < 24 || (h == 24 && m == 0));
}

static bool is_version(slu_str t)
{
	slu_str part;
	uint64_t v = 0;
	size_t n = 0;
	while (slu_str_split(&t, '.', &part)) {
		if (slu_parse_u64(&v, part, NULL) != SLU_OK || (part.n > 1 && part.p[0] == '0'))
			return false;
		n++;
	}
	return n == 3;
}

static bool is_word_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c >= 0x80;
}

bool sch_is_name(slu_str t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!is_word_byte((unsigned char)t.p[i]))
			return false;
	return t.n > 0 && t.n <= SLU_MAX_NAME_BYTES && t.p[0] != '-' && t.p[0] != '.';
}

static bool is_person(slu_str t)
{
	return t.n > 1 && t.p[0] == '@' && sch_is_name((slu_str){ t.p + 1, t.n - 1 });
}

static bool is_size(slu_str t)
{
	int64_t v = 0;
	return slu_size_parse(&v, t, NULL) == SLU_OK;
}

static bool is_share(slu_str t)
{
	double v = 0;
	return slu_share_parse(&v, t, NULL) == SLU_OK;
}

static bool is_date(slu_str t)
{
	int64_t v = 0;
	return slu_date_parse(&v, t, NULL) == SLU_OK;
}

/* A path glob of `files`: not empty, no `..`, not absolute. */
static bool is_glob(slu_str t)
{
	slu_str rest = t, part;
	while (slu_str_split(&rest, '/', &part))
		if (slu_str_is(part, "..") || slu_str_is(part, "."))
			return false;
	return t.n > 0 && t.n <= SLU_MAX_PATTERN_BYTES && t.p[0] != '/' && !memchr(t.p, '\\', t.n);
}

static bool is_path(slu_str t)
{
	return is_glob(t) && t.p[t.n - 1] != '/' && !strpbrk(t.p, "*?[");
}

strat_pattern *sch_pattern_of(struct sch_reader *r, const sn *n)
{
	strat_pattern *p = NULL;
	const struct strat_pattern_words words = { r->words.phase, r->words.phase_n, r->tag_words.pre, r->tag_words.pre_n };
	return strat_pattern_compile(&p, r->a, n->text, &words, NULL) == SLU_OK ? p : NULL;
}

static bool check_pattern(struct sch_reader *r, const sn *n)
{
	strat_pattern *p = NULL;
	slu_err err = { 0 };
	if (strat_pattern_compile(&p, r->a, n->text, &r->words, &err) == SLU_OK)
		return true;
	struct strat_pos pos = n->pos;
	if (err.column)
		pos.column += err.column - 1 + (n->plain ? 0 : 1);
	sch_fail(r, pos, "%s: %s", sch_path(r), err.text);
	return false;
}

static bool check_regex(struct sch_reader *r, const sn *n)
{
	slu_err err = { 0 };
	struct strat_regex *re = NULL;
	if (strat_regex_compile(&re, r->a, n->text, &err) == SLU_OK)
		return true;
	sch_fail(r, n->pos, "%s: %s", sch_path(r), err.text);
	return false;
}

static bool check_expr(struct sch_reader *r, const sn *n)
{
	struct strat_expr e;
	const char *why = NULL;
	if (sch_expr_parse(&e, r, n, &why))
		return true;
	sch_fail(r, n->pos, "%s: \"%s\" is no expression: %s.", sch_path(r), n->text.p, why);
	return false;
}

static bool check_word(struct sch_reader *r, const sn *n, const struct sch_type *t)
{
	if (sch_word(t, n->text) >= 0)
		return true;
	size_t count = 0;
	slu_auto_buf all;
	slu_buf_init(&all, 2000);
	for (; t->word[count]; count++)
		slu_buf_addf(&all, "%s%s", count ? ", " : "", t->word[count]);
	const char *near = slu_nearest(n->text, t->word, count);
	sch_fail(r, n->pos, "%s must be one of %s; here is \"%s\"%s%s%s", sch_path(r), all.p, n->text.p, near ? ". Did you mean \"" : "", near ? near : "", near ? "\"?" : ".");
	return false;
}

/* The kinds that only ask whether the text has a form. */
static bool has_form(const sn *n, const struct sch_type *t)
{
	switch (t->kind) {
	case SCH_NAME: return sch_is_name(n->text);
	case SCH_BOOL: return is_bool(n);
	case SCH_INT: return is_int(n, t);
	case SCH_DURATION:
	case SCH_MILLIS: return is_duration(n->text);
	case SCH_OFFSET: return is_offset(n->text);
	case SCH_SIZE: return is_size(n->text);
	case SCH_SHARE: return is_share(n->text);
	case SCH_DATE: return is_date(n->text);
	case SCH_CLOCK: return is_clock(n->text);
	case SCH_SCHEDULE: return is_schedule(n->text);
	case SCH_VERSION: return is_version(n->text);
	case SCH_PATH: return is_path(n->text);
	case SCH_GLOB: return is_glob(n->text);
	case SCH_PERSON: return is_person(n->text);
	case SCH_TEXT: return n->text.n > 0 && (!t->max || (int64_t)n->text.n <= t->max);
	case SCH_SCALAR: return true;
	case SCH_COMMAND: case SCH_WORD: case SCH_PATTERN: case SCH_REGEX: case SCH_WHO: case SCH_EXPR: case SCH_REF: case SCH_LIST: case SCH_MAP: case SCH_ENTRIES: case SCH_EITHER: break;
	}
	return false;
}

bool sch_check_scalar(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	if (n->bad)
		return false; /* said already */
	if (t->kind == SCH_WORD)
		return check_word(r, n, t);
	if (t->kind == SCH_PATTERN)
		return check_pattern(r, n);
	if (t->kind == SCH_EXPR)
		return check_expr(r, n);
	if (t->kind == SCH_REGEX)
		return check_regex(r, n);
	if (t->kind == SCH_REF)
		return sch_check_ref(r, n, t->ref);
	if (t->kind == SCH_COMMAND && n->text.n > 0)
		return sch_check_dollar(r, n);
	if (has_form(n, t))
		return true;
	sch_fail(r, n->pos, "%s must be %s; here is %s%s%s.", sch_path(r), t->what, n->text.n ? "\"" : "nothing", n->text.p, n->text.n ? "\"" : "");
	return false;
}
