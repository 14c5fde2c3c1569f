/* SPDX-License-Identifier: Apache-2.0 */
/** sluice release start|finish in a clone. */
#include "app/owed.h"
#include "app/plan_release.h"
#include "app/release_boxes.h"
#include "cmd/call.h"
#include "cmd/finish_checks.h"
#include "cmd/release.h"
#include "cmd/start.h"
#include "policy/next.h"

bool cmd_release_is_here(struct cmd_ctx *c)
{
	return c->resume || cmd_has(c, "local") || (cmd_in_a_clone(c) && !cmd_asks_server(c));
}

/* Branches as the command sees them, and tags: what flow/release.h plans with. */
slu_rc cmd_release_refs(struct flow_refs *out, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const struct port_git_ref *tag = NULL;
	size_t n = 0;
	SLU_TRY(w->w.git->ops->refs(w->w.git, c->a, SLU_STR("refs/tags/"), &tag, &n, err));
	struct flow_ref *v = SLU_NEW_N(c->a, struct flow_ref, w->refs.n + n + 1);
	for (size_t i = 0; i < w->refs.n; i++)
		v[i] = w->refs.v[i];
	for (size_t i = 0; i < n; i++)
		v[w->refs.n + i] = (struct flow_ref){ tag[i].name, tag[i].peeled };
	*out = (struct flow_refs){ v, w->refs.n + n };
	return SLU_OK;
}

/* ---- start ---------------------------------------------------------------------------------------------------------------- */

/* A release that begins without what production got would take it back. */
static slu_rc nothing_owed(struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const struct app_owed *v = NULL, *first;
	size_t n = 0;
	SLU_TRY(app_owed_list(&v, &n, c->a, w->w.git, &w->refs, err));
	first = app_owed_first(v, n);
	return first ? slu_fail(err, SLU_E_CONFLICT, "No release begins while a merge is owed. %s", first->text) : SLU_OK;
}

slu_rc cmd_release_plan_start(const char **branch, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	struct flow_refs refs;
	struct flow_plan plan;
	cmd_release_fetch_boxes(c, w);
	app_boxes_facts(&w->o.facts);
	SLU_TRY(nothing_owed(c, w, err));
	SLU_TRY(cmd_release_refs(&refs, c, w, err));
	SLU_TRY(flow_release_start(&plan, c->a, w->o.strategy, slu_s(c->arg[0]), slu_s(cmd_opt(c, "kind")), &refs, err));
	SLU_TRY(app_plan_release_start(&w->p, &plan, &refs, err));
	*branch = plan.branch;
	SLU_TRY(cmd_start_checks(c, w, err));
	return app_plan_trees(&w->p, slu_s(plan.branch), err);
}

static int start(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	const char *branch = NULL;
	int code = cmd_work_open_whole(c, w);
	if (code == 0)
		code = cmd_work_fetch(c, w);
	if (code)
		return code;
	if (cmd_release_plan_start(&branch, c, w, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	code = cmd_work_carry_out(c, w, slu_printf(c->a, "Release %s is begun: you are on %s.", c->arg[0], branch));
	if (code == 0 && !c->dry_run)
		cmd_say(c, "Next: sluice release finish %s", c->arg[0]);
	return code;
}

/* The kind that --kind names, or the only one that makes releases. */
static int kind_of_release(struct cmd_ctx *c, const strat *s)
{
	int found = STRAT_NONE;
	size_t n = 0;
	for (size_t i = 0; i < s->branch_n; i++) {
		if (cmd_has(c, "kind") ? !slu_str_is(s->branch[i].name, cmd_opt(c, "kind")) : s->branch[i].type != STRAT_RELEASE || !cmd_start_is_release(s, (int)i))
			continue;
		found = (int)i;
		n++;
	}
	return n == 1 ? found : STRAT_NONE;
}

static int propose(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	slu_oid at;
	const char *base = NULL;
	slu_str version = { 0 };
	int code = cmd_work_open_changed(c, w);
	if (code)
		return code;
	int kind = kind_of_release(c, w->o.strategy);
	if (kind == STRAT_NONE)
		return cmd_usage(c, "Which version? Say it: sluice release start VERSION");
	if (cmd_start_base(&at, &base, c, w, kind, &err) != SLU_OK || cmd_start_version(&version, c, w, kind, base, &at, (slu_str){ 0 }, &err) != SLU_OK)
		return cmd_usage(c, "Which version? Say it: sluice release start VERSION. The next one cannot be told: %s", err.text);
	return cmd_usage(c, "Which version? By what is on %s the next one is %.*s: sluice release start %.*s (why: sluice next --branch %s --why)", base, SLU_FMT(version), SLU_FMT(version), base);
}

int cmd_release_which(struct cmd_ctx *c)
{
	struct cmd_work w = { 0 };
	if (!cmd_in_a_clone(c))
		return cmd_usage(c, "Which version? Say it: sluice release start VERSION");
	int code = propose(c, &w);
	cmd_work_close(&w);
	return code;
}

int cmd_release_start_here(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = start(c, &w);
	cmd_work_close(&w);
	return code;
}

/* ---- finish ----------------------------------------------------------------------------------------------------------------- */

/* The release that is checked out. NULL: *code is set. */
static const char *release_here(struct cmd_ctx *c, struct cmd_work *w, int *kind, int *code)
{
	struct strat_captures caps = { 0 };
	slu_str here = cmd_here_branch(c);
	*kind = strat_branch_kind(w->o.strategy, here, &caps);
	if (*kind != STRAT_NONE && w->o.strategy->branch[*kind].type == STRAT_RELEASE && caps.v[STRAT_CAP_VERSION].n) {
		const char *version = slu_str_dup(c->a, caps.v[STRAT_CAP_VERSION]);
		cmd_work_meant(c, w, slu_s(version), slu_s(version));
		return version;
	}
	*code = cmd_usage(c, "Which release? You stand on %.*s, which is no branch of one. Say its version.", SLU_FMT(here));
	return NULL;
}

slu_rc cmd_release_find(struct flow_plan *out, struct cmd_ctx *c, struct cmd_work *w, slu_str version, slu_str kind, slu_err *err)
{
	struct flow_refs refs;
	SLU_TRY(cmd_release_refs(&refs, c, w, err));
	return flow_release_finish(out, c->a, w->o.strategy, version, kind, &refs, err);
}

int cmd_release_open(struct cmd_ctx *c, struct cmd_work *w, struct flow_plan *release)
{
	slu_err err = { 0 };
	int code = cmd_work_open_whole(c, w), kind = STRAT_NONE;
	const char *version = c->arg_n ? c->arg[0] : NULL;
	if (code == 0 && !version)
		version = release_here(c, w, &kind, &code);
	if (code == 0 && !cmd_has(c, "no-push"))
		code = cmd_work_fetch(c, w);
	if (code)
		return code;
	slu_str kind_name = kind == STRAT_NONE ? slu_s(cmd_opt(c, "kind")) : w->o.strategy->branch[kind].name;
	return cmd_release_find(release, c, w, slu_s(version), kind_name, &err) == SLU_OK ? 0 : cmd_fail(c, &err);
}

/* The last candidate is what is released; where the branch has moved on since, that is said. */
static slu_rc say_candidate(struct cmd_ctx *c, struct cmd_work *w, const struct flow_plan *release, slu_err *err)
{
	struct pol_releases pre;
	port_git *g = w->w.git;
	slu_oid tip;
	uint64_t ahead = 0, behind = 0;
	SLU_TRY(pol_releases(&pre, c->a, w->o.strategy, &w->o.facts, STRAT_TAG_PRERELEASE, slu_s(release->version), err));
	if (pre.n == 0)
		return SLU_OK;
	const struct pol_release *last = &pre.v[pre.n - 1];
	SLU_TRY(app_plan_have(&(bool){ false }, &w->p, slu_s(release->branch), err));
	SLU_TRY(app_plan_at(&tip, &w->p, slu_s(slu_printf(c->a, "refs/heads/%s", release->branch)), err));
	SLU_TRY(g->ops->ahead_behind(g, &tip, &last->commit, &ahead, &behind, err));
	if (ahead == 0)
		app_plan_says(&w->p, "promote %.*s", SLU_FMT(last->tag));
	else
		*SLU_ADD(c->a, &w->p.owed) = slu_printf(c->a, "%s has %llu %s that the last candidate, %.*s, did not have.", release->branch, (unsigned long long)ahead, ahead == 1 ? "commit" : "commits", SLU_FMT(last->tag));
	return SLU_OK;
}

static int finish(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	struct flow_plan release;
	int code = cmd_release_open(c, w, &release);
	if (code)
		return code;
	if (say_candidate(c, w, &release, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	code = cmd_finish_branch(c, w, release.kind, release.branch, release.target_branch);
	if (code || c->dry_run)
		return code;
	bool steps = w->o.strategy->releases.close.boxes_n > 0;
	cmd_work_close(w);
	*w = (struct cmd_work){ 0 };
	return steps ? cmd_release_out_here(c, slu_s(release.version)) : 0;
}

int cmd_release_finish_here(struct cmd_ctx *c)
{
	struct cmd_work w;
	int code = finish(c, &w);
	cmd_work_close(&w);
	return code;
}
