/* SPDX-License-Identifier: Apache-2.0 */
/** The operation under way, in this clone or on the server: status, continue, abort, undo. */
#include "base/quantity.h"
#include "app/landing.h"
#include "app/owed.h"
#include "cmd/call.h"
#include "cmd/ecosystem.h"
#include "cmd/finish_checks.h"
#include "cmd/flow.h"
#include "cmd/op_discard.h"
#include "cmd/op_show.h"
#include "cmd/release.h"
#include "cmd/revert.h"
#include "cmd/parse.h"

#include <jansson.h>
#include <sys/stat.h>

/* ---- on the server ------------------------------------------------------------------------------------------------------------ */

static int flow(struct cmd_ctx *c, const char *method, const char *tail, struct cli_answer *answer)
{
	slu_err err = { 0 };
	const char *repo;
	*answer = (struct cli_answer){ 0 };
	if (cmd_repo(c, &repo, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (cmd_call(c, answer, method, slu_printf(c->a, "%s%s", cmd_path(c, "/api/sluice/repos/%S/flow", repo), tail), NULL, &err) != SLU_OK)
		return cmd_flow_refused(c, answer, &err);
	return 0;
}

/* What to do about an operation that is in this state. */
static const char *next_of(struct cmd_ctx *c, const struct json_t *j)
{
	static const struct { const char *kind, *state, *next; } table[] = {
		{ "", "running", "Go on: sluice continue. Put every ref back: sluice abort" },
		{ "", "stopped", "Go on: sluice continue. Put every ref back: sluice abort" },
		{ "release-start", "done", "Finish it: sluice release finish %s. Take it back: sluice undo" },
		{ "release-start", "aborted", "Every ref stands as before. Begin again: sluice release start %s" },
		{ "release-finish", "aborted", "Every ref stands as before. What it waits for: sluice release finish %s --dry-run" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *gap = strstr(table[i].next, "%s");
		if (strcmp(table[i].state, cmd_j_str(j, "state")) != 0 || (*table[i].kind && strcmp(table[i].kind, cmd_j_str(j, "kind")) != 0))
			continue;
		return gap ? slu_printf(c->a, "%.*s%s%s", (int)(gap - table[i].next), table[i].next, cmd_j_str(j, "name"), gap + 2) : table[i].next;
	}
	return NULL;
}

static int server_status(struct cmd_ctx *c)
{
	struct cli_answer answer;
	int code = flow(c, "GET", "", &answer);
	if (code || c->format == CMD_FORMAT_JSON)
		return code ? code : cmd_put_json(c, answer.json);
	if (strcmp(cmd_j_str(answer.json, "state"), "none") == 0) {
		cmd_say(c, "Nothing is under way in %s on the server, and nothing was begun there yet. Begin a release: sluice release start VERSION", c->repo);
		return 0;
	}
	const char *next = next_of(c, answer.json);
	(void)fprintf(c->out, "%s %s by %s: %s (since %s)\n", cmd_j_str(answer.json, "kind"), cmd_j_str(answer.json, "name"), cmd_j_str(answer.json, "by"), cmd_j_str(answer.json, "state"),
	              cmd_j_str(answer.json, "moved"));
	if (next)
		cmd_say(c, "%s", next);
	if (strcmp(cmd_j_str(answer.json, "kind"), "release-finish") == 0 && strcmp(cmd_j_str(answer.json, "state"), "done") == 0)
		cmd_release_steps_there(c, slu_strdup(c->a, cmd_j_str(answer.json, "name")));
	return 0;
}

static int server_continue(struct cmd_ctx *c)
{
	struct cli_answer answer;
	int code = flow(c, "POST", "/continue", &answer);
	return code ? code : cmd_flow_show(c, &answer, "Done.");
}

static int server_back(struct cmd_ctx *c, const char *tail, const char *said)
{
	struct cli_answer answer;
	int code = flow(c, "POST", tail, &answer);
	if (code == 0 && c->dry_run)
		return cmd_would(c, &answer, slu_printf(c->a, "%s %s would be taken back: every ref as before.", cmd_j_str(answer.json, "would.kind"), cmd_j_str(answer.json, "would.name")));
	if (code || c->format == CMD_FORMAT_JSON)
		return code ? code : cmd_put_json(c, answer.json);
	(void)fprintf(c->out, "%s %s %s: every ref stands as before.\n", cmd_j_str(answer.json, "kind"), cmd_j_str(answer.json, "name"), said);
	return 0;
}

static int server_abort(struct cmd_ctx *c)
{
	return server_back(c, "/abort", "is aborted");
}

static int server_undo(struct cmd_ctx *c)
{
	return server_back(c, "/undo", "is undone");
}

/* ---- what lands on a server -------------------------------------------------------------------------------------------------- */

struct waiting { const struct app_landing *v; size_t n; };

/* Branches of this clone that wait there. Like look(), it makes and locks nothing. */
static struct waiting on_their_way(struct cmd_ctx *c)
{
	struct waiting x = { NULL, 0 };
	struct cmd_work w = { 0 };
	if (cmd_in_a_clone(c) && c->ports->clone_open(&w.clone, c->here, NULL) == SLU_OK)
		(void)!app_landings(&x.v, &x.n, c->a, w.clone, NULL);
	cmd_work_close(&w);
	return x;
}

/* As people type it: "sluice feature finish login" for "branch finish feature login". */
static const char *command_of(struct cmd_ctx *c, const struct app_landing *x)
{
	bool kind = x->arg.n > 2 && slu_str_is(x->arg.v[0], "branch") && !cmd_is_noun(slu_str_dup(c->a, x->arg.v[2]));
	const char *text = kind ? slu_printf(c->a, "sluice %.*s %.*s", SLU_FMT(x->arg.v[2]), SLU_FMT(x->arg.v[1])) : "sluice";
	for (size_t i = kind ? 3 : 0; i < x->arg.n; i++)
		text = slu_printf(c->a, "%s %.*s", text, SLU_FMT(x->arg.v[i]));
	return text;
}

static void say_waiting(struct cmd_ctx *c)
{
	struct waiting x = on_their_way(c);
	for (size_t i = 0; i < x.n; i++) {
		const struct app_landing *l = &x.v[i];
		if (l->plan) {
			cmd_say(c, "%.*s is on its way into %.*s: refs/sluice/plan/%llu/ on %.*s waits for its checks. Go on: %s", SLU_FMT(l->source), SLU_FMT(l->target), (unsigned long long)l->plan,
			        SLU_FMT(l->where), command_of(c, l));
			cmd_finish_say_wants(c, l);
		} else if (l->change)
			cmd_say(c, "%.*s is on its way into %.*s by change %llu on %.*s. What it waits for: sluice change show %llu. Go on: %s", SLU_FMT(l->source), SLU_FMT(l->target), (unsigned long long)l->change,
			        SLU_FMT(l->where), (unsigned long long)l->change, command_of(c, l));
		else
			cmd_say(c, "%.*s is on its way into %.*s on %.*s; its change is not opened yet. Go on: %s", SLU_FMT(l->source), SLU_FMT(l->target), SLU_FMT(l->where), command_of(c, l));
	}
}

/* The one whose branch is checked out; else the only one. NULL: it was said that there are several. */
static const struct app_landing *meant(struct cmd_ctx *c, const struct waiting *x)
{
	slu_err err = { 0 };
	slu_str here = cmd_here_branch(c);
	for (size_t i = 0; i < x->n; i++)
		if (slu_str_eq(x->v[i].source, here))
			return &x->v[i];
	if (x->n == 1)
		return &x->v[0];
	(void)!slu_fail(&err, SLU_E_USAGE, "Nothing is under way here, and several branches are on their way, such as %.*s and %.*s (sluice status). Stand on the one that is meant: git switch %.*s",
	                SLU_FMT(x->v[0].source), SLU_FMT(x->v[1].source), SLU_FMT(x->v[0].source));
	(void)cmd_fail(c, &err);
	return NULL;
}

/* The same command again: it looks at what is there, and goes on. */
static int go_on_there(struct cmd_ctx *c, const struct waiting *x)
{
	const struct app_landing *l = meant(c, x);
	if (!l)
		return 2;
	struct app_landing again = *l;
	again.arg = (__typeof__(again.arg)){ 0 };
	for (size_t i = 0; i < l->arg.n; i++)
		*SLU_ADD(c->a, &again.arg) = l->arg.v[i];
	for (size_t i = 0; cmd_opt_at(c, "checked", i); i++) {
		*SLU_ADD(c->a, &again.arg) = SLU_STR("--checked");
		*SLU_ADD(c->a, &again.arg) = slu_s(cmd_opt_at(c, "checked", i));
	}
	if (!c->dry_run)
		return cmd_again(c, again.arg.v, again.arg.n);
	cmd_say(c, "It would go on with: %s", command_of(c, &again));
	return 0;
}

/* By the command's words, or by what it moves. */
static bool is_part_of(struct cmd_ctx *c, const struct flow_op *op, const struct app_landing *x)
{
	slu_str branch = slu_s(slu_printf(c->a, "refs/heads/%.*s", SLU_FMT(x->source)));
	const char *plan = slu_printf(c->a, "refs/sluice/plan/%llu/", (unsigned long long)x->plan);
	bool same = op->arg.n > 0 && op->arg.n <= x->arg.n;
	for (size_t k = 0; same && k < op->arg.n; k++)
		same = slu_str_eq(op->arg.v[k], x->arg.v[k]);
	for (size_t k = 0; !same && k < op->push.n; k++)
		same = slu_str_eq(op->push.v[k].name, branch) || slu_str_starts(op->push.v[k].name, plan);
	return same;
}

/* It was a part of a landing, cut off there: the rest follows. */
static int go_on_landing(struct cmd_ctx *c, const struct flow_op *op)
{
	struct waiting x = on_their_way(c);
	for (size_t i = 0; i < x.n; i++) {
		if (is_part_of(c, op, &x.v[i]))
			return cmd_again(c, x.v[i].arg.v, x.v[i].arg.n);
	}
	return 0;
}

static int give_up_there(struct cmd_ctx *c, const struct waiting *x)
{
	const struct app_landing *l = meant(c, x);
	struct cmd_work w;
	slu_err err = { 0 };
	if (!l)
		return 2;
	int code = c->dry_run ? 0 : cmd_work_begin(c, &w);
	if (code == 0 && !c->dry_run && l->plan)
		code = cmd_finish_give_up(c, &w, l);
	if (code == 0 && !c->dry_run && app_landing_drop(l->source, c->a, w.clone, &err) != SLU_OK)
		code = cmd_fail(c, &err);
	if (!c->dry_run)
		cmd_work_close(&w);
	if (code)
		return code;
	if (l->plan)
		cmd_say(c, "%.*s %s on its way into %.*s: refs/sluice/plan/%llu/ %s on %.*s, and everything else stands as before.", SLU_FMT(l->source), c->dry_run ? "would no longer be" : "is no longer", SLU_FMT(l->target),
		        (unsigned long long)l->plan, c->dry_run ? "would be gone" : "is gone", SLU_FMT(l->where));
	else
		cmd_say(c, "%.*s %s on its way into %.*s for this clone. What is on the server stays as it is%s", SLU_FMT(l->source), c->dry_run ? "would no longer be" : "is no longer", SLU_FMT(l->target),
	        l->change ? slu_printf(c->a, ": sluice change close %llu closes the change.", (unsigned long long)l->change) : ".");
	return 0;
}

/* ---- in this clone ------------------------------------------------------------------------------------------------------------ */

struct local {
	struct cmd_work w;
	struct flow_op op;   /* the one under way, else the last one that ended */
	struct flow_op kept; /* the last one that ended and was not given up: what undo takes back. id 0: there is none */
	bool under_way, any; /* any: op is set */
	int code;            /* why it could not be looked at; 0: it could */
	const char *left;    /* the work tree for a conflict, in which somebody stands; NULL: another one */
};

/* Who stands in the work tree where a conflict is solved means the one where the command was typed: this goes there. */
static void leave_solving(struct cmd_ctx *c, struct local *l)
{
	struct stat here, there;
	const char *tree = c->here->work_tree;
	if (l->op.state != FLOW_OP_SOLVING || l->op.at.n == 0 || !tree || getenv("GIT_DIR") || stat(tree, &here) != 0)
		return;
	for (size_t i = 0; i < l->op.solved.n && !l->left; i++)
		if (stat(slu_str_dup(c->a, l->op.solved.v[i].dir), &there) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
			l->left = tree;
	if (!l->left || chdir(slu_str_dup(c->a, l->op.at)) != 0)
		return;
	c->here = NULL;
	(void)cmd_in_a_clone(c);
}

/* It only wrote down something about a release, as a tick of a box: nothing that people think of as the last thing done. */
static bool is_note(const struct flow_op *op)
{
	for (size_t i = 0; i < op->ref.n; i++)
		if (!slu_str_starts(op->ref.v[i].name, "refs/sluice/"))
			return false;
	return op->ref.n > 0 && op->tree.n == 0 && op->setting.n == 0;
}

static void look_back(struct local *l, const struct flow_op *log, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		if (is_note(&log[i]))
			continue;
		if (l->op.id == 0)
			l->op = log[i];
		if (l->kept.id == 0 && log[i].state != FLOW_OP_ABORTED)
			l->kept = log[i];
	}
}

/* What is here. A clone where nothing was ever done has no folder for it: then nothing is made, and nothing is locked. */
static void look(struct cmd_ctx *c, struct local *l)
{
	const struct flow_op *log = NULL;
	size_t n = 0;
	slu_err err = { 0 };
	*l = (struct local){ 0 };
	if (!cmd_in_a_clone(c))
		return;
	if (c->ports->clone_open(&l->w.clone, c->here, &err) != SLU_OK || app_op_load(&l->op, &l->under_way, c->a, l->w.clone, &err) != SLU_OK ||
	    app_op_log(&log, &n, c->a, l->w.clone, &err) != SLU_OK)
		l->code = cmd_fail(c, &err);
	else if (!l->under_way)
		look_back(l, log, n);
	if (l->code == 0 && l->under_way)
		leave_solving(c, l);
	l->any = l->code == 0 && (l->under_way || l->op.id > 0);
	cmd_work_close(&l->w);
	l->w = (struct cmd_work){ 0 };
}

/* What was done here comes first; the server's operation is asked for by name, or where nothing was done here. */
static bool names_server(struct cmd_ctx *c)
{
	return cmd_has(c, "home") || cmd_has(c, "server") || cmd_has(c, "repo");
}

static bool has_server(struct cmd_ctx *c)
{
	const char *server = NULL, *token = NULL;
	if (names_server(c) || (!cmd_in_a_clone(c) && (c->server || c->home)))
		return true;
	return c->here && cmd_remote_server(c, &server, &token, NULL) == SLU_OK && cmd_is_sluice(c, server);
}

/* What `status` says where there is nothing, and the others refuse with. */
static const char *nothing_text(struct cmd_ctx *c)
{
	if (c->here && c->here->bare)
		return "Nothing is under way here: this is a bare repository, and what is done is done in a clone of it.";
	return "Nothing is under way here. What was done: sluice log";
}

static int nothing(struct cmd_ctx *c)
{
	const struct port_git_here *here = NULL;
	slu_err err = { 0 };
	if (cmd_here(c, &here, &err) == SLU_OK)
		(void)!slu_fail(&err, SLU_E_NOT_FOUND, "%s", nothing_text(c));
	return cmd_fail(c, &err);
}

static int would(struct cmd_ctx *c, const struct flow_op *op, const char *what)
{
	if (c->format == CMD_FORMAT_JSON)
		return cmd_op_put(c, op);
	cmd_say(c, "\"%.*s\" would be %s. This was a dry run: nothing has changed.", SLU_FMT(op->command), what);
	return 0;
}

static int ended(struct cmd_ctx *c, struct local *l, slu_rc rc, const slu_err *err, const char *done)
{
	int code = rc == SLU_OK ? 0 : cmd_fail(c, err);
	if (code)
		return code;
	l->op.says.n = c->format == CMD_FORMAT_JSON ? l->op.says.n : 0;
	return cmd_work_told(c, &l->w, &l->op, slu_printf(c->a, "%.*s %s", SLU_FMT(l->op.command), done));
}

/* Of several clones: it is done from its home. @return whether that is all; *code */
static bool is_led(int *code, struct cmd_ctx *c, const struct flow_op *op, int (*lead)(struct cmd_ctx *, const struct flow_op *))
{
	*code = op->member.n ? lead(c, op) : op->home.n ? cmd_ecosystem_leads(c, op) : 0;
	return op->member.n || *code;
}

static int go_on_here(struct cmd_ctx *c, struct local *l)
{
	slu_err err = { 0 };
	int led;
	if (is_led(&led, c, &l->op, cmd_ecosystem_continue))
		return led;
	if (c->dry_run)
		return would(c, &l->op, l->op.back ? "taken back to its end" : "brought to its end");
	int code = cmd_work_begin(c, &l->w);
	if (code)
		return code;
	if (l->op.state == FLOW_OP_RUNNING) {
		bool back = l->op.back;
		code = ended(c, l, app_op_continue(&l->op, &l->w.w, &err), &err, back ? "is taken back: everything stands as before." : "is done.");
		cmd_work_close(&l->w);
		l->w = (struct cmd_work){ 0 };
		return code || back ? code : go_on_landing(c, &l->op);
	}
	if (app_op_solved(&l->op, &l->w.w, &err) != SLU_OK)
		return cmd_fail(c, &err);
	cmd_work_close(&l->w);
	l->w = (struct cmd_work){ 0 };
	for (size_t i = 0; cmd_opt_at(c, "checked", i); i++) {
		*SLU_ADD(c->a, &l->op.arg) = SLU_STR("--checked");
		*SLU_ADD(c->a, &l->op.arg) = slu_s(cmd_opt_at(c, "checked", i));
	}
	return cmd_resume(c, &l->op);
}

static const char *as_before(struct cmd_ctx *c, const struct flow_op *op, const char *how)
{
	if (op->remote.n && op->push.n + op->there.n == 0) /* of what it pushed there is no way back to here */
		return slu_printf(c->a, "is %s: this clone stands as before. What is on %.*s stays.", how, SLU_FMT(op->remote));
	return slu_printf(c->a, "is %s: everything stands as before.", how);
}

static int abort_here(struct cmd_ctx *c, struct local *l)
{
	slu_err err = { 0 };
	bool undoing = l->op.undo;
	int led;
	if (cmd_has(c, "keep-pushed") && !flow_op_is_part(&l->op))
		return cmd_usage(c, "--keep-pushed is about an operation over several repositories; this is one of a single clone.");
	if (is_led(&led, c, &l->op, cmd_ecosystem_abort))
		return led;
	if (c->dry_run)
		return would(c, &l->op, "given up: every ref and file as before");
	int code = cmd_work_begin(c, &l->w);
	return code ? code : ended(c, l, app_op_abort(&l->op, &l->w.w, &err), &err, undoing ? "stands as it was done." : as_before(c, &l->op, "given up"));
}

static int undo_here(struct cmd_ctx *c, struct local *l)
{
	slu_err err = { 0 };
	if (l->op.state != FLOW_OP_DONE) {
		(void)!slu_fail(&err, SLU_E_CONFLICT, "The last operation, \"%.*s\", is %s: there is nothing to undo.", SLU_FMT(l->op.command), flow_op_state_word(l->op.state));
		return cmd_fail(c, &err);
	}
	int led;
	if (is_led(&led, c, &l->op, cmd_ecosystem_undo))
		return led;
	if (c->dry_run)
		return would(c, &l->op, "taken back: every ref and file as before");
	int code = cmd_work_begin(c, &l->w);
	return code ? code : ended(c, l, app_op_undo(&l->op, &l->w.w, &err), &err, as_before(c, &l->op, "undone"));
}

/* ---- the commands --------------------------------------------------------------------------------------------------------------- */

/* Merges that conflicted and wait on a branch, here or on the remote: said until somebody brings them in. */
static void say_owed(struct cmd_ctx *c)
{
	const struct port_git_here *here = NULL;
	const struct app_owed *v = NULL;
	struct flow_refs refs;
	port_git *g = NULL;
	size_t n = 0;
	if (!cmd_in_a_clone(c) || cmd_here(c, &here, NULL) != SLU_OK)
		return;
	const struct port_git_open open = { .path = here->git_dir, .lock_fd = -1 };
	if (c->ports->git_open(&g, &open, NULL) != SLU_OK)
		return;
	struct app_git_facts facts = { .git = g };
	if (cmd_branches(c, &refs, &facts, cmd_remote(c, here), NULL) == SLU_OK && app_owed_list(&v, &n, c->a, g, &refs, NULL) == SLU_OK)
		for (size_t i = 0; i < n; i++)
			if (!v[i].paid)
				cmd_say(c, "%s", v[i].text);
	cmd_release_say_steps(c, g);
	g->ops->close(g);
}

static int run_status(struct cmd_ctx *c)
{
	struct local l;
	say_owed(c);
	say_waiting(c);
	look(c, &l);
	if (l.code || (l.any && !names_server(c)))
		return l.code ? l.code : cmd_op_show(c, &l.op);
	if (has_server(c))
		return server_status(c);
	if (!c->here)
		return nothing(c);
	if (c->format == CMD_FORMAT_JSON)
		(void)fputs("null\n", c->out);
	cmd_say(c, "%s", c->here->bare ? nothing_text(c) : "Nothing is under way here, and nothing was done yet.");
	return 0;
}

struct ways {
	int (*here)(struct cmd_ctx *, struct local *);
	int (*there)(struct cmd_ctx *, const struct waiting *);
	int (*on_server)(struct cmd_ctx *);
};

static int act(struct cmd_ctx *c, const struct ways *way)
{
	struct local l;
	struct waiting x = { NULL, 0 };
	look(c, &l);
	int code = l.code;
	if (code == 0 && !l.under_way && !names_server(c))
		x = on_their_way(c);
	if (code == 0 && l.under_way && !names_server(c))
		code = way->here(c, &l);
	else if (code == 0 && x.n)
		code = way->there(c, &x);
	else if (code == 0)
		code = has_server(c) ? way->on_server(c) : nothing(c);
	if (l.left && access(l.left, F_OK) != 0)
		cmd_say(c, "The work tree where you stood is gone with that. Go back: cd %.*s", SLU_FMT(l.op.at));
	cmd_work_close(&l.w);
	return code;
}

static int run_continue(struct cmd_ctx *c)
{
	struct local l = { 0 };
	if (cmd_has(c, "checked"))
		look(c, &l);
	if (l.code)
		return l.code;
	bool planned_anew = l.under_way && (l.op.member.n || l.op.state == FLOW_OP_SOLVING);
	if (cmd_has(c, "checked") && !planned_anew && (l.under_way || names_server(c) || on_their_way(c).n == 0))
		return cmd_usage(c, "--checked is for a finish that waits for checks on a remote which is no sluice server, and none does here%s", l.under_way ? ": something else is under way (sluice status)." : ".");
	return act(c, &(struct ways){ go_on_here, go_on_there, server_continue });
}

static int run_abort(struct cmd_ctx *c)
{
	if (cmd_has(c, "discard"))
		return cmd_op_discard(c);
	return act(c, &(struct ways){ abort_here, give_up_there, server_abort });
}

static int run_undo(struct cmd_ctx *c)
{
	struct local l;
	slu_err err = { 0 };
	look(c, &l);
	int code = l.code;
	if (code == 0 && l.any && !names_server(c)) {
		if (l.under_way)
			(void)!slu_fail(&err, SLU_E_CONFLICT, "\"%.*s\" is under way; it is given up by: sluice abort", SLU_FMT(l.op.command));
		else if (l.kept.id)
			l.op = l.kept;
		code = l.under_way ? cmd_fail(c, &err) : undo_here(c, &l);
	} else if (code == 0) {
		code = has_server(c) ? server_undo(c) : nothing(c);
	}
	cmd_work_close(&l.w);
	return code;
}

const struct cmd_desc cmd_status = {
	.name = "status", .summary = "The operation under way, or the last one", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER, .run = run_status,
	.example = "sluice status",
};
static const struct cmd_opt continue_options[] = {
	{ "checked", 0, "CHECK", "of a finish that waits for checks: this one passed", CMD_TEXT, CMD_REPEAT },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_continue = {
	.name = "continue", .summary = "Go on with the operation under way", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = continue_options, .run = run_continue,
	.detail = "An operation of this clone that was cut off is brought to its end, a conflict that you solved is taken up, and a branch that waits on a server or for its checks is "
	          "looked at again.",
	.example = "sluice continue\n"
	           "sluice continue --checked tests",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
static const struct cmd_opt abort_options[] = {
	{ "discard", 0, NULL, "what is stored of it cannot be read: put that aside, and say what hangs on it", CMD_FLAG, 0 },
	{ "keep-pushed", 0, NULL, "of several repositories: what was pushed stays, the rest is put back", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};
const struct cmd_desc cmd_abort = {
	.name = "abort", .summary = "Put everything back to before the operation under way", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .opts = abort_options, .run = run_abort,
	.detail = "Every ref, file and setting of this clone as before; what was pushed is not taken back. With --discard nothing is put back: what is stored of the operation cannot be read, and is kept under "
	          "another name. Branches that it moved, what it held and work trees of conflicts are named, each with the command that deals with it.",
	.example = "sluice abort\n"
	           "sluice abort --discard --dry-run",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
const struct cmd_desc cmd_undo = {
	.name = "undo", .summary = "Take back the last operation that was finished", .usage = "", .group = CMD_G_RELEASE, .flags = CMD_REPO | CMD_SERVER | CMD_DRY_RUN, .run = run_undo,
	.example = "sluice undo",
	.exits = CMD_EXITS_JUDGED | CMD_EXIT(9),
};
