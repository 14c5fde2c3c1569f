/* SPDX-License-Identifier: Apache-2.0 */
/** sluice hooks: the strategy in the hooks of a clone, or of a bare repository that no server of ours serves. */
#include "cmd/hooks.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const char marker[] = "# Made by `sluice hooks install`";
static const char own_folder[] = "hooks"; /* of a bare repository, from where Git runs hooks there */

struct place {
	const char *dir;   /* where Git looks for hooks, absolute; "": nowhere in a folder */
	const char *scope; /* of core.hooksPath: "local", "global" …; "": not set */
	bool bare;
};

static slu_str one_line(struct cmd_ctx *c, const char *const *args)
{
	slu_str out = { "", 0 };
	return cmd_git(c, NULL, args, true, &out, NULL) == SLU_OK ? out : SLU_STR("");
}

static slu_rc find_place(struct cmd_ctx *c, struct place *p, slu_err *err)
{
	const char *const dir[] = { "rev-parse", "--path-format=absolute", "--git-path", "hooks", NULL }, *const bare[] = { "rev-parse", "--is-bare-repository", NULL };
	const char *const scope[] = { "config", "--show-scope", "--get", "core.hooksPath", NULL };
	const char *const git_dir[] = { "rev-parse", "--git-dir", NULL };
	slu_str out = one_line(c, dir), set = one_line(c, scope), word = { "", 0 };
	if (out.n == 0 && one_line(c, git_dir).n == 0)
		return slu_fail(err, SLU_E_NOT_FOUND, "This folder is in no Git repository.");
	(void)slu_str_split(&set, '\t', &word);
	*p = (struct place){ .dir = slu_str_dup(c->a, out), .scope = slu_str_dup(c->a, word), .bare = slu_str_is(one_line(c, bare), "true") };
	return SLU_OK;
}

static bool is_own(const char *scope)
{
	return strcmp(scope, "local") == 0 || strcmp(scope, "worktree") == 0;
}

/* `core.hooksPath` may name nothing, or a file such as /dev/null: then Git runs no hooks. */
static slu_rc is_folder(struct cmd_ctx *c, const struct place *p, slu_err *err)
{
	const char *const get[] = { "config", "--get", "core.hooksPath", NULL };
	struct stat st;
	if (*p->dir && (stat(p->dir, &st) != 0 || S_ISDIR(st.st_mode)))
		return SLU_OK;
	const char *mend = strcmp(p->scope, "local") == 0 ? "--unset core.hooksPath" : strcmp(p->scope, "worktree") == 0 ? "--worktree --unset core.hooksPath" :
		p->bare ? "core.hooksPath hooks" : "core.hooksPath .git/hooks";
	return slu_fail(err, SLU_E_CONFLICT, "core.hooksPath is \"%.*s\" in the %s configuration, which is no folder: Git runs no hooks here. `git config %s` gives this repository its own.",
		       SLU_FMT(one_line(c, get)), *p->scope ? p->scope : "current", mend);
}

enum state { ABSENT, OURS, OTHER };

static enum state look(struct cmd_ctx *c, const char *path)
{
	struct stat st;
	slu_str text;
	if (lstat(path, &st) != 0)
		return ABSENT;
	if (!S_ISREG(st.st_mode) || st.st_size > 64 * 1024 || cmd_read_file(c, path, 64 * 1024 + 1, &text, NULL) != SLU_OK)
		return OTHER;
	return memmem(text.p, text.n, marker, sizeof marker - 1) ? OURS : OTHER;
}

static bool is_chosen(const struct hook *h, const struct place *p)
{
	return h->server == p->bare;
}

static const char *path_of(struct cmd_ctx *c, const struct place *p, const struct hook *h, const char *end)
{
	return slu_printf(c->a, "%s/%s%s", p->dir, h->name, end);
}

/* ---- install -------------------------------------------------------------------------------------------------------------- */

static slu_rc own_path(struct cmd_ctx *c, const char **out, slu_err *err)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n <= 0)
		return slu_fail(err, SLU_E_INTERNAL, "The path of this program cannot be told from /proc/self/exe.");
	slu_auto_buf b;
	slu_buf_init(&b, 32 * 1024);
	for (ssize_t i = 0; i < n; i++)
		slu_buf_adds(&b, exe[i] == '\'' ? "'\\''" : (char[]){ exe[i], 0 });
	*out = slu_str_dup(c->a, slu_buf_str(&b));
	return SLU_OK;
}

static const char *script(struct cmd_ctx *c, const struct hook *h, const char *program)
{
	const char *lost = h->server ? "exit 1" : "[ -x \"$0" HOOKS_BEFORE "\" ] && exec \"$0" HOOKS_BEFORE "\" \"$@\"\nexit 0";
	return slu_printf(c->a,
			  "#!/bin/sh\n%s: %s. `sluice hooks uninstall` takes it away.\nsluice='%s'\n[ -x \"$sluice\" ] && exec \"$sluice\" hooks run %s \"$0\" \"$@\"\n"
			  "echo \"sluice: $sluice is not there any more: %s. \\`sluice hooks install\\` mends it.\" >&2\n%s\n",
			  marker, h->does, program, h->name, h->server ? "nothing is taken" : "nothing was judged", lost);
}

static slu_rc io(slu_err *err, const char *what, const char *path)
{
	return slu_fail(err, SLU_E_IO, "%s %s: %s.", path, what, strerror(errno));
}

static slu_rc install_one(struct cmd_ctx *c, const struct place *p, const struct hook *h, const char *program, const char **said, slu_err *err)
{
	const char *path = path_of(c, p, h, ""), *before = path_of(c, p, h, HOOKS_BEFORE);
	enum state now = look(c, path);
	struct stat st;
	*said = now == OURS && access(before, X_OK) == 0 ? slu_printf(c->a, "; the hook that was there before goes first (%s%s)", h->name, HOOKS_BEFORE) : "";
	if (now == OTHER) {
		if (lstat(before, &st) == 0)
			return slu_fail(err, SLU_E_CONFLICT, "%s is another hook, and %s from an earlier one is in the way: move one of them.", path, before);
		if (!c->dry_run && rename(path, before) != 0)
			return io(err, "cannot be put aside", path);
		*said = slu_printf(c->a, "; the hook that was there goes first (%s%s)", h->name, HOOKS_BEFORE);
	}
	return c->dry_run ? SLU_OK : cmd_replace_file(c, path, slu_s(script(c, h, program)), 0777, err);
}

/* In a folder that is not of this repository a hook would be there for others, too. */
static slu_rc is_own_folder(struct cmd_ctx *c, const struct place *p, slu_err *err)
{
	if (!*p->scope || is_own(p->scope) || cmd_has(c, "shared"))
		return SLU_OK;
	return slu_fail(err, SLU_E_CONFLICT, "core.hooksPath is %s in the %s configuration: hooks there are run in other repositories as well. --shared installs them there; "
		       "`git config core.hooksPath .git/hooks` gives this repository its own.", p->dir, p->scope);
}

/* A hook that had nothing to judge by would refuse every push. */
static int can_judge(struct cmd_ctx *c)
{
	struct cmd_offline o = { 0 };
	const struct cmd_offline_ask ask = { .anybody = true, .own_branches = true };
	int code = cmd_offline_open_as(c, &o, &ask);
	cmd_offline_close(&o);
	return code;
}

static int set_preset(struct cmd_ctx *c)
{
	slu_str out;
	slu_err err = { 0 };
	const char *const set[] = { "config", "sluice.preset", cmd_opt(c, "preset"), NULL };
	int code = can_judge(c); /* by it: --preset is heard there */
	if (code == 0 && !c->dry_run && cmd_git(c, NULL, set, false, &out, &err) != SLU_OK)
		code = cmd_fail(c, &err);
	return code;
}

/* Without it a setting of whoever pushes by an account of his own would have Git look for hooks elsewhere. */
static slu_rc keep_folder(struct cmd_ctx *c, struct place *p, slu_err *err)
{
	const char *const set[] = { "config", "core.hooksPath", own_folder, NULL };
	slu_str out;
	if (!p->bare || c->dry_run || is_own(p->scope))
		return SLU_OK;
	SLU_TRY(cmd_git(c, NULL, set, false, &out, err));
	return find_place(c, p, err);
}

/* Objects that Git does not make itself (a folder with .git in it, two files of one name) would reach whoever clones. Told by the second key: it was set here. */
static const char look_key[] = "receive.fsckObjects", looks_key[] = "sluice.setFsckObjects";

static slu_rc look_at_objects(struct cmd_ctx *c, const struct place *p, slu_err *err)
{
	const char *const get[] = { "config", "--local", "--get", look_key, NULL };
	const char *const set[] = { "config", look_key, "true", NULL }, *const note[] = { "config", looks_key, "true", NULL };
	slu_str out;
	if (!p->bare || c->dry_run || one_line(c, get).n)
		return SLU_OK;
	SLU_TRY(cmd_git(c, NULL, set, false, &out, err));
	return cmd_git(c, NULL, note, false, &out, err);
}

static slu_rc look_no_more(struct cmd_ctx *c, slu_err *err)
{
	const char *const get[] = { "config", "--local", "--get", looks_key, NULL };
	const char *const unset[] = { "config", "--unset", look_key, NULL }, *const drop[] = { "config", "--unset", looks_key, NULL };
	slu_str out;
	if (!slu_str_is(one_line(c, get), "true"))
		return SLU_OK;
	SLU_TRY(cmd_git(c, NULL, unset, false, &out, err));
	return cmd_git(c, NULL, drop, false, &out, err);
}

static int install_all(struct cmd_ctx *c, const struct place *p)
{
	const char *program = "", *said = "";
	slu_err err = { 0 };
	if (own_path(c, &program, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (!c->dry_run && mkdir(p->dir, 0777) != 0 && errno != EEXIST) {
		(void)!io(&err, "cannot be made", p->dir);
		return cmd_fail(c, &err);
	}
	for (const struct hook *h = hooks; h->name; h++) {
		if (!is_chosen(h, p))
			continue;
		if (install_one(c, p, h, program, &said, &err) != SLU_OK)
			return cmd_fail(c, &err);
		cmd_say(c, "%s: %s%s%s.", h->name, c->dry_run ? "would judge " : "judges ", h->does, said);
	}
	return 0;
}

static int install(struct cmd_ctx *c)
{
	struct place p;
	slu_err err = { 0 };
	if (find_place(c, &p, &err) != SLU_OK)
		return cmd_fail(c, &err);
	if (p.bare != cmd_has(c, "bare"))
		return cmd_usage(c, p.bare ? "This repository is bare: `sluice hooks install --bare` has it judge what is pushed to it." : "This repository is not bare: without --bare its own commits and pushes are judged.");
	int code = cmd_has(c, "preset") ? set_preset(c) : p.bare ? can_judge(c) : 0;
	if (code)
		return code;
	if (keep_folder(c, &p, &err) != SLU_OK || is_folder(c, &p, &err) != SLU_OK || is_own_folder(c, &p, &err) != SLU_OK || look_at_objects(c, &p, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return install_all(c, &p);
}

static const struct cmd_opt install_options[] = {
	{ "bare", 0, NULL, "in a bare repository: judge what is pushed to it", CMD_FLAG, 0 },
	{ "preset", 0, "NAME", "judge by this preset as long as there is no .sluice/strategy.yml on the default branch (git config sluice.preset)", CMD_TEXT, 0 },
	{ "shared", 0, NULL, "also where core.hooksPath names a folder for all repositories", CMD_FLAG, 0 },
	{ NULL, 0, NULL, NULL, CMD_FLAG, 0 },
};

const struct cmd_desc cmd_hooks_install = {
	.name = "hooks install", .summary = "Judge commits and pushes where they are made", .usage = "", .group = CMD_G_START, .flags = CMD_DRY_RUN | CMD_NO_FORMAT, .opts = install_options, .run = install,
	.detail = "In a clone: commit-msg judges the message, pre-commit the files that are staged, pre-push what is pushed; by the strategy of the default branch as it was last "
	          "fetched. Hooks that are there go first, core.hooksPath is respected, and SLUICE=0 in the environment goes past them once: the server decides.\n\n"
	          "In a bare repository (--bare), on any host that allows hooks: pre-receive judges every push whole by what Git alone knows, and takes all of its refs or none. Git "
	          "itself looks at every object that comes (receive.fsckObjects, unless the repository says otherwise). "
	          "It knows no people: what names a level or a role is open to whoever may push there, what says nobody is not. A push to a branch that nobody pushes to is taken when "
	          "it is exactly the merge of a branch that may be merged into it.",
	.example = "sluice hooks install\n"
	           "sluice hooks install --bare --preset gitflow",
	.exits = CMD_EXIT(3) | CMD_EXIT(5) | CMD_EXIT(9),
};

/* ---- status --------------------------------------------------------------------------------------------------------------- */

static void put_state(struct cmd_ctx *c, struct cmd_table *t, slu_json *j, const struct place *p, const struct hook *h)
{
	static const char *const word[] = { [ABSENT] = "absent", [OURS] = "installed", [OTHER] = "another" };
	enum state now = look(c, path_of(c, p, h, ""));
	bool before = access(path_of(c, p, h, HOOKS_BEFORE), X_OK) == 0;
	slu_json_open(j, '{');
	slu_json_kv_z(j, "hook", h->name);
	slu_json_kv_z(j, "state", word[now]);
	slu_json_kv_bool(j, "goes_first", now == OURS && before);
	slu_json_close(j, '}');
	cmd_table_cell(t, h->name);
	cmd_table_cell(t, now == OTHER ? "another hook" : word[now]);
	cmd_table_cell(t, now == OURS && before ? slu_printf(c->a, "after %s%s", h->name, HOOKS_BEFORE) : "");
}

static int status(struct cmd_ctx *c)
{
	struct place p;
	struct cmd_table t;
	slu_err err = { 0 };
	if (find_place(c, &p, &err) != SLU_OK || is_folder(c, &p, &err) != SLU_OK)
		return cmd_fail(c, &err);
	slu_auto_buf b;
	slu_buf_init(&b, 64 * 1024);
	slu_json j = slu_json_to(&b);
	cmd_table_init(&t, c, 3);
	cmd_table_cell(&t, "HOOK");
	cmd_table_cell(&t, "STATE");
	cmd_table_cell(&t, "RUNS");
	slu_json_open(&j, '{');
	slu_json_kv_z(&j, "folder", p.dir);
	slu_json_key(&j, "hooks");
	slu_json_open(&j, '[');
	for (const struct hook *h = hooks; h->name; h++)
		if (is_chosen(h, &p))
			put_state(c, &t, &j, &p, h);
	slu_json_close(&j, ']');
	slu_json_close(&j, '}');
	slu_buf_addc(&b, '\n');
	if (c->format == CMD_FORMAT_JSON)
		return cmd_put(c, &b);
	cmd_say(c, "In %s:", p.dir);
	return cmd_table_put(&t);
}

const struct cmd_desc cmd_hooks_status = {
	.name = "hooks status", .summary = "Which hooks of a repository judge by the strategy", .usage = "", .group = CMD_G_START, .run = status,
	.example = "sluice hooks status",
	.exits = CMD_EXIT(9),
};

/* ---- uninstall ------------------------------------------------------------------------------------------------------------ */

static slu_rc uninstall_one(struct cmd_ctx *c, const struct place *p, const struct hook *h, const char **said, slu_err *err)
{
	const char *path = path_of(c, p, h, ""), *before = path_of(c, p, h, HOOKS_BEFORE);
	struct stat st;
	bool back = lstat(before, &st) == 0;
	*said = NULL;
	if (look(c, path) != OURS)
		return SLU_OK;
	*said = back ? "gone; the hook that was there before stands again" : "gone";
	if (!c->dry_run && (back ? rename(before, path) : unlink(path)) != 0)
		return io(err, "cannot be taken away", path);
	return SLU_OK;
}

static slu_rc keep_folder_no_more(struct cmd_ctx *c, slu_err *err)
{
	const char *const path[] = { "config", "--local", "--get", "core.hooksPath", NULL }, *const unset[] = { "config", "--local", "--unset", "core.hooksPath", NULL };
	slu_str out;
	return slu_str_is(one_line(c, path), own_folder) ? cmd_git(c, NULL, unset, false, &out, err) : SLU_OK;
}

static int uninstall(struct cmd_ctx *c)
{
	struct place p;
	slu_err err = { 0 };
	size_t n = 0;
	if (find_place(c, &p, &err) != SLU_OK || is_folder(c, &p, &err) != SLU_OK)
		return cmd_fail(c, &err);
	for (const struct hook *h = hooks; h->name; h++) {
		const char *said = NULL;
		if (uninstall_one(c, &p, h, &said, &err) != SLU_OK)
			return cmd_fail(c, &err);
		if (said)
			cmd_say(c, "%s: %s%s.", h->name, c->dry_run ? "would be " : "", said);
		n += said != NULL;
	}
	if (n && p.bare && !c->dry_run && (keep_folder_no_more(c, &err) != SLU_OK || look_no_more(c, &err) != SLU_OK))
		return cmd_fail(c, &err);
	if (n == 0)
		cmd_say(c, "There is no hook of sluice in %s.", p.dir);
	return 0;
}

const struct cmd_desc cmd_hooks_uninstall = {
	.name = "hooks uninstall", .summary = "Take the hooks away; what was there before stands again", .usage = "", .group = CMD_G_START, .flags = CMD_DRY_RUN | CMD_NO_FORMAT, .run = uninstall,
	.example = "sluice hooks uninstall",
	.exits = CMD_EXIT(5) | CMD_EXIT(9),
};
