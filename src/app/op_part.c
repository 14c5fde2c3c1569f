/* SPDX-License-Identifier: Apache-2.0 */
/* An operation in pieces, for one that is carried out in several clones at once. */
#include "app/op_impl.h"

static slu_rc refs_stand(const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	for (size_t i = 0; i < op->ref.n; i++) {
		slu_oid now;
		SLU_TRY(w->git->ops->ref(w->git, op->ref.v[i].name, &now, err));
		if (!slu_oid_eq(&now, &op->ref.v[i].old))
			return app_op_moved_on(&op->ref.v[i], &now, &op->ref.v[i].old, err);
	}
	return SLU_OK;
}

slu_rc app_op_keep(const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	return app_op_save(op, w->clone, err);
}

slu_rc app_op_prepare(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	SLU_TRY(app_op_number(op, w, err));
	flow_op_mark(op->ref.v, op->ref.n);
	flow_op_mark(op->push.v, op->push.n);
	op->state = FLOW_OP_PREPARED;
	return app_op_save(op, w->clone, err);
}

slu_rc app_op_prove(const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct flow_op copy = *op;
	struct doing d = { .op = &copy, .w = w };
	enum remote_state at = REMOTE_BEFORE;
	SLU_TRY(refs_stand(op, w, err));
	SLU_TRY(app_op_hold(&d, err));
	app_op_let_go(&d);
	if (op->push.n)
		SLU_TRY(app_op_ask_remote(&at, &d, FLOW_OP_PUSH, err));
	if (at == REMOTE_BEFORE)
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%.*s does not stand where this clone saw it last: somebody has pushed, or it has a tag of that name. First: git fetch --tags %.*s. Then begin anew.", SLU_FMT(op->remote), SLU_FMT(op->remote));
}

/* ---- what waits on the remote ------------------------------------------------------------------------------------------------- */

struct waiting { SLU_LIST(struct port_git_ref) ref; };

static struct waiting waiting_of(slu_arena *a, const struct flow_op *op)
{
	struct waiting w = { 0 };
	for (size_t i = 0; i < op->push.n; i++) {
		slu_str name = flow_op_waiting_ref(a, op, &op->push.v[i]);
		bool again = name.n == 0;
		for (size_t k = 0; !again && k < w.ref.n; k++)
			again = slu_str_eq(w.ref.v[k].name, name);
		if (!again)
			*SLU_ADD(a, &w.ref) = (struct port_git_ref){ .name = name, .id = op->push.v[i].new_ };
	}
	return w;
}

slu_rc app_op_push_waiting(struct flow_op *op, struct app_op_world *w, slu_str name, slu_err *err)
{
	static const char *const below[] = { "refs/sluice/plan/ecosystem-", "refs/heads/sluice/ecosystem/" }; /* some hosts take branches and tags only */
	slu_rc rc = SLU_OK;
	for (size_t i = 0; op->push.n && i < sizeof below / sizeof *below; i++) {
		op->waiting = slu_s(slu_printf(w->a, "%s%.*s", below[i], SLU_FMT(name)));
		const struct waiting all = waiting_of(w->a, op);
		SLU_TRY(app_op_save(op, w->clone, err));
		rc = all.ref.n ? w->clone->ops->offer(w->clone, op->remote, all.ref.v, all.ref.n, err) : SLU_OK;
		if (rc == SLU_OK)
			return SLU_OK;
	}
	return rc;
}

slu_rc app_op_drop_waiting(const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	const struct waiting all = waiting_of(w->a, op);
	return all.ref.n ? w->clone->ops->withdraw(w->clone, op->remote, all.ref.v, all.ref.n, err) : SLU_OK;
}

/* ---- forwards ----------------------------------------------------------------------------------------------------------------- */

static slu_rc run(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	if (op->state == FLOW_OP_RUNNING)
		return SLU_OK;
	op->state = FLOW_OP_RUNNING;
	return app_op_save(op, w->clone, err);
}

slu_rc app_op_send(struct flow_op *op, struct app_op_world *w, bool again, slu_err *err)
{
	struct doing d = { .op = op, .w = w, .again = again };
	struct flow_op_step st;
	while (flow_op_step(&st, op, op->step) && st.part <= FLOW_OP_PUSH) {
		SLU_TRY(run(op, w, err));
		SLU_TRY(app_op_one(&d, &st, err));
		op->step++;
		SLU_TRY(app_op_save(op, w->clone, err));
	}
	return SLU_OK;
}

slu_rc app_op_sent(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct flow_op_step st;
	while (flow_op_step(&st, op, op->step) && st.part <= FLOW_OP_PUSH)
		op->step++;
	return run(op, w, err);
}

slu_rc app_op_rest(struct flow_op *op, struct app_op_world *w, bool again, slu_err *err)
{
	struct doing d = { .op = op, .w = w, .again = again };
	SLU_TRY(run(op, w, err));
	return app_op_forwards(&d, err);
}

/* ---- back --------------------------------------------------------------------------------------------------------------------- */

static slu_oid stands_at(slu_str name, const struct port_git_ref *ref, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slu_str_eq(ref[i].name, name))
			return ref[i].id;
	return slu_oid_zero();
}

/* None of ours stands there as it was pushed: it never came, or others have moved all of it on. */
static slu_rc is_below(bool *out, const struct flow_op *op, struct app_op_world *w, const struct port_git_ref *ref, size_t n, slu_err *err)
{
	bool fetched = false;
	*out = false;
	for (size_t i = 0; i < op->push.n && !*out; i++) {
		const struct flow_op_ref *r = &op->push.v[i];
		slu_oid now = stands_at(r->name, ref, n);
		if (!slu_str_starts(r->name, "refs/heads/") || slu_oid_is_zero(&r->new_) || slu_oid_is_zero(&now) || slu_oid_eq(&now, &r->old))
			continue;
		if (!fetched)
			SLU_TRY(w->clone->ops->fetch(w->clone, op->remote, err));
		fetched = true;
		SLU_TRY(w->git->ops->is_ancestor(w->git, &r->new_, &now, out, err));
	}
	return SLU_OK;
}

slu_rc app_op_was_sent(bool *sent, bool *built_on, const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	size_t n = 0, there = 0;
	bool below = false;
	*sent = *built_on = false;
	if (op->push.n == 0 || op->state == FLOW_OP_PREPARED || op->state == FLOW_OP_SOLVING)
		return SLU_OK;
	SLU_TRY(w->clone->ops->remote_refs(w->clone, w->a, op->remote, false, &ref, &n, err));
	for (size_t i = 0; i < op->push.n; i++) {
		slu_oid now = stands_at(op->push.v[i].name, ref, n);
		bool at = slu_oid_eq(&now, &op->push.v[i].new_);
		there += at;
		*sent = *sent || (at && !slu_oid_is_zero(&now));
	}
	if (!*sent)
		SLU_TRY(is_below(&below, op, w, ref, n, err));
	*sent = *sent || below;
	*built_on = *sent && there < op->push.n;
	return SLU_OK;
}

slu_rc app_op_recall(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct doing d = { .op = op, .w = w, .again = true };
	struct port_git_update *u = SLU_NEW_N(w->a, struct port_git_update, op->push.n + 1);
	enum remote_state at = REMOTE_BEFORE;
	bool sent = false, built_on = false;
	SLU_TRY(app_op_was_sent(&sent, &built_on, op, w, err));
	if (!sent)
		return SLU_OK;
	if (built_on)
		return slu_fail(err, SLU_E_CONFLICT, "Others have moved on at %.*s from what was pushed there: it is not taken back. Going on is: sluice continue. A merge is taken back by a commit that says so: sluice revert --merge COMMIT", SLU_FMT(op->remote));
	for (size_t i = 0; i < op->push.n; i++)
		u[i] = (struct port_git_update){ op->push.v[i].name, op->push.v[i].new_, op->push.v[i].old };
	app_op_point(&d, "recall", "before");
	slu_rc rc = w->clone->ops->push(w->clone, op->remote, u, op->push.n, err);
	app_op_point(&d, "recall", "after");
	if (rc == SLU_OK)
		return rc;
	slu_err quiet = { 0 };
	return app_op_ask_remote(&at, &d, FLOW_OP_PUSH, &quiet) == SLU_OK && at == REMOTE_AFTER ? SLU_OK : rc; /* after the way back */
}

slu_rc app_op_return(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct doing d = { .op = op, .w = w, .again = true };
	return op->state == FLOW_OP_PREPARED ? SLU_OK : app_op_backwards(&d, err);
}

slu_rc app_op_may_undo(const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	struct flow_op copy = *op;
	struct doing d = { .op = &copy, .w = w };
	copy.back = true;
	SLU_TRY(app_op_nobody_built_on_it(op, w, err));
	SLU_TRY(app_op_hold(&d, err));
	app_op_let_go(&d);
	return SLU_OK;
}

slu_rc app_op_turn(struct flow_op *op, struct app_op_world *w, bool undo, slu_err *err)
{
	struct flow_op_step st;
	if (op->state == FLOW_OP_DONE)
		for (op->step = 0; flow_op_step(&st, op, op->step);)
			op->step++;
	if (op->state != FLOW_OP_PREPARED) /* of what never began there is nothing to take back */
		op->state = FLOW_OP_RUNNING;
	op->back = true;
	op->undo = undo;
	return app_op_save(op, w->clone, err);
}

slu_rc app_op_discard(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	SLU_TRY(app_op_clear_away(op, w, err));
	return app_op_forget(w->clone, err);
}
