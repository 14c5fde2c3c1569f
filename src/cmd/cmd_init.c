/* SPDX-License-Identifier: Apache-2.0 */
/** sluice init: the first strategy file of a repository. */
#include "cmd/init.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void cmd_yaml_quoted(slu_buf *out, slu_str s)
{
	slu_buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if (ch == '"' || ch == '\\')
			slu_buf_addf(out, "\\%c", ch);
		else if (ch < ' ')
			slu_buf_addf(out, "\\x%02x", ch);
		else
			slu_buf_addc(out, (char)ch);
	}
	slu_buf_addc(out, '"');
}

static slu_rc write_new(const char *path, slu_str text, slu_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return slu_fail(err, SLU_E_EXISTS, "%s is there already, and is not overwritten. Edit it, or remove it first.", path);
	if (fd < 0)
		return slu_fail(err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(errno));
	slu_rc rc = SLU_OK;
	for (size_t done = 0; rc == SLU_OK && done < text.n;) {
		ssize_t n = write(fd, text.p + done, text.n - done);
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			rc = slu_fail(err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(errno));
	}
	if (close(fd) != 0 && rc == SLU_OK)
		rc = slu_fail(err, SLU_E_IO, "%s cannot be written: %s.", path, strerror(errno));
	if (rc != SLU_OK)
		(void)unlink(path); /* half a file would be worse than none */
	return rc;
}

/* What is made must be a strategy: a name here may be one that no pattern can hold. */
static int checked(struct cmd_ctx *c, slu_str text)
{
	struct cmd_strategy f = { .file = CMD_STRATEGY_PATH, .text = text };
	if (strat_compile(&f.strategy, &f.issues, c->a, text, f.file, NULL, NULL, &f.first) == SLU_OK)
		return 0;
	cmd_strategy_issues(c, c->err, &f);
	(void)fprintf(c->err, "sluice: the settings and names found here make no valid strategy; `sluice init --preset gitflow` begins without them.\n");
	return slu_rc_exit(SLU_E_STRATEGY);
}

static int make(struct cmd_ctx *c, slu_buf *out, const char **what)
{
	int rc = 0;
	slu_err err = { 0 };
	size_t ways = (size_t)cmd_has(c, "preset") + (size_t)cmd_has(c, "detect") + (size_t)cmd_has(c, "from-gitflow");
	if (ways != 1)
		return cmd_usage(c, "From what? One of --preset NAME, --detect and --from-gitflow says it.");
	if (cmd_has(c, "preset")) {
		const struct strat_preset *p = cmd_preset_find(c, cmd_opt(c, "preset"), &rc);
		if (!p)
			return rc;
		slu_buf_add(out, p->text, p->size);
		*what = slu_printf(c->a, "the preset %s", p->name);
		return 0;
	}
	if (cmd_has(c, "detect"))
		rc = cmd_init_detect(c, out);
	else if (cmd_init_gitflow(c, out, &err) != SLU_OK)
		rc = cmd_fail(c, &err);
	*what = cmd_has(c, "detect") ? "what the history shows" : "what git flow was set to";
	return rc ? rc : checked(c, slu_buf_str(out));
}

static int write_it(struct cmd_ctx *c, slu_str text, const char *top, const char *what)
{
	slu_err err = { 0 };
	const char *folder = slu_printf(c->a, "%s/.sluice", top), *path = slu_printf(c->a, "%s/%s", top, CMD_STRATEGY_PATH);
	if (access(path, F_OK) == 0) {
		(void)slu_fail(&err, SLU_E_EXISTS, "%s is there already, and is not overwritten. Edit it, or remove it first.", path);
		return cmd_fail(c, &err);
	}
	if (c->dry_run) {
		(void)fprintf(c->out, "would write %s (%zu bytes)\n", path, text.n);
		return 0;
	}
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		(void)slu_fail(&err, SLU_E_IO, "%s cannot be made: %s.", folder, strerror(errno));
		return cmd_fail(c, &err);
	}
	if (write_new(path, text, &err) != SLU_OK)
		return cmd_fail(c, &err);
	(void)fprintf(c->out, "%s\n", path);
	cmd_say(c,
		"Wrote %s. Next:\n"
		"  1. Edit it: your branches, who may merge, checks, environments.\n"
		"  2. sluice strategy check                                   all that is wrong\n"
		"  3. sluice replay --strategy " CMD_STRATEGY_PATH "           what it would have refused\n"
		"  4. git add " CMD_STRATEGY_PATH " && git commit -m \"chore: add the strategy\"\n"
		"It is in force when it reaches the default branch.",
		what);
	return 0;
}

static int run(struct cmd_ctx *c)
{
	slu_auto_buf text;
	slu_buf_init(&text, SLU_MAX_STRATEGY_BYTES);
	const char *top = NULL, *what = "";
	slu_err err = { 0 };
	int rc = make(c, &text, &what);
	if (rc)
		return rc;
	if (c->dry_run && !cmd_has(c, "preset")) { /* a proposal is worth reading beside a file that is there, and where none can be */
		return cmd_put(c, &text);
	}
	if (cmd_worktree(c, &top, &err) != SLU_OK)
		return cmd_fail(c, &err);
	return write_it(c, slu_buf_str(&text), top, what);
}

static const struct cmd_opt options[] = {
	{ .name = "preset", .arg = "NAME", .help = "the built-in strategy to begin with (sluice preset list)", .type = CMD_TEXT },
	{ .name = "detect", .help = "the preset that fits the history best, and what is different here" },
	{ .name = "from-gitflow", .help = "git-flow with the names that git config gitflow.* has" },
	{ 0 },
};
const struct cmd_desc cmd_init = {
	.name = "init",
	.summary = "Write .sluice/strategy.yml here, from a preset or from what is here",
	.usage = "",
	.detail = "--preset writes the whole preset with its comments, for you to edit. --detect replays the history under each of the general presets, takes the one that fits "
	          "best, and writes a file that extends it by what is different here, each with what was seen; it says what would still be refused. --from-gitflow takes over what `git "
	          "flow init` has set. With --dry-run the last two print the file. An existing file is not overwritten.",
	.group = CMD_G_START,
	.flags = CMD_DRY_RUN,
	.exits = CMD_EXIT(3),
	.opts = options,
	.run = run,
	.example = "sluice init --detect --dry-run\n"
	           "sluice init --preset gitflow\n"
	           "sluice strategy check",
};
