/* SPDX-License-Identifier: Apache-2.0 */
/* Checks that the members' branches want of what they get: who tests it says so by a ref, src/app/plan_checks.h, or by --checked. */
#include "app/plan_checks.h"
#include "cmd/ecosystem_plan.h"
#include "cmd/finish_checks.h"

/* The caller's own word for a check, in each member that wants it. */
static bool says(struct cmd_ecosystem *e, struct cmd_member *m, const char *name)
{
	bool found = false;
	for (size_t i = 0; i < m->w->p.want.n; i++) {
		struct app_plan_want *x = &m->w->p.want.v[i];
		if (!slu_str_is(x->check, name))
			continue;
		if (!x->passed)
			app_plan_says(&m->w->p, "%s passed on %.10s of %.*s, as %.*s says", name, x->on.hex, SLU_FMT(x->branch), SLU_FMT(e->home.op.by));
		x->passed = found = true;
	}
	return found;
}

static slu_rc look(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	struct cmd_work *w = m->w;
	struct app_plan_refs r = { 0 };
	if (w->p.want.n == 0 || w->op.push.n == 0)
		return SLU_OK;
	SLU_TRY(w->clone->ops->remote_refs(w->clone, e->c->a, w->remote, true, &r.v, &r.n, err));
	SLU_TRY(app_plan_checks(&w->p, &r, err));
	for (size_t i = 0; i < r.n; i++) /* what was said of its commits goes with the push that lands them */
		for (size_t k = 0; k < w->p.made.n; k++)
			if (slu_str_starts(r.v[i].name, slu_printf(e->c->a, "refs/sluice/checked/%s/", w->p.made.v[k].hex)))
				*SLU_ADD(e->c->a, &w->op.push) = (struct flow_op_ref){ .name = r.v[i].name, .old = r.v[i].id, .new_ = slu_oid_zero() };
	return SLU_OK;
}

static int said(struct cmd_ecosystem *e)
{
	const char *name;
	for (size_t i = 0; (name = cmd_opt_at(e->c, "checked", i)); i++) {
		bool found = false;
		for (size_t k = 0; k < e->n; k++)
			found = says(e, &e->m[k], name) || found;
		for (size_t k = 0; !found && k < e->n; k++)
			if (e->m[k].served)
				return cmd_usage(e->c, "--checked %s: what %.*s waits for is told its server: sluice commit status COMMIT --context %s --state success", name, SLU_FMT(e->m[k].repo), name);
		if (!found)
			return cmd_usage(e->c, "--checked %s: no member waits for a check of that name.", name);
	}
	return 0;
}

int cmd_ecosystem_checks(struct cmd_ecosystem *e, size_t *missing)
{
	*missing = 0;
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (look(e, m, &m->err) != SLU_OK)
			m->code = cmd_fail(&m->c, &m->err);
	}
	int code = said(e);
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		code = code ? code : m->code;
		for (size_t k = 0; m->w->op.push.n && k < m->w->p.want.n; k++)
			*missing += !m->w->p.want.v[k].passed;
	}
	if (code)
		cmd_members_relay(e);
	return code;
}

void cmd_ecosystem_words(struct cmd_ecosystem *e)
{
	struct flow_op *op = &e->home.op;
	struct cmd_ctx *c = e->c;
	op->arg = (__typeof__(op->arg)){ 0 };
	for (size_t i = 0; i < c->word_n; i++) {
		if (strcmp(c->word[i], "--checked") == 0)
			i++;
		else if (strncmp(c->word[i], "--checked=", strlen("--checked=")) != 0)
			*SLU_ADD(c->a, &op->arg) = slu_s(c->word[i]);
	}
	if (c->arg_n == 0) /* later another release may be open */
		*SLU_ADD(c->a, &op->arg) = slu_s(e->version);
	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < e->m[i].w->p.made.n; k++)
			*SLU_ADD(c->a, &op->made) = e->m[i].w->p.made.v[k];
}

/* Where whoever tests it finds it; the branch itself where it does not move. */
static slu_str where(struct cmd_ctx *c, const struct cmd_member *m, slu_str branch)
{
	const struct flow_op *op = &m->w->op;
	slu_str ref = slu_s(slu_printf(c->a, "refs/heads/%.*s", SLU_FMT(branch)));
	for (size_t i = 0; i < op->push.n; i++)
		if (slu_str_eq(op->push.v[i].name, ref))
			return flow_op_waiting_ref(c->a, op, &op->push.v[i]);
	return ref;
}

static void tell_how(struct cmd_ecosystem *e, const struct cmd_member *m, const struct app_plan_want *x)
{
	struct cmd_ctx *c = e->c;
	slu_str ref = where(c, m, x->branch);
	if (ref.n)
		cmd_say(c, "Who tests it, such as %.*s, reads it with Git alone:  git fetch %.*s %.*s", SLU_FMT(m->repo), SLU_FMT(m->w->remote), SLU_FMT(ref));
	if (ref.n && !slu_str_starts(m->w->op.waiting, "refs/heads/"))
		cmd_say(c, "and says there that it passed:  git push %.*s %s:%s", SLU_FMT(m->w->remote), x->on.hex, app_plan_checked_ref(c->a, &x->on, x->check));
	const char *words = "";
	for (size_t i = 0; i < e->n; i++)
		words = cmd_finish_words(c, words, e->m[i].w->p.want.v, e->m[i].w->p.want.n);
	if (ref.n)
		cmd_say(c, "Then: sluice continue. When you have tested it all yourself: sluice continue%s. Give it up: sluice abort", words);
}

void cmd_ecosystem_tell_checks(struct cmd_ecosystem *e)
{
	const struct cmd_member *first = NULL;
	const struct app_plan_want *wait = NULL;
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		for (size_t k = 0; m->w->op.push.n && k < m->w->p.want.n; k++) {
			const struct app_plan_want *x = &m->w->p.want.v[k];
			cmd_say(e->c, "  %.*s  %.*s %.10s  %.*s: %s", SLU_FMT(m->repo), SLU_FMT(x->branch), x->on.hex, SLU_FMT(x->check), x->passed ? "passed" : "waits");
			if (first || x->passed)
				continue;
			first = m;
			wait = x;
		}
	}
	if (first)
		tell_how(e, first, wait);
}
