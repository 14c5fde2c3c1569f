/* SPDX-License-Identifier: Apache-2.0 */
/* Phases that come after one another in a circle: none of them could ever begin. And tags that are of no class. */
#include "strategy/whole.h"

/* The k-th phase that this one comes after; NULL: there are no more. One name may stand without a list. */
static const struct sn_entry *comes_after(const sn *phases, const struct sn_entry *e, size_t k)
{
	const sn *after = sn_get(e->value, "after");
	const sn *name = !after ? NULL : after->kind == SN_LIST ? (k < after->n ? after->item[k] : NULL) : k == 0 ? after : NULL;
	return name && name->kind == SN_SCALAR ? sn_find(phases, name->text) : NULL;
}

/* All that come before it, each once. */
static bool comes_before_itself(const struct sch_reader *r, const sn *phases, size_t self)
{
	bool *seen = SLU_NEW_N(r->a, bool, phases->n);
	size_t *todo = SLU_NEW_N(r->a, size_t, phases->n + 1), n = 0;
	todo[n++] = self;
	while (n) {
		const struct sn_entry *e = &phases->entry[todo[--n]], *before;
		for (size_t k = 0; (before = comes_after(phases, e, k)) != NULL; k++) {
			size_t at = (size_t)(before - phases->entry);
			if (at == self)
				return true;
			if (!seen[at])
				todo[n++] = at;
			seen[at] = true;
		}
	}
	return false;
}

/* A tag of no class could never be made. */
static void check_tag(struct sch_reader *r, const struct sn_entry *e)
{
	const sn *tag = sn_get(e->value, "tag");
	if (tag && tag->kind == SN_SCALAR && !sn_is_null(tag) && !sch_is_tag(r, tag->text))
		whole_warn(r, tag->pos, slu_printf(r->a, "phases.%.*s.tag: \"%.*s\" is of no class of tags: nobody can make it until a pattern under `tags` matches it.", SLU_FMT(e->key), SLU_FMT(tag->text)));
}

void whole_phases(struct sch_reader *r)
{
	const sn *phases = sch_names(r, REF_PHASE);
	for (size_t i = 0; phases && i < phases->n; i++)
		if (!phases->entry[i].value->bad)
			check_tag(r, &phases->entry[i]);
	for (size_t i = 0; phases && i < phases->n; i++)
		if (!phases->entry[i].value->bad && comes_before_itself(r, phases, i))
			sch_fail(r, phases->entry[i].pos, "phases.%.*s.after goes in a circle back to \"%.*s\", so that it could never begin.", SLU_FMT(phases->entry[i].key), SLU_FMT(phases->entry[i].key));
}
