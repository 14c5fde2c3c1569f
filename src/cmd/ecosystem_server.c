/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ecosystem_server.h"

#include "app/verdict_read.h"
#include "cmd/call.h"
#include "cmd/landing.h"

#include <jansson.h>

void cmd_served_find(struct cmd_ecosystem *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		m->served = m->code == 0 && cmd_lands_there(&m->c, m->w);
		m->server = m->served ? m->c.server : NULL;
	}
}

/* ---- one call for all that a server has ---------------------------------------------------------------------------------------------- */

/* The first of those on a server speaks for all of them. */
static bool speaks(const struct cmd_ecosystem *e, size_t at)
{
	for (size_t i = 0; i < at && e->m[at].served; i++)
		if (e->m[i].served && strcmp(e->m[i].server, e->m[at].server) == 0)
			return false;
	return e->m[at].served;
}

static bool same_server(const struct cmd_ecosystem *e, size_t at, size_t i)
{
	return e->m[i].served && strcmp(e->m[i].server, e->m[at].server) == 0;
}

static json_t *texts(const slu_str *v, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_stringn(v[i].p, v[i].n));
	return list;
}

static json_t *body_of(const struct cmd_ecosystem *e, size_t at, bool alone, bool dry)
{
	const struct flow_op *op = &e->home.op;
	json_t *list = json_array(), *order = json_array();
	for (size_t i = 0; i < e->n; i++) {
		const struct cmd_member *m = &e->m[i];
		const char *head = slu_oid_is_zero(&m->head) ? NULL : m->head.hex;
		(void)json_array_append_new(order, json_stringn(m->repo.p, m->repo.n));
		if (same_server(e, at, i))
			(void)json_array_append_new(list, json_pack("{s:s%, s:s*, s:I, s:s*}", "repo", m->repo.p, m->repo.n, "kind", cmd_opt(e->c, "kind"), "change", (json_int_t)m->change, "head", head));
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s%, s:b, s:b}", "version", e->version, "members", list, "tags", texts(op->tag.v, op->tag.n), "checks", texts(op->check.v, op->check.n), "order", order, "message",
	                 op->words.n ? op->words.p : "", op->words.n, "alone", alone, "dry_run", dry);
}

static slu_rc code_of(const json_t *j)
{
	const char *word = cmd_j_str(j, "code");
	for (int rc = SLU_E_SYNTAX; rc <= SLU_E_INTERNAL; rc++)
		if (strcmp(slu_rc_word((slu_rc)rc), word) == 0)
			return (slu_rc)rc;
	return *word ? SLU_E_INTERNAL : SLU_OK;
}

static void take(struct cmd_ecosystem *e, size_t at, const json_t *list)
{
	size_t k;
	const json_t *j;
	json_array_foreach(list, k, j) {
		for (size_t i = at; i < e->n; i++) {
			struct cmd_member *m = &e->m[i];
			if (!same_server(e, at, i) || !slu_str_is(m->repo, cmd_j_str(j, "repo")))
				continue;
			m->there = j;
			m->landed = strcmp(cmd_j_str(j, "state"), "landed") == 0;
			m->change = cmd_j_int(j, "change");
			if (slu_oid_parse(&m->head, slu_s(cmd_j_str(j, cmd_j_bool(j, "as_is") ? "commit" : "head")), NULL) != SLU_OK)
				m->head = slu_oid_zero();
		}
	}
}

/* A refusal has a code for each member; what all say together is the first one's. */
static slu_rc post(struct cmd_ecosystem *e, size_t at, const char *step, bool alone, bool dry, slu_err *err)
{
	struct cmd_member *m = &e->m[at];
	struct cli_answer an = { 0 };
	json_auto_t *body = body_of(e, at, alone, dry);
	if (!body)
		return slu_fail(err, SLU_E_USAGE, "The version is not UTF-8.");
	slu_rc rc = cmd_call(&m->c, &an, "POST", slu_printf(e->c->a, "/api/sluice/ecosystem/%s", step), body, err);
	const json_t *list = json_object_get(an.json, "members");
	take(e, at, list);
	for (size_t i = json_array_size(list); rc != SLU_OK && i-- > 0;)
		if (code_of(json_array_get(list, i)) != SLU_OK)
			err->code = rc = code_of(json_array_get(list, i));
	return rc == SLU_OK ? rc : slu_err_context(err, "%s", m->server);
}

/* ---- asked ------------------------------------------------------------------------------------------------------------------------------ */

/* What is only here would not be in the release. */
static slu_rc all_is_there(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	const char *branch = slu_strdup(e->c->a, cmd_j_str(m->there, "branch"));
	slu_str n = { 0 };
	const char *const count[] = { "rev-list", "--count", slu_printf(e->c->a, "refs/remotes/%.*s/%s..refs/heads/%s", SLU_FMT(m->w->remote), branch, branch), "--", NULL };
	if (!*branch || m->landed || cmd_git(e->c, m->path, count, true, &n, NULL) != SLU_OK || slu_str_is(n, "0"))
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "%s has %.*s %s here that %.*s has not, and the release would be made without. Push first: git -C %s push %.*s %s", branch, SLU_FMT(n), slu_str_is(n, "1") ? "commit" : "commits",
	                SLU_FMT(m->w->remote), m->path, SLU_FMT(m->w->remote), branch);
}

static bool comes_with(const struct cmd_member *m)
{
	size_t i;
	const json_t *x;
	json_array_foreach(json_object_get(m->there, "refs"), i, x) if (m->tag.n && slu_str_is(m->tag, cmd_ref_name(cmd_j_str(x, "ref")))) return true;
	return false;
}

static void says(struct cmd_ecosystem *e, struct cmd_member *m)
{
	const strat *home = e->home.o.strategy;
	struct app_plan *p = &m->w->p;
	size_t i;
	const json_t *x;
	if (cmd_j_bool(m->there, "as_is"))
		app_plan_says(p, "it has no branch for a release, and is tagged as %s stands on %s (%.10s)", cmd_j_str(m->there, "target"), m->server, m->head.hex);
	else if (m->landed)
		app_plan_says(p, "change %lld has landed on %s already", (long long)m->change, m->server);
	else
		app_plan_says(p, "merge %s into %s%s on %s, in one act with the others there", cmd_j_str(m->there, "branch"), cmd_j_str(m->there, "target"), m->change ? slu_printf(e->c->a, " by change %lld", (long long)m->change) : "",
		              m->server);
	json_array_foreach(json_object_get(m->there, "refs"), i, x) if (strcmp(cmd_j_str(x, "what"), "merge") != 0) app_plan_says(p, "%s %s", cmd_j_str(x, "what"), cmd_ref_name(cmd_j_str(x, "ref")));
	for (i = 0; !m->landed && i < home->ecosystem.tag.n; i++) {
		const struct strat_tag *cls = &home->tag[home->ecosystem.tag.i[i]];
		if (cls->type != STRAT_TAG_RELEASE || !comes_with(m))
			app_plan_says(p, "a tag of the class %.*s, when all members have landed", SLU_FMT(cls->name));
	}
}

static void judge(struct cmd_ecosystem *e, struct cmd_member *m, size_t *waiting)
{
	const char *state = cmd_j_str(m->there, "state");
	m->waits = strcmp(state, "waits") == 0;
	*waiting += m->waits;
	slu_rc rc = strcmp(state, "failed") == 0 || strcmp(state, "refused") == 0 ? code_of(m->there) : SLU_OK;
	if (rc == SLU_E_NOT_FOUND)
		rc = slu_fail(&m->err, rc, "%s; or in all of them: sluice ecosystem start %s", cmd_j_str(m->there, "why"), e->version);
	else if (rc != SLU_OK)
		rc = slu_fail(&m->err, rc, "%s", cmd_j_str(m->there, "why"));
	else if (*state)
		rc = all_is_there(e, m, &m->err);
	else
		rc = slu_fail(&m->err, SLU_E_INTERNAL, "%s says nothing of it.", m->server);
	app_verdict_read(&m->w->p.refused, e->c->a, json_object_get(m->there, "verdict"));
	if (rc != SLU_OK)
		m->code = slu_rc_exit(rc) ? slu_rc_exit(rc) : 7;
	else
		says(e, m);
}

int cmd_served_ask(struct cmd_ecosystem *e, size_t *waiting)
{
	int code = 0;
	bool dry = e->c->dry_run;
	for (size_t i = 0; i < e->n; i++) /* where something is in the way already, no change is opened */
		dry = dry || e->m[i].code;
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		if (!speaks(e, i))
			continue;
		m->err = (slu_err){ 0 };
		bool told = post(e, i, "prepare", false, dry, &m->err) == SLU_OK;
		if (!told)
			m->code = slu_rc_exit(m->err.code) ? slu_rc_exit(m->err.code) : 7;
		for (size_t k = i; told && k < e->n; k++)
			if (same_server(e, i, k) && e->m[k].code == 0)
				judge(e, &e->m[k], waiting);
	}
	for (size_t i = 0; i < e->n; i++)
		code = code ? code : e->m[i].code;
	cmd_served_keep(e);
	return code;
}

/* ---- carried out ------------------------------------------------------------------------------------------------------------------------ */

static slu_rc each_server(struct cmd_ecosystem *e, const char *step, bool alone, bool dry, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++) {
		bool any = !alone;
		if (!speaks(e, i))
			continue;
		for (size_t k = i; k < e->n; k++)
			any = any || (same_server(e, i, k) && e->m[k].landed);
		if (!any)
			continue;
		SLU_TRY(post(e, i, step, alone, dry, err));
		e->e.moved_there = e->e.moved_there || !dry;
		cmd_work_point(slu_printf(e->c->a, "%s:%.*s", step, SLU_FMT(e->m[i].repo)));
	}
	return SLU_OK;
}

/* What has landed goes on alone. A server that does not come back is left alone by who insists. */
static slu_rc let_go(struct cmd_ecosystem *e, slu_err *err)
{
	for (size_t i = 0; i < e->n; i++) {
		if (!speaks(e, i))
			continue;
		slu_rc rc = post(e, i, "prepare", false, true, err);
		if (rc != SLU_OK && e->insists)
			*SLU_ADD(e->c->a, &e->e.left) = slu_printf(e->c->a, "%.*s: it is not known whether it has landed. %s", SLU_FMT(e->m[i].repo), slu_strdup(e->c->a, err->text));
		else if (rc != SLU_OK)
			return slu_fail(err, rc, "%s Should it never come back, sluice abort --keep-pushed once more ends it without.", slu_strdup(e->c->a, err->text));
	}
	return each_server(e, "complete", true, false, err);
}

static slu_rc landed(void *ctx, enum app_eco_there what, slu_err *err)
{
	struct cmd_ecosystem *e = ctx;
	switch (what) {
	case APP_ECO_ASK: /* what came to a change meanwhile is judged as what stood there */
		for (size_t i = 0; i < e->n; i++)
			if (e->m[i].served && e->m[i].change)
				e->m[i].head = slu_oid_zero();
		return each_server(e, "land", false, true, err);
	case APP_ECO_DO:
		cmd_work_point("there:before");
		SLU_TRY(each_server(e, "land", false, false, err));
		return each_server(e, "complete", false, false, err);
	case APP_ECO_KEEP:
		return let_go(e, err);
	case APP_ECO_BACK:
		return SLU_OK; /* was asked before: nothing of it has landed */
	}
	return SLU_OK;
}

slu_rc cmd_served_landed(bool *out, struct cmd_ecosystem *e, size_t at, slu_err *err)
{
	size_t i = at;
	while (!speaks(e, i) || !same_server(e, i, at))
		i--;
	SLU_TRY(post(e, i, "prepare", false, true, err));
	*out = e->m[at].landed;
	return SLU_OK;
}

/* ---- begun ------------------------------------------------------------------------------------------------------------------------------ */

static slu_rc start_there(struct cmd_ecosystem *e, struct cmd_member *m, bool dry, struct cli_answer *an, slu_err *err)
{
	json_auto_t *body = json_pack("{s:s, s:s*, s:b}", "version", e->version, "kind", cmd_opt(e->c, "kind"), "dry_run", dry);
	*an = (struct cli_answer){ 0 };
	if (!body)
		return slu_fail(err, SLU_E_USAGE, "The version is not UTF-8.");
	return cmd_call(&m->c, an, "POST", slu_printf(e->c->a, "/api/sluice/repos/%.*s/releases/start", SLU_FMT(m->repo)), body, err);
}

/* The operation that the server has of it. *state "": none of this release. */
static slu_rc flow_there(const char **state, struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	struct cli_answer an = { 0 };
	slu_rc rc = cmd_call(&m->c, &an, "GET", slu_printf(e->c->a, "/api/sluice/repos/%.*s/flow", SLU_FMT(m->repo)), NULL, err);
	*state = "";
	if (rc == SLU_E_NOT_FOUND)
		return SLU_OK;
	SLU_TRY(rc);
	if (strcmp(cmd_j_str(an.json, "kind"), "release-start") == 0 && strcmp(cmd_j_str(an.json, "name"), e->version) == 0)
		*state = slu_strdup(e->c->a, cmd_j_str(an.json, "state"));
	return SLU_OK;
}

static slu_rc tell_there(struct cmd_ecosystem *e, struct cmd_member *m, const char *what, slu_err *err)
{
	struct cli_answer an = { 0 };
	return cmd_call(&m->c, &an, "POST", slu_printf(e->c->a, "/api/sluice/repos/%.*s/flow/%s", SLU_FMT(m->repo), what), NULL, err);
}

/* It was asked before that none is begun there: one that is has been begun by an earlier try. */
static slu_rc begin_there(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	const char *state;
	struct cli_answer an;
	SLU_TRY(flow_there(&state, e, m, err));
	if (strcmp(state, "running") == 0 || strcmp(state, "stopped") == 0)
		return tell_there(e, m, "continue", err);
	return strcmp(state, "done") == 0 ? SLU_OK : start_there(e, m, false, &an, err);
}

static slu_rc back_there(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	const char *state;
	SLU_TRY(flow_there(&state, e, m, err));
	if (strcmp(state, "running") == 0 || strcmp(state, "stopped") == 0)
		return tell_there(e, m, "abort", err);
	return strcmp(state, "done") == 0 ? tell_there(e, m, "undo", err) : SLU_OK;
}

static slu_rc begun(void *ctx, enum app_eco_there what, slu_err *err)
{
	struct cmd_ecosystem *e = ctx;
	for (size_t i = 0; i < e->n && (what == APP_ECO_DO || what == APP_ECO_BACK); i++) {
		struct cmd_member *m = &e->m[i];
		if (!m->served)
			continue;
		slu_rc rc = what == APP_ECO_DO ? begin_there(e, m, err) : back_there(e, m, err);
		if (rc != SLU_OK)
			return slu_err_context(err, "%.*s", SLU_FMT(m->repo));
		e->e.moved_there = true;
		cmd_work_point(slu_printf(e->c->a, "there:%.*s", SLU_FMT(m->repo)));
	}
	return SLU_OK;
}

void cmd_served_lead(struct cmd_ecosystem *e)
{
	bool starts = slu_str_starts(e->home.op.command, "ecosystem start");
	for (size_t i = 0; i < e->n; i++) {
		struct app_eco_part *p = &e->e.part[i];
		p->served = e->m[i].served;
		p->none = p->none || (p->served && !p->is_home);
		if (!p->served)
			continue;
		e->e.there = starts ? begun : landed;
		e->e.there_ctx = e;
		e->e.returns = starts;
	}
}

void cmd_served_keep(struct cmd_ecosystem *e)
{
	for (size_t i = 0; i < e->home.op.member.n; i++) {
		struct flow_op_member *x = &e->home.op.member.v[i];
		const struct cmd_member *m = &e->m[i];
		x->server = m->served ? slu_s(m->server) : (slu_str){ "", 0 };
		x->change = (uint64_t)m->change;
		x->head = m->head;
	}
	cmd_served_lead(e);
}

slu_rc cmd_served_plan_start(struct cmd_ecosystem *e, struct cmd_member *m, slu_err *err)
{
	struct cli_answer an;
	size_t i;
	const json_t *x;
	e->version = e->c->arg[0];
	SLU_TRY(start_there(e, m, true, &an, err));
	const json_t *would = json_object_get(an.json, "would"), *verdict = json_object_get(would ? would : an.json, "verdict");
	app_verdict_read(&m->w->p.refused, e->c->a, verdict);
	if (verdict && m->w->p.refused.answer != POL_ALLOW)
		return slu_fail(err, m->w->p.refused.answer == POL_WAIT ? SLU_E_WAIT : SLU_E_DENIED, "The strategy does not allow it.");
	json_array_foreach(json_object_get(would ? would : an.json, "steps"), i, x) app_plan_says(&m->w->p, "%s, on %s", cmd_j_str(x, "text"), m->server);
	return SLU_OK;
}

/* ---- waiting ---------------------------------------------------------------------------------------------------------------------------- */

/* Every rule that is open, as it is said in one line. */
static const char *missing(slu_arena *a, const json_t *there)
{
	const char *list = "";
	size_t i;
	const json_t *x;
	json_array_foreach(json_object_get(json_object_get(there, "verdict"), "rules"), i, x) {
		const char *state = cmd_j_str(x, "state");
		if (strcmp(state, "waiting") == 0 || strcmp(state, "failed") == 0)
			list = slu_printf(a, "%s%s%s wants %s (%s)", list, *list ? "; " : "", cmd_j_str(x, "rule"), cmd_j_str(x, "wanted"), cmd_j_str(x, "actual"));
	}
	return *list ? list : slu_strdup(a, cmd_j_str(there, "why"));
}

const char *cmd_served_missing(const struct cmd_ecosystem *e, const struct cmd_member *m)
{
	return m->err.text[0] ? m->err.text : m->waits ? missing(e->c->a, m->there) : "";
}

void cmd_served_tell(struct cmd_ecosystem *e)
{
	const struct cmd_member *first = NULL;
	for (size_t i = 0; i < e->n; i++) {
		const struct cmd_member *m = &e->m[i];
		if (!m->waits)
			continue;
		first = first ? first : m;
		cmd_say(e->c, "  %.*s  change %lld into %s waits: %s", SLU_FMT(m->repo), (long long)m->change, cmd_j_str(m->there, "target"), missing(e->c->a, m->there));
	}
	if (first)
		cmd_say(e->c, "More: sluice why merge %lld --repo %.*s --server %s. Go on: sluice continue. Stay until they may land: sluice ecosystem finish %s --wait. Give it up: sluice abort", (long long)first->change,
		        SLU_FMT(first->repo), first->server, e->version);
}

const char *cmd_served_state(const char **why, struct cmd_ctx *c, const struct flow_op *op, size_t at)
{
	struct cmd_ecosystem e = { .c = c, .n = op->member.n, .version = slu_str_dup(c->a, op->version), .home = { .op = *op } };
	slu_err err = { 0 };
	const char *text;
	*why = "";
	e.m = SLU_NEW_N(c->a, struct cmd_member, e.n);
	for (size_t i = 0; i < e.n; i++) {
		cmd_member_stored(&e.m[i], c->a, &op->member.v[i]);
		e.m[i].served = i == at;
	}
	struct cmd_member *m = &e.m[at];
	m->c = *c;
	m->c.client = NULL;
	m->c.server = m->server;
	m->c.home = m->c.repo = NULL;
	if (cmd_here_at(c, slu_str_dup(c->a, op->member.v[at].path), &m->c.here, &err) != SLU_OK || post(&e, at, "prepare", false, true, &err) != SLU_OK) {
		text = "its server does not tell";
		*why = slu_strdup(c->a, err.text);
	} else {
		const char *state = cmd_j_str(m->there, "state"), *ready = cmd_j_bool(m->there, "as_is") ? "may be tagged now" : slu_printf(c->a, "change %lld may land now", (long long)m->change);
		bool waits = !m->landed && strcmp(state, "ready") != 0;
		text = m->landed ? slu_printf(c->a, "change %lld has landed", (long long)m->change) : waits ? slu_printf(c->a, "change %lld waits", (long long)m->change) : ready;
		*why = waits ? missing(c->a, m->there) : "";
	}
	cli_close(m->c.client);
	return text;
}

struct poll {
	struct cmd_ctx c; /* of who speaks for a server */
	json_t *body;
};
struct polls { SLU_LIST(struct poll) v; };

/* SLU_E_WAIT: one still waits. What is in the way otherwise is told by going on. */
static slu_rc look(void *ctx, struct cli_answer *an, slu_err *err)
{
	struct polls *all = ctx;
	for (size_t i = 0; i < all->v.n; i++) {
		size_t k;
		const json_t *x;
		SLU_TRY(cmd_call(&all->v.v[i].c, an, "POST", "/api/sluice/ecosystem/prepare", all->v.v[i].body, err));
		json_array_foreach(json_object_get(an->json, "members"), k, x) if (strcmp(cmd_j_str(x, "state"), "waits") == 0) return slu_fail(err, SLU_E_WAIT, "%s: %s", cmd_j_str(x, "repo"), cmd_j_str(x, "why"));
	}
	return SLU_OK;
}

int cmd_served_wait(struct cmd_ecosystem *e)
{
	struct cmd_ctx *c = e->c;
	struct polls all = { 0 };
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	const char *what = slu_printf(c->a, "Release %s", e->version);
	for (size_t i = 0; i < e->n; i++) {
		if (!speaks(e, i))
			continue;
		*SLU_ADD(c->a, &all.v) = (struct poll){ e->m[i].c, body_of(e, i, false, true) };
		all.v.v[all.v.n - 1].c.err = c->err;
		e->m[i].c.client = NULL;
	}
	cmd_ecosystem_close(e); /* the clones are free while others make up their minds */
	slu_rc rc = cmd_keep_trying(c, look, &all, &an, what, &err);
	for (size_t i = 0; i < all.v.n; i++) {
		json_decref(all.v.v[i].body);
		cli_close(all.v.v[i].c.client);
	}
	return rc == SLU_OK ? 0 : cmd_fail(c, &err);
}

/* ---- followed --------------------------------------------------------------------------------------------------------------------------- */

int cmd_served_follow(struct cmd_ecosystem *e)
{
	int code = 0;
	for (size_t i = 0; i < e->n; i++) {
		struct cmd_member *m = &e->m[i];
		const char **arg = SLU_NEW_N(e->c->a, const char *, 2);
		if (!m->served || m->gone || !m->change || !m->there)
			continue;
		cmd_work_close(m->w);
		*m->w = (struct cmd_work){ 0 };
		arg[0] = e->version;
		arg[1] = NULL;
		m->c.arg = arg;
		m->c.arg_n = 1;
		m->c.format = e->c->format;
		if (e->c->format != CMD_FORMAT_JSON)
			(void)fprintf(e->c->out, "%.*s (%s)\n", SLU_FMT(m->repo), m->path);
		int one = cmd_follow(&m->c, m->w, m->there);
		cmd_release_steps_there(&m->c, e->version);
		cmd_members_relay(e);
		code = code ? code : one;
	}
	return code;
}
