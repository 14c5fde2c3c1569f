/* SPDX-License-Identifier: Apache-2.0 */
/* What is written and has no effect in this version: said, never passed over in silence. */
#include "strategy/schema_impl.h"

/* A value that asks for nothing: false, or what would hold anyway. */
static bool asks_nothing(const sn *n, const struct sch_row *row)
{
	return n->dflt || (row->type->kind == SCH_BOOL && !sch_bool_of(n)) || (row->dflt && sn_is(n, row->dflt));
}

/* A word that has no effect, of a key that has. */
static bool idle_word(const sn *n, const struct sch_type *t)
{
	for (size_t i = 0; t->kind == SCH_EITHER && i < 4 && t->alt[i]; i++)
		if (idle_word(n, t->alt[i]))
			return true;
	int word = t->kind == SCH_WORD && n->kind == SN_SCALAR ? sch_word(t, n->text) : -1;
	return word >= 0 && (t->idle >> word & 1u);
}

static void walk(struct sch_reader *r, const sn *n, const struct sch_type *t);

static void walk_entry(struct sch_reader *r, const struct sn_entry *e, const struct sch_type *t, const struct sch_row *row)
{
	r->path[r->depth++] = e->key;
	if (!row || !(row->flags & SCH_SHAPE_ONLY || idle_word(e->value, t)))
		walk(r, e->value, t);
	else if (!asks_nothing(e->value, row))
		*SLU_ADD(r->a, &r->unenforced) = (struct strat_unenforced){ sch_path(r), e->pos };
	r->depth--;
}

static void walk_map(struct sch_reader *r, const sn *n, const struct sch_type *t)
{
	for (size_t i = 0; i < n->n; i++)
		for (size_t k = 0; k < t->row_n; k++)
			if (slu_str_is(n->entry[i].key, t->row[k].key))
				walk_entry(r, &n->entry[i], t->row[k].type, &t->row[k]);
}

static void walk(struct sch_reader *r, const sn *n, const struct sch_type *t)
{
	for (size_t i = 0; t->kind == SCH_EITHER && i < 4 && t->alt[i]; i++)
		if (n->kind == SN_MAP && t->alt[i]->kind != SCH_LIST)
			walk(r, n, t->alt[i]);
	if (n->kind == SN_MAP && t->kind == SCH_MAP)
		walk_map(r, n, t);
	for (size_t i = 0; n->kind == SN_MAP && t->kind == SCH_ENTRIES && i < n->n; i++)
		walk_entry(r, &n->entry[i], t->item, NULL);
	for (size_t i = 0; t->kind == SCH_LIST && n->kind == SN_LIST && i < n->n; i++)
		walk(r, n->item[i], t->item);
}

void sch_list_unenforced(struct sch_reader *r)
{
	walk(r, r->root, &sct_root);
}
