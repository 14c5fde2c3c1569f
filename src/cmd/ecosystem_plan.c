/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ecosystem_plan.h"

#include "app/plan_ecosystem.h"
#include "policy/pol.h"

bool cmd_member_branches(const struct cmd_member *m)
{
	const strat *s = m->w->o.strategy;
	for (size_t i = 0; i < s->branch_n; i++)
		if (s->branch[i].type == STRAT_RELEASE && s->branch[i].edge_n)
			return true;
	return false;
}

/* ---- which release ---------------------------------------------------------------------------------------------------------- */

struct open_versions { SLU_LIST(slu_str) v; };

static void add_open(struct open_versions *o, slu_arena *a, const struct cmd_member *m)
{
	const strat *s = m->w->o.strategy;
	for (size_t i = 0; i < m->w->refs.n; i++) {
		struct strat_captures caps = { 0 };
		slu_str name = m->w->refs.v[i].name;
		name = (slu_str){ name.p + strlen("refs/heads/"), name.n - strlen("refs/heads/") };
		int kind = strat_branch_kind(s, name, &caps);
		slu_str version = caps.v[STRAT_CAP_VERSION];
		bool seen = kind == STRAT_NONE || s->branch[kind].type != STRAT_RELEASE || version.n == 0;
		for (size_t k = 0; !seen && k < o->v.n; k++)
			seen = slu_str_eq(o->v.v[k], version);
		if (!seen)
			*SLU_ADD(a, &o->v) = slu_s(slu_str_dup(a, version));
	}
}

int cmd_ecosystem_version(struct cmd_ecosystem *e)
{
	struct open_versions open = { 0 };
	e->version = e->c->arg_n ? e->c->arg[0] : NULL;
	if (e->version)
		return 0;
	for (size_t i = 0; i < e->n; i++)
		if (e->m[i].code == 0)
			add_open(&open, e->c->a, &e->m[i]);
	if (open.v.n == 0)
		return cmd_usage(e->c, "No member has an open release. Begin one: sluice ecosystem start VERSION");
	if (open.v.n > 1)
		return cmd_usage(e->c, "Several releases are open: %.*s, %.*s%s. Say which.", SLU_FMT(open.v.v[0]), SLU_FMT(open.v.v[1]), open.v.n > 2 ? ", …" : "");
	e->version = slu_str_dup(e->c->a, open.v.v[0]);
	e->home.op.command = slu_s(slu_printf(e->c->a, "%.*s %s", SLU_FMT(e->home.op.command), e->version));
	for (size_t i = 0; i < e->n; i++)
		e->m[i].w->op.command = e->home.op.command;
	return 0;
}

/* ---- finish ------------------------------------------------------------------------------------------------------------------- */

static slu_rc head_of(slu_oid *out, struct cmd_member *m, const char *branch, slu_err *err)
{
	return app_plan_at(out, &m->w->p, slu_s(slu_printf(m->c.a, "refs/heads/%s", branch)), err);
}

/* It has no branch for a release: what stands on its default branch is released. */
static slu_rc plan_as_it_is(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	const char *branch = slu_str_dup(m->c.a, m->w->o.default_branch);
	bool there = false;
	SLU_TRY(app_plan_have(&there, &m->w->p, slu_s(branch), err));
	if (!there)
		return slu_fail(err, SLU_E_NOT_FOUND, "There is no branch %s, neither here nor on the remote.", branch);
	if (e->home.o.strategy->ecosystem.tag.n == 0)
		return slu_fail(err, SLU_E_INVALID, "Its strategy has no kind of branch that holds a release, and ecosystem.tag names no class that it could be tagged with.");
	SLU_TRY(app_plan_current(&m->w->p, slu_s(branch), err));
	m->target = branch;
	return head_of(&m->released, m, branch, err);
}

static slu_rc one_version(const struct cmd_member *m, const char *version, slu_err *err)
{
	slu_str got = m->w->p.released;
	if (got.n == 0 || slu_str_is(got, version))
		return SLU_OK;
	return slu_fail(err, SLU_E_INVALID, "Its merge would be tagged as %.*s. An ecosystem has one version, %s.", SLU_FMT(got), version);
}

/* The name that its release gets: of the tag that the merge has made, else of the class that is asked for. */
static slu_rc name_tag(struct cmd_ecosystem *e, struct cmd_member *m, const char *version, slu_err *err)
{
	const strat *s = m->w->o.strategy, *home = e->home.o.strategy;
	char *name = NULL;
	for (size_t i = 0; i < home->ecosystem.tag.n; i++) {
		slu_str key = home->tag[home->ecosystem.tag.i[i]].name;
		int cls = strat_find_tag(s, key);
		if (cls == STRAT_NONE)
			return slu_fail(err, SLU_E_INVALID, "Its strategy has no class of tag called %.*s, which ecosystem.tag of %s wants of every member.", SLU_FMT(key), e->where);
		if (s->tag[cls].type != STRAT_TAG_RELEASE || m->tag.n)
			continue;
		SLU_TRY(pol_tag_name(&name, m->c.a, s, cls, slu_s(version), err));
		m->tag = slu_s(name);
	}
	return SLU_OK;
}

/* The branch of the release; what helps where there is none. */
static slu_rc find_release(struct flow_plan *out, struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	slu_err why = { 0 };
	slu_rc rc = cmd_release_find(out, &m->c, m->w, slu_s(e->version), slu_s(cmd_opt(e->c, "kind")), &why);
	if (rc == SLU_OK)
		return rc;
	if (strstr(why.text, "begin it:"))
		return slu_fail(err, rc, "%s, in %s; or in all of them: sluice ecosystem start %s", why.text, m->path, e->version);
	return slu_fail(err, rc, "%s", why.text);
}

/* Its release is finished. Where servers still have theirs to do, its lead was lost after it was pushed to: then it has every tag, and nothing is left for it. */
static slu_rc has_it(bool *out, struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	const strat *home = e->home.o.strategy;
	bool served = false;
	for (size_t i = 0; i < e->n; i++)
		served = served || e->m[i].served;
	*out = served && home->ecosystem.tag.n;
	for (size_t i = 0; *out && i < home->ecosystem.tag.n; i++) {
		int cls = strat_find_tag(m->w->o.strategy, home->tag[home->ecosystem.tag.i[i]].name); /* is there: name_tag has asked */
		slu_oid there;
		char *name = NULL;
		SLU_TRY(pol_tag_name(&name, m->c.a, m->w->o.strategy, cls, slu_s(e->version), err));
		SLU_TRY(app_plan_at(&there, &m->w->p, slu_s(slu_printf(m->c.a, "refs/tags/%s", name)), err));
		*out = !slu_oid_is_zero(&there);
	}
	return SLU_OK;
}

slu_rc cmd_member_plan_finish(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	struct flow_plan release;
	slu_err quiet = { 0 };
	SLU_TRY(name_tag(e, m, e->version, err));
	if (m->served)
		return SLU_OK; /* its server plans it */
	if (!cmd_member_branches(m))
		return plan_as_it_is(e, m, err);
	slu_rc rc = find_release(&release, e, m, err);
	if (rc == SLU_E_EXISTS)
		SLU_TRY(has_it(&m->landed, e, m, &quiet));
	if (m->landed) {
		app_plan_says(&m->w->p, "it has release %s already", e->version);
		return SLU_OK;
	}
	SLU_TRY(rc);
	m->source = release.branch;
	m->target = release.target_branch;
	SLU_TRY(cmd_finish_plan(&m->c, m->w, release.kind, release.branch, release.target_branch, err));
	SLU_TRY(one_version(m, e->version, err));
	return head_of(&m->released, m, m->target, err);
}

/* ---- the tags that all have in common ----------------------------------------------------------------------------------------- */

static slu_str words_of(const struct cmd_ecosystem *e, const char *version)
{
	slu_auto_buf b;
	slu_buf_init(&b, 1024 * 1024);
	slu_buf_addf(&b, "Coordinated release %s of %zu repositories, in the order of their deployment;\nthey are rolled back in the other order:\n\n", version, e->n);
	for (size_t i = 0; i < e->n; i++)
		slu_buf_addf(&b, "%zu. %.*s%s%.*s\n", i + 1, SLU_FMT(e->m[i].repo), e->m[i].tag.n ? " " : "", SLU_FMT(e->m[i].tag));
	return slu_s(slu_str_dup(e->c->a, slu_buf_str(&b)));
}

/* What the home wants of each of them. */
static void want_checks(const strat *home, struct cmd_member *m)
{
	struct app_plan *p = &m->w->p;
	for (size_t i = 0; i < home->ecosystem.checks.n; i++) {
		slu_str check = home->check[home->ecosystem.checks.i[i]].name;
		bool there = false;
		for (size_t k = 0; k < p->want.n; k++)
			there = there || (slu_str_eq(p->want.v[k].check, check) && slu_str_is(p->want.v[k].branch, m->target));
		if (!there)
			*SLU_ADD(p->a, &p->want) = (struct app_plan_want){ .branch = slu_s(m->target), .check = check };
	}
}

void cmd_ecosystem_common(struct cmd_ecosystem *e)
{
	const strat *home = e->home.o.strategy;
	struct flow_op *op = &e->home.op;
	op->version = slu_s(e->version);
	op->words = words_of(e, e->version);
	for (size_t i = 0; i < home->ecosystem.tag.n; i++)
		*SLU_ADD(e->c->a, &op->tag) = home->tag[home->ecosystem.tag.i[i]].name;
	for (size_t i = 0; i < home->ecosystem.checks.n; i++)
		*SLU_ADD(e->c->a, &op->check) = home->check[home->ecosystem.checks.i[i]].name;
}

slu_rc cmd_member_plan_tags(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	const strat *home = e->home.o.strategy;
	slu_str words = e->home.op.words;
	if (m->served || m->landed)
		return SLU_OK;
	for (size_t i = 0; i < home->ecosystem.tag.n; i++) {
		int cls = strat_find_tag(m->w->o.strategy, home->tag[home->ecosystem.tag.i[i]].name);
		SLU_TRY(app_plan_tag(&m->w->p, cls, slu_s(e->version), &m->released, words, err));
	}
	want_checks(home, m);
	if (m->source)
		return cmd_finish_plan_end(&m->c, m->w, m->source, m->target, err);
	SLU_TRY(app_plan_trees(&m->w->p, (slu_str){ 0 }, err));
	return cmd_has(e->c, "no-push") ? SLU_OK : app_plan_push(&m->w->p, err);
}
