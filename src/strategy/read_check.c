/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of the whole tree against the schema table. Says every error; stops at none. */
#include "strategy/schema_impl.h"

#include <stdio.h>

void strat_issue_add(strat_issues *issues, slu_arena *a, struct strat_pos pos, const char *fmt, ...)
{
	if (issues->n >= SLU_MAX_STRATEGY_ERRORS)
		return;
	char text[SLU_ERR_TEXT];
	va_list ap;
	va_start(ap, fmt);
	slu_err err = { 0 };
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)n;
	/* cut at a code point, not inside one */
	(void)slu_fail(&err, SLU_E_STRATEGY, "%s", text);
	*SLU_ADD(a, issues) = (struct strat_issue){ .pos = pos, .text = slu_strdup(a, err.text) };
}

void sch_fail(struct sch_reader *r, struct strat_pos pos, const char *fmt, ...)
{
	r->errors++;
	if (sch_enough(r))
		return;
	char text[SLU_ERR_TEXT];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)n;
	strat_issue_add(r->issues, r->a, pos, "%s", text);
}

const char *sch_path(struct sch_reader *r)
{
	slu_auto_buf b;
	slu_buf_init(&b, 600);
	for (size_t i = 0; i < r->depth; i++)
		slu_buf_addf(&b, "%s%.*s", i ? "." : "", SLU_FMT(r->path[i]));
	return r->depth ? slu_strndup(r->a, b.p, b.n) : "the file";
}

size_t sch_items(const sn *n)
{
	return n->kind == SN_LIST ? n->n : 1;
}

const sn *sch_item(const sn *n, size_t i)
{
	return n->kind == SN_LIST ? n->item[i] : n;
}

static bool is_structure(const struct sch_type *t)
{
	return t->kind == SCH_LIST || t->kind == SCH_MAP || t->kind == SCH_ENTRIES;
}

/* What was found, in words. */
static const char *found(struct sch_reader *r, const sn *n)
{
	if (n->kind == SN_LIST)
		return "a list";
	if (n->kind == SN_MAP)
		return "a map";
	return slu_printf(r->a, "\"%.*s\"", SLU_FMT(n->text));
}

static bool wrong_shape(struct sch_reader *r, const sn *n, const struct sch_type *t)
{
	if (!n->bad)
		sch_fail(r, n->pos, "%s must be %s; here is %s.", sch_path(r), t->what, found(r, n));
	return false;
}

static const struct sch_row *find_row(const struct sch_type *t, slu_str key)
{
	for (size_t i = 0; i < t->row_n; i++)
		if (slu_str_is(key, t->row[i].key))
			return &t->row[i];
	return NULL;
}

static const char *kind_of(const struct sch_type *t, const sn *map)
{
	const sn *kind = sn_get(map, t->kind_key);
	return kind && kind->kind == SN_SCALAR ? kind->text.p : find_row(t, slu_s(t->kind_key))->dflt;
}

bool sch_counts(const struct sch_type *t, const sn *map, const struct sch_row *row)
{
	return !row->only || strcmp(kind_of(t, map), row->only) == 0;
}

static void unknown_key(struct sch_reader *r, const struct sn_entry *e, const struct sch_type *t)
{
	if (sch_enough(r)) {
		r->errors++;
		return;
	}
	const char **keys = SLU_NEW_N(r->a, const char *, t->row_n);
	slu_auto_buf all;
	slu_buf_init(&all, 600);
	for (size_t i = 0; i < t->row_n; i++) {
		keys[i] = t->row[i].key;
		slu_buf_addf(&all, "%s%s", i ? ", " : "", keys[i]);
	}
	const char *near = slu_nearest(e->key, keys, t->row_n);
	sch_fail(r, e->pos, "%s has no key \"%.*s\"%s%s%s It may have: %s.", sch_path(r), SLU_FMT(e->key), near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : ".", all.p);
}

static bool check_entry(struct sch_reader *r, const struct sn_entry *e, const struct sch_type *t)
{
	size_t before = r->errors;
	r->path[r->depth++] = e->key;
	bool environment = r->depth == 2 && slu_str_is(r->path[0], "environments");
	if (environment)
		r->environment = e->value;
	bool ok = sch_check_value(r, e->value, t);
	if (environment)
		r->environment = NULL;
	r->depth--;
	if (r->errors != before)
		e->value->bad = true;
	return ok;
}

static bool check_map(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	size_t before = r->errors;
	for (size_t i = 0; i < n->n; i++) {
		const struct sch_row *row = find_row(t, n->entry[i].key);
		if (!row)
			unknown_key(r, &n->entry[i], t);
		else if (!sch_counts(t, n, row))
			sch_fail(r, n->entry[i].pos, "%s.%s has no effect: `%s: %s` does not read it, only `%s` does.", sch_path(r), row->key, t->kind_key, kind_of(t, n), row->only);
		else if (!sn_is_null(n->entry[i].value) || n->entry[i].value->bad)
			(void)check_entry(r, &n->entry[i], row->type);
		else
			sch_fail(r, n->entry[i].pos, "%s.%s has no value. It must be %s.", sch_path(r), row->key, row->type->what);
	}
	for (size_t i = 0; i < t->row_n; i++)
		if ((t->row[i].flags & SCH_REQUIRED) && !sn_find(n, slu_s(t->row[i].key)))
			sch_fail(r, n->pos, "%s lacks the key \"%s\": %s", sch_path(r), t->row[i].key, t->row[i].help);
	if (r->errors == before && t->map_check)
		t->map_check(r, n);
	return r->errors == before;
}

static bool is_heading(slu_str t)
{
	bool line = t.n > 0 && t.n <= SLU_MAX_NAME_BYTES && t.p[0] != '#' && slu_str_trim(t).n == t.n;
	for (size_t i = 0; i < t.n; i++)
		line = line && (unsigned char)t.p[i] >= ' ' && t.p[i] != 0x7F;
	return line;
}

static bool check_key(struct sch_reader *r, const struct sn_entry *e, const struct sch_type *t)
{
	sn key = { .kind = SN_SCALAR, .plain = true, .text = e->key, .pos = e->pos };
	if (t->ref_keys)
		return sch_check_ref(r, &key, t->ref);
	if (sch_is_name(e->key) || (t->headings && is_heading(e->key)))
		return true;
	sch_fail(r, e->pos, t->headings ? "\"%s\" is no key for %s: it must be a heading of one line, of at most %u bytes, that does not begin with #" : "\"%s\" is no key for %s: it must be a name of at most %u letters, digits, - _ and .", key.text.p, sch_path(r), SLU_MAX_NAME_BYTES);
	return false;
}

static bool check_entries(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	size_t before = r->errors;
	if (n->n > SLU_MAX_STRATEGY_ENTRIES) {
		sch_fail(r, n->pos, "%s has %zu entries; at most %u are allowed.", sch_path(r), n->n, SLU_MAX_STRATEGY_ENTRIES);
		r->too_many = true;
		return false;
	}
	for (size_t i = 0; i < n->n; i++) {
		const struct sn_entry *e = &n->entry[i];
		bool key = check_key(r, e, t);
		if (sn_is_null(e->value) && t->item->kind != SCH_SCALAR)
			sch_fail(r, e->pos, "%s.%.*s has no value. It must be %s.", sch_path(r), SLU_FMT(e->key), t->item->what);
		else if (check_entry(r, e, t->item) && t->item->check)
			t->item->check(r, e);
		if (!key)
			e->value->bad = true;
	}
	return r->errors == before;
}

static bool check_list(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	bool ok = true;
	if (n->kind == SN_MAP && t->item->kind != SCH_MAP && t->item->kind != SCH_EITHER)
		return wrong_shape(r, n, t);
	if (n->kind != SN_LIST)
		return sch_check_value(r, n, t->item);
	if (n->n < (size_t)t->min) {
		sch_fail(r, n->pos, "%s must not be an empty list.", sch_path(r));
		return false;
	}
	for (size_t i = 0; i < n->n; i++)
		if (n->item[i]->kind == SN_LIST ? !wrong_shape(r, n->item[i], t->item) : !sch_check_value(r, n->item[i], t->item)) {
			n->item[i]->bad = true;
			ok = false;
		}
	return ok;
}

static bool fits(const sn *n, const struct sch_type *t)
{
	switch (n->kind) {
	case SN_MAP:
		return t->kind == SCH_MAP || t->kind == SCH_ENTRIES || (t->kind == SCH_LIST && t->item->kind == SCH_MAP);
	case SN_LIST:
		return t->kind == SCH_LIST || t->kind == SCH_WHO;
	case SN_SCALAR:
		break;
	}
	return t->kind != SCH_MAP && t->kind != SCH_ENTRIES;
}

/* Of several alternatives that might be meant, names and commands have the better sentence. */
static bool says_more(const struct sch_type *t)
{
	return t->kind == SCH_COMMAND || t->kind == SCH_REF || (t->kind == SCH_LIST && t->item->kind == SCH_REF);
}

/* The alternative that this value is meant for; NULL: none fits, or several might and none does. */
static const struct sch_type *choose(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	const struct sch_type *only = NULL, *good = NULL, *better = NULL;
	size_t fitting = 0, before = r->errors;
	r->quiet++;
	for (size_t i = 0; i < 4 && t->alt[i]; i++) {
		if (!fits(n, t->alt[i]))
			continue;
		fitting++;
		only = t->alt[i];
		better = !better && says_more(only) ? only : better;
		size_t was = r->errors;
		if (!good && n->kind == SN_SCALAR && sch_check_value(r, n, t->alt[i]) && r->errors == was)
			good = t->alt[i];
	}
	r->quiet--;
	r->errors = before;
	return good ? good : better ? better : fitting == 1 ? only : NULL;
}

bool sch_check_value(struct sch_reader *r, sn *n, const struct sch_type *t)
{
	if (t->kind == SCH_EITHER) {
		const struct sch_type *alt = choose(r, n, t);
		return alt ? sch_check_value(r, n, alt) : wrong_shape(r, n, t);
	}
	if (t->kind == SCH_LIST)
		return check_list(r, n, t);
	if (t->kind == SCH_WHO && n->kind != SN_MAP) {
		bool ok = true;
		for (size_t i = 0; i < sch_items(n); i++)
			ok = sch_check_ref(r, sch_item(n, i), REF_ROLE) && ok;
		return ok;
	}
	if (n->kind == SN_MAP && t->kind == SCH_MAP)
		return check_map(r, n, t);
	if (n->kind == SN_MAP && t->kind == SCH_ENTRIES)
		return check_entries(r, n, t);
	if (n->kind == SN_SCALAR && !is_structure(t))
		return sch_check_scalar(r, n, t);
	return wrong_shape(r, n, t);
}
