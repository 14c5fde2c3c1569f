/* SPDX-License-Identifier: Apache-2.0 */
/** sluice ecosystem status: how far one release is in each of its repositories, and what each still misses. */
#include "cmd/ecosystem_plan.h"
#include "cmd/ecosystem_server.h"

#include <jansson.h>

struct member_state {
	const char *branch, *head, *version, *state, *missing;
};

/* What a member said when it could not be looked at: its first sentence. */
static const char *first_words(struct cmd_ctx *c, struct cmd_member *m)
{
	slu_str line = { 0 };
	if (fflush(m->c.err) != 0)
		return "it could not be looked at";
	slu_str text = { m->said, m->said_n };
	(void)slu_str_split(&text, '\n', &line);
	return slu_str_starts(line, "sluice: ") ? slu_strndup(c->a, line.p + 8, line.n - 8) : slu_str_dup(c->a, line);
}

static const char *why_not(struct cmd_ctx *c, const struct cmd_member *m)
{
	const struct pol_verdict *v = &m->w->p.refused;
	const char *list = "";
	if (m->err.code == SLU_E_CONFLICT && m->w->p.has_conflict)
		return slu_printf(c->a, "a conflict in %.*s, which ecosystem finish lays out to be solved", SLU_FMT(m->w->p.conflict.v[0]));
	if (m->err.code != SLU_E_DENIED && m->err.code != SLU_E_WAIT)
		return m->err.text;
	for (size_t i = 0; i < v->row.n; i++)
		if (v->row.v[i].state == POL_FAILED || v->row.v[i].state == POL_WAITING)
			list = slu_printf(c->a, "%s%s%s wants %s", list, *list ? "; " : "", v->row.v[i].rule, v->row.v[i].wanted);
	return list;
}

static void before(struct cmd_ctx *c, const struct cmd_member *m, struct member_state *st)
{
	const strat *s = m->w->o.strategy;
	slu_str highest = { 0 };
	struct flow_refs all = { 0 };
	if (cmd_release_refs(&all, c, m->w, NULL) != SLU_OK)
		return;
	if (flow_highest(&highest, NULL, c->a, s, slu_str_dup(c->a, m->w->o.default_branch), &all))
		st->version = slu_str_dup(c->a, highest);
	const struct flow_ref *tag = m->tag.n ? flow_ref_find(&all, slu_printf(c->a, "refs/tags/%.*s", SLU_FMT(m->tag))) : NULL;
	if (!tag)
		return;
	st->state = "released";
	st->branch = slu_str_dup(c->a, m->tag);
	st->head = slu_printf(c->a, "%.10s", tag->id.hex);
	st->missing = "";
}

/* As its server says. */
static void look_there(struct cmd_ecosystem *e, const struct cmd_member *m, struct member_state *st)
{
	st->missing = cmd_served_missing(e, m);
	st->state = *st->missing ? "no" : m->landed ? "landed" : "yes";
	if (*cmd_j_str(m->there, "branch"))
		st->branch = slu_strdup(e->c->a, cmd_j_str(m->there, "branch"));
	if (!slu_oid_is_zero(&m->head))
		st->head = slu_printf(e->c->a, "%.10s", m->head.hex);
}

static struct member_state look(struct cmd_ecosystem *e, struct cmd_member *m)
{
	struct cmd_ctx *c = e->c;
	struct member_state st = { "-", "-", "-", "no", "" };
	slu_oid head = slu_oid_zero();
	if (m->served && m->there) {
		(void)!cmd_member_plan_finish(e, m, &(slu_err){ 0 }); /* its tag's name */
		look_there(e, m, &st);
		before(c, m, &st);
		return st;
	}
	if (m->code) {
		st.missing = first_words(c, m);
		return st;
	}
	if (cmd_member_plan_finish(e, m, &m->err) == SLU_OK)
		st.state = "yes";
	else
		st.missing = why_not(c, m);
	const char *branch = m->source ? m->source : m->target;
	if (branch && m->w->w.git->ops->ref(m->w->w.git, slu_s(slu_printf(c->a, "refs/heads/%s", branch)), &head, NULL) == SLU_OK) {
		st.branch = branch;
		st.head = slu_printf(c->a, "%.10s", slu_oid_is_zero(&head) ? "-" : head.hex);
	}
	before(c, m, &st);
	return st;
}

static int put_json(struct cmd_ecosystem *e, const struct member_state *st)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	slu_json j = slu_json_to(&b);
	slu_json_open(&j, '[');
	for (size_t i = 0; i < e->n; i++) {
		slu_json_open(&j, '{');
		slu_json_kv_str(&j, "repo", e->m[i].repo);
		slu_json_kv_z(&j, "path", e->m[i].path);
		slu_json_kv_z(&j, "branch", st[i].branch);
		slu_json_kv_z(&j, "head", st[i].head);
		slu_json_kv_z(&j, "version", st[i].version);
		slu_json_kv_z(&j, "ready", st[i].state);
		slu_json_kv_z(&j, "missing", st[i].missing);
		slu_json_close(&j, '}');
	}
	slu_json_close(&j, ']');
	slu_buf_addc(&b, '\n');
	return cmd_put(e->c, &b);
}

static int put(struct cmd_ecosystem *e, const struct member_state *st)
{
	static const char *const headings[] = { "MEMBER", "BRANCH", "HEAD", "LAST", "READY", "MISSING" };
	struct cmd_table t;
	if (e->c->format == CMD_FORMAT_JSON)
		return put_json(e, st);
	cmd_table_init(&t, e->c, 6);
	for (size_t i = 0; i < 6; i++)
		cmd_table_cell(&t, headings[i]);
	for (size_t i = 0; i < e->n; i++) {
		cmd_table_cell(&t, slu_str_dup(e->c->a, e->m[i].repo));
		cmd_table_cell(&t, st[i].branch);
		cmd_table_cell(&t, st[i].head);
		cmd_table_cell(&t, st[i].version);
		cmd_table_cell(&t, st[i].state);
		cmd_table_cell(&t, st[i].missing);
	}
	return cmd_table_put(&t);
}

static int show(struct cmd_ecosystem *e)
{
	struct member_state *st = SLU_NEW_N(e->c->a, struct member_state, e->n + 1);
	size_t ready = 0, released = 0;
	for (size_t i = 0; i < e->n; i++) {
		st[i] = look(e, &e->m[i]);
		ready += strcmp(st[i].state, "yes") == 0;
		released += strcmp(st[i].state, "released") == 0;
	}
	int code = put(e, st);
	if (e->home.o.strategy->ecosystem.checks.n)
		cmd_say(e->c, "The checks of ecosystem.require, and those that the branches want, are asked for by the finish.");
	if (released == e->n)
		cmd_say(e->c, "Release %s is made in all of them.", e->version);
	else if (ready == e->n)
		cmd_say(e->c, "Release %s is ready in all of them: sluice ecosystem finish %s", e->version, e->version);
	else
		cmd_say(e->c, "Release %s is ready in %zu of %zu.", e->version, ready, e->n);
	return code;
}

bool cmd_ecosystem_under_way(struct cmd_ctx *c, struct flow_op *op)
{
	const struct port_git_here *here = NULL;
	port_clone *clone = NULL;
	bool found = false;
	if (cmd_here(c, &here, NULL) == SLU_OK && c->ports->clone_open(&clone, here, NULL) == SLU_OK && app_op_load(op, &found, c->a, clone, NULL) != SLU_OK)
		found = false;
	if (clone)
		clone->ops->close(clone);
	return found && op->member.n;
}

static int status(struct cmd_ecosystem *e)
{
	size_t waiting = 0;
	int code = cmd_home_open(e);
	if (code == 0)
		code = cmd_ecosystem_of(e);
	if (code)
		return code;
	(void)cmd_members_open(e, true);
	for (size_t i = 0; i < e->n; i++)
		if (e->m[i].code == 0 && cmd_has(e->c, "fetch"))
			e->m[i].code = cmd_work_fetch(&e->m[i].c, e->m[i].w);
	code = cmd_ecosystem_version(e);
	if (code)
		return code;
	e->c->dry_run = true; /* no change is opened by looking */
	cmd_served_find(e);
	(void)cmd_served_ask(e, &waiting);
	return show(e);
}

static int run(struct cmd_ctx *c)
{
	struct cmd_ecosystem e = { .c = c };
	struct flow_op op;
	if (cmd_ecosystem_under_way(c, &op)) /* is what there is to say */
		return cmd_ecosystem_show(c, &op);
	int code = status(&e);
	cmd_ecosystem_close(&e);
	return code;
}

static const struct cmd_opt options[] = {
	{ "fetch", 0, NULL, "ask the remotes first", CMD_FLAG, 0 },
	{ "kind", 0, "KIND", "kind of branch that holds the release, where a member has several", CMD_TEXT, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_LEVEL,
	{ "role", 0, "NAME", "a role held besides", CMD_TEXT, CMD_REPEAT },
	{ "at", 0, "TIME", "judge as if it were this time, such as 2026-01-05T09:00:00Z", CMD_TEXT, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_ecosystem_status = {
	.name = "ecosystem status",
	.summary = "One release in all repositories of an ecosystem: what is ready, what is missing",
	.usage = "[VERSION]",
	.group = CMD_G_RELEASE,
	.args_max = 1,
	.opts = options,
	.run = run,
	.detail = "Of each member the branch of the release and where it stands, the last version that was released, and whether its rules, its merges and its clone let it be finished now; else what is in the way. "
	          "What a sluice server serves is asked there. "
	          "While a coordinated operation is under way, how far each member is.",
	.example = "sluice ecosystem status\n"
	           "sluice ecosystem status 2.1.0 --fetch",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(4) | CMD_EXIT(5) | CMD_EXIT(9),
};
