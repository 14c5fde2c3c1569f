/* SPDX-License-Identifier: Apache-2.0 */
#include "app/ecosystem.h"

#include "app/op_store.h"

static slu_rc of(slu_rc rc, const struct app_eco_part *p, slu_err *err)
{
	return rc == SLU_OK ? rc : slu_err_context(err, "%.*s", SLU_FMT(p->repo));
}

static bool is_ours(const struct flow_op *op, const struct app_eco *e)
{
	return op->home_id == e->op->id && slu_str_eq(op->home, e->where);
}

slu_rc app_eco_find(struct app_eco_part *part, const struct app_eco *e, slu_err *err)
{
	const struct flow_op *log = NULL;
	struct flow_op *op = SLU_NEW(e->a, struct flow_op);
	bool found = false;
	size_t n = 0;
	part->none = part->ended = false;
	if (part->is_home)
		return SLU_OK;
	if (part->served) {
		part->none = true;
		return SLU_OK;
	}
	SLU_TRY(app_op_load(op, &found, e->a, part->w->clone, err));
	if (found && !is_ours(op, e))
		return slu_fail(err, SLU_E_CONFLICT, "Another operation is under way there: %.*s. Go on with it there (sluice continue), or give it up (sluice abort).", SLU_FMT(op->command));
	part->op = op;
	if (found)
		return SLU_OK;
	SLU_TRY(app_op_log(&log, &n, e->a, part->w->clone, err));
	part->none = n == 0 || !is_ours(&log[n - 1], e);
	part->ended = !part->none;
	if (part->ended)
		*op = log[n - 1];
	for (size_t i = 0; part->none && i < n; i++)
		if (is_ours(&log[i], e))
			return slu_fail(err, SLU_E_CONFLICT, "\"%.*s\" was done there since; take that back first: sluice undo", SLU_FMT(log[n - 1].command));
	return SLU_OK;
}

/* A server does its part, and its clone is not asked; that of the home keeps the record all the same. */
static bool is_there(const struct app_eco_part *p)
{
	return p->served && !p->is_home;
}

static slu_rc there(const struct app_eco *e, enum app_eco_there what, slu_err *err)
{
	return e->there ? e->there(e->there_ctx, what, err) : SLU_OK;
}

/* ---- before it is decided ------------------------------------------------------------------------------------------------------- */

static void drop_waiting(struct app_eco *e, const struct app_eco_part *p)
{
	slu_err why = { 0 };
	if (p->none || p->op->waiting.n == 0 || app_op_drop_waiting(p->op, p->w, &why) == SLU_OK)
		return;
	*SLU_ADD(e->a, &e->left) = slu_printf(e->a, "%.*s: what waited on %.*s below %.*s could not be removed (%s) It does no harm; remove it with: git push %.*s --delete REF", SLU_FMT(p->repo), SLU_FMT(p->op->remote),
	                                      SLU_FMT(p->op->waiting), why.text, SLU_FMT(p->op->remote));
}

void app_eco_clear(struct app_eco *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (!e->part[i].ended && !e->part[i].none && e->part[i].op->state == FLOW_OP_PREPARED)
			drop_waiting(e, &e->part[i]);
}

slu_rc app_eco_forget(struct app_eco *e, bool log, slu_err *err)
{
	for (size_t i = e->n; i-- > 0;) {
		struct app_eco_part *p = &e->part[i];
		if (p->none || p->ended)
			continue;
		drop_waiting(e, p);
		if (!p->is_home)
			SLU_TRY(of(app_op_discard(p->op, p->w, err), p, err));
	}
	return log ? app_op_close(e->op, e->w, FLOW_OP_ABORTED, err) : app_op_discard(e->op, e->w, err);
}

static void at(const struct app_eco *e, const char *where)
{
	if (e->w->point)
		e->w->point(e->w->ctx, where);
}

/* The home first: whoever finds a part finds it by the home. */
static slu_rc store(struct app_eco *e, slu_err *err)
{
	SLU_TRY(app_op_prepare(e->op, e->w, err));
	at(e, "home:after");
	for (size_t i = 0; i < e->n; i++) {
		struct app_eco_part *p = &e->part[i];
		if (p->is_home || is_there(p))
			continue;
		p->op->home = e->where;
		p->op->home_id = e->op->id;
		SLU_TRY(of(app_op_prepare(p->op, p->w, err), p, err));
		p->none = false;
		at(e, slu_printf(e->a, "stored:%.*s", SLU_FMT(p->repo)));
	}
	return SLU_OK;
}

static slu_rc prove(struct app_eco *e, slu_str name, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++)
		if (!is_there(&e->part[i]))
			SLU_TRY(of(app_op_prove(e->part[i].op, e->part[i].w, err), &e->part[i], err));
	for (size_t i = 0; i < e->n; i++) {
		if (is_there(&e->part[i]))
			continue;
		SLU_TRY(of(app_op_push_waiting(e->part[i].op, e->part[i].w, name, err), &e->part[i], err));
		at(e, slu_printf(e->a, "waiting:%.*s", SLU_FMT(e->part[i].repo)));
	}
	return SLU_OK;
}

/* ---- forwards --------------------------------------------------------------------------------------------------------------------- */

static slu_rc end(struct app_eco *e, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++)
		if (!e->part[i].ended)
			drop_waiting(e, &e->part[i]);
	for (size_t i = 0; i < e->n; i++) {
		struct app_eco_part *p = &e->part[i];
		if (p->is_home || p->ended || is_there(p))
			continue;
		SLU_TRY(of(app_op_close(p->op, p->w, FLOW_OP_DONE, err), p, err));
		at(e, slu_printf(e->a, "ended:%.*s", SLU_FMT(p->repo)));
	}
	return app_op_close(e->op, e->w, FLOW_OP_DONE, err);
}

/* Taken up again, maybe hours later: those whose turn has not come are looked at once more before any other remote moves. */
static slu_rc prove_again(const struct app_eco *e, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct app_eco_part *p = &e->part[i];
		if (is_there(p))
			continue;
		if (p->none)
			return of(slu_fail(err, SLU_E_CONFLICT, "Its part is not there any more: somebody removed it."), p, err);
		if (!p->ended && p->op->state == FLOW_OP_PREPARED)
			SLU_TRY(of(app_op_prove(p->op, p->w, err), p, err));
	}
	return SLU_OK;
}

static slu_rc go_on(struct app_eco *e, bool again, slu_err *err)
{
	if (again) {
		SLU_TRY(prove_again(e, err));
		SLU_TRY(there(e, APP_ECO_ASK, err));
	}
	for (size_t i = 0; i < e->n; i++)
		if (!e->part[i].ended && !is_there(&e->part[i]))
			SLU_TRY(of(app_op_send(e->part[i].op, e->part[i].w, again, err), &e->part[i], err));
	slu_rc rc = there(e, APP_ECO_DO, err);
	e->refused_there = rc != SLU_OK && rc != SLU_E_IO && rc != SLU_E_TIMEOUT;
	SLU_TRY(rc);
	for (size_t i = 0; i < e->n; i++)
		if (!e->part[i].ended && !is_there(&e->part[i]))
			SLU_TRY(of(app_op_rest(e->part[i].op, e->part[i].w, again, err), &e->part[i], err));
	return end(e, err);
}

/* Which remotes have it, for whoever reads that another has not: "acme/auth, acme/app". n == 0: none. */
static const char *sent_to(const struct app_eco *e)
{
	const char *list = "";
	for (size_t i = 0; i < e->n; i++)
		if (e->part[i].op && e->part[i].op->push.n && (flow_op_pushed(e->part[i].op) == FLOW_OP_AFTER || e->part[i].ended))
			list = slu_printf(e->a, "%s%s%.*s", list, *list ? ", " : "", SLU_FMT(e->part[i].repo));
	return list;
}

static slu_rc stands(slu_rc rc, const struct app_eco *e, slu_err *err)
{
	const char *sent = sent_to(e);
	if (rc == SLU_OK || !err)
		return rc;
	slu_err why = *err;
	if (e->op->keep)
		return slu_fail(err, why.code, "%s \"%.*s\" is being ended with what was pushed: sluice continue tries again.", why.text, SLU_FMT(e->op->command));
	(void)!slu_fail(err, why.code, "%s %s%s%s\"%.*s\" is under way: sluice continue tries again, sluice abort %s.", why.text, *sent ? "Pushed so far: " : "", sent, *sent ? ". " : "", SLU_FMT(e->op->command),
	                *sent ? "takes back what was pushed where the rules allow it, sluice abort --keep-pushed keeps it and puts back the rest" : "puts everything back");
	return rc;
}

static bool nothing_moved(const struct app_eco *e, slu_rc rc)
{
	bool moved = false;
	for (size_t i = 0; i < e->n; i++)
		moved = moved || e->part[i].op->step > 0;
	return !moved && !e->moved_there && (e->refused_there || rc == SLU_E_CONFLICT || rc == SLU_E_BUSY); /* with these, the first step is known to have moved nothing */
}

/* A part with what a person solved for it; without, it is forgotten. */
static slu_rc keep_part(struct app_eco *e, struct app_eco_part *p, slu_err *err)
{
	const struct flow_op wait = flow_op_waiting(p->op);
	if (!p->none)
		drop_waiting(e, p);
	if (p->is_home)
		return SLU_OK;
	return wait.solved.n ? app_op_keep(&wait, p->w, err) : p->none ? SLU_OK : app_op_discard(p->op, p->w, err);
}

/* Nothing has moved anywhere. What people solved for it is there when it is tried again. */
static slu_rc not_begun(struct app_eco *e, slu_rc rc, slu_err *err)
{
	slu_err why = *err, quiet = { 0 };
	const struct flow_op wait = flow_op_waiting(e->op);
	bool solved = e->op->solved.n > 0;
	slu_rc kept = SLU_OK;
	for (size_t i = 0; i < e->n; i++)
		solved = solved || (!is_there(&e->part[i]) && e->part[i].op->solved.n);
	if (!solved) {
		(void)!app_eco_forget(e, false, &quiet);
		return rc;
	}
	for (size_t i = e->n; kept == SLU_OK && i-- > 0;)
		if (!is_there(&e->part[i]) && !e->part[i].ended)
			kept = keep_part(e, &e->part[i], &quiet);
	if (kept == SLU_OK && app_op_keep(&wait, e->w, &quiet) == SLU_OK)
		(void)!slu_fail(err, why.code, "%s What was solved is kept: sluice continue tries again, sluice abort gives it up.", why.text);
	return rc;
}

slu_rc app_eco_park(struct app_eco *e, slu_str name, slu_err *err)
{
	slu_rc rc = store(e, err);
	if (rc == SLU_OK)
		rc = prove(e, name, err);
	return rc == SLU_OK ? SLU_OK : not_begun(e, rc, err);
}

slu_rc app_eco_begin(struct app_eco *e, slu_str name, slu_err *err)
{
	slu_rc rc = app_eco_park(e, name, err);
	SLU_TRY(rc);
	at(e, "prepared:after");
	e->op->state = FLOW_OP_RUNNING; /* the decision */
	SLU_TRY(stands(app_op_save(e->op, e->w->clone, err), e, err));
	at(e, "decided:after");
	rc = go_on(e, false, err);
	return rc != SLU_OK && nothing_moved(e, rc) ? not_begun(e, rc, err) : stands(rc, e, err);
}

/* ---- back --------------------------------------------------------------------------------------------------------------------------- */

static bool is_back(const struct app_eco_part *p)
{
	return p->none || (p->ended && p->op->state != FLOW_OP_DONE);
}

/* Remotes first: they are what can refuse. In the other order. */
static slu_rc go_back(struct app_eco *e, slu_err *err)
{
	enum flow_op_state how = e->op->undo ? FLOW_OP_UNDONE : FLOW_OP_ABORTED;
	SLU_TRY(there(e, APP_ECO_BACK, err));
	for (size_t i = e->n; i-- > 0;) {
		struct app_eco_part *p = &e->part[i];
		if (is_back(p))
			continue;
		SLU_TRY(of(app_op_turn(p->op, p->w, e->op->undo, err), p, err));
		p->ended = false;
		SLU_TRY(of(app_op_recall(p->op, p->w, err), p, err));
	}
	for (size_t i = e->n; i-- > 0;)
		if (!is_back(&e->part[i]))
			SLU_TRY(of(app_op_return(e->part[i].op, e->part[i].w, err), &e->part[i], err));
	for (size_t i = e->n; i-- > 0;) {
		struct app_eco_part *p = &e->part[i];
		if (is_back(p))
			continue;
		drop_waiting(e, p);
		if (!p->is_home)
			SLU_TRY(of(app_op_close(p->op, p->w, how, err), p, err));
		at(e, slu_printf(e->a, "back:%.*s", SLU_FMT(p->repo)));
	}
	return app_op_close(e->op, e->w, how, err);
}

static slu_rc stands_back(slu_rc rc, const struct app_eco *e, slu_err *err)
{
	if (rc == SLU_OK || !err)
		return rc;
	slu_err why = *err;
	(void)!slu_fail(err, why.code, "%s \"%.*s\" is being taken back: sluice continue tries again.", why.text, SLU_FMT(e->op->command));
	return rc;
}

static slu_rc settle_one(struct app_eco *e, struct app_eco_part *p, enum flow_op_state *how, slu_err *err)
{
	bool sent = false, built_on = false;
	SLU_TRY(app_op_was_sent(&sent, &built_on, p->op, p->w, err));
	*how = sent ? FLOW_OP_DONE : FLOW_OP_ABORTED;
	if (sent) {
		SLU_TRY(app_op_sent(p->op, p->w, err));
		SLU_TRY(app_op_rest(p->op, p->w, true, err));
	} else {
		SLU_TRY(app_op_turn(p->op, p->w, false, err));
		SLU_TRY(app_op_return(p->op, p->w, err));
	}
	drop_waiting(e, p);
	return p->is_home ? SLU_OK : app_op_close(p->op, p->w, *how, err);
}

static slu_rc settle(struct app_eco *e, slu_err *err)
{
	enum flow_op_state how = FLOW_OP_ABORTED, home = FLOW_OP_ABORTED;
	SLU_TRY(there(e, APP_ECO_KEEP, err));
	for (size_t i = 0; i < e->n; i++) {
		struct app_eco_part *p = &e->part[i];
		if (p->none || p->ended)
			continue;
		SLU_TRY(of(settle_one(e, p, &how, err), p, err));
		home = p->is_home ? how : home;
		at(e, slu_printf(e->a, "settled:%.*s", SLU_FMT(p->repo)));
	}
	return app_op_close(e->op, e->w, home, err);
}

slu_rc app_eco_settle(struct app_eco *e, slu_err *err)
{
	if (e->op->state != FLOW_OP_RUNNING || e->op->back)
		return slu_fail(err, SLU_E_CONFLICT, "Nothing of \"%.*s\" was pushed that could be kept%s", SLU_FMT(e->op->command), e->op->back ? ", or it is being taken back already: sluice continue" : ": sluice abort");
	e->op->keep = true;
	SLU_TRY(app_op_keep(e->op, e->w, err));
	at(e, "turned:after");
	return stands(settle(e, err), e, err);
}

slu_rc app_eco_continue(struct app_eco *e, slu_err *err)
{
	if (e->op->keep)
		return stands(settle(e, err), e, err);
	return e->op->back ? stands_back(go_back(e, err), e, err) : stands(go_on(e, true, err), e, err);
}

static slu_rc nobody_built_on_it(const struct app_eco *e, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct app_eco_part *p = &e->part[i];
		bool sent = false, built_on = false;
		if (!is_back(p))
			SLU_TRY(of(app_op_was_sent(&sent, &built_on, p->op, p->w, err), p, err));
		if (built_on)
			return of(slu_fail(err, SLU_E_CONFLICT, "Others have moved on at %.*s from what was pushed there; nothing is taken back anywhere. Go on: sluice continue. Or keep what was pushed, and give up the rest: sluice abort --keep-pushed", SLU_FMT(p->op->remote)), p, err);
	}
	return SLU_OK;
}

slu_rc app_eco_abort(struct app_eco *e, slu_err *err)
{
	if (e->op->state != FLOW_OP_RUNNING)
		return app_eco_forget(e, true, err);
	if (e->op->keep)
		return stands(settle(e, err), e, err);
	if (!e->op->back) {
		SLU_TRY(nobody_built_on_it(e, err));
		SLU_TRY(app_op_turn(e->op, e->w, false, err));
		at(e, "turned:after");
	}
	return stands_back(go_back(e, err), e, err);
}

slu_rc app_eco_undo(struct app_eco *e, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct app_eco_part *p = &e->part[i];
		if (p->served && !e->returns)
			return of(slu_fail(err, SLU_E_CONFLICT, "It landed on its server, where others may have it already: it is not undone anywhere. A merge is taken back by a commit that says so: sluice revert --merge COMMIT"), p, err);
		if (is_there(p))
			continue;
		if (p->none)
			return of(slu_fail(err, SLU_E_CONFLICT, "Nothing of \"%.*s\" is known there: it is not taken back anywhere.", SLU_FMT(e->op->command)), p, err);
		if (p->op->push.n)
			return of(slu_fail(err, SLU_E_CONFLICT, "It was pushed to %.*s, where others may have it already: it is not undone anywhere, and no deletion is pushed. A merge is taken back by a commit that says so: sluice revert --merge COMMIT",
			                   SLU_FMT(p->op->remote)), p, err);
		SLU_TRY(of(app_op_may_undo(p->op, p->w, err), p, err));
	}
	SLU_TRY(app_op_turn(e->op, e->w, true, err));
	at(e, "turned:after");
	return stands_back(go_back(e, err), e, err);
}
