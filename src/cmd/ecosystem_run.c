/* SPDX-License-Identifier: Apache-2.0 */
/* status, continue, abort and undo of an operation over several clones, from its home; and what they say in a member. */
#include "app/plan_ecosystem.h"
#include "cmd/call.h"
#include "cmd/ecosystem_plan.h"
#include "cmd/ecosystem_server.h"

/* ---- opening what is stored ----------------------------------------------------------------------------------------------------- */

static int find_parts(struct cmd_ecosystem *e)
{
	int code = 0;
	for (size_t i = 0; i < e->n; i++) {
		slu_err err = { 0 };
		if (e->m[i].gone && !e->m[i].served) {
			cmd_say(e->c, "%.*s: its clone %s is no more. Whether its remote got anything is not known here: git ls-remote tells.", SLU_FMT(e->m[i].repo), e->m[i].path);
			continue;
		}
		if (app_eco_find(&e->e.part[i], &e->e, &err) == SLU_OK)
			continue;
		e->m[i].code = cmd_fail(&e->m[i].c, &err);
		code = code ? code : e->m[i].code;
	}
	return code;
}

int cmd_ecosystem_open(struct cmd_ecosystem *e, const struct flow_op *op)
{
	int code = cmd_work_begin(e->c, &e->home);
	if (code)
		return code;
	e->home.op = *op;
	e->where = e->c->here->work_tree;
	e->version = slu_str_dup(e->c->a, op->version);
	cmd_members_of(e, op);
	code = cmd_members_open(e, false);
	cmd_served_lead(e);
	if (code == 0)
		code = find_parts(e);
	if (code)
		cmd_members_relay(e);
	return code;
}

int cmd_ecosystem_clear(struct cmd_ctx *c, const struct flow_op *op)
{
	struct cmd_ecosystem e = { .c = c };
	int code = cmd_ecosystem_open(&e, op);
	if (code == 0)
		app_eco_clear(&e.e);
	for (size_t i = 0; i < e.e.left.n; i++)
		cmd_say(c, "%s", e.e.left.v[i]);
	cmd_ecosystem_close(&e);
	return code;
}

/* ---- the commands ----------------------------------------------------------------------------------------------------------------- */

static int ended(struct cmd_ecosystem *e, slu_rc rc, const slu_err *err, const char *done)
{
	int code = rc == SLU_OK ? 0 : cmd_fail(e->c, err);
	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < e->m[i].w->w.kept.n; k++)
			cmd_say(e->c, "%.*s was neither the old nor the new file; what stood in it is kept: %.*s", SLU_FMT(e->m[i].w->w.kept.v[k].path), SLU_FMT(e->m[i].w->w.kept.v[k].copy));
	for (size_t i = 0; i < e->e.left.n; i++)
		cmd_say(e->c, "%s", e->e.left.v[i]);
	if (code == 0)
		cmd_say(e->c, "%.*s %s", SLU_FMT(e->home.op.command), done);
	return code;
}

static int would(struct cmd_ctx *c, const struct flow_op *op, const char *what)
{
	cmd_say(c, "\"%.*s\" would be %s in all of its %zu repositories. This was a dry run: nothing has changed.", SLU_FMT(op->command), what, op->member.n);
	return 0;
}

static int what_is_solved(struct cmd_ecosystem *e, const struct flow_op *op)
{
	int code = cmd_ecosystem_open(e, op);
	for (size_t i = 0; code == 0 && i < e->n; i++) {
		struct app_eco_part *p = &e->e.part[i];
		slu_err err = { 0 };
		if (!p->none && !p->ended && p->op->state == FLOW_OP_SOLVING && app_op_solved(p->op, p->w, &err) != SLU_OK)
			code = cmd_fail(&e->m[i].c, &err);
	}
	cmd_members_relay(e);
	return code;
}

int cmd_ecosystem_go_on(struct cmd_ecosystem *e)
{
	const struct flow_op *op = &e->home.op;
	const char *done = op->keep ? "has ended: what was pushed stays, all else stands as before." : op->back ? "is taken back: everything stands as before." : "is done.";
	bool forward = !op->back && !op->keep;
	slu_err err = { 0 };
	int code = ended(e, app_eco_continue(&e->e, &err), &err, done);
	return code == 0 && forward ? cmd_served_follow(e) : code;
}

/* It is decided: to its end, unless one has moved since. */
static int go_on(struct cmd_ctx *c, const struct flow_op *op, bool *moved)
{
	struct cmd_ecosystem e = { .c = c };
	int code = cmd_ecosystem_open(&e, op);
	if (code == 0 && !op->back && !op->keep)
		code = cmd_ecosystem_moved(&e, moved);
	if (code == 0 && !*moved)
		code = cmd_has(c, "checked") ? cmd_usage(c, "--checked: nothing here waits for a check any more; it is decided. Go on: sluice continue") : cmd_ecosystem_go_on(&e);
	cmd_ecosystem_close(&e);
	return code;
}

int cmd_ecosystem_continue(struct cmd_ctx *c, const struct flow_op *op)
{
	struct cmd_ecosystem e = { .c = c };
	bool moved = false;
	int code;
	if (c->dry_run)
		return would(c, op, op->back ? "taken back to its end" : op->state == FLOW_OP_RUNNING ? "brought to its end" : "planned anew, and done");
	if (op->state == FLOW_OP_RUNNING) {
		code = go_on(c, op, &moved);
		if (code || !moved)
			return code;
	} else { /* nothing is decided: planned anew, with what was solved */
		code = what_is_solved(&e, op);
		cmd_ecosystem_close(&e);
	}
	struct flow_op again = *op;
	again.arg = (__typeof__(again.arg)){ 0 };
	for (size_t i = 0; i < op->arg.n; i++)
		*SLU_ADD(c->a, &again.arg) = op->arg.v[i];
	for (size_t i = 0; cmd_opt_at(c, "checked", i); i++) {
		*SLU_ADD(c->a, &again.arg) = SLU_STR("--checked");
		*SLU_ADD(c->a, &again.arg) = slu_s(cmd_opt_at(c, "checked", i));
	}
	return code ? code : cmd_resume(c, &again);
}

static int may_leave(struct cmd_ecosystem *e, size_t i)
{
	struct cmd_member *m = &e->m[i];
	slu_err err = { 0 };
	bool landed = false;
	if (!e->e.returns && cmd_served_landed(&landed, e, i, &err) != SLU_OK)
		return cmd_fail(&m->c, &err);
	if (landed)
		(void)fprintf(m->c.err, "sluice: Change %lld has landed on %s, and a server takes no release back.\n", (long long)m->change, m->server);
	return landed ? slu_rc_exit(SLU_E_CONFLICT) : 0;
}

/* What was pushed goes back where the rules of its repository let it; all are asked before any does. */
static int may_recall(struct cmd_ecosystem *e, size_t i)
{
	struct cmd_member *m = &e->m[i];
	struct app_eco_part *p = &e->e.part[i];
	const struct cmd_offline_ask ask = { .anybody = true };
	slu_err err = { 0 };
	slu_str ref = { 0 };
	bool sent = false, built_on = false;
	if (m->served)
		return may_leave(e, i);
	if (!p->none && !p->ended && app_op_was_sent(&sent, &built_on, p->op, p->w, &err) != SLU_OK)
		return cmd_fail(&m->c, &err);
	if (p->ended && p->op->state == FLOW_OP_DONE)
		sent = p->op->push.n > 0;
	if (!sent || built_on) /* the latter is said by the abort itself */
		return 0;
	int code = cmd_offline_open_as(&m->c, &m->w->o, &ask);
	if (code)
		return code;
	m->w->o.ctx.remote = (slu_str){ "", 0 };
	m->w->p = (struct app_plan){ .a = e->c->a, .git = m->w->w.git, .clone = m->w->clone, .here = m->c.here, .s = m->w->o.strategy, .off = &m->w->o.ctx, .facts = &m->w->o.facts, .now_s = m->w->o.now_s, .op = p->op };
	if (app_plan_ask_back(&ref, &m->w->p, p->op, &err) == SLU_OK)
		return 0;
	if (err.code != SLU_E_DENIED && err.code != SLU_E_WAIT)
		return cmd_fail(&m->c, &err);
	const struct pol_verdict *v = &m->w->p.refused;
	for (size_t k = 0; k < v->row.n; k++)
		if (v->row.v[k].state == POL_FAILED || v->row.v[k].state == POL_WAITING)
			(void)fprintf(m->c.err, "sluice: It was pushed to %.*s, and %s (%s) does not let %s go back there.\n", SLU_FMT(p->op->remote), v->row.v[k].rule, v->row.v[k].wanted, cmd_ref_name(slu_str_dup(e->c->a, ref)));
	return 1;
}

static int keep_pushed(struct cmd_ctx *c, const struct flow_op *op)
{
	struct cmd_ecosystem e = { .c = c, .insists = op->keep };
	slu_err err = { 0 };
	int code = cmd_ecosystem_open(&e, op);
	if (code == 0)
		code = ended(&e, app_eco_settle(&e.e, &err), &err, "has ended: what was pushed stays, all else stands as before.");
	for (size_t i = 0; code == 0 && i < e.n; i++) {
		const struct cmd_member *m = &e.m[i];
		bool kept = m->served ? m->landed : e.e.part[i].op->state == FLOW_OP_DONE;
		const char *stands = m->change ? slu_printf(c->a, "stands as before, and change %lld is open on %s", (long long)m->change, m->server) : "stands as before";
		cmd_say(c, "%.*s: %s", SLU_FMT(m->repo), kept ? slu_printf(c->a, "%s, and is released alone. A merge is taken back by a commit that says so: sluice revert --merge COMMIT", m->served ? "has landed" : "was pushed") : stands);
	}
	cmd_ecosystem_close(&e);
	return code;
}

int cmd_ecosystem_abort(struct cmd_ctx *c, const struct flow_op *op)
{
	struct cmd_ecosystem e = { .c = c };
	slu_err err = { 0 };
	if (c->dry_run)
		return would(c, op, cmd_has(c, "keep-pushed") ? "given up where it was not pushed, and ended where it was," : "given up, with every ref and file as before,");
	if (cmd_has(c, "keep-pushed"))
		return keep_pushed(c, op);
	int code = cmd_ecosystem_open(&e, op), refused = 0;
	for (size_t i = 0; code == 0 && op->state == FLOW_OP_RUNNING && !op->back && i < e.n; i++) {
		int one = may_recall(&e, i);
		refused = refused ? refused : one;
	}
	if (code == 0 && refused) {
		cmd_members_relay(&e);
		cmd_say(c, "Nothing was taken back anywhere. Go on, when the others take it: sluice continue. Or keep what was pushed, and give up the rest: sluice abort --keep-pushed");
	} else if (code == 0) {
		code = ended(&e, app_eco_abort(&e.e, &err), &err, "is given up: everything stands as before.");
	}
	cmd_ecosystem_close(&e);
	return code ? code : refused;
}

int cmd_ecosystem_undo(struct cmd_ctx *c, const struct flow_op *op)
{
	struct cmd_ecosystem e = { .c = c };
	slu_err err = { 0 };
	if (c->dry_run)
		return would(c, op, "taken back, with every ref and file as before,");
	int code = cmd_ecosystem_open(&e, op);
	if (code == 0)
		code = ended(&e, app_eco_undo(&e.e, &err), &err, "is undone: everything stands as before.");
	cmd_ecosystem_close(&e);
	return code;
}

/* ---- what is said of it ------------------------------------------------------------------------------------------------------------- */

/* The part of a member, without locking anything: it may be at work. */
static bool peek(struct cmd_ctx *c, const char *path, struct flow_op *op, bool *under_way)
{
	const struct port_git_here *h = NULL;
	const struct flow_op *log = NULL;
	port_clone *clone = NULL;
	size_t n = 0;
	*under_way = false;
	bool fine = cmd_here_at(c, path, &h, NULL) == SLU_OK && c->ports->clone_open(&clone, h, NULL) == SLU_OK && app_op_load(op, under_way, c->a, clone, NULL) == SLU_OK;
	if (fine && !*under_way)
		fine = app_op_log(&log, &n, c->a, clone, NULL) == SLU_OK && n > 0;
	if (fine && !*under_way)
		*op = log[n - 1];
	if (clone)
		clone->ops->close(clone);
	return fine;
}

static const char *part_text(struct cmd_ctx *c, const struct flow_op *op, const struct flow_op *part)
{
	struct flow_op_step st;
	switch (part->state) {
	case FLOW_OP_PREPARED: return op->state == FLOW_OP_RUNNING ? "prepared: its turn comes" : "prepared: nothing has moved";
	case FLOW_OP_SOLVING: return flow_op_is_solved(part) ? "its conflict is solved" : part->solved.n ? slu_printf(c->a, "a conflict waits in %.*s", SLU_FMT(part->solved.v[part->solved.n - 1].dir)) : "nothing has moved";
	case FLOW_OP_RUNNING:
		if (part->back)
			return "on its way back";
		if (!flow_op_step(&st, part, part->step))
			return "done, and waits for the others";
		return st.part == FLOW_OP_PUSH ? slu_printf(c->a, "not pushed to %.*s yet", SLU_FMT(part->remote)) : slu_printf(c->a, "%snext: %s", part->push.n ? "pushed; " : "", flow_op_step_text(c->a, part, part->step));
	case FLOW_OP_DONE:
	case FLOW_OP_ABORTED:
	case FLOW_OP_UNDONE: return flow_op_state_word(part->state);
	}
	return "";
}

static const char *next_of(const struct flow_op *op)
{
	if (op->state == FLOW_OP_RUNNING)
		return op->back ? "Go on taking it back: sluice continue" : "Go on: sluice continue. Put everything back: sluice abort";
	if (op->state == FLOW_OP_SOLVING)
		return "Solve the files there, git add them, then, here: sluice continue. Give it up: sluice abort";
	if (op->state == FLOW_OP_PREPARED)
		return "Nothing has moved anywhere. Plan it anew and do it: sluice continue. Give it up: sluice abort";
	return NULL;
}

static const char *here_state(struct cmd_ctx *c, const struct flow_op *op, const char *path)
{
	bool home = strcmp(path, c->here->work_tree ? c->here->work_tree : "") == 0, under_way = false;
	struct flow_op part = { 0 };
	bool known = home || peek(c, path, &part, &under_way);
	bool ours = home || (known && part.home_id == op->id && slu_str_is(part.home, c->here->work_tree));
	return !ours ? (known ? "nothing of it is here" : "the clone cannot be read") : part_text(c, op, home ? op : &part);
}

/* What a finish has of a member that a server serves is asked there, while it is under way. */
static const char *served_state(const char **why, struct cmd_ctx *c, const struct flow_op *op, size_t at)
{
	bool under_way = op->state == FLOW_OP_PREPARED || op->state == FLOW_OP_RUNNING || op->state == FLOW_OP_SOLVING;
	*why = "";
	if (under_way && slu_str_starts(op->command, "ecosystem finish"))
		return cmd_served_state(why, c, op, at);
	return flow_op_state_word(op->state);
}

int cmd_ecosystem_show(struct cmd_ctx *c, const struct flow_op *op)
{
	struct cmd_table t;
	const char **why = SLU_NEW_N(c->a, const char *, op->member.n + 1);
	(void)fprintf(c->out, "%.*s by %.*s: %s%s\n", SLU_FMT(op->command), SLU_FMT(op->by), op->back && op->state == FLOW_OP_RUNNING ? "being taken back, " : "",
	              op->state == FLOW_OP_SOLVING ? "a conflict waits for you" : flow_op_state_word(op->state));
	cmd_table_init(&t, c, 3);
	cmd_table_cell(&t, "MEMBER");
	cmd_table_cell(&t, "STATE");
	cmd_table_cell(&t, "CLONE");
	for (size_t i = 0; i < op->member.n; i++) {
		const char *path = slu_str_dup(c->a, op->member.v[i].path);
		why[i] = "";
		cmd_table_cell(&t, slu_str_dup(c->a, op->member.v[i].repo));
		cmd_table_cell(&t, op->member.v[i].server.n ? served_state(&why[i], c, op, i) : here_state(c, op, path));
		cmd_table_cell(&t, path);
	}
	int code = cmd_table_put(&t);
	for (size_t i = 0; i < op->member.n; i++)
		if (*why[i])
			cmd_say(c, "%.*s: %s", SLU_FMT(op->member.v[i].repo), why[i]);
	if (next_of(op))
		cmd_say(c, "%s", next_of(op));
	return code;
}

int cmd_ecosystem_leads(struct cmd_ctx *c, const struct flow_op *op)
{
	struct flow_op home = { 0 };
	slu_err err = { 0 };
	bool under_way = false;
	const char *path = slu_str_dup(c->a, op->home);
	bool leads = peek(c, path, &home, &under_way) && home.id == op->home_id && home.member.n;
	if (!leads) {
		cmd_say(c, "\"%.*s\" was led from %s, which knows nothing of it any more: it is looked at alone.", SLU_FMT(op->command), path);
		return 0;
	}
	(void)!slu_fail(&err, SLU_E_CONFLICT, "\"%.*s\" is done in several repositories at once, and led from %s. Go there: cd %s", SLU_FMT(op->command), path, path);
	return cmd_fail(c, &err);
}
