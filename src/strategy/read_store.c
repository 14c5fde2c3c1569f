/* SPDX-License-Identifier: Apache-2.0 */
/* Values that are kept in a way of their own: sets of requirements, triggers, drivers. */
#include "strategy/schema_impl.h"

static void *at(void *base, const struct sch_row *row)
{
	return (char *)base + row->at - 1;
}

void sch_store_approvals(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_require *q = base;
	(void)row;
	uint64_t v = 0;
	if (e->value->kind == SN_SCALAR)
		q->approvals_any = slu_parse_u64(&v, e->value->text, NULL) == SLU_OK ? (unsigned)v : 0;
	if (e->value->kind != SN_MAP)
		return;
	struct strat_role_count *list = SLU_NEW_N(r->a, struct strat_role_count, e->value->n + 1);
	for (size_t i = 0; i < e->value->n; i++) {
		const struct sn_entry *one = &e->value->entry[i];
		if (one->value->kind != SN_SCALAR || slu_parse_u64(&v, one->value->text, NULL) != SLU_OK)
			continue;
		int role = sch_find(r, REF_ROLE, one->key);
		if (slu_str_is(one->key, "any"))
			q->approvals_any = (unsigned)v;
		else if (role != STRAT_NONE)
			list[q->approvals_role_n++] = (struct strat_role_count){ role, (unsigned)v, one->pos };
	}
	q->approvals_role = list;
}

void sch_store_up_to_date(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)r, (void)row;
	struct strat_require *q = base;
	q->up_to_date_queue = sn_is(e->value, "queue");
	q->up_to_date = q->up_to_date_queue || (e->value->kind == SN_SCALAR && sch_bool_of(e->value));
}

void sch_store_checks(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)row;
	struct strat_require *q = base;
	q->checks_all = sn_is(e->value, "all") && sch_find(r, REF_CHECK, SLU_STR("all")) == STRAT_NONE;
	if (!q->checks_all && e->value->kind != SN_MAP)
		q->checks = sch_set(r, e->value, REF_CHECK);
}

static void read_box(struct sch_reader *r, const sn *n, struct strat_box *box)
{
	const sn *any = sn_get(n, "any-of"), *all = sn_get(n, "all-of"), *one = sn_get(n, "box"), *by = sn_get(n, "by");
	box->pos = n->pos;
	box->kind = any ? STRAT_BOX_ANY_OF : all ? STRAT_BOX_ALL_OF : STRAT_BOX_ONE;
	const sn *text = n->kind == SN_SCALAR ? n : any ? any : all ? all : one;
	box->text = text && text->kind == SN_SCALAR ? text->text : (slu_str){ 0 };
	box->has_by = by != NULL;
	if (by)
		box->by = sch_read_who(r, by);
}

void sch_store_boxes(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)row;
	struct strat_require *q = base;
	struct strat_box *box = SLU_NEW_N(r->a, struct strat_box, sch_items(e->value) + 1);
	for (size_t i = 0; i < sch_items(e->value); i++)
		if (!sch_item(e->value, i)->bad)
			read_box(r, sch_item(e->value, i), &box[q->boxes_n++]);
	q->boxes = box;
}

void sch_store_runs(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)row;
	struct strat_require *q = base;
	if (e->value->kind != SN_MAP)
		return;
	struct strat_run *run = SLU_NEW_N(r->a, struct strat_run, e->value->n + 1);
	for (size_t i = 0; i < e->value->n; i++) {
		const struct sn_entry *one = &e->value->entry[i];
		int check = sch_find(r, REF_CHECK, one->key);
		if (check != STRAT_NONE && one->value->kind == SN_SCALAR)
			run[q->runs_n++] = (struct strat_run){ check, sch_duration_of(one->value), one->pos };
	}
	q->runs = run;
}

struct strat_require *sch_read_require(struct sch_reader *r, const sn *n)
{
	struct strat_require *q = SLU_NEW(r->a, struct strat_require);
	q->pos = n->pos;
	if (n->kind == SN_MAP)
		sch_fill(r, n, &sct_require, q);
	return q;
}

void sch_store_evaluate(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)row;
	struct strat_require *q = base;
	struct strat_require *inner = sch_read_require(r, e->value);
	inner->pos = e->pos;
	q->evaluate = inner;
}

void sch_store_trigger(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_trigger *t = at(base, row);
	t->pos = e->pos;
	if (e->value->kind == SN_MAP)
		sch_fill(r, e->value, &sct_trigger, t);
}

void sch_store_trigger_set(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_trigger *t = base;
	t->on |= 1u << row->n;
	if (e->value->kind != SN_MAP)
		t->set[row->n] = sch_set(r, e->value, row->type->item->ref);
}

void sch_store_trigger_flag(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	(void)r;
	struct strat_trigger *t = base;
	if (row->n == STRAT_ON_SCHEDULE || sch_bool_of(e->value))
		t->on |= 1u << row->n;
	if (row->n == STRAT_ON_SCHEDULE && e->value->kind == SN_SCALAR)
		t->schedule = e->value->text;
}

void sch_store_change(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_trigger *t = base;
	t->on |= 1u << STRAT_ON_CHANGE;
	if (e->value->kind == SN_MAP)
		sch_fill(r, e->value, row->type->alt[1], t);
	else
		t->set[STRAT_ON_CHANGE] = sch_set(r, e->value, REF_BRANCH);
}

void sch_store_via(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_environment *env = base;
	(void)row;
	env->driver = STRAT_NONE;
	if (e->value->kind == SN_SCALAR)
		env->driver = sch_find(r, REF_DRIVER, e->value->text);
	if (e->value->kind != SN_MAP)
		return;
	const sn *named = sch_names(r, REF_DRIVER);
	struct strat_driver *d = SLU_ADD(r->a, &r->inline_driver);
	d->pos = e->pos;
	sch_fill(r, e->value, &sct_driver, d);
	env->driver = (int)((named ? named->n : 0) + r->inline_driver.n - 1);
}

void sch_store_run(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_driver *d = base;
	(void)row;
	if (e->value->kind == SN_SCALAR)
		d->run_text = e->value->text;
	else if (e->value->kind == SN_LIST)
		d->argv = sch_texts(r, e->value, &d->argv_n);
}

slu_str *sch_texts(struct sch_reader *r, const sn *n, size_t *count)
{
	slu_str *text = SLU_NEW_N(r->a, slu_str, sch_items(n) + 1);
	*count = 0;
	for (size_t i = 0; i < sch_items(n); i++)
		if (sch_item(n, i)->kind == SN_SCALAR)
			text[(*count)++] = sch_item(n, i)->text;
	return text;
}

void sch_store_driver_kind(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_driver *d = base;
	(void)r, (void)row;
	if (e->value->kind != SN_SCALAR)
		return;
	d->driver = e->value->text;
	d->kind = sn_is(e->value, "command") ? STRAT_DRIVER_COMMAND : sn_is(e->value, "local") ? STRAT_DRIVER_LOCAL : STRAT_DRIVER_OTHER;
}

void sch_store_probe(struct sch_reader *r, const struct sn_entry *e, const struct sch_row *row, void *base)
{
	struct strat_probe *p = base;
	(void)r;
	int kind = (int)row->n;
	memcpy(&p->kind, &kind, sizeof kind);
	if (e->value->kind == SN_SCALAR)
		p->target = e->value->text;
}
