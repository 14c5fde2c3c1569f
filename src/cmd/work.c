/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/work.h"

#include "app/git_known.h"
#include "app/told.h"
#include "base/quantity.h"
#include "cmd/last_words.h"
#include "cmd/parse.h"
#include "flow/phase.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* ---- beginning ------------------------------------------------------------------------------------------------------------- */

static void point(const char *where, const char *member)
{
	const char *fault = getenv("SLUICE_FAULT");
	size_t n = strlen(where);
	if (fault && strncmp(fault, where, n) == 0 && (fault[n] == '\0' || (fault[n] == '@' && member && strcmp(fault + n + 1, member) == 0)))
		(void)raise(SIGKILL);
}

void cmd_work_point(const char *where)
{
	point(where, NULL);
}

/* ctx: which member of an ecosystem it is, "acme/app"; NULL: none */
static void at_point(void *ctx, const char *where)
{
	bool pushes = strcmp(where, "room:before") == 0 || strcmp(where, "push:before") == 0;
	cmd_last_words_stage(pushes ? CMD_PUSHES : strcmp(where, "end:after") == 0 ? CMD_MOVED : CMD_MOVES);
	point(where, ctx);
}

static slu_str command_of(struct cmd_ctx *c);

/* What Ctrl-C leaves, and what helps. `before`: how that stands before the first step */
static void last_words(struct cmd_ctx *c, const char *before)
{
	slu_str command = command_of(c);
	const char *const text[CMD_STAGES] = {
		[CMD_BEFORE] = slu_printf(c->a, "\"%.*s\" was interrupted%s", SLU_FMT(command), before),
		[CMD_PUSHES] = slu_printf(c->a, "\"%.*s\" was interrupted while it pushed; what comes next asks the remote first whether it took that.\nWhere it stands: sluice status. Go on: sluice continue. Put everything back: sluice abort", SLU_FMT(command)),
		[CMD_MOVES] = slu_printf(c->a, "\"%.*s\" was interrupted on its way.\nWhere it stands: sluice status. Go on: sluice continue. Put everything back: sluice abort", SLU_FMT(command)),
		[CMD_MOVED] = slu_printf(c->a, "\"%.*s\" was interrupted. What it moved is complete: sluice status", SLU_FMT(command)),
	};
	cmd_last_words(c, text);
}

int cmd_work_begin(struct cmd_ctx *c, struct cmd_work *w)
{
	const struct port_git_here *here = NULL;
	slu_err err = { 0 };
	*w = (struct cmd_work){ 0 };
	last_words(c, ". What is under way, if anything, stands as before: sluice status");
	if (cmd_here(c, &here, &err) != SLU_OK || c->ports->clone_open(&w->clone, here, &err) != SLU_OK)
		return cmd_fail(c, &err);
	w->w = (struct app_op_world){ .a = c->a, .clone = w->clone, .now_s = time(NULL), .point = at_point, .rename = cmd_rename_there, .rename_ctx = c };
	const struct port_git_open open = { .path = here->git_dir, .lock_fd = -1, .merging = here->setting, .merging_n = here->setting_n };
	if (c->ports->git_open(&w->w.git, &open, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return w->clone->ops->lock(w->clone, &err) == SLU_OK ? 0 : cmd_fail(c, &err);
}

static const char heads[] = "refs/heads/";

static slu_str after_heads(slu_str name)
{
	return (slu_str){ name.p + strlen(heads), name.n - strlen(heads) };
}

slu_rc cmd_branches(struct cmd_ctx *c, struct flow_refs *out, struct app_git_facts *g, slu_str remote, slu_err *err)
{
	const struct port_git_ref *own = NULL, *theirs = NULL;
	size_t own_n = 0, theirs_n = 0, n = 0, at = 0;
	slu_str prefix = slu_s(slu_printf(c->a, "refs/remotes/%.*s/", SLU_FMT(remote)));
	SLU_TRY(app_git_refs(g, c->a, heads, &own, &own_n, err));
	if (remote.n)
		SLU_TRY(g->git->ops->refs(g->git, c->a, prefix, &theirs, &theirs_n, err));
	struct flow_ref *v = SLU_NEW_N(c->a, struct flow_ref, own_n + theirs_n + 1);
	for (; n < own_n; n++)
		v[n] = (struct flow_ref){ own[n].name, own[n].id };
	for (size_t i = 0; i < theirs_n; i++) { /* both are sorted */
		slu_str name = { theirs[i].name.p + prefix.n, theirs[i].name.n - prefix.n };
		while (at < own_n && slu_str_cmp(after_heads(own[at].name), name) < 0)
			at++;
		if (!slu_str_is(name, "HEAD") && !(at < own_n && slu_str_eq(after_heads(own[at].name), name)))
			v[n++] = (struct flow_ref){ slu_s(slu_printf(c->a, "%s%.*s", heads, SLU_FMT(name))), theirs[i].id };
	}
	*out = (struct flow_refs){ v, n };
	return SLU_OK;
}

static slu_rc find_refs(struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	w->o.ctx.git.known = NULL;
	return cmd_branches(c, &w->refs, &w->o.ctx.git, w->remote, err);
}

static int none_under_way(struct cmd_ctx *c, struct cmd_work *w)
{
	struct flow_op op;
	slu_err err = { 0 };
	bool found = false;
	if (app_op_load(&op, &found, c->a, w->clone, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!found)
		last_words(c, " before its first step: nothing has moved.");
	if (!found || c->resume)
		return 0;
	if (op.home.n)
		(void)!slu_fail(&err, SLU_E_CONFLICT, "A part of another operation is under way: %.*s, of %.*s. Go on with it there: sluice continue. Give it up there: sluice abort", SLU_FMT(op.command), SLU_FMT(op.home));
	else
		(void)!slu_fail(&err, SLU_E_CONFLICT, "Another operation is under way: %.*s. Go on with it: sluice continue. Give it up: sluice abort", SLU_FMT(op.command));
	return cmd_fail(c, &err);
}

/* As a person would type it: "feature finish login". */
static slu_str command_of(struct cmd_ctx *c)
{
	slu_auto_buf b;
	const char *verb = strchr(c->desc->name, ' ');
	slu_buf_init(&b, 4096);
	if (c->desc->flags & CMD_KIND)
		slu_buf_addf(&b, "%s%s", c->arg[0], verb);
	else
		slu_buf_adds(&b, c->desc->name);
	for (size_t i = (c->desc->flags & CMD_KIND) ? 1 : 0; i < c->arg_n; i++)
		slu_buf_addf(&b, " %s", c->arg[i]);
	return slu_s(slu_str_dup(c->a, slu_buf_str(&b)));
}

static void new_op(struct cmd_ctx *c, struct cmd_work *w, const struct port_git_ident *who)
{
	w->op = (struct flow_op){ .command = command_of(c), .by = slu_s(slu_printf(c->a, "%.*s <%.*s>", SLU_FMT(who->name), SLU_FMT(who->email))), .digest = slu_s(w->o.strategy ? w->o.strategy->digest : ""), .begun_s = w->w.now_s, .at = slu_s(c->here->work_tree ? c->here->work_tree : "") };
	for (size_t i = 0; i < c->word_n; i++)
		*SLU_ADD(c->a, &w->op.arg) = slu_s(c->word[i]);
	if (!c->resume)
		return;
	w->op.id = c->resume->id;
	w->op.begun_s = c->resume->begun_s;
	for (size_t i = 0; i < c->resume->solved.n; i++)
		*SLU_ADD(c->a, &w->op.solved) = c->resume->solved.v[i];
}

static slu_rc ready(struct cmd_ctx *c, struct cmd_work *w, slu_str *changed, slu_err *err)
{
	struct port_git_ident who = { 0 };
	SLU_TRY(w->clone->ops->identity(w->clone, c->a, &who, err));
	new_op(c, w, &who);
	w->remote = w->o.ctx.remote;
	w->o.ctx.solves = true;
	w->o.ctx.git.a = c->a; /* nothing moves while it is planned */
	w->o.ctx.remote = (slu_str){ "", 0 }; /* its branches are those of this clone from here on */
	w->p = (struct app_plan){
		.a = c->a, .git = w->w.git, .clone = w->clone, .here = c->here, .s = w->o.strategy, .off = &w->o.ctx, .facts = &w->o.facts, .now_s = w->o.now_s, .remote = w->remote, .op = &w->op,
	};
	for (size_t i = 0; c->resume && i < c->resume->made.n; i++)
		*SLU_ADD(c->a, &w->p.before) = c->resume->made.v[i];
	if (w->o.strategy && w->o.strategy->phase_n)
		app_told_facts(&w->o.facts, &w->o.ctx, c->a, w->o.strategy);
	SLU_TRY(app_plan_ready(&w->p, changed, err));
	return find_refs(c, w, err);
}

static int open_by(struct cmd_ctx *c, struct cmd_work *w, bool no_strategy, slu_str *changed)
{
	const struct cmd_offline_ask ask = { .anybody = true, .may_have_none = no_strategy, .may_ask_server = true };
	slu_err err = { 0 };
	int code = cmd_work_begin(c, w);
	if (code == 0)
		code = none_under_way(c, w);
	if (code == 0 && c->here->bare) {
		(void)!slu_fail(&err, SLU_E_USAGE, "This repository is bare: there is nobody who works in it. Run this in a clone of it.");
		code = cmd_fail(c, &err);
	}
	if (code == 0)
		code = cmd_offline_open_as(c, &w->o, &ask);
	if (code == 0 && ready(c, w, changed, &err) != SLU_OK)
		code = cmd_fail(c, &err);
	return code;
}

int cmd_work_open(struct cmd_ctx *c, struct cmd_work *w)
{
	return open_by(c, w, false, NULL);
}

int cmd_work_open_changed(struct cmd_ctx *c, struct cmd_work *w)
{
	return open_by(c, w, false, &w->changed);
}

int cmd_work_open_any(struct cmd_ctx *c, struct cmd_work *w, slu_str *changed)
{
	return open_by(c, w, true, changed);
}

int cmd_work_open_whole(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	int code = cmd_work_open(c, w);
	return code == 0 && cmd_whole(c, ": what a merge, a version or a changelog needs may be missing", &err) != SLU_OK ? cmd_fail(c, &err) : code;
}

void cmd_work_close(struct cmd_work *w)
{
	cmd_last_words_none();
	cmd_offline_close(&w->o);
	if (w->w.git)
		w->w.git->ops->close(w->w.git);
	if (w->clone)
		w->clone->ops->close(w->clone);
}

int cmd_work_fetch(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_err err = { 0 };
	if (w->remote.n == 0 || cmd_has(c, "no-fetch"))
		return 0;
	if (w->clone->ops->fetch(w->clone, w->remote, &err) != SLU_OK || find_refs(c, w, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return 0;
}

/* ---- what is meant -------------------------------------------------------------------------------------------------------------- */

int cmd_work_kind(struct cmd_ctx *c, struct cmd_work *w, const char *word, int *code)
{
	const strat *s = w->o.strategy;
	int kind = strat_find_branch(s, slu_s(word));
	if (kind >= 0)
		return kind;
	*code = cmd_usage(c, "The strategy has no kind of branch called %s. It has: %s.", word, flow_kinds_text(c->a, s));
	return STRAT_NONE;
}

void cmd_work_meant(struct cmd_ctx *c, struct cmd_work *w, slu_str told, slu_str word)
{
	w->op.command = slu_s(slu_printf(c->a, "%.*s %.*s", SLU_FMT(w->op.command), SLU_FMT(told)));
	*SLU_ADD(c->a, &w->op.arg) = slu_s(slu_str_dup(c->a, word));
}

static int which(struct cmd_ctx *c, struct cmd_work *w, int kind, slu_str here)
{
	slu_str name = w->o.strategy->branch[kind].name;
	const char **v = NULL, *all = "";
	size_t n = flow_branches_of(&v, c->a, w->o.strategy, kind, &w->refs);
	for (size_t i = 0; i < n && i < 8; i++)
		all = slu_printf(c->a, "%s%s%s", all, i ? ", " : "", v[i]);
	if (n == 0)
		return cmd_usage(c, "Which branch? You stand on %.*s, which is no %.*s branch, and there is none here. Begin one: sluice %s", SLU_FMT(here), SLU_FMT(name),
		                 slu_printf(c->a, cmd_is_noun(slu_str_dup(c->a, name)) ? "branch start %.*s" : "%.*s start", SLU_FMT(name)));
	return cmd_usage(c, "Which branch? You stand on %.*s, which is no %.*s branch. Say its name; there %s %s%s", SLU_FMT(here), SLU_FMT(name), n == 1 ? "is" : "are", all, n > 8 ? ", …" : "");
}

const char *cmd_work_branch(struct cmd_ctx *c, struct cmd_work *w, int kind, const char *word, int *code)
{
	char today[SLU_TIME_TEXT], *name = NULL;
	slu_err err = { 0 };
	slu_str here = cmd_here_branch(c);
	if (!word && strat_branch_kind(w->o.strategy, here, NULL) == kind) {
		cmd_work_meant(c, w, here, here);
		return slu_str_dup(c->a, here);
	}
	if (!word) {
		*code = which(c, w, kind, here);
		return NULL;
	}
	(void)slu_time_text(w->o.now_s, today);
	if (flow_branch_name(&name, c->a, w->o.strategy, kind, slu_s(word), (slu_str){ today, 10 }, &err) == SLU_OK)
		return name;
	*code = cmd_fail(c, &err);
	return NULL;
}

/* ---- the end ------------------------------------------------------------------------------------------------------------------------ */

static int refused(struct cmd_ctx *c, struct cmd_work *w)
{
	slu_auto_buf b;
	const struct pol_verdict *v = &w->p.refused;
	slu_buf_init(&b, 1024 * 1024);
	if (c->format == CMD_FORMAT_JSON) {
		slu_json j = slu_json_to(&b);
		pol_verdict_json(&j, v, w->o.strategy_file, w->o.strategy_commit);
		slu_buf_addc(&b, '\n');
		(void)cmd_put(c, &b);
	} else {
		(void)fprintf(c->err, "sluice: %.*s: the strategy does not allow it%s, and nothing has moved.\n", SLU_FMT(w->op.command), v->answer == POL_WAIT ? " yet" : "");
		pol_verdict_text(&b, v, "", c->colour_err);
		(void)fwrite(b.p, 1, b.n, c->err);
	}
	return v->answer == POL_WAIT ? slu_rc_exit(SLU_E_WAIT) : 1;
}

/* The same was solved already, on what has moved since. */
static void say_outdated(struct cmd_ctx *c, const struct flow_op *op)
{
	const struct flow_op_solved *now = &op->solved.v[op->solved.n - 1];
	for (size_t i = 0; i + 1 < op->solved.n; i++)
		if (slu_oid_eq(&op->solved.v[i].theirs, &now->theirs) && !slu_oid_eq(&op->solved.v[i].ours, &now->ours))
			cmd_say(c, "The branch that it goes into has moved since: what you solved in %.*s no longer fits, and is there to copy from.", SLU_FMT(op->solved.v[i].dir));
}

void cmd_work_keep_made(struct cmd_ctx *c, const struct cmd_work *w, struct flow_op *op)
{
	op->made = (__typeof__(op->made)){ 0 };
	for (size_t i = 0; op->solved.n && i < w->p.made.n; i++)
		*SLU_ADD(c->a, &op->made) = w->p.made.v[i];
}

static int conflict(struct cmd_ctx *c, struct cmd_work *w)
{
	struct flow_op wait = flow_op_waiting(&w->op);
	slu_err err = { 0 };
	*SLU_ADD(c->a, &wait.solved) = (struct flow_op_solved){ .ours = w->p.ours, .theirs = w->p.theirs, .tree = slu_oid_zero(), .pick = w->p.pick };
	cmd_work_keep_made(c, w, &wait);
	(void)fprintf(c->err, "sluice: %.*s: %.*s%s%s in conflict; nothing has moved.\n", SLU_FMT(w->op.command), SLU_FMT(w->p.pick), w->p.pick.n ? ": " : "", cmd_count(c, w->p.conflict.n, "file is", "files are"));
	for (size_t i = 0; i < w->p.conflict.n; i++)
		(void)fprintf(c->err, "  %.*s\n", SLU_FMT(w->p.conflict.v[i]));
	if (c->dry_run)
		return slu_rc_exit(SLU_E_CONFLICT);
	say_outdated(c, &wait);
	if (app_op_wait(&wait, &w->w, &err) != SLU_OK)
		return cmd_fail(c, &err);
	cmd_say(c, "A work tree for solving it: %.*s", SLU_FMT(wait.solved.v[wait.solved.n - 1].dir));
	if (wait.home.n)
		cmd_say(c, "Solve the files there, git add them, then, in %.*s: sluice continue. Give it up: sluice abort there", SLU_FMT(wait.home));
	else
		cmd_say(c, "Solve the files there, git add them, then: sluice continue. Give it up: sluice abort");
	return slu_rc_exit(SLU_E_CONFLICT);
}

int cmd_work_stopped(struct cmd_ctx *c, struct cmd_work *w, const slu_err *err)
{
	if ((err->code == SLU_E_DENIED || err->code == SLU_E_WAIT) && w->p.refused.row.n)
		return refused(c, w);
	if (err->code == SLU_E_CONFLICT && w->p.has_conflict)
		return conflict(c, w);
	return cmd_fail(c, err);
}

int cmd_work_told(struct cmd_ctx *c, struct cmd_work *w, const struct flow_op *op, const char *done)
{
	slu_auto_buf b;
	slu_buf_init(&b, 4 * 1024 * 1024);
	if (c->format == CMD_FORMAT_JSON) {
		slu_json j = slu_json_to(&b);
		flow_op_json(&j, op);
		slu_buf_addc(&b, '\n');
		return cmd_put(c, &b);
	}
	if (c->dry_run)
		slu_buf_adds(&b, "What would be done, in this order:\n");
	for (size_t i = 0; i < op->says.n; i++)
		slu_buf_addf(&b, "  %zu. %.*s\n", i + 1, SLU_FMT(op->says.v[i]));
	int code = cmd_put(c, &b);
	for (size_t i = 0; i < w->w.kept.n; i++)
		cmd_say(c, "%.*s was neither the old nor the new file; what stood in it is kept: %.*s", SLU_FMT(w->w.kept.v[i].path), SLU_FMT(w->w.kept.v[i].copy));
	for (size_t i = 0; i < w->p.owed.n; i++)
		cmd_say(c, "%s", w->p.owed.v[i]);
	cmd_say(c, "%s", c->dry_run ? "This was a dry run: nothing has changed." : done);
	return code;
}

/* Whoever did not fetch has not heard yet whether the remote is there. Asked now, nothing has begun; after a push without an answer only the remote could tell. */
static slu_rc must_answer(struct cmd_ctx *c, struct cmd_work *w, slu_err *err)
{
	const struct port_git_ref *ref = NULL;
	size_t n = 0;
	slu_err why = { 0 };
	if (c->dry_run || w->op.push.n == 0 || !cmd_has(c, "no-fetch") || w->clone->ops->remote_refs(w->clone, c->a, w->op.remote, false, &ref, &n, &why) == SLU_OK)
		return SLU_OK;
	return slu_fail(err, why.code, "%s Nothing has moved. Without the remote: --no-push, and push later.", why.text);
}

int cmd_work_carry_out(struct cmd_ctx *c, struct cmd_work *w, const char *done)
{
	slu_err err = { 0 };
	cmd_work_keep_made(c, w, &w->op);
	if (must_answer(c, w, &err) != SLU_OK || (!c->dry_run && app_op_begin(&w->op, &w->w, &err) != SLU_OK))
		return cmd_fail(c, &err);
	return cmd_work_told(c, w, &w->op, done);
}
