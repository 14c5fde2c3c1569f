/* SPDX-License-Identifier: Apache-2.0 */
/** sluice adopt: bring a repository that is there already to the branches of a strategy; the plan first, and a way back. */
#include "cmd/adopt.h"
#include "cmd/landing.h"

static bool anything(const struct cmd_adopt *x)
{
	const struct flow_op *op = &x->w.op;
	return op->ref.n + op->push.n + op->there.n + op->tree.n + op->setting.n + op->link.n > 0;
}

/* Rules that are not on the default branch are nobody's yet. */
static void say_not_in_force(struct cmd_adopt *x)
{
	const char *preset = cmd_opt(x->c, "preset");
	if (x->back || *x->w.o.strategy_commit)
		return;
	slu_str into = x->u.wanted.n ? x->u.wanted : x->u.default_branch.n ? x->u.default_branch : x->w.p.facts->default_branch;
	if (preset)
		cmd_say(x->c, "The preset %s is not in force by this. Write it down and commit it on %.*s: sluice init --preset %s", preset, SLU_FMT(into), preset);
	else
		cmd_say(x->c, "%s is not in force by this: commit it as .sluice/strategy.yml on %.*s.", x->w.o.strategy_file, SLU_FMT(into));
}

/* As they were typed, but for the one that changes nothing. */
static const char *same_options(struct cmd_ctx *c)
{
	const char *text = "";
	for (size_t i = 2; i < c->word_n; i++)
		if (strcmp(c->word[i], "--dry-run") != 0 && strcmp(c->word[i], "-n") != 0)
			text = slu_printf(c->a, "%s %s", text, c->word[i]);
	return text;
}

static int show(struct cmd_adopt *x)
{
	struct cmd_ctx *c = x->c;
	int code = cmd_adopt_put(x);
	if (code)
		return code;
	if (!anything(x) && !cmd_adopt_server_has(x))
		cmd_say(c, "Nothing is to be done: the branches are as the strategy says.");
	else if (c->dry_run)
		cmd_say(c, "Nothing has changed. Do it: sluice adopt %s", x->back ? "undo" : slu_printf(c->a, "apply%s", same_options(c)));
	else if (cmd_adopt_server_has(x))
		cmd_say(c, "The way back is the strategy's: exchange `match` and `was` by a change, then adopt again.");
	else
		cmd_say(c, "%s", x->back ? "The adoption is taken back." : "Take it back: sluice adopt undo");
	say_not_in_force(x);
	return 0;
}

static int carry_out(struct cmd_adopt *x)
{
	slu_err err = { 0 };
	if (!x->c->dry_run && anything(x) && app_op_begin(&x->w.op, &x->w.w, &err) != SLU_OK)
		return cmd_fail(x->c, &err);
	return 0;
}

/* Names and HEADs move, and mostly no file does: then changed ones, such as a strategy that is new, are no matter. */
static slu_rc files_may_move(struct cmd_adopt *x, slu_err *err)
{
	const struct flow_op *op = &x->w.op;
	bool moves = false;
	for (size_t i = 0; i < op->tree.n; i++)
		moves = moves || !slu_oid_eq(&op->tree.v[i].from, &op->tree.v[i].to);
	return moves && x->w.changed.n ? app_plan_ready(&x->w.p, NULL, err) : SLU_OK;
}

static int plan(struct cmd_adopt *x, bool by_server)
{
	struct cmd_ctx *c = x->c;
	slu_err err = { 0 };
	int code = cmd_work_open_changed(c, &x->w);
	if (code == 0 && !cmd_has(c, "no-push"))
		code = cmd_work_fetch(c, &x->w);
	if (code)
		return code;
	if (cmd_whole(c, ": what a branch holds cannot be told by it", &err) != SLU_OK)
		return cmd_fail(c, &err);
	x->u = (struct app_adopt){ .p = &x->w.p, .push = !cmd_has(c, "no-push") };
	if (x->u.push && cmd_lands_there(c, &x->w) && cmd_repo(c, &x->repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	x->u.by_server = x->repo && by_server;
	if (app_adopt_plan(&x->u, &err) != SLU_OK || files_may_move(x, &err) != SLU_OK)
		return cmd_work_stopped(c, &x->w, &err);
	code = x->u.by_server ? cmd_adopt_server_plan(x) : 0;
	cmd_adopt_words(x);
	return code;
}

/* Once the server has moved what goes by the old names, they go themselves. */
static int second(struct cmd_ctx *c)
{
	struct cmd_adopt x = { .c = c };
	int code = plan(&x, false);
	if (code == 0)
		code = carry_out(&x);
	cmd_work_close(&x.w);
	return code;
}

static int adopt(struct cmd_adopt *x)
{
	int code = plan(x, true);
	if (code == 0)
		code = carry_out(x);
	if (code || x->c->dry_run || !cmd_adopt_server_has(x))
		return code ? code : show(x);
	code = cmd_adopt_server_apply(x);
	if (code == 0)
		code = show(x);
	if (code)
		return code;
	cmd_work_close(&x->w);
	x->w = (struct cmd_work){ 0 };
	return second(x->c);
}

static int run_apply(struct cmd_ctx *c)
{
	struct cmd_adopt x = { .c = c };
	int code = adopt(&x);
	cmd_work_close(&x.w);
	return code;
}

static int run_plan(struct cmd_ctx *c)
{
	c->dry_run = true;
	return run_apply(c);
}

static int take_back(struct cmd_adopt *x)
{
	slu_err err = { 0 };
	int code = cmd_work_open_any(x->c, &x->w, &x->w.changed);
	x->back = true;
	if (code)
		return code;
	if (app_adopt_back(&x->w.p, cmd_lands_there(x->c, &x->w), &err) != SLU_OK || files_may_move(x, &err) != SLU_OK)
		return cmd_fail(x->c, &err);
	code = cmd_adopt_server_plan(x);
	if (code == 0)
		code = carry_out(x);
	return code ? code : show(x);
}

static int run_undo(struct cmd_ctx *c)
{
	struct cmd_adopt x = { .c = c };
	int code = take_back(&x);
	cmd_work_close(&x.w);
	return code;
}

static const struct cmd_opt options[] = {
	CMD_WORK_OPTIONS,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

#define ADOPT_EXITS (CMD_EXITS_JUDGED | CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9))

const struct cmd_desc cmd_adopt_plan = {
	.name = "adopt plan",
	.summary = "Show what would bring this repository to its strategy",
	.usage = "",
	.group = CMD_G_START,
	.opts = options,
	.run = run_plan,
	.detail = "Every branch and its HEADs before and after, here and on the remote; what only you can set where the remote lies (its default branch, its protection); and the commands "
	          "that other clones need. Nothing is changed.\n\n"
	          "A branch that is called otherwise today is renamed where the strategy says what it was: `branches: {main: {was: master}}`. Long-lived branches that are missing "
	          "are made from their base. Branches of no kind are named and left; idle ones are for `sluice maintain`.\n\n"
	          "By the strategy in force, or by --strategy FILE or --preset NAME before it is.",
	.example = "sluice adopt plan\n"
	           "sluice adopt plan --strategy .sluice/strategy.yml\n"
	           "sluice adopt plan --preset gitflow --no-push",
	.exits = ADOPT_EXITS,
};
const struct cmd_desc cmd_adopt_apply = {
	.name = "adopt apply",
	.summary = "Bring this repository to its strategy",
	.usage = "",
	.group = CMD_G_START,
	.flags = CMD_DRY_RUN,
	.opts = options,
	.run = run_apply,
	.detail = "What `sluice adopt plan` shows: first on the remote, all or none, then here. Two names that Git cannot have together (release and release/v1) go by two pushes, and "
	          "by two transactions here.\n\n"
	          "Interrupted, it goes on by `sluice continue`, or back by `sluice abort` as long as the remote has not taken it. A remote keeps its default branch "
	          "until that is another one; then the same command again deletes what is left. A sluice server renames by itself, its default branch and open changes with it. Where the "
	          "names of the default branch cannot be together another remote takes it in three goes, by way of sluice/adopting/KIND. Done twice, it does nothing.",
	.example = "sluice adopt apply\n"
	           "sluice adopt apply --no-push",
	.exits = ADOPT_EXITS,
};
static const struct cmd_opt none[] = {
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_adopt_undo = {
	.name = "adopt undo",
	.summary = "Take the last adoption back, here and on the remote",
	.usage = "",
	.group = CMD_G_START,
	.flags = CMD_DRY_RUN,
	.opts = none,
	.run = run_undo,
	.detail = "Every branch, HEAD and setting as before. It is an operation like any other, so it can itself be interrupted, go on or back. Refused when anybody has gone on from what "
	          "the adoption left: then no branch is deleted, here or there. What was applied in two goes is taken back in two.",
	.example = "sluice adopt undo --dry-run\n"
	           "sluice adopt undo",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(5) | CMD_EXIT(9),
};
