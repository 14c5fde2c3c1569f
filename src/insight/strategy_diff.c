/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/strategy_diff.h"
#include "insight/grid.h"

#include <stdlib.h>

struct diff {
	slu_arena *a;
	struct grid g;
	const strat *was, *now;
	int64_t now_s;
	struct ins_strategy_diff *out;
};

/* ---- the names that both know ------------------------------------------------------------------------------------------------- */

static void add_name(struct grid_names *to, size_t max, slu_str name)
{
	for (size_t i = 0; i < to->n; i++)
		if (slu_str_eq(to->v[i], name))
			return;
	if (name.n && to->n < max)
		to->v[to->n++] = name;
}

/* "fix/[*]" as fix/x, "[**]" as x: what is no glob stays. */
static slu_str without_globs(slu_arena *a, slu_str text)
{
	char *out = SLU_NEW_N(a, char, text.n + 2);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '*' && n && out[n - 1] == 'x')
			continue;
		out[n++] = text.p[i] == '*' || text.p[i] == '?' ? 'x' : text.p[i];
	}
	return (slu_str){ out, n };
}

static slu_str sample(slu_arena *a, const strat *s, const strat_pattern *p)
{
	struct strat_captures caps = { .v = { [STRAT_CAP_NAME] = SLU_STR_INIT("x"), [STRAT_CAP_DATE] = SLU_STR_INIT("2026-01-05"), [STRAT_CAP_PHASE] = SLU_STR_INIT("phase1"), [STRAT_CAP_TAG] = SLU_STR_INIT("t"),
		[STRAT_CAP_VERSION] = SLU_STR_INIT("1.2.0"), [STRAT_CAP_MAJOR] = SLU_STR_INIT("1"), [STRAT_CAP_MINOR] = SLU_STR_INIT("2"), [STRAT_CAP_PATCH] = SLU_STR_INIT("0"),
		[STRAT_CAP_PRE] = SLU_STR_INIT("rc"), [STRAT_CAP_N] = SLU_STR_INIT("1"), [STRAT_CAP_BUILD] = SLU_STR_INIT("7") } };
	char *made = NULL;
	if (s->phase_n)
		caps.v[STRAT_CAP_PHASE] = s->phase[0].name;
	if (strat_pattern_make(&made, a, p, &caps, NULL) == SLU_OK)
		return slu_s(made);
	slu_str plain = without_globs(a, strat_pattern_text(p));
	return strat_pattern_match(p, plain, NULL) ? plain : (slu_str){ "", 0 };
}

static void add_boxes(slu_buf *one, slu_buf *under, const struct strat_require *r)
{
	for (size_t i = 0; i < r->boxes_n; i++) {
		const struct strat_box *b = &r->boxes[i];
		slu_buf_addf(b->kind == STRAT_BOX_ONE ? one : under, b->kind == STRAT_BOX_ONE ? "- [x] %.*s\n" : "\n## %.*s\n\n- [x] done\n", SLU_FMT(b->text));
	}
}

static void add_strategy(struct diff *d, const strat *s, slu_buf *one, slu_buf *under)
{
	for (size_t i = 0; i < s->branch_n; i++) {
		const struct strat_branch *b = &s->branch[i];
		for (size_t k = 0; !b->builtin && k < b->match_n; k++)
			add_name(&d->g.branch, GRID_NAMES, sample(d->a, s, b->match[k]));
		add_boxes(one, under, &b->require);
		for (size_t k = 0; k < b->edge_n; k++)
			add_boxes(one, under, &b->edge[k].require);
	}
	for (size_t i = 0; i < s->tag_n; i++)
		for (size_t k = 0; k < s->tag[i].match_n; k++)
			add_name(&d->g.tag, GRID_NAMES, sample(d->a, s, s->tag[i].match[k]));
	for (size_t i = 0; i < s->role_n; i++)
		add_name(&d->g.role, GRID_ROLES, s->role[i].name);
	for (size_t i = 0; i < s->environment_n; i++) {
		add_name(&d->g.environment, GRID_NAMES, s->environment[i].name);
		add_boxes(one, under, &s->environment[i].require);
	}
	for (size_t i = 0; i < s->gate_n; i++)
		add_boxes(one, under, &s->gate[i].require);
}

static void make_grid(struct diff *d)
{
	slu_auto_buf one, under;
	slu_buf_init(&one, SLU_MAX_BODY_BYTES);
	slu_buf_init(&under, SLU_MAX_BODY_BYTES);
	d->g.a = d->a;
	add_strategy(d, d->was, &one, &under);
	add_strategy(d, d->now, &one, &under);
	add_name(&d->g.branch, GRID_NAMES, SLU_STR("some-branch")); /* of whatever kind takes all names, or of none */
	add_name(&d->g.tag, GRID_NAMES, SLU_STR("some-tag"));
	d->g.body = slu_printf(d->a, "%s%s", one.p ? one.p : "", under.p ? under.p : "");
}

/* ---- one point of the grid ------------------------------------------------------------------------------------------------------ */

static const char *what(struct diff *d, const struct grid_cell *c)
{
	slu_str branch = c->branch >= 0 ? d->g.branch.v[c->branch] : (slu_str){ "", 0 }, tag = c->tag >= 0 ? d->g.tag.v[c->tag] : (slu_str){ "", 0 };
	const char *by = c->level >= 0 ? slu_printf(d->a, "by level %s", strat_level_word((enum strat_level)c->level)) : c->role >= 0 ? slu_printf(d->a, "by role %.*s", SLU_FMT(d->g.role.v[c->role])) : "by an administrator";
	const char *act;
	switch (c->verb) {
	case POL_MERGE: act = slu_printf(d->a, "merge of %.*s into %.*s", SLU_FMT(d->g.branch.v[c->source]), SLU_FMT(branch)); break;
	case POL_DEPLOY: act = slu_printf(d->a, "deployment of %.*s to %.*s", SLU_FMT(branch), SLU_FMT(d->g.environment.v[c->environment])); break;
	case POL_TAG: act = slu_printf(d->a, "tag %.*s on %.*s", SLU_FMT(tag), SLU_FMT(branch)); break;
	case POL_TAG_MOVE: act = slu_printf(d->a, "tag %.*s moved", SLU_FMT(tag)); break;
	case POL_TAG_DELETE: act = slu_printf(d->a, "tag %.*s deleted", SLU_FMT(tag)); break;
	case POL_CREATE: act = slu_printf(d->a, "new branch %.*s", SLU_FMT(branch)); break;
	case POL_DELETE: act = slu_printf(d->a, "branch %.*s deleted", SLU_FMT(branch)); break;
	case POL_FORCE_PUSH: act = slu_printf(d->a, "force-push to %.*s", SLU_FMT(branch)); break;
	case POL_PUSH: case POL_OPEN: case POL_APPROVE: case POL_REPORT: case POL_ROLL_BACK: case POL_EMERGENCY: case POL_STRATEGY: case POL_VERB_COUNT: default:
		act = slu_printf(d->a, "push to %.*s", SLU_FMT(branch));
	}
	return slu_printf(d->a, "%s, %s%s%s", act, by, c->how ? ", " : "", c->how ? c->how : "");
}

/* What refuses it: a rule that fails before one that waits. */
static const struct pol_row *refusing(const struct pol_verdict *v)
{
	for (int state = 0; state < 2; state++)
		for (size_t i = 0; i < v->row.n; i++)
			if (v->row.v[i].state == (state ? POL_WAITING : POL_FAILED))
				return &v->row.v[i];
	return NULL;
}

static void differ(struct diff *d, const struct grid_cell *c, bool now_allowed, const struct pol_verdict *v)
{
	const struct pol_row *row = refusing(v);
	struct ins_differs *e = NULL;
	*(now_allowed ? &d->out->allowed : &d->out->refused) += 1;
	for (size_t i = 0; row && i < d->out->list.n && !e; i++) {
		struct ins_differs *x = &d->out->list.v[i];
		if (x->now_allowed == now_allowed && x->verb == c->verb && strcmp(x->rule, row->rule) == 0)
			e = x;
	}
	if (!row)
		return;
	if (!e) {
		e = SLU_ADD(d->a, &d->out->list);
		*e = (struct ins_differs){ .now_allowed = now_allowed, .verb = c->verb, .rule = slu_strdup(d->a, row->rule), .pos = row->pos, .what = what(d, c), .wanted = slu_strdup(d->a, row->wanted) };
	}
	e->acts++;
}

static slu_rc ask(struct diff *d, struct grid_cell c, slu_err *err)
{
	slu_auto_arena *a = slu_arena_new();
	struct pol_verdict was = { 0 }, now = { 0 };
	c.message = c.message ? c.message : "feat: a change\n";
	SLU_TRY(grid_judge(&was, &d->g, a, &c, d->was, d->now_s, err));
	SLU_TRY(grid_judge(&now, &d->g, a, &c, d->now, d->now_s, err));
	d->out->acts++;
	bool before = was.answer == POL_ALLOW, after = now.answer == POL_ALLOW;
	if (before != after)
		differ(d, &c, after, after ? &was : &now);
	return SLU_OK;
}

/* By each level and each role. */
static slu_rc ask_people(struct diff *d, struct grid_cell c, slu_err *err)
{
	for (int l = STRAT_READ; l <= STRAT_ADMIN; l++) {
		c.level = l;
		SLU_TRY(ask(d, c, err));
	}
	c.level = -1;
	for (size_t i = 0; i < d->g.role.n; i++) {
		c.role = (int)i;
		SLU_TRY(ask(d, c, err));
	}
	return SLU_OK;
}

static struct grid_cell usual(enum pol_verb verb, int branch)
{
	return (struct grid_cell){ .verb = verb, .branch = branch, .source = -1, .tag = -1, .environment = -1, .level = -1, .role = -1, .approvals = 9, .by_roles = true, .checks = true, .boxes = true, .updated = true };
}

/* ---- the grid ------------------------------------------------------------------------------------------------------------------------ */

static slu_rc ask_branches(struct diff *d, slu_err *err)
{
	static const enum pol_verb verb[] = { POL_CREATE, POL_PUSH, POL_FORCE_PUSH, POL_DELETE };
	for (size_t i = 0; i < d->g.branch.n; i++)
		for (size_t k = 0; k < sizeof verb / sizeof *verb; k++)
			SLU_TRY(ask_people(d, usual(verb[k], (int)i), err));
	return SLU_OK;
}

static slu_rc ask_content(struct diff *d, slu_err *err)
{
	static const struct { const char *message, *file, *how; } sort[] = {
		{ "A change\n", NULL, "with the message \"A change\"" },
		{ "other: a change\n", NULL, "with the message \"other: a change\"" },
		{ "feat(scope): a change\n", NULL, "with the message \"feat(scope): a change\"" },
		{ "feat: A change.\n", NULL, "with the message \"feat: A change.\"" },
		{ "feat: a change\n\nCloses #1\n", NULL, "with a reference in its message" },
		{ "feat: a change that is told in a first line which goes on for ever, and for more than that still\n", NULL, "with a first line of 98 characters" },
		{ NULL, ".env", "with a file .env" }, { NULL, "key.pem", "with a file key.pem" }, { NULL, "secrets/key", "with a file in secrets/" }, { NULL, "a file of 1 GB", "with a file of 1 GB" },
	};
	for (size_t i = 0; i < d->g.branch.n; i++)
		for (size_t k = 0; k < sizeof sort / sizeof *sort; k++) {
			struct grid_cell c = usual(POL_PUSH, (int)i);
			c.message = sort[k].message;
			c.file = sort[k].file;
			c.how = sort[k].how;
			SLU_TRY(ask(d, c, err));
		}
	return SLU_OK;
}

/* More or less of what can be required of a merge or a deployment. */
static slu_rc ask_required(struct diff *d, struct grid_cell c, slu_err *err)
{
	static const char *const few[] = { "without an approval", "with 1 approval", "with 2 approvals", "with 3 approvals" };
	struct grid_cell x = c;
	x.by_roles = false;
	for (unsigned n = 0; n < 4; n++) {
		x.approvals = n;
		x.how = few[n];
		SLU_TRY(ask(d, x, err));
	}
	x = c;
	x.by_roles = false;
	x.how = "approved by nobody of a role";
	SLU_TRY(ask(d, x, err));
	x = c;
	x.checks = false;
	x.how = "while checks have not passed";
	SLU_TRY(ask(d, x, err));
	x = c;
	x.boxes = false;
	x.how = "with no box ticked";
	SLU_TRY(ask(d, x, err));
	if (c.verb != POL_MERGE)
		return SLU_OK;
	x = c;
	x.updated = false;
	x.how = "while it is behind its target";
	SLU_TRY(ask(d, x, err));
	x = c;
	x.threads = 1;
	x.how = "with an open thread";
	return ask(d, x, err);
}

static slu_rc ask_merges(struct diff *d, slu_err *err)
{
	static const char *const method[] = { "by merge", "by squash", "by rebase", "by fast-forward" };
	for (size_t i = 0; i < d->g.branch.n * d->g.branch.n; i++) {
		struct grid_cell c = usual(POL_MERGE, (int)(i / d->g.branch.n));
		c.source = (int)(i % d->g.branch.n);
		if (c.source == c.branch)
			continue;
		SLU_TRY(ask_people(d, c, err));
		SLU_TRY(ask_required(d, c, err));
		c.has_method = true;
		for (int m = STRAT_MERGE; m <= STRAT_FAST_FORWARD; m++) {
			c.method = (enum strat_method)m;
			c.how = method[m];
			SLU_TRY(ask(d, c, err));
		}
	}
	return SLU_OK;
}

static slu_rc ask_tags(struct diff *d, slu_err *err)
{
	for (size_t i = 0; i < d->g.tag.n; i++)
		for (size_t k = 0; k < d->g.branch.n; k++) {
			struct grid_cell c = usual(POL_TAG, (int)k);
			c.tag = (int)i;
			SLU_TRY(ask_people(d, c, err));
			c.light = true;
			c.how = "without an object of its own";
			SLU_TRY(ask(d, c, err));
		}
	for (size_t i = 0; i < d->g.tag.n; i++) {
		struct grid_cell c = usual(POL_TAG_MOVE, 0);
		c.tag = (int)i;
		SLU_TRY(ask_people(d, c, err));
		c.verb = POL_TAG_DELETE;
		SLU_TRY(ask_people(d, c, err));
	}
	return SLU_OK;
}

static slu_rc ask_deployments(struct diff *d, slu_err *err)
{
	for (size_t i = 0; i < d->g.environment.n; i++)
		for (size_t k = 0; k < d->g.branch.n; k++) {
			struct grid_cell c = usual(POL_DEPLOY, (int)k);
			c.environment = (int)i;
			SLU_TRY(ask_people(d, c, err));
			SLU_TRY(ask_required(d, c, err));
		}
	return SLU_OK;
}

static int in_order(const void *x, const void *y)
{
	const struct ins_differs *a = x, *b = y;
	if (a->now_allowed != b->now_allowed)
		return a->now_allowed - b->now_allowed;
	if (a->acts != b->acts)
		return a->acts < b->acts ? 1 : -1;
	return a->verb != b->verb ? (int)a->verb - (int)b->verb : strcmp(a->rule, b->rule);
}

slu_rc ins_strategy_diff(struct ins_strategy_diff *out, slu_arena *a, const strat *was, const strat *now, int64_t now_s, slu_err *err)
{
	struct ins_strategy_diff o = { 0 };
	struct diff d = { .a = a, .was = was, .now = now, .now_s = now_s, .out = &o };
	make_grid(&d);
	SLU_TRY(ask_branches(&d, err));
	SLU_TRY(ask_merges(&d, err));
	SLU_TRY(ask_tags(&d, err));
	SLU_TRY(ask_deployments(&d, err));
	SLU_TRY(ask_content(&d, err));
	if (o.list.n)
		qsort(o.list.v, o.list.n, sizeof *o.list.v, in_order);
	*out = o;
	return SLU_OK;
}
