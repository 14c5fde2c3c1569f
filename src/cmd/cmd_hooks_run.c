/* SPDX-License-Identifier: Apache-2.0 */
/** What the installed hooks call: the hook that was there before, then the strategy. */
#include "base/limits.h"
#include "cmd/hooks.h"
#include "cmd/records.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUT_MAX = 4 * 1024 * 1024, OUT_MAX = 64 * 1024 * 1024 };
extern char **environ;

/* ---- how a refusal reads -------------------------------------------------------------------------------------------------- */

static void nothing(struct check *k)
{
	(void)k;
}

static void refusal(struct check *k, const struct check_subject *s)
{
	if (s->verdict->answer == POL_ALLOW)
		return;
	pol_refusal_ref(&k->out, slu_s(s->name));
	pol_refusal_text(&k->out, s->verdict);
}

const struct check_format check_format_hook = { "hook", nothing, refusal, nothing };

/* ---- the hooks ------------------------------------------------------------------------------------------------------------ */

static slu_str first_line(slu_str text)
{
	slu_str line = { NULL, 0 };
	while (line.n == 0 && slu_str_split(&text, '\n', &line))
		line = slu_str_trim(line);
	return line;
}

static bool is_there(struct check *k, const char *name)
{
	const struct port_git_here *here;
	return cmd_here(k->c, &here, NULL) == SLU_OK && access(slu_printf(k->a, "%s/%s", here->git_dir, name), F_OK) == 0;
}

/* What `git rebase --autosquash` will melt away has no form yet; the push judges what is left. */
static bool is_provisional(slu_str line)
{
	return slu_str_starts(line, "fixup! ") || slu_str_starts(line, "squash! ") || slu_str_starts(line, "amend! ");
}

static bool applies(struct check *k)
{
	const struct strat_commits *m = &k->o.strategy->commits;
	if (m->convention == STRAT_CONVENTION_NONE)
		return false;
	int kind = strat_branch_kind(k->o.strategy, cmd_here_branch(k->c), NULL);
	return kind == STRAT_NONE || (m->applies_to & (1u << k->o.strategy->branch[kind].type));
}

static int commit_msg(struct check *k, const char *const *arg, size_t n, slu_str input)
{
	slu_str text;
	slu_oid parents[2] = { slu_oid_zero(), slu_oid_zero() };
	struct pol_verdict v = { 0 };
	slu_err err = { 0 };
	(void)input;
	if (n < 1)
		return cmd_usage(k->c, "commit-msg is given the file with the message.");
	if (!applies(k))
		return 0;
	if (cmd_read_file(k->c, arg[0], SLU_MAX_MESSAGE_BYTES, &text, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	struct pol_commit commit = { .id = slu_oid_zero(), .message = cmd_message_edited(k->c->a, text), .parent = parents, .parent_n = is_there(k, "MERGE_HEAD") ? 2 : 1 };
	slu_str line = first_line(commit.message);
	if (line.n == 0 || is_provisional(line)) /* Git itself makes no commit without a message */
		return 0;
	if (pol_lint(&v, k->c->a, k->o.strategy, &k->o.facts, &commit, k->o.now_s, &err) != SLU_OK)
		return cmd_fail(k->c, &err);
	return check_add(k, (struct check_subject){ .kind = "commit", .name = "the message", .title = "", .commit = commit.id }, &v);
}

static int pre_commit(struct check *k, const char *const *arg, size_t n, slu_str input)
{
	(void)arg, (void)n, (void)input;
	return check_staged(k);
}

static int pre_push(struct check *k, const char *const *arg, size_t n, slu_str input)
{
	if (n && cmd_setting(k->c, slu_printf(k->c->a, "remote.%s.url", arg[0])).n)
		k->o.ctx.remote = slu_s(arg[0]); /* else an address was given in place of a name */
	return check_updates(k, input);
}

static int pre_receive(struct check *k, const char *const *arg, size_t n, slu_str input)
{
	(void)arg, (void)n;
	return check_updates(k, input);
}

const struct hook hooks[] = {
	{ "commit-msg", "the message of a commit, as the strategy has messages", false, false, commit_msg },
	{ "pre-commit", "the files that are staged", false, false, pre_commit },
	{ "pre-push", "what is pushed, before it is sent", false, true, pre_push },
	{ "pre-receive", "what is pushed to a bare repository", true, true, pre_receive },
	{ NULL, NULL, false, false, NULL },
};

/* ---- the hook that was there before ------------------------------------------------------------------------------------------ */

static int ended(pid_t child)
{
	int status = 0;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* It gets the same words and the same input. @return its exit code */
static int run_before(struct cmd_ctx *c, const struct hook *h, slu_str input)
{
	const char *path = slu_printf(c->a, "%s%s", c->arg[1], HOOKS_BEFORE);
	if (access(path, X_OK) != 0)
		return 0;
	int fd = memfd_create("sluice", MFD_CLOEXEC);
	for (size_t at = 0; fd >= 0 && at < input.n;) {
		ssize_t n = write(fd, input.p + at, input.n - at);
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	bool ready = fd >= 0 && lseek(fd, 0, SEEK_CUR) == (off_t)input.n && lseek(fd, 0, SEEK_SET) == 0;
	const char **word = SLU_NEW_N(c->a, const char *, c->arg_n + 1);
	word[0] = path;
	for (size_t i = 2; i < c->arg_n; i++)
		word[i - 1] = c->arg[i];
	union { const char *const *from; char *const *to; } words = { .from = word };
	posix_spawn_file_actions_t actions;
	(void)posix_spawn_file_actions_init(&actions);
	if (h->input)
		(void)posix_spawn_file_actions_adddup2(&actions, fd, 0);
	pid_t child;
	int why = ready ? posix_spawn(&child, path, &actions, NULL, words.to, environ) : errno;
	(void)posix_spawn_file_actions_destroy(&actions);
	if (fd >= 0)
		(void)close(fd);
	if (why == 0)
		return ended(child);
	(void)fprintf(c->err, "sluice: %s could not be run: %s.\n", path, strerror(why));
	return 1;
}

/* ---- running -------------------------------------------------------------------------------------------------------------- */

/* Of the server's hook the pusher decides nothing: his settings do not count, nor what his environment says. */
static void own_settings(void)
{
	static const char *const not_his[] = { "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG", "GIT_REPLACE_REF_BASE", "GIT_NAMESPACE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_WORK_TREE",
						"GIT_INDEX_FILE", "GIT_COMMON_DIR", NULL };
	for (size_t i = 0; not_his[i]; i++)
		(void)unsetenv(not_his[i]);
	(void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	(void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	(void)setenv("GIT_NO_REPLACE_OBJECTS", "1", 1);
}

static int judge(struct cmd_ctx *c, const struct hook *h, slu_str input)
{
	struct check k = { .c = c, .a = c->a, .format = &check_format_hook, .unknown = slu_map_new(c->a), .rules = slu_map_new(c->a) };
	const struct cmd_offline_ask ask = { .anybody = true, .may_have_none = !h->server, .own_branches = h->server };
	slu_buf_init(&k.out, OUT_MAX);
	slu_buf_init(&k.held, 1);
	int code = cmd_offline_open_as(c, &k.o, &ask);
	if (code == 0 && k.o.strategy) {
		check_merges(&k);
		k.o.facts.by_push = h->server;
		k.o.ctx.git.a = c->a;
		code = h->judge(&k, c->arg + 2, c->arg_n - 2, input);
	} else if (code == 0) {
		cmd_say(c, "sluice: there is no strategy on %.*s yet: %s judged nothing.", SLU_FMT(k.o.default_branch), h->name);
	}
	if (k.out.n)
		(void)fwrite(k.out.p, 1, k.out.n, c->err);
	bool refused = k.refused || k.waiting;
	if (refused && !h->server)
		cmd_say(c, "sluice: %s refused it; `SLUICE=0 git …` goes past this hook once%s.", h->name, h->input ? ", the server decides" : "");
	cmd_offline_close(&k.o);
	slu_buf_release(&k.out);
	slu_buf_release(&k.held);
	return code ? code : refused;
}

static const struct hook *find(const char *name)
{
	for (const struct hook *h = hooks; h->name; h++)
		if (strcmp(h->name, name) == 0)
			return h;
	return NULL;
}

static int run(struct cmd_ctx *c)
{
	slu_str input = { "", 0 };
	slu_err err = { 0 };
	const struct hook *h = find(c->arg[0]);
	const char *off = getenv("SLUICE");
	if (!h)
		return cmd_usage(c, "There is no hook %s; `sluice hooks install` makes those that there are.", c->arg[0]);
	if (h->server && getenv("GIT_NAMESPACE") && *getenv("GIT_NAMESPACE"))
		return cmd_usage(c, "GIT_NAMESPACE is set: in a namespace branches stand under other names than those that the strategy knows. Nothing is taken.");
	if (h->server)
		own_settings();
	if (h->input && cmd_read_file(c, "-", INPUT_MAX, &input, &err) != SLU_OK)
		return cmd_fail(c, &err);
	int code = run_before(c, h, input);
	if (code)
		return code;
	if (!h->server && off && strcmp(off, "0") == 0) {
		cmd_say(c, "sluice: SLUICE=0: %s is skipped.", h->name);
		return 0;
	}
	return judge(c, h, input);
}

const struct cmd_desc cmd_hooks_run = {
	.name = "hooks run", .summary = "What an installed hook calls", .usage = "HOOK FILE [WORD…]", .group = CMD_G_STRATEGY, .args_min = 2, .args_max = 255, .flags = CMD_RAW | CMD_HIDDEN, .run = run,
	.detail = "FILE is the hook itself: what was there before it was installed stands beside it, and goes first.",
	.example = "sluice hooks run commit-msg .git/hooks/commit-msg .git/COMMIT_EDITMSG",
	.exits = CMD_EXIT(1) | CMD_EXIT(3),
};
