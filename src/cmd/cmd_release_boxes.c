/* SPDX-License-Identifier: Apache-2.0 */
/** sluice release boxes|tick: what people tick before a release begins, and after it is out. */
#include "app/release_boxes.h"
#include "base/quantity.h"
#include "cmd/call.h"
#include "cmd/records.h"
#include "cmd/release.h"

#include <jansson.h>

/* ---- shown ---------------------------------------------------------------------------------------------------------------------- */

static void one_box(struct cmd_ctx *c, const json_t *x)
{
	const char *may = cmd_j_str(x, "may"), *by = cmd_j_str(x, "by");
	(void)fprintf(c->out, "  [%s] %s", cmd_j_bool(x, "ticked") ? "x" : " ", cmd_j_str(x, "box"));
	if (*by)
		(void)fprintf(c->out, " (%s, %s)", by, cmd_j_str(x, "at"));
	else if (*may)
		(void)fprintf(c->out, " (by %s)", may);
	(void)fprintf(c->out, "\n");
}

static int put(struct cmd_ctx *c, json_t *j)
{
	static const struct { const char *key, *heading; } part[] = { { "start", "Before it begins" }, { "close", "After it is out" } };
	size_t i, all = 0;
	const json_t *x;
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put_json(c, j);
	for (size_t k = 0; k < 2; k++) {
		const json_t *list = json_object_get(j, part[k].key);
		if (json_array_size(list))
			(void)fprintf(c->out, "%s\n", part[k].heading);
		json_array_foreach(list, i, x) one_box(c, x);
		all += json_array_size(list);
	}
	json_array_foreach(json_object_get(j, "approvals"), i, x) (void)fprintf(c->out, "Approved by %s\n", json_string_value(x));
	if (all == 0 && json_array_size(json_object_get(j, "approvals")) == 0)
		cmd_say(c, "The strategy has no boxes for releases (releases.start.boxes, releases.close.boxes).");
	return 0;
}

void cmd_release_open_steps(struct cmd_ctx *c, const json_t *j)
{
	const char *version = cmd_j_str(j, "version"), *first = NULL;
	size_t i;
	const json_t *x;
	json_array_foreach(json_object_get(j, "close"), i, x) {
		if (cmd_j_bool(x, "ticked"))
			continue;
		if (!first)
			cmd_say(c, "Release %s is out, and not done yet:", version);
		cmd_say(c, "  [ ] %s", cmd_j_str(x, "box"));
		first = first ? first : cmd_j_str(x, "box");
	}
	if (first)
		cmd_say(c, "When one is: sluice release tick %s \"%s\"", version, first);
}

/* ---- on the server -------------------------------------------------------------------------------------------------------------- */

static const char *boxes_path(struct cmd_ctx *c, const char *repo, const char *version)
{
	return cmd_path(c, "/api/sluice/repos/%S/releases/%s/boxes", repo, version);
}

void cmd_release_steps_there(struct cmd_ctx *c, const char *version)
{
	struct cli_answer an;
	const char *repo;
	if (cmd_repo(c, &repo, NULL) == SLU_OK && cmd_call(c, &an, "GET", boxes_path(c, repo, version), NULL, &(slu_err){ 0 }) == SLU_OK)
		cmd_release_open_steps(c, an.json);
}

static int there(struct cmd_ctx *c, bool act)
{
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	const char *repo, *path;
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	path = boxes_path(c, repo, c->arg[0]);
	if (!act)
		return cmd_call(c, &an, "GET", path, NULL, &err) == SLU_OK ? put(c, an.json) : cmd_refused(c, &an, &err);
	json_auto_t *body = json_pack("{s:s, s:b}", "box", c->arg[1], "ticked", !cmd_has(c, "off"));
	if (!body)
		return cmd_usage(c, "The box is not UTF-8.");
	if (cmd_call(c, &an, "POST", path, body, &err) != SLU_OK)
		return cmd_refused(c, &an, &err);
	if (c->dry_run)
		return cmd_would(c, &an, "It would be done.");
	return put(c, an.json);
}

/* ---- in a clone ------------------------------------------------------------------------------------------------------------------ */

void cmd_release_fetch_boxes(struct cmd_ctx *c, const struct cmd_work *w)
{
	const char *const fetch[] = { "fetch", "--quiet", "--", slu_str_dup(c->a, w->remote), "refs/sluice/release/*:refs/sluice/release/*", NULL };
	slu_str none;
	if (w->remote.n && !cmd_has(c, "no-fetch"))
		(void)!cmd_git(c, c->here->work_tree, fetch, true, &none, NULL); /* what is there is not needed to read, and a push finds out what is newer */
}

static void add_box(json_t *list, struct cmd_ctx *c, const struct strat_box *box, const struct app_boxes *b)
{
	const struct pol_release_box *t = app_boxes_ticked(b, box->text);
	char at[SLU_TIME_TEXT] = "";
	json_t *x = json_pack("{s:s%, s:b}", "box", box->text.p, box->text.n, "ticked", t != NULL);
	if (box->has_by)
		(void)json_object_set_new(x, "may", json_string(strat_who_text(c->a, &box->by)));
	if (t) {
		(void)json_object_set_new(x, "by", json_stringn(t->by.p, t->by.n));
		(void)json_object_set_new(x, "at", json_string(slu_time_text(t->at_s, at)));
	}
	(void)json_array_append_new(list, x);
}

static json_t *boxes_of(struct cmd_ctx *c, const strat *s, const struct app_boxes *b)
{
	json_t *before = json_array(), *after = json_array();
	size_t n = 0;
	const struct strat_box *const *start = pol_release_boxes(&n, c->a, s);
	for (size_t i = 0; i < n; i++)
		add_box(before, c, start[i], b);
	for (size_t i = 0; i < s->releases.close.boxes_n; i++)
		add_box(after, c, &s->releases.close.boxes[i], b);
	return json_pack("{s:s%, s:o, s:o}", "version", b->version.p, b->version.n, "start", before, "close", after);
}

static slu_rc must_be_one(struct cmd_ctx *c, const strat *s, slu_str box, slu_err *err)
{
	const struct strat_require *close = &s->releases.close;
	size_t n = 0;
	const struct strat_box *const *start = pol_release_boxes(&n, c->a, s);
	const char *all = "";
	for (size_t i = 0; i < n + close->boxes_n; i++) {
		slu_str text = i < n ? start[i]->text : close->boxes[i - n].text;
		if (slu_str_eq(text, box))
			return SLU_OK;
		all = slu_printf(c->a, "%s%s\"%.*s\"", all, *all ? ", " : "", SLU_FMT(text));
	}
	if (!*all)
		return slu_fail(err, SLU_E_INVALID, "The strategy has no boxes for releases (releases.start.boxes, releases.close.boxes), so there is no \"%.*s\".", SLU_FMT(box));
	return slu_fail(err, SLU_E_INVALID, "A release has no box \"%.*s\" here. It has: %s.", SLU_FMT(box), all);
}

/* A commit without files: what was said, by whom and when. */
static slu_rc plan_say(struct cmd_ctx *c, struct cmd_work *w, slu_str version, enum app_boxes_what what, slu_str text, slu_err *err)
{
	const char *const empty[] = { "hash-object", "-t", "tree", "-w", "--stdin", NULL };
	slu_str ref = app_boxes_ref(c->a, version), hex;
	slu_oid old, tree, made;
	SLU_TRY(cmd_git_fed(c, empty, (slu_str){ "", 0 }, &hex, err));
	SLU_TRY(slu_oid_parse(&tree, hex, err));
	SLU_TRY(app_plan_at(&old, &w->p, ref, err));
	SLU_TRY(w->clone->ops->commit(w->clone, &tree, &old, slu_oid_is_zero(&old) ? 0 : 1, NULL, app_boxes_message(c->a, what, text), &made, err));
	SLU_TRY(app_plan_move(&w->p, ref, &made, err));
	if (w->remote.n && !cmd_has(c, "no-push")) {
		w->op.remote = w->remote;
		*SLU_ADD(c->a, &w->op.push) = (struct flow_op_ref){ .name = ref, .old = old, .new_ = made };
	}
	return app_plan_trees(&w->p, (slu_str){ 0 }, err);
}

static slu_rc plan_tick(struct cmd_ctx *c, struct cmd_work *w, const struct app_boxes *b, slu_err *err)
{
	slu_str box = slu_s(c->arg[1]);
	bool off = cmd_has(c, "off");
	const struct pol_release_box *t = app_boxes_ticked(b, box);
	SLU_TRY(must_be_one(c, w->o.strategy, box, err));
	if (t && !off)
		return slu_fail(err, SLU_E_EXISTS, "\"%.*s\" is ticked for %s already, by %.*s.", SLU_FMT(box), c->arg[0], SLU_FMT(t->by));
	if (!t && off)
		return slu_fail(err, SLU_E_NOT_FOUND, "\"%.*s\" is not ticked for %s.", SLU_FMT(box), c->arg[0]);
	app_plan_says(&w->p, "%s \"%.*s\" for %s%s%.*s", off ? "untick" : "tick", SLU_FMT(box), c->arg[0], w->remote.n && !cmd_has(c, "no-push") ? ", also on " : "", cmd_has(c, "no-push") ? 0 : (int)w->remote.n, w->remote.p);
	return plan_say(c, w, slu_s(c->arg[0]), off ? APP_BOXES_UNTICK : APP_BOXES_TICK, box, err);
}

static int in_clone(struct cmd_ctx *c, struct cmd_work *w, bool act)
{
	struct app_boxes b;
	slu_err err = { 0 };
	int code = cmd_work_open(c, w);
	if (code)
		return code;
	cmd_release_fetch_boxes(c, w);
	if (app_boxes_read(&b, c->a, w->w.git, slu_s(c->arg[0]), &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!act) {
		json_auto_t *j = boxes_of(c, w->o.strategy, &b);
		return put(c, j);
	}
	if (plan_tick(c, w, &b, &err) != SLU_OK)
		return cmd_work_stopped(c, w, &err);
	return cmd_work_carry_out(c, w, slu_printf(c->a, "Done. All of them: sluice release boxes %s", c->arg[0]));
}

int cmd_release_out_here(struct cmd_ctx *c, slu_str version)
{
	struct cmd_work w = { 0 };
	struct app_boxes b;
	slu_err err = { 0 };
	const char *steps = "";
	const struct port_git_here *here = c->here; /* as it stands now */
	if (!here || !here->work_tree || cmd_here_at(c, here->work_tree, &c->here, &err) != SLU_OK)
		c->here = NULL;
	c->resume = NULL;
	int code = cmd_work_open(c, &w);
	const struct strat_require *set = code ? NULL : &w.o.strategy->releases.close;
	for (size_t i = 0; set && i < set->boxes_n; i++)
		steps = slu_printf(c->a, "%s%.*s\n", steps, SLU_FMT(set->boxes[i].text));
	if (code == 0 && *steps) {
		cmd_release_fetch_boxes(c, &w);
		w.op.command = slu_s(slu_printf(c->a, "release boxes %.*s", SLU_FMT(version)));
		if (plan_say(c, &w, version, APP_BOXES_OUT, slu_s(steps), &err) != SLU_OK || app_op_begin(&w.op, &w.w, &err) != SLU_OK || app_boxes_read(&b, c->a, w.w.git, version, &err) != SLU_OK)
			code = cmd_fail(c, &err);
		json_auto_t *j = code ? NULL : boxes_of(c, w.o.strategy, &b);
		if (code == 0)
			cmd_release_open_steps(c, j);
		else
			cmd_say(c, "Release %.*s is out. What is to be done after it could not be written down: sluice release boxes %.*s", SLU_FMT(version), SLU_FMT(version));
	}
	cmd_work_close(&w);
	return code;
}

void cmd_release_say_steps(struct cmd_ctx *c, port_git *g)
{
	const struct app_boxes *v = NULL;
	size_t n = 0;
	if (app_boxes_all(&v, &n, c->a, g, NULL) != SLU_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		json_auto_t *list = json_array();
		for (size_t k = 0; k < v[i].step.n; k++)
			(void)json_array_append_new(list, json_pack("{s:s%, s:b}", "box", v[i].step.v[k].p, v[i].step.v[k].n, "ticked", app_boxes_ticked(&v[i], v[i].step.v[k]) != NULL));
		json_auto_t *j = json_pack("{s:s%, s:O}", "version", v[i].version.p, v[i].version.n, "close", list);
		cmd_release_open_steps(c, j);
	}
}

/* ---- the commands ------------------------------------------------------------------------------------------------------------------- */

static int run(struct cmd_ctx *c, bool act)
{
	struct cmd_work w = { 0 };
	int code = cmd_release_is_here(c) ? in_clone(c, &w, act) : there(c, act);
	cmd_work_close(&w);
	return code;
}

static int run_boxes(struct cmd_ctx *c)
{
	return run(c, false);
}

static int run_tick(struct cmd_ctx *c)
{
	return run(c, true);
}

#define LOCAL { "local", 0, NULL, "in this clone, though its remote is a sluice server", CMD_FLAG, 0 }
static const struct cmd_opt boxes_options[] = { LOCAL, { "no-fetch", 0, NULL, "in a clone: do not ask the remote first", CMD_FLAG, 0 }, CMD_OFFLINE_BY, { NULL, 0, NULL, NULL, CMD_FLAG, 0 } };
static const struct cmd_opt tick_options[] = {
	{ "off", 0, NULL, "take the tick back", CMD_FLAG, 0 },
	LOCAL,
	{ "no-fetch", 0, NULL, "in a clone: do not ask the remote first", CMD_FLAG, 0 },
	{ "no-push", 0, NULL, "in a clone: leave the remote as it is", CMD_FLAG, 0 },
	CMD_OFFLINE_BY,
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_release_boxes = {
	.name = "release boxes", .summary = "What is to be ticked before a release begins and after it is out", .usage = "VERSION", .group = CMD_G_RELEASE,
	.args_min = 1, .args_max = 1, .flags = CMD_REPO | CMD_SERVER, .opts = boxes_options, .run = run_boxes,
	.detail = "The boxes are the strategy's: releases.start.boxes and releases.close.boxes. Without a server, who ticked what and when stands in Git: git log refs/sluice/release/VERSION",
	.example = "sluice release boxes 2.1.0",
	.exits = CMD_EXIT(3),
};
const struct cmd_desc cmd_release_tick = {
	.name = "release tick", .summary = "Tick a box of a release", .usage = "VERSION BOX", .group = CMD_G_RELEASE,
	.args_min = 2, .args_max = 2, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = tick_options, .run = run_tick,
	.detail = "A release's branch comes to be when all of releases.start.boxes are ticked for its version. What releases.close.boxes has is told when it is out, and by `sluice status` "
	          "until it is ticked. On a server each tick is an event, and a box with `by` counts when one of those has ticked it; without one it is the word of whoever may push. "
	          "There the box `Approval` is one's own approval, where releases.start.approvals wants some.",
	.example = "sluice release tick 2.1.0 \"All features merged to develop\"\n"
	           "sluice release tick 2.1.0 Approval\n"
	           "sluice release tick 2.1.0 \"Verify metrics\" --off",
	.exits = CMD_EXIT(1) | CMD_EXIT(3) | CMD_EXIT(9),
};
