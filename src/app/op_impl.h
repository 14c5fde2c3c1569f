/* SPDX-License-Identifier: Apache-2.0 */
/** Steps of an operation, and what each rests on; shared by op.c and op_part.c. */
#ifndef APP_OP_IMPL_H
#define APP_OP_IMPL_H
#include "app/op_store.h"

struct doing {
	struct flow_op *op;
	struct app_op_world *w;
	bool again; /* an earlier try may have been cut off anywhere */
	bool held;  /* the indexes */
	bool begun; /* something may have moved */
};
void app_op_point(struct doing *d, const char *part, const char *when);

/** Lock the index of every work tree concerned, and prove (not with `again`) that its files can follow. */
slu_rc app_op_hold(struct doing *d, slu_err *err);
void app_op_let_go(struct doing *d);

slu_rc app_op_one(struct doing *d, const struct flow_op_step *st, slu_err *err);
/** From where it stands to the last step, or back to the first; it is not ended by that. */
slu_rc app_op_forwards(struct doing *d, slu_err *err);
slu_rc app_op_backwards(struct doing *d, slu_err *err);
/** What the clone is asked about a conflict. */
static inline struct port_clone_solve app_op_solve_of(const struct flow_op_solved *s)
{
	return (struct port_clone_solve){ s->dir, s->ours, s->theirs, s->pick.n > 0 };
}
/** Work trees that were laid out for a person to solve something go. */
slu_rc app_op_clear_away(struct flow_op *op, struct app_op_world *w, slu_err *err);

/** The server renames, or names back (op_there.c). */
slu_rc app_op_there(struct doing *d, slu_err *err);

enum remote_state { REMOTE_BEFORE, REMOTE_AFTER, REMOTE_OTHER };
/** Where the refs of this part (ROOM, PUSH) are, all of them. */
slu_rc app_op_ask_remote(enum remote_state *out, struct doing *d, enum flow_op_part part, slu_err *err);
/** SLU_E_CONFLICT, with where the ref is and should be. */
slu_rc app_op_moved_on(const struct flow_op_ref *r, const slu_oid *now, const slu_oid *want, slu_err *err);
slu_rc app_op_nobody_built_on_it(const struct flow_op *op, struct app_op_world *w, slu_err *err);
#endif
