/* SPDX-License-Identifier: Apache-2.0 */
/* An adoption taken back: the same operation with before and after exchanged, as long as nobody has gone on from it. */
#include "app/adopt.h"
#include "app/op.h"

static const char heads[] = "refs/heads/", apply[] = "adopt apply", undo[] = "adopt undo";

/* The last one that was not taken back: each undo takes back the one before it. */
static const struct flow_op *last_adoption(const struct flow_op *log, size_t n)
{
	size_t taken_back = 0;
	for (size_t i = n; i-- > 0;) {
		if (log[i].state != FLOW_OP_DONE)
			continue;
		if (slu_str_starts(log[i].command, undo))
			taken_back++;
		else if (slu_str_starts(log[i].command, apply) && taken_back-- == 0)
			return &log[i];
	}
	return NULL;
}

static const char *short_of(slu_str ref)
{
	return slu_str_starts(ref, heads) ? ref.p + strlen(heads) : ref.p;
}

static slu_rc moved_on(const struct flow_op_ref *r, const slu_oid *now, const char *where, slu_err *err)
{
	if (slu_oid_is_zero(now))
		return slu_fail(err, SLU_E_CONFLICT, "%s is gone%s: the adoption cannot be taken back as it was. Go on from here, or rename by hand: git branch -m OLD NEW", short_of(r->name), where);
	return slu_fail(err, SLU_E_CONFLICT, "%s%s is at %.10s, and the adoption left it %s%.10s: somebody has gone on from it, and taking it back would lose that. Adopt the other way instead: the name of today as `was` in the strategy file",
	                short_of(r->name), where, now->hex, slu_oid_is_zero(&r->new_) ? "gone" : "at ", slu_oid_is_zero(&r->new_) ? "" : r->new_.hex);
}

static slu_rc stands_here(struct app_plan *p, const struct flow_op *done, slu_err *err)
{
	for (size_t i = 0; i < done->ref.n; i++) {
		slu_oid now;
		SLU_TRY(p->git->ops->ref(p->git, done->ref.v[i].name, &now, err));
		if (!slu_oid_eq(&now, &done->ref.v[i].new_))
			return moved_on(&done->ref.v[i], &now, "", err);
	}
	return SLU_OK;
}

/* What the server renamed is where it was, under its new name alone. */
static slu_rc named_there(struct app_plan *p, const struct flow_op *done, const struct port_git_ref *ref, size_t n, slu_err *err)
{
	const char *where = slu_printf(p->a, " on %.*s", SLU_FMT(done->remote));
	for (size_t i = 0; i < done->there.n; i++) {
		const struct flow_op_there *x = &done->there.v[i];
		const struct flow_op_ref to = { slu_s(slu_printf(p->a, "%s%.*s", heads, SLU_FMT(x->to))), slu_oid_zero(), x->at, false };
		const struct flow_op_ref from = { slu_s(slu_printf(p->a, "%s%.*s", heads, SLU_FMT(x->from))), x->at, slu_oid_zero(), false };
		slu_oid at_to = slu_oid_zero(), at_from = slu_oid_zero();
		for (size_t k = 0; k < n; k++) {
			at_to = slu_str_eq(ref[k].name, to.name) ? ref[k].id : at_to;
			at_from = slu_str_eq(ref[k].name, from.name) ? ref[k].id : at_from;
		}
		if (!slu_oid_eq(&at_to, &x->at))
			return moved_on(&to, &at_to, where, err);
		if (!slu_oid_is_zero(&at_from))
			return moved_on(&from, &at_from, where, err);
	}
	return SLU_OK;
}

static slu_rc stands_there(struct app_plan *p, const struct flow_op *done, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	slu_str head = { 0 };
	size_t n = 0;
	if (done->push.n + done->there.n == 0)
		return SLU_OK;
	SLU_TRY(p->clone->ops->remote_refs(p->clone, p->a, done->remote, false, &ref, &n, err));
	SLU_TRY(p->clone->ops->remote_head(p->clone, p->a, done->remote, &head, err));
	SLU_TRY(named_there(p, done, ref, n, err));
	for (size_t i = 0; i < done->push.n; i++) {
		const struct flow_op_ref *r = &done->push.v[i];
		slu_oid now = slu_oid_zero();
		for (size_t k = 0; k < n; k++)
			if (slu_str_eq(ref[k].name, r->name))
				now = ref[k].id;
		if (!slu_oid_eq(&now, &r->new_))
			return moved_on(r, &now, slu_printf(p->a, " on %.*s", SLU_FMT(done->remote)), err);
		if (slu_oid_is_zero(&r->old) && slu_str_is(head, short_of(r->name)))
			return slu_fail(err, SLU_E_CONFLICT, "%s is the default branch of %.*s, and would go. Make the one that was it before the default branch again, then: sluice adopt undo", short_of(r->name), SLU_FMT(done->remote));
	}
	return SLU_OK;
}

static slu_rc put_back_refs(struct app_plan *p, const struct flow_op *done, slu_err *err)
{
	for (size_t i = 0; i < done->ref.n; i++) { /* first those that go, so that the others find their place */
		const struct flow_op_ref *r = &done->ref.v[i];
		if (slu_oid_is_zero(&r->old)) {
			app_plan_says(p, "delete %s, which the adoption made", short_of(r->name));
			SLU_TRY(app_plan_move(p, r->name, &r->old, err));
		}
	}
	for (size_t i = 0; i < done->ref.n; i++) {
		const struct flow_op_ref *r = &done->ref.v[i];
		if (slu_oid_is_zero(&r->old))
			continue;
		app_plan_says(p, "put %s back at %.10s", short_of(r->name), r->old.hex);
		SLU_TRY(app_plan_move(p, r->name, &r->old, err));
	}
	return SLU_OK;
}

/* A branch that the adoption made there, of a kind that nobody may delete. */
static bool must_stay(struct app_plan *p, const struct flow_op_ref *r)
{
	const slu_oid none = slu_oid_zero();
	struct pol_action act;
	struct pol_verdict v = { 0 };
	if (!slu_oid_is_zero(&r->old) || !p->s)
		return false;
	if (pol_push_action(&act, p->a, p->facts, p->off->person, r->name, &r->new_, &none, NULL) != SLU_OK || pol_decide(&v, p->a, p->s, p->facts, &act, p->now_s, NULL) != SLU_OK)
		return false;
	return v.answer != POL_ALLOW;
}

static void push_back(struct app_plan *p, const struct flow_op *done, bool by_server)
{
	for (size_t i = 0; i < done->push.n; i++) {
		const struct flow_op_ref *r = &done->push.v[i];
		if (by_server && must_stay(p, r))
			app_plan_says(p, "leave %s on %.*s, where nobody may delete it", short_of(r->name), SLU_FMT(done->remote));
		else
			*SLU_ADD(p->a, &p->op->push) = (struct flow_op_ref){ r->name, r->new_, r->old, false };
	}
	if (p->op->push.n)
		app_plan_says(p, "push %zu %s back to %.*s", p->op->push.n, p->op->push.n == 1 ? "ref" : "refs", SLU_FMT(done->remote));
}

static void put_back_rest(struct app_plan *p, const struct flow_op *done, bool by_server)
{
	for (size_t i = 0; i < done->tree.n; i++)
		*SLU_ADD(p->a, &p->renamed) = (struct app_plan_rename){ done->tree.v[i].head_new, done->tree.v[i].head_old };
	for (size_t i = 0; i < done->setting.n; i++) {
		const struct flow_op_setting *s = &done->setting.v[i];
		*SLU_ADD(p->a, &p->op->setting) = (struct flow_op_setting){ .key = s->key, .old = s->new_, .new_ = s->old, .had = s->has, .has = s->had };
	}
	for (size_t i = 0; i < done->link.n; i++)
		*SLU_ADD(p->a, &p->op->link) = (struct flow_op_link){ done->link.v[i].name, done->link.v[i].new_, done->link.v[i].old };
	for (size_t i = 0; i < done->rename.n; i++)
		*SLU_ADD(p->a, &p->op->rename) = (struct flow_op_rename){ done->rename.v[i].to, done->rename.v[i].from };
	for (size_t i = done->there.n; i-- > 0;) {
		const struct flow_op_there *x = &done->there.v[i];
		*SLU_ADD(p->a, &p->op->there) = (struct flow_op_there){ x->to, x->from, x->at };
		app_plan_says(p, "the server of %.*s calls %.*s %.*s again, its default branch and open changes with it", SLU_FMT(done->remote), SLU_FMT(x->to), SLU_FMT(x->from));
	}
	p->op->remote = done->remote;
	push_back(p, done, by_server);
}

slu_rc app_adopt_back(struct app_plan *p, bool by_server, slu_err *err)
{
	const struct flow_op *log = NULL;
	size_t n = 0;
	SLU_TRY(app_op_log(&log, &n, p->a, p->clone, err));
	const struct flow_op *done = last_adoption(log, n);
	if (!done)
		return slu_fail(err, SLU_E_NOT_FOUND, "Nothing was adopted in this clone that could be taken back. What was done here: sluice log");
	SLU_TRY(stands_here(p, done, err));
	SLU_TRY(stands_there(p, done, err));
	SLU_TRY(put_back_refs(p, done, err));
	put_back_rest(p, done, by_server);
	SLU_TRY(app_plan_trees(p, (slu_str){ 0 }, err));
	flow_op_mark(p->op->ref.v, p->op->ref.n);
	flow_op_mark(p->op->push.v, p->op->push.n);
	return SLU_OK;
}
