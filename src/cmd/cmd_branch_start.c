/* SPDX-License-Identifier: Apache-2.0 */
/** sluice KIND start: a branch of a kind, from where the strategy says, in a clone. */
#include "cmd/start.h"

#include "base/quantity.h"
#include "policy/next.h"

/* The newest tag of the class, by version. */
static const char *newest_tag(struct cmd_ctx *c, struct cmd_work *w, int cls, slu_err *err)
{
	struct pol_releases r = { 0 };
	const strat *s = w->o.strategy;
	if (pol_releases(&r, c->a, s, &w->o.facts, s->tag[cls].type, (slu_str){ 0 }, err) != SLU_OK)
		return NULL;
	for (size_t i = r.n; i-- > 0;)
		if (strat_tag_class(s, r.v[i].tag, NULL) == cls)
			return slu_printf(c->a, "refs/tags/%.*s", SLU_FMT(r.v[i].tag));
	(void)!slu_fail(err, SLU_E_NOT_FOUND, "There is no tag of the class %.*s yet to begin at. Say where: --from COMMIT", SLU_FMT(s->tag[cls].name));
	return NULL;
}

/* The branch where one of the kind `what` begins. */
static slu_rc one_of(const char **out, struct cmd_ctx *c, struct cmd_work *w, int kind, slu_str what, slu_err *err)
{
	const strat *s = w->o.strategy;
	const char **name = NULL, *all = "";
	size_t n = flow_branches_of(&name, c->a, s, kind, &w->refs);
	if (n == 1) {
		*out = name[0];
		return SLU_OK;
	}
	for (size_t i = 0; i < n && i < 8; i++)
		all = slu_printf(c->a, "%s%s%s", all, i ? ", " : "", name[i]);
	if (n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "A %.*s branch begins at one of the kind %.*s, and there is none here. Fetch it (git fetch), or have it made: sluice adopt plan", SLU_FMT(what), SLU_FMT(s->branch[kind].name));
	return slu_fail(err, SLU_E_USAGE, "A %.*s branch can begin at several: %s%s. Say which: --from %s", SLU_FMT(what), all, n > 8 ? ", …" : "", name[0]);
}

slu_rc cmd_start_base(slu_oid *at, const char **named, struct cmd_ctx *c, struct cmd_work *w, int kind, slu_err *err)
{
	const struct strat_branch *b = &w->o.strategy->branch[kind];
	const char *from = cmd_opt(c, "from"), *ref = NULL;
	bool there = false;
	if (!from && b->base == STRAT_NONE && b->base_tag != STRAT_NONE) {
		ref = newest_tag(c, w, b->base_tag, err);
		if (!ref)
			return err->code;
		*named = cmd_ref_name(ref);
		return w->w.git->ops->resolve(w->w.git, slu_s(ref), at, err);
	}
	if (!from && b->base == STRAT_NONE)
		return slu_fail(err, SLU_E_USAGE, "The strategy does not say where a %.*s branch begins; say it: --from BRANCH", SLU_FMT(b->name));
	if (!from)
		SLU_TRY(one_of(&from, c, w, b->base, b->name, err));
	*named = from;
	SLU_TRY(app_plan_have(&there, &w->p, slu_s(from), err));
	if (!there)
		return w->w.git->ops->resolve(w->w.git, slu_s(from), at, err);
	SLU_TRY(app_plan_current(&w->p, slu_s(from), err));
	return app_plan_at(at, &w->p, slu_s(slu_printf(c->a, "refs/heads/%s", from)), err);
}

struct begun {
	const char *base, *name;
	slu_oid at;
};

bool cmd_start_is_release(const strat *s, int kind)
{
	const struct strat_branch *b = &s->branch[kind];
	for (size_t i = 0; i < b->edge_n; i++)
		if (b->edge[i].tag != STRAT_NONE && s->tag[b->edge[i].tag].type == STRAT_TAG_RELEASE && (b->type == STRAT_RELEASE || b->type == STRAT_HOTFIX))
			return true;
	return false;
}

slu_rc cmd_start_version(slu_str *out, struct cmd_ctx *c, struct cmd_work *w, int kind, const char *base, const slu_oid *at, slu_str given, slu_err *err)
{
	struct strat_captures caps = { 0 };
	const strat *s = w->o.strategy;
	struct pol_next n;
	slu_err why = { 0 };
	int of = strat_branch_kind(s, slu_s(base), &caps);
	const struct pol_next_ask ask = {
		.line = of == STRAT_NONE ? (slu_str){ 0 } : pol_line_of(c->a, &s->branch[of], &caps), .given = given, .bump = s->branch[kind].bump, .tip = *at, .also = slu_oid_zero(), .at_least_patch = true,
	};
	slu_rc rc = pol_next(&n, c->a, s, &w->o.facts, &ask, &why);
	if (rc == SLU_OK)
		rc = pol_next_allowed(&n, c->a, s, &w->o.facts, ask.line, &why);
	if (rc != SLU_OK)
		return slu_fail(err, rc == SLU_E_DENIED || rc == SLU_E_WAIT ? SLU_E_INVALID : rc, "%s", why.text);
	*out = n.version;
	return SLU_OK;
}

/* What it is called, by what was typed (NULL: nothing). */
static slu_rc find_name(struct begun *b, struct cmd_ctx *c, struct cmd_work *w, int kind, const char *word, slu_err *err)
{
	const strat *s = w->o.strategy;
	struct strat_captures caps = { 0 };
	char today[SLU_TIME_TEXT], *name = NULL;
	slu_str version;
	(void)slu_time_text(w->o.now_s, today);
	if (!word && !cmd_start_is_release(s, kind))
		return slu_fail(err, SLU_E_USAGE, "What is it called? Say its name: sluice %.*s start NAME", SLU_FMT(s->branch[kind].name));
	if (!word) {
		SLU_TRY(cmd_start_version(&version, c, w, kind, b->base, &b->at, (slu_str){ 0 }, err));
		word = slu_str_dup(c->a, version);
		w->op.command = slu_s(slu_printf(c->a, "%.*s %s", SLU_FMT(w->op.command), word));
	}
	SLU_TRY(flow_branch_name(&name, c->a, s, kind, slu_s(word), (slu_str){ today, 10 }, err));
	b->name = name;
	const struct flow_ref *there = flow_ref_find(&w->refs, slu_printf(c->a, "refs/heads/%s", name));
	if (there)
		return slu_fail(err, SLU_E_EXISTS, "The branch %s is there already, at %.10s. Work on it: git switch %s", name, there->id.hex, name);
	(void)strat_branch_kind(s, slu_s(name), &caps);
	return cmd_start_is_release(s, kind) && caps.v[STRAT_CAP_VERSION].n ? cmd_start_version(&version, c, w, kind, b->base, &b->at, caps.v[STRAT_CAP_VERSION], err) : SLU_OK;
}

slu_rc cmd_start_make(struct pol_verdict *v, struct cmd_ctx *c, struct cmd_work *w, const char *name, const char *base, const slu_oid *at, slu_err *err)
{
	const char *ref = slu_printf(c->a, "refs/heads/%s", name);
	const struct pol_action act = { .verb = POL_CREATE, .actor = w->o.ctx.person, .ref = slu_s(ref), .old = slu_oid_zero(), .new_ = *at };
	SLU_TRY(app_plan_ask(v, &w->p, &act, err));
	app_plan_says(&w->p, "create the branch %s from %s (%.10s)", name, base, at->hex);
	return app_plan_move(&w->p, slu_s(ref), at, err);
}

static slu_rc make(const char **name, struct cmd_ctx *c, struct cmd_work *w, int kind, const char *word, slu_err *err)
{
	struct begun b = { 0 };
	struct pol_verdict v;
	SLU_TRY(cmd_start_base(&b.at, &b.base, c, w, kind, err));
	SLU_TRY(find_name(&b, c, w, kind, word, err));
	*name = b.name;
	return cmd_start_make(&v, c, w, b.name, b.base, &b.at, err);
}

slu_rc cmd_twin_of(const char **out, struct cmd_ctx *c, const strat *s, int kind, const char *name, slu_err *err)
{
	struct strat_captures caps = { 0 };
	char *twin = NULL;
	(void)strat_branch_kind(s, slu_s(name), &caps);
	if (s->branch[kind].twin)
		SLU_TRY(strat_pattern_make(&twin, c->a, s->branch[kind].twin, &caps, err));
	*out = twin;
	return SLU_OK;
}

slu_rc cmd_start_twin(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *name, slu_err *err)
{
	const char *twin = NULL;
	slu_oid at;
	SLU_TRY(cmd_twin_of(&twin, c, w->o.strategy, kind, name, err));
	const char *ref = slu_printf(c->a, "refs/heads/%s", twin ? twin : "");
	if (!twin || flow_ref_find(&w->refs, ref))
		return SLU_OK;
	SLU_TRY(app_plan_at(&at, &w->p, slu_s(slu_printf(c->a, "refs/heads/%s", name)), err));
	app_plan_says(&w->p, "create its twin %s", twin);
	return app_plan_move(&w->p, slu_s(ref), &at, err);
}

static int start(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	int code = cmd_work_open(c, w), kind = STRAT_NONE;
	const char *name = NULL;
	if (code == 0)
		kind = cmd_work_kind(c, w, c->arg[0], &code);
	if (code == 0 && cmd_has(c, "fetch"))
		code = cmd_work_fetch(c, w);
	if (code)
		return code;
	if (make(&name, c, w, kind, c->arg_n > 1 ? c->arg[1] : NULL, &err) != SLU_OK || cmd_start_twin(c, w, kind, name, &err) != SLU_OK || app_plan_trees(&w->p, slu_s(name), &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	return cmd_work_carry_out(c, w, slu_printf(c->a, "You are on %s.", name));
}

static int run(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = start(c, &w);
	cmd_work_close(&w);
	return code;
}

static const struct cmd_opt options[] = {
	{ "from", 0, "BRANCH", "where it begins, when the strategy leaves a choice", CMD_TEXT, 0 },
	{ "fetch", 0, NULL, "ask the remote first", CMD_FLAG, 0 },
	CMD_OFFLINE_AS,
	CMD_OFFLINE_LEVEL,
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_branch_start = {
	.name = "branch start",
	.summary = "Begin a branch of a kind, from where the strategy says",
	.usage = "KIND [NAME]",
	.group = CMD_G_WORK,
	.args_min = 1,
	.args_max = 2,
	.flags = CMD_DRY_RUN | CMD_KIND,
	.opts = options,
	.run = run,
	.detail = "Usually typed as `sluice KIND start NAME`: every kind of branch of the strategy is a command. NAME is what stands in the pattern of the kind, or the whole name. "
	          "The branch is made in this clone and checked out; `sluice KIND publish` brings it to the remote. A release or hotfix without NAME gets the next version of the line "
	          "that it begins at.\n\n"
	          "Nothing is done when files are changed, when Git has something under way, or when the base is behind its remote.",
	.example = "sluice feature start login             feature/login, from its base\n"
	           "sluice hotfix start 1.2.1 --dry-run\n"
	           "sluice hotfix start --from support/1.x      the next patch of that line\n"
	           "sluice branch start release 2.1.0      a kind called like a command",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(9),
};
