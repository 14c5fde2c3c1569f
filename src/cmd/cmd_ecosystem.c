/* SPDX-License-Identifier: Apache-2.0 */
/** sluice ecosystem start|finish: one release of several repositories, in their clones: all of them, or none. */
#include "app/plan_ecosystem.h"
#include "cmd/call.h"
#include "cmd/ecosystem.h"
#include "cmd/ecosystem_plan.h"
#include "cmd/ecosystem_server.h"

/* ---- what each member does -------------------------------------------------------------------------------------------------- */

static slu_rc plan_start(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	const char *branch = NULL;
	if (!cmd_member_branches(m)) {
		m->source = NULL;
		m->served = false; /* its server has nothing to do */
		app_plan_says(&m->w->p, "nothing to begin: it has no branch for a release, and is tagged as it is when the release is finished");
		return SLU_OK;
	}
	if (m->served)
		return cmd_served_plan_start(e, m, err);
	return cmd_release_plan_start(&branch, &m->c, m->w, err);
}

/* ---- all of them ---------------------------------------------------------------------------------------------------------------- */

typedef slu_rc plan_fn(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err);

static void plan_one(struct cmd_ecosystem *e, struct cmd_member *m, plan_fn *plan)
{
	m->err = (slu_err){ 0 };
	if (plan(e, m, &m->err) == SLU_OK)
		return;
	m->code = slu_rc_exit(m->err.code) ? slu_rc_exit(m->err.code) : 7;
}

static int first_code(const struct cmd_ecosystem *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->m[i].code)
			return e->m[i].code;
	return 0;
}

static bool is_for_a_person(const struct cmd_member *m)
{
	return m->err.code == SLU_E_CONFLICT && m->w->p.has_conflict;
}

/* Every member that a person must see to says why; only when nothing else is in the way are conflicts laid out. */
static int stopped(struct cmd_ecosystem *e)
{
	bool others = false;
	int code = first_code(e);
	for (size_t i = 0; i < e->n; i++)
		others = others || (e->m[i].code && !is_for_a_person(&e->m[i]));
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (!m->err.text[0])
			continue;
		m->c.dry_run = e->c->dry_run || others;
		m->code = cmd_work_stopped(&m->c, m->w, &m->err);
	}
	cmd_members_relay(e);
	cmd_say(e->c, "Nothing has moved in any of the %zu repositories.", e->n);
	return code;
}

/* A member that waits for a person is found by the home, so that is written down first. */
static int home_waits(struct cmd_ecosystem *e)
{
	struct flow_op wait = flow_op_waiting(&e->home.op);
	slu_err err = { 0 };
	bool any = false;
	for (size_t i = 0; i < e->n; i++) {
		any = any || is_for_a_person(&e->m[i]);
		if (e->m[i].code && !is_for_a_person(&e->m[i]))
			return 0;
	}
	if (any && !e->c->dry_run && app_op_keep(&wait, &e->home.w, &err) != SLU_OK)
		return cmd_fail(e->c, &err);
	return 0;
}

static void name_members(struct cmd_ecosystem *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		*SLU_ADD(e->c->a, &e->home.op.member) = (struct flow_op_member){ .repo = m->repo, .path = slu_s(m->path), .server = m->served ? slu_s(m->server) : (slu_str){ "", 0 }, .head = slu_oid_zero() };
		if (e->c->resume && e->c->resume->member.n == e->n)
			m->change = (int64_t)e->c->resume->member.v[i].change;
		if (m->home)
			continue;
		m->w->op.home = slu_s(e->where);
		m->w->op.home_id = e->home.op.id;
	}
}

/* What is meant for clones alone is not done behind a server's back. */
static int find_served(struct cmd_ecosystem *e)
{
	const char *only_here = cmd_has(e->c, "no-push") ? "no-push" : cmd_has(e->c, "checked") ? "checked" : NULL;
	if (cmd_has(e->c, "local"))
		return 0;
	cmd_served_find(e);
	for (size_t i = 0; only_here && i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (!m->served || strcmp(only_here, "checked") == 0)
			continue;
		m->code = 2;
		(void)fprintf(m->c.err, "sluice: --no-push is for work in clones alone, and its remote is a sluice server, where the release lands: add --local to do it here.\n");
	}
	return first_code(e);
}

int cmd_ecosystem_of(struct cmd_ecosystem *e)
{
	slu_err err = { 0 };
	const strat *s = e->home.o.strategy;
	if (!s->ecosystem.set || !e->c->here->work_tree) {
		(void)!slu_fail(&err, SLU_E_NOT_FOUND, "The strategy of this repository names no members of an ecosystem. It does in one repository, their home: ecosystem: {members: [acme/auth, acme/app], tag: [release]}");
		return cmd_fail(e->c, &err);
	}
	e->where = e->c->here->work_tree;
	return cmd_members_find(e, &s->ecosystem);
}

/* The home, and each member: opened, up to date, and asked. Nothing has moved. */
static int open_all(struct cmd_ecosystem *e)
{
	slu_err err = { 0 };
	int code = cmd_home_open(e);
	if (code == 0)
		code = cmd_ecosystem_of(e);
	if (code)
		return code;
	if (app_op_number(&e->home.op, &e->home.w, &err) != SLU_OK)
		return cmd_fail(e->c, &err);
	code = cmd_members_open(e, true);
	if (code == 0)
		code = find_served(e);
	for (size_t i = 0; code == 0 && i < e->n; i++)
		if (!cmd_has(e->c, "no-push") || strcmp(e->c->desc->name, "ecosystem start") == 0)
			e->m[i].code = cmd_work_fetch(&e->m[i].c, e->m[i].w);
	code = code ? code : first_code(e);
	if (code) {
		cmd_members_relay(e);
		cmd_say(e->c, "Nothing has moved in any of the %zu repositories.", e->n);
	}
	return code;
}

static int put_json(struct cmd_ecosystem *e)
{
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "command", slu_str_dup(e->c->a, e->home.op.command));
	slu_json_kv_bool(&j, "dry_run", e->c->dry_run);
	slu_json_key(&j, "members");
	slu_json_open(&j, '[');
	for (size_t i = 0; i < e->n; i++) {
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "repo", e->m[i].repo);
		slu_json_kv_z(&j, "path", e->m[i].path);
		if (e->m[i].served)
			slu_json_kv_z(&j, "server", e->m[i].server);
		if (e->m[i].change)
			slu_json_kv_int(&j, "change", e->m[i].change);
		if (e->m[i].waits)
			slu_json_kv_z(&j, "waits", cmd_served_missing(e, &e->m[i]));
		slu_json_key(&j, "operation");
		flow_op_json(&j, &e->m[i].w->op);
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	return cmd_put(e->c, &b);
}

static int told(struct cmd_ecosystem *e, const char *done)
{
	slu_auto_buf b;
	if (e->c->format == CMD_FORMAT_JSON)
		return put_json(e);
	slu_buf_init(&b, 16 * 1024 * 1024);
	if (e->c->dry_run)
		slu_buf_adds(&b, "What would be done, all of it or nothing:\n");
	for (size_t i = 0; i < e->n; i++) {
		const struct flow_op *op = &e->m[i].w->op;
		slu_buf_addf(&b, "%.*s (%s)\n", SLU_FMT(e->m[i].repo), e->m[i].path);
		for (size_t k = 0; k < op->says.n; k++)
			slu_buf_addf(&b, "  %zu. %.*s\n", k + 1, SLU_FMT(op->says.v[k]));
	}
	int code = cmd_put(e->c, &b);
	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < e->m[i].w->p.owed.n; k++)
			cmd_say(e->c, "%.*s: %s", SLU_FMT(e->m[i].repo), e->m[i].w->p.owed.v[k]);
	for (size_t i = 0; i < e->e.left.n; i++)
		cmd_say(e->c, "%s", e->e.left.v[i]);
	cmd_say(e->c, "%s", e->c->dry_run ? "This was a dry run: nothing has changed." : done);
	return code;
}

static int carry_out(struct cmd_ecosystem *e, const char *version, const char *done)
{
	slu_err err = { 0 };
	if (!e->c->dry_run && app_eco_begin(&e->e, slu_s(version), &err) != SLU_OK)
		return cmd_fail(e->c, &err);
	return told(e, done);
}

/* Of one that stopped halfway before; what a person solved for it counts. */
static int clear_old(struct cmd_ctx *c)
{
	return c->resume ? cmd_ecosystem_clear(c, c->resume) : 0;
}

static int start(struct cmd_ecosystem *e)
{
	int code = clear_old(e->c);
	if (code == 0)
		code = open_all(e);
	if (code)
		return code;
	name_members(e);
	for (size_t i = 0; i < e->n; i++)
		plan_one(e, &e->m[i], plan_start);
	if (first_code(e))
		return stopped(e);
	e->version = e->c->arg[0];
	e->home.op.version = slu_s(e->version);
	cmd_served_keep(e);
	code = carry_out(e, e->c->arg[0], slu_printf(e->c->a, "Release %s is begun in %zu repositories.", e->c->arg[0], e->n));
	if (code == 0 && !e->c->dry_run)
		cmd_say(e->c, "Next: sluice ecosystem status %s, sluice ecosystem finish %s", e->c->arg[0], e->c->arg[0]);
	return code;
}

static const char *order_of(const struct cmd_ecosystem *e)
{
	const char *list = "";
	for (size_t i = 0; i < e->n; i++)
		list = slu_printf(e->c->a, "%s%s%.*s", list, i ? ", " : "", SLU_FMT(e->m[i].repo));
	return list;
}

/* What each member's strategy wants done after a release. */
static int steps_after(struct cmd_ecosystem *e)
{
	int code = 0;
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (m->served || m->w->o.strategy->releases.close.boxes_n == 0)
			continue;
		cmd_work_close(m->w);
		*m->w = (struct cmd_work){ 0 };
		int one = cmd_release_out_here(&m->c, slu_s(e->version));
		code = code ? code : one;
	}
	cmd_members_relay(e);
	return code;
}

static int stay(struct cmd_ecosystem *e)
{
	struct cmd_ctx *c = e->c;
	const struct flow_op op = e->home.op;
	int code = cmd_served_wait(e);
	return code ? code : cmd_ecosystem_continue(c, &op);
}

static int wait_for_others(struct cmd_ecosystem *e, size_t served)
{
	slu_err err = { 0 };
	int code = e->c->dry_run ? told(e, "") : 0;
	cmd_ecosystem_words(e);
	if (!e->c->dry_run && app_eco_park(&e->e, slu_s(e->version), &err) != SLU_OK)
		code = cmd_fail(e->c, &err);
	else if (e->c->format == CMD_FORMAT_JSON && !(served && cmd_has(e->c, "wait")))
		code = code ? code : put_json(e);
	if (code)
		return code;
	cmd_say(e->c, "Nothing has moved in any of the %zu repositories: what would land waits %s.", e->n, served ? "for what its rules want" : "for its checks, which nobody here can tell");
	cmd_ecosystem_tell_checks(e);
	cmd_served_tell(e);
	return served && cmd_has(e->c, "wait") && !e->c->dry_run ? stay(e) : slu_rc_exit(SLU_E_WAIT);
}

/* Each member's merge, then the tags that all have in common. What waited for its checks, or for a person, is made again as it was. */
static void plan_all(struct cmd_ecosystem *e)
{
	name_members(e);
	for (size_t i = 0; e->c->resume && i < e->n; i++)
		for (size_t k = 0; k < e->c->resume->made.n; k++)
			*SLU_ADD(e->c->a, &e->m[i].w->p.before) = e->c->resume->made.v[k];
	for (size_t i = 0; i < e->n; i++)
		plan_one(e, &e->m[i], cmd_member_plan_finish);
	cmd_ecosystem_common(e);
	for (size_t i = 0; first_code(e) == 0 && i < e->n; i++)
		plan_one(e, &e->m[i], cmd_member_plan_tags);
}

static int finish(struct cmd_ecosystem *e)
{
	size_t missing = 0, served = 0;
	int code = clear_old(e->c);
	if (code == 0)
		code = open_all(e);
	if (code == 0)
		code = cmd_ecosystem_version(e);
	if (code)
		return code;
	plan_all(e);
	(void)cmd_served_ask(e, &served);
	code = home_waits(e);
	if (code || first_code(e))
		return code ? code : stopped(e);
	code = cmd_ecosystem_checks(e, &missing);
	if (code)
		return code;
	if (missing || served)
		return wait_for_others(e, served);
	cmd_ecosystem_words(e);
	code = carry_out(e, e->version, slu_printf(e->c->a, "Release %s is made in %zu repositories. They are deployed in this order, and rolled back in the other: %s", e->version, e->n, order_of(e)));
	if (code || e->c->dry_run)
		return code;
	code = cmd_served_follow(e);
	int after = steps_after(e);
	return code ? code : after;
}

/* It is under way: the same words go on with it. */
static bool is_under_way(struct cmd_ctx *c, struct flow_op *op)
{
	return !c->resume && cmd_ecosystem_under_way(c, op) && slu_str_starts(op->command, "ecosystem finish") && (c->arg_n == 0 || slu_str_is(op->version, c->arg[0]));
}

static int run(struct cmd_ctx *c, int (*what)(struct cmd_ecosystem *))
{
	struct cmd_ecosystem e = { .c = c };
	int code = what(&e);
	cmd_ecosystem_close(&e);
	return code;
}

static int run_start(struct cmd_ctx *c)
{
	return run(c, start);
}

static int run_finish(struct cmd_ctx *c)
{
	struct flow_op op;
	if (c->resume && c->resume->state == FLOW_OP_RUNNING)
		return cmd_ecosystem_again(c, c->resume);
	if (!is_under_way(c, &op))
		return run(c, finish);
	if (c->arg_n && op.state != FLOW_OP_RUNNING) { /* as it is typed now */
		op.arg = (__typeof__(op.arg)){ 0 };
		for (size_t i = 0; i < c->word_n; i++)
			*SLU_ADD(c->a, &op.arg) = slu_s(c->word[i]);
	}
	return cmd_ecosystem_continue(c, &op);
}

#define OPTIONS                                                                                                                                                        \
	{ "kind", 0, "KIND", "kind of branch that holds the release, where a member has several", CMD_TEXT, 0 },                                                       \
	    { "no-fetch", 0, NULL, "do not ask the remotes first", CMD_FLAG, 0 }, { "local", 0, NULL, "in these clones, though a remote is a sluice server", CMD_FLAG, 0 }, CMD_OFFLINE_AS, CMD_OFFLINE_LEVEL,      \
	    { "role", 0, "NAME", "a role held besides", CMD_TEXT, CMD_REPEAT }, { "at", 0, "TIME", "judge as if it were this time, such as 2026-01-05T09:00:00Z", CMD_TEXT, 0 },                                                    \
	    { NULL, 0, NULL, NULL, CMD_FLAG, 0 }
static const struct cmd_opt start_options[] = { OPTIONS };
static const struct cmd_opt finish_options[] = {
	{ "no-push", 0, NULL, "leave the remotes as they are", CMD_FLAG, 0 },
	{ "checked", 0, "CHECK", "of what would land, this check passed", CMD_TEXT, CMD_REPEAT },
	{ "wait", 0, NULL, "on a server: stay until all may land, or cannot", CMD_FLAG, 0 },
	{ "timeout", 0, "DURATION", "with --wait: at most so long, such as 30m; default 1h", CMD_DURATION, 0 },
	OPTIONS,
};

const struct cmd_desc cmd_ecosystem_start = {
	.name = "ecosystem start", .summary = "Begin one release in all repositories of an ecosystem", .usage = "VERSION", .group = CMD_G_RELEASE,
	.args_min = 1, .args_max = 1, .flags = CMD_DRY_RUN, .opts = start_options, .run = run_start,
	.detail = "In the clone of their home, the repository whose strategy has `ecosystem: {members: …}`. The members' clones are found beside it, or by git config sluice.OWNER/REPO.clone. Each member gets what "
	          "`sluice release start VERSION` would do there, by its own strategy; in all of them, or in none. Nothing is pushed. Where a sluice server serves one, branch and change are made there.\n\n"
	          "`sluice continue`, `abort`, `undo` and `status` there are about all of them.",
	.example = "sluice ecosystem start 2.1.0 --dry-run\n"
	           "sluice ecosystem start 2.1.0",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(4) | CMD_EXIT(5) | CMD_EXIT(9),
};
const struct cmd_desc cmd_ecosystem_finish = {
	.name = "ecosystem finish", .summary = "Merge, tag and push one release in all repositories, or none", .usage = "[VERSION]", .group = CMD_G_RELEASE,
	.args_max = 1, .flags = CMD_DRY_RUN, .opts = finish_options, .run = run_finish,
	.detail = "Each member gets what `sluice release finish VERSION` would do there, by its own strategy, and the tags of the classes that `ecosystem.tag` names, with the order of deployment in their messages. "
	          "First everything is computed, asked and proved in all of them, and what will be pushed waits on each remote. Then it is decided, and the remotes get it one after the other, each all or nothing; then "
	          "everything moves here.\n\n"
	          "What a sluice server serves lands there, by its rules: all members of one server in one act. As long as one waits for an approval or a check it ends with 8, and nothing moves; --wait stays. "
	          "Deployments begin when all members have it, in their order. The same command goes on with what is under way.\n\n"
	          "Remotes cannot move as one: should one refuse after another has moved, `sluice continue` tries again, and `sluice abort` takes back what was pushed, where nobody has built on it and the rules allow it.",
	.example = "sluice ecosystem finish 2.1.0 --dry-run\n"
	           "sluice ecosystem finish 2.1.0\n"
	           "sluice ecosystem finish 2.1.0 --wait\n"
	           "sluice ecosystem finish --no-push",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(4) | CMD_EXIT(5) | CMD_EXIT(9),
};
