/* SPDX-License-Identifier: Apache-2.0 */
/* A conflict that a person solves: nothing has moved, and the plan is made anew with what came of it. */
#include "app/op_impl.h"

static slu_rc lay_out(struct flow_op *op, struct flow_op_solved *s, struct app_op_world *w, slu_err *err)
{
	struct doing d = { .op = op, .w = w };
	const struct port_clone_solve ask = app_op_solve_of(s);
	app_op_point(&d, "solve", "before");
	SLU_TRY(w->clone->ops->solve_begin(w->clone, &ask, err));
	app_op_point(&d, "solve", "after");
	s->laid = true;
	return app_op_save(op, w->clone, err);
}

/* The next commit of a rebase is laid out where the one before was solved; not where that one counts no more, and is there to copy from. */
static slu_rc goes_on_there(bool *out, const struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	const struct flow_op_solved *s = &op->solved.v[op->solved.n - 1];
	*out = op->solved.n > 1 && s->pick.n && s[-1].pick.n;
	return *out ? w->git->ops->is_ancestor(w->git, &s[-1].ours, &s->ours, out, err) : SLU_OK;
}

slu_rc app_op_wait(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	port_clone *c = w->clone;
	struct flow_op_solved *s = &op->solved.v[op->solved.n - 1];
	bool on = false;
	SLU_TRY(app_op_number(op, w, err));
	SLU_TRY(goes_on_there(&on, op, w, err));
	s->dir = on ? s[-1].dir : slu_s(c->ops->place(c, w->a, slu_printf(w->a, "solve-%llu-%zu", (unsigned long long)op->id, op->solved.n)));
	op->state = FLOW_OP_SOLVING;
	SLU_TRY(app_op_save(op, c, err));
	slu_rc rc = lay_out(op, s, w, err);
	if (rc == SLU_OK)
		return rc;
	slu_err why = *err;
	if (op->solved.n > 1) /* what was solved before is not lost by it */
		return slu_fail(err, why.code, "%s What you solved is kept: sluice continue tries again, sluice abort gives it up.", why.text);
	slu_err quiet;
	(void)!app_op_clear_away(op, w, &quiet);
	(void)!app_op_forget(c, &quiet);
	return rc;
}

slu_rc app_op_open(const slu_str **path, size_t *n, slu_arena *a, const struct flow_op_solved *s, port_clone *c, slu_err *err)
{
	const struct port_clone_solve ask = app_op_solve_of(s);
	return c->ops->solved(c, a, &ask, NULL, path, n, err);
}

static slu_rc still_open(const struct flow_op_solved *s, const slu_str *path, size_t n, slu_err *err)
{
	return slu_fail(err, SLU_E_CONFLICT, "%zu %s in conflict in %.*s, the first is %.*s. Solve it there, git add it, then: sluice continue", n, n == 1 ? "file is" : "files are", SLU_FMT(s->dir), SLU_FMT(path[0]));
}

slu_rc app_op_solved(struct flow_op *op, struct app_op_world *w, slu_err *err)
{
	port_clone *c = w->clone;
	for (size_t i = 0; i < op->solved.n; i++) {
		struct flow_op_solved *s = &op->solved.v[i];
		const struct port_clone_solve ask = app_op_solve_of(s);
		const slu_str *path = NULL;
		size_t n = 0;
		if (!slu_oid_is_zero(&s->tree))
			continue;
		slu_rc rc = s->laid ? c->ops->solved(c, w->a, &ask, &s->tree, &path, &n, err) : SLU_E_NOT_FOUND;
		if (rc == SLU_E_NOT_FOUND) {
			SLU_TRY(lay_out(op, s, w, err));
			return slu_fail(err, SLU_E_CONFLICT, "The work tree %.*s was not there as it should be, and is laid out anew. Solve the files there, git add them, then: sluice continue. Give it up: sluice abort", SLU_FMT(s->dir));
		}
		SLU_TRY(rc);
		if (n)
			return still_open(s, path, n, err);
	}
	return app_op_save(op, c, err);
}
