/* SPDX-License-Identifier: Apache-2.0 */
/** Operations as they are stored; shared by op_*.c. */
#ifndef APP_OP_STORE_H
#define APP_OP_STORE_H
#include "app/op.h"

extern const char app_op_under_way[]; /* the name under which the one under way is stored */
slu_rc app_op_save(const struct flow_op *op, port_clone *c, slu_err *err);
/** The highest id in the log; 0: nothing has ended yet. */
slu_rc app_op_highest(uint64_t *id, slu_arena *a, port_clone *c, slu_err *err);
/** It has ended: written to the log, and no longer under way. */
slu_rc app_op_end(struct flow_op *op, struct app_op_world *w, enum flow_op_state state, slu_err *err);
/** It never began. */
slu_rc app_op_forget(port_clone *c, slu_err *err);
#endif
