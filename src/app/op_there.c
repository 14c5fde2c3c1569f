/* SPDX-License-Identifier: Apache-2.0 */
/* The step of an operation that a sluice server takes: branches renamed there. */
#include "app/op_impl.h"

/* The server does each in one act, and nothing when it is done. What it refuses in the middle puts those before it back. */
slu_rc app_op_there(struct doing *d, slu_err *err)
{
	const struct flow_op *op = d->op;
	slu_rc rc = d->w->rename ? SLU_OK : slu_fail(err, SLU_E_INVALID, "%.*s cannot be asked from here to rename its branches.", SLU_FMT(op->remote));
	size_t done = 0;
	for (; rc == SLU_OK && done < op->there.n; done++) {
		const struct flow_op_there *x = &op->there.v[op->back ? op->there.n - 1 - done : done];
		rc = d->w->rename(d->w->rename_ctx, &(struct flow_op_there){ op->back ? x->to : x->from, op->back ? x->from : x->to, x->at }, err);
		app_op_point(d, "renamed", slu_printf(d->w->a, "%zu", done));
	}
	if (rc != SLU_OK && done)
		done--; /* that one it refused */
	while (rc != SLU_OK && !op->back && !d->again && done > 0) {
		const struct flow_op_there *x = &op->there.v[--done];
		slu_err quiet = { 0 };
		if (d->w->rename(d->w->rename_ctx, &(struct flow_op_there){ x->to, x->from, x->at }, &quiet) != SLU_OK)
			return slu_fail(err, SLU_E_IO, "%.*s renamed a part of them, and cannot be asked to name them back: %s", SLU_FMT(op->remote), quiet.text);
	}
	return rc;
}
