/* SPDX-License-Identifier: Apache-2.0 */
/* How the changelog is written: a file, or a map that also says its groups and what a line looks like. */
#include "strategy/schema_impl.h"

void sch_store_changelog(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat *s = base;
	if (e->value->kind == SN_MAP)
		sch_fill(r, e->value, row->type->alt[1], s);
	else if (e->value->kind == SN_SCALAR)
		s->releases.changelog = e->value->text;
}

/* What is wrong with it; NULL: nothing is. */
static const char *wrong_entry(slu_str t)
{
	static const char *const names[] = { "{type}", "{scope}", "{text}", "{issues}", "{commit}", "{references}" };
	bool open = false, text = false;
	for (size_t i = 0; i < t.n; i++) {
		slu_str rest = { t.p + i, t.n - i };
		bool known = false;
		if ((unsigned char)t.p[i] < ' ')
			return "is one line";
		if (t.p[i] == '[' ? open : t.p[i] == ']' && !open)
			return "has a [ for each ], and none within another";
		open = t.p[i] == '[' || (open && t.p[i] != ']');
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			known = known || slu_str_starts(rest, names[k]);
		if (t.p[i] == '{' && !known)
			return "has {type} {scope} {text} {issues} {commit} {references} and no other name in braces";
		text = text || (!open && slu_str_starts(rest, "{text}"));
	}
	return open ? "has a ] for each [" : text ? NULL : "has {text}, outside of [ ]";
}

/* A type that two groups name would stand in the first alone. */
static void check_groups(struct sch_reader *r, const sn *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		for (size_t k = 0; k < sch_items(groups->entry[i].value); k++) {
			const sn *type = sch_item(groups->entry[i].value, k);
			for (size_t before = 0; before < i; before++)
				for (size_t m = 0; m < sch_items(groups->entry[before].value); m++)
					if (slu_str_eq(type->text, sch_item(groups->entry[before].value, m)->text))
						sch_fail(r, type->pos, "%s.groups: the type \"%.*s\" is in \"%.*s\" already.", sch_path(r), SLU_FMT(type->text),
							 SLU_FMT(groups->entry[before].key));
		}
}

void sch_check_changelog(struct sch_reader *r, const sn *map)
{
	const sn *entry = sn_get(map, "entry"), *groups = sn_get(map, "groups");
	const char *wrong = entry && !sn_is_null(entry) ? wrong_entry(entry->text) : NULL;
	if (wrong)
		sch_fail(r, entry->pos, "%s.entry: a line of the changelog %s; here is \"%.*s\".", sch_path(r), wrong, SLU_FMT(entry->text));
	if (groups && groups->kind == SN_MAP)
		check_groups(r, groups);
}
