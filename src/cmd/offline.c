/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/offline.h"

#include "base/quantity.h"
#include "cmd/call.h"
#include "cmd/strategy_file.h"
#include "strategy/preset.h"

#include <time.h>
#include <unistd.h>

/* NAME of "remote.NAME.url" and the like; n == 0: it is another setting. */
static slu_str remote_of(slu_str key)
{
	static const char before[] = "remote.";
	const char *dot = key.n ? memrchr(key.p, '.', key.n) : NULL;
	size_t skip = sizeof before - 1, n = dot ? (size_t)(dot - key.p) : 0;
	return slu_str_starts(key, before) && n > skip ? (slu_str){ key.p + skip, n - skip } : (slu_str){ 0 };
}

/* The remote of the current branch, else `origin`, else the only one. */
slu_str cmd_remote(struct cmd_ctx *c, const struct port_git_here *h)
{
	slu_str branch = cmd_here_branch(c), only = { 0 };
	slu_str own = branch.n ? cmd_setting(c, slu_printf(c->a, "branch.%.*s.remote", SLU_FMT(branch))) : SLU_STR("");
	bool origin = false, several = false;
	for (size_t i = 0; i < h->setting_n; i++) {
		slu_str name = remote_of(h->setting[i].key);
		if (name.n == 0)
			continue;
		if (own.n && slu_str_eq(own, name))
			return name;
		origin = origin || slu_str_is(name, "origin");
		several = several || (only.n && !slu_str_eq(only, name));
		only = name;
	}
	return origin ? SLU_STR("origin") : several ? SLU_STR("") : only;
}

/* Of a push that is being taken: where its objects are until then. */
static const char *from_git(const char *name)
{
	const char *v = getenv(name);
	return v && *v ? v : NULL;
}

static bool tracks_nothing(struct cmd_ctx *c, port_git *g, slu_str remote)
{
	const struct port_git_ref *tracked;
	size_t n = 0;
	slu_str prefix = slu_s(slu_printf(c->a, "refs/remotes/%.*s/", SLU_FMT(remote)));
	return g->ops->refs(g, c->a, prefix, &tracked, &n, NULL) == SLU_OK && n == 0;
}

static bool is_there(struct cmd_ctx *c, const struct cmd_offline *o, slu_str branch)
{
	slu_oid id;
	return branch.n && o->ctx.git.git->ops->ref(o->ctx.git.git, app_offline_ref(c->a, &o->ctx, branch), &id, NULL) == SLU_OK && !slu_oid_is_zero(&id);
}

/* What the remote, or the bare repository itself, calls its HEAD; else the usual names, as far as there is such a branch; else the branch that is checked out. */
static slu_str find_default(struct cmd_ctx *c, const struct cmd_offline *o, const struct port_git_here *here)
{
	slu_str prefix = slu_s(slu_printf(c->a, "refs/remotes/%.*s/", SLU_FMT(o->ctx.remote))), name = { 0 };
	if (o->ctx.remote.n == 0 && here->bare)
		return cmd_here_branch(c);
	if (o->ctx.remote.n)
		(void)!o->ctx.git.git->ops->symbolic(o->ctx.git.git, c->a, slu_s(slu_printf(c->a, "%.*sHEAD", SLU_FMT(prefix))), &name, NULL);
	if (name.n > prefix.n && slu_str_starts(name, prefix.p))
		return (slu_str){ name.p + prefix.n, name.n - prefix.n };
	const slu_str usual[] = { cmd_setting(c, "init.defaultbranch"), SLU_STR("main"), SLU_STR("master") };
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (is_there(c, o, usual[i]))
			return usual[i];
	return cmd_here_branch(c);
}

static int show_issues(struct cmd_ctx *c, const strat_issues *issues, const slu_err *err)
{
	for (size_t i = 0; i < issues->n; i++)
		if (!issues->v[i].warning)
			(void)fprintf(c->err, "%s:%u:%u: %s\n", issues->v[i].pos.file, issues->v[i].pos.line, issues->v[i].pos.column, issues->v[i].text);
	if (issues->n == 0)
		return cmd_fail(c, err);
	(void)fprintf(c->err, "sluice: the strategy is not valid; `sluice strategy check` says more.\n");
	return slu_rc_exit(SLU_E_STRATEGY);
}

static int compile(struct cmd_ctx *c, struct cmd_offline *o, slu_str text, const char *file)
{
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	if (strat_compile(&o->strategy, &issues, c->a, text, file, NULL, NULL, &err) != SLU_OK)
		return show_issues(c, &issues, &err);
	o->strategy_file = file;
	return 0;
}

static int from_preset(struct cmd_ctx *c, struct cmd_offline *o, slu_str name)
{
	const struct strat_preset *p = strat_preset_find(name);
	if (!p)
		return cmd_usage(c, "There is no preset %.*s; `sluice preset list` shows them.", SLU_FMT(name));
	return compile(c, o, (slu_str){ p->text, p->size }, slu_printf(c->a, "preset:%s", p->name));
}

static int from_file(struct cmd_ctx *c, struct cmd_offline *o, const char *path)
{
	struct cmd_strategy f;
	slu_err err = { 0 };
	if (cmd_strategy_read(c, &f, path, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!f.strategy)
		return show_issues(c, &f.issues, &f.first);
	o->strategy = f.strategy;
	o->strategy_file = f.file;
	return 0;
}

/* The strategy of a repository whose server has it in place of a file; *text NULL: there is no such server. @return the exit code of one that does not answer */
static int from_server(struct cmd_ctx *c, struct cmd_offline *o, const char **text)
{
	const char *server = NULL, *repo = NULL;
	struct cli_answer an = { 0 };
	slu_err err = { 0 };
	*text = NULL;
	if (o->ctx.remote.n == 0 || cmd_has(c, "local") || cmd_has(c, "home") || cmd_has(c, "server") || cmd_has(c, "repo") || cmd_remote_at(c, o->ctx.remote, &server, &repo, NULL) != SLU_OK || !cmd_is_sluice(c, server))
		return 0;
	c->home = NULL;
	c->server = server;
	if (cmd_call(c, &an, "GET", cmd_path(c, "/api/sluice/repos/%S/strategy", repo), NULL, &err) != SLU_OK) {
		slu_err why = err;
		(void)!slu_fail(&err, why.code, "%s There is no .sluice/strategy.yml on %.*s/%.*s, so %s is asked what is in force.", why.text, SLU_FMT(o->ctx.remote), SLU_FMT(o->default_branch), server);
		return cmd_fail(c, &err);
	}
	*text = slu_strdup(c->a, cmd_j_str(an.json, "yaml"));
	return 0;
}

/* Work trees beside a bare clone, as `git clone --bare` and `git worktree add` make them, see nothing of the remote until that is set. */
static bool never_fetches(struct cmd_ctx *c, struct cmd_offline *o)
{
	slu_str remote = o->ctx.remote;
	return remote.n && cmd_setting(c, slu_printf(c->a, "remote.%.*s.fetch", SLU_FMT(remote))).n == 0 && tracks_nothing(c, o->ctx.git.git, remote);
}

static int no_strategy(struct cmd_ctx *c, struct cmd_offline *o)
{
	slu_err err = { 0 };
	const char *top, *server = NULL, *repo = NULL;
	bool may_be_served = o->ctx.remote.n && cmd_remote_at(c, o->ctx.remote, &server, &repo, NULL) == SLU_OK;
	bool drafted = cmd_worktree(c, &top, NULL) == SLU_OK && access(slu_printf(c->a, "%s/.sluice/strategy.yml", top), R_OK) == 0;
	if (never_fetches(c, o))
		(void)!slu_fail(&err, SLU_E_NOT_FOUND, "This clone does not keep where the branches of %.*s stand (git clone --bare leaves it so). Have it do that: git config remote.%.*s.fetch '+refs/heads/*:refs/remotes/%.*s/*' && git fetch %.*s",
		                SLU_FMT(o->ctx.remote), SLU_FMT(o->ctx.remote), SLU_FMT(o->ctx.remote), SLU_FMT(o->ctx.remote));
	else
		(void)!slu_fail(&err, SLU_E_NOT_FOUND, "There is no .sluice/strategy.yml on %.*s%s%.*s%s. %s", SLU_FMT(o->ctx.remote),
		       o->ctx.remote.n ? "/" : "", SLU_FMT(o->default_branch), may_be_served ? ", and which preset a server has in its place is not known here" : "", drafted ? "The one in your work tree is in force once it is on that branch; `--strategy .sluice/strategy.yml` judges by it until then." :
		       "`sluice init --preset gitflow` writes one, to be committed and brought there; `--preset gitflow`, or `git config sluice.preset gitflow`, judges by that one until then.");
	return cmd_fail(c, &err);
}

/* On the default branch; else the preset that the clone names; else what a server has; else there is none. */
static int in_force(struct cmd_ctx *c, struct cmd_offline *o, const struct cmd_offline_ask *ask)
{
	strat_issues issues = { 0 };
	slu_err err = { 0 };
	slu_oid commit;
	slu_rc rc = app_offline_strategy(&o->strategy, &issues, c->a, &o->ctx, o->default_branch, &commit, &err);
	if (rc == SLU_OK) {
		o->strategy_file = ".sluice/strategy.yml";
		o->strategy_commit = slu_strdup(c->a, commit.hex);
		return 0;
	}
	if (rc != SLU_E_NOT_FOUND)
		return rc == SLU_E_STRATEGY ? show_issues(c, &issues, &err) : cmd_fail(c, &err);
	slu_str preset = cmd_setting(c, "sluice.preset");
	if (preset.n)
		return from_preset(c, o, preset);
	const char *text = NULL;
	int code = ask->may_ask_server ? from_server(c, o, &text) : 0;
	if (code)
		return code;
	if (text)
		return compile(c, o, slu_s(text), "strategy.yml of the server");
	if (ask->may_have_none)
		return 0;
	return no_strategy(c, o);
}

static int find_person(struct cmd_ctx *c, struct cmd_offline *o, bool anybody)
{
	slu_str level = slu_s(cmd_opt(c, "level"));
	if (anybody && level.n == 0 && !cmd_has(c, "as") && cmd_setting(c, "sluice.level").n == 0)
		return 0;
	o->ctx.person = cmd_has(c, "as") ? slu_s(cmd_opt(c, "as")) : cmd_setting(c, "sluice.user");
	if (o->ctx.person.n == 0)
		o->ctx.person = cmd_setting(c, "user.name");
	if (o->ctx.person.n == 0)
		o->ctx.person = SLU_STR("you");
	if (level.n == 0)
		level = cmd_setting(c, "sluice.level");
	o->level_guessed = level.n == 0;
	o->ctx.level = o->level_guessed ? STRAT_WRITE : STRAT_LEVEL_NONE;
	for (int l = STRAT_READ; l <= STRAT_ADMIN; l++)
		if (slu_str_is(level, strat_level_word((enum strat_level)l)))
			o->ctx.level = (enum strat_level)l;
	if (o->ctx.level == STRAT_LEVEL_NONE)
		return cmd_usage(c, "%.*s is no level; there are read, triage, write, maintain and admin.", SLU_FMT(level));
	SLU_LIST(slu_str) role = { 0 };
	for (size_t i = 0; cmd_opt_at(c, "role", i); i++)
		*SLU_ADD(c->a, &role) = slu_s(cmd_opt_at(c, "role", i));
	o->ctx.role = role.v;
	o->ctx.role_n = role.n;
	return 0;
}

static int find_time(struct cmd_ctx *c, struct cmd_offline *o)
{
	struct timespec now;
	slu_err err = { 0 };
	const char *at = cmd_opt(c, "at");
	(void)clock_gettime(CLOCK_REALTIME, &now);
	o->now_s = now.tv_sec;
	if (at && slu_time_parse(&o->now_s, slu_s(at), &err) != SLU_OK)
		return cmd_usage(c, "--at: %s", err.text);
	return 0;
}

int cmd_offline_preset(struct cmd_ctx *c, struct cmd_offline *o, const char *name)
{
	return from_preset(c, o, slu_s(name));
}

int cmd_offline_open(struct cmd_ctx *c, struct cmd_offline *o)
{
	const struct cmd_offline_ask ask = { .anybody = false };
	return cmd_offline_open_as(c, o, &ask);
}

int cmd_offline_open_whole(struct cmd_ctx *c, struct cmd_offline *o)
{
	slu_err err = { 0 };
	int code = cmd_offline_open(c, o);
	return code == 0 && cmd_whole(c, ": what an act would do cannot be told by it", &err) != SLU_OK ? cmd_fail(c, &err) : code;
}

int cmd_offline_open_as(struct cmd_ctx *c, struct cmd_offline *o, const struct cmd_offline_ask *ask)
{
	const struct port_git_here *here;
	slu_err err = { 0 };
	*o = (struct cmd_offline){ .strategy_file = "", .strategy_commit = "" };
	if (cmd_here(c, &here, &err) != SLU_OK)
		return cmd_fail(c, &err);
	const struct port_git_open open = { .path = here->git_dir, .lock_fd = -1, .object_dir = from_git("GIT_OBJECT_DIRECTORY"),
		.alternates = from_git("GIT_ALTERNATE_OBJECT_DIRECTORIES") };
	if (c->ports->git_open(&o->ctx.git.git, &open, &err) != SLU_OK)
		return cmd_fail(c, &err);
	o->ctx.remote = ask->own_branches ? SLU_STR("") : cmd_remote(c, here);
	if (here->bare && o->ctx.remote.n && tracks_nothing(c, o->ctx.git.git, o->ctx.remote)) /* it names its origin, but has the branches as its own */
		o->ctx.remote = SLU_STR("");
	o->default_branch = ask->default_branch.n ? ask->default_branch : find_default(c, o, here);
	int code = find_person(c, o, ask->anybody);
	if (code == 0)
		code = find_time(c, o);
	if (code == 0 && cmd_has(c, "strategy"))
		code = from_file(c, o, cmd_opt(c, "strategy"));
	else if (code == 0 && cmd_has(c, "preset"))
		code = from_preset(c, o, slu_s(cmd_opt(c, "preset")));
	else if (code == 0)
		code = in_force(c, o, ask);
	app_offline_facts(&o->facts, &o->ctx);
	o->facts.default_branch = o->default_branch;
	return code;
}

void cmd_offline_close(struct cmd_offline *o)
{
	if (o->ctx.git.git)
		o->ctx.git.git->ops->close(o->ctx.git.git);
	o->ctx.git.git = NULL;
}

static int put_json(struct cmd_ctx *c, const struct cmd_offline *o, const struct pol_verdict *v)
{
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	slu_json j = slu_json_shown(&b);
	pol_verdict_json(&j, v, o->strategy_file, o->strategy_commit);
	slu_buf_addc(&b, '\n');
	return cmd_put(c, &b);
}

static int put_text(struct cmd_ctx *c, const struct cmd_offline *o, const struct pol_verdict *v, const char *what)
{
	slu_auto_buf b;
	slu_buf_init(&b, 16 * 1024 * 1024);
	slu_buf_addf(&b, "%s, as %.*s (%s), by %s%s%.10s\n", what, SLU_FMT(o->ctx.person), strat_level_word(o->ctx.level), o->strategy_file, *o->strategy_commit ? " of " : "", o->strategy_commit);
	pol_verdict_text(&b, v, cmd_has(c, "all") ? NULL : "--all", c->colour_out);
	return cmd_put(c, &b);
}

int cmd_offline_same(struct cmd_ctx *c, struct cmd_offline *o, const struct pol_action *act)
{
	const struct pol_verdict v = { .answer = POL_ALLOW, .action = *act, .digest = o->strategy->digest };
	if (c->format == CMD_FORMAT_JSON)
		return put_json(c, o, &v);
	cmd_say(c, "%.*s is already at %.10s there: nothing would be pushed.", SLU_FMT(act->ref), act->new_.hex);
	return 0;
}

int cmd_offline_judge(struct cmd_ctx *c, struct cmd_offline *o, const struct pol_action *act, const char *what)
{
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	if (pol_decide(&v, c->a, o->strategy, &o->facts, act, o->now_s, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (o->level_guessed)
		cmd_say(c, "The level write is a guess: only the server knows yours. --level or `git config sluice.level` says another.");
	int code = c->format == CMD_FORMAT_JSON ? put_json(c, o, &v) : put_text(c, o, &v, what);
	return code ? code : v.answer == POL_ALLOW ? 0 : v.answer == POL_WAIT ? slu_rc_exit(SLU_E_WAIT) : 1;
}
