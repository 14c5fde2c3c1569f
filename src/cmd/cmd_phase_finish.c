/* SPDX-License-Identifier: Apache-2.0 */
/** sluice phase finish: the branches of a phase merged where they go, with its tag, and on to production. */
#include "app/plan_revert.h"
#include "cmd/finish_checks.h"
#include "cmd/landing.h"
#include "cmd/phase.h"
#include "cmd/release.h"
#include "cmd/revert.h"
#include "flow/phase.h"
#include "policy/phases.h"

struct finishing {
	int phase;
	const struct strat_phase *p;
	const char *target; /* of the last merge */
	size_t merged;
};

static slu_rc at_branch(slu_oid *out, struct cmd_ctx *c, struct cmd_work *w, const char *branch, slu_err *err)
{
	return app_plan_at(out, &w->p, slu_s(slu_printf(c->a, "refs/heads/%s", branch)), err);
}

/* Is it in, and was it not taken back since? */
static slu_rc is_in(bool *out, struct cmd_ctx *c, struct cmd_work *w, int phase, const char *source, const char *target, slu_err *err)
{
	struct app_told told;
	struct app_take *v = NULL;
	slu_oid from, into;
	size_t n = 0;
	SLU_TRY(at_branch(&from, c, w, source, err));
	SLU_TRY(at_branch(&into, c, w, target, err));
	SLU_TRY(w->w.git->ops->is_ancestor(w->w.git, &from, &into, out, err));
	if (!*out)
		return SLU_OK;
	SLU_TRY(app_told_of(&told, c->a, w->w.git, w->o.strategy, &into, &from, err));
	SLU_TRY(app_plan_reverts_of(&v, &n, &w->p, &told, phase, slu_s(source), err));
	*out = n == 0;
	return SLU_OK;
}

static slu_rc merge_one(struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, const char *source, slu_err *err)
{
	int kind = strat_branch_kind(w->o.strategy, slu_s(source), NULL);
	slu_oid into;
	bool in = false;
	SLU_TRY(cmd_finish_target(&f->target, c, w, kind, err));
	SLU_TRY(cmd_finish_have(w, source, err));
	SLU_TRY(cmd_finish_have(w, f->target, err));
	SLU_TRY(is_in(&in, c, w, f->phase, source, f->target, err));
	if (in)
		return SLU_OK;
	const char *where = flow_is_phase_kind(w->o.strategy, kind) ? f->target : source; /* a branch that carries it brings those before it, too */
	SLU_TRY(at_branch(&into, c, w, where, err));
	SLU_TRY(cmd_phase_stands(c, w, f->phase, &into, where, err));
	if (f->merged == 0)
		SLU_TRY(cmd_finish_others(c, w, kind, err));
	const struct app_plan_merge m = {
		.source = slu_s(source), .target = slu_s(f->target), .message = slu_s(cmd_opt(c, "message")), .version = slu_s(cmd_opt(c, "version")), .phase = f->p->name, .keep = cmd_has(c, "keep"),
	};
	f->merged++;
	return app_plan_merge(&w->p, &m, err);
}

static bool has_edge(const strat *s, int from, int into)
{
	for (size_t i = 0; i < s->branch[from].edge_n; i++)
		if (s->branch[from].edge[i].into == into)
			return true;
	return false;
}

/* Where no branch of the phase goes there itself: the kind that it goes into, and that goes there. STRAT_NONE: it goes there itself, or nothing leads there. */
static int carrier_to(const strat *s, int target)
{
	int found = STRAT_NONE;
	for (size_t i = 0; i < s->branch_n; i++) {
		if (!flow_is_phase_kind(s, (int)i))
			continue;
		if (has_edge(s, (int)i, target))
			return STRAT_NONE;
		for (size_t k = 0; k < s->branch[i].edge_n; k++)
			if (has_edge(s, s->branch[i].edge[k].into, target))
				found = s->branch[i].edge[k].into;
	}
	return found;
}

/* Is a merge that goes so tagged as a release? */
static bool tagged(const strat *s, int from, int into)
{
	for (size_t i = 0; i < s->branch[from].edge_n; i++)
		if (s->branch[from].edge[i].into == into && s->branch[from].edge[i].tag >= 0)
			return s->tag[s->branch[from].edge[i].tag].type == STRAT_TAG_RELEASE;
	return false;
}

/* Does a merge of it still hold there? */
static slu_rc holds(bool *out, struct cmd_ctx *c, struct cmd_work *w, int phase, const slu_oid *at, slu_err *err)
{
	const slu_oid none = slu_oid_zero();
	struct app_told told;
	*out = false;
	SLU_TRY(app_told_of(&told, c->a, w->w.git, w->o.strategy, at, &none, err));
	for (size_t i = 0; i < told.merge.n; i++)
		*out = *out || (told.merge.v[i].phase == phase && slu_oid_is_zero(&told.merge.v[i].taken_back));
	return SLU_OK;
}

/* Does merging the one into the other bring the phase: for the first time, or again? */
static slu_rc brings(bool *out, bool *again, struct cmd_ctx *c, struct cmd_work *w, int phase, const slu_oid *from, const slu_oid *to, slu_err *err)
{
	bool *brought = SLU_NEW_N(c->a, bool, w->o.strategy->phase_n + 1), here = false;
	SLU_TRY(pol_phases_in(brought, c->a, w->o.strategy, &w->o.facts, from, to, err));
	*out = brought[phase];
	if (*out)
		return SLU_OK;
	SLU_TRY(holds(out, c, w, phase, from, err));
	if (*out)
		SLU_TRY(holds(&here, c, w, phase, to, err));
	*again = *out = *out && !here;
	return SLU_OK;
}

/* From the branch that holds it on: everything on that branch comes along, as the rules on phases see. */
static slu_rc carry(struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, int kind, const char **own, size_t own_n, slu_err *err)
{
	const strat *s = w->o.strategy;
	const char **name = NULL, *into = cmd_opt(c, "into");
	bool in = true, again = false;
	slu_oid from, to;
	size_t n = flow_branches_of(&name, c->a, s, kind, &w->refs);
	if (n != 1)
		return slu_fail(err, n ? SLU_E_USAGE : SLU_E_NOT_FOUND, "%.*s goes into %s by way of a branch of the kind %.*s, and there %s", SLU_FMT(f->p->name), into, SLU_FMT(s->branch[kind].name),
		                n ? slu_printf(c->a, "are several. Finish the one that is meant: sluice branch finish %.*s NAME --into %s", SLU_FMT(s->branch[kind].name), into) : "is none here. Fetch it (git fetch), or have it made: sluice adopt plan");
	SLU_TRY(cmd_finish_have(w, name[0], err));
	SLU_TRY(cmd_finish_have(w, into, err));
	for (size_t i = 0; i < own_n && in; i++) {
		SLU_TRY(cmd_finish_have(w, own[i], err));
		SLU_TRY(is_in(&in, c, w, f->phase, own[i], name[0], err));
		if (!in)
			return slu_fail(err, SLU_E_CONFLICT, "%s has commits that %s does not have, and %.*s goes into %s from there. First: sluice phase finish %.*s", own[i], name[0], SLU_FMT(f->p->name), into, SLU_FMT(f->p->name));
	}
	SLU_TRY(at_branch(&from, c, w, name[0], err));
	SLU_TRY(at_branch(&to, c, w, into, err));
	SLU_TRY(brings(&in, &again, c, w, f->phase, &from, &to, err));
	if (in && again && s->releases.version_from == STRAT_VERSION_PHASES && !cmd_has(c, "version") && tagged(s, kind, strat_branch_kind(s, slu_s(into), NULL)))
		return slu_fail(err, SLU_E_USAGE, "%.*s was in %s before and comes back: its version, %.*s, is given already. Say the one that it comes back under: --version VERSION", SLU_FMT(f->p->name), into, SLU_FMT(f->p->version));
	if (!in)
		return slu_fail(err, SLU_E_INVALID, "%s brings nothing of %.*s into %s: it is there already, or nothing of it was ever merged into %s.", name[0], SLU_FMT(f->p->name), into, name[0]);
	return merge_one(f, c, w, name[0], err);
}

/* The merge that is a release is that of the phase. */
static slu_rc same_version(const struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const strat *s = w->o.strategy;
	slu_str is = w->p.released;
	const char *other = "";
	if (is.n == 0 || f->p->version.n == 0 || cmd_has(c, "version") || slu_str_eq(is, f->p->version))
		return SLU_OK;
	for (size_t i = 0; i < s->phase_n; i++)
		if (slu_str_eq(s->phase[i].version, is))
			other = slu_printf(c->a, " %.*s comes along; finish that one: sluice phase finish %.*s --into %s", SLU_FMT(s->phase[i].name), SLU_FMT(s->phase[i].name), f->target);
	return slu_fail(err, SLU_E_CONFLICT, "%.*s has the version %.*s, and its merge into %s would be tagged as %.*s.%s", SLU_FMT(f->p->name), SLU_FMT(f->p->version), f->target, SLU_FMT(is), other);
}

static slu_rc mark(const struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const strat *s = w->o.strategy;
	const char *name = "";
	slu_oid there, at, id;
	struct pol_verdict v;
	int cls = STRAT_NONE;
	bool held = false;
	if (cmd_has(c, "no-tag"))
		return SLU_OK;
	SLU_TRY(flow_phase_tag(&name, &cls, c->a, s, f->phase, strat_branch_kind(s, slu_s(f->target), NULL), err));
	if (cls == STRAT_NONE)
		return SLU_OK;
	const char *ref = slu_printf(c->a, "refs/tags/%s", name);
	SLU_TRY(app_plan_at(&there, &w->p, slu_s(ref), err));
	SLU_TRY(at_branch(&at, c, w, f->target, err));
	if (!slu_oid_is_zero(&there)) {
		SLU_TRY(w->w.git->ops->resolve(w->w.git, slu_s(there.hex), &id, err));
		SLU_TRY(w->w.git->ops->is_ancestor(w->w.git, &id, &at, &held, err));
		if (!held)
			return slu_fail(err, SLU_E_EXISTS, "The tag %s, which marks %.*s, is there already, on %.10s, which %s does not have. Tags do not move: delete it if it is a mistake, or leave it: --no-tag", name, SLU_FMT(f->p->name), id.hex, f->target);
		app_plan_says(&w->p, "leave the tag %s on %.10s", name, id.hex);
		return SLU_OK;
	}
	const char *title = f->p->title.n ? slu_printf(c->a, ": %.*s", SLU_FMT(f->p->title)) : "";
	slu_str message = slu_s(slu_printf(c->a, "%.*s%s\n", SLU_FMT(f->p->name), title));
	SLU_TRY(w->clone->ops->tag(w->clone, slu_s(name), &at, message, s->tag[cls].signed_, &id, err));
	const struct pol_action act = { .verb = POL_TAG, .actor = w->o.ctx.person, .ref = slu_s(ref), .old = slu_oid_zero(), .new_ = id };
	SLU_TRY(app_plan_ask(&v, &w->p, &act, err));
	app_plan_says(&w->p, "tag %s on %.10s", name, at.hex);
	return app_plan_move(&w->p, slu_s(ref), &id, err);
}

/* Nothing was left to merge: where does it stand, and where could it go on? */
static slu_rc nothing_left(const struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, size_t n, slu_err *err)
{
	const strat *s = w->o.strategy;
	int at = f->target ? strat_branch_kind(s, slu_s(f->target), NULL) : STRAT_NONE;
	const char **name = NULL;
	if (n == 0 || !f->target)
		return slu_fail(err, SLU_E_NOT_FOUND, "%.*s has no branch, neither here nor on the remote. Begin it: sluice phase start %.*s. Merged already, it goes on with: sluice phase finish %.*s --into BRANCH", SLU_FMT(f->p->name),
		                SLU_FMT(f->p->name), SLU_FMT(f->p->name));
	for (size_t i = 0; at >= 0 && i < s->branch[at].edge_n; i++)
		if (flow_branches_of(&name, c->a, s, s->branch[at].edge[i].into, &w->refs))
			return slu_fail(err, SLU_E_INVALID, "All of %.*s is in %s already. It goes on with: sluice phase finish %.*s --into %s", SLU_FMT(f->p->name), f->target, SLU_FMT(f->p->name), name[0]);
	return slu_fail(err, SLU_E_INVALID, "All of %.*s is in %s already: there is nothing to finish.", SLU_FMT(f->p->name), f->target);
}

static slu_rc plan_finish(struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, const char *only, slu_err *err)
{
	const strat *s = w->o.strategy;
	const char **name = &only, *into = cmd_opt(c, "into");
	size_t n = only ? 1 : flow_phase_branches(&name, c->a, s, f->phase, &w->refs);
	int target = into ? strat_branch_kind(s, slu_s(into), NULL) : STRAT_NONE;
	int carrier = target >= 0 ? carrier_to(s, target) : STRAT_NONE;
	slu_oid left;
	if (carrier >= 0)
		SLU_TRY(carry(f, c, w, carrier, name, n, err));
	for (size_t i = 0; carrier < 0 && i < n; i++)
		SLU_TRY(merge_one(f, c, w, name[i], err));
	if (f->merged == 0)
		return nothing_left(f, c, w, n, err);
	SLU_TRY(same_version(f, c, w, err));
	SLU_TRY(mark(f, c, w, err));
	SLU_TRY(app_plan_at(&left, &w->p, slu_s(slu_printf(c->a, "refs/heads/%.*s", SLU_FMT(cmd_here_branch(c)))), err));
	SLU_TRY(app_plan_trees(&w->p, slu_oid_is_zero(&left) ? slu_s(f->target) : (slu_str){ 0 }, err));
	return cmd_has(c, "no-push") ? SLU_OK : app_plan_push(&w->p, err);
}

/* What comes next on the way to production, or back from there. */
static void say_next(struct cmd_ctx *c, struct cmd_work *w, const struct finishing *f)
{
	const strat *s = w->o.strategy;
	const char **name = NULL;
	int at = strat_branch_kind(s, slu_s(f->target), NULL);
	bool more = at >= 0;
	for (size_t i = 0; more && i < s->branch[at].edge_n; i++) {
		if (carrier_to(s, s->branch[at].edge[i].into) != at || flow_branches_of(&name, c->a, s, s->branch[at].edge[i].into, &w->refs) == 0)
			continue;
		cmd_say(c, "Next: sluice phase finish %.*s --into %s", SLU_FMT(f->p->name), name[0]);
		more = false;
	}
	cmd_revert_offer(c, s, &w->op, f->p->name);
}

/* The branches that land: those of the phase, or the one that carries it to --into. */
static size_t landing_ones(const char ***name, const struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, const char **only)
{
	const strat *s = w->o.strategy;
	const char *into = cmd_opt(c, "into");
	int target = into ? strat_branch_kind(s, slu_s(into), NULL) : STRAT_NONE, carrier = target >= 0 ? carrier_to(s, target) : STRAT_NONE;
	size_t n = 1;
	*name = only;
	if (carrier >= 0)
		n = flow_branches_of(name, c->a, s, carrier, &w->refs);
	else if (!*only)
		n = flow_phase_branches(name, c->a, s, f->phase, &w->refs);
	return n;
}

/* Also what is tested first, as every finish in a clone. */
static int finish_here(struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, const char *only)
{
	const char **name = NULL, *done = NULL;
	const char *source = landing_ones(&name, f, c, w, &only) ? name[0] : ""; /* what is remembered of an earlier try goes by it */
	struct app_landing x;
	slu_err err = { 0 };
	bool landed = false;
	if (cmd_finish_before(&x, c, w, source, &err) != SLU_OK || cmd_finish_landed(&landed, c, w, &x, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!landed && plan_finish(f, c, w, only, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	done = slu_printf(c->a, "%.*s is in %s.", SLU_FMT(f->p->name), landed ? slu_str_dup(c->a, x.target) : f->target);
	int code = landed ? 0 : cmd_finish_checks(c, w, &x, source, f->target);
	if (code)
		return code;
	code = landed ? 0 : cmd_work_carry_out(c, w, done);
	if (code || c->dry_run)
		return code;
	if (x.plan && app_landing_drop(slu_s(source), c->a, w->clone, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (landed)
		cmd_say(c, "%s", done);
	else
		say_next(c, w, f);
	return 0;
}

/* A server merges what is there, and would bring nothing of what its branch took back. */
static slu_rc not_taken_back(const struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, const char *source, slu_err *err)
{
	const char *target = NULL;
	struct app_told told;
	struct app_take *v = NULL;
	slu_oid from, into;
	size_t n = 0;
	SLU_TRY(cmd_finish_target(&target, c, w, strat_branch_kind(w->o.strategy, slu_s(source), NULL), err));
	const struct flow_ref *own = flow_ref_find(&w->refs, slu_printf(c->a, "refs/heads/%s", source));
	SLU_TRY(w->w.git->ops->ref(w->w.git, slu_s(slu_printf(c->a, "refs/remotes/%.*s/%s", SLU_FMT(w->remote), target)), &into, err));
	if (!own || slu_oid_is_zero(&into))
		return SLU_OK;
	from = own->id;
	SLU_TRY(app_told_of(&told, c->a, w->w.git, w->o.strategy, &into, &from, err));
	SLU_TRY(app_plan_reverts_of(&v, &n, &w->p, &told, f->phase, slu_s(source), err));
	return n == 0 ? SLU_OK : slu_fail(err, SLU_E_CONFLICT, "%s took %.*s back (%.10s), and the server's merge would bring nothing of it. Bring that back first, by a change: sluice revert --to %.*s --back --on %s", target, SLU_FMT(f->p->name),
	                                  v[0].id.hex, SLU_FMT(f->p->name), target);
}

/* Landed from here before, and cut off then: its branch may be gone. */
static const char *remembered(const struct finishing *f, struct cmd_ctx *c, struct cmd_work *w)
{
	const struct app_landing *v = NULL;
	size_t n = 0;
	if (cmd_has(c, "into") || app_landings(&v, &n, c->a, w->clone, NULL) != SLU_OK)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (v[i].plan == 0 && pol_phase_of(w->o.strategy, v[i].source) == f->phase)
			return slu_str_dup(c->a, v[i].source);
	return NULL;
}

/* On a sluice server each branch lands by a change of its own. */
static int land(const struct finishing *f, struct cmd_ctx *c, struct cmd_work *w, const char *only)
{
	const strat *s = w->o.strategy;
	const char **name = NULL, *before = NULL;
	size_t n = landing_ones(&name, f, c, w, &only);
	slu_err err = { 0 };
	if (n == 0 && (before = remembered(f, c, w)) != NULL)
		n = landing_ones(&name, f, c, w, &before);
	if (n == 0 && nothing_left(f, c, w, 0, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (n > 1)
		return cmd_usage(c, "Several branches are meant: %s, %s%s. On a server they land one by one: sluice phase finish %s", name[0], name[1], n > 2 ? ", …" : "", name[0]);
	int code = cmd_work_fetch(c, w);
	if (code)
		return code;
	if (not_taken_back(f, c, w, name[0], &err) != SLU_OK)
		return cmd_fail(c, &err);
	return cmd_land(c, w, strat_branch_kind(s, slu_s(name[0]), NULL), name[0], cmd_has(c, "no-tag") ? NULL : slu_str_dup(c->a, f->p->name));
}

/* The phase that was typed, else that of the branch which is checked out. STRAT_NONE: *code is set. */
static int phase_meant(const char **word, struct cmd_ctx *c, struct cmd_work *w, int *code)
{
	const strat *s = w->o.strategy;
	*word = c->arg_n ? c->arg[0] : slu_str_dup(c->a, cmd_here_branch(c));
	if (c->arg_n == 0 && s->phase_n && pol_phase_of(s, slu_s(*word)) < 0) {
		*code = cmd_usage(c, "Which phase? You stand on %s, which is no branch of one. There are: %s.", *word, flow_phases_text(c->a, s));
		return STRAT_NONE;
	}
	int phase = cmd_phase_of(c, w, *word, code);
	if (phase >= 0 && c->arg_n == 0)
		cmd_work_meant(c, w, s->phase[phase].name, slu_s(*word));
	return phase;
}

static int finish(struct cmd_ctx *c, struct cmd_work *w)
{
	int code = cmd_work_open_whole(c, w);
	struct finishing f = { .phase = STRAT_NONE };
	const char *word = NULL;
	if (code == 0)
		f.phase = phase_meant(&word, c, w, &code);
	if (code)
		return code;
	const char *only = c->arg_n && pol_phase_of(w->o.strategy, slu_s(word)) == f.phase ? word : NULL;
	f.p = &w->o.strategy->phase[f.phase];
	if (cmd_lands_there(c, w))
		return land(&f, c, w, only);
	if (!cmd_has(c, "no-push"))
		code = cmd_work_fetch(c, w);
	if (code)
		return code;
	return finish_here(&f, c, w, only);
}

static int run_finish(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = finish(c, &w);
	cmd_work_close(&w);
	return code;
}

static const struct cmd_opt finish_options[] = {
	{ "into", 0, "BRANCH", "on to this branch, such as main", CMD_TEXT, 0 },
	{ "message", 'm', "TEXT", "of the merge", CMD_TEXT, 0 },
	{ "version", 0, "VERSION", "of the release tag, when it is not the phase's", CMD_TEXT, 0 },
	{ "no-tag", 0, NULL, "without the tag that marks the phase", CMD_FLAG, 0 },
	CMD_FINISH_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_phase_finish = {
	.name = "phase finish", .summary = "Merge a phase where the strategy takes it, with its tag", .usage = "[PHASE]", .group = CMD_G_WORK, .args_max = 1,
	.flags = CMD_DRY_RUN | CMD_SERVER | CMD_REPO, .opts = finish_options, .run = run_finish,
	.detail = "All branches of the phase that are not in yet; without PHASE, the one that is checked out. PHASE may also be the name of one branch. Where branches of phases do not go "
	          "into production themselves, `--into main` takes the branch that holds them there, with all that is on it.\n\n"
	          "A phase waits for those that it comes after (8). The tag of a release is the phase's version, or nothing moves; its own tag (phases.PHASE.tag, or a class with {phase} in "
	          "its pattern) is made where its class may stand. On a sluice server each branch lands by a change, as with `sluice branch finish`, and the server makes the tag when the last one is in. A phase that was taken back comes back: what took it back is taken back first.",
	.example = "sluice phase finish phase1 --dry-run\n"
	           "sluice phase finish phase1\n"
	           "sluice phase finish phase1 --into main",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
