/* SPDX-License-Identifier: Apache-2.0 */
/** sluice release rc|beta|alpha: the next prerelease of a release, tagged on its branch. */
#include "cmd/release.h"
#include "policy/next.h"
#include "version/changelog.h"

struct candidate {
	struct flow_plan release;
	const char *label;
	slu_oid tip;
	struct pol_next next;
};

static slu_str line_of(struct cmd_ctx *c, const strat *s, const char *branch)
{
	struct strat_captures caps = { 0 };
	int kind = strat_branch_kind(s, slu_s(branch), &caps);
	return kind == STRAT_NONE ? (slu_str){ 0 } : pol_line_of(c->a, &s->branch[kind], &caps);
}

/* Which number it gets: after all there are of this version, whatever was deleted. */
static slu_rc number(struct candidate *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const strat *s = w->o.strategy;
	slu_err why = { 0 };
	const struct pol_next_ask ask = { .line = line_of(c, s, x->release.target_branch), .given = slu_s(x->release.version), .tip = x->tip, .also = slu_oid_zero(), .pre = slu_s(x->label) };
	slu_rc rc = pol_next(&x->next, c->a, s, &w->o.facts, &ask, &why);
	if (rc == SLU_OK)
		rc = pol_next_allowed(&x->next, c->a, s, &w->o.facts, ask.line, &why);
	return rc == SLU_OK ? SLU_OK : slu_fail(err, rc == SLU_E_DENIED || rc == SLU_E_WAIT ? SLU_E_INVALID : rc, "%s", why.text);
}

/* The highest of this version that stands on the same commit: it is promoted. */
static slu_rc say_promoted(const struct candidate *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	struct pol_releases pre;
	SLU_TRY(pol_releases(&pre, c->a, w->o.strategy, &w->o.facts, STRAT_TAG_PRERELEASE, slu_s(x->release.version), err));
	for (size_t i = pre.n; i-- > 0;)
		if (slu_oid_eq(&pre.v[i].commit, &x->tip)) {
			app_plan_says(&w->p, "promote %.*s: it is the same commit", SLU_FMT(pre.v[i].tag));
			break;
		}
	return SLU_OK;
}

/* The tag's words: what the changelog says of the version so far. */
static slu_rc message(slu_str *out, const struct candidate *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	port_git *g = w->w.git;
	slu_str file = { 0 }, tag = x->next.tag;
	bool found = false;
	if (w->o.strategy->releases.changelog.n)
		SLU_TRY(g->ops->file_at(g, c->a, &x->tip, w->o.strategy->releases.changelog, &file, &found, err));
	slu_str notes = ver_changelog_get(file, slu_s(x->release.version));
	*out = slu_s(notes.n ? slu_printf(c->a, "%.*s\n\n%.*s\n", SLU_FMT(tag), SLU_FMT(notes)) : slu_printf(c->a, "%.*s\n", SLU_FMT(tag)));
	return SLU_OK;
}

static slu_rc plan(struct candidate *x, struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const char *branch = x->release.branch;
	struct pol_verdict v;
	slu_str text;
	slu_oid id;
	bool there = false;
	SLU_TRY(app_plan_have(&there, &w->p, slu_s(branch), err));
	SLU_TRY(app_plan_current(&w->p, slu_s(branch), err));
	SLU_TRY(app_plan_at(&x->tip, &w->p, slu_s(slu_printf(c->a, "refs/heads/%s", branch)), err));
	SLU_TRY(number(x, c, w, err));
	SLU_TRY(say_promoted(x, c, w, err));
	SLU_TRY(message(&text, x, c, w, err));
	int class = strat_tag_class(w->o.strategy, x->next.tag, NULL);
	bool sign = class != STRAT_NONE && w->o.strategy->tag[class].signed_;
	SLU_TRY(w->clone->ops->tag(w->clone, x->next.tag, &x->tip, text, sign, &id, err));
	slu_str ref = slu_s(slu_printf(c->a, "refs/tags/%.*s", SLU_FMT(x->next.tag)));
	const struct pol_action act = { .verb = POL_TAG, .actor = w->o.ctx.person, .ref = ref, .old = slu_oid_zero(), .new_ = id };
	SLU_TRY(app_plan_ask(&v, &w->p, &act, err));
	app_plan_says(&w->p, "tag %.*s on %s (%.10s)", SLU_FMT(x->next.tag), branch, x->tip.hex);
	SLU_TRY(app_plan_move(&w->p, ref, &id, err));
	SLU_TRY(app_plan_trees(&w->p, (slu_str){ 0 }, err));
	return cmd_has(c, "no-push") ? SLU_OK : app_plan_push(&w->p, err);
}

static int tag(struct cmd_ctx *c, struct cmd_work *w, const char *label)
{
	struct candidate x = { .label = label };
	slu_err err = { 0 };
	int code = cmd_release_open(c, w, &x.release);
	if (code)
		return code;
	if (plan(&x, c, w, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	return cmd_work_carry_out(c, w, slu_printf(c->a, "%.*s is tagged.", SLU_FMT(x.next.tag)));
}

static int run(struct cmd_ctx *c)
{
	struct cmd_work w;
	const char *label = cmd_opt(c, "label");
	int code = tag(c, &w, label ? label : strchr(c->desc->name, ' ') + 1);
	cmd_work_close(&w);
	return code;
}

#define KIND { "kind", 0, "KIND", "kind of branch that holds the release, when the strategy has several", CMD_TEXT, 0 }
static const struct cmd_opt options[] = { KIND, CMD_WORK_OPTIONS, { NULL, 0, NULL, NULL, CMD_FLAG, 0 } };
static const struct cmd_opt rc_options[] = {
	KIND,
	{ "label", 0, "LABEL", "another one that the strategy's class of prereleases has", CMD_TEXT, 0 },
	CMD_WORK_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_release_rc = {
	.name = "release rc", .summary = "Tag the next release candidate on the release's branch", .usage = "[VERSION]", .group = CMD_G_RELEASE,
	.args_max = 1, .flags = CMD_DRY_RUN, .opts = rc_options, .run = run,
	.detail = "In a clone; VERSION may be left out on the release's branch. The number is one above all there are of this version, and a label never goes back: "
	          "after a candidate there is no beta of the same version. A commit that is a candidate already gets no second one. What was a beta is promoted by "
	          "tagging the same commit. The tag is pushed, alone.",
	.example = "sluice release rc              v2.1.0-rc.1, on release/2.1.0\n"
	           "sluice release rc 2.1.0 --dry-run",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
const struct cmd_desc cmd_release_beta = {
	.name = "release beta", .summary = "Tag the next beta on the release's branch", .usage = "[VERSION]", .group = CMD_G_RELEASE,
	.args_max = 1, .flags = CMD_DRY_RUN, .opts = options, .run = run,
	.detail = "As `sluice release rc`, which says more.",
	.example = "sluice release beta            v2.1.0-beta.1, on release/2.1.0",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
const struct cmd_desc cmd_release_alpha = {
	.name = "release alpha", .summary = "Tag the next alpha on the release's branch", .usage = "[VERSION]", .group = CMD_G_RELEASE,
	.args_max = 1, .flags = CMD_DRY_RUN, .opts = options, .run = run,
	.detail = "As `sluice release rc`, which says more.",
	.example = "sluice release alpha           v2.1.0-alpha.1, on release/2.1.0",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};
