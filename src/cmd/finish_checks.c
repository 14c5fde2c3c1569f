/* SPDX-License-Identifier: Apache-2.0 */
/** Finishing where a branch wants checks and no server knows them: what would land waits on the remote for whoever tests it. */
#include "cmd/finish_checks.h"

#include "app/plan_checks.h"

static const char plans[] = "refs/sluice/plan/";

static slu_str plan_ref(struct cmd_ctx *c, uint64_t plan, slu_str branch)
{
	return slu_s(slu_printf(c->a, "%s%llu/%.*s", plans, (unsigned long long)plan, SLU_FMT(branch)));
}

/* ---- of an earlier try ------------------------------------------------------------------------------------------------------------- */

slu_rc cmd_finish_before(struct app_landing *out, struct cmd_ctx *c, struct cmd_work *w, const char *source, slu_err *err)
{
	const struct app_landing *v = NULL;
	size_t n = 0;
	*out = (struct app_landing){ 0 };
	SLU_TRY(app_landings(&v, &n, c->a, w->clone, err));
	for (size_t i = 0; i < n; i++)
		if (slu_str_is(v[i].source, source) && v[i].plan)
			*out = v[i];
	for (size_t i = 0; i < out->made.n; i++)
		*SLU_ADD(c->a, &w->p.before) = out->made.v[i];
	for (size_t i = 0; i < out->solved.n; i++)
		*SLU_ADD(c->a, &w->op.solved) = out->solved.v[i];
	return SLU_OK;
}

slu_rc cmd_finish_landed(bool *out, struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x, slu_err *err)
{
	port_git *g = w->w.git;
	slu_oid target;
	*out = false;
	if (x->plan == 0)
		return SLU_OK;
	SLU_TRY(g->ops->ref(g, slu_s(slu_printf(c->a, "refs/remotes/%.*s/%.*s", SLU_FMT(w->remote), SLU_FMT(x->target))), &target, err));
	for (size_t i = 0; i < x->made.n && !*out && !slu_oid_is_zero(&target); i++)
		if (g->ops->is_ancestor(g, &x->made.v[i], &target, out, NULL) != SLU_OK)
			*out = false;
	return SLU_OK;
}

/* ---- what is there ------------------------------------------------------------------------------------------------------------------ */

static uint64_t plan_of(slu_str ref)
{
	uint64_t n = 0;
	slu_str rest = { ref.p + strlen(plans), ref.n - strlen(plans) }, word;
	return slu_str_split(&rest, '/', &word) && slu_parse_u64(&n, word, NULL) == SLU_OK ? n : 0;
}

static uint64_t next_plan(const struct app_plan_refs *r)
{
	uint64_t last = 0;
	for (size_t i = 0; i < r->n; i++)
		if (slu_str_starts(r->v[i].name, plans) && plan_of(r->v[i].name) > last)
			last = plan_of(r->v[i].name);
	return last + 1;
}

static void take_away(struct cmd_ctx *c, struct flow_op *op, const struct port_git_ref *ref)
{
	*SLU_ADD(c->a, &op->push) = (struct flow_op_ref){ .name = ref->name, .old = ref->id, .new_ = slu_oid_zero() };
}

/* Somebody else may have begun a plan of the same number at the same time. */
static bool is_own(const struct app_landing *x, const struct port_git_ref *ref)
{
	bool own = false;
	for (size_t i = 0; i < x->made.n && !own; i++)
		own = slu_oid_eq(&x->made.v[i], &ref->id);
	return own && slu_str_starts(ref->name, plans) && plan_of(ref->name) == x->plan;
}

/* The plan's own refs, and what was said of its commits. */
static void take_all_away(struct cmd_ctx *c, struct flow_op *op, const struct app_landing *x, const struct app_plan_refs *r)
{
	for (size_t i = 0; i < r->n; i++) {
		bool its = x->plan && is_own(x, &r->v[i]);
		for (size_t k = 0; k < x->made.n && !its; k++)
			its = slu_str_starts(r->v[i].name, slu_printf(c->a, "refs/sluice/checked/%s/", x->made.v[k].hex));
		if (its)
			take_away(c, op, &r->v[i]);
	}
}

/* ---- what somebody says ---------------------------------------------------------------------------------------------------------------- */

static slu_rc said(struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const char *name;
	for (size_t i = 0; (name = cmd_opt_at(c, "checked", i)); i++) {
		bool found = false;
		const char *all = "";
		for (size_t k = 0; k < w->p.want.n; k++) {
			struct app_plan_want *x = &w->p.want.v[k];
			bool it = slu_str_is(x->check, name);
			if (it && !x->passed)
				app_plan_says(&w->p, "%s passed on %.10s of %.*s, as %.*s says", name, x->on.hex, SLU_FMT(x->branch), SLU_FMT(w->op.by));
			x->passed = x->passed || it;
			found = found || it;
			if (!strstr(slu_printf(c->a, ", %s,", all), slu_printf(c->a, ", %.*s,", SLU_FMT(x->check))))
				all = slu_printf(c->a, "%s%s%.*s", all, *all ? ", " : "", SLU_FMT(x->check));
		}
		if (!found)
			return slu_fail(err, SLU_E_USAGE, "--checked %s: nothing here waits for a check of that name%s%s.", name, *all ? "; what is wanted: " : "", all);
	}
	return SLU_OK;
}

static size_t missing(const struct cmd_work *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->p.want.n; i++)
		n += !w->p.want.v[i].passed;
	return n;
}

slu_rc cmd_start_checks(struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	struct app_plan_refs r = { 0 };
	size_t kept = 0;
	for (size_t i = 0; i < w->p.want.n; i++)
		if (w->p.want.v[i].begins) /* what its own commits have to pass is asked when it is finished */
			w->p.want.v[kept++] = w->p.want.v[i];
	w->p.want.n = kept;
	if (w->remote.n == 0 || (w->p.want.n == 0 && !cmd_has(c, "checked")))
		return SLU_OK;
	SLU_TRY(w->clone->ops->remote_refs(w->clone, c->a, w->remote, true, &r.v, &r.n, err));
	SLU_TRY(app_plan_checks(&w->p, &r, err));
	SLU_TRY(said(c, w, err));
	const char *all = "";
	const struct app_plan_want *first = NULL;
	for (size_t i = 0; i < w->p.want.n; i++) {
		const struct app_plan_want *x = &w->p.want.v[i];
		if (x->passed)
			continue;
		first = first ? first : x;
		all = slu_printf(c->a, "%s%s%.*s", all, *all ? ", " : "", SLU_FMT(x->check));
	}
	if (!first)
		return SLU_OK;
	return slu_fail(err, SLU_E_WAIT, "%.*s begins with %.10s, where these checks must have passed: %s. Who has tested it says so: git push %.*s %s:%s. When you have tested it all yourself: sluice %.*s%s", SLU_FMT(first->branch),
	                        first->on.hex, all, SLU_FMT(w->remote), first->on.hex, app_plan_checked_ref(c->a, &first->on, first->check), SLU_FMT(w->op.command), cmd_finish_words(c, "", w->p.want.v, w->p.want.n));
}

/* ---- waiting ----------------------------------------------------------------------------------------------------------------------------- */

static struct flow_op waiting_op(struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x)
{
	struct flow_op op = { .id = w->op.id, .by = w->op.by, .digest = w->op.digest, .begun_s = w->op.begun_s, .remote = w->remote };
	op.command = slu_s(slu_printf(c->a, "%.*s (plan %llu)", SLU_FMT(w->op.command), (unsigned long long)x->plan));
	op.arg = w->op.arg;
	op.solved = w->op.solved;
	cmd_work_keep_made(c, w, &op);
	return op;
}

/* Each branch that wants a check, and what of an earlier try is wanted no more. */
static bool plan_push(struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x, const struct app_plan_refs *r, struct flow_op *op)
{
	bool anew = false;
	for (size_t i = 0; i < w->p.want.n; i++) {
		const struct app_plan_want *want = &w->p.want.v[i];
		struct flow_op_ref to = { .name = plan_ref(c, x->plan, want->branch), .old = slu_oid_zero(), .new_ = want->on };
		bool twice = false;
		for (size_t k = 0; k < op->push.n; k++)
			twice = twice || slu_str_eq(op->push.v[k].name, to.name);
		for (size_t k = 0; k < r->n; k++)
			if (slu_str_eq(r->v[k].name, to.name))
				to.old = r->v[k].id;
		anew = anew || (!slu_oid_is_zero(&to.old) && !slu_oid_eq(&to.old, &to.new_));
		if (!twice && !slu_oid_eq(&to.old, &to.new_))
			*SLU_ADD(c->a, &op->push) = to;
	}
	for (size_t i = 0; i < r->n; i++) {
		bool ours = is_own(x, &r->v[i]), wanted = false;
		for (size_t k = 0; k < w->p.want.n; k++)
			wanted = wanted || slu_str_eq(r->v[i].name, plan_ref(c, x->plan, w->p.want.v[k].branch));
		if (ours && !wanted)
			take_away(c, op, &r->v[i]);
	}
	return anew;
}

static int put_json(struct cmd_ctx *c, const struct cmd_work *w, const struct app_landing *x)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_int(&j, "plan", (int64_t)x->plan);
	slu_json_key(&j, "wants");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < w->p.want.n; i++) {
		const struct app_plan_want *want = &w->p.want.v[i];
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "check", want->check);
		slu_json_kv_str(&j, "branch", want->branch);
		slu_json_kv_z(&j, "commit", want->on.hex);
		slu_json_kv_bool(&j, "passed", want->passed);
		slu_json_kv_str(&j, "ref", plan_ref(c, x->plan, want->branch));
		slu_json_kv_z(&j, "said_by", app_plan_checked_ref(c->a, &want->on, want->check));
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static bool is_said(struct cmd_ctx *c, slu_str check)
{
	const char *name;
	for (size_t i = 0; (name = cmd_opt_at(c, "checked", i)); i++)
		if (slu_str_is(check, name))
			return true;
	return false;
}

const char *cmd_finish_words(struct cmd_ctx *c, const char *before, const struct app_plan_want *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *one = slu_printf(c->a, " --checked %.*s ", SLU_FMT(v[i].check));
		if ((!v[i].passed || is_said(c, v[i].check)) && !strstr(slu_printf(c->a, "%s ", before), one))
			before = slu_printf(c->a, "%s --checked %.*s", before, SLU_FMT(v[i].check));
	}
	return before;
}

static void tell_one(struct cmd_ctx *c, uint64_t plan, slu_str branch, const slu_oid *on, slu_str check, const char *state)
{
	cmd_say(c, "  %.*s  %.10s  %.*s: %s", SLU_FMT(plan_ref(c, plan, branch)), on->hex, SLU_FMT(check), state);
}

void cmd_finish_say_wants(struct cmd_ctx *c, const struct app_landing *x)
{
	const struct port_git_open open = { .path = c->here->git_dir, .lock_fd = -1 };
	struct app_plan_refs r = { 0 };
	struct cmd_work w = { 0 };
	slu_err err = { 0 };
	bool asked = c->ports->clone_open(&w.clone, c->here, &err) == SLU_OK && c->ports->git_open(&w.w.git, &open, &err) == SLU_OK &&
		     w.clone->ops->remote_refs(w.clone, c->a, x->where, true, &r.v, &r.n, &err) == SLU_OK;
	for (size_t i = 0; i < x->want.n; i++) {
		const struct app_landing_want *want = &x->want.v[i];
		bool passed = false;
		if (asked && app_plan_is_checked(&passed, c->a, w.w.git, &r, &want->on, want->check, &err) != SLU_OK)
			passed = false; /* of a commit that was cleared away meanwhile nothing lands */
		tell_one(c, x->plan, want->branch, &want->on, want->check, !asked ? slu_printf(c->a, "%.*s does not answer just now", SLU_FMT(x->where)) : passed ? "passed" : "waits");
	}
	cmd_work_close(&w);
}

static void tell(struct cmd_ctx *c, const struct cmd_work *w, const struct app_landing *x, bool anew)
{
	const struct app_plan_want *first = NULL;
	cmd_say(c, "%s", anew ? "Something has moved since, and the plan was computed anew; what was tested is not what would land:"
			      : "Nothing has moved but this: what would land waits for its checks, which nobody here can tell.");
	for (size_t i = 0; i < w->p.want.n; i++) {
		const struct app_plan_want *want = &w->p.want.v[i];
		tell_one(c, x->plan, want->branch, &want->on, want->check, want->passed ? "passed" : "waits");
		first = first || want->passed ? first : want;
	}
	cmd_say(c, "Who tests it reads it with Git alone:  git fetch %.*s %.*s", SLU_FMT(w->remote), SLU_FMT(plan_ref(c, x->plan, first->branch)));
	cmd_say(c, "and says that it passed:  git push %.*s %s:%s", SLU_FMT(w->remote), first->on.hex, app_plan_checked_ref(c->a, &first->on, first->check));
	cmd_say(c, "Then: sluice continue. When you have tested it all yourself: sluice continue%s. Give it up: sluice abort", cmd_finish_words(c, "", w->p.want.v, w->p.want.n));
}

/* Those of older plans stay: what was said of them goes at the end, too. */
static void add_made(struct cmd_ctx *c, struct app_landing *x, const slu_oid *id)
{
	for (size_t i = 0; i < x->made.n; i++)
		if (slu_oid_eq(&x->made.v[i], id))
			return;
	*SLU_ADD(c->a, &x->made) = *id;
}

void cmd_finish_publish(struct cmd_ctx *c, struct cmd_work *w, const char *source, int code)
{
	port_git *g = w->w.git;
	slu_oid here, there;
	int kind = strat_branch_kind(w->o.strategy, slu_s(source), NULL);
	if (code != slu_rc_exit(SLU_E_CONFLICT) || c->dry_run || kind < 0 || w->op.push.n == 0 || g->ops->ref(g, slu_s(slu_printf(c->a, "refs/heads/%s", source)), &here, NULL) != SLU_OK ||
	    g->ops->ref(g, slu_s(slu_printf(c->a, "refs/remotes/%.*s/%s", SLU_FMT(w->remote), source)), &there, NULL) != SLU_OK || slu_oid_eq(&here, &there))
		return;
	cmd_say(c, "%s is not on %.*s as it stands here. A hook that judges there may have to see what was merged; then publish it, and finish it again: sluice branch publish %.*s %s", source, SLU_FMT(w->remote),
	        SLU_FMT(w->o.strategy->branch[kind].name), source);
}

static int not_taken(struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x, const slu_err *why)
{
	const char *all = "";
	slu_err err = { 0 };
	int code = cmd_fail(c, why);
	if (why->code != SLU_E_CONFLICT)
		return code; /* the operation is under way, and says so itself */
	if (x->begun_s == w->w.now_s && app_landing_drop(x->source, c->a, w->clone, &err) != SLU_OK)
		return cmd_fail(c, &err);
	cmd_finish_publish(c, w, slu_str_dup(c->a, x->source), code);
	for (size_t i = 0; i < w->p.want.n; i++)
		if (!strstr(all, slu_printf(c->a, " --checked %.*s", SLU_FMT(w->p.want.v[i].check))))
			all = slu_printf(c->a, "%s --checked %.*s", all, SLU_FMT(w->p.want.v[i].check));
	cmd_say(c, "What would land was to wait there for its checks. Where a remote takes no refs/sluice/, test the merge yourself and say so: sluice %s%s", c->resume ? "continue" : slu_str_dup(c->a, w->op.command), all);
	return code;
}

static int park(struct cmd_ctx *c, struct cmd_work *w, struct app_landing *x, const struct app_plan_refs *r)
{
	slu_err err = { 0 };
	if (x->plan == 0)
		x->plan = next_plan(r);
	struct flow_op op = waiting_op(c, w, x);
	bool anew = plan_push(c, w, x, r, &op);
	for (size_t i = 0; i < w->p.made.n; i++)
		add_made(c, x, &w->p.made.v[i]);
	for (size_t i = 0; i < w->p.want.n; i++) /* also where the branch only goes forward, and no commit is made */
		add_made(c, x, &w->p.want.v[i].on);
	x->want = (__typeof__(x->want)){ 0 };
	for (size_t i = 0; i < w->p.want.n; i++)
		*SLU_ADD(c->a, &x->want) = (struct app_landing_want){ .branch = w->p.want.v[i].branch, .check = w->p.want.v[i].check, .on = w->p.want.v[i].on };
	x->solved = (__typeof__(x->solved)){ 0 };
	for (size_t i = 0; i < w->op.solved.n; i++)
		*SLU_ADD(c->a, &x->solved) = w->op.solved.v[i];
	if (app_landing_put(x, c->a, w->clone, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if ((op.push.n || c->resume) && app_op_begin(&op, &w->w, &err) != SLU_OK)
		return not_taken(c, w, x, &err);
	int code = c->format == CMD_FORMAT_JSON ? put_json(c, w, x) : 0;
	if (c->format != CMD_FORMAT_JSON)
		tell(c, w, x, anew);
	return code ? code : slu_rc_exit(SLU_E_WAIT);
}

/* The words to go on with: what was said of a commit is not said of the next one. */
static void words(struct cmd_ctx *c, struct app_landing *x, slu_str command)
{
	const char *last = memrchr(command.p, ' ', command.n);
	x->arg = (__typeof__(x->arg)){ 0 };
	for (size_t i = 0; i < c->word_n; i++) {
		if (strcmp(c->word[i], "--checked") == 0)
			i++;
		else if (strncmp(c->word[i], "--checked=", strlen("--checked=")) != 0)
			*SLU_ADD(c->a, &x->arg) = slu_s(c->word[i]);
	}
	if (last && c->arg_n < (c->desc->flags & CMD_KIND ? 2 : 1)) /* it was the branch that is checked out: later another one may be */
		*SLU_ADD(c->a, &x->arg) = (slu_str){ last + 1, (size_t)(command.p + command.n - last) - 1 };
}

int cmd_finish_checks(struct cmd_ctx *c, struct cmd_work *w, struct app_landing *x, const char *source, const char *target)
{
	struct app_plan_refs r = { 0 };
	slu_err err = { 0 };
	if (w->op.push.n == 0 || (w->p.want.n == 0 && x->plan == 0 && !cmd_has(c, "checked")))
		return 0;
	if (w->clone->ops->remote_refs(w->clone, c->a, w->remote, true, &r.v, &r.n, &err) != SLU_OK || app_plan_checks(&w->p, &r, &err) != SLU_OK || said(c, w, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (missing(w) == 0) {
		take_all_away(c, &w->op, x, &r);
		return 0;
	}
	if (c->dry_run) {
		for (size_t i = 0; i < w->p.want.n; i++)
			if (!w->p.want.v[i].passed)
				*SLU_ADD(c->a, &w->p.owed) = slu_printf(c->a, "Before that it waits for the check %.*s of what %.*s gets.", SLU_FMT(w->p.want.v[i].check), SLU_FMT(w->p.want.v[i].branch));
		return 0;
	}
	x->source = slu_s(source);
	x->target = slu_s(target);
	x->where = w->remote;
	if (x->begun_s == 0)
		x->begun_s = w->w.now_s;
	words(c, x, w->op.command);
	return park(c, w, x, &r);
}

int cmd_finish_give_up(struct cmd_ctx *c, struct cmd_work *w, const struct app_landing *x)
{
	struct app_plan_refs r = { 0 };
	struct flow_op op = { .command = slu_s(slu_printf(c->a, "give up plan %llu", (unsigned long long)x->plan)), .by = SLU_STR(""), .digest = SLU_STR(""), .begun_s = w->w.now_s, .remote = x->where };
	slu_err err = { 0 };
	if (w->clone->ops->remote_refs(w->clone, c->a, x->where, true, &r.v, &r.n, &err) != SLU_OK)
		return cmd_fail(c, &err);
	take_all_away(c, &op, x, &r);
	if (op.push.n && app_op_begin(&op, &w->w, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return 0;
}
