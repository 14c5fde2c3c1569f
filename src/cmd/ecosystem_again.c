/* SPDX-License-Identifier: Apache-2.0 */
/* A member that has moved after it was decided, while others have theirs already: its part is planned anew, and all goes on. */
#include "cmd/ecosystem_plan.h"

static const char heads[] = "refs/heads/";

/* Its remote has nothing of it, and would not take what was planned; or what was planned anew still waits for its checks. */
static slu_rc has_moved(bool *out, const struct app_eco_part *p, slu_err *err)
{
	slu_err why = { 0 };
	bool sent = false, built_on = false;
	*out = false;
	if (p->none || p->ended || p->op->push.n == 0 || p->op->step > 0)
		return SLU_OK;
	SLU_TRY(app_op_was_sent(&sent, &built_on, p->op, p->w, err));
	if (!sent)
		*out = p->op->untested || app_op_prove(p->op, p->w, &why) == SLU_E_CONFLICT; /* what else is in the way is told by going on */
	return SLU_OK;
}

int cmd_ecosystem_moved(struct cmd_ecosystem *e, bool *any)
{
	*any = false;
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (has_moved(&m->moved, &e->e.part[i], &m->err) != SLU_OK) {
			m->code = cmd_fail(&m->c, &m->err);
			cmd_members_relay(e);
			return m->code;
		}
		*any = *any || m->moved;
	}
	return 0;
}

/* The same operation, that of the home with its record, before anything of it is planned. */
static struct flow_op without_plan(const struct flow_op *old)
{
	struct flow_op op = *old;
	op.says = (__typeof__(op.says)){ 0 };
	op.push = (__typeof__(op.push)){ 0 };
	op.ref = (__typeof__(op.ref)){ 0 };
	op.tree = (__typeof__(op.tree)){ 0 };
	op.setting = (__typeof__(op.setting)){ 0 };
	op.link = (__typeof__(op.link)){ 0 };
	op.rename = (__typeof__(op.rename)){ 0 };
	op.waiting = (slu_str){ "", 0 };
	return op;
}

/* What came to its branches meanwhile is what the new plan builds on. */
static slu_rc forward(struct cmd_member *m, const struct flow_op *old, slu_err *err)
{
	struct app_plan *p = &m->w->p;
	for (size_t i = 0; i < old->push.n; i++) {
		slu_str ref = old->push.v[i].name;
		slu_oid here, theirs;
		bool inside = false;
		if (!slu_str_starts(ref, heads))
			continue;
		SLU_TRY(app_plan_at(&here, p, ref, err));
		SLU_TRY(p->git->ops->ref(p->git, slu_s(slu_printf(p->a, "refs/remotes/%.*s/%s", SLU_FMT(m->w->remote), ref.p + strlen(heads))), &theirs, err));
		if (slu_oid_is_zero(&here) || slu_oid_is_zero(&theirs) || slu_oid_eq(&here, &theirs))
			continue;
		SLU_TRY(p->git->ops->is_ancestor(p->git, &here, &theirs, &inside, err));
		if (!inside)
			continue;
		app_plan_says(p, "bring %s to where %.*s has it (%.10s)", ref.p + strlen(heads), SLU_FMT(m->w->remote), theirs.hex);
		SLU_TRY(app_plan_move(p, ref, &theirs, err));
	}
	return SLU_OK;
}

static slu_rc plan(struct cmd_ecosystem *e, struct cmd_member *m, const struct flow_op *old, slu_err *err)
{
	SLU_TRY(forward(m, old, err));
	SLU_TRY(cmd_member_plan_finish(e, m, err));
	return cmd_member_plan_tags(e, m, err);
}

static int plan_again(struct cmd_ecosystem *e, size_t i, const struct flow_op *old)
{
	struct cmd_member *m = &e->m[i];
	struct cmd_work *w = m->w;
	slu_err err = { 0 };
	m->c.resume = old;
	cmd_work_close(w);
	*w = (struct cmd_work){ 0 };
	int code = cmd_work_open(&m->c, w);
	w->op = without_plan(old);
	w->w.ctx = slu_str_dup(e->c->a, m->repo);
	e->e.part[i].op = &w->op;
	if (code == 0)
		code = cmd_work_fetch(&m->c, w);
	if (code)
		return code;
	for (size_t k = 0; k < e->home.op.made.n; k++)
		*SLU_ADD(e->c->a, &w->p.before) = e->home.op.made.v[k];
	slu_rc rc = plan(e, m, old, &err);
	if (rc == SLU_E_CONFLICT && w->p.has_conflict) /* the others have theirs: it is solved by a commit, not by another operation */
		rc = slu_fail(&err, rc, "What came to it meanwhile conflicts with the release in %.*s. Solve it there: cd %s && git switch %s && git merge %.*s/%s, and commit. Then, in %s: sluice continue", SLU_FMT(w->p.conflict.v[0]), m->path,
		              m->source, SLU_FMT(w->remote), m->target, e->where);
	w->p.has_conflict = false;
	return rc == SLU_OK ? 0 : cmd_work_stopped(&m->c, w, &err);
}

/* In place of the old one; what the remote gets waits there as before it was decided. */
static slu_rc store(struct cmd_ecosystem *e, size_t i, const struct flow_op *old, slu_err *err)
{
	struct cmd_member *m = &e->m[i];
	struct flow_op *op = &m->w->op;
	op->untested = false;
	for (size_t k = 0; k < m->w->p.want.n; k++)
		op->untested = op->untested || !m->w->p.want.v[k].passed;
	SLU_TRY(app_op_prove(op, &m->w->w, err));
	if (old->waiting.n)
		SLU_TRY(app_op_drop_waiting(old, &m->w->w, err));
	flow_op_mark(op->ref.v, op->ref.n);
	if (m->home)
		flow_op_mark(op->push.v, op->push.n);
	else
		SLU_TRY(app_op_prepare(op, &m->w->w, err));
	SLU_TRY(app_op_push_waiting(op, &m->w->w, slu_s(e->version), err));
	cmd_work_point(slu_printf(e->c->a, "again:%.*s", SLU_FMT(m->repo)));
	for (size_t k = 0; k < m->w->p.made.n; k++)
		*SLU_ADD(e->c->a, &e->home.op.made) = m->w->p.made.v[k];
	return app_op_keep(&e->home.op, &e->home.w, err);
}

static int store_all(struct cmd_ecosystem *e, const struct flow_op *old)
{
	int code = 0;
	for (size_t i = 0; code == 0 && i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		slu_err err = { 0 };
		if (m->moved && store(e, i, &old[i], &err) != SLU_OK)
			code = cmd_fail(&m->c, &err);
		for (size_t k = 0; m->moved && code == 0 && k < m->w->op.says.n; k++)
			cmd_say(e->c, "%.*s, anew: %zu. %.*s", SLU_FMT(m->repo), k + 1, SLU_FMT(m->w->op.says.v[k]));
	}
	return code;
}

static int again(struct cmd_ecosystem *e, struct flow_op *old)
{
	const struct cmd_offline_ask ask = { .anybody = true };
	size_t missing = 0;
	int code = cmd_offline_open_as(e->c, &e->home.o, &ask);
	for (size_t i = 0; code == 0 && i < e->n; i++)
		if (e->m[i].moved) {
			old[i] = *e->e.part[i].op;
			e->m[i].code = plan_again(e, i, &old[i]);
		}
	for (size_t i = 0; i < e->n; i++)
		code = code ? code : e->m[i].code;
	if (code == 0)
		code = cmd_ecosystem_checks(e, &missing);
	if (code == 0)
		code = store_all(e, old);
	cmd_members_relay(e);
	if (code)
		cmd_say(e->c, "What others have got stays where it is: %.*s is under way. Go on: sluice continue. Keep what was pushed, and give up the rest: sluice abort --keep-pushed", SLU_FMT(e->home.op.command));
	if (code || missing == 0)
		return code ? code : cmd_ecosystem_go_on(e);
	cmd_say(e->c, "What was planned anew waits for its checks, which nobody here can tell.");
	cmd_ecosystem_tell_checks(e);
	return slu_rc_exit(SLU_E_WAIT);
}

int cmd_ecosystem_again(struct cmd_ctx *c, const struct flow_op *op)
{
	struct cmd_ecosystem e = { .c = c };
	bool any = false;
	int code = cmd_ecosystem_open(&e, op);
	if (code == 0)
		code = cmd_ecosystem_moved(&e, &any);
	if (code == 0)
		code = again(&e, SLU_NEW_N(c->a, struct flow_op, e.n + 1));
	cmd_ecosystem_close(&e);
	return code;
}
