/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/op_show.h"

#include "app/op.h"
#include "base/quantity.h"
#include "cmd/ecosystem.h"
#include "cmd/revert.h"

static const char *next_here(struct cmd_ctx *c, const struct flow_op *op)
{
	if (op->home.n)
		return slu_printf(c->a, "It is a part of what is led from the clone %.*s.", SLU_FMT(op->home));
	if (op->state == FLOW_OP_RUNNING)
		return op->back ? "Go on taking it back: sluice continue" : "Go on: sluice continue. Put everything back: sluice abort";
	if (flow_op_is_solved(op))
		return "Go on: sluice continue. Give it up: sluice abort";
	if (op->state == FLOW_OP_SOLVING)
		return "Solve the files there, git add them, then: sluice continue. Give it up: sluice abort";
	if (op->state == FLOW_OP_DONE && op->push.n + op->there.n)
		return slu_str_starts(op->command, "adopt ") ? flow_op_way_back(c->a, op) : NULL;
	return op->state == FLOW_OP_DONE ? "Take it back: sluice undo" : NULL;
}

int cmd_op_put(struct cmd_ctx *c, const struct flow_op *op)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	flow_op_json(&j, op);
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

/* What waits for a person: which commit of a rebase, where, and which files. */
static void show_conflict(struct cmd_ctx *c, const struct flow_op_solved *s)
{
	const slu_str *path = NULL;
	size_t n = 0;
	port_clone *clone = NULL;
	slu_err err = { 0 };
	if (s->pick.n)
		(void)fprintf(c->out, "In conflict: %.*s\n", SLU_FMT(s->pick));
	(void)fprintf(c->out, "Work tree: %.*s\n", SLU_FMT(s->dir));
	if (s->laid && (c->ports->clone_open(&clone, c->here, &err) != SLU_OK || app_op_open(&path, &n, c->a, s, clone, &err) != SLU_OK))
		cmd_say(c, "%s", err.text);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(c->out, "  to be solved: %.*s\n", SLU_FMT(path[i]));
	if (s->laid && n == 0 && err.code == SLU_OK)
		(void)fprintf(c->out, "  all its files are solved\n");
	if (clone)
		clone->ops->close(clone);
}

int cmd_op_show(struct cmd_ctx *c, const struct flow_op *op)
{
	char at[SLU_TIME_TEXT];
	struct flow_op_step st;
	if (c->format == CMD_FORMAT_JSON)
		return cmd_op_put(c, op);
	if (op->member.n)
		return cmd_ecosystem_show(c, op);
	const char *state = flow_op_is_solved(op) ? "its conflict is solved, nothing has moved yet" : op->state == FLOW_OP_SOLVING ? "a conflict waits for you" : flow_op_state_word(op->state);
	(void)fprintf(c->out, "%.*s by %.*s: %s%s (since %s)\n", SLU_FMT(op->command), SLU_FMT(op->by), op->back && op->state == FLOW_OP_RUNNING ? "being taken back, " : "", state,
	              slu_time_text(op->ended_s ? op->ended_s : op->begun_s, at));
	for (size_t i = 0; i < op->says.n; i++)
		(void)fprintf(c->out, "  %zu. %.*s\n", i + 1, SLU_FMT(op->says.v[i]));
	if (op->state == FLOW_OP_RUNNING && flow_op_step(&st, op, op->step))
		(void)fprintf(c->out, "It stopped at: %s\n", flow_op_step_text(c->a, op, op->step));
	for (size_t i = 0; op->state == FLOW_OP_SOLVING && i < op->solved.n; i++)
		if (slu_oid_is_zero(&op->solved.v[i].tree))
			show_conflict(c, &op->solved.v[i]);
	if (next_here(c, op))
		cmd_say(c, "%s", next_here(c, op));
	cmd_revert_offer_still(c, op);
	return 0;
}
